"""A language model's reply → sentences with the numbers of the measures that they cite.

The reply is a stranger's text: it may be cut anywhere, cite what was never given, carry markup
or control characters, or think aloud first. What comes out is one clean line a sentence.
"""

import re
from dataclasses import dataclass

from corpus.text import INVISIBLE

ENDS = "。！？!?"
CLOSERS = "”’」』）)\"'"
NUMBERS = r"\d{1,3}(?:\s*[,，、;；]\s*\d{1,3})*"
MARK = rf"\s*[\[【［]\s*{NUMBERS}\s*[\]】］]"  # [1], 【1】, [1,2]
# A sentence is whole only where something follows that is not the first half of another mark;
# the quantifiers are possessive, so that none of its own marks is left behind, and so that a
# reply of nothing but stops costs no time.
SENTENCE = re.compile(
    rf".*?(?:(?<![{ENDS}\n])[{ENDS}\n]++|(?<=[^\d\s])\.(?=\s))"
    rf"[{CLOSERS}]*+(?:{MARK})*+[{ENDS}\n]*+"
    r"(?=\s*+\S)(?!\s*+[\[【［][\d\s,，、;；]*\Z)",
    re.DOTALL,
)
# Words, full stop, marks, full stop: the marks stand on either side of it.
WHOLE = re.compile(
    rf"(?P<words>.*?)(?P<stop>(?:[{ENDS}.]+[{CLOSERS}]*)?)(?P<marks>(?:{MARK})*)(?P<later>[\s{ENDS}.]*)\Z"
)
WORD = re.compile(r"\w")
BULLET = re.compile(r"\A(?:[-*+•·#>]+\s*|\d{1,2}[.、)）]\s*(?!\d)|[(（]\d{1,2}[)）]\s*)+")
EMPHASIS = re.compile(r"\*\*|__|`")
THOUGHT, THOUGHT_ENDS = "<think>", "</think>"


@dataclass(frozen=True)
class Piece:
    """A stretch of a sentence, and the numbers in the marks behind it."""

    text: str
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Sentence:
    """A sentence taken apart at its marks; `stop` closes it (。 or the like)."""

    pieces: tuple[Piece, ...]
    stop: str

    @property
    def numbers(self) -> tuple[int, ...]:
        """All numbers cited, each once, in order of appearance."""
        return tuple(dict.fromkeys(n for piece in self.pieces for n in piece.numbers))

    @property
    def text(self) -> str:
        """The words without the marks and the stop."""
        return "".join(piece.text for piece in self.pieces)


def thinks(buffer: str) -> bool:
    """Whether a model begins by thinking aloud."""
    return buffer.lstrip().startswith(THOUGHT)


def cut(buffer: str, *, last: bool = False) -> tuple[tuple[str, ...], str]:
    """The whole sentences at the front of what has come so far, and the rest to keep.

    A sentence takes along the marks behind its full stop. With `last` nothing more will come:
    the rest is a sentence too. What a model thinks aloud before it speaks is passed over.
    """
    start = 0
    if thinks(buffer):
        start = buffer.find(THOUGHT_ENDS) + len(THOUGHT_ENDS)
        if start < len(THOUGHT_ENDS):
            return (), "" if last else buffer
    text, found = f"{buffer}\n\0" if last else buffer, []
    while whole := SENTENCE.match(text, start):
        if WORD.search(whole[0]):
            found.append(whole[0].strip())
        start = whole.end()
    return tuple(found), "" if last else text[start:]


def read_sentence(text: str) -> Sentence:
    """Take a sentence apart; list and emphasis markup and what is not printable are dropped."""
    line = " ".join(EMPHASIS.sub("", INVISIBLE.sub("", text)).split())
    line = BULLET.sub("", "".join(c for c in line if c.isprintable()))
    words, stop, marks, later = WHOLE.findall(line)[0]
    said, at, pieces = words + marks, 0, []
    for mark in re.finditer(rf"(?:{MARK})+", said):
        numbers = tuple(map(int, re.findall(r"\d+", mark[0])))
        pieces.append(Piece(said[at : mark.start()], numbers))
        at = mark.end()
    if said[at:]:
        pieces.append(Piece(said[at:], ()))
    return Sentence(tuple(pieces), (stop or later).strip(" .") or "。")
