"""Tests of related measures: other items, one each, with a reason."""

from collections.abc import Callable

import pytest

from corpus.errors import InputError, NotFoundError
from corpus.measures import Parsed, parse
from index.search import Searcher
from tests.conftest import TASKS, make_document


def test_related_gives_other_items_once_each_best_first(searcher: Searcher) -> None:
    found = searcher.related("82.1.1", k=10)
    items = [r.measure.item for r in found]
    assert 82 not in items
    assert len(set(items)) == len(items) == 10
    assert [r.score for r in found] == sorted((r.score for r in found), reverse=True)
    assert all(0 <= r.score <= 1 for r in found)


def test_related_inheritance_measures_find_their_twins(searcher: Searcher) -> None:
    assert {r.measure.item for r in searcher.related("82.1.1", k=3)} >= {83, 84}


def test_related_reason_names_shared_words_unit_aspect_and_neighbour(searcher: Searcher) -> None:
    reasons = {r.measure.item: r.reason for r in searcher.related("8.1.2", k=5)}
    assert "代扣代缴" in reasons[7]
    assert "牵头单位同为市市场监管局" in reasons[7]
    assert "同属一个方面" in reasons[7]
    assert "前后相邻" in reasons[7]


def test_related_words_that_stand_everywhere_are_no_reason(searcher: Searcher) -> None:
    reasons = [r.reason for m in searcher.measures[::40] for r in searcher.related(m.id, k=5)]
    assert not any("“杭州市”" in reason or "“改革后”" in reason for reason in reasons)


def test_related_in_a_corpus_without_questions_works(
    small: Parsed, searcher_of: Callable[..., Searcher]
) -> None:
    found = searcher_of(small).related("1.1.1", k=5)
    assert [r.measure.item for r in found] == [2]


def test_related_reason_names_the_column_as_the_document_does(
    searcher_of: Callable[..., Searcher],
) -> None:
    text = TASKS + "4\t地址登记\t一址多照怎么登记。\t市税务局\t—\t2025年9月\t市级财政\n"
    reasons = {
        r.measure.item: r.reason
        for r in searcher_of(parse(make_document(text, "tasks"))).related("1.1.1", k=5)
    }
    assert "主管部门同为市税务局" in reasons[4]
    assert not any("资金来源" in reason for reason in reasons.values())


@pytest.mark.parametrize("k", [0, 101])
def test_related_k_out_of_range_is_refused(searcher: Searcher, k: int) -> None:
    with pytest.raises(InputError, match="1 到 100"):
        searcher.related("1.1.1", k=k)


def test_related_unknown_measure_is_refused(searcher: Searcher) -> None:
    with pytest.raises(NotFoundError, match=r"没有举措 999\.1\.1"):
        searcher.related("999.1.1")
