"""Tests of BM25 against rank-bm25, and of coverage by eye."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from index.lexical import Bm25, build_bm25

TERMS = st.lists(st.sampled_from("甲乙丙丁戊"), max_size=6)
DOCUMENTS = st.lists(TERMS, min_size=1, max_size=6).filter(any)


@given(DOCUMENTS, st.lists(st.sampled_from("甲乙丙丁戊己"), max_size=8))
def test_scores_any_documents_equal_rank_bm25(documents: list[list[str]], query: list[str]) -> None:
    expected = BM25Okapi(documents).get_scores(query)
    np.testing.assert_allclose(build_bm25(documents).scores(query), expected, atol=1e-4)


def test_scores_repeated_term_counts_twice() -> None:
    bm25 = build_bm25([["甲", "乙"], ["丙"], ["丁"]])
    np.testing.assert_allclose(bm25.scores(["甲", "甲"]), 2 * bm25.scores(["甲"]), rtol=1e-6)


def test_scores_no_known_term_are_zero_for_every_document() -> None:
    scores = build_bm25([["甲"], ["乙"], ["丙"]]).scores(["丁"])
    assert scores.tolist() == [0.0, 0.0, 0.0]
    assert scores.dtype == np.float32


def test_build_bm25_documents_without_terms_score_zero() -> None:
    empty = build_bm25([[], []])
    assert empty.scores(["甲"]).tolist() == [0, 0]
    assert empty.coverage(["甲"], 0) == 0


def test_build_bm25_empty_document_among_others_scores_zero() -> None:
    assert build_bm25([["甲"], [], ["乙"], ["丙"]]).scores(["甲", "乙"])[1] == 0


# 甲 stands in both documents and weighs at most 2; 乙 stands in document 0 and weighs 3.
WORKED = Bm25(
    vocabulary={"甲": 0, "乙": 1},
    indptr=np.array([0, 2, 3], np.int64),
    documents=np.array([0, 1, 0], np.int32),
    impacts=np.array([1, 2, 3], np.float32),
    count=2,
)


@pytest.mark.parametrize(
    ("terms", "document", "share"),
    [
        (["甲", "乙"], 0, 1.0),  # (2 + 3) / (2 + 3)
        (["甲", "乙"], 1, 0.4),  # 2 / (2 + 3)
        (["甲", "甲", "乙"], 1, 0.4),  # distinct terms count once
        (["甲", "丙"], 0, 0.5),  # unknown 丙 weighs as the heaviest other: 2 / (2 + 2)
        (["乙", "丙", "丁"], 0, 1 / 3),  # 3 / (3 + 3 + 3)
        (["乙"], 1, 0.0),
        (["丙"], 0, 0.0),
        ([], 0, 0.0),
    ],
)
def test_coverage_worked_example_gives_share(terms: list[str], document: int, share: float) -> None:
    assert WORKED.coverage(terms, document) == pytest.approx(share)


def test_scores_worked_example_sum_the_impacts() -> None:
    assert WORKED.scores(["甲", "乙"]).tolist() == [4.0, 2.0]
    assert WORKED.scores(["甲", "甲", "乙", "丙"]).tolist() == [5.0, 4.0]


@given(DOCUMENTS, st.lists(st.sampled_from("甲乙丙丁戊己"), max_size=8), st.data())
def test_coverage_any_documents_is_a_share(
    documents: list[list[str]], query: list[str], data: st.DataObject
) -> None:
    document = data.draw(st.integers(0, len(documents) - 1))
    assert 0 <= build_bm25(documents).coverage(query, document) <= 1
