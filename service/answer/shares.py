"""How much of what a question says a text holds, by the weight of its terms."""

from collections.abc import Iterable

from corpus.document import Measure
from corpus.text import normalise
from index.search import Searcher

RowId = tuple[str, int, int]
COMMON = 0.1  # the least that a term weighs
STOP = frozenset("的了是在和与要还吗呢这那个有被把对到就都也我你他它们为从向让给用能会")


def row_of(measure: Measure) -> RowId:
    """The row of a measure: document, item, row."""
    return measure.document, measure.item, measure.row


class Shares:
    """Cuts texts into weighed terms; keeps those of the rows, nothing of the questions."""

    def __init__(self, searcher: Searcher) -> None:
        self._tokens = searcher.tokens
        self._words = searcher.index.words
        self._unknown = float(self._words.weights.max(initial=1.0))
        self.rows: dict[RowId, tuple[Measure, ...]] = {}
        for measure in searcher.measures:
            row = row_of(measure)
            self.rows[row] = (*self.rows.get(row, ()), measure)
        self._held: dict[RowId, frozenset[str]] = {}

    def terms(self, text: str) -> frozenset[str]:
        """The terms of a text."""
        return frozenset(self._tokens.terms(normalise(text))) - STOP

    def share(self, asked: frozenset[str], held: frozenset[str]) -> float:
        """The share in [0, 1] of the weight of the asked terms that are held."""
        total = self._total(asked)
        return self._total(asked & held) / total if total else 0.0

    def row(self, measure: Measure) -> frozenset[str]:
        """The terms of all words of a measure's row, its columns and their names included."""
        row = row_of(measure)
        if row not in self._held:
            first = self.rows[row][0]
            texts = [first.title, first.content, first.scope, first.aspect]
            texts += [m.text for m in self.rows[row]]
            texts += [f"{cell.name} {cell.value}" for cell in first.columns]
            self._held[row] = self.terms("。".join(texts))
        return self._held[row]

    def siblings(self, measure: Measure) -> tuple[Measure, ...]:
        """The first measures of the item's other rows."""
        return tuple(
            found[0]
            for row, found in self.rows.items()
            if row[:2] == (measure.document, measure.item) and row != row_of(measure)
        )

    def _total(self, terms: Iterable[str]) -> float:
        return sum(map(self._weigh, terms))

    def _weigh(self, term: str) -> float:
        number = self._words.vocabulary.get(term)
        return self._unknown if number is None else max(float(self._words.weights[number]), COMMON)
