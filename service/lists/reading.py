"""A question → the list question over the columns that it asks, if it is one.

`read_list` cuts the question into words (`words.py`), lets `grammar.py`
build the condition out of them, and decides whether that is a list question: one that is
understood wholly, asks for a set, and does not ask for one item's column.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.text import normalise
from service.lists.columns import Columns
from service.lists.conditions import (
    EVERYTHING,
    And,
    AnyRole,
    Condition,
    Due,
    Not,
    Topic,
    describe,
    holds,
    kind_of,
)
from service.lists.grammar import Parsed, parse
from service.lists.trees import role_of, units_of, with_role
from service.lists.words import ONE_ITEM, OUTCOME, YESNO, Token, read_words

# What people say of themselves before they ask: 我是做外贸的, 领导要汇报材料.
PREFACE = re.compile(r"^(?:我们?|咱们?|本人|领导|老板|公司|单位)[^,;?。]{2,20}[,;。]")
LONGEST = 150  # characters; a longer question tells a story
GROUPS = {"lead": "牵头单位", "responsible": "责任单位", "due": "见效月份", "aspect": "方面"}
FIELDS = ("方面", "领域", "板块", "这块")
THROUGH = (
    "fill",
    "not",
    "and",
    "join",
    "item",
    "measure",
    "touch",
    "done",
    "which",
    "count",
    "all",
)


@dataclass(frozen=True)
class ListQuestion:
    """A question for the set of items or measures that meet a condition.

    `over` is item or measure; `counted`: their number is asked; `by`: counts are asked by lead,
    responsible, due or aspect, `order` most or least where an extreme is asked. `text` says in
    Chinese, by itself, what was understood; `leftover` are words that were not.
    """

    condition: Condition
    over: str
    counted: bool
    by: str
    text: str
    leftover: tuple[str, ...] = ()
    order: str = ""


def read_list(
    question: str, columns: Columns, earlier: ListQuestion | None = None
) -> ListQuestion | None:
    """Read a list question; None where it asks for anything else.

    Args:
        question: as typed.
        columns: of the loaded documents.
        earlier: the list question of the turn before, which a follow-up narrows or changes.
    """
    text = normalise(question)
    if not columns.measures or len(text) > LONGEST:
        return None
    if ONE_ITEM.search(text) or OUTCOME.search(text):
        return None
    tokens, topic = _absorb(_words(text, columns), columns)
    if tokens is None:
        return None
    parsed = parse(tokens, columns, units_of(earlier.condition) if earlier else ())
    if parsed is None or (YESNO.search(text) and not parsed.asks):
        return None
    if topic:
        asks = parsed.asks or (parsed.said and (parsed.ends or parsed.nominal))
        if not (asks and (parsed.condition != EVERYTHING or (earlier and parsed.among))):
            return None
        parsed = parsed.also(topic)
    follow = earlier is not None and _elliptical(parsed)
    if earlier is not None and follow:
        return _follow(parsed, earlier, columns)
    return _alone(parsed, columns)


def _words(text: str, columns: Columns) -> tuple[Token, ...]:
    """The words of a question, without a preface that they leave open and that names no unit."""
    tokens = read_words(text, columns)
    preface = PREFACE.match(text)
    if not preface or columns.units_in(preface[0]) or columns.aspects_in(preface[0]):
        return tokens
    if all(token.kind != "left" for token in tokens):
        return tokens
    return read_words(text[preface.end() :], columns)


def _absorb(
    tokens: Sequence[Token], columns: Columns
) -> tuple[tuple[Token, ...] | None, Topic | None]:
    """Take one stretch that nothing explains as a topic, if titles or texts speak of it.

    The stretch grows over its neighbours as long as a title holds it: 不 and 动产 are 不动产.
    Gives (None, None) where what is left over cannot be a topic.
    """
    places = [place for place, token in enumerate(tokens) if token.kind == "left"]
    if not places:
        return tuple(tokens), None
    titles = columns.headings
    first = last = places[0]
    words = tokens[first].text
    while last + 1 < len(tokens) and tokens[last + 1].text not in FIELDS:
        if not _said(words + tokens[last + 1].text, titles):
            break
        last += 1
        words += tokens[last].text
    while (
        first
        and tokens[first - 1].kind in THROUGH
        and tokens[first - 1].text != "的"
        and _said(tokens[first - 1].text + words, titles)
    ):
        first -= 1
        words = tokens[first].text + words
    if places[-1] > last or len(words) < 2:
        return None, None
    following = next((t.kind for t in tokens[last + 1 :] if t.kind not in ("fill", "ask")), "")
    before = tokens[first - 1].kind if first else ""
    ahead = tokens[last + 1].text if last + 1 < len(tokens) else ""
    if following not in ("item", "measure", "touch") and before != "touch" and ahead not in FIELDS:
        return None, None
    rest = (*tokens[:first], *tokens[last + 1 :])
    if _said(words, titles):
        return rest, Topic(words)
    inside = Topic(words, inside=True)
    return (rest, inside) if any(holds(inside, m) for m in columns.measures) else (None, None)


def _said(words: str, titles: Sequence[str]) -> bool:
    return any(words in title for title in titles)


def _elliptical(parsed: Parsed) -> bool:
    """Whether a question leans on the turn before: it says so, or lacks what it is about."""
    if parsed.among or parsed.instead or parsed.it:
        return True
    return not parsed.whole and (not parsed.headed or parsed.condition == EVERYTHING)


def _alone(parsed: Parsed, columns: Columns) -> ListQuestion | None:
    """A question that stands by itself."""
    if parsed.role and not parsed.by:
        return None  # a role of no unit
    condition = parsed.condition
    if parsed.by:
        free = bool(parsed.order) or (parsed.each and (parsed.headed or not parsed.guessed))
        general = free or (condition != EVERYTHING and (parsed.headed or not _denies(condition)))
        return _made(parsed, condition, "item", columns) if general else None
    if condition == EVERYTHING:
        everything = parsed.strong and (parsed.counted or parsed.whole or parsed.listed)
        everything = everything and not parsed.said
        return _made(parsed, condition, "item", columns) if everything or parsed.edge else None
    if not (parsed.said or parsed.strong) and kind_of(condition) in ("unit", "due"):
        return None  # 杭州有多少个区县
    if parsed.either and not (parsed.asks or parsed.headed or parsed.nominal):
        return None  # 科技局还是教育局牵头: one of two
    asks = parsed.asks or parsed.headed or parsed.nominal
    if not (asks or (parsed.said and not parsed.doubt)):
        return None
    return _made(parsed, condition, "item", columns)


def _denies(condition: Condition) -> bool:
    """Whether a condition only denies: 除了财政局还有谁配合 asks for one item's units."""
    parts = condition.parts if isinstance(condition, And) else (condition,)
    return all(isinstance(part, Not) for part in parts)


def _follow(parsed: Parsed, earlier: ListQuestion, columns: Columns) -> ListQuestion | None:
    """A question that narrows or changes the one before."""
    new = parsed.condition
    if new == EVERYTHING and parsed.role and not parsed.by:
        units = units_of(earlier.condition)
        if not units:
            return None
        new = with_role(AnyRole(units), parsed.role)
    elif parsed.bare:
        new = with_role(new, role_of(earlier.condition))
    if new == EVERYTHING:
        asks = parsed.asks or parsed.by or parsed.edge or parsed.headed
        return _made(parsed, earlier.condition, earlier.over, columns) if asks else None
    condition = _changed(earlier.condition, new, parsed)
    marked = parsed.among or parsed.instead or parsed.it or parsed.bare
    marked = marked and kind_of(new) != "applicable"
    if not marked and not any(holds(condition, m) for m in columns.measures):
        condition = new
    return _made(parsed, condition, earlier.over, columns)


def _changed(old: Condition, new: Condition, parsed: Parsed) -> Condition:
    """The old condition with the new one added, or put in place of those of its kinds."""
    olds = old.parts if isinstance(old, And) else (old,)
    news = new.parts if isinstance(new, And) else (new,)
    if not parsed.among:
        kinds = {
            kind_of(part)
            for part in news
            if parsed.instead
            or parsed.it
            or kind_of(part) != "unit"
            or role_of(part) == role_of(old)
        }
        olds = tuple(part for part in olds if kind_of(part) not in kinds)
    parts = tuple(dict.fromkeys((*olds, *news)))
    return parts[0] if len(parts) == 1 else And(parts)


def _made(parsed: Parsed, condition: Condition, over: str, columns: Columns) -> ListQuestion:
    if parsed.edge:
        condition = _at_edge(condition, parsed.edge, columns)
    over = parsed.over or over
    text = _wording(condition, over, parsed)
    return ListQuestion(condition, over, parsed.counted, parsed.by, text, (), parsed.order)


def _at_edge(condition: Condition, edge: str, columns: Columns) -> Condition:
    """The condition, with the earliest or latest month that meets it."""
    months = [m.due for m in columns.measures if m.due and holds(condition, m)]
    if not months:
        return condition
    month = min(months) if edge == "earliest" else max(months)
    due = Due(((month, month),))
    parts = condition.parts if isinstance(condition, And) else (condition,)
    return And((*parts, due)) if parts else due


def _wording(condition: Condition, over: str, parsed: Parsed) -> str:
    """What was understood, by itself: 市法院牵头、2022年3月见效的事项有哪些."""
    noun = "举措" if over == "measure" else "事项"
    said = describe(condition)
    subject = f"{said}的{noun}" if said else f"全部{noun}"
    if parsed.by:
        extreme = {"most": "，最多的是哪个", "least": "，最少的是哪个"}.get(parsed.order, "")
        return f"{subject}按{GROUPS[parsed.by]}各有多少{extreme}"
    unit = "条" if over == "measure" else "项"
    return f"{subject}有{'几' + unit if parsed.counted else '哪些'}"


__all__ = ["GROUPS", "ListQuestion", "read_list"]
