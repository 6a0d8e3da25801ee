"""Passages: what is done, who leads, what is required and what follows, each sentence cited."""

import re

import pytest

from index.search import Searcher
from service.answer import Answer, Answerer
from service.howto import PASSAGES, compose_passages
from service.rows import Rows
from tests.service.answering import valid


@pytest.fixture(scope="module")
def answerer(real_searcher: Searcher) -> Answerer:
    """Answers over the real list."""
    return Answerer(real_searcher)


def measures_of(answer: Answer) -> list[str]:
    """The cited measures, as often as they are cited."""
    return [citation.measure for citation in answer.citations]


@pytest.mark.parametrize(
    ("question", "measure"),
    [
        ("怎么申请一照多址", "hz-2022:1.1.1"),
        ("破产管理人怎么查询破产企业财产", "hz-2022:18.1.1"),
        ("税务UKey怎么申领", "hz-2022:90.1.1"),
        ("进口游艇检验怎么办理", "hz-2022:100.1.1"),
    ],
)
def test_ask_how_gives_passages_whose_every_line_is_cited(
    answerer: Answerer, question: str, measure: str
) -> None:
    answer = answerer.ask(question)
    assert (answer.kind, answer.short_answer) == ("measures", None)
    assert measure in measures_of(answer)
    assert all(re.search(r"\[\d+\]。?$", line) for line in answer.answer.split("\n"))
    assert valid(answerer.searcher, answer)


def test_ask_how_tells_who_leads_and_when_and_what_follows(answerer: Answerer) -> None:
    answer = answerer.ask("怎么申请一照多址")
    assert "牵头单位：市市场监管局 [" in answer.answer
    assert "取得成效时间：2022年6月 [" in answer.answer
    assert "改革后" in answer.answer
    fields = {citation.field for citation in answer.citations}
    assert {"text", "lead_units", "due", "content"} <= fields


def test_ask_how_for_what_does_not_apply_says_so_and_nothing_else(answerer: Answerer) -> None:
    answer = answerer.ask("进出口联合登临检查怎么办理")
    assert "hz-2022:42.1.1" in measures_of(answer)
    assert "杭州不涉及该项改革" in answer.answer
    assert "牵头单位" not in answer.answer
    assert valid(answerer.searcher, answer)


def test_passages_are_three_at_most_with_their_items_in_order(real_searcher: Searcher) -> None:
    hits = real_searcher.search("双随机、一公开监管", k=10).hits
    composed = compose_passages(real_searcher, Rows(real_searcher.measures), hits)
    assert 1 <= len(composed.items) <= PASSAGES
    assert list(composed.items) == sorted(composed.items)
