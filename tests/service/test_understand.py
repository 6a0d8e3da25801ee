"""Questions in the light of the turns before them."""

import pytest

from corpus.errors import InputError
from corpus.measures import Parsed
from index.search import Searcher
from service.answer import Answerer
from service.lists.columns import Columns
from service.understand import understand


@pytest.fixture(scope="module")
def columns(real_list: Parsed) -> Columns:
    """The columns of the real list."""
    return Columns(real_list.measures, {real_list.document.id: real_list.document})


@pytest.mark.parametrize("question", ["那谁牵头？", "什么时候完成？", "它由哪个部门负责？"])
def test_understand_leans_a_short_or_pointing_question_on_the_turn_before(
    columns: Columns, question: str
) -> None:
    asked = understand(question, ["游艇登记要走哪些步骤"], columns)
    assert asked.leans
    assert asked.before == "游艇登记要走哪些步骤"
    assert asked.text.startswith("游艇登记要走哪些步骤，")


def test_understand_takes_the_opening_word_off(columns: Columns) -> None:
    asked = understand("那么谁牵头?", ["游艇登记制度"], columns)
    assert asked.text == "游艇登记制度，谁牵头?"
    assert asked.wants.kind == "lead"


def test_understand_lets_an_independent_question_stand(columns: Columns) -> None:
    question = "破产管理人查询破产企业财产信息由哪个部门牵头"
    asked = understand(question, ["游艇登记制度"], columns)
    assert not asked.leans
    assert asked.text == question
    assert asked.before == "游艇登记制度"


def test_understand_without_turns_is_the_question_itself(columns: Columns) -> None:
    asked = understand("谁牵头？", [], columns)
    assert (asked.text, asked.before, asked.leans) == ("谁牵头？", "", False)


def test_understand_keeps_the_topic_over_several_turns(columns: Columns) -> None:
    asked = understand("那什么时候完成？", ["游艇登记制度", "谁牵头？"], columns)
    assert asked.before == "游艇登记制度"


def test_understand_passes_over_empty_turns(columns: Columns) -> None:
    assert understand("谁牵头？", ["游艇登记制度", " "], columns).before == "游艇登记制度"


def test_understand_with_six_turns_reads_and_with_seven_refuses(columns: Columns) -> None:
    assert understand("谁牵头？", ["游艇登记制度"] * 6, columns).leans
    with pytest.raises(InputError, match="最多带 6 个，给出的是 7 个"):
        understand("谁牵头？", ["游艇登记制度"] * 7, columns)


def test_understand_follows_a_list_up_with_a_narrower_one(columns: Columns) -> None:
    first = "市司法局牵头的有哪些事项"
    asked = understand("其中6月前见效的有哪些", [first], columns)
    assert asked.listed is not None
    assert "市司法局" in asked.text


@pytest.mark.parametrize(
    ("turns", "question", "short"),
    [
        (["游艇登记制度怎么优化"], "那谁牵头？", "市交通运输局"),
        (["游艇登记制度怎么优化", "那谁牵头？"], "什么时候见效？", "2022年6月"),
        (["税务UKey怎么非接触式发放"], "由哪个部门负责？", "国家税务总局杭州市税务局"),
    ],
)
def test_ask_after_turns_answers_of_what_they_were_about(
    real_searcher: Searcher, turns: list[str], question: str, short: str
) -> None:
    answer = Answerer(real_searcher).ask(question, turns=turns)
    assert answer.question == question
    assert answer.understood != question
    assert answer.short_answer == short


def test_ask_a_list_follow_up_narrows_the_items(real_searcher: Searcher) -> None:
    answerer = Answerer(real_searcher)
    every = answerer.ask("市司法局牵头的有哪些事项")
    some = answerer.ask("其中2022年3月见效的有哪些", turns=["市司法局牵头的有哪些事项"])
    assert every.items == (("hz-2022", 10), ("hz-2022", 69), ("hz-2022", 89))
    assert some.items == (("hz-2022", 69),)
