"""A query as typed → what is searched: normalised, addresses read, homophones mended, expanded."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pypinyin import lazy_pinyin

from corpus.document import MEASURE_ID, Measure
from corpus.errors import InputError
from corpus.text import NUMERAL, normalise, parse_numeral
from index.lexicon import Lexicon
from index.tokens import HANZI, RUN, Tokens

LIMIT = 2_000
ADDRESS = re.compile(
    rf"第?(?P<item>{NUMERAL})项(?:(?:第(?P<row>{NUMERAL})行)?第?(?P<number>{NUMERAL})条)?"
)
CLAUSE = re.compile(rf"第(?P<item>{NUMERAL})条")
FILLER = re.compile(
    r"(的|是|什么|内容|举措|措施|讲|说|看看|看|查|请问|请|想问|问|一下|有|哪些|了|改革|事项"
    r"|[?？。，, ])+"
)
ASKS = re.compile("谁|由|归|何时|什么|哪|怎|牵头|负责|主管|责任单位|配合|参与|几月|见效|时间")
# What is asked of a place: 第27项谁牵头, 第三条规定的期限.
AFTER = re.compile(
    rf"(?:的|里|中|规定|这一?项|这一?条|[,，:：]|主要|属于|包[括含]|涉及|需要|完成|期限|多[久长少]|呢"
    rf"|{ASKS.pattern})"
)
DAY = re.compile(r"(?:19|20)\d\d\.(?:0?[1-9]|1[0-2])\.(?:0?[1-9]|[12]\d|3[01])")  # 2022.6.30
SURROGATE = re.compile("[\ud800-\udfff]")
SHORTEST, LONGEST = 2, 8
GAIN = 4.0  # nats; see DECISIONS.md
SURE = 4  # so many characters in a row that sound like a term are no chance
NOTHING = Lexicon()


@dataclass(frozen=True)
class Address:
    """A place named by number; `row` and `number` are 0 where they are not named."""

    document: str
    item: int
    row: int
    number: int

    def holds(self, measure: Measure) -> bool:
        """Whether a measure stands at this place."""
        return (
            self.document in ("", measure.document)
            and self.item == measure.item
            and self.row in (0, measure.row)
            and self.number in (0, measure.number)
        )


@dataclass(frozen=True)
class Query:
    """A query ready to be searched; `bare` when it is nothing but an address.

    `expansions` are the official terms for its spoken words: the lexical arm looks for them too.
    """

    text: str
    normalized: str
    address: Address | None
    bare: bool
    expansions: tuple[str, ...] = ()


def check_query(text: str) -> None:
    """Refuse what cannot be searched, before anything else reads it.

    Raises:
        InputError: nothing to search in it, over 2,000 characters, or not Unicode.
    """
    if len(text) > LIMIT:
        raise InputError(f"问题太长（{len(text)} 字）；请缩短到 {LIMIT} 字以内")
    if SURROGATE.search(text):
        raise InputError("问题里有不成对的代理字符，不是合法的 Unicode 文本")
    if not RUN.search(normalise(text)):
        raise InputError("问题是空的；请写几个字，例如：一照多址怎么办理")


def read_query(
    text: str, corrector: "Corrector", *, clauses: bool, lexicon: Lexicon = NOTHING
) -> Query:
    """Normalise a query, read an address out of it, mend homophones, look spoken words up.

    Args:
        text: as typed.
        corrector: of the corpus.
        clauses: whether 第三条 alone names a clause (documents without a table).
        lexicon: of the index.

    Raises:
        InputError: nothing to search in it, over 2,000 characters, or not Unicode.
    """
    check_query(text)
    seen = normalise(text)
    address, rest = read_address(seen, clauses=clauses)
    bare = address is not None and not FILLER.sub("", rest)
    read = seen if address else corrector.mend(seen)
    return Query(text, read, address, bare, lexicon.expand(read))


def read_address(text: str, *, clauses: bool) -> tuple[Address | None, str]:
    """The place that a normalised query names, if any, and the query without it."""
    found = next(
        (
            match
            for form in (MEASURE_ID, ADDRESS, *((CLAUSE,) if clauses else ()))
            for match in form.finditer(text)
            if _addressed(text, match)
        ),
        None,
    )
    if found is None:
        return None, text
    parts = found.groupdict()
    item, row, number = (
        parse_numeral(parts[name]) if parts.get(name) else 0 for name in ("item", "row", "number")
    )
    document = parts.get("document") or ""
    return Address(document, item, row, number), text[: found.start()] + text[found.end() :]


def _addressed(text: str, found: re.Match[str]) -> bool:
    """Whether 第27项 or 27.1.3 names a place: it opens the question, which then asks of it.

    Not 26项证照, 关于第2项材料, 第二十四条第六项, 2022.6.30起 or 1.1.1.1. A space parts 第27项 from
    what is asked of it: 第27项 预付卡.
    """
    before, after = text[: found.start()], text[found.end() :]
    if FILLER.sub("", before) or DAY.fullmatch(found[0]):
        return False
    parted = found[0].startswith("第") and after.startswith(" ")
    return not FILLER.sub("", after) or parted or bool(AFTER.match(after.lstrip()))


@cache
def _sound(character: str) -> str:
    return lazy_pinyin(character)[0]


def sounds_of(text: str) -> tuple[str, ...]:
    """The toneless pinyin of each character by itself, so that a stretch sounds as it stands."""
    return tuple(map(_sound, text))


class Corrector:
    """Mends homophones against the policy dictionary: 一照多只 → 一照多址.

    A stretch of the query is replaced where it sounds like a dictionary term, without tones, is
    itself no word and nothing that the corpus says, and where the mended text is much likelier
    under the cutter's unigram model (a noisy channel: Kernighan et al. 1990).
    """

    def __init__(self, tokens: Tokens, texts: Sequence[str]) -> None:
        self._tokens = tokens
        self._sounding: dict[tuple[str, ...], list[str]] = defaultdict(list)
        said = Counter(
            run[i : i + length]
            for text in texts
            for run in HANZI.findall(text)
            for length in range(SHORTEST, LONGEST + 1)
            for i in range(len(run) - length + 1)
        )
        self._pairs = {stretch for stretch in said if len(stretch) == 2}
        for term in sorted(self._vocabulary(tokens), key=lambda term: (-said[term], term)):
            self._sounding[sounds_of(term)].append(term)

    @staticmethod
    def _vocabulary(tokens: Tokens) -> Sequence[str]:
        """The dictionary terms and their words of three or more characters, sorted."""
        terms = {
            part
            for term in tokens.dictionary
            for run in HANZI.findall(term)
            for part in (run, *tokens.cut(run)[0])
            if SHORTEST <= len(part) <= LONGEST
        }
        return sorted(terms)

    def mend(self, text: str) -> str:
        """The text with its homophones mended, longest stretches first."""
        return HANZI.sub(lambda run: self._mend_run(run[0]), text)

    def _mend_run(self, run: str) -> str:
        sounds = sounds_of(run)
        for length in range(min(LONGEST, len(run)), SHORTEST - 1, -1):
            for start in range(len(run) - length + 1):
                stretch = run[start : start + length]
                terms = self._sounding.get(sounds[start : start + length], ())
                if not terms or stretch in terms or not self._strange(stretch):
                    continue
                mended = run[:start] + terms[0] + run[start + length :]
                gain = self._tokens.likelihood(mended) - self._tokens.likelihood(run)
                if gain >= (0 if length >= SURE else GAIN):
                    run = mended
        return run

    def _strange(self, stretch: str) -> bool:
        """Whether a stretch is no word, and if short holds a pair that nobody has said."""
        pairs = [stretch[i : i + 2] for i in range(len(stretch) - 1)]
        return not self._tokens.known(stretch) and (
            len(stretch) >= SURE
            or any(pair not in self._pairs and not self._tokens.known(pair) for pair in pairs)
        )
