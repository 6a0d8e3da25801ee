"""What the page shows: hits, rows and passages in the form that the templates read."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup, escape

from corpus.document import Document, Measure, Span
from index.highlight import highlight
from index.search import Hit, Searcher
from service.cite import Citation, cite, reference
from service.labels import Field, brief_cells, fields_of, heads_of

AROUND = 160  # characters of source shown before and after a passage
HASH_SHOWN = 12
BESIDE = ("responsible", "duration", "scope", "other")  # told beside a measure where cited
LONG = 40  # characters of a cell that takes a line of its own


@dataclass(frozen=True)
class Row:
    """The table row of a measure, each cell under its own name; in one stand all its measures.

    `scope` opens the cell of the measures, where they share one.
    """

    cells: tuple[Field, ...]
    scope: str
    measures: tuple[Measure, ...]


@dataclass(frozen=True)
class Fact:
    """A cell that is told beside a measure, and whether the answer cites it."""

    name: str
    value: str
    due: str
    cited: bool


@dataclass(frozen=True)
class Card:
    """A measure as shown; `cited` are the answer's citations that stand in it.

    `question` is the one by which a hit was found, `words` what of the query stands in its
    heading and text; `content` is empty unless it is cited; `plain` are its plain words.
    """

    measure: Measure
    heading: Markup
    text: Markup
    content: Markup
    place: str
    citation: Citation
    reference: str
    facts: tuple[Fact, ...] = ()
    cited: tuple[Citation, ...] = ()
    hit: Hit | None = None
    question: str = ""
    words: tuple[str, ...] = ()
    plain: str = ""

    @property
    def score(self) -> str:
        """The probability of a hit in words, empty without one."""
        return percent(self.hit.score) if self.hit else ""

    @property
    def fields(self) -> frozenset[str]:
        """The fields that are cited."""
        return frozenset(citation.field for citation in self.cited)


@dataclass(frozen=True)
class Passage:
    """A measure's place in the source with some text around it; layout gaps shown as one."""

    before: str
    text: str
    after: str


def card(
    searcher: Searcher,
    measure: Measure,
    *,
    hit: Hit | None = None,
    cited: Sequence[Citation] = (),
    words: Sequence[str] = (),
) -> Card:
    """A measure with its citations; what they quote is marked, or else what was found.

    `words` of the query are marked in the heading too.
    """
    mine = tuple(citation for citation in cited if citation.measure == measure.id)
    document = searcher.documents[measure.document]
    found = hit.highlights if hit else ()
    above = heading(measure, searcher.documents)
    named = highlight(above, words)
    matched = [above[span.start : span.end] for span in named]
    matched += [measure.text[span.start : span.end] for span in found]
    return Card(
        measure=measure,
        heading=mark(above, named),
        text=mark(measure.text, quoted(measure.text, mine, "text") or found),
        content=content_of(measure, mine),
        place=place(measure),
        citation=cite(searcher.documents, measure, "text"),
        reference=reference(document, measure),
        facts=facts_of(measure, mine),
        cited=mine,
        hit=hit,
        question=hit.matched_text if hit and hit.matched_view == "question" else "",
        words=tuple(dict.fromkeys(matched)),
        plain=searcher.index.plain.get(measure.id, ""),
    )


def facts_of(measure: Measure, cited: Sequence[Citation] = ()) -> tuple[Fact, ...]:
    """Who is in charge of a measure and by when, and what is cited of its other short cells."""
    named = {citation.column for citation in cited}
    brief = brief_cells(measure)
    beside = (cell for cell in measure.cells(*BESIDE) if cell.name in named)
    return tuple(
        Fact(cell.name, cell.value, measure.due if cell.role == "due" else "", cell.name in named)
        for cell in (*brief, *(cell for cell in beside if cell not in brief))
    )


def content_of(measure: Measure, cited: Sequence[Citation]) -> Markup:
    """The main content with what is cited of it marked; empty where nothing is."""
    if all(citation.field != "content" for citation in cited):
        return Markup()
    return mark(measure.content, quoted(measure.content, cited, "content"))


def quoted(text: str, cited: Iterable[Citation], field: str) -> tuple[Span, ...]:
    """Where quotes of a part of a field's text stand in it, in order, without overlap."""
    quotes = [c.quote for c in cited if c.field == field and c.quote != text]
    return spans_of(text, quotes)


def spans_of(text: str, parts: Iterable[str]) -> tuple[Span, ...]:
    """Where parts first stand in a text, in order, without overlap; what is not there is left."""
    spans = sorted(Span(at, at + len(part)) for part in parts if (at := text.find(part)) >= 0)
    kept: list[Span] = []
    for span in spans:
        if span.start < span.end and (not kept or span.start >= kept[-1].end):
            kept.append(span)
    return tuple(kept)


def month(due: str) -> str:
    """2022-06 → 2022年6月; what is no month stays as it is."""
    found = re.fullmatch(r"(\d{4})-(\d{2})", due)
    return f"{found[1]}年{int(found[2])}月" if found else due


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


def rows_of(searcher: Searcher, measures: Sequence[Measure]) -> tuple[Row, ...]:
    """The row of each measure, with all measures of the row in order."""
    keys = [(m.document, m.item, m.row) for m in measures]
    wanted: dict[tuple[str, int, int], list[Measure]] = {key: [] for key in keys}
    for other in searcher.measures:
        key = (other.document, other.item, other.row)
        if key in wanted:
            wanted[key].append(other)
    heads = heads_of(searcher.measures)
    return tuple(
        _row(measure, heads[measure.document, measure.item], wanted[key])
        for measure, key in zip(measures, keys, strict=True)
    )


def _row(measure: Measure, head: Measure, beside: Sequence[Measure]) -> Row:
    inside = next((c for c in measure.columns if c.role == "measure"), None)
    scope = measure.spans.get("scope")
    within = inside and scope and inside.span.start <= scope.start < inside.span.end
    hidden = {"aspect"} | ({"scope"} if within else set())
    cells = tuple(
        cell
        for cell in fields_of(measure, head)
        if cell.role not in hidden or any(c.name == cell.name for c in measure.columns)
    )
    return Row(cells, measure.scope if within else "", tuple(beside))


def wide(field: Field) -> str:
    """How much room a cell takes in a row: narrow, units, wide or the usual."""
    if field.role == "number":
        return "narrow"
    if field.role == "measure" or len(field.value) > LONG:
        return "wide"
    return "units" if field.role == "responsible" else ""


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
