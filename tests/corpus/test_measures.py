"""Tests of the real list, measure by measure, and of broken lists."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Measure
from corpus.errors import DocumentError
from corpus.measures import Counts, Parsed, parse, read_ledger, split_units
from corpus.read import read_document
from corpus.schema import Schema
from corpus.text import parse_month, strip_layout
from tests.conftest import LIST, SMALL, make_document

DISTRICTS = "各区、县（市）政府"
DEPARTMENTS = "市级相关部门"
REAL = parse(read_document(LIST))
MEASURES = st.sampled_from(REAL.measures)


def _rows(item: int) -> dict[int, list[Measure]]:
    rows: dict[int, list[Measure]] = {}
    for measure in REAL.measures:
        if measure.item == item:
            rows.setdefault(measure.row, []).append(measure)
    return rows


def test_ledger_real_list_meets_the_declared_figures() -> None:
    ledger = REAL.ledger
    assert ledger.declared == ledger.parsed == Counts(10, 101, 344)
    assert (ledger.rows, ledger.not_applicable, ledger.cells_lost) == (112, 2, 0)
    assert ledger.balanced
    assert len(REAL.measures) == 346


def test_ledger_real_list_counts_every_filled_cell_of_a_data_row() -> None:
    sheet_rows = REAL.document.text.split("\n\t一、", 1)[1]
    starts = [line for line in sheet_rows.splitlines()[1:] if line.startswith("\t")]
    filled = [line for line in starts if line.strip() and not _is_aspect(line)]
    # Cells that begin on the line after their tab are counted by hand: there are none.
    assert REAL.ledger.cells == len(filled)


def _is_aspect(line: str) -> bool:
    return line.strip()[:1] in "一二三四五六七八九十" and line.strip()[1:2] in "、"


def test_measures_real_list_have_unique_ids_in_document_order() -> None:
    ids = [m.id for m in REAL.measures]
    assert len(set(ids)) == len(ids)
    assert list(REAL.measures) == sorted(REAL.measures, key=lambda m: m.order)
    starts = [m.spans["text"].start for m in REAL.measures]
    assert starts == sorted(starts)
    assert (ids[0], ids[-1].split(".")[0]) == ("hz-2022:1.1.1", "hz-2022:101")


def test_measures_real_list_have_ten_aspects_in_order() -> None:
    aspects = list(dict.fromkeys(m.aspect for m in REAL.measures))
    assert [a[0] for a in aspects] == list("一二三四五六七八九十")
    assert aspects[0] == "一、进一步破除区域分割和地方保护等不合理限制"


def test_first_measure_all_fields_are_the_sources_words() -> None:
    first = REAL.measures[0]
    assert first.title == "开展“一照多址”、“一证多址”改革"
    assert first.content.startswith("除直接涉及公共安全和人民群众生命健康的领域外，")
    assert first.content.endswith("相关部门加强事后核查和监管。")
    assert first.text == (
        "扩大“一照多址”适用区域范围和适用主体。对企业设立从事无需许可审批项目的分支机构，"
        "“一照多址”适用区域范围扩大到“同一设区市”的，该类企业由市市场监管局负责登记注册，"
        "解决登记管辖权问题。"
    )
    assert first.lead_units == ("市市场监管局",)
    assert first.responsible_units == (DEPARTMENTS, DISTRICTS)
    assert (first.due, first.scope, first.applicable) == ("2022-06", "", True)
    assert first.path == (first.aspect, "1 开展“一照多址”、“一证多址”改革", "1")


# The traps: (scope, lead units, responsible units, due, first words of each measure) by row.
Row = tuple[str, tuple[str, ...], tuple[str, ...], str, tuple[str, ...]]
MARKET, FINANCE, TAX = "市市场监管局", "市财政局", "国家税务总局杭州市税务局"
COMMERCE, ECOLOGY = "市商务局（杭州自贸片区管委会）", "市生态环境局"
PLANNING, TRANSPORT, WATER = "市发改委", "市交通运输局", "市林水局"
BUILDING, GARDENS, COURT, JUSTICE = "市建委", "市园文局", "市法院", "市司法局"
BOTH = (DEPARTMENTS, DISTRICTS)
TRAPS: dict[int, tuple[Row, ...]] = {
    3: (
        (
            "",
            ("市审管办",),
            (BUILDING, GARDENS, TRANSPORT, WATER, *BOTH),
            "2022-03",
            ("在招投标领域，严格落实", "改革后，加强招标文件备案审核。"),
        ),
        (
            "",
            (FINANCE,),
            (DISTRICTS,),
            "2022-03",
            (
                "在政府采购领域，加强信息公开，",
                "推进供应商在线发起支付功能，",
                "改革后，建立政府采购信息公开长效机制，",
            ),
        ),
    ),
    4: (
        (
            "",
            ("市审管办",),
            (BUILDING, GARDENS, TRANSPORT, WATER, DISTRICTS),
            "2022-06",
            ("运用区块链等新技术实现试点城市间招投标领域数字证书兼容互认。",),
        ),
    ),
    60: (
        (
            "在单用途商业预付卡等预付式消费领域探索建立综合监管机制：",
            (MARKET,),
            (
                "市教育局",
                "市公安局",
                "市人力社保局",
                COMMERCE,
                "市文化广电旅游局",
                "市卫生健康委",
                "市地方金融监管局",
                "市体育局",
                "市数据资源局",
                *BOTH,
            ),
            "2022-06",
            ("制定出台杭州市预付式消费相关管理政策，", "改革后，建立健全长效监管机制，"),
        ),
        (
            "在成品油领域探索建立综合监管机制：",
            (COMMERCE,),
            (
                PLANNING,
                "市经信局",
                "市公安局",
                FINANCE,
                "市规划和自然资源局",
                ECOLOGY,
                BUILDING,
                TRANSPORT,
                "市应急管理局",
                MARKET,
                "市数据资源局",
                TAX,
                "市消防救援支队",
                "钱江海关",
                *BOTH,
            ),
            "2022-06",
            (
                "制定出台《杭州市成品油监督管理条例》地方性法规。",
                "探索建立杭州市“一网通管”成品油流通综合监管机制平台系统。",
                "改革后，建立健全长效监管机制，",
            ),
        ),
        (
            "在农产品领域建立综合监管机制：",
            ("市农业农村局",),
            (DISTRICTS,),
            "2022-03",
            (
                "构建农产品生产主体信用评价系统。",
                "依托杭州市数字农业综合平台，",
                "开展分级分类监管，",
                "改革后，建立健全长效监管机制，",
            ),
        ),
    ),
    61: (
        (
            "在食品、药品、疫苗领域实行惩罚性赔偿和内部举报人制度：",
            (MARKET,),
            (COURT, "市检察院", JUSTICE, FINANCE, *BOTH),
            "2022-12",
            (
                "在食品药品安全举报处置中，",
                "出台杭州市市场监管领域重大违法行为举报奖励办法，",
                "改革后，严格保密和审核程序，确保内部举报人",
            ),
        ),
        (
            "在环保领域实行惩罚性赔偿和内部举报人制度：",
            (ECOLOGY,),
            (COURT, JUSTICE, FINANCE, *BOTH),
            "2022-06",
            (
                "在《市委办公厅市政府办公厅关于印发杭州市生态环境损害赔偿",
                "在《杭州市生态环境局关于印发杭州市生态环境违法行为",
                "改革后，建立健全严格的内部举报人保护机制，",
            ),
        ),
        (
            "在安全生产领域实行惩罚性赔偿和内部举报人制度：",
            ("市应急管理局",),
            (COURT, JUSTICE, FINANCE, *BOTH),
            "2022-12",
            (
                "制定《生产经营单位从业人员安全生产举报处理规定》，",
                "探索制定《杭州市安全生产惩罚性赔偿管理办法》。",
                "改革后，严格保密和审核程序，维护内部举报人",
            ),
        ),
    ),
    63: (
        (
            "在消防安全领域建立全流程事前事中事后监管机制:",
            ("市消防救援支队",),
            (PLANNING, BUILDING, "市应急管理局", *BOTH),
            "2022-06",
            ("开展事前服务承诺。", "进行事中管理引导。", "加强事后闭环追责。"),
        ),
        (
            "在食品领域建立全流程事前事中事后监管机制:",
            (MARKET,),
            (DISTRICTS,),
            "2022-06",
            ("在生产环节打通", "在流通环节推进", "在餐饮环节加快推进"),
        ),
        (
            "在药品（医疗器械、化妆品）生产经营领域建立全流程信用监管机制:",
            (MARKET,),
            (PLANNING, *BOTH),
            "2022-06",
            ("探索实施药品（医疗器械、化妆品）生产经营主体全流程",),
        ),
        (
            "在环境保护领域建立全流程事前事中事后监管机制:",
            (ECOLOGY,),
            (DISTRICTS,),
            "2022-06",
            ("以杭州市一体化智能化公共数据平台为底座，",),
        ),
        (
            "在水土保持领域建立全流程事前事中事后监管机制:",
            (WATER,),
            (PLANNING, *BOTH),
            "2022-06",
            ("建立完善全域遥感监管、",),
        ),
        (
            "在医疗卫生领域建立全流程事前事中事后监管机制：",
            ("市卫生健康委",),
            (PLANNING, *BOTH),
            "2022-10",
            (
                "建立和完善网络舆情大数据监测系统，",
                "开发完成短信提醒功能，",
                "将告知承诺审批事项扩展至4项（全事项）。",
                "进一步完善医疗机构医疗行为智能预警监管系统",
                "制定和实施医师不良执业行为记分制度。",
                "探索建立医疗卫生行业信用监管标准化工作规范，",
                "改革后，建立健全长效监管机制，强化相关单位协同配合。",
            ),
        ),
    ),
    70: (
        (
            "在市场监管领域探索建立行政执法人员尽职尽责免责制度：",
            (MARKET,),
            (JUSTICE, DISTRICTS),
            "2022-06",
            (
                "按《中共杭州市纪委杭州市监委关于印发〈关于健全完善容错免责机制",
                "改革后，畅通未被认定尽职免责人员的申诉渠道，",
            ),
        ),
        (
            "在税务领域探索建立行政执法人员尽职尽责免责制度：",
            (TAX,),
            (DISTRICTS,),
            "2022-03",
            ("争取税务总局政策支持，", "改革后，对税务行政执法尽职免责情况加强核实和管理，"),
        ),
    ),
}
TITLES = {
    3: "清除招投标和政府采购领域对外地企业设置的隐性门槛和壁垒",
    4: "推动招投标领域数字证书兼容互认",
    60: "在部分领域探索建立完善综合监管机制",
    61: "探索实行惩罚性赔偿和内部举报人制度",
    63: "在部分重点领域建立事前事中事后全流程监管机制",
    70: "在市场监管、税务领域探索建立行政执法人员尽职免责制度",
}


@pytest.mark.parametrize("item", TRAPS)
def test_trap_item_has_the_rows_of_the_source(item: int) -> None:
    rows = _rows(item)
    assert list(rows) == list(range(1, len(TRAPS[item]) + 1))
    assert {m.title for row in rows.values() for m in row} == {TITLES[item]}
    assert len({m.content for row in rows.values() for m in row}) == 1


@pytest.mark.parametrize(
    ("item", "row"), [(item, row) for item, rows in TRAPS.items() for row in range(len(rows))]
)
def test_trap_row_has_the_cells_of_the_source(item: int, row: int) -> None:
    scope, lead, responsible, due, beginnings = TRAPS[item][row]
    measures = _rows(item)[row + 1]
    assert [m.number for m in measures] == list(range(1, len(beginnings) + 1))
    for measure, beginning in zip(measures, beginnings, strict=True):
        assert measure.text.startswith(beginning)
        assert (measure.scope, measure.lead_units) == (scope, lead)
        assert (measure.responsible_units, measure.due) == (responsible, due)
        assert measure.applicable


def test_trap_row_with_measures_on_the_scope_lines_does_not_swallow_the_next() -> None:
    last_of_first, first_of_second = _rows(60)[1][-1], _rows(60)[2][0]
    assert last_of_first.text.endswith("切实维护企业、消费者合法权益。")
    assert first_of_second.text == "制定出台《杭州市成品油监督管理条例》地方性法规。"


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (42, "进出口联合登临检查针对的是海运进出境船舶，杭州不涉及该项改革。"),
        (54, "该事项不涉及杭州。"),
    ],
)
def test_item_that_does_not_concern_hangzhou_is_not_applicable(item: int, text: str) -> None:
    (measure,) = _rows(item)[1]
    assert (measure.text, measure.applicable) == (text, False)
    assert (measure.lead_units, measure.responsible_units, measure.due) == ((), (), "")
    assert set(measure.spans) == {"text", "title", "content"}


def test_applicable_all_other_measures_have_lead_unit_and_month() -> None:
    for measure in REAL.measures:
        assert measure.applicable == bool(measure.lead_units) == bool(measure.due)
        assert measure.applicable == (measure.item not in (42, 54))


def _slice(measure: Measure, field: str) -> str:
    span = measure.spans[field]
    return strip_layout(REAL.document.text[span.start : span.end])


@given(MEASURES)
def test_measure_any_text_equals_its_slice(measure: Measure) -> None:
    assert measure.text == _slice(measure, "text") != ""


@given(MEASURES)
def test_measure_any_citation_field_slices_back(measure: Measure) -> None:
    back: dict[str, Callable[[str], object]] = {
        "text": str,
        "title": str,
        "content": str,
        "scope": str,
        "lead_units": split_units,
        "responsible_units": split_units,
        "due": parse_month,
    }
    assert set(measure.spans) <= set(back)
    for field, parse_field in back.items():
        if field in measure.spans:
            assert getattr(measure, field) == parse_field(_slice(measure, field))
        else:
            assert not getattr(measure, field)


def test_measures_real_list_cover_all_by_slice() -> None:
    for measure in REAL.measures:
        assert measure.text == _slice(measure, "text")


def test_units_real_list_have_no_layout_and_no_joined_names() -> None:
    units = {u for m in REAL.measures for u in m.lead_units + m.responsible_units}
    for unit in units - {DISTRICTS}:
        assert unit == strip_layout(unit)
        assert not set("，,；;、") & set(unit.split("（")[0]), unit
        assert "等" not in unit, unit


@pytest.mark.parametrize(
    ("cell", "units"),
    [
        ("", ()),
        ("市审管办", ("市审管办",)),
        ("市建委、市园文局", ("市建委", "市园文局")),
        ("市法院，市检察院，市司法局", ("市法院", "市检察院", "市司法局")),
        ("市建委,市园文局;市林水局；市司法局", ("市建委", "市园文局", "市林水局", "市司法局")),
        (DISTRICTS, (DISTRICTS,)),
        (f"市级相关部门，{DISTRICTS}", BOTH),
        (f"市林水局等市级相关部门，{DISTRICTS}", (WATER, *BOTH)),
        (
            f"市委宣传部（市版权局），市科技局、{DISTRICTS}",
            ("市委宣传部（市版权局）", "市科技局", DISTRICTS),
        ),
        (f"{COMMERCE}、市体育局", (COMMERCE, "市体育局")),
        ("市某局（甲、乙，丙）、市丁局", ("市某局（甲、乙，丙）", "市丁局")),
        ("市某局(甲、乙)、市丁局", ("市某局(甲、乙)", "市丁局")),
        ("市建委等有关部门", ("市建委", "有关部门")),
        ("市建委等部门", ("市建委", "部门")),
        ("市建委、", ("市建委",)),
    ],
)
def test_split_units_cell_gives_names(cell: str, units: tuple[str, ...]) -> None:
    assert split_units(cell) == units


def test_parse_truncated_list_names_both_figures() -> None:
    text = REAL.document.text
    # Cut before item 50's row: the document still declares 101 and 344.
    cut = make_document(text[: text.index("\t50\n")])
    with pytest.raises(DocumentError, match="声明 10 个方面 101 项 344 条") as error:
        parse(cut)
    assert "49 项" in str(error.value)


def test_parse_list_that_lost_one_paragraph_names_both_figures() -> None:
    lost = SMALL.replace("\n2.改革后，加强监管。\n", "")
    with pytest.raises(DocumentError, match="声明 2 个方面 2 项 4 条，读出 2 个方面 2 项 3 条"):
        parse(make_document(lost))


def test_parse_row_with_missing_cell_names_place_and_both_widths() -> None:
    broken = SMALL.replace("\t市税务局\n", "")
    with pytest.raises(DocumentError, match="有 6 个单元格，表头有 7 个"):
        parse(make_document(broken))


def test_parse_row_with_surplus_cell_is_refused() -> None:
    broken = SMALL.replace("\t市税务局\n", "\t市税务局\n\t市某局\n")
    with pytest.raises(DocumentError, match="有 8 个单元格，表头有 7 个"):
        parse(make_document(broken))


def test_parse_item_number_that_is_no_number_is_refused() -> None:
    with pytest.raises(DocumentError, match="序号“2A”不是数字"):
        parse(make_document(SMALL.replace("\t2\n", "\t2A\n")))


def test_parse_row_without_measures_is_refused() -> None:
    broken = SMALL.replace("\t办税在网上办理。\n\t网上缴纳税费。\n", "\t\n\t\n")
    with pytest.raises(DocumentError, match="第 2 项第 1 行没有举措内容"):
        parse(make_document(broken))


def test_parse_small_list_gives_rows_scopes_and_ledger(small: Parsed) -> None:
    assert [m.id for m in small.measures] == [
        "small:1.1.1",
        "small:1.1.2",
        "small:2.1.1",
        "small:2.2.1",
    ]
    assert [m.scope for m in small.measures] == ["", "", "", "在公积金领域："]
    assert [m.due for m in small.measures] == ["2022-06", "2022-06", "2022-03", "2022-12"]
    assert small.measures[3].title == "推行“一网通办”"
    assert small.measures[3].content == "办税在网上办理。"
    assert small.ledger.declared == Counts(2, 2, 4)
    assert (small.ledger.rows, small.ledger.cells, small.ledger.cells_lost) == (3, 18, 0)


def test_parse_list_without_declaration_has_ledger_without_declared() -> None:
    text = SMALL.replace("（共2个方面2项4条改革举措）", "")
    ledger = parse(make_document(text)).ledger
    assert (ledger.declared, ledger.parsed, ledger.balanced) == (None, Counts(2, 2, 4), True)


def test_parse_whitespace_only_document_is_refused() -> None:
    with pytest.raises(DocumentError, match="没有读出任何举措、条款或段落"):
        parse(make_document("\n \n"))


def test_parse_table_header_alone_is_refused() -> None:
    header = SMALL.split("\t一、")[0].replace("（共2个方面2项4条改革举措）", "")
    with pytest.raises(DocumentError, match="没有读出任何举措、条款或段落"):
        parse(make_document(header))


LINES = """\

园区企业服务措施清单（共2个方面3项5条）

序号\t事项\t主要内容\t主要举措\t牵头单位\t责任单位\t时间
一、降低用房成本
1\t房租减免\t小微企业减免。\t1.首年免收200.5平方米。 2.第二年减半。\t区科技局\t各街道\t2024年6月
2\t会议室开放\t开放会议室。\t1.5公里以内免费。2.5公里以外收费。\t园区管委会\t区机关事务中心\t2024年3月
二、便利员工生活
3\t人才公寓\t提供公寓。\t1、2024年起六折；2、10个工作日内答复。\t区住建局\t区人社局\t2024年9月
"""


@pytest.mark.parametrize("separator", ["\t", ","])
def test_parse_table_with_a_row_a_line_gives_measures_and_exact_slices(separator: str) -> None:
    text = LINES.replace("\t", separator)
    parsed = parse(make_document(text))
    assert [(m.id, m.title, m.text) for m in parsed.measures] == [
        ("small:1.1.1", "房租减免", "首年免收200.5平方米。"),
        ("small:1.1.2", "房租减免", "第二年减半。"),
        ("small:2.1.1", "会议室开放", "1.5公里以内免费。2.5公里以外收费。"),
        ("small:3.1.1", "人才公寓", "2024年起六折；"),
        ("small:3.1.2", "人才公寓", "10个工作日内答复。"),
    ]
    first = parsed.measures[0]
    assert (first.aspect, first.content) == ("一、降低用房成本", "小微企业减免。")
    assert (first.lead_units, first.responsible_units) == (("区科技局",), ("各街道",))
    assert [m.due for m in parsed.measures] == ["2024-06"] * 2 + ["2024-03"] + ["2024-09"] * 2
    assert parsed.ledger.declared == parsed.ledger.parsed == Counts(2, 3, 5)
    assert (parsed.ledger.rows, parsed.ledger.cells, parsed.ledger.cells_lost) == (3, 21, 0)
    for m in parsed.measures:
        for name in ("text", "title", "content"):
            span = m.spans[name]
            assert getattr(m, name) == strip_layout(text[span.start : span.end])


def test_parse_table_with_two_columns_of_unknown_names_loses_neither() -> None:
    text = "事项\t主要内容\t备注\t电话\n甲\t文\t注\t110\n"
    assert parse(make_document(text)).ledger.cells_lost == 0


def dues_of(*cells: str, title: str = "某清单", date: str = "2022") -> list[tuple[str, str]]:
    """The month and the words of the due cell of each row."""
    rows = "".join(f"事项{i}\t文\t{cell}\n" for i, cell in enumerate(cells))
    document = make_document(f"事项\t主要内容\t完成时间\n{rows}")
    return [(m.due, m.due_text) for m in parse(replace(document, title=title, date=date)).measures]


@pytest.mark.parametrize(
    ("cell", "month"),
    [
        ("2025年6月", "2025-06"),
        ("2025年底前", "2025-12"),
        ("2025年12月31日前", "2025-12"),
        ("2025.6", "2025-06"),
        ("2025年上半年", "2025-06"),
        ("2025年二季度", "2025-06"),
        ("2025年3月至5月", "2025-05"),
        ("6月底前", "2024-06"),
        ("年底前", "2024-12"),
        ("长期坚持", ""),
        ("持续推进", ""),
        ("立即", ""),
        ("详见附件", ""),
    ],
)
def test_due_any_form_is_its_last_month_and_keeps_its_words(cell: str, month: str) -> None:
    assert dues_of(cell, title="2024年重点任务清单") == [(month, cell)]


def test_due_month_without_year_is_of_the_title_else_of_most_rows_else_of_the_date() -> None:
    rows = ("6月底前", "2023年3月", "2023年4月", "2025年5月")
    months = ["2023-03", "2023-04", "2025-05"]
    by_title = [due for due, _ in dues_of(*rows, title="2024年清单")]
    assert by_title == ["2024-06", *months]
    assert [due for due, _ in dues_of(*rows)] == ["2023-06", *months]
    assert [due for due, _ in dues_of("6月底前", date="2021-03-01")] == ["2021-06"]


def test_due_of_small_list_keeps_the_words_of_the_cell(small: Parsed) -> None:
    assert [m.due_text for m in small.measures] == [
        "2022年6月",
        "2022年6月",
        "2022年3月",
        "2022年12月",
    ]


@pytest.mark.parametrize(
    ("text", "applicable"),
    [
        ("该事项不涉及杭州。", False),
        ("该事项不涉及宁波", False),
        ("本事项不涉及本市。", False),
        ("此项改革不涉及我省。", False),
        ("联合登临检查针对的是海运船舶，杭州不涉及该项改革。", False),
        ("不涉及学科类的培训机构应当公示收费标准。", True),
        ("不涉及公共安全的分支机构，告知承诺。", True),
        ("该事项不涉及收费。", True),
        ("本事项不涉及现场勘查。", True),
        ("该事项不涉及杭州的，由县级部门办理。", True),
        ("该事项不涉及本市，", True),
        ("对不涉及该项改革的企业，提前告知。", True),
    ],
)
def test_applicable_is_false_only_where_a_record_says_that_it_is_elsewhere(
    text: str, applicable: bool
) -> None:
    header = "事项\t主要内容\t牵头单位\t责任单位"
    document = make_document(f"{header}\n甲\t{text}\t\t各区\n乙\t文\t市某局\t\n")
    parsed = parse(replace(document, issuer="浙江省宁波市"))
    assert [m.applicable for m in parsed.measures] == [applicable, True]
    assert parsed.ledger.not_applicable == (not applicable)


def test_applicable_record_with_a_lead_unit_concerns_the_place() -> None:
    text = "事项\t主要内容\t牵头单位\n甲\t该事项不涉及杭州。\t市某局\n"
    (measure,) = parse(make_document(text)).measures
    assert measure.applicable


def test_units_of_several_helping_columns_are_all_kept() -> None:
    header = "事项\t主要内容\t牵头单位\t责任单位\t配合单位"
    text = f"{header}\n甲\t文\t市甲局\t市乙局、市丙局\t—\n乙\t文\t市甲局\t市乙局\t市丁局\n"
    first, second = parse(make_document(text)).measures
    assert (first.lead_units, first.responsible_units) == (("市甲局",), ("市乙局", "市丙局"))
    assert second.responsible_units == ("市乙局", "市丁局")
    assert [cell.name for cell in second.cells("responsible")] == ["责任单位", "配合单位"]


def test_parse_table_has_the_schema_of_its_columns_and_prose_has_none(small: Parsed) -> None:
    names = "序号 改革事项 主要内容 主要举措 牵头单位 责任单位 取得阶段性成效时间"
    assert [column.name for column in small.schema.columns] == names.split()
    assert small.schema.main == "lead"
    assert parse(make_document("第一条 甲。\n")).schema == Schema()


@pytest.mark.parametrize("text", [SMALL, LINES, "第一条 甲。\n"])
def test_read_ledger_record_through_json_gives_the_same_ledger(text: str) -> None:
    ledger = parse(make_document(text)).ledger
    assert read_ledger(json.loads(json.dumps(asdict(ledger)))) == ledger


def test_read_ledger_texts_beside_a_table_come_back() -> None:
    ledger = parse(make_document("事项,主要内容\n甲,文\n注：到期废止\n")).ledger
    assert ledger.outside == ("注：到期废止",)
    assert read_ledger(json.loads(json.dumps(asdict(ledger)))) == ledger


@given(MEASURES)
def test_measure_any_column_slices_back(measure: Measure) -> None:
    assert [cell.role for cell in measure.columns] != []
    for cell in measure.columns:
        words = strip_layout(REAL.document.text[cell.span.start : cell.span.end])
        assert cell.value == words != ""


@given(st.integers(0, len(LINES)), st.sampled_from("\t,"))
def test_parse_table_lines_cut_anywhere_raise_or_give_exact_slices(at: int, separator: str) -> None:
    text = LINES.replace("\t", separator)[:at] + "\n"
    try:
        parsed = parse(make_document(text))
    except DocumentError:
        return
    for measure in parsed.measures:
        span = measure.spans["text"]
        assert measure.text == strip_layout(text[span.start : span.end])


@given(st.integers(0, len(SMALL)))
def test_parse_list_cut_anywhere_raises_or_loses_nothing(at: int) -> None:
    try:
        parsed = parse(make_document(SMALL[:at] + "\n"))
    except DocumentError:
        return
    assert parsed.ledger.balanced
    for measure in parsed.measures:
        span = measure.spans["text"]
        assert measure.text == strip_layout(parsed.document.text[span.start : span.end])
