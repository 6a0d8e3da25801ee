"""Spans that can be read alone: their bound and negation belong to them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Span
from service.answer.facts import verdict
from service.answer.spans import numbers, sentence_of, whole, windows


@pytest.mark.parametrize(
    ("text", "asked", "said"),
    [
        ("领取期限最长不得超过24个月。", "24个月", "最长不得超过24个月"),
        ("领取期限最长不得超过24个月。", "超过24个月", "最长不得超过24个月"),
        ("预收费不得超过三个月", "三个月", "不得超过三个月"),
        ("逾期不满九十日的可以申请展期", "满九十日", "不满九十日"),
        ("取得证书未满12个月", "12个月", "未满12个月"),
        ("年满16周岁", "16周岁", "满16周岁"),
        ("企业无需缴费", "缴费", "无需缴费"),
        ("不得收取押金", "收取押金", "不得收取押金"),
        ("在5个工作日内办结", "5个工作日", "5个工作日内"),
        ("缴费满一年以上的", "一年", "满一年以上"),
        ("，给予5%补贴，", "，给予5%补贴，", "给予5%补贴"),
        ("小型企业5%，中型企业8%", "8%", "8%"),
    ],
)
def test_span_takes_in_what_would_change_it(text: str, asked: str, said: str) -> None:
    start = text.index(asked)
    span = whole(text, Span(start, start + len(asked)))
    assert text[span.start : span.end] == said


@given(st.text(min_size=1, max_size=60), st.data())
def test_whole_stays_within_the_text_and_is_idempotent(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    span = whole(text, Span(start, end))
    assert 0 <= span.start < span.end <= len(text)
    assert whole(text, span) == span


def test_numbers_come_with_their_bounds() -> None:
    text = "不超过15个工作日，补贴最高50万元，分四批次"
    assert [text[s.start : s.end] for s in numbers(text)] == [
        "不超过15个工作日",
        "最高50万元",
        "四批",
    ]


def test_windows_join_neighbouring_clauses_of_a_sentence() -> None:
    text = "甲乙，丙丁。戊己。"
    assert [text[s.start : s.end] for s in windows(text, 10)] == [
        "甲乙",
        "甲乙，丙丁",
        "丙丁",
        "戊己",
    ]


def test_sentence_of_a_span_is_the_one_that_it_begins_in() -> None:
    assert sentence_of("甲。乙丙。", Span(3, 4)) == Span(2, 5)


@pytest.mark.parametrize(
    ("question", "said", "told"),
    [
        ("领税务ukey要钱吗", "可以向税务机关免费申领", "否，"),
        ("需要缴费吗", "无需缴费", "否，"),
        ("要不要备案", "应当向主管部门备案", "是，"),
        ("可以收押金吗", "不得收取押金", "否，"),
        ("能在网上办吗", "可以在线办理", "是，"),
        ("要钱吗", "可以在线办理", ""),
        ("不能在网上办吗", "可以在线办理", ""),
        ("多久办好", "可以在线办理", ""),
        ("能办吗", "可以办理，但未满一年的不得办理", ""),
        # The bound that the source names is not the one that is asked about.
        ("摊位可以营业到12点吗", "可以营业到晚上11点", ""),
        ("摊位可以营业到11点吗", "可以营业到晚上11点", "是，"),
        # An exception leaves it open whether the one that is asked about is among it.
        ("药店可以加载新地址吗", "除直接涉及公共安全的领域外，允许加载新地址", ""),
        ("夜里可以施工吗", "夜间不得施工", "否，"),
    ],
)
def test_yes_or_no_is_told_only_where_the_source_says_it_of_that(
    question: str, said: str, told: str
) -> None:
    assert verdict(question, said, said) == told


def test_yes_behind_an_exception_in_the_same_sentence_is_open() -> None:
    said = "允许加载新地址"
    assert verdict("药店可以加载新地址吗", said, said) == "是，"
    assert verdict("药店可以加载新地址吗", said, f"除直接涉及公共安全的领域外，{said}") == ""
