"""Questions of other places and later years than the documents' own."""

from pathlib import Path

import pytest

from index.tokens import Tokens
from service.read.scope import Scope, read_places

HANGZHOU = ("杭州市", "杭州")
TOKENS = Tokens(())


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("苏州的税务ukey也是免费邮寄吗", "苏州"),
        ("请问,深圳那边怎么弄", "深圳"),
        ("上海市有没有招标计划", "上海"),
        ("厦门不动产登记的告知承诺适用哪些情形", "厦门"),
        ("换成宁波呢", "宁波"),
        # the own place is named as well, or its province
        ("杭州的税务ukey也是免费邮寄吗", ""),
        ("江苏的施工队想投杭州市政项目", ""),
        ("浙江省一照多址由谁牵头", ""),
        # where somebody or something comes from
        ("从云南拉来的花苗要检疫吗", ""),
        ("四川来的车要办证吗", ""),
        ("江苏的施工队能投标吗", ""),
        ("我们在苏州已经开过一家", ""),
        ("香港投资者怎么办营业执照", ""),
        # longer words that only begin like a place
        ("大理石加工厂要办环评吗", ""),
        ("长治久安工作谁牵头", ""),
        ("中山路上的店铺怎么办证", ""),
        ("来宾登记系统是哪个", ""),
        ("吉林银行能开户吗", ""),
        ("", ""),
    ],
)
def test_elsewhere_is_the_place_that_a_question_opens_with(question: str, place: str) -> None:
    assert Scope(HANGZHOU, (), TOKENS).elsewhere(question) == place


def test_elsewhere_without_an_own_place_is_nowhere() -> None:
    assert Scope((), (), TOKENS).elsewhere("苏州的税务ukey也是免费邮寄吗") == ""


def test_read_places_leaves_comments_out(tmp_path: Path) -> None:
    path = tmp_path / "places.txt"
    path.write_text("# 省\n江苏 南京\n\n浙江 杭州\n", encoding="utf-8")
    assert read_places(path) == (("江苏", "南京"), ("浙江", "杭州"))


def test_bundled_places_are_each_named_once() -> None:
    names = [name for line in read_places() for name in line]
    assert len(names) == len(set(names)) > 300


@pytest.mark.parametrize(
    ("question", "later"),
    [
        ("2024年又新增了哪些举措", True),
        ("请问2023年的目标是什么", True),
        ("房屋继承过户2023年还要做哪些改革", True),
        ("2022年要完成哪些", False),
        ("2024年成立的分公司还要单独办执照吗", False),
        ("我2025年买的游艇怎么登记", False),
        ("2019年竣工的厂房能补办吗", False),
        ("db33/t1152-20250", False),
    ],
)
def test_later_is_a_year_asked_of_after_all_that_the_documents_name(
    question: str, later: bool
) -> None:
    assert Scope((), ["自2018年起", "2022年6月"], TOKENS).later(question) == later


def test_later_without_a_year_in_the_documents_is_never() -> None:
    assert not Scope((), ["从现在起"], TOKENS).later("2024年又新增了哪些举措")
