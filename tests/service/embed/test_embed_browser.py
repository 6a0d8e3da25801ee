"""The box on a page of another site, under a strict content security policy, in a real browser."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from corpus.measures import Parsed
from index.search import Searcher
from service.api.doors import Doors
from service.app import app_over
from tests.service.browsing import EVIL_LIST, Watch, serving

PAGE = (
    '<!doctype html><html lang="zh"><title>部门网站</title>'
    '<input id="own"><div id="here"></div>{scripts}</html>'
)
CSP = "default-src 'none'; script-src {wence}; connect-src {wence}; base-uri 'none'"


class Hosted(BaseHTTPRequestHandler):
    """Another site's page."""

    def __init__(self, page: str, policy: str, *args: Any) -> None:
        self.page, self.policy = page.encode(), policy
        super().__init__(*args)

    def do_GET(self) -> None:
        """The page, whatever is asked."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", self.policy)
        self.end_headers()
        self.wfile.write(self.page)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the library's name)
        """Keep silent."""


@contextmanager
def hosting(wence: str, attributes: str = "async") -> Iterator[str]:
    """A site whose page has the box of a service."""
    page = PAGE.format(scripts=f'<script src="{wence}/embed.js" {attributes}></script>')
    handler = partial(Hosted, page, CSP.format(wence=wence))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def open_service(searcher: Searcher) -> Iterator[str]:
    """A service over the real list that any site's pages may ask."""
    with serving(app_over(searcher, doors=Doors(origins=("*",)))) as address:
        yield address


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page in a context of its own."""
    context = chromium.new_context()
    yield context.new_page()
    context.close()


def test_box_answers_on_a_foreign_page_under_a_strict_policy(page: Page, open_service: str) -> None:
    watch = Watch(page.context)
    with hosting(open_service) as address:
        page.goto(address)
        box = page.locator("[data-wence-box]")
        box.get_by_role("searchbox").fill("一照多址由谁牵头")
        box.get_by_role("button", name="提问").click()
        expect(box.locator(".short")).to_have_text("市市场监管局")
        link = box.get_by_role("link").first
        assert (link.get_attribute("href") or "").startswith(f"{open_service}/m/hz-2022")
        box.get_by_role("searchbox").fill("什么时候见效")
        page.keyboard.press("Enter")
        expect(box.locator(".short")).to_have_text("2022年6月")
        page.reload()  # a talk of its own
        box.get_by_role("searchbox").fill("火星移民签证怎么办")
        page.keyboard.press("Enter")
        expect(box.locator(".answer")).to_contain_text("找不到")
        own = [url for url in watch.requests if url.startswith((address, open_service))]
        assert watch.requests == own
        assert watch.complaints == []


def test_box_shows_hostile_text_as_text(page: Page, searcher_of: Callable[..., Searcher]) -> None:
    from corpus.measures import parse
    from tests.conftest import make_document

    evil = searcher_of(parse(make_document(EVIL_LIST)))
    watch = Watch(page.context)
    with (
        serving(app_over(evil, doors=Doors(origins=("*",)))) as service,
        hosting(service) as address,
    ):
        page.goto(address)
        box = page.locator("[data-wence-box]")
        box.get_by_role("searchbox").fill("第1项")
        page.keyboard.press("Enter")
        expect(box.locator(".answer")).to_contain_text("<script>")
        assert box.locator("script, img, svg").count() == 0
        assert watch.complaints == []


def test_box_without_leave_says_which_setting_to_mend(page: Page, site: str) -> None:
    with hosting(site, 'data-target="#here"') as address:
        page.goto(address)
        box = page.locator("#here [data-wence-box]")
        box.get_by_role("searchbox").fill("办税")
        page.keyboard.press("Enter")
        expect(box.get_by_role("status")).to_contain_text("WENCE_ORIGINS")


def test_demo_page_shows_two_boxes_and_its_own_address(page: Page, site: str) -> None:
    watch = Watch(page.context)
    page.goto(f"{site}/embed")
    expect(page.locator("[data-wence-box]")).to_have_count(2)
    expect(page.locator("pre")).to_contain_text(f"{site}/embed.js")
    ground = "element => getComputedStyle(element.shadowRoot.querySelector('button')).color"
    colours = [box.evaluate(ground) for box in page.locator("[data-wence-box]").all()]
    assert colours[0] != colours[1]
    first = page.locator("[data-wence-box]").first
    first.get_by_role("searchbox").fill("一照多址由谁牵头")
    page.keyboard.press("Enter")
    expect(first.locator(".short")).to_have_text("市市场监管局")
    assert watch.foreign(site) == []
    assert watch.complaints == []


def test_box_is_a_script_that_any_page_may_load(site: str, small: Parsed) -> None:
    response = httpx2.get(f"{site}/embed.js")
    assert response.headers["content-type"].startswith("text/javascript")
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    code = response.text
    for banned in ("innerHTML", "eval(", "document.write", "http://", "setAttribute('style"):
        assert banned not in code, banned
