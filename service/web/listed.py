"""A list answer's condition as the find page's facets, where these say exactly the same."""

from collections.abc import Mapping, Sequence

from corpus.document import Measure
from service.answer import Answer, Answerer
from service.facets import APPLICABLE, ELSEWHERE, meets_all
from service.lists.conditions import (
    And,
    Aspect,
    Condition,
    Due,
    Lead,
    Not,
    NotApplicable,
    Responsible,
    holds,
)
from service.lists.reading import read_list
from service.web.find_form import FindForm

Facets = Mapping[str, tuple[str, ...]]


def find_listed(answerer: Answerer, answer: Answer) -> FindForm | None:
    """The find page's form that lists the measures of a list answer; None where none does."""
    asked = read_list(answer.understood, answerer.columns) if answer.kind == "list" else None
    if asked is None:
        return None
    measures = answerer.searcher.measures
    chosen = facets_of(asked.condition, measures)
    if chosen is None or not chosen:
        return None
    met = [m for m in measures if holds(asked.condition, m)]
    if asked.over == "measure" and asked.condition != NotApplicable():
        chosen = {**chosen, "applicable": (APPLICABLE,)}
        met = [m for m in met if m.applicable]
    # The answer is what counts: what was read of its question must say the same.
    same = {(m.document, m.item) for m in met} == set(answer.items)
    exact = met == [m for m in measures if meets_all(m, chosen)]
    return FindForm(chosen=chosen) if met and same and exact else None


def facets_of(condition: Condition, measures: Sequence[Measure]) -> Facets | None:
    """The facets that ask what a condition asks; None where it is not of their kind."""
    match condition:
        case And(parts):
            return _both([facets_of(part, measures) for part in parts])
        case Lead(names, alone=False):
            return {"lead": names}
        case Responsible(names, alone=False):
            return {"responsible": names}
        case Aspect(titles):
            return {"aspect": titles}
        case Due():
            met = {m.due for m in measures if holds(condition, m)}
            return {"due": tuple(sorted(met))}
        case NotApplicable():
            return {"applicable": (ELSEWHERE,)}
        case Not(NotApplicable()):
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
