"""Tests of what the names of columns tell: organs side by side, and empty cells."""

import pytest

from corpus.schema import ROLES, Column, Schema, is_blank, organ_roles


@pytest.mark.parametrize(
    ("names", "roles"),
    [
        ("牵头单位 责任单位", "lead responsible"),
        ("责任单位 牵头单位", "responsible lead"),
        ("牵头单位 配合单位", "lead responsible"),
        ("责任单位 配合单位", "lead responsible"),
        ("配合单位 责任单位", "responsible lead"),
        ("主管部门 协办单位", "lead responsible"),
        ("责任处室 协同处室", "lead responsible"),
        ("牵头单位 责任单位 配合单位", "lead responsible responsible"),
        # Of two that are equally leading the first leads.
        ("责任单位 主管部门", "lead responsible"),
        ("单位 部门", "lead responsible"),
        # One that says what it does leads one that does not say.
        ("单位 配合单位", "responsible lead"),
    ],
)
def test_organ_roles_several_columns_have_one_lead(names: str, roles: str) -> None:
    expected = dict(zip(names.split(), roles.split(), strict=True))
    assert organ_roles(names.split()) == expected


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("牵头单位", "lead"),
        ("主办单位", "lead"),
        ("配合单位", "responsible"),
        ("协同处室", "responsible"),
        ("主管部门", "organ"),
        ("责任单位", "organ"),
        ("指导部门", "organ"),
        ("实施机构", "organ"),
        ("单位", "organ"),
        ("科室", "organ"),
    ],
)
def test_organ_roles_single_column_is_organ_unless_it_leads_or_helps(name: str, role: str) -> None:
    assert organ_roles([name]) == {name: role}


def test_organ_roles_no_column_has_none() -> None:
    assert organ_roles([]) == {}


@pytest.mark.parametrize(
    "words",
    ["", "—", "——", "－", "-", "/", "／", "\\", "无", "不涉及", "无要求", "暂无", "N/A", "n/a"],
)
def test_is_blank_cell_that_says_nothing_is_blank(words: str) -> None:
    assert is_blank(words)


@pytest.mark.parametrize(
    "words", ["0", "无锡市", "无需提交", "不涉及学科类", "市级/区级", "2022-06", "否", "。"]
)
def test_is_blank_cell_that_says_something_is_not(words: str) -> None:
    assert not is_blank(words)


def schema_of(*roles: str) -> Schema:
    """Columns named by their places: 列0, 列1."""
    return Schema(tuple(Column(f"列{i}", role) for i, role in enumerate(roles)))


@pytest.mark.parametrize(
    ("roles", "main"),
    [
        (("title", "measure", "responsible", "lead"), "lead"),
        (("title", "measure", "organ"), "organ"),
        (("title", "measure", "responsible"), "responsible"),
        (("title", "measure", "due"), ""),
        ((), ""),
    ],
)
def test_schema_main_is_the_most_leading_role_that_is_there(
    roles: tuple[str, ...], main: str
) -> None:
    assert set(roles) <= set(ROLES)
    assert schema_of(*roles).main == main


def test_schema_names_of_a_role_are_in_column_order_and_the_label_is_the_first() -> None:
    schema = schema_of("duration", "due", "duration")
    assert schema.names("duration") == ("列0", "列2")
    assert (schema.label("duration"), schema.label("due")) == ("列0", "列1")
    assert (schema.names("lead"), schema.label("lead"), schema.label("lead", "单位")) == (
        (),
        "",
        "单位",
    )
