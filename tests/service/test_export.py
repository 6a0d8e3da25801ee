"""What the find page lists, as files."""

import csv
import io
from collections.abc import Callable

import openpyxl
import pytest
from fastapi.testclient import TestClient

from corpus.document import Document
from corpus.measures import parse
from index.search import Searcher
from service.web.export import PROVENANCE, XLSX, Cell, Table, safe, to_csv, to_xlsx
from tests.service.browsing import EVIL_LIST, client_of
from tests.service.samples import prose


def read_csv(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file that begins with a byte order mark."""
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\rx",
        "\nx",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        " =1",
        "\u200b=1",
        "−1",
    ],
)
def test_safe_puts_an_apostrophe_before_what_may_be_a_formula(text: str) -> None:
    assert safe(text) == "'" + text


def test_safe_leaves_numbers_and_plain_text_and_drops_what_cannot_be_written() -> None:
    assert [safe(cell) for cell in (-1, 0.5, "1-1=0", "")] == [-1, 0.5, "1-1=0", ""]
    assert safe("a\x00b\x1b\ud800c") == "abc"
    assert safe("\x00=1") == "'=1"


def test_csv_quotes_and_gives_back_every_cell() -> None:
    row = ["=1", 'a"b', "甲,乙", "x\ny"]
    [read] = read_csv(to_csv(Table(dict.fromkeys(["=甲", "乙", "丙", "丁"], 9), [row])))
    assert list(read.values()) == ["'=1", 'a"b', "甲,乙", "x\ny"]
    assert list(read) == ["'=甲", "乙", "丙", "丁"]


def test_xlsx_holds_text_as_text_and_numbers_as_numbers() -> None:
    row: list[Cell] = ["=1+1", "https://x.example", 3, 0.5]
    table = Table(dict.fromkeys("甲乙丙丁", 9), [row])
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(table, [("查询", "=2")])))
    cells = book["举措"][2]
    assert [cell.value for cell in cells[:4]] == ["'=1+1", "https://x.example", 3, 0.5]
    assert [cell.data_type for cell in cells[:4]] == ["s", "s", "n", "n"]
    assert cells[1].hyperlink is None
    assert book["说明"]["B1"].value == "'=2"


def test_same_rows_give_the_same_bytes() -> None:
    table = Table({"甲": 9}, [["x"]])
    assert to_xlsx(table, []) == to_xlsx(table, [])


def test_files_hold_all_columns_of_what_is_listed(client: TestClient) -> None:
    response = client.get("/find.csv?due=2022-06")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"] == 'attachment; filename="wence-2.csv"'
    first, second = read_csv(response.content)
    assert [first["举措编号"], second["举措编号"]] == ["small:1.1.1", "small:1.1.2"]
    assert first["责任单位"] == "市级相关部门，各区、县（市）政府"
    assert first["是否涉及"] == "涉及本地"
    assert first["相关概率"] == ""
    source = client.get("/api/documents/small/source").text
    assert source[int(first["原文起"]) : int(first["原文止"])] == first["主要举措"]


def test_files_hold_the_official_columns_first_under_their_own_names(
    client: TestClient, alone: TestClient
) -> None:
    names = ["序号", "改革事项", "主要内容", "主要举措", "牵头单位", "责任单位"]
    (*_, last) = read_csv(client.get("/find.csv").content)
    assert list(last) == [*names, "取得阶段性成效时间", *PROVENANCE]
    # A later row of an item goes on with its number, title and content.
    assert [last[name] for name in names[:4]] == [
        "2",
        "推行“一网通办”",
        "办税在网上办理。",
        "网上提取公积金。",
    ]
    first, second, _ = read_csv(alone.get("/find.csv").content)
    assert list(first)[:4] == ["编号", "任务名称", "具体内容", "主管部门"]
    assert (first["完成时间"], second["完成时间"]) == ("2025年底前", "长期坚持")
    assert (first["资金来源"], second["办结时限"]) == ("市级财政", "—")


def test_files_of_several_documents_hold_the_columns_of_each_once(pair: TestClient) -> None:
    first, *_, last = read_csv(pair.get("/find.csv").content)
    assert list(first) == list(last)
    assert (first["牵头单位"], first["主管部门"]) == ("市市场监管局", "")
    assert (last["牵头单位"], last["主管部门"]) == ("", "市公积金中心")


def test_a_column_of_the_same_name_as_ours_is_told_apart(
    searcher_of: Callable[..., Searcher],
) -> None:
    text = "文档\t任务名称\t具体内容\t主管部门\n甲文\t登记\t办理登记。\t市局\n"
    parsed = parse(Document("own", "清单", "", "", "", text, "0" * 64))
    [row] = read_csv(client_of(searcher_of(parsed)).get("/find.csv").content)
    assert (row["文档"], row["文档（问策）"]) == ("甲文", "own")


def test_files_of_a_document_without_a_table_hold_its_text(
    searcher_of: Callable[..., Searcher],
) -> None:
    rows = read_csv(client_of(searcher_of(prose())).get("/find.csv").content)
    assert rows[-1]["原文"] == "第二条市局负责登记。"


def test_workbook_says_what_was_asked(client: TestClient) -> None:
    response = client.get("/find.xlsx?q=办税&lead=市税务局")
    assert response.headers["content-type"] == XLSX
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    about = {row[0].value: row[1].value for row in book["说明"].iter_rows()}
    assert about["查询"] == "办税"
    assert about["牵头单位"] == "市税务局"
    assert about["条数"] == book["举措"].max_row - 1 == 1


def test_files_of_a_hostile_document_have_no_formula(searcher_of: Callable[..., Searcher]) -> None:
    text = EVIL_LIST.replace("<i>市</i>局", "=HYPERLINK(1)").replace("改革后", "@SUM后")
    parsed = parse(Document("evil", "=标题", "＋某市", "2022", "", text, "0" * 64))
    client = client_of(searcher_of(parsed))
    rows = read_csv(client.get("/find.csv").content)
    assert rows[0]["牵头单位"] == "'=HYPERLINK(1)"
    assert rows[1]["主要举措"].startswith("'@SUM后")
    book = openpyxl.load_workbook(io.BytesIO(client.get("/find.xlsx").content))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"s", "n"}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_bad_input_is_told_as_a_problem(client: TestClient, kind: str) -> None:
    response = client.get(f"/find.{kind}?lead=火星局")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


def test_real_files_hold_the_whole_list_over_all_pages(real: TestClient) -> None:
    rows = read_csv(real.get("/find.csv?page=3").content)
    assert len(rows) == 346
    book = openpyxl.load_workbook(io.BytesIO(real.get("/find.xlsx").content))
    at = list(rows[0]).index("举措编号")
    assert [row[at].value for row in book["举措"].iter_rows(min_row=2)] == [
        r["举措编号"] for r in rows
    ]
