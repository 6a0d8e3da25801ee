import datetime
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.dates import (
    PATTERNS,
    DateMention,
    Due,
    Range,
    Term,
    dates_in,
    read_due,
    say_month,
    say_range,
    terms_in,
)
from corpus.text import normalise

TODAY = datetime.date(2022, 5, 15)
NOW = "2022-05-15"

ABSOLUTE = [  # of a document of 2022; no day is needed
    ("3月", "2022-03", "2022-03"),
    ("三月份", "2022-03", "2022-03"),
    ("十二月", "2022-12", "2022-12"),
    ("2022年3月", "2022-03", "2022-03"),
    ("二〇二二年六月", "2022-06", "2022-06"),
    ("二〇二二年六月三十日", "2022-06", "2022-06"),
    ("22年3月", "2022-03", "2022-03"),
    ("今年3月", "2022-03", "2022-03"),
    ("2022-03", "2022-03", "2022-03"),
    ("2022.6.30", "2022-06", "2022-06"),
    ("2022-06-30", "2022-06", "2022-06"),
    ("2022/6/30", "2022-06", "2022-06"),
    ("2022年6月30日", "2022-06", "2022-06"),
    ("2022.6.30前", "", "2022-06"),
    ("2022-06至2022-09", "2022-06", "2022-09"),
    ("2022.3—2023.6", "2022-03", "2023-06"),
    ("3月前", "", "2022-03"),
    ("3月底以前", "", "2022-03"),
    ("6月30日前", "", "2022-06"),
    ("6月底之前", "", "2022-06"),
    ("截至6月底", "", "2022-06"),
    ("最晚九月", "", "2022-09"),
    ("不晚于4月", "", "2022-04"),
    ("早于6月", "", "2022-05"),
    ("晚于9月", "2022-10", ""),
    ("不早于6月", "2022-06", ""),
    ("4月以后", "2022-05", ""),
    ("12月之后", "2023-01", ""),
    ("6月起", "2022-06", ""),
    ("6月及以后", "2022-06", ""),
    ("上半年", "2022-01", "2022-06"),
    ("下半年", "2022-07", "2022-12"),
    ("上半年底前", "", "2022-06"),
    ("年底", "2022-12", "2022-12"),
    ("年中", "2022-06", "2022-06"),
    ("年初", "2022-01", "2022-03"),
    ("2022年年底前", "", "2022-12"),
    ("2022年底前", "", "2022-12"),
    ("年内", "2022-01", "2022-12"),
    ("一季度", "2022-01", "2022-03"),
    ("第三季度", "2022-07", "2022-09"),
    ("第三个季度", "2022-07", "2022-09"),
    ("q3", "2022-07", "2022-09"),
    ("末季度", "2022-10", "2022-12"),
    ("一至三季度", "2022-01", "2022-09"),
    ("二、三季度", "2022-04", "2022-09"),
    ("前三季度", "2022-01", "2022-09"),
    ("前五个月", "2022-01", "2022-05"),
    ("3到6月", "2022-03", "2022-06"),
    ("三月至六月", "2022-03", "2022-06"),
    ("5月10日至6月10日", "2022-05", "2022-06"),
    ("2022年11月至2023年3月", "2022-11", "2023-03"),
    ("11月至次年3月", "2022-11", "2023-03"),
    ("11月至2023年3月", "2022-11", "2023-03"),
    ("2023年", "2023-01", "2023-12"),
    ("2023年度", "2023-01", "2023-12"),
    ("2023—2025年", "2023-01", "2025-12"),
    ("“十四五”期间", "2021-01", "2025-12"),
    ("十五五时期", "2026-01", "2030-12"),
    ("十四五末", "2025-12", "2025-12"),
    ("国庆节前", "", "2022-09"),
    ("国庆后", "2022-10", ""),
    ("五一假期前", "", "2022-04"),
    ("春节后", "2022-02", ""),
    ("2023年元旦前", "", "2022-12"),
    ("元旦前", "", "2022-12"),
]

AGAINST_TODAY = [
    ("去年第四季度", "2021-10", "2021-12"),
    ("去年底前", "", "2021-12"),
    ("今年", "2022-01", "2022-12"),
    ("今年年底前", "", "2022-12"),
    ("明年", "2023-01", "2023-12"),
    ("明年上半年", "2023-01", "2023-06"),
    ("后年6月", "2024-06", "2024-06"),
    ("上一年度", "2021-01", "2021-12"),
    ("上个月", "2022-04", "2022-04"),
    ("上月底前", "", "2022-04"),
    ("本月", "2022-05", "2022-05"),
    ("这个月底前", "", "2022-05"),
    ("下个月起", "2022-06", ""),
    ("下下个月", "2022-07", "2022-07"),
    ("上季度", "2022-01", "2022-03"),
    ("本季度", "2022-04", "2022-06"),
    ("下一季度", "2022-07", "2022-09"),
    ("三个月内", "2022-05", "2022-08"),
    ("半年内", "2022-05", "2022-11"),
    ("一年半以内", "2022-05", "2023-11"),
    ("一个季度之内", "2022-05", "2022-08"),
    ("未来两年", "2022-05", "2024-05"),
    ("近三年", "2019-05", "2022-05"),
    ("最近一年", "2021-05", "2022-05"),
    ("过去6个月", "2021-11", "2022-05"),
    ("截至上个月底", "", "2022-04"),
    ("年底前", "", "2022-12"),
]

UNREAD = (  # in a question; no month is meant
    "3个月 15个工作日 第3项 六批 月月 三证合一 2类 一个季度 提前3个月 年中小企业 成本年均增长 "
    "健全年度考核 应当年满十八周岁 以上一年级 三年底薪 一两个月内 十四五规划纲要 22年历史 "
    "受理后三个月内 将近三年 年终奖 自发布之日起三个月内 三个月内部 五一路 五一前后 过去年份"
)
NO_TERMS = (
    "2022年 2022年6月30日 6月28日至30日 二〇二二年 6月 三月 第三年 第15日 年满18周岁 22年3月 "
    "三年级 20年底 90年代 两三年 十七八天 三年前 3项 今天 上半年 二季度 哪一年 周六周日 "
    "一个日子"
)


def spans(text: str, *years: str) -> list[tuple[Range, ...]]:
    return [m.ranges for m in dates_in(normalise(text), years or ("2022",), TODAY)]


@pytest.mark.parametrize(("text", "first", "last"), ABSOLUTE)
def test_dates_in_absolute_form_is_one_range_over_the_whole_text(
    text: str, first: str, last: str
) -> None:
    asked = normalise(text)
    today = datetime.date(2031, 1, 31)  # whose year the document does not know
    assert dates_in(asked, ("2022",), today) == (DateMention(((first, last),), 0, len(asked)),)


@pytest.mark.parametrize(("text", "first", "last"), AGAINST_TODAY)
def test_dates_in_relative_form_is_resolved_and_says_the_day(
    text: str, first: str, last: str
) -> None:
    assert dates_in(text, ("2022",), TODAY) == (DateMention(((first, last),), 0, len(text), NOW),)


@pytest.mark.parametrize("text", UNREAD.split())
def test_dates_in_quantity_or_word_names_no_month(text: str) -> None:
    assert dates_in(normalise(text), ("2022",), TODAY) == ()


def test_dates_in_every_form_has_an_example() -> None:
    examples = [normalise(text) for text, *_ in ABSOLUTE + AGAINST_TODAY] + ["3月、6月"]
    for name, pattern in PATTERNS.items():
        assert any(pattern.fullmatch(text) for text in examples), name


def test_dates_in_without_years_finds_nothing() -> None:
    assert dates_in("去年3月", (), TODAY) == ()


def test_dates_in_month_without_a_year_means_that_of_each_year() -> None:
    assert spans("3月", "2022", "2023") == [(("2022-03", "2022-03"), ("2023-03", "2023-03"))]
    assert spans("3月前", "2022", "2023") == [(("", "2023-03"),)]
    assert spans("3月起", "2022", "2023") == [(("2022-03", ""),)]


def test_dates_in_month_takes_the_year_named_before() -> None:
    assert spans("2023年3月和6月", "2022", "2023")[1] == (("2023-06", "2023-06"),)
    assert spans("明年3月和6月")[1] == (("2023-06", "2023-06"),)
    assert spans("去年出台的政策里6月见效的")[1] == (("2022-06", "2022-06"),)


def test_dates_in_list_of_months_is_a_range_each() -> None:
    assert spans("3、6月") == [(("2022-03", "2022-03"), ("2022-06", "2022-06"))]


@pytest.mark.parametrize(
    ("text", "ranges", "reference"),
    [
        ("今年", (("2022-01", "2022-12"),), ""),
        ("年底前", (("", "2022-12"),), ""),
        ("本月", (("2022-07", "2022-07"),), "2026-07-01"),
        ("上个月", (("2026-06", "2026-06"),), "2026-07-01"),
        ("去年", (("2025-01", "2025-12"),), "2026-07-01"),
        ("三个月内", (("2026-07", "2026-10"),), "2026-07-01"),
    ],
)
def test_dates_in_this_year_is_the_documents_where_it_does_not_know_todays(
    text: str, ranges: tuple[Range, ...], reference: str
) -> None:
    (mention,) = dates_in(text, ("2022",), datetime.date(2026, 7, 1))
    assert (mention.ranges, mention.reference) == (ranges, reference)


def test_dates_in_this_year_is_todays_where_the_documents_know_it() -> None:
    assert spans("今年6月", "2021", "2022") == [(("2022-06", "2022-06"),)]
    assert spans("年底前", "2022", "2023") == [(("", "2022-12"),)]


def test_dates_in_several_mentions_stand_in_order() -> None:
    asked = "3月见效的和9月见效的各有哪些"
    found = dates_in(asked, ("2022",), TODAY)
    assert [asked[m.start : m.end] for m in found] == ["3月", "9月"]


DUE = [  # month, first, last, standing
    ("2025年底前", "2025-12", "", "2025-12", False),
    ("2025年第三季度", "2025-09", "2025-07", "2025-09", False),
    ("2025年上半年", "2025-06", "2025-01", "2025-06", False),
    ("二〇二五年六月", "2025-06", "2025-06", "2025-06", False),
    ("２０２５年６月", "2025-06", "2025-06", "2025-06", False),
    ("2025-09", "2025-09", "2025-09", "2025-09", False),
    ("2025/9", "2025-09", "2025-09", "2025-09", False),
    ("2025-09-30 00:00:00", "2025-09", "2025-09", "2025-09", False),
    ("2025年10月31日前", "2025-10", "", "2025-10", False),
    ("2025 年 10 月\n31 日前", "2025-10", "", "2025-10", False),
    ("2025年", "2025-12", "2025-01", "2025-12", False),
    ("2025年中", "2025-06", "2025-06", "2025-06", False),
    ("2025年3月至5月", "2025-05", "2025-03", "2025-05", False),
    ("2025年10月至2026年3月", "2026-03", "2025-10", "2026-03", False),
    ("2025—2027年", "2027-12", "2025-01", "2027-12", False),
    ("2025年1月、7月", "2025-07", "2025-01", "2025-07", False),
    ("2025年起", "", "2025-01", "", False),
    ("2025年6月起", "2025-06", "2025-06", "", False),
    ("2025年3月启动，12月底前完成", "2025-12", "", "2025-12", False),
    ("2025年6月底前完成试点，12月底前推开", "2025-12", "", "2025-12", False),
    ("2025年6月前出台，9月起施行", "2025-06", "", "2025-06", False),
    ("“十四五”期间", "2025-12", "2021-01", "2025-12", False),
    ("2025年12月底前完成，并长期坚持", "2025-12", "", "2025-12", True),
    ("2025年全年", "2025-12", "2025-01", "2025-12", False),
    ("6月底前", "", "", "", False),
    ("长期坚持", "", "", "", True),
    ("持续推进", "", "", "", True),
    ("常年受理", "", "", "", True),
    ("长期", "", "", "", True),
    ("即时", "", "", "", True),
    ("全年", "", "", "", True),
    ("每年3月至4月", "", "", "", True),
    ("每年3月、9月", "", "", "", True),
    ("每季度更新，2025年底前完成", "2025-12", "", "2025-12", True),
    ("受理后三个月内", "", "", "", False),
    ("市发改委", "", "", "", False),
    ("", "", "", "", False),
]


@pytest.mark.parametrize(("text", "month", "first", "last", "standing"), DUE)
def test_read_due_cell_without_a_document_year(
    text: str, month: str, first: str, last: str, standing: bool
) -> None:
    assert read_due(text) == Due(month, first, last, standing, text)


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("6月底前", "2022-06"),
        ("6月", "2022-06"),
        ("1、6月底前完成", "2022-06"),
        ("年底前", "2022-12"),
        ("今年第三季度", "2022-09"),
        ("明年6月底前", "2023-06"),
        ("年内", "2022-12"),
        ("2021年12月", "2021-12"),
        ("全年", ""),
        ("下个月", ""),
        ("三个月内", ""),
    ],
)
def test_read_due_month_without_a_year_is_of_the_documents(text: str, month: str) -> None:
    assert read_due(text, "2022").month == month


TERMS = [  # days, working, bound; the term is the whole text
    ("5个工作日", 5, True, ""),
    ("5工作日", 5, True, ""),
    ("五个工作日内", 5, True, "most"),
    ("30日", 30, False, ""),
    ("三十日内", 30, False, "most"),
    ("10个自然日", 10, False, ""),
    ("两周", 14, False, ""),
    ("三个月", 90, False, ""),
    ("3个月以内", 90, False, "most"),
    ("半个月", 15, False, ""),
    ("两个半月", 75, False, ""),
    ("一个季度", 90, False, ""),
    ("半年", 180, False, ""),
    ("6个月", 180, False, ""),
    ("12个月", 365, False, ""),
    ("一年", 365, False, ""),
    ("1.5年", 545, False, ""),
    ("一年半", 545, False, ""),
    ("24小时", 1, False, ""),
    ("12小时内", 0.5, False, "most"),
    ("３个月", 90, False, ""),
    ("即时办结", 0, False, ""),
    ("当场", 0, False, ""),
    ("即办", 0, False, ""),
    ("不超过3个工作日", 3, True, "most"),
    ("不得超过三十日", 30, False, "most"),
    ("最长不超过6个月", 180, False, "most"),
    ("最长60天", 60, False, "most"),
    ("三年以下", 1095, False, "most"),
    ("不少于10日", 10, False, "least"),
    ("不得少于30天", 30, False, "least"),
    ("至少一年", 365, False, "least"),
    ("满三年", 1095, False, "least"),
    ("满三年以上", 1095, False, "least"),
    ("满1年", 365, False, "least"),
    ("2年以上", 730, False, "least"),
    ("3个月(含)以上", 90, False, "least"),
    ("未满一年", 365, False, "under"),
    ("不满6个月", 180, False, "under"),
    ("少于15天", 15, False, "under"),
    ("不足一年", 365, False, "under"),
    ("超过30日", 30, False, "over"),
    ("逾3年", 1095, False, "over"),
]


@pytest.mark.parametrize(("text", "days", "working", "bound"), TERMS)
def test_terms_in_duration_is_read_with_its_bound(
    text: str, days: float, working: bool, bound: str
) -> None:
    (term,) = terms_in(text)
    assert term == Term(term.days, working, bound, 0, len(text))
    assert term.days == pytest.approx(days)


@pytest.mark.parametrize("text", NO_TERMS.split())
def test_terms_in_date_or_ordinal_is_no_duration(text: str) -> None:
    assert terms_in(text) == ()


def test_terms_in_low_and_high_end_are_two_terms() -> None:
    assert terms_in("3至5个工作日") == (
        Term(3.0, True, "least", 0, 1),
        Term(5.0, True, "most", 2, 7),
    )


def test_terms_in_span_holds_the_bound_and_its_negation() -> None:
    text = "受理后不得超过5个工作日，满一年以上的3日内办结，即时办结"
    found = [text[t.start : t.end] for t in terms_in(text)]
    assert found == ["不得超过5个工作日", "满一年以上", "3日内", "即时办结"]


def test_say_month_and_range_in_words() -> None:
    assert say_month("2022-06") == "2022年6月"
    assert say_range(("2022-06", "2022-06")) == "2022年6月"
    assert say_range(("2022-01", "2022-06")) == "2022年1月至6月"
    assert say_range(("2022-11", "2023-03")) == "2022年11月至2023年3月"
    assert say_range(("", "2022-06")) == "2022年6月底前"
    assert say_range(("2022-06", "")) == "2022年6月及以后"


PIECES = (
    "0 1 2 3 9 12 22 2022 2025 一 二 两 三 十 百 千 〇 零 半 年 月 日 号 个月 季度 第 上 下 "
    "前 后 内 起 至 到 - . / 、 ， 底 初 中 末 今年 去年 明年 本月 每年 近 最近 未来 以内 "
    "之前 以后 截至 不超过 不晚于 不早于 满 未 不 超过 以上 以下 十四五 国庆 元旦 q 工作日 "
    "小时 天 周 即办 长期 ( ) 含 元 ٣ ３ ② \U0001f600"
)
TEXTS = st.one_of(
    st.text(max_size=40), st.lists(st.sampled_from(PIECES.split()), max_size=12).map("".join)
)
DAYS = st.dates(datetime.date(1990, 1, 1), datetime.date(2090, 12, 31))
MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])", re.ASCII)


def in_order(span: Range) -> bool:
    first, last = span
    known = all(MONTH.fullmatch(month) for month in span if month)
    return known and bool(first or last) and (not first or not last or first <= last)


@settings(max_examples=300, deadline=None)
@given(TEXTS, DAYS)
def test_dates_in_any_text_spans_lie_within_and_ranges_are_in_order(
    text: str, today: datetime.date
) -> None:
    for asked in (text, normalise(text)):
        found = dates_in(asked, ("2022", "2024"), today)
        ends = [0, *(place for m in found for place in (m.start, m.end)), len(asked)]
        assert ends == sorted(ends)
        assert all(m.start < m.end and m.ranges for m in found)
        assert all(in_order(span) for m in found for span in m.ranges)


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.sampled_from(["", "2022", "x", "２０２２", "22"]))
def test_read_due_any_text_is_read_in_order(text: str, year: str) -> None:
    due = read_due(text, year)
    assert due.text == text
    assert not (due.first or due.last) or in_order((due.first, due.last))
    assert not due.month or MONTH.fullmatch(due.month)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_terms_in_any_text_spans_lie_within_and_days_are_not_negative(text: str) -> None:
    found = terms_in(text)
    ends = [0, *(place for term in found for place in (term.start, term.end)), len(text)]
    assert ends == sorted(ends)
    assert all(term.start < term.end and term.days >= 0 for term in found)
