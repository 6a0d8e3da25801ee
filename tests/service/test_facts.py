"""Facts over the real list: the span that answers, word for word, with its evidence."""

from itertools import pairwise

import pytest

from corpus.document import Span
from corpus.text import strip_layout
from index.search import Searcher
from service.answer import Answerer
from service.composed import LONGEST
from service.facts import FactReader, candidates
from service.rows import Rows
from service.wants import read_wants
from tests.service.answering import valid

# question, what the short answer holds, the measure (or its item and row) that says so
FACTS = [
    ("适用小额诉讼程序的案件受理费按几分之几收取", "四分之一", "78.1.1"),
    ("职务科技成果长期使用权不低于多少年", "10年", "35.1"),
    ("招标计划要在招标公告发布前多少日公布", "30日", "57.1.1"),
    ("环境违法内部举报的奖励最高多少万元", "50万元", "61.2.2"),
    ("三维可视化查询的试点范围多少平方公里", "0.4平方公里", "88.1.3"),
    ("公众聚集场所每年至少抽查几次", "一次", "63.1.2"),
    ("失信的特殊主体被执行人信息多长时间推送一次", "每周", "72.1.2"),
    ("农产品质量安全追溯主体信息库依托哪个平台建立", "数字农业综合平台", "60.3.2"),
    ("全面启用的电子证照一共有几类", "11类", "5.1.1"),
    ("数据开放目录要达到多少个", "3000个", "38.1.1"),
    ("企业最高计量标准建立后几个工作日内报送信息", "10个工作日", "99.1.2"),
    ("企业最高计量标准的信息通过哪个平台报送", "民生计量公共服务平台", "99.1.2"),
    ("重点人群信用档案范围要扩大到几类", "20类", "64.1.1"),
    ("个人简易处罚模式针对多少类消防违法行为", "18类", "63"),
    ("规划环评跟踪评价多久开展一次", "每五年", "28.1.6"),
    ("准入准营一网通要覆盖多少个事项", "109个", "96.1.2"),
    ("成品油监管要制定哪部地方性法规", "成品油监督管理条例", "60.2"),
    ("建筑师负责制要印发哪个方案", "建筑师负责制试点实施方案", "30.1.1"),
    ("个人二手房交易通过哪个系统开具电子发票", "房产交易网上办税系统", "85.1.1"),
    ("洗染店在市场监管部门登记后还要去商务部门备案吗", "取消商务部门备案", "98"),
    ("预重整案件要制定哪个工作指南", "审理企业预重整案件工作指南", "20.1.2"),
    ("开庭通知可以作为申请哪种签证的材料", "F字", "49.1.1"),
    ("开放数据部门的覆盖率要达到百分之多少", "100%", "38.1.1"),
    ("电子证书加盖电子印章选几家检测机构试点", "2家", "97.1.4"),
    ("水路运输企业股东变化后多少个工作日内推送数据", "15个工作日", "80"),
    ("政府采购信息公开从四公开升级为几公开", "八公开", "3"),
    ("医疗卫生领域告知承诺审批事项扩展到几项", "4项", "63"),
    ("CCC免办自我承诺便捷通道企业的检查覆盖率是多少", "100%", "46"),
    ("招投标双随机监管每年开展几轮", "两轮", "3.1.1"),
    ("一般工业项目联合验收包括几个事项", "5个事项", "25.1.1"),
    ("环保领域赋予企业哪三种颜色的码", "红、黄、绿", "63"),
    (
        "不动产网办业务的身份核验规范叫什么名字",
        "不动产登记网办业务身份核验和意愿核实规范",
        "86.1.2",
    ),
]


@pytest.fixture(scope="module")
def answerer(real_searcher: Searcher) -> Answerer:
    """Answers over the real list."""
    return Answerer(real_searcher)


@pytest.mark.parametrize(("question", "held", "evidence"), FACTS)
def test_ask_for_a_fact_gives_the_words_of_the_source(
    answerer: Answerer, question: str, held: str, evidence: str
) -> None:
    answer = answerer.ask(question)
    assert (answer.answerable, answer.kind) == (True, "fact")
    short = answer.short_answer or ""
    assert held in short
    assert len(short) <= LONGEST
    assert short in answer.citations[0].quote
    source = answerer.searcher.documents["hz-2022"].text
    assert short in strip_layout(source)
    assert any(f"{c.measure}.".startswith(f"hz-2022:{evidence}.") for c in answer.citations)
    assert valid(answerer.searcher, answer)


@pytest.mark.parametrize(
    ("question", "held"),
    [
        ("适用小额诉讼程序的案件受理费按几分之几收取", "四分之一"),
        ("招标计划要在招标公告发布前多少日公布", "30日"),
        ("环境违法内部举报的奖励最高多少万元", "50万元"),
        ("三维可视化查询的试点范围多少平方公里", "0.4平方公里"),
        ("失信的特殊主体被执行人信息多长时间推送一次", "每周"),
        ("公众聚集场所每年至少抽查几次", "一次"),
        ("职务科技成果长期使用权不低于多少年", "10年"),
    ],
)
def test_read_finds_the_number_first(real_searcher: Searcher, question: str, held: str) -> None:
    reader = FactReader(real_searcher, Rows(real_searcher.measures))
    found = real_searcher.search(question)
    findings = reader.read(read_wants(question), found.hits, found.vector)
    assert held in findings[0].said
    assert all(a.score >= b.score for a, b in pairwise(findings))


def test_read_without_hits_finds_nothing(real_searcher: Searcher) -> None:
    reader = FactReader(real_searcher, Rows(real_searcher.measures))
    vector = real_searcher.search("一照多址").vector
    assert reader.read(read_wants("几类"), (), vector) == ()


def test_share_is_one_for_the_same_words_and_zero_for_others(real_searcher: Searcher) -> None:
    reader = FactReader(real_searcher, Rows(real_searcher.measures))
    assert reader.share("游艇登记", "办理游艇登记") == 1.0
    assert reader.share("游艇登记", "税务") == 0.0
    assert reader.share("的", "税务") == 0.0  # nothing is asked


def test_candidates_of_a_number_count_what_was_asked_before_any_clause() -> None:
    span, _, form = candidates(read_wants("启用了几类"), "启用11类证照，抽查2次")[0]
    assert (span, form) == (Span(2, 5), 1.0)


def test_candidates_of_a_document_are_titles_before_endings() -> None:
    text = "按照《甲办法》，形成负面清单"
    forms = {text[s.start : s.end]: form for s, _, form in candidates(read_wants("哪个办法"), text)}
    assert forms["《甲办法》"] > forms["负面清单"] > forms["形成负面清单"]
