"""The overview and a document's page, over HTTP."""

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import quote, urlsplit

import pytest
from fastapi.testclient import TestClient
from starlette.datastructures import QueryParams

from corpus.measures import Parsed
from index.build import Source, build_index
from index.search import Searcher
from service.app import app_over
from service.web.find_form import NAMES, read_find
from service.web.listing import find
from service.web.overview import Scope, contents, ledger_lines
from tests.conftest import SMALL
from tests.fakes import FakeEmbedder
from tests.service.samples import hostile, prose

SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)
MARK = re.compile(r'<a href="([^"]+)" class="mark"><title>([^<]*)</title>')
FIGURE = re.compile(r'<td><a href="([^"]+)">(\d+)</a></td>')
COUNT = re.compile(r"(\d+) [条项]$")


def client_of(searcher: Searcher) -> TestClient:
    """A client of the application over a searcher."""
    return TestClient(app_over(searcher))


@pytest.fixture
def client(small: Parsed, searcher_of: Callable[..., Searcher]) -> TestClient:
    """A client over the small list."""
    return client_of(searcher_of(small))


@pytest.fixture(scope="module")
def listed(real_list: Parsed) -> Searcher:
    """The real list behind a fake embedder: the pages here rank nothing."""
    return Searcher(build_index([Source(real_list)], FakeEmbedder()), FakeEmbedder())


def links(page: str) -> list[tuple[str, int]]:
    """Every mark of the charts and every figure of the tables that tells a count: where, count."""
    found = [(unescape(href), COUNT.search(name)) for href, name in MARK.findall(page)]
    counted = [(href, int(count[1])) for href, count in found if count]
    return counted + [(unescape(href), int(count)) for href, count in FIGURE.findall(page)]


# The addresses


def test_scope_writes_the_address_of_the_list_and_leaves_out_what_is_empty() -> None:
    assert (
        Scope().find(lead="甲&乙", aspect="") == "/find?lead=%E7%94%B2%26%E4%B9%99&applicable=yes"
    )
    assert Scope("item", "a").find(due=["2022-03", "2022-06"]) == (
        "/find?document=a&due=2022-03&due=2022-06"
    )


def test_scope_writes_the_address_of_the_overview() -> None:
    assert Scope().address() == "/overview"
    assert Scope("item", "a").address() == "/overview?document=a&over=item"
    assert Scope("item", "a").address(over="measure") == "/overview?document=a"


# The overview


def test_overview_draws_four_charts_each_with_title_description_and_table(
    client: TestClient,
) -> None:
    page = client.get("/overview").text
    charts = SVG.findall(page)
    assert len(charts) == 4
    for chart in charts:
        named = re.match(
            r'<svg [^>]*role="group" aria-labelledby="([^"]+)" aria-describedby="([^"]+)">\s*'
            r'<title id="([^"]+)">[^<]+</title>\s*<desc id="([^"]+)">[^<]+</desc>',
            chart,
        )
        assert named is not None
        assert named.groups()[:2] == named.groups()[2:]
    assert page.count("<table>") == 4
    assert page.count("<summary>看数据表") == 4


def test_overview_charts_and_tables_tell_the_same_numbers(client: TestClient) -> None:
    page = client.get("/overview").text
    drawn = [int(m[1]) for _, name in MARK.findall(page) if (m := COUNT.search(name))]
    tabled = [int(count) for _, count in FIGURE.findall(page)]
    assert sorted(drawn) == sorted(tabled)
    assert "到2022年6月共 3 条" in page


@pytest.mark.parametrize(("over", "place"), [("measure", 0), ("item", 1)])
def test_every_mark_opens_a_page_that_tells_the_count_that_it_shows(
    client: TestClient, over: str, place: int
) -> None:
    found = set(links(client.get("/overview", params={"over": over}).text))
    assert len(found) > 10
    for address, count in found:
        response = client.get(address)
        told = re.search(r"共 <b>(\d+)</b> 条，属于 <b>(\d+)</b> 项", response.text)
        assert response.status_code == 200
        assert told is not None
        assert int(told.groups()[place]) == count, address


@pytest.mark.parametrize("over", ["measure", "item"])
def test_every_mark_of_the_real_list_leads_to_a_list_of_as_many(
    listed: Searcher, over: str
) -> None:
    found = set(links(client_of(listed).get("/overview", params={"over": over}).text))
    assert len(found) > 100
    for address, count in found:
        asked = QueryParams(urlsplit(address).query)
        listing = find(listed, read_find(asked))
        assert set(asked) <= set(NAMES)
        assert (len(listing.entries) if over == "measure" else listing.items) == count, address


def test_overview_says_that_columns_are_missing_and_draws_nothing(
    searcher_of: Callable[..., Searcher],
) -> None:
    client = client_of(searcher_of(prose()))
    for over in ("measure", "item"):
        response = client.get("/overview", params={"over": over})
        assert response.status_code == 200
        assert response.text.count("没有可画的") == 4
        assert "<svg" not in response.text


def test_overview_tells_columns_by_their_own_names(alone: TestClient, pair: TestClient) -> None:
    page = alone.get("/overview").text
    assert "各主管部门有多少举措" in page
    assert "按“完成时间”一栏：到2025年12月共 2 条；另有 1 条没有写明月份" in page
    assert '<th scope="col">主管部门</th>' in page
    assert "牵头" not in page
    page = pair.get("/overview").text
    assert "各单位有多少举措" in page
    assert "按“时间”一栏" in page
    assert "各牵头单位有多少举措" in pair.get("/overview?document=small").text
    for address, count in set(links(page)):
        assert f"共 <b>{count}</b> 条" in pair.get(address).text, address


def test_overview_of_several_documents_counts_all_or_one(
    small: Parsed, searcher_of: Callable[..., Searcher]
) -> None:
    client = client_of(searcher_of(small, prose()))
    page = client.get("/overview").text
    assert "<b>7</b>" in page
    assert 'href="/overview?document=rule"' in page
    page = client.get("/overview", params={"document": "small"}).text
    assert "<b>4</b>" in page
    assert all("document=small" in href for href, _ in links(page))


@pytest.mark.parametrize(
    ("given", "status", "says"),
    [
        ({"over": "row"}, 422, "over 应是 measure（举措）或 item（事项），给出的是“row”"),
        ({"document": "<b>"}, 404, "没有文档“&lt;b&gt;”"),
    ],
)
def test_overview_of_something_unknown_gives_a_page_that_says_so(
    client: TestClient, given: dict[str, str], status: int, says: str
) -> None:
    response = client.get("/overview", params=given)
    assert response.status_code == status
    assert response.headers["content-type"].startswith("text/html")
    assert says in response.text


# A document's page


def test_document_page_shows_hash_length_ledger_and_source(client: TestClient) -> None:
    page = client.get("/d/small").text
    assert "<h1>小清单</h1>" in page
    assert f"data-reference>{'0' * 64}</code>" in page
    assert f"<dd>{len(SMALL)} 字</dd>" in page
    assert 'href="/api/documents/small/source"' in page
    assert '<th scope="row">举措</th><td>4</td><td>4</td>' in page
    assert "读出的与文档自报的数目一致，没有丢失。" in page


def test_document_contents_lead_to_every_measure_and_every_item(
    client: TestClient, small: Parsed
) -> None:
    page = client.get("/d/small").text
    for measure in small.measures:
        assert f'<a href="/m/{measure.id}">{measure.id.partition(":")[2]}</a>' in page
    assert '<a href="/find?document=small&amp;item=2">推行“一网通办”</a>' in page
    assert '<span class="within">在公积金领域：</span>' in page
    assert client.get("/find?document=small&item=2").status_code == 200


def test_contents_keep_order_and_gather_the_rows_of_an_item(small: Parsed) -> None:
    first, second = contents(small.measures)
    assert (first.title, second.title) == ("一、第一方面", "二、第二方面")
    assert [entry.item for entry in second.entries] == [2]
    rows = [(scope, [m.number for m in inside]) for scope, inside in second.entries[0].rows]
    assert rows == [("", [1]), ("在公积金领域：", [1])]


def test_ledger_lines_leave_the_declared_side_empty_where_nothing_is_declared(
    small: Parsed,
) -> None:
    lines = ledger_lines(prose().ledger)
    assert {line.declared for line in lines} == {""}
    assert [(line.declared, line.parsed) for line in ledger_lines(small.ledger)][:4] == [
        ("2", "2"),
        ("2", "2"),
        ("4", "4"),
        ("", "3"),
    ]


def test_document_without_a_table_has_a_page_too(searcher_of: Callable[..., Searcher]) -> None:
    page = client_of(searcher_of(prose())).get("/d/rule").text
    assert "文档没有自报数目" in page
    assert "全部条款" in page
    assert 'href="/m/rule:2.1.1"' in page
    assert ">第二条市局负责登记。</a>" in page


@pytest.mark.parametrize("name", ["other", "<script>", "一照多址"])
def test_unknown_document_gives_a_page_that_says_so(client: TestClient, name: str) -> None:
    response = client.get(f"/d/{quote(name, safe='')}")
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/html")
    assert "<h1>没有这个文档</h1>" in response.text
    assert 'href="/d/small"' in response.text
    assert "<script>" not in response.text


# Both


@pytest.mark.parametrize("path", ["/overview", "/overview?over=item", "/d/evil"])
def test_hostile_markup_in_a_document_is_shown_as_text(
    searcher_of: Callable[..., Searcher], path: str
) -> None:
    page = client_of(searcher_of(hostile())).get(path).text
    main = page[page.index("<main") : page.index("</main>")]
    assert not re.search(r"<(u|i|img|script)\b", page.replace("<script src=", ""))
    assert "onload=" not in re.sub(r">[^<]*<|\"[^\"]*\"", "", main)
    assert "&lt;b onclick=x&gt;方面&lt;/b&gt;" in main


@pytest.mark.parametrize("path", ["/overview", "/overview?over=item", "/d/small", "/d/none"])
def test_pages_have_unique_ids_and_nothing_inline(client: TestClient, path: str) -> None:
    page = client.get(path).text
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', page)) <= set(ids)
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?! src=)", page)
    assert set(re.findall(r'href="(#[^"]+)"', page)) <= {f"#{name}" for name in ids}
