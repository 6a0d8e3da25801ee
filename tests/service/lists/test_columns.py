"""Mentions of units, months and aspects in questions, by rule and by the alias file."""

from pathlib import Path

import pytest

from corpus.document import Document, Measure
from corpus.errors import DocumentError
from corpus.measures import Parsed
from corpus.text import normalise
from service.lists.columns import Alias, Columns, places_of, read_aliases, unit_forms
from tests.conftest import make_document

MARKET = "市市场监管局"
LAND = "市规划和自然资源局"
TAX = "国家税务总局杭州市税务局"
PRESS = "市委宣传部（市版权局）"
CITY = "市城管局（市综合执法局）"
BANK = "人行杭州中心支行"
DISTRICTS = "各区、县（市）政府"


@pytest.fixture(scope="module")
def columns(real_list: Parsed) -> Columns:
    return Columns(real_list.measures, {real_list.document.id: real_list.document})


def measure(number: int, lead: tuple[str, ...], **changes: str) -> Measure:
    values = {"aspect": "", "due": ""} | changes
    return Measure(
        document="d",
        aspect=values["aspect"],
        item=number,
        title="标题",
        content="",
        row=1,
        scope="",
        number=1,
        text="内容",
        lead_units=lead,
        responsible_units=(),
        due=values["due"],
        applicable=True,
        path=(),
        spans={},
    )


def units(columns: Columns, text: str) -> list[str]:
    return [name for mention in columns.units_in(normalise(text)) for name in mention.names]


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
def test_unit_is_known_by_each_of_its_forms(columns: Columns, text: str, name: str) -> None:
    mentions = columns.units_in(normalise(text))
    assert [mention.names for mention in mentions] == [(name,)]
    assert (mentions[0].start, mentions[0].end) == (0, len(normalise(text)))


def test_longest_unit_wins(columns: Columns) -> None:
    assert units(columns, "地方金融监管局和市场监管局") == ["市地方金融监管局", MARKET]
    assert units(columns, "公安局交警局、公安局") == ["市公安局交警局", "市公安局"]


def test_unit_named_twice_in_brackets_is_one(columns: Columns) -> None:
    assert units(columns, "版权局（市委宣传部）列为责任单位") == [PRESS]


def test_loose_name_is_a_unit_only_before_a_role(columns: Columns) -> None:
    assert units(columns, "消防牵头的改革") == ["市消防救援支队"]
    assert units(columns, "税务也参与的改革") == [TAX]
    assert units(columns, "消防安全怎么查，税务风险怎么看") == []


def test_unit_that_no_column_has_is_not_found(columns: Columns) -> None:
    assert units(columns, "证监局和体改办") == []


def test_unit_that_sounds_so_is_mended(columns: Columns) -> None:
    assert columns.mend("税物局牵头") == "税务局牵头"
    assert columns.mend("一照多址") == "一照多址"


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("3月", "2022-03", "2022-03"),
        ("三月份", "2022-03", "2022-03"),
        ("十二月", "2022-12", "2022-12"),
        ("2022年3月", "2022-03", "2022-03"),
        ("2022-03", "2022-03", "2022-03"),
        ("3月前", "", "2022-03"),
        ("3月底以前", "", "2022-03"),
        ("9月30日前", "", "2022-09"),
        ("截至6月底", "", "2022-06"),
        ("最晚九月", "", "2022-09"),
        ("早于6月", "", "2022-05"),
        ("4月以后", "2022-05", ""),
        ("12月之后", "2023-01", ""),
        ("6月起", "2022-06", ""),
        ("上半年", "2022-01", "2022-06"),
        ("下半年", "2022-07", "2022-12"),
        ("年底", "2022-12", "2022-12"),
        ("2022年底前", "", "2022-12"),
        ("一季度", "2022-01", "2022-03"),
        ("第三季度", "2022-07", "2022-09"),
        ("Q4", "2022-10", "2022-12"),
        ("前三季度", "2022-01", "2022-09"),
        ("3到6月", "2022-03", "2022-06"),
        ("三月至六月", "2022-03", "2022-06"),
        ("2023年", "2023-01", "2023-12"),
    ],
)
def test_month_is_read_in_each_of_its_forms(
    columns: Columns, text: str, first: str, last: str
) -> None:
    mentions = columns.months_in(normalise(text))
    assert [mention.ranges for mention in mentions] == [((first, last),)]
    assert (mentions[0].start, mentions[0].end) == (0, len(normalise(text)))


@pytest.mark.parametrize(
    "text", ["3个月", "15个工作日", "第3项", "六批", "月月", "三证合一", "2类"]
)
def test_other_number_is_no_month(columns: Columns, text: str) -> None:
    assert columns.months_in(normalise(text)) == ()


def test_month_without_year_is_meant_in_each_year_of_the_columns() -> None:
    several = [measure(1, (), due="2021-03"), measure(2, (), due="2022-12")]
    mention = Columns(several, {}).months_in("3月")[0]
    assert mention.ranges == (("2021-03", "2021-03"), ("2022-03", "2022-03"))
    assert Columns([measure(1, ())], {}).months_in("3月") == ()


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
def test_aspect_is_known_by_key_words_and_by_its_place(
    columns: Columns, text: str, place: int
) -> None:
    titles = {mention.titles for mention in columns.aspects_in(normalise(text))}
    assert titles == {(columns.aspects[place - 1],)}


def test_short_key_word_alone_is_no_aspect(columns: Columns) -> None:
    assert columns.aspects_in("食品监管怎么查") == ()
    assert columns.aspects_in("人才") == ()


def test_place_past_the_last_aspect_names_none(columns: Columns) -> None:
    assert [mention.titles for mention in columns.aspects_in("第十一方面")] == [()]


def test_forms_follow_from_a_name_by_rule() -> None:
    assert unit_forms("市财政局", ()) == ("市财政局", "财政局", "市财政部门", "财政部门")
    assert "供电公司" in unit_forms("国网某州供电公司", ("某州",))
    assert "知识产权局" in unit_forms("国家知识产权局", ())
    assert "级相关部门" not in unit_forms("市级相关部门", ())


def test_places_come_from_issuer_and_title() -> None:
    assert places_of([make_document("文")]) == ()
    document = Document("d", "宁波市改革清单", "宁波市人民政府", "", "", "", "")
    assert places_of([document]) == ("宁波市", "宁波")


def test_another_citys_units_are_found_without_a_line_of_their_own() -> None:
    document = Document("d", "改革清单", "宁波市人民政府", "", "", "", "")
    leads = (("市场监管局",), ("甬江海关",), ("国家税务总局宁波市税务局",), ("人行宁波中心支行",))
    columns = Columns([measure(n, lead) for n, lead in enumerate(leads, 1)], {"d": document})
    asked = "市监局、海关、宁波税务局、央行、法院"
    assert units(columns, asked) == [name for lead in leads for name in lead]


def test_alias_may_name_several_units_and_none() -> None:
    measures = [measure(1, ("甲海关",)), measure(2, ("乙海关",))]
    aliases = [Alias("海关", "海关"), Alias("税局", "税务局")]
    columns = Columns(measures, {}, aliases)
    assert [m.names for m in columns.units_in("海关和税局")] == [("甲海关", "乙海关")]


def test_columns_without_measures_find_nothing() -> None:
    columns = Columns([], {})
    assert columns.units_in("市场监管局") == ()
    assert columns.months_in("3月") == ()
    assert columns.aspects_in("监管方面") == ()


def test_alias_file_is_read_in_order(tmp_path: Path) -> None:
    path = tmp_path / "units.tsv"
    path.write_text("# 注\n市监局\t市场监管局\n\nＡ局\tB局\n", encoding="utf-8")
    assert read_aliases(path) == (Alias("市监局", "市场监管局"), Alias("a局", "b局"))


@pytest.mark.parametrize("line", ["市监局", "市监局\t", "甲\t乙\t丙"])
def test_alias_line_without_two_columns_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "units.tsv"
    path.write_text(f"# 注\n{line}\n", encoding="utf-8")
    with pytest.raises(DocumentError, match="第 2 行"):
        read_aliases(path)


def test_missing_alias_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="读不了别名表"):
        read_aliases(tmp_path / "none.tsv")
