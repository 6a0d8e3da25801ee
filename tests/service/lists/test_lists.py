"""List questions: read by rules, answered completely and exactly out of the columns."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from corpus.document import Document, Measure
from corpus.measures import Parsed, parse
from corpus.text import strip_layout
from index.search import Searcher
from service.composed import Composed
from service.lists.columns import Columns
from service.lists.compose import compose_list
from service.lists.conditions import holds
from service.lists.reading import ListQuestion, read_list
from tests.conftest import SMALL, make_document

DEV = Path(__file__).parents[3] / "eval" / "data" / "hz-2022"
Ask = Callable[..., ListQuestion | None]

# Questions in other words than those of the development cases.
CASES = Path(__file__).parent / "list_cases.tsv"
ITEMS = [
    (question, [int(item) for item in items.split()])
    for question, _, items in (
        line.partition("\t")
        for line in CASES.read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    )
]

# Question, how many measures, the first and the last.
MEASURES = [
    ("总共多少条举措", 344, "1.1.1", "101.1.2"),
    ("法院牵头的举措有多少条", 34, "16.1.1", "78.1.3"),
    ("海关牵头的具体举措列出来", 14, "39.1.1", "45.1.4"),
    ("3月见效的举措里由建委牵头的有几条？", 13, "24.1.1", "26.1.4"),
    ("公平竞争方面的举措有哪些", 12, "55.1.1", "59.1.3"),
    ("财政局牵头的措施有哪些", 6, "3.2.1", "59.1.3"),
    ("公安局配合的举措共几条", 54, "7.1.1", "97.1.7"),
    ("林水局牵头哪几条", 6, "6.1.1", "63.5.1"),
    ("12月见效的有多少条举措", 53, "23.1.1", "92.1.2"),
    ("第九方面共有多少条改革举措", 31, "71.1.1", "78.1.3"),
    ("年底前见效、由农业农村局牵头的举措有几条", 4, "60.3.1", "60.3.4"),
    ("应急局牵头的举措有多少条？", 3, "61.3.1", "61.3.3"),
    ("消防牵头的举措列一下", 3, "63.1.1", "63.1.3"),
    ("商务局牵头6月见效的举措分别是哪些条", 3, "60.2.1", "60.2.3"),
    ("清单总共有多少条改革举措", 344, "1.1.1", "101.1.2"),
    ("教育局牵头的那几条举措是什么", 2, "52.1.1", "52.1.2"),
    ("公安局牵头多少条举措", 5, "49.1.1", "95.1.3"),
]

# The question before, the follow-up, the items.
FOLLOWING = [
    ("市法院牵头的改革有哪些", "那财政局牵头的呢", [3, 59]),
    ("市法院牵头的改革有哪些", "其中财政局配合的呢", [19, 78]),
    ("市法院牵头的改革有哪些", "6月的呢", [16, 17, 18, 19, 48, 77, 78]),
    ("市法院牵头的改革有哪些", "3月的有吗", [20, 72, 76]),
    ("市法院牵头的改革有哪些", "一共几项", [16, 17, 18, 19, 20, 48, 72, 76, 77, 78]),
    ("市法院牵头的改革有哪些", "税务局呢", [66, 70, 85, 90, 91, 92, 93, 94]),
    ("消防救援支队牵头的有哪些", "它配合的有哪些", [60]),
    ("12月见效的改革有哪些", "这些里面海关牵头的有几项", [39, 40, 41, 45]),
    ("跨境贸易方面有哪些改革", "里面不是海关牵头的有哪些", [42, 44, 46, 47]),
    ("公平竞争方面有哪些改革", "产权保护方面呢", [71, 72, 73, 74, 75, 76, 77, 78]),
    ("公平竞争方面3月见效的有哪些改革", "6月的呢", [56]),
    ("市场监管局牵头的改革", "其中跟知识产权有关的有哪些", [33, 34, 73, 74]),
    ("建委牵头几项？", "分别是哪几项？", [23, 24, 25, 26, 27, 29, 30]),
    ("建委牵头几项？", "最早见效的是哪几项", [24, 25, 26]),
    ("建委牵头的", "换成生态环境局", [28, 61, 63]),
    ("跨境贸易方面的改革有哪些", "改成商务局牵头的", [41]),
    ("公安局牵头的有哪些？", "不涉及杭州的呢", [42, 54]),
    ("公安局牵头的有哪些？", "税务局牵头的改革有哪些", [66, 70, 85, 90, 91, 92, 93, 94]),
]

# Questions about one item's column, how-to questions, and what the columns cannot say.
OTHER = [
    "一照多址谁牵头",
    "这项改革几月见效",
    "成品油综合监管是市场监管局牵头还是商务局牵头",
    "科技局还是教育局牵头",
    "去税务局领发票怎么办",
    "法院怎么管破产",
    "法院牵头吗",
    "谁牵头",
    "责任单位有哪些",
    "责任单位是谁",
    "第16项的责任单位有哪些",
    "它的责任单位有哪些",
    "除了财政局还有谁配合",
    "除了各区县，还有哪些责任单位",
    "这项改革的责任单位都有哪些",
    "财政局也要配合？",
    "该事项由法院牵头",
    "6月还是9月见效",
    "杭州有多少个区县",
    "市政府有几个局",
    "3月有多少天",
    "杭州有哪些项目",
    "有哪些措施",
    "联合验收是建委牵头吗",
    "税务局有什么优惠政策",
    "证监局牵头的改革有哪些",
    "知识产权方面有哪些改革",
    "上海市场监管局牵头的改革有哪些",
    "海关有哪些便利化措施",
    "哪些改革已经完成了",
    "3月前没有完成的有哪些改革",
    "法院牵头的改革取得了哪些成效",
    "用地清单制责任单位有几家",
    "他们的办公电话是多少",
    "",
    "法院牵头" * 100,
]

# Question, by, short answer.
GROUPED = [
    ("各单位分别牵头几项", "lead", "24个牵头单位"),
    ("一共有多少个牵头单位", "lead", "24个牵头单位"),
    ("哪个单位牵头的改革最多", "lead", "市市场监管局（26项）"),
    ("谁牵头的最多？", "lead", "市市场监管局（26项）"),
    ("牵头最多的单位是哪家", "lead", "市市场监管局（26项）"),
    ("配合最多的是哪个单位？", "responsible", "各区、县（市）政府（99项）"),
    ("法院牵头的改革由谁配合", "responsible", "26个责任单位"),
    ("每个月有多少项见效", "due", "9个见效月份"),
    ("哪个月见效的最多", "due", "2022年6月（44项）"),
    ("税务局牵头的改革什么时候见效", "due", "3个见效月份"),
    ("各方面多少项", "aspect", "10个方面"),
    ("哪个方面的改革最多", "aspect", "十、优化经常性涉企服务（23项）"),
    ("公平竞争方面有哪些牵头单位", "lead", "3个牵头单位"),
    ("除海关外，跨境贸易方面的改革还有哪些单位牵头", "lead", "3个牵头单位"),
]


@dataclass(frozen=True)
class Shelf:
    """Measures and documents, as a searcher has them."""

    measures: Sequence[Measure]
    documents: Mapping[str, Document]


def shelf_of(parsed: Parsed) -> Searcher:
    """A searcher of which only the measures and documents are asked."""
    return cast(Searcher, Shelf(parsed.measures, {parsed.document.id: parsed.document}))


@pytest.fixture(scope="module")
def shelf(real_list: Parsed) -> Searcher:
    return shelf_of(real_list)


@pytest.fixture(scope="module")
def columns(shelf: Searcher) -> Columns:
    return Columns(shelf.measures, shelf.documents)


@pytest.fixture(scope="module")
def answer(shelf: Searcher, columns: Columns) -> Callable[..., Composed]:
    """Read a question after others and answer it."""

    def composed(*questions: str) -> Composed:
        asked: ListQuestion | None = None
        for question in questions:
            asked = read_list(question, columns, asked)
            assert asked is not None, question
        assert asked is not None
        return compose_list(shelf, asked)

    return composed


def numbers(composed: Composed) -> list[int]:
    return [item for _, item in composed.items]


def cited(composed: Composed) -> list[str]:
    return [citation.measure.partition(":")[2] for citation in composed.citations]


@pytest.mark.parametrize(("question", "items"), ITEMS)
def test_items_of_a_list_question_are_exact(
    answer: Callable[..., Composed], question: str, items: list[int]
) -> None:
    assert numbers(answer(question)) == items


@pytest.mark.parametrize(("question", "count", "first", "last"), MEASURES)
def test_measures_of_a_question_for_measures_are_cited_once_each(
    answer: Callable[..., Composed], question: str, count: int, first: str, last: str
) -> None:
    ids = cited(answer(question))
    assert (len(ids), ids[0], ids[-1]) == (count, first, last)
    assert len(set(ids)) == count


@pytest.mark.parametrize(("before", "question", "items"), FOLLOWING)
def test_follow_up_narrows_or_changes_the_question_before(
    answer: Callable[..., Composed], before: str, question: str, items: list[int]
) -> None:
    assert numbers(answer(before, question)) == items


@pytest.mark.parametrize("question", OTHER)
def test_other_question_is_no_list_question(columns: Columns, question: str) -> None:
    assert read_list(question, columns) is None


@pytest.mark.parametrize("question", ["怎么申请破产", "预重整是什么", "那一照多址谁牵头"])
def test_other_question_after_a_list_is_no_list_question(columns: Columns, question: str) -> None:
    assert read_list(question, columns, read_list("法院牵头的有哪些", columns)) is None


@pytest.mark.parametrize(("question", "by", "short"), GROUPED)
def test_counts_by_a_column_name_it_and_the_extreme(
    shelf: Searcher, columns: Columns, question: str, by: str, short: str
) -> None:
    asked = read_list(question, columns)
    assert asked is not None
    assert asked.by == by
    assert compose_list(shelf, asked).short_answer == short


def test_development_cases_are_all_exact(shelf: Searcher, columns: Columns) -> None:
    lines = (DEV / "cases_dev.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [case for case in map(json.loads, lines) if case["kind"] == "list"]
    assert len(cases) >= 41
    for case in cases:
        asked: ListQuestion | None = None
        for question in [*case.get("turns", []), case["query"]]:
            asked = read_list(question, columns, asked)
        assert asked is not None, case
        composed = compose_list(shelf, asked)
        assert numbers(composed) == case["items"], case
        if "measures" in case:
            assert cited(composed) == case["measures"], case


def test_development_retrieval_queries_are_no_list_questions(columns: Columns) -> None:
    judged = {line.split("\t")[0] for line in (DEV / "qrels/dev.tsv").read_text().splitlines()}
    lines = (DEV / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [q["text"] for q in map(json.loads, lines) if q["_id"] in judged]
    assert len(texts) > 100
    assert [text for text in texts if read_list(text, columns)] == []


def test_questions_beside_the_list_are_no_list_questions(
    columns: Columns, list_folder: Path
) -> None:
    lines = (list_folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [text for line in lines for text in json.loads(line)["questions"]]
    assert [text for text in texts if read_list(text, columns)] == []


def test_item_list_cites_each_row_by_the_column_that_was_asked(
    shelf: Searcher, answer: Callable[..., Composed]
) -> None:
    composed = answer("商务局牵头的改革有哪些")
    assert cited(composed) == ["41.1.1", "60.2.1", "98.1.1"]
    assert {citation.field for citation in composed.citations} == {"lead_units"}
    for citation in composed.citations:
        source = shelf.documents["hz-2022"].text[citation.start : citation.end]
        assert strip_layout(source) == citation.quote
        assert "市商务局" in citation.quote


def test_each_condition_is_cited_by_its_own_field(answer: Callable[..., Composed]) -> None:
    assert {c.field for c in answer("医保局配合的有哪些").citations} == {"responsible_units"}
    assert {c.field for c in answer("4月见效的有哪些").citations} == {"due"}
    assert {c.field for c in answer("公平竞争方面有哪些改革").citations} == {"title"}
    assert {c.field for c in answer("不涉及杭州的有哪些").citations} == {"text"}


def test_count_question_is_answered_by_a_count(answer: Callable[..., Composed]) -> None:
    assert answer("法院牵头的有几项").short_answer == "10项"
    assert answer("人社局牵头的举措有多少条").short_answer == "2条"
    assert answer("一共有多少项改革").short_answer == "101项"
    assert answer("总共多少条举措").short_answer == "344条"


def test_short_set_is_named_and_a_single_item_by_its_title(answer: Callable[..., Composed]) -> None:
    assert answer("财政局牵头的有哪些").short_answer == "第3、59项"
    assert answer("4月见效的有哪些").short_answer == "第13项 推行企业年度报告“多报合一”改革"
    assert answer("市场监管局牵头的有哪些").short_answer == "26项"


def test_answer_tells_count_condition_and_one_line_an_item(answer: Callable[..., Composed]) -> None:
    lines = answer("财政局牵头的有哪些").answer.split("\n")
    assert lines[0] == "市财政局牵头的事项共2项："
    assert lines[2] == "第59项 简化对政府采购供应商资格条件的形式审查（市财政局，2022年3月）[2]"
    assert len(lines) == 3


def test_empty_set_is_said_to_be_empty(answer: Callable[..., Composed]) -> None:
    composed = answer("体育局牵头的改革有哪些")
    assert (composed.kind, composed.items, composed.citations) == ("list", (), ())
    assert composed.short_answer == "0项"
    assert "一项也没有" in composed.answer


def test_wording_says_what_was_understood(columns: Columns) -> None:
    asked = read_list("法院迁头、三月前見效的都有那些", columns)
    assert asked is not None
    assert asked.text == "市法院牵头、2022年3月底前见效的事项有哪些"
    again = read_list(asked.text, columns)
    assert again is not None
    assert again.condition == asked.condition


def test_reading_never_fails_on_cut_questions(columns: Columns) -> None:
    for question, _ in ITEMS:
        for end in range(1, len(question), 3):
            read_list(question[:end], columns, read_list(question[end:], columns))


def test_another_list_is_asked_by_its_own_units_and_months() -> None:
    parsed = parse(make_document(SMALL))
    columns = Columns(parsed.measures, {"small": parsed.document})
    asked = read_list("公积金中心牵头、年底见效的有哪些", columns)
    assert asked is not None
    assert [m.id for m in parsed.measures if holds(asked.condition, m)] == ["small:2.2.1"]
    assert read_list("市法院牵头的有哪些", columns) is None
