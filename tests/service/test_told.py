"""The card of an answer: what answers, its lines, their citations, and nothing twice."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from corpus.document import Document
from corpus.measures import Parsed, parse
from index.build import Source, build_index
from index.search import Arms, Hit, Searcher
from service.answer import Answer
from service.cite import cite
from service.web.meant import choices, is_greeting, is_vague, reworded
from service.web.standing import kind_of, named, standing_of
from service.web.told import tell
from tests.fakes import FakeEmbedder

PLAIN = {"small:1.1.1": "分店地址可以加在执照上。"}


def searcher_with(parsed: Parsed, plain: Mapping[str, str] = PLAIN) -> Searcher:
    """A searcher over a document with plain words."""
    return Searcher(build_index([Source(parsed, plain=plain)], FakeEmbedder()), FakeEmbedder())


def answer_of(
    searcher: Searcher, field: str, short: str | None, said: str = "{} [1]", standing: str = ""
) -> Answer:
    """An answer that cites one field of the first measure."""
    citation = cite(searcher.documents, searcher.measures[0], field)
    kind = "fact" if short else "measures"
    items = (("small", 1),)
    text = said.format(citation.quote)
    standing = standing or "answered"
    return Answer("问", kind, standing, 0.9, short, text, items, (citation,), (), ())


def hit(searcher: Searcher, at: int, score: float = 0.5) -> Hit:
    """A hit of a measure."""
    return Hit(1, score, searcher.measures[at], (), "text", "", Arms(0.0, 0.0, 1, 1))


def test_tell_a_cell_is_the_answer_with_what_it_is_of_and_stands_in_no_line(small: Parsed) -> None:
    searcher = searcher_with(small)
    said = "“开展”的牵头单位是{} [1]。"
    told = tell(searcher, answer_of(searcher, "lead_units", "市市场监管局", said))
    assert told is not None
    assert (told.asked, told.short) == ("“开展”的牵头单位是", "市市场监管局")
    assert told.marks == (1,)
    assert [(line.name, line.label, line.n) for line in told.lines] == [
        ("何时", "取得阶段性成效时间", 2),
        ("依据", "", 3),
    ]
    assert told.plain == PLAIN["small:1.1.1"]


def test_tell_lines_name_the_columns_as_the_document_does_and_cite_word_for_word(
    tasks: Parsed,
) -> None:
    searcher = searcher_with(tasks, {})
    citation = cite(searcher.documents, searcher.measures[0], "text")
    answer = Answer("问", "measures", "answered", 0.9, None, "", (), (citation,), (), ())
    told = tell(searcher, answer)
    assert told is not None
    assert [(line.name, line.label, line.value) for line in told.lines] == [
        ("找谁", "主管部门", "市市场监管局、市税务局"),
        ("何时", "完成时间", "2025年底前"),
        ("何时", "办结时限", "1个工作日"),
        ("依据", "", "《小清单》第1项第1条"),
    ]
    for line in told.lines[:-1]:
        cited = told.citations[line.n - 1]
        assert (cited.n, cited.quote) == (line.n, line.value)


def test_tell_without_plain_words_or_short_answer_gives_the_source_once(small: Parsed) -> None:
    searcher = searcher_with(small, {})
    told = tell(searcher, answer_of(searcher, "text", None))
    assert told is not None
    assert told.source == searcher.measures[0].text
    assert told.lines[-1].n == told.marks[0] == 1


def test_tell_a_short_answer_that_is_cut_gives_way_to_plain_words(small: Parsed) -> None:
    text = (
        "对从事无需许可审批项目的分支机构，适用的区域扩大到同一个设区的市，以后不得另收任何费用。"
    )
    measure = small.measures[0]
    searcher = searcher_with(small)
    citation = replace(cite(searcher.documents, measure, "text"), quote=text)
    answer = replace(answer_of(searcher, "text", f"否，{text[:35]}"), citations=(citation,))
    told = tell(searcher, answer)
    assert told is not None
    assert (told.verdict, told.short) == ("否", "")
    bare = tell(searcher_with(small, {}), answer)
    assert bare is not None
    assert bare.short == f"否，{text[:35]}……"
    whole = tell(searcher, replace(answer, short_answer=text[:-1]))
    assert whole is not None
    assert whole.short == text[:-1]


def test_tell_near_shows_only_the_nearest_measure(small: Parsed) -> None:
    searcher = searcher_with(small)
    cited = tuple(cite(searcher.documents, m, "text", n) for n, m in enumerate(small.measures, 1))
    near = Answer("问", "measures", "near", 0.3, None, "", (), cited, (), ())
    told = tell(searcher, near)
    assert told is not None
    assert {citation.measure for citation in told.citations} == {"small:1.1.1"}


def test_tell_a_condition_is_quoted_from_the_source(small: Parsed) -> None:
    said = "在公积金领域："
    told = tell(searcher_with(small), answer_last(searcher_with(small)))
    assert told is not None
    assert said.rstrip("：") in [line.value.rstrip("：") for line in told.lines]


def answer_last(searcher: Searcher) -> Answer:
    """An answer that cites the last measure, whose row has a scope."""
    citation = cite(searcher.documents, searcher.measures[-1], "text")
    return Answer("问", "measures", "answered", 0.9, None, "", (), (citation,), (), ())


def test_tell_neither_a_list_nor_a_refusal(small: Parsed) -> None:
    searcher = searcher_with(small)
    answer = answer_of(searcher, "text", None)
    assert tell(searcher, replace(answer, kind="list")) is None
    assert tell(searcher, replace(answer, citations=())) is None


# What may be meant


@pytest.mark.parametrize("text", ["你好", "您好！", "在吗？", "谢谢", "hello", "你好，在吗"])
def test_greeting_is_told_from_a_question(text: str) -> None:
    assert is_greeting(text)


@pytest.mark.parametrize("text", ["", "？", "你好，公司怎么注销", "谢谢市税务局", "嗯" * 30])
def test_question_is_no_greeting(text: str) -> None:
    assert not is_greeting(text)


@pytest.mark.parametrize(
    ("text", "vague"),
    [
        ("破产", True),
        ("人才？", True),
        ("不动产登记", True),
        ("破产吗", False),
        ("怎么破产", False),
        ("第27项", False),
        ("27.1.3", False),
        ("市税务局 牵头", False),
        ("破", False),
        ("破产企业的土地处置", False),
    ],
)
def test_vague_is_one_short_word_that_asks_nothing(text: str, vague: bool) -> None:
    assert is_vague(text) is vague


def test_choices_are_items_that_are_likely_or_have_the_word_in_their_title(small: Parsed) -> None:
    searcher = searcher_with(small)
    hits = [hit(searcher, at) for at in range(4)]
    assert [m.id for m in choices("登记", hits, ())] == ["small:1.1.1", "small:2.1.1"]
    assert [m.id for m in choices("登记", hits[:2], ())] == ["small:1.1.1"]
    assert choices("登记", [hit(searcher, 2, 0.01)], ()) == ()
    titled = choices("网通", hits[:1], searcher.measures)
    assert [m.id for m in titled] == ["small:1.1.1", "small:2.1.1"]


def test_reworded_are_shipped_questions_that_find_their_item(real_searcher: Searcher) -> None:
    text = "个人公积金贷款额度是多少"
    nearest = real_searcher.search(text).hits
    found = reworded(real_searcher, text, nearest)
    shipped = {q.text for q in real_searcher.index.questions}
    assert 1 <= len(found) <= 2
    assert set(found) <= shipped
    assert reworded(real_searcher, text, ()) == ()


# Of when a document is


@pytest.mark.parametrize(
    ("title", "kind"),
    [("某市清单", "清单"), ("某办法（试行）", "办法"), ("一份材料", "文件")],
)
def test_kind_is_what_the_document_calls_itself(title: str, kind: str) -> None:
    assert kind_of(Document("d", title, "某市", "2022", "", "", "")) == kind


def test_standing_tells_the_year_or_that_there_is_none() -> None:
    dated = Document("d", "某清单", "某市", "2023-05", "", "", "")
    assert standing_of(dated) == "2023年的清单；是否仍在执行以主管部门为准。"
    assert named(dated) == "某市《某清单》（2023年）"
    bare = replace(dated, date="", title="规则")
    assert standing_of(bare) == "这份文件没有写明日期；是否仍在执行以主管部门为准。"
    assert named(bare) == "某市《规则》"


def test_condition_clause_that_opens_a_sentence_is_quoted(
    searcher_of: Callable[..., Searcher],
) -> None:
    rule = "某办法\n\n第一条 对新办纳税的企业，免费发放税控设备，不得另收费用。\n"
    searcher = searcher_of(parse(Document("r", "某办法", "某市", "", "", rule, "0" * 64)))
    citation = cite(searcher.documents, searcher.measures[0], "text")
    told = tell(
        searcher, Answer("问", "measures", "answered", 0.9, None, "", (), (citation,), (), ())
    )
    assert told is not None
    lines = {line.name: line.value for line in told.lines}
    assert lines["条件"] == "对新办纳税的企业"
