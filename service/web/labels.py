"""Labels that fit a chart: folded, cut short, or replaced by a mark."""

from collections.abc import Sequence

LINE = 44  # half-width characters of a line: 22 full ones fit a screen of 320 px
LINES = 2
NUMERALS = frozenset("一二三四五六七八九十")


def marks_of(names: Sequence[str]) -> tuple[str, ...]:
    """The short mark of each aspect: its own number (一、… → 一), else its place (1, 2, …)."""
    own = [name.partition("、")[0] for name in names]
    numbered = all(1 <= len(mark) <= 3 and set(mark) <= NUMERALS for mark in own)
    if numbered and len(set(own)) == len(own):
        return tuple(own)
    return tuple(str(place) for place in range(1, len(names) + 1))


def cut(text: str, width: int) -> str:
    """The text, shortened to so many half-width characters."""
    if _width(text) <= width:
        return text
    kept = text
    while _width(kept) > width - 2:
        kept = kept[:-1]
    return kept + "…"


def fold(text: str) -> tuple[str, ...]:
    """The text in at most LINES lines of LINE half-width characters."""
    lines: list[str] = []
    rest = text
    while _width(rest) > LINE and len(lines) < LINES - 1:
        end = len(rest)
        while _width(rest[:end]) > LINE:
            end -= 1
        pause = max(rest.rfind(mark, 0, end) for mark in "、，；") + 1
        end = pause if pause > end // 3 else end
        lines, rest = [*lines, rest[:end]], rest[end:]
    return (*lines, cut(rest, LINE))


def _width(text: str) -> int:
    return sum(1 if character.isascii() else 2 for character in text)
