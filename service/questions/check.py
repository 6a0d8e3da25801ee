"""Checking 常见问法: pure functions over a document's measures and its questions.

A target is what a question asks for: `1` an item, `1.1.1` a measure.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corpus.document import Measure
from corpus.questions import Question
from corpus.text import normalise
from index.datatypes import Index
from index.fuse import fuse
from index.signals import gather
from index.tokens import Tokens

SIMILAR = 0.8  # the Jaccard similarity from which two questions count as near-duplicates
NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Shortage:
    """A target with fewer questions than wanted."""

    target: str
    given: int
    wanted: int


@dataclass(frozen=True)
class Pair:
    """Two questions of different targets that are nearly the same; `similarity` in [0, 1]."""

    left: Question
    right: Question
    similarity: float


@dataclass(frozen=True)
class Collision:
    """A question whose nearest measure, with the question itself hidden, is not its own.

    `hard` where the nearest is of another item; `margin` is how far the nearest stands above
    the question's own measure, in fused (standardised) scores.
    """

    question: Question
    nearest: Measure
    hard: bool
    margin: float


def targets(measures: Sequence[Measure]) -> dict[str, tuple[Measure, ...]]:
    """The targets of one document, each item before its measures, and what they are about."""
    items: dict[int, list[Measure]] = {}
    for m in measures:
        items.setdefault(m.item, []).append(m)
    found: dict[str, tuple[Measure, ...]] = {}
    for item, group in items.items():
        found[str(item)] = tuple(group)
        found |= {m.id.split(":")[1]: (m,) for m in group}
    return found


def wanted(target: str, per_measure: int, per_item: int) -> int:
    """How many questions a target should have."""
    return per_measure if "." in target else per_item


def coverage(
    measures: Sequence[Measure], questions: Sequence[Question], *, per_measure: int, per_item: int
) -> tuple[Shortage, ...]:
    """The targets of a document with too few questions, in document order."""
    given = Counter(q.target for q in questions)
    needs = {target: wanted(target, per_measure, per_item) for target in targets(measures)}
    return tuple(Shortage(t, given[t], need) for t, need in needs.items() if given[t] < need)


def bigrams(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters of a normalised text, punctuation aside."""
    bare = NO_WORD.sub("", normalise(text))
    return frozenset(bare[i : i + 2] for i in range(max(len(bare) - 1, min(len(bare), 1))))


def jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    """|left ∩ right| / |left ∪ right|, in [0, 1]; 0 where both are empty.

    Jaccard 1912, "The Distribution of the Flora in the Alpine Zone".
    """
    common = len(left & right)
    return common / (len(left) + len(right) - common) if common else 0.0


def near_duplicates(
    questions: Sequence[Question], *, threshold: float = SIMILAR
) -> tuple[Pair, ...]:
    """The pairs of different targets with similarity ≥ threshold > 0, most similar first."""
    sets = [bigrams(q.text) for q in questions]
    order = sorted((i for i, s in enumerate(sets) if s), key=lambda i: (len(sets[i]), i))
    pairs: list[tuple[float, int, int]] = []
    for place, i in enumerate(order):
        for j in order[place + 1 :]:
            if len(sets[i]) / len(sets[j]) < threshold:
                break  # the Jaccard similarity is at most the ratio of the sizes
            alike = jaccard(sets[i], sets[j])
            if alike >= threshold and questions[i].target != questions[j].target:
                pairs.append((-alike, min(i, j), max(i, j)))
    return tuple(Pair(questions[i], questions[j], -alike) for alike, i, j in sorted(pairs))


def collisions(index: Index, document: str) -> tuple[Collision, ...]:
    """The collisions of a document's questions, hard ones first, the widest margin first.

    Each question is asked as the searcher would, by the index's own fusion, with itself hidden.
    An adapter has been trained on these very questions and would hide their collisions, so the
    embedder's own vectors are asked, before the adapter.
    """
    n, tokens = len(index.measures), Tokens(index.dictionary)
    found: list[Collision] = []
    for j, question in enumerate(index.questions):
        if question.document != document:
            continue
        cosines = index.raw @ index.raw[2 * n + j]
        terms = tokens.terms(normalise(question.text))
        signals = gather(index, cosines, terms, hidden=j)
        fused = fuse(signals, index.fusion.weights, "hybrid")
        own = index.owners.items == index.owners.item_of[j]
        if question.row:
            own = np.arange(n) == index.owners.measure_of[j]
        margin = float(fused.max() - fused[own].max())
        if margin > 0:
            nearest = index.measures[int(fused.argmax())]
            hard = (nearest.document, nearest.item) != (document, question.item)
            found.append(Collision(question, nearest, hard, margin))
    return tuple(sorted(found, key=lambda c: (not c.hard, -c.margin)))
