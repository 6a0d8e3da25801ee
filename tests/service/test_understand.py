"""A question by itself, and behind an earlier one."""

import pytest

from corpus.measures import Parsed
from service.lists.columns import Columns
from service.understand import Understood, read_question, topic_of
from service.wants import read_wants


@pytest.fixture(scope="module")
def columns(real_list: Parsed) -> Columns:
    """The columns of the real list."""
    return Columns(real_list.measures, {real_list.document.id: real_list.document})


@pytest.fixture(scope="module")
def yachts(columns: Columns) -> Understood:
    """An earlier question."""
    return read_question("游艇登记制度由谁牵头", columns)


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("一照多址由谁牵头", "一照多址"),
        ("一照多址的牵头单位是谁？", "一照多址的"),
        ("外汇收支便利化自由什么时候完成", "外汇收支便利化自由"),
        ("游艇登记要走哪些步骤？", "游艇登记要走哪些步骤"),
    ],
)
def test_topic_is_the_question_without_what_asks(question: str, topic: str) -> None:
    assert topic_of(read_wants(question)) == topic


@pytest.mark.parametrize("question", ["那谁牵头？", "什么时候完成？", "它由哪个部门负责？"])
def test_read_short_or_pointing_question_points(
    columns: Columns, yachts: Understood, question: str
) -> None:
    asked = read_question(question, columns, yachts)
    assert asked.points
    assert asked.leaning().text.startswith("游艇登记制度，")
    assert asked.leaning().topic == "游艇登记制度"


def test_read_takes_the_opening_word_off(columns: Columns, yachts: Understood) -> None:
    asked = read_question("那么谁牵头?", columns, yachts).leaning()
    assert asked.text == "游艇登记制度，谁牵头?"
    assert asked.wants.kind == "lead"


@pytest.mark.parametrize("opening", ["哦那", "好的，那", "明白了，", "那么", "顺便问下，"])
def test_read_takes_what_opens_a_question_off(
    columns: Columns, yachts: Understood, opening: str
) -> None:
    asked = read_question(f"{opening}政府采购怎么优化的", columns, yachts)
    assert asked.own == "政府采购怎么优化的"
    assert not asked.points


def test_read_whole_question_does_not_point(columns: Columns, yachts: Understood) -> None:
    question = "破产管理人查询破产企业财产信息由哪个部门牵头"
    asked = read_question(question, columns, yachts)
    assert not asked.points
    assert asked.text == question


def test_read_ellipsis_asks_what_was_asked_of_either(columns: Columns, yachts: Understood) -> None:
    asked = read_question("那电子证照呢？", columns, yachts)
    assert (asked.text, asked.wants.kind, asked.topic) == ("电子证照谁牵头", "lead", "电子证照")
    leaning = asked.leaning()
    assert (leaning.text, leaning.wants.kind) == ("游艇登记制度，电子证照谁牵头", "lead")
    assert leaning.topic == "电子证照，游艇登记制度"


def test_read_question_with_asking_words_is_no_ellipsis(
    columns: Columns, yachts: Understood
) -> None:
    asked = read_question("登记机关发现名字不合规定会怎么处理呢", columns, yachts)
    assert not asked.elliptical


def test_read_ellipsis_with_instead_says_so(columns: Columns, yachts: Understood) -> None:
    asked = read_question("换成水土保持呢", columns, yachts)
    assert asked.instead
    assert asked.text == "水土保持谁牵头"


def test_read_ellipsis_of_a_column_is_a_question_for_it(
    columns: Columns, yachts: Understood
) -> None:
    asked = read_question("那配合的呢？", columns, yachts)
    assert (asked.wants.kind, asked.elliptical, asked.points) == ("responsible", False, True)


def test_read_without_an_earlier_question_stands_alone(columns: Columns) -> None:
    asked = read_question("谁牵头？", columns)
    assert (asked.text, asked.earlier, asked.leans) == ("谁牵头？", None, False)
    assert asked.leaning() == asked
