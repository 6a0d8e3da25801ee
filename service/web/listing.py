"""What the find page lists: the measures that a query and the facets leave, in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.document import Measure
from corpus.errors import NotFoundError
from corpus.schema import is_blank
from corpus.text import normalise
from index.search import Hit, Searcher
from index.tokens import RUN
from service.facets import VALUES, count_under, meets_all
from service.labels import facet_labels
from service.web.find_form import NAMES, FindForm, shown
from service.web.numbers import read_number

FLOOR = 0.1  # a measure at least as probable is listed; one that holds all words in any case
NEAREST = 10
PAGE = 20
HELD = ("organ", "duration", "scope", "other")  # columns that a query's words may stand in too


@dataclass(frozen=True)
class Entry:
    """A listed measure; `hit` is None without a query."""

    measure: Measure
    hit: Hit | None


@dataclass(frozen=True)
class Listing:
    """All that is listed, in order, over all pages.

    `words` are those that the query was searched by; `near` is whether nothing reached the floor,
    so that the nearest measures are listed instead; `facets` counts under the other facets.
    """

    entries: tuple[Entry, ...]
    words: tuple[str, ...]
    near: bool
    facets: Mapping[str, Mapping[str, int]]

    @property
    def items(self) -> int:
        """How many items the listed measures belong to."""
        return len({(e.measure.document, e.measure.item) for e in self.entries})

    @property
    def elsewhere(self) -> int:
        """How many of them say that their item does not concern the place."""
        return sum(not entry.measure.applicable for entry in self.entries)

    @property
    def pages(self) -> int:
        """How many pages they fill, at least one."""
        return max(1, -(-len(self.entries) // PAGE))

    def on(self, page: int) -> tuple[Entry, ...]:
        """The entries of a page.

        Raises:
            NotFoundError: there are fewer pages.
        """
        if page > self.pages:
            raise NotFoundError(f"没有第 {page} 页；一共 {self.pages} 页")
        return self.entries[(page - 1) * PAGE : page * PAGE]


def find(searcher: Searcher, form: FindForm) -> Listing:
    """List what the form asks for.

    Raises:
        InputError: as the search.
        NotFoundError: a value that a facet does not have.
    """
    check_chosen(searcher, form)
    words: tuple[str, ...] = ()
    near = False
    entries: Sequence[Entry] = [Entry(measure, None) for measure in searcher.measures]
    if form.asked:
        place = read_number(form.q, searcher.measures)
        result = searcher.search_all(place.query if place else form.q)
        hits = [hit for hit in result.hits if place is None or place.address.holds(hit.measure)]
        runs = RUN.findall(result.normalized)
        kept = [hit for hit in hits if hit.score >= FLOOR or holds(hit.measure, runs)]
        near = not kept
        cut = searcher.tokens.cut(result.normalized)[0]
        words = tuple(dict.fromkeys(word for word in cut if len(word) > 1))
        entries = [Entry(hit.measure, hit) for hit in kept or hits[:NEAREST]]
    facets = count_under((entry.measure for entry in entries), form.chosen)
    left = [entry for entry in entries if meets_all(entry.measure, form.chosen)]
    return Listing(tuple(ordered(left, form.order)), words, near, facets)


def holds(measure: Measure, words: Sequence[str]) -> bool:
    """Whether all of a normalised query's words stand in a measure's row as they are typed."""
    texts = (measure.title, measure.scope, measure.text, measure.content)
    organs = "，".join((*measure.lead_units, *measure.responsible_units))
    beside = [c.value for c in measure.cells(*HELD) if not is_blank(c.value)]
    text = normalise("\n".join((*texts, organs, *beside, "" if measure.due else measure.due_text)))
    return all(word in text for word in words)


def ordered(entries: Sequence[Entry], order: str) -> list[Entry]:
    """The entries by relevance (as they come), by place in the document, or by month.

    Measures without a month stand last; ties are broken by place.
    """
    if order == "relevance":
        return list(entries)
    if order == "month":
        return sorted(entries, key=lambda e: (e.measure.due or "9", e.measure.order))
    return sorted(entries, key=lambda e: e.measure.order)


def check_chosen(searcher: Searcher, form: FindForm) -> None:
    """Refuse a value that no measure has, instead of finding nothing.

    Raises:
        NotFoundError: there is such a value.
    """
    for name in filter(form.of, NAMES):
        known = {value for measure in searcher.measures for value in VALUES[name](measure)}
        label = facet_labels(searcher.index.schemas)[name]
        for value in form.of(name):
            if value not in known:
                raise NotFoundError(f"“{label}”里没有“{shown(name, value)[:80]}”")
