"""Table rows → numbered rows: each under its aspect and item, and its place within the item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.document import Document, Span
from corpus.errors import DocumentError
from corpus.header import NUMBER, Table
from corpus.sheet import Row, filled
from corpus.text import NUMBERED, parse_numeral, strip_layout

PLACES = ("item", "aspect", "section", "")  # roles of cells that no citation field takes

Named = Sequence[tuple[str, Span]]  # the filled cells of a row with their roles


@dataclass(frozen=True)
class DataRow:
    """One row under its aspect, section and item; `label` is the item's number as written.

    `spans` holds the filled cells of citation fields and measures by role, `others` the rest.
    """

    aspect: str
    section: str
    item: int
    label: str
    row: int
    spans: Mapping[str, Span]
    others: tuple[Span, ...]


def data_rows(document: Document, table: Table) -> tuple[list[DataRow], list[Span]]:
    """The numbered rows of a table and all their filled cells, both in order.

    Raises:
        DocumentError: a row of another width than the header, or an item number that is none.
    """
    text = document.text
    found: list[DataRow] = []
    cells: list[Span] = []
    aspect = ""
    for row in table.rows:
        if _is_aspect(text, row):
            aspect = _words(text, row[0])
            continue
        if len(row) != len(table.roles):
            start = row[0].start
            raise DocumentError(
                f"{document.id}：第 {start} 字处的一行有 {len(row)} 个单元格，"
                f"表头有 {len(table.roles)} 个：{text[start : start + 30]!r}"
            )
        named = _named(table, row)
        aspect = next((_words(text, cell) for role, cell in named if role == "aspect"), aspect)
        found.append(_place(document, table, aspect, named, found[-1] if found else None))
        cells += filter(filled, row)
    return found, cells


def _words(text: str, cell: Span | None) -> str:
    return strip_layout(text[cell.start : cell.end]) if cell else ""


def _is_aspect(text: str, row: Row) -> bool:
    """Whether a row has one text only: alone in it, or repeated in all cells that were merged."""
    words = {_words(text, cell) for cell in row if filled(cell)}
    return len(words) == 1 and filled(row[0]) and not NUMBER.fullmatch(min(words))


def _named(table: Table, row: Row) -> Named:
    """A row's filled cells; in an unnamed table the longest stands in for an empty measure."""
    named = [(role, cell) for role, cell in zip(table.roles, row, strict=True) if filled(cell)]
    if table.named or any(role == "measures" for role, _ in named):
        return named
    free = [cell for role, cell in named if role in ("", "title")]
    longest = max(free, key=lambda cell: cell.end - cell.start, default=None)
    return [("measures" if cell == longest else role, cell) for role, cell in named]


def _place(
    document: Document, table: Table, aspect: str, named: Named, before: DataRow | None
) -> DataRow:
    """Number a row: without a number and a title, or with the same, it goes on with its item."""
    text = document.text
    places = dict(named)
    label, section = _words(text, places.get("item")), _words(text, places.get("section"))
    spans = {role: cell for role, cell in named if role not in PLACES}
    others = tuple(cell for role, cell in named if role in PLACES)
    if "title" in spans and "item" not in table.roles:
        label, spans["title"] = _numbered(text, spans["title"], before)
    title = _words(text, spans.get("title"))
    if before is None:
        return DataRow(aspect, section, _number(document, label, 0), label, 1, spans, others)
    if not section and aspect == before.aspect:
        section = before.section
    bare = not label and not title and bool({"item", "title"} & set(table.roles))
    above = (before.aspect, before.label, _words(text, before.spans.get("title")))
    if bare or ((label or title) and (aspect, label, title) == above):
        shared = {role: before.spans[role] for role in ("title", "content") if role in before.spans}
        spans = {**shared, **spans}
        return DataRow(aspect, section, before.item, before.label, before.row + 1, spans, others)
    item = _number(document, label, before.item)
    return DataRow(aspect, section, item, label, 1, spans, others)


def _numbered(text: str, title: Span, before: DataRow | None) -> tuple[str, Span]:
    """The number that a title begins with (1.门诊人次数), if it counts, and the title behind it."""
    last = int(before.label) if before and before.label.isdecimal() else 0
    found = NUMBERED.match(text, title.start, title.end)
    if found is None or int(found[1]) not in (1, last, last + 1):
        return "", title
    return found[1], Span(found.end(), title.end)


def _number(document: Document, label: str, before: int) -> int:
    """An item's number: as written where that goes up, else the next (numbers may start again)."""
    if not label:
        return before + 1
    found = NUMBER.fullmatch(label)
    if found is None:
        raise DocumentError(f"{document.id}：序号“{label[:20]}”不是数字")
    return max(parse_numeral(found[1]), before + 1)
