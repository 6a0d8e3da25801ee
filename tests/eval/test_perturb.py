"""Queries written otherwise: traditional, full-width, mistyped."""

import pytest
from pypinyin import lazy_pinyin

from corpus.text import normalise
from eval.perturb import COMMON, DRAWS, MOST, Typist, changes, full_width, traditional
from tests.eval.fakes import fake_searcher

# 址, 只 and 纸 sound alike; 质 too, but it is rare in these texts
TEXTS = ("一照多址只纸" * COMMON, "质")


def test_traditional_comes_back_when_normalised() -> None:
    assert traditional("开办企业") == "開辦企業"
    assert normalise(traditional("开办企业")) == "开办企业"


def test_full_width_changes_letters_digits_and_ascii_punctuation_alone() -> None:
    assert full_width("CA证书, 30日（含）") == "ＣＡ证书， ３０日（含）"
    assert normalise(full_width("CA证书,30日")) == normalise("CA证书,30日")


def test_mistype_stays_in_the_term_and_keeps_its_sound() -> None:
    text = "改址：一照多址怎么办"
    typist = Typist(["一照多址"], TEXTS)
    forms = {typist.mistype(text, draw) for draw in range(20)}
    assert forms == {"改址：一照多只怎么办", "改址：一照多纸怎么办"}


def test_mistype_changes_one_or_two_characters() -> None:
    texts = ("一以照找多夺址只" * COMMON,)
    typist = Typist(["一照多址"], texts)
    counts = set()
    for draw in range(20):
        form = typist.mistype("一照多址", draw)
        assert lazy_pinyin(form) == lazy_pinyin("一照多址")
        counts.add(sum(a != b for a, b in zip(form, "一照多址", strict=True)))
    assert counts == {1, MOST}


def test_mistype_same_draw_gives_the_same_typos() -> None:
    first, second = (Typist(["一照多址"], TEXTS).mistype("一照多址", 3) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("text", ["", "CA", "没有词", "一照"])
def test_mistype_without_a_homophone_in_a_term_is_the_text(text: str) -> None:
    assert Typist(["一照多址"], TEXTS).mistype(text, 0) == text


def test_changes_give_one_form_and_several_typos() -> None:
    found = {name: change("分支机构CA") for name, change in changes(fake_searcher([], {})).items()}
    assert found == {
        "traditional": ["分支機構CA"],
        "full-width": ["分支机构ＣＡ"],
        "typo": ["分支机构CA"] * DRAWS,
    }
