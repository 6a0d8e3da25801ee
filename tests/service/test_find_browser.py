"""The find page in a real browser."""

import csv
import io
from pathlib import Path
from urllib.parse import quote

import openpyxl
import pytest
from playwright.sync_api import Browser, expect

from tests.service.browsing import Watch

pytestmark = pytest.mark.slow


def test_browser_filters_pages_sorts_and_shares(site: str, chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    watch = Watch(context)
    page = context.new_page()
    page.goto(f"{site}/find")
    page.get_by_role("checkbox", name="市市场监管局").first.check()
    page.get_by_role("checkbox", name="2022年6月").check()
    page.get_by_role("button", name="应用筛选").click()
    count = page.locator(".summary b").first
    both = int(count.inner_text())
    page.get_by_role("checkbox", name="2022年3月").check()
    page.get_by_role("button", name="应用筛选").click()
    expect(page.get_by_label("去掉条件：取得阶段性成效时间 2022年3月")).to_be_visible()
    assert int(count.inner_text()) > both
    page.get_by_role("link", name="取得阶段性成效时间", exact=True).click()
    expect(page.locator(".now")).to_have_text("取得阶段性成效时间")
    page.get_by_role("link", name="下一页").click()
    expect(page.get_by_label("第 2 页")).to_have_attribute("aria-current", "page")
    shared, listed = page.url, page.locator("article.hit").all_inner_texts()
    page.reload()
    assert page.locator("article.hit").all_inner_texts() == listed
    other = chromium.new_page()
    other.goto(shared)
    assert other.locator("article.hit h3").count() == len(listed)
    other.close()
    page.go_back()
    expect(page.get_by_label("第 1 页")).to_have_attribute("aria-current", "page")
    page.get_by_label("去掉条件：牵头单位 市市场监管局").click()
    expect(page.get_by_label("去掉条件：牵头单位 市市场监管局")).to_have_count(0)
    expect(page.get_by_role("checkbox", name="市市场监管局").first).not_to_be_checked()
    assert watch.foreign(site) == []
    assert watch.complaints == []
    context.close()


def test_browser_keeps_the_question_between_asking_and_finding(
    site: str, chromium: Browser
) -> None:
    page = chromium.new_page()
    page.goto(f"{site}/?q={quote('不动产登记')}")
    page.get_by_role("link", name="查找", exact=True).click()
    expect(page.locator("#q")).to_have_value("不动产登记")
    expect(page.get_by_text("收录相关概率不低于 10% 的")).to_be_visible()
    page.get_by_text("为何列出").first.click()
    expect(page.locator(".reasons").first).to_contain_text("不动产登记")
    expect(page.locator(".reasons").first).to_contain_text("余弦")
    page.get_by_role("link", name="问答", exact=True).click()
    expect(page.locator("#q")).to_have_value("不动产登记")
    page.close()


@pytest.mark.parametrize("kind", ["XLSX", "CSV"])
def test_browser_exports_what_is_listed(
    site: str, chromium: Browser, tmp_path: Path, kind: str
) -> None:
    page = chromium.new_page()
    page.goto(f"{site}/find?lead={quote('市法院')}")
    with page.expect_download() as waiting:
        page.get_by_role("link", name=f"导出 {kind}").click()
    file = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(file)
    assert file.name == f"wence-34.{kind.lower()}"
    if kind == "CSV":
        rows = list(csv.reader(io.StringIO(file.read_text("utf-8-sig"))))
    else:
        rows = [[str(c.value) for c in row] for row in openpyxl.load_workbook(file)["举措"].rows]
    assert len(rows) == 35
    assert rows[1][rows[0].index("举措编号")] == "hz-2022:16.1.1"
    page.close()


def test_browser_without_script_filters_and_pages(site: str, chromium: Browser) -> None:
    context = chromium.new_context(
        java_script_enabled=False, viewport={"width": 1280, "height": 900}
    )
    page = context.new_page()
    page.goto(f"{site}/find")
    page.get_by_role("checkbox", name="2022年6月").check()
    page.get_by_role("button", name="应用筛选").click()
    page.get_by_role("link", name="下一页").click()
    expect(page.get_by_label("去掉条件：取得阶段性成效时间 2022年6月")).to_be_visible()
    expect(page.get_by_role("button", name="打印")).to_be_hidden()
    context.close()


def test_browser_on_a_phone_opens_the_facets_on_demand(site: str, chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{site}/find")
    month = page.get_by_role("checkbox", name="2022年6月")
    expect(month).to_be_hidden()
    page.locator(".panel > summary").click()
    month.check()
    page.get_by_role("button", name="应用筛选").click()
    expect(page.get_by_text("筛选（已选 1）")).to_be_visible()
    context.close()


def test_browser_keyboard_alone_filters(site: str, chromium: Browser) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{site}/find")
    page.get_by_role("checkbox").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator(".chips")).to_contain_text("一、")
    page.close()


def test_browser_prints_the_list_without_the_controls(site: str, chromium: Browser) -> None:
    page = chromium.new_page()
    page.goto(f"{site}/find?q={quote('不动产登记')}")
    page.emulate_media(media="print")
    for hidden in (".ask", ".side", ".files", ".pages"):
        for one in page.locator(hidden).all():
            expect(one).to_be_hidden()
    expect(page.locator("article.hit").first).to_be_visible()
    expect(page.locator(".summary")).to_be_visible()
    page.close()
