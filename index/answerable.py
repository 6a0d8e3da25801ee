"""Whether the documents can answer a question, learned from questions of both sorts.

Topical nearness does not tell an answer: 公积金贷款额度是多少 is as near to the measures on
公积金 as any question that they answer. So a document may bring questions that it does not
answer. A question is then placed between the two sorts by its k nearest neighbours of each and
by a linear probe over its vector, and a logistic model over these (stacked: Wolpert 1992,
"Stacked Generalization") gives the probability that it can be answered. Everything is learned
with the question itself left out.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.logistic import Logistic, fit_logistic

NEIGHBOURS = 8
FOLDS = 5
STRENGTH = 3.0  # inverse regularisation of the probe; see DECISIONS.md
ENOUGH = 100  # unanswerable questions; fewer draw no line
FEATURES = ("nearer", "probe", "text", "question")
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Probe:
    """A linear classifier over (dimension,) vectors, as a centre, a direction and an intercept."""

    centre: Vectors
    direction: Vectors
    intercept: float

    def decide(self, vectors: Vectors) -> Vectors:
        """The (n,) log odds of (n, dimension) vectors."""
        products = (vectors - self.centre) @ self.direction
        odds: Vectors = np.add(products, self.intercept, dtype=np.float32)
        return odds


@dataclass(frozen=True)
class Boundary:
    """The line between the two sorts; the model's columns are `FEATURES`."""

    probe: Probe
    model: Logistic
    provenance: str

    def answerable(
        self, query: Vectors, asked: Vectors, unanswerable: Vectors, texts: Vectors
    ) -> float:
        """The probability in (0, 1) that a (dimension,) query can be answered.

        Args:
            query: the embedder's own vector.
            asked: (q, dimension) vectors of the answerable questions.
            unanswerable: (u, dimension) vectors of the others.
            texts: (n, dimension) vectors of the measures in context.
        """
        table = _features(
            self.probe.decide(query[None]),
            (asked @ query)[None],
            (unanswerable @ query)[None],
            (texts @ query)[None],
        )
        return float(self.model.probabilities(table)[0])


def learn_boundary(asked: Vectors, unanswerable: Vectors, texts: Vectors) -> Boundary | None:
    """Learn the boundary; None where there are too few questions of either sort."""
    if min(len(asked), len(unanswerable)) < ENOUGH:
        return None
    everything = np.concatenate([asked, unanswerable])
    labels = np.arange(len(everything)) < len(asked)
    folds = np.random.default_rng(0).permutation(len(everything)) % FOLDS
    probed = np.empty(len(everything), np.float32)
    for fold in range(FOLDS):
        seen = folds != fold
        probed[~seen] = _fit_probe(everything[seen], labels[seen]).decide(everything[~seen])
    to_asked, to_unanswerable = everything @ asked.T, everything @ unanswerable.T
    np.fill_diagonal(to_asked, -np.inf)
    np.fill_diagonal(to_unanswerable[len(asked) :], -np.inf)
    table = _features(probed, to_asked, to_unanswerable, everything @ texts.T)
    weights = np.where(labels, 0.5 / labels.mean(), 0.5 / (1 - labels.mean()))
    provenance = f"leave-one-out over {len(asked)} + {len(unanswerable)} questions"
    return Boundary(
        _fit_probe(everything, labels), fit_logistic(table, labels, weights), provenance
    )


def _features(
    probed: Vectors, to_asked: Vectors, to_unanswerable: Vectors, to_texts: Vectors
) -> NDArray[np.float64]:
    """(n, 4): how much nearer the answerable questions are, the probe's odds, the best cosines."""
    nearer = _nearest(to_asked) - _nearest(to_unanswerable)
    best = to_texts.max(axis=1), to_asked.max(axis=1)
    return np.column_stack([nearer, probed, *best]).astype(np.float64)


def _nearest(cosines: Vectors) -> Vectors:
    """The mean of the k largest of each row."""
    nearest: Vectors = np.partition(cosines, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS:].mean(axis=1)
    return nearest


def _fit_probe(vectors: Vectors, labels: NDArray[np.bool_]) -> Probe:
    from sklearn.linear_model import LogisticRegression

    centre = vectors.mean(axis=0)
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=2000)
    model.fit(vectors - centre, labels)
    return Probe(centre, model.coef_[0].astype(np.float32), float(model.intercept_[0]))
