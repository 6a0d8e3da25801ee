"""How a wording reads to people: its script, its spaces, its length."""

import re
import unicodedata

from corpus.text import normalise

# One clause of 8 to 22 characters that ends in asking: no comma, no quotation, no spaces.
ASKING = re.compile(
    r"(?=.{8,22}$)\w+(?:吗|么|多少|(?:怎么|如何)\w{1,3}|谁\w{0,2}|哪\w{0,3}|几\w)[？?]?"
)
GAP = re.compile(r"[\u4e00-\u9fff]\s+[\u4e00-\u9fff]")


def folded(text: str) -> str:
    """The text with width, case and spaces evened out, which no reader needs to be told of."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def is_simplified(text: str) -> bool:
    """Whether nothing in it is written in traditional characters."""
    return normalise(text) == folded(text)


def is_running(text: str) -> bool:
    """Whether it is running text, in which no space parts Chinese words: that makes keywords."""
    return GAP.search(text) is None


def asks(text: str) -> bool:
    """Whether it is a short question in a single clause."""
    return ASKING.fullmatch(text) is not None
