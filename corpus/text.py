"""Pure text functions: layout whitespace, normalising, numerals, months.

Stored text is never normalised, since that would move offsets: `normalise` is for the way into
an index or a query only.
"""

import re
import unicodedata
from functools import cache

from opencc import OpenCC

from corpus.document import Span

LAYOUT = re.compile(r"(?<=[0-9A-Za-z])\s+(?=[0-9A-Za-z])|\s+")
INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb]"
)
DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
UNITS = {"十": 10, "百": 100, "千": 1000}
SENTENCE = re.compile(r"[^。；;！？]+[。；;！？]?[”’）]?")
NUMERAL = r"(?:\d+|[零〇一二两三四五六七八九十百千]+)"
# 1.2022年 begins a paragraph, 1.5公里 is an amount.
NUMBERED = re.compile(r"(\d+)(?:[.．](?!\d{1,3}(?!\d))|、)\s*")


def strip_layout(text: str) -> str:
    """Drop layout whitespace; one space stays between two Latin letters or digits."""
    return LAYOUT.sub(lambda gap: _gap(gap, text), text).strip()


def _gap(gap: re.Match[str], text: str) -> str:
    before, after = text[gap.start() - 1 : gap.start()], text[gap.end() : gap.end() + 1]
    return " " if _latin(before) and _latin(after) else ""


def kept_offsets(text: str) -> list[int]:
    """Where each character of `strip_layout(text)` stands in the text."""
    return [
        at
        for at, c in enumerate(text)
        if not c.isspace() or (not text[at - 1 : at].isspace() and _gap_at(text, at))
    ]


def _gap_at(text: str, at: int) -> bool:
    """Whether the whitespace that begins at an offset stays as one space."""
    end = next((i for i in range(at, len(text)) if not text[i].isspace()), len(text))
    return at > 0 and _latin(text[at - 1]) and _latin(text[end : end + 1])


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def normalise(text: str) -> str:
    """The form in which texts meet in an index: NFKC, simplified, lower case, single spaces.

    Invisible characters, controls and lone surrogates are dropped. Idempotent.
    """
    seen = unicodedata.normalize("NFKC", INVISIBLE.sub("", text))
    if not seen.isprintable():
        seen = "".join(c if c.isprintable() else " " if c.isspace() else "" for c in seen)
    simplify = _simplifier().convert
    # Twice: 薴 becomes 苧 and only then 苎.
    seen = unicodedata.normalize("NFKC", simplify(simplify(seen)).lower())
    return " ".join(seen.split())


def sentences(text: str) -> tuple[Span, ...]:
    """The sentences of a text, their end marks included."""
    return tuple(Span(found.start(), found.end()) for found in SENTENCE.finditer(text))


def parse_numeral(text: str) -> int:
    """The value of Arabic digits or of a Chinese numeral below ten thousand: 二十七 → 27.

    Raises:
        ValueError: the text is neither.
    """
    if text.isdecimal():
        return int(text)
    if not text or any(c not in DIGITS and c not in UNITS for c in text):
        raise ValueError(f"not a numeral: {text!r}")
    if not any(c in UNITS for c in text):
        return int("".join(str(DIGITS[c]) for c in text))
    total, digit = 0, 0
    for c in text:
        if c in UNITS:
            total, digit = total + (digit or 1) * UNITS[c], 0
        else:
            digit = DIGITS[c]
    return total + digit


def parse_month(text: str) -> str:
    """The month named in `2022年6月` or `2022-06` as `2022-06`; empty where none is named."""
    found = re.search(r"(\d{4})\s*[年./-]\s*(\d{1,2})", text)
    if found is None or not 1 <= int(found[2]) <= 12:
        return ""
    return f"{int(found[1])}-{int(found[2]):02d}"


def stands(words: str, text: str) -> bool:
    """Whether words stand in a text and not only behind a negation: 超过3000元 in 不超过3000元."""
    return words in text and re.search(rf"(?<![不未非无]){re.escape(words)}", text) is not None
