"""What the find page lists, as files for a spreadsheet: CSV and XLSX.

Text that a spreadsheet might run as a formula gets an apostrophe in front (OWASP, "CSV
Injection"), in both kinds: a workbook's cells are typed as text, but may be saved as CSV later.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import xlsxwriter

from corpus.document import Document
from corpus.schema import Column, Schema
from index.search import Searcher
from service.cite import reference
from service.labels import NEUTRAL, fields_of, heads_of
from service.web.find_form import CONCERNED, NAMES, FindForm, shown, sorts
from service.web.listing import Entry, Listing

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BOM = "\ufeff"
RISKY = re.compile(r"[\s\u200b-\u200f\ufeff]*[=+\-@＝＋－＠﹢﹣﹦﹫−]|[\t\r\n]")
# What XML 1.0 has no place for, and lone surrogates, which UTF-8 has none for.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LONGEST = 32_767  # characters that a cell of a workbook holds
MADE = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # the same listing, the same bytes
WIDTHS = {"number": 6, "title": 28, "measure": 60, "due": 14, "duration": 14, "other": 30}
WIDTH = 22  # of a document's other columns
# What tells where a row is from, behind the document's own columns.
PROVENANCE = {
    "举措编号": 17,
    "文档": 12,
    "方面": 26,
    "项": 6,
    "行": 5,
    "适用范围": 16,
    "条": 5,
    "是否涉及": 11,
    "相关概率": 10,
    "原文起": 9,
    "原文止": 9,
    "原文 SHA-256": 20,
    "引用": 50,
}
OURS = "（问策）"  # behind one of these that a document has a column of the same name as
Cell = str | int | float


@dataclass(frozen=True)
class Table:
    """What is listed, a measure a row: the headings with their widths, and as many cells a row."""

    columns: Mapping[str, int]
    rows: Sequence[Sequence[Cell]]


def table_of(entries: Sequence[Entry], searcher: Searcher) -> Table:
    """The listed documents' own columns under their own names, then where each row is from.

    Cells are as the source has them; the column of measures holds the one of the row.
    """
    listed = dict.fromkeys(entry.measure.document for entry in entries)
    own = _own(searcher.index.schemas[name] for name in listed)
    heads = heads_of(searcher.measures)
    behind = {f"{name}{OURS}" if name in own else name: PROVENANCE[name] for name in PROVENANCE}
    rows = []
    for entry in entries:
        m = entry.measure
        told: dict[str, str] = {}
        for one in fields_of(m, heads[m.document, m.item]):
            told[one.name] = f"{told[one.name]}\n{one.value}" if one.name in told else one.value
        source = _source(entry, searcher.documents[m.document])
        rows.append([*(told.get(name, "") for name in own), *source])
    return Table(own | behind, rows)


def _own(schemas: Iterable[Schema]) -> dict[str, int]:
    """The names of the documents' columns in their order, each once, with a width."""
    found: dict[str, int] = {}
    for schema in schemas:
        columns = schema.columns or (Column(NEUTRAL["text"], "measure"),)
        for column in columns:
            found.setdefault(column.name, WIDTHS.get(column.role, WIDTH))
    return found


def _source(entry: Entry, document: Document) -> Sequence[Cell]:
    """The cells of PROVENANCE, in its order."""
    measure = entry.measure
    text = measure.spans["text"]
    return (
        measure.id,
        measure.document,
        measure.aspect,
        measure.item,
        measure.row,
        measure.scope,
        measure.number,
        CONCERNED["yes" if measure.applicable else "no"],
        entry.hit.score if entry.hit else "",
        text.start,
        text.end,
        document.sha256,
        reference(document, measure),
    )


def about(
    form: FindForm,
    listing: Listing,
    documents: Mapping[str, Document],
    labels: Mapping[str, str],
) -> Sequence[Sequence[Cell]]:
    """What a workbook holds and where it is from, as rows of label and value."""
    chosen = [
        (labels[name], "、".join(shown(name, value) for value in form.of(name)))
        for name in NAMES
        if form.of(name)
    ]
    sources = [
        ("来源", f"{d.issuer}《{d.title}》{d.date}，SHA-256 {d.sha256}") for d in documents.values()
    ]
    return [
        ("查询", form.q if form.asked else "（全部举措）"),
        *chosen,
        ("排序", sorts(labels, asked=form.asked)[form.order]),
        ("条数", len(listing.entries)),
        ("事项数", listing.items),
        ("地址", form.at(1).address()),
        *sources,
        (
            "说明",
            "以原文为准。相关概率是程序的估计。以等号、加号等开头的文字前加了撇号，以免被当作公式。",
        ),
    ]


def safe(cell: Cell) -> Cell:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if not isinstance(cell, str):
        return cell
    text = UNWRITABLE.sub("", cell)
    return f"'{text}" if RISKY.match(text) else text


def to_csv(table: Table) -> bytes:
    """The rows under their headings in UTF-8 with a byte order mark, by which Excel knows it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([safe(name) for name in table.columns])
    writer.writerows([safe(cell) for cell in row] for row in table.rows)
    return (BOM + out.getvalue()).encode()


def to_xlsx(table: Table, about: Sequence[Sequence[Cell]]) -> bytes:
    """A workbook: the rows with a filter and a fixed heading, and a sheet that says what it is."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": "问策：查找结果", "created": MADE})
        head = book.add_format({"bold": True, "bg_color": "#E3F0F0", "bottom": 1, "valign": "top"})
        body = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet("举措")
        for at, width in enumerate(table.columns.values()):
            sheet.set_column(at, at, width)
        _write(sheet, 0, list(table.columns), head)
        for line, row in enumerate(table.rows, 1):
            _write(sheet, line, row, body)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
        notes = book.add_worksheet("说明")
        notes.set_column(0, 0, 14)
        notes.set_column(1, 1, 90)
        for line, row in enumerate(about):
            _write(notes, line, row, body)
    return out.getvalue()


def _write(
    sheet: xlsxwriter.worksheet.Worksheet,
    line: int,
    row: Sequence[Cell],
    style: xlsxwriter.format.Format,
) -> None:
    for at, cell in enumerate(map(safe, row)):
        if isinstance(cell, str):
            sheet.write_string(line, at, cell[:LONGEST], style)
        else:
            sheet.write_number(line, at, cell, style)
