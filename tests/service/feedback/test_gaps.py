"""The gap report: counted without doubling, near-duplicates merged, headed by the nearest item."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import InputError
from corpus.measures import Parsed
from service.feedback.gaps import Wording, merge, parse_day, report_gaps, topic_json, wordings
from service.feedback.store import Asked, Judged

FIRST, SECOND = date(2022, 3, 1), date(2022, 3, 2)


def ask(question: str, count: int = 1, *, good: bool = False, day: date = FIRST) -> Asked:
    """A question near item 1 of the small list."""
    return Asked(day, question, good, 0.9 if good else 0.1, "small:1", count)


def complain(question: str, count: int = 1, *, shown: str = "", day: date = FIRST) -> Judged:
    """An answer that was judged not useful."""
    return Judged(day, question, "not_useful", "", (shown,) if shown else (), count)


def word(question: str, count: int = 1, item: str = "") -> Wording:
    """A wording that was refused."""
    return Wording(question, item, count, 0, FIRST)


# Counting


def test_wordings_count_refusals_over_the_days_and_know_the_last() -> None:
    rows = [ask("办税", 2), ask("办税", 3, day=SECOND), ask("好问题", 9, good=True)]
    assert wordings(rows, []) == (Wording("办税", "small:1", 5, 0, SECOND),)


def test_wordings_judged_not_useful_count_where_they_were_answered() -> None:
    rows = [ask("办税", 4, good=True)]
    assert wordings(rows, [complain("办税", 2)]) == (Wording("办税", "small:1", 0, 2, FIRST),)


def test_wordings_refused_and_judged_on_one_day_count_once() -> None:
    (found,) = wordings([ask("办税", 3)], [complain("办税", 2)])
    assert (found.refused, found.not_useful, found.count) == (3, 0, 3)


def test_wordings_answered_since_are_no_gap() -> None:
    rows = [ask("办税", 3), ask("办税", good=True, day=SECOND)]
    assert wordings(rows, []) == ()
    (found,) = wordings(rows, [complain("办税", 2, day=SECOND)])
    assert (found.refused, found.not_useful, found.last) == (0, 2, SECOND)


def test_wordings_judged_only_stand_by_the_first_measure_that_was_shown() -> None:
    (found,) = wordings([], [complain("办税", shown="a.b:16.1.1")])
    assert found.item == "a.b:16"
    assert wordings([], [complain("办税")])[0].item == ""


def test_wordings_of_useful_or_right_judgements_are_no_gap() -> None:
    useful = Judged(FIRST, "办税", "useful", "", ("small:1.1.1",), 1)
    right = Judged(FIRST, "办税", "right", "small:1.1.1", (), 1)
    assert wordings([], [useful, right]) == ()


# Merging


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("公积金贷款额度是多少", "请问公积金贷款额度多少？"),
        ("公积金贷款额度是多少", "个人公积金贷款额度是多少"),
        ("公積金貸款額度", "公积金贷款额度"),
        ("新能源车补贴怎么领", "新能源车补贴"),
        ("停车费多少", "停车费要多少啊"),
    ],
)
def test_merge_near_duplicates_are_one_gap_headed_by_the_more_frequent(
    left: str, right: str
) -> None:
    (gap,) = merge([word(left, 3), word(right, 2)])
    assert [w.question for w in gap.wordings] == [left, right]
    assert gap.count == 5


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("公司注销需要什么材料", "公司注册需要什么材料"),
        ("企业怎么注销", "企业怎么开办"),
        ("公积金贷款额度是多少", "今天天气怎么样"),
        ("怎么办理", "多少"),
    ],
)
def test_merge_keeps_other_questions_apart(left: str, right: str) -> None:
    assert len(merge([word(left), word(right)])) == 2


def test_merge_does_not_chain_through_members() -> None:
    """甲乙丙丁 ~ 乙丙丁戊 ~ 丙丁戊己 share two pairs of four; the ends share one of five."""
    gaps = merge([word("甲乙丙丁", 3), word("乙丙丁戊", 2), word("丙丁戊己", 1)])
    assert [[w.question for w in gap.wordings] for gap in gaps] == [
        ["甲乙丙丁", "乙丙丁戊"],
        ["丙丁戊己"],
    ]


def test_gap_stands_by_the_item_of_most_of_its_count() -> None:
    (gap,) = merge(
        [word("停车费多少", 3, "d:1"), word("停车费", 2, "d:2"), word("停车费？", 2, "d:2")]
    )
    assert gap.item == "d:2"


@given(st.lists(st.text("甲乙丙丁怎么", min_size=1, max_size=5), unique=True))
def test_merge_keeps_every_wording_once(questions: list[str]) -> None:
    gaps = merge([word(question) for question in questions])
    assert sorted(w.question for gap in gaps for w in gap.wordings) == sorted(questions)


# The report


def test_report_groups_by_item_and_sorts_by_count(small: Parsed) -> None:
    asked = [
        Asked(FIRST, "税务局几点下班", False, 0.1, "small:2", 2),
        Asked(FIRST, "今天天气怎么样", False, 0.05, "", 4),
        Asked(SECOND, "税款滞纳金怎么算", False, 0.1, "small:2", 3),
        Asked(FIRST, "以前那项", False, 0.1, "small:99", 1),
    ]
    topics = report_gaps(asked, [], small.measures)
    assert [(topic.heading, topic.count) for topic in topics] == [
        ("清单之外", 5),
        ("第2项 推行“一网通办”", 5),
    ]
    assert [gap.wordings[0].question for gap in topics[1].gaps] == [
        "税款滞纳金怎么算",
        "税务局几点下班",
    ]
    assert topics[1].last == SECOND


def test_report_with_a_least_count_leaves_rarer_gaps_out(small: Parsed) -> None:
    asked = [ask("税务局几点下班", 2), ask("今天天气怎么样", 1)]
    (topic,) = report_gaps(asked, [], small.measures, least=2)
    assert [gap.count for gap in topic.gaps] == [2]


def test_report_of_nothing_is_empty_and_order_of_rows_does_not_matter(small: Parsed) -> None:
    assert report_gaps([], [], small.measures) == ()
    rows = [ask("停车费多少", 2), ask("停车费", 2), ask("天气", 1), ask("停车费", 1, day=SECOND)]
    assert report_gaps(rows, [], small.measures) == report_gaps(rows[::-1], [], small.measures)


def test_topic_json_tells_refusals_judgements_and_wordings(small: Parsed) -> None:
    (topic,) = report_gaps(
        [ask("停车费多少", 2), ask("停车费", good=True)], [complain("停车费")], small.measures
    )
    assert topic_json(topic) == {
        "document": "small",
        "item": 1,
        "title": "开展“一照多址”改革",
        "heading": "第1项 开展“一照多址”改革",
        "count": 3,
        "last": "2022-03-01",
        "gaps": [
            {
                "question": "停车费多少",
                "count": 3,
                "refused": 2,
                "not_useful": 1,
                "last": "2022-03-01",
                "wordings": [
                    {"question": "停车费多少", "count": 2},
                    {"question": "停车费", "count": 1},
                ],
            }
        ],
    }


def test_parse_day_reads_a_day_or_nothing_and_refuses_the_rest() -> None:
    assert parse_day(" 2022-03-01 ") == FIRST
    assert parse_day(" ") is None
    for text in ("2022-13-01", "昨天", "2022"):
        with pytest.raises(InputError, match="2022-03-01"):
            parse_day(text)
