"""Counts for the overview."""

from dataclasses import replace

import pytest

from corpus.measures import Parsed
from service.tally import Count, MonthCount, stretch, tally


def test_tally_over_measures_of_the_small_list_is_countable_by_eye(small: Parsed) -> None:
    counts = tally(small.measures, "measure")
    assert (counts.total, counts.unit) == (4, "条")
    assert counts.aspects == (Count("一、第一方面", 2), Count("二、第二方面", 2))
    assert counts.leads == (
        Count("市市场监管局", 2),
        Count("市公积金中心", 1),
        Count("市税务局", 1),
    )
    assert [(m.month, m.count, m.so_far) for m in counts.months if m.count] == [
        ("2022-03", 1, 1),
        ("2022-06", 2, 3),
        ("2022-12", 1, 4),
    ]
    assert counts.cells == {
        ("市市场监管局", "一、第一方面"): 2,
        ("市税务局", "二、第二方面"): 1,
        ("市公积金中心", "二、第二方面"): 1,
    }


def test_tally_over_items_counts_an_item_once_up_to_a_month(small: Parsed) -> None:
    counts = tally(small.measures, "item")
    assert (counts.total, counts.unit) == (2, "项")
    assert [one.count for one in counts.aspects] == [1, 1]
    assert [one.count for one in counts.leads] == [1, 1, 1]
    assert [(m.count, m.so_far) for m in counts.months if m.count] == [(1, 1), (1, 2), (1, 2)]


def test_tally_keeps_the_months_between_in_which_nothing_is_due(small: Parsed) -> None:
    months = tally(small.measures, "measure").months
    assert len(months) == 10
    assert months[1] == MonthCount("2022-04", 0, 1)


def test_tally_leaves_out_measures_that_do_not_apply_but_not_their_items(small: Parsed) -> None:
    first, *rest = small.measures
    measures = [replace(first, applicable=False, lead_units=(), due=""), *rest]
    counts = tally(measures, "measure")
    assert (counts.total, counts.without_lead, counts.without_due) == (3, 0, 0)
    assert tally(measures, "item").total == 2


def test_tally_says_how_many_name_no_unit_and_no_month(small: Parsed) -> None:
    bare = [replace(m, lead_units=(), due="") for m in small.measures]
    counts = tally(bare, "measure")
    assert (counts.without_lead, counts.without_due) == (4, 4)
    assert (counts.leads, counts.months, counts.cells) == ((), (), {})


def test_tally_counts_the_one_column_of_organs_and_the_months_that_are_named(
    tasks: Parsed,
) -> None:
    counts = tally(tasks.measures, "measure")
    assert [(one.name, one.count) for one in counts.leads] == [
        ("市公积金中心", 1),
        ("市市场监管局", 1),
        ("市教育局", 1),
        ("市税务局", 1),
    ]
    assert [(m.month, m.count) for m in counts.months if m.count] == [
        ("2025-05", 1),
        ("2025-12", 1),
    ]
    assert (counts.without_lead, counts.without_due) == (0, 1)


def test_tally_of_nothing_is_empty() -> None:
    counts = tally([], "item")
    assert (counts.total, counts.aspects, counts.without_lead) == (0, (), 0)


def test_tally_over_something_else_is_refused(small: Parsed) -> None:
    with pytest.raises(KeyError):
        tally(small.measures, "row")


def test_stretch_fills_over_the_turn_of_the_year_and_leaves_out_where_too_long() -> None:
    assert stretch(["2022-11", "2023-01"]) == ("2022-11", "2022-12", "2023-01")
    assert len(stretch(["2020-01", "2022-12"])) == 36
    assert stretch(["2020-01", "2023-01"]) == ("2020-01", "2023-01")
    assert stretch([]) == ()


def test_tally_of_the_real_list_meets_its_own_figures(real_list: Parsed) -> None:
    measures, items = (tally(real_list.measures, over) for over in ("measure", "item"))
    assert (measures.total, items.total) == (344, 101)
    assert sum(one.count for one in measures.aspects) == 344
    assert sum(one.count for one in items.aspects) == 101
    assert measures.months[-1] == MonthCount("2022-12", 53, 344)
    assert items.months[-1].so_far == 99
    assert measures.without_lead == 0
    assert items.without_lead == 2
    for lead in measures.leads:
        row = [count for (unit, _), count in measures.cells.items() if unit == lead.name]
        assert sum(row) == lead.count
