"""Whether a question asks of another place or a later year than the documents speak of."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

FILE = Path(__file__).parent / "places.txt"
# People open with the place that they ask of; 我从云南拉来的花苗 asks of none.
OPENING = r"^(?:(?:那么?|请问|想问问?|问下|咨询一?下|比如|换[成作]?|如果是)[,，]?)*在?"
YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")


def read_places(path: Path = FILE) -> tuple[str, ...]:
    """The names in a file of names between spaces, lines with # left out."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(name for line in lines if not line.startswith("#") for name in line.split())


class Scope:
    """Knows the names of places, those of the documents, and the last year that they name."""

    def __init__(self, own: Sequence[str], texts: Iterable[str]) -> None:
        self._own = tuple(own)
        others = (name for name in read_places() if name not in self._own)
        names = "|".join(sorted(others, key=lambda name: (-len(name), name)))
        self._opens = re.compile(rf"{OPENING}(?P<place>{names})[市省]?")
        self._last = max((year for text in texts for year in YEAR.findall(text)), default="")

    def elsewhere(self, question: str) -> str:
        """The other place that a normalised question opens with; empty if there is none.

        So it is where the documents have no place, and where their own is named as well.
        """
        if not self._own or any(name in question for name in self._own):
            return ""
        found = self._opens.match(question)
        return found["place"] if found else ""

    def later(self, question: str) -> bool:
        """Whether a question asks of a year after all that the documents name."""
        return bool(self._last) and any(year > self._last for year in YEAR.findall(question))
