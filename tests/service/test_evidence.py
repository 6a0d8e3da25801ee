"""What speaks for an answer beside the boundary or the score."""

from dataclasses import replace

import pytest

from index.search import Searcher
from service.evidence import (
    BARE,
    LEARNED,
    PLAIN,
    Evidence,
    Judge,
    columns,
    form_found,
    judge_of,
    typed,
)
from service.facts import FactReader
from service.rows import Rows
from service.wants import read_wants

NUMBER, NAME = read_wants("一共有几类证照"), read_wants("一照通办")
QUESTION = "公众聚集场所每年至少抽查几次"
FREE = Evidence(typed=False, form=0.0, share=0.5, text=0.85, sentence=0.85)
LACKING = replace(FREE, typed=True)


def test_columns_are_the_log_odds_and_the_evidence() -> None:
    found = Evidence(typed=True, form=0.8, share=0.4, text=0.9, sentence=0.7)
    assert columns(0.5, found) == (0.0, 1.0, 0.8, 0.4, 0.9, 0.7)


def test_typed_is_a_number_or_a_name_that_is_asked_for() -> None:
    assert typed(NUMBER)
    assert typed(read_wants("用哪个平台"))
    assert not typed(NAME)


def test_form_without_a_form_asked_for_or_a_finding_is_none() -> None:
    assert form_found(NAME, (), ()) == form_found(NUMBER, (), ()) == 0.0


def test_form_found_beside_the_best_measure_counts_less(real_searcher: Searcher) -> None:
    found = real_searcher.search(QUESTION)
    wants = read_wants(found.normalized)
    findings = FactReader(real_searcher, Rows(real_searcher.measures)).read(
        wants, found.hits, found.vector
    )
    inside = next(f for f in findings if f.place.measure == found.hits[0].measure and f.form)
    beside = next(f for f in findings if f.place.prior < 0.1 * found.hits[0].score and f.form)
    assert form_found(wants, [inside], found.hits) == inside.form
    assert form_found(wants, [beside], found.hits) < 0.1 * beside.form


@pytest.mark.parametrize("judge", [LEARNED, PLAIN])
def test_weigh_rises_with_what_is_known_and_with_the_share(judge: Judge) -> None:
    assert judge.weigh(0.2, FREE) < judge.weigh(0.8, FREE)
    assert judge.weigh(0.2, FREE) < judge.weigh(0.2, replace(FREE, share=0.9))


def test_weigh_without_a_boundary_rises_with_the_cosines() -> None:
    assert BARE.weigh(0.5, FREE) < BARE.weigh(0.5, replace(FREE, text=0.9))
    assert BARE.weigh(0.5, FREE) < BARE.weigh(0.5, replace(FREE, sentence=0.9))


@pytest.mark.parametrize("judge", [LEARNED, BARE, PLAIN])
def test_weigh_number_that_was_not_found_speaks_against_an_answer(judge: Judge) -> None:
    assert judge.weigh(0.5, LACKING) < judge.weigh(0.5, FREE)


@pytest.mark.parametrize("judge", [LEARNED, BARE, PLAIN])
def test_weigh_number_that_was_found_outweighs_doubt(judge: Judge) -> None:
    found = replace(LACKING, form=1.0)
    assert judge.weigh(0.03, found) > 3 * judge.weigh(0.03, LACKING)


@pytest.mark.parametrize("known", [0.0, 1.0])
@pytest.mark.parametrize("judge", [LEARNED, BARE, PLAIN])
def test_weigh_what_is_certain_stays_a_probability(judge: Judge, known: float) -> None:
    assert 0 < judge.weigh(known, FREE) < 1


def test_judge_is_of_what_was_learned_and_of_the_model(real_searcher: Searcher) -> None:
    index = real_searcher.index
    assert judge_of(index, learned=True) == LEARNED
    assert judge_of(index, learned=False) == BARE
    assert judge_of(replace(index, model="other 12ab"), learned=False) == PLAIN
