"""Errors in Chinese, over HTTP."""

import re
from typing import Any, get_args

import pytest
from fastapi.testclient import TestClient
from pydantic import BaseModel, ValidationError
from pydantic_core import core_schema

from service.web.mistakes import MISTAKES, UNKNOWN, tell_invalid, tell_refused

ENGLISH = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")


def test_every_mistake_is_a_type_that_pydantic_knows() -> None:
    assert set(MISTAKES) <= set(get_args(core_schema.ErrorType))


def test_unknown_mistakes_are_told_without_english() -> None:
    class Dated(BaseModel):
        day: bytes

    with pytest.raises(ValidationError) as caught:
        Dated.model_validate({"day": 7})
    errors = [{**error, "loc": ("body", *error["loc"])} for error in caught.value.errors()]
    assert tell_invalid(errors) == f"day：{UNKNOWN}"


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("search", {}, "query：缺少这一项"),
        ("search", {"query": 7}, "query：应是文字"),
        ("search", {"query": "a", "k": "many"}, "k：应是整数"),
        ("search", {"query": "a", "k": 1.5}, "k：应是整数"),
        ("search", {"query": "a", "u": 1}, "u：不认识这一项"),
        ("search", {"query": "a", "filters": {"item": -1}}, "filters.item：应不小于 0"),
        ("search", {"query": "a", "filters": {"applicable": "x"}}, "应是 true 或 false"),
        ("search", [], "请求体：应是 JSON 对象"),
        ("ask", {"question": "a", "turns": 1}, "turns：应是列表"),
        ("feedback", {"question": "a", "verdict": "good"}, "应是 'useful'、'not_useful'、'right'"),
        ("feedback", {"question": "a", "verdict": "useful", "shown": ["1"] * 101}, "shown：最多"),
    ],
)
def test_invalid_request_is_told_in_chinese(
    client: TestClient, path: str, body: Any, told: str
) -> None:
    response = client.post(f"/api/{path}", json=body)
    assert response.status_code == 422
    assert told in response.json()["detail"]
    assert not ENGLISH.search(response.json()["detail"])


def test_body_that_is_no_json_is_told_in_chinese(client: TestClient) -> None:
    headers = {"content-type": "application/json"}
    response = client.post("/api/search", content=b"{", headers=headers)
    assert response.json()["detail"] == "请求体：不是合法的 JSON"
    response = client.post("/api/search", content=b'{"query": "\xff"}', headers=headers)
    assert not ENGLISH.search(response.json()["detail"])


def test_wrong_method_is_told_in_chinese_to_programs_and_browsers(client: TestClient) -> None:
    told = "这个地址不接受 GET 请求；可用 POST"
    assert client.get("/api/ask").json()["detail"] == told
    page = client.get("/feedback", headers={"accept": "text/html"})
    assert page.status_code == 405
    assert told in page.text


def test_refusals_keep_chinese_details_and_replace_english_ones() -> None:
    assert tell_refused(403, "只接受本站") == "只接受本站"
    assert tell_refused(418, "I'm a teapot") == "请求没有被接受（HTTP 418）"
    assert "读不懂" in tell_refused(400, "There was an error parsing the body")


def test_docs_say_in_chinese_what_each_route_does_and_lead_back(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    assert "[回到问策](/)" in described["info"]["description"]
    summaries = [
        operation["summary"] for path in described["paths"].values() for operation in path.values()
    ]
    assert [said for said in summaries if not re.search("[\u4e00-\u9fff]", said)] == []
