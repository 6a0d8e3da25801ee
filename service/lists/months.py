"""Months as people write them → ranges of `2022-06`; an empty end of a range is open."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.text import parse_numeral

Range = tuple[str, str]

NUMBER = r"(?:1[0-2]|0?[1-9](?!\d)|十[一二]?|[一二两三四五六七八九])"
YEAR = r"(?:(?P<year>(?:19|20)\d\d|(?<!\d)\d\d)\s*年\s*的?|(?:今|当|本|全|该)年的?)?"
WORDED = re.compile("[一二][九〇零○][〇零○一二三四五六七八九]{2}(?=年)")  # 二〇二二年
DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
QUARTER = {"一": 1, "二": 2, "三": 3, "四": 4, "首": 1, "末": 4}
HALVES = {"上": ("01", "06"), "前": ("01", "06"), "下": ("07", "12"), "后": ("07", "12")}
PARTS = {"底": ("12", "12"), "末": ("12", "12"), "尾": ("12", "12"), "终": ("12", "12")} | {
    "中": ("06", "06"),
    "初": ("01", "03"),
}
# 3月前 and 3月底前 mean by the end of March; 6月以后 means from July on, 6月起 from June on.
BEFORE = (
    r"(?P<before>(?:结束|过完|及其?)?(?:之|以)?前(?!三|几)|(?:及)?以内|为止|止)"
    r"(?:\(含[^()]{0,6}\))?"
)
AFTER = r"(?P<after>(?:之|以)?后|过后)"
SINCE = r"(?P<since>\(含\)(?:之|以)?后|及其?(?:之|以)?后|起|开始|以来|往后)"
BY = (
    r"(?P<by>(?:截至|截止到?|最迟|最晚|不晚于|不迟于|不超过|赶在)\s*到?在?"
    r"|(?<!月)(?<!\d)(?<![等要直拖得])(?:到|至)(?!底)(?!.{2,6}[才方]))?"
)
EDGE = r"(?P<edge>早于|先于|晚于|迟于)?"
DAY = (
    r"(?:(?:\d{1,2}|[一二三]?十?[一二三四五六七八九十])[日号]"
    r"|底|末|初|中旬?|[上下]旬|当月|内)?"
)
FORMS = (
    rf"{YEAR}(?P<first>{NUMBER})\s*(?:月份?)?\s*(?:到|至|-|~|—)\s*(?P<last>{NUMBER})\s*月份?",
    r"(?P<iso>(?:19|20)\d\d)\s*[-./]\s*(?P<isomonth>1[0-2]|0?[1-9])(?!\d)",
    rf"{YEAR}(?<![十\d])(?P<month>{NUMBER})\s*月(?:份)?{DAY}",
    rf"{YEAR}前(?:(?P<quarters>[一二两三])个?季度|(?P<count>{NUMBER})个月)",
    rf"{YEAR}(?:第\s*(?P<quarter>[一二三四1-4])个?|(?P<quarter2>[一二三四1-4首末])个?|(?=q))(?:季度?)[末底]?",
    rf"{YEAR}q(?P<quarter3>[1-4])",
    rf"{YEAR}(?P<half>[上下前后])半年?",
    r"(?:(?P<year2>(?:19|20)\d\d|(?<!\d)\d\d)|[今当本]?)年(?P<part>[底末尾终中初])",
    r"(?:(?P<year3>(?:19|20)\d\d)|今|当|本|全)年(?:度|内|全年|之内)?",
)


def _pattern(form: str) -> re.Pattern[str]:
    return re.compile(f"{EDGE}{BY}(?:{form})(?:{SINCE}|{BEFORE}|{AFTER})?")


PATTERNS = tuple(map(_pattern, FORMS))


@dataclass(frozen=True)
class MonthMention:
    """Months named at `start` to `end` of a text; any of `ranges` (ends included) is meant."""

    ranges: tuple[Range, ...]
    start: int
    end: int


def months_in(text: str, years: Sequence[str]) -> tuple[MonthMention, ...]:
    """The months that a normalised text names, in order and without overlap.

    Args:
        text: normalised.
        years: those that a month without a year may mean, in order; none: nothing is found.
    """
    found: list[MonthMention] = []
    if not years:
        return ()
    text = WORDED.sub(lambda year: year[0].translate(DIGITS), text)
    for pattern in PATTERNS:
        for match in pattern.finditer(text):
            if any(m.start < match.end() and match.start() < m.end for m in found):
                continue
            found.append(MonthMention(_ranges(match, years), match.start(), match.end()))
    return tuple(sorted(found, key=lambda mention: mention.start))


def _ranges(match: re.Match[str], years: Sequence[str]) -> tuple[Range, ...]:
    parts = {name: value for name, value in match.groupdict().items() if value}
    first, last = _months(parts)
    named = next((parts[k] for k in ("iso", "year", "year2", "year3") if k in parts), "")
    named = f"20{named}" if len(named) == 2 else named
    chosen = [named] if named else years
    edge = parts.get("edge", "")
    if "before" in parts or "by" in parts:
        return (("", f"{chosen[-1]}-{last}"),)
    if edge in ("早于", "先于"):
        return (("", _step(f"{chosen[-1]}-{first}", -1)),)
    if "since" in parts:
        return ((f"{chosen[0]}-{first}", ""),)
    if "after" in parts or edge:
        return ((_step(f"{chosen[0]}-{last}", 1), ""),)
    return tuple((f"{year}-{first}", f"{year}-{last}") for year in chosen)


def _months(parts: dict[str, str]) -> tuple[str, str]:
    """The first and last month of the year that a match names."""
    if "half" in parts:
        return HALVES[parts["half"]]
    if "part" in parts:
        return PARTS[parts["part"]]
    quarter = next((parts[k] for k in ("quarter", "quarter2", "quarter3") if k in parts), "")
    if quarter:
        number = QUARTER.get(quarter) or int(quarter)
        return f"{3 * number - 2:02d}", f"{3 * number:02d}"
    if "quarters" in parts or "count" in parts:
        number = parse_numeral(parts.get("quarters") or parts["count"])
        return "01", f"{number * (3 if 'quarters' in parts else 1):02d}"
    if "month" in parts or "isomonth" in parts:
        month = f"{parse_numeral(parts.get('month') or parts['isomonth']):02d}"
        return month, month
    if "first" in parts:
        return f"{parse_numeral(parts['first']):02d}", f"{parse_numeral(parts['last']):02d}"
    return "01", "12"


def _step(month: str, by: int) -> str:
    """The month before or after: ("2022-12", 1) → "2023-01"."""
    count = int(month[:4]) * 12 + int(month[5:]) - 1 + by
    return f"{count // 12}-{count % 12 + 1:02d}"


def say_month(month: str) -> str:
    """`2022-06` as `2022年6月`."""
    return f"{month[:4]}年{int(month[5:])}月"


def say_range(span: Range) -> str:
    """A range in words: 2022年6月, 2022年1月至6月, 2022年6月底前."""
    first, last = span
    if first == last:
        return say_month(first)
    if not first:
        return f"{say_month(last)}底前"
    if not last:
        return f"{say_month(first)}及以后"
    end = say_month(last) if first[:4] != last[:4] else f"{int(last[5:])}月"
    return f"{say_month(first)}至{end}"
