"""Whether a sentence written by a language model stands on the measures that it cites.

A cheap check of words, no proof of meaning. It refuses a sentence where
- a number with its unit, a date or a Latin word (a link, an address, code) is in none of the
  measures cited; Chinese numerals count as Arabic ones (十五个工作日 as 15个工作日);
- a name in 《》, a quotation in “ ” or a unit known from the documents is in none of them;
- a part between semicolons shares less than `SHARE` of its pairs of neighbouring characters
  with them.
It lets through what is said in the measures' own words but with another sense (a 不 left out):
the quotes beside each sentence are there to be read.
"""

import re
from collections.abc import Collection, Iterable, Sequence

from corpus.dates import say_month
from corpus.document import Measure
from corpus.text import normalise, parse_numeral
from index.organs import all_organs
from service.labels import fields_of
from service.questions.check import bigrams

# Of the sentences in tests/service/llm/test_grounding.py the faithful ones share 0.31 and more, the
# strange ones that only this check refuses 0.07 and less.
SHARE = 0.2
NUMERALS = "零〇一二两三四五六七八九十百千"
TIME = r"个?(?:工作日|自然日|小时|月|季度)|年|日|天|周|%|成|倍|万|亿|元"
THINGS = r"个|家|项|条|件|类|批|人|次|份|种|级|部门|单位"
# One or two of a thing are often no number at all (一个窗口, 两者), so those two count with
# units of time and money only.
NUMERAL = re.compile(
    rf"(?P<share>百分之[{NUMERALS}]+)|(?P<value>[{NUMERALS}]+)(?={TIME})"
    rf"|(?P<count>(?![一两](?![{NUMERALS}]))[{NUMERALS}]+)(?={THINGS})"
)
NUMBER = re.compile(rf"\d+(?:\.\d+)*(?:{TIME}|{THINGS})?")
LATIN = re.compile(r"[a-z][a-z0-9@.:/_-]*[a-z0-9]|[a-z]")
CITY = re.compile(r"^.*?市(?=\w{2})(?!级)")
NAMED = re.compile(r"《[^《》]*》|“[^“”]*”")


def words_of(measure: Measure) -> str:
    """All that a sentence may say of a measure: its row under its own names, its id, its month."""
    told = (word for field in fields_of(measure) for word in (field.name, field.value))
    place = f"第{measure.item}项第{measure.row}行第{measure.number}条"
    month = (measure.due, say_month(measure.due)) if measure.due else ()
    organs = all_organs(measure)
    return "；".join([measure.id, place, *told, *organs, *month])


def cores(measures: Iterable[Measure]) -> frozenset[str]:
    """The names of all units without the city before them: 市财政局 and 财政局 are one."""
    organs = {organ for m in measures for organ in all_organs(m)}
    return frozenset(CITY.sub("", organ) for organ in organs)


def canonical(text: str) -> str:
    """The normalised text with its numbers in Arabic digits and without spaces."""
    return NUMERAL.sub(_in_digits, normalise(text)).replace(" ", "")


def _in_digits(found: re.Match[str]) -> str:
    if found["share"]:
        return f"{parse_numeral(found['share'].removeprefix('百分之'))}%"
    return str(parse_numeral(found[0]))


def grounded(text: str, cited: Sequence[Measure], units: Collection[str] = ()) -> bool:
    """Whether a sentence (without marks) stands on the measures cited, as said above.

    Args:
        text: the sentence.
        cited: the measures that it cites.
        units: the `cores` of all documents.
    """
    source = "；".join(words_of(measure) for measure in cited)
    said, known = canonical(text), canonical(source)
    if not all(_stands(number[0], known) for number in NUMBER.finditer(said)):
        return False
    if not all(word[0] in known for word in LATIN.finditer(said)):
        return False
    bare = normalise(source)
    if not all(normalise(name[0][1:-1]) in bare for name in NAMED.finditer(text)):
        return False
    if not all(unit in source for unit in units if unit in text):
        return False
    pairs = bigrams(source)
    parts = [part for part in map(bigrams, re.split(r"[；;]", text)) if part]
    return bool(parts) and all(len(part & pairs) >= SHARE * len(part) for part in parts)


def _stands(number: str, known: str) -> bool:
    after = r"(?!\d)" if number[-1].isdigit() else ""
    return re.search(rf"(?<![\d.]){re.escape(number)}{after}", known) is not None
