"""The pages, over HTTP and in a real browser."""

import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
import uvicorn
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from corpus.document import Document, Span
from corpus.measures import Parsed, parse
from index.search import Searcher
from service.answer import Answer
from service.app import app_over, create_app
from service.cite import Citation
from service.settings import Settings
from service.web import views
from service.web.form import Form, month, read_form

ASKED = "一照多址怎么办理"
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
EVIL_LIST = """
（共1个方面1项2条改革举措）

\t序号
\t改革事项
\t主要内容
\t主要举措
\t牵头单位
\t责任单位
\t时间

\t一、<b onclick=x>方面</b>

\t1
\t<script>alert(1)</script>登记
\t<img src=x onerror=alert(2)>内容
\t1.办理<script>alert(3)</script>登记，“"引号'”。

2.改革后，监管登记。
\t<i>市</i>局
\t"><svg onload=alert(4)>
\t2022年6月
"""


class Tags(HTMLParser):
    """Collects the tags of a page with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep one."""
        self.tags.append((tag, dict(attrs)))

    def all(self, name: str) -> list[dict[str, str | None]]:
        """The attributes of each tag of that name."""
        return [attributes for tag, attributes in self.tags if tag == name]


def client_of(searcher: Searcher) -> TestClient:
    """A client of the application over a given searcher: nothing is opened from disk."""
    return TestClient(app_over(searcher))


@pytest.fixture
def client(small: Parsed, searcher_of: Callable[..., Searcher], tmp_path: Path) -> TestClient:
    """A client over the small list with the fake embedder."""
    return client_of(searcher_of(small))


@pytest.fixture(scope="session")
def real(real_searcher: Searcher, tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """A client over the real list."""
    return client_of(real_searcher)


def field(page: str, name: str) -> str | None:
    """What stands in an input of the form."""
    return next(a.get("value") for a in Tags(page).all("input") if a.get("name") == name)


# The form and the small functions


def test_form_address_leaves_out_empty_fields_and_the_usual_count() -> None:
    form = Form(q="a&b", lead="税务局", k="10")
    assert form.address() == "/?q=a%26b&lead=%E7%A8%8E%E5%8A%A1%E5%B1%80"
    assert form.address(lead="", k="20") == "/?q=a%26b&k=20"


def test_read_form_tells_nothing_asked_from_an_empty_question() -> None:
    assert read_form({}).q is None
    assert read_form({"q": "", "k": " ", "lead": " 税务局 "}) == Form(q="", lead="税务局")


@pytest.mark.parametrize(
    ("score", "shown"),
    [(0.0, "不到 1%"), (0.004, "不到 1%"), (0.5, "50%"), (0.999, "99%"), (1, "100%")],
)
def test_percent_rounds_and_keeps_100_for_certainty(score: float, shown: str) -> None:
    assert views.percent(score) == shown


def test_month_is_written_out_and_anything_else_kept() -> None:
    assert [month(text) for text in ("2022-06", "", "六月")] == ["2022年6月", "", "六月"]


def test_mark_escapes_what_stands_inside_and_outside_the_spans() -> None:
    assert views.mark("a<b>&c", [Span(1, 4)]) == "a<mark>&lt;b&gt;</mark>&amp;c"
    assert views.mark("abc", [Span(0, 1), Span(2, 3)]) == "<mark>a</mark>b<mark>c</mark>"


def make_answer(kind: str, text: str) -> Answer:
    """An answer with two citations."""
    cited = tuple(Citation(n, f"d:{n}.1.1", "text", "句", 0, 1, "0" * 64) for n in (1, 2))
    return Answer("问", kind, True, 0.9, None, text, (), cited, (), ())


def test_paragraphs_part_quotes_and_keep_marks_that_are_no_citation_as_text() -> None:
    shown = views.paragraphs(make_answer("measures", "甲 [1]乙[7]丙 [2]"))
    assert shown == ((views.Piece("甲", 1),), (views.Piece("乙[7]丙", 2),))


def test_paragraphs_keep_a_composed_answer_in_one() -> None:
    shown = views.paragraphs(make_answer("fact", "由甲牵头 [1]，乙配合 [2]。"))
    assert shown == (
        (views.Piece("由甲牵头", 1), views.Piece("，乙配合", 2), views.Piece("。", 0)),
    )


# The search page


def test_home_shows_a_labelled_box_in_a_form_that_needs_no_script(client: TestClient) -> None:
    response = client.get("/")
    page = Tags(response.text)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert ("action", "/") in page.all("form")[0].items()
    assert page.all("form")[0]["method"] == "get"
    named = {a["name"] for tag in ("input", "select") for a in page.all(tag)}
    assert named == {"q", "k", "lead", "responsible", "aspect", "due_from", "due_to"}


@pytest.mark.parametrize("path", ["/", "/?q=登记地址", "/?q=", "/m/small:1.1.1", "/m/9.9.9"])
def test_every_page_has_labels_unique_ids_and_nothing_inline_or_foreign(
    client: TestClient, path: str
) -> None:
    response = client.get(path)
    page = Tags(response.text)
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    labelled = {a["for"] for a in page.all("label")}
    assert {a["id"] for tag in ("input", "select") for a in page.all(tag)} == labelled
    named = {a[key] for _, a in page.tags for key in ("aria-labelledby",) if key in a}
    assert named <= set(ids)
    assert page.all("html")[0]["lang"] == "zh-CN"
    assert not page.all("style")
    assert all(a.get("src", "") for a in page.all("script"))
    assert not [a for _, a in page.tags for key in a if key == "style" or key.startswith("on")]
    links = [a.get(key) or "/" for _, a in page.tags for key in ("href", "src") if key in a]
    assert all(link.startswith(("/", "#")) and not link.startswith("//") for link in links)
    assert "default-src 'none'" in response.headers["content-security-policy"]


def test_static_files_are_served_with_their_types(client: TestClient) -> None:
    page = Tags(client.get("/").text)
    found = [a["href"] for a in page.all("link")] + [a["src"] for a in page.all("script")]
    kinds = [client.get(str(path)).headers["content-type"].split(";")[0] for path in found]
    assert kinds == ["text/css", "image/svg+xml", "text/javascript"]


def test_search_shows_text_unit_month_place_and_source_row(client: TestClient) -> None:
    page = client.get("/", params={"q": "一照多址", "k": "1"}).text
    assert re.search(r'<h3 id="h1"><a href="/m/small:1.1.1">开展“一照多址”改革</a></h3>', page)
    assert "扩大“<mark>一照多址</mark>”适用范围。" in page
    assert "市市场监管局" in page
    assert '<time datetime="2022-06">2022年6月</time>' in page
    assert "《小清单》</cite>第1项第1行第1条，原文第" in page
    assert "SHA-256" in page
    assert '<mark class="whole">扩大“一照多址”适用范围。</mark>' in page
    assert '<a class="number" href="/m/small:1.1.2" aria-label="第2条">2.</a>' in page
    for cell in ("允许加载新地址。", "市级相关部门，各区、县（市）政府", "主要举措", "2022年6月"):
        assert cell in page
    assert "某市. 小清单[Z]. [2022]：第1项第1行第1条." in page


def test_filters_narrow_are_shown_and_can_be_taken_away(client: TestClient) -> None:
    asked = {"q": "办税", "lead": "税务", "due_from": "2022-03", "due_to": "2022-06"}
    page = client.get("/", params=asked).text
    assert re.findall(r'<a href="(/m/[^"]+)">[^<]*</a></h3>', page) == ["/m/small:2.1.1"]
    without = [a["href"] or "" for a in Tags(page).all("a") if "aria-label" in a]
    assert [quote("税务") in a for a in without if a.startswith("/?")] == [False, True, True]
    assert field(page, "lead") == "税务"
    assert '<option value="2022-03" selected>' in page


def test_filters_that_leave_nothing_say_so(client: TestClient) -> None:
    response = client.get("/", params={"q": "办税", "lead": "税务", "due_from": "2022-09"})
    assert response.status_code == 200
    assert "没有符合条件的举措" in response.text


@pytest.mark.parametrize(
    ("given", "status", "says"),
    [
        ({"q": ""}, 422, "问题是空的"),
        ({"q": "  \u3000"}, 422, "问题是空的"),
        ({"q": "址" * 7_000}, 422, "问题太长（7000 字）"),  # the longest that fits an address
        ({"q": "登记", "lead": "火星局"}, 404, "没有名称含“火星局”的单位"),
        ({"q": "登记", "responsible": "火星局"}, 404, "没有名称含“火星局”的单位"),
        ({"q": "登记", "aspect": "火星"}, 404, "没有名称含“火星”的方面"),
        ({"q": "登记", "due_from": "六月"}, 422, "月份“六月”的写法应如 2022-06"),
        ({"q": "登记", "due_to": "2022-13"}, 422, "月份“2022-13”的写法"),
        ({"q": "登记", "k": "许多"}, 422, "给出的是“许多”"),
        ({"q": "登记", "k": "0"}, 422, "k 应在 1 到 100 之间"),
        ({"q": "登记", "k": "-1"}, 422, "给出的是“-1”"),
        ({"q": "登记", "k": "9" * 5000}, 422, "整数"),
    ],
)
def test_bad_input_is_told_in_the_page_and_nothing_typed_is_lost(
    client: TestClient, given: dict[str, str], status: int, says: str
) -> None:
    response = client.get("/", params=given)
    page = response.text
    assert response.status_code == status
    assert response.headers["content-type"].startswith("text/html")
    alert = re.search(r'role="alert">([^<]*)<', page)
    assert alert is not None
    assert says in alert[1]
    assert field(page, "q") == given["q"]
    for name in ("lead", "responsible"):
        assert field(page, name) == given.get(name, "")
    chosen = {a["value"] for a in Tags(page).all("option") if "selected" in a}
    assert {given[n] for n in ("aspect", "due_from", "due_to") if n in given} <= chosen
    assert given.get("k", "10") in chosen


def test_control_characters_in_the_query_are_searched_without_them(client: TestClient) -> None:
    response = client.get("/", params={"q": "一照\x00\x1b多址"})
    assert response.status_code == 200
    assert "/m/small:1.1.1" in response.text


@pytest.mark.parametrize("name", ["q", "lead", "aspect", "due_from", "k"])
def test_hostile_markup_in_the_address_is_shown_as_text(client: TestClient, name: str) -> None:
    page = client.get("/", params={"q": "登记", name: HOSTILE}).text
    assert "<script>" not in page
    assert not Tags(page).all("img")
    values = [a.get("value") for tag in ("input", "option") for a in Tags(page).all(tag)]
    assert HOSTILE in values


def test_hostile_markup_in_a_document_is_shown_as_text(
    searcher_of: Callable[..., Searcher], tmp_path: Path
) -> None:
    parsed = parse(Document("evil", "<u>标题</u>", "<i>某市", "2022", "", EVIL_LIST, "0" * 64))
    client = client_of(searcher_of(parsed))
    for path in ("/", "/?q=办理登记", "/?q=script", "/m/evil:1.1.1"):
        page = client.get(path).text
        tags = Tags(page)
        assert {"img", "svg", "u", "i"}.isdisjoint(tag for tag, _ in tags.tags)
        assert all(a.get("src") for a in tags.all("script"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;登记" in page
    assert "&lt;u&gt;标题&lt;/u&gt;" in page


# A measure's page


def test_measure_page_shows_row_passage_related_and_citation(client: TestClient) -> None:
    page = client.get("/m/small:2.2.1").text
    assert "<h1>推行“一网通办”</h1>" in page
    assert "在公积金领域：" in page
    assert re.search(r"1\.<mark>网上提取公积金。</mark>", page)
    assert "某市. 小清单[Z]. [2022]：第2项第2行第1条." in page
    assert 'href="/m/small:1.1.1"' in page or 'href="/m/small:1.1.2"' in page


def test_measure_page_takes_an_id_without_its_document(client: TestClient) -> None:
    assert client.get("/m/1.1.2").text == client.get("/m/small:1.1.2").text


@pytest.mark.parametrize("name", ["9.9.9", "other:1.1.1", "一照多址", "1.1", "<b>x"])
def test_unknown_measure_gives_a_page_that_says_so(client: TestClient, name: str) -> None:
    response = client.get(f"/m/{quote(name)}")
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/html")
    assert "<h1>没有这条举措</h1>" in response.text
    assert "<b>x" not in response.text


def test_a_document_without_a_table_has_pages_too(
    searcher_of: Callable[..., Searcher], tmp_path: Path
) -> None:
    text = "某办法\n\n第一条 为了登记，制定本办法。\n\n第二条 市局负责登记。\n"
    parsed = parse(Document("rule", "某办法", "", "", "", text, "0" * 64))
    client = client_of(searcher_of(parsed))
    for measure in parsed.measures:
        response = client.get(f"/m/{measure.id}")
        assert response.status_code == 200
        assert measure.text in response.text
    assert client.get("/").status_code == 200
    assert client.get("/", params={"q": "市局负责什么"}).status_code == 200


# The real list


def test_real_question_is_answered_with_marks_that_lead_to_the_citation(real: TestClient) -> None:
    page = real.get("/", params={"q": ASKED}).text
    assert re.findall(r'<h3 id="h\d+"><a href="([^"]+)">', page)[0] == "/m/hz-2022:1.1.1"
    targets = [a["href"] for a in Tags(page).all("a") if a.get("class") == "ref"]
    ids = {a.get("id") for _, a in Tags(page).tags}
    assert targets[0] == "#c1"
    assert {str(target)[1:] for target in targets} <= ids
    assert "<mark>一照多址</mark>" in page
    assert "杭州市主要举措" in page


def test_real_examples_are_answered(real: TestClient, real_searcher: Searcher) -> None:
    examples = views.examples(real_searcher)
    assert len(examples) == 6
    for example in examples:
        page = real.get("/", params={"q": example}).text
        assert "没有找到答案" not in page, example


def test_real_refusal_is_told_and_shows_what_is_near(real: TestClient) -> None:
    page = real.get("/", params={"q": "今天天气怎么样"}).text
    assert "没有找到答案" in page
    assert '<h2 id="results">最接近的举措</h2>' in page


def test_real_measure_that_is_not_for_hangzhou_is_flagged(real: TestClient) -> None:
    page = real.get("/", params={"q": "第42项"}).text
    assert '<span class="flag off">本地不涉及</span>' in page


def test_real_measure_page_lists_its_questions_as_searches(
    real: TestClient, real_searcher: Searcher
) -> None:
    measure = real_searcher.measure("1.1.1")
    asked = views.questions(real_searcher, measure)
    page = real.get(f"/m/{measure.id}").text
    assert asked
    assert all(question in page for question in asked)
    assert f'href="/?q={quote(asked[0])}"' in page


# In a browser


@pytest.fixture(scope="session")
def site(real_settings: Settings) -> Iterator[str]:
    """The real server on a free port."""
    config = uvicorn.Config(
        create_app(real_settings), host="127.0.0.1", port=0, ws="none", log_level="warning"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + 60
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                pytest.fail("the server did not start")
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless Chromium."""
    path = shutil.which("chromium")
    if path is None:
        pytest.fail("没有 Chromium：apt-get update && apt-get install -y chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM)
        yield browser
        browser.close()


class Watch:
    """Keeps what a browser context asked for and complained about."""

    def __init__(self, context: BrowserContext) -> None:
        self.requests: list[str] = []
        self.complaints: list[str] = []
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("console", lambda message: self.complaints.append(message.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))


@pytest.mark.slow
def test_browser_asks_opens_the_row_follows_to_the_measure_and_goes_back(
    site: str, chromium: Browser
) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    watch = Watch(context)
    page = context.new_page()
    page.goto(site)
    page.get_by_label("写下问题").fill(ASKED)
    page.get_by_role("button", name="检索", exact=True).click()
    expect(page).to_have_url(f"{site}/?q={quote(ASKED)}")
    first = page.locator("article.hit").first
    expect(first.locator("dl.meta").first).to_contain_text("hz-2022:1.1.1")
    expect(first.locator("p.text mark").first).to_have_text("一照多址")
    page.get_by_role("link", name="引文 1").click()
    expect(first.locator("#c1")).to_be_in_viewport()
    expect(first.locator("#c1")).to_contain_text("第1项第1行第1条")
    row = first.locator("dl.row")
    expect(row).to_be_hidden()
    first.get_by_text("原文所在行").click()
    expect(row).to_be_visible()
    expect(row.locator("[aria-current=true]")).to_contain_text("扩大“一照多址”适用区域范围")
    first.get_by_role("heading").get_by_role("link").click()
    expect(page).to_have_url(f"{site}/m/hz-2022:1.1.1")
    expect(page.get_by_role("heading", level=1)).to_contain_text("一照多址")
    expect(page.locator("blockquote mark")).to_contain_text("扩大“一照多址”")
    page.go_back()
    expect(page.get_by_label("写下问题")).to_have_value(ASKED)
    assert watch.requests
    assert all(url.startswith(site + "/") for url in watch.requests)
    assert watch.complaints == []
    context.close()


@pytest.mark.slow
def test_browser_copies_the_citation(site: str, chromium: Browser) -> None:
    context = chromium.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    page = context.new_page()
    page.goto(f"{site}/m/hz-2022:1.1.1")
    page.get_by_role("button", name="复制引文").click()
    expect(page.get_by_role("button", name="已复制")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("[data-reference]").inner_text()
    assert copied.endswith("第1项第1行第1条.")
    context.close()


@pytest.mark.slow
def test_browser_without_script_filters_and_reads_a_citation(site: str, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/?q={quote('电子发票')}")
    page.get_by_text("筛选条件").click()
    page.get_by_label("牵头单位").fill("税务局")
    page.get_by_role("button", name="按条件检索").click()
    expect(page.get_by_label("去掉条件：牵头单位 税务局")).to_be_visible()
    for lead in page.locator("article.hit dl.meta dd:first-of-type").all()[:1]:
        expect(lead).to_contain_text("税务局")
    page.get_by_text("引用格式").first.click()
    expect(page.locator("[data-reference]").first).to_be_visible()
    expect(page.get_by_role("button", name="复制引文").first).to_be_hidden()
    context.close()


@pytest.mark.slow
def test_browser_keyboard_alone_reaches_box_and_result(site: str, chromium: Browser) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(site)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("写下问题")).to_be_focused()
    page.keyboard.type(ASKED)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="相关举措")).to_be_visible()
    context.close()


@pytest.mark.slow
def test_browser_tells_that_a_question_is_too_long_and_keeps_it(
    site: str, chromium: Browser
) -> None:
    page = chromium.new_page()
    page.goto(site)
    box = page.get_by_label("写下问题")
    box.fill("址" * 100_000)
    page.get_by_role("button", name="检索", exact=True).click()
    assert page.url == f"{site}/"
    assert "问题太长（100000 字）" in box.evaluate("box => box.validationMessage")
    assert len(box.input_value()) == 100_000
    page.close()


def contrast(page_colours: list[list[float]]) -> float:
    """The WCAG contrast of two sRGB colours, 1 to 21."""
    shares = []
    for colour in page_colours:
        linear = [
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
            for c in (value / 255 for value in colour)
        ]
        shares.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(shares) + 0.05) / (min(shares) + 0.05)


COLOURS = """
() => [...document.querySelectorAll('main *, header *, footer *')]
  .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())
               && e.checkVisibility() && e.tagName !== 'OPTION')
  .map(e => {
    const numbers = c => c.match(/[\\d.]+/g).map(Number);
    let under = e;
    while (under && (numbers(getComputedStyle(under).backgroundColor)[3] ?? 1) === 0)
      under = under.parentElement;
    return [e.className + ' ' + e.textContent.trim().slice(0, 20),
            numbers(getComputedStyle(e).color).slice(0, 3),
            numbers(getComputedStyle(under).backgroundColor).slice(0, 3)];
  })
"""


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_browser_fits_every_width_in_both_colour_schemes(
    site: str, chromium: Browser, tmp_path: Path, width: int, scheme: str
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 844},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    asked = f"/?q={quote('电子证照')}&lead={quote('市场监管局')}"
    paths = {
        "home": "/",
        "ask": f"/?q={quote(ASKED)}",
        "refuse": f"/?q={quote('今天天气怎么样')}",
        "filter": asked,
        "error": f"/?q=%20&k=20&due_to=2022-06&lead={'x' * 200}",
        "measure": "/m/hz-2022:60.2.1",
        "missing": "/m/9.9.9",
    }
    for name, path in paths.items():
        page.goto(site + path)
        for closed in page.locator("details:not([open]) > summary").all()[:2]:
            closed.click()
        page.screenshot(path=tmp_path / f"{name}-{width}-{scheme}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, name
        faint = [
            (text, round(contrast([ink, paper]), 2))
            for text, ink, paper in page.evaluate(COLOURS)
            if contrast([ink, paper]) < 4.5
        ]
        assert faint == [], name
    context.close()
