"""Tests of the records and their ids."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Measure, MeasureId, parse_measure_id
from corpus.errors import InputError
from corpus.measures import Parsed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hz-2022:60.2.1", MeasureId("hz-2022", 60, 2, 1)),
        ("60.2.1", MeasureId("", 60, 2, 1)),
        (" 1.1.1\n", MeasureId("", 1, 1, 1)),
        ("条例.2023:3.1.2", MeasureId("条例.2023", 3, 1, 2)),
    ],
)
def test_parse_measure_id_good_id_is_taken_apart(text: str, expected: MeasureId) -> None:
    assert parse_measure_id(text) == expected


@pytest.mark.parametrize(
    "text", ["", "1", "1.1", "1.1.1.1", "a.b.c", ":1.1.1", "-a:1.1.1", "1.1.1 x", "一.一.一"]
)
def test_parse_measure_id_other_form_shows_the_right_one(text: str) -> None:
    with pytest.raises(InputError, match=r"写法如 hz-2022:60\.2\.1"):
        parse_measure_id(text)


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_parse_measure_id_any_text_gives_id_or_input_error(text: str) -> None:
    try:
        parse_measure_id(text)
    except InputError:
        return


def test_parse_measure_id_long_text_is_cut_in_the_message() -> None:
    with pytest.raises(InputError) as error:
        parse_measure_id("字" * 10_000)
    assert len(str(error.value)) < 200


def test_record_round_trip_gives_equal_measures(real_list: Parsed) -> None:
    for measure in real_list.measures:
        assert Measure.from_record(json.loads(json.dumps(measure.to_record()))) == measure


def test_record_has_the_contracts_fields(small: Parsed) -> None:
    record = small.measures[0].to_record()
    span = small.measures[0].spans["text"]
    assert list(record)[:4] == ["id", "document", "aspect", "item"]
    assert record["id"] == "small:1.1.1"
    assert record["lead_units"] == ["市市场监管局"]
    assert record["path"] == ["一、第一方面", "1 开展“一照多址”改革", "1"]
    assert (record["start"], record["end"]) == (span.start, span.end)
    assert record["spans"]["text"] == [span.start, span.end]
    assert record["due_text"] == "2022年6月"
    last = small.measures[0].columns[-1].span
    assert record["columns"][-1] == {
        "name": "取得阶段性成效时间",
        "role": "due",
        "value": "2022年6月",
        "start": last.start,
        "end": last.end,
    }


def test_cells_of_roles_are_in_the_order_of_the_roles(small: Parsed) -> None:
    cells = small.measures[3].cells("due", "lead", "organ", "title")
    # The row goes on with its item: its own title is empty.
    assert [(c.role, c.value) for c in cells] == [("due", "2022年12月"), ("lead", "市公积金中心")]
