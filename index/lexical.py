"""BM25 over terms, served from precomputed sparse impacts.

The impacts are those of rank-bm25's `BM25Okapi` (Trotman et al. 2014, "Improvements to BM25 and
Language Models Examined"; negative IDFs are floored at ε times the mean IDF): a query's scores
are a sum of matrix rows, equal to `BM25Okapi.get_scores`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi


@dataclass(frozen=True)
class Bm25:
    """Impacts in compressed sparse rows, one row a term.

    `indptr[t]:indptr[t+1]` slices the entries of the term with number t = `vocabulary[term]`:
    `documents` (document numbers) and `impacts` (their scores).
    """

    vocabulary: dict[str, int]
    indptr: NDArray[np.int64]
    documents: NDArray[np.int32]
    impacts: NDArray[np.float32]
    count: int

    @cached_property
    def weights(self) -> NDArray[np.float32]:
        """Each term's largest impact, at least 0: how much it can say."""
        return np.maximum(np.maximum.reduceat(self.impacts, self.indptr[:-1]), 0)

    def scores(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """The (count,) scores of all documents for a query's terms; repeated terms count."""
        slices = []
        weights = []
        for term, repeats in Counter(terms).items():
            number = self.vocabulary.get(term)
            if number is not None:
                slices.append(slice(self.indptr[number], self.indptr[number + 1]))
                weights.append(repeats)
        if not slices:
            return np.zeros(self.count, np.float32)
        documents = np.concatenate([self.documents[s] for s in slices])
        impacts = np.concatenate(
            [
                self.impacts[s] if w == 1 else self.impacts[s] * w
                for s, w in zip(slices, weights, strict=True)
            ]
        )
        return np.bincount(documents, impacts, self.count).astype(np.float32)

    def coverage(self, terms: Sequence[str], document: int) -> float:
        """The share in [0, 1] of a query's term weight that a document holds.

        A distinct term weighs what its largest impact is; a term that no document has weighs as
        much as the heaviest other one, since a corpus that has never seen it cannot answer it.
        """
        held, total, unknown, heaviest = 0.0, 0.0, 0, 0.0
        for term in set(terms):
            number = self.vocabulary.get(term)
            if number is None:
                unknown += 1
                continue
            entries = slice(self.indptr[number], self.indptr[number + 1])
            weight = float(self.weights[number])
            heaviest, total = max(heaviest, weight), total + weight
            place = np.searchsorted(self.documents[entries], document)
            documents = self.documents[entries]
            held += weight if place < len(documents) and documents[place] == document else 0.0
        total += unknown * (heaviest or 1.0)
        return held / total if total else 0.0


def build_bm25(documents: Sequence[Sequence[str]]) -> Bm25:
    """Precompute the impacts of tokenised documents.

    Documents without any term score 0 for every query.
    """
    if not any(documents):
        nothing = np.zeros(0, np.float32)
        return Bm25({}, np.zeros(1, np.int64), np.zeros(0, np.int32), nothing, len(documents))
    reference = BM25Okapi([list(terms) for terms in documents])
    postings: dict[str, list[tuple[int, float]]] = {}
    k1, b = reference.k1, reference.b
    for number, frequencies in enumerate(reference.doc_freqs):
        norm = k1 * (1 - b + b * reference.doc_len[number] / reference.avgdl)
        for term, frequency in frequencies.items():
            impact = reference.idf[term] * frequency * (k1 + 1) / (frequency + norm)
            postings.setdefault(term, []).append((number, impact))
    terms = sorted(postings)
    lengths = [len(postings[term]) for term in terms]
    return Bm25(
        vocabulary={term: number for number, term in enumerate(terms)},
        indptr=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        documents=np.array([d for term in terms for d, _ in postings[term]], np.int32),
        impacts=np.array([i for term in terms for _, i in postings[term]], np.float32),
        count=len(documents),
    )
