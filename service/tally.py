"""How many measures or items stand where: by aspect, by lead unit, by month, units × aspects.

The lead units are those of the leading column, or of the one organ column of a document.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from corpus.document import Measure
from index.organs import leading_organs

OVER = {"measure": "条", "item": "项"}
LONGEST = 36  # months: a longer stretch leaves out the months in which nothing is due

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Count:
    """How many have one name."""

    name: str
    count: int


@dataclass(frozen=True)
class MonthCount:
    """How many are due in a month (`2022-06`), and up to its end."""

    month: str
    count: int
    so_far: int


@dataclass(frozen=True)
class Tally:
    """The counts over measures or over items.

    Measures that do not apply are no measures, but their items are items. An item counts
    wherever one of its rows stands, so that units and months may sum to more than `total`.
    Aspects stand in document order, leads by falling count, months in time order;
    `cells` holds (lead unit, aspect) → count, without zeros.
    """

    over: str
    total: int
    aspects: tuple[Count, ...]
    leads: tuple[Count, ...]
    months: tuple[MonthCount, ...]
    cells: Mapping[tuple[str, str], int]
    without_lead: int
    without_due: int

    @property
    def unit(self) -> str:
        """The measure word: 条 or 项."""
        return OVER[self.over]


def tally(measures: Iterable[Measure], over: str) -> Tally:
    """Count over "measure" or "item".

    Raises:
        KeyError: `over` is neither.
    """
    OVER[over]
    things = [
        (m, m.id if over == "measure" else f"{m.document}:{m.item}")
        for m in measures
        if m.applicable or over == "item"
    ]
    everything = {thing for _, thing in things}
    leads = _sets((unit, thing) for m, thing in things for unit in leading_organs(m))
    due = _sets((m.due, thing) for m, thing in things if m.due)
    cells = _sets(
        ((unit, m.aspect), thing) for m, thing in things if m.aspect for unit in leading_organs(m)
    )
    aspects = _sets((m.aspect, thing) for m, thing in things if m.aspect)
    return Tally(
        over=over,
        total=len(everything),
        aspects=tuple(Count(name, len(found)) for name, found in aspects.items()),
        leads=_falling(leads),
        months=_months(due),
        cells={place: len(found) for place, found in cells.items()},
        without_lead=len(everything.difference(*leads.values())),
        without_due=len(everything.difference(*due.values())),
    )


def _sets(pairs: Iterable[tuple[K, str]]) -> dict[K, set[str]]:
    found: dict[K, set[str]] = {}
    for key, thing in pairs:
        found.setdefault(key, set()).add(thing)
    return found


def _falling(groups: Mapping[str, set[str]]) -> tuple[Count, ...]:
    counts = [Count(name, len(found)) for name, found in groups.items()]
    return tuple(sorted(counts, key=lambda c: (-c.count, c.name)))


def _months(due: Mapping[str, set[str]]) -> tuple[MonthCount, ...]:
    shown: list[MonthCount] = []
    so_far: set[str] = set()
    for month in stretch(sorted(due)):
        found = due.get(month, set())
        so_far = so_far | found
        shown.append(MonthCount(month, len(found), len(so_far)))
    return tuple(shown)


def stretch(months: Sequence[str]) -> tuple[str, ...]:
    """All months from the first to the last of the sorted ones; only these if that is too long."""
    if not months:
        return ()
    first, last = (int(m[:4]) * 12 + int(m[5:]) - 1 for m in (months[0], months[-1]))
    if last - first >= LONGEST:
        return tuple(months)
    return tuple(f"{at // 12:04d}-{at % 12 + 1:02d}" for at in range(first, last + 1))
