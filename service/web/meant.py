"""What else a question may mean: a greeting, a vague word's choices, other wordings."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from corpus.document import Measure
from corpus.text import normalise
from index.search import Hit, Searcher
from service.web.listing import FLOOR
from service.web.wording import asks, is_simplified

GREETING = re.compile(
    r"(?:(?:你|您|大家)好|(?:早上|上午|中午|下午|晚上|早)好|早安|晚安|在吗|在不在|有人吗|哈[喽啰]|嗨|喂|"
    r"hi|hello|谢谢(?:你|您|了|啦)?|多谢|感谢|辛苦了|再见|拜拜|好的|嗯|啊|呀|吗|,|\s)+"
)
GREETED = 20  # characters of the longest greeting
VAGUE = 6  # characters of a word that may mean many things
ASKS = re.compile(
    "[吗么呢谁哪几怎何啥嘛]|什么|多少|能否|可否|是否|能不能|要不要|可以|需要|第.+[项条]|有关|办理"
)
WORDS = re.compile(r"[\u4e00-\u9fffa-z0-9]+")
CHOICES = 6
REWORDED = 2
TRIED = 6  # other wordings that are looked at
CLOSE = 0.3  # the least score of a measure that a refused question is close to
SURE = 0.5  # the least probability that the documents answer another wording


def is_greeting(text: str) -> bool:
    """Whether nothing is asked, and only greeted or thanked."""
    said = re.sub(r"[^\w\s]", "", normalise(text)).strip()
    return 0 < len(said) <= GREETED and GREETING.fullmatch(said) is not None


def is_vague(text: str) -> bool:
    """Whether it is a single short word that asks nothing by itself."""
    said = normalise(text).strip("?？。！! ")
    short = 1 < len(said) <= VAGUE and WORDS.fullmatch(said) is not None
    return short and not said.isascii() and ASKS.search(said) is None


def choices(word: str, hits: Sequence[Hit], measures: Sequence[Measure]) -> tuple[Measure, ...]:
    """The items that a vague word may mean, by a measure of each, at most six.

    Those that are found come first, then those whose titles hold the word.
    """
    said = normalise(word).strip("?？。！! ")
    likely = [hit.measure for hit in hits if hit.score >= FLOOR]
    titled = [m for m in measures if m.applicable and said in normalise(m.title)]
    first: dict[tuple[str, int], Measure] = {}
    for m in (*likely, *titled):
        if m.title:
            first.setdefault((m.document, m.item), m)
    return tuple(first.values())[:CHOICES]


def reworded(searcher: Searcher, text: str, nearest: Sequence[Hit]) -> tuple[str, ...]:
    """At most two shipped questions of the nearest measures and items that the documents answer.

    Those most like what was asked come first; each must find its own item.
    """
    near = [hit.measure for hit in nearest if hit.score >= CLOSE][:3]
    places = {(m.document, m.item, *own) for m in near for own in ((m.row, m.number), (0, 0))}
    rated = sorted(
        (-SequenceMatcher(None, text, q.text, autojunk=False).ratio(), q.text, q.item)
        for q in searcher.index.questions
        if (q.document, q.item, q.row, q.number) in places
        and asks(q.text)
        and is_simplified(q.text)
    )
    found: list[str] = []
    for _, other, item in rated[:TRIED]:
        result = searcher.search(other, k=1)
        sure = result.answerable >= SURE and result.hits[0].measure.item == item
        if sure and normalise(other) != normalise(text):
            found.append(other)
        if len(found) == REWORDED:
            break
    return tuple(found)
