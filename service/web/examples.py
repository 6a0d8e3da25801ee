"""The questions that the home page offers: one of each aspect, to be understood by themselves."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from corpus.document import Measure
from corpus.questions import Question
from index.search import Searcher
from service.web.wording import asks, is_simplified

MOST = 10
HANDY = 14  # characters
SHARED = 2  # a single character in common says nothing


@dataclass(frozen=True)
class Example:
    """A question that can be asked, and the aspect that it belongs to."""

    aspect: str
    question: str


def choose_examples(searcher: Searcher) -> tuple[Example, ...]:
    """A question of each aspect of the loaded documents, in their order, at most ten.

    Of an aspect's short questions in simplified script on what concerns the place, the one that
    its item's title tells most of: whoever reads it needs to know nothing else.
    """
    first: dict[tuple[str, int], Measure] = {}
    concerned: set[tuple[str, int, int, int]] = set()
    for m in searcher.measures:
        first.setdefault((m.document, m.item), m)
        if m.applicable:
            concerned |= {(m.document, m.item, 0, 0), (m.document, m.item, m.row, m.number)}
    by_aspect: dict[str, list[tuple[float, int, str]]] = {}
    for q in searcher.index.questions:
        if asks(q.text) and (q.document, q.item, q.row, q.number) in concerned:
            item = first[q.document, q.item]
            by_aspect.setdefault(item.aspect, []).append(_rate(q, item.title or item.text))
    best = [
        Example(aspect, chosen)
        for aspect, rated in by_aspect.items()
        if (chosen := next((text for *_, text in sorted(rated) if is_simplified(text)), ""))
    ]
    shown = min(MOST, len(best))
    return tuple(best[place * len(best) // shown] for place in range(shown))


def _rate(question: Question, title: str) -> tuple[float, int, str]:
    """Small is good: the share that the title does not tell, how far from a handy length."""
    text = question.text
    blocks = SequenceMatcher(None, text, title, autojunk=False).get_matching_blocks()
    told = sum(block.size for block in blocks if block.size >= SHARED)
    return 1 - told / len(text), abs(len(text) - HANDY), text
