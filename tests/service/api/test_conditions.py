"""Dify's metadata conditions: each operator by hand on the small list."""

from typing import Any

import pytest

from corpus.errors import InputError
from corpus.measures import Parsed
from service.api.conditions import OPERATORS, Condition, Conditions, where_of
from service.conditions import EVERYTHING, describe, from_records, holds, to_records

DOCUMENTED = {
    *("contains", "not contains", "start with", "end with", "is", "is not", "in", "not in"),
    *("empty", "not empty", "=", "≠", ">", "<", "≥", "≤", "before", "after"),
}
ALL = ["1.1.1", "1.1.2", "2.1.1", "2.2.1"]
FIRST = ["1.1.1", "1.1.2"]
# Of the small list: item 1 is due 2022-06, row 2.1 2022-03 and row 2.2 2022-12.
CASES: list[tuple[str, str, Any, list[str]]] = [
    ("title", "contains", "一照多址", FIRST),
    ("title", "not contains", "一照多址", ["2.1.1", "2.2.1"]),
    ("title", "start with", "推行", ["2.1.1", "2.2.1"]),
    ("title", "end with", "改革", FIRST),
    ("lead", "is", "市税务局", ["2.1.1"]),
    ("牵头单位", "is not", "市税务局", [*FIRST, "2.2.1"]),
    ("lead", "in", ["市税务局", "市公积金中心"], ["2.1.1", "2.2.1"]),
    ("lead", "not in", ["市税务局", "市公积金中心"], FIRST),
    ("responsible", "empty", None, []),
    ("responsible", "not empty", None, ALL),
    ("item", "=", 1, FIRST),
    ("item", "=", "1", FIRST),
    ("item", "≠", 1, ["2.1.1", "2.2.1"]),
    ("item", ">", 1, ["2.1.1", "2.2.1"]),
    ("item", "<", 2, FIRST),
    ("item", "≥", 2.0, ["2.1.1", "2.2.1"]),
    ("item", "≤", 1, FIRST),
    ("due", "before", "2022-06", ["2.1.1"]),
    ("due", "after", "2022年6月", ["2.2.1"]),
    ("due", "=", "2022年6月", FIRST),
    ("due", "≥", "2022-06", [*FIRST, "2.2.1"]),
    ("时间", "≤", "2022-06", [*FIRST, "2.1.1"]),
    ("applicable", "is", "true", ALL),
    ("document", "is", "small", ALL),
    ("id", "is", "small:2.2.1", ["2.2.1"]),
    ("方面", "contains", "第二", ["2.1.1", "2.2.1"]),
    ("lead", "contains", "税務局", ["2.1.1"]),
]


def met(parsed: Parsed, *conditions: Condition, join: str | None = "and") -> list[str]:
    """The short ids of the measures that meet the conditions."""
    asked = Conditions(logical_operator=join, conditions=conditions)
    where = where_of(asked, [parsed.schema])
    return [m.id.partition(":")[2] for m in parsed.measures if holds(where, m)]


def condition(name: Any, operator: str, value: Any = None) -> Condition:
    """A condition as it is sent."""
    sent = {"name": name, "comparison_operator": operator, "value": value}
    return Condition.model_validate(sent)


def test_every_documented_operator_is_there() -> None:
    assert set(OPERATORS) == DOCUMENTED
    assert {operator for _, operator, _, _ in CASES} == DOCUMENTED


@pytest.mark.parametrize(("name", "operator", "value", "right"), CASES)
def test_operator_keeps_what_meets_it(
    small: Parsed, name: str, operator: str, value: Any, right: list[str]
) -> None:
    assert met(small, condition(name, operator, value)) == right


def test_conditions_are_joined_by_and_or_or(small: Parsed) -> None:
    both = condition("item", "=", 2), condition("due", "before", "2022-06")
    assert met(small, *both) == ["2.1.1"]
    assert met(small, *both, join=None) == ["2.1.1"]
    other = condition("item", "=", 1), condition("due", "before", "2022-06")
    assert met(small, *other, join="or") == [*FIRST, "2.1.1"]


def test_condition_with_several_names_holds_for_one_of_them(small: Parsed) -> None:
    assert met(small, condition(["lead", "responsible"], "is", "市财政局")) == ["2.2.1"]


def test_no_conditions_keep_everything(small: Parsed) -> None:
    assert where_of(None, [small.schema]) == EVERYTHING
    assert where_of(Conditions(conditions=None), [small.schema]) == EVERYTHING


@pytest.mark.parametrize(
    ("name", "operator", "value", "said"),
    [
        ("气温", "is", "热", "没有元数据“气温”"),
        ("lead", "like", "税", "不认识的比较方式“like”"),
        ("lead", "is", None, "缺少 value"),
        ("lead", "is", "{{#start.unit#}}", "没有填上"),
        ("due", "before", "夏天", "数字或月份"),
        ("item", ">", "many", "数字或月份"),
    ],
)
def test_condition_that_cannot_be_judged_is_refused(
    name: str, operator: str, value: Any, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        where_of(Conditions(conditions=(condition(name, operator, value),)), ())


def test_unknown_joint_is_refused() -> None:
    with pytest.raises(InputError, match="and 或 or"):
        where_of(Conditions(logical_operator="xor", conditions=(condition("id", "empty"),)), ())


# Of the tasks: a single column of organs, terms of days, a time without a month, no money for 3.
@pytest.mark.parametrize(
    ("name", "operator", "value", "right"),
    [
        ("资金来源", "is", "市级财政", ["1.1.1"]),
        ("资金来源", "empty", None, ["3.1.1"]),
        ("资金来源", "not contains", "市级", ["2.1.1", "3.1.1"]),
        ("主管部门", "is", "市税务局", ["1.1.1"]),
        ("lead", "is", "市教育局", ["2.1.1"]),
        ("单位", "start with", "市公积金", ["3.1.1"]),
        ("参与单位", "contains", "教育", ["2.1.1"]),
        ("完成时间", "is", "长期坚持", ["2.1.1"]),
        ("完成时间", "before", "2025-06", ["3.1.1"]),
        ("due", "≤", "2025-12", ["1.1.1", "3.1.1"]),
        ("办结时限", "end with", "工作日", ["1.1.1", "3.1.1"]),
    ],
)
def test_conditions_ask_the_documents_own_columns(
    tasks: Parsed, name: str, operator: str, value: Any, right: list[str]
) -> None:
    assert met(tasks, condition(name, operator, value)) == right


def test_conditions_are_told_and_kept_as_all_others(tasks: Parsed) -> None:
    both = condition("资金来源", "is not", "市级财政"), condition("due", "after", "2025-01")
    where = where_of(Conditions(conditions=both), [tasks.schema])
    assert describe(where, tasks.schema) == "不是资金来源是“市级财政”、完成时间大于“2025-01”"
    kept = from_records(to_records(where, tasks.schema))
    assert [holds(kept, m) for m in tasks.measures] == [holds(where, m) for m in tasks.measures]
