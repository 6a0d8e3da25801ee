"""The figures: measures of a run, intervals, paired tests, calibration. All fixed by one seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import ir_measures
import numpy as np
from ir_measures import RR, R, Success, nDCG
from scipy import stats
from sklearn.metrics import roc_auc_score

from eval.dataset import Qrels, Run

PerQuery: TypeAlias = Mapping[str, Mapping[str, float]]
"""Measure name → query id → value in [0, 1]."""

HEADLINE = "nDCG@10"
NAMES = (HEADLINE, "MRR@10", "Recall@5", "Recall@10", "hit@1")
SEED = 2022
RESAMPLES = 9_999
BATCH = 500


@dataclass(frozen=True)
class Estimate:
    """A mean over queries with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Bin:
    """The predictions in (low, high]: how many, their mean, and the share that came true."""

    low: float
    high: float
    count: int
    predicted: float
    observed: float


@dataclass(frozen=True)
class Latency:
    """Percentiles over single calls, in milliseconds."""

    p50: float
    p95: float


def relevant_grade(qrels: Qrels) -> int:
    """The grade from which a measure counts as found: 2, or 1 where nothing is graded higher."""
    highest = max((g for grades in qrels.values() for g in grades.values()), default=1)
    return min(2, max(1, highest))


def per_query(qrels: Qrels, run: Run) -> dict[str, dict[str, float]]:
    """Every measure for every judged query; queries that the run missed score 0.

    nDCG has trec_eval's gain: the grade itself, discounted by log2(rank + 1) (Järvelin and
    Kekäläinen 2002, https://doi.org/10.1145/582415.582418). The others count `relevant_grade`.
    """
    grade = relevant_grade(qrels)
    measures = dict(
        zip(
            (nDCG @ 10, RR(rel=grade) @ 10, R(rel=grade) @ 5, R(rel=grade) @ 10,
             Success(rel=grade) @ 1),
            NAMES,
            strict=True,
        )
    )  # fmt: skip
    values = {name: dict.fromkeys(sorted(qrels), 0.0) for name in NAMES}
    for found in ir_measures.iter_calc(list(measures), qrels, run):
        values[measures[found.measure]][found.query_id] = float(found.value)
    return values


def mean(values: Sequence[float]) -> float:
    """The mean; 0 of nothing."""
    return float(np.mean(values)) if values else 0.0


def estimate(values: Sequence[float]) -> Estimate:
    """The mean with its 95 % percentile bootstrap interval; one value is its own interval."""
    middle = mean(values)
    if len(set(values)) < 2:
        return Estimate(middle, middle, middle)
    found = stats.bootstrap(
        (np.asarray(values),),
        np.mean,
        n_resamples=RESAMPLES,
        batch=BATCH,
        method="percentile",
        rng=np.random.default_rng(SEED),
    ).confidence_interval
    return Estimate(middle, float(found.low), float(found.high))


def paired_p(a: Sequence[float], b: Sequence[float]) -> float:
    """Two-sided p of a paired permutation test: the signs of the differences are flipped.

    After Smucker, Allan and Carterette 2007, https://doi.org/10.1145/1321440.1321528.
    Exact for up to 13 pairs, else sampled.

    Raises:
        ValueError: the sequences differ in length.
    """
    if len(a) != len(b):
        raise ValueError(f"{len(a)} values against {len(b)}")
    differences = np.asarray(a) - np.asarray(b)
    if not differences.any():
        return 1.0
    found = stats.permutation_test(
        (differences,),
        np.mean,
        permutation_type="samples",
        n_resamples=RESAMPLES,
        batch=BATCH,
        rng=np.random.default_rng(SEED),
    )
    return float(found.pvalue)


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float | None:
    """How often a positive scores above a negative, ties half; None where either is missing."""
    if not positives or not negatives:
        return None
    truth = [1] * len(positives) + [0] * len(negatives)
    return float(roc_auc_score(truth, [*positives, *negatives]))


def brier(predicted: Sequence[float], outcomes: Sequence[bool]) -> float | None:
    """The mean squared distance of probabilities from what came true; None of nothing.

    Brier 1950, https://doi.org/10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.

    Raises:
        ValueError: the sequences differ in length.
    """
    pairs = list(zip(predicted, outcomes, strict=True))
    return mean([(p - came) ** 2 for p, came in pairs]) if pairs else None


def reliability(
    predicted: Sequence[float], outcomes: Sequence[bool], *, bins: int = 10
) -> tuple[Bin, ...]:
    """Predictions in bins of equal width, the empty ones left out; 0 goes to the first bin.

    Raises:
        ValueError: the sequences differ in length.
    """
    pairs = list(zip(predicted, outcomes, strict=True))
    found = []
    edges = [i / bins for i in range(bins + 1)]
    for low, high in pairwise(edges):
        inside = [(p, came) for p, came in pairs if low < p <= high or (low == 0 == p)]
        if inside:
            seen, came = zip(*inside, strict=True)
            found.append(Bin(low, high, len(inside), mean(seen), mean(came)))
    return tuple(found)


def predictions(scores: Run, qrels: Qrels, *, grade: int, depth: int) -> list[tuple[float, bool]]:
    """Each query's first `depth` probabilities, and whether the hit has at least that grade.

    Hits stand best first; queries without qrels have no relevant one.
    """
    return [
        (score, qrels.get(qid, {}).get(measure, 0) >= grade)
        for qid, hits in scores.items()
        for measure, score in list(hits.items())[:depth]
    ]


@dataclass(frozen=True)
class Calibration:
    """How far probabilities can be taken at their word."""

    predictions: int
    predicted: float
    observed: float
    brier: float | None
    bins: tuple[Bin, ...]


def calibration(pairs: Sequence[tuple[float, bool]]) -> Calibration:
    """The calibration of pairs of a probability and whether it came true."""
    predicted, came = [p for p, _ in pairs], [c for _, c in pairs]
    return Calibration(
        predictions=len(pairs),
        predicted=mean(predicted),
        observed=mean(came),
        brier=brier(predicted, came),
        bins=reliability(predicted, came),
    )


def latency(milliseconds: Sequence[float]) -> Latency | None:
    """The median and the 95th percentile; None of nothing."""
    if not milliseconds:
        return None
    p50, p95 = np.percentile(milliseconds, [50, 95])
    return Latency(float(p50), float(p95))
