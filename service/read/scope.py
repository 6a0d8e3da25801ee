"""Whether a question asks of another place or a later year than the documents speak of."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from index.tokens import Tokens

FILE = Path(__file__).parent / "places.txt"
OPENING = r"^(?:(?:那么?|请问|想问问?|问下|咨询一?下|比如|换[成作]?|如果是)[,，]?)*在?"
# Who asks comes from there, what is asked need not be: 四川来的车, 江苏的施工队.
FROM = (
    r"(?![市省]?(?:人|籍|户口|过?来|产|银行|牌照|车牌"
    r"|的?(?:公司|企业|厂|人|朋友|老板|车|货|施工队|客户|师傅)))"
)
YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
# The year of what is asked, not of something that is told: 2024年成立的分公司.
ASKED_YEAR = re.compile(
    rf"{OPENING}(20\d\d)年(?:的|(?![^,?。]{{1,10}}的))|(20\d\d)年(?:还要|又|会|将|新增|计划|目标|打算)"
)


def read_places(path: Path = FILE) -> tuple[tuple[str, ...], ...]:
    """The names of each line, a province before its cities; lines with # left out."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(tuple(line.split()) for line in lines if line and not line.startswith("#"))


class Scope:
    """Knows the names of places, those of the documents, and the last year that they name."""

    def __init__(self, own: Sequence[str], texts: Iterable[str], tokens: Tokens) -> None:
        lines = read_places()
        self._tokens = tokens
        self._own = tuple(own)
        home = {line[0] for line in lines if set(line) & set(own)}  # 浙江 of 杭州
        others = {name for line in lines for name in line} - set(own) - home
        names = "|".join(sorted(others, key=lambda name: (-len(name), name)))
        self._opens = re.compile(rf"{OPENING}(?P<place>{names}){FROM}")
        self._last = max((year for text in texts for year in YEAR.findall(text)), default="")

    def elsewhere(self, question: str) -> str:
        """The other place that a normalised question opens with; empty if there is none.

        So it is where the documents have no place, and where their own is named as well. A
        longer word only begins like a place: 大理石, 长治久安.
        """
        if not self._own or any(name in question for name in self._own):
            return ""
        found = self._opens.match(question)
        if found is None:
            return ""
        word = self._tokens.first(question[found.start("place") :])
        return found["place"] if word.rstrip("市省") == found["place"] else ""

    def later(self, question: str) -> bool:
        """Whether a question asks of a year after all that the documents name."""
        years = (year for pair in ASKED_YEAR.findall(question) for year in pair)
        return bool(self._last) and any(year > self._last for year in years)
