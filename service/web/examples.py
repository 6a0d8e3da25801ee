"""What the home page offers to ask: a document's own examples, else its questions or titles."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from corpus.document import Measure
from corpus.questions import Question
from index.search import Searcher
from service.web.wording import asks, is_simplified

MOST = 10
HANDY = 14  # characters
LONGEST = 30  # characters of a title that can be asked as it is
SHARED = 2  # a single character in common says nothing


@dataclass(frozen=True)
class Example:
    """A question that can be asked, and the walk of life or the aspect that it belongs to."""

    aspect: str
    question: str


def choose_examples(searcher: Searcher) -> tuple[Example, ...]:
    """Examples of each loaded document, in their order, at most ten, each document with a share.

    Those that lie beside it; else a question of each aspect; else titles.
    """
    found = [_of_document(searcher, name) for name in searcher.documents]
    told = [examples for examples in found if examples]
    share = MOST // max(len(told), 1) or 1
    return tuple(example for examples in told for example in _spread(examples, share))[:MOST]


def _spread(examples: Sequence[Example], most: int) -> tuple[Example, ...]:
    """At most so many, from all over."""
    shown = min(most, len(examples))
    return tuple(examples[place * len(examples) // shown] for place in range(shown))


def _of_document(searcher: Searcher, name: str) -> tuple[Example, ...]:
    spoken = [e for e in searcher.index.examples if e.document == name]
    if spoken:
        return tuple(Example(e.who, e.question) for e in spoken)
    measures = [m for m in searcher.measures if m.document == name]
    questions = [q for q in searcher.index.questions if q.document == name]
    return _asked(measures, questions) or _titles(measures)


def _asked(measures: Sequence[Measure], questions: Sequence[Question]) -> tuple[Example, ...]:
    """A question of each aspect.

    Of an aspect's short questions in simplified script on what concerns the place, the one that
    its item's title tells most of: whoever reads it needs to know nothing else.
    """
    first: dict[int, Measure] = {}
    concerned: set[tuple[int, int, int]] = set()
    for m in measures:
        first.setdefault(m.item, m)
        if m.applicable:
            concerned |= {(m.item, 0, 0), (m.item, m.row, m.number)}
    by_aspect: dict[str, list[tuple[float, int, str]]] = {}
    for q in questions:
        if asks(q.text) and (q.item, q.row, q.number) in concerned:
            item = first[q.item]
            by_aspect.setdefault(item.aspect, []).append(_rate(q, item.title or item.text))
    return tuple(
        Example(aspect, chosen)
        for aspect, rated in by_aspect.items()
        if (chosen := next((text for *_, text in sorted(rated) if is_simplified(text)), ""))
    )


def _titles(measures: Sequence[Measure]) -> tuple[Example, ...]:
    """The titles that are short enough to be asked, each once."""
    titles = {m.title: m.aspect for m in measures if m.applicable and 1 < len(m.title) <= LONGEST}
    return tuple(Example(aspect, title) for title, aspect in titles.items())


def _rate(question: Question, title: str) -> tuple[float, int, str]:
    """Small is good: the share that the title does not tell, how far from a handy length."""
    text = question.text
    blocks = SequenceMatcher(None, text, title, autojunk=False).get_matching_blocks()
    told = sum(block.size for block in blocks if block.size >= SHARED)
    return 1 - told / len(text), abs(len(text) - HANDY), text
