"""Tests of numbering rows: items, rows of one item, aspects and sections."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import DocumentError
from corpus.measures import parse
from corpus.text import strip_layout
from tests.conftest import make_document

HEADER = "序号,事项,主要内容,责任单位"


def read(*rows: str, header: str = HEADER) -> list[tuple[str, str, str]]:
    """Each measure's address, aspect and title."""
    measures = parse(make_document("\n".join((header, *rows)))).measures
    return [(m.id.removeprefix("small:"), m.aspect, m.title) for m in measures]


@pytest.mark.parametrize("aspect", ["一、甲方面", "一、甲方面,,,", ",".join(["一、甲方面"] * 4)])
def test_row_of_one_text_is_the_aspect_of_those_below(aspect: str) -> None:
    assert read(aspect, "1,甲,文,局") == [("1.1.1", "一、甲方面", "甲")]


def test_row_of_equal_cells_is_the_row_of_a_measure_and_no_aspect() -> None:
    rows = ("甲,文,局", "一网通办,一网通办,", "丙,文,局")
    assert read(*rows, header="事项,举措,责任单位") == [
        ("1.1.1", "", "甲"),
        ("2.1.1", "", "一网通办"),
        ("3.1.1", "", "丙"),
    ]


@pytest.mark.parametrize("rows", [("丙,,",), ("丙,,", "丁,文,局")])
def test_row_of_a_title_alone_is_refused(rows: tuple[str, ...]) -> None:
    with pytest.raises(DocumentError, match="第 2 项第 1 行没有举措内容"):
        read("甲,文,局", *rows, header="事项,举措,责任单位")


def test_numbered_heading_in_the_column_of_titles_is_an_aspect() -> None:
    found = read("一、甲方面,,", "乙,文,局", header="事项,举措,责任单位")
    assert found == [("1.1.1", "一、甲方面", "乙")]


def test_headings_below_an_aspect_are_kept_in_the_path() -> None:
    rows = ("一、甲", "（一）子", "1,乙,文,局", "（二）丑", "2,丙,文,局", "二、丁", "3,戊,文,局")
    measures = parse(make_document("\n".join((HEADER, *rows)))).measures
    assert [m.path for m in measures] == [
        ("一、甲", "（一）子", "1 乙", "1"),
        ("一、甲", "（二）丑", "2 丙", "1"),
        ("二、丁", "3 戊", "1"),
    ]


def test_numbered_heading_without_rows_is_left_out() -> None:
    assert [aspect for _, aspect, _ in read("一、甲", "二、乙", "1,丙,文,局")] == ["二、乙"]


@pytest.mark.parametrize(
    ("rows", "outside"),
    [
        (("1,甲,文,局", "注：到期自动废止"), ("注：到期自动废止",)),
        (("1,甲,文,局", "注：到期自动废止,,,"), ("注：到期自动废止",)),
        (("1,甲,文,局", "二、乙方面"), ("二、乙方面",)),
        (("1,甲,文,局", "注：以下由市局负责", "2,乙,文,局"), ("注：以下由市局负责",)),
        (("以下各项由市局负责。", "1,甲,文,局"), ("以下各项由市局负责。",)),
        (("甲方面", "乙方面", "1,甲,文,局"), ("甲方面",)),
        (
            ("1,甲,文,局", "第二条 免费", "2,乙,文,局", "第三条 又免费。"),
            ("第二条免费", "第三条又免费。"),
        ),
    ],
)
def test_text_that_heads_no_row_stands_outside_in_the_ledger(
    rows: tuple[str, ...], outside: tuple[str, ...]
) -> None:
    assert parse(make_document("\n".join((HEADER, *rows)))).ledger.outside == outside


def test_clauses_and_sentences_above_a_table_stand_outside() -> None:
    text = f"某办法\n第一条 网上申请\n现予印发。\n{HEADER}\n1,甲,文,局\n"
    parsed = parse(make_document(text))
    assert parsed.ledger.outside == ("第一条网上申请", "现予印发。")
    assert [m.text for m in parsed.measures] == ["文"]


def test_titles_captions_and_notes_above_a_table_are_no_loss() -> None:
    above = "某清单\n（单位：万元。）\n注：本表由市局填报。\n各区人民政府："
    parsed = parse(make_document(f"{above}\n{HEADER}\n1,甲,文,局\n"))
    assert (len(parsed.measures), parsed.ledger.cells_lost) == (1, 0)


@pytest.mark.parametrize("second", [",,又文,局", "1,甲,又文,局", ",甲,又文,局"])
def test_row_without_or_with_the_same_number_and_title_goes_on_with_its_item(second: str) -> None:
    number = "" if second.startswith(",甲") else "1"
    addresses = [address for address, _, _ in read(f"{number},甲,文,局", second, "2,乙,文,局")]
    assert addresses == ["1.1.1", "1.2.1", "2.1.1"]


def test_numbers_that_start_again_count_on() -> None:
    found = read("甲方面", "1,甲,文,局", "2,乙,文,局", "丙方面", "1,丁,文,局", "2,戊,文,局")
    assert [address for address, _, _ in found] == ["1.1.1", "2.1.1", "3.1.1", "4.1.1"]


@pytest.mark.parametrize("number", ["3", "3.", "（三）", "三、", "三"])
def test_number_may_be_written_in_any_way(number: str) -> None:
    assert read(f"{number},甲,文,局")[0][0] == "3.1.1"


def test_numbers_of_two_levels_count_on_by_themselves() -> None:
    found = read("1.1,甲,文,局", "1.2,乙,文,局", "2-1,丙,文,局", "（2.2）,丁,文,局")
    assert [address for address, _, _ in found] == ["1.1.1", "2.1.1", "3.1.1", "4.1.1"]


def test_number_that_is_none_is_refused_and_says_what_to_write() -> None:
    with pytest.raises(DocumentError, match="序号“2A”不是数字；请改成 1、2、3"):
        read("2A,甲,文,局")


def test_rows_without_number_and_title_columns_are_items_of_their_own() -> None:
    rows = ("文,局,2022年3月", "又文,局,2022年6月")
    assert [a for a, _, _ in read(*rows, header="主要内容,责任单位,完成时限")] == ["1.1.1", "2.1.1"]


INDICATORS = """\
一级指标,二级指标,三级指标,指标性质,指标说明
一、医疗质量,（一）功能定位,1.门诊人次数比▲,定量,计算方法：门诊/出院。指标来源：填报。
一、医疗质量,（一）功能定位,2.下转患者人次数,定量,"计算方法：（1）甲,
（2）乙。"
,（二）质量安全,3.并发症发生率,定性,说明。
二、运营效率,（五）资源效率,4.床位,定量,说明。
"""


def test_table_of_levels_gives_aspect_path_and_the_titles_own_number() -> None:
    parsed = parse(make_document(INDICATORS))
    assert [(m.id, m.aspect, m.title) for m in parsed.measures] == [
        ("small:1.1.1", "一、医疗质量", "门诊人次数比▲"),
        ("small:2.1.1", "一、医疗质量", "下转患者人次数"),
        ("small:3.1.1", "一、医疗质量", "并发症发生率"),
        ("small:4.1.1", "二、运营效率", "床位"),
    ]
    assert [m.path[1] for m in parsed.measures] == ["（一）功能定位"] * 2 + [
        "（二）质量安全",
        "（五）资源效率",
    ]
    assert parsed.measures[1].text == "计算方法：（1）甲,（2）乙。"
    assert parsed.measures[0].text == "计算方法：门诊/出院。指标来源：填报。"
    assert (parsed.ledger.rows, parsed.ledger.cells, parsed.ledger.cells_lost) == (4, 19, 0)
    for m in parsed.measures:
        for name in ("text", "title"):
            span = m.spans[name]
            assert getattr(m, name) == strip_layout(INDICATORS[span.start : span.end])


def test_number_that_does_not_count_stays_in_the_title() -> None:
    rows = ("110、119联动,文", "1.乙,文", "2.丙,文")
    found = read(*rows, header="事项,主要内容")
    assert [(a, title) for a, _, title in found] == [
        ("1.1.1", "110、119联动"),
        ("2.1.1", "乙"),
        ("3.1.1", "丙"),
    ]


def test_same_title_under_another_aspect_is_another_item() -> None:
    found = read("甲方面", "其他,文", "乙方面", "其他,又文", header="事项,主要内容")
    assert [a for a, _, _ in found] == ["1.1.1", "2.1.1"]


def test_column_of_scopes_is_the_measures_scope() -> None:
    text = "序号,改革举措,主要内容,指导部门,推广范围\n1,甲改革,不涉及住房。,科技部、财政部,全国\n"
    (measure,) = parse(make_document(text)).measures
    assert (measure.title, measure.text) == ("甲改革", "不涉及住房。")
    # A single column of organs leads nobody and helps nobody.
    assert (measure.lead_units, measure.responsible_units, measure.scope) == ((), (), "全国")
    assert [cell.value for cell in measure.cells("organ")] == ["科技部、财政部"]
    assert measure.applicable


@pytest.mark.parametrize("last", ["牵头单位", "单位", "时间", "备注"])
def test_record_that_says_of_itself_that_it_is_elsewhere_is_not_applicable(last: str) -> None:
    text = f"事项,主要内容,{last}\n甲,该事项不涉及本市。,\n"
    (measure,) = parse(make_document(text)).measures
    assert not measure.applicable


UNKNOWN = "序号,事项,主要内容,责任单位,适用楼层,办结时限,法定时限,备注"
ROW = "1,甲,文,市某局,3楼,5个工作日,20日,见附件"


def test_columns_of_unknown_names_are_kept_under_their_names_and_slice_back() -> None:
    text = f"{UNKNOWN}\n{ROW}\n2,乙,又文,,,,,\n"
    first, second = parse(make_document(text)).measures
    assert [(cell.name, cell.role, cell.value) for cell in first.columns] == [
        ("序号", "number", "1"),
        ("事项", "title", "甲"),
        ("主要内容", "measure", "文"),
        ("责任单位", "organ", "市某局"),
        ("适用楼层", "other", "3楼"),
        ("办结时限", "duration", "5个工作日"),
        ("法定时限", "duration", "20日"),
        ("备注", "other", "见附件"),
    ]
    for cell in (*first.columns, *second.columns):
        assert text[cell.span.start : cell.span.end] == cell.value
    assert [cell.name for cell in second.columns] == ["序号", "事项", "主要内容"]
    assert [cell.value for cell in first.cells("other", "duration")] == [
        "3楼",
        "见附件",
        "5个工作日",
        "20日",
    ]


def test_columns_that_no_citation_takes_have_no_span_of_the_measure() -> None:
    (measure,) = parse(make_document(f"{UNKNOWN}\n{ROW}\n")).measures
    assert set(measure.spans) == {"title", "text"}


def test_cell_of_a_column_without_a_name_is_kept() -> None:
    text = "事项\t主要内容\t责任单位\t\n甲\t文\t局\t又一句\n"
    parsed = parse(make_document(text))
    (measure,) = parsed.measures
    assert [(c.name, c.value) for c in measure.cells("other")] == [("", "又一句")]
    assert parsed.ledger.cells_lost == 0


@pytest.mark.parametrize("blank", ["—", "－", "--", "/", "无", "暂无", ""])
def test_blank_cells_are_no_organs_and_no_date_and_lose_nothing(blank: str) -> None:
    header = "事项\t主要内容\t牵头单位\t责任单位\t完成时间\t推广范围"
    text = f"{header}\n甲\t文\t{blank}\t{blank}\t{blank}\t{blank}\n乙\t文\t局\t\t\t\n"
    parsed = parse(make_document(text))
    first = parsed.measures[0]
    assert (first.lead_units, first.responsible_units) == ((), ())
    assert (first.due, first.due_text, first.scope) == ("", "", "")
    assert set(first.spans) == {"title", "text"}
    assert first.applicable
    assert (parsed.ledger.cells, parsed.ledger.cells_lost) == (5 + 4 * bool(blank), 0)


def test_blank_word_in_a_measure_is_its_text() -> None:
    (measure,) = parse(make_document("事项,主要内容,责任单位\n甲,无,局\n")).measures
    assert measure.text == "无"


@pytest.mark.parametrize("aspect", ["—", "/", "无"])
def test_blank_aspect_leaves_the_one_above(aspect: str) -> None:
    header = "类别,事项,主要内容"
    assert [a for _, a, _ in read("子,甲,文", f"{aspect},乙,文", header=header)] == ["子", "子"]


WORDS = st.text("甲乙丙丁0123，。 （）", min_size=1, max_size=12)


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=4), st.sampled_from(["\t", " \t"]))
def test_columns_of_unknown_names_any_words_slice_back(
    values: list[tuple[str, str]], separator: str
) -> None:
    lines = ["事项\t主要内容\t备注\t某栏", *("甲\t文\t" + separator.join(v) for v in values)]
    text = "\n".join(lines) + "\n"
    measures = parse(make_document(text)).measures
    assert len(measures) == len(values)
    for measure, pair in zip(measures, values, strict=True):
        said = [(name, strip_layout(v)) for name, v in zip(("备注", "某栏"), pair, strict=True)]
        cells = measure.cells("other")
        assert [(cell.name, cell.value) for cell in cells] == [(n, v) for n, v in said if v]
        for cell in cells:
            assert strip_layout(text[cell.span.start : cell.span.end]) == cell.value
