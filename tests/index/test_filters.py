"""Filters over the columns of organs, whatever these are called."""

import pytest

from corpus.errors import NotFoundError
from corpus.measures import Parsed
from index.filters import Filters, check_filters, meets
from index.organs import all_organs, leading_organs, sharing_organs


def found(parsed: Parsed, *, lead: str = "", responsible: str = "") -> list[str]:
    """The measures that meet a filter."""
    filters = Filters(lead=lead, responsible=responsible)
    return [m.id.partition(":")[2] for m in parsed.measures if meets(m, filters)]


def test_lead_and_responsible_ask_their_own_columns_where_there_are_two(small: Parsed) -> None:
    assert found(small, lead="市税务局") == ["2.1.1"]
    assert found(small, lead="市财政局") == []
    assert found(small, responsible="市财政局") == ["2.2.1"]
    assert found(small, responsible="市税务局") == []


def test_lead_and_responsible_both_ask_the_one_column_of_organs(tasks: Parsed) -> None:
    assert found(tasks, lead="税务局") == found(tasks, responsible="税务局") == ["1.1.1"]


def test_check_knows_the_organs_of_every_column(small: Parsed, tasks: Parsed) -> None:
    measures = (*small.measures, *tasks.measures)
    for name in ("市教育局", "市财政局", "市公积金中心"):
        assert check_filters(Filters(lead=name), measures, ("small", "tasks")).lead == name
    with pytest.raises(NotFoundError, match="最接近的有 市教育局"):
        check_filters(Filters(lead="市教委局"), measures, ("small", "tasks"))


def test_organs_of_a_row_by_their_part(small: Parsed, tasks: Parsed) -> None:
    last, first = small.measures[-1], tasks.measures[0]
    assert (leading_organs(last), sharing_organs(last)) == (("市公积金中心",), ("市财政局",))
    assert all_organs(last) == ("市公积金中心", "市财政局")
    both = ("市市场监管局", "市税务局")
    assert leading_organs(first) == sharing_organs(first) == all_organs(first) == both
