"""Tests of documents that are no list: clauses and paragraphs under headings."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import DocumentError
from corpus.measures import Counts, parse
from corpus.text import strip_layout
from tests.conftest import make_document

REGULATION = """\
某市营商环境条例

第一章 总则

第一条 为了优化营商环境，制定本条例。

第二条　本市适用本条例。
　　前款所称市场主体，包括企业。

第二章 市场环境
第一节 准入
第三条 推行一照多址。
第十一条 推行告知承诺制。
"""


def test_parse_regulation_gives_one_item_a_clause() -> None:
    parsed = parse(make_document(REGULATION))
    assert [m.id for m in parsed.measures] == [
        "small:0.1.1",  # a line before the first clause that is not the document's title
        "small:1.1.1",
        "small:2.1.1",
        "small:3.1.1",
        "small:11.1.1",
    ]
    assert parsed.measures[2].text == "第二条本市适用本条例。前款所称市场主体，包括企业。"


def test_parse_regulation_keeps_heading_path() -> None:
    third = parse(make_document(REGULATION)).measures[3]
    assert third.text == "第三条推行一照多址。"
    assert third.path == ("第二章市场环境", "第一节准入")
    assert (third.aspect, third.title) == ("第二章市场环境", "第一节准入")
    assert (third.content, third.lead_units, third.due) == ("", (), "")
    assert set(third.spans) == {"text"}


def test_parse_regulation_ledger_declares_nothing() -> None:
    ledger = parse(make_document(REGULATION)).ledger
    assert (ledger.declared, ledger.parsed) == (None, Counts(2, 5, 5))
    assert (ledger.cells_lost, ledger.balanced) == (0, True)


def test_parse_plain_paragraphs_number_on() -> None:
    parsed = parse(make_document("甲段。\n\n乙段。\n丙段。\n"))
    assert [(m.item, m.number, m.text) for m in parsed.measures] == [
        (1, 1, "甲段。"),
        (2, 1, "乙段。"),
        (3, 1, "丙段。"),
    ]
    assert {m.title for m in parsed.measures} == {"小清单"}


@pytest.mark.parametrize(
    "title", ["某市营商环境条例", "某市营商环境条例（2021年）", "营商环境条例"]
)
def test_parse_title_line_is_no_measure(title: str) -> None:
    document = replace(make_document(REGULATION), title=title)
    assert parse(document).measures[0].id == "small:1.1.1"


@pytest.mark.parametrize("text", ["小清单", "小清单。\n乙段。"])
def test_parse_title_stays_where_it_is_a_sentence_or_all_there_is(text: str) -> None:
    assert parse(make_document(text)).measures[0].text.startswith("小清单")


def test_parse_cases_of_a_clause_are_part_of_it_and_no_headings() -> None:
    text = "第一章 总则\n第四条 可以预约。\n（一）九点前提出；\n（二）送餐到门。\n（三）免费\n"
    measures = parse(make_document(text)).measures
    assert [(m.id, m.title, m.text) for m in measures] == [
        (
            "small:4.1.1",
            "第一章总则",
            "第四条可以预约。（一）九点前提出；（二）送餐到门。（三）免费",
        )
    ]
    span = measures[0].spans["text"]
    assert text[span.start : span.end] == text[text.index("第四条") : -1]


def test_parse_paragraph_under_a_new_heading_is_not_of_the_clause_above() -> None:
    text = "第一条 甲。\n又甲。\n第二章 附则\n乙。\n第三条 丙。\n"
    measures = parse(make_document(text)).measures
    assert [(m.item, m.number, m.text) for m in measures] == [
        (1, 1, "第一条甲。又甲。"),
        (1, 2, "乙。"),
        (3, 1, "第三条丙。"),
    ]


def test_parse_line_that_ends_like_a_clause_is_no_heading() -> None:
    measures = parse(make_document("一、总体要求\n（一）依法办理；\n（二）分工\n乙文。\n")).measures
    assert [(m.path, m.text) for m in measures] == [
        (("一、总体要求",), "（一）依法办理；"),
        (("一、总体要求", "（二）分工"), "乙文。"),
    ]


def test_parse_headings_only_is_refused() -> None:
    with pytest.raises(DocumentError, match="没有读出任何"):
        parse(make_document("第一章 总则\n第二章 附则\n"))


def test_parse_deeper_heading_ends_with_its_parent() -> None:
    text = "一、甲\n（一）子\n甲文。\n二、乙\n乙文。\n"
    paths = [m.path for m in parse(make_document(text)).measures]
    assert paths == [("一、甲", "（一）子"), ("二、乙",)]


def test_parse_clause_numbers_that_start_again_have_unique_ids() -> None:
    text = "第一章 甲\n第一条 甲一。\n第二条 甲二。\n附则\n第一条 附一。\n"
    ids = [m.id for m in parse(make_document(text)).measures]
    assert len(set(ids)) == len(ids)


LINES = ("第一章 总则", "一、甲", "（一）子", "第一条 甲。", "第二条 乙。", "丙段。", "\t丁", "")


@given(st.lists(st.sampled_from(LINES), max_size=8))
def test_parse_any_prose_has_unique_ids_and_exact_slices(lines: list[str]) -> None:
    text = "\n".join(lines)
    try:
        parsed = parse(make_document(text))
    except DocumentError:
        return
    ids = [m.id for m in parsed.measures]
    assert len(set(ids)) == len(ids)
    for measure in parsed.measures:
        span = measure.spans["text"]
        assert measure.text == strip_layout(text[span.start : span.end])
