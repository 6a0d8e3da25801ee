"""OpenAI's interface through the official client, and by what chat pages send."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from typing import Any

import httpx2
import openai
import pytest

from corpus.measures import Parsed
from index.search import Searcher
from service.answer import Answer
from service.app import app_over
from service.llm.generate import Done, Event, Told
from tests.service.api.conftest import Locked
from tests.service.browsing import serving

ASKED = "一照多址由谁牵头"


def said(text: str, *earlier: str) -> list[Any]:
    """Messages: earlier questions with answers, and the question."""
    talk = [m for e in earlier for m in (("user", e), ("assistant", "好的 [1]"))]
    return [{"role": role, "content": content} for role, content in [*talk, ("user", text)]]


@pytest.fixture
def client(site: str) -> Iterator[openai.OpenAI]:
    """The official client."""
    with openai.OpenAI(base_url=f"{site}/v1", api_key="none", max_retries=0) as opened:
        yield opened


def test_chat_gives_the_answer_with_annotations_and_a_foot(
    client: openai.OpenAI, site: str
) -> None:
    reply = client.chat.completions.create(model="wence", messages=said(ASKED))
    message = reply.choices[0].message
    assert reply.choices[0].finish_reason == "stop"
    assert "市市场监管局" in (message.content or "")
    assert message.annotations
    for annotation in message.annotations:
        about = annotation.url_citation
        mark = (message.content or "")[about.start_index : about.end_index]
        assert mark.startswith("[")
        assert mark.endswith("]")
        assert about.url.startswith(f"{site}/m/hz-2022:")
        assert about.url in (message.content or "")
        assert about.title.startswith("第")
        assert httpx2.get(about.url).status_code == 200
    assert reply.usage
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens


def test_stream_adds_up_to_the_whole_reply(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model="wence", messages=said(ASKED))
    stream = client.chat.completions.create(
        model="wence",
        messages=said(ASKED),
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = list(stream)
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert text == whole.choices[0].message.content
    assert chunks[0].choices[0].delta.role == "assistant"
    (last,) = [c for c in chunks if c.choices and c.choices[0].finish_reason]
    assert last.choices[0].finish_reason == "stop"
    delta = last.choices[0].delta.model_dump(exclude_unset=True)
    assert list(delta) == ["annotations"]  # no content beside it: some clients look nowhere else
    plain = [a.model_dump() for a in whole.choices[0].message.annotations or ()]
    assert delta["annotations"] == plain
    assert chunks[-1].choices == []
    assert chunks[-1].usage == whole.usage


def test_stream_without_options_has_no_usage(client: openai.OpenAI) -> None:
    stream = client.chat.completions.create(model="wence", messages=said(ASKED), stream=True)
    assert all(chunk.choices for chunk in stream)


def test_async_client_gets_the_same(site: str) -> None:
    async def run() -> tuple[str, str]:
        async with openai.AsyncOpenAI(base_url=f"{site}/v1", api_key="x") as opened:
            whole = await opened.chat.completions.create(model="wence", messages=said(ASKED))
            stream = await opened.chat.completions.create(
                model="wence", messages=said(ASKED), stream=True
            )
            parts = [chunk.choices[0].delta.content or "" async for chunk in stream]
            return whole.choices[0].message.content or "", "".join(parts)

    whole, streamed = asyncio.run(run())
    assert whole == streamed


def test_earlier_questions_make_a_follow_up(client: openai.OpenAI, site: str) -> None:
    messages = said("什么时候见效", "一照多址由谁牵头")
    reply = client.chat.completions.create(model="wence", messages=messages)
    asked = {"question": "什么时候见效", "turns": ["一照多址由谁牵头"]}
    direct = httpx2.post(f"{site}/api/ask", json=asked).json()
    assert direct["answer"] in (reply.choices[0].message.content or "")
    assert direct["understood"] in (reply.choices[0].message.content or "")


def test_refusal_is_an_ordinary_reply_without_annotations(client: openai.OpenAI) -> None:
    reply = client.chat.completions.create(model="wence", messages=said("火星移民签证怎么办"))
    choice = reply.choices[0]
    assert choice.finish_reason == "stop"
    assert choice.message.annotations == []
    assert (choice.message.content or "").startswith("现有文件里找不到")
    assert "不是答案" in (choice.message.content or "")


def test_list_is_whole_and_its_foot_short(client: openai.OpenAI, site: str) -> None:
    question = "2022年6月见效的事项有哪些"
    reply = client.chat.completions.create(model="wence", messages=said(question))
    direct = httpx2.post(f"{site}/api/ask", json={"question": question}).json()
    content = reply.choices[0].message.content or ""
    assert direct["answer"] in content
    assert len(direct["citations"]) > 20
    assert f"另有 {len(direct['citations']) - 20} 条引文" in content
    assert len(reply.choices[0].message.annotations or ()) == len(direct["citations"])


def test_models_are_listed_and_found(client: openai.OpenAI) -> None:
    assert [m.id for m in client.models.list()] == ["wence", "wence-query", "wence-passage"]
    assert client.models.retrieve("wence").id == "wence"
    with pytest.raises(openai.NotFoundError, match="wence-passage"):
        client.models.retrieve("gpt")


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "assistant", "content": "好"}]}, "messages"),
        ({"messages": [{"role": "user", "content": " "}]}, "messages"),
        ({"messages": [{"role": "user", "content": None}]}, "messages"),
        ({"messages": [{"role": "user", "content": "税" * 2001}]}, "messages"),
        ({"messages": [{"role": "user", "content": "办税"}], "n": 2}, "n"),
        ({"messages": [{"role": "user", "content": "办税"}], "model": "gpt-4o"}, "model"),
        ({"messages": "办税"}, "messages"),
    ],
)
def test_chat_request_that_cannot_be_met_names_the_parameter(
    site: str, body: dict[str, Any], param: str
) -> None:
    response = httpx2.post(f"{site}/v1/chat/completions", json={"model": "wence"} | body)
    assert response.status_code == (404 if param == "model" else 400)
    error = response.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["param"] == param
    assert any("一" <= c <= "鿿" for c in error["message"])


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe"])
def test_chat_body_that_is_no_json_object_is_refused(site: str, body: bytes) -> None:
    response = httpx2.post(f"{site}/v1/chat/completions", content=body)
    assert response.status_code == 400
    assert response.json()["error"]["message"]


def test_wrong_key_is_an_authentication_error(locked: Locked) -> None:
    wrong = openai.OpenAI(base_url=f"{locked.url}/v1", api_key="wrong", max_retries=0)
    with wrong, pytest.raises(openai.AuthenticationError):
        wrong.models.list()
    with openai.OpenAI(base_url=f"{locked.url}/v1", api_key=locked.key, max_retries=0) as opened:
        assert opened.models.retrieve("wence").id == "wence"


def test_annotations_lead_to_the_public_address(locked: Locked) -> None:
    with openai.OpenAI(base_url=f"{locked.url}/v1", api_key=locked.key) as opened:
        reply = opened.chat.completions.create(model="wence", messages=said("第1项谁牵头"))
    annotations = reply.choices[0].message.annotations or []
    assert annotations[0].url_citation.url == "https://wence.example/m/small:1.1.1"


# A language model behind the door


class SlowModel:
    """Tells a sentence, then waits; remembers whether it was closed."""

    streaming = True

    def __init__(self) -> None:
        self.closed = False

    async def generate(
        self,
        searcher: Searcher,  # noqa: ARG002 (the protocol's)
        answer: Answer,
    ) -> AsyncGenerator[Event, None]:
        """One sentence now, the rest much later."""
        try:
            yield Told("由市市场监管局牵头 [1]。", answer.citations)
            await asyncio.sleep(60)
            yield Done(answer, "model")
        finally:
            self.closed = True


def test_cancelled_stream_closes_the_model_and_the_service_goes_on(
    small: Parsed, searcher_of: Callable[..., Searcher]
) -> None:
    model = SlowModel()
    with (
        serving(app_over(searcher_of(small), generator=model)) as address,
        openai.OpenAI(base_url=f"{address}/v1", api_key="x") as opened,
    ):
        messages = said("第1项谁牵头")
        stream = opened.chat.completions.create(model="wence", messages=messages, stream=True)
        told = [next(stream), next(stream)]
        assert told[1].choices[0].delta.content == "由市市场监管局牵头 [1]。"
        stream.close()
        deadline = time.monotonic() + 10
        while not model.closed and time.monotonic() < deadline:
            time.sleep(0.05)
        assert model.closed
        assert opened.models.retrieve("wence").id == "wence"


@pytest.mark.slow
def test_a_thousand_chats_in_a_row_all_answer_the_same(site: str) -> None:
    body = {"model": "wence", "messages": said("第1项谁牵头")}
    with httpx2.Client() as http:
        replies = [http.post(f"{site}/v1/chat/completions", json=body).json() for _ in range(1000)]
    assert {reply["choices"][0]["message"]["content"] for reply in replies} == {
        replies[0]["choices"][0]["message"]["content"]
    }
