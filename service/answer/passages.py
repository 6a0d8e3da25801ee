"""Hits → passages: what a reader is given of a row, and where each of its characters stands.

A row is written out as “列名：值。” under the document's own names, so that a column that nobody
knows is read like any other. A piece of a passage is a cell or a field of one measure.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.document import Cell, Measure, Span
from corpus.schema import is_blank
from corpus.text import sentences

LEAD = 80  # characters of it that go before its cases
LONGEST = 250  # characters of a passage: what the reader was trained on


@dataclass(frozen=True)
class Piece:
    """A stretch of a passage that is a cell or a field, from `offset` in that on."""

    measure: Measure
    field: str  # of the measure, or "" for a cell
    cell: Cell | None
    start: int
    end: int
    offset: int
    text: str  # the whole cell or field

    def within(self, span: Span) -> Span | None:
        """A span of the passage as one of the cell or field; None if it is not in this piece."""
        if not self.start <= span.start < span.end <= self.end:
            return None
        shift = self.offset - self.start
        return Span(span.start + shift, span.end + shift)


@dataclass(frozen=True)
class Passage:
    """A text to read, its pieces, and the probability that the question is about its row."""

    text: str
    pieces: tuple[Piece, ...]
    measure: Measure
    score: float


def passages(measure: Measure, score: float) -> tuple[Passage, ...]:
    """A measure with its columns, then its main content, each at most so long."""
    head = f"{measure.title}：" if measure.title else ""
    texts: list[tuple[str, Cell | None, str, str]] = [("text", None, "", measure.text)]
    for cell in beside(measure):
        texts.append(("", cell, f"{cell.name}：", cell.value))
    found = list(_packed(measure, score, head, texts))
    if measure.content and measure.content != measure.text:
        content = [("content", None, "", measure.content)]
        found += _packed(measure, score * 0.9, head, content)
    return tuple(found)


def beside(measure: Measure) -> tuple[Cell, ...]:
    """The cells of a row that are neither its words nor its number."""
    held = {measure.spans.get(name) for name in ("text", "content", "title")}
    return tuple(
        cell
        for cell in measure.columns
        if cell.span not in held
        and cell.role not in ("measure", "title", "number", "aspect")
        and not is_blank(cell.value)
    )


def _lead(text: str, span: Span) -> str:
    """What a case （二） is a case of: the end of the words before （一）; else nothing."""
    cases = text.find("（一）")
    within = 0 <= cases < span.start and text[span.start] == "（"
    return text[max(0, cases - LEAD) : cases] if within else ""


def _packed(
    measure: Measure, score: float, head: str, texts: Sequence[tuple[str, Cell | None, str, str]]
) -> list[Passage]:
    """Whole sentences of the texts, packed into as few passages as they fit in."""
    found: list[Passage] = []
    said = head
    pieces: list[Piece] = []
    for name, cell, label, text in texts:
        for span in sentences(text) or (Span(0, len(text)),):
            if len(said) + len(label) + span.end - span.start > LONGEST and pieces:
                found.append(Passage(said, tuple(pieces), measure, score))
                said, pieces = head + _lead(text, span), []
            start = len(said) + len(label)
            said += label + text[span.start : span.end]
            pieces.append(Piece(measure, name, cell, start, len(said), span.start, text))
            label = ""
        said += "" if said.endswith(("。", "；", "！", "？")) else "。"
    found.append(Passage(said, tuple(pieces), measure, score))
    return found
