"""List questions: read into conditions, carried through a talk, answered out of the columns."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.measures import Parsed, parse
from corpus.text import strip_layout
from service.answer.composed import Composed
from service.answer.sets import Set, compose_set, compute
from service.read.carry import carry, is_set
from service.read.frame import Frame, read
from service.read.names import Names
from tests.conftest import make_document

DEV = Path(__file__).parents[3] / "eval" / "data" / "hz-2022"
TODAY = date(2026, 11, 24)

# Questions in other words than those of the development cases; their items by another script.
CASES = Path(__file__).parents[1] / "read" / "list_cases.tsv"
ITEMS = [
    (question, [int(item) for item in items.split()])
    for question, _, items in (
        line.partition("\t")
        for line in CASES.read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    )
]

# Clauses that ask nothing, before or behind.
COURTESIES = [
    ("", "，一个都别漏"),
    ("", "，给编号就行"),
    ("", "，谢谢"),
    ("", "（有一行符合就算）"),
    ("为了写年终总结，", ""),
    ("请问，", ""),
    ("您好，", "，麻烦了"),
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

# Question, by, short answer.
GROUPED = [
    ("各单位分别牵头几项", "lead", "24个牵头单位"),
    ("一共有多少个牵头单位", "lead", "24个牵头单位"),
    ("哪个单位牵头的改革最多", "lead", "市市场监管局（26项）"),
    ("谁牵头的最多？", "lead", "市市场监管局（26项）"),
    ("牵头最多的单位是哪家", "lead", "市市场监管局（26项）"),
    ("配合最多的是哪个单位？", "responsible", "各区、县（市）政府（99项）"),
    ("法院牵头的改革由谁配合", "responsible", "26个责任单位"),
    ("每个月有多少项见效", "due", "9个月份"),
    ("哪个月见效的最多", "due", "2022年6月（44项）"),
    ("税务局牵头的改革什么时候见效", "due", "3个月份"),
    ("各方面多少项", "aspect", "10个方面"),
    ("哪个方面的改革最多", "aspect", "十、优化经常性涉企服务（23项）"),
    ("公平竞争方面有哪些牵头单位", "lead", "3个牵头单位"),
    ("除海关外，跨境贸易方面的改革还有哪些单位牵头", "lead", "3个牵头单位"),
]


@pytest.fixture(scope="module")
def names(real_list: Parsed) -> Names:
    return names_of(real_list)


def names_of(parsed: Parsed) -> Names:
    document = parsed.document
    return Names(parsed.measures, {document.id: document}, {document.id: parsed.schema})


def frame_of(names: Names, *questions: str) -> Frame:
    """The last question's frame after those before it; no measure is looked up."""
    frames: list[Frame] = []
    for question in questions:
        frame = read(question, names, TODAY)
        if frames:
            frame = carry(frame, frames[-1], lambda _: None, lambda _a, _b: False)
        frames.append(frame)
    return frames[-1]


def set_of(parsed: Parsed, names: Names, *questions: str) -> Set | None:
    frame = frame_of(names, *questions)
    schemas = {parsed.document.id: parsed.schema}
    return compute(frame, parsed.measures, schemas) if is_set(frame) else None


@pytest.fixture(scope="module")
def answer(real_list: Parsed, names: Names) -> Callable[..., Composed]:
    """Read a question after others and answer it."""

    def composed(*questions: str) -> Composed:
        found = set_of(real_list, names, *questions)
        assert found is not None, questions
        document = real_list.document
        return compose_set(found, {document.id: document}, {document.id: real_list.schema})

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


@pytest.mark.parametrize(("before", "behind"), COURTESIES)
def test_courtesy_clause_changes_no_set(
    real_list: Parsed, names: Names, before: str, behind: str
) -> None:
    changed = []
    for question, items in ITEMS:
        found = set_of(real_list, names, before + question.rstrip("？?。") + behind)
        got = None if found is None else list(dict.fromkeys(m.item for m in found.measures))
        if got != items:
            changed.append(question)
    assert changed == [], len(changed)


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


@pytest.mark.parametrize(("question", "by", "short"), GROUPED)
def test_counts_by_a_column_name_it_and_the_extreme(
    names: Names, answer: Callable[..., Composed], question: str, by: str, short: str
) -> None:
    assert frame_of(names, question).by == by
    assert answer(question).short_answer == short


def test_item_list_cites_each_row_by_the_column_that_was_asked(
    real_list: Parsed, answer: Callable[..., Composed]
) -> None:
    composed = answer("商务局牵头的改革有哪些")
    assert cited(composed) == ["41.1.1", "60.2.1", "98.1.1"]
    assert {citation.field for citation in composed.citations} == {"lead_units"}
    for citation in composed.citations:
        source = real_list.document.text[citation.start : citation.end]
        assert strip_layout(source) == citation.quote
        assert "市商务局" in citation.quote


def test_count_question_is_answered_by_a_count(answer: Callable[..., Composed]) -> None:
    assert answer("法院牵头的有几项").short_answer == "10项"
    assert answer("人社局牵头的举措有多少条").short_answer == "2条"


def test_short_set_is_named_and_a_single_item_by_its_title(answer: Callable[..., Composed]) -> None:
    assert answer("财政局牵头的有哪些").short_answer == "第3、59项"
    assert answer("4月见效的有哪些").short_answer == "第13项 推行企业年度报告“多报合一”改革"


def test_answer_tells_the_condition_by_the_columns_own_name(
    answer: Callable[..., Composed],
) -> None:
    lines = answer("财政局牵头的有哪些").answer.split("\n")
    assert lines[0] == "牵头单位含“市财政局”的改革事项共2项："
    assert lines[2] == "第59项 简化对政府采购供应商资格条件的形式审查（市财政局，2022年3月）[2]"
    assert len(lines) == 3


def test_empty_set_is_said_to_be_empty(answer: Callable[..., Composed]) -> None:
    composed = answer("体育局牵头的改革有哪些")
    assert (composed.kind, composed.items, composed.citations) == ("list", (), ())
    assert composed.short_answer == "0项"
    assert "一项也没有" in composed.answer


TASKS = """编号\t任务名称\t具体内容\t主管部门\t办结时限\t完成时间\t资金来源
1\t甲任务\t建十个站点，写明质押。\t市教育局、市财政局\t5个工作日\t2025年底前\t市级财政
2\t乙任务\t修路。\t市教育局\t—\t2025年第三季度\t市区两级财政
3\t丙任务\t办证。\t市水利局\t即时办结\t长期坚持\t企业自筹
4\t丁任务\t清淤。\t市水利局\t不超过15个工作日\t6月底前\t市级财政
"""


@pytest.mark.parametrize(
    ("question", "items"),
    [
        ("教育局负责哪些任务", [1, 2]),
        ("市水利局主管的任务有哪些", [3, 4]),
        ("哪些任务由市教育局单独负责", [2]),
        ("2025年9月底前完成的有哪些任务", [2, 4]),
        ("2025年6月完成的有哪些", [4]),
        ("2025年8月完成的任务有哪些", []),
        ("完成时间最晚的是哪一项任务", [1]),
        ("最早完成的是哪项", [4]),
        ("5个工作日以内办结的任务有哪些", [1, 3]),
        ("没有写办结时限的任务有哪些", [2]),
        ("资金来源是企业自筹的有哪些", [3]),
        ("市级财政出钱、水利局管的有哪些任务", [4]),
        ("提到质押的任务有哪些", [1]),
    ],
)
def test_a_document_with_other_columns_is_asked_by_its_own(question: str, items: list[int]) -> None:
    parsed = parse(make_document(TASKS, "tasks"))
    found = set_of(parsed, names_of(parsed), question)
    assert found is not None
    assert [m.item for m in found.measures] == items


def test_columns_that_no_document_has_make_no_set() -> None:
    parsed = parse(make_document("第一条 甲应当备案。\n第二条 乙应当公示。\n", "rule"))
    assert set_of(parsed, names_of(parsed), "市教育局牵头的有哪些") is None


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=40))
def test_reading_never_fails(names: Names, text: str) -> None:
    frame_of(names, "法院牵头的有哪些", text)


def test_development_cases_are_exact(answer: Callable[..., Composed]) -> None:
    lines = (DEV / "cases_dev.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [case for case in map(json.loads, lines) if case["kind"] == "list"]
    single = [case for case in cases if "turns" not in case]
    missed = [case["query"] for case in single if numbers(answer(case["query"])) != case["items"]]
    assert missed == ["林水局牵头的事项，以及它只做责任单位的事项，合起来有几项？"]
