"""The rows of the loaded tables, and which row of an item a question means."""

import re
from collections.abc import Iterable, Sequence

from corpus.document import Measure
from corpus.text import normalise
from index.search import Hit

RowId = tuple[str, int, int]


def row_of(measure: Measure) -> RowId:
    """The row of a measure: document, item, row."""
    return measure.document, measure.item, measure.row


class Rows:
    """The measures of each row, in document order."""

    def __init__(self, measures: Iterable[Measure]) -> None:
        self._measures: dict[RowId, tuple[Measure, ...]] = {}
        self._items: dict[tuple[str, int], dict[RowId, Measure]] = {}
        for measure in measures:
            row = row_of(measure)
            self._measures[row] = (*self._measures.get(row, ()), measure)
            self._items.setdefault(row[:2], {}).setdefault(row, measure)
        self._texts = {
            row: "".join(m.title + m.content + m.scope + m.text for m in found)
            for row, found in self._measures.items()
        }

    def measures(self, row: RowId) -> Sequence[Measure]:
        """The measures of a row."""
        return self._measures[row]

    def text(self, row: RowId) -> str:
        """All words of a row: titles, main contents, scopes and texts."""
        return self._texts[row]

    def item_text(self, measure: Measure) -> str:
        """All words of a measure's item."""
        return "".join(self._texts[row] for row in self._items[row_of(measure)[:2]])

    def siblings(self, measure: Measure) -> list[Measure]:
        """The first measures of the item's other rows."""
        row = row_of(measure)
        return [first for other, first in self._items[row[:2]].items() if other != row]

    def meant(self, hits: Sequence[Hit], *questions: str) -> Measure:
        """The best hit's measure; of an item with several rows one of the row named first.

        The first of the questions that names a row counts. A row is named by the characters of
        its scope that no other row's scope has: 成品油 or 农产品 in 在…领域建立综合监管机制.
        Without a scope its first clause stands for it.
        """
        best = hits[0].measure
        rows = [best, *self.siblings(best)]
        if len(rows) == 1:
            return best
        for question in map(normalise, questions):
            named = [(at, m) for m in rows if (at := _named_at(m, rows, question)) >= 0]
            if named:
                row = row_of(min(named, key=lambda pair: pair[0])[1])
                ranked = [hit.measure for hit in hits if row_of(hit.measure) == row]
                return ranked[0] if ranked else self._measures[row][0]
        return best


def _named_at(measure: Measure, rows: Sequence[Measure], asked: str) -> int:
    """Where a question names a row's scope by a pair of characters of its own; −1 if nowhere."""
    others = "|".join(_scope(m) for m in rows if m is not measure)
    scope = _scope(measure)
    pairs = {scope[i : i + 2] for i in range(len(scope) - 1)}
    places = [asked.find(pair) for pair in pairs if pair not in others and pair in asked]
    return min(places, default=-1)


def _scope(measure: Measure) -> str:
    return normalise(measure.scope or re.split("[，,]", measure.text, maxsplit=1)[0])
