"""Masking what could name a person in a question, before it is stored.

Numbers, addresses of mail and number plates have a form by which they are known; names of
people have none and stay.
"""

import re

from corpus.errors import InputError
from corpus.text import INVISIBLE, normalise
from index.query import LIMIT

MASK = "〔已遮〕"
_DATE = r"(?:19|20)\d\d[- ]\d{1,2}[- ]\d{1,2}(?!\d)"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_LATIN = "0-9A-Za-z０-９Ａ-Ｚａ-ｚ"
_PATTERNS = (
    re.compile(rf"[{_LATIN}_.+-]+[@＠][{_LATIN}-]+(?:[.．][{_LATIN}-]+)+"),  # mail
    # A company's code, which for a sole trader stands for a person: GB 32100-2015.
    re.compile(r"(?<![0-9A-Za-z])(?=[A-Z]*\d)[0-9A-HJ-NPQRTUWXY]{18}(?![0-9A-Za-z])"),
    re.compile(  # number plates
        rf"[{_PROVINCES}][A-Z][·•]?(?=[A-Z]*\d)[0-9A-HJ-NP-Z]{{5,6}}(?![0-9A-Z])", re.IGNORECASE
    ),
    re.compile(r"(?<!\d)1[3-9]\d[^\w\s]?\d{4}[^\w\s]?\d{4}(?!\d)"),  # mobiles: 138.0013.8000
    # Telephones, identity cards, bank cards, passports and any number as long: seven digits or
    # more, however they are grouped by spaces and dashes; a date is none.
    re.compile(rf"(?<!\d)(?!{_DATE})[A-Za-z]{{0,2}}\d(?:[ \-–—]?\d){{6,}}[Xx]?"),
    re.compile(r"[零〇一二三四五六七八九幺]{7,}"),
)


def mask(text: str) -> str:
    """The text with mail addresses, number plates and numbers of seven or more digits masked."""
    for pattern in _PATTERNS:
        text = pattern.sub(MASK, text)
    return text


def check_question(question: str) -> str:
    """A question as it may be stored: masked, without surrounding space.

    Raises:
        InputError: nothing in it, over 2,000 characters, or not Unicode.
    """
    if len(question) > LIMIT:
        raise InputError(f"问题太长（{len(question)} 字）；请缩短到 {LIMIT} 字以内")
    if any("\ud800" <= c <= "\udfff" for c in question):
        raise InputError("问题里有不成对的代理字符，不是合法的 Unicode 文本")
    seen = mask(" ".join(INVISIBLE.sub("", question).replace("\0", " ").split()))
    if not normalise(seen):
        raise InputError("问题是空的；请写明是对哪个问题的评价")
    return seen
