"""POST /v1/chat/completions: a chat's last question, answered with citations or refused.

A stream is a role, then pieces of content, then one piece without content that has the
annotations and `finish_reason` (some clients read them nowhere else), then the usage if asked for.
"""

import json
import logging
import time
import uuid
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.background import BackgroundTask

from corpus.errors import InputError
from index.search import Searcher
from service.answer import Answer
from service.api.gate import openai_error
from service.api.links import Links, links_of
from service.api.openai.compose import annotations_of, body_of, foot_of, usage_of
from service.api.openai.requests import (
    MODEL,
    ChatRequest,
    RefusedError,
    check_model,
    housekeeping,
    read_body,
    talk_of,
)
from service.feedback.noting import note_answer
from service.llm.generate import Done, Generator, settle

log = logging.getLogger("wence")
router = APIRouter()


@dataclass(frozen=True)
class Reply:
    """What stays the same over the pieces of one reply."""

    id: str
    created: int

    def piece(self, delta: Mapping[str, Any] | None, finish: str | None = None) -> dict[str, Any]:
        """A piece of a stream; without a delta it has no choice."""
        choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
        return self._about("chat.completion.chunk") | {"choices": choices}

    def whole(self, message: Mapping[str, Any], usage: Mapping[str, int]) -> dict[str, Any]:
        """A reply that is not streamed."""
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        return self._about("chat.completion") | {"choices": [choice], "usage": usage}

    def _about(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": MODEL}


@router.post("/v1/chat/completions", summary="对话（OpenAI 兼容）")
async def post_chat(request: Request) -> Response:
    """The answer to a chat's last question."""
    try:
        asked = await read_body(request, ChatRequest)
        check_model(asked.model, (MODEL,))
        talk = talk_of(asked)
        house = housekeeping(talk.question)
        if house is not None:
            return _plain(asked, house)
        ask = request.app.state.answerer.ask
        answer: Answer = await run_in_threadpool(ask, talk.question, turns=talk.turns)
    except InputError as error:
        return refuse(error)
    noted = answer.understood if talk.turns else talk.question
    note = BackgroundTask(note_answer, request.app, noted, answer)
    said, links = [message.said for message in asked.messages], links_of(request)
    searcher, generator = request.app.state.searcher, request.app.state.generator
    if asked.stream:
        counted = said if asked.stream_options and asked.stream_options.include_usage else None
        events = stream_of(generator, searcher, answer, links, counted)
        return EventSourceResponse(events, background=note, sep="\n")
    done = await settle(generator, searcher, answer)
    content = body_of(done.answer) + foot_of(searcher, done.answer, links)
    annotations = annotations_of(searcher, done.answer, content, links)
    message: dict[str, Any] = {
        "role": "assistant",
        "content": content,
        "refusal": None,
        "annotations": annotations,
    }
    return JSONResponse(_reply().whole(message, usage_of(said, content)), background=note)


def refuse(error: InputError) -> JSONResponse:
    """An error in OpenAI's form."""
    if isinstance(error, RefusedError):
        body = openai_error(str(error), param=error.param, code=error.code)
        return JSONResponse(body, error.status)
    return JSONResponse(openai_error(str(error)), 400)


def _reply() -> Reply:
    return Reply(f"chatcmpl-{uuid.uuid4().hex}", int(time.time()))


def _plain(asked: ChatRequest, content: str) -> Response:
    """A reply of nothing but content."""
    reply = _reply()
    usage = usage_of([message.said for message in asked.messages], content)
    if not asked.stream:
        message: dict[str, Any] = {
            "role": "assistant",
            "content": content,
            "refusal": None,
            "annotations": [],
        }
        return JSONResponse(reply.whole(message, usage))

    async def events() -> AsyncGenerator[ServerSentEvent, None]:
        yield _event(reply.piece({"role": "assistant", "content": content}))
        yield _event(reply.piece({}, "stop"))
        yield ServerSentEvent("[DONE]", sep="\n")

    return EventSourceResponse(events(), sep="\n")


async def stream_of(
    generator: Generator,
    searcher: Searcher,
    answer: Answer,
    links: Links,
    counted: list[str] | None,
) -> AsyncGenerator[ServerSentEvent, None]:
    """The pieces of an answer; closing them closes the request to a model.

    `counted` is what was said, where the usage is asked for.
    """
    reply, content = _reply(), ""
    yield _event(reply.piece({"role": "assistant", "content": ""}))
    try:
        async with aclosing(generator.generate(searcher, answer)) as events:
            async for event in events:
                if not isinstance(event, Done):
                    texts = [event.text]
                else:
                    texts = _rest(event, searcher, links, begun=bool(content))
                for text in texts:
                    content += text
                    yield _event(reply.piece({"content": text}))
                if isinstance(event, Done):
                    found = annotations_of(searcher, event.answer, content, links)
                    delta = {"annotations": found} if found else {}
                    yield _event(reply.piece(delta, "stop"))
        if counted is not None:
            usage = {"usage": usage_of(counted, content)}
            yield _event(reply.piece(None) | usage)
    except Exception:  # a defect; the stream has begun, so the application's handler is too late
        log.exception("流式对话出错")
        yield _event(openai_error("这是程序的缺陷，已记入日志；请稍后再试", kind="server_error"))
    yield ServerSentEvent("[DONE]", sep="\n")


def _rest(done: Done, searcher: Searcher, links: Links, *, begun: bool) -> list[str]:
    """What is still to be said: after a model's sentences the foot, else the answer by lines."""
    foot = foot_of(searcher, done.answer, links)
    if begun and done.outcome == "model":
        return [foot] if foot else []
    body = ("\n\n" if begun else "") + body_of(done.answer)
    return [*body.splitlines(keepends=True), *([foot] if foot else [])]


def _event(data: Mapping[str, Any]) -> ServerSentEvent:
    return ServerSentEvent(json.dumps(data, ensure_ascii=False), sep="\n")
