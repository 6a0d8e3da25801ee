"""A measure's page, over HTTP."""

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from corpus.document import Document
from corpus.measures import parse
from index.search import Searcher
from service.web import views
from tests.service.browsing import Tags, client_of


def test_measure_page_shows_row_passage_related_and_citation(client: TestClient) -> None:
    page = client.get("/m/small:2.2.1").text
    assert "<h1>推行“一网通办”</h1>" in page
    assert "在公积金领域：" in page
    assert re.search(r"1\.<mark>网上提取公积金。</mark>", page)
    assert "某市. 小清单[Z]. [2022]：第2项第2行第1条." in page
    assert 'href="/m/small:1.1.1"' in page or 'href="/m/small:1.1.2"' in page


def test_measure_page_shows_the_whole_row_and_marks_the_measure(client: TestClient) -> None:
    page = client.get("/m/1.1.1").text
    assert '<mark class="whole">扩大“一照多址”适用范围。</mark>' in page
    assert '<a class="number" href="/m/small:1.1.2" aria-label="第2条">2.</a>' in page
    for cell in ("允许加载新地址。", "市级相关部门，各区、县（市）政府", "主要举措", "2022年6月"):
        assert cell in page


def cells(page: str) -> dict[str, str]:
    """The cells of the row that are plain text."""
    return dict(re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", page.partition('id="row"')[2]))


def test_measure_page_shows_every_column_under_its_own_name(alone: TestClient) -> None:
    page = alone.get("/m/tasks:2.1.1").text
    assert cells(page) == {
        "编号": "2",
        "任务名称": "校园午餐",
        "主管部门": "市教育局",
        "办结时限": "—",
        "完成时间": "长期坚持",
        "资金来源": "区级财政",
    }
    assert "<dt>具体内容</dt>" in page
    assert "<div><dt>主管部门</dt><dd>市教育局</dd></div>" in page.partition('id="row"')[0]


def test_measure_page_of_a_later_row_has_what_its_item_shares(client: TestClient) -> None:
    found = cells(client.get("/m/small:2.2.1").text)
    assert list(found) == [
        "序号",
        "改革事项",
        "主要内容",
        "牵头单位",
        "责任单位",
        "取得阶段性成效时间",
    ]
    assert (found["序号"], found["主要内容"]) == ("2", "办税在网上办理。")


def test_measure_page_tells_its_position_and_leads_on(client: TestClient) -> None:
    page = client.get("/m/1.1.2").text
    assert "全文第 2 条，共 4 条" in page
    rels = [(a.get("rel"), a["href"]) for a in Tags(page).all("a") if a.get("rel")]
    assert rels == [("prev", "/m/small:1.1.1"), ("next", "/m/small:2.1.1")]
    assert f"/find?aspect={quote('一、第一方面')}" in Tags(page).links()
    assert "/find?document=small&item=1" in Tags(page).links()


def test_measure_page_takes_an_id_without_its_document(client: TestClient) -> None:
    assert client.get("/m/1.1.2").text == client.get("/m/small:1.1.2").text


@pytest.mark.parametrize("name", ["9.9.9", "other:1.1.1", "一照多址", "1.1", "<b>x"])
def test_unknown_measure_gives_a_page_that_says_so(client: TestClient, name: str) -> None:
    response = client.get(f"/m/{quote(name)}")
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/html")
    assert "<h1>没有这条举措</h1>" in response.text
    assert "<b>x" not in response.text


def test_a_document_without_a_table_has_pages_too(searcher_of: Callable[..., Searcher]) -> None:
    text = "某办法\n\n第一条 为了登记，制定本办法。\n\n第二条 市局负责登记。\n"
    parsed = parse(Document("rule", "某办法", "", "", "", text, "0" * 64))
    client = client_of(searcher_of(parsed))
    for measure in parsed.measures:
        response = client.get(f"/m/{measure.id}")
        assert response.status_code == 200
        assert measure.text in response.text
    for path in (
        "/",
        "/?q=市局负责什么",
        "/find",
        "/find?q=市局负责什么",
        "/find.csv",
        "/find.xlsx",
    ):
        assert client.get(path).status_code == 200, path


def test_real_measure_page_lists_its_questions_as_searches(
    real: TestClient, real_searcher: Searcher
) -> None:
    measure = real_searcher.measure("1.1.1")
    asked = views.questions(real_searcher, measure)
    page = real.get(f"/m/{measure.id}").text
    assert asked
    assert all(question in page for question in asked)
    assert f'href="/?q={quote(asked[0])}"' in page


def test_real_related_measures_say_what_they_share(real: TestClient) -> None:
    page = real.get("/m/83.1.1").text
    reasons = re.findall(r'<p class="why">([^<]*)</p>', page)
    assert len(reasons) == 6
    assert all("内容相近" not in reason for reason in reasons)
    assert "都涉及“不动产”" in reasons[0]
    assert "牵头单位同为市规划和自然资源局" in reasons[0]
