"""Dify's external knowledge: what its code sends, what its contract says, and a fuzzer's view."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from corpus.measures import Parsed
from corpus.text import strip_layout
from index.search import Searcher
from service.app import app_over
from tests.service.browsing import serving

SETTING = {"top_k": 5, "score_threshold": 0.0}
PROBE = {  # what saving a connection sends since 1.17
    "knowledge_id": "",
    "query": "",
    "retrieval_setting": {"top_k": 1, "score_threshold": 0.0},
}


@pytest.fixture
def small_site(small: Parsed, searcher_of: Callable[..., Searcher]) -> Iterator[str]:
    """A service over the small list."""
    with serving(app_over(searcher_of(small))) as address:
        yield address


def ask(site: str, query: str, **rest: Any) -> list[dict[str, Any]]:
    """The records of a retrieval that must succeed."""
    body = {"knowledge_id": "hz-2022", "query": query, "retrieval_setting": SETTING} | rest
    response = httpx2.post(site + "/dify/retrieval", json=body)
    assert response.status_code == 200, response.text
    assert list(response.json()) == ["records"]
    records: list[dict[str, Any]] = response.json()["records"]
    return records


def test_records_have_the_contracts_fields(site: str) -> None:
    records = ask(site, "一照多址由谁牵头")
    assert 0 < len(records) <= 5
    for record in records:
        assert set(record) == {"content", "score", "title", "metadata"}
        assert 0 <= record["score"] <= 1
        assert record["metadata"]["document_id"]
        assert record["content"].startswith(record["metadata"]["document_id"] + " ")
        assert record["title"] in record["content"]
        assert record["metadata"]["url"] == f"{site}/m/{record['metadata']['document_id']}"
    assert len({record["content"] for record in records}) == len(records)


def test_quote_of_a_record_stands_in_the_source(site: str) -> None:
    source = httpx2.get(site + "/api/documents/hz-2022/source").text
    for record in ask(site, "企业开办"):
        about = record["metadata"]
        assert about["quote"] == strip_layout(source[about["start"] : about["end"]])


def test_list_question_begins_with_the_whole_list(site: str) -> None:
    records = ask(site, "市税务局牵头的事项有哪些")
    direct = httpx2.post(site + "/api/ask", json={"question": "市税务局牵头的事项有哪些"}).json()
    assert direct["kind"] == "list"
    assert direct["answer"] in records[0]["content"]
    assert len(records) == 5


def test_what_no_document_answers_has_no_records(site: str) -> None:
    assert ask(site, "火星移民签证怎么办") == []


@pytest.mark.parametrize("body", [b"", b"  \n", PROBE, {}])
def test_saving_probe_is_answered_with_no_records(site: str, body: Any) -> None:
    sent = {"content": body} if isinstance(body, bytes) else {"json": body}
    response = httpx2.post(site + "/dify/retrieval", **sent)
    assert (response.status_code, response.json()) == (200, {"records": []})


def test_top_k_null_gives_the_usual_number(site: str) -> None:
    assert len(ask(site, "企业", retrieval_setting={"top_k": None, "score_threshold": None})) <= 10
    assert ask(site, "企业开办", retrieval_setting={"top_k": None})


@pytest.mark.parametrize("least", [0.0, 0.3, 0.6, 0.99])
def test_threshold_leaves_out_what_scores_less(site: str, least: float) -> None:
    setting = {"top_k": 100, "score_threshold": least}
    every = ask(site, "企业开办", retrieval_setting=SETTING | {"top_k": 100})
    kept = ask(site, "企业开办", retrieval_setting=setting)
    assert kept == [record for record in every if record["score"] >= least]


def test_conditions_narrow_the_records(site: str) -> None:
    condition = {"name": ["牵头单位"], "comparison_operator": "contains", "value": "税务局"}
    asked = {"logical_operator": "and", "conditions": [condition]}
    records = ask(site, "网上办税", metadata_condition=asked)
    assert records
    assert all("税务局" in record["metadata"]["lead"] for record in records)


def test_conditions_null_are_none(site: str) -> None:
    assert ask(site, "办税", metadata_condition=None) == ask(site, "办税")


@pytest.mark.parametrize("knowledge", ["", "all", "wence", "hz-2022"])
def test_knowledge_ids_that_mean_everything_find_the_same(site: str, knowledge: str) -> None:
    assert ask(site, "办税", knowledge_id=knowledge) == ask(site, "办税")


def test_unknown_knowledge_is_told_with_the_contracts_code(site: str) -> None:
    body = {"knowledge_id": "no", "query": "办税", "retrieval_setting": SETTING}
    response = httpx2.post(site + "/dify/retrieval", json=body)
    assert response.status_code == 400  # 404 would make saving fail
    assert response.json()["error_code"] == 2001
    assert "hz-2022" in response.json()["error_msg"]


def test_refused_retrieval_is_counted_and_logged(
    small_site: str, caplog: pytest.LogCaptureFixture
) -> None:
    httpx2.post(small_site + "/dify/retrieval", json={"knowledge_id": "no", "query": "办税"})
    assert "没有知识库“no”" in caplog.text
    assert "wence_dify_refused_total 1.0" in httpx2.get(small_site + "/metrics").text


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'"x"',
        b"\xff",
        {"query": 3},
        {"query": "办税", "retrieval_setting": {"top_k": "many"}},
        {"query": "办税", "retrieval_setting": {"top_k": 0}},
        {"query": "办税", "retrieval_setting": {"score_threshold": 2}},
        {"query": "办" * 3000},
        {"query": "办税", "metadata_condition": {"conditions": [{"name": "lead"}]}},
        {
            "query": "办税",
            "metadata_condition": {
                "conditions": [{"name": "lead", "comparison_operator": "is", "value": "{{x}}"}]
            },
        },
    ],
)
def test_wrong_shape_is_refused_in_chinese(site: str, body: Any) -> None:
    sent = {"content": body} if isinstance(body, bytes) else {"json": body}
    response = httpx2.post(site + "/dify/retrieval", **sent)
    assert response.status_code == 400
    assert set(response.json()) == {"error_code", "error_msg"}
    assert response.json()["error_msg"]


# What Dify sends and takes, in our own words.
CONTRACT = Path(__file__).with_name("dify_contract.json")


@pytest.mark.clients
@pytest.mark.slow
def test_fuzzer_finds_no_departure_from_the_contract(small_site: str) -> None:
    schema = schemathesis.openapi.from_dict(json.loads(CONTRACT.read_text(encoding="utf-8")))
    schema.config.update(base_url=small_site)
    operation = schema["/dify/retrieval"]["POST"]

    @settings(
        max_examples=100, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def judge(case: Any) -> None:
        case.validate_response(case.call())

    judge()
