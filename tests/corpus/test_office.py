"""Tests of workbooks and Word files: their rows, merged cells, and what cannot be read."""

import sys
from datetime import datetime
from pathlib import Path
from zipfile import ZipFile

import docx
import openpyxl
import pytest

from corpus.errors import DocumentError, SetupError
from corpus.measures import Parsed, parse
from corpus.read import read_document

HEADER: list[object] = ["序号", "事项", "主要举措", "牵头单位", "时间"]
ROWS: list[list[object]] = [
    ["一、甲方面", None, None, None, None],
    [1.0, "一照多址", "1.第一条。\n2.第二条。", "甲局", datetime(2022, 6, 30)],
    [None, None, "又一行。", "乙局", "2022年3月"],
    [2, "一网通办", "第三条。", None, "2022年3月"],
]


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """A caption and an aspect over all columns, two rows of one item, one lead unit of two rows."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    captioned: list[list[object]] = [["某清单"], HEADER, *ROWS]
    for row in captioned:
        sheet.append(row)
    for area in ("A1:E1", "A3:E3", "A4:A5", "B4:B5", "D5:D6"):
        sheet.merge_cells(area)
    hidden = book.create_sheet("草稿")
    hidden.append(["不读"])
    hidden.sheet_state = "hidden"
    path = tmp_path / "list.xlsx"
    book.save(path)
    return path


@pytest.fixture
def word(tmp_path: Path) -> Path:
    """The same as a Word table under a heading."""
    document = docx.Document()
    document.add_paragraph("某清单")
    table = document.add_table(rows=1 + len(ROWS), cols=len(HEADER))
    for place, row in enumerate((HEADER, *ROWS)):
        for cell, value in zip(table.rows[place].cells, row, strict=True):
            shown = value.date().isoformat() if isinstance(value, datetime) else value
            cell.text = "" if shown is None else str(shown).replace("1.0", "1")
    for (top, left), (bottom, right) in [((1, 0), (1, 4)), ((2, 0), (3, 0)), ((2, 1), (3, 1))]:
        table.cell(top, left).merge(table.cell(bottom, right))
    table.cell(3, 3).merge(table.cell(4, 3))
    path = tmp_path / "list.docx"
    document.save(str(path))
    return path


def read(path: Path) -> Parsed:
    parsed = parse(read_document(path))
    for m in parsed.measures:
        span = m.spans["text"]
        assert m.text == parsed.document.text[span.start : span.end]
    return parsed


@pytest.mark.parametrize("name", ["workbook", "word"])
def test_office_table_gives_the_measures_of_its_rows(
    name: str, request: pytest.FixtureRequest
) -> None:
    parsed = read(request.getfixturevalue(name))
    assert parsed.document.title == "某清单"
    assert [(m.id, m.title, m.text, m.lead_units, m.due) for m in parsed.measures] == [
        ("list:1.1.1", "一照多址", "第一条。", ("甲局",), "2022-06"),
        ("list:1.1.2", "一照多址", "第二条。", ("甲局",), "2022-06"),
        ("list:1.2.1", "一照多址", "又一行。", ("乙局",), "2022-03"),
        ("list:2.1.1", "一网通办", "第三条。", ("乙局",), "2022-03"),
    ]
    assert {m.aspect for m in parsed.measures} == {"一、甲方面"}
    assert "不读" not in parsed.document.text


def test_word_file_without_a_table_gives_its_clauses(tmp_path: Path) -> None:
    document = docx.Document()
    for text in ("某办法", "第一条 网上申请。", "第二条 免费。"):
        document.add_paragraph(text)
    document.save(str(tmp_path / "source.docx"))
    parsed = parse(read_document(tmp_path))
    assert [m.text for m in parsed.measures] == ["第一条网上申请。", "第二条免费。"]


@pytest.mark.parametrize("suffix", [".xlsx", ".docx", ".XLSX"])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", "第一条 文。".encode()])
def test_office_file_that_is_none_is_refused(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"list{suffix}"
    path.write_bytes(content)
    with pytest.raises(DocumentError, match=rf"list\{suffix}：文件损坏"):
        read_document(path)


@pytest.mark.parametrize(("module", "name"), [("openpyxl", "workbook"), ("docx", "word")])
def test_office_file_without_the_extra_gives_the_pip_line(
    module: str, name: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = request.getfixturevalue(name)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(SetupError, match=r"pip install 'wence\[formats\]'"):
        read_document(path)


@pytest.mark.parametrize(
    ("name", "part"), [("workbook", "xl/workbook.xml"), ("word", "word/document.xml")]
)
def test_office_file_with_a_part_cut_short_is_refused(
    name: str, part: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    whole = request.getfixturevalue(name)
    path = tmp_path / f"cut{whole.suffix}"
    with ZipFile(whole) as source, ZipFile(path, "w") as cut:
        for entry in source.namelist():
            data = source.read(entry)
            cut.writestr(entry, data[: len(data) // 2] if entry == part else data)
    with pytest.raises(DocumentError, match=r"cut\.(xlsx|docx)：文件损坏"):
        read_document(path)


def test_workbook_with_a_formula_that_was_never_calculated_is_refused(workbook: Path) -> None:
    book = openpyxl.load_workbook(workbook)
    book.worksheets[0]["C6"] = '="第三"&"条。"'
    book.save(workbook)
    with pytest.raises(
        DocumentError, match=r"list\.xlsx：工作表“Sheet”的单元格 C6 是没有算过的公式.*保存一次"
    ):
        read_document(workbook)


@pytest.mark.parametrize(("cell", "shown"), [('t="str"><f>A1</f><v></v>', ""), ("><v>7</v>", "7")])
def test_workbook_takes_a_formulas_last_value_though_it_is_empty(
    workbook: Path, tmp_path: Path, cell: str, shown: str
) -> None:
    book = openpyxl.load_workbook(workbook)
    book.worksheets[0]["C6"] = 99
    book.save(workbook)
    path = tmp_path / "calculated.xlsx"
    with ZipFile(workbook) as source, ZipFile(path, "w") as changed:
        for entry in source.namelist():
            data = source.read(entry)
            if entry == "xl/worksheets/sheet1.xml":
                assert b't="n"><v>99</v>' in data
                data = data.replace(b't="n"><v>99</v>', cell.encode())
            changed.writestr(entry, data)
    assert f"一网通办\t{shown}\t乙局" in read_document(path).text


@pytest.mark.parametrize("clause", ["第一条 网上申请。", "现予印发。"])
def test_word_table_with_text_around_it_says_what_stands_outside(word: Path, clause: str) -> None:
    document = docx.Document(str(word))
    document.paragraphs[0].insert_paragraph_before(clause)
    document.add_paragraph("第二条 免费。")
    document.save(str(word))
    outside = parse(read_document(word)).ledger.outside
    assert outside == (clause.replace(" ", ""), "第二条免费。")


def test_word_file_with_two_tables_is_refused(word: Path) -> None:
    document = docx.Document(str(word))
    document.add_paragraph("附表")
    table = document.add_table(rows=1, cols=3)
    for cell, name in zip(table.rows[0].cells, ("事项", "主要举措", "责任单位"), strict=True):
        cell.text = name
    document.save(str(word))
    with pytest.raises(DocumentError, match="每个文件只放一个表格"):
        parse(read_document(word))
