"""Facts out of the columns: who leads, who takes part, when it takes effect."""

import pytest

from corpus.measures import Parsed
from index.search import Searcher
from service.answer import Answerer
from service.columnfacts import ColumnReader
from service.composed import LONGEST
from service.lists.columns import Columns
from service.rows import Rows
from service.wants import read_wants
from tests.service.answering import valid
from tests.service.samples import prose


def reader_of(parsed: Parsed) -> ColumnReader:
    """A reader over one parsed document."""
    documents = {parsed.document.id: parsed.document}
    return ColumnReader(documents, Rows(parsed.measures), Columns(parsed.measures, documents))


@pytest.mark.parametrize(
    ("question", "short", "field"),
    [
        ("由谁牵头", "市市场监管局", "lead_units"),
        ("什么时候完成", "2022年6月", "due"),
        ("什么时候可以办", "2022年6月", "due"),
        ("哪些单位配合", "市级相关部门，各区、县（市）政府", "responsible_units"),
    ],
)
def test_compose_quotes_the_cell_that_is_asked_for(
    small: Parsed, question: str, short: str, field: str
) -> None:
    composed = reader_of(small).compose(read_wants(question), small.measures[0])
    assert composed is not None
    assert composed.short_answer == short
    assert [c.field for c in composed.citations] == [field]
    assert composed.answer.count("[1]") == 1
    assert composed.items == (("small", 1),)


def test_compose_says_where_the_other_row_differs(small: Parsed) -> None:
    composed = reader_of(small).compose(read_wants("由谁牵头"), small.measures[2])
    assert composed is not None
    assert composed.short_answer == "市税务局"
    assert composed.answer.split("\n") == [
        "“推行“一网通办””的牵头单位是市税务局 [1]。",
        "（在公积金领域）：市公积金中心 [2]",
    ]


@pytest.mark.parametrize("question", ["一共几类", "怎么办理", "需要到场吗"])
def test_compose_leaves_other_kinds_alone(small: Parsed, question: str) -> None:
    assert reader_of(small).compose(read_wants(question), small.measures[0]) is None


def test_compose_of_a_document_without_columns_is_none() -> None:
    parsed = prose()
    assert reader_of(parsed).compose(read_wants("由谁牵头"), parsed.measures[0]) is None


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("游艇检验制度由哪个部门牵头", "市交通运输局"),
        ("税务UKey非接触式发放什么时候见效", "2022年3月"),
        (
            "加强铁路信息系统与海关信息系统的数据交换共享由哪些部门牵头",
            "钱江海关、市发改委、市交通运输局",
        ),
        ("游艇登记制度除了交通运输局还有哪些单位参与", "杭州海事局"),
    ],
)
def test_ask_over_the_real_list_answers_from_the_column(
    real_searcher: Searcher, question: str, short: str
) -> None:
    answer = Answerer(real_searcher).ask(question)
    assert answer.kind == "fact"
    assert short in (answer.short_answer or "")
    assert valid(real_searcher, answer)


def test_ask_for_many_units_gives_whole_names_within_the_length(real_searcher: Searcher) -> None:
    answer = Answerer(real_searcher).ask("成品油领域建立综合监管机制有哪些单位配合")
    short = answer.short_answer or ""
    assert 0 < len(short) <= LONGEST
    units = real_searcher.measure("hz-2022:60.2.1").responsible_units
    assert set(short.split("、")) <= set(units)
