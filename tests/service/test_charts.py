"""The geometry of the charts and their labels."""

from collections.abc import Sequence

import pytest

from corpus.measures import Parsed
from service.tally import Count, MonthCount, tally
from service.web.charts import MOST, bars, matrix, share, steps
from service.web.labels import cut, fold, marks_of


def link(*names: str) -> str:
    """An address that tells what it was made of."""
    return "/".join(names)


def link_months(months: Sequence[str]) -> str:
    """The same of months."""
    return "+".join(months)


def test_share_has_no_exponent_and_at_most_three_decimals() -> None:
    assert [share(value) for value in (100 / 3, 0.00001, 50.0)] == ["33.333%", "0%", "50%"]


def test_bars_are_as_long_as_their_counts_and_stand_below_each_other() -> None:
    chart = bars([Count("甲", 4), Count("乙", 1)], link)
    assert [bar.width for bar in chart.bars] == ["84%", "21%"]
    assert [bar.top for bar in chart.bars] == ["0em", "3.05em"]
    assert chart.height == "6.1em"
    assert [bar.href for bar in chart.bars] == ["甲", "乙"]


def test_bars_give_a_long_label_two_lines_and_move_the_next_bar_down() -> None:
    chart = bars([Count("甲" * 30, 1), Count("乙", 1)], link)
    assert [text for _, text in chart.bars[0].lines] == ["甲" * 22, "甲" * 8]
    assert chart.bars[1].top == "4.55em"


def test_bars_beyond_the_most_are_counted_as_left_out() -> None:
    chart = bars([Count(str(n), 1) for n in range(MOST + 2)], link)
    assert (len(chart.bars), chart.left_out) == (MOST, 2)


def test_bars_of_nothing_are_empty() -> None:
    assert bars([], link).bars == ()


def test_steps_rise_with_the_running_total_and_lead_to_the_months_behind_them() -> None:
    months = (MonthCount("2022-12", 1, 1), MonthCount("2023-01", 0, 1), MonthCount("2023-02", 3, 4))
    chart = steps(months, link_months, str)
    assert [step.level for step in chart.steps] == ["9.95em", "9.95em", "3.2em"]
    assert [step.level_before for step in chart.steps] == ["12.2em", "9.95em", "9.95em"]
    assert [step.left for step in chart.steps] == ["0%", "33.333%", "66.667%"]
    assert [step.bar_height for step in chart.steps] == ["2.333em", "0em", "7em"]
    assert [step.href for step in chart.steps] == ["2022-12", "", "2023-02"]
    assert [step.href_so_far for step in chart.steps] == ["2022-12", "2022-12", "2022-12+2023-02"]
    assert [(step.tick, step.year) for step in chart.steps] == [
        ("12", "2022年"),
        ("1", "2023年"),
        ("2", ""),
    ]


@pytest.mark.parametrize(("count", "width"), [(12, "100%"), (13, "36.4em")])
def test_steps_of_many_months_are_wider_than_a_phone(count: int, width: str) -> None:
    months = [MonthCount(f"2022-{n:02d}", 1, n) for n in range(1, count + 1)]
    assert steps(months, link_months, str).width == width


def test_matrix_shades_by_the_root_of_the_count_and_links_only_filled_cells(small: Parsed) -> None:
    chart = matrix(tally(small.measures, "measure"), link)
    assert [(c.mark, c.href) for c in chart.columns] == [
        ("一", "/一、第一方面"),
        ("二", "/二、第二方面"),
    ]
    assert [line.label for line in chart.lines] == ["市市场监管局", "市公积金中心", "市税务局"]
    assert [(c.count, c.level, c.href) for c in chart.lines[0].cells] == [
        (2, 5, "市市场监管局/一、第一方面"),
        (0, 0, ""),
    ]
    assert [cell.level for cell in chart.lines[1].cells] == [0, 4]  # √(1/2) of five shades


def test_matrix_without_units_has_no_lines() -> None:
    chart = matrix(tally([], "measure"), link)
    assert (chart.columns, chart.lines) == ((), ())


@pytest.mark.parametrize(
    ("names", "marks"),
    [
        (["一、甲", "十二、乙"], ("一", "十二")),
        (["第一章 甲", "第二章 乙"], ("1", "2")),
        (["一、甲", "一、乙"], ("1", "2")),
        (["、甲"], ("1",)),
        ([], ()),
    ],
)
def test_marks_are_the_aspects_own_numbers_where_they_tell_them_apart(
    names: list[str], marks: tuple[str, ...]
) -> None:
    assert marks_of(names) == marks


def test_cut_keeps_what_fits_and_marks_what_was_cut() -> None:
    assert cut("市税务局", 8) == "市税务局"
    assert cut("市税务局", 7) == "市税…"
    assert cut("abcdef", 6) == "abcdef"


def test_fold_breaks_behind_a_pause_and_ends_after_two_lines() -> None:
    assert fold("短") == ("短",)
    assert fold("二、" + "甲" * 12 + "、" + "乙" * 12) == ("二、" + "甲" * 12 + "、", "乙" * 12)
    assert fold("甲" * 50) == ("甲" * 22, "甲" * 21 + "…")
