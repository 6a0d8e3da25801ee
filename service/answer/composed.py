"""What every kind of answer composes, and the answer that is served."""

from dataclasses import dataclass

from index.search import Hit
from service.cite import Citation
from service.conditions import EVERYTHING, Condition

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


@dataclass(frozen=True)
class Answer:
    """An answer as in the contract; a refusal has `nearest` measures in place of `hits`.

    `standing` is answered, near (not stated outright: the nearest passage is given) or refused;
    `understood` the self-contained question that was answered, `where` its conditions, `unread`
    the words that were not understood; `notice` tells what went otherwise than asked.
    """

    question: str
    kind: str
    standing: str
    confidence: float
    short_answer: str | None
    answer: str
    items: tuple[ItemId, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    nearest: tuple[Hit, ...]
    understood: str = ""
    notice: str = ""
    where: Condition = EVERYTHING
    unread: tuple[str, ...] = ()

    @property
    def answerable(self) -> bool:
        """Whether it answers: true for answered only."""
        return self.standing == "answered"
