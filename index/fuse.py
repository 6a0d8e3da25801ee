"""Fusing the arms and calibrating the result: pure functions over (n,) arrays.

A query's signals, one (n,) array each, are standardised over the measures (z-scores), so that
cosines and BM25 scores can be added; the fused value is their weighted sum. A logistic model
then turns fused values into probabilities (Platt 1999, "Probabilistic Outputs for Support
Vector Machines"). A signal that is the same for every measure (no questions in the corpus)
standardises to 0 and says nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.logistic import Logistic
from index.views import DENSE, LEXICAL, SIGNALS

Signals = Mapping[str, NDArray[np.float32]]

MODES: Mapping[str, Sequence[str]] = {
    "hybrid": (*DENSE, *LEXICAL),
    "dense": DENSE,
    "bm25": LEXICAL,
}
# Chosen on the development half of the evaluation set; see DECISIONS.md.
WEIGHTS: Mapping[str, float] = {
    "context": 1.0,
    "alone": 0.3,
    "question": 1.0,
    "item": 0.5,
    "words": 0.3,
    "own_words": 0.2,
    "asked": 0.3,
    "item_asked": 0.0,
}
FEATURES = ("fused", "top", "lead", "text", "question", "coverage")


@dataclass(frozen=True)
class Evidence:
    """How well the best measure holds a query, by the embedder's own cosines and by its terms.

    `text` is the cosine to the measure in context, `question` to its nearest question (the text
    again where it has none), `coverage` the share of the query's term weight that it holds.
    """

    text: float
    question: float
    coverage: float


@dataclass(frozen=True)
class Calibration:
    """A logistic model over `FEATURES`: intercept, one coefficient each, and where it is from."""

    intercept: float
    coefficients: tuple[float, ...]
    provenance: str


@dataclass(frozen=True)
class Fusion:
    """Weights of the signals, and the calibration of each mode."""

    weights: Mapping[str, float]
    calibrations: Mapping[str, Calibration]
    provenance: str


# For corpora with fewer than 200 questions, in whatever model: learned on the bundled list with no
# question as a view, whole and in parts (`benchmarks/calibrate.py` prints them).
SHIPPED = "shipped: hz-2022, 3112 questions, texts only, whole and in parts"
DEFAULT_CALIBRATIONS: Mapping[str, Calibration] = {
    "hybrid": Calibration(-3.0518, (2.6140, -2.5466, 0.5777, 0.0, 0.0, 1.6774), SHIPPED),
    "dense": Calibration(-2.9686, (3.9005, -3.6784, 0.6365, 0.0, 0.0, 1.7867), SHIPPED),
    "bm25": Calibration(-2.6358, (4.3579, -4.7830, 1.7708, 0.0, 0.0, 1.7692), SHIPPED),
}


def standardise(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """z-scores over the last axis; all 0 where the values do not differ."""
    centred = values - values.mean(axis=-1, keepdims=True)
    spread = values.std(axis=-1, keepdims=True)
    scaled: NDArray[np.float32] = np.where(
        spread > 1e-6, centred / np.maximum(spread, 1e-6), np.float32(0)
    )
    return scaled


def fuse_modes(signals: Signals, weights: Mapping[str, float]) -> dict[str, NDArray[np.float32]]:
    """Every mode's weighted sum of its standardised signals, each of shape (n,)."""
    stacked = standardise(np.stack([signals[name] for name in SIGNALS]))
    table = [
        [weights[name] if name in names else 0.0 for name in SIGNALS] for names in MODES.values()
    ]
    return dict(zip(MODES, np.array(table, np.float32) @ stacked, strict=True))


def fuse(signals: Signals, weights: Mapping[str, float], mode: str) -> NDArray[np.float32]:
    """The weighted sum of one mode's standardised signals, shape (n,)."""
    return fuse_modes(signals, weights)[mode]


def features(fused: NDArray[np.float32], evidence: Evidence) -> NDArray[np.float64]:
    """The (n, 6) inputs of the calibration; all but the first are the query's own.

    The fused value; the best fused value; its lead over the eleventh; and the evidence.
    """
    best = np.sort(fused)[::-1]
    lead = best[0] - best[min(10, len(best) - 1)]
    table = np.empty((len(fused), len(FEATURES)))
    table[:, 0] = fused
    table[:, 1:] = best[0], lead, evidence.text, evidence.question, evidence.coverage
    return table


def calibrate(table: NDArray[np.float64], calibration: Calibration) -> NDArray[np.float64]:
    """Probabilities in (0, 1) for rows of `features`; they rise with the fused value."""
    return Logistic(calibration.intercept, calibration.coefficients).probabilities(table)
