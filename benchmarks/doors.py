"""Time the same questions through each door against a direct call, interleaved, as ratios.

Writes `doors.md` beside this file: medians over the development questions of the bundled list, the
service in this process, its clients on the same machine, connections kept open.
"""

import json
import logging
import os
import platform
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import openai
import uvicorn
from anyio.from_thread import start_blocking_portal
from mcp.client import Client
from search_speed import interleave

from service.answer import Answerer
from service.app import app_over
from service.client import Wence
from service.library import open_answerer, open_reader_of
from service.settings import read_settings

ROUNDS = 40
CASES = Path(__file__).parent.parent / "eval" / "data" / "hz-2022" / "cases_dev.jsonl"


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """A running service; gives its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def doors(url: str, answerer: Answerer, stack: ExitStack) -> dict[str, Callable[[str], object]]:
    """The ways to ask, the direct call first."""
    http = stack.enter_context(httpx2.Client(base_url=url, timeout=60))
    wence = stack.enter_context(Wence(url))
    chat = stack.enter_context(openai.OpenAI(base_url=f"{url}/v1", api_key="none"))
    portal = stack.enter_context(start_blocking_portal())
    mcp = stack.enter_context(portal.wrap_async_context_manager(Client(f"{url}/mcp")))

    def dify(question: str) -> object:
        setting = {"top_k": 10, "score_threshold": 0.0}
        body = {"knowledge_id": "", "query": question, "retrieval_setting": setting}
        return http.post("/dify/retrieval", json=body)

    def complete(question: str) -> object:
        messages: Any = [{"role": "user", "content": question}]
        return chat.chat.completions.create(model="wence", messages=messages)

    return {
        "直接调用 `Answerer.ask`": answerer.ask,
        "`POST /api/ask`": lambda question: http.post("/api/ask", json={"question": question}),
        "`service.client.Wence.ask`": wence.ask,
        "`POST /dify/retrieval`": dify,
        "`/v1/chat/completions`（openai 包）": complete,
        "MCP `ask`（官方客户端，HTTP）": lambda question: portal.call(
            mcp.call_tool, "ask", {"question": question}
        ),
    }


def rows_of(taken: dict[str, list[float]]) -> list[str]:
    """Markdown rows: the median, what it is over the first, and its ratio to the first."""
    middles = {name: statistics.median(values) for name, values in taken.items()}
    base = next(iter(middles.values()))
    rows = [
        f"| {name} | {middle:.1f} | {middle - base:+.1f} | {middle / base:.2f} |"
        for name, middle in middles.items()
    ]
    return ["| | 中位数，毫秒 | 多出 | 比值 |", "|---|---|---|---|", *rows, ""]


def main() -> None:
    """Measure and write."""
    logging.basicConfig(level=logging.WARNING)  # before the SDK sets up a log of its own
    settings = read_settings(dict(os.environ))
    answerer = open_answerer(settings)
    lines = CASES.read_text(encoding="utf-8").splitlines()
    questions = [case["query"] for case in map(json.loads, lines) if case["kind"] == "fact"]
    with ExitStack() as stack:
        url = stack.enter_context(
            serving(app_over(answerer.searcher, reader=open_reader_of(settings)))
        )
        taken = interleave(questions, doors(url, answerer, stack), ROUNDS)
    head = [
        "# 从各个门进来要多少时间",
        "",
        f"`make bench` 写成；{ROUNDS} 轮，{platform.machine()}，连接保持打开。看比值，不看毫秒。",
        "",
    ]
    Path(__file__).with_name("doors.md").write_text(
        "\n".join([*head, *rows_of(taken)]), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
