"""Tests of what operators see: the log in JSON, the times of the stages, the self-test."""

import io
import json
import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from corpus.measures import Parsed
from index.search import Searcher
from service.app import app_over
from service.guard.logs import make_handler
from service.guard.ready import SelfTest

ROOT = Path(__file__).parent.parent.parent
STAGES = ("read", "search", "candidates", "score", "compose", "generate")


@pytest.fixture
def searcher(small: Parsed, searcher_of: Callable[..., Searcher]) -> Searcher:
    """A searcher over the small list."""
    return searcher_of(small)


@pytest.fixture
def client(searcher: Searcher) -> TestClient:
    """A client over the small list."""
    return TestClient(app_over(searcher), raise_server_exceptions=False)


def lines_of(client: TestClient, ask: Callable[[], Any]) -> list[dict[str, Any]]:
    """The lines that are logged in JSON while something is asked."""
    stream = io.StringIO()
    handler, log = make_handler("json", stream), logging.getLogger("wence")
    log.addHandler(handler)
    log.setLevel("INFO")
    try:
        ask()
    finally:
        log.removeHandler(handler)
        log.setLevel(logging.NOTSET)
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_json_log_has_a_line_for_a_request_with_its_id_and_without_its_question(
    client: TestClient,
) -> None:
    (line,) = lines_of(
        client,
        lambda: client.get("/api/search?q=网上缴纳", headers={"X-Request-ID": "proxy-0001"}),
    )
    assert line["time"].endswith("+00:00")
    assert {name: line[name] for name in ("level", "logger", "request_id")} == {
        "level": "INFO",
        "logger": "wence",
        "request_id": "proxy-0001",
    }
    assert (line["method"], line["route"], line["status"]) == ("GET", "/api/search", 200)
    assert line["ms"] >= 0
    assert "缴纳" not in json.dumps(line, ensure_ascii=False)


def test_json_log_of_a_defect_is_one_line_with_its_trace_and_its_request(
    client: TestClient,
) -> None:
    def broken() -> None:
        raise RuntimeError("secret")

    app: Any = client.app
    app.add_api_route("/broken", broken)
    told = lines_of(client, lambda: client.get("/broken", headers={"X-Request-ID": "proxy-0002"}))
    assert [(line["level"], line["request_id"]) for line in told] == [
        ("ERROR", "proxy-0002"),
        ("INFO", "proxy-0002"),
    ]
    assert "RuntimeError: secret" in told[0]["exc_info"]


@pytest.mark.parametrize(
    ("form", "told"), [("text", "wence: 好\n"), ("json", '"message": "好", "request_id": null')]
)
def test_log_on_stderr_has_the_form_that_is_set(form: str, told: str) -> None:
    program = (
        "import logging, sys; from service.guard.logs import write_log; "
        "write_log('INFO', sys.argv[1]); logging.getLogger('wence').info('好')"
    )
    done = subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-c", program, form], cwd=ROOT, capture_output=True, check=True
    )
    assert told in done.stderr.decode()
    assert done.stdout == b""


def test_stages_of_an_answer_are_timed(client: TestClient) -> None:
    client.post("/api/ask", json={"question": "一照多址谁牵头"})
    told = client.get("/metrics").text
    for stage in STAGES:
        assert f'wence_stage_seconds_count{{stage="{stage}"}} 1.0' in told


def test_index_that_finds_nothing_is_not_ready_and_says_by_which_arm(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.guard.ready.check_arms", lambda _: "dense、hybrid")
    refused = client.get("/readyz")
    assert refused.status_code == 503
    assert refused.headers["content-type"] == "application/problem+json"
    assert "dense、hybrid" in refused.json()["detail"]
    assert client.get("/healthz").status_code == 200


def test_self_test_is_run_again_only_after_some_seconds(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[Searcher] = []

    def check(one: Searcher) -> str:
        runs.append(one)
        return ""

    monkeypatch.setattr("service.guard.ready.check_arms", check)
    clock = [100.0]
    test = SelfTest(searcher, now=lambda: clock[0], kept=10)
    assert [test.missing(), test.missing(), len(runs)] == ["", "", 1]
    clock[0] = 110.0
    assert [test.missing(), len(runs)] == ["", 2]
