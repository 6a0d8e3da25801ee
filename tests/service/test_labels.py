"""A document's own names for its columns, and a row under these."""

from dataclasses import replace

import pytest

from corpus.measures import Parsed
from corpus.schema import Column, Schema
from service.labels import (
    Field,
    brief_cells,
    column_of,
    facet_labels,
    fields_of,
    heads_of,
    label,
    main_cells,
    shares,
)
from tests.service.samples import prose

LEADING = Schema((Column("牵头单位", "lead"), Column("责任单位", "responsible")))
SINGLE = Schema((Column("主管部门", "organ"), Column("完成时间", "due")))
NONE = Schema()


@pytest.mark.parametrize(
    ("schemas", "role", "name"),
    [
        ((LEADING,), "lead", "牵头单位"),
        ((LEADING,), "responsible", "责任单位"),
        ((SINGLE,), "lead", "主管部门"),
        ((SINGLE,), "responsible", "主管部门"),
        ((SINGLE, NONE), "due", "完成时间"),  # where no other has one
        ((LEADING, SINGLE), "lead", "单位"),
        ((LEADING, SINGLE), "responsible", "参与单位"),
        ((NONE,), "due", "时间"),
        ((), "aspect", "方面"),
    ],
)
def test_label_is_the_own_name_where_documents_agree(
    schemas: tuple[Schema, ...], role: str, name: str
) -> None:
    assert label(schemas, role) == name


def test_facet_labels_over_chosen_documents_are_theirs() -> None:
    schemas = {"a": LEADING, "b": SINGLE}
    assert facet_labels(schemas)["lead"] == "单位"
    assert facet_labels(schemas, ("b",))["lead"] == "主管部门"


def test_shares_tells_whether_a_column_stands_beside_those_in_charge() -> None:
    assert shares([NONE, LEADING])
    assert not shares([NONE, SINGLE])


def test_fields_of_a_row_are_all_its_columns_as_written(tasks: Parsed) -> None:
    assert fields_of(tasks.measures[1]) == (
        Field("编号", "number", "2"),
        Field("任务名称", "title", "校园午餐"),
        Field("具体内容", "measure", "食堂每日菜品留样。"),
        Field("主管部门", "organ", "市教育局"),
        Field("办结时限", "duration", "—"),
        Field("完成时间", "due", "长期坚持"),
        Field("资金来源", "other", "区级财政"),
    )


def test_fields_of_a_later_row_hold_what_its_item_shares(small: Parsed) -> None:
    last, heads = small.measures[-1], heads_of(small.measures)
    names = [field.name for field in fields_of(last, heads["small", 2])]
    assert names[:6] == ["方面", "范围", "序号", "改革事项", "主要内容", "主要举措"]
    alone = [field.name for field in fields_of(last)]  # what is not known of its first row
    assert alone[:4] == ["方面", "名称", "内容", "范围"]


def test_fields_and_column_of_a_document_without_a_table_are_neutral() -> None:
    measure = prose().measures[-1]
    assert fields_of(measure)[-1] == Field("原文", "measure", measure.text)
    assert column_of(measure, "text") == "原文"


def test_main_cells_pass_over_columns_that_say_nothing(small: Parsed) -> None:
    first = small.measures[0]
    (lead,) = main_cells(first)
    assert (lead.name, lead.value) == ("牵头单位", "市市场监管局")
    cells = tuple(replace(c, value="—") if c.role == "lead" else c for c in first.columns)
    assert [cell.name for cell in main_cells(replace(first, columns=cells))] == ["责任单位"]
    assert [cell.value for cell in brief_cells(first)] == ["市市场监管局", "2022年6月"]
