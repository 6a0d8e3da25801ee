"""Citations: every quote stands in the source, word for word."""

import hashlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.document import Document, Span
from corpus.errors import NotFoundError
from corpus.measures import Parsed
from corpus.text import sentences, strip_layout
from service.cite import FIELDS, Citation, cite, cite_cell, reference


def test_fields_are_those_of_the_contract() -> None:
    assert set(FIELDS) == {"text", "content", "title", "lead_units", "responsible_units", "due"}


def test_cite_on_small_list_quotes_each_field(small: Parsed) -> None:
    documents = {small.document.id: small.document}
    quotes = {name: cite(documents, small.measures[0], name).quote for name in FIELDS}
    assert quotes == {
        "text": "扩大“一照多址”适用范围。",
        "content": "允许加载新地址。",
        "title": "开展“一照多址”改革",
        "lead_units": "市市场监管局",  # broken over two lines in the source
        "responsible_units": "市级相关部门，各区、县（市）政府",
        "due": "2022年6月",
    }


def test_cite_gives_number_place_and_hash(small: Parsed) -> None:
    document, measure = small.document, small.measures[0]
    start = document.text.index("扩大")
    assert cite({document.id: document}, measure, "text", 3) == Citation(
        n=3,
        measure="small:1.1.1",
        field="text",
        quote="扩大“一照多址”适用范围。",
        start=start,
        end=start + len("扩大“一照多址”适用范围。"),
        sha256=document.sha256,
        column="主要举措",
    )


def test_cite_names_the_column_as_the_document_does(small: Parsed, tasks: Parsed) -> None:
    documents = {p.document.id: p.document for p in (small, tasks)}
    first, task = small.measures[0], tasks.measures[0]
    assert {name: cite(documents, first, name).column for name in FIELDS} == {
        "text": "主要举措",
        "content": "主要内容",
        "title": "改革事项",
        "lead_units": "牵头单位",
        "responsible_units": "责任单位",
        "due": "取得阶段性成效时间",
    }
    (organs,) = task.cells("organ")
    told = [cite(documents, task, "due"), cite_cell(documents, task, organs)]
    assert [(c.field, c.column, c.quote) for c in told] == [
        ("due", "完成时间", "2025年底前"),
        ("主管部门", "主管部门", "市市场监管局、市税务局"),
    ]


@pytest.mark.parametrize("name", ["", "aspect", "scope", "id", "TEXT", "spans"])
def test_cite_with_unknown_field_is_refused(small: Parsed, name: str) -> None:
    with pytest.raises(NotFoundError, match=r"2.2.1"):
        cite({small.document.id: small.document}, small.measures[-1], name)


def test_cite_with_empty_column_is_refused(real_list: Parsed) -> None:
    lacking = [m for m in real_list.measures if not m.lead_units]
    assert lacking
    for measure in lacking:
        with pytest.raises(NotFoundError, match="lead_units"):
            cite({real_list.document.id: real_list.document}, measure, "lead_units")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(place=st.integers(0, 345), name=st.sampled_from(FIELDS))
def test_every_quote_equals_its_slice_without_layout(
    real_list: Parsed, place: int, name: str
) -> None:
    document, measure = real_list.document, real_list.measures[place]
    if name not in measure.spans:
        return
    citation = cite({document.id: document}, measure, name)
    assert citation.quote == strip_layout(document.text[citation.start : citation.end])
    assert citation.quote
    assert citation.sha256 == hashlib.sha256(document.text.encode("utf-8")).hexdigest()


def test_quote_of_text_equals_the_measures_text(real_list: Parsed) -> None:
    documents = {real_list.document.id: real_list.document}
    for measure in real_list.measures:
        assert cite(documents, measure, "text").quote == measure.text


@pytest.mark.parametrize(
    ("issuer", "date", "line"),
    [
        ("某市", "2022", "某市. 小清单[Z]. [2022]：第2项第2行第1条."),
        ("", "2022", "小清单[Z]. [2022]：第2项第2行第1条."),
        ("某市", "", "某市. 小清单[Z]：第2项第2行第1条."),
        ("", "", "小清单[Z]：第2项第2行第1条."),
    ],
)
def test_reference_leaves_out_what_is_unknown(
    small: Parsed, issuer: str, date: str, line: str
) -> None:
    document = Document("small", "小清单", issuer, date, "", "", "")
    assert reference(document, small.measures[-1]) == line


def test_cite_within_counts_without_layout_and_quotes_the_part(small: Parsed) -> None:
    document = small.document
    start = document.text.index("场\n\n监管局")
    # 市市场监管局 without layout: 场监 are its third and fourth characters.
    found = cite({document.id: document}, small.measures[0], "lead_units", within=Span(2, 4))
    assert (found.quote, found.start, found.end) == ("场监", start, start + len("场\n\n监"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(place=st.integers(0, 345))
def test_cite_within_a_sentence_quotes_that_sentence(real_list: Parsed, place: int) -> None:
    document, measure = real_list.document, real_list.measures[place]
    for span in sentences(measure.text):
        found = cite({document.id: document}, measure, "text", within=span)
        assert found.quote == measure.text[span.start : span.end].strip()
        assert found.quote == strip_layout(document.text[found.start : found.end])
