"""What is not stated outright: every door says so, and none gives it out as an answer."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner
from mcp.client import Client

from corpus.measures import parse
from index.build import Source, build_index
from index.search import Searcher
from service.answer import Answer
from service.answer.ask import NEAR
from service.app import app_over
from service.cli import commands
from service.client import Wence
from tests.conftest import SMALL, make_document
from tests.fakes import FakeEmbedder
from tests.service.browsing import serving

ASKED = "第1项谁牵头"


@pytest.fixture(scope="module")
def near() -> Iterator[str]:
    """A service that is sure of nothing: what it would answer is near."""
    index = build_index([Source(parse(make_document(SMALL)))], FakeEmbedder())
    app = app_over(Searcher(index, FakeEmbedder()))
    ask = app.state.answerer.ask

    def unsure(question: str, **given: Any) -> Answer:
        answer: Answer = ask(question, **given)
        text = answer.answer if answer.answer.startswith(NEAR) else f"{NEAR}\n{answer.answer}"
        hits = answer.hits or answer.nearest
        nearest = tuple(replace(hit, score=0.5) for hit in hits)
        return replace(
            answer,
            kind="measures",
            standing="near",
            short_answer=None,
            answer=text,
            hits=(),
            nearest=nearest,
        )

    app.state.answerer.ask = unsure
    with serving(app) as address:
        yield address


def test_interface_and_client_give_the_standing(near: str) -> None:
    with Wence(near) as wence:
        answer = wence.ask(ASKED)
    assert (answer.standing, answer.answerable, answer.hits) == ("near", False, ())
    assert answer.nearest
    assert answer.answer.startswith(NEAR)


def test_dify_records_say_it_behind_their_id(near: str) -> None:
    body = {"knowledge_id": "small", "query": ASKED, "retrieval_setting": {"top_k": 5}}
    records = httpx2.post(f"{near}/dify/retrieval", json=body).json()["records"]
    assert records
    for record in records:
        first, second, *_ = record["content"].splitlines()
        assert first.startswith(record["metadata"]["document_id"])
        assert "没有直接写明" in second
        assert record["metadata"]["standing"] == "near"


def test_chat_says_it_first_and_does_not_call_its_sources_grounds(near: str) -> None:
    body = {"model": "wence", "messages": [{"role": "user", "content": ASKED}]}
    reply = httpx2.post(f"{near}/v1/chat/completions", json=body).json()
    content = reply["choices"][0]["message"]["content"]
    assert content.startswith(NEAR)
    assert "最接近的原文（不能当作答案）：" in content
    assert "依据：" not in content


def test_mcp_says_it(near: str) -> None:
    async def run() -> Any:
        async with Client(f"{near}/mcp") as client:
            return await client.call_tool("ask", {"question": ASKED})

    result = asyncio.run(run())
    assert result.structured_content["standing"] == "near"
    assert result.content[0].text.startswith(NEAR)


def test_remote_command_says_it(near: str) -> None:
    told = CliRunner().invoke(commands, ["--url", near, "ask", ASKED])
    assert told.exit_code == 0, told.output
    assert told.stdout.startswith(NEAR)
