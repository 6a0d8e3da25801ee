"""What a fact question asks for: its kind, the thing counted or named, and its topic.

The rules are tried in order, first match wins; `<who>`, `<when>` and the like stand for the
fragments below. What the rule matched is taken out of the question: the rest is the topic,
which the clause that answers should speak of.
"""

import re
from dataclasses import dataclass

UNIT = r"(?:单位|部门|机构|局|委办|海关|法院)"
FRAGMENTS = {
    "body": UNIT,
    "who": (
        rf"(?:谁|[哪那](?:一|几|两|三)?(?:个|家|些|级)?[^,?。]{{0,4}}{UNIT}"
        r"|哪(?:一|几|两|三)?[个家](?=[?,。 ]|$|牵头|负责|主管|配合|参与|来|在?管)"
        r"|(?:什么|啥|何)(?:单位|部门|机构))"
    ),
    "lead": (
        r"(?:牵头|打头|主责|负责|主管|主抓|主办|主导|领头|带头|挑头|承办|经办"
        r"|(?<!保)[管抓搞办]的?(?=[?,。 ]|$))"
    ),
    "beside": r"(?:除[^,?。]{1,40}|[之以]外)(?:还有|还要|还|另外?)",
    "help": r"(?:责任单位|责任部门|配合|协助|协同|协办|会同|参与|参加|帮忙|搭把手)",
    "when": (
        r"(?:(?:什么|啥|何)时(?:候|间)|何时|几时|哪(?:一)?个?(?:年|月份?|天|季度)|几月份?|何月"
        r"|多会儿|时间节点)"
    ),
    "done": (
        r"(?:见到?成?效|成[效果]|效果|生效|出效|起效|完成|落地|落实|实现|到位|做[完好成]|[弄搞办]好"
        r"|搞定|办结|推开|推行|实施|启用|上线|收尾|交[账卷差])"
    ),
    "many": r"(?:多少|(?<!好)几(?!乎|经)|若干(?!规定))",
    "much": r"(?:多少|多大|多高|几|多长|多久|[?]?$)",
    "any": r"[^,?。]",
    "name": r"(?:哪|什么|啥|何|叫)",
    "called": r"(?:名称|全称|全名|名字|文件名|书名|叫)",
    "file": (
        r"(?:文件|方案|条例|(?<![种么啥好])办法|规定|规范|规程|细则|指南|指引|意见|标准|清单|名单|目录|通知"
        r"|纪要|法规|表格?|(?<![文证])书(?!面)|报告)"
    ),
    "site": r"(?:平台|系统|app|软件|网站|数据库|信息库|小程序|底座|端口|入口)",
    "open": r"(?:什么|啥|哪|何|怎)",
}
RULES = (
    # what no column and hardly a text tells: how to reach somebody
    ("contact", r"(?:负责人|联系人|经办人|[局处科院]长|主任)(?:的?名字)?(?:是谁|叫|姓)"),
    # 责任单位: who else, who takes part
    ("responsible", r"<beside><any>{0,40}(?:<who>|责任单位|[个家](?=[?,。 要来参配]|公司|$))"),
    ("responsible", r"<who><any>{0,8}<help>"),
    ("responsible", r"<help><any>{0,6}<who>"),
    ("responsible", r"责任单位|<help>的?<body>|(?:别的|其[他它])(?:市级)?<body>"),
    ("responsible", r"^<any>{0,4}<help>的?呢?[?]?$"),
    # 牵头单位
    ("lead", r"<who><any>{0,8}<lead>"),
    ("lead", r"(?:牵头|负责|主管)<any>{0,8}(?:<who>|为何)"),
    ("lead", r"(?:牵头|主责|主管|主办)<any>{0,5}(?:单位|部门)?[是为呢]*(?:谁|哪.{0,2})?[?]?$"),
    ("lead", r"还是<any>{1,10}(?:牵头|负责|主管)"),
    ("lead", r"归<who>(?:管|负责|[?]?$)|(?:找|问|联系|咨询)<who>(?:办|问|咨询)?[?]?$"),
    ("lead", r"牵头的?[吗吧么]"),
    ("lead", r"^<any>{0,4}牵头的?<body>?呢?[?]?$"),
    # who does or may do a thing, as the text says
    ("who", r"<who>"),
    # 取得成效时间; a moment that something else waits for stands in the text
    ("due", r"<when><any>{0,8}<done>|<done><any>{0,8}<when>"),
    ("due", r"几月|哪个?月|何月|哪年|时间节点"),
    ("due", r"<done>(?:时间|月份|节点|期限)|(?:时间|节点)(?:要求|安排|点)?呢?[?]?$"),
    ("due", r"<when><any>{0,2}[?]?$"),
    ("moment", r"<when>"),
    # a document or a platform by its name
    ("document", r"<name><any>{0,12}(?P<unit><file>)"),
    ("platform", r"<name><any>{0,8}<site>"),
    ("platform", r"<site><any>{0,8}(?:<called>|哪)|<site>[?]?$"),
    ("document", r"(?P<unit><file>)<any>{0,8}<called>|书名|文件名"),
    ("platform", r"[在从上去](?:哪儿?|哪里|什么地方)[上里个]?(?:网|查|办|报|传|填|申请|下载)"),
    # which ones are names, how many a number with its unit
    ("term", r"(?:标准|文|编|代|批)号"),
    ("term", r"哪几"),
    ("ratio", r"百分之<many>|几分之几|几成|<many>%|几折|多大比例|<many>倍"),
    ("ratio", r"(?:比例|比率|占比|覆盖率|覆盖面|幅度)<any>{0,3}<much>"),
    ("period", r"(?:时限|期限|频率|频次)<any>{0,3}<much>"),
    ("period", r"多(?:长时间|长|久|频繁)(?:一次|一回|一趟)?"),
    ("period", r"<many>(?P<unit>个?(?:工作日|自然日|小时|月|星期|季度)|[天日周年](?!级|份))"),
    ("period", r"(?:时长|有效期|工期|周期)[?]?$"),
    ("contact", r"电话|热线|手机号|联系方式|网址|邮箱|邮编|微信号|二维码|几楼|<name><any>?窗口"),
    ("contact", r"地址(?:在哪|是|给|[?]?$)"),
    ("amount", r"费(?:率|用)?[是要该]?(?:怎么|如何|咋)[收算交定]"),
    ("amount", r"(?:收费|费率|价格|单价|押金|保证金|罚款|工资|租金)(?:标准)?[?]?$"),
    ("amount", r"<many>(?:钱|[万亿]?元|块)|多少?钱|(?:金额|额度|奖金|费用)<any>{0,6}<much>"),
    ("number", r"(?:面积|上限|下限|门槛|数量|[个总项人件]数)<any>{0,3}<much>"),
    (
        "number",
        r"(?:有|面积|金额|额度|规模|距离|幅度)多[大宽高远重]|多大(?:一块|的?面积|的?地方?)|<many>[给收交付缴领罚算扣减补]",
    ),
    ("number", r"<many>(?P<unit><any>{1,6})"),
    ("number", r"<many>"),
    # yes or no, where it isn't asked which or what
    ("yesno", r"^(?!.*<open>).*(?:吗|[是可能应]否|有没有|可以不|还用|[么嘛吧][?]?$|(.)不\1)"),
    ("yesno", r"^(?!.*<open>).*[也还](?:要|得|用|需要|能|可以)<any>*[?]$"),
    # any other thing by its name
    ("term", r"什么|啥|哪|何|谁|怎|咋|叫做?(?:[?]|$)|多大|编号|文号"),
    ("term", r"名称|名字|标准号|后果|下一步|干嘛|的是[?]"),
    (
        "yesno",
        r"吗|嘛|[是可能应]否|(.)不\1|[不吧么][?]?$|还是|^还?(?:需要|要|用|能|可以)<any>+[?]$",
    ),
)
HOW = re.compile(
    r"(?:怎么|怎样|如何|咋)(?:去|来|才能|能|自主|在线|网上|线上)?"
    r"(?:办(?!案)|弄|搞|申请|申报|申领|领|查询|登记|注册|变更|注销|缴|操作|走|着手|入手|做[?,。]?$)"
    r"|怎办|流程|步骤|手续是|怎么回事|什么意思|什么(?:政策|改革|概念)[?]?$"
    r"|有(?:什么|啥|哪些)(?:好|新)?(?:政策|办法|法子|支持|优惠|途径|渠道|优化|变化|改进|做法|举措|措施)"
    r"|(?:制度?|改革|机制|模式|验收|受理|办理)是(?:什么|啥)[?]?$"
)
NAME = 20  # a longer text without asking words tells a story
BESIDE = 6  # characters on each side of the asking words
WHOLE = ("yesno", "term", "moment", "who")  # their asking words don't stand apart


def _compile(rule: str) -> re.Pattern[str]:
    """A rule with its fragments put in; named groups look alike and stay."""
    return re.compile(re.sub(r"<(\w+)>", lambda found: FRAGMENTS.get(found[1], found[0]), rule))


COMPILED = tuple((kind, _compile(rule)) for kind, rule in RULES)


@dataclass(frozen=True)
class Wants:
    """A question read by the first rule that matches it.

    `kind` is that of the rule, or how; `unit` what stands behind 几 or 多少, or the sort of
    document; `asked` the words that ask and can be said of another thing, `beside` what stands
    around them, `topic` the question without them.
    """

    kind: str
    question: str
    unit: str
    topic: str
    asked: str = ""
    beside: str = ""

    @property
    def names(self) -> bool:
        """Whether it asks nothing and only names a thing: 一照通办."""
        return self.kind == "how" and len(self.question) <= NAME and not HOW.search(self.question)


def read_wants(question: str) -> Wants:
    """Read a normalised question."""
    for kind, rule in COMPILED:
        found = rule.search(question)
        if found is None:
            continue
        if kind in WHOLE and HOW.search(question):
            break
        whole = kind in WHOLE
        rest = f"{question[: found.start()]} {question[found.end() :]}"
        unit = found.groupdict().get("unit") or ""
        asked = "" if whole else found[0]
        beside = f"{question[: found.start()][-BESIDE:]} {question[found.end() :][:BESIDE]}"
        return Wants(kind, question, unit, question if whole else rest, asked, beside)
    how = HOW.search(question)
    return Wants("how", question, "", question, how[0] if how else "")
