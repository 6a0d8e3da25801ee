"""What a candidate is worth, and whether to answer at all: four small learned models.

Each is a logistic regression over a few columns. They are learned by `benchmarks/answers.py`,
which leaves out whole documents to measure them, and stand in `scores.json` with their
provenance.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from index.logistic import Logistic
from index.search import Hit
from service.answer.candidates import FEATURES, Candidate, Evidence
from service.answer.sets import Set
from service.conditions import leaves
from service.read.frame import Frame

FILE = Path(__file__).parent / "scores.json"
LIMITS = ("answered", "near", "short", "listed")
MODELS = ("rank", "judge", "told", "sets")
BOUNDED = 3.0  # log odds beyond which a boundary says no more
LEAST = 1e-5  # nothing is surer, so that the other columns still count
JUDGED = (
    *("rank", "hit", "share", "reader", "boundary", "bounded", "how", "column", "unread"),
    *(FORMS := ("number", "organ", "term", "decided")),
)

TOLD = (*JUDGED, "margin")
Ranked: TypeAlias = tuple[tuple[Candidate, float], ...]

SETS = (
    *("cue", "nominal", "by", "tests", "unread", "open", "yesno", "words", "contains", "noun"),
    *("empty", "hard", "cell", "hit", "lead", "held"),
)
HARD = ("has", "only", "month", "days", "is", "several", "empty")  # asks of a column, not of words
SEEN = 5  # hits that are compared with a set


@dataclass(frozen=True)
class Scores:
    """The models and the thresholds they are used with.

    `rank` orders candidates, `judge` says whether the documents answer, `told` whether the best
    candidate does, `sets` whether a set does. `answered` and `near` are the least probabilities,
    from `judge`, of an answer and of a nearest passage; `short` the least, from `told`, of a
    short answer; `listed` that of a list.
    """

    rank: Logistic
    judge: Logistic
    told: Logistic
    sets: Logistic
    answered: float
    near: float
    short: float
    listed: float
    provenance: str


@cache
def scores(without: str = "", *, read: bool = True) -> Scores:
    """The shipped models, or those that were learned without a document, to be measured on it.

    `read`: whether there is a reader; without one its columns are empty, and others count more.

    Raises:
        KeyError: none were learned without that document.
    """
    record = json.loads(FILE.read_text(encoding="utf-8"))
    if without:
        return read_scores(record["without"][without])
    return read_scores(record["all" if read else "unread"])


def read_scores(record: Mapping[str, Any]) -> Scores:
    """The models of a record as `benchmarks/answers.py` writes it."""
    told: dict[str, Any] = {name: record[name] for name in (*LIMITS, "provenance")}
    for name in MODELS:
        told[name] = Logistic(record[name]["intercept"], tuple(record[name]["coefficients"]))
    return Scores(**told)


def rank(candidates: Sequence[Candidate], models: Scores) -> Ranked:
    """The candidates with their probabilities, the surest first; ties in their order."""
    if not candidates:
        return ()
    table = np.array([candidate.features for candidate in candidates])
    found = models.rank.probabilities(table)
    order = np.argsort(-found, kind="stable")
    return tuple((candidates[i], float(found[i])) for i in order)


def judged(
    frame: Frame, evidence: Evidence, ranked: Ranked, boundary: float | None
) -> tuple[float, ...]:
    """The columns of `JUDGE` for one question, as in `JUDGED`.

    The last tell whether the best candidate has the form that is asked for: a number, an organ.
    """
    formed = ranked[0][0].features if ranked else (0.0,) * len(FEATURES)
    return (
        _odds(ranked[0][1] if ranked else 0.0),
        _odds(evidence.hit),
        evidence.share,
        float(np.clip(evidence.reader, -20, 20)) / 10,
        float(np.clip(_odds(0.5 if boundary is None else boundary), -BOUNDED, BOUNDED)),
        float(boundary is not None),
        float("how" in frame.asks),
        float(bool(frame.columns)),
        frame.share_unread,
        *(formed[FEATURES.index(name)] for name in FORMS),
    )


def judge(
    frame: Frame, evidence: Evidence, ranked: Ranked, boundary: float | None, models: Scores
) -> float:
    """The probability in (0, 1) that the documents answer a question."""
    table = np.array([judged(frame, evidence, ranked, boundary)])
    return float(models.judge.probabilities(table)[0])


def told_row(
    frame: Frame, evidence: Evidence, ranked: Ranked, boundary: float | None
) -> tuple[float, ...]:
    """The columns of `told`: those of `judge`, and how far the best stands before another."""
    said, surest = (ranked[0][0].said, ranked[0][1]) if ranked else ("", 0.0)
    others = (odds for c, odds in ranked[1:] if c.said not in said and said not in c.said)
    margin = _odds(surest) - _odds(next(others, 0.0))
    return (*judged(frame, evidence, ranked, boundary), margin)


def tell(
    frame: Frame, evidence: Evidence, ranked: Ranked, boundary: float | None, models: Scores
) -> float:
    """The probability in (0, 1) that the best candidate is a right short answer."""
    table = np.array([told_row(frame, evidence, ranked, boundary)])
    return float(models.told.probabilities(table)[0])


def set_row(frame: Frame, listed: Set, hits: Sequence[Hit]) -> tuple[float, ...]:
    """The columns of the model of sets for one question, as in `SETS`.

    The last three compare it with what is found for the same words: one row that is found far
    before all others is asked about itself, and words that a set has are those of its hits.
    """
    tests = tuple(leaves(listed.where))
    words = any(test.op == "inside" for test in tests)
    items = {(measure.document, measure.item) for measure in listed.measures}
    found = [hit.score for hit in hits[:SEEN]] + [0.0, 0.0]
    held = sum(h.score for h in hits[:SEEN] if (h.measure.document, h.measure.item) in items)
    open_asks = frame.asks & {"who", "when", "term", "amount", "where", "how"}
    return (
        float(frame.cue in ("which", "count")),
        float(frame.cue == "nominal"),
        float(bool(frame.by)),
        min(len(tests), 3) / 3,
        frame.share_unread,
        float(bool(open_asks) and not frame.by),
        float("yesno" in frame.asks),
        float(bool(tests) and all(test.op == "inside" for test in tests)),
        float(any(test.op == "contains" for test in tests)),
        float(any(tag.kind in ("item", "measure") for tag in frame.tags)),
        float(not listed.measures),
        float(any(test.op in HARD for test in tests)),
        float(bool(frame.columns) and not frame.cue),
        found[0],
        found[0] - found[1],
        float(words) * (held / max(sum(found), LEAST) - 0.5),
    )


def set_odds(frame: Frame, listed: Set | None, hits: Sequence[Hit], models: Scores) -> float:
    """The probability that a set answers a question; 0 where there is none."""
    if listed is None:
        return 0.0
    return float(models.sets.probabilities(np.array([set_row(frame, listed, hits)]))[0])


def _odds(probability: float) -> float:
    within = min(max(probability, LEAST), 1 - LEAST)
    return float(np.log(within / (1 - within)))
