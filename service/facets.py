"""Counts over the columns."""

from collections import Counter
from collections.abc import Iterable

from corpus.document import Measure


def count_facets(measures: Iterable[Measure]) -> dict[str, dict[str, int]]:
    """How many measures each aspect, lead unit, responsible unit and due month has.

    Aspects and months stand in document and time order, units by falling count.
    """
    counts: dict[str, Counter[str]] = {
        "aspect": Counter(),
        "lead": Counter(),
        "responsible": Counter(),
        "due": Counter(),
    }
    for measure in measures:
        counts["aspect"][measure.aspect] += 1
        counts["lead"].update(measure.lead_units)
        counts["responsible"].update(measure.responsible_units)
        counts["due"][measure.due] += 1
    return {
        "aspect": _filled(dict(counts["aspect"])),
        "lead": _filled(dict(counts["lead"].most_common())),
        "responsible": _filled(dict(counts["responsible"].most_common())),
        "due": _filled(dict(sorted(counts["due"].items()))),
    }


def _filled(counts: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if name}
