"""Tests of the logistic model, with odds that one checks by eye."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.logistic import Logistic, fit_logistic

SIDES = np.array([[-1.0], [1.0]] * 4)
RIGHT = SIDES[:, 0] > 0
EVEN = np.ones(8)


def test_probabilities_worked_example_is_odds_over_one_plus_odds() -> None:
    model = Logistic(0.0, (1.0, 0.0))
    table = np.array([[0.0, 5.0], [np.log(3), 5.0], [-np.log(3), 5.0]])
    np.testing.assert_allclose(model.probabilities(table), [1 / 2, 3 / 4, 1 / 4])


def test_probabilities_intercept_adds_to_the_log_odds() -> None:
    assert Logistic(np.log(4), (1.0,)).probabilities(np.zeros((1, 1)))[0] == pytest.approx(4 / 5)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_probabilities_any_value_stay_inside_and_rise(left: float, right: float) -> None:
    low, high = Logistic(0.5, (2.0,)).probabilities(
        np.array([[min(left, right)], [max(left, right)]])
    )
    assert 0 < low <= high < 1


def test_fit_logistic_mirrored_rows_have_no_intercept() -> None:
    model = fit_logistic(SIDES, RIGHT, EVEN)
    assert model.coefficients[0] > 0
    assert model.intercept == pytest.approx(0, abs=1e-6)


def test_fit_logistic_weights_set_the_share_where_columns_tell_nothing() -> None:
    model = fit_logistic(np.ones((8, 1)), RIGHT, np.where(RIGHT, 3.0, 1.0))
    assert model.coefficients == (0.0,)
    assert model.probabilities(np.ones((1, 1)))[0] == pytest.approx(3 / 4, abs=1e-3)


def test_fit_logistic_column_in_another_unit_gives_the_same_probabilities() -> None:
    first, second = (
        fit_logistic(SIDES * scale + shift, RIGHT, EVEN).probabilities(SIDES * scale + shift)
        for scale, shift in ((1, 0), (100, 7))
    )
    np.testing.assert_allclose(first, second, atol=1e-4)


def test_fit_logistic_twice_gives_the_same_numbers() -> None:
    assert fit_logistic(SIDES, RIGHT, EVEN) == fit_logistic(SIDES, RIGHT, EVEN)
