"""The formal queries written otherwise: traditional, full-width, with homophone typos."""

import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache

import numpy as np
from opencc import OpenCC
from pypinyin import lazy_pinyin

from corpus.text import normalise
from eval.metrics import SEED
from index.search import Searcher
from index.tokens import HANZI
from index.views import context_text

COMMON = 5  # so often must a character stand in the corpus to be typed by mistake
MOST = 2  # characters mistyped in a query
DRAWS = 5  # mistyped forms of a query
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}

Change = Callable[[str], Sequence[str]]
"""A query's text → the texts that it becomes."""


@cache
def _converter() -> OpenCC:
    return OpenCC("s2t")


def traditional(text: str) -> str:
    """The text in traditional characters."""
    return str(_converter().convert(text))


def full_width(text: str) -> str:
    """The text with its letters, digits and ASCII punctuation in full width."""
    return text.translate(WIDE)


class Typist:
    """Mistypes one or two hanzi inside dictionary terms, as a pinyin keyboard does.

    Each becomes another character of the corpus with the same toneless pinyin, the commoner the
    likelier. The same text and draw give the same typos.
    """

    def __init__(self, dictionary: Sequence[str], texts: Sequence[str]) -> None:
        """`texts` are normalised; they tell which characters are common."""
        self._terms = sorted({run for term in dictionary for run in HANZI.findall(term) if run[1:]})
        self._counts = Counter(c for text in texts for run in HANZI.findall(text) for c in run)
        self._sounding: dict[str, list[str]] = defaultdict(list)
        for character in sorted(c for c, count in self._counts.items() if count >= COMMON):
            self._sounding[lazy_pinyin(character)[0]].append(character)

    def mistype(self, text: str, draw: int) -> str:
        """The text with typos; as it is where no term of it has a homophone."""
        places = self._places(text)
        if not places:
            return text
        random = np.random.default_rng([SEED, draw, zlib.crc32(text.encode("utf-8"))])
        count = min(int(random.integers(1, MOST + 1)), len(places))
        typed = list(text)
        for place in random.choice(sorted(places), count, replace=False).tolist():
            heard = places[place]
            weights = np.array([self._counts[c] for c in heard], float)
            typed[place] = heard[int(random.choice(len(heard), p=weights / weights.sum()))]
        return "".join(typed)

    def _places(self, text: str) -> Mapping[int, Sequence[str]]:
        """The places of hanzi within terms, each with the other characters that sound like it."""
        inside: set[int] = set()
        for term in self._terms:
            at = text.find(term)
            while at >= 0:
                inside.update(range(at, at + len(term)))
                at = text.find(term, at + 1)
        found = {}
        for run in HANZI.finditer(text):
            for place, sound in enumerate(lazy_pinyin(run[0]), run.start()):
                others = [c for c in self._sounding.get(sound, ()) if c != text[place]]
                if place in inside and others:
                    found[place] = others
        return found


def changes(searcher: Searcher) -> dict[str, Change]:
    """Every change by name, for the dictionary and the texts of a searcher."""
    texts = [normalise(context_text(measure)) for measure in searcher.measures]
    typist = Typist(searcher.tokens.dictionary, texts)
    return {
        "traditional": lambda text: [traditional(text)],
        "full-width": lambda text: [full_width(text)],
        "typo": lambda text: [typist.mistype(text, draw) for draw in range(DRAWS)],
    }
