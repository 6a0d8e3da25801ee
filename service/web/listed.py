"""A list answer's condition as the find page's facets, where these say exactly the same."""

from collections.abc import Mapping, Sequence

from corpus.document import Measure
from service.answer import Answer, Answerer
from service.conditions import EVERYTHING, And, Condition, Not, Test, holds
from service.facets import APPLICABLE, ELSEWHERE, meets_all
from service.web.find_form import FindForm

Facets = Mapping[str, tuple[str, ...]]


def find_listed(answerer: Answerer, answer: Answer) -> FindForm | None:
    """The find page's form that lists the measures of a list answer; None where none does."""
    if answer.kind != "list" or answer.where == EVERYTHING:
        return None
    measures = answerer.searcher.measures
    chosen = facets_of(answer.where, measures)
    if not chosen:
        return None
    met = [m for m in measures if holds(answer.where, m)]
    exact = met == [m for m in measures if meets_all(m, chosen)]
    return FindForm(chosen=chosen) if met and exact else None


def facets_of(condition: Condition, measures: Sequence[Measure]) -> Facets | None:
    """The facets that ask what a condition asks; None where it is not of their kind."""
    match condition:
        case And(parts):
            return _both([facets_of(part, measures) for part in parts])
        case Test(columns=("lead" | "organ", *_), op="has"):
            return {"lead": condition.values}
        case Test(columns=("responsible",), op="has"):
            return {"responsible": condition.values}
        case Test(op="is"):
            return {"aspect": condition.values}
        case Test(op="month"):
            met = {m.due for m in measures if holds(condition, m)}
            return {"due": tuple(sorted(met))}
        case Test(op="off"):
            return {"applicable": (ELSEWHERE,)}
        case Not(Test(op="off")):
            return {"applicable": (APPLICABLE,)}
        case _:
            return None


def _both(parts: Sequence[Facets | None]) -> Facets | None:
    """The facets of all parts; None where one has none or two share one."""
    chosen: dict[str, tuple[str, ...]] = {}
    for part in parts:
        if part is None or not chosen.keys().isdisjoint(part):
            return None
        chosen |= part
    return chosen
