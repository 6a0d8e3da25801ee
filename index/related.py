"""Measures of other items that belong beside a given one, each with a reason in words."""

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.document import Measure
from index.datatypes import Index
from index.fuse import standardise
from index.tokens import Tokens
from index.vector import stored
from index.views import context_text, own_text

# Weights chosen on the development half of the related cases; see DECISIONS.md.
CONTEXT, OWN, TITLES, TERMS, ASKED = 1.0, 0.5, 1.0, 0.5, 0.5
LEAD, ASPECT, NEIGHBOUR = 1.0, 0.5, 2.0
SHOWN = 3
COMMON = 0.05  # a word in more than this share of the measures is no reason


@dataclass(frozen=True)
class Related:
    """A measure that belongs beside another; `score` in [0, 1] orders, `reason` says why."""

    measure: Measure
    score: float
    reason: str


class Relater:
    """Compares items by what their texts and questions say; loads once."""

    def __init__(self, index: Index, tokens: Tokens) -> None:
        self._index, self._tokens = index, tokens
        n = len(index.measures)
        vectors = stored(index.vectors)
        self._contexts, self._owns = vectors[:n], vectors[n : 2 * n]
        self._items = _centroids(self._contexts, index.owners.items)
        asked = vectors[2 * n :]
        self._asked = _centroids(asked, index.owners.item_of) if len(asked) else None
        self._terms = [frozenset(_long(tokens, own_text(m))) for m in index.measures]

        often = Counter(term for terms in self._terms for term in terms)
        self._common = {term for term, count in often.items() if count > COMMON * n}

    def related(self, row: int, k: int) -> tuple[Related, ...]:
        """The k best measures of other items beside measure `row`, one an item, best first."""
        owners, measures = self._index.owners, self._index.measures
        item = owners.items[row]
        words = self._tokens.terms(context_text(measures[row]))
        signals = [
            CONTEXT * standardise(self._contexts @ self._contexts[row]),
            OWN * standardise(self._owns @ self._owns[row]),
            TITLES * standardise((self._items @ self._items[item])[owners.items]),
            TERMS * standardise(self._index.words.scores(words)),
        ]
        if self._asked is not None:
            signals.append(ASKED * standardise((self._asked @ self._asked[item])[owners.items]))
        total = np.sum([*signals, self._together(row)], axis=0)
        found: dict[int, int] = {}
        for other in np.argsort(-total, kind="stable"):
            if owners.items[other] != item and owners.items[other] not in found:
                found[int(owners.items[other])] = int(other)
            if len(found) == k:
                break
        scale = total[row]
        return tuple(
            Related(
                measures[other],
                round(float(np.clip(total[other] / scale, 0, 1)), 6),
                self._reason(row, other),
            )
            for other in found.values()
        )

    def _together(self, row: int) -> NDArray[np.float32]:
        """What standing together counts: the lead unit, the aspect, nearness in the document."""
        here = self._index.measures[row]
        leads = set(here.lead_units)
        values = np.zeros(len(self._index.measures), np.float32)
        for place, there in enumerate(self._index.measures):
            if there.document != here.document:
                continue
            distance = max(1, abs(there.item - here.item))
            values[place] = (
                LEAD * (not leads.isdisjoint(there.lead_units))
                + ASPECT * (there.aspect == here.aspect)
                + NEIGHBOUR * math.exp(-(distance - 1) / 2)
            )
        return values

    def _reason(self, row: int, other: int) -> str:
        """What two measures share: terms, the lead unit, the aspect."""
        here, there = self._index.measures[row], self._index.measures[other]
        titles = set(_long(self._tokens, here.title)) & set(_long(self._tokens, there.title))
        shared = (self._terms[row] & self._terms[other]) - self._common
        words = sorted(titles - self._common, key=_by_length)
        words = list(dict.fromkeys(words + sorted(shared, key=_by_length)))[:SHOWN]
        reasons = [f"都涉及{'、'.join(f'“{word}”' for word in words)}"] if words else []
        leads = [unit for unit in here.lead_units if unit in there.lead_units]
        if leads:
            reasons.append(f"同由{'、'.join(leads)}牵头")
        if here.aspect and here.aspect == there.aspect:
            reasons.append("同属一个方面")
        if here.document == there.document and abs(here.item - there.item) == 1:
            reasons.append("前后相邻")
        return "；".join(reasons) or "内容相近"


def _by_length(word: str) -> tuple[int, str]:
    return -len(word), word


def _long(tokens: Tokens, text: str) -> list[str]:
    return [word for word in tokens.cut(text)[0] if len(word) >= 3 and not word.isdecimal()]


def _centroids(vectors: NDArray[np.float32], groups: NDArray[np.int64]) -> NDArray[np.float32]:
    """The normalised mean vector of each group, (groups, dimension)."""
    sums = np.zeros((int(groups.max()) + 1, vectors.shape[1]), np.float32)
    np.add.at(sums, groups, vectors)
    norms = np.linalg.norm(sums, axis=1, keepdims=True)
    result: NDArray[np.float32] = sums / np.maximum(norms, 1e-9)
    return result
