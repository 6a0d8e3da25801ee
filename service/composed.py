"""What the answering of each kind of question composes, before hits and confidence join it."""

from dataclasses import dataclass

from service.cite import Citation

LONGEST = 60  # characters of a short answer
ItemId = tuple[str, int]


@dataclass(frozen=True)
class Composed:
    """The parts of an answer that its kind decides; `answer` carries [n] marks of `citations`.

    `short_answer` is at most 60 characters of what was asked, None where a passage is needed;
    `items` are the (document, item) it speaks of, in document order.
    """

    kind: str
    short_answer: str | None
    answer: str
    items: tuple[ItemId, ...]
    citations: tuple[Citation, ...]
