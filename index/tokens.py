"""Text → terms: words by jieba with the policy dictionary, beside characters and their pairs.

A word that is cut differently in query and text is lost to words alone; characters and pairs
keep the recall (measured in `DECISIONS.md`).
"""

import logging
import re
from collections.abc import Iterable, Sequence
from functools import cache

import jieba

from corpus.document import Measure
from corpus.text import normalise

RUN = re.compile(r"[a-z0-9]+(?:\.[0-9]+)*|[^\W_a-z0-9]+")
QUOTED = re.compile(r"[“《〈]([^“”《》〈〉]{2,20})[”》〉]")
HANZI = re.compile(r"[㐀-鿿𠀀-𲎯]+")
TITLE_PARTS = re.compile(r"[、，,“”《》（）()的和与及对在等]+")

jieba.setLogLevel(logging.WARNING)


def mine_dictionary(measures: Iterable[Measure]) -> tuple[str, ...]:
    """The policy dictionary, sorted: quoted terms, document names, title parts and units."""
    terms: set[str] = set()
    for m in measures:
        for text in (m.title, m.content, m.text, m.scope):
            terms.update(found[1] for found in QUOTED.finditer(text))
        terms.update(part for part in TITLE_PARTS.split(m.title) if 2 <= len(part) <= 8)
        terms.update(re.sub(r"（.*", "", unit) for unit in m.lead_units + m.responsible_units)
    return tuple(sorted(term for term in map(normalise, terms) if len(term) > 1))


@cache
def _general_cutter() -> jieba.Tokenizer:
    """Jieba with its own dictionary alone: half a second to load, so once, and copied."""
    cutter = jieba.Tokenizer()
    cutter.initialize()
    return cutter


class Tokens:
    """A jieba cutter that knows the policy dictionary.

    A dictionary term stays whole and still matches in part: `cut_for_search` gives its inner
    words too, and characters and pairs go through it.
    """

    def __init__(self, dictionary: Sequence[str]) -> None:
        self.dictionary = tuple(dictionary)
        self._cutter = jieba.Tokenizer()
        general = _general_cutter()
        self._cutter.FREQ, self._cutter.total = dict(general.FREQ), general.total
        self._cutter.initialized = True
        # Without punctuation, as the cutter sees a term: 双随机、一公开 is cut at its comma.
        for term in self.dictionary:
            for part in RUN.findall(term):
                if len(part) > 1:
                    self._cutter.add_word(part)

    def cut(self, text: str) -> tuple[list[str], list[str]]:
        """A normalised text's words, in order with the inner words of long ones, and its terms.

        Terms are what the lexical arm counts: words of three or more characters, single
        characters, neighbouring pairs, and Latin or numeric runs.
        """
        words: list[str] = []
        terms: list[str] = []
        for run in RUN.findall(text):
            if not HANZI.match(run):
                words.append(run)
                terms.append(run)
                continue
            cut = list(self._cutter.cut_for_search(run)) if len(run) > 1 else [run]
            words += cut
            terms += [word for word in cut if len(word) > 2]
            terms += run
            terms += [run[i : i + 2] for i in range(len(run) - 1)]
        return words, terms

    def terms(self, text: str) -> list[str]:
        """The terms of a normalised text."""
        return self.cut(text)[1]

    def first(self, text: str) -> str:
        """The word that a text begins with, whole; empty of an empty text."""
        return next(iter(self._cutter.cut(text)), "")

    def likelihood(self, run: str) -> float:
        """The log probability of a run's best cut under jieba's unigram model."""
        route: dict[int, tuple[float, int]] = {}
        self._cutter.calc(run, self._cutter.get_DAG(run), route)
        return float(route[0][0])

    def known(self, word: str) -> bool:
        """Whether the word stands in the general or the policy dictionary."""
        return bool(self._cutter.FREQ.get(word))
