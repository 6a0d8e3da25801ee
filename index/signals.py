"""One query against all arms: the signals of every measure."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Index
from index.fuse import Evidence, Signals
from index.lexical import Bm25
from index.vector import top

DEPTH = 20_000  # views; a corpus below that is scored whole
ADDED = 0.3  # what an official term weighs beside the query's own; see DECISIONS.md


def dense_rows(index: Index, query: NDArray[np.float32]) -> NDArray[np.float32]:
    """The cosine of a (1, dimension) query to every view; the lowest found beyond the depth."""
    rows, scores = top(index.vectors, query, DEPTH)
    found = np.full(index.vectors.ntotal, scores.min(initial=1.0), np.float32)
    found[rows] = scores
    return found


def weigh(
    index: Index,
    query: NDArray[np.float32],
    terms: Sequence[str],
    best: int,
    *,
    hidden: int = -1,
) -> Evidence:
    """The evidence of the best measure for a (dimension,) query of the embedder's own."""
    mine = index.owners.of(best)
    mine = mine[mine != hidden]
    text = float(index.raw[best] @ query)
    asked = index.raw[2 * len(index.measures) + mine] @ query
    return Evidence(
        text, float(asked.max()) if len(mine) else text, index.words.coverage(terms, best)
    )


def gather(
    index: Index,
    cosines: NDArray[np.float32],
    terms: Sequence[str],
    *,
    added: Sequence[str] = (),
    hidden: int = -1,
) -> Signals:
    """All signals of a query, each of shape (n,).

    Args:
        index: the index.
        cosines: what `dense_rows` gives.
        terms: the query's terms.
        added: the terms of its expansions, which only the measures' own texts are asked for:
            questions are in spoken words already.
        hidden: a question that is taken out, for leave-one-out learning.
    """
    n = len(index.measures)
    asked = cosines[2 * n :]
    matched = index.asked.scores(terms) if index.asked else np.zeros(0, np.float32)
    if hidden >= 0:
        asked, matched = asked.copy(), matched.copy()
        asked[hidden] = matched[hidden] = -np.inf
    question, item = index.owners.best(asked)
    question_words, item_words = index.owners.best(matched)
    return {
        "context": cosines[:n],
        "alone": cosines[n : 2 * n],
        "question": question,
        "item": item,
        "words": _scores(index.words, terms, added),
        "own_words": _scores(index.own_words, terms, added),
        "asked": question_words,
        "item_asked": item_words,
    }


def _scores(bm25: Bm25, terms: Sequence[str], added: Sequence[str]) -> NDArray[np.float32]:
    """BM25 with the expansions at their smaller weight."""
    scores = bm25.scores(terms)
    return scores + np.float32(ADDED) * bm25.scores(added) if added else scores
