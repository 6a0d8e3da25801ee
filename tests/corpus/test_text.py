"""Tests of the pure text functions."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.document import Span
from corpus.text import (
    kept_offsets,
    normalise,
    parse_month,
    parse_numeral,
    sentences,
    stands,
    strip_layout,
)

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()))
HAN_TEXT = st.text(alphabet=st.characters(min_codepoint=0x3400, max_codepoint=0x9FFF))


@given(ANY_TEXT)
@example("\ud800一照多址\udfff")
@example("İﬁ①㎏\u3000Ａ")
@example("e\x00\u0301")
@example("\u2f00\uf900\U0002f800")
def test_normalise_any_unicode_is_idempotent(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(HAN_TEXT)
def test_normalise_han_is_idempotent(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(ANY_TEXT)
def test_normalise_any_unicode_is_printable_utf8_with_single_spaces(text: str) -> None:
    seen = normalise(text)
    assert seen.isprintable()
    assert seen == " ".join(seen.split())
    assert seen.encode("utf-8").decode("utf-8") == seen


@pytest.mark.parametrize("block", range(0, 0x30000, 0x1000))
def test_normalise_every_character_is_idempotent(block: int) -> None:
    once = [normalise(chr(code)) for code in range(block, block + 0x1000)]
    assert [normalise(text) for text in once] == once


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一照多址", "一照多址"),
        ("一照多址怎麼辦理", "一照多址怎么办理"),
        ("營業執照", "营业执照"),
        ("ＣＡ　证书２０２２", "ca 证书2022"),
        ("  多  个\t空\n格 ", "多 个 空 格"),
        ("零\u200b宽\ufeff字\u00ad符", "零宽字符"),
        ("控\x00制\x07符", "控制符"),
        ("\ud800孤\udfff", "孤"),
        ("", ""),
        ("\x00\u200b", ""),
    ],
)
def test_normalise_known_text_gives_index_form(text: str, expected: str) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("市市场\n\n监管局", "市市场监管局"),
        (" 一 照\t多 址 ", "一照多址"),
        ("CA\n\n certificate 2022", "CA certificate 2022"),
        ("第 3 条", "第3条"),
        ("CA 证书", "CA证书"),
        ("", ""),
        (" \n\t\u3000", ""),
    ],
)
def test_strip_layout_known_text_keeps_only_latin_gaps(text: str, expected: str) -> None:
    assert strip_layout(text) == expected


@given(ANY_TEXT)
def test_strip_layout_any_text_keeps_the_words_and_is_idempotent(text: str) -> None:
    stripped = strip_layout(text)
    assert "".join(stripped.split()) == "".join(text.split())
    assert strip_layout(stripped) == stripped


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("27", 27),
        ("２７", 27),
        ("零", 0),
        ("〇", 0),
        ("两", 2),
        ("十", 10),
        ("十一", 11),
        ("二十", 20),
        ("二十七", 27),
        ("一百", 100),
        ("一百零一", 101),
        ("一百一十", 110),
        ("三百四十四", 344),
        ("两千零二十二", 2022),
        ("二〇二二", 2022),
        ("九千九百九十九", 9999),
    ],
)
def test_parse_numeral_numeral_gives_value(text: str, value: int) -> None:
    assert parse_numeral(text) == value


@given(st.integers(0, 9999))
def test_parse_numeral_written_out_reads_back(value: int) -> None:
    assert parse_numeral(_chinese(value)) == value
    assert parse_numeral(str(value)) == value


def _chinese(value: int) -> str:
    """A number in Chinese with every zero between written once: 1005 → 一千零五."""
    if value == 0:
        return "零"
    written, zero = "", False
    for place, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // place % 10
        if digit:
            written += ("零" if zero and written else "") + "零一二三四五六七八九"[digit] + unit
        zero = digit == 0
    return written


@pytest.mark.parametrize("text", ["", "项", "二十七项", "1.5", "-3", "²", "abc", "万"])
def test_parse_numeral_other_text_raises_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="not a numeral"):
        parse_numeral(text)


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2022年6月", "2022-06"),
        ("2022年12月", "2022-12"),
        ("2022 年 3 月底前", "2022-03"),
        ("2022-06", "2022-06"),
        ("2022.6", "2022-06"),
        ("2022/06/30", "2022-06"),
        ("2022年13月", ""),
        ("2022年0月", ""),
        ("2022年", ""),
        ("长期", ""),
        ("", ""),
    ],
)
def test_parse_month_text_gives_year_and_month(text: str, month: str) -> None:
    assert parse_month(text) == month


def test_normalise_fullwidth_forms_equal_their_nfkc() -> None:
    assert normalise("ＡＢＣ１２３") == unicodedata.normalize("NFKC", "ＡＢＣ１２３").lower()


@pytest.mark.parametrize(
    ("text", "offsets"),
    [
        ("市市场\n\n监管局", [0, 1, 2, 5, 6, 7]),
        ("CA\n\n b", [0, 1, 2, 5]),
        (" 一 照 ", [1, 3]),
        ("第 3 条", [0, 2, 4]),
        (" a ", [1]),
        ("", []),
    ],
)
def test_kept_offsets_known_text_skips_what_layout_drops(text: str, offsets: list[int]) -> None:
    assert kept_offsets(text) == offsets


@given(ANY_TEXT | st.text(alphabet="a1 \n\t\u3000照。"))
def test_kept_offsets_any_text_spell_the_stripped_text(text: str) -> None:
    offsets = kept_offsets(text)
    assert offsets == sorted(set(offsets))
    kept = "".join(" " if text[at].isspace() else text[at] for at in offsets)
    assert kept == strip_layout(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲。乙；丙", ["甲。", "乙；", "丙"]),
        ("问“行吗？”答！", ["问“行吗？”", "答！"]),
        ("（甲。）乙。", ["（甲。）", "乙。"]),
        ("甲，乙", ["甲，乙"]),
        ("。；甲", ["甲"]),
        ("。", []),
        ("", []),
    ],
)
def test_sentences_known_text_end_with_their_marks(text: str, expected: list[str]) -> None:
    assert [text[span.start : span.end] for span in sentences(text)] == expected


@given(ANY_TEXT | st.text(alphabet="甲乙，。；;！？”’）"))
def test_sentences_any_text_leave_out_nothing_but_end_marks(text: str) -> None:
    spans = sentences(text)
    assert all(span.start < span.end for span in spans)
    starts = [*(span.start for span in spans), len(text)]
    ends = [0, *(span.end for span in spans)]
    between = "".join(text[a:b] for a, b in zip(ends, starts, strict=True))
    assert set(between) <= set("。；;！？")
    assert all(end <= start for end, start in zip(ends, starts, strict=True))


def test_sentences_first_span_starts_at_the_text() -> None:
    assert sentences("甲。")[0] == Span(0, 2)


def test_stands_not_where_only_a_negation_has_it() -> None:
    assert not stands("超过3000元", "每户不超过3000元")
    assert stands("超过3000元", "不超过3000元；超过3000元的另报")
    assert not stands("动产", "不动产")
