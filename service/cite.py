"""Citations: word for word, with offsets and the hash of the document they stand in."""

from collections.abc import Mapping
from dataclasses import dataclass

from corpus.document import Cell, Document, Measure, Span
from corpus.errors import NotFoundError
from corpus.text import kept_offsets, strip_layout
from service.labels import column_of

FIELDS = ("text", "content", "title", "lead_units", "responsible_units", "due")

CELL_FIELDS = {"lead": "lead_units", "responsible": "responsible_units", "due": "due"}


@dataclass(frozen=True)
class Citation:
    """A quote of one field of a measure; it equals the document's slice, layout aside.

    `field` is one of `FIELDS`, or the own name of another column; `column` is the own name of the
    column in any case.
    """

    n: int
    measure: str
    field: str
    quote: str
    start: int
    end: int
    sha256: str
    column: str = ""


def cite(
    documents: Mapping[str, Document],
    measure: Measure,
    field: str,
    n: int = 1,
    *,
    within: Span | None = None,
) -> Citation:
    """Quote a field of a measure, or a part of it, out of its document.

    `within` counts in the field without its layout whitespace.

    Raises:
        NotFoundError: the document has nothing in that field.
    """
    if field not in FIELDS or field not in measure.spans:
        raise NotFoundError(f"举措 {measure.id} 没有可引用的“{field}”")
    document, span = documents[measure.document], measure.spans[field]
    span = _part(document, span, within)
    quote = strip_layout(document.text[span.start : span.end])
    name = column_of(measure, field)
    return Citation(n, measure.id, field, quote, span.start, span.end, document.sha256, name)


def cite_cell(
    documents: Mapping[str, Document],
    measure: Measure,
    cell: Cell,
    n: int = 1,
    *,
    within: Span | None = None,
) -> Citation:
    """Quote a cell of a measure's row, or a part of it, under the contract's field or its name."""
    document, span = documents[measure.document], cell.span
    span = _part(document, span, within)
    quote = strip_layout(document.text[span.start : span.end])
    field = CELL_FIELDS.get(cell.role, cell.name)
    ends = (span.start, span.end)
    return Citation(n, measure.id, field, quote, *ends, document.sha256, cell.name)


def _part(document: Document, span: Span, within: Span | None) -> Span:
    """A part of a span, counted without the layout whitespace; without a part all of it."""
    if within is None:
        return span
    kept = kept_offsets(document.text[span.start : span.end])[within.start : within.end]
    return Span(span.start + kept[0], span.start + kept[-1] + 1)


def reference(document: Document, measure: Measure) -> str:
    """A line for a list of references, after GB/T 7714-2015: issuer, title, date, place."""
    issuer = f"{document.issuer}. " if document.issuer else ""
    date = f"[{document.date}]" if document.date else ""
    place = f"第{measure.item}项第{measure.row}行第{measure.number}条"
    return (
        f"{issuer}{document.title}[Z]. {date}：{place}."
        if date
        else (f"{issuer}{document.title}[Z]：{place}.")
    )
