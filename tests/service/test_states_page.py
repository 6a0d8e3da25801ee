"""The three states of an answer, what a word may mean, greetings, and what is next, on the page."""

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, expect

from index.search import Searcher
from service.app import app_over
from service.contacts import Contact
from tests.service.browsing import ASKED, serving

REFUSED = "个人公积金贷款额度是多少"
NEAR = "专利能抵押贷款吗"


def test_home_says_what_it_is_whose_list_and_of_when(real: TestClient) -> None:
    page = real.get("/").text
    assert "杭州市人民政府《杭州市落实首批营商环境创新试点改革事项举措清单》（2022年）" in page
    assert "2022年的清单；是否仍在执行以主管部门为准。" in page


def test_greeting_gets_a_friendly_line_and_is_not_noted(client: TestClient) -> None:
    page = client.get("/", params={"q": "你好！"}).text
    assert "您好！我是问策" in page
    assert "没有找到答案" not in page
    assert client.app.state.store.asked() == ()  # type: ignore[attr-defined]


def test_real_vague_word_gets_a_choice_one_click_each(real: TestClient) -> None:
    page = real.get("/", params={"q": "破产"}).text
    assert '<h2 id="answer">您想问的是哪一件？</h2>' in page
    chosen = re.findall(r'<li><a href="(/\?q=[^"]+)">', page)
    assert len(chosen) >= 2
    for address in chosen:
        assert "您想问的是哪一件" not in real.get(address).text


def test_vague_word_within_a_talk_is_a_follow_up(real: TestClient) -> None:
    page = real.get("/", params={"q": "破产", "t": "一照多址怎么办理"}).text
    assert "您想问的是哪一件" not in page


def test_real_answer_tells_plain_words_above_the_source_and_never_cites_them(
    real: TestClient, real_searcher: Searcher
) -> None:
    page = real.get("/", params={"q": ASKED}).text
    plain = real_searcher.index.plain["hz-2022:16.1.2"]
    at = page.index(plain)
    assert page.count(plain) == 1
    assert '<span class="what">白话（说明，以原文为准）</span>' in page
    assert at < page.index('<p class="text">')
    told = real.post("/api/ask", json={"question": ASKED}).json()
    assert plain not in told["answer"]
    assert all(plain not in citation["quote"] for citation in told["citations"])
    assert told["hits"][0]["measure"]["plain"] == plain


def test_real_refusal_tells_whom_to_ask_and_how_else(real: TestClient) -> None:
    page = real.get("/", params={"q": "个人公积金贷款额度是多少"}).text
    assert "可以问<b>市市场监管局</b>" in page
    others = page.partition("换个问法，这样问有答案：")[2].partition("</ul>")[0]
    wordings = re.findall(r'<a href="/\?q=[^"]+">([^<]+)</a>', others)
    assert 1 <= len(wordings) <= 2
    for wording in wordings:
        assert "没有找到答案" not in real.get("/", params={"q": wording}).text


def test_one_click_says_which_measure_it_was_and_is_a_judgement(real: TestClient) -> None:
    question = "个人公积金贷款额度是多少"
    page = real.get("/", params={"q": question}).text
    (first, *_) = re.findall(r'form="feedback-verdict" name="pick" value="([^"]+)"', page)
    sent = {"question": question, "verdict": "right", "pick": first}
    after = real.post("/feedback", data=sent, follow_redirects=False)
    assert after.status_code == 303
    judged = real.app.state.store.judged()  # type: ignore[attr-defined]
    assert (question, "right", first) in {(j.question, j.verdict, j.measure) for j in judged}
    thanked = real.get(after.headers["location"].partition("#")[0]).text
    assert 'name="pick"' not in thanked


@pytest.fixture(scope="module")
def contacted(real_searcher: Searcher) -> Iterator[str]:
    """A real server over the real list with contacts."""
    contacts = (
        Contact(name="热线", phone="12345"),
        Contact(name="办事大厅", url="https://example.org/", organ="市市场监管局"),
    )
    with serving(app_over(real_searcher, contacts=contacts)) as address:
        yield address


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("question", ["", ASKED, "一照多址谁牵头", NEAR, REFUSED, "破产", "你好"])
def test_browser_every_state_fits_and_is_accessible_without_script(
    contacted: str, chromium: Browser, question: str, width: int, scheme: str
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 844},
        bypass_csp=True,  # axe is put into the page as a script
        color_scheme="dark" if scheme == "dark" else "light",
    )
    context.route("**/static/*.js*", lambda route: route.abort())
    page = context.new_page()
    page.goto(f"{contacted}/?q={quote(question)}" if question else contacted)
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
    assert Axe().run(page).response["violations"] == []
    context.close()


@pytest.mark.slow
def test_browser_an_owner_gets_from_a_word_to_whom_to_ask_in_two_clicks(
    contacted: str, chromium: Browser
) -> None:
    page = chromium.new_page(java_script_enabled=False)
    page.goto(f"{contacted}/?q={quote('破产')}")
    page.locator("ul.choices a").first.click()
    expect(page.locator(".lines dt", has_text="找谁")).to_be_visible()
    page.close()


@pytest.mark.slow
def test_browser_says_which_it_was_by_one_click_without_script(
    contacted: str, chromium: Browser
) -> None:
    page = chromium.new_page(java_script_enabled=False)
    page.goto(f"{contacted}/?q={quote(REFUSED)}")
    page.get_by_role("button", name="就是这条").first.click()
    expect(page.get_by_text("谢谢，评价已记下。")).to_be_visible()
    expect(page.get_by_role("button", name="就是这条")).to_have_count(0)
    page.close()
