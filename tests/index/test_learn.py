"""Tests of learning the calibration from the questions."""

from corpus.measures import Parsed
from corpus.questions import Question
from index.build import Source, build_index
from index.fuse import DEFAULT_CALIBRATIONS, FEATURES, MODES, WEIGHTS
from index.learn import ENOUGH
from index.search import Searcher
from tests.fakes import FakeEmbedder


def _questions(count: int) -> tuple[Question, ...]:
    """Questions that say what their measure says, each once."""
    texts = ("一照多址范围", "加强监管", "网上缴纳税费")
    targets = ((1, 1, 1), (1, 1, 2), (2, 1, 1))
    return tuple(Question("small", *targets[i % 3], f"{texts[i % 3]}第{i}问") for i in range(count))


def test_learn_fusion_no_questions_falls_back(small: Parsed) -> None:
    fusion = build_index([Source(small)], FakeEmbedder()).fusion
    assert fusion.calibrations == DEFAULT_CALIBRATIONS
    assert fusion.weights == WEIGHTS
    assert fusion.provenance == "shipped: fewer than 200 questions"


def test_learn_fusion_one_question_too_few_falls_back(small: Parsed) -> None:
    source = Source(small, _questions(ENOUGH - 1))
    assert build_index([source], FakeEmbedder()).fusion.calibrations == DEFAULT_CALIBRATIONS


def test_learn_fusion_item_questions_do_not_count(small: Parsed) -> None:
    whole = tuple(Question("small", 1, 0, 0, f"第{i}问") for i in range(ENOUGH))
    assert build_index([Source(small, whole)], FakeEmbedder()).fusion.provenance.startswith(
        "shipped"
    )


def test_learn_fusion_enough_questions_is_learned(small: Parsed) -> None:
    fusion = build_index([Source(small, _questions(ENOUGH))], FakeEmbedder()).fusion
    assert fusion.provenance == "leave-one-out over 200 questions, each with and without its item"
    assert set(fusion.calibrations) == set(MODES)
    for calibration in fusion.calibrations.values():
        assert len(calibration.coefficients) == len(FEATURES)


def test_learn_fusion_twice_gives_same_numbers(small: Parsed) -> None:
    source = Source(small, _questions(ENOUGH))
    first, second = (build_index([source], FakeEmbedder()).fusion for _ in range(2))
    assert first == second


def test_learn_fusion_real_list_rises_with_fused_value(searcher: Searcher) -> None:
    fusion = searcher.index.fusion
    assert set(fusion.calibrations) == set(MODES)
    for calibration in fusion.calibrations.values():
        assert calibration.coefficients[0] > 0
