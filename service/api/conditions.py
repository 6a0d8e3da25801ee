"""Dify's metadata conditions over a measure: 18 comparison operators, and/or.

A measure may have several values under a name (its lead units): a positive operator holds when
it holds for one of them, a negative one when its positive holds for none.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from pydantic import BaseModel, Field

from corpus.document import Measure
from corpus.errors import InputError
from corpus.text import normalise, parse_month

Values = tuple[str, ...]
Given = str | int | float | Sequence[str] | None
LEFT_OPEN = re.compile(r"\{\{.*?\}\}")  # a variable that the workflow did not fill

FIELDS: Mapping[str, Callable[[Measure], Values]] = {
    "id": lambda m: (m.id,),
    "document_id": lambda m: (m.id,),
    "document": lambda m: (m.document,),
    "title": lambda m: (m.title,),
    "aspect": lambda m: (m.aspect,),
    "item": lambda m: (str(m.item),),
    "lead": lambda m: m.lead_units,
    "responsible": lambda m: m.responsible_units,
    "due": lambda m: (m.due,),
    "applicable": lambda m: ("true" if m.applicable else "false",),
}
NAMES: Mapping[str, str] = {
    "编号": "id",
    "举措编号": "id",
    "文档": "document",
    "事项": "title",
    "事项名称": "title",
    "方面": "aspect",
    "事项序号": "item",
    "牵头单位": "lead",
    "lead_units": "lead",
    "责任单位": "responsible",
    "responsible_units": "responsible",
    "取得成效时间": "due",
    "时间": "due",
    "是否涉及": "applicable",
}
WITHOUT = ("empty", "not empty")


class Condition(BaseModel):
    """一个条件：哪个元数据、怎么比、比什么。"""

    name: str | tuple[str, ...] = Field(description="元数据的名称；给出几个时，一个合就算合")
    comparison_operator: str = Field(description="比较的方式", examples=["contains"])
    value: str | int | float | tuple[str, ...] | None = Field(
        default=None, description="比什么；empty 与 not empty 不需要"
    )


class Conditions(BaseModel):
    """几个条件，都要合（and）或者合一个就行（or）。"""

    logical_operator: str | None = Field(default="and", description="and 或 or；null 同 and")
    conditions: tuple[Condition, ...] | None = Field(default=(), description="条件")


def check(asked: Conditions) -> None:
    """Refuse what can't be judged, so that it is seen and not taken for no match.

    Raises:
        InputError: an unknown name or operator, a variable left open, a value that does not fit.
    """
    if (asked.logical_operator or "and") not in ("and", "or"):
        raise InputError("logical_operator 应是 and 或 or")
    for condition in asked.conditions or ():
        for name in _names(condition):
            if NAMES.get(name, name) not in FIELDS:
                known = "、".join((*FIELDS, *NAMES))
                raise InputError(f"没有元数据“{name[:40]}”；可用 {known}")
        operator, value = condition.comparison_operator, condition.value
        if operator not in OPERATORS and operator not in WITHOUT:
            known = "、".join((*OPERATORS, *WITHOUT))
            raise InputError(f"不认识的比较方式“{operator[:20]}”；可用 {known}")
        if operator in WITHOUT:
            continue
        if value is None or value in ("", ()):
            raise InputError(f"条件“{operator}”缺少 value")
        if any(LEFT_OPEN.search(text) for text in _texts(value)):
            raise InputError(f"变量 {value} 没有填上；元数据条件只收填好的文字")
        if operator in ORDERED and not all(map(_key, _texts(value))):
            raise InputError(f"“{operator}”要比的应是数字或月份，给出的是“{value}”")


def holds(asked: Conditions | None, measure: Measure) -> bool:
    """Whether a measure meets the conditions; none are met by all."""
    if asked is None or not asked.conditions:
        return True
    met = (_meets(condition, measure) for condition in asked.conditions)
    return any(met) if asked.logical_operator == "or" else all(met)


def _meets(condition: Condition, measure: Measure) -> bool:
    return any(_one(name, condition, measure) for name in _names(condition))


def _one(name: str, condition: Condition, measure: Measure) -> bool:
    values = tuple(normalise(value) for value in FIELDS[NAMES.get(name, name)](measure) if value)
    operator = condition.comparison_operator
    if operator in WITHOUT:
        return bool(values) == (operator == "not empty")
    wanted = tuple(map(normalise, _texts(condition.value)))
    positive = OPPOSITE.get(operator, operator)
    found = any(OPERATORS[positive](value, wanted) for value in values)
    return found == (positive == operator)


def _names(condition: Condition) -> tuple[str, ...]:
    name = condition.name
    return (name,) if isinstance(name, str) else name


def _texts(value: Given) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if isinstance(value, int | float):
        return (f"{value:g}",)
    return tuple(value)


def _key(text: str) -> tuple[str, float, str] | None:
    """What numbers and months are ordered by; None for other texts."""
    month = parse_month(text)
    if month:
        return ("month", 0.0, month)
    try:
        return ("number", float(text), "")
    except ValueError:
        return None


def _ordered(compare: Callable[[tuple[str, float, str], tuple[str, float, str]], bool]) -> "Judge":
    def judge(value: str, wanted: Values) -> bool:
        mine = _key(value)
        others = [_key(text) for text in wanted]
        return mine is not None and any(
            other is not None and other[0] == mine[0] and compare(mine, other) for other in others
        )

    return judge


Judge = Callable[[str, Values], bool]
ORDERED: Mapping[str, Judge] = {
    ">": _ordered(lambda a, b: a > b),
    "<": _ordered(lambda a, b: a < b),
    "≥": _ordered(lambda a, b: a >= b),
    "≤": _ordered(lambda a, b: a <= b),
    "before": _ordered(lambda a, b: a < b),
    "after": _ordered(lambda a, b: a > b),
}
_same = _ordered(lambda a, b: a == b)
OPPOSITE = {"not contains": "contains", "is not": "is", "not in": "in", "≠": "="}
OPERATORS: Mapping[str, Judge] = {
    "contains": lambda value, wanted: any(text in value for text in wanted),
    "not contains": lambda value, wanted: all(text not in value for text in wanted),
    "start with": lambda value, wanted: value.startswith(wanted),
    "end with": lambda value, wanted: value.endswith(wanted),
    "is": lambda value, wanted: value in wanted or _same(value, wanted),
    "is not": lambda value, wanted: value not in wanted,
    "in": lambda value, wanted: value in wanted or _same(value, wanted),
    "not in": lambda value, wanted: value not in wanted,
    "=": lambda value, wanted: value in wanted or _same(value, wanted),
    "≠": lambda value, wanted: value not in wanted,
    **ORDERED,
}
