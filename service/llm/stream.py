"""Answers as server-sent events: the extractive one at once, then a model's sentences as they come.

Events, each with JSON as its data: `answer`, any number of `sentence`, then `done` with the answer
to keep, its `outcome` and how many sentences were `dropped`; in place of `done` an `error` in the
form of problem details where the program itself fails.
"""

import json
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, FastAPI, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict
from sse_starlette import EventSourceResponse, ServerSentEvent

from index.search import Searcher
from service.answer import Answer
from service.feedback.noting import note_answer
from service.guard.meters import Meters
from service.llm.generate import Done, Event, Generator
from service.schemas import Asked, AskRequest, Many, Text, Turns, answer_json, read_conditions

STREAM: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {}}}}

log = logging.getLogger("wence")
streams = APIRouter()


class AskQuery(BaseModel):
    """A question in the address; each `t` is an earlier one, oldest first, each `c` a condition."""

    model_config = ConfigDict(extra="forbid")

    q: Asked
    t: Turns = ()
    c: tuple[Text, ...] | None = None
    k: Many = 10


class Counted:
    """A generator whose outcomes are counted; that a model failed is logged as a warning."""

    def __init__(self, generator: Generator, meters: Meters) -> None:
        self._generator, self._meters = generator, meters

    @property
    def streaming(self) -> bool:
        """As the generator's own."""
        return self._generator.streaming

    async def generate(self, searcher: Searcher, answer: Answer) -> AsyncGenerator[Event, None]:
        """The generator's events."""
        async with aclosing(self._generator.generate(searcher, answer)) as events:
            started = time.perf_counter()
            async for event in events:
                if isinstance(event, Done):
                    taken = time.perf_counter() - started
                    self._meters.stages.labels("generate").observe(taken)
                    self._meters.answers.labels(event.outcome).inc()
                    self._meters.dropped.inc(event.dropped)
                    if event.outcome not in ("extractive", "model"):
                        log.warning("%s", event.answer.notice)
                yield event


@streams.get(
    "/api/ask/stream",
    summary="边写边给的回答（问题写在地址里）",
    response_class=EventSourceResponse,
    responses=STREAM,
)
async def get_stream(request: Request, asked: Annotated[AskQuery, Query()]) -> EventSourceResponse:
    """An answer as it comes; not noted as a question, since the page that asks noted it."""
    given = None if asked.c is None else read_conditions([one for one in asked.c if one])
    body = AskRequest(question=asked.q, turns=asked.t, k=asked.k, conditions=given)
    return _stream(request.app, await _ask(request, body))


@streams.post(
    "/api/ask/stream",
    summary="边写边给的回答",
    response_class=EventSourceResponse,
    responses=STREAM,
)
async def post_stream(
    request: Request, body: AskRequest, after: BackgroundTasks
) -> EventSourceResponse:
    """An answer as it comes."""
    answer = await _ask(request, body)
    asked = answer.understood if body.turns else body.question
    after.add_task(note_answer, request.app, asked, answer)
    return _stream(request.app, answer)


async def _ask(request: Request, body: AskRequest) -> Answer:
    ask = request.app.state.answerer.ask
    answer: Answer = await run_in_threadpool(
        ask, body.question, turns=body.turns, k=body.k, where=body.where()
    )
    return answer


def _stream(app: FastAPI, answer: Answer) -> EventSourceResponse:
    return EventSourceResponse(events_of(app.state.generator, app.state.searcher, answer))


async def events_of(
    generator: Generator, searcher: Searcher, answer: Answer
) -> AsyncGenerator[ServerSentEvent, None]:
    """The events of an answer; closing them closes the request to the model."""
    yield _event("answer", answer_json(searcher, answer))
    try:
        async with aclosing(generator.generate(searcher, answer)) as events:
            async for event in events:
                if isinstance(event, Done):
                    about = {"outcome": event.outcome, "dropped": event.dropped}
                    yield _event("done", answer_json(searcher, event.answer) | about)
                else:
                    citations = [vars(citation) for citation in event.citations]
                    yield _event("sentence", {"text": event.text, "citations": citations})
    except Exception:  # a defect; the answer has begun, so the application's handler is too late
        log.exception("流式回答出错")
        detail = "这是程序的缺陷，已记入日志；上面的回答仍然有效"
        problem = {"type": "about:blank", "title": "程序出错", "status": 500, "detail": detail}
        yield _event("error", problem)


def _event(name: str, data: dict[str, Any]) -> ServerSentEvent:
    return ServerSentEvent(json.dumps(data, ensure_ascii=False), event=name, sep="\n")
