"""Whether plain words say only what their measure's row says.

What can be proved is: every number, date, organ and quoted name stands in the row, and so does
every negation and bound, in these or in words that mean the same. What needs a reader is whether
a prohibition or a bound of the measure itself is missing from its plain words.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpus.document import Measure
from corpus.measures import split_units
from corpus.schema import is_blank
from corpus.text import normalise, parse_numeral

NUMBER = re.compile(r"\d+(?:\.\d+)?|[零〇一二两三四五六七八九十百千]+")
# 一起 and 第三方 hold no amount: a Chinese numeral counts where something is counted by it.
COUNTED = re.compile(
    r"(?<!第)([二两三四五六七八九十百千][零〇一二三四五六七八九十百千]*|一[十百千]\w?)"
    r"(?=个|类|项|种|家|天|日|年|月|次|条|级|倍|名|人|份|张|件|批|万|亿|小时|分钟|工作日)"
)
DATE = re.compile(r"\d{4}年(?:\d{1,2}月)?(?:\d{1,2}日)?|\d{1,2}月\d{1,2}日")
QUOTED = re.compile("“([^”]+)”")
ORGAN = re.compile(
    r"[市省]级?(?!级|里|场)[\u4e00-\u9fff]{1,9}?(?:局|委|(?<!来)办|法院|检察院|中心)"
)
NO_NEGATION = re.compile("免得|以免|免不了|未来|未必")
# A negation or bound, and what says the same of a row.
SAME: Mapping[str, str] = {
    "不得": "不得|不能|不可|禁止|严禁|不予|不允许",
    "禁止": "禁止|严禁|不得",
    "无需": "无需|无须|不需|不再|不用|免|取消|不要求|零材料",
    "不再": "不再|无需|无须|取消|停止|免|不需|不作|不予|不",
    "免": "免|不需|无需|无须|不再|不收",
    "未": "未|没有|不|无",
    "以上": "以上|不少于|不低于|至少|超过",
    "以下": "以下|不超过|不高于|低于",
    "以内": "以内|内|不超过",
    "不超过": "不超过|以内|不得超过|不多于|最多|最长|不高于",
    "至少": "至少|不少于|不低于|以上",
    "最多": "最多|不超过|不得超过",
}
WATCHED = ("不得", "不超过", "至少")  # of a measure, which plain words must not lose
KEPT: Mapping[str, str] = {
    "不得": "不得|不能|不可|不许|不准|不让|别|禁止|不",
    "不超过": "不超过|不能超过|以内|最多|最长|不得超过|内",
    "至少": "至少|不少于|以上|不低于",
}


@dataclass(frozen=True)
class Fault:
    """What plain words say that the row does not (`proved`), or what a reader should look at."""

    measure: str
    told: str
    proved: bool


def row_words(measure: Measure, head: Measure | None = None) -> str:
    """All that a measure's row says: its cells, and those that it shares with the item's first."""
    cells = [cell.value for m in (head, measure) if m is not None for cell in m.columns]
    own = (measure.aspect, measure.title, measure.content, measure.scope, measure.text)
    return "\n".join((*own, *measure.path, measure.due_text, *cells))


def organs_of(measures: Iterable[Measure]) -> frozenset[str]:
    """The names of the organs in a document's columns."""
    return frozenset(
        unit
        for m in measures
        for cell in m.cells("lead", "organ", "responsible")
        if not is_blank(cell.value)
        for unit in split_units(cell.value)
    )


def check(measure: Measure, plain: str, row: str, organs: Iterable[str]) -> tuple[Fault, ...]:
    """The faults of a measure's plain words; `row` as `row_words` gives it."""
    said, there = normalise(plain), normalise(row).replace(" ", "")
    told = NO_NEGATION.sub("", said)
    faults = [
        *(f"数字“{number}”不在这一行里" for number in _numbers(said) - _numbers_of_row(there)),
        *(f"日期“{date}”不在这一行里" for date in DATE.findall(said) if date not in there),
        *(f"“{name}”不是这一行里的说法" for name in QUOTED.findall(said) if name not in there),
        *(f"单位“{organ}”不在这一行里" for organ in _strange(said, there, organs)),
        *(
            f"“{word}”在这一行里没有依据"
            for word, same in SAME.items()
            if word in told and not re.search(same, there)
        ),
    ]
    proved = (Fault(measure.id, fault, True) for fault in sorted(set(faults)))
    text = normalise(measure.text)
    lost = [w for w in WATCHED if w in text and not re.search(KEPT[w], said)]
    return (*proved, *(Fault(measure.id, f"原文的“{word}”没有说到", False) for word in lost))


def check_all(measures: Sequence[Measure], plain: Mapping[str, str]) -> tuple[Fault, ...]:
    """The faults of a document's plain words, an applicable measure without any among them."""
    heads: dict[tuple[str, int], Measure] = {}
    for m in measures:
        heads.setdefault((m.document, m.item), m)
    organs = organs_of(measures)
    faults: list[Fault] = []
    for m in measures:
        if m.id in plain:
            row = row_words(m, heads[m.document, m.item])
            faults += check(m, plain[m.id], row, organs)
        elif m.applicable:
            faults.append(Fault(m.id, "还没有白话", True))
    return tuple(faults)


def _numbers(text: str) -> frozenset[str]:
    """The amounts that plain words tell: digits, and Chinese numerals by which is counted."""
    counted = {str(parse_numeral(found)) for found in COUNTED.findall(text)}
    return frozenset(re.findall(r"\d+(?:\.\d+)?", text)) | counted


def _numbers_of_row(text: str) -> frozenset[str]:
    """Every number of a row, whatever it is written in."""
    found = NUMBER.findall(text)
    return frozenset(one if one[0].isdigit() else str(parse_numeral(one)) for one in found)


def _strange(said: str, there: str, organs: Iterable[str]) -> set[str]:
    """The organs that are named and do not stand in the row; the longest name counts."""
    known = {organ for organ in map(normalise, organs) if organ in said and organ not in there}
    named = {found for found in ORGAN.findall(said) if found not in there}
    return known | {n for n in named if not any(n in organ or organ in n for organ in known)}
