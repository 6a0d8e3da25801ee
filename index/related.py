"""Measures of other items that belong beside a given one, each with a reason in words."""

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.document import Measure
from index.datatypes import Index
from index.fuse import standardise
from index.organs import leading_organs
from index.tokens import Tokens
from index.vector import stored
from index.views import context_text, others, own_text

# Weights chosen on the development half of the related cases; see DECISIONS.md.
CONTEXT, OWN, TITLES, TERMS, ASKED = 1.0, 0.5, 1.0, 0.5, 0.5
LEAD, ASPECT, NEIGHBOUR = 1.0, 0.5, 2.0
SHOWN = 3
COMMON = 0.05  # a word in more than this share of the measures is no reason
LONG = 6  # a longer word is more often two that were cut as one
RARE = 0.2  # nor is a responsible unit of more than this share
ALIKE = 0.6  # the cosine from which two questions ask alike


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
        groups = int(index.owners.items.max()) + 1
        self._items = _centroids(self._contexts, index.owners.items, groups)
        self._questions = vectors[2 * n :]
        self._asked = _centroids(self._questions, index.owners.item_of, groups)
        self._has_questions = np.isin(np.arange(groups), index.owners.item_of)
        self._terms = [frozenset(_words(tokens, context_text(m))) for m in index.measures]
        own = [set(_words(tokens, own_text(m))) for m in index.measures]
        self._often = Counter(word for words in own for word in words)
        self._names = frozenset(cell.name for m in index.measures for cell in others(m))
        self._policy = frozenset(tokens.dictionary)
        self._helping = Counter(u for m in index.measures for u in m.responsible_units)

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
        if self._has_questions[item]:
            signals.append(ASKED * standardise(self._alike(item)[owners.items]))
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
        """What standing together counts: who is in charge, the aspect, nearness in the document."""
        here = self._index.measures[row]
        leads = set(leading_organs(here))
        values = np.zeros(len(self._index.measures), np.float32)
        for place, there in enumerate(self._index.measures):
            if there.document != here.document:
                continue
            distance = max(1, abs(there.item - here.item))
            values[place] = (
                LEAD * (not leads.isdisjoint(leading_organs(there)))
                + ASPECT * (there.aspect == here.aspect)
                + NEIGHBOUR * math.exp(-(distance - 1) / 2)
            )
        return values

    def _alike(self, item: int) -> NDArray[np.float32]:
        """How alike the questions of every item are to those of one; the mean where it has none."""
        alike = self._asked @ self._asked[item]
        mean = alike[self._has_questions].mean()
        found: NDArray[np.float32] = np.where(self._has_questions, alike, mean)
        return found

    def _reason(self, row: int, other: int) -> str:
        """What two measures share: terms, a question, units, the aspect."""
        here, there = self._index.measures[row], self._index.measures[other]
        words = self._shared_words(row, other)
        reasons = [f"都涉及{'、'.join(f'“{word}”' for word in words)}"] if words else []
        question, alike = self._shared_question(row, other)
        reasons += [f"都有人问“{question}”这样的问题"] if alike >= ALIKE else []
        leads = [organ for organ in leading_organs(here) if organ in leading_organs(there)]
        if leads:
            name = _column(here, there, "lead", "organ")
            reasons.append(f"{name}同为{'、'.join(leads)}")
        most = RARE * len(self._index.measures)
        helping = [
            unit
            for unit in here.responsible_units
            if unit in there.responsible_units and self._helping[unit] <= most
        ]
        if helping and not leads:
            name = _column(here, there, "responsible")
            reasons.append(f"{name}都有{'、'.join(helping[:SHOWN])}")
        if question and not reasons:
            reasons.append(f"意思相近，这里可以问“{question}”")
        if here.aspect and here.aspect == there.aspect:
            reasons.append("同属一个方面")
        if here.document == there.document and abs(here.item - there.item) == 1:
            reasons.append("前后相邻")
        return "；".join(reasons) or "内容相近"

    def _shared_words(self, row: int, other: int) -> list[str]:
        """Up to three words of both in context, of the titles first, none within another.

        Words of two characters count where they are policy terms and there is no longer one.
        """
        here, there = (
            set(_words(self._tokens, self._index.measures[m].title)) for m in (row, other)
        )
        most = COMMON * len(self._index.measures)
        words: list[str] = []
        for both in (here & there, self._terms[row] & self._terms[other]):
            for word in sorted(both, key=lambda word: (len(word) > LONG, -len(word), word)):
                telling = len(word) > 2 or (word in self._policy and not words)
                nested = any(word in told or told in word for told in words)
                heads = any(word in name for name in self._names)  # a column's, not the row's
                if self._often[word] <= most and telling and not nested and not heads:
                    words.append(word)
        return words[:SHOWN]

    def _shared_question(self, row: int, other: int) -> tuple[str, float]:
        """The question of the other measure that is nearest to one of this, and their cosine."""
        mine, theirs = self._index.owners.of(row), self._index.owners.of(other)
        if not len(mine) or not len(theirs):
            return "", 0.0
        alike = (self._questions[mine] @ self._questions[theirs].T).max(axis=0)
        best = int(np.argmax(alike))
        return self._index.questions[theirs[best]].text, float(alike[best])


def _column(here: Measure, there: Measure, *roles: str) -> str:
    """The name of the column of a role, where both rows name it alike; else a neutral word."""
    names = {cell.name for m in (here, there) for cell in m.cells(*roles)[:1]}
    return names.pop() if len(names) == 1 else "单位"


def _words(tokens: Tokens, text: str) -> list[str]:
    return [word for word in tokens.cut(text)[0] if len(word) >= 2 and not word.isdecimal()]


def _centroids(
    vectors: NDArray[np.float32], groups: NDArray[np.int64], count: int
) -> NDArray[np.float32]:
    """The normalised mean vector of each group, (count, dimension); 0 where a group is empty."""
    sums = np.zeros((count, vectors.shape[1]), np.float32)
    np.add.at(sums, groups, vectors)
    norms = np.linalg.norm(sums, axis=1, keepdims=True)
    result: NDArray[np.float32] = sums / np.maximum(norms, 1e-9)
    return result
