"""Tests of the line between answerable and unanswerable questions, with small vectors."""

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.answerable import ENOUGH, FEATURES, NEIGHBOURS, Boundary, Probe, Vectors, learn_boundary
from index.logistic import Logistic

EAST, NORTH = np.array([1, 0], np.float32), np.array([0, 1], np.float32)
MIDDLE = np.array([[0.6, 0.8]], np.float32)
SIGMOID_OF_ONE = 1 / (1 + np.exp(-1))


def _around(centre: float, count: int) -> Vectors:
    """Unit vectors spread over half a radian about an angle."""
    angles = centre + np.linspace(-0.25, 0.25, count)
    return np.column_stack([np.cos(angles), np.sin(angles)]).astype(np.float32)


def _boundary(*coefficients: float) -> Boundary:
    return Boundary(Probe(NORTH, EAST, 0.5), Logistic(0.0, coefficients), "by hand")


ASKED, BEYOND = _around(0, ENOUGH), _around(np.pi / 2, ENOUGH)
LEARNED = learn_boundary(ASKED, BEYOND, MIDDLE)


def test_probe_decide_is_the_product_from_the_centre_with_the_intercept() -> None:
    odds = Probe(NORTH, np.array([2, 1], np.float32), 0.5).decide(np.stack([EAST, NORTH]))
    np.testing.assert_allclose(odds, [2 - 1 + 0.5, 0.5])
    assert odds.dtype == np.float32


@pytest.mark.parametrize(
    ("feature", "expected"),
    [("nearer", 1 - 0), ("probe", 1 + 0.5), ("text", 0.6), ("question", 1)],
)
def test_answerable_each_feature_worked_example(feature: str, expected: float) -> None:
    model = _boundary(*(float(name == feature) for name in FEATURES))
    asked, beyond = np.stack([EAST] * NEIGHBOURS), np.stack([NORTH] * NEIGHBOURS)
    found = model.answerable(EAST, asked, beyond, MIDDLE)
    assert found == pytest.approx(1 / (1 + np.exp(-expected)))


def test_answerable_only_the_nearest_neighbours_count() -> None:
    asked = np.stack([EAST] * NEIGHBOURS + [-EAST] * 100)
    beyond = np.stack([NORTH] * NEIGHBOURS + [-EAST] * 100)
    found = _boundary(1, 0, 0, 0).answerable(EAST, asked, beyond, MIDDLE)
    assert found == pytest.approx(SIGMOID_OF_ONE)


@pytest.mark.parametrize("counts", [(ENOUGH - 1, ENOUGH), (ENOUGH, ENOUGH - 1), (0, 0)])
def test_learn_boundary_too_few_of_either_sort_is_none(counts: tuple[int, int]) -> None:
    asked, beyond = counts
    assert learn_boundary(ASKED[:asked], BEYOND[:beyond], MIDDLE) is None


def test_learn_boundary_enough_of_both_sorts_tells_them_apart() -> None:
    assert LEARNED is not None
    assert LEARNED.provenance == "leave-one-out over 100 + 100 questions"
    east, north = (LEARNED.answerable(q, ASKED, BEYOND, MIDDLE) for q in (EAST, NORTH))
    assert north < 0.1 < 0.9 < east


def test_learn_boundary_leaves_each_question_itself_out() -> None:
    # Every question is at right angles to all others: without itself it is near to nothing.
    axes = np.eye(2 * ENOUGH, dtype=np.float32)
    learned = learn_boundary(axes[:ENOUGH], axes[ENOUGH:], np.zeros((1, 2 * ENOUGH), np.float32))
    assert learned is not None
    told = dict(zip(FEATURES, learned.model.coefficients, strict=True))
    assert (told["nearer"], told["text"], told["question"]) == (0, 0, 0)


def test_learn_boundary_twice_gives_the_same_numbers() -> None:
    again = learn_boundary(ASKED, BEYOND, MIDDLE)
    assert LEARNED is not None
    assert again is not None
    assert again.model == LEARNED.model
    for left, right in zip(astuple(again.probe), astuple(LEARNED.probe), strict=True):
        np.testing.assert_array_equal(left, right)


@given(st.floats(0, 2 * np.pi))
def test_answerable_any_direction_is_a_probability(angle: float) -> None:
    assert LEARNED is not None
    query = np.array([np.cos(angle), np.sin(angle)], np.float32)
    assert 0 < LEARNED.answerable(query, ASKED, BEYOND, MIDDLE) < 1
