"""The overview and a document's page in a real browser."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, expect

from corpus.measures import Parsed
from index.build import Source, build_index
from index.search import Searcher
from service.app import app_over
from tests.fakes import FakeEmbedder
from tests.service.browsing import serving
from tests.service.samples import hostile


@pytest.fixture(scope="module")
def listed(real_list: Parsed) -> Searcher:
    """The real list behind a fake embedder: the pages here rank nothing."""
    return Searcher(build_index([Source(real_list)], FakeEmbedder()), FakeEmbedder())


@pytest.fixture(scope="module")
def site(listed: Searcher) -> Iterator[str]:
    """The real list's pages on a free port."""
    with serving(app_over(listed)) as address:
        yield address


OVERLAPS = """
() => [...document.querySelectorAll('svg.chart')].flatMap(svg => {
  const boxes = [...svg.querySelectorAll('text')]
    .map(t => [t.textContent, t.getBoundingClientRect()]);
  const wide = svg.getBoundingClientRect();
  const out = boxes.filter(([, b]) => b.right > wide.right + 1 || b.bottom > wide.bottom + 1)
    .map(([t]) => ['outside', t]);
  return out.concat(boxes.flatMap(([t, a], i) => boxes.slice(i + 1)
    .filter(([, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
                    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 5)
    .map(([u]) => [t, u])));
})
"""
INKS = """
() => [...document.querySelectorAll('svg.chart text')].map(t => {
  const near = t.closest('a')?.querySelector('.cell');
  const numbers = c => c.match(/[\\d.]+/g).map(Number);
  const fill = near ? getComputedStyle(near).fill
                    : getComputedStyle(document.body).backgroundColor;
  return [t.textContent, numbers(getComputedStyle(t).fill).slice(0, 3), numbers(fill).slice(0, 3)];
})
"""


def contrast(one: list[float], other: list[float]) -> float:
    """The WCAG contrast of two sRGB colours, 1 to 21."""
    shares = []
    for colour in (one, other):
        linear = [
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
            for c in (value / 255 for value in colour)
        ]
        shares.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(shares) + 0.05) / (min(shares) + 0.05)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_browser_draws_without_overlap_or_faint_ink_and_axe_finds_nothing(
    site: str, chromium: Browser, tmp_path: Path, width: int, scheme: str
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 844},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    complaints: list[str] = []
    context.on("console", lambda message: complaints.append(message.text))
    page = context.new_page()
    for name, path in {
        "overview": "/overview",
        "items": "/overview?over=item",
        "document": "/d/hz-2022",
        "absent": "/d/none",
    }.items():
        page.goto(site + path)
        complaints = [] if name == "absent" else complaints  # a 404 is told on the console
        page.screenshot(path=tmp_path / f"{name}-{width}-{scheme}.png", full_page=True)
        assert page.evaluate(OVERLAPS) == [], name
        inks = page.evaluate(INKS)
        assert [text for text, ink, under in inks if contrast(ink, under) < 4.5] == [], name
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        found = Axe().run(page).response["violations"]
        grave = [v["id"] for v in found if v["impact"] in ("serious", "critical")]
        assert grave == [], name
        if name != "absent":
            assert complaints == []
    context.close()


@pytest.mark.slow
@pytest.mark.parametrize(("width", "told"), [(1280, False), (390, True)])
def test_browser_tells_that_the_matrix_slides_where_it_does(
    site: str, chromium: Browser, width: int, told: bool
) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 844})
    page.goto(f"{site}/overview")
    region = page.get_by_role("region", name="单位与方面图")
    assert region.evaluate("e => e.scrollWidth > e.clientWidth") is told
    assert page.get_by_text("左右滑动，看全部 10 个方面").is_visible() is told
    region.focus()
    page.keyboard.press("ArrowRight")
    expect(region).to_be_focused()
    page.close()


@pytest.mark.slow
def test_browser_keyboard_reaches_a_bar_shows_focus_and_opens_its_list(
    site: str, chromium: Browser
) -> None:
    page = chromium.new_page()
    page.goto(f"{site}/overview#aspects")
    page.keyboard.press("Tab")
    focused = page.locator("a.mark:focus")
    expect(focused).to_contain_text("一、进一步破除")
    outline = focused.locator(".field").evaluate("field => getComputedStyle(field).stroke")
    assert outline not in ("none", "rgba(0, 0, 0, 0)")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}/find?aspect=*")
    page.close()


@pytest.mark.slow
def test_browser_without_script_opens_a_cell_and_a_table(site: str, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/overview")
    page.get_by_text("看数据表：各方面的举措数").click()
    expect(page.get_by_role("cell", name="67", exact=True)).to_be_visible()
    page.get_by_role("link", name="市建委，三、持续提升投资和建设便利度：26 条").click()
    expect(page).to_have_url(re.compile(r"/find\?aspect=.*&lead=.*&applicable=yes$"))
    context.close()


@pytest.mark.slow
def test_browser_copies_the_whole_hash(site: str, chromium: Browser) -> None:
    context = chromium.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    page = context.new_page()
    page.goto(f"{site}/d/hz-2022")
    page.get_by_role("button", name="复制 SHA-256").click()
    expect(page.get_by_role("button", name="已复制")).to_be_visible()
    assert re.fullmatch(r"[0-9a-f]{64}", page.evaluate("navigator.clipboard.readText()"))
    context.close()


@pytest.mark.slow
def test_browser_shows_hostile_markup_as_text_and_runs_none(
    chromium: Browser, searcher_of: Callable[..., Searcher]
) -> None:
    client = TestClient(app_over(searcher_of(hostile())))
    page = chromium.new_page()
    said: list[str] = []
    page.on("dialog", lambda dialog: said.append(dialog.message))
    for path in ("/overview", "/d/evil"):
        page.set_content(client.get(path).text)
        expect(page.locator("main")).to_contain_text("<b onclick=x>方面</b>")
        assert page.locator("main b[onclick], main svg[onload], main img").count() == 0
    assert said == []
    page.close()
