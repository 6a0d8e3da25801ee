"""What speaks for an answer beside the boundary."""

import pytest

from index.search import Searcher
from service.evidence import columns, weigh
from service.facts import FactReader
from service.rows import Rows
from service.wants import read_wants

NUMBER, NAME = read_wants("一共有几类证照"), read_wants("一照通办")


def test_columns_without_a_form_asked_for_give_the_odds_and_the_share() -> None:
    assert columns(0.5, NAME, None, 0.4) == (0.0, 0.0, 0.0, 0.4)


def test_columns_form_asked_for_and_not_found_says_so() -> None:
    assert columns(0.5, NUMBER, None, 0.0)[1:3] == (1.0, 0.0)


def test_weigh_rises_with_the_boundary_and_with_the_share() -> None:
    assert weigh(0.2, NAME, None, 0.5) < weigh(0.8, NAME, None, 0.5)
    assert weigh(0.2, NAME, None, 0.1) < weigh(0.2, NAME, None, 0.9)


def test_weigh_number_that_was_not_found_speaks_against_an_answer() -> None:
    assert weigh(0.5, NUMBER, None, 0.5) < weigh(0.5, NAME, None, 0.5)


def test_weigh_number_that_was_found_outweighs_a_doubting_boundary(
    real_searcher: Searcher,
) -> None:
    found = real_searcher.search("公众聚集场所每年至少抽查几次")
    wants = read_wants(found.normalized)
    reader = FactReader(real_searcher, Rows(real_searcher.measures))
    best = reader.read(wants, found.hits, found.vector)[0]
    assert weigh(0.03, wants, best, 0.7) > 3 * weigh(0.03, wants, None, 0.7)


@pytest.mark.parametrize("answerable", [0.0, 1.0])
def test_weigh_certain_boundary_stays_a_probability(answerable: float) -> None:
    assert 0 < weigh(answerable, NAME, None, 0.5) < 1
