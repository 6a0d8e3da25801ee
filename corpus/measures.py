"""Tables and headings → measures; the coverage ledger proves that nothing was lost."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from corpus.document import Document, Measure, Span
from corpus.errors import DocumentError
from corpus.prose import parse_clauses
from corpus.read import Cell, lines, read_sheet
from corpus.text import parse_month, strip_layout

ROLES: Sequence[tuple[str, re.Pattern[str]]] = (
    ("item", re.compile("^序号$|^编号$")),
    ("lead_units", re.compile("牵头|主管|指导部门")),
    ("responsible_units", re.compile("责任|配合|参与")),
    ("due", re.compile("时间|时限|期限")),
    ("content", re.compile("内容|说明")),
    ("measures", re.compile("(主要|具体|工作|落实)(举措|措施)")),
    ("title", re.compile("事项|举措|措施|任务|名称")),
)
NUMBERED = re.compile(r"(\d+)[.．、]\s*")
DECLARED = re.compile(r"共(\d+)个方面(\d+)项(\d+)条")
ALL_DISTRICTS = "各区、县（市）政府"
AND_OTHERS = re.compile(r"(.+?)等((?:市级|市|各|有关|相关)*(?:部门|单位))")


@dataclass(frozen=True)
class Counts:
    """How many aspects, items and applicable measures."""

    aspects: int
    items: int
    measures: int


@dataclass(frozen=True)
class Ledger:
    """What a document declares against what was parsed from it."""

    document: str
    declared: Counts | None
    parsed: Counts
    rows: int
    not_applicable: int
    cells: int
    cells_lost: int

    @property
    def balanced(self) -> bool:
        """Whether nothing was lost and the document's own figures were met."""
        return self.cells_lost == 0 and self.declared in (None, self.parsed)


@dataclass(frozen=True)
class Parsed:
    """A document with its measures, in document order, and its ledger."""

    document: Document
    measures: tuple[Measure, ...]
    ledger: Ledger


@dataclass(frozen=True)
class _Row:
    """One data row under its aspect and item; `spans` holds its filled cells by role."""

    aspect: str
    item: int
    row: int
    spans: Mapping[str, Span]


def parse(document: Document) -> Parsed:
    """Parse a document's table, or its clauses and paragraphs where it has no such table.

    Raises:
        DocumentError: no measure found, a broken row, or a ledger that does not balance.
    """
    sheet = read_sheet(document.text)
    header = _header(document.text, sheet.rows)
    if header is None:
        measures = parse_clauses(document)
        ledger = Ledger(document.id, None, _count(measures), len(measures), 0, len(measures), 0)
    else:
        measures, ledger = _parse_table(document, sheet.rows, header)
    if not measures:
        raise DocumentError(f"{document.id}：没有读出任何举措、条款或段落")
    if not ledger.balanced:
        raise DocumentError(
            f"{document.id}：对账不平，文件可能被截断。声明 {_show(ledger.declared)}，"
            f"读出 {_show(ledger.parsed)}，丢失单元格 {ledger.cells_lost} 个"
        )
    return Parsed(document, tuple(measures), ledger)


def _show(counts: Counts | None) -> str:
    if counts is None:
        return "无"
    return f"{counts.aspects} 个方面 {counts.items} 项 {counts.measures} 条"


def _count(measures: Sequence[Measure]) -> Counts:
    return Counts(
        len({m.aspect for m in measures if m.aspect}),
        len({m.item for m in measures}),
        sum(m.applicable for m in measures),
    )


def _header(text: str, rows: Sequence[Sequence[Cell]]) -> tuple[int, tuple[str, ...]] | None:
    """The header row's place and the role of each of its columns, if there is such a table."""
    for place, row in enumerate(rows):
        roles: list[str] = []
        for cell in row:
            name = strip_layout(text[cell.span.start : cell.span.end])
            roles.append(
                next(
                    (role for role, word in ROLES if word.search(name) and role not in roles),
                    "",
                )
            )
        if "title" in roles and {"measures", "content"} & set(roles):
            return place, tuple(roles)
    return None


def _parse_table(
    document: Document, rows: Sequence[Sequence[Cell]], header: tuple[int, tuple[str, ...]]
) -> tuple[list[Measure], Ledger]:
    place, roles = header
    body = rows[place + 1 :]
    data = _data_rows(document, body, roles)
    measures = [measure for row in data for measure in _measures(document, row)]
    covered = [span for m in measures for span in m.spans.values()]
    covered += [span for row in data for role, span in row.spans.items() if role in ("item", "")]
    cells = [cell.span for row in body if _filled(row) > 1 for cell in row if _full(cell)]
    declared = DECLARED.search(document.text[: rows[place][0].span.start])
    return measures, Ledger(
        document=document.id,
        declared=Counts(*map(int, declared.groups())) if declared else None,
        parsed=_count(measures),
        rows=len(data),
        not_applicable=sum(not m.applicable for m in measures),
        cells=len(cells),
        cells_lost=sum(not _covers(document.text, span, covered) for span in cells),
    )


def _full(cell: Cell) -> bool:
    return cell.span.start < cell.span.end


def _filled(row: Sequence[Cell]) -> int:
    return sum(map(_full, row))


def _covers(text: str, cell: Span, covered: Sequence[Span]) -> bool:
    """Whether all of a cell's text, but paragraph numbers, stands in the covered spans."""
    rest, at = "", cell.start
    for span in sorted(s for s in covered if s.start < cell.end and s.end > cell.start):
        rest, at = rest + text[at : max(at, span.start)], max(at, span.end)
    return not NUMBERED.sub("", rest + text[at : cell.end]).strip()


def _data_rows(
    document: Document, body: Sequence[Sequence[Cell]], roles: Sequence[str]
) -> list[_Row]:
    text = document.text
    found: list[_Row] = []
    aspect = ""
    for row in body:
        if _filled(row) == 1 and (len(row) == 1 or not _full(row[-1])) and _full(row[0]):
            aspect = strip_layout(text[row[0].span.start : row[0].span.end])
            continue
        if len(row) != len(roles):
            start = row[0].span.start
            raise DocumentError(
                f"{document.id}：第 {start} 字处的一行有 {len(row)} 个单元格，"
                f"表头有 {len(roles)} 个：{text[start : start + 30]!r}"
            )
        spans = {role: cell.span for role, cell in zip(roles, row, strict=True) if _full(cell)}
        found.append(_place(document, aspect, spans, found[-1] if found else None))
    return found


def _place(document: Document, aspect: str, spans: Mapping[str, Span], before: _Row | None) -> _Row:
    """Number a row: a row without number and title goes on with the item above it."""
    text = document.text
    if before is not None and "item" not in spans and "title" not in spans:
        shared = {role: before.spans[role] for role in ("title", "content") if role in before.spans}
        return _Row(aspect, before.item, before.row + 1, {**shared, **spans})
    item = before.item + 1 if before else 1
    if "item" in spans:
        number = text[spans["item"].start : spans["item"].end]
        if not number.isdecimal():
            raise DocumentError(f"{document.id}：序号“{number[:20]}”不是数字")
        item = int(number)
    return _Row(aspect, item, 1, spans)


def _measures(document: Document, row: _Row) -> list[Measure]:
    text = document.text
    spans = dict(row.spans)
    body = spans.pop("measures", None) or spans.pop("content", None)
    if body is None:
        raise DocumentError(f"{document.id}：第 {row.item} 项第 {row.row} 行没有举措内容")
    fields = {role: spans[role] for role in sorted(spans) if role not in ("item", "")}
    words = {role: strip_layout(text[s.start : s.end]) for role, s in fields.items()}
    scope, paragraphs = _paragraphs(text, body)
    if scope is not None:
        fields["scope"] = scope
    title = words.get("title", "")
    first = Measure(
        document=document.id,
        aspect=row.aspect,
        item=row.item,
        title=title,
        content=words.get("content", ""),
        row=row.row,
        scope=strip_layout(text[scope.start : scope.end]) if scope else "",
        number=1,
        text="",
        lead_units=split_units(words.get("lead_units", "")),
        responsible_units=split_units(words.get("responsible_units", "")),
        due=parse_month(words.get("due", "")),
        applicable=True,
        path=(),
        spans=fields,
    )
    found = []
    for number, span in enumerate(paragraphs, 1):
        words_here = strip_layout(text[span.start : span.end])
        found.append(
            replace(
                first,
                number=number,
                text=words_here,
                applicable=bool(first.lead_units) or "不涉及" not in words_here,
                path=tuple(
                    p for p in (row.aspect, f"{row.item} {title}", first.scope, str(number)) if p
                ),
                spans={**fields, "text": span},
            )
        )
    return found


def _paragraphs(text: str, cell: Span) -> tuple[Span | None, list[Span]]:
    """A cell's scope line, if any, and its numbered paragraphs without their numbers."""
    scope: Span | None = None
    found: list[Span] = []
    for line in lines(text, cell):
        number = NUMBERED.match(text, line.start, line.end)
        if number is not None and int(number[1]) == (len(found) + 1 if found else 1):
            found.append(Span(number.end(), line.end))
        elif found:
            found[-1] = Span(found[-1].start, line.end)
        elif scope is None and text[line.end - 1] in "：:" and line.end < cell.end:
            scope = line
        else:
            found.append(line)
    return scope, found


def split_units(text: str) -> tuple[str, ...]:
    """Split a unit cell: commas and 、 outside brackets part units, “等…部门” is one of its own.

    `市林水局等市级相关部门，各区、县（市）政府` → 市林水局, 市级相关部门, 各区、县（市）政府.
    """
    sentinel = "\ue000"
    parts = re.split(r"[、，,；;](?![^（(]*[）)])", text.replace(ALL_DISTRICTS, sentinel))
    units: list[str] = []
    for part in parts:
        others = AND_OTHERS.fullmatch(part)
        units += [others[1], others[2]] if others else [part]
    return tuple(unit.replace(sentinel, ALL_DISTRICTS) for unit in units if unit)
