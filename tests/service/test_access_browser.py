"""Every page in a real browser: accessibility, widths and colour schemes."""

from pathlib import Path
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.service.browsing import ASKED

pytestmark = pytest.mark.slow

PATHS = {
    "home": "/",
    "fact": f"/?q={quote(ASKED)}",
    "how": f"/?q={quote('一照多址怎么办理')}",
    "list": f"/?q={quote('市法院牵头、2022年3月见效的事项有哪些')}",
    "refuse": f"/?q={quote('今天天气怎么样')}",
    "follow": f"/?q={quote('那由谁牵头？')}&t={quote('一照多址适用区域范围扩大到哪里')}",
    "error": "/?q=%20",
    "find": f"/find?q={quote('不动产登记')}&due=2022-06&due=2022-03",
    "all": "/find?page=2",
    "empty": f"/find?due=2022-01&lead={quote('市法院')}",
    "refused": f"/find?lead={'x' * 200}",
    "measure": "/m/hz-2022:60.2.1",
    "missing": "/m/9.9.9",
}
OPEN = """
() => [...document.querySelectorAll('details')].slice(0, 5).forEach(e => { e.open = true; })
"""
SMALL = """
() => [...document.querySelectorAll('a, button, summary, input:not([type=hidden])')]
  .filter(e => e.checkVisibility()
    && !e.closest('.skip, .brief, .cite, p:not(.sorts, .files, .tools), dd, li p'))
  .map(e => [e.className + ' ' + e.textContent.trim().slice(0, 20),
             (e.closest('label') || e).getBoundingClientRect()])
  .filter(([, box]) => box.height < 24 || box.width < 24)
  .map(([name, box]) => name + ' ' + box.width + '×' + box.height)
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_browser_fits_every_width_in_both_colour_schemes_and_axe_finds_nothing_serious(
    site: str, chromium: Browser, tmp_path: Path, width: int, scheme: str
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 844},
        color_scheme="dark" if scheme == "dark" else "light",
        bypass_csp=True,  # axe is put into the page as a script
    )
    page = context.new_page()
    for name, path in PATHS.items():
        page.goto(site + path)
        page.evaluate(OPEN)
        page.screenshot(path=tmp_path / f"{name}-{width}-{scheme}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, name
        found = Axe().run(page).response["violations"]
        serious = [
            (one["id"], [node["html"][:120] for node in one["nodes"]][:3])
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
        assert serious == [], name
        assert page.evaluate(SMALL) == [], name
    context.close()


def test_browser_suggestions_have_no_serious_finding(site: str, chromium: Browser) -> None:
    context = chromium.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(site)
    page.get_by_role("combobox").press_sequentially("不动产")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    context.close()
