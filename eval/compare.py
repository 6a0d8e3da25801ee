"""Two systems query by query, and the queries that went worst."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.document import Measure
from eval.dataset import Qrels, Query
from eval.metrics import HEADLINE, relevant_grade
from eval.retrieval import Figures
from index.search import Searcher

DEPTH = 100
SHOWN = 10


@dataclass(frozen=True)
class Difference:
    """One query's nDCG@10 under the base and under the other system."""

    query: Query
    base: float
    other: float


@dataclass(frozen=True)
class Comparison:
    """The base against another system: counts, and the queries that differ, best gain first."""

    base: str
    other: str
    wins: int
    ties: int
    losses: int
    p: float
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Ranked:
    """A measure at its rank (from 1), with the grade that the qrels give it."""

    rank: int
    measure: Measure
    grade: int


@dataclass(frozen=True)
class Worst:
    """A query that went badly: what stood above the first relevant measure, and what was wanted.

    `first` is the rank of the first relevant one, None where it is not among the first 100.
    """

    query: Query
    value: float
    first: int | None
    above: tuple[Ranked, ...]
    wanted: tuple[Measure, ...]


def compare(base: Figures, other: Figures, queries: Sequence[Query]) -> Comparison:
    """Set two systems side by side over the same queries."""
    mine, theirs = base.per_query[HEADLINE], other.per_query[HEADLINE]
    all_ = [Difference(query, mine[query.id], theirs[query.id]) for query in queries]
    apart = [d for d in all_ if d.base != d.other]
    wins = sum(d.base > d.other for d in apart)
    return Comparison(
        base=base.name,
        other=other.name,
        wins=wins,
        ties=len(all_) - len(apart),
        losses=len(apart) - wins,
        p=other.p_values.get(HEADLINE, 1.0),
        differences=tuple(sorted(apart, key=lambda d: (d.other - d.base, d.query.id))),
    )


def worst(
    searcher: Searcher, figures: Figures, queries: Sequence[Query], qrels: Qrels, *, count: int = 20
) -> tuple[Worst, ...]:
    """The `count` queries of least nDCG@10, worst first; those without fault are left out."""
    values = figures.per_query[HEADLINE]
    chosen = sorted((q for q in queries if values[q.id] < 1), key=lambda q: (values[q.id], q.id))
    measures = {measure.id: measure for measure in searcher.measures}
    return tuple(
        _look(searcher, query, values[query.id], qrels, measures) for query in chosen[:count]
    )


def _look(
    searcher: Searcher,
    query: Query,
    value: float,
    qrels: Qrels,
    measures: Mapping[str, Measure],
) -> Worst:
    grades, grade = qrels[query.id], relevant_grade(qrels)
    hits = searcher.search(query.text, k=DEPTH).hits
    ranked = [Ranked(n, h.measure, grades.get(h.measure.id, 0)) for n, h in enumerate(hits, 1)]
    first = next((r.rank for r in ranked if r.grade >= grade), None)
    above = ranked[: SHOWN if first is None else min(first - 1, SHOWN)]
    wanted = tuple(measures[m] for m, g in grades.items() if g >= grade and m in measures)
    return Worst(query, value, first, tuple(above), wanted)
