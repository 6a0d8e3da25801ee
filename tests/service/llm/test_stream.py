"""Answers over HTTP with a language model: events, their order, what breaks, and the page."""

import json
import logging
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
import uvicorn
from click.testing import CliRunner
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from fastapi.testclient import TestClient
from playwright.sync_api import Page, expect, sync_playwright

from corpus.errors import SetupError
from index.search import Searcher
from service.app import app_over
from service.cli import commands
from service.llm.chat import Endpoint
from service.llm.generate import ChatModel, Done, Told
from service.settings import Settings
from service.web.render import STATIC
from tests.service.browsing import find_browser
from tests.service.llm.fake_llm import FakeModel, Reply, say, serving

ASKED = "破产企业的房子没法验收，还能办房产证吗"
LISTED = "市法院牵头的事项有哪些"
FOREIGN = "今天晚饭吃什么"
GOOD = "破产企业的建设工程安全鉴定合格后，可办理不动产登记 [1]。"
GOOD_SHOWN = "破产企业的建设工程安全鉴定合格后，可办理不动产登记 [1]。"
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeModel]:
    """A running model that gives one good sentence and one without a citation."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving() as served:
        served.answer = lambda _: say(GOOD + "谁都可以来。")
        yield served


@pytest.fixture
def app(real_searcher: Searcher, model: FakeModel) -> FastAPI:
    """The application over the real list with that model."""
    return app_over(real_searcher, generator=ChatModel(Endpoint(model.url, "fake", "key-1", 3)))


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    """Its client."""
    return TestClient(app)


@pytest.fixture(scope="module")
def plain(real_searcher: Searcher) -> TestClient:
    """A client of the application without a model."""
    return TestClient(app_over(real_searcher))


Events = list[tuple[str, dict[str, Any]]]


def read(text: str) -> Events:
    """The events of a stream."""
    blocks = [block.split("\n") for block in text.split("\n\n") if "data: " in block]
    return [
        (lines[0].removeprefix("event: "), json.loads(lines[1].removeprefix("data: ")))
        for lines in blocks
    ]


def stream(client: TestClient, question: str = ASKED, **body: Any) -> Events:
    """The events of a question."""
    response = client.post("/api/ask/stream", json={"question": question} | body)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    return read(response.text)


def ask(client: TestClient, question: str = ASKED) -> dict[str, Any]:
    """The answer of a question."""
    answer: dict[str, Any] = client.post("/api/ask", json={"question": question}).json()
    return answer


def same(answer: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two answers are one but for notice and what only streams tell."""
    aside = {"notice", "outcome", "dropped"}
    return all(answer[key] == other[key] for key in {*answer, *other} - aside)


# Events


def test_stream_with_a_model_gives_extract_sentences_and_the_answer(
    client: TestClient, plain: TestClient
) -> None:
    names, data = zip(*stream(client), strict=True)
    assert names == ("answer", "sentence", "done")
    assert data[0] == ask(plain)
    assert data[1]["text"] == GOOD_SHOWN
    assert [c["n"] for c in data[1]["citations"]] == [1]
    done = data[2]
    assert (done["outcome"], done["dropped"], done["notice"]) == ("model", 1, "")
    assert done["answer"] == GOOD_SHOWN
    assert done["citations"][0] == data[1]["citations"][0]
    assert done["short_answer"] == data[0]["short_answer"]


def test_stream_in_the_address_gives_the_same_as_in_the_body(client: TestClient) -> None:
    response = client.get("/api/ask/stream", params={"q": ASKED, "k": 3})
    assert read(response.text) == stream(client, k=3)


def test_stream_without_a_model_gives_the_extract_and_is_done(plain: TestClient) -> None:
    (first, extract), (last, done) = stream(plain)
    assert (first, last) == ("answer", "done")
    assert done == extract | {"outcome": "extractive", "dropped": 0}


@pytest.mark.parametrize("question", [LISTED, FOREIGN])
def test_stream_of_a_list_or_a_refusal_asks_no_model(
    client: TestClient, model: FakeModel, question: str
) -> None:
    (_, extract), (_, done) = stream(client, question)
    assert extract["kind"] in ("list", "none")
    assert done["outcome"] == "extractive"
    assert same(extract, done)
    assert model.requests == []


def test_stream_takes_earlier_turns(client: TestClient, model: FakeModel) -> None:
    params = {"q": "要符合哪些条件？", "t": ["一照多址怎么办理"]}
    events = read(client.get("/api/ask/stream", params=params).text)
    assert events == stream(client, "要符合哪些条件？", turns=["一照多址怎么办理"])
    understood = events[0][1]["understood"]
    assert "一照多址" in understood
    assert f"<问题>{understood}</问题>" in model.prompt


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.post("/api/ask/stream", json={"question": " "}),
        lambda c: c.post("/api/ask/stream", json={"question": "问", "k": 0}),
        lambda c: c.post("/api/ask/stream", json={}),
        lambda c: c.get("/api/ask/stream"),
        lambda c: c.get("/api/ask/stream?q=问&x=1"),
        lambda c: c.get("/api/ask/stream?" + "&".join(["q=问", *["t=问"] * 7])),
    ],
)
def test_stream_of_a_bad_request_is_a_problem_before_it_begins(
    client: TestClient, call: Callable[[TestClient], Any]
) -> None:
    response = call(client)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


def test_stream_of_a_defect_ends_with_an_error_and_no_trace(
    real_searcher: Searcher, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        streaming = True

        async def generate(self, *_: Any) -> Any:
            raise ZeroDivisionError("secret-1")
            yield

    client = TestClient(app_over(real_searcher, generator=Broken()))
    (_, extract), (name, problem) = stream(client)
    assert extract["answerable"]
    assert (name, problem["status"]) == ("error", 500)
    assert "secret-1" not in str(problem)
    assert "ZeroDivisionError" in caplog.text


# One answer


def test_ask_with_a_model_gives_its_answer(client: TestClient) -> None:
    answer = ask(client)
    assert (answer["answer"], answer["notice"]) == (GOOD_SHOWN, "")


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Reply(status=500, body="{}"), "refused"),
        (Reply(), "empty"),
        (say("谁都可以来。"), "ungrounded"),
        (replace(say(GOOD), cut=True), "broken"),
        (replace(say(GOOD), before=4), "timeout"),
    ],
)
def test_ask_of_a_failing_model_serves_the_extract_counts_and_warns(
    client: TestClient,
    plain: TestClient,
    model: FakeModel,
    caplog: pytest.LogCaptureFixture,
    reply: Reply,
    outcome: str,
) -> None:
    model.answer = lambda _: reply
    caplog.set_level(logging.WARNING)
    answer, extract = ask(client), ask(plain)
    assert same(answer, extract)
    assert (extract["notice"], answer["notice"] in caplog.text) == ("", True)
    assert answer["notice"].startswith("语言模型")
    metrics = client.get("/metrics").text
    assert f'wence_answers_total{{outcome="{outcome}"}} 1.0' in metrics
    assert f"wence_sentences_dropped_total {float(outcome == 'ungrounded')}" in metrics
    assert "key-1" not in caplog.text + json.dumps(answer)


def test_ask_counts_what_the_model_told(client: TestClient) -> None:
    ask(client)
    metrics = client.get("/metrics").text
    assert 'wence_answers_total{outcome="model"} 1.0' in metrics
    assert "wence_sentences_dropped_total 1.0" in metrics


# A caller that hangs up


@contextmanager
def serve(app: FastAPI) -> Iterator[str]:
    """The application in a real server; its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def test_stream_of_a_caller_that_hangs_up_stops_the_request_to_the_model(
    app: FastAPI, model: FakeModel
) -> None:
    model.answer = lambda _: replace(say(GOOD + "字" * 500), between=0.05)
    with serve(app) as address:
        port = int(address.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as caller:
            asked = f"GET /api/ask/stream?q={quote(ASKED)} HTTP/1.1\r\nHost: x\r\n\r\n"
            caller.sendall(asked.encode())
            seen = b""
            while b"event: sentence" not in seen:
                seen += caller.recv(4096) or pytest.fail(f"no sentence in {seen!r}")
        assert model.gone.wait(2)  # long before the model's 3 seconds are over and it said all


# The terminal


def invoke(settings: Settings, monkeypatch: pytest.MonkeyPatch, *args: str, url: str) -> Any:
    """Run `wence ask` with a model at that address."""
    monkeypatch.setenv("WENCE_LLM_URL", url)
    monkeypatch.setenv("WENCE_LLM_MODEL", "fake")
    monkeypatch.setenv("WENCE_CACHE", str(settings.cache))
    return CliRunner().invoke(commands, ["ask", *args, "--data", str(settings.data)])


def test_ask_command_prints_the_models_sentences_and_their_citations(
    real_settings: Settings, model: FakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = invoke(real_settings, monkeypatch, ASKED, url=model.url)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == GOOD_SHOWN
    assert lines[1].startswith("[1] hz-2022:")
    assert "谁都可以来" not in result.stdout


def test_ask_command_of_a_failing_model_says_so_and_prints_the_extract(
    real_settings: Settings, model: FakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    model.answer = lambda _: replace(say(GOOD), cut=True)
    result = invoke(real_settings, monkeypatch, ASKED, url=model.url)
    assert result.exit_code == 0
    assert "中途断了，这里给出的是原文摘录。" in result.stdout


def test_ask_command_in_json_asks_the_model_as_the_page_does(
    real_settings: Settings, model: FakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = invoke(real_settings, monkeypatch, ASKED, "--json", url=model.url)
    assert json.loads(result.stdout)["answerable"]
    assert len(model.requests) == 1


def test_ask_command_with_an_address_and_no_model_says_what_to_do(
    real_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WENCE_LLM_URL", "http://127.0.0.1:9/v1")
    result = CliRunner().invoke(commands, ["ask", ASKED, "--data", str(real_settings.data)])
    assert isinstance(result.exception, SetupError)
    assert "WENCE_LLM_MODEL" in str(result.exception)


# The page


@pytest.fixture(scope="module")
def browser_path() -> str:
    """The browser."""
    return find_browser()


@contextmanager
def page_over(app: FastAPI, browser: str) -> Iterator[Page]:
    """A page with the script's hook, in a real browser."""
    hook = f"""<!doctype html><meta charset="utf-8"><title>问策</title>
    <link rel="stylesheet" href="/static/style.css"><link rel="icon" href="/static/icon.svg">
    <script src="/static/stream.js" defer></script>
    <main><div data-stream="/api/ask/stream?q={ASKED}"><p>摘录 <a href="#c1">[1]</a></p></div>
    <p id="c1">引文</p></main>"""
    app.add_api_route("/hook", lambda: HTMLResponse(hook), methods=["GET"])
    with serve(app) as address, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=CHROMIUM)
        page = chromium.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{address}/hook")
        yield page
        assert errors == []
        chromium.close()


def test_page_shows_the_models_answer_with_links_and_keeps_the_extract(
    app: FastAPI, browser_path: str, model: FakeModel
) -> None:
    model.answer = lambda _: replace(say(GOOD + "谁都可以来。", 10), between=0.1)
    with page_over(app, browser_path) as page:
        expect(page.get_by_role("status")).to_have_text("语言模型正在整理回答，先看原文摘录……")
        expect(page.locator("[data-stream]")).to_contain_text("摘录")
        expect(page.get_by_role("status")).to_have_text(
            "由语言模型按引文整理，以原文为准。略去了 1 句没有依据的话。"
        )
        assert page.locator(".told").text_content() == GOOD_SHOWN
        page.locator(".told").get_by_role("link", name="引文 1").click()
        assert page.url.endswith("#s1")
        first = page.locator("#s1")
        expect(first).to_contain_text("[1] hz-2022:16.1.")
        expect(page.locator("#s1 a")).to_have_attribute("href", re.compile("^/m/hz-2022%3A16.1."))
        assert not page.locator("details.extract p").is_visible()
        page.get_by_text("原文摘录").click()
        assert page.locator("details.extract p").is_visible()
        assert page.locator("[data-stream]").get_attribute("aria-busy") is None


def test_page_of_a_model_that_breaks_off_gets_the_extract_back(
    app: FastAPI, browser_path: str, model: FakeModel
) -> None:
    model.answer = lambda _: replace(say(GOOD + "破产" * 20, 10), between=0.2, cut=True)
    with page_over(app, browser_path) as page:
        expect(page.get_by_role("status")).to_have_text("语言模型正在整理回答……")
        expect(page.get_by_role("status")).to_have_text(
            "语言模型的回复中途断了，这里给出的是原文摘录。"
        )
        assert page.locator("[data-stream]").inner_html() == '<p>摘录 <a href="#c1">[1]</a></p>'


def test_page_shows_markup_of_a_hostile_source_as_text(app: FastAPI, browser_path: str) -> None:
    hostile = "<img src=x onerror=alert(1)> [1] [7] <b>"

    class Hostile:
        streaming = True

        async def generate(self, _: Any, answer: Any) -> Any:

            citation = replace(answer.citations[0], n=1, quote=hostile)
            yield Told(hostile, (citation,))
            yield Done(answer, "model")

    app.state.generator = Hostile()
    with page_over(app, browser_path) as page:
        expect(page.locator(".told")).to_have_text(hostile)
        assert page.locator(".told *").evaluate_all("all => all.map(e => e.tagName)") == ["A"]
        assert page.locator("img").count() == 0


def test_page_of_a_service_that_is_gone_keeps_the_extract(browser_path: str) -> None:
    hook_only = FastAPI()
    hook_only.mount("/static", StaticFiles(directory=STATIC))
    with page_over(hook_only, browser_path) as page:
        expect(page.get_by_role("status")).to_have_text("没能整理完，这里给出的是原文摘录。")
        expect(page.locator("[data-stream]")).to_have_text("摘录 [1]")


def test_script_names_columns_as_the_citations_do() -> None:
    script = (STATIC / "stream.js").read_text(encoding="utf-8")
    assert "${citation.column}" in script
    assert "单位" not in script
