"""Spans of a text that can answer a question: sentences, clauses, numbers, names.

All functions take the text of a field (layout already stripped) and give spans of it in order.
"""

import re
from functools import lru_cache

from corpus.document import Span
from corpus.text import normalise, sentences

remembered = lru_cache(maxsize=4096)  # the same few texts are read for question after question
CLAUSE = re.compile(r"(?:“[^”]{0,40}”|《[^》]*》|（[^）]*）|[^，,：:。；;！？“《（])+|[“《（]")
DIGITS = r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十百千]+)"
UNITS = (
    r"%|％|个?(?:工作日|自然日|月|小时|百分点|部门|事项|环节|领域)|平方公里|平方米|公里|万元|亿元|元|批次|人次|"
    r"[批类项种家个次份条款套张台级年天日周倍折轮成人户国名]"
)
BOUND = r"(?:每年|每半年)?(?:最高|最低|至少|不超过|不少于|不低于|超过|近|满|约|每|抽查|开展)*"
WITHIN = r"(?:以上|以下|以内|之内|内|左右)?"
NUMBER = re.compile(
    rf"{BOUND}(?:百分之{DIGITS}|{DIGITS}分之{DIGITS}|{DIGITS}(?:余|多)?(?:{UNITS})|\d+(?:\.\d+)?)"
    rf"{WITHIN}|每?(?:半年|季度)内?|每(?:年|月|周|日|天)|双倍|[两一]倍"
)
TITLED = re.compile(r"《[^《》]*(?:〈[^〉]*〉[^《》]*)*》(?:（[^）]{0,30}）)?")
FILE = (
    r"(?:意见书|承诺书|通知书|告知书|裁定书|决定书|证明书|说明书|委托书|协议书|要求书|申请表|简表|报告表|登记表"
    r"|申报表|备案表|方案|条例|办法|规定|规范|规程|细则|指南|指引|意见|标准|清单|名单|目录|通知|纪要|制度"
    r"|图集|体系|报告|面单|运单)"
)
BODY = (
    r"(?:部门|单位|机构|机关|局|委员会|委|中心|支行|银行|法院|检察院|公司|企业|协会|学会|政府|海关"
    r"|管理人|专班|窗口|人员|主体)"
)
SITE = (
    r"(?:平台|系统|APP|网站|数据库|信息库|专题库|地址库|证照库|小程序|服务网|入口|端口|底座|大脑"
    r"|UKey)"
)
# Where a name begins, seen from its end: behind a mark or behind one of these words.
MARK = re.compile("[，。；：、]")
MADE = re.compile("出台|制定|印发|编制|开具|出具")  # a name that is made begins right behind
BEFORE = re.compile(
    r"[，。；：、]|通过|依托|利用|借助|接入|建立健全|建立完善|建立|建设|搭建|构建|打造|开发|开设|升级|优化|完善|推进|用好|"
    r"(?<!可)以(?=[^及内上下后前外])|(?<!存)在(?!线)|将|从(?!事)|向|纳入|上线|对接|进入|登录|允许|出台|制定|印发|编制|形成|落实|按照|"
    r"遵循|依据|根据|实行|推行|启用|采用|使用|开具|出具|提交|提供|凭|作为|归集|汇聚|由|为(?!底)|对(?![接外应])|运用|全面"
)


@remembered
def clauses(text: str) -> tuple[Span, ...]:
    """What stands between commas, colons and full stops; marks within quotes don't part."""
    spans = (Span(found.start(), found.end()) for found in CLAUSE.finditer(text))
    return tuple(span for span in spans if span.end - span.start > 1)


@remembered
def windows(text: str, longest: int) -> tuple[tuple[Span, Span], ...]:
    """Neighbouring clauses of one sentence, together at most so long; a long clause alone.

    Each comes with the stretch from the clause before it to its own end: an answer follows the
    clause that states its condition.
    """
    parts = clauses(text)
    found = []
    for sentence in sentences(text):
        inside = [p for p in parts if sentence.start <= p.start < sentence.end]
        for i, first in enumerate(inside):
            before = inside[max(0, i - 1)].start
            for last in inside[i:]:
                if last is not first and last.end - first.start > longest:
                    break
                found.append((Span(first.start, last.end), Span(before, last.end)))
    return tuple(found)


@remembered
def numbers(text: str) -> tuple[Span, ...]:
    """Numbers with their unit and bound: 15个工作日内, 每五年, 四分之一."""
    return tuple(Span(found.start(), found.end()) for found in NUMBER.finditer(text))


@remembered
def counted(text: str, unit: str) -> tuple[Span, ...]:
    """Numbers that count exactly such a thing: 11类, 八公开."""
    found = re.finditer(rf"{BOUND}{DIGITS}(?:余|多)?{re.escape(unit)}{WITHIN}", text)
    return tuple(Span(one.start(), one.end()) for one in found)


@remembered
def named(text: str, ends: str) -> tuple[Span, ...]:
    """Noun phrases with such an ending, cut on the left where a verb or a mark stands."""
    spans = []
    for found in re.finditer(ends, text, re.IGNORECASE):
        start, end = _beginning(text, found), found.end()
        if text[start:end].count("“") > text[start:end].count("”"):
            end += text[end : end + 1] == "”"
        if end - start > len(found[0]):
            spans.append(Span(start, end))
    return tuple(spans)


def _beginning(text: str, end: re.Match[str]) -> int:
    """Where the name with such an ending begins: behind what makes it, else behind the last cut."""
    start, made = 0, False
    for cut in BEFORE.finditer(text, 0, end.start()):
        inner = text[cut.start() : end.end()]
        if inner.count("“") < inner.count("”") or inner.count("（") < inner.count("）"):
            continue
        if MARK.match(cut[0]):
            made = False
        if not made or MADE.match(cut[0]) or cut.start() == start:
            start = cut.end()
        made = made or bool(MADE.match(cut[0]))
    return start + (text[start] == "的")


@remembered
def titled(text: str) -> tuple[Span, ...]:
    """Names of documents in 《》."""
    return tuple(Span(found.start(), found.end()) for found in TITLED.finditer(text))


@remembered
def fold(text: str) -> str:
    """The text as a normalised question sees it, character by character: offsets stay."""
    return "".join(one if len(one := normalise(c)) == 1 else c for c in text)
