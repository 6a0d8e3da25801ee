"""What a question asks for: a table of cases."""

import pytest

from corpus.text import normalise
from service.wants import read_wants

CASES = [
    ("游艇登记谁牵头", "lead"),
    ("这项改革由哪个部门负责？", "lead"),
    ("归哪个单位管", "lead"),
    ("农产品监管的牵头单位", "lead"),
    ("除了交通局还有哪个单位参与", "responsible"),
    ("责任单位有哪些", "responsible"),
    ("什么时候见效", "due"),
    ("几月份完成", "due"),
    ("时间节点", "due"),
    ("什么时候才能生成电子证明", "moment"),
    ("一共有几类证照", "number"),
    ("满多少年会被除名", "period"),
    ("检查覆盖比例是多少", "ratio"),
    ("按几分之几收", "ratio"),
    ("多久推送一次", "period"),
    ("奖金最高能拿多少", "amount"),
    ("要出台什么条例", "document"),
    ("那份指南叫什么名字", "document"),
    ("在哪个平台上查", "platform"),
    ("人员信息汇到哪个系统", "platform"),
    ("还要不要重新办证", "yesno"),
    ("第二顺序继承人要到场吗？", "yesno"),
    ("拿什么代替死亡证明", "term"),
    ("不改正会有什么后果", "term"),
    ("一照多址怎么办理", "how"),
    ("一照通办", "how"),
]


@pytest.mark.parametrize(("question", "kind"), CASES)
def test_read_wants_question_gives_its_kind(question: str, kind: str) -> None:
    assert read_wants(normalise(question)).kind == kind


def test_read_wants_number_names_its_unit() -> None:
    wants = read_wants("一共有几类证照")
    assert wants.unit.startswith("类")
    assert wants.topic.startswith("一共有")


def test_wants_names_is_true_of_a_bare_name_alone() -> None:
    assert read_wants("一照通办").names
    assert not read_wants("一照通办怎么办理").names
    assert not read_wants("谁牵头").names
