"""Mentions of organs, aspects, columns and values in questions, by rule and by the alias file."""

from datetime import date
from pathlib import Path

import pytest

from corpus.document import Cell, Document, Measure, Span
from corpus.errors import DocumentError
from corpus.measures import Parsed, parse
from corpus.text import normalise
from service.read.names import Alias, Names, organ_forms, places_of, read_aliases
from service.read.tag import Tag
from tests.conftest import make_document

TODAY = date(2026, 11, 24)
MARKET = "市市场监管局"
LAND = "市规划和自然资源局"
TAX = "国家税务总局杭州市税务局"
PRESS = "市委宣传部（市版权局）"
CITY = "市城管局（市综合执法局）"
BANK = "人行杭州中心支行"
DISTRICTS = "各区、县（市）政府"
TASKS = """编号\t任务名称\t具体内容\t主管部门\t办结时限\t资金来源
1\t甲任务\t建十个站点。\t县人力资源和社会保障局\t5个工作日\t市级财政、企业自筹
2\t乙任务\t修路。\t县住房和城乡建设局、县水利局\t—\t市区两级财政
3\t丙任务\t办证。\t县水利局\t即时办结\t企业自筹
"""


@pytest.fixture(scope="module")
def names(real_list: Parsed) -> Names:
    document = real_list.document
    return Names(real_list.measures, {document.id: document}, {document.id: real_list.schema})


@pytest.fixture(scope="module")
def tasks() -> Names:
    parsed = parse(make_document(TASKS, "tasks"))
    return Names(parsed.measures, {"tasks": parsed.document}, {"tasks": parsed.schema})


def measure(number: int, lead: tuple[str, ...]) -> Measure:
    cells = (Cell("牵头单位", "lead", "、".join(lead), Span(0, 1)),) if lead else ()
    return Measure(
        document="d",
        aspect="",
        item=number,
        title="标题",
        content="",
        row=1,
        scope="",
        number=1,
        text="内容",
        lead_units=lead,
        responsible_units=(),
        due="",
        applicable=True,
        path=(),
        spans={},
        columns=cells,
    )


def mentions(names: Names, text: str, kind: str) -> list[Tag]:
    return sorted(
        (tag for tag in names.tags(normalise(text), TODAY) if tag.kind == kind),
        key=lambda tag: tag.start,
    )


def organs(names: Names, text: str) -> list[str]:
    return [name for tag in mentions(names, text, "organ") for name in tag.means]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("人社局", "县人力资源和社会保障局"),
        ("住建局", "县住房和城乡建设局"),
        ("水利局", "县水利局"),
        ("县水利局", "县水利局"),
    ],
)
def test_short_name_stands_for_the_organ_that_has_its_characters_in_order(
    tasks: Names, said: str, name: str
) -> None:
    assert organs(tasks, f"{said}管的任务") == [name]


def test_short_name_of_several_organs_names_none(tasks: Names) -> None:
    assert tasks.short("县局") == ()
    assert tasks.short("文旅局") == ()


def test_value_of_a_short_column_is_named_with_its_column(tasks: Names) -> None:
    (tag,) = mentions(tasks, "企业自筹的有哪些", "value")
    assert tag.means == (("资金来源",), "企业自筹")


def test_part_of_a_value_is_named_from_four_characters_on(tasks: Names) -> None:
    assert [t.text for t in mentions(tasks, "区两级财政出钱的", "value")] == ["区两级财政"]
    assert mentions(tasks, "财政出钱的", "value") == []


def test_column_is_named_by_its_own_heading(tasks: Names) -> None:
    (tag,) = mentions(tasks, "办结时限是多久", "column")
    assert (tag.means.name, tag.means.role) == ("办结时限", "duration")


def test_dates_are_read_only_where_a_document_has_a_column_of_them(
    names: Names, tasks: Names
) -> None:
    assert len(mentions(names, "3月见效的", "date")) == 1
    assert mentions(tasks, "3月完成的", "date") == []
    assert len(mentions(tasks, "5个工作日以内的", "span")) == 1
    assert mentions(names, "5个工作日以内的", "span") == []


def test_quoted_words_are_one_mention(tasks: Names) -> None:
    (tag,) = mentions(tasks, "写着“建十个”的", "quote")
    assert tag.means == "建十个"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("市市场监管局", MARKET),
        ("市场监管局", MARKET),
        ("市监局", MARKET),
        ("工商局", MARKET),
        ("市場監管部門", MARKET),
        ("杭州市市场监管局", MARKET),
        ("税务局", TAX),
        ("国家税务总局杭州市税务局", TAX),
        ("国税局", TAX),
        ("规划资源局", LAND),
        ("规资局", LAND),
        ("国土局", LAND),
        ("海关", "钱江海关"),
        ("杭州法院", "市法院"),
        ("中院", "市法院"),
        ("央行", BANK),
        ("人民银行", BANK),
        ("审管办", "市审管办"),
        ("发改委", "市发改委"),
        ("卫健委", "市卫生健康委"),
        ("人社局", "市人力社保局"),
        ("医保局", "市医疗保障局"),
        ("公积金中心", "杭州公积金中心"),
        ("数管局", "市数据资源局"),
        ("城管局", CITY),
        ("市综合执法局", CITY),
        ("版权局", PRESS),
        ("市委宣传部", PRESS),
        ("宣传部", PRESS),
        ("银保监局", "浙江银保监局"),
        ("自贸片区管委会", "市商务局（杭州自贸片区管委会）"),
        ("各区县", DISTRICTS),
        ("区县政府", DISTRICTS),
        ("各区、县（市）政府", DISTRICTS),
        ("市公安局交警局", "市公安局交警局"),
        ("邮政局", "市邮政管理局"),
    ],
)
def test_organ_is_known_by_each_of_its_forms(names: Names, text: str, name: str) -> None:
    tags = mentions(names, text, "organ")
    assert [tag.means for tag in tags] == [(name,)]
    assert (tags[0].start, tags[0].end) == (0, len(normalise(text)))


def test_longest_organ_wins(names: Names) -> None:
    assert organs(names, "地方金融监管局和市场监管局") == ["市地方金融监管局", MARKET]
    assert organs(names, "公安局交警局、公安局") == ["市公安局交警局", "市公安局"]


def test_organ_named_twice_in_brackets_is_one(names: Names) -> None:
    assert organs(names, "版权局（市委宣传部）列为责任单位") == [PRESS]


def test_loose_name_is_a_unit_only_before_a_role(names: Names) -> None:
    assert organs(names, "消防牵头的改革") == ["市消防救援支队"]
    assert organs(names, "税务也参与的改革") == [TAX]
    assert organs(names, "消防安全怎么查，税务风险怎么看") == []


def test_organ_that_no_column_has_is_not_found(names: Names) -> None:
    assert organs(names, "证监局和体改办") == []


def test_organ_that_sounds_so_is_mended(names: Names) -> None:
    assert names.mend("税物局牵头") == "税务局牵头"
    assert names.mend("一照多址") == "一照多址"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("地方保护", 1),
        ("市场主体准入退出机制这方面", 2),
        ("准入退出机制方面", 2),
        ("投资和建设便利度方面", 3),
        ("投资建设方面", 3),
        ("支持市场主体创新发展方面", 4),
        ("跨境贸易便利化这块", 5),
        ("外商投资和国际人才方面", 6),
        ("维护公平竞争秩序", 7),
        ("加强监管这方面", 8),
        ("监管领域", 8),
        ("产权权益方面", 9),
        ("涉企服务", 10),
        ("第三方面", 3),
        ("第五个方面", 5),
        ("十大方面里的第五个", 5),
    ],
)
def test_aspect_is_known_by_key_words_and_by_its_place(names: Names, text: str, place: int) -> None:
    titles = {tag.means for tag in mentions(names, text, "aspect")}
    assert titles == {(names.aspects[place - 1],)}


def test_short_key_word_alone_is_no_aspect(names: Names) -> None:
    assert mentions(names, "食品监管怎么查", "aspect") == []
    assert mentions(names, "人才", "aspect") == []


def test_place_past_the_last_aspect_names_none(names: Names) -> None:
    assert mentions(names, "第十一方面", "aspect") == []


def test_forms_follow_from_a_name_by_rule() -> None:
    assert organ_forms("市财政局", ()) == ("市财政局", "财政局", "市财政部门", "财政部门")
    assert "供电公司" in organ_forms("国网某州供电公司", ("某州",))
    assert "知识产权局" in organ_forms("国家知识产权局", ())
    assert "级相关部门" not in organ_forms("市级相关部门", ())


def test_places_come_from_issuer_and_title() -> None:
    assert places_of([make_document("文")]) == ()
    document = Document("d", "宁波市改革清单", "宁波市人民政府", "", "", "", "")
    assert places_of([document]) == ("宁波市", "宁波")


def test_another_citys_units_are_found_without_a_line_of_their_own() -> None:
    document = Document("d", "改革清单", "宁波市人民政府", "", "", "", "")
    leads = (("市场监管局",), ("甬江海关",), ("国家税务总局宁波市税务局",), ("人行宁波中心支行",))
    measures = [measure(n, lead) for n, lead in enumerate(leads, 1)]
    names = Names(measures, {"d": document}, {})
    asked = "市监局、海关、宁波税务局、央行、法院"
    assert organs(names, asked) == [name for lead in leads for name in lead]


def test_alias_may_name_several_units_and_none() -> None:
    measures = [measure(1, ("甲海关",)), measure(2, ("乙海关",))]
    aliases = [Alias("海关", "海关"), Alias("税局", "税务局")]
    tags = mentions(Names(measures, {}, {}, aliases), "海关和税局", "organ")
    assert [tag.means for tag in tags] == [("甲海关", "乙海关")]


def test_alias_file_is_read_in_order(tmp_path: Path) -> None:
    path = tmp_path / "organs.tsv"
    path.write_text("# 注\n市监局\t市场监管局\n\nＡ局\tB局\n", encoding="utf-8")
    assert read_aliases(path) == (Alias("市监局", "市场监管局"), Alias("a局", "b局"))


@pytest.mark.parametrize("line", ["市监局", "市监局\t", "甲\t乙\t丙"])
def test_alias_line_without_two_columns_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "organs.tsv"
    path.write_text(f"# 注\n{line}\n", encoding="utf-8")
    with pytest.raises(DocumentError, match="第 2 行"):
        read_aliases(path)


def test_missing_alias_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="读不了别名表"):
        read_aliases(tmp_path / "none.tsv")
