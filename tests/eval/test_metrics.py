"""Figures that one checks by eye, parity with ranx, and bounds."""

from math import log2

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.metrics import (
    NAMES,
    Estimate,
    auroc,
    brier,
    calibration,
    estimate,
    latency,
    paired_p,
    per_query,
    predictions,
    relevant_grade,
    reliability,
)

GRADES = {"q": {"a": 2, "b": 1, "c": 2}}


def served(*measures: str) -> dict[str, dict[str, float]]:
    return {"q": {measure: 1 / rank for rank, measure in enumerate(measures, 1)}}


def test_per_query_worked_example_gives_the_fractions() -> None:
    values = per_query(GRADES, served("x", "a", "b"))
    gained = 2 / log2(3) + 1 / log2(4)
    ideal = 2 / log2(2) + 2 / log2(3) + 1 / log2(4)
    assert values["nDCG@10"]["q"] == pytest.approx(gained / ideal)
    assert values["MRR@10"]["q"] == pytest.approx(1 / 2)
    assert values["Recall@5"]["q"] == values["Recall@10"]["q"] == pytest.approx(1 / 2)
    assert values["hit@1"]["q"] == 0


def test_per_query_jarvelin_kekalainen_example_gives_their_dcg() -> None:
    # G' = <3,2,3,0,0,1,2,2,3,0>, their worked example; log2(rank + 1) as trec_eval discounts
    gains = (3, 2, 3, 0, 0, 1, 2, 2, 3, 0)
    grades = {"q": {f"d{n}": gain for n, gain in enumerate(gains)}}
    dcg = sum(g / log2(rank + 1) for rank, g in enumerate(gains, 1))
    best = sum(g / log2(rank + 1) for rank, g in enumerate(sorted(gains, reverse=True), 1))
    values = per_query(grades, served(*(f"d{n}" for n in range(10))))
    assert values["nDCG@10"]["q"] == pytest.approx(dcg / best)


def test_per_query_useful_context_alone_is_no_hit() -> None:
    values = per_query(GRADES, served("b"))
    assert values["hit@1"]["q"] == values["MRR@10"]["q"] == 0
    assert values["nDCG@10"]["q"] > 0


def test_per_query_missed_and_empty_queries_score_zero() -> None:
    grades = {"q": {"a": 2}, "missed": {"a": 2}, "empty": {"a": 2}}
    values = per_query(grades, {"q": {"a": 1.0}, "empty": {}, "stray": {"a": 1.0}})
    assert values["nDCG@10"] == {"empty": 0, "missed": 0, "q": 1}
    assert values["hit@1"] == {"empty": 0, "missed": 0, "q": 1}


def test_per_query_eleventh_rank_does_not_count() -> None:
    values = per_query(GRADES, served(*"0123456789", "a"))
    assert all(values[name]["q"] == 0 for name in NAMES)


def test_relevant_grade_binary_set_is_one() -> None:
    assert relevant_grade({"q": {"a": 1, "b": 0}}) == relevant_grade({"q": {"a": 0}}) == 1
    assert relevant_grade({"q": {"a": 1}, "r": {"b": 3}}) == 2
    assert per_query({"q": {"a": 1}}, served("a"))["hit@1"]["q"] == 1


@settings(max_examples=50, deadline=None)
@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from([0, 1, 2]), min_size=1),
    st.lists(st.sampled_from("abcdefghijkl"), unique=True),
)
def test_per_query_any_run_stays_in_range(grades: dict[str, int], order: list[str]) -> None:
    values = per_query({"q": grades}, served(*order))
    assert all(0 <= values[name]["q"] <= 1 + 1e-9 for name in NAMES)
    assert values["Recall@5"]["q"] <= values["Recall@10"]["q"]


def test_estimate_equal_values_have_no_width() -> None:
    assert estimate([0.5, 0.5, 0.5]) == Estimate(0.5, 0.5, 0.5)
    assert estimate([1.0]) == Estimate(1, 1, 1)


def test_estimate_half_right_holds_the_mean_and_is_the_same_again() -> None:
    found = estimate([0.0, 1.0] * 50)
    assert found == estimate([0.0, 1.0] * 50)
    # 1.96 · sqrt(0.25 / 100) = 0.098
    assert found.mean == 0.5
    assert found.low == pytest.approx(0.402, abs=0.02)
    assert found.high == pytest.approx(0.598, abs=0.02)


def test_paired_p_is_exact_for_few_pairs() -> None:
    # all five signs alike: 2 of 2^5 sign patterns are as extreme
    assert paired_p([1, 1, 1, 1, 1], [0, 0, 0, 0, 0]) == pytest.approx(2 / 32)
    assert paired_p([0.5, 0.2], [0.5, 0.2]) == 1
    assert paired_p([1, 0], [0, 1]) == 1


def test_paired_p_many_pairs_is_small_fixed_and_symmetric() -> None:
    a, b = [1.0] * 20 + [0.0] * 5, [0.0] * 20 + [0.0] * 5
    assert paired_p(a, b) < 0.001
    assert paired_p(a, b) == paired_p(a, b) == paired_p(b, a)
    with pytest.raises(ValueError, match="2 values against 1"):
        paired_p([1, 2], [1])


def test_auroc_counts_pairs_in_order() -> None:
    assert auroc([0.9, 0.4], [0.5, 0.1]) == pytest.approx(3 / 4)
    assert auroc([0.5], [0.5]) == pytest.approx(1 / 2)
    assert auroc([], [0.5]) is None


def test_brier_is_the_mean_square() -> None:
    assert brier([1.0, 0.5], [True, False]) == pytest.approx((0 + 0.25) / 2)
    assert brier([], []) is None


def test_reliability_bins_hold_their_share() -> None:
    low, high = reliability([0.0, 0.1, 0.95, 1.0], [False, True, True, True])
    assert (low.count, low.observed) == (2, 0.5)
    assert low.predicted == pytest.approx(0.05)
    assert (high.count, high.observed, high.high) == (2, 1, 1)


def test_latency_of_three_calls_is_their_middle() -> None:
    found = latency([1.0, 2.0, 3.0])
    assert found is not None
    assert found.p50 == 2
    assert found.p95 == pytest.approx(2.9)
    assert latency([]) is None


def test_predictions_take_the_first_hits_and_know_what_is_relevant() -> None:
    scores = {"q": {"a": 0.9, "b": 0.4}, "none": {"c": 0.2}}
    qrels = {"q": {"b": 2, "a": 1}}
    assert predictions(scores, qrels, grade=2, depth=1) == [(0.9, False), (0.2, False)]
    assert predictions(scores, qrels, grade=2, depth=2)[1] == (0.4, True)


def test_calibration_of_two_predictions() -> None:
    found = calibration([(0.5, True), (1.0, True)])
    assert (found.predictions, found.predicted, found.observed) == (2, 0.75, 1)
    assert found.brier == pytest.approx(1 / 8)
    assert [one.count for one in found.bins] == [1, 1]


def test_calibration_of_nothing_has_no_brier() -> None:
    assert calibration([]).brier is None
