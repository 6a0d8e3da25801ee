"""The bundled list beside a document of one's own that brings no questions."""

import pytest

from corpus.measures import parse
from index.build import Source, build_index
from index.embed import LightEmbedder
from index.search import Searcher
from service.answer import Answerer
from service.library import BUNDLED, read_source
from tests.conftest import make_document

CANTEEN = """社区食堂管理规定

第一条 年满七十周岁的老人在社区食堂用餐，每餐优惠五元，每日限两餐。
第二条 行动不便的老人可以拨打食堂电话预约送餐上门，不收送餐费。
第三条 食堂应当留样，每种菜品留样不少于四十八小时。
"""


@pytest.fixture(scope="module")
def mixed(real_searcher: Searcher, embedder: LightEmbedder) -> Searcher:
    """A searcher over both."""
    own = Source(parse(make_document(CANTEEN, "canteen")))
    index = build_index([read_source(BUNDLED[0]), own], embedder, previous=real_searcher.index)
    return Searcher(index, embedder)


def test_related_beside_a_document_without_questions_works_from_both(mixed: Searcher) -> None:
    own = next(m for m in mixed.measures if m.document == "canteen")
    assert len(mixed.related(own.id, k=3)) == 3
    assert {r.measure.item for r in mixed.related("hz-2022:82.1.1", k=3)} >= {83, 84}


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("老人在食堂吃饭每餐优惠多少钱", "五元"),
        ("菜品留样多少小时", "四十八小时"),
        ("行动不便的老人怎么预约送餐上门", "送餐上门"),
    ],
)
def test_ask_of_a_document_without_questions_is_answered(
    mixed: Searcher, question: str, said: str
) -> None:
    found = mixed.search(question)
    assert not found.learned
    answer = Answerer(mixed).ask(question)
    assert answer.answerable
    assert answer.citations[0].measure.startswith("canteen:")
    assert said in answer.answer


def test_ask_of_the_list_is_judged_by_what_was_learned_of_it(mixed: Searcher) -> None:
    assert mixed.search("个人公积金贷款额度是多少").learned
    assert not Answerer(mixed).ask("个人公积金贷款额度是多少").answerable
    assert Answerer(mixed).ask("一照多址谁牵头").short_answer == "市市场监管局"
