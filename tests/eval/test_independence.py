"""The evaluation set stands apart from the questions by which measures are found."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from corpus.measures import Parsed
from corpus.questions import FILE, UNANSWERABLE, Question, read_questions, read_unanswerable
from eval.cli import SET, SPLITS
from service.library import BUNDLED
from service.questions.check import SIMILAR, bigrams, jaccard

WRITTEN = (*SPLITS, "fresh")  # see DECISIONS.md on the fresh cases


@dataclass(frozen=True)
class Nearest:
    """A query with the question view most like it; `similarity` is their Jaccard in [0, 1]."""

    similarity: float
    qid: str
    query: str
    question: str


def read_queries(
    name: str, identity: str, text: str, *, kind: str = ""
) -> Iterator[tuple[str, str]]:
    """The ids and texts of the queries of one file of the evaluation set, or of one kind."""
    for line in (SET / name).read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if kind not in ("", record.get("kind")):
            continue
        if text in record:  # cases of the kind `related` ask with a measure, not with words
            yield record[identity], record[text]


@pytest.fixture(scope="module")
def nearest(real_list: Parsed) -> list[Nearest]:
    """Every query of the evaluation set with its most similar question, most similar first."""
    questions = read_questions(BUNDLED[0] / FILE, "hz-2022", real_list.measures)
    queries = list(read_queries("queries.jsonl", "_id", "text"))
    for split in WRITTEN:
        queries += read_queries(f"cases_{split}.jsonl", "qid", "query")
    return _nearest(queries, questions)


@pytest.fixture(scope="module")
def nearest_unanswerable(real_list: Parsed) -> list[Nearest]:
    """Every unanswerable case with its most similar unanswerable question of the document."""
    questions = read_unanswerable(BUNDLED[0] / UNANSWERABLE, "hz-2022", real_list.measures)
    cases: list[tuple[str, str]] = []
    for split in WRITTEN:
        cases += read_queries(f"cases_{split}.jsonl", "qid", "query", kind="none")
    return _nearest(cases, questions)


def _nearest(queries: Sequence[tuple[str, str]], questions: Sequence[Question]) -> list[Nearest]:
    views = [(bigrams(q.text), q.text) for q in questions]
    found = []
    for qid, query in queries:
        pairs = bigrams(query)
        alike, question = max((jaccard(pairs, view), text) for view, text in views)
        found.append(Nearest(alike, qid, query, question))
    return sorted(found, key=lambda n: (-n.similarity, n.qid))


def test_no_query_is_a_near_copy_of_a_question_view(nearest: list[Nearest]) -> None:
    """The figure is the maximum character-bigram Jaccard over all queries and questions."""
    assert len(nearest) > 600
    assert [n for n in nearest if n.similarity >= SIMILAR] == []


def test_half_of_the_queries_share_under_a_third_of_their_pairs_with_any_question(
    nearest: list[Nearest],
) -> None:
    assert nearest[len(nearest) // 2].similarity < 1 / 3


def test_no_unanswerable_case_is_a_near_copy_of_an_unanswerable_question(
    nearest_unanswerable: list[Nearest],
) -> None:
    assert len(nearest_unanswerable) > 50
    assert [n for n in nearest_unanswerable if n.similarity >= SIMILAR] == []
