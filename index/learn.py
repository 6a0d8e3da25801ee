"""Calibration learned from the question views themselves, by leave-one-out.

Each question in turn is the query and is hidden; the measure that it asks for is the relevant
one. Then its whole item is taken away: what is best now is wrong, as for a question that the
corpus cannot answer. The evaluation sets are not used.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from corpus.text import normalise
from index.datatypes import Index
from index.fuse import (
    DEFAULT_CALIBRATIONS,
    MODES,
    WEIGHTS,
    Calibration,
    Fusion,
    features,
    fuse,
)
from index.logistic import fit_logistic
from index.signals import gather, weigh
from index.tokens import Tokens
from index.vector import stored

BY_QUESTION = ("question", "item", "asked", "item_asked")
ENOUGH = 200  # questions; fewer do not fix six coefficients
UNANSWERABLE = 0.25  # what a question without its item weighs; see DECISIONS.md
CANDIDATES = 10  # best measures of each query that the model learns from


@dataclass(frozen=True)
class Sample:
    """What one query teaches one mode: feature rows and which of them are relevant."""

    mode: str
    table: NDArray[np.float64]
    relevant: NDArray[np.bool_]
    weight: float


def trainable(index: Index) -> list[int]:
    """The questions that ask for one measure."""
    return [j for j, owner in enumerate(index.owners.measure_of) if owner >= 0]


def learn_fusion(index: Index, tokens: Tokens) -> Fusion:
    """Calibrate the fusion on an index's own questions; the shipped calibration if too few."""
    rows = trainable(index)
    if len(rows) < ENOUGH:
        return Fusion(WEIGHTS, DEFAULT_CALIBRATIONS, f"shipped: fewer than {ENOUGH} questions")
    provenance = f"leave-one-out over {len(rows)} questions, each with and without its item"
    return Fusion(WEIGHTS, fit(collect(index, tokens, rows), provenance), provenance)


def collect(
    index: Index,
    tokens: Tokens,
    rows: Sequence[int],
    *,
    among: NDArray[np.bool_] | None = None,
    texts_only: bool = False,
) -> list[Sample]:
    """Ask the given questions, each hidden, with and without its item: six samples a question.

    `among` are the measures that are there, all by default; the questions must ask for some of
    them. `texts_only` hides all other questions too: what a corpus without questions looks like,
    in whatever model, so that cosines, which differ from model to model, say nothing.
    """
    vectors = stored(index.vectors)
    texts = 2 * len(index.measures)
    asked = vectors[texts:]
    samples: list[Sample] = []
    for j in rows:
        words = tokens.terms(normalise(index.questions[j].text))
        signals = gather(index, vectors @ asked[j], words, hidden=j)
        if texts_only:
            blank = np.zeros(len(index.measures), np.float32)
            signals = {**signals, **dict.fromkeys(BY_QUESTION, blank)}
        target = int(index.owners.measure_of[j])
        outside = index.owners.items != index.owners.items[target]
        there = np.ones_like(outside) if among is None else among
        for keep, weight in ((there, 1.0), (there & outside, UNANSWERABLE)):
            kept = np.flatnonzero(keep)
            if not len(kept):
                continue
            part = {name: values[kept] for name, values in signals.items()}
            for mode in MODES:
                fused = fuse(part, WEIGHTS, mode)
                places = np.argsort(-fused, kind="stable")[:CANDIDATES]
                best = int(kept[places[0]])
                evidence = weigh(index, index.raw[texts + j], words, best, hidden=j)
                if texts_only:
                    evidence = replace(evidence, text=0.0, question=0.0)
                table = features(fused, evidence)[places]
                samples.append(Sample(mode, table, kept[places] == target, weight))
    return samples


def fit(samples: Sequence[Sample], provenance: str) -> dict[str, Calibration]:
    """One calibration a mode."""
    return {mode: _fit([s for s in samples if s.mode == mode], provenance) for mode in MODES}


def _fit(samples: Sequence[Sample], provenance: str) -> Calibration:
    model = fit_logistic(
        np.concatenate([s.table for s in samples]),
        np.concatenate([s.relevant for s in samples]),
        np.concatenate([np.full(len(s.table), s.weight) for s in samples]),
    )
    return Calibration(model.intercept, model.coefficients, provenance)
