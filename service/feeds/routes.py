"""GET /feeds/due.{ics,atom,rss}: by unit, aspect, item, document and months."""

import re
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from corpus.text import parse_month
from index.filters import check_filters, meets
from index.search import Searcher
from service.api.links import links_of
from service.feeds.due import Due, dues_of, latest_first
from service.feeds.ics import to_ics
from service.feeds.xml import Head, to_atom, to_rss
from service.labels import label
from service.schemas import FilterQuery

LONGEST = 200  # entries of a feed; a calendar has all
YEAR = re.compile(r"[12][0-9]{3}")
EPOCH = date(2000, 1, 1)  # of documents that don't say when they are from
Asked = Annotated[FilterQuery, Query()]
router = APIRouter()


@router.get("/feeds/due.ics", summary="日历：什么时候该完成", response_class=Response)
def get_ics(request: Request, asked: Asked) -> Response:
    """A calendar to subscribe to."""
    dues, head = _dues(request, asked), _head(request, asked)
    body = to_ics(dues, head.title, head.published, links_of(request))
    return Response(body, media_type="text/calendar; charset=utf-8")


@router.get("/feeds/due.atom", summary="订阅（Atom）：到了时间的举措", response_class=Response)
def get_atom(request: Request, asked: Asked) -> Response:
    """What has come due up to this month, the newest first."""
    dues, head = _come(request, asked), _head(request, asked)
    body = to_atom(dues, head, links_of(request))
    return Response(body, media_type="application/atom+xml; charset=utf-8")


@router.get("/feeds/due.rss", summary="订阅（RSS）：到了时间的举措", response_class=Response)
def get_rss(request: Request, asked: Asked) -> Response:
    """The same as RSS."""
    dues, head = _come(request, asked), _head(request, asked)
    body = to_rss(dues, head, links_of(request))
    return Response(body, media_type="application/rss+xml; charset=utf-8")


def _dues(request: Request, asked: FilterQuery) -> tuple[Due, ...]:
    """Raises: InputError, NotFoundError, as the filters may."""
    searcher: Searcher = request.app.state.searcher
    filters = check_filters(asked.to_filters(), searcher.measures, searcher.documents)
    return dues_of(m for m in searcher.measures if meets(m, filters))


def _come(request: Request, asked: FilterQuery) -> tuple[Due, ...]:
    """What is due up to the current month, or up to the month that is asked for."""
    dues = _dues(request, asked)
    if not asked.due_to:
        month = f"{date.today():%Y-%m}"
        dues = tuple(due for due in dues if due.month <= month)
    return latest_first(dues)[:LONGEST]


def _head(request: Request, asked: FilterQuery) -> Head:
    searcher: Searcher = request.app.state.searcher
    documents = searcher.documents
    named = [asked.document] if asked.document in documents else list(documents)
    parts = (asked.lead, asked.responsible, asked.aspect, f"第{asked.item}项" if asked.item else "")
    said = "，".join(filter(None, parts))
    due = label((searcher.index.schemas[name] for name in named), "due")
    title = f"{documents[named[0]].title if len(named) == 1 else '政策举措'}：{due}"
    published = max(_published(documents[name].date) for name in named)
    address = f"{links_of(request).base}{request.url.path}"
    query = f"?{request.url.query}" if request.url.query else ""
    return Head(title + (f"（{said}）" if said else ""), address + query, published)


def _published(written: str) -> date:
    """The first day of the month or year that a document gives; a fixed day where it gives none."""
    month = parse_month(written)
    if month:
        return date.fromisoformat(f"{month}-01")
    year = YEAR.match(written)
    return date(int(year[0]), 1, 1) if year else EPOCH
