"""Calibration learned from the question views themselves, by leave-one-out.

Each question in turn is the query and is hidden; the measure that it asks for is the relevant
one. Then its whole item is taken away: what is best now is wrong, as for a question that the
corpus cannot answer. The evaluation sets are not used.
"""

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
from index.signals import gather
from index.tokens import Tokens
from index.vector import stored

ENOUGH = 200  # questions; fewer do not fix six coefficients
CANDIDATES = 10  # best measures of each query that the model learns from


def learn_fusion(index: Index, tokens: Tokens) -> Fusion:
    """Calibrate the fusion on an index's own questions; the shipped calibration if too few."""
    rows = [j for j, owner in enumerate(index.owners.measure_of) if owner >= 0]
    if len(rows) < ENOUGH:
        return Fusion(WEIGHTS, DEFAULT_CALIBRATIONS, "shipped: fewer than 200 questions")
    vectors = stored(index.vectors)
    asked = vectors[2 * len(index.measures) :]
    tables: dict[str, list[NDArray[np.float64]]] = {mode: [] for mode in MODES}
    labels: dict[str, list[NDArray[np.bool_]]] = {mode: [] for mode in MODES}
    for j in rows:
        words = tokens.terms(normalise(index.questions[j].text))
        signals = gather(index, vectors @ asked[j], words, hidden=j)
        target = int(index.owners.measure_of[j])
        outside = index.owners.items != index.owners.items[target]
        for mode in MODES:
            for keep in (np.ones_like(outside), outside):
                kept = np.flatnonzero(keep)
                part = {name: values[kept] for name, values in signals.items()}
                fused = fuse(part, WEIGHTS, mode)
                places = np.argsort(-fused, kind="stable")[:CANDIDATES]
                covered = index.words.coverage(words, int(kept[places[0]]))
                table = features(fused, part, covered)[places]
                tables[mode].append(table)
                labels[mode].append(kept[places] == target)
    provenance = f"leave-one-out over {len(rows)} questions, each with and without its item"
    return Fusion(
        WEIGHTS,
        {
            mode: _fit(np.concatenate(tables[mode]), np.concatenate(labels[mode]), provenance)
            for mode in MODES
        },
        provenance,
    )


def _fit(table: NDArray[np.float64], labels: NDArray[np.bool_], provenance: str) -> Calibration:
    from sklearn.linear_model import LogisticRegression

    centre, spread = table.mean(axis=0), table.std(axis=0) + 1e-9
    model = LogisticRegression(C=1.0, max_iter=1000).fit((table - centre) / spread, labels)
    slopes = model.coef_[0] / spread
    return Calibration(
        float(model.intercept_[0] - slopes @ centre),
        tuple(float(slope) for slope in slopes),
        provenance,
    )
