"""Text → rows of cells with offsets; alone knows how tables are laid out as text.

Two layouts: a row a line, its cells parted by tabs or commas; and the tab-led export of a Word
table, where each cell starts a line with a tab, a blank line before a tab starts a new row, and
a cell may run over several lines. Any text can be read in either, so a reader tries both.
"""

import re
from collections.abc import Sequence

from corpus.document import Span

Row = tuple[Span, ...]  # the cells, without surrounding whitespace (empty cells: start = end)

# A quoted cell as in RFC 4180, else whatever stands before the next separator: a quote that does
# not enclose its whole cell is a character like any other.
CELLS = {
    separator: re.compile(rf'"((?:[^"]|"")*+)"(?=[{separator}\n]|\Z)|[^{separator}\n]*')
    for separator in "\t,"
}


def row_lines(text: str, separator: str) -> tuple[Row, ...]:
    """The rows of a text with one row a line, its cells parted by tabs or commas.

    A quoted cell may hold separators, newlines and doubled quotes; its span is what stands
    between the quotes, so a doubled quote stays doubled. Rows with no filled cell are left out.
    """
    cells = CELLS[separator]
    rows: list[Row] = []
    row: list[Span] = []
    at = 0
    while at <= len(text):
        found = cells.match(text, at)
        assert found is not None  # noqa: S101 (the second form matches everywhere)
        row.append(trim(text, Span(*found.span(1 if found[1] is not None else 0))))
        at = found.end() + 1
        if text[found.end() : at] != separator:
            rows.append(tuple(row))
            row = []
    return tuple(row for row in rows if any(map(filled, row)))


def as_line(cells: Sequence[str]) -> str:
    """A row as a line whose cells `row_lines` gives back, parted by tabs."""
    return "\t".join(map(_written, cells))


def _written(cell: str) -> str:
    text = "\n".join(cell.replace("\t", " ").strip().splitlines())
    if "\n" not in text and not text.startswith('"'):
        return text
    return '"' + text.replace('"', '""') + '"'


def cell_lines(text: str) -> tuple[Row, ...]:
    """The rows of a tab-led text; each paragraph above the first is a row of one cell."""
    rows: list[list[Span]] = []
    offset, gap, table = 0, True, False
    for line in text.splitlines(keepends=True):
        start, offset = offset, offset + len(line)
        if line.startswith("\t"):
            if gap or not table:
                rows.append([])
            rows[-1].append(Span(start + 1, offset))
            gap, table = False, True
        elif not line.strip():
            gap = True
        elif table:
            rows[-1][-1] = Span(rows[-1][-1].start, offset)
            gap = False
        else:
            rows.append([Span(start, offset)])
    return tuple(tuple(trim(text, cell) for cell in row) for row in rows)


def filled(cell: Span) -> bool:
    """Whether a cell holds text."""
    return cell.start < cell.end


def trim(text: str, span: Span) -> Span:
    """The span without the whitespace at both its ends."""
    inner = text[span.start : span.end]
    start = span.start + len(inner) - len(inner.lstrip())
    return Span(start, max(start, span.start + len(inner.rstrip())))


def lines(text: str, span: Span) -> Sequence[Span]:
    """The spans of the lines within a span that hold text, each without surrounding whitespace."""
    found: list[Span] = []
    offset = span.start
    for line in text[span.start : span.end].splitlines(keepends=True):
        if line.strip():
            found.append(trim(text, Span(offset, offset + len(line))))
        offset += len(line)
    return found
