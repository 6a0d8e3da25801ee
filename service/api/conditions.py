"""Dify's metadata conditions → the one filter language: 18 comparison operators, and/or.

Names are a document's own for its columns, or those of `KNOWN`. A measure may have several
values under a name (its units): a positive operator holds when it holds for one of them, a
negative one when its positive holds for none.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from pydantic import BaseModel, Field

from corpus.errors import InputError
from corpus.schema import Schema
from corpus.text import normalise
from service import conditions as language
from service.conditions import EVERYTHING, And, Not, Or
from service.labels import NEUTRAL, ROLES
from service.values import NAMED, key_of

Given = str | int | float | Sequence[str] | None
LEFT_OPEN = re.compile(r"\{\{.*?\}\}")  # a variable that the workflow did not fill
WITHOUT = ("empty", "not empty")

# Names that every document has → the columns that they ask.
KNOWN: Mapping[str, tuple[str, ...]] = {
    **{name: (name,) for name in NAMED},
    **{label: (name,) for name, label in NAMED.items()},
    **{NEUTRAL[name]: columns for name, columns in ROLES.items()},
    **ROLES,
    "document_id": ("id",),
    "lead_units": ROLES["lead"],
    "responsible_units": ROLES["responsible"],
    "due": ("due",),
    NEUTRAL["due"]: ("due",),
    "duration": ("duration",),
    "举措编号": ("id",),
    "事项": ("title",),
    "事项名称": ("title",),
}


class Condition(BaseModel):
    """一个条件：哪个元数据、怎么比、比什么。"""

    name: str | tuple[str, ...] = Field(
        description="元数据的名称：文档自己的列名，或 title、item、lead、due 等；"
        "给出几个时，一个合就算合",
        examples=["lead"],
    )
    comparison_operator: str = Field(description="比较的方式", examples=["contains"])
    value: str | int | float | tuple[str, ...] | None = Field(
        default=None, description="比什么；empty 与 not empty 不需要"
    )


class Conditions(BaseModel):
    """几个条件，都要合（and）或者合一个就行（or）。"""

    logical_operator: str | None = Field(default="and", description="and 或 or；null 同 and")
    conditions: tuple[Condition, ...] | None = Field(default=(), description="条件")


def where_of(asked: Conditions | None, schemas: Iterable[Schema]) -> language.Condition:
    """What the conditions ask; everything where there are none.

    What can't be judged is refused, so that it is seen and not taken for no match.

    Raises:
        InputError: an unknown name or operator, a variable left open, a value that does not fit.
    """
    if asked is None or not asked.conditions:
        return EVERYTHING
    if (asked.logical_operator or "and") not in ("and", "or"):
        raise InputError("logical_operator 应是 and 或 or")
    own = tuple(dict.fromkeys(c.name for schema in schemas for c in schema.columns))
    parts = tuple(_part(condition, own) for condition in asked.conditions)
    return Or(parts) if asked.logical_operator == "or" else And(parts)


def _part(condition: Condition, own: Sequence[str]) -> language.Condition:
    names = (condition.name,) if isinstance(condition.name, str) else condition.name
    make = OPERATORS.get(condition.comparison_operator)
    if make is None:
        known = "、".join(OPERATORS)
        said = condition.comparison_operator[:20]
        raise InputError(f"不认识的比较方式“{said}”；可用 {known}")
    values = _values(condition)
    return Or(tuple(make(_columns(name, own), values) for name in names))


def _columns(name: str, own: Sequence[str]) -> tuple[str, ...]:
    """The columns that a name means: a document's own before those of all.

    Raises:
        InputError: no document has it.
    """
    if name in own:
        return (name,)
    if name not in KNOWN:
        known = "、".join(dict.fromkeys((*own, *KNOWN)))
        raise InputError(f"没有元数据“{name[:40]}”；可用 {known}")
    return KNOWN[name]


def _values(condition: Condition) -> tuple[str, ...]:
    """The values as they meet in the columns.

    Raises:
        InputError: none, a variable left open, or no number or month where one is wanted.
    """
    operator, value = condition.comparison_operator, condition.value
    if operator in WITHOUT:
        return ()
    texts = _texts(value)
    if not any(texts):
        raise InputError(f"条件“{operator}”缺少 value")
    if any(LEFT_OPEN.search(text) for text in texts):
        raise InputError(f"变量 {value} 没有填上；元数据条件只收填好的文字")
    if operator in ORDERED and not all(key_of(normalise(text)) for text in texts):
        raise InputError(f"“{operator}”要比的应是数字或月份，给出的是“{value}”")
    return tuple(map(normalise, texts))


def _texts(value: Given) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if isinstance(value, int | float):
        return (f"{value:g}",)
    return tuple(value)


Make = Callable[[tuple[str, ...], tuple[str, ...]], language.Condition]


def _test(op: str) -> Make:
    return lambda columns, values: language.Test(columns, op, values)


def _not(op: str) -> Make:
    return lambda columns, values: Not(language.Test(columns, op, values))


def _order(sign: str) -> Make:
    def make(columns: tuple[str, ...], values: tuple[str, ...]) -> language.Condition:
        return language.Test(columns, "order", tuple(sign + value for value in values))

    return make


ORDERED = {">": ">", "<": "<", "≥": ">=", "≤": "<=", "before": "<", "after": ">"}
OPERATORS: Mapping[str, Make] = {
    "contains": _test("contains"),
    "not contains": _not("contains"),
    "start with": _test("starts"),
    "end with": _test("ends"),
    "is": _test("equals"),
    "is not": _not("equals"),
    "in": _test("equals"),
    "not in": _not("equals"),
    "empty": _test("empty"),
    "not empty": _not("empty"),
    "=": _test("equals"),
    "≠": _not("equals"),
    **{operator: _order(sign) for operator, sign in ORDERED.items()},
}
