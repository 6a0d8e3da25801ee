"""Suggestions while typing."""

import time
from statistics import median

import pytest
from fastapi.testclient import TestClient

from index.search import Searcher
from service.web.suggest import Suggester, Suggestion
from service.web.wording import is_running, is_simplified


def suggested(client: TestClient, typed: str) -> list[str]:
    """The texts that are suggested."""
    response = client.get("/api/suggest", params={"q": typed})
    assert response.status_code == 200
    assert response.json()["q"] == typed
    return [one["text"] for one in response.json()["suggestions"]]


@pytest.mark.parametrize("typed", ["推行", "一网通", "通办 推行", "txyw", "ywtb", "推行“一網"])
def test_title_is_found_by_its_start_inside_words_and_initials(
    client: TestClient, typed: str
) -> None:
    assert suggested(client, typed) == ["推行“一网通办”"]


@pytest.mark.parametrize("typed", ["", " ", "。", "火星", "t", "推行“一网通办”", "x" * 41])
def test_nothing_is_suggested_for(client: TestClient, typed: str) -> None:
    assert suggested(client, typed) == []


def test_what_no_query_could_be_is_refused(client: TestClient) -> None:
    assert client.get("/api/suggest", params={"q": "x" * 2001}).status_code == 422


def test_real_suggestions_start_with_titles_that_begin_so(real: TestClient) -> None:
    found = suggested(real, "推行")
    assert 5 <= len(found) <= 8
    begins = [text.startswith("推行") for text in found]
    assert begins[0]
    assert begins == sorted(begins, reverse=True)


def test_real_suggestions_are_no_keywords_and_simplified(real: TestClient) -> None:
    for typed in ("破产企业", "公司", "执照", "登记", "怎么"):
        for text in suggested(real, typed):
            assert is_running(text)
            assert is_simplified(text)


def test_real_suggestions_are_quick(real_searcher: Searcher) -> None:
    suggester = Suggester(real_searcher)
    took = []
    for typed in ("不动产", "bdc", "企业 登记", "怎么办") * 10:
        started = time.perf_counter()
        found = suggester.suggest(typed)
        took.append(time.perf_counter() - started)
        assert 0 < len(found) <= 8
    assert median(took) < 0.01
    assert isinstance(found[0], Suggestion)
