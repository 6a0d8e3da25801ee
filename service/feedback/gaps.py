"""The gap report: what was asked and not answered, near-duplicates merged, by topic.

A wording's count is, day by day, how often it was asked where it was refused, and else how often
its answer was judged not useful; refusals count no more once the wording has been answered.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from corpus.document import Measure
from corpus.errors import InputError
from corpus.text import normalise
from service.feedback.store import Asked, Judged
from service.questions.check import bigrams

# Two wordings are near-duplicates from this Jaccard similarity of their character pairs on;
# words that questions of any topic share are left out first.
ALIKE = 0.5
COMMON = re.compile(
    "请问|想问|想知道|一下|需要|什么|怎么|怎样|如何|哪些|哪里|哪儿|多少|是否|可不可以|能不能|可以|办理"
    "|[的了吗呢啊呀吧是我要有]"
)


@dataclass(frozen=True)
class Wording:
    """One way of asking; `item` is the item nearest to it, `document:number` or empty."""

    question: str
    item: str
    refused: int
    not_useful: int
    last: date

    @property
    def count(self) -> int:
        """How often it went without a good answer."""
        return self.refused + self.not_useful


@dataclass(frozen=True)
class Gap:
    """Wordings of one question, the most frequent first; it is the head."""

    wordings: tuple[Wording, ...]

    @property
    def count(self) -> int:
        """How often the question went without a good answer."""
        return sum(wording.count for wording in self.wordings)

    @property
    def last(self) -> date:
        """The last day on which it did."""
        return max(wording.last for wording in self.wordings)

    @property
    def item(self) -> str:
        """The item that most of it is nearest to."""
        votes: Counter[str] = Counter()
        for wording in self.wordings:
            votes[wording.item] += wording.count
        return min(votes, key=lambda item: (-votes[item], item))


@dataclass(frozen=True)
class Topic:
    """The gaps near one item, by falling count; `item` is 0 for what is outside the list."""

    document: str
    item: int
    title: str
    gaps: tuple[Gap, ...]

    @property
    def heading(self) -> str:
        """`第16项 标题`, or that it is outside."""
        return f"第{self.item}项 {self.title}".rstrip() if self.item else "清单之外"

    @property
    def count(self) -> int:
        """How often questions of the topic went without a good answer."""
        return sum(gap.count for gap in self.gaps)

    @property
    def last(self) -> date:
        """The last day on which one did."""
        return max(gap.last for gap in self.gaps)


def report_gaps(
    asked: Sequence[Asked],
    judged: Sequence[Judged],
    measures: Iterable[Measure],
    *,
    least: int = 1,
) -> tuple[Topic, ...]:
    """The topics by falling count, with the gaps that count at least `least`.

    An item that the measures no longer have counts as outside.
    """
    titles: dict[str, tuple[str, int, str]] = {}
    for m in measures:
        titles.setdefault(f"{m.document}:{m.item}", (m.document, m.item, m.title))
    found: defaultdict[tuple[str, int, str], list[Gap]] = defaultdict(list)
    for gap in merge(wordings(asked, judged)):
        if gap.count >= least:
            found[titles.get(gap.item, ("", 0, ""))].append(gap)
    topics = (
        Topic(*place, tuple(sorted(gaps, key=lambda g: (-g.count, g.wordings[0].question))))
        for place, gaps in found.items()
    )
    return tuple(sorted(topics, key=lambda t: (-t.count, t.document, t.item)))


def wordings(asked: Iterable[Asked], judged: Iterable[Judged]) -> tuple[Wording, ...]:
    """The wordings that went without a good answer, by falling count and then by question."""
    asks: defaultdict[str, list[Asked]] = defaultdict(list)
    complaints: defaultdict[str, list[Judged]] = defaultdict(list)
    for ask in asked:
        asks[normalise(ask.question)].append(ask)
    for judgement in judged:
        if judgement.verdict == "not_useful":
            complaints[normalise(judgement.question)].append(judgement)
    found = [_wording(asks[key], complaints[key]) for key in sorted({*asks, *complaints})]
    return tuple(sorted((w for w in found if w.count), key=lambda w: (-w.count, w.question)))


def _wording(asks: Sequence[Asked], complaints: Sequence[Judged]) -> Wording:
    """Sum one wording up out of all its rows; at least one row is there."""
    asks = sorted(asks, key=lambda ask: ask.day)
    closed = bool(asks) and asks[-1].answerable
    refusals = [] if closed else [ask for ask in asks if not ask.answerable]
    days = {ask.day for ask in asks if not ask.answerable}
    counted = [judgement for judgement in complaints if judgement.day not in days]
    rows: list[Asked | Judged] = [*asks, *complaints]
    newest = max(rows, key=lambda row: row.day)
    bad = [ask.day for ask in refusals] + [judgement.day for judgement in counted]
    return Wording(
        question=newest.question,
        item=asks[-1].item if asks else _item_shown(complaints[-1]),
        refused=sum(ask.count for ask in refusals),
        not_useful=sum(judgement.count for judgement in counted),
        last=max(bad, default=newest.day),
    )


def _item_shown(judgement: Judged) -> str:
    """The item of the first measure that was shown: `hz-2022:16.1.1` → `hz-2022:16`."""
    return judgement.shown[0].rsplit(".", 2)[0] if judgement.shown else ""


def merge(found: Sequence[Wording]) -> tuple[Gap, ...]:
    """Gather near-duplicates round the more frequent wordings; in the order of their heads.

    Each wording, in the order given, joins the head most like it (ties: the first), or becomes
    a head; members are not compared, so that chains of small changes do not run together.
    """
    members: list[list[Wording]] = []
    sizes: list[int] = []
    holding: defaultdict[str, list[int]] = defaultdict(list)
    for wording in found:
        pairs = bigrams(COMMON.sub("", normalise(wording.question)) or wording.question)
        shared = Counter(head for pair in sorted(pairs) for head in holding[pair])
        alike = [
            (common / (len(pairs) + sizes[head] - common), -head) for head, common in shared.items()
        ]
        similarity, nearest = max(alike, default=(0.0, 0))
        if similarity >= ALIKE:
            members[-nearest].append(wording)
            continue
        for pair in pairs:
            holding[pair].append(len(members))
        members.append([wording])
        sizes.append(len(pairs))
    return tuple(Gap(tuple(gathered)) for gathered in members)


def parse_day(text: str) -> date | None:
    """A day written `2022-03-01`; None where nothing is written.

    Raises:
        InputError: it is no day.
    """
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError(f"日期应写作 2022-03-01，给出的是“{text[:20]}”") from error


def topic_json(topic: Topic) -> dict[str, Any]:
    """A topic as the interface and the command give it."""
    return {
        "document": topic.document,
        "item": topic.item,
        "title": topic.title,
        "heading": topic.heading,
        "count": topic.count,
        "last": topic.last.isoformat(),
        "gaps": [
            {
                "question": gap.wordings[0].question,
                "count": gap.count,
                "refused": sum(wording.refused for wording in gap.wordings),
                "not_useful": sum(wording.not_useful for wording in gap.wordings),
                "last": gap.last.isoformat(),
                "wordings": [{"question": w.question, "count": w.count} for w in gap.wordings],
            }
            for gap in topic.gaps
        ],
    }
