"""Which row of an item a question means."""

import pytest

from corpus.measures import Parsed
from index.search import Searcher
from service.answer import Answerer
from service.rows import Rows, row_of


@pytest.fixture(scope="module")
def answerer(real_searcher: Searcher) -> Answerer:
    """Answers over the real list."""
    return Answerer(real_searcher)


def test_measures_of_a_row_are_in_document_order(small: Parsed) -> None:
    rows = Rows(small.measures)
    assert [m.id for m in rows.measures(("small", 1, 1))] == ["small:1.1.1", "small:1.1.2"]


def test_siblings_are_the_first_measures_of_the_other_rows(small: Parsed) -> None:
    rows = Rows(small.measures)
    first, _, second, third = small.measures
    assert rows.siblings(first) == []
    assert rows.siblings(second) == [third]
    assert row_of(third) == ("small", 2, 2)


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("成品油领域的综合监管机制由哪个部门牵头", 2),
        ("农产品领域的综合监管机制由哪个部门牵头", 3),
        ("预付式消费领域的综合监管机制由哪个部门牵头", 1),
    ],
)
def test_meant_is_the_row_whose_scope_is_named(
    real_searcher: Searcher, question: str, row: int
) -> None:
    rows = Rows(real_searcher.measures)
    other = [m for m in real_searcher.search("综合监管机制", k=100).hits if m.measure.item == 60]
    assert row_of(rows.meant(other, question)) == ("hz-2022", 60, row)


def test_meant_without_a_named_row_is_the_best_hit(real_searcher: Searcher) -> None:
    hits = [h for h in real_searcher.search("综合监管机制", k=100).hits if h.measure.item == 60]
    assert Rows(real_searcher.measures).meant(hits, "综合监管") == hits[0].measure


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("成品油领域建立综合监管机制由哪个部门牵头", "市商务局（杭州自贸片区管委会）"),
        ("农产品领域建立综合监管机制由哪个部门牵头", "市农业农村局"),
        ("预付式消费领域建立综合监管机制由哪个部门牵头", "市市场监管局"),
        ("成品油领域建立综合监管机制什么时候见效", "2022年6月"),
        ("农产品领域建立综合监管机制什么时候见效", "2022年3月"),
    ],
)
def test_ask_answers_from_the_row_that_was_named(
    answerer: Answerer, question: str, short: str
) -> None:
    answer = answerer.ask(question)
    assert answer.short_answer == short
    assert answer.items == (("hz-2022", 60),)
