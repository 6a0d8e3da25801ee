"""Answers: word for word with citations, or a refusal with the nearest measures."""

from collections.abc import Mapping, Sequence
from typing import cast

import pytest

from corpus.document import Document, Measure
from corpus.errors import InputError
from corpus.measures import Parsed
from corpus.text import strip_layout
from index.search import Arms, Hit, Result, Searcher
from service.answer import THRESHOLD, Answer, ask
from service.schemas import answer_json

KINDS = {"measures", "fact", "list", "none"}


class FixedSearcher:
    """Finds the given measures with the given scores, whatever is asked."""

    def __init__(self, parsed: Parsed, scored: Sequence[tuple[int, float]]) -> None:
        self.measures: Sequence[Measure] = parsed.measures
        self.documents: Mapping[str, Document] = {parsed.document.id: parsed.document}
        self._hits = tuple(
            Hit(rank, score, parsed.measures[place], (), "text", "", Arms(0.0, 0.0, 1, 1))
            for rank, (place, score) in enumerate(scored, 1)
        )

    def search(self, query: str, *, k: int = 10) -> Result:
        """The first k of the fixed hits."""
        return Result(query, query, self._hits[:k])


def ask_fixed(parsed: Parsed, *scored: tuple[int, float], k: int = 10) -> Answer:
    """Ask a searcher that finds the measures at these places with these scores."""
    return ask(cast(Searcher, FixedSearcher(parsed, scored)), "怎么办？", k=k)


def cited(answer: Answer) -> list[tuple[int, str]]:
    """The numbers and measures of an answer's citations."""
    return [(citation.n, citation.measure) for citation in answer.citations]


def test_ask_with_one_sure_hit_quotes_it(small: Parsed) -> None:
    answer = ask_fixed(small, (0, 0.9))
    assert answer.answerable
    assert answer.kind == "measures"
    assert answer.confidence == 0.9
    assert answer.answer == "扩大“一照多址”适用范围。 [1]"
    assert cited(answer) == [(1, "small:1.1.1")]
    assert answer.items == (("small", 1),)
    assert [hit.measure.id for hit in answer.hits] == ["small:1.1.1"]
    assert answer.nearest == ()


def test_ask_just_below_the_threshold_refuses_and_shows_the_nearest(small: Parsed) -> None:
    answer = ask_fixed(small, (0, THRESHOLD - 0.001), (1, 0.01))
    assert not answer.answerable
    assert answer.kind == "none"
    assert answer.short_answer is None
    assert answer.confidence == THRESHOLD - 0.001
    assert (answer.items, answer.citations, answer.hits) == ((), (), ())
    assert [hit.measure.id for hit in answer.nearest] == ["small:1.1.1", "small:1.1.2"]
    assert "找不到" in answer.answer
    assert "最接近" in answer.answer


def test_ask_at_the_threshold_answers(small: Parsed) -> None:
    assert ask_fixed(small, (0, THRESHOLD)).answerable


def test_ask_without_hits_refuses_and_promises_nothing(small: Parsed) -> None:
    answer = ask_fixed(small)
    assert not answer.answerable
    assert answer.confidence == 0.0
    assert answer.nearest == ()
    assert "最接近" not in answer.answer


def test_ask_adds_passages_that_are_nearly_as_good(small: Parsed) -> None:
    answer = ask_fixed(small, (0, 0.5), (2, 0.21), (1, 0.19))  # 0.4 of the best is 0.2
    assert cited(answer) == [(1, "small:1.1.1"), (2, "small:2.1.1")]
    assert answer.answer.endswith("网上缴纳税费。 [2]")
    assert answer.items == (("small", 1), ("small", 2))
    assert len(answer.hits) == 3


def test_ask_gives_three_passages_at_most_and_each_item_once(small: Parsed) -> None:
    answer = ask_fixed(small, (3, 0.9), (0, 0.9), (1, 0.9), (2, 0.9))
    assert cited(answer) == [(1, "small:2.2.1"), (2, "small:1.1.1"), (3, "small:1.1.2")]
    assert answer.items == (("small", 2), ("small", 1))


def test_ask_with_k_limits_the_hits(small: Parsed) -> None:
    assert len(ask_fixed(small, (0, 0.9), (1, 0.8), k=1).hits) == 1


@pytest.mark.parametrize("question", ["", "  \n", "？！", "问" * 100_000, "一照\ud800"])
def test_ask_with_bad_question_is_refused_with_a_message(
    real_searcher: Searcher, question: str
) -> None:
    with pytest.raises(InputError, match="问题"):
        ask(real_searcher, question)


def test_ask_over_the_real_list_answers_from_the_source(real_searcher: Searcher) -> None:
    answer = ask(real_searcher, "一照多址怎么办理")
    assert answer.answerable
    assert answer.hits[0].measure.id == "hz-2022:1.1.1"
    assert ("hz-2022", 1) in answer.items
    for n, citation in enumerate(answer.citations, 1):
        document = real_searcher.documents["hz-2022"]
        assert citation.n == n
        assert f"[{n}]" in answer.answer
        assert citation.quote == strip_layout(document.text[citation.start : citation.end])
        assert citation.sha256 == document.sha256


@pytest.mark.parametrize("question", ["红烧肉怎么做好吃", "How do I bake sourdough bread?"])
def test_ask_for_what_no_document_says_refuses(real_searcher: Searcher, question: str) -> None:
    answer = ask(real_searcher, question)
    assert not answer.answerable
    assert answer.kind == "none"
    assert answer.citations == ()
    assert answer.nearest


@pytest.mark.parametrize("question", ["一照多址怎么办理", "办税", "第27项", "红烧肉怎么做好吃"])
def test_answer_is_in_the_contracts_form_and_range(real_searcher: Searcher, question: str) -> None:
    answer = answer_json(real_searcher, ask(real_searcher, question))
    assert list(answer) == [
        "question",
        "kind",
        "answerable",
        "confidence",
        "short_answer",
        "answer",
        "items",
        "citations",
        "hits",
        "nearest",
    ]
    assert answer["question"] == question
    assert answer["kind"] in KINDS
    assert answer["answerable"] == (answer["kind"] != "none")
    assert 0 <= answer["confidence"] <= 1
    assert answer["short_answer"] is None or len(answer["short_answer"]) <= 60
    assert all(set(item) == {"document", "item"} for item in answer["items"])
    assert bool(answer["citations"]) == answer["answerable"]


def test_ask_twice_gives_the_same_answer(real_searcher: Searcher) -> None:
    assert ask(real_searcher, "公积金提取") == ask(real_searcher, "公积金提取")
