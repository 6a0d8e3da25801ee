"""Facets: the columns that measures are counted and filtered by."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from corpus.document import Measure
from corpus.schema import is_blank
from index.organs import leading_organs, sharing_organs

APPLICABLE, ELSEWHERE = "yes", "no"


def due_of(measure: Measure) -> str:
    """The month of a row; where its words name none (长期坚持), these."""
    return measure.due or ("" if is_blank(measure.due_text) else measure.due_text)


VALUES: Mapping[str, Callable[[Measure], Sequence[str]]] = {
    "document": lambda measure: (measure.document,),
    "item": lambda measure: (str(measure.item),),
    "aspect": lambda measure: (measure.aspect,),
    "lead": leading_organs,
    "responsible": sharing_organs,
    "due": lambda measure: (due_of(measure),),
    "applicable": lambda measure: (APPLICABLE if measure.applicable else ELSEWHERE,),
}
API = ("aspect", "lead", "responsible", "due")
BY_COUNT = ("lead", "responsible")
BY_NAME = ("due",)

Chosen = Mapping[str, Sequence[str]]
Counts = dict[str, dict[str, int]]


def count_facets(measures: Iterable[Measure]) -> Counts:
    """How many measures each aspect, lead unit, responsible unit and due month has.

    Aspects and months stand in document and time order, units by falling count. A document with
    one column of organs gives it as both; a time that names no month stands in its own words.
    """
    counts = count_under(measures, {})
    return {name: counts[name] for name in API}


def count_under(measures: Iterable[Measure], chosen: Chosen) -> Counts:
    """The counts of each facet's values among the measures that meet all other facets.

    Values of one facet are alternatives, facets add up; a facet with no chosen value asks nothing.
    """
    counts: dict[str, Counter[str]] = {name: Counter() for name in VALUES}
    for measure in measures:
        missed = [name for name in VALUES if not _meets(measure, name, chosen)]
        if not missed:
            for name, counter in counts.items():
                counter.update(VALUES[name](measure))
        elif len(missed) == 1:
            counts[missed[0]].update(VALUES[missed[0]](measure))
    return {name: _ordered(name, counter) for name, counter in counts.items()}


def meets_all(measure: Measure, chosen: Chosen) -> bool:
    """Whether a measure has one of the chosen values in every facet that has any."""
    return all(_meets(measure, name, chosen) for name in chosen)


def _meets(measure: Measure, name: str, chosen: Chosen) -> bool:
    wanted = chosen.get(name, ())
    return not wanted or not set(wanted).isdisjoint(VALUES[name](measure))


def _ordered(name: str, counter: Counter[str]) -> dict[str, int]:
    pairs = counter.most_common() if name in BY_COUNT else list(counter.items())
    if name in BY_NAME:
        pairs = sorted(pairs)
    return {value: count for value, count in pairs if value}
