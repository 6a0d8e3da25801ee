"""Counts over the columns."""

from dataclasses import replace

from corpus.measures import Parsed
from service.facets import count_facets


def test_facets_of_the_small_list_are_countable_by_eye(small: Parsed) -> None:
    assert count_facets(small.measures) == {
        "aspect": {"一、第一方面": 2, "二、第二方面": 2},
        "lead": {"市市场监管局": 2, "市税务局": 1, "市公积金中心": 1},
        "responsible": {"各区、县（市）政府": 3, "市级相关部门": 2, "市财政局": 1},
        "due": {"2022-03": 1, "2022-06": 2, "2022-12": 1},
    }


def test_facets_of_a_single_column_of_organs_and_of_times_in_words(tasks: Parsed) -> None:
    organs = {"市市场监管局": 1, "市税务局": 1, "市教育局": 1, "市公积金中心": 1}
    assert count_facets(tasks.measures) == {
        "aspect": {},
        "lead": organs,
        "responsible": organs,
        "due": {"2025-05": 1, "2025-12": 1, "长期坚持": 1},
    }


def test_facets_stand_in_their_order(small: Parsed) -> None:
    facets = count_facets(small.measures)
    assert list(facets["aspect"]) == ["一、第一方面", "二、第二方面"]
    assert list(facets["responsible"]) == ["各区、县（市）政府", "市级相关部门", "市财政局"]
    assert list(facets["due"]) == ["2022-03", "2022-06", "2022-12"]


def test_facets_without_measures_are_empty() -> None:
    assert count_facets([]) == {"aspect": {}, "lead": {}, "responsible": {}, "due": {}}


def test_facets_leave_out_empty_columns(small: Parsed) -> None:
    named = replace(small.measures[0], aspect="", lead_units=(), responsible_units=())
    bare = replace(named, due="", due_text="—")
    assert count_facets([bare]) == {"aspect": {}, "lead": {}, "responsible": {}, "due": {}}


def test_facets_of_the_real_list_sum_to_its_measures(real_list: Parsed) -> None:
    measures = real_list.measures
    facets = count_facets(measures)
    assert len(facets["aspect"]) == 10
    assert sum(facets["aspect"].values()) == 346
    assert sum(facets["lead"].values()) == sum(len(m.lead_units) for m in measures)
    assert sum(facets["responsible"].values()) == sum(len(m.responsible_units) for m in measures)
    assert sum(facets["due"].values()) == sum(bool(m.due) for m in measures)
    assert next(iter(facets["aspect"])).startswith("一、")
    assert list(facets["due"]) == sorted(facets["due"])
    for name in ("lead", "responsible"):
        counts = list(facets[name].values())
        assert counts == sorted(counts, reverse=True)
