"""The overview (counts as charts and tables) and a document's page (ledger and contents)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from corpus.document import Measure
from corpus.measures import Counts, Ledger
from index.search import Searcher
from service.facets import APPLICABLE
from service.labels import facet_labels
from service.tally import OVER, Tally, tally
from service.web.charts import bars, matrix, steps
from service.web.labels import cut
from service.web.render import show
from service.web.views import month

OPENING = 80  # half-width characters of a clause without a title
CHOICE = 48  # the same of a document's title among the documents to choose from

overview = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@dataclass(frozen=True)
class Figure:
    """A number in a data table and the list behind it; without `href` it is no link."""

    count: int
    href: str


@dataclass(frozen=True)
class Record:
    """A row of a data table."""

    name: str
    cells: tuple[Figure, ...]


@dataclass(frozen=True)
class Entry:
    """An item in a document's contents; `rows` are the scope and the measures of each row.

    `title` is the opening of the text where items have no titles of their own.
    """

    item: int
    title: str
    rows: tuple[tuple[str, tuple[Measure, ...]], ...]


@dataclass(frozen=True)
class Chapter:
    """An aspect in a document's contents; `title` is empty where the document has none."""

    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Line:
    """A line of the coverage ledger; `declared` is empty where the document says nothing."""

    name: str
    declared: str
    parsed: str


@dataclass(frozen=True)
class Scope:
    """What is counted: over "measure" or "item", in one document or ("") in all."""

    over: str = "measure"
    document: str = ""

    def address(self, **changed: str) -> str:
        """The overview's address for this scope, with some fields changed."""
        asked = replace(self, **changed)
        given = {"document": asked.document, "over": asked.over}
        usual = {"document": "", "over": "measure"}
        kept = {name: value for name, value in given.items() if value != usual[name]}
        return "/overview" + ("?" + urlencode(kept) if kept else "")

    def find(self, **filters: str | Sequence[str]) -> str:
        """The address of the list behind a mark; it leaves out what is not counted."""
        given: dict[str, str | Sequence[str]] = {"document": self.document} | filters
        if self.over == "measure":
            given |= {"applicable": APPLICABLE}
        kept = {name: value for name, value in given.items() if value}
        return "/find?" + urlencode(kept, doseq=True)


@overview.get("/overview")
def show_overview(request: Request, over: str = "measure", document: str = "") -> Response:
    """Counts by aspect, lead unit and month, and units × aspects; `over` is measure or item."""
    searcher: Searcher = request.app.state.searcher
    if over not in OVER:
        detail = f"over 应是 measure（举措）或 item（事项），给出的是“{over[:20]}”"
        return _absent(request, "没有这种计数", detail, 422)
    if document and document not in searcher.documents:
        return _absent(request, "没有这个文档", f"没有文档“{document[:80]}”")
    scope = Scope(over, document)
    counts = tally((m for m in searcher.measures if document in ("", m.document)), over)
    return show(
        request,
        "overview.html",
        here="/overview",
        scope=scope,
        counts=counts,
        labels=facet_labels(searcher.index.schemas, (document,) if document else ()),
        aspects=bars(counts.aspects, lambda name: scope.find(aspect=name)),
        leads=bars(counts.leads, lambda name: scope.find(lead=name)),
        months=steps(counts.months, lambda due: scope.find(due=due), month),
        matrix=matrix(counts, lambda lead, aspect: scope.find(aspect=aspect, lead=lead)),
        tables=tables(counts, scope),
        choices={d.id: cut(d.title, CHOICE) for d in searcher.documents.values()},
    )


def tables(counts: Tally, scope: Scope) -> dict[str, tuple[Record, ...]]:
    """The same numbers as in the charts, whole, as rows of tables."""
    return {
        "aspects": tuple(
            Record(one.name, (Figure(one.count, scope.find(aspect=one.name)),))
            for one in counts.aspects
        ),
        "leads": tuple(
            Record(one.name, (Figure(one.count, scope.find(lead=one.name)),))
            for one in counts.leads
        ),
        "months": _month_table(counts, scope),
        "matrix": tuple(
            Record(
                lead.name,
                tuple(_cell(counts, scope, lead.name, aspect.name) for aspect in counts.aspects),
            )
            for lead in counts.leads
        ),
    }


def _month_table(counts: Tally, scope: Scope) -> tuple[Record, ...]:
    due = [one.month for one in counts.months if one.count]
    return tuple(
        Record(
            month(one.month),
            (
                Figure(one.count, scope.find(due=one.month) if one.count else ""),
                Figure(one.so_far, scope.find(due=[m for m in due if m <= one.month])),
            ),
        )
        for one in counts.months
    )


def _cell(counts: Tally, scope: Scope, lead: str, aspect: str) -> Figure:
    count = counts.cells.get((lead, aspect), 0)
    return Figure(count, scope.find(aspect=aspect, lead=lead) if count else "")


@overview.get("/d/{name}")
def show_document(request: Request, name: str) -> Response:
    """A document's page; an id that names no document gives a page that says so."""
    searcher: Searcher = request.app.state.searcher
    document = searcher.documents.get(name)
    if document is None:
        return _absent(request, "没有这个文档", f"没有文档“{name[:80]}”")
    ledger = searcher.index.ledgers[name]
    return show(
        request,
        "document.html",
        here="",
        document=document,
        ledger=ledger,
        lines=ledger_lines(ledger),
        find=find_item,
        chapters=contents([m for m in searcher.measures if m.document == name]),
    )


def ledger_lines(ledger: Ledger) -> tuple[Line, ...]:
    """The coverage ledger line by line, with what the document declares beside it."""

    def line(name: str, field: str) -> Line:
        said = str(getattr(ledger.declared, field)) if ledger.declared else ""
        return Line(name, said, str(getattr(ledger.parsed, field)))

    names = zip(("方面", "事项", "举措"), Counts.__dataclass_fields__, strict=True)
    return (
        *(line(name, field) for name, field in names),
        Line("行", "", str(ledger.rows)),
        Line("写明本地不涉及的", "", str(ledger.not_applicable)),
        Line("有内容的单元格（条款文档为段落）", "", str(ledger.cells)),
        Line("丢失的单元格", "", str(ledger.cells_lost)),
    )


def contents(measures: Sequence[Measure]) -> tuple[Chapter, ...]:
    """Aspects → items → rows → measures, in document order."""
    return tuple(
        Chapter(aspect, tuple(_entry(tuple(item)) for _, item in groupby(inside, _item)))
        for aspect, inside in groupby(measures, lambda m: m.aspect)
    )


def _item(measure: Measure) -> int:
    return measure.item


def _entry(measures: Sequence[Measure]) -> Entry:
    first = measures[0]
    rows = (tuple(row) for _, row in groupby(measures, lambda m: m.row))
    title = first.title if "title" in first.spans else cut(first.text, OPENING)
    return Entry(first.item, title, tuple((row[0].scope, row) for row in rows))


def find_item(document: str, item: int) -> str:
    """The address of the list of an item's measures."""
    return "/find?" + urlencode({"document": document, "item": item})


def _absent(request: Request, title: str, error: str, status: int = 404) -> Response:
    return show(request, "absent.html", status, here="", title=title, error=error)
