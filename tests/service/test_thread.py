"""Questions after their earlier turns, over the real list."""

from collections.abc import Callable

import pytest

from corpus.errors import InputError
from corpus.measures import parse
from index.search import Searcher
from service.answer import Answerer
from tests.conftest import make_document


@pytest.fixture(scope="module")
def answerer(real_searcher: Searcher) -> Answerer:
    """An answerer over the real list."""
    return Answerer(real_searcher)


@pytest.mark.parametrize(
    ("turns", "question", "short"),
    [
        (["游艇登记制度怎么优化"], "那谁牵头？", "市交通运输局"),
        (["游艇登记制度怎么优化", "那谁牵头？"], "什么时候见效？", "2022年6月"),
        (["游艇登记制度怎么优化", " "], "什么时候见效？", "2022年6月"),
        (["税务UKey怎么非接触式发放"], "由哪个部门负责？", "国家税务总局杭州市税务局"),
        # of another row of the item that was spoken of, then of that row
        (["成品油综合监管机制谁牵头"], "那农产品领域呢", "市农业农村局"),
        (["成品油综合监管机制谁牵头", "那农产品领域呢"], "它什么时候完成", "2022年3月"),
        # of something else
        (["特种设备作业人员证书电子化什么时候完成"], "换成游艇登记制度呢", "2022年6月"),
        (["游艇登记制度由谁牵头"], "破产管理人查询破产企业财产信息由哪个部门牵头", "市法院"),
        # back to where the talk began; a topic of its own within the item, kept for later
        (
            ["游艇登记制度由谁牵头", "小额诉讼什么时候见效"],
            "回到最前面那项，什么时候见效",
            "2022年6月",
        ),
        (
            ["招投标门槛是谁在清理？", "那政府采购的“八公开”讲的是啥"],
            "这块又是哪个局牵头",
            "市财政局",
        ),
        (["我想放一台自动售卖机，要办证吗？"], "找哪个部门", "市市场监管局"),
    ],
)
def test_ask_after_turns_answers_of_what_is_meant(
    answerer: Answerer, turns: list[str], question: str, short: str
) -> None:
    answer = answerer.ask(question, turns=turns)
    assert answer.question == question
    assert answer.short_answer == short


def test_ask_after_turns_says_how_the_question_was_understood(answerer: Answerer) -> None:
    assert answerer.ask("谁牵头？").understood == "谁牵头？"
    after = answerer.ask("谁牵头？", turns=["游艇登记制度什么时候完成"])
    assert after.understood == "游艇登记制度，谁牵头?"


@pytest.mark.parametrize("question", ["那上海呢？", "深圳那边是怎么弄的"])
def test_ask_of_another_place_is_refused(answerer: Answerer, question: str) -> None:
    answer = answerer.ask(question, turns=["一照多址由谁牵头"])
    assert (answer.answerable, answer.kind) == (False, "none")


def test_ask_after_a_question_of_another_place_stays_there(answerer: Answerer) -> None:
    assert not answerer.ask("谁牵头", turns=["北京一照多址谁牵头"]).answerable
    assert answerer.ask("那杭州呢", turns=["北京一照多址谁牵头"]).short_answer == "市市场监管局"


@pytest.mark.parametrize(("question", "turn"), [("还除", "谁牵头"), ("谁牵头", "还除")])
def test_ask_too_long_is_refused_before_it_is_read(
    answerer: Answerer, question: str, turn: str
) -> None:
    texts = [text * 50_000 if text == "还除" else text for text in (question, turn)]
    with pytest.raises(InputError, match="问题太长（100000 字）"):
        answerer.ask(texts[0], turns=texts[1:])


def test_ask_with_six_turns_answers_and_with_seven_refuses(answerer: Answerer) -> None:
    assert answerer.ask("谁牵头？", turns=["游艇登记制度"] * 6).short_answer == "市交通运输局"
    with pytest.raises(InputError, match="最多带 6 个，给出的是 7 个"):
        answerer.ask("谁牵头？", turns=["游艇登记制度"] * 7)


def test_ask_a_list_follow_up_narrows_the_items(answerer: Answerer) -> None:
    every = answerer.ask("市司法局牵头的有哪些事项")
    some = answerer.ask("其中2022年3月见效的有哪些", turns=["市司法局牵头的有哪些事项"])
    assert every.items == (("hz-2022", 10), ("hz-2022", 69), ("hz-2022", 89))
    assert some.items == (("hz-2022", 69),)


@pytest.mark.parametrize(
    ("turns", "question", "items"),
    [
        (["职务科技成果赋权试点归谁管？"], "人家还管啥？把它牵头的全列一下", (35, 36, 47, 50)),
        (["“一照多址”什么时候完成"], "这个方面下面总共有哪些改革事项", (1, 2, 3, 4, 5, 6)),
        (["网络商品抽检优化谁牵头"], "同一个月见效、市市场监管局牵头的有哪些", (67,)),
        (["进出口联合登临检查杭州搞不搞"], "像这样杭州不涉及的，一共哪几项", (42, 54)),
    ],
)
def test_ask_for_a_list_of_the_unit_aspect_or_month_that_was_spoken_of(
    answerer: Answerer, turns: list[str], question: str, items: tuple[int, ...]
) -> None:
    answer = answerer.ask(question, turns=turns)
    assert answer.kind == "list"
    assert tuple(item for _, item in answer.items) == items


def test_ask_of_its_unit_in_a_table_without_units_means_nothing_else(
    searcher_of: Callable[..., Searcher],
) -> None:
    table = "方面\t事项\t主要举措\n一、市场\t一网通办\t网上申请\n一、市场\t一照多址\t加载地址\n"
    answerer = Answerer(searcher_of(parse(make_document(table))))
    answer = answerer.ask("它还有哪些事项", turns=["一网通办怎么申请"])
    assert "一、市场" not in answer.understood
