"""Conditions over the columns of a measure: a small tree with and, or, not.

`holds` tells whether a measure meets a condition, `describe` says it in Chinese, `kind_of` names
the column group it speaks of and `field_of` the field of a measure that shows it. All measures of
a row share their columns, so an item counts when any of its measures meets the whole tree.
"""

import re
from dataclasses import dataclass
from typing import TypeAlias

from corpus.document import Measure
from corpus.text import normalise
from service.lists.months import Range, say_range


@dataclass(frozen=True)
class Lead:
    """One of the units leads; `alone`: and no other unit does."""

    names: tuple[str, ...]
    alone: bool = False


@dataclass(frozen=True)
class Responsible:
    """One of the units is responsible beside the lead; `alone`: and no other unit is."""

    names: tuple[str, ...]
    alone: bool = False


@dataclass(frozen=True)
class OnlyResponsible:
    """One of the units is responsible, and none of them leads."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class AnyRole:
    """One of the units leads or is responsible."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Several:
    """More than one unit leads."""


@dataclass(frozen=True)
class Blank:
    """The columns of a role name no unit: role lead or help."""

    role: str


@dataclass(frozen=True)
class Due:
    """The month stands in one of the ranges, ends included; an empty end is open."""

    ranges: tuple[Range, ...]


@dataclass(frozen=True)
class Aspect:
    """The measure stands under one of the aspects, given by their whole titles."""

    titles: tuple[str, ...]


@dataclass(frozen=True)
class NotApplicable:
    """The record says that the item does not concern the place."""


@dataclass(frozen=True)
class Topic:
    """The item's title holds the words; `inside`: its main content or text may too."""

    words: str
    inside: bool = False


@dataclass(frozen=True)
class And:
    """All parts hold; no parts: everything does."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class Or:
    """One of the parts holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: "Condition"


Condition: TypeAlias = (
    Lead
    | Responsible
    | OnlyResponsible
    | AnyRole
    | Several
    | Blank
    | Due
    | Aspect
    | NotApplicable
    | Topic
    | And
    | Or
    | Not
)
ORDINAL = re.compile(r"^[一二三四五六七八九十]+、")
EVERYTHING = And(())


def holds(condition: Condition, measure: Measure) -> bool:
    """Whether a measure meets a condition."""
    match condition:
        case And(parts):
            return all(holds(part, measure) for part in parts)
        case Or(parts):
            return any(holds(part, measure) for part in parts)
        case Not(Due() as due):
            return measure.due != "" and not holds(due, measure)
        case Not(part):
            return not holds(part, measure)
        case Lead(names, alone):
            return _among(names, measure.lead_units, alone=alone)
        case Responsible(names, alone):
            return _among(names, measure.responsible_units, alone=alone)
        case OnlyResponsible(names):
            return _among(names, measure.responsible_units) and not _among(
                names, measure.lead_units
            )
        case AnyRole(names):
            return _among(names, measure.lead_units + measure.responsible_units)
        case Several():
            return len(measure.lead_units) > 1
        case Blank(role):
            return not (measure.lead_units if role == "lead" else measure.responsible_units)
        case Due(ranges):
            return measure.due != "" and any(
                first <= measure.due and (not last or measure.due <= last) for first, last in ranges
            )
        case Aspect(titles):
            return measure.aspect in titles
        case NotApplicable():
            return not measure.applicable
        case Topic(words, inside):
            texts = (measure.title, measure.content, measure.text) if inside else (measure.title,)
            return any(words in normalise(text) for text in texts)


def _among(names: tuple[str, ...], units: tuple[str, ...], *, alone: bool = False) -> bool:
    found = any(name in units for name in names)
    return found and (not alone or all(unit in names for unit in units))


def kind_of(condition: Condition) -> str:
    """unit, due, aspect, applicable or topic, of the first leaf; empty for everything."""
    match condition:
        case And(parts) | Or(parts):
            return kind_of(parts[0]) if parts else ""
        case Not(part):
            return kind_of(part)
        case Due():
            return "due"
        case Aspect():
            return "aspect"
        case NotApplicable():
            return "applicable"
        case Topic():
            return "topic"
        case _:
            return "unit"


def field_of(condition: Condition, measure: Measure) -> str:
    """The field that shows best that the condition holds for a measure which meets it.

    Fields that the measure lacks are passed over; its title, or else its text, is left.
    """
    fields = [field for field in _fields(condition, measure) if field in measure.spans]
    if shown := sorted(fields, key=lambda field: field == "title"):
        return shown[0]
    return "title" if "title" in measure.spans else "text"


def _fields(condition: Condition, measure: Measure) -> tuple[str, ...]:
    match condition:
        case And(parts):
            return tuple(field for part in parts for field in _fields(part, measure))
        case Or(parts):
            met = [part for part in parts if holds(part, measure)]
            return tuple(field for part in met for field in _fields(part, measure))
        case Not(part):
            return _fields(part, measure)
        case Lead() | Several():
            return ("lead_units",)
        case Responsible() | OnlyResponsible():
            return ("responsible_units",)
        case AnyRole(names):
            leads = _among(names, measure.lead_units)
            return ("lead_units",) if leads else ("responsible_units",)
        case Due():
            return ("due",)
        case NotApplicable() | Blank():
            return ("text",)
        case _:
            return ("title",)


def describe(condition: Condition) -> str:
    """The condition in Chinese, as it stands before 的事项; empty for everything."""
    match condition:
        case And(parts):
            return "、".join(_wrapped(part) for part in parts)
        case Or(parts):
            return "或".join(_wrapped(part) for part in parts)
        case Not(AnyRole(names)):
            return f"不涉及{_either(names)}"
        case Not(NotApplicable()):
            return "涉及本地"
        case Not(part):
            return f"不是{_wrapped(part)}"
        case Lead(names, alone):
            return f"{'只由' if alone else ''}{_either(names)}牵头"
        case Responsible(names, alone):
            only = f"责任单位只有{_either(names)}"
            return only if alone else f"{_either(names)}为责任单位"
        case OnlyResponsible(names):
            return f"{_either(names)}只作为责任单位"
        case AnyRole(names):
            return f"{_either(names)}牵头或为责任单位"
        case Several():
            return "几个单位共同牵头"
        case Blank(role):
            return f"没有{'牵头' if role == 'lead' else '责任'}单位"
        case Due(ranges):
            return f"{_either(tuple(map(say_range, ranges)))}见效"
        case Aspect(titles):
            return _either(tuple(f"“{ORDINAL.sub('', title)}”方面" for title in titles))
        case NotApplicable():
            return "不涉及本地"
        case Topic(words, inside):
            return f"{'内容' if inside else '名称'}含“{words}”"


def _wrapped(condition: Condition) -> str:
    joined = isinstance(condition, And | Or) and len(condition.parts) > 1
    return f"（{describe(condition)}）" if joined else describe(condition)


def _either(names: tuple[str, ...]) -> str:
    return "或".join(names)
