"""What speaks for an answer beside the boundary."""

import pytest

from index.search import Searcher
from service.evidence import Evidence, columns, gather, weigh
from service.facts import FactReader
from service.rows import Rows
from service.wants import read_wants

NUMBER, NAME = read_wants("一共有几类证照"), read_wants("一照通办")
QUESTION = "公众聚集场所每年至少抽查几次"


def test_columns_are_the_log_odds_and_the_evidence() -> None:
    assert columns(0.5, Evidence(typed=True, form=0.8, share=0.4)) == (0.0, 1.0, 0.8, 0.4)


def test_gather_without_a_form_asked_for_is_the_share_alone() -> None:
    assert gather(NAME, (), (), 0.4) == Evidence(typed=False, form=0.0, share=0.4)


def test_gather_form_asked_for_and_not_found_says_so() -> None:
    assert gather(NUMBER, (), (), 0.4) == Evidence(typed=True, form=0.0, share=0.4)


def test_gather_form_found_beside_the_best_measure_counts_less(real_searcher: Searcher) -> None:
    found = real_searcher.search(QUESTION)
    wants = read_wants(found.normalized)
    findings = FactReader(real_searcher, Rows(real_searcher.measures)).read(
        wants, found.hits, found.vector
    )
    inside = next(f for f in findings if f.place.measure == found.hits[0].measure and f.form)
    beside = next(f for f in findings if f.place.prior < 0.1 * found.hits[0].score and f.form)
    assert gather(wants, [inside], found.hits, 0.5).form == inside.form
    assert gather(wants, [beside], found.hits, 0.5).form < 0.1 * beside.form


def test_weigh_rises_with_the_boundary_and_with_the_share() -> None:
    some, more = (Evidence(typed=False, form=0.0, share=share) for share in (0.1, 0.9))
    assert weigh(0.2, some) < weigh(0.8, some)
    assert weigh(0.2, some) < weigh(0.2, more)


def test_weigh_number_that_was_not_found_speaks_against_an_answer() -> None:
    lacking, free = (Evidence(typed=typed, form=0.0, share=0.5) for typed in (True, False))
    assert weigh(0.5, lacking) < weigh(0.5, free)


def test_weigh_number_that_was_found_outweighs_a_doubting_boundary() -> None:
    found, lacking = (Evidence(typed=True, form=form, share=0.7) for form in (1.0, 0.0))
    assert weigh(0.03, found) > 3 * weigh(0.03, lacking)


@pytest.mark.parametrize("answerable", [0.0, 1.0])
def test_weigh_certain_boundary_stays_a_probability(answerable: float) -> None:
    assert 0 < weigh(answerable, Evidence(typed=False, form=0.0, share=0.5)) < 1
