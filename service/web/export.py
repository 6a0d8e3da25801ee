"""What the find page lists, as files for a spreadsheet: CSV and XLSX.

Text that a spreadsheet might run as a formula gets an apostrophe in front (OWASP, "CSV
Injection"), in both kinds: a workbook's cells are typed as text, but may be saved as CSV later.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import xlsxwriter

from corpus.document import Document
from corpus.text import strip_layout
from service.cite import reference
from service.web.find_form import CONCERNED, LABELS, SORTS, FindForm, shown
from service.web.listing import Entry, Listing

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BOM = "\ufeff"
RISKY = re.compile(r"[\s\u200b-\u200f\ufeff]*[=+\-@＝＋－＠﹢﹣﹦﹫−]|[\t\r\n]")
# What XML 1.0 has no place for, and lone surrogates, which UTF-8 has none for.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LONGEST = 32_767  # characters that a cell of a workbook holds
MADE = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # the same listing, the same bytes
COLUMNS = {
    "编号": 17,
    "文档": 12,
    "方面": 26,
    "项": 6,
    "改革事项": 28,
    "主要内容": 40,
    "行": 5,
    "适用范围": 16,
    "条": 5,
    "举措": 60,
    "牵头单位": 22,
    "责任单位": 30,
    "取得成效时间": 13,
    "是否涉及": 11,
    "相关概率": 10,
    "原文起": 9,
    "原文止": 9,
    "原文 SHA-256": 20,
    "引用": 50,
}
Cell = str | int | float
Table = Sequence[Sequence[Cell]]


def rows_of(entries: Sequence[Entry], documents: Mapping[str, Document]) -> Table:
    """One row a measure, in the order of COLUMNS; units as the source's cell has them."""
    return [_row(entry, documents[entry.measure.document]) for entry in entries]


def _row(entry: Entry, document: Document) -> Sequence[Cell]:
    measure = entry.measure

    def cell(field: str) -> str:
        span = measure.spans.get(field)
        return strip_layout(document.text[span.start : span.end]) if span else ""

    text = measure.spans["text"]
    return (
        measure.id,
        measure.document,
        measure.aspect,
        measure.item,
        measure.title,
        measure.content,
        measure.row,
        measure.scope,
        measure.number,
        measure.text,
        cell("lead_units"),
        cell("responsible_units"),
        measure.due,
        CONCERNED["yes" if measure.applicable else "no"],
        entry.hit.score if entry.hit else "",
        text.start,
        text.end,
        document.sha256,
        reference(document, measure),
    )


def about(form: FindForm, listing: Listing, documents: Mapping[str, Document]) -> Table:
    """What a workbook holds and where it is from, as rows of label and value."""
    chosen = [
        (LABELS[name], "、".join(shown(name, value) for value in form.of(name)))
        for name in LABELS
        if form.of(name)
    ]
    sources = [
        ("来源", f"{d.issuer}《{d.title}》{d.date}，SHA-256 {d.sha256}") for d in documents.values()
    ]
    return [
        ("查询", form.q if form.asked else "（全部举措）"),
        *chosen,
        ("排序", SORTS[form.order]),
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


def to_csv(rows: Table) -> bytes:
    """The rows under their headings in UTF-8 with a byte order mark, by which Excel knows it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return (BOM + out.getvalue()).encode()


def to_xlsx(rows: Table, about: Table) -> bytes:
    """A workbook: the rows with a filter and a fixed heading, and a sheet that says what it is."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": "问策：查找结果", "created": MADE})
        head = book.add_format({"bold": True, "bg_color": "#E3F0F0", "bottom": 1, "valign": "top"})
        body = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet("举措")
        for at, (name, width) in enumerate(COLUMNS.items()):
            sheet.set_column(at, at, width)
            sheet.write_string(0, at, name, head)
        for line, row in enumerate(rows, 1):
            _write(sheet, line, row, body)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, len(rows), len(COLUMNS) - 1)
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
