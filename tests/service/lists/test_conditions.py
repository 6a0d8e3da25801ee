"""Conditions over columns: what holds, how it is said, which field shows it."""

import pytest

from corpus.document import Measure, Span
from service.lists.conditions import (
    EVERYTHING,
    And,
    AnyRole,
    Aspect,
    Blank,
    Condition,
    Due,
    Lead,
    Not,
    NotApplicable,
    OnlyResponsible,
    Or,
    Responsible,
    Several,
    Topic,
    describe,
    field_of,
    holds,
    kind_of,
)
from service.lists.trees import combine, role_of, units_of, with_role

HERE = Span(0, 1)
MARCH = Due((("2022-03", "2022-03"),))
JUNE = Due((("2022-06", "2022-06"),))
BY_MARCH = Due((("", "2022-03"),))
FROM_JULY = Due((("2022-07", ""),))


def measure(
    lead: tuple[str, ...] = ("甲局",),
    responsible: tuple[str, ...] = ("乙局", "丙局"),
    due: str = "2022-03",
    *,
    applicable: bool = True,
) -> Measure:
    """A measure of aspect 一、监管 with all fields filled but those given empty."""
    spans = {"text": HERE, "content": HERE, "title": HERE}
    filled = {"lead_units": lead, "responsible_units": responsible, "due": due}
    return Measure(
        document="d",
        aspect="一、监管",
        item=1,
        title="简化不动产登记",
        content="主要内容",
        row=1,
        scope="",
        number=1,
        text="举措原文",
        lead_units=lead,
        responsible_units=responsible,
        due=due,
        applicable=applicable,
        path=(),
        spans=spans | {name: HERE for name, value in filled.items() if value},
    )


NOTE = measure((), (), "", applicable=False)


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        (EVERYTHING, True),
        (Lead(("甲局",)), True),
        (Lead(("乙局",)), False),
        (Lead(("乙局", "甲局")), True),
        (Lead(("甲局",), alone=True), True),
        (Responsible(("丙局",)), True),
        (Responsible(("丙局",), alone=True), False),
        (Responsible(("乙局", "丙局"), alone=True), True),
        (OnlyResponsible(("乙局",)), True),
        (OnlyResponsible(("甲局",)), False),
        (AnyRole(("甲局",)), True),
        (AnyRole(("丁局",)), False),
        (Several(), False),
        (Blank("lead"), False),
        (MARCH, True),
        (JUNE, False),
        (BY_MARCH, True),
        (FROM_JULY, False),
        (Aspect(("一、监管",)), True),
        (Aspect(()), False),
        (NotApplicable(), False),
        (Topic("不动产"), True),
        (Topic("原文"), False),
        (Topic("原文", inside=True), True),
        (And((Lead(("甲局",)), MARCH)), True),
        (And((Lead(("甲局",)), JUNE)), False),
        (Or((JUNE, MARCH)), True),
        (Not(Lead(("甲局",))), False),
        (Not(JUNE), True),
    ],
)
def test_condition_holds_for_a_row_of_its_columns(condition: Condition, met: bool) -> None:
    assert holds(condition, measure()) is met


def test_note_without_columns_meets_denials_of_units_but_no_month() -> None:
    assert holds(NotApplicable(), NOTE)
    assert holds(Blank("lead"), NOTE)
    assert holds(Blank("help"), NOTE)
    assert holds(Not(Lead(("甲局",))), NOTE)
    assert not holds(Not(MARCH), NOTE)
    assert not holds(BY_MARCH, NOTE)


def test_two_leads_are_several_and_neither_leads_alone() -> None:
    shared = measure(("甲局", "乙局"))
    assert holds(Several(), shared)
    assert not holds(Lead(("甲局",), alone=True), shared)


@pytest.mark.parametrize(
    ("condition", "text", "kind"),
    [
        (EVERYTHING, "", ""),
        (And((Lead(("甲局",)), MARCH)), "甲局牵头、2022年3月见效", "unit"),
        (Or((Lead(("甲局",)), Responsible(("甲局",)))), "甲局牵头或甲局为责任单位", "unit"),
        (And((Or((MARCH, JUNE)), Several())), "（2022年3月见效或2022年6月见效）、", "due"),
        (Not(Lead(("甲局", "乙局"))), "不是甲局或乙局牵头", "unit"),
        (Not(AnyRole(("甲局",))), "不涉及甲局", "unit"),
        (Not(NotApplicable()), "涉及本地", "applicable"),
        (Responsible(("甲局",), alone=True), "责任单位只有甲局", "unit"),
        (Lead(("甲局",), alone=True), "只由甲局牵头", "unit"),
        (OnlyResponsible(("甲局",)), "甲局只作为责任单位", "unit"),
        (BY_MARCH, "2022年3月底前见效", "due"),
        (FROM_JULY, "2022年7月及以后见效", "due"),
        (Due((("2022-01", "2022-06"),)), "2022年1月至6月见效", "due"),
        (Aspect(("一、监管",)), "“监管”方面", "aspect"),
        (Blank("help"), "没有责任单位", "unit"),
        (Topic("登记"), "名称含“登记”", "topic"),
        (Topic("登记", inside=True), "内容含“登记”", "topic"),
    ],
)
def test_condition_is_said_in_chinese_and_has_a_kind(
    condition: Condition, text: str, kind: str
) -> None:
    assert describe(condition).startswith(text)
    assert kind_of(condition) == kind


@pytest.mark.parametrize(
    ("condition", "field"),
    [
        (EVERYTHING, "title"),
        (Lead(("甲局",)), "lead_units"),
        (Not(Lead(("丁局",))), "lead_units"),
        (AnyRole(("乙局",)), "responsible_units"),
        (AnyRole(("甲局",)), "lead_units"),
        (MARCH, "due"),
        (And((Aspect(("一、监管",)), MARCH)), "due"),
        (Or((Lead(("丁局",)), Responsible(("乙局",)))), "responsible_units"),
        (Aspect(("一、监管",)), "title"),
    ],
)
def test_field_shows_that_the_condition_holds(condition: Condition, field: str) -> None:
    assert field_of(condition, measure()) == field


def test_field_that_a_measure_lacks_is_passed_over() -> None:
    assert field_of(Not(Lead(("甲局",))), NOTE) == "title"
    assert field_of(NotApplicable(), NOTE) == "text"


def test_parts_are_joined_by_and_within_a_kind_or_binds_first() -> None:
    lead, other = Lead(("甲局",)), Lead(("乙局",))
    assert combine([]) == EVERYTHING
    assert combine([("", lead), ("", MARCH)]) == And((lead, MARCH))
    assert combine([("", lead), ("or", other), ("", MARCH)]) == And((Or((lead, other)), MARCH))
    assert combine([("", lead), ("or", MARCH)]) == Or((lead, MARCH))


def test_months_and_aspects_that_exclude_each_other_are_alternatives() -> None:
    assert combine([("", MARCH), ("with", JUNE)]) == Or((MARCH, JUNE))
    assert combine([("", MARCH), ("", BY_MARCH)]) == And((MARCH, BY_MARCH))
    one, two = Aspect(("一、监管",)), Aspect(("二、服务",))
    assert combine([("", one), ("with", two)]) == Or((one, two))


def test_units_and_role_of_a_tree_are_those_of_its_first_unit() -> None:
    tree = And((MARCH, Not(Responsible(("甲局",)))))
    assert units_of(tree) == ("甲局",)
    assert role_of(tree) == "help"
    assert units_of(MARCH) == ()
    assert role_of(MARCH) == ""
    assert (role_of(Or((Lead(("甲局",)), MARCH))), role_of(AnyRole(("甲局",)))) == ("lead", "touch")


def test_role_is_given_to_units_without_one() -> None:
    bare = AnyRole(("甲局",))
    assert with_role(bare, "lead") == Lead(("甲局",))
    assert with_role(bare, "touch") == bare
    assert with_role(And((Not(bare), MARCH)), "help") == And((Not(Responsible(("甲局",))), MARCH))
    assert with_role(Or((bare, MARCH)), "lead") == Or((Lead(("甲局",)), MARCH))
