"""The geometry of the charts: counts in, the places of bars, steps and cells out.

`templates/charts.html` writes them as SVG. Across, places are shares of the drawing's width
(`12.5%`), so that a chart fits a phone and a desktop without script and without small print;
down, they are in `em`, so that the drawing grows with the reader's text size.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from service.tally import Count, MonthCount, Tally
from service.web.labels import cut, fold, marks_of

MOST = 40  # bars, and rows of a matrix; what is left out stands in the data table
LEVELS = 5  # shades of a matrix
WIDEST = 84.0  # the longest bar, in per cent: its count stands behind it
TEXT, BAR, GAP = 1.5, 0.8, 0.75  # em: a line of a label, a bar, the space below
HEAD, RISE, SPACE, FALL, FOOT = 3.2, 9.0, 3.4, 7.0, 3.0  # em: the month chart, downwards
FITTING = 12  # months that fit a phone; more make the drawing wider than the screen
LABEL, CELL, ROW = 17.0, 3.6, 2.3  # em: a matrix's row labels, cell width and row height
NAME = 30  # half-width characters of a matrix's row label


@dataclass(frozen=True)
class Bar:
    """A bar with its label above; `label` is whole, `lines` are what fits."""

    label: str
    lines: tuple[tuple[str, str], ...]
    count: int
    href: str
    top: str
    height: str
    bar: str
    width: str
    base: str


@dataclass(frozen=True)
class Bars:
    """Horizontal bars, one below the other; `left_out` did not fit."""

    bars: tuple[Bar, ...]
    height: str
    left_out: int


@dataclass(frozen=True)
class Step:
    """A month: its step of the running total above, its own bar below.

    `tick` is the month's number, `year` stands under the first month of each year.
    """

    month: str
    tick: str
    year: str
    count: int
    so_far: int
    href: str
    href_so_far: str
    left: str
    middle: str
    width: str
    right: str
    level: str
    level_before: str
    area: str
    bar_left: str
    bar_width: str
    bar_top: str
    bar_height: str
    said: str
    said_so_far: str


@dataclass(frozen=True)
class Steps:
    """The month chart; `width` is 100% or, for many months, so many em."""

    steps: tuple[Step, ...]
    width: str
    height: str
    head: str
    rise_head: str
    rise_base: str
    fall_head: str
    fall_base: str
    tick: str
    year: str


@dataclass(frozen=True)
class Cell:
    """A cell of a matrix; without `href` it is empty."""

    count: int
    href: str
    level: int
    left: str
    middle: str
    column: str


@dataclass(frozen=True)
class Line:
    """A row of a matrix."""

    label: str
    short: str
    href: str
    top: str
    base: str
    box: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Column:
    """A column of a matrix: its short mark stands above, its label in the legend."""

    label: str
    mark: str
    href: str
    middle: str
    left: str


@dataclass(frozen=True)
class Matrix:
    """Rows × columns."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    width: str
    height: str
    left_out: int


def em(value: float) -> str:
    """A length down the drawing."""
    return f"{round(value, 3):g}em"


def share(value: float) -> str:
    """A length across the drawing, in per cent of its width."""
    return f"{round(value, 3):g}%"


def bars(counts: Sequence[Count], link: Callable[[str], str]) -> Bars:
    """One bar a count, the largest as long as can be."""
    most = max((c.count for c in counts), default=1)
    shown: list[Bar] = []
    top = 0.0
    for one in counts[:MOST]:
        lines = fold(one.name)
        below = top + TEXT * len(lines)
        shown.append(
            Bar(
                label=one.name,
                lines=tuple((em(top + TEXT * (n + 0.68)), text) for n, text in enumerate(lines)),
                count=one.count,
                href=link(one.name),
                top=em(top),
                height=em(below - top + BAR + GAP / 2),
                bar=em(below),
                width=share(WIDEST * one.count / most),
                base=em(below + BAR * 0.95),
            )
        )
        top = below + BAR + GAP
    return Bars(tuple(shown), em(top), max(0, len(counts) - MOST))


def steps(
    months: Sequence[MonthCount], link: Callable[[Sequence[str]], str], name: Callable[[str], str]
) -> Steps:
    """The running total as steps, each month's own count as bars below, on one time axis.

    `link` takes the months of what a mark leads to, those left out in which nothing is due.
    """
    total = max((m.so_far for m in months), default=1)
    most = max((m.count for m in months), default=1)
    across = 100 / max(1, len(months))
    rise_base, fall_base = HEAD + RISE, HEAD + RISE + SPACE + FALL
    due = [m.month if m.count else "" for m in months]
    shown: list[Step] = []
    for at, one in enumerate(months):
        before = months[at - 1] if at else MonthCount("", 0, 0)
        level, tall = RISE * one.so_far / total, FALL * one.count / most
        shown.append(
            Step(
                month=one.month,
                tick=str(int(one.month[5:])),
                year=f"{one.month[:4]}年" if one.month[:4] != before.month[:4] else "",
                count=one.count,
                so_far=one.so_far,
                href=link([one.month]) if one.count else "",
                href_so_far=link([month for month in due[: at + 1] if month]),
                left=share(at * across),
                middle=share((at + 0.5) * across),
                width=share(across),
                right=share((at + 1) * across),
                level=em(rise_base - level),
                level_before=em(rise_base - RISE * before.so_far / total),
                area=em(level),
                bar_left=share((at + 0.2) * across),
                bar_width=share(0.6 * across),
                bar_top=em(fall_base - tall),
                bar_height=em(tall),
                said=name(one.month),
                said_so_far=f"到{name(one.month)}",
            )
        )
    return Steps(
        steps=tuple(shown),
        width="100%" if len(months) <= FITTING else em(len(months) * 2.8),
        height=em(fall_base + FOOT),
        head=em(1.0),
        rise_head=em(HEAD - 1.4),
        rise_base=em(rise_base),
        fall_head=em(rise_base + SPACE - 2.0),
        fall_base=em(fall_base),
        tick=em(fall_base + 1.3),
        year=em(fall_base + 2.6),
    )


def matrix(counts: Tally, link: Callable[[str, str], str]) -> Matrix:
    """Lead units × aspects, shaded by the square root of the count; `link` takes both names."""
    filled = {aspect for _, aspect in counts.cells}
    names = [aspect.name for aspect in counts.aspects if aspect.name in filled]
    marks = marks_of(names)
    rows = [lead.name for lead in counts.leads if any(lead.name == u for u, _ in counts.cells)]
    most = max(counts.cells.values(), default=1)
    columns = tuple(
        Column(
            label=name,
            mark=marks[at],
            href=link("", name),
            left=em(LABEL + at * CELL),
            middle=em(LABEL + (at + 0.5) * CELL),
        )
        for at, name in enumerate(names)
    )
    lines = []
    for n, row in enumerate(rows[:MOST]):
        top = (n + 1) * ROW
        cells = []
        for column in columns:
            count = counts.cells.get((row, column.label), 0)
            cells.append(
                Cell(
                    count=count,
                    href=link(row, column.label) if count else "",
                    level=math.ceil(LEVELS * math.sqrt(count / most)),
                    left=column.left,
                    middle=column.middle,
                    column=column.label,
                )
            )
        lines.append(
            Line(
                label=row,
                short=cut(row, NAME),
                href=link(row, ""),
                top=em(top),
                base=em(top + ROW * 0.62),
                box=em(ROW - 0.15),
                cells=tuple(cells),
            )
        )
    return Matrix(
        columns=columns,
        lines=tuple(lines),
        width=em(LABEL + CELL * len(columns) + 0.3),
        height=em((len(lines) + 1) * ROW + 0.2),
        left_out=max(0, len(rows) - MOST),
    )
