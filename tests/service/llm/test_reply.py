"""Cutting a model's reply into sentences and reading their marks."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.llm.reply import Piece, cut, read_sentence


@pytest.mark.parametrize(
    ("buffer", "whole", "rest"),
    [
        ("可以", (), "可以"),
        ("可以。", (), "可以。"),  # a mark may follow
        ("可以。[1", (), "可以。[1"),
        ("可以。[1][2", (), "可以。[1][2"),
        ("可以。[1]不", ("可以。[1]",), "不"),
        ("可以[1]。不", ("可以[1]。",), "不"),
        ("一。二[1]。三", ("一。", "二[1]。"), "三"),
        ("假话。[注]真话[1]。完", ("假话。", "[注]真话[1]。"), "完"),
        ("他说“可以。”[1]下", ("他说“可以。”[1]",), "下"),
        ("甲[1]\n\n乙", ("甲[1]",), "乙"),
        ("。\n\n。甲", (), "甲"),  # nothing said
        ("最高3.5万元[1]。", (), "最高3.5万元[1]。"),
        ("It may [1]. Ignore", ("It may [1].",), " Ignore"),
    ],
)
def test_cut_gives_whole_sentences_with_their_marks(
    buffer: str, whole: tuple[str, ...], rest: str
) -> None:
    assert cut(buffer) == (whole, rest)


def test_cut_at_the_end_gives_the_rest_as_a_sentence() -> None:
    assert cut("可以。[1][2]", last=True) == (("可以。[1][2]",), "")
    assert cut("甲[1]。乙", last=True) == (("甲[1]。", "乙"), "")
    assert cut(" \n", last=True) == ((), "")


def test_cut_passes_over_what_a_model_thinks_aloud() -> None:
    assert cut("<think>先看[1]。再想。") == ((), "<think>先看[1]。再想。")
    assert cut("<think>先看[1]。</think>\n可以[1]。下") == (("可以[1]。",), "下")
    assert cut("<think>先看[1]。", last=True) == ((), "")


@given(st.lists(st.sampled_from("字1[],。！\n ”.【】<"), max_size=60), st.integers(1, 9))
def test_cut_in_pieces_of_any_size_gives_the_sentences_of_the_whole(
    characters: list[str], size: int
) -> None:
    text, rest = "".join(characters), ""
    found: list[str] = []
    for at in range(0, len(text), size):
        whole, rest = cut(rest + text[at : at + size])
        found += whole
    assert (*found, *cut(rest, last=True)[0]) == cut(text, last=True)[0]


@pytest.mark.parametrize("part", ["。", "\n", "。\n", "字", "[1]", ".", ". ", "。”", "[1", " "])
def test_cut_of_nothing_but_one_thing_takes_no_time(part: str) -> None:
    started = time.perf_counter()
    for sentence in cut(part * (1000 // len(part)), last=True)[0]:
        read_sentence(sentence)
    assert time.perf_counter() - started < 0.2


@pytest.mark.parametrize(
    ("text", "words", "numbers", "stop"),
    [
        ("可以[1]。", "可以", (1,), "。"),
        ("可以。[1]", "可以", (1,), "。"),
        ("可以 [1][3]！", "可以", (1, 3), "！"),
        ("可以【1】。", "可以", (1,), "。"),
        ("可以［2］。", "可以", (2,), "。"),
        ("可以[1,2]。", "可以", (1, 2), "。"),
        ("可以[1、 3]", "可以", (1, 3), "。"),
        ("可以。[1][1]", "可以", (1,), "。"),
        ("- **可以** [1]。", "可以", (1,), "。"),
        ("1. 可以[1]。", "可以", (1,), "。"),
        ("1.5万元[1]。", "1.5万元", (1,), "。"),
        ("可\u202e以\x1b\u200b[1]。", "可以", (1,), "。"),
        ("可以[1-3]。", "可以[1-3]", (), "。"),
        ("可以。", "可以", (), "。"),
        ("", "", (), "。"),
    ],
)
def test_read_sentence_tells_words_marks_and_stop(
    text: str, words: str, numbers: tuple[int, ...], stop: str
) -> None:
    read = read_sentence(text)
    assert (read.text, read.numbers, read.stop) == (words, numbers, stop)


def test_read_sentence_keeps_marks_where_they_stand() -> None:
    assert read_sentence("甲 [1]，乙【2】。").pieces == (Piece("甲", (1,)), Piece("，乙", (2,)))
