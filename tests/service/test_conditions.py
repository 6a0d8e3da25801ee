"""The one filter language: what holds, what is said, and the way to JSON and back."""

import pytest

from corpus.document import Measure
from corpus.measures import Parsed, parse
from service.conditions import (
    EVERYTHING,
    And,
    Condition,
    Not,
    Or,
    describe,
    from_records,
    holds,
    joined,
    to_records,
)
from service.conditions import (
    Test as Ask,
)
from tests.conftest import make_document

TABLE = """编号\t任务名称\t具体内容\t主管部门\t办结时限\t完成时间\t资金来源
1\t甲任务\t建站点。\t市教育局、市财政局\t5个工作日\t2025年底前\t市级财政
2\t乙任务\t修路。\t市教育局\t—\t2025年第三季度\t企业自筹
3\t丙任务\t办证。\t市水利局\t即时办结\t长期坚持\t市级财政、企业自筹
"""


@pytest.fixture(scope="module")
def table() -> Parsed:
    return parse(make_document(TABLE, "t"))


def met(table: Parsed, condition: Condition) -> list[int]:
    return [m.item for m in table.measures if holds(condition, m)]


@pytest.mark.parametrize(
    ("condition", "items"),
    [
        (EVERYTHING, [1, 2, 3]),
        (Ask(("organ",), "has", ("市教育局",)), [1, 2]),
        (Ask(("主管部门",), "has", ("市教育局",)), [1, 2]),
        (Ask(("organ",), "only", ("市教育局",)), [2]),
        (Ask(("organ",), "several"), [1]),
        (Ask(("lead",), "has", ("市教育局",)), []),
        (Ask(("办结时限",), "empty"), [2]),
        (Not(Ask(("办结时限",), "empty")), [1, 3]),
        (Ask(("duration",), "days", ("<=5",)), [1, 3]),
        (Ask(("duration",), "days", ("5",)), [1]),
        (Ask(("duration",), "days", (">=1",)), [1]),
        (Ask(("资金来源",), "contains", ("企业",)), [2, 3]),
        (Ask(("资金来源",), "only", ("企业自筹",)), [2]),
        (Ask(("due",), "month", ("..2025-12",)), [1, 2]),
        (Ask(("due",), "month", ("2025-07..2025-09",)), [2]),
        (Ask(("due",), "month", ("2025-09..2025-09",)), []),
        (Ask(("due",), "month", ("2025-12..2025-12",)), [1]),
        (Ask((), "inside", ("修路",)), [2]),
        (Ask(("资金来源",), "equals", ("市级财政",)), [1]),
        (Ask(("organ",), "equals", ("市财政局", "市水利局")), [1, 3]),
        (Ask(("任务名称",), "starts", ("乙",)), [2]),
        (Ask(("资金来源",), "ends", ("自筹",)), [2, 3]),
        (Ask(("due",), "order", ("<2025-10",)), [2]),
        (Ask(("item",), "order", (">=2",)), [2, 3]),
        (Ask(("id",), "equals", ("t:3.1.1",)), [3]),
        (Ask(("title",), "contains", ("丙",)), [3]),
        (Ask(("title",), "inside", ("修路",)), []),
        (And((Ask(("organ",), "has", ("市教育局",)), Not(Ask(("organ",), "several")))), [2]),
        (Or((Ask(("organ",), "has", ("市水利局",)), Ask(("organ",), "several"))), [1, 3]),
    ],
)
def test_condition_holds_for_exactly_these_rows(
    table: Parsed, condition: Condition, items: list[int]
) -> None:
    assert met(table, condition) == items


def test_denied_month_asks_for_another_month_not_for_none(table: Parsed) -> None:
    assert met(table, Not(Ask(("due",), "month", ("..2025-09",)))) == [1]


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (EVERYTHING, ""),
        (Ask(("lead", "organ"), "has", ("市教育局",)), "主管部门含“市教育局”"),
        (Not(Ask(("办结时限",), "empty")), "写有办结时限"),
        (Ask(("due",), "month", ("..2025-12",)), "完成时间为2025年12月底前"),
        (Ask(("duration",), "days", ("<=5",)), "办结时限不超过5日"),
        (Ask((), "inside", ("修路",)), "内容含“修路”"),
        (Ask(("organ",), "starts", ("市",)), "主管部门以“市”开头"),
        (Ask(("item",), "order", (">=2",)), "事项序号不小于“2”"),
    ],
)
def test_condition_is_told_in_the_documents_own_words(
    table: Parsed, condition: Condition, said: str
) -> None:
    assert describe(condition, table.schema) == said


def test_records_give_the_condition_back(table: Parsed) -> None:
    whole = joined(
        (
            Ask(("organ",), "has", ("市教育局",), "教育局管", (0, 4)),
            Not(Ask(("due",), "month", ("2025-01..2025-06",), "上半年", (5, 8))),
            Or((Ask(("organ",), "several"), Ask((), "off"))),
        )
    )
    records = to_records(whole, table.schema)
    assert from_records(records) == whole
    assert records[0]["column"] == "主管部门"
    assert from_records(records[:1]) == whole.parts[0]  # type: ignore[union-attr]


@pytest.mark.parametrize("record", [{}, {"op": "drop"}, {"op": "has"}, {"op": "not", "part": 3}])
def test_record_of_another_form_is_refused(record: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        from_records([record])


def test_measure_without_columns_meets_no_column(table: Parsed) -> None:
    rule = parse(make_document("第一条 应当备案。\n第二条 可以公示。\n", "r"))
    measure: Measure = rule.measures[0]
    assert not holds(Ask(("lead", "organ"), "has", ("市教育局",)), measure)
