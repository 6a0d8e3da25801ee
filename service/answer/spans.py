"""Spans of a text that can be read alone: clauses, and stretches with their bound and negation.

All functions take the text of a cell or a field (layout already stripped) and give spans of it.
"""

import re
from functools import lru_cache

from corpus.document import Span
from corpus.text import sentences

CLAUSE = re.compile(
    r"(?:“[^”]{0,40}”|《[^》]{0,80}》|（[^）]{0,80}）|[^，,：:。；;！？“《（])+|[“《（]"
)
# What changes an answer that begins right behind it: a negation, a bound, what a number is of.
LEADING = re.compile(
    r"(?:最[高低多少长短大小迟晚]|至[多少]|不?得?|应?|均|一律|并|也|仍|可|原则上|一般)*"
    r"(?:无需|无须|不需要?|不再|不用|不予|不能|不可|不得?|未|无|非|免|禁止|严禁|没有|低于|高于|超过|少于|多于|大于|小于|满|达到?|逾|超|近|约|每|按|第)+$"
)
BOUND = re.compile(r"(?:最[高低多少长短大小迟晚]|至[多少]|不低于|不高于|上限|下限|仅|只)$")
TRAILING = re.compile(r"(?:以[上下内外]|之内|以?前|以?后|内|左右|起|止)+")
NUMBER = r"[\d一二两三四五六七八九十百千万半几]"
COUNTED = re.compile(
    r"(?:\d[\d,.]*|[一二两三四五六七八九十百千万半]+)(?:[余多])?"
    r"(?:%|％|个工作日|个自然日|个月|个|万元|亿元|元|倍|折|次|日|天|年|月|周|小时|分钟|平方米|公里|米|吨|人|名|户|家|项|类|批|种|条|件|台|份|级|岁|周岁|分)"
)
EDGE = "，,。；;：:、！？ "


@lru_cache(maxsize=4096)
def clauses(text: str) -> tuple[Span, ...]:
    """What stands between commas, colons and full stops; marks within quotes don't part."""
    spans = (Span(found.start(), found.end()) for found in CLAUSE.finditer(text))
    return tuple(span for span in spans if span.end - span.start > 1)


@lru_cache(maxsize=4096)
def windows(text: str, longest: int) -> tuple[Span, ...]:
    """Neighbouring clauses of one sentence, together at most so long; a long clause alone."""
    parts = clauses(text)
    found = []
    for sentence in sentences(text):
        inside = [p for p in parts if sentence.start <= p.start < sentence.end]
        for i, first in enumerate(inside):
            for last in inside[i:]:
                if last is not first and last.end - first.start > longest:
                    break
                found.append(Span(first.start, last.end))
    return tuple(found)


@lru_cache(maxsize=4096)
def numbers(text: str) -> tuple[Span, ...]:
    """Numbers with what they count, as they can be read alone: 不超过15个工作日."""
    spans = (whole(text, Span(*found.span())) for found in COUNTED.finditer(text))
    return tuple(dict.fromkeys(spans))


def sentence_of(text: str, span: Span) -> Span:
    """The sentence that a span begins in."""
    found = (s for s in sentences(text) if s.start <= span.start < s.end)
    return next(found, Span(0, len(text)))


def whole(text: str, span: Span) -> Span:
    """The span with the negation or bound right before it, and 以上 or 以内 right behind it.

    不得超过24个月, not 24个月; 未满12个月, not 满12个月; 无需缴费, not 缴费.
    """
    start, end = span.start, span.end
    while start < end - 1 and text[start] in EDGE:
        start += 1
    while end > start + 1 and text[end - 1] in EDGE:
        end -= 1
    while True:
        clause = max((text.rfind(mark, 0, start) for mark in EDGE), default=-1) + 1
        before = text[clause:start]
        found = LEADING.search(before) or BOUND.search(before)
        if not found or not found.group():
            break
        start = clause + found.start()
    if re.search(rf"{NUMBER}\W?$|[%％年月日天周时元个人岁]$", text[start:end]):
        behind = TRAILING.match(text, end)
        end = behind.end() if behind else end
    while text[start:end].count("“") > text[start:end].count("”") and text[end : end + 1] == "”":
        end += 1
    return Span(start, end)


def sentence_start(text: str, span: Span) -> bool:
    """Whether a span begins where a clause begins."""
    return span.start == 0 or text[span.start - 1] in EDGE + "“（"
