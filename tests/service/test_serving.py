"""Tests of the running service: new versions of the index while it is asked, and slow callers."""

import http.client
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest
import uvicorn

import service.serving
from corpus.errors import SetupError
from corpus.measures import Parsed, parse
from index.build import Source, build_index
from index.store import save_index
from service.guard.keys import Keys
from service.serving import Service, TimedProtocol, check_staff, serve
from service.settings import Settings
from tests.conftest import SMALL, make_document
from tests.fakes import FakeEmbedder

VERSIONS = ("甲", "乙")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A data folder with a small index of the fake embedder, which the service opens."""
    made = Settings(data=tmp_path / "data", cache=tmp_path, reload_seconds=0.05, rate="")
    write(made, VERSIONS[0])
    monkeypatch.setattr("service.library.open_embedder", lambda *_: FakeEmbedder())
    return made


def write(settings: Settings, name: str) -> None:
    """A version whose every measure and whose document say its name."""
    text = SMALL.replace("扩大", f"{name}扩大").replace("监管", f"{name}监管")
    parsed: Parsed = parse(make_document(text.replace("网上", f"{name}网上"), f"list-{name}"))
    save_index(build_index([Source(parsed)], FakeEmbedder()), settings.index)


@contextmanager
def running(settings: Settings) -> Iterator[tuple[Service, str, int]]:
    """The service on a free port."""
    app = Service(settings)
    config = uvicorn.Config(app, port=0, http=TimedProtocol, log_config=None, lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + 60
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        yield app, "127.0.0.1", server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


def get(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def serves(port: int, document: str) -> bool:
    return document in get(port, "/api/documents")[1]


def answers(port: int) -> bool:
    try:
        return get(port, "/healthz") == (200, "ok")
    except OSError:
        return False


def until(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return False


SEARCH = "/api/search?q=%E5%9C%B0%E5%9D%80&k=4"


def test_service_takes_up_new_versions_without_a_failed_or_mixed_answer(
    settings: Settings,
) -> None:
    failed: list[str] = []
    mixed: list[str] = []
    seen: set[str] = set()
    done = threading.Event()
    with running(settings) as (_, _, port):

        def ask() -> None:
            while not done.is_set():
                status, text = get(port, SEARCH)
                names = {
                    name for name in VERSIONS if f"list-{name}" in text or f"{name}扩大" in text
                }
                if status != 200:
                    failed.append(text)
                if len(names) != 1:
                    mixed.append(text)
                seen.update(names)

        threads = [threading.Thread(target=ask) for _ in range(6)]
        for thread in threads:
            thread.start()
        for n in range(1, 9):
            write(settings, VERSIONS[n % 2])
            served = f"list-{VERSIONS[n % 2]}"
            assert until(partial(serves, port, served))
        done.set()
        for thread in threads:
            thread.join()
    assert failed == []
    assert mixed == []
    assert seen == set(VERSIONS)


def test_service_goes_on_with_the_old_index_where_the_new_one_is_damaged(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with running(settings) as (_, _, port):
        write(settings, VERSIONS[1])
        assert until(lambda: "list-乙" in get(port, "/api/documents")[1])
        write(settings, VERSIONS[0])
        (settings.index / "measures.jsonl").write_text("", encoding="utf-8")
        reload = 'wence_index_reloads_total{outcome="failed"}'
        assert until(
            lambda: reload in get(port, "/metrics")[1] or "list-甲" in get(port, SEARCH)[1]
        )
        assert get(port, SEARCH)[0] == 200


PROGRAM = """
import sys
from pathlib import Path
import service.library
from service.serving import Service, serve
from service.settings import Settings
from tests.fakes import FakeEmbedder

service.library.open_embedder = lambda *_: FakeEmbedder()
settings = Settings(data=Path(sys.argv[1]), cache=Path(sys.argv[1]), reload_seconds=3600, rate="")
serve(Service(settings), settings, "127.0.0.1", int(sys.argv[2]))
"""


def test_service_told_by_sighup_looks_at_once_and_by_sigterm_ends_well(
    settings: Settings,
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as holder:
        port = holder.getsockname()[1]
    program = subprocess.Popen(  # noqa: S603 (our own program)
        [sys.executable, "-c", PROGRAM, str(settings.data), str(port)],
        cwd=Path(__file__).parent.parent.parent,
    )
    try:
        assert until(partial(answers, port))
        write(settings, VERSIONS[1])
        assert serves(port, "list-甲")
        program.send_signal(signal.SIGHUP)
        assert until(partial(serves, port, "list-乙"))
    finally:
        program.terminate()
        assert program.wait(30) in (0, -signal.SIGTERM)


def test_caller_that_sends_no_whole_head_is_hung_up_on(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service.serving, "HEADER_SECONDS", 0.3)
    with running(settings) as (_, host, port):
        slow = [socket.create_connection((host, port)) for _ in range(200)]
        for one in slow:
            one.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        started = time.monotonic()
        assert get(port, "/healthz") == (200, "ok")
        assert time.monotonic() - started < 5
        for one in slow:
            one.settimeout(30)
            assert one.recv(10) == b""
            one.close()
        assert get(port, SEARCH)[0] == 200


@pytest.mark.parametrize(
    "sent", [b"\x16\x03\x01\x02\x00", b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n"]
)
def test_caller_that_speaks_no_http_gets_a_problem(settings: Settings, sent: bytes) -> None:
    with running(settings) as (_, host, port), socket.create_connection((host, port)) as caller:
        caller.sendall(sent + b"\r\n\r\n")
        caller.settimeout(30)
        told = b"".join(iter(partial(caller.recv, 65536), b"")).decode()
    assert told.startswith("HTTP/1.1 400 ")
    assert "content-type: application/problem+json" in told
    assert '"status":400' in told


def test_caller_that_keeps_its_connection_is_answered_again_and_hung_up_on_when_idle(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service.serving, "HEADER_SECONDS", 0.5)
    with running(settings) as (_, host, port):
        connection = http.client.HTTPConnection(host, port, timeout=30)
        for _ in range(8):
            connection.request("GET", "/healthz")
            assert connection.getresponse().read() == b"ok"
            time.sleep(0.1)
        assert connection.sock is not None
        connection.sock.sendall(b"GET / HT")  # the head of the next request never ends
        assert connection.sock.recv(10) == b""
        connection.close()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "wence.example"])  # noqa: S104
def test_service_for_a_network_wants_a_staff_key_or_a_word(settings: Settings, host: str) -> None:
    with pytest.raises(SetupError, match=r"wence keys add.*WENCE_STAFF=off"):
        check_staff(settings, host)
    check_staff(settings.model_copy(update={"staff": "off"}), host)
    Keys(settings.data).add("r", "read")
    with pytest.raises(SetupError, match="wence keys add"):
        check_staff(settings, host)
    Keys(settings.data).add("s", "staff")
    check_staff(settings, host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_service_for_this_machine_wants_no_key(settings: Settings, host: str) -> None:
    check_staff(settings, host)


def test_serve_trusts_no_proxy_unless_told_and_writes_no_access_log(settings: Settings) -> None:
    given: list[dict[str, object]] = []
    for proxies in ("", "10.0.0.1"):
        told = settings.model_copy(update={"proxies": proxies})
        serve(Service(told), told, "127.0.0.1", 0, lambda _, **options: given.append(options))
    assert [(one["proxy_headers"], one["forwarded_allow_ips"]) for one in given] == [
        (False, None),
        (True, "10.0.0.1"),
    ]
    assert not any(one["access_log"] for one in given)
