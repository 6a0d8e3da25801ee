"""Masking what could name a person in a question, wherever it is stored, logged or shown.

Numbers, addresses of mail and houses, and number plates have a form by which they are known; a
person's name is known by how it is told (我叫…), and any other name stays.
"""

import re

from corpus.errors import InputError
from corpus.text import INVISIBLE, normalise
from index.query import LIMIT

MASK = "〔已遮〕"
_DATE = r"(?:19|20)\d\d[- ]\d{1,2}[- ]\d{1,2}(?!\d)"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_LATIN = "0-9A-Za-z０-９Ａ-Ｚａ-ｚ"
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈蒋沈韩杨朱秦许何吕张孔曹严金魏陶姜戚谢邹章苏潘葛范彭郎鲁韦马方俞任袁柳"
    "唐罗薛雷贺倪汤滕殷毕郝邬安常于傅康余元顾孟黄穆萧尹姚邵汪祁毛宋庞熊纪舒屈项祝董梁杜阮"
    "席季贾江童郭梅林钟徐邱骆高夏蔡田樊胡凌霍万柯卢莫房丁邓洪包左石崔吉龚程邢裴陆翁侯段"
    "白叶刘龙向温庄柴瞿阎连习艾容古易廖耿文欧聂曾关游付詹"
)
_ENDS = r"(?=[\s，。,.、；;！!？?：:（(]|$|想|要|家住|住在|今年|今天|电话|手机|身份证)"
_PATTERNS = (
    re.compile(rf"[{_LATIN}_.+-]+[@＠][{_LATIN}-]+(?:[.．][{_LATIN}-]+)+"),  # mail
    # A company's code, which for a sole trader stands for a person: GB 32100-2015.
    re.compile(r"(?<![0-9A-Za-z])(?=[A-Z]*\d)[0-9A-HJ-NPQRTUWXY]{18}(?![0-9A-Za-z])"),
    re.compile(  # number plates
        rf"[{_PROVINCES}][A-Z][·•]?(?=[A-Z]*\d)[0-9A-HJ-NP-Z]{{5,6}}(?![0-9A-Z])", re.IGNORECASE
    ),
    re.compile(r"(?<!\d)1[3-9]\d[^\w\s]?\d{4}[^\w\s]?\d{4}(?!\d)"),  # mobiles: 138.0013.8000
    # Telephones, identity cards, bank cards, passports and any number as long: seven digits or
    # more, however they are grouped by spaces and dashes; a date is none.
    re.compile(rf"(?<!\d)(?!{_DATE})[A-Za-z]{{0,2}}\d(?:[ \-–—]?\d){{6,}}[Xx]?"),
    re.compile(r"[零〇一二三四五六七八九幺]{7,}"),
    re.compile(r"(?<=我叫)(?!什么|谁)[㐀-鿿·]{2,8}?" + _ENDS),  # names, as they are told
    re.compile(rf"(?<=我是)[{_SURNAMES}][㐀-鿿]{{1,2}}{_ENDS}"),
    re.compile(r"(?<=姓名)(?:是|为|叫)?[：:]?\s?(?!和|及|或|与)[㐀-鿿·]{2,4}" + _ENDS),
    re.compile(  # houses: 文三路100号3单元502室
        r"[㐀-鿿0-9]{0,6}(?:路|街|巷|弄|大道|村|小区|花园|苑)\s?\d+\s?(?:号|幢|栋|弄)"
        r"(?:\s?\d+(?:号|幢|栋|单元|室|楼|层))*"
    ),
)


def mask(text: str) -> str:
    """The text with names as they are told, addresses, number plates and long numbers masked."""
    for pattern in _PATTERNS:
        text = pattern.sub(MASK, text)
    return text


def check_question(question: str) -> str:
    """A question as it may be stored: masked, without surrounding space.

    Raises:
        InputError: nothing in it, over 2,000 characters, or not Unicode.
    """
    if len(question) > LIMIT:
        raise InputError(f"问题太长（{len(question)} 字）；请缩短到 {LIMIT} 字以内")
    if any("\ud800" <= c <= "\udfff" for c in question):
        raise InputError("问题里有不成对的代理字符，不是合法的 Unicode 文本")
    seen = mask(" ".join(INVISIBLE.sub("", question).replace("\0", " ").split()))
    if not normalise(seen):
        raise InputError("问题是空的；请写明是对哪个问题的评价")
    return seen
