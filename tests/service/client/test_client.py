"""The Python client against a running service, and against one that fails."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx2
import pytest

from corpus.errors import InputError, NotFoundError, SetupError
from corpus.measures import Parsed
from service.client import AsyncWence, Wence
from service.client.wire import LONGEST, base_of, pause


@pytest.fixture
def wence(site: str) -> Iterator[Wence]:
    """A client of the service over the real list."""
    with Wence(site) as opened:
        yield opened


class Scripted(BaseHTTPRequestHandler):
    """Answers with the statuses of a script, one after another, the last one ever after."""

    script: Sequence[int] = (200,)
    asked = 0
    keys: tuple[str | None, ...] = ()
    body = json.dumps({"query": "q", "normalized": "q", "hits": []}).encode()

    def do_POST(self) -> None:
        """Answer."""
        kind = type(self)
        status = kind.script[min(kind.asked, len(kind.script) - 1)]
        kind.asked += 1
        kind.keys = (*kind.keys, self.headers.get("Authorization"))
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if status == 0:  # hangs up
            self.connection.close()
            return
        self.send_response(status)
        self.send_header("Retry-After", "0")
        self.send_header("Content-Length", str(len(kind.body)))
        self.end_headers()
        self.wfile.write(kind.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the library's name)
        """Keep silent."""


@contextmanager
def scripted(*statuses: int, body: bytes | None = None) -> Iterator[tuple[str, type[Scripted]]]:
    """A server that answers so."""
    about = {"script": statuses, "asked": 0, "keys": (), "body": body or Scripted.body}
    kind = type("Handler", (Scripted,), about)
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", kind
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_calls_give_typed_records(wence: Wence) -> None:
    answer = wence.ask("一照多址由谁牵头")
    assert answer.short_answer == "市市场监管局"
    assert answer.citations[0].n == 1
    found = wence.search("一照多址", k=2, lead="市场监管")
    assert [hit.rank for hit in found.hits] == [1, 2]
    assert found.hits[0].measure.lead_units == ("市市场监管局",)
    assert wence.measure("27.1.3").id == "hz-2022:27.1.3"
    assert len(wence.related("82.1.1", k=3)) == 3
    assert wence.documents()[0].measures == 344
    assert wence.ask("什么时候见效", turns=["一照多址由谁牵头"]).short_answer == "2022年6月"
    assert not wence.ask("火星移民签证怎么办").answerable


def test_every_measure_comes_in_document_order(wence: Wence, real_list: Parsed) -> None:
    assert [m.id for m in wence.every_measure()] == [m.id for m in real_list.measures]
    part = wence.list_measures(limit=2, offset=1, applicable=True)
    assert [m.id for m in part.measures] == [m.id for m in real_list.measures[1:3]]
    assert part.total == 344
    assert wence.source("hz-2022") == real_list.document.text


def test_async_client_gives_the_same(site: str, wence: Wence) -> None:
    async def run() -> list[Any]:
        async with AsyncWence(site) as opened:
            return [
                await opened.ask("一照多址由谁牵头"),
                (await opened.search("一照多址", k=2)).hits,
                await opened.measure("27.1.3"),
                await opened.related("82.1.1", k=2),
                await opened.list_measures(limit=1),
                await opened.documents(),
            ]

    assert asyncio.run(run()) == [
        wence.ask("一照多址由谁牵头"),
        wence.search("一照多址", k=2).hits,
        wence.measure("27.1.3"),
        wence.related("82.1.1", k=2),
        wence.list_measures(limit=1),
        wence.documents(),
    ]


def test_wrong_questions_raise_with_the_services_words(wence: Wence) -> None:
    with pytest.raises(InputError, match="k 应在"):
        wence.search("办税", k=0)
    with pytest.raises(NotFoundError, match="没有举措"):
        wence.measure("999.1.1")
    with pytest.raises(NotFoundError, match="气象台"):
        wence.search("办税", lead="气象台")
    with pytest.raises(InputError, match="不认识的条件 colour"):
        wence.search("办税", colour="red")
    with pytest.raises(NotFoundError):
        wence.source("no")


@pytest.mark.parametrize("url", ["", "localhost:8000", "ftp://x", "http://", "http://[::1"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="不是服务的地址"):
        base_of(url)


def test_key_is_sent_and_a_wrong_one_said() -> None:
    with scripted(200) as (url, seen), Wence(url, key=" k-1\n") as wence:
        wence.search("q")
        assert seen.keys == ("Bearer k-1",)
    with scripted(401) as (url, _), Wence(url, key="k") as wence, pytest.raises(SetupError) as said:
        wence.search("q")
    assert "WENCE_KEY" in str(said.value)
    with pytest.raises(InputError):
        Wence("http://x", key="密钥")


@pytest.mark.parametrize("failures", [(503,), (502, 504), (429,), (0,), (0, 503)])
def test_what_may_pass_is_tried_again(failures: tuple[int, ...]) -> None:
    with scripted(*failures, 200) as (url, seen), Wence(url) as wence:
        assert wence.search("q").hits == ()
        assert seen.asked == len(failures) + 1


@pytest.mark.parametrize(("status", "tries"), [(503, 3), (500, 1), (422, 1), (404, 1)])
def test_what_stays_wrong_is_given_up(status: int, tries: int) -> None:
    with scripted(status) as (url, seen), Wence(url) as wence:
        with pytest.raises(SetupError):
            wence.search("q")
        assert seen.asked == tries


def test_async_client_tries_again_too() -> None:
    async def run(url: str) -> int:
        async with AsyncWence(url) as wence:
            return len((await wence.search("q")).hits)

    with scripted(0, 503, 200) as (url, seen):
        assert asyncio.run(run(url)) == 0
        assert seen.asked == 3


def test_no_service_is_said_at_once() -> None:
    with (
        Wence("http://127.0.0.1:9", retries=0) as wence,
        pytest.raises(SetupError, match="连不上"),
    ):
        wence.ask("办税")


def test_another_service_is_recognised() -> None:
    with (
        scripted(200, body=b"<html>") as (url, _),
        Wence(url) as wence,
        pytest.raises(SetupError, match="不是问策的"),
    ):
        wence.search("q")


def test_newer_fields_are_kept() -> None:
    body = json.dumps({"query": "q", "normalized": "q", "hits": [], "new": 7}).encode()
    with scripted(200, body=body) as (url, _), Wence(url) as wence:
        assert wence.search("q").model_dump()["new"] == 7


def test_pause_doubles_with_jitter_and_obeys_the_service() -> None:
    assert [pause(n, {}, chance=1.0) for n in (1, 2, 3)] == [0.2, 0.4, 0.8]
    assert pause(1, {}, chance=0.5) == 0.1
    assert pause(20, {}, chance=1.0) == LONGEST
    assert pause(1, {"retry-after": "3"}) == 3
    assert pause(1, {"retry-after": "99999999"}) == LONGEST
    assert 0 <= pause(3, {"retry-after": "Wed, 21 Oct 2026"}) <= 0.8


@pytest.mark.slow
def test_a_thousand_questions_in_a_row_cost_little_over_direct_calls(site: str) -> None:
    with Wence(site) as wence, httpx2.Client() as http:
        url = f"{site}/api/measures/hz-2022:1.1.1"

        def timed(call: Any) -> float:
            started = time.perf_counter()
            for _ in range(1000):
                call()
            return time.perf_counter() - started

        direct, ours = timed(lambda: http.get(url)), timed(lambda: wence.measure("hz-2022:1.1.1"))
    assert ours < 3 * direct + 5
