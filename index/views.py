"""The texts by which a measure can be found: itself in context, itself alone, and questions.

A view matrix has one row a view: first every measure in context, then every measure alone, then
the questions in their order. Measures, not views, are ranked and judged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from corpus.document import Cell, Measure
from corpus.questions import Question
from corpus.schema import is_blank
from corpus.text import normalise, sentences

SIGNALS = ("context", "alone", "question", "item", "words", "own_words", "asked", "item_asked")
DENSE = SIGNALS[:4]
LEXICAL = SIGNALS[4:]


def context_text(measure: Measure) -> str:
    """A measure in context: title, scope, text, main content, and columns of no known role."""
    beside = "".join(f" {cell.name}：{cell.value}" for cell in others(measure))
    return normalise(f"{measure.title}。{measure.scope}{measure.text} {measure.content}{beside}")


def others(measure: Measure) -> tuple[Cell, ...]:
    """The cells of a row that no field of the measure holds and that say something."""
    held = set(measure.spans.values())
    cells = measure.cells("other", "duration")
    return tuple(c for c in cells if c.span not in held and not is_blank(c.value))


def own_text(measure: Measure) -> str:
    """A measure alone: scope and text."""
    return normalise(f"{measure.scope}{measure.text}")


def sentence_texts(measures: Sequence[Measure]) -> tuple[str, ...]:
    """The distinct sentences of all texts and main contents, in document order."""
    texts = (text for measure in measures for text in (measure.text, measure.content))
    return tuple(
        dict.fromkeys(text[span.start : span.end] for text in texts for span in sentences(text))
    )


@dataclass(frozen=True)
class Owners:
    """Who owns which question: aligned with the measures and the questions.

    `measure_of[j]` is the row of the measure that question j asks for, -1 where it asks for an
    item; `item_of[j]` the number of its item group; `items[i]` the item group of measure i.
    """

    measure_of: NDArray[np.int64]
    item_of: NDArray[np.int64]
    items: NDArray[np.int64]

    def of(self, row: int) -> NDArray[np.int64]:
        """The questions of a measure and of its item."""
        return self._of[row]

    @cached_property
    def _of(self) -> list[NDArray[np.int64]]:
        broad = self.measure_of < 0
        return [
            np.flatnonzero((self.measure_of == row) | (broad & (self.item_of == item)))
            for row, item in enumerate(self.items)
        ]

    def best(self, scores: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
        """Each measure's best own question and best item question, by the questions' scores.

        A measure without questions gets the lowest of the others, 0 where none has any; a score
        of −∞ takes a question out.
        """
        own = np.full(len(self.items), -np.inf, np.float32)
        group = np.full(int(self.items.max(initial=-1)) + 1, -np.inf, np.float32)
        mine = self.measure_of >= 0
        np.maximum.at(own, self.measure_of[mine], scores[mine])
        np.maximum.at(group, self.item_of[~mine], scores[~mine])
        return _filled(own), _filled(group)[self.items]


def _filled(best: NDArray[np.float32]) -> NDArray[np.float32]:
    """The array with its lowest value in place of −∞."""
    there = np.isfinite(best)
    lowest = best[there].min() if there.any() else np.float32(0)
    return np.where(there, best, lowest)


def own_questions(measures: Sequence[Measure], questions: Sequence[Question]) -> Owners:
    """Align questions with measures and items."""
    groups: dict[tuple[str, int], int] = {}
    items = [groups.setdefault((m.document, m.item), len(groups)) for m in measures]
    rows = {(m.document, m.item, m.row, m.number): i for i, m in enumerate(measures)}
    return Owners(
        np.array(
            [rows.get((q.document, q.item, q.row, q.number), -1) for q in questions], np.int64
        ),
        np.array([groups[(q.document, q.item)] for q in questions], np.int64),
        np.array(items, np.int64),
    )
