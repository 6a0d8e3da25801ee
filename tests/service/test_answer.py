"""Answering on the real list: short answers, lists, passages, refusals, follow-ups."""

import pytest

from corpus.errors import InputError
from corpus.text import strip_layout
from index.search import Searcher
from service.answer import Answer, Answerer

QUESTIONS = (
    "一照多址谁牵头",
    "杭州一共启用了几类客货运输电子证照",
    "市法院牵头的改革有哪些？",
    "破产企业的房子没法验收，怎么办",
    "进出口联合登临检查杭州搞不搞",
    "明天杭州会下雨吗",
)


@pytest.fixture(scope="module")
def answerer(real_searcher: Searcher) -> Answerer:
    return Answerer(real_searcher)


def test_ask_lead_unit_is_short_and_cites_the_column(answerer: Answerer) -> None:
    answer = answerer.ask("加油站成品油综合监管谁牵头")
    assert (answer.kind, answer.answerable) == ("fact", True)
    assert answer.short_answer == "市商务局（杭州自贸片区管委会）"
    assert answer.citations[0].field == "lead_units"
    assert answer.citations[0].measure.startswith("hz-2022:60.2.")


def test_ask_other_row_of_the_item_gives_its_own_unit(answerer: Answerer) -> None:
    assert answerer.ask("农产品综合监管谁牵头").short_answer == "市农业农村局"


def test_ask_number_is_the_span_of_the_text(answerer: Answerer) -> None:
    answer = answerer.ask("杭州一共启用了几类客货运输电子证照")
    assert answer.short_answer is not None
    assert "11类" in answer.short_answer
    assert answer.citations[0].measure == "hz-2022:5.1.1"


def test_ask_list_is_complete_and_in_document_order(answerer: Answerer) -> None:
    answer = answerer.ask("市法院牵头的改革有哪些？")
    assert answer.kind == "list"
    assert [item for _, item in answer.items] == [16, 17, 18, 19, 20, 48, 72, 76, 77, 78]


def test_ask_how_gives_passages_with_lead_and_month(answerer: Answerer) -> None:
    answer = answerer.ask("一照多址怎么办理")
    assert (answer.kind, answer.short_answer) == ("measures", None)
    assert "牵头单位：市市场监管局" in answer.answer
    assert "取得成效时间：2022年6月" in answer.answer


def test_ask_inapplicable_item_says_so(answerer: Answerer) -> None:
    answer = answerer.ask("进出口联合登临检查杭州搞不搞")
    assert "杭州不涉及该项改革" in answer.answer


@pytest.mark.parametrize("question", ["明天杭州会下雨吗", "个人公积金贷款最高能贷多少？"])
def test_ask_unanswerable_is_refused_with_the_nearest(answerer: Answerer, question: str) -> None:
    answer = answerer.ask(question)
    assert (answer.kind, answer.answerable, answer.short_answer) == ("none", False, None)
    assert answer.citations == ()
    assert len(answer.nearest) == 10


@pytest.mark.parametrize("question", QUESTIONS)
def test_ask_every_citation_stands_in_the_document(answerer: Answerer, question: str) -> None:
    answer = answerer.ask(question)
    documents = answerer.searcher.documents
    for citation in answer.citations:
        document = documents[citation.measure.partition(":")[0]]
        assert strip_layout(document.text[citation.start : citation.end]) == citation.quote
        assert citation.sha256 == document.sha256
        assert f"[{citation.n}]" in answer.answer


@pytest.mark.parametrize("question", QUESTIONS)
def test_ask_short_answer_is_at_most_sixty_characters(answerer: Answerer, question: str) -> None:
    assert len(answerer.ask(question).short_answer or "") <= 60


def test_ask_follow_up_is_made_self_contained(answerer: Answerer) -> None:
    answer: Answer = answerer.ask("那谁牵头？", turns=["一照多址现在适用到多大范围？"])
    assert answer.short_answer == "市市场监管局"
    assert answer.understood.startswith("一照多址")


def test_ask_ellipsis_asks_for_what_was_asked_before(answerer: Answerer) -> None:
    answer = answerer.ask("农产品呢？", turns=["开加油站现在怎么监管", "谁牵头"])
    assert answer.short_answer == "市农业农村局"


def test_ask_list_follow_up_narrows_the_list(answerer: Answerer) -> None:
    answer = answerer.ask("其中3月就见效的是哪几项", turns=["市法院牵头的改革有哪些？"])
    assert [item for _, item in answer.items] == [20, 72, 76]


def test_ask_seven_turns_are_refused(answerer: Answerer) -> None:
    with pytest.raises(InputError, match="最多带 6 个"):
        answerer.ask("谁牵头", turns=["一照多址"] * 7)


@pytest.mark.parametrize("question", ["", "  ", "？"])
def test_ask_nothing_is_an_error(answerer: Answerer, question: str) -> None:
    with pytest.raises(InputError):
        answerer.ask(question)


def test_ask_same_question_gives_the_same_answer(answerer: Answerer) -> None:
    assert answerer.ask("公积金提取") == answerer.ask("公积金提取")
