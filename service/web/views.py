"""What the page shows: hits, rows and passages in the form that the templates read."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup, escape

from corpus.document import Document, Measure, Span
from corpus.text import strip_layout
from index.search import Filters, Hit, Searcher
from service.answer import THRESHOLD, Answer, ask
from service.cite import Citation, cite, reference
from service.web.form import Form

FIELDS = {
    "text": "举措原文",
    "content": "主要内容",
    "title": "改革事项",
    "lead_units": "牵头单位",
    "responsible_units": "责任单位",
    "due": "取得成效时间",
}
EXAMPLES, EXAMPLE_LENGTH = 6, 14
AROUND = 160  # characters of source shown before and after a passage
HASH_SHOWN = 12
COLUMN = re.compile(r"\t(\S*(?:举措|措施))\n")
MARK = re.compile(r"\[(\d+)\]")
JOINS = tuple("，。；、：！？,.;）")


@dataclass(frozen=True)
class Row:
    """The table row of a measure, cell by cell as in the source; `column` heads its measures."""

    item: int
    title: str
    content: str
    scope: str
    column: str
    measures: tuple[Measure, ...]
    lead: str
    responsible: str
    due: str


@dataclass(frozen=True)
class Card:
    """A measure as shown; `cited` are the answer's citations that stand in it."""

    measure: Measure
    heading: str
    text: Markup
    place: str
    citation: Citation
    reference: str
    row: Row
    cited: tuple[Citation, ...] = ()
    rank: int = 0
    score: str = ""
    question: str = ""


@dataclass(frozen=True)
class Piece:
    """A stretch of an answer, and the number of the citation behind it (0 for none)."""

    text: str
    n: int


@dataclass(frozen=True)
class Found:
    """What a query found; `answer` is None where filters are set, since `ask` takes none."""

    answer: Answer | None
    paragraphs: tuple[tuple[Piece, ...], ...]
    cards: tuple[Card, ...]
    elsewhere: tuple[Citation, ...]
    near: bool


@dataclass(frozen=True)
class Passage:
    """A measure's place in the source with some text around it; layout gaps shown as one."""

    before: str
    text: str
    after: str


def look_up(searcher: Searcher, form: Form) -> Found:
    """Ask, or search where filters are set.

    Raises:
        InputError, NotFoundError: as the search.
    """
    answer = None
    if form.filters == Filters():
        answer = ask(searcher, form.query, k=form.count)
        hits, cited = answer.hits or answer.nearest, answer.citations
    else:
        hits = searcher.search(form.query, k=form.count, filters=form.filters).hits
        cited = ()
    rows = rows_of(searcher, [hit.measure for hit in hits])
    shown = {hit.measure.id for hit in hits}
    near = not answer.answerable if answer else not hits or hits[0].score < THRESHOLD
    return Found(
        answer=answer,
        paragraphs=paragraphs(answer) if answer else (),
        cards=tuple(_card(searcher, hit, row, cited) for hit, row in zip(hits, rows, strict=True)),
        elsewhere=tuple(c for c in cited if c.measure not in shown),
        near=near,
    )


def _card(searcher: Searcher, hit: Hit, row: Row, cited: Sequence[Citation]) -> Card:
    measure = hit.measure
    return Card(
        measure=measure,
        heading=heading(measure, searcher.documents),
        text=mark(measure.text, hit.highlights),
        place=place(measure),
        citation=cite(searcher.documents, measure, "text", hit.rank),
        reference=reference(searcher.documents[measure.document], measure),
        row=row,
        cited=tuple(c for c in cited if c.measure == measure.id),
        rank=hit.rank,
        score=percent(hit.score),
        question=hit.matched_text if hit.matched_view == "question" else "",
    )


def one_card(searcher: Searcher, measure: Measure) -> Card:
    """A measure on its own page."""
    return Card(
        measure=measure,
        heading=heading(measure, searcher.documents),
        text=mark(measure.text, ()),
        place=place(measure),
        citation=cite(searcher.documents, measure, "text"),
        reference=reference(searcher.documents[measure.document], measure),
        row=rows_of(searcher, [measure])[0],
    )


def heading(measure: Measure, documents: Mapping[str, Document]) -> str:
    """A measure's title, or the heading that it stands under, or its document's title."""
    above = [part for part in measure.path[:-1] if part]
    return measure.title or (above[-1] if above else documents[measure.document].title)


def place(measure: Measure) -> str:
    """Where a measure stands, in words: 第1项第1行第1条."""
    return f"第{measure.item}项第{measure.row}行第{measure.number}条"


def percent(score: float) -> str:
    """A probability for readers; only certainty is shown as 100 %."""
    shown = round(score * 100)
    if score < 1:
        shown = min(shown, 99)
    return f"{shown}%" if shown else "不到 1%"


def address_of(identity: str) -> str:
    """The permanent address of a measure's page."""
    return "/m/" + quote(identity, safe=":")


def mark(text: str, spans: Iterable[Span]) -> Markup:
    """The text, escaped, with its spans (in order, without overlap) in `<mark>`."""
    shown, at = Markup(), 0
    for span in spans:
        shown += escape(text[at : span.start])
        shown += Markup("<mark>{}</mark>").format(text[span.start : span.end])
        at = span.end
    return shown + escape(text[at:])


def paragraphs(answer: Answer) -> tuple[tuple[Piece, ...], ...]:
    """An answer taken apart at its [n] marks; quotes given one after the other part paragraphs."""
    known = {citation.n for citation in answer.citations}
    done: list[tuple[Piece, ...]] = []
    open_: list[Piece] = []
    at = 0
    for found in MARK.finditer(answer.answer):
        if int(found[1]) not in known:
            continue
        text = answer.answer[at : found.start()]
        if answer.kind == "measures" and open_ and text and not text.startswith(JOINS):
            done, open_ = [*done, tuple(open_)], []
        open_, at = [*open_, Piece(text.rstrip(" "), int(found[1]))], found.end()
    if answer.answer[at:]:
        open_ = [*open_, Piece(answer.answer[at:], 0)]
    return (*done, tuple(open_))


def rows_of(searcher: Searcher, measures: Sequence[Measure]) -> tuple[Row, ...]:
    """The row of each measure, with all measures of the row in order."""
    keys = [(m.document, m.item, m.row) for m in measures]
    wanted: dict[tuple[str, int, int], list[Measure]] = {key: [] for key in keys}
    for other in searcher.measures:
        key = (other.document, other.item, other.row)
        if key in wanted:
            wanted[key].append(other)
    return tuple(
        _row(searcher.documents[measure.document], measure, wanted[key])
        for measure, key in zip(measures, keys, strict=True)
    )


def _row(document: Document, measure: Measure, beside: Sequence[Measure]) -> Row:
    def cell(field: str) -> str:
        span = measure.spans.get(field)
        return strip_layout(document.text[span.start : span.end]) if span else ""

    column = COLUMN.search(document.text) if measure.title else None
    return Row(
        item=measure.item,
        title=measure.title,
        content=measure.content,
        scope=measure.scope,
        column=column[1] if column else "内容",
        measures=tuple(beside),
        lead=cell("lead_units"),
        responsible=cell("responsible_units"),
        due=cell("due"),
    )


def passage(document: Document, measure: Measure) -> Passage:
    """The measure in the source text with a little before and after it."""
    span = measure.spans["text"]
    parts = (
        document.text[max(0, span.start - AROUND) : span.start],
        document.text[span.start : span.end],
        document.text[span.end : span.end + AROUND],
    )
    return Passage(*(re.sub(r"\s*\n\s*", "\n", part) for part in parts))


def questions(searcher: Searcher, measure: Measure) -> tuple[str, ...]:
    """The questions of a measure, then those of its item."""
    here = [q for q in searcher.index.questions if q.document == measure.document]
    own = [q.text for q in here if q.target == measure.id.partition(":")[2]]
    return (*own, *(q.text for q in here if q.target == str(measure.item)))


def examples(searcher: Searcher) -> tuple[str, ...]:
    """Up to six questions of the loaded documents, each of another aspect.

    Of each aspect the question nearest to a handy length, one of a measure before one of an item.
    """
    aspect_of = {(m.document, m.item): m.aspect for m in searcher.measures}
    by_aspect: dict[str, list[tuple[bool, int, str]]] = {}
    for q in searcher.index.questions:
        if q.text.endswith(("？", "?", "吗", "怎么办", "哪里")):
            rated = (q.row == 0, abs(len(q.text) - EXAMPLE_LENGTH), q.text)
            by_aspect.setdefault(aspect_of[q.document, q.item], []).append(rated)
    best = [min(asked)[2] for asked in by_aspect.values()]
    chosen = min(EXAMPLES, len(best))
    return tuple(best[place * len(best) // chosen] for place in range(chosen))
