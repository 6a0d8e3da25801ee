"""Tests of fusing and calibrating: worked by eye, and by property."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.fuse import (
    DEFAULT_CALIBRATIONS,
    FEATURES,
    MODES,
    WEIGHTS,
    Calibration,
    Evidence,
    calibrate,
    features,
    fuse,
    standardise,
)
from index.views import DENSE, LEXICAL, SIGNALS

# z-scores of (1, 3) are (-1, 1); what is the same everywhere says nothing.
WORKED = {
    "context": np.array([1, 3], np.float32),
    "alone": np.array([9, 5], np.float32),
    "question": np.array([0.7, 0.7], np.float32),
    "item": np.array([0, 0], np.float32),
    "words": np.array([10, 30], np.float32),
    "own_words": np.array([4, 2], np.float32),
    "asked": np.array([0, 0], np.float32),
    "item_asked": np.array([7, 1], np.float32),
}
BY_EYE = {
    "context": 2.0,
    "alone": 0.5,
    "question": 1.0,
    "item": 1.0,
    "words": 3.0,
    "own_words": 1.0,
    "asked": 1.0,
    "item_asked": 0.0,
}


@pytest.mark.parametrize(
    ("mode", "fused"),
    [
        ("dense", 2.0 - 0.5),
        ("bm25", 3.0 - 1.0),
        ("hybrid", 2.0 - 0.5 + 3.0 - 1.0),
    ],
)
def test_fuse_worked_example_is_weighted_sum_of_z_scores(mode: str, fused: float) -> None:
    np.testing.assert_allclose(fuse(WORKED, BY_EYE, mode), [-fused, fused], atol=1e-5)


def test_standardise_equal_values_are_zero() -> None:
    assert standardise(np.full(3, 0.7, np.float32)).tolist() == [0, 0, 0]


def test_standardise_two_values_are_minus_one_and_one() -> None:
    np.testing.assert_allclose(standardise(np.array([1, 3], np.float32)), [-1, 1], atol=1e-6)


def test_modes_hybrid_is_both_arms() -> None:
    assert set(MODES["hybrid"]) == set(MODES["dense"]) | set(MODES["bm25"]) == set(SIGNALS)
    assert (tuple(MODES["dense"]), tuple(MODES["bm25"])) == (DENSE, LEXICAL)
    assert set(WEIGHTS) == set(SIGNALS)
    assert set(DEFAULT_CALIBRATIONS) == set(MODES)


SEEDS = st.integers(0, 2**32 - 1)


def _signals(seed: int, count: int = 12) -> dict[str, NDArray[np.float32]]:
    random = np.random.default_rng(seed)
    return {name: random.normal(size=count).astype(np.float32) for name in SIGNALS}


@given(st.permutations(SIGNALS), SEEDS, st.sampled_from(sorted(MODES)))
def test_fuse_any_order_of_signals_gives_same_bytes(order: list[str], seed: int, mode: str) -> None:
    signals = _signals(seed)
    again = fuse(
        {name: signals[name] for name in order}, {name: WEIGHTS[name] for name in order}, mode
    )
    assert again.tobytes() == fuse(signals, WEIGHTS, mode).tobytes()


@given(st.permutations(range(12)), SEEDS)
def test_fuse_permuted_measures_give_permuted_values(order: list[int], seed: int) -> None:
    signals = _signals(seed)
    permuted = {name: values[order] for name, values in signals.items()}
    np.testing.assert_allclose(
        fuse(permuted, WEIGHTS, "hybrid"), fuse(signals, WEIGHTS, "hybrid")[order], atol=1e-4
    )


def test_fuse_does_not_change_its_arguments() -> None:
    before = {name: values.copy() for name, values in WORKED.items()}
    fuse(WORKED, BY_EYE, "hybrid")
    for name, values in before.items():
        np.testing.assert_array_equal(WORKED[name], values)


def test_features_worked_example_gives_the_six_columns() -> None:
    fused = np.array([1, 4], np.float32)
    table = features(fused, Evidence(0.9, 0.7, 0.25))
    assert table.shape == (2, len(FEATURES))
    # fused, best fused, lead over the last, then the evidence as given
    worked = [[1, 4, 3, 0.9, 0.7, 0.25], [4, 4, 3, 0.9, 0.7, 0.25]]
    np.testing.assert_allclose(table, worked, atol=1e-6)


def test_features_lead_is_over_the_eleventh() -> None:
    fused = np.arange(20, dtype=np.float32)
    assert features(fused, Evidence(0, 0, 0))[0, 2] == 10


def test_calibrate_worked_example_is_the_logistic_function() -> None:
    calibration = Calibration(-1.0, (1.0, 0.5, 0, 0, 0, 0), "by eye")
    table = np.array([[1.0, 0, 9, 9, 9, 9], [1.0, 2, 9, 9, 9, 9]])
    np.testing.assert_allclose(calibrate(table, calibration), [0.5, 1 / (1 + np.exp(-1))])


@given(SEEDS, st.sampled_from(sorted(MODES)), st.floats(0, 1))
def test_calibrate_any_signals_is_probability_that_rises_with_fused_value(
    seed: int, mode: str, coverage: float
) -> None:
    signals = _signals(seed)
    fused = fuse(signals, WEIGHTS, mode)
    probabilities = calibrate(
        features(fused, Evidence(0.9, 0.9, coverage)), DEFAULT_CALIBRATIONS[mode]
    )
    assert np.all((probabilities > 0) & (probabilities < 1))
    assert np.all(np.diff(probabilities[np.argsort(fused)]) >= 0)


@given(st.floats(-1e6, 1e6))
def test_calibrate_far_values_stay_within_zero_and_one(value: float) -> None:
    table = np.zeros((1, 6))
    table[0, 0] = value
    (probability,) = calibrate(table, Calibration(0.0, (1.0, 0, 0, 0, 0, 0), "by eye"))
    assert 0 < probability < 1
