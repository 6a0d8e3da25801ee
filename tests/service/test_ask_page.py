"""The ask page, over HTTP."""

import csv
import html
import io
import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from fastapi.testclient import TestClient
from starlette.datastructures import QueryParams

from corpus.document import Document, Span
from corpus.errors import InputError
from corpus.measures import Parsed, parse
from corpus.questions import Question
from index.build import Source, build_index
from index.search import Arms, Hit, Searcher
from service.answer import Answer
from service.cite import Citation, cite
from service.conditions import And, Condition, Not, joined, to_records
from service.conditions import Test as Ask
from service.web import views
from service.web.ask import Piece, lines_of, mended
from service.web.examples import choose_examples
from service.web.form import AskForm, read_ask
from service.web.listed import facets_of
from service.web.wording import asks, is_running, is_simplified
from tests.fakes import FakeEmbedder
from tests.service.browsing import ASKED, EVIL_LIST, HOSTILE, Tags, client_of

# The form and the small functions


def test_read_ask_tells_nothing_asked_from_an_empty_question() -> None:
    assert read_ask(QueryParams("")) == AskForm()
    assert read_ask(QueryParams("q=")) == AskForm(q="")


def test_read_ask_keeps_the_last_six_turns_that_say_something() -> None:
    turns = "&".join(f"t={n}" for n in range(8))
    assert read_ask(QueryParams(f"q=x&t=%20&{turns}")).turns == ("2", "3", "4", "5", "6", "7")


def test_form_carries_its_turns_in_its_address_and_to_the_next_question() -> None:
    form = AskForm("丙&", ("甲", "乙"))
    assert parse_qs(urlsplit(form.address).query) == {"q": ["丙&"], "t": ["甲", "乙"]}
    assert form.next_turns == ("甲", "乙", "丙&")
    assert AskForm("g", tuple("abcdef")).next_turns == tuple("bcdefg")
    assert form.thread == (AskForm("甲"), AskForm("乙", ("甲",)))


def test_form_carries_conditions_in_its_address_and_reads_them_back(tasks: Parsed) -> None:
    parts = (Ask(LEAD, "has", ("市税务局",), "税务局", (0, 3)), Not(Ask(("办结时限",), "empty")))
    form = AskForm("哪些").having(to_records(And(parts), tasks.schema))
    assert form.conditions == (
        '{"op":"has","columns":["lead","organ"],"value":["市税务局"]}',
        '{"op":"not","part":{"op":"empty","columns":["办结时限"],"value":[]}}',
    )
    read = read_ask(QueryParams(form.address.partition("?")[2]))
    assert read == form
    bare = tuple(
        replace(part, text="", span=(0, 0)) if isinstance(part, Ask) else part for part in parts
    )
    assert read.where() == joined(bare)


def test_form_tells_no_conditions_from_none_given() -> None:
    assert AskForm("哪些").where() is None
    assert AskForm("哪些").having([]).address == AskForm("哪些").address + "&c="
    assert read_ask(QueryParams("q=x&c=")).where() == And(())


@pytest.mark.parametrize(
    "said",
    ["{", "[]", "7", "{}", '{"op":"x"}', '{"op":"not"}', '{"op":"has","columns":1}', "[" * 3000],
)
def test_form_refuses_conditions_that_are_none(said: str) -> None:
    with pytest.raises(InputError, match="条件"):
        AskForm("哪些", (), (said,)).where()


@pytest.mark.parametrize(
    ("score", "shown"),
    [(0.0, "不到 1%"), (0.004, "不到 1%"), (0.5, "50%"), (0.999, "99%"), (1, "100%")],
)
def test_percent_rounds_and_keeps_100_for_certainty(score: float, shown: str) -> None:
    assert views.percent(score) == shown


def test_month_is_written_out_and_anything_else_kept() -> None:
    assert [views.month(text) for text in ("2022-06", "", "六月")] == ["2022年6月", "", "六月"]


def test_mark_escapes_what_stands_inside_and_outside_the_spans() -> None:
    assert views.mark("a<b>&c", [Span(1, 4)]) == "a<mark>&lt;b&gt;</mark>&amp;c"
    assert views.mark("abc", [Span(0, 1), Span(2, 3)]) == "<mark>a</mark>b<mark>c</mark>"


def test_spans_of_parts_stand_in_order_without_overlap_and_leave_out_strangers() -> None:
    assert views.spans_of("甲乙丙丁", ["丙丁", "甲", "甲乙", "戊", ""]) == (Span(0, 1), Span(2, 4))


def make_answer(kind: str, text: str) -> Answer:
    """An answer with two citations, the first of which quotes 甲, the second 丙."""
    quotes = ("甲", "丙")
    cited = tuple(
        Citation(n, f"d:{n}.1.1", "text", quote, 0, 1, "0" * 64)
        for n, quote in enumerate(quotes, 1)
    )
    return Answer("问", kind, "answered", 0.9, None, text, (), cited, (), ())


def test_lines_keep_marks_that_are_no_citation_as_text() -> None:
    shown = lines_of(make_answer("fact", "由甲牵头 [1]，乙[7]配合 [2]。"))
    assert shown == ((Piece("由甲牵头", 1), Piece("，乙[7]配合", 2), Piece("。", 0)),)


def test_lines_part_at_line_breaks_and_between_quotes_in_a_row() -> None:
    assert lines_of(make_answer("measures", "甲 [1]丙 [2]")) == (
        (Piece("甲", 1),),
        (Piece("丙", 2),),
    )
    assert lines_of(make_answer("list", "共2项：\n第1项[1]\n\n第2项[2]")) == (
        (Piece("共2项：", 0),),
        (Piece("第1项", 1),),
        (Piece("第2项", 2),),
    )


def test_mended_tells_of_another_wording_but_not_of_width_case_or_spaces(
    small_searcher: Searcher,
) -> None:
    assert mended(small_searcher, "ＡＢＣ  登记？") == ""
    assert mended(small_searcher, "辦稅") == "办税"


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("市场主体除名制度是什么", True),
        ("不动产登记怎么办理？", True),
        ("破产财产由谁处置", True),
        ("建筑许可下放了哪些", True),
        ("怎么办", False),  # too short to say of what
        ("听说改单不再记差错了", False),
        ("单体楼先验收，能先用吗", False),
        ("一照多址 怎么办理", False),
        ("公司在本市各区开很多家分店的时候要办几张执照呢", False),
    ],
)
def test_asks_takes_a_short_question_of_one_clause(text: str, short: bool) -> None:
    assert asks(text) is short


def test_wording_tells_traditional_script_and_lists_of_keywords() -> None:
    assert is_simplified("一照多址怎么办理？ＡＢＣ")
    assert not is_simplified("公司變更登記怎麼辦理")
    assert is_running("AI PC 登记")
    assert not is_running("破产企业 工程质量 鉴定")


LEAD, SHARE = ("lead", "organ"), ("responsible",)
OFF = Ask((), "off")


@pytest.mark.parametrize(
    ("condition", "facets"),
    [
        (Ask(LEAD, "has", ("甲局", "乙局")), {"lead": ("甲局", "乙局")}),
        (Ask(("due",), "month", ("2022-03..2022-06",)), {"due": ("2022-03", "2022-06")}),
        (
            And((Ask(LEAD, "has", ("甲局",)), Ask((), "is", ("一、",)))),
            {"lead": ("甲局",), "aspect": ("一、",)},
        ),
        (Not(OFF), {"applicable": ("yes",)}),
        (Ask(LEAD, "only", ("甲局",)), None),
        (Ask(("lead", "organ", "responsible")[::-1], "has", ("甲局",)), None),
        (
            And((Ask(SHARE, "has", ("甲局",)), Ask(SHARE, "has", ("乙局",)))),
            None,
        ),  # one facet: or
    ],
)
def test_facets_of_a_condition_are_given_where_they_say_the_same(
    small: Parsed, condition: Condition, facets: dict[str, tuple[str, ...]] | None
) -> None:
    assert facets_of(condition, small.measures) == facets


@pytest.fixture
def small_searcher(client: TestClient) -> Searcher:
    """The searcher behind the client."""
    searcher: Searcher = client.app.state.searcher  # type: ignore[attr-defined]
    return searcher


# The page


def test_home_shows_a_labelled_box_in_a_form_that_needs_no_script(client: TestClient) -> None:
    response = client.get("/")
    page = Tags(response.text)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert page.all("form") == [
        {"class": "ask home", "action": "/", "method": "get", "role": "search"}
    ]
    assert {a["name"] for a in page.all("input")} == {"q"}


PAGES = (
    "/",
    "/?q=登记地址",
    "/?q=",
    "/?q=那几月见效&t=登记地址",
    "/find",
    "/find?q=登记&lead=市税务局",
    "/find?lead=火星局",
    "/m/small:1.1.1",
    "/m/9.9.9",
)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_labels_unique_ids_and_nothing_inline_or_foreign(
    client: TestClient, path: str
) -> None:
    response = client.get(path)
    page = Tags(response.text)
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    labelled = {a["for"] for a in page.all("label") if "for" in a}
    free = [a for a in page.all("input") if a.get("type") not in ("hidden", "checkbox")]
    assert {a["id"] for a in [*free, *page.all("select")]} == labelled
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
    assert kinds == ["text/css"] * 2 + ["image/svg+xml"] + ["text/javascript"] * 2
    assert client.get("/favicon.ico").headers["content-type"] == "image/svg+xml"


def test_navigation_marks_the_page_and_keeps_the_question(client: TestClient) -> None:
    page = Tags(client.get("/", params={"q": "登记"}).text)
    assert f"/find?q={quote('登记')}" in page.links()
    assert [a["href"] for a in page.all("a") if a.get("aria-current") == "page"] == [
        f"/?q={quote('登记')}"
    ]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"q": ""}, "问题是空的"),
        ({"q": "  \u3000"}, "问题是空的"),
        ({"q": "址" * 7_000}, "问题太长（7000 字）"),  # the longest that fits an address
    ],
)
def test_bad_input_is_told_in_the_page_and_nothing_typed_is_lost(
    client: TestClient, given: dict[str, str], says: str
) -> None:
    response = client.get("/", params=given)
    assert response.status_code == 422
    assert response.headers["content-type"].startswith("text/html")
    alert = re.search(r'role="alert">([^<]*)<', response.text)
    assert alert is not None
    assert says in alert[1]
    assert Tags(response.text).value("q") == given["q"]


def test_control_characters_in_the_query_are_answered_without_them(client: TestClient) -> None:
    response = client.get("/", params={"q": "一照\x00\x1b多址"})
    assert response.status_code == 200
    assert "/m/small:1.1.1" in response.text


@pytest.mark.parametrize("name", ["q", "t"])
def test_hostile_markup_in_the_address_is_shown_as_text(client: TestClient, name: str) -> None:
    response = client.get("/", params={"q": "登记", name: HOSTILE})
    page = Tags(response.text)
    assert "<script>" not in response.text
    assert not page.all("img")
    assert HOSTILE in html.unescape(response.text)


def test_hostile_markup_in_a_document_is_shown_as_text(
    searcher_of: Callable[..., Searcher],
) -> None:
    parsed = parse(Document("evil", "<u>标题</u>", "<i>某市", "2022", "", EVIL_LIST, "0" * 64))
    client = client_of(searcher_of(parsed))
    for path in ("/", "/?q=办理登记", "/?q=script", "/find", "/find?q=script", "/m/evil:1.1.1"):
        page = client.get(path).text
        tags = Tags(page)
        assert {"img", "svg", "u", "i"}.isdisjoint(tag for tag, _ in tags.tags)
        assert all(a.get("src") for a in tags.all("script"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;登记" in page
    assert "&lt;u&gt;标题&lt;/u&gt;" in page


def test_question_is_noted_once_a_page_and_an_empty_one_never(client: TestClient) -> None:
    client.get("/", params={"q": "登记地址"})
    client.get("/", params={"q": ""})
    store = client.app.state.store  # type: ignore[attr-defined]
    assert [(asked.question, asked.count) for asked in store.asked()] == [("登记地址", 1)]


@pytest.mark.parametrize(
    "headers",
    [
        {"cache-control": "max-age=0"},
        {"cache-control": "no-cache"},
        {"referer": "http://testserver/gaps?since=2022-03-01"},
    ],
)
def test_question_is_not_noted_again_on_a_reload_or_from_the_gap_report(
    client: TestClient, headers: dict[str, str]
) -> None:
    client.get("/", params={"q": "登记地址"})
    client.get("/", params={"q": "登记地址"}, headers=headers)
    store = client.app.state.store  # type: ignore[attr-defined]
    assert [asked.count for asked in store.asked()] == [1]


def test_question_is_the_pages_heading_which_print_shows(client: TestClient) -> None:
    page = client.get("/", params={"q": "登记地址"}).text
    assert re.findall(r"<h1[^>]*>([^<]*)</h1>", page) == ["问：登记地址"]
    assert page.index("<h1") < page.index("<form")  # forms are not printed


# What was understood, and what stands only near


LISTED = "市税务局负责的有哪些"


def test_list_shows_its_conditions_as_chips_that_lead_to_the_list_without_them(
    alone: TestClient,
) -> None:
    page = alone.get("/", params={"q": LISTED}).text
    assert 'aria-label="去掉条件：主管部门含“市税务局”"' in page
    assert "主管部门：“市市场监管局、市税务局”" in page
    (chip,) = [a["href"] for a in Tags(page).all("a") if "去掉条件" in (a.get("aria-label") or "")]
    assert parse_qs(urlsplit(str(chip)).query, keep_blank_values=True) == {"q": [LISTED], "c": [""]}
    assert alone.get(str(chip)).status_code == 200


def test_conditions_in_the_address_take_the_place_of_those_of_the_question(
    alone: TestClient, tasks: Parsed
) -> None:
    other = Ask(LEAD, "has", ("市教育局",))
    form = AskForm(LISTED).having(to_records(other, tasks.schema))
    page = alone.get(form.address).text
    assert "校园午餐" in page
    assert "企业开办" not in page.partition('id="grounds"')[0]
    assert 'aria-label="去掉条件：主管部门含“市教育局”"' in page


def test_conditions_that_cannot_be_read_are_told_in_the_page(alone: TestClient) -> None:
    response = alone.get("/", params={"q": LISTED, "c": HOSTILE})
    assert response.status_code == 422
    assert "没能回答：地址里的条件（c）不是 JSON" in response.text
    assert "<script>" not in response.text


def served(answer: Answer, searcher: Searcher, monkeypatch: pytest.MonkeyPatch) -> str:
    """The page of a question that is answered by this."""
    client = client_of(searcher)
    answerer = client.app.state.answerer  # type: ignore[attr-defined]
    monkeypatch.setattr(answerer, "ask", lambda *_, **__: answer)
    return client.get("/", params={"q": answer.question}).text


def hits_of(searcher: Searcher) -> tuple[Hit, ...]:
    """A hit of each measure."""
    return tuple(
        Hit(n, 0.3, m, (), "text", "", Arms(0.0, 0.0, n, n))
        for n, m in enumerate(searcher.measures, 1)
    )


def test_near_passage_does_not_look_like_an_answer(
    small_searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    hits = hits_of(small_searcher)
    cited = (cite(small_searcher.documents, hits[0].measure, "text"),)
    said = f"文件没有直接写明，最接近的是：\n{cited[0].quote} [1]"
    near = Answer("地址怎么办", "measures", "near", 0.3, None, said, (), cited, (), hits)
    page = served(near, small_searcher, monkeypatch)
    assert '<section class="answer near"' in page
    assert '<h2 id="answer">可能是这条</h2>' in page
    assert "<p>文件没有直接写明，最接近的是“开展“一照多址”改革”里的这一条：</p>" in page
    assert f'<blockquote class="quote">{hits[0].measure.text}' in page
    assert f'<p class="text">{hits[0].measure.text}' not in page  # once is enough
    assert '<h2 id="grounds">这一条的原文</h2>' in page
    assert 'form="feedback-verdict" name="pick" value="small:1.1.1"' in page
    assert "已回答" not in page
    assert 'class="short' not in page
    others = page.partition('<h2 id="others">其他接近的举措</h2>')[2]
    assert "small:1.1.2" in others
    assert 'href="/m/small:1.1.1"' not in others


def test_notice_of_what_was_not_understood_is_shown(
    small_searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    cited = (cite(small_searcher.documents, small_searcher.measures[0], "text"),)
    notice = "没有读懂：<急>。"
    answer = Answer(
        *(
            "问址",
            "list",
            "answered",
            0.9,
            "1项",
            "共1项：\n第1项 [1]",
            (("small", 1),),
            cited,
            (),
            (),
        ),
        notice=notice,
    )
    assert '<p class="notice">没有读懂：&lt;急&gt;。</p>' in served(
        answer, small_searcher, monkeypatch
    )


def test_fact_of_a_column_is_told_and_cited_under_its_own_name(alone: TestClient) -> None:
    page = alone.get("/", params={"q": "企业开办什么时候完成"}).text
    assert "<dt>完成时间</dt>" in page
    assert "2025年底前" in page
    assert "2025年12月" not in page


# The real list


def test_real_answer_has_marks_that_lead_to_citations_and_marks_its_words(
    real: TestClient,
) -> None:
    page = real.get("/", params={"q": ASKED}).text
    tags = Tags(page)
    targets = [str(a["href"])[1:] for a in tags.all("a") if a.get("class") == "ref"]
    assert targets[0] == "c1"
    assert set(targets) <= {a.get("id") for _, a in tags.tags}
    assert re.findall(r'<h3 id="h\d+"><a href="([^"]+)">', page)[0] == "/m/hz-2022:16.1.2"
    assert "可办理不动产登记" in "".join(re.findall(r"<mark>([^<]*)</mark>", page))
    assert "杭州市人民政府. 杭州市落实首批营商环境创新试点改革事项举措清单[Z]" in page


def test_real_unit_question_marks_the_unit_and_cites_its_cell(real: TestClient) -> None:
    page = real.get("/", params={"q": "一照多址由哪个单位牵头"}).text
    assert re.search(r'<p class="asked">“开展[^<]*”的牵头单位是</p>', page)
    assert re.search(r'<p class="short[^>]*>市市场监管局<a class="ref" href="#c1"', page)
    assert re.search(r'<p id="c1" tabindex="-1"><b>\[1\]</b> 牵头单位，', page)
    assert "<dt>找谁</dt>" not in page  # it is the answer
    assert "<dt>何时</dt>" in page


def test_real_list_is_shown_as_a_list_with_its_count(real: TestClient) -> None:
    page = real.get("/", params={"q": "市法院牵头、2022年3月见效的事项有哪些"}).text
    listed = re.search(r'<ul class="listed">(.*?)</ul>', page, re.DOTALL)
    assert listed is not None
    assert re.findall(r"第(\d+)项", listed[1]) == ["20", "72", "76"]
    assert "共3项" in page
    assert len(re.findall(r'<li id="c\d+"', page)) == 3


def test_real_long_list_is_whole_and_shows_its_first_and_the_rest_on_demand(
    real: TestClient,
) -> None:
    page = real.get("/", params={"q": "市税务局牵头哪些举措"}).text
    shown, _, rest = page.partition("<summary>其余 9 条</summary>")
    assert len(re.findall(r"<li>\d+\.\d\.\d", shown)) == 10
    assert len(re.findall(r"<li>\d+\.\d\.\d", rest)) == 9
    assert len(re.findall(r'<li id="c\d+"', page)) == 19


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("市税务局牵头哪些举措", 19),
        ("2022年9月前要完成哪些举措", 273),
        ("市法院牵头、2022年3月见效的事项有哪些", 0),
    ],
)
def test_real_list_leads_to_the_same_list_on_the_find_page(
    real: TestClient, question: str, found: int
) -> None:
    page = real.get("/", params={"q": question}).text
    (address,) = re.findall(r'<p class="tools"><a href="([^"]+)"', page)
    cited = set(re.findall(r"hz-2022:(\d+)\.\d+\.\d+</a>", page))
    listed = real.get(html.unescape(address).replace("/find?", "/find.csv?"))
    rows = list(csv.DictReader(io.StringIO(listed.content.decode("utf-8-sig"))))
    assert {row["举措编号"].split(":")[1].split(".")[0] for row in rows} == cited
    assert len(rows) == found or not found


def test_real_list_that_no_filter_can_say_leads_nowhere(real: TestClient) -> None:
    page = real.get("/", params={"q": "哪些事项由几个单位共同牵头"}).text
    assert 'class="listed"' in page
    assert '<p class="tools"><a' not in page


def test_real_follow_up_is_understood_with_its_turn_and_links_back(real: TestClient) -> None:
    asked = {"q": "那由谁牵头？", "t": "一照多址适用区域范围扩大到哪里"}
    page = real.get("/", params=asked).text
    assert "理解为：" in page
    assert f'href="/?q={quote(asked["t"])}"' in page
    carried = [a["value"] for a in Tags(page).all("input") if a.get("name") == "t"]
    assert carried == [asked["t"], asked["q"]]


def test_real_misspelling_is_told(real: TestClient) -> None:
    assert "按“<b>一照多址" in real.get("/", params={"q": "一照多只怎么办理"}).text


def test_real_examples_are_those_beside_the_list_and_are_answered(
    real: TestClient, real_searcher: Searcher
) -> None:
    examples = choose_examples(real_searcher)
    assert [e.question for e in examples] == [e.question for e in real_searcher.index.examples]
    assert len({example.aspect for example in examples}) == len(examples) >= 8
    for example in examples:
        page = real.get("/", params={"q": example.question}).text
        assert "没有找到答案" not in page, example
        assert "您想问的是哪一件" not in page, example


def test_examples_of_a_document_without_questions_are_its_titles(
    searcher_of: Callable[..., Searcher], tasks: Parsed
) -> None:
    titles = [example.question for example in choose_examples(searcher_of(tasks))]
    assert titles == ["企业开办", "校园午餐", "公积金提取"]


def test_examples_of_several_documents_have_a_share_each(
    searcher_of: Callable[..., Searcher], small: Parsed, tasks: Parsed
) -> None:
    titles = [example.question for example in choose_examples(searcher_of(small, tasks))]
    assert titles[:2] == ["开展“一照多址”改革", "推行“一网通办”"]
    assert titles[2:] == ["企业开办", "校园午餐", "公积金提取"]


def test_examples_pass_over_what_does_not_concern_the_place(
    small: Parsed,
) -> None:
    elsewhere = replace(small.measures[0], applicable=False)
    asked = [
        Question("small", 1, 1, 1, "一照多址适用范围扩大了吗"),
        Question("small", 1, 1, 2, "改革以后这些地址怎么监管"),
        Question("small", 2, 1, 1, "辦稅在網上怎麼辦理"),
        Question("small", 2, 0, 0, "办税能在网上办理吗？"),
    ]
    parsed = replace(small, measures=(elsewhere, *small.measures[1:]))
    searcher = Searcher(build_index([Source(parsed, tuple(asked))], FakeEmbedder()), FakeEmbedder())
    assert [example.question for example in choose_examples(searcher)] == [
        "改革以后这些地址怎么监管",
        "办税能在网上办理吗？",
    ]


def test_real_refusal_is_told_and_shows_what_is_near_as_no_answer(real: TestClient) -> None:
    page = real.get("/", params={"q": "今天天气怎么样"}).text
    assert "没有找到答案" in page
    assert '<h2 id="others">最接近的举措</h2>' in page
    assert "不是答案" in page
    assert 'id="further"' in page
    assert "这样问有答案" not in page  # nothing near enough
