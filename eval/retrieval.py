"""Queries through the search that is served → runs, latencies, figures, TREC run files."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from corpus.errors import InputError
from eval.dataset import Qrels, Query, Run
from eval.metrics import (
    HEADLINE,
    NAMES,
    Calibration,
    Estimate,
    Latency,
    PerQuery,
    calibration,
    estimate,
    latency,
    mean,
    paired_p,
    per_query,
    predictions,
    relevant_grade,
)
from index.search import Hit, Result

BASE = "hybrid"
K = 10


@dataclass(frozen=True)
class Outcome:
    """What one system returned: its run, and where it was run here, its scores and times.

    `probabilities` are the hits' own calibrated scores, best first; times are in milliseconds, one
    a search. `refused` are the queries that the search would not take (too long, nothing in them);
    they find nothing.
    """

    name: str
    run: Run
    probabilities: Run
    search_ms: tuple[float, ...]
    refused: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figures:
    """The figures of one system over judged queries; what it lacks is None or empty.

    `by_style` holds nDCG@10; `p_values` the paired p of each measure against the base.
    """

    name: str
    queries: int
    relevant_grade: int
    estimates: Mapping[str, Estimate]
    per_query: PerQuery
    by_style: Mapping[str, Estimate]
    zero_results: float
    refused: tuple[str, ...]
    calibration: Calibration
    search_ms: Latency | None
    p_values: Mapping[str, float]


class Searching(Protocol):
    """What is measured: a searcher here, or a service elsewhere."""

    def search(self, query: str, *, k: int = 10, mode: str = "hybrid") -> Result:
        """Ranked hits."""


def run_mode(searcher: Searching, queries: Sequence[Query], mode: str, *, k: int = K) -> Outcome:
    """Search each query in one mode, after one search that warms up.

    The run's scores are 1/rank: trec_eval sorts by score and ignores ranks, so that this alone
    keeps the order that was served, ties as well.
    """
    _hits(searcher, queries[0].text, k, mode)
    run: dict[str, dict[str, float]] = {}
    scores: dict[str, dict[str, float]] = {}
    search_ms, refused = [], []
    for query in queries:
        start = time.perf_counter()
        hits = _hits(searcher, query.text, k, mode)
        if hits is None:
            refused.append(query.id)
            continue
        search_ms.append(1_000 * (time.perf_counter() - start))
        run[query.id] = {hit.measure.id: 1 / rank for rank, hit in enumerate(hits, 1)}
        scores[query.id] = {hit.measure.id: hit.score for hit in hits}
    return Outcome(mode, run, scores, tuple(search_ms), tuple(refused))


def _hits(searcher: Searching, text: str, k: int, mode: str) -> tuple[Hit, ...] | None:
    """The hits; None where the query itself is refused."""
    try:
        return searcher.search(text, k=k, mode=mode).hits
    except InputError:
        return None


def foreign_outcome(name: str, run: Run) -> Outcome:
    """The outcome of a system that was run elsewhere and left a run file."""
    return Outcome(name, run, {}, ())


def score(
    outcomes: Sequence[Outcome], qrels: Qrels, queries: Sequence[Query], *, base: str = BASE
) -> tuple[Figures, ...]:
    """The figures of each outcome, in order, each tested against `base` where that is there."""
    values = {outcome.name: per_query(qrels, outcome.run) for outcome in outcomes}
    grade, found = relevant_grade(qrels), []
    for outcome in outcomes:
        own = values[outcome.name]
        versus = values[base] if base in values and outcome.name != base else None
        found.append(
            Figures(
                name=outcome.name,
                queries=len(queries),
                relevant_grade=grade,
                estimates={name: estimate(list(own[name].values())) for name in NAMES},
                per_query=own,
                by_style=_by_style(own[HEADLINE], queries),
                zero_results=mean([not outcome.run.get(query.id) for query in queries]),
                refused=outcome.refused,
                calibration=calibration(
                    predictions(outcome.probabilities, qrels, grade=grade, depth=K)
                ),
                search_ms=latency(outcome.search_ms),
                p_values={
                    name: paired_p(list(own[name].values()), list(versus[name].values()))
                    for name in NAMES
                }
                if versus is not None
                else {},
            )
        )
    return tuple(found)


def _by_style(values: Mapping[str, float], queries: Sequence[Query]) -> dict[str, Estimate]:
    styles = sorted({query.style for query in queries if query.style})
    return {
        style: estimate([values[query.id] for query in queries if query.style == style])
        for style in styles
    }


def write_run(outcome: Outcome, folder: Path) -> Path:
    """Write `{name}.run` in TREC form; trec_eval gets the same figures from it.

    Raises:
        InputError: the folder cannot be written.
    """
    path = folder / f"{outcome.name}.run"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(_run_lines(outcome)), encoding="utf-8")
    except OSError as error:
        raise InputError(f"写不了 {path}（{error.strerror}）；请换一个文件夹") from error
    return path


def _run_lines(outcome: Outcome) -> Iterable[str]:
    for qid, scores in outcome.run.items():
        ranked = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
        for rank, (measure, value) in enumerate(ranked, 1):
            yield f"{qid} Q0 {measure} {rank} {value!r} wence-{outcome.name}\n"
