"""A frame after the turn before: empty slots come from there.

Of a set the conditions go on: 其中 adds to them, 换成 and 呢 put others of their kind in their
place. Of anything else its words go on, where the question points back or says little itself.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from corpus.document import Measure
from service.conditions import EVERYTHING, Condition, Not, Test, joined, kind_of, leaves, parts_of
from service.read.clauses import COLUMNS
from service.read.frame import SHORT, Frame

# 回到最前面那项 goes back to where the talk began.
FIRST = re.compile(r"^(?:回到|说回|再说)?(?:最前面|最开始|一开始|最初|开头|第一个)[^,，]{0,8}[,，]")
POINTING = re.compile(
    r"^(?:这|其(?!他|它|余)|它|他们?|该|此|再|同时|具体|里面|那(?!些|个|家))|[这那](?:个|事|项|块|里|些|边|条|样|家|件)|"
    r"它们?|他们|人家|上述|上面|前面|刚才|其中|呢\??$"
)
Meant = Callable[[Frame], Measure | None]


def is_set(frame: Frame) -> bool:
    """Whether a frame can stand as a question for a set."""
    edge = frame.order in ("earliest", "latest")
    whole = "all" in frame.asks and frame.counted and not frame.unread
    some = frame.where != EVERYTHING or bool(frame.by) or edge or whole
    return bool(frame.cue or frame.by) and some


def carry(
    frame: Frame, earlier: Frame, meant: Meant, stays: Callable[[Frame, Frame], bool]
) -> Frame:
    """The frame with its empty slots filled from the earlier one.

    Args:
        frame: the question now.
        earlier: that before it, itself carried.
        meant: finds the measure that a frame is about.
        stays: whether a question that could stand by itself goes on with the talk.
    """
    filled = _pointed(frame, earlier, meant)
    open_set = earlier.where != EVERYTHING and not _asks_a_row(earlier)
    says = filled.where != EVERYTHING or filled.cue or filled.role
    goes_on = open_set and not _asks_a_row(filled) and (is_set(earlier) or filled.cue)
    if says and goes_on:
        return _narrowed(filled, earlier) if _elliptical(filled) else filled
    if is_set(filled):
        return filled
    own = len(filled.topic)
    if POINTING.search(filled.text) or own <= SHORT or stays(filled, earlier):
        return _behind(filled, earlier)
    return filled


def _asks_a_row(frame: Frame) -> bool:
    """Whether it asks a column of one row, which no set has: 那谁牵头."""
    asks = {"who", "when", "term", "how", "amount", "where"} & frame.asks
    return bool(asks) and not frame.cue and "same" not in frame.leans


def _elliptical(frame: Frame) -> bool:
    """Whether a set is asked for in so few words that those before go on: no noun, or 那…呢."""
    headed = any(tag.kind in ("item", "measure") for tag in frame.tags)
    leans = bool(frame.leans - {"it"})
    return leans or not headed or not is_set(frame) or _bare(frame)


def _bare(frame: Frame) -> bool:
    """Whether it names organs and no role of theirs, so that the role goes on: 财政局呢."""
    return any(test.columns == ("lead", "organ", "responsible") for test in leaves(frame.where))


def _pointed(frame: Frame, earlier: Frame, meant: Meant) -> Frame:
    """它 is the organ, 同一个月 the month and 这个方面 the aspect of what was spoken of."""
    parts = list(parts_of(frame.where)) if frame.where != EVERYTHING else []
    if "it" in frame.leans and (frame.cue or frame.by or frame.role):
        organs = tuple(
            value for t in leaves(earlier.where) if t.op in ("has", "only") for value in t.values
        )
        row = None if organs else meant(earlier)
        if row is not None:
            organs = next((c for c in (row.lead_units, _organs(row)) if c), ())[:1]
        if organs:
            columns = COLUMNS[frame.role or "lead"]
            test: Condition = Test(columns, "has", organs, "它")
            denied = any(tag.kind == "not" for tag in frame.tags)
            parts.append(Not(test) if denied else test)
    if "same" in frame.leans:
        said = "".join(tag.text for tag in frame.tags if tag.kind == "same")
        old = [p for p in parts_of(earlier.where) if kind_of(p) in ("is", "month")]
        row = meant(earlier)
        if any(word in said for word in ("方面", "领域", "章", "类")):
            kept = [p for p in old if kind_of(p) == "is"]
            parts += kept or ([Test(("aspect",), "is", (row.aspect,), said)] if row else [])
        else:
            kept = [p for p in old if kind_of(p) == "month"]
            month = f"{row.due}..{row.due}" if row and row.due else ""
            parts += kept or ([Test(("due",), "month", (month,), said)] if month else [])
    return replace(frame, where=joined(parts)) if parts else frame


def _organs(row: Measure) -> tuple[str, ...]:
    return tuple(cell.value for cell in row.cells("organ", "lead"))


def _narrowed(frame: Frame, earlier: Frame) -> Frame:
    """A set after a set: conditions added, or put in place of those of their kind."""
    news = list(parts_of(frame.where)) if frame.where != EVERYTHING else []
    again = earlier.where != EVERYTHING and "same" not in frame.leans
    olds = list(parts_of(earlier.where)) if again else []
    if not news and frame.role:
        news = [_with_role(p, frame.role) for p in olds if kind_of(p) == "organ"]
    elif _bare(frame):
        role = next((t.columns for p in olds if kind_of(p) == "organ" for t in leaves(p)), None)
        news = [_in_columns(p, role) if role else p for p in news]
    if any(kind_of(part) == "off" for part in news):
        olds = []
    if "among" not in frame.leans:
        kinds = {kind_of(part) for part in news}
        olds = [part for part in olds if kind_of(part) not in kinds]
    return replace(
        frame,
        where=joined((*olds, *news)),
        cue=frame.cue or earlier.cue or "which",
        over=frame.over if frame.over == "measure" else earlier.over,
        by=frame.by,
        unread=frame.unread,
        before="",
    )


def _with_role(part: Condition, role: str) -> Condition:
    return _in_columns(part, COLUMNS[role])


def _in_columns(part: Condition, columns: tuple[str, ...]) -> Condition:
    """The same organs asked of other columns."""
    match part:
        case Test(op="has" | "only"):
            return replace(part, columns=columns)
        case Not(inner):
            return Not(_in_columns(inner, columns))
        case Test():
            return part
    return type(part)(tuple(_in_columns(inner, columns) for inner in part.parts))


def _behind(frame: Frame, earlier: Frame) -> Frame:
    """A question behind the words of the one before; what it does not ask, that one asked."""
    asks = frame.asks - {"yesno"} or bool(frame.columns)
    before = earlier.standing if not earlier.before else f"{earlier.before}，{earlier.text}"
    return replace(
        frame,
        before=before[-LONGEST:],
        asks=frame.asks if asks else frame.asks | earlier.asks,
        columns=frame.columns if asks else earlier.columns,
        where=EVERYTHING,
        cue="",
    )


LONGEST = 300  # characters that go before a question
