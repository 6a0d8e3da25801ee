"""Tests of recognising a table by its column names, in every layout."""

from dataclasses import replace

import pytest

from corpus.document import Document
from corpus.errors import DocumentError
from corpus.header import Table, find_table
from corpus.measures import parse
from tests.conftest import SMALL, make_document


def table_of(text: str) -> Table:
    table = find_table(make_document(text))
    assert table is not None
    return table


def csv_of(text: str) -> Document:
    """A document whose file says that it may be parted by commas."""
    return replace(make_document(text), commas=True)


def rows_of(*rows: str, separator: str = "\t") -> str:
    """Rows written with spaces between their cells."""
    return "\n".join(row.replace(" ", separator) for row in rows) + "\n"


@pytest.mark.parametrize(
    ("names", "roles"),
    [
        (
            "序号 事项 主要内容 主要举措 牵头单位 责任单位 时间",
            "item title content measures lead_units responsible_units due",
        ),
        ("序号 改革举措 主要内容 指导部门 推广范围", "item title content organ scope"),
        ("一级指标 二级指标 三级指标 指标性质 指标说明", "aspect section title - content"),
        ("一级指标 二级指标 指标说明", "aspect title content"),
        ("改革事项 改革举措 责任单位", "title measures organ"),
        ("重点任务 具体措施 责任部门 完成时限", "title measures organ due"),
        ("重点任务 具体措施 责任部门 配合部门", "title measures lead_units responsible_units"),
        # No name says what is done: the column with the most text, 甲乙丙 under the second name.
        ("序号 主要任务 责任单位 完成时限", "item measures organ due"),
        ("类别 政策 责任单位 时间", "aspect measures organ due"),
    ],
)
@pytest.mark.parametrize("separator", ["\t", ","])
def test_find_table_known_names_give_roles(names: str, roles: str, separator: str) -> None:
    widths = [str(n) if n != 1 else "甲乙丙" for n in range(len(names.split()))]
    text = rows_of("某清单", names, " ".join(widths), separator=separator)
    table = table_of(text)
    assert table.roles == tuple(role.replace("-", "") for role in roles.split())
    assert (text[table.start :].split(separator)[0], len(table.rows)) == (names.split()[0], 1)


@pytest.mark.parametrize(
    ("names", "roles"),
    [
        ("办结时限", "duration"),
        ("法定期限", "duration"),
        ("承诺工作日", "duration"),
        ("完成时限", "due"),
        ("完成时间", "due"),
        ("申报时间", "due"),
        ("截止日期", "due"),
        ("时间节点", "due"),
        ("办结时限 完成时限", "duration due"),
        ("法定时限 承诺时限 完成时间", "duration duration due"),
        # Of several dates the one that says when it is done is due, wherever it stands.
        ("申报时间 完成时限", "- due"),
        ("完成时限 申报时间", "due -"),
        ("申报时间 公示时间", "due -"),
        ("计量单位 产业布局", "- -"),
        ("发证机关 完成时间", "organ due"),
    ],
)
def test_find_table_dates_and_durations_are_told_by_their_names(names: str, roles: str) -> None:
    cells = " ".join("丙" for _ in names.split())
    table = table_of(rows_of(f"事项 主要内容 {names}", f"甲 乙 {cells}"))
    assert table.roles[2:] == tuple(role.replace("-", "") for role in roles.split())


def test_find_table_schema_keeps_every_columns_own_name_in_order() -> None:
    names = "序号 事项 主要内容 主要举措 责任处室 协同处室 办结时限 法定时限 完成时限 适用对象 备注"
    schema = table_of(rows_of(names, "1 甲 乙 丙 丁处 戊处 5日 20日 6月 企业 注")).schema
    assert [column.name for column in schema.columns] == names.split()
    roles = "number title other measure lead responsible duration duration due scope other"
    assert [column.role for column in schema.columns] == roles.split()
    assert (schema.names("duration"), schema.main) == (("办结时限", "法定时限"), "lead")


def test_find_table_main_content_alone_is_the_measure_in_the_schema() -> None:
    schema = table_of(rows_of("事项 主要内容 备注", "甲 乙 丙")).schema
    assert [column.role for column in schema.columns] == ["title", "measure", "other"]


def test_find_table_export_with_cells_on_lines_is_still_read() -> None:
    table = table_of(SMALL)
    roles = "item title content measures lead_units responsible_units due"
    assert " ".join(table.roles) == roles
    assert [len(row) for row in table.rows] == [1, 7, 1, 7, 7]


def test_find_table_unknown_names_take_the_longest_column_and_the_first_of_words() -> None:
    for separator in "\t,":
        text = rows_of("No Name Text", "1 甲 一二三", "2 乙 四五六", separator=separator)
        table = find_table(csv_of(text))
        assert table is not None
        assert (table.roles, table.named) == (("", "title", "measures"), False)


def test_find_table_known_words_below_unknown_names_are_no_header() -> None:
    text = rows_of("A B C", "甲 乙 丙", "审批事项 工作内容 责任单位", "丁 戊 己")
    assert len(table_of(text).rows) == 3


@pytest.mark.parametrize("names", ["事项 主要内容 单位", "A B C"])
@pytest.mark.parametrize("separator", ["\t", ","])
def test_find_table_caption_repeated_in_merged_cells_is_no_header(
    names: str, separator: str
) -> None:
    rows = ("某清单 某清单 某清单", names, "甲 乙乙 丙", "丁 戊戊 己")
    measures = parse(csv_of(rows_of(*rows, separator=separator))).measures
    assert [(m.title, m.text) for m in measures] == [("甲", "乙乙"), ("丁", "戊戊")]


def test_find_table_header_repeated_on_every_page_is_read_once() -> None:
    text = rows_of("事项 主要内容", "甲 乙", "事项 主要内容", "丙 丁")
    assert [m.title for m in parse(make_document(text)).measures] == ["甲", "丙"]


def test_parse_unknown_names_give_one_measure_a_row_with_its_longest_cell() -> None:
    text = rows_of("Kind Name Text", "戊 甲 一二三", "戊 乙乙 ", "己 丙丁 四五六")
    measures = parse(make_document(text)).measures
    assert [(m.item, m.row, m.title, m.text) for m in measures] == [
        (1, 1, "戊", "一二三"),
        (1, 2, "戊", "乙乙"),
        (2, 1, "己", "四五六"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "甲段，有逗号。\n乙,段。\n丙段。\n",
        "\t缩进的一段。\n\t又一段。\n\t再一段。\n",
        "明确目标任务，压实责任，注明时限。\n事项、主要内容、主要举措都要写清。\n",
        "甲,乙\n丙,丁,戊\n己,庚\n",
        "第一条 补贴1,000元。\n第二条 补贴2,000元。\n第三条 补贴3,000元。\n",
    ],
)
def test_find_table_prose_is_no_table(text: str) -> None:
    assert find_table(make_document(text)) is None


@pytest.mark.parametrize("separator", [" | ", "  ", "\u3000", "｜"])
def test_find_table_header_that_no_layout_reads_is_refused(separator: str) -> None:
    names = separator.join(("序号", "事项", "主要举措", "牵头单位"))
    with pytest.raises(DocumentError, match=r"small：“序号.*像是表头.*制表符"):
        find_table(make_document(f"某清单\n{names}\n1 甲 乙 丙\n"))


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (("1 甲 乙 丙", "2 甲 乙"), "有 3 个单元格，表头有 4 个"),
        (("1 甲 乙 丙", "甲 乙 丙 丁"), "序号“甲”不是数字"),
        (("1 甲  丙",), "第 1 项第 1 行没有举措内容"),
        (("1 甲 乙 丙", "序号 事项 主要举措", "1 丁 戊"), "另一个表格的表头.*每个文件只放一个表格"),
        (("1 甲 乙 丙", "序号 事项 主要举措 时间", "1 丁 戊 己"), "每个文件只放一个表格"),
        ((), "没有读出任何"),
    ],
)
def test_parse_broken_table_is_refused_and_never_prose(rows: tuple[str, ...], says: str) -> None:
    with pytest.raises(DocumentError, match=says):
        parse(make_document(rows_of("序号 事项 主要举措 牵头单位", *rows)))


def test_find_table_without_a_column_for_measures_is_refused() -> None:
    with pytest.raises(DocumentError, match=r"表头“类别、责任单位、时间”里找不到举措列.*主要举措"):
        find_table(make_document(rows_of("类别 责任单位 时间", "甲 局 2022年3月")))
