"""Judging an answer, by form or JSON, and the staff's page of what was not answered."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from corpus.document import MEASURE_ID, Measure
from corpus.errors import InputError, NotFoundError, SetupError
from corpus.text import normalise
from index.query import read_address
from index.search import Searcher
from service.feedback.gaps import Topic, parse_day, report_gaps, topic_json
from service.feedback.store import SHOWN, Judged, Store
from service.feedback.visitors import Visitors
from service.guard.limits import caller_of
from service.schemas import Text
from service.web.render import show

RANKED = 1_000  # questions that one report is made of
LISTED = 200  # so many questions the page lists; the command and the interface give all
NAME = 80  # no name of a measure is longer

log = logging.getLogger("wence")


class FeedbackRequest(BaseModel):
    """A judgement of an answer; `measure` is the right one, and only with `right`."""

    model_config = ConfigDict(extra="forbid")

    question: Text
    verdict: Literal["useful", "not_useful", "right"]
    measure: Text = ""
    shown: list[Text] = Field(default=[], max_length=SHOWN)


class FeedbackForm(BaseModel):
    """The same as the page's form sends it; `pick` is a measure chosen by its own button."""

    question: str = ""
    verdict: str = "right"
    measure: str = ""
    pick: str = ""
    shown: list[str] = []


def refuse_foreign(request: Request) -> None:
    """Refuse what another site's page posts through a reader's browser.

    Raises:
        HTTPException: 403, the browser says that the request comes from elsewhere.
    """
    fetched, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if fetched is not None:
        own = fetched in ("same-origin", "none")
    else:  # older browsers; programs send neither
        own = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if not own:
        raise HTTPException(403, "只接受本站页面提交的反馈；请在问策的页面上提交")


feedback = APIRouter()
posted_here = [Depends(refuse_foreign)]


@feedback.post("/api/feedback", summary="评价一个回答", status_code=201, dependencies=posted_here)
def post_feedback(request: Request, body: FeedbackRequest) -> dict[str, Any]:
    """Count a judgement; what is given back is what is stored, with numbers masked."""
    kept = _judge(request, body.question, body.verdict, body.measure, body.shown)
    return {
        "question": kept.question,
        "verdict": kept.verdict,
        "measure": kept.measure or None,
        "shown": list(kept.shown),
        "day": kept.day.isoformat(),
    }


def _judge(request: Request, question: str, verdict: str, measure: str, shown: list[str]) -> Judged:
    searcher: Searcher = request.app.state.searcher
    store: Store = request.app.state.store
    right = named_measure(searcher, measure).id if measure else ""
    ids = [searcher.measure(name).id for name in shown]
    visitors: Visitors = request.app.state.visitors
    visitor = f"{caller_of(request)} {request.headers.get('user-agent', '')}"
    checked = store.note_judged(question, verdict, right, ids, counted=False)
    vote = (visitor, normalise(checked.question), verdict, right)
    if visitors.is_first(*vote):
        try:
            with _discreet("评价没有记下"):
                store.note_judged(question, verdict, right, ids)
        except SetupError:
            visitors.take_back(*vote)
            raise
    return checked


@contextmanager
def _discreet(what: str) -> Iterator[None]:
    """Log why the database fails, and tell the reader only that it does: its address is ours."""
    try:
        yield
    except SetupError as error:
        log.warning("%s：%s", what, error)
        raise SetupError(f"反馈库现在用不了，{what}；请稍后再试，或告诉管理员") from error


def named_measure(searcher: Searcher, text: str) -> Measure:
    """The measure that a reader names: `60.2.1`, or 第60项第2条 where that is a single one.

    Raises:
        InputError: it names none, or several.
        NotFoundError: there is no such measure.
    """
    named = text.strip()
    if MEASURE_ID.fullmatch(named) or len(named) > NAME:
        return searcher.measure(named)
    address, _ = read_address(normalise(named), clauses=False)
    if address is None:
        return searcher.measure(named)
    found = [m for m in searcher.measures if address.holds(m)]
    if not found:
        raise NotFoundError(f"没有举措 {named}")
    if len(found) > 1:
        raise InputError(f"“{named}”有 {len(found)} 条举措；请写明是哪条，例如 {found[0].id}")
    return found[0]


@feedback.post(
    "/feedback",
    include_in_schema=False,
    response_class=HTMLResponse,
    dependencies=posted_here,
)
def post_form(request: Request, sent: Annotated[FeedbackForm, Form()]) -> Response:
    """Count a judgement out of the page's form and go back to the question."""
    measure = sent.pick or sent.measure.strip()
    verdict = "right" if sent.pick else sent.verdict
    error, status = "", 200
    try:
        if verdict == "right" and not measure:
            raise InputError("请填写正确举措的编号，如 60.2.1")
        _judge(request, sent.question, verdict, measure if verdict == "right" else "", sent.shown)
    except InputError as refused:
        error, status = str(refused), 404 if isinstance(refused, NotFoundError) else 422
    except SetupError as broken:
        error, status = str(broken), 503
    if not error:
        return RedirectResponse(_back(request, sent.question, verdict), 303)
    return show(
        request,
        "judged.html",
        status,
        error=error,
        question=sent.question,
        answerable=bool(sent.shown),  # a refusal cites nothing
        cited=sent.shown,
    )


def _back(request: Request, question: str, verdict: str) -> str:
    """The address of the question's page, as the browser tells it, with thanks for a verdict."""
    asked = [("q", question)]
    came = urlsplit(request.headers.get("referer", ""))
    if came.netloc == request.headers.get("host") and came.path == "/" and came.query:
        asked = [(name, value) for name, value in parse_qsl(came.query) if name != "thanks"]
    return "/?" + urlencode([*asked, ("thanks", verdict)]) + "#feedback"


def _gaps(request: Request, since: date | None, least: int, skip: int = 0) -> tuple[Topic, ...]:
    searcher: Searcher = request.app.state.searcher
    store: Store = request.app.state.store
    with _discreet("读不出未答的问题"):
        asked, judged = store.gap_rows(since=since, most=RANKED, skip=skip)
    return report_gaps(asked, judged, searcher.measures, least=least)


@feedback.get("/api/gaps", summary="常问而没有答案的问题")
def get_gaps(
    request: Request,
    since: Text = "",
    least: Annotated[int, Query(ge=1)] = 1,
    skip: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> dict[str, Any]:
    """What was asked and not answered since a day (2022-03-01), by topic, most frequent first.

    One page holds the 1,000 questions most often asked so, behind the first `skip`.
    """
    day = parse_day(since)
    topics = [topic_json(topic) for topic in _gaps(request, day, least, skip)]
    return {"since": day.isoformat() if day else None, "least": least, "topics": topics}


@feedback.get("/gaps", include_in_schema=False, response_class=HTMLResponse)
def show_gaps(request: Request, since: str = "") -> Response:
    """The gap report as a page."""
    searcher: Searcher = request.app.state.searcher
    topics: tuple[Topic, ...] = ()
    error, status = "", 200
    try:
        topics = _gaps(request, parse_day(since), 1)
    except InputError as refused:
        error, status = str(refused), 422
    except SetupError as broken:
        error, status = str(broken), 503
    first: dict[tuple[str, int], str] = {}
    for m in searcher.measures:
        first.setdefault((m.document, m.item), m.id)
    listed = _first(topics, LISTED)
    total = sum(len(topic.gaps) for topic in topics)
    return show(
        request,
        "gaps.html",
        status,
        here="/gaps",
        error=error,
        since=since,
        topics=listed,
        first=first,
        total=total,
        left=max(total - LISTED, 0),
    )


def _first(topics: tuple[Topic, ...], most: int) -> tuple[Topic, ...]:
    """The topics with their first `most` gaps in all."""
    kept: list[Topic] = []
    for topic in topics:
        if most > 0:
            kept.append(Topic(topic.document, topic.item, topic.title, topic.gaps[:most]))
            most -= len(topic.gaps)
    return tuple(kept)
