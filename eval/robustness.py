"""What it costs to write a query otherwise: nDCG@10 of the changed forms against the original."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.ablate import System
from eval.dataset import Qrels, Query
from eval.metrics import HEADLINE, Estimate, estimate, mean, per_query
from eval.perturb import Change

FORMAL = "formal"
POINTS = 100


@dataclass(frozen=True)
class Hurt:
    """A changed form that is found less well than its original, in nDCG@10."""

    query: Query
    written: str
    original: float
    value: float


@dataclass(frozen=True)
class Loss:
    """One kind of change over the formal queries; losses are points (hundredths) of nDCG@10.

    `loss` is over all of them, `loss_changed` over those that the change does anything to (None
    if there are none), each the mean of its forms; `hurt` are the forms that lose, worst first.
    """

    change: str
    queries: int
    changed: int
    loss: Estimate
    loss_changed: Estimate | None
    hurt: tuple[Hurt, ...]


def measure_losses(
    system: System, queries: Sequence[Query], qrels: Qrels, changes: Mapping[str, Change]
) -> tuple[Loss, ...]:
    """Every change over the formal queries; nothing where there are none."""
    formal = [query for query in queries if query.style == FORMAL]
    if not formal:
        return ()
    original = _values(system, formal, {query.id: qrels[query.id] for query in formal})
    return tuple(
        _loss(name, system, formal, qrels, (change, original)) for name, change in changes.items()
    )


def _loss(
    name: str,
    system: System,
    formal: Sequence[Query],
    qrels: Qrels,
    how: tuple[Change, Mapping[str, float]],
) -> Loss:
    change, original = how
    forms = {
        query.id: [
            Query(f"{query.id}~{number}", text, query.style)
            for number, text in enumerate(change(query.text), 1)
            if text != query.text
        ]
        for query in formal
    }
    written = [form for own in forms.values() for form in own]
    grades = {form.id: qrels[name] for name, own in forms.items() for form in own}
    values = _values(system, written, grades) if written else {}
    lost = {
        query.id: POINTS * mean([original[query.id] - values[f.id] for f in forms[query.id]])
        for query in formal
    }
    changed = [lost[query.id] for query in formal if forms[query.id]]
    hurt = [
        Hurt(query, form.text, original[query.id], values[form.id])
        for query in formal
        for form in forms[query.id]
        if values[form.id] < original[query.id]
    ]
    return Loss(
        change=name,
        queries=len(formal),
        changed=len(changed),
        loss=estimate(list(lost.values())),
        loss_changed=estimate(changed) if changed else None,
        hurt=tuple(sorted(hurt, key=lambda h: (h.value - h.original, h.query.id, h.written))),
    )


def _values(system: System, queries: Sequence[Query], qrels: Qrels) -> dict[str, float]:
    return per_query(qrels, system.run(queries).run)[HEADLINE]
