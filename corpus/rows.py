"""Table rows → numbered rows: each under its aspect and item, and its place within the item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from corpus.document import Cell, Document, Span
from corpus.errors import DocumentError
from corpus.header import NUMBER, ROLES, Table, is_header
from corpus.prose import CLAUSE, NOTE, STOPS, is_heading, level_of
from corpus.schema import is_blank
from corpus.sheet import Row, filled
from corpus.text import NUMBERED, parse_numeral, strip_layout

PLACES = ("item", "aspect", "section", "")  # roles of cells that no citation field takes
BODY = ("item", "title", "measures", "content")  # roles of cells that are words whatever they say
UNNUMBERED = 0  # the level of a heading without a number

Named = Sequence[tuple[str, Span]]  # the filled cells of a row with their roles


@dataclass(frozen=True)
class DataRow:
    """One row under its aspect, section and item; `label` is the item's number as written.

    `spans` holds the filled cells of citation fields and measures by role, `cells` all of them.
    """

    aspect: str
    section: str
    item: int
    label: str
    row: int
    spans: Mapping[str, Span]
    cells: tuple[Cell, ...] = ()


def data_rows(document: Document, table: Table) -> tuple[list[DataRow], list[Span], list[Span]]:
    """The numbered rows of a table, all their filled cells, and the texts that are of no row.

    A text of no row is one that stands alone and is no heading of rows.

    Raises:
        DocumentError: a row of another width than the header, an item number that is none, or a
            second table.
    """
    text = document.text
    found: list[DataRow] = []
    cells: list[Span] = []
    stray: list[Span] = []
    aspect = ""
    path: list[tuple[int, Span]] = []  # the headings above a row, each deeper than the one before
    waiting: list[tuple[int, Span]] = []  # those of them that no row follows so far
    for row in table.rows:
        alone = _alone(text, table, row)
        if alone is not None:
            level = _level(_words(text, alone))
            if level is None:
                stray.append(alone)
                continue
            over = [heading for heading in path if heading[0] < level]
            # A numbered heading may have no rows, where these are not made public.
            stray += [h[1] for h in waiting if h not in over and h[0] == UNNUMBERED]
            waiting = [*(h for h in waiting if h in over), (level, alone)]
            path = [*over, (level, alone)]
            aspect = _words(text, path[0][1])
            continue
        _check(document, table, row)
        waiting = []
        named = _named(text, table, row)
        aspect = next((_words(text, cell) for role, cell in named if role == "aspect"), aspect)
        below = " ".join(_words(text, heading) for _, heading in path[1:])
        before = found[-1] if found else None
        placed = _place(document, table, (aspect, below), named, before)
        found.append(replace(placed, cells=_cells(text, table, row)))
        cells += filter(filled, row)
    return found, cells, sorted([*stray, *(span for _, span in waiting)])


def _check(document: Document, table: Table, row: Row) -> None:
    """Refuse the header of a second table, and a row of another width than the first."""
    start, fits = row[0].start, len(row) == len(table.roles)
    shown = repr(document.text[start : start + 30])
    # A row of the table's width may only sound like a header, but for the name of its numbers.
    other = not fits or ROLES[0][1].search(_words(document.text, row[0]))
    if other and is_header(document.text, row):
        raise DocumentError(
            f"{document.id}：第 {start} 字处是另一个表格的表头：{shown}；每个文件只放一个表格"
        )
    if not fits:
        raise DocumentError(
            f"{document.id}：第 {start} 字处的一行有 {len(row)} 个单元格，"
            f"表头有 {len(table.roles)} 个：{shown}；若是另一个表格，每个文件只放一个表格"
        )


def _words(text: str, cell: Span | None) -> str:
    return strip_layout(text[cell.start : cell.end]) if cell else ""


def _alone(text: str, table: Table, row: Row) -> Span | None:
    """The text that stands alone in a row, or in all its cells since they were merged.

    A lone first cell of a row of several is such a text if its column takes no citation field,
    or it is numbered as a heading; else it is a row with nothing in its other cells.
    """
    cells = [cell for cell in row if filled(cell)]
    words = {_words(text, cell) for cell in cells}
    if len(words) != 1 or not filled(row[0]) or NUMBER.fullmatch(min(words)):
        return None
    if len(cells) == len(row):
        return row[0]
    heading = table.roles[0] == "title" and level_of(min(words)) is not None
    alone = len(cells) == 1 and (table.roles[0] in PLACES or heading)
    return row[0] if alone else None


def _level(words: str) -> int | None:
    """The level of a heading, from 1 if it is numbered; None if the words are none."""
    level = level_of(words)
    short = is_heading(words) or (level is not None and words[-1:] not in STOPS)
    if not short or CLAUSE.match(words) or NOTE.match(words):
        return None
    return UNNUMBERED if level is None else level + 1


def _cells(text: str, table: Table, row: Row) -> tuple[Cell, ...]:
    """A row's filled cells under their columns' names."""
    return tuple(
        Cell(column.name, column.role, _words(text, cell), cell)
        for column, cell in zip(table.schema.columns, row, strict=True)
        if filled(cell)
    )


def _named(text: str, table: Table, row: Row) -> Named:
    """A row's filled cells but those that say “—”, the first of each role.

    In an unnamed table the longest stands in for an empty measure.
    """
    cells: dict[str, Span] = {}
    free: list[tuple[str, Span]] = []
    for role, cell in zip(table.roles, row, strict=True):
        blank = role not in BODY and is_blank(_words(text, cell))
        if filled(cell) and not blank and role:
            cells.setdefault(role, cell)
        elif filled(cell) and not blank:
            free.append((role, cell))
    named = sorted([*cells.items(), *free], key=lambda pair: pair[1])
    if table.named or any(role == "measures" for role, _ in named):
        return named
    open_cells = [cell for role, cell in named if role in ("", "title")]
    longest = max(open_cells, key=lambda cell: cell.end - cell.start, default=None)
    return [("measures" if cell == longest else role, cell) for role, cell in named]


def _place(
    document: Document,
    table: Table,
    headings: tuple[str, str],
    named: Named,
    before: DataRow | None,
) -> DataRow:
    """Number a row: without a number and a title, or with the same, it goes on with its item.

    `headings`: the aspect, and what stands below it.
    """
    text, (aspect, below) = document.text, headings
    places = dict(named)
    label, section = _words(text, places.get("item")), _words(text, places.get("section")) or below
    spans = {role: cell for role, cell in named if role not in PLACES}
    if "title" in spans and "item" not in table.roles:
        label, spans["title"] = _numbered(text, spans["title"], before)
    title = _words(text, spans.get("title"))
    if before is None:
        return DataRow(aspect, section, _number(document, label, 0), label, 1, spans)
    if not section and aspect == before.aspect:
        section = before.section
    bare = not label and not title and bool({"item", "title"} & set(table.roles))
    above = (before.aspect, before.label, _words(text, before.spans.get("title")))
    if bare or ((label or title) and (aspect, label, title) == above):
        shared = {role: before.spans[role] for role in ("title", "content") if role in before.spans}
        spans = {**shared, **spans}
        return DataRow(aspect, section, before.item, before.label, before.row + 1, spans)
    item = _number(document, label, before.item)
    return DataRow(aspect, section, item, label, 1, spans)


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
        raise DocumentError(
            f"{document.id}：序号“{label[:20]}”不是数字；请改成 1、2、3 或一、二、三"
        )
    return max(parse_numeral(found[1]), before + 1)
