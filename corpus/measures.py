"""Tables and headings → measures; the coverage ledger proves that nothing was lost."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from corpus.dates import read_due
from corpus.document import Document, Measure, Span
from corpus.errors import DocumentError
from corpus.header import Table, find_table
from corpus.prose import CLAUSE, NOTE, parse_clauses
from corpus.rows import DataRow, data_rows
from corpus.schema import Schema, is_blank
from corpus.sheet import lines, row_lines, trim
from corpus.text import NUMBERED, strip_layout

STOPS = "。；;！？"
FIELDS = ("title", "content", "lead_units", "responsible_units", "due", "scope")
YEAR = re.compile(r"20\d\d(?=年)")
# A record that says of itself that it does not concern the place: 该事项不涉及杭州。
ELSEWHERE = re.compile(r"不涉及(?:该|本|此)(?:项|事项)?(?:改革|工作)?[。]?$")
ITSELF = re.compile(r"(?:该|本|此)(?:项|事项)(?:改革|工作)?不涉及(?P<place>[^，。；]{1,12})。?")
PLACE = re.compile("[本我全][省市区县州地]|当地|.*[省市县州]")  # 该事项不涉及收费 is no place
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
    """What a document declares against what was parsed from it.

    `outside` are the texts beside a table that are part of no row: they are not indexed.
    """

    document: str
    declared: Counts | None
    parsed: Counts
    rows: int
    not_applicable: int
    cells: int
    cells_lost: int
    outside: tuple[str, ...] = ()

    @property
    def balanced(self) -> bool:
        """Whether nothing was lost and the document's own figures were met."""
        return self.cells_lost == 0 and self.declared in (None, self.parsed)


def read_ledger(record: Mapping[str, Any]) -> Ledger:
    """The inverse of `dataclasses.asdict`."""
    declared, parsed = record["declared"], Counts(**record["parsed"])
    counted = Counts(**declared) if declared else None
    rest = {"declared": counted, "parsed": parsed, "outside": tuple(record["outside"])}
    return Ledger(**{**record, **rest})


@dataclass(frozen=True)
class Parsed:
    """A document with its measures, in document order, its ledger and its columns."""

    document: Document
    measures: tuple[Measure, ...]
    ledger: Ledger
    schema: Schema = field(default_factory=Schema)


def parse(document: Document) -> Parsed:
    """Parse a document's table, or its clauses and paragraphs where it has no such table.

    Raises:
        DocumentError: no measure found, a header without a table, a broken row, or a ledger that
            does not balance.
    """
    table = find_table(document)
    schema = Schema()
    if table is None:
        measures = parse_clauses(document)
        ledger = Ledger(document.id, None, _count(measures), len(measures), 0, len(measures), 0)
    else:
        measures, ledger = _parse_table(document, table)
        schema = table.schema
    if not measures:
        raise DocumentError(f"{document.id}：没有读出任何举措、条款或段落")
    if not ledger.balanced:
        raise DocumentError(
            f"{document.id}：对账不平，文件可能被截断。声明 {_show(ledger.declared)}，"
            f"读出 {_show(ledger.parsed)}，丢失单元格 {ledger.cells_lost} 个"
        )
    return Parsed(document, tuple(measures), ledger, schema)


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


def _parse_table(document: Document, table: Table) -> tuple[list[Measure], Ledger]:
    rows, cells, stray = data_rows(document, table)
    outside = [*_prose_above(document, table), *stray]
    year = _year(document, rows)
    measures = [measure for row in rows for measure in _measures(document, row, year)]
    covered = [span for m in measures for span in m.spans.values()]
    covered += [cell.span for row in rows for cell in row.cells]
    declared = DECLARED.search(document.text[: table.start])
    return measures, Ledger(
        document=document.id,
        declared=Counts(*map(int, declared.groups())) if declared else None,
        parsed=_count(measures),
        rows=len(rows),
        not_applicable=sum(not m.applicable for m in measures),
        cells=len(cells),
        cells_lost=sum(not _covers(document.text, cell, covered) for cell in cells),
        outside=tuple(strip_layout(document.text[span.start : span.end]) for span in outside),
    )


def _prose_above(document: Document, table: Table) -> list[Span]:
    """The clauses and sentences above a header, where titles, captions and notes may stand."""
    found = []
    for line in lines(document.text, Span(0, table.start)):
        for cell in row_lines(document.text[line.start : line.end], "\t")[0]:
            words = strip_layout(document.text[line.start + cell.start : line.start + cell.end])
            sentence = words[-1:] in STOPS and not NOTE.match(words)
            if CLAUSE.match(words) or sentence:
                found.append(Span(line.start + cell.start, line.start + cell.end))
    return found


def _covers(text: str, cell: Span, covered: Sequence[Span]) -> bool:
    """Whether all of a cell's text, but paragraph numbers, stands in the covered spans."""
    gaps, at = [], cell.start
    for span in sorted(s for s in covered if s.start < cell.end and s.end > cell.start):
        gaps.append(text[at : max(at, span.start)])
        at = max(at, span.end)
    return not any(NUMBERED.sub("", gap).strip() for gap in [*gaps, text[at : cell.end]])


def _year(document: Document, rows: Sequence[DataRow]) -> str:
    """The year of months without one: that of the title, else the one that most rows name."""
    named = YEAR.search(document.title)
    if named:
        return named[0]
    said = [
        found[0]
        for row in rows
        for cell in row.cells
        if cell.role == "due"
        for found in [YEAR.search(cell.value)]
        if found
    ]
    return max(sorted(set(said)), key=said.count, default=document.date[:4])


def _measures(document: Document, row: DataRow, year: str) -> list[Measure]:
    text = document.text
    spans = dict(row.spans)
    body = spans.pop("measures", None) or spans.pop("content", None)
    if body is None:
        raise DocumentError(f"{document.id}：第 {row.item} 项第 {row.row} 行没有举措内容")
    scope, paragraphs = _paragraphs(text, body)
    if scope is not None:
        spans["scope"] = scope
    fields = {role: spans[role] for role in sorted(spans) if role in FIELDS}
    words = {role: strip_layout(text[s.start : s.end]) for role, s in fields.items()}
    title, scoped = words.get("title", ""), words.get("scope", "")
    first = Measure(
        document=document.id,
        aspect=row.aspect,
        item=row.item,
        title=title,
        content=words.get("content", ""),
        row=row.row,
        scope=scoped,
        number=1,
        text="",
        lead_units=split_units(words.get("lead_units", "")),
        responsible_units=tuple(
            unit
            for cell in row.cells
            if cell.role == "responsible" and not is_blank(cell.value)
            for unit in split_units(cell.value)
        ),
        due=read_due(words.get("due", ""), year).month,
        applicable=True,
        path=(),
        spans=fields,
        columns=row.cells,
        due_text=words.get("due", ""),
    )
    above = (row.aspect, row.section, f"{row.item} {title}".strip(), scoped)
    found = []
    for number, span in enumerate(paragraphs, 1):
        words_here = strip_layout(text[span.start : span.end])
        found.append(
            replace(
                first,
                number=number,
                text=words_here,
                applicable=bool(first.lead_units) or not _elsewhere(document, words_here),
                path=tuple(part for part in (*above, str(number)) if part),
                spans={**fields, "text": span},
            )
        )
    return found


def _elsewhere(document: Document, words: str) -> bool:
    """Whether a whole record says that its own item does not concern the place."""
    itself = ITSELF.fullmatch(words)
    if itself is None:
        return bool(ELSEWHERE.search(words))
    place = itself["place"]
    return bool(PLACE.fullmatch(place)) or place in document.title + document.issuer


def _paragraphs(text: str, cell: Span) -> tuple[Span | None, list[Span]]:
    """A cell's scope line, if any, and its numbered paragraphs without their numbers."""
    scope: Span | None = None
    found: list[Span] = []
    written = lines(text, cell)
    for line in written if len(written) > 1 else _run_on(text, cell):
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


def _run_on(text: str, cell: Span) -> list[Span]:
    """The paragraphs of a cell of one line: 1.…。2.…。 in order, each behind a stop."""
    cuts: list[int] = []
    for found in NUMBERED.finditer(text, cell.start, cell.end):
        before = text[cell.start : found.start()].rstrip()
        if int(found[1]) == len(cuts) + 1 and (before[-1:] in STOPS if cuts else not before):
            cuts.append(found.start())
    return [trim(text, Span(*ends)) for ends in pairwise([*(cuts or [cell.start]), cell.end])]


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
