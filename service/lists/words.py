"""A question → tokens by the words of list questions, and what no word explains.

The words stand in `words.tsv`; the longest match at a place wins, the first kind among equals.
Units, months and aspects come from the columns and win over words. A list question is one that
these words explain wholly: what is left over speaks of something else.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import DocumentError
from index.query import sounds_of
from service.lists.columns import Columns

FILE = Path(__file__).parent / "words.tsv"
FRAGMENT = re.compile("<([^<>=!]+)>")
YESNO = re.compile(r"(?<!有)吗|是不是|是否(?!有)|对不对|没错吧|么\??$")
# Speaks of one item; asks what came of it, not for a set of items.
ONE_ITEM = re.compile(r"(?:这|该|此)一?(?:项|个|条|件|桩)?(?:改革|事项|举措|措施|事(?!项))")
OUTCOME = re.compile(r"(?:哪些|那些|什么|啥|何)(?:阶段性|具体|实际)?(?:成效|成果|效果|进展|问题)")
# Words that are often written with a wrong character of the same sound.
SPELT = (
    *("牵头", "责任单位", "配合", "参与", "见效", "成效", "事项", "举措", "改革", "哪些"),
    *("负责", "主管", "上半年", "下半年"),
)
PLAIN = re.compile(r"[一-鿿?]+")
AROUND = re.compile(r"\(\?<?[=!][^)]*\)")
SOUNDS = {sounds_of(word): word for word in SPELT}
# What says that an item does not concern the place: 杭州用不上, 不涉及杭州, 跟本市没关系.
WITH = r"(?:跟|和|与|同|对|在)?"
HERE = r"本市|我市|全市|咱们?(?:这儿?|市)|我们(?:这儿?|市)|当地|本地|这边|这里|这儿"
ABSENT = (
    r"(?:这边|这里|这儿|市)?(?:的?企业)?(?:来说|而言)?(?:都|并|也|根本|完全|暂时?|压根|还|其实|是)*"
    r"(?:不涉及|没有?涉及|未涉及|不适用|用不上|用不着|用不到|用不了|无关|没有?关系|没啥关系|不相干|不相关|不沾边|不搞|不做|不开展|没有?任务|不参与|不实施|不落实"
    r"|不推行|不需要(?:做|搞|办|落实)?|没有?份|不用(?:做|搞|管|办|落实)|沾不上边|不在范围)"
)
NOT_TOUCHING = r"(?:不|没有?|未|并不|并未)(?:涉及|关系|适用|牵扯|牵涉)[到于]?"
PRESENT = r"(?:真正|确实|需要|要|是)*(?:涉及|适用|有份|要做)"


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    """Any of the alternatives, long ones first; what stands around a word adds no length."""
    return re.compile("|".join(sorted(words, key=lambda word: -len(AROUND.sub("", word)))))


def _spellings(word: str) -> list[str]:
    """A plain word with an optional character, spelt out: 真的? → 真的, 真."""
    if not PLAIN.fullmatch(word) or "?" not in word:
        return [word]
    start, _, end = word.partition("?")
    return _spellings(start + end) + _spellings(start[:-1] + end)


def read_patterns(path: Path = FILE) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The kinds of words and their patterns, in file order.

    Raises:
        DocumentError: it cannot be read, or a line has no two columns.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentError(f"读不了词表 {path}（{error}）；应是 UTF-8 文本") from error
    words: dict[str, list[str]] = {}
    fragments: dict[str, str] = {}
    for place, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        kind, tab, written = line.partition("\t")
        if not tab or not written.strip():
            raise DocumentError(f"{path.name} 第 {place} 行：应是“词类⇥写法”两列，中间一个制表符")
        if kind.startswith("="):
            fragments[kind[1:]] = written
        else:
            filled = FRAGMENT.sub(lambda name: fragments.get(name[1], name[0]), written)
            spelt = words.setdefault(kind, [])
            spelt += [form for word in filled.split() for form in _spellings(word)]
    return tuple((kind, _pattern(alternatives)) for kind, alternatives in words.items())


PATTERNS = read_patterns()


@dataclass(frozen=True)
class Token:
    """A word of a question: its kind, its text, and the names, ranges or titles it means."""

    kind: str
    text: str
    means: tuple[str, ...] | tuple[tuple[str, str], ...] = ()


def read_words(text: str, columns: Columns) -> tuple[Token, ...]:
    """Cut a normalised question into tokens, in order; `left` tokens are what nothing explains.

    Where something is left over, it is read again with homophones mended: 迁头 → 牵头.
    """
    tokens = _scan(text, columns)
    left = [token.text for token in tokens if token.kind == "left"]
    if not left or len(left) == len(tokens):
        return tokens
    mended = _mend(text, columns)
    if mended == text:
        return tokens
    again = _scan(mended, columns)
    return again if _left(again) < _left(tokens) else tokens


def _left(tokens: Sequence[Token]) -> int:
    return sum(len(token.text) for token in tokens if token.kind == "left")


def _mend(text: str, columns: Columns) -> str:
    sounds = sounds_of(text)
    for heard, word in SOUNDS.items():
        for start in range(len(text) - len(word) + 1):
            if sounds[start : start + len(word)] == heard:
                text = text[:start] + word + text[start + len(word) :]
    return columns.mend(text)


def _scan(text: str, columns: Columns) -> tuple[Token, ...]:
    named = _named(text, columns)
    tokens: list[Token] = []
    at, left = 0, 0
    while at < len(text):
        token, end = named.get(at) or _word(text, at)
        if token is None:
            at += 1
            continue
        if left < at:
            tokens.append(Token("left", text[left:at]))
        tokens.append(token)
        at = left = end
    if left < len(text):
        tokens.append(Token("left", text[left:]))
    return tuple(tokens)


def _named(text: str, columns: Columns) -> dict[int, tuple[Token, int]]:
    """Units, months and aspects by their start, with their end."""
    found: dict[int, tuple[Token, int]] = {}
    taken = [False] * (len(text) + 1)
    place = "|".join(map(re.escape, columns.places)) or "(?!)"
    here = rf"(?:{place}|{HERE})"
    absent = rf"{WITH}{here}{ABSENT}|{NOT_TOUCHING}(?:{here}|(?=的|改革|事项|[?]|$))"
    present = (
        rf"(?<!不)(?<!没)(?<!没有)(?<!未)(?:涉及到?|适用于?|轮到|关系到){here}|{here}{PRESENT}"
    )
    mentions: list[tuple[str, tuple[str, ...] | tuple[tuple[str, str], ...], int, int]] = [
        *(("absent", (), m.start(), m.end()) for m in re.finditer(absent, text)),
        *(("present", (), m.start(), m.end()) for m in re.finditer(present, text)),
        *(("unit", m.names, m.start, m.end) for m in columns.units_in(text)),
        *(("month", m.ranges, m.start, m.end) for m in columns.months_in(text)),
        *(("aspect", m.titles, m.start, m.end) for m in columns.aspects_in(text)),
        *(("place", (), m.start(), m.end()) for m in re.finditer(place, text)),
    ]
    for kind, means, start, end in mentions:
        if any(taken[start:end]):
            continue
        taken[start:end] = [True] * (end - start)
        found[start] = (Token(kind, text[start:end], means), end)
    return found


def _word(text: str, at: int) -> tuple[Token | None, int]:
    """The longest word at a place, the first kind among equals."""
    best, end = None, at
    for kind, pattern in PATTERNS:
        match = pattern.match(text, at)
        if match and match.end() > end:
            best, end = kind, match.end()
    return (Token(best, text[at:end]) if best else None), end
