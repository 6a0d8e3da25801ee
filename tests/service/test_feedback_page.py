"""Judging answers over HTTP and on the page, and the staff's page of unanswered questions."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, expect

from corpus.measures import parse
from index.build import Source, build_index
from index.search import Searcher
from service.answer import Answer
from service.app import app_over
from service.feedback.masking import MASK
from service.feedback.noting import topic_of
from service.feedback.store import FILE, Asked, Judged, Store, open_store
from service.web import feedback as page_module
from service.web.feedback import named_measure
from tests.conftest import SMALL, make_document
from tests.fakes import FakeEmbedder
from tests.service.browsing import HOSTILE, Tags, serving

DAY = date(2022, 3, 1)


@pytest.fixture
def store() -> Iterator[Store]:
    """A store in memory, on the first of March 2022 for ever."""
    opened = open_store(today=lambda: DAY)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def searcher_small() -> Searcher:
    """The small list with the fake embedder: measures 1.1.1, 1.1.2, 2.1.1, 2.2.1."""
    source = Source(parse(make_document(SMALL)))
    return Searcher(build_index([source], FakeEmbedder()), FakeEmbedder())


@pytest.fixture
def client(searcher_small: Searcher, store: Store) -> TestClient:
    """A client that follows no redirect."""
    return TestClient(app_over(searcher_small, store), follow_redirects=False)


@pytest.fixture
def broken(searcher_small: Searcher, tmp_path: Path) -> TestClient:
    """A client whose database has lost its tables."""
    opened = open_store(f"sqlite:///{tmp_path / FILE}")
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("DROP TABLE wence_asked")
        connection.execute("DROP TABLE wence_judged")
    connection.close()
    return TestClient(app_over(searcher_small, opened), follow_redirects=False)


# Noting what is asked


def test_ask_over_http_is_noted_once_a_question_with_its_outcome(
    client: TestClient, store: Store
) -> None:
    for _ in range(2):
        answer = client.post("/api/ask", json={"question": "网上缴税，电话13800138000"}).json()
    (row,) = store.asked()
    assert (row.day, row.question, row.count) == (DAY, f"网上缴税，电话{MASK}", 2)
    assert (row.answerable, row.confidence) == (answer["answerable"], answer["confidence"])


def test_ask_that_is_refused_as_input_is_not_noted(client: TestClient, store: Store) -> None:
    assert client.post("/api/ask", json={"question": " "}).status_code == 422
    assert store.asked() == ()


def test_ask_with_a_broken_store_answers_and_tells_log_and_metric(
    broken: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    assert broken.post("/api/ask", json={"question": "网上缴税"}).status_code == 200
    assert "没有记下一个问题" in caplog.text
    assert "网上缴税" not in caplog.text
    assert "wence_notes_failed_total 1.0" in broken.get("/metrics").text


def test_topic_is_the_answers_item_or_a_near_measures_or_none(searcher_small: Searcher) -> None:
    (hit,) = searcher_small.search("网上缴纳税费", k=1).hits
    answered = Answer("问", "fact", "answered", 0.9, None, "", (("small", 1),), (), (hit,), ())
    assert topic_of(answered) == "small:1"
    near = Answer("网上缴纳税费", "none", "refused", 0.1, None, "", (), (), (), (hit,))
    assert topic_of(near) == "small:2"
    (far,) = searcher_small.search("xyz", k=1).hits
    assert topic_of(Answer("xyz", "none", "refused", 0.1, None, "", (), (), (), (far,))) == ""
    assert topic_of(Answer("问", "none", "refused", 0.0, None, "", (), (), (), ())) == ""


# Judging by JSON


def judge(client: TestClient, **body: Any) -> Any:
    return client.post("/api/feedback", json={"question": "办税", "verdict": "useful"} | body)


def test_post_feedback_stores_full_ids_and_gives_back_what_it_stored(
    client: TestClient, store: Store
) -> None:
    body = {
        "question": "打13800138000问",
        "verdict": "right",
        "measure": "2.1.1",
        "shown": ["1.1.1"],
    }
    response = client.post("/api/feedback", json=body)
    assert response.status_code == 201
    assert response.json() == {
        "question": f"打{MASK}问",
        "verdict": "right",
        "measure": "small:2.1.1",
        "shown": ["small:1.1.1"],
        "day": "2022-03-01",
    }
    assert store.judged() == (
        Judged(DAY, f"打{MASK}问", "right", "small:2.1.1", ("small:1.1.1",), 1),
    )


def test_post_feedback_without_measure_gives_null(client: TestClient) -> None:
    assert judge(client).json()["measure"] is None


@pytest.mark.parametrize("body", [{"measure": "9.9.9", "verdict": "right"}, {"shown": ["9.9.9"]}])
def test_post_feedback_of_an_unknown_measure_is_404(
    client: TestClient, store: Store, body: dict[str, Any]
) -> None:
    response = judge(client, **body)
    assert (response.status_code, response.json()["status"]) == (404, 404)
    assert response.headers["content-type"] == "application/problem+json"
    assert "9.9.9" in response.json()["detail"]
    assert store.judged() == ()


@pytest.mark.parametrize(
    "body",
    [
        {"question": ""},
        {"question": "办" * 2001},
        {"question": "\ud800"},
        {"question": 7},
        {"verdict": "good"},
        {"verdict": "right"},
        {"measure": "1.1.1"},
        {"measure": "x", "verdict": "right"},
        {"shown": "1.1.1"},
        {"shown": ["1.1.1"] * 101},
        {"user": "me"},
    ],
)
def test_post_feedback_that_does_not_fit_is_a_problem_and_stores_nothing(
    client: TestClient, store: Store, body: dict[str, Any]
) -> None:
    sent = {"question": "办税", "verdict": "useful"} | body
    text = str(sent).replace("'", '"').replace("\ud800", "\\ud800")
    response = client.post(
        "/api/feedback", content=text, headers={"content-type": "application/json"}
    )
    assert response.status_code == 422, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"]
    assert store.judged() == ()


def test_feedback_and_gaps_with_a_broken_store_are_503_and_keep_its_address(
    broken: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    for response in (judge(broken), broken.get("/api/gaps")):
        assert response.status_code == 503
        assert response.headers["content-type"] == "application/problem+json"
        assert "反馈库" in response.json()["detail"]
        assert "sqlite" not in response.text
    assert FILE in caplog.text
    for page in (broken.get("/gaps"), send(broken, verdict="useful")):
        assert page.status_code == 503
        assert 'role="alert"' in page.text


# Judging by the form


def send(client: TestClient, headers: Mapping[str, str] | None = None, **fields: Any) -> Any:
    return client.post("/feedback", data={"question": "办税"} | fields, headers=headers)


def test_form_counts_and_leads_back_to_the_question_with_thanks(
    client: TestClient, store: Store
) -> None:
    response = send(client, verdict="useful", shown=["small:1.1.1", "small:2.1.1"])
    assert response.status_code == 303
    assert response.headers["location"] == "/?q=%E5%8A%9E%E7%A8%8E&thanks=useful#feedback"
    assert store.judged() == (Judged(DAY, "办税", "useful", "", ("small:1.1.1", "small:2.1.1"), 1),)


def test_form_leads_back_to_the_whole_address_that_it_came_from(client: TestClient) -> None:
    came = "/?q={}&t={}&t={}&thanks=".format(*map(quote, ("那谁牵头", "办税", "缴费")))
    headers = {"referer": f"http://testserver{came}not_useful"}
    sent = send(client, headers, verdict="right", measure="2.1.1")
    assert sent.headers["location"] == f"{came}right#feedback"


@pytest.mark.parametrize(
    ("thanks", "offered"),
    [("useful", 0), ("not_useful", 1), ("right", 0), (HOSTILE, 0)],
)
def test_page_asks_for_the_right_measure_after_not_useful_only(
    client: TestClient, thanks: str, offered: int
) -> None:
    page = client.get("/", params={"q": "办税", "thanks": thanks}).text
    assert "谢谢，评价已记下" in page
    assert page.count('name="measure"') == offered
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    "came",
    ["http://evil.example/?q=x", "http://testserver/feedback?q=x", "http://testserver/", "//"],
)
def test_form_never_leads_elsewhere(client: TestClient, came: str) -> None:
    location = send(client, {"referer": came}, verdict="useful").headers["location"]
    assert location == "/?q=%E5%8A%9E%E7%A8%8E&thanks=useful#feedback"


@pytest.mark.parametrize(
    ("fields", "measure"),
    [
        ({"verdict": "right", "measure": " 2.1.1 "}, "small:2.1.1"),
        ({"measure": "2.1.1"}, "small:2.1.1"),
        ({"pick": "small:2.2.1"}, "small:2.2.1"),
        ({"verdict": "right", "measure": "第1项第2条"}, "small:1.1.2"),
    ],
)
def test_form_tells_the_right_measure(
    client: TestClient, store: Store, fields: dict[str, Any], measure: str
) -> None:
    assert send(client, **fields).status_code == 303
    assert [(j.verdict, j.measure) for j in store.judged()] == [("right", measure)]


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"verdict": "right"}, 422, "请填写正确举措的编号"),
        ({"verdict": "right", "measure": "9.9.9"}, 404, "9.9.9"),
        ({"verdict": "right", "measure": "第1项"}, 422, "2 条举措"),
        ({"verdict": "right", "measure": "第99项"}, 404, "第99项"),
        ({"verdict": "right", "measure": "某条"}, 422, "某条"),
        ({"verdict": "right", "measure": "9" * 5000 + "项"}, 422, "编号"),
        ({"verdict": "good"}, 422, "good"),
        ({"verdict": "useful", "question": ""}, 422, "问题是空的"),
        ({"verdict": "useful", "shown": "9.9.9"}, 404, "9.9.9"),
    ],
)
def test_form_with_a_mistake_gives_a_page_that_says_it_and_stores_nothing(
    client: TestClient, store: Store, fields: dict[str, Any], status: int, says: str
) -> None:
    response = send(client, **fields)
    assert response.status_code == status
    assert response.headers["content-type"].startswith("text/html")
    assert says in response.text
    assert store.judged() == ()


def test_form_with_hostile_text_shows_it_as_text(client: TestClient) -> None:
    response = send(client, question=HOSTILE, verdict="right", measure=HOSTILE, shown=[HOSTILE])
    assert response.status_code == 422
    assert "<script>alert" not in response.text
    assert "<img" not in response.text


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": "http://testserver"},
        {"origin": "http://evil.example"},
        {"origin": "http://testserver.evil.example"},
        {"origin": "null"},
    ],
)
def test_posts_from_other_sites_are_refused(
    client: TestClient, store: Store, headers: dict[str, str]
) -> None:
    assert send(client, headers, verdict="useful").status_code == 403
    body = {"question": "办税", "verdict": "useful"}
    response = client.post("/api/feedback", json=body, headers=headers)
    assert response.status_code == 403
    assert response.headers["content-type"] == "application/problem+json"
    assert store.judged() == ()


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "same-origin"}, {"origin": "http://testserver"}, {}]
)
def test_posts_from_this_site_or_a_program_are_taken(
    client: TestClient, headers: dict[str, str]
) -> None:
    assert send(client, headers, verdict="useful").status_code == 303


def test_named_measure_takes_an_id_or_a_place_in_words(searcher_small: Searcher) -> None:
    names = ("2.2.1", "small:2.2.1", "第2项第2行第1条", "第二项第二行第一条")
    assert {named_measure(searcher_small, name).id for name in names} == {"small:2.2.1"}


# The gap report


def fill(store: Store) -> None:
    """Eleven questions without an answer, one with."""
    for _ in range(4):
        store.note_asked("税款滞纳金怎么算", False, 0.1, "small:2")
    store.note_asked("请问税款滞纳金怎么算？", False, 0.1, "small:2")
    for _ in range(3):
        store.note_asked("明天会下雨吗", False, 0.1, "")
    store.note_asked("一照多址谁牵头", True, 0.9, "small:1")
    for _ in range(3):
        store.note_judged("一照多址谁牵头", "not_useful", "", ["small:1.1.1"])


def test_get_gaps_gives_topics_by_count(client: TestClient, store: Store) -> None:
    fill(store)
    found = client.get("/api/gaps").json()
    assert (found["since"], found["least"]) == (None, 1)
    assert [(t["heading"], t["count"]) for t in found["topics"]] == [
        ("第2项 推行“一网通办”", 5),
        ("清单之外", 3),
        ("第1项 开展“一照多址”改革", 3),
    ]
    (gap,) = found["topics"][0]["gaps"]
    assert gap["wordings"][1] == {"question": "请问税款滞纳金怎么算？", "count": 1}
    assert len(client.get("/api/gaps", params={"least": 4}).json()["topics"]) == 1


def test_get_gaps_since_a_later_day_is_empty_and_since_no_day_is_refused(
    client: TestClient, store: Store
) -> None:
    fill(store)
    later = client.get("/api/gaps", params={"since": "2022-03-02"}).json()
    assert (later["since"], later["topics"]) == ("2022-03-02", [])
    for bad in ({"since": "昨天"}, {"least": 0}, {"least": "x"}):
        assert client.get("/api/gaps", params=bad).status_code == 422


def test_gaps_page_is_a_table_with_headers_and_links(client: TestClient, store: Store) -> None:
    fill(store)
    response = client.get("/gaps")
    assert response.status_code == 200
    tags = Tags(response.text).tags
    scopes = [a["scope"] for tag, a in tags if tag == "th"]
    assert scopes == ["col"] * 4 + ["rowgroup", "row"] * 3
    links = [a.get("href") for tag, a in tags if tag == "a"]
    assert "/m/small:2.1.1" in links
    assert f"/?q={quote('明天会下雨吗')}" in links
    assert "另有 1 种说法" in response.text
    ids = [a["id"] for _, a in tags if "id" in a]
    assert len(ids) == len(set(ids))


def test_gaps_page_without_gaps_says_so_and_keeps_the_day(client: TestClient) -> None:
    response = client.get("/gaps", params={"since": "2022-03-02"})
    assert "没有未答的问题" in response.text
    assert 'value="2022-03-02"' in response.text
    assert "<table" not in response.text


def test_gaps_page_with_a_bad_day_says_so(client: TestClient) -> None:
    response = client.get("/gaps", params={"since": HOSTILE})
    assert response.status_code == 422
    assert 'role="alert"' in response.text
    assert "<script>alert" not in response.text


def test_gaps_page_shows_hostile_questions_as_text(client: TestClient, store: Store) -> None:
    store.note_asked(HOSTILE, False, 0.1, "")
    page = client.get("/gaps").text
    assert "<script>alert" not in page
    assert "<img" not in page


def test_gaps_page_of_very_many_lists_the_first_and_says_how_many(
    client: TestClient, store: Store
) -> None:
    for place in range(page_module.LISTED + 5):
        store.note_asked(chr(0x4E00 + 2 * place) + chr(0x4E01 + 2 * place), False, 0.1, "")
    page = client.get("/gaps").text
    assert "205 个问题，只列前 200 个" in page
    assert page.count('scope="row"') == 200


# In a real browser


@pytest.fixture(scope="module")
def kept() -> Iterator[Store]:
    """The store of the served site."""
    opened = open_store(today=lambda: DAY)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def served(searcher_small: Searcher, kept: Store) -> Iterator[str]:
    """The small list on a real server at a free port."""
    with serving(app_over(searcher_small, kept)) as address:
        yield address


def eventually(found: Callable[[], tuple[Asked, ...] | tuple[Judged, ...]]) -> Any:
    """The first rows that are there within five seconds: notes follow the answer."""
    for _ in range(100):
        if rows := found():
            return rows
        time.sleep(0.05)
    return found()


@pytest.mark.slow
@pytest.mark.parametrize("script", [True, False])
def test_browser_judges_an_answer_and_is_thanked(
    served: str, chromium: Browser, kept: Store, script: bool
) -> None:
    asked = "第1项第2条" if script else "第2项第1行第1条"  # an address is always answered
    context = chromium.new_context(java_script_enabled=script)
    page = context.new_page()
    page.goto(f"{served}/?q={quote(asked)}")
    page.get_by_role("button", name="有用", exact=True).click()
    expect(page.get_by_text("谢谢，评价已记下")).to_be_visible()
    assert page.url.startswith(f"{served}/?q=")
    (row,) = eventually(lambda: tuple(j for j in kept.judged() if j.question == asked))
    assert row.verdict == "useful"
    assert row.shown[0] == ("small:1.1.2" if script else "small:2.1.1")
    assert eventually(lambda: tuple(a for a in kept.asked() if a.question == asked))
    context.close()


@pytest.mark.slow
@pytest.mark.parametrize("script", [True, False])
def test_browser_says_not_useful_and_then_which_measure_is_right(
    searcher_small: Searcher, store: Store, chromium: Browser, script: bool
) -> None:
    with serving(app_over(searcher_small, store)) as address:
        context = chromium.new_context(java_script_enabled=script)
        page = context.new_page()
        page.goto(f"{address}/?q={quote('第2项第1条讲什么')}")
        page.get_by_role("button", name="没用").click()
        expect(page.get_by_text("谢谢，评价已记下")).to_be_visible()
        page.get_by_label("举措编号").fill("1.1.1")
        page.get_by_role("button", name="提交").click()
        expect(page.get_by_label("举措编号")).to_have_count(0)
        context.close()
    judged = sorted((one.verdict, one.measure) for one in store.judged())
    assert judged == [("not_useful", ""), ("right", "small:1.1.1")]


@pytest.mark.slow
def test_browser_reload_is_not_noted_again(
    searcher_small: Searcher, store: Store, chromium: Browser
) -> None:
    with serving(app_over(searcher_small, store)) as address:
        page = chromium.new_page()
        page.goto(f"{address}/?q={quote('明天会下雨吗')}")
        page.reload()
        page.close()
    assert [(asked.question, asked.count) for asked in store.asked()] == [("明天会下雨吗", 1)]


@pytest.mark.slow
def test_browser_names_the_right_measure_by_keyboard(
    served: str, chromium: Browser, kept: Store
) -> None:
    page = chromium.new_page()
    page.goto(f"{served}/?q={quote('第1项第1条说什么')}")
    page.get_by_text("正确的举措是").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("举措编号")).to_be_focused()
    page.keyboard.type("9.9.9")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("没有举措 9.9.9")
    page.get_by_text("正确的举措是").click()
    page.get_by_label("举措编号").fill("第1项第1条")
    page.keyboard.press("Enter")
    expect(page.get_by_text("谢谢，评价已记下")).to_be_visible()
    rows = [j for j in kept.judged() if j.question == "第1项第1条说什么"]
    assert [(j.verdict, j.measure) for j in rows] == [("right", "small:1.1.1")]
    page.close()


def contents(page: Page) -> list[str]:
    """What the page complains of: parts wider than the window."""
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [f"{wide} px too wide"] if wide > 0 else []


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_browser_gaps_page_fits_every_width(
    served: str, chromium: Browser, kept: Store, tmp_path: Path, width: int, scheme: str
) -> None:
    for question, item in {
        "公积金贷款额度最高能贷多少": "small:2",
        "请问公积金贷款额度最高多少": "small:2",
        "注册一家公司最少要交多少注册资本": "small:1",
        "明天会下雨吗": "",
        "https://example.org/" + "a" * 80: "",
    }.items():
        kept.note_asked(question, False, 0.1, item)
    context = chromium.new_context(
        viewport={"width": width, "height": 844},
        bypass_csp=True,  # axe is put into the page as a script
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    page.goto(f"{served}/gaps")
    page.get_by_text("另有 1 种说法").click()
    page.screenshot(path=tmp_path / f"gaps-{width}-{scheme}.png", full_page=True)
    assert contents(page) == []
    assert Axe().run(page).response["violations"] == []
    page.goto(f"{served}/gaps?since=2022-03-02")
    expect(page.get_by_text("没有未答的问题")).to_be_visible()
    context.close()
