"""Tests of reading queries: addresses, homophones, and what cannot be searched."""

import pytest

from corpus.errors import InputError
from index.query import LIMIT, Address, Corrector, read_address, read_query
from index.tokens import Tokens

TOKENS = Tokens(["一照多址", "双随机、一公开", "告知承诺"])
CORRECTOR = Corrector(TOKENS, ["扩大一照多址适用范围", "推行告知承诺制", "企业登记"])


@pytest.mark.parametrize(
    ("text", "address", "rest"),
    [
        ("第27项第3条", Address("", 27, 0, 3), ""),
        ("27项", Address("", 27, 0, 0), ""),
        ("第27项", Address("", 27, 0, 0), ""),
        ("第二十七项", Address("", 27, 0, 0), ""),
        ("二十七项第三条", Address("", 27, 0, 3), ""),
        ("第一百零一项", Address("", 101, 0, 0), ""),
        ("第60项第2行第1条", Address("", 60, 2, 1), ""),
        ("27.1.3", Address("", 27, 1, 3), ""),
        ("hz-2022:27.1.3", Address("hz-2022", 27, 1, 3), ""),
        ("hz-2022:27.1.3是什么", Address("hz-2022", 27, 1, 3), "是什么"),
        ("第27项第3条是什么", Address("", 27, 0, 3), "是什么"),
        ("请看第27项", Address("", 27, 0, 0), "请看"),
        ("请问第27项谁牵头", Address("", 27, 0, 0), "请问谁牵头"),
        ("27.1.3谁牵头", Address("", 27, 1, 3), "谁牵头"),
        ("27.1.3 谁牵头", Address("", 27, 1, 3), " 谁牵头"),
        ("27.1.3,谁牵头", Address("", 27, 1, 3), ",谁牵头"),
        ("第60项 成品油", Address("", 60, 0, 0), " 成品油"),
        ("第27项的牵头单位", Address("", 27, 0, 0), "的牵头单位"),
        ("第27项属于哪个方面", Address("", 27, 0, 0), "属于哪个方面"),
        ("第27项包括哪些", Address("", 27, 0, 0), "包括哪些"),
        ("第27项完成时间", Address("", 27, 0, 0), "完成时间"),
        ("第27项主要内容是什么", Address("", 27, 0, 0), "主要内容是什么"),
        ("第27项呢", Address("", 27, 0, 0), "呢"),
        ("条例.2023:2022.6.30", Address("条例.2023", 2022, 6, 30), ""),
        ("guoban2024:1.1.1", Address("guoban2024", 1, 1, 1), ""),
        ("27项有哪些举措?", Address("", 27, 0, 0), "有哪些举措?"),
    ],
)
def test_read_address_place_named_by_number_is_read(text: str, address: Address, rest: str) -> None:
    assert read_address(text, clauses=False) == (address, rest)


@pytest.mark.parametrize(
    "text",
    [
        "一照多址怎么办理",
        "办理3项业务",
        "26项证照",
        "第二十四条第六项",
        "第三条",
        "2022年6月",
        "事项",
        "项",
        "条",
        "3.5%",
        # dates, versions and addresses of machines
        "2022.6.30",
        "2022.6.30起,一照多址怎么办理",
        "2022.6.30哪些见效",
        "2022.6.30,哪些见效",
        "2022.06.30的时候谁牵头",
        "自2022.6.30起",
        "1.1.1.1",
        "1.1.1.1是什么",
        "192.168.1.1谁负责",
        "1.2.3版本",
        "1.2.3 版本",
        "v1.2.3谁负责",
        "版本1.2.3",
        # a count, or an item of something else
        "关于第2项材料,谁牵头",
        "关于第2项材料",
        "第2项材料是什么",
        "办理第2项需要什么",
        "26项 证照",
        "第二十四条第六项谁负责",
    ],
)
def test_read_address_no_place_named_gives_none(text: str) -> None:
    assert read_address(text, clauses=False) == (None, text)


def test_read_address_clause_is_an_item_where_documents_have_clauses() -> None:
    assert read_address("第三条", clauses=True) == (Address("", 3, 0, 0), "")
    assert read_address("第十一条讲什么", clauses=True) == (Address("", 11, 0, 0), "讲什么")


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("第27项", True),
        ("27项有哪些举措？", True),
        ("第27项第3条是什么内容", True),
        ("第27项谁牵头", False),
        ("一照多址", False),
    ],
)
def test_read_query_address_alone_is_bare(text: str, bare: bool) -> None:
    assert read_query(text, CORRECTOR, clauses=False).bare == bare


@pytest.mark.parametrize("text", ["第三条第二款", "根据第三条", "第三条街"])
def test_read_address_clause_of_another_text_is_none(text: str) -> None:
    assert read_address(text, clauses=True) == (None, text)


@pytest.mark.parametrize(
    ("text", "normalized"),
    [
        ("2022.6.30起，一照多只怎么办", "2022.6.30起,一照多址怎么办"),
        ("2022.6.30，一照多只怎么办", "2022.6.30,一照多址怎么办"),
        ("2022年6月30日起，一照多只怎么办", "2022年6月30日起,一照多址怎么办"),
        ("关于第2项材料，一照多只怎么办", "关于第2项材料,一照多址怎么办"),
        ("1.1.1.1 一照多只怎么办", "1.1.1.1 一照多址怎么办"),
        ("v1.2.3一照多只", "v1.2.3一照多址"),
    ],
)
def test_read_query_date_version_or_count_leaves_homophones_mended(
    text: str, normalized: str
) -> None:
    query = read_query(text, CORRECTOR, clauses=False)
    assert (query.address, query.bare, query.normalized) == (None, False, normalized)


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("一照多只", "一照多址"),
        ("一照多只怎么办", "一照多址怎么办"),
        ("一照多止", "一照多址"),
        ("双随机一公开", "双随机一公开"),
        ("一照多址", "一照多址"),
        ("告之承诺", "告知承诺"),
        ("企业登记", "企业登记"),
        ("", ""),
        ("ca", "ca"),
    ],
)
def test_mend_homophones_become_policy_terms(text: str, mended: str) -> None:
    assert CORRECTOR.mend(text) == mended


@pytest.mark.parametrize(
    "text",
    ["", " ", "\u3000\n\t", "？！。", "\x00\x01", "\u200b\ufeff", "🏠", "\u202e", "___"],
)
def test_read_query_nothing_to_search_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="问题是空的"):
        read_query(text, CORRECTOR, clauses=False)


@pytest.mark.parametrize("length", [LIMIT + 1, 100_000])
def test_read_query_too_long_names_both_lengths(length: int) -> None:
    with pytest.raises(InputError, match=f"{length} 字.*{LIMIT} 字以内"):
        read_query("照" * length, CORRECTOR, clauses=False)


def test_read_query_at_the_limit_is_read() -> None:
    assert read_query("照" * LIMIT, CORRECTOR, clauses=False).normalized == "照" * LIMIT


@pytest.mark.parametrize("text", ["\ud800", "一照多址\udfff", "\udc00一照"])
def test_read_query_lone_surrogate_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="代理字符"):
        read_query(text, CORRECTOR, clauses=False)


@pytest.mark.parametrize(
    "text", ["一照多址", "一照\x00多址", "\u200b一照多\ufeff址", " 一照多址\n", "一照多址\x7f"]
)
def test_read_query_control_and_invisible_characters_are_dropped(text: str) -> None:
    query = read_query(text, CORRECTOR, clauses=False)
    assert (query.text, query.normalized) == (text, "一照多址")
