"""The HTTP interface: every route of the contract, and every way a caller can go wrong."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import pytest
from fastapi.testclient import TestClient

from corpus.errors import IndexMismatchError, IndexMissingError
from corpus.measures import Parsed
from corpus.text import strip_layout
from service.app import create_app
from service.settings import Settings
from service.web.problems import PROBLEM

HIT = {
    "rank",
    "score",
    "measure",
    "highlights",
    "matched_view",
    "matched_text",
    "signals",
    "citation",
}
MEASURE = {
    "id",
    "document",
    "aspect",
    "item",
    "title",
    "content",
    "row",
    "scope",
    "number",
    "text",
    "lead_units",
    "responsible_units",
    "due",
    "due_text",
    "plain",
    "columns",
    "applicable",
    "path",
    "start",
    "end",
}
CITATION = {"n", "measure", "field", "quote", "start", "end", "sha256", "column"}
SIGNALS = {"dense", "bm25", "dense_rank", "bm25_rank"}
ANSWER = {
    "question",
    "understood",
    "kind",
    "answerable",
    "standing",
    "confidence",
    "short_answer",
    "answer",
    "notice",
    "conditions",
    "unread",
    "items",
    "citations",
    "hits",
    "nearest",
}
BAD_QUERIES = {
    "empty": "",
    "blank": " \t\n\u3000",
    "punctuation": "，。？！",
    "only_controls": "\x00\x01\x1f\x7f",
    "100,000_characters": "办" * 100_000,
}
HUGE = "9" * 5000


class Reply(Protocol):
    """What is read of a response, whichever HTTP library the test client stands on."""

    @property
    def status_code(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def text(self) -> str: ...
    def json(self) -> Any: ...


@pytest.fixture(scope="module")
def client(real_settings: Settings) -> Iterator[TestClient]:
    """A client of the service over the real list."""
    with TestClient(create_app(real_settings), raise_server_exceptions=False) as opened:
        yield opened


def search(client: TestClient, query: str, **rest: Any) -> dict[str, Any]:
    """The response to a search that must succeed."""
    response = client.post("/api/search", json={"query": query} | rest)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def problem(response: Reply, *statuses: int) -> str:
    """The detail of an error in the contract's form, with one of these statuses."""
    assert response.status_code in statuses, response.text
    assert response.headers["content-type"].startswith("application/problem+json")
    body = response.json()
    assert set(body) >= {"type", "title", "status", "detail"}
    assert body["status"] == response.status_code
    assert body["title"]
    assert body["detail"]
    assert "Traceback" not in response.text
    assert ".py" not in response.text
    return str(body["detail"])


# Search


def test_search_gives_the_contracts_response(client: TestClient) -> None:
    found = search(client, "一照多址怎么办理")
    assert list(found) == ["query", "normalized", "filters", "hits", "took_ms"]
    assert found["query"] == "一照多址怎么办理"
    assert found["took_ms"] > 0
    assert set(found["filters"]) == {
        "document",
        "aspect",
        "item",
        "lead",
        "responsible",
        "due_from",
        "due_to",
        "applicable",
    }
    assert found["hits"][0]["measure"]["id"] == "hz-2022:1.1.1"


def test_search_hits_have_the_contracts_fields(client: TestClient) -> None:
    hits = search(client, "一照多址怎么办理")["hits"]
    assert len(hits) == 10
    assert [hit["rank"] for hit in hits] == list(range(1, 11))
    for hit in hits:
        assert set(hit) == HIT
        assert set(hit["measure"]) == MEASURE
        assert set(hit["citation"]) == CITATION
        assert set(hit["signals"]) == SIGNALS
        assert hit["matched_view"] in ("text", "question")
        assert hit["matched_text"]
        assert 0 <= hit["score"] <= 1
        assert hit["signals"]["dense_rank"] >= 1
        assert hit["signals"]["bm25_rank"] >= 1


def test_search_hits_are_sorted_by_score(client: TestClient) -> None:
    for query in ("办税", "企业开办", "第27项", "公积金 提取"):
        scores = [hit["score"] for hit in search(client, query, k=50)["hits"]]
        assert scores == sorted(scores, reverse=True)


def test_search_highlights_are_slices_of_the_text(client: TestClient) -> None:
    hit = search(client, "一照多址怎么办理")["hits"][0]
    marked = [hit["measure"]["text"][s["start"] : s["end"]] for s in hit["highlights"]]
    assert "一照多址" in marked
    assert all(set(span) == {"start", "end"} for span in hit["highlights"])


def test_search_citations_stand_in_the_source(client: TestClient) -> None:
    source = client.get("/api/documents/hz-2022/source").text
    digest = hashlib.sha256(source.encode("utf-8")).hexdigest()
    for query in ("一照多址怎么办理", "双随机、一公开", "第60项", "知识产权质押"):
        for hit in search(client, query)["hits"]:
            citation, measure = hit["citation"], hit["measure"]
            assert citation["quote"] == strip_layout(source[citation["start"] : citation["end"]])
            assert citation["quote"] == measure["text"]
            assert citation["sha256"] == digest
            assert citation["measure"] == measure["id"]
            assert citation["field"] == "text"
            assert (citation["start"], citation["end"]) == (measure["start"], measure["end"])


@pytest.mark.parametrize("k", [1, 3, 100])
def test_search_gives_k_hits_of_one_order(client: TestClient, k: int) -> None:
    ids = [hit["measure"]["id"] for hit in search(client, "企业登记", k=k)["hits"]]
    most = [hit["measure"]["id"] for hit in search(client, "企业登记", k=100)["hits"]]
    assert ids == most[:k]


@pytest.mark.parametrize("mode", ["hybrid", "dense", "bm25"])
def test_search_in_each_mode_finds_the_measure(client: TestClient, mode: str) -> None:
    hits = search(client, "一照多址怎么办理", mode=mode)["hits"]
    assert "hz-2022:1.1.1" in [hit["measure"]["id"] for hit in hits[:3]]
    if mode != "hybrid":
        ranks = [hit["signals"][f"{mode}_rank"] for hit in hits]
        assert ranks == sorted(ranks)


FILTERS: dict[str, tuple[dict[str, Any], Callable[[dict[str, Any]], bool]]] = {
    "document": ({"document": "hz-2022"}, lambda m: m["document"] == "hz-2022"),
    "aspect": ({"aspect": "外商投资"}, lambda m: "外商投资" in m["aspect"]),
    "item": ({"item": 60}, lambda m: m["item"] == 60),
    "lead": ({"lead": "税务局"}, lambda m: any("税务局" in u for u in m["lead_units"])),
    "responsible": (
        {"responsible": "市财政局"},
        lambda m: any("市财政局" in u for u in m["responsible_units"]),
    ),
    "due_from": ({"due_from": "2022-06"}, lambda m: m["due"] >= "2022-06"),
    "due_to": ({"due_to": "2022-06"}, lambda m: "2022" < m["due"] <= "2022-06"),
    "one_month": (
        {"due_from": "2022-06", "due_to": "2022-06"},
        lambda m: m["due"] == "2022-06",
    ),
    "applicable": ({"applicable": True}, lambda m: m["applicable"]),
    "not_applicable": ({"applicable": False}, lambda m: not m["applicable"]),
    "two_of_them": (
        {"lead": "市市场监管局", "item": 1},
        lambda m: m["item"] == 1 and "市市场监管局" in m["lead_units"],
    ),
}


@pytest.mark.parametrize("name", FILTERS)
def test_search_with_filter_gives_all_that_meet_it_and_no_other(
    client: TestClient, real_list: Parsed, name: str
) -> None:
    filters, meets = FILTERS[name]
    found = search(client, "改革", k=100, filters=filters)
    measures = [hit["measure"] for hit in found["hits"]]
    assert measures
    assert all(map(meets, measures))
    meeting = sum(meets(m.to_record()) for m in real_list.measures)
    assert len(measures) == min(100, meeting)
    assert {key: found["filters"][key] for key in filters} == filters


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"k": 3},
        {"mode": "bm25"},
        {"lead": "税务局", "k": 5},
        {"item": 60, "applicable": True},
        {"aspect": "外商投资", "due_from": "2022-03", "due_to": "2022-12"},
    ],
)
def test_get_search_equals_post_search(client: TestClient, params: dict[str, Any]) -> None:
    response = client.get("/api/search", params={"q": "企业登记"} | params)
    assert response.status_code == 200, response.text
    plain = {key: params[key] for key in ("k", "mode") if key in params}
    filters = {key: value for key, value in params.items() if key not in plain}
    posted = search(client, "企业登记", **plain, filters=filters)
    got = response.json()
    assert got | {"took_ms": 0} == posted | {"took_ms": 0}


@pytest.mark.parametrize("query", ["第27项第3条", "hz-2022:27.1.3", "27.1.3"])
def test_search_for_an_address_finds_that_measure(client: TestClient, query: str) -> None:
    assert search(client, query)["hits"][0]["measure"]["id"] == "hz-2022:27.1.3"


def test_search_drops_control_characters(client: TestClient) -> None:
    found = search(client, "\x00一照\x07多址\u200b怎么\x1b办理\ufeff")
    assert found["normalized"] == "一照多址怎么办理"
    assert found["hits"] == search(client, "一照多址怎么办理")["hits"]


def test_search_with_hostile_markup_answers_as_with_any_text(client: TestClient) -> None:
    query = "<script>alert(1)</script>'; DROP TABLE measures;-- 一照多址"
    assert search(client, query)["query"] == query


# Requests that the caller can mend


@pytest.mark.parametrize("name", BAD_QUERIES)
@pytest.mark.parametrize(("route", "key"), [("search", "query"), ("ask", "question")])
def test_bad_query_is_refused_with_what_to_do(
    client: TestClient, route: str, key: str, name: str
) -> None:
    response = client.post(f"/api/{route}", json={key: BAD_QUERIES[name]})
    assert "问题" in problem(response, 422)
    assert len(response.content) < 1000


@pytest.mark.parametrize("query", ["", " ", "办" * 3000])
def test_bad_query_in_the_address_is_refused(client: TestClient, query: str) -> None:
    assert "问题" in problem(client.get("/api/search", params={"q": query}), 422)


def test_get_search_without_query_is_refused(client: TestClient) -> None:
    assert "q" in problem(client.get("/api/search"), 422)


@pytest.mark.parametrize(
    "more", [{"k": True}, {"k": "3"}, {"filters": {"item": False}}, {"filters": {"applicable": 0}}]
)
def test_body_with_another_type_than_the_description_tells_is_refused(
    client: TestClient, more: dict[str, Any]
) -> None:
    assert "应是" in problem(client.post("/api/search", json={"query": "办", **more}), 422)


def test_description_declares_every_error_as_a_problem(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for path, operations in paths.items():
        own = path.startswith(("/v1/", "/dify/"))  # the forms of what calls them
        for operation in operations.values():
            for status in ("400", "401", "403", "404", "413", "422", "429", "503"):
                content = list(operation["responses"][status]["content"])
                assert content == (["application/json"] if own else [PROBLEM])


def test_refused_method_is_told_all_that_the_address_takes(client: TestClient) -> None:
    refused = client.put("/api/search")
    problem(refused, 405)
    assert refused.headers["allow"] == "GET, POST"


def test_text_beyond_the_limit_is_refused_wherever_it_stands(client: TestClient) -> None:
    long = "办" * 100_000
    for route, body in (
        ("search", {"query": long}),
        ("search", {"query": "办", "filters": {"lead": long}}),
        ("ask", {"question": "办", "turns": [long]}),
    ):
        told = problem(client.post(f"/api/{route}", json=body), 422)
        assert "太长（100000 字）；请缩短到 2000 字以内" in told


@pytest.mark.parametrize(
    ("route", "body"),
    [
        ("search", r'{"query": "一照\ud800多址"}'),
        ("search", r'{"query": "一照多址", "mode": "\udfff"}'),
        ("search", r'{"query": "一照多址", "filters": {"lead": "\ud800"}}'),
        ("search", r'{"query": "一照多址", "\ud800": 1}'),
        ("search", r'{"query": "一照多址", "filters": {"\ud800": 1}}'),
        ("ask", r'{"question": "\udc00"}'),
    ],
)
def test_lone_surrogate_in_json_is_refused(client: TestClient, route: str, body: str) -> None:
    response = client.post(
        f"/api/{route}", content=body.encode(), headers={"content-type": "application/json"}
    )
    problem(response, 400, 422)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"{}",
        b'{"query": null}',
        b'{"query": 7}',
        b'{"query": ["a"]}',
        b'{"query": "a", "k": "many"}',
        b'{"query": "a", "k": 1.5}',
        b'{"query": "a", "k": NaN}',
        b'{"query": "a", "k": ' + HUGE.encode() + b"}",
        b'{"query": "a", "unknown": 1}',
        b'{"query": "a", "filters": []}',
        b'{"query": "a", "filters": {"unit": "x"}}',
        b'{"query": "a", "filters": {"item": -1}}',
        b'{"query": "a", "filters": {"applicable": "perhaps"}}',
        b'{"query": "\xff\xfe"}',
        b"[" * 100_000,
    ],
)
def test_body_that_is_no_search_is_refused(client: TestClient, body: bytes) -> None:
    response = client.post(
        "/api/search", content=body, headers={"content-type": "application/json"}
    )
    problem(response, 400, 422)


@pytest.mark.parametrize("k", [0, -1, 101, 10**9])
def test_k_out_of_range_is_refused(client: TestClient, k: int) -> None:
    bodies = [("search", {"query": "办税", "k": k}), ("ask", {"question": "办税", "k": k})]
    for route, body in bodies:
        assert "100" in problem(client.post(f"/api/{route}", json=body), 422)
    assert "100" in problem(client.get(f"/api/measures/1.1.1/related?k={k}"), 422)


def test_unknown_mode_is_refused_with_the_known_ones(client: TestClient) -> None:
    detail = problem(client.post("/api/search", json={"query": "办税", "mode": "magic"}), 422)
    assert all(word in detail for word in ("magic", "hybrid", "dense", "bm25"))


@pytest.mark.parametrize(
    ("filters", "status"),
    [
        ({"document": "sz-2022"}, 404),
        ({"aspect": "航天"}, 404),
        ({"lead": "月球管理局"}, 404),
        ({"responsible": "月球管理局"}, 404),
        ({"due_from": "2022-13"}, 422),
        ({"due_to": "六月"}, 422),
        ({"due_from": "2022"}, 422),
    ],
)
def test_filter_that_nothing_could_meet_is_refused(
    client: TestClient, filters: dict[str, str], status: int
) -> None:
    response = client.post("/api/search", json={"query": "办税", "filters": filters})
    assert next(iter(filters.values())) in problem(response, status)


# Measures


def test_measure_is_given_with_the_contracts_fields(client: TestClient) -> None:
    measure = client.get("/api/measures/hz-2022:1.1.1").json()
    assert set(measure) == MEASURE
    assert measure["id"] == "hz-2022:1.1.1"
    assert measure["lead_units"] == ["市市场监管局"]
    assert measure["responsible_units"] == ["市级相关部门", "各区、县（市）政府"]
    assert measure["due"] == "2022-06"
    assert measure["applicable"] is True
    assert "一照多址" in measure["plain"]


def test_measure_by_short_id_equals_the_one_by_full_id(client: TestClient) -> None:
    full = client.get("/api/measures/hz-2022:60.2.1").json()
    assert client.get("/api/measures/60.2.1").json() == full


@pytest.mark.parametrize("name", ["42.1.1", "54.1.1"])
def test_measure_that_does_not_concern_the_city_says_so(client: TestClient, name: str) -> None:
    assert client.get(f"/api/measures/{name}").json()["applicable"] is False


@pytest.mark.parametrize("name", ["102.1.1", "1.1.99", "sz-2022:1.1.1", "0.0.0"])
@pytest.mark.parametrize("tail", ["", "/related"])
def test_unknown_measure_is_not_found(client: TestClient, name: str, tail: str) -> None:
    problem(client.get(f"/api/measures/{name}{tail}"), 404)


@pytest.mark.parametrize("tail", ["", "/related"])
def test_measure_id_with_a_huge_number_is_the_callers_error(client: TestClient, tail: str) -> None:
    problem(client.get(f"/api/measures/1.1.{HUGE}{tail}"), 404, 422)


@pytest.mark.parametrize("name", ["1.1", "x", "1.1.1.1", "-1.1.1", "%00", "%ED%A0%80", "一.一.一"])
@pytest.mark.parametrize("tail", ["", "/related"])
def test_malformed_measure_id_is_refused_with_the_form(
    client: TestClient, name: str, tail: str
) -> None:
    assert "hz-2022:60.2.1" in problem(client.get(f"/api/measures/{name}{tail}"), 422)


def test_related_gives_measures_of_other_items_with_reasons(client: TestClient) -> None:
    found = client.get("/api/measures/82.1.1/related", params={"k": 5}).json()
    assert found["measure"] == "hz-2022:82.1.1"
    related = found["related"]
    assert len(related) == 5
    items = [r["measure"]["item"] for r in related]
    assert 82 not in items
    assert len(set(items)) == 5
    assert all(set(r["measure"]) == MEASURE and r["reason"] for r in related)
    scores = [r["score"] for r in related]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


# Documents and facets


def test_documents_lists_the_bundled_list(client: TestClient) -> None:
    (about,) = client.get("/api/documents").json()
    assert about["id"] == "hz-2022"
    assert (about["measures"], about["items"]) == (344, 101)
    assert "text" not in about


def test_document_shows_its_ledger_and_hash(client: TestClient) -> None:
    about = client.get("/api/documents/hz-2022").json()
    ledger = about["ledger"]
    assert ledger["declared"] == {"aspects": 10, "items": 101, "measures": 344}
    assert ledger["parsed"] == ledger["declared"]
    assert (ledger["rows"], ledger["not_applicable"], ledger["cells_lost"]) == (112, 2, 0)
    source = client.get("/api/documents/hz-2022/source")
    assert about["sha256"] == hashlib.sha256(source.content).hexdigest()
    assert about["characters"] == len(source.text)


def test_source_is_the_exact_text_as_plain_utf8(client: TestClient, real_list: Parsed) -> None:
    response = client.get("/api/documents/hz-2022/source")
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.content.decode("utf-8") == real_list.document.text


@pytest.mark.parametrize("tail", ["", "/source"])
def test_unknown_document_is_not_found_and_the_known_are_named(
    client: TestClient, tail: str
) -> None:
    assert "hz-2022" in problem(client.get(f"/api/documents/sz-2022{tail}"), 404)


def test_facets_count_every_measure(client: TestClient, real_list: Parsed) -> None:
    facets = client.get("/api/facets").json()
    measures = real_list.measures
    assert set(facets) == {"aspect", "lead", "responsible", "due"}
    assert sum(facets["aspect"].values()) == 346
    assert sum(facets["lead"].values()) == sum(len(m.lead_units) for m in measures)
    assert sum(facets["responsible"].values()) == sum(len(m.responsible_units) for m in measures)
    assert sum(facets["due"].values()) == sum(bool(m.due) for m in measures)


def test_every_facet_can_be_searched_by(client: TestClient) -> None:
    facets = client.get("/api/facets").json()
    for unit, count in list(facets["lead"].items())[:5]:
        hits = search(client, "改革", k=100, filters={"lead": unit})["hits"]
        exact = [hit for hit in hits if unit in hit["measure"]["lead_units"]]
        assert len(exact) == min(count, 100) or len(hits) == 100


# Ask


def test_ask_gives_an_answer_with_citations_in_the_source(client: TestClient) -> None:
    answer = client.post("/api/ask", json={"question": "一照多址怎么办理", "k": 5}).json()
    assert set(answer) == ANSWER
    assert answer["answerable"] is True
    assert answer["kind"] in ("measures", "fact", "list")
    assert {"document": "hz-2022", "item": 1} in answer["items"]
    assert len(answer["hits"]) == 5
    assert answer["nearest"] == []
    source = client.get("/api/documents/hz-2022/source").text
    assert answer["citations"]
    for n, citation in enumerate(answer["citations"], 1):
        assert set(citation) == CITATION
        assert citation["n"] == n
        assert f"[{n}]" in answer["answer"]
        assert citation["quote"] == strip_layout(source[citation["start"] : citation["end"]])


def test_ask_for_what_no_document_says_is_a_labelled_refusal(client: TestClient) -> None:
    response = client.post("/api/ask", json={"question": "红烧肉怎么做好吃"})
    answer = response.json()
    assert response.status_code == 200
    assert answer["answerable"] is False
    assert answer["kind"] == "none"
    assert answer["citations"] == []
    assert answer["hits"] == []
    assert all(set(hit) == HIT for hit in answer["nearest"])
    assert answer["nearest"]


def test_ask_after_a_turn_answers_the_question_made_whole(client: TestClient) -> None:
    body = {"question": "那谁牵头", "turns": ["一照多址什么时候完成"]}
    answer = client.post("/api/ask", json=body).json()
    assert answer["question"] == "那谁牵头"
    assert "一照多址" in answer["understood"]
    assert answer["short_answer"] == "市市场监管局"


@pytest.mark.parametrize(("turns", "status"), [(6, 200), (7, 422)])
def test_ask_takes_six_turns_and_refuses_more(client: TestClient, turns: int, status: int) -> None:
    body = {"question": "那谁牵头", "turns": ["一照多址什么时候完成"] * turns}
    response = client.post("/api/ask", json=body)
    assert response.status_code == status
    if status == 422:
        assert "6" in problem(response, 422)


# The service itself


def test_health_and_readiness_are_told(client: TestClient) -> None:
    assert client.get("/healthz").text == "ok"
    ready = client.get("/readyz").json()
    assert (ready["ready"], ready["measures"]) == (True, 346)
    assert ready["model"].startswith("multilingual-e5-small")


def test_metrics_count_requests_by_route_and_status(real_settings: Settings) -> None:
    with TestClient(create_app(real_settings)) as fresh:
        fresh.get("/api/measures/1.1.1")
        fresh.get("/api/measures/2.1.1")
        fresh.get("/api/measures/999.1.1")
        fresh.get("/no/such/page")
        response = fresh.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain")
    count = "wence_request_seconds_count"
    route = 'route="/api/measures/{name}"'
    assert f'{count}{{{route},status="200"}} 2.0' in response.text
    assert f'{count}{{{route},status="404"}} 1.0' in response.text
    assert f'{count}{{route="unknown",status="404"}} 1.0' in response.text
    assert "/no/such/page" not in response.text


def test_docs_show_every_route_of_the_contract(client: TestClient) -> None:
    assert client.get("/docs").status_code == 200
    paths = client.get("/openapi.json").json()["paths"]
    assert set(paths["/api/search"]) == {"get", "post"}
    assert {
        "/api/ask",
        "/api/measures/{name}",
        "/api/measures/{name}/related",
        "/api/documents",
        "/api/documents/{name}",
        "/api/documents/{name}/source",
        "/api/facets",
        "/healthz",
        "/readyz",
    } <= set(paths)


def test_unknown_route_is_a_problem(client: TestClient) -> None:
    problem(client.get("/api/nothing"), 404)


@pytest.mark.parametrize("path", ["/nothing", "/m/", "/static/none.css"])
def test_unknown_route_is_a_page_where_a_browser_asks(client: TestClient, path: str) -> None:
    response = client.get(path, headers={"accept": "text/html,*/*"})
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/html")
    assert f"没有这个地址 {path}" in response.text
    problem(client.get("/api/nothing", headers={"accept": "text/html,*/*"}), 404)


def test_wrong_method_is_a_problem_that_names_the_right_one(client: TestClient) -> None:
    response = client.get("/api/ask")
    problem(response, 405)
    assert response.headers["allow"] == "POST"


def test_every_response_carries_the_security_headers(client: TestClient) -> None:
    for path in ("/api/facets", "/healthz", "/api/nothing"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]


def test_json_is_utf8_with_characters_as_they_are(client: TestClient) -> None:
    response = client.post("/api/search", json={"query": "一照多址"})
    assert response.headers["content-type"] == "application/json"
    assert "一照多址" in response.content.decode("utf-8")


class Broken:
    """Stands where the Searcher should, and fails at every touch."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError("a secret of the machine")


def test_defect_is_a_problem_without_a_trace(real_settings: Settings) -> None:
    app = create_app(real_settings)
    with TestClient(app, raise_server_exceptions=False) as opened:
        app.state.searcher = Broken()
        response = opened.get("/api/facets")
    problem(response, 500)
    assert "secret" not in response.text
    assert "RuntimeError" not in response.text


def test_same_request_twice_gives_the_same_hits(client: TestClient) -> None:
    assert search(client, "数据共享")["hits"] == search(client, "数据共享")["hits"]


# Starting


def start(settings: Settings) -> None:
    """Start the service and stop it."""
    with TestClient(create_app(settings)):
        pass


def test_start_without_an_index_says_to_build(tmp_path: Path, cache: Path) -> None:
    with pytest.raises(IndexMissingError, match="wence build"):
        start(Settings(data=tmp_path, cache=cache, model=""))


def test_start_with_an_index_of_another_format_is_refused(
    real_settings: Settings, tmp_path: Path, cache: Path
) -> None:
    settings = Settings(data=tmp_path, cache=cache, model="")
    shutil.copytree(real_settings.index, settings.index)
    path = settings.index / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(manifest | {"format": 0}), encoding="utf-8")
    with pytest.raises(IndexMismatchError, match=r"第 0 版.*wence build"):
        start(settings)


def test_start_with_one_byte_flipped_is_refused(
    real_settings: Settings, tmp_path: Path, cache: Path
) -> None:
    settings = Settings(data=tmp_path, cache=cache, model="")
    shutil.copytree(real_settings.index, settings.index)
    path = settings.index / "measures.jsonl"
    data = bytearray(path.read_bytes())
    data[1000] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(IndexMismatchError, match=r"measures\.jsonl.*wence build"):
        start(settings)
