"""Questions of other places and later years than the documents' own."""

from pathlib import Path

import pytest

from service.scope import Scope, read_places


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("苏州的税务ukey也是免费邮寄吗", "苏州"),
        ("请问,深圳那边怎么弄", "深圳"),
        ("上海市有没有招标计划", "上海"),
        ("换成宁波呢", "宁波"),
        ("杭州的税务ukey也是免费邮寄吗", ""),
        ("江苏的施工队想投杭州市政项目", ""),
        ("从云南拉来的花苗要检疫吗", ""),
        ("我们在苏州已经开过一家", ""),
        ("", ""),
    ],
)
def test_elsewhere_is_the_place_that_a_question_opens_with(question: str, place: str) -> None:
    assert Scope(("杭州市", "杭州"), ()).elsewhere(question) == place


def test_elsewhere_without_an_own_place_is_nowhere() -> None:
    assert Scope((), ()).elsewhere("苏州的税务ukey也是免费邮寄吗") == ""


def test_read_places_leaves_comments_out(tmp_path: Path) -> None:
    path = tmp_path / "places.txt"
    path.write_text("# 省\n江苏 南京\n苏州\n", encoding="utf-8")
    assert read_places(path) == ("江苏", "南京", "苏州")


def test_bundled_places_are_each_named_once() -> None:
    names = read_places()
    assert len(names) == len(set(names)) > 300


@pytest.mark.parametrize(
    ("question", "later"),
    [
        ("2024年又新增了哪些举措", True),
        ("2022年要完成哪些", False),
        ("2019年竣工的厂房能补办吗", False),
        ("db33/t1152-20250", False),
    ],
)
def test_later_is_a_year_after_all_that_the_documents_name(question: str, later: bool) -> None:
    assert Scope((), ["自2018年起", "2022年6月"]).later(question) == later


def test_later_without_a_year_in_the_documents_is_never() -> None:
    assert not Scope((), ["从现在起"]).later("2024年又新增了哪些举措")
