"""The ask page and a measure's page in a real browser."""

import re
from collections.abc import Callable
from urllib.parse import quote, unquote

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from corpus.document import Document
from corpus.measures import parse
from index.search import Searcher
from service.app import app_over
from tests.service.browsing import ASKED, EVIL_LIST, HOSTILE, Watch, serving

pytestmark = pytest.mark.slow

SHIFT = """
() => new Promise(done => new PerformanceObserver(list => done(
  list.getEntries().reduce((sum, e) => sum + e.value, 0)
)).observe({type: 'layout-shift', buffered: true}) || setTimeout(() => done(0), 500))
"""


def box(page: Page, label: str = "写下问题") -> Locator:
    """The box of a label."""
    return page.get_by_label(label)


def test_browser_asks_jumps_to_the_citation_opens_the_row_and_goes_back(
    site: str, chromium: Browser
) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    watch = Watch(context)
    page = context.new_page()
    page.goto(site)
    box(page).fill(ASKED)
    page.get_by_role("button", name="提问", exact=True).click()
    expect(page).to_have_url(f"{site}/?q={quote(ASKED)}")
    first = page.locator("article.hit").first
    page.get_by_role("link", name="引文 1").first.click()
    expect(page.locator("#c1")).to_be_in_viewport()
    expect(page.locator("#c1")).to_be_focused()
    expect(first.locator("p.text mark").first).to_be_visible()
    row = first.locator("dl.row")
    expect(row).to_be_hidden()
    first.get_by_text("原文所在行").click()
    expect(row.locator("[aria-current=true]")).to_contain_text("探索建立容缺办证")
    first.get_by_role("heading").get_by_role("link").click()
    expect(page).to_have_url(f"{site}/m/hz-2022:16.1.2")
    expect(page.locator("blockquote mark")).to_contain_text("探索建立容缺办证")
    page.go_back()
    expect(box(page)).to_have_value(ASKED)
    page.reload()
    expect(box(page)).to_have_value(ASKED)
    expect(page.locator("[data-said]")).to_contain_text("已回答")
    assert watch.requests
    assert watch.foreign(site) == []
    assert watch.complaints == []
    context.close()


def test_browser_follows_up_and_starts_anew(site: str, chromium: Browser) -> None:
    page = chromium.new_page()
    first, second = "一照多址适用区域范围扩大到哪里", "那由谁牵头？"
    page.goto(f"{site}/?q={quote(first)}")
    box(page, "会连同前面的问题").fill(second)
    page.get_by_role("button", name="接着问").click()
    expect(page.get_by_role("navigation", name="前面问过")).to_contain_text(first)
    expect(page.locator("p.short")).to_contain_text("市市场监管局")
    assert unquote(page.url) == f"{site}/?t={first}&q={second}"
    page.get_by_role("navigation", name="前面问过").get_by_role("link", name=first).click()
    expect(box(page)).to_have_value(first)
    page.get_by_role("link", name="问新的问题").click()
    expect(page).to_have_url(f"{site}/")
    page.close()


def test_browser_long_list_has_no_inner_scroll_opens_its_rest_and_prints_whole(
    site: str, chromium: Browser
) -> None:
    question = "市税务局牵头哪些举措"
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{site}/?q={quote(question)}")
    for kind in ("listed", "brief"):
        fits = page.locator(f"ul.{kind}").first.evaluate("e => e.scrollHeight <= e.clientHeight")
        assert fits, kind
    last = page.locator("ul.listed li").last
    expect(last).to_be_hidden()
    page.locator("summary", has_text="其余 9 条").click()
    last.get_by_role("link", name="引文 19").click()
    expect(page.locator("#c19")).to_be_focused()  # it stands in the closed rest of the grounds
    page.goto(f"{site}/?q={quote(question)}")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name=f"问：{question}")).to_be_in_viewport()
    assert last.evaluate("e => e.getBoundingClientRect().height") > 0
    expect(page.locator("summary", has_text="其余")).to_have_count(2)
    expect(page.locator("summary", has_text="其余").first).to_be_hidden()
    page.close()


def test_browser_shows_a_refusal_as_such(site: str, chromium: Browser) -> None:
    page = chromium.new_page()
    page.goto(f"{site}/?q={quote('今天天气怎么样')}")
    expect(page.get_by_role("heading", name="没有找到答案")).to_be_visible()
    expect(page.get_by_role("heading", name="最接近的举措")).to_be_visible()
    expect(page.locator("[data-said]")).to_contain_text("没有找到答案")
    page.close()


def test_browser_copies_the_citation_and_the_address(site: str, chromium: Browser) -> None:
    context = chromium.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    page = context.new_page()
    page.goto(f"{site}/m/hz-2022:1.1.1")
    page.get_by_role("button", name="复制引文").click()
    expect(page.get_by_role("button", name="已复制")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("[data-reference]").inner_text()
    assert copied.endswith("第1项第1行第1条.")
    page.goto(f"{site}/?q={quote(ASKED)}")
    page.get_by_role("button", name="复制本页链接").click()
    expect(page.get_by_role("button", name="已复制")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    context.close()


def test_browser_suggests_while_typing_and_takes_one_by_keyboard(
    site: str, chromium: Browser
) -> None:
    context = chromium.new_context()
    watch = Watch(context)
    page = context.new_page()
    page.goto(site)
    typed = page.get_by_role("combobox")
    typed.press_sequentially("不动产", delay=20)
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(typed).to_have_attribute("aria-expanded", "true")
    assert sum("/api/suggest" in url for url in watch.requests) == 1
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    second = options.nth(1)
    expect(second).to_have_attribute("aria-selected", "true")
    expect(typed).to_have_attribute("aria-activedescendant", second.get_attribute("id") or "")
    chosen = second.locator("span").first.inner_text()
    expect(typed).to_have_value(chosen)
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(typed).to_have_value("不动产")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("ArrowDown")
    taken = typed.input_value()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site}/?q={quote(taken)}")
    assert watch.complaints == []
    context.close()


def test_browser_shows_no_suggestion_that_came_too_late(site: str, chromium: Browser) -> None:
    page = chromium.new_page()
    page.goto(site)
    typed = page.get_by_role("combobox")
    typed.press_sequentially("不动产")
    page.wait_for_timeout(160)
    typed.fill("")
    page.wait_for_timeout(500)
    expect(page.get_by_role("listbox", include_hidden=True)).to_be_hidden()
    expect(typed).to_have_attribute("aria-expanded", "false")
    page.close()


def test_browser_keyboard_alone_reaches_box_citation_and_measure(
    site: str, chromium: Browser
) -> None:
    page = chromium.new_page()
    page.goto(site)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(box(page)).to_be_focused()
    page.keyboard.type(ASKED)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="依据")).to_be_visible()
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('ref')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#c1")).to_be_focused()
    page.close()


def test_browser_without_script_asks_and_reads_a_citation(site: str, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site)
    box(page).fill(ASKED)
    page.get_by_role("button", name="提问").click()
    page.get_by_text("引用格式").first.click()
    expect(page.locator("[data-reference]").first).to_be_visible()
    expect(page.get_by_role("button", name="复制引文").first).to_be_hidden()
    expect(page.locator(".suggestions")).to_have_count(0)
    context.close()


def test_browser_tells_that_a_question_is_too_long_and_keeps_it(
    site: str, chromium: Browser
) -> None:
    page = chromium.new_page()
    page.goto(site)
    box(page).fill("址" * 100_000)
    page.get_by_role("button", name="提问", exact=True).click()
    assert page.url == f"{site}/"
    assert "问题太长（100000 字）" in box(page).evaluate("box => box.validationMessage")
    assert len(box(page).input_value()) == 100_000
    page.close()


def test_browser_shows_that_a_slow_answer_is_under_way(site: str, chromium: Browser) -> None:
    page = chromium.new_page()
    page.goto(site)
    # An answer that never comes: the form is sent, as far as the page can tell.
    page.evaluate("window.addEventListener('submit', event => event.preventDefault())")
    box(page).fill(ASKED)
    page.get_by_role("button", name="提问", exact=True).click()
    expect(page.locator("form[aria-busy=true]")).to_have_count(1)
    expect(page.locator("[data-progress]")).to_be_visible()
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow'))")
    expect(page.locator("form[aria-busy]")).to_have_count(0)
    expect(page.locator("[data-progress]")).to_be_hidden()
    page.close()


def test_browser_answers_within_300_ms_and_shifts_nothing(site: str, chromium: Browser) -> None:
    page = chromium.new_page()
    page.goto(f"{site}/?q={quote('公积金')}")
    took = []
    for question in ("电子证照", "不动产登记", ASKED, "一照多址怎么办理", "今天天气怎么样"):
        page.goto(f"{site}/?q={quote(question)}")
        took.append(page.evaluate("performance.getEntriesByType('navigation')[0].responseEnd"))
        assert page.evaluate(SHIFT) < 0.01, question
    assert sorted(took)[len(took) // 2] < 300
    page.close()


@pytest.mark.parametrize("path", ["/?q={}", "/?q=登记&t={}", "/find?q={}", "/m/{}"])
def test_browser_runs_nothing_of_a_hostile_address(site: str, chromium: Browser, path: str) -> None:
    context = chromium.new_context()
    watch = Watch(context)
    page = context.new_page()
    page.goto(site + path.format(quote(HOSTILE, safe="")))
    page.wait_for_timeout(200)
    assert page.locator("img").count() == 0
    assert [said for said in watch.complaints if "status of 4" not in said] == []
    context.close()


def test_browser_runs_nothing_of_a_hostile_document(
    searcher_of: Callable[..., Searcher], chromium: Browser
) -> None:
    parsed = parse(Document("evil", "<u>标题</u>", "<i>某市", "2022", "", EVIL_LIST, "0" * 64))
    with serving(app_over(searcher_of(parsed))) as address:
        context = chromium.new_context()
        watch = Watch(context)
        page = context.new_page()
        for path in ("/?q=办理登记", "/find?q=登记", "/m/evil:1.1.1"):
            page.goto(address + path)
            expect(page.get_by_text(re.compile(r"<script>alert\(3\)")).first).to_be_attached()
        page.goto(address)
        page.get_by_role("combobox").press_sequentially("登记")
        expect(page.get_by_role("option").first).to_contain_text("<script>alert(1)</script>登记")
        assert page.locator("img, main svg").count() == 0
        assert watch.complaints == []
        context.close()
