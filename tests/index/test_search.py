"""Tests of the Searcher, on the real list and on small ones."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.document import Span
from corpus.errors import InputError, NotFoundError
from corpus.measures import Parsed, parse
from corpus.text import normalise
from index.build import Source, build_index
from index.embed import LightEmbedder
from index.filters import Filters, meets
from index.fuse import MODES
from index.highlight import highlight
from index.search import MOST, Result, Searcher
from index.store import load_index
from tests.conftest import SMALL, make_document
from tests.fakes import FakeEmbedder, bag

MAIN = "一照多址怎么办理"
QUERIES = (
    MAIN,
    "双随机、一公开",
    "公司想在余杭再开一家分店",
    "CA证书互认",
    "谁来管预付卡",
    "办税能不能在手机上办",
    "今天天气怎么样",
    "税",
)
SEARCHER = Searcher(
    build_index([Source(parse(make_document(SMALL)))], FakeEmbedder()), FakeEmbedder()
)


def _ids(result: Result) -> list[str]:
    return [hit.measure.id.split(":")[1] for hit in result.hits]


@pytest.mark.parametrize("mode", sorted(MODES))
def test_search_main_question_gives_its_measure_first(searcher: Searcher, mode: str) -> None:
    assert _ids(searcher.search(MAIN, mode=mode))[0] == "1.1.1"


@pytest.mark.parametrize(
    "query",
    [
        "一照多只怎么办理",
        "一照多止怎么办理",
        "一照多址怎麼辦理",
        "一照\u3000多址怎么办理",
        "一照多址怎么办理？",
        "一照\x00多址怎么办理",
        "\u200b一照多址怎么办理\n",
    ],
)
def test_search_other_spellings_give_the_same_top_hit(searcher: Searcher, query: str) -> None:
    assert _ids(searcher.search(query))[0] == "1.1.1"


def test_search_homophone_is_mended_before_searching(searcher: Searcher) -> None:
    mended = searcher.search("一照多只怎么办理")
    assert (mended.query, mended.normalized) == ("一照多只怎么办理", MAIN)
    assert mended.hits == searcher.search(MAIN).hits


@pytest.mark.parametrize(
    ("left", "right"),
    [("CA证书互认", "ＣＡ证书互认"), ("CA证书互认", "ca证书互认"), ("營業執照", "营业执照")],
)
def test_search_equal_after_normalising_gives_equal_hits(
    searcher: Searcher, left: str, right: str
) -> None:
    assert searcher.search(left).hits == searcher.search(right).hits


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("第27项第3条", ["27.1.3"]),
        ("27.1.3", ["27.1.3"]),
        ("hz-2022:27.1.3", ["27.1.3"]),
        ("看看hz-2022:27.1.3", ["27.1.3"]),
        ("第60项第2行第1条", ["60.2.1"]),
        ("第999项", []),
        ("other:27.1.3", []),
    ],
)
def test_search_address_alone_gives_that_place(
    searcher: Searcher, query: str, ids: list[str]
) -> None:
    result = searcher.search(query)
    assert _ids(result) == ids
    assert all(hit.score == 1 for hit in result.hits)


@pytest.mark.parametrize("query", ["27项", "第27项", "第二十七项", "二十七项", "第27项有哪些举措"])
def test_search_item_alone_gives_all_its_measures_in_order(searcher: Searcher, query: str) -> None:
    expected = [m for m in searcher.measures if m.item == 27]
    assert [hit.measure for hit in searcher.search(query, k=100).hits] == expected


def test_search_item_with_words_ranks_within_the_item(searcher: Searcher) -> None:
    hits = searcher.search("第60项 成品油", k=100).hits
    assert {hit.measure.item for hit in hits} == {60}
    assert hits[0].measure.row == 2


@pytest.mark.parametrize(
    "query", ["两项证明材料能不能合并", "三项以上变更一起办", "10项以上的业务"]
)
def test_search_count_at_the_start_is_no_address(searcher: Searcher, query: str) -> None:
    assert len({hit.measure.item for hit in searcher.search(query, k=20).hits}) > 1


def test_search_address_outside_the_filters_finds_nothing(searcher: Searcher) -> None:
    assert searcher.search("第27项第3条", filters=Filters(item=1)).hits == ()


@pytest.mark.parametrize(
    "filters",
    [
        Filters(lead="税务局"),
        Filters(responsible="市财政局"),
        Filters(lead="市市场监管局", responsible="市司法局"),
        Filters(aspect="一、"),
        Filters(aspect="监管"),
        Filters(item=60),
        Filters(due_from="2022-07"),
        Filters(due_to="2022-03"),
        Filters(due_from="2022-06", due_to="2022-06"),
        Filters(document="hz-2022", item=63),
        Filters(applicable=False),
        Filters(applicable=True, item=63),
    ],
)
def test_search_filters_give_exactly_the_measures_that_meet_them(
    searcher: Searcher, filters: Filters
) -> None:
    expected = {m.id for m in searcher.measures if meets(m, filters)}
    hits = searcher.search("改革", k=100, filters=filters).hits
    found = {hit.measure.id for hit in hits}
    assert found <= expected != set()
    assert len(hits) == min(100, len(expected))


def test_search_filter_not_applicable_gives_the_two_stubs(searcher: Searcher) -> None:
    hits = searcher.search("船舶", filters=Filters(applicable=False)).hits
    assert sorted(hit.measure.item for hit in hits) == [42, 54]


def test_meets_due_filters_leave_out_measures_without_month(small: Parsed) -> None:
    dated = small.measures[0]
    assert meets(dated, Filters(due_from="2022-06", due_to="2022-06"))
    assert not meets(dated, Filters(due_from="2022-07"))
    assert not meets(dated, Filters(due_to="2022-05"))
    undated = parse(make_document("甲段。")).measures[0]
    assert not meets(undated, Filters(due_to="2022-12"))
    assert not meets(undated, Filters(due_from="2022-01"))


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        (Filters(lead="火星"), "没有名称含“火星”的单位；例如 "),
        (Filters(responsible="市监局"), "没有名称含“市监局”的单位；最接近的有 .*市市场监管局"),
        (Filters(aspect="十一、"), "没有名称含“十一、”的方面；例如 一、"),
        (Filters(item=999), "没有第 999 项；有第 1–101 项"),
        (Filters(document="sh-2022"), "没有文档“sh-2022”；现有 hz-2022"),
    ],
)
def test_search_filter_that_names_nothing_is_not_found(
    searcher: Searcher, filters: Filters, message: str
) -> None:
    with pytest.raises(NotFoundError, match=message):
        searcher.search(MAIN, filters=filters)


@pytest.mark.parametrize(
    "month",
    ["2022-13", "2022-00", "2022", "六月", "2022-06-01", "2022年6月底", "2022年十三月"],
)
@pytest.mark.parametrize("field", ["due_from", "due_to"])
def test_search_month_of_another_form_is_refused(
    searcher: Searcher, month: str, field: str
) -> None:
    with pytest.raises(InputError, match=f"月份“{month}”的写法应如 2022-06"):
        searcher.search(MAIN, filters=Filters(**{field: month}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "month", ["2022/06", "2022-6", "2022年6月", "2022 年 06 月", "２０２２-06"]
)
def test_search_month_as_people_write_it_is_read(searcher: Searcher, month: str) -> None:
    asked = Filters(due_from=month, due_to=month)
    found = searcher.search(MAIN, filters=asked).hits
    assert {hit.measure.due for hit in found} == {"2022-06"}


@pytest.mark.parametrize("mode", ["", "BM25", "sparse"])
def test_search_unknown_mode_names_the_known(searcher: Searcher, mode: str) -> None:
    with pytest.raises(InputError, match=r"不认识的检索方式.*hybrid、dense、bm25"):
        searcher.search(MAIN, mode=mode)


@pytest.mark.parametrize("k", [0, -1, 101])
def test_search_k_out_of_range_names_it(searcher: Searcher, k: int) -> None:
    with pytest.raises(InputError, match=f"k 应在 1 到 100 之间，给出的是 {k}"):
        searcher.search(MAIN, k=k)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "问题是空的"),
        (" \n\u3000", "问题是空的"),
        ("\x00\x1b", "问题是空的"),
        ("照" * 100_000, "问题太长（100000 字）"),
        ("一照多址\ud800", "代理字符"),
    ],
)
def test_search_query_that_cannot_be_searched_is_refused(
    searcher: Searcher, query: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        searcher.search(query)


def test_search_longest_query_is_answered(searcher: Searcher) -> None:
    assert len(searcher.search("一照多址" * 500).hits) == 10


@pytest.mark.parametrize("mode", sorted(MODES))
@pytest.mark.parametrize("query", QUERIES)
def test_search_hits_are_ranked_by_score(searcher: Searcher, query: str, mode: str) -> None:
    hits = searcher.search(query, k=100, mode=mode).hits
    assert [hit.rank for hit in hits] == list(range(1, 101))
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert len({hit.measure.id for hit in hits}) == 100


@pytest.mark.parametrize("query", QUERIES)
def test_search_smaller_k_is_a_beginning_of_larger_k(searcher: Searcher, query: str) -> None:
    hits = searcher.search(query, k=100).hits
    for k in (1, 3, 10):
        assert searcher.search(query, k=k).hits == hits[:k]


@pytest.mark.parametrize("query", QUERIES)
def test_search_twice_gives_the_same_result(searcher: Searcher, query: str) -> None:
    assert searcher.search(query) == searcher.search(query)


def test_search_fresh_searcher_gives_the_same_result(
    searcher: Searcher, real_folder: Path, embedder: LightEmbedder
) -> None:
    fresh = Searcher(load_index(real_folder), embedder)
    for query in QUERIES:
        assert fresh.search(query) == searcher.search(query)


def test_search_from_many_threads_gives_the_same_results(searcher: Searcher) -> None:
    alone = [searcher.search(query) for query in QUERIES]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(searcher.search, QUERIES * 4))
    assert together == alone * 4


@pytest.mark.parametrize("query", QUERIES)
def test_search_hit_shows_what_it_matched(searcher: Searcher, query: str) -> None:
    questions = {q.text for q in searcher.index.questions}
    for hit in searcher.search(query).hits:
        if hit.matched_view == "question":
            assert hit.matched_text in questions
        else:
            assert (hit.matched_view, hit.matched_text) == ("text", hit.measure.text)
        ends = [0, *(end for span in hit.highlights for end in (span.start, span.end))]
        assert ends == sorted(ends)
        assert ends[-1] <= len(hit.measure.text)
        assert min(hit.signals.dense_rank, hit.signals.bm25_rank) >= 1


def test_search_main_question_highlights_the_term(searcher: Searcher) -> None:
    hit = searcher.search(MAIN).hits[0]
    marked = [hit.measure.text[span.start : span.end] for span in hit.highlights]
    assert "一照多址" in marked


@pytest.mark.parametrize(
    "prefix", ["2022.6.30起，", "2022.6.30，", "2022年6月30日起，", "1.1.1.1 "]
)
def test_search_date_or_version_before_a_question_is_no_address(
    searcher: Searcher, prefix: str
) -> None:
    result = searcher.search(f"{prefix}一照多只怎么办理", k=20)
    assert result.normalized == normalise(prefix + MAIN)
    assert len({hit.measure.item for hit in result.hits}) > 1
    # What the documents cannot answer is still judged.
    assert (result.bare, result.learned) == (False, True)


def test_search_item_of_something_else_is_no_address_and_not_certain(searcher: Searcher) -> None:
    result = searcher.search("关于第2项材料，今天天气怎么样", k=20)
    assert {hit.measure.item for hit in result.hits} != {2}
    assert result.learned
    assert result.answerable < 0.5


@pytest.mark.parametrize("query", ["第999项的天气怎么样", "3.10.15的天气怎么样"])
def test_search_place_that_is_not_there_is_judged_as_any_question(
    searcher: Searcher, query: str
) -> None:
    result = searcher.search(query)
    assert len(result.hits) == 10
    assert result.learned
    assert result.answerable < 0.5


CAPITALS = "GuoBan2024"


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        (f"{CAPITALS}:2.2.1", [f"{CAPITALS}:2.2.1"]),
        ("guoban2024:2.2.1", [f"{CAPITALS}:2.2.1"]),
        (f"看看{CAPITALS}:2.2.1", [f"{CAPITALS}:2.2.1"]),
        ("small:2.2.1", ["small:2.2.1"]),
        ("2.2.1", ["small:2.2.1", f"{CAPITALS}:2.2.1"]),
        ("GuoBan:2.2.1", []),
    ],
)
def test_search_document_id_in_capitals_finds_its_measure(
    small: Parsed, searcher_of: Callable[..., Searcher], query: str, ids: list[str]
) -> None:
    both = searcher_of(small, parse(make_document(SMALL, CAPITALS)))
    assert [hit.measure.id for hit in both.search(query).hits] == ids
    assert both.measure(f"{CAPITALS}:2.2.1").document == CAPITALS


def test_search_document_id_that_ends_another_names_the_longer(
    searcher_of: Callable[..., Searcher],
) -> None:
    both = searcher_of(*(parse(make_document(SMALL, name)) for name in ("Ban2024", CAPITALS)))
    assert [hit.measure.document for hit in both.search(f"{CAPITALS}:1.1.1").hits] == [CAPITALS]
    assert [hit.measure.document for hit in both.search("Ban2024:1.1.1").hits] == ["Ban2024"]


def test_search_words_of_a_column_of_unknown_name_find_its_row(
    searcher_of: Callable[..., Searcher],
) -> None:
    text = "事项,主要内容,办结时限,咨询电话\n甲,丙丁,七个工作日,\n乙,丙丁,,八六五四三二一\n"
    found = searcher_of(parse(make_document(text)))
    assert _ids(found.search("七个工作日"))[0] == "1.1.1"
    assert _ids(found.search("咨询电话"))[0] == "2.1.1"


def test_search_equal_measures_are_in_document_order(
    searcher_of: Callable[..., Searcher],
) -> None:
    same = searcher_of(parse(make_document("推行告知承诺制。\n" * 9)))
    hits = same.search("告知承诺").hits
    assert [hit.measure.item for hit in hits] == list(range(1, 10))
    assert len({hit.score for hit in hits}) == 1


def test_search_small_list_finds_by_words(small: Parsed) -> None:
    assert _ids(SEARCHER.search("公积金提取"))[0] == "2.2.1"
    assert _ids(SEARCHER.search("加强监管"))[0] == "1.1.2"


def test_search_document_with_clauses_reads_clause_as_address(
    searcher_of: Callable[..., Searcher],
) -> None:
    law = searcher_of(parse(make_document("第一条 甲。\n第二条 乙。\n第三条 丙。\n")))
    assert _ids(law.search("第三条")) == ["3.1.1"]
    assert _ids(law.search("第二条讲什么")) == ["2.1.1"]


@settings(deadline=None)
@given(
    st.text(alphabet=st.characters(exclude_categories=()), max_size=40)
    | st.text(alphabet="第一二十项条0123.:行照址监管？ ", max_size=12),
    st.sampled_from(sorted(MODES)),
)
def test_search_any_text_gives_ranked_hits_or_input_error(query: str, mode: str) -> None:
    try:
        result = SEARCHER.search(query, mode=mode)
    except InputError:
        return
    scores = [hit.score for hit in result.hits]
    assert scores == sorted(scores, reverse=True)
    assert result.query == query


def test_measure_id_with_and_without_document_is_found(searcher: Searcher) -> None:
    assert searcher.measure("hz-2022:60.2.1") == searcher.measure("60.2.1")
    assert searcher.measure("60.2.1").text.startswith("制定出台《杭州市成品油监督管理条例》")


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("999.1.1", "编号从 hz-2022:1.1.1 到 hz-2022:101.1.2"),
        ("1.1.5", "第 1 项有 hz-2022:1.1.1 到 hz-2022:1.1.4"),
        ("1.2.1", "第 1 项有 hz-2022:1.1.1 到 hz-2022:1.1.4"),
        ("other:1.1.1", "现有文档 hz-2022"),
    ],
)
def test_measure_unknown_id_is_not_found_and_says_what_there_is(
    searcher: Searcher, name: str, known: str
) -> None:
    with pytest.raises(NotFoundError, match=f"没有举措 {name}；{known}"):
        searcher.measure(name)


def test_measure_id_in_two_documents_asks_for_the_whole_id(
    small: Parsed, searcher_of: Callable[..., Searcher]
) -> None:
    both = searcher_of(small, parse(make_document(SMALL, "other")))
    assert both.measure("other:1.1.1").document == "other"
    with pytest.raises(InputError, match=r"几个文档里都有 1\.1\.1；请写全，例如 small:1\.1\.1"):
        both.measure("1.1.1")


@pytest.mark.parametrize(
    ("text", "words", "spans"),
    [
        ("扩大一照多址，一照多址", ["一照多址"], [(2, 6), (7, 11)]),
        ("一照多址", ["一照", "照多"], [(0, 3)]),
        ("一照多址", ["一照", "多址"], [(0, 4)]),
        ("CA证书", ["ca"], [(0, 2)]),
        ("税税税", ["税税"], [(0, 3)]),
        ("税", ["照"], []),
        ("", ["照"], []),
        ("İİ照", ["照"], [(2, 3)]),
    ],
)
def test_highlight_words_are_marked_without_overlap(
    text: str, words: list[str], spans: list[tuple[int, int]]
) -> None:
    assert highlight(text, words) == tuple(Span(*ends) for ends in spans)


def test_related_measures_are_of_other_items_one_an_item(searcher: Searcher) -> None:
    related = searcher.related("82.1.1", k=5)
    items = [other.measure.item for other in related]
    assert len(set(items)) == 5
    assert 82 not in items
    scores = [other.score for other in related]
    assert scores == sorted(scores, reverse=True)
    assert all(
        0 <= score <= 1 and other.reason for score, other in zip(scores, related, strict=True)
    )


def test_related_unknown_measure_or_k_is_refused(searcher: Searcher) -> None:
    with pytest.raises(NotFoundError):
        searcher.related("999.1.1")
    with pytest.raises(InputError):
        searcher.related("1.1.1", k=0)


@pytest.mark.parametrize("query", ["公积金提取", "加强监管", "第2项"])
def test_search_answerable_without_boundary_is_the_first_score(query: str) -> None:
    result = SEARCHER.search(query)
    assert SEARCHER.index.boundary is None
    assert result.answerable == result.hits[0].score


def test_search_answerable_without_hits_is_zero(searcher: Searcher) -> None:
    assert SEARCHER.search("第999项").answerable == 0
    assert searcher.search("第999项").answerable == 0


def test_search_answerable_of_an_address_is_certain(searcher: Searcher) -> None:
    assert searcher.search("第27项第3条").answerable == 1


@pytest.mark.parametrize("query", QUERIES)
def test_search_answerable_depends_on_neither_k_nor_mode(searcher: Searcher, query: str) -> None:
    found = searcher.search(query)
    assert 0 <= found.answerable <= 1
    for mode in sorted(MODES):
        assert searcher.search(query, k=1, mode=mode).answerable == found.answerable


def test_search_answerable_main_question_is_above_the_weather(searcher: Searcher) -> None:
    weather = searcher.search("今天天气怎么样").answerable
    assert weather < searcher.search(MAIN).answerable


def test_search_vector_is_the_embedders_own() -> None:
    np.testing.assert_array_equal(SEARCHER.search("公积金提取").vector, bag("公积金提取"))


def test_search_all_gives_every_measure_once(searcher: Searcher) -> None:
    found = searcher.search_all(MAIN)
    assert len({hit.measure.id for hit in found.hits}) == len(searcher.measures) > MOST
    assert found.hits[:MOST] == searcher.search(MAIN, k=MOST).hits


def test_search_all_with_filters_gives_all_that_meet_them(searcher: Searcher) -> None:
    wanted = Filters(aspect="一、")
    found = {hit.measure.id for hit in searcher.search_all(MAIN, filters=wanted).hits}
    assert found == {m.id for m in searcher.measures if meets(m, wanted)}


@pytest.mark.parametrize("query", QUERIES)
def test_read_gives_what_is_searched(searcher: Searcher, query: str) -> None:
    assert searcher.read(query).normalized == searcher.search(query).normalized


def test_read_empty_query_is_refused(searcher: Searcher) -> None:
    with pytest.raises(InputError, match="问题是空的"):
        searcher.read(" ")
