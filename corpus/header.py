"""Which rows of a document are its table, and what each column says: read from the column names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.document import Document, Span
from corpus.errors import DocumentError
from corpus.schema import ORGAN, Column, Schema, organ_roles
from corpus.sheet import Row, cell_lines, filled, lines, row_lines
from corpus.text import NUMERAL, strip_layout

# A column takes the first role that its name fits and that no column before it has; columns of
# organs may be several, and get their roles side by side (`corpus.schema.organ_roles`).
ROLES: Sequence[tuple[str, re.Pattern[str]]] = (
    ("item", re.compile("^(序号|编号|项号|序)$")),
    ("aspect", re.compile("^一级|^大类|(方面|类别|分类|板块|领域)$")),
    ("section", re.compile("^二级|^小类")),
    ("organ", ORGAN),
    ("due", re.compile("时间|时候|日期|节点|进度|何时|截止|到期|哪天|(完成|见效).*[时期]限")),
    ("duration", re.compile("时限|期限|工作日|时长|周期|有效期")),
    ("scope", re.compile("(范围|对象)$")),
    ("content", re.compile("内容|说明|要求|描述")),
    ("measures", re.compile("(主要|具体|工作|落实|重点)(举措|措施)")),
    ("title", re.compile("事项|举措|措施|任务|名称|指标|项目")),
    ("measures", re.compile("举措|措施|任务|做法")),
)
LONGEST = 20  # characters of a column name
SEVERAL = ("organ", "due", "duration")  # roles that several columns' names may fit
DONE = re.compile("完成|见效|成效")  # of several columns of dates, the due one says so
# The contract's names of roles, where they differ from the fields of a measure.
SAID = {
    "item": "number",
    "aspect": "aspect",
    "lead_units": "lead",
    "responsible_units": "responsible",
    "measures": "measure",
    **{role: role for role in ("organ", "due", "duration", "scope", "title")},
}
ENOUGH = 3  # so many known names make a header, and so many rows a table without one
NUMBER = re.compile(rf"[（(]?({NUMERAL})(?:[.．-]\d+)*[）)]?[.．、]?")  # also 1.1, as the first


@dataclass(frozen=True)
class Table:
    """The rows below a header, which starts at an offset, and the role of each column.

    A column that says nothing known has the role "". `named` is whether a column's name says
    that it holds the measures or the main content; otherwise the longest column was taken.
    """

    start: int
    roles: tuple[str, ...]
    rows: tuple[Row, ...]
    named: bool
    schema: Schema


def find_table(document: Document) -> Table | None:
    """The document's table, if it has one.

    Raises:
        DocumentError: a line looks like a header, but no layout gives a table under it; or no
            column can hold the measures.
    """
    text = document.text
    tabs, commas = row_lines(text, "\t"), row_lines(text, ",")
    for rows in (tabs, cell_lines(text), commas):
        widest = 0
        for place, names in enumerate(_names(text, row) for row in rows):
            # A row that is no wider than one above it stands in a table under unknown names.
            if _width(names) > widest and _known(_roles(names)):
                return _table(document, rows[place:])
            widest = max(_width(names), widest)
    for rows in (tabs, commas):
        widths = [_width(_names(text, row)) for row in rows]
        first = next((place for place, width in enumerate(widths) if width > 1), len(rows))
        # Prose may have a comma in every line (1,000元), but no tab.
        guessed = rows is tabs or document.commas
        if guessed and _uniform(rows[first:], alone=rows is tabs):
            return _table(document, rows[first:])
    _refuse_lost_header(document)
    return None


def _names(text: str, row: Sequence[Span]) -> list[str]:
    return [strip_layout(text[cell.start : cell.end]) for cell in row]


def _width(names: Sequence[str]) -> int:
    """How many different texts a row has: a caption may be repeated in all its cells."""
    return len(set(names) - {""})


def _roles(names: Sequence[str]) -> list[str]:
    """The role of each column name; of several that fit `due` one has it, the others none."""
    roles: list[str] = []
    for name in names:
        fits = (
            role
            for role, word in ROLES
            if word.search(name) and (role not in roles or role in SEVERAL)
        )
        roles.append(next(fits, "") if len(name) <= LONGEST else "")
    dated = [place for place, role in enumerate(roles) if role == "due"]
    due = min(dated, key=lambda place: not DONE.search(names[place]), default=None)
    roles = ["" if i in dated and i != due else role for i, role in enumerate(roles)]
    parts = organ_roles([n for n, role in zip(names, roles, strict=True) if role == "organ"])
    fields = {"lead": "lead_units", "responsible": "responsible_units", "organ": "organ"}
    return [
        fields[parts[name]] if role == "organ" else role
        for name, role in zip(names, roles, strict=True)
    ]


def is_header(text: str, row: Row) -> bool:
    """Whether the cells of a row are column names that are known."""
    return _known(_roles(_names(text, row)))


def _known(roles: Sequence[str]) -> bool:
    """Whether names of these roles are those of a table."""
    names = set(roles) - {""}
    return len(names) >= ENOUGH or ("title" in names and bool({"measures", "content"} & names))


def _uniform(rows: Sequence[Row], *, alone: bool) -> bool:
    """Whether rows are a table under unknown names: one width, and a name for each column.

    `alone`: whether a cell may stand alone in its row, as the name of an aspect does.
    """
    wide = [row for row in rows if len(row) > 1]
    return (
        len(wide) >= ENOUGH
        and len({len(row) for row in wide}) == 1
        and all(map(filled, wide[0]))
        and (alone or len(wide) == len(rows))
    )


def _table(document: Document, rows: Sequence[Row]) -> Table:
    """The table under a header, the first row, with what the names leave open filled in.

    Where no name says measures or content, the column with the most text holds the measures;
    where none says title, it is the first unnamed column left of these that is not of numbers.
    """
    text = document.text
    header, names = rows[0], _names(text, rows[0])
    body = [row for row in rows if _names(text, row) != names]  # each page may repeat the header
    roles = _roles(names)
    if "title" not in roles and "section" in roles:
        roles[roles.index("section")] = "title"
    columns = [[row[i] for row in body if len(row) == len(roles)] for i in range(len(roles))]
    named = bool({"measures", "content"} & set(roles))
    if not named:
        sizes = [
            _size(c) if r in ("", "title") else -1 for r, c in zip(roles, columns, strict=True)
        ]
        if max(sizes) < 0:
            raise DocumentError(
                f"{document.id}：表头“{'、'.join(names)[:40]}”里找不到举措列；"
                "请把写举措的一列叫作“主要举措”或“主要内容”"
            )
        roles[sizes.index(max(sizes))] = "measures"
    if "title" not in roles:
        end = roles.index("measures" if "measures" in roles else "content")
        free = [i for i in range(end) if not roles[i] and not _numbers(text, columns[i])]
        if free:
            roles[free[0]] = "title"
    said = [
        "measure" if role == "content" and "measures" not in roles else SAID.get(role, "other")
        for role in roles
    ]
    schema = Schema(tuple(map(Column, names, said)))
    return Table(header[0].start, tuple(roles), tuple(body), named, schema)


def _size(column: Sequence[Span]) -> int:
    return sum(cell.end - cell.start for cell in column)


def _numbers(text: str, column: Sequence[Span]) -> bool:
    return all(NUMBER.fullmatch(text, cell.start, cell.end) for cell in column if filled(cell))


def _refuse_lost_header(document: Document) -> None:
    """Refuse a text with a line of column names that no layout reads as a header."""
    for line in lines(document.text, Span(0, len(document.text))):
        words = document.text[line.start : line.end]
        names = [name for name in re.split(r"[|｜\s]+", words) if name]
        short = all(len(name) <= LONGEST for name in names)
        if short and len(set(_roles(names)) - {""}) >= ENOUGH:
            raise DocumentError(
                f"{document.id}：“{words[:40]}”像是表头，却读不成表格；"
                "请每行写一条记录，单元格之间用一个制表符或英文逗号隔开"
            )
