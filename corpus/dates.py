"""Every form of month, term and period, for documents and questions → `2022-06`, days.

Months are `2022-06`; ranges have their ends included and '' where they are open. One table of
forms reads both: only a question says 下个月 or 三个月内, against a day that is given.
"""

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.text import normalise, parse_numeral, strip_layout

Range = tuple[str, str]
Parts = Mapping[str, str]  # what the named groups of a pattern read
Day = datetime.date | None

ONES = "一二两三四五六七八九"
NUMERALS = f"零〇{ONES}十百千"
MONTH = rf"(?:1[0-2]|0?[1-9](?!\d)|十[一二]?|[{ONES}])"
WORDED = re.compile("[一二][九〇零○][〇零○一二三四五六七八九]{2}(?=年)")  # 二〇二二年
DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
FOUR = r"(?<!\d)(?:19|20)\d\d"
TWO = FOUR + r"|(?<!\d)\d\d"  # 22年3月
# What stands before tells 今年 from 成本年均, 应当年满, 健全年度, 以上一年, 今后年度.
NAMED = r"(?:(?P<year>{})\s*年度?|(?:(?P<this>今|(?<![成基样资])本)|(?P<shift>(?<!过)去"
NAMED += r"|(?<![证说声表])明|(?<![之以目])前|(?<![今之以往])后|(?<!以)[上下]一(?!年级))"
NAMED += r"|(?<![应相适])当|(?<![健安完])全|该)年度?)"
YEAR = rf"(?:{NAMED.format(TWO)}\s*的?)?"
BARE = rf"(?<![\d{NUMERALS}半几多])(?P<now>年)"  # 年底, not 三年底
MIDDLE = "中(?![央小国心标介学医等长外高华级考文])"  # 年中, not 2022年中小企业
EDGE = "(?:(?P<sooner>(?<!不)[早先]于)|(?P<later>(?<!不)[晚迟]于)|(?P<since>不[早先]于))?"
BY = r"(?P<by>(?:截至|截止到?|最迟|最晚|不晚于|不迟于|不超过|赶在)\s*到?在?"
BY += r"|(?<!月)(?<!\d)(?<![等要直拖得])(?:到|至)(?!底)(?!.{2,6}[才方]))?"
# 3月前 and 3月底前 mean by the end of March; 6月以后 means from July on, 6月起 from June on.
TAIL = r"(?:(?P<from>\(含\)[之以]?后|及其?[之以]?后|起|开始|以来|往后)|(?P<after>[之以过]?后)|"
TAIL += (
    r"(?P<before>(?:结束|过完|及其?)?[之以]?前(?![三几后])|及?以内|为?止)(?:\(含[^()]{0,6}\))?)?"
)
DAY = rf"(?:(?:\d\d?|[一二三]?十?[{ONES}十])[日号]|[底末初内]|{MIDDLE}旬?|[上下]旬|当月)?"
TO = r"\s*(?:到|至|~|[-—–]{1,2})\s*"
ISO = r"\s*[-./]\s*(?P<{}>1[0-2]|0?[1-9])(?!\d)(?:\s*[-./]\s*[0-3]?\d(?!\d))?[月日]?"
WITHIN = "(?:之|以)?内(?![部容涵地外资控贸蒙设])"
LENGTH = rf"(?P<count>\d\d?|半|(?:[二三]?十)?[{ONES}]|[二三]?十)(?P<unit>个月|个?季度|年半?)"

# What one form has read, a later one does not read.
FORMS = {
    "around": f"(?:(?P<past>最近|(?<![接附将靠])近|过去)|未来|今后|接下来)的?{LENGTH}(?:{WITHIN})?",
    "within": rf"(?<![后起前第近过满每\d{NUMERALS}]){LENGTH}{WITHIN}",
    "near": rf"(?<![以成资])(?P<near>上上?|下下?|本|这)一?个?(?:月份?{DAY}|(?P<wide>季)度末?)",
    "plan": '[“"「]?(?<![一二三四五六七八九])十(?P<plan>[一二三四五六])五(?![个十百])'
    '(?!.{0,8}(?:规划(?!期)|纲要))[”"」]?(?:规划期|期间?|时期)?(?P<close>末期?)?内?',
    "holiday": f"{YEAR}(?P<eve>元旦|春节|五一|国庆)[劳动长假期]*节?(?=[之以]?[前后](?!后))",
    "years": rf"(?P<year>{FOUR})\s*年?{TO}(?P<until>{FOUR})\s*年[底末度]?(?!\s*{MONTH}月)",
    "dates": rf"(?P<year>{FOUR}){ISO.format('first')}{TO}(?P<until>{FOUR}){ISO.format('last')}",
    "list": rf"{YEAR}(?<![\d十第])(?P<list>{MONTH}(?:月?、{MONTH})+)月份?{DAY}",
    "months": rf"{YEAR}(?<![十\d])(?P<first>{MONTH})\s*(?:月份?{DAY})?{TO}"
    rf"(?:(?P<until>{FOUR})\s*年|[次翌明]年)?(?P<last>{MONTH})\s*月份?{DAY}",
    "date": rf"(?P<year>{FOUR}){ISO.format('first')}",
    "month": rf"{YEAR}(?<![十\d])(?P<first>{MONTH})\s*月份?{DAY}",
    "first": rf"{YEAR}(?<![提目之以])(?P<front>前)(?P<count>{MONTH})(?P<unit>个月|个?季度)",
    "quarter": rf"{YEAR}(?:第\s*|q)?(?P<quarter>[一二三四1-4首末])(?:(?<=第.)个)?"
    rf"(?:(?:{TO}|、)?第?(?P<fourth>[二三四2-4]))?(?:季度?[末底]?|(?<=q[1-4]))",
    "half": rf"{YEAR}(?<!以)(?P<half>[上下前后])半年?[末底]?",
    "part": rf"(?:{NAMED.format(TWO)}年?|{BARE})(?P<part>[底末尾]|终(?!奖)|{MIDDLE}|初)",
    "year": rf"(?:{NAMED.format(FOUR)}|{BARE}(?=内))(?:全年|之?内)?",
}
PATTERNS = {f: re.compile(f"{EDGE}{BY}(?:{FORMS[f]}){TAIL}", re.A) for f in FORMS}
RELATIVE = ("around", "within", "near")
YEARED = {"year", "shift", "this", "until", "plan"}  # the groups that name a year
SHIFTS = {"去": -1, "上一": -1, "明": 1, "下一": 1, "前": -2, "后": 2}
TABLES = {  # months as `_months` counts them
    "eve": {"元旦": (12, 12), "春节": (1, 1), "五一": (4, 4), "国庆": (9, 9)},  # ends before
    "half": {"上": (1, 6), "前": (1, 6), "下": (7, 12), "后": (7, 12)},
    "part": {"中": (6, 6), "初": (1, 3)} | dict.fromkeys("底末尾终", (12, 12)),
}
RECURRING = "每[个一半]?(?:年|季度?|月|周|日|天|学期)[^,。;]*|(?<![年健安完])全年|常年"
STANDING = f"(?<![延中])长期(?!限)|持续|常态|[即随实]时|立即|日常|经常|定期|{RECURRING}"

AMOUNT = r"(?:[0-9]{1,4}(?:\.[0-9]{1,2})?|半"
AMOUNT += rf"|(?![{NUMERALS}]*[{ONES}]{{2}})[{NUMERALS}]{{1,7}})"  # not 两三年, 十七八天
DAYS = {"工作日": 1.0, "日": 1.0, "天": 1.0, "周": 7.0, "星期": 7.0, "礼拜": 7.0}
DAYS |= {"小时": 1 / 24, "钟头": 1 / 24, "分钟": 1 / 1440}
BOUNDS = ("most", "least", "under", "over", "most_", "least_")
WIDE = str.maketrans("０１２３４５６７８９．（）", "0123456789.()")  # keeps offsets
NO = "(?:[不未]|没有?|不[得能可应会宜])"
TERM = re.compile(
    "(?P<now>即时(?:办结)?|即来即办|随到随办|即办|当场|立等可取|秒[办批])|"
    rf"(?:(?:(?P<most>{NO}(?:超[过出]?|[多高长大晚迟]于|逾)|最[长多迟晚]|至多)"
    rf"|(?P<least>{NO}[少低短小早]于|[至最]少|最[短低]|起码|(?<![期届圆])满|(?<![未不没])达到?)"
    rf"|(?P<under>{NO}(?:满|足|到|达到?)|[少低短小]于)|(?P<over>超[过出]?|逾|[多高长大]于))"
    r"\s*[为是了在到约的:]?(?:连续|累计)?\s*)*"
    rf"(?<![0-9.第{NUMERALS}半])(?<!第 )(?!(?:19|20)[0-9]{{2}}\s*年)(?!{WORDED.pattern})"
    r"(?!(?<=[上下前后])半|(?<=[哪那同某])一|(?<=周)[一二三四五六])"
    rf"(?!(?:(?<=月)|(?<=月 )|(?<=[0-9日][-—~至到])){AMOUNT}\s*日)"  # 6月28日至30日
    rf"(?:(?P<low>{AMOUNT}){TO})?(?P<amount>{AMOUNT})\s*(?:(?P<half>个半)|个)?"
    "(?:完整|自然|日历|法定)?(?P<unit>工作日|(?<=[个半然])月|(?<=个)季度|星期|礼拜|小时|钟头|分钟"
    rf"|年(?![级代度轮份报检审龄薪均前底初末]|第?[一二三四1-4]季|[上下]半年|\s*{MONTH}月)半?"
    "|[日天](?![天子前津然程报游])|周(?![岁年边围知转期]))"
    rf"(?:[(]含[)])?(?:(?P<most_>以下|{WITHIN})|(?P<least_>及?以上))?"
)


@dataclass(frozen=True)
class DateMention:
    """Months named in a text: any of `ranges` is meant; `reference` is the day that told them."""

    ranges: tuple[Range, ...]
    start: int
    end: int
    reference: str = ""


@dataclass(frozen=True)
class Due:
    """The time in a cell: its last month ('' for 2025年起), its range, whether it never ends."""

    month: str
    first: str
    last: str
    standing: bool
    text: str


@dataclass(frozen=True)
class Term:
    """A duration, a month of 30 and a year of 365 days; its bound: most, least, under, over, ''."""

    days: float
    working: bool
    bound: str
    start: int
    end: int


def dates_in(text: str, years: Sequence[str], today: datetime.date) -> tuple[DateMention, ...]:
    """The months that a normalised question names, in order and without overlap.

    A month without a year is of each of `years`, in order; without those nothing is found. 去年 and
    三个月内 stand against `today`; 今年, 本月 and 年底 too where `years` hold its year.
    """
    return tuple(mention for _, mention in _scan(text, years, today)) if years else ()


def read_due(text: str, year: str = "") -> Due:
    """The last month of a document's cell; where no year is named before it, it is of `year`."""
    said = re.sub(r"(?:^|(?<=[;。]))\d+、", "", strip_layout(normalise(text)))  # 1、6月底前
    day = datetime.date(int(year), 1, 1) if re.fullmatch("[1-9][0-9]{3}", year) else None
    scanned = _scan(re.sub(RECURRING, "。", said), (year,), day)
    found = [(f, span) for f, mention in scanned if f not in RELATIVE for span in mention.ranges]
    last = max((last for _, (_, last) in found), default="")
    first = min([f for _, (f, end) in found if not end] or [f for _, (f, _) in found], default="")
    month = last or (first if {"month", "date"} & {form for form, _ in found} else "")
    first = "" if first > (last or first) else first  # 6月前出台，9月起施行
    return Due(month, first, last, re.search(STANDING, said) is not None, text)


def _scan(text: str, years: Sequence[str], today: Day) -> list[tuple[str, DateMention]]:
    """The forms found, with what they mean; a month takes the year that is named before it."""
    text = WORDED.sub(lambda year: year[0].translate(DIGITS), text)
    matches: list[tuple[str, re.Match[str]]] = []
    for form, pattern in PATTERNS.items():
        for match in pattern.finditer(text):
            if all(m.end() <= match.start() or match.end() <= m.start() for _, m in matches):
                matches.append((form, match))
    found: list[tuple[str, DateMention]] = []
    named: tuple[tuple[str, ...], str] = ((), "")
    for form, match in sorted(matches, key=lambda one: one[1].start()):
        parts = {name: value for name, value in match.groupdict().items() if value}
        end = found[-1][1].end + 5 if found else 0
        chosen, day = _years(parts, years, today)
        if YEARED & parts.keys():
            named = chosen, day
        # 去年3月和6月, but not 去年出台的政策里6月见效的
        elif named[0] and form not in RELATIVE and (not named[1] or match.start() < end):
            chosen, day = named
        if chosen:
            ranges = _ranges(parts, chosen, today.month if today else 1)
            found.append((form, DateMention(ranges, match.start(), match.end(), day)))
    return found


def _years(parts: Parts, years: Sequence[str], today: Day) -> tuple[tuple[str, ...], str]:
    """The years from whose January the months count, and the day that tells them, if one does."""
    if "plan" in parts:
        return (str(2001 + 5 * parse_numeral(parts["plan"])),), ""
    if "year" in parts:
        return (f"20{parts['year']}"[-4:],), ""
    if "until" in parts:  # 11月至2023年3月
        ((first, last),) = _months(parts, 1)
        return (str(int(parts["until"]) - (first > last)),), ""
    if today is None:
        return (), ""
    near, count = parts.get("near", ""), "count" in parts and "front" not in parts
    if count or "shift" in parts or near[:1] in ("上", "下"):
        return (f"{today.year + SHIFTS.get(parts.get('shift', ''), 0):04d}",), str(today)
    if (near or {"this", "now"} & parts.keys()) and str(today.year) in years:
        return (str(today.year),), str(today)
    return tuple(years), str(today) if near else ""


def _ranges(parts: Parts, years: Sequence[str], today: int) -> tuple[Range, ...]:
    """What a match means in these years; `today` is the number of a month."""
    spans: list[Range] = []
    for year in years:
        for first, last in _months(parts, today):
            more = int(parts["until"]) - int(year) if "until" in parts else last < first
            ends = sorted((first - 1, last - 1 + 12 * more))
            spans.append((_step(f"{year}-01", ends[0]), _step(f"{year}-01", ends[1])))
    if "before" in parts or "by" in parts:
        return (("", spans[-1][1]),)
    if "sooner" in parts:
        return (("", _step(spans[-1][0], -1)),)
    if "from" in parts or "since" in parts:
        return ((spans[0][0], ""),)
    if "after" in parts or "later" in parts:
        return ((_step(spans[0][1], 1), ""),)
    return tuple(spans)


def _months(parts: Parts, today: int) -> tuple[tuple[int, int], ...]:
    """First and last months, the January of the year counted as 1, the December before as 0."""
    if "plan" in parts:
        return ((60 if "close" in parts else 1, 60),)
    if "count" in parts:
        wide = max(1, round(_days(parts["count"], parts["unit"]) * 12 / 365))
        if "front" in parts:
            return ((1, wide),)
        return ((today - wide, today) if "past" in parts else (today, today + wide),)
    if "near" in parts:
        wide = 3 if "wide" in parts else 1
        first = today - (today - 1) % wide
        first += wide * (parts["near"].count("下") - parts["near"].count("上"))
        return ((first, first + wide - 1),)
    if "list" in parts:
        return tuple((parse_numeral(m),) * 2 for m in re.findall(MONTH, parts["list"]))
    if parts.get("eve") == "元旦" and YEARED & parts.keys():
        return ((0, 0),)
    for name in TABLES.keys() & parts.keys():
        return (TABLES[name][parts[name]],)
    if "quarter" in parts:
        first = {"首": 1, "末": 4}.get(parts["quarter"]) or parse_numeral(parts["quarter"])
        return ((3 * first - 2, 3 * parse_numeral(parts.get("fourth", str(first)))),)
    if "first" in parts:
        last = parts.get("last", parts["first"])
        return ((parse_numeral(parts["first"]), parse_numeral(last)),)
    return ((1, 12),)


def _step(month: str, by: int) -> str:
    """The month before or after: ("2022-12", 1) → "2023-01"."""
    count = int(month[:4]) * 12 + int(month[5:]) - 1 + by
    return f"{count // 12:04d}-{count % 12 + 1:02d}"


def terms_in(text: str) -> tuple[Term, ...]:
    """All durations of a text, in order; of 3至5日 the first is `least`, the second `most`."""
    found: list[Term] = []
    for match in TERM.finditer(text.translate(WIDE)):
        parts = {name: value for name, value in match.groupdict().items() if value}
        start, unit = match.start(), parts.get("unit", "日")
        bound = next((name.strip("_") for name in BOUNDS if name in parts), "")
        if "low" in parts and bound in ("", "most"):
            low, bound = _days(parts["low"], unit), "most"
            found.append(Term(low, unit == "工作日", "least", start, match.end("low")))
            start = match.start("amount")
        days = _days(parts.get("amount", "零") + parts.get("half", ""), unit)
        found.append(Term(days, unit == "工作日", bound, start, match.end()))
    return tuple(found)


def _days(amount: str, unit: str) -> float:
    """半年 → 180.0, 两个季度 → 180.0, 一年半 → 545.0, 两个半 and 小时 → 2.5 / 24."""
    number = amount.rstrip("个半") or "0"
    count = float(number) if number[0] < ":" else parse_numeral(number)
    count += amount.endswith("半") / 2
    if unit in DAYS:
        return count * DAYS[unit]
    wide = 12 if "年" in unit else 3 if "季" in unit else 1
    years, months = divmod(count * wide + 6 * unit.endswith("半"), 12)
    return years * 365 + months * 30


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
