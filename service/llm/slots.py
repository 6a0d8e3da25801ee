"""What a language model read of a question → a condition, if every slot of it can be checked.

The reply is a stranger's text: of its records only columns, ops and values are taken, each of
which must stand in the documents. One bad slot and the whole is dropped.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from corpus.measures import split_units
from corpus.schema import Schema
from corpus.text import normalise
from index.search import Searcher
from service.conditions import (
    ORGANS,
    Condition,
    Not,
    Or,
    Test,
    from_records,
    holds,
    joined,
    leaves,
)
from service.values import SIGN, key_of

FENCE = re.compile(r"```(?:json)?\s*(.*?)\s*```", re.DOTALL)
THOUGHT = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
MONTHS = re.compile(r"(\d{4}-(?:0[1-9]|1[0-2]))\.\.(\d{4}-(?:0[1-9]|1[0-2]))")
DAYS = re.compile(r"(?:<=|>=)?\d{1,5}(?:\.\d{1,2})?")
OVERS = ("item", "measure")
MOST = 12  # tests of a condition, values of a test
LONGEST = 60  # characters of a value


class BrokenError(ValueError):
    """A reply that is no JSON of the form that was asked for."""


class UnsoundError(ValueError):
    """A slot that does not stand in the documents."""


@dataclass(frozen=True)
class Asked:
    """What a model read: rows under a condition, told by item or by measure."""

    where: Condition
    over: str


@dataclass(frozen=True)
class Known:
    """What stands in the documents: the names and roles of columns, organs by role and name."""

    searcher: Searcher
    columns: frozenset[str]
    organs: Mapping[str, str]

    @classmethod
    def of(cls, searcher: Searcher) -> "Known":
        """What the documents of a searcher have."""
        schemas = searcher.index.schemas.values()
        named = {name for s in schemas for c in s.columns for name in (c.name, c.role)}
        organs = {
            normalise(organ): organ
            for measure in searcher.measures
            for cell in measure.cells(*ORGANS)
            for organ in split_units(cell.value)
        }
        return cls(searcher, frozenset(named), organs)

    def roles(self, columns: Sequence[str]) -> set[str]:
        """The roles of columns given by role or own name."""
        schemas: Sequence[Schema] = tuple(self.searcher.index.schemas.values())
        return {c.role for s in schemas for c in s.columns if {c.name, c.role} & set(columns)}

    def met(self, test: Test) -> bool:
        """Whether some row meets a test."""
        return any(holds(test, measure) for measure in self.searcher.measures)


def read_reply(reply: str, known: Known) -> Asked | None:
    """The condition of a whole reply; None where it says that the columns cannot tell.

    Raises:
        BrokenError: no JSON of the form that was asked for.
        UnsoundError: a slot that does not stand in the documents.
    """
    told = _parse(reply)
    if told["conditions"] is None:
        return None
    over = told.get("over", "item")
    try:
        where = from_records(told["conditions"])
        if over not in OVERS:
            raise BrokenError("over")
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise BrokenError("no conditions") from error
    count = len(tuple(leaves(where)))
    if not 0 < count <= MOST:
        raise UnsoundError(f"{count} tests")
    return Asked(_sound(where, known), over)


def _parse(reply: str) -> dict[str, Any]:
    text = THOUGHT.sub("", reply).strip()
    fenced = FENCE.fullmatch(text)
    try:
        told = json.loads(fenced[1] if fenced else text)
    except (ValueError, RecursionError) as error:
        raise BrokenError("no JSON") from error
    if not isinstance(told, dict) or not isinstance(told.get("conditions", 0), list | None):
        raise BrokenError("no conditions")
    return told


def _sound(where: Condition, known: Known) -> Condition:
    """The condition with its values as the documents write them, and no words of the model's."""
    match where:
        case Test():
            return _checked(where, known)
        case Not(part):
            return Not(_sound(part, known))
    parts = tuple(_sound(part, known) for part in where.parts)
    if not parts:
        raise UnsoundError("a part without tests")
    return Or(parts) if isinstance(where, Or) else joined(parts)


def _checked(test: Test, known: Known) -> Test:
    """A test whose slots all stand in the documents."""
    check, count = CHECKS[test.op]
    bare = replace(test, text="", span=(0, 0))
    if not count <= len(test.values) <= (MOST if count else 0):
        raise UnsoundError(f"{test.op} with {len(test.values)} values")
    if any(not 0 < len(value) <= LONGEST for value in test.values):
        raise UnsoundError("a value of no or great length")
    free = ("title",) if test.op == "inside" else ()
    for column in test.columns if test.op != "is" else ():
        if column not in known.columns and column not in free:
            raise UnsoundError("a foreign column")
    if not test.columns and test.op not in ("inside", "is", "off"):
        raise UnsoundError(f"{test.op} without columns")
    made = check(bare, known)
    if made is None:
        raise UnsoundError(f"a value of {test.op}")
    return made


def _organs(test: Test, known: Known) -> Test | None:
    """Organs as they are written, of columns of organs that have each."""
    if not known.roles(test.columns) or not known.roles(test.columns) <= set(ORGANS):
        return None
    named = [known.organs.get(normalise(value), "") for value in test.values]
    return replace(test, values=tuple(named)) if all(named) else None


def _only(test: Test, known: Known) -> Test | None:
    made = _organs(test, known)
    # Compared with what is normalised where the values are not the cell's own.
    return made or (_words(test, known) if known.roles(test.columns).isdisjoint(ORGANS) else None)


def _several(test: Test, known: Known) -> Test | None:
    return test if known.roles(test.columns) <= set(ORGANS) else None


def _months(test: Test, known: Known) -> Test | None:
    """Ranges from a month to one that is not before it."""
    found = [MONTHS.fullmatch(value) for value in test.values]
    sound = known.roles(test.columns) == {"due"} and all(m and m[1] <= m[2] for m in found)
    return test if sound else None


def _days(test: Test, known: Known) -> Test | None:
    """Terms, of columns in which some row has one."""
    some = known.met(Test(test.columns, "days", (">=0",)))
    return test if some and all(DAYS.fullmatch(value) for value in test.values) else None


def _order(test: Test, known: Known) -> Test | None:
    """A sign and a number or month, of columns that have what can be ordered so."""
    for value in test.values:
        sign = SIGN.match(value)
        key = key_of(value[sign.end() :]) if sign else None
        if sign is None or key is None:
            return None
        bounds = (f"<={value[sign.end() :]}", f">={value[sign.end() :]}")
        if not known.met(Test(test.columns, "order", bounds)):
            return None
    return test


def _aspect(test: Test, known: Known) -> Test | None:
    """Aspects as the documents write them."""
    named = {normalise(m.aspect): m.aspect for m in known.searcher.measures if m.aspect}
    found = tuple(named.get(normalise(value), "") for value in test.values)
    return replace(test, columns=("aspect",), values=found) if all(found) else None


def _words(test: Test, known: Known) -> Test | None:
    """Values each of which stands as the test wants in some row."""
    made = replace(test, values=tuple(normalise(value) for value in test.values))
    each = (replace(made, values=(value,)) for value in made.values)
    return made if all(value for value in made.values) and all(map(known.met, each)) else None


def _plain(test: Test, known: Known) -> Test:  # noqa: ARG001 (as the other checks)
    return test


# What each op asks of its slots, and how many values it has at least (0: none at all).
CHECKS: Mapping[str, tuple[Callable[[Test, Known], Test | None], int]] = {
    "has": (_organs, 1),
    "only": (_only, 1),
    "several": (_several, 0),
    "contains": (_words, 1),
    "empty": (_plain, 0),
    "month": (_months, 1),
    "days": (_days, 1),
    "is": (_aspect, 1),
    "inside": (_words, 1),
    "off": (_plain, 0),
    "equals": (_words, 1),
    "starts": (_words, 1),
    "ends": (_words, 1),
    "order": (_order, 1),
}
