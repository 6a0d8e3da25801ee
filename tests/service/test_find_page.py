"""The find page, over HTTP: facets, orders, pages."""

import re
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from starlette.datastructures import QueryParams

from corpus.errors import InputError
from corpus.measures import Parsed
from service.web.find import window
from service.web.find_form import Chip, FindForm, chips, read_find
from service.web.listing import Entry, holds, ordered
from service.web.numbers import read_number
from tests.service.browsing import HOSTILE, Tags


def listed(page: str) -> list[str]:
    """The ids of the listed measures, in order."""
    return re.findall(r'<h3 id="h\d+"><a href="/m/([^"]+)">', page)


def counts(page: str, name: str) -> dict[str, int]:
    """The counts of a facet's values."""
    found = re.findall(
        rf'name="{name}" value="([^"]+)"[^>]*><span class="value">[^<]*</span> '
        r'<span class="count">(\d+)<',
        page,
    )
    return {value: int(count) for value, count in found}


# The form


def test_form_address_leaves_out_what_is_usual_and_keeps_every_value() -> None:
    form = FindForm("a&b", {"due": ("2022-03", "2022-06")}, "month", 2)
    assert form.address() == "/find?q=a%26b&due=2022-03&due=2022-06&sort=month&page=2"
    assert form.at(1).address("/find.csv").startswith("/find.csv?q=a%26b")
    assert FindForm().address() == "/find"


def test_form_goes_back_to_the_first_page_where_the_list_changes() -> None:
    form = FindForm("", {"due": ("2022-03", "2022-06")}, "", 3)
    assert form.without("due", "2022-03") == FindForm("", {"due": ("2022-06",)}, "", 1)
    assert form.by("month").page == 1
    assert form.cleared() == FindForm()


def test_order_is_by_relevance_only_with_a_query() -> None:
    assert FindForm("x").order == "relevance"
    assert FindForm("x", {}, "month").order == "month"
    assert FindForm("", {}, "relevance").order == "item"


def test_read_find_is_the_inverse_of_the_address() -> None:
    form = FindForm("登记", {"lead": ("市税务局", "市建委"), "applicable": ("no",)}, "item", 4)
    assert read_find(QueryParams(form.address().partition("?")[2])) == form


@pytest.mark.parametrize(
    "given", ["page=0", "page=x", "page=-1", "page=²", "page=9999999", "sort=x"]
)
def test_read_find_refuses_what_is_no_page_or_order(given: str) -> None:
    with pytest.raises(InputError, match=r"页码|排序"):
        read_find(QueryParams(given))


def test_chips_say_each_value_and_lead_to_the_list_without_it() -> None:
    form = FindForm("x", {"due": ("2022-03",), "item": ("60",), "applicable": ("no",)})
    labels = {"item": "事项", "due": "完成时间", "applicable": "是否涉及"}
    assert [(chip.label, chip.value) for chip in chips(form, labels)] == [
        ("事项", "第60项"),
        ("完成时间", "2022年3月"),
        ("是否涉及", "本地不涉及"),
    ]
    assert chips(form, labels)[1] == Chip(
        "完成时间", "2022年3月", "/find?q=x&item=60&applicable=no"
    )


@pytest.mark.parametrize(
    ("page", "pages", "linked"),
    [
        (1, 1, (1,)),
        (1, 18, (1, 2, 3, 0, 18)),
        (5, 18, (1, 2, 3, 4, 5, 6, 7, 0, 18)),
        (9, 18, (1, 0, 7, 8, 9, 10, 11, 0, 18)),
        (18, 18, (1, 0, 16, 17, 18)),
    ],
)
def test_window_links_ends_and_neighbours(page: int, pages: int, linked: tuple[int, ...]) -> None:
    assert window(page, pages) == linked


def test_holds_wants_all_words_somewhere_in_the_row(small: Parsed) -> None:
    measure = small.measures[2]
    assert holds(measure, ["办税", "市税务局"])
    assert not holds(measure, ["办税", "公积金"])


def test_ordered_by_month_puts_measures_without_one_last(small: Parsed) -> None:
    entries = [Entry(measure, None) for measure in reversed(small.measures)]
    by_item = [e.measure.id.split(":")[1] for e in ordered(entries, "item")]
    by_month = [e.measure.id.split(":")[1] for e in ordered(entries, "month")]
    assert by_item == ["1.1.1", "1.1.2", "2.1.1", "2.2.1"]
    assert by_month == ["2.1.1", "1.1.1", "1.1.2", "2.2.1"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2", "第2项"),
        (" ２ ", "第2项"),
        ("2.2", "第2项第2行"),
        ("1.2", "第1项第2条"),  # a single row, whose second measure it is
        ("9", ""),
        ("2.9", ""),
        ("2.2.1", ""),  # an id, which the search reads itself
        ("2022年", ""),
    ],
)
def test_read_number_takes_an_item_a_row_or_a_measure_that_is_there(
    small: Parsed, typed: str, said: str
) -> None:
    place = read_number(typed, small.measures)
    assert (place.said if place else "") == said


# The page


def test_without_a_query_all_measures_stand_in_document_order(client: TestClient) -> None:
    page = client.get("/find").text
    assert listed(page) == ["small:1.1.1", "small:1.1.2", "small:2.1.1", "small:2.2.1"]
    assert "共 <b>4</b> 条，属于 <b>2</b> 项" in page
    assert counts(page, "due") == {"2022-03": 1, "2022-06": 2, "2022-12": 1}


def test_values_of_a_facet_are_alternatives_and_facets_add_up(client: TestClient) -> None:
    page = client.get("/find?due=2022-03&due=2022-06").text
    assert listed(page) == ["small:1.1.1", "small:1.1.2", "small:2.1.1"]
    page = client.get("/find", params={"due": ["2022-03", "2022-06"], "lead": "市税务局"}).text
    assert listed(page) == ["small:2.1.1"]
    assert counts(page, "due") == {"2022-03": 1, "2022-06": 0}
    assert counts(page, "lead") == {"市市场监管局": 2, "市税务局": 1}


def test_chosen_values_can_be_taken_away_one_by_one(client: TestClient) -> None:
    page = Tags(client.get("/find?q=办税&due=2022-03&aspect=二、第二方面").text)
    labels = [a.get("aria-label") for a in page.all("a") if a.get("aria-label")]
    assert labels[:2] == ["去掉条件：方面 二、第二方面", "去掉条件：取得阶段性成效时间 2022年3月"]
    assert f"/find?q={quote('办税')}&due=2022-03" in page.links()
    checked = [a["value"] for a in page.all("input") if "checked" in a]
    assert checked == ["二、第二方面", "2022-03"]


def test_facets_that_leave_nothing_say_so_and_stay_in_sight(client: TestClient) -> None:
    response = client.get("/find?due=2022-03&lead=市公积金中心")
    assert response.status_code == 200
    assert "没有符合条件的举措" in response.text
    assert counts(response.text, "due") == {"2022-03": 0, "2022-12": 1}


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/find?lead=火星局", 404, "“牵头单位”里没有“火星局”"),
        ("/find?aspect=火星", 404, "“方面”里没有“火星”"),
        ("/find?due=2022-13", 404, "里没有“2022年13月”"),
        ("/find?item=9", 404, "“事项”里没有“第9项”"),
        ("/find?applicable=maybe", 404, "“是否涉及”里没有“maybe”"),
        (
            "/find?sort=random",
            422,
            "“random”；可用 相关程度（sort=relevance）、文档次序（sort=item）",
        ),
        ("/find?page=9", 404, "没有第 9 页；一共 1 页"),
        ("/find?page=x", 422, "页码应是"),
        ("/find?q=" + "址" * 3000, 422, "问题太长（3000 字）"),
    ],
)
def test_bad_input_is_told_in_the_page(
    client: TestClient, path: str, status: int, says: str
) -> None:
    response = client.get(path)
    assert response.status_code == status
    assert response.headers["content-type"].startswith("text/html")
    alert = re.search(r'role="alert">([^<]*)<', response.text)
    assert alert is not None
    assert says in alert[1]


@pytest.mark.parametrize(
    "name", ["q", "lead", "aspect", "due", "item", "document", "applicable", "sort", "page"]
)
def test_hostile_markup_in_the_address_is_shown_as_text(client: TestClient, name: str) -> None:
    page = client.get("/find", params={name: HOSTILE}).text
    assert "<script>" not in page
    assert not Tags(page).all("img")


def legends(page: str) -> list[str]:
    """The names of the facets."""
    return re.findall(r"<legend>([^<]*)</legend>", page)


def test_facets_orders_and_chips_have_the_documents_own_names(
    client: TestClient, alone: TestClient
) -> None:
    page = client.get("/find?sort=month").text
    named = ["取得阶段性成效时间", "牵头单位", "责任单位"]
    assert legends(page) == ["方面", *named, "是否涉及"]
    page = alone.get("/find?sort=month&lead=市教育局").text
    assert legends(page) == ["完成时间", "主管部门", "是否涉及"]
    assert '<span class="now" aria-current="true">完成时间</span>' in page
    assert 'aria-label="去掉条件：主管部门 市教育局"' in page
    assert "牵头单位" not in page


def test_facets_over_documents_that_name_columns_differently_are_neutral(
    pair: TestClient,
) -> None:
    page = pair.get("/find").text
    assert legends(page)[2:] == ["时间", "单位", "参与单位", "是否涉及"]
    assert counts(page, "lead")["市税务局"] == 2
    assert legends(pair.get("/find?document=tasks").text)[1:3] == ["完成时间", "主管部门"]


def test_a_time_is_shown_as_it_is_written_and_can_be_chosen(alone: TestClient) -> None:
    page = alone.get("/find").text
    assert '<dt>完成时间</dt><dd><time datetime="2025-12">2025年底前</time></dd>' in page
    assert listed(alone.get("/find?due=长期坚持").text) == ["tasks:2.1.1"]


def test_words_of_a_column_of_no_known_role_are_found(alone: TestClient) -> None:
    assert "tasks:2.1.1" in listed(alone.get("/find?q=区级财政").text)
    assert "tasks:2.1.1" in listed(alone.get("/find?q=长期坚持").text)


def test_a_query_tells_why_each_measure_is_listed(client: TestClient) -> None:
    page = client.get("/find?q=一照多址").text
    assert listed(page)[0] == "small:1.1.1"
    assert "扩大“<mark>一照多址</mark>”适用范围。" in page
    assert "<dt>向量一路</dt><dd>第 1 名，余弦" in page
    assert "<dt>词面一路</dt><dd>第 1 名，BM25" in page
    assert "<dt>对上的词</dt><dd>一照多址" in page


# The real list


def test_real_list_fills_eighteen_pages_that_hold_each_measure_once(real: TestClient) -> None:
    pages = [real.get(f"/find?page={n}").text for n in range(1, 19)]
    found = [name for page in pages for name in listed(page)]
    assert len(found) == len(set(found)) == 346
    assert "其中 2 条本地不涉及" in pages[0]
    rels = [a.get("rel") for a in Tags(pages[8]).all("a") if a.get("rel")]
    assert rels == ["prev", "next"]


def test_real_keyword_finds_every_measure_whose_row_holds_it(real: TestClient) -> None:
    searcher = real.app.state.searcher  # type: ignore[attr-defined]
    held = {m.id for m in searcher.measures if holds(m, ["不动产登记"])}
    pages = [real.get(f"/find?q=不动产登记&page={n}").text for n in (1, 2)]
    found = [name for page in pages for name in listed(page)]
    assert held <= set(found)
    assert len(held) > 10


def test_real_scores_fall_down_the_list(real: TestClient) -> None:
    page = real.get("/find?q=不动产登记").text
    shown = re.findall(r"相关概率 (不到 1%|\d+%)</span>", page)
    scores = [0 if "不到" in one else int(one[:-1]) for one in shown]
    assert len(scores) == len(listed(page))
    assert scores == sorted(scores, reverse=True)


def test_real_stranger_finds_the_nearest_and_says_that_they_are_no_answer(
    real: TestClient,
) -> None:
    page = real.get("/find?q=世界杯冠军").text
    assert len(listed(page)) == 10
    assert "没有够得上的举措" in page


def test_real_place_finds_the_measures_there(real: TestClient) -> None:
    assert listed(real.get("/find?q=第60项第2行第1条").text) == ["hz-2022:60.2.1"]
    row = [f"hz-2022:60.2.{n}" for n in (1, 2, 3)]
    assert listed(real.get("/find?q=60.2").text) == row
    page = real.get("/find?q=27").text
    assert listed(page) == listed(real.get("/find?q=第27项").text)
    assert "按“<b>第27项</b>”检索" in page
    assert len(listed(real.get("/find?item=60").text)) == len(
        listed(real.get("/find?q=第60项").text)
    )


def test_real_measures_that_do_not_concern_the_place_are_found_by_their_facet(
    real: TestClient,
) -> None:
    page = real.get("/find?applicable=no").text
    assert listed(page) == ["hz-2022:42.1.1", "hz-2022:54.1.1"]
    assert page.count('<span class="flag off">本地不涉及</span>') == 2
