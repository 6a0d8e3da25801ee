"""What goes over the wire, typed: the contract's JSON objects, for clients, MCP and OpenAPI.

Fields that a newer service adds are kept as extra attributes, so that an older client goes on.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal["measures", "fact", "list", "none"]
Standing = Literal["answered", "near", "refused"]


class Shape(BaseModel):
    """A record that can't be changed and takes fields it does not know."""

    model_config = ConfigDict(extra="allow", frozen=True)


class Cell(Shape):
    """举措所在行的一格。"""

    name: str = Field(description="列名，照文档写的", examples=["资金来源"])
    role: str = Field(
        description="列的作用：lead、responsible、organ、due、duration、scope、title、measure、"
        "aspect、number、other",
        examples=["other"],
    )
    value: str = Field(description="格里的文字")
    start: int = Field(description="原文起点")
    end: int = Field(description="原文终点（不含）")


class Measure(Shape):
    """一条举措：可以被引用的最小单位。"""

    id: str = Field(description="编号：文档:事项.行.序号", examples=["hz-2022:1.1.1"])
    document: str = Field(description="所在文档的编号", examples=["hz-2022"])
    aspect: str = Field(description="方面；文档没有这一列时为空")
    item: int = Field(description="事项的序号", examples=[1])
    title: str = Field(description="事项的名称")
    content: str = Field(description="主要内容")
    row: int = Field(description="事项里的第几行，从 1 起", examples=[1])
    scope: str = Field(description="这一行的适用范围；没有写明时为空")
    number: int = Field(description="行里的第几条，从 1 起", examples=[1])
    text: str = Field(description="举措的原文，不含排版空白")
    lead_units: tuple[str, ...] = Field(description="牵头的单位；文档不分牵头与参与时为空")
    responsible_units: tuple[str, ...] = Field(description="参与的单位；同上")
    due: str = Field(description="时间列写的月份；没有写明时为空", examples=["2022-06"])
    due_text: str = Field(default="", description="时间列原样的文字", examples=["2022年6月"])
    columns: tuple[Cell, ...] = Field(default=(), description="所在行的各格，按文档的列")
    applicable: bool = Field(description="是否涉及本地；否表示原文注明不涉及")
    path: tuple[str, ...] = Field(description="所在的层级，从外到内")
    start: int = Field(description="原文起点：Unicode 字符，从 0 起")
    end: int = Field(description="原文终点（不含）")
    plain: str | None = Field(
        default=None, description="白话说明，以原文为准，不可引用；没有时为 null"
    )


class Citation(Shape):
    """一条引文：与文档在 start 到 end 的文字逐字相同（排版空白除外）。"""

    n: int = Field(description="回答里的 [n]", examples=[1])
    measure: str = Field(description="所引举措的编号", examples=["hz-2022:1.1.1"])
    field: str = Field(
        description="引的是哪一栏：text、content、title、lead_units、responsible_units、due，"
        "或者别的列的列名",
        examples=["text"],
    )
    column: str = Field(default="", description="那一栏在文档里的列名", examples=["主要举措"])
    quote: str = Field(description="引用的文字")
    start: int = Field(description="原文起点")
    end: int = Field(description="原文终点（不含）")
    sha256: str = Field(description="文档全文的 SHA-256")


class Highlight(Shape):
    """举措文字里与问题相同的一段。"""

    start: int = Field(description="起点")
    end: int = Field(description="终点（不含）")


class Signals(Shape):
    """两路检索各自的得分与名次。"""

    dense: float = Field(description="向量：最高余弦")
    bm25: float = Field(description="BM25：最高得分")
    dense_rank: int = Field(description="在向量一路的名次")
    bm25_rank: int = Field(description="在 BM25 一路的名次")


class Hit(Shape):
    """检索到的一条举措。"""

    rank: int = Field(description="名次，从 1 起", examples=[1])
    score: float = Field(description="相关的概率，0 到 1", examples=[0.96])
    measure: Measure = Field(description="举措")
    highlights: tuple[Highlight, ...] = Field(description="举措文字里要标出的位置")
    matched_view: str = Field(description="凭什么找到：text 原文，question 常见问法")
    matched_text: str = Field(description="找到它的那段文字")
    signals: Signals = Field(description="各路得分")
    citation: Citation = Field(description="整条举措的引文")


class Found(Shape):
    """检索的结果，最相关的在前。"""

    query: str = Field(description="原样的问题")
    normalized: str = Field(description="实际检索的文字（繁转简、改正错字之后）")
    hits: tuple[Hit, ...] = Field(description="举措，按得分从高到低")


class ItemRef(Shape):
    """一个事项。"""

    document: str = Field(description="文档编号", examples=["hz-2022"])
    item: int = Field(description="事项的序号", examples=[16])


class Condition(Shape):
    """读懂的一个条件；原样（或去掉几条）放回提问的 conditions，就按它来列。"""

    said: str = Field(description="用文档自己的列名说出来", examples=["牵头单位含“市税务局”"])
    op: str = Field(description="怎么比；not、or、and 另有 part 或 parts", examples=["has"])


class Answer(Shape):
    """一个回答：有引文；或者没有直接写明，只有最接近的原文；或者拒答并附最接近的举措。"""

    question: str = Field(description="原样的问题")
    understood: str = Field(default="", description="补全指代之后、实际回答的问题")
    kind: Kind = Field(description="measures 段落，fact 短答案，list 清单，none 拒答")
    answerable: bool = Field(description="文件里有没有直接写明的答案；standing 说得更细")
    standing: Standing = Field(
        description="answered 有答案；near 没有直接写明，answer 是最接近的原文；refused 拒答"
    )
    confidence: float = Field(description="能作答的概率，0 到 1")
    short_answer: str | None = Field(description="60 字以内的短答案；需要段落时为 null")
    answer: str = Field(description="完整的回答，[n] 指向引文")
    notice: str = Field(default="", description="与要求不同之处，没有就为空")
    conditions: tuple[Condition, ...] = Field(default=(), description="从问题里读懂的条件")
    unread: tuple[str, ...] = Field(default=(), description="问题里没有读懂的话")
    items: tuple[ItemRef, ...] = Field(description="kind 为 list 时：完整的事项，按文件顺序")
    citations: tuple[Citation, ...] = Field(description="引文，按 n 排列")
    hits: tuple[Hit, ...] = Field(description="相关的举措；standing 为 answered 时才有")
    nearest: tuple[Hit, ...] = Field(description="没有答案时最接近的举措，不是答案")


class RelatedMeasure(Shape):
    """别的事项里的一条相关举措。"""

    measure: Measure = Field(description="举措")
    score: float = Field(description="相关程度，0 到 1")
    reason: str = Field(description="为什么相关")


class RelatedList(Shape):
    """与一条举措相关的举措。"""

    measure: str = Field(description="问的那条举措的编号")
    related: tuple[RelatedMeasure, ...] = Field(description="每个事项至多一条，最相关的在前")


class Listed(Shape):
    """符合条件的全部举措，按文件顺序；一次给出其中一段。"""

    total: int = Field(description="符合条件的举措有多少条")
    items: tuple[ItemRef, ...] = Field(description="它们所属的全部事项，按文件顺序")
    offset: int = Field(description="从第几条起，从 0 算")
    measures: tuple[Measure, ...] = Field(description="这一段举措")


class About(Shape):
    """一个文档。"""

    id: str = Field(description="文档编号", examples=["hz-2022"])
    title: str = Field(description="标题")
    issuer: str = Field(description="发布单位")
    date: str = Field(description="发布日期")
    origin: str = Field(description="出处")
    sha256: str = Field(description="全文的 SHA-256")
    characters: int = Field(description="全文的字数")
    measures: int = Field(description="举措的条数（不含注明不涉及的）")
    items: int = Field(description="事项的个数")
    columns: tuple[str, ...] = Field(default=(), description="各列的列名，照文档写的")


class Documents(Shape):
    """全部文档。"""

    documents: tuple[About, ...] = Field(description="文档")


class Value(Shape):
    """一列里的一个值。"""

    value: str = Field(description="值")
    aliases: tuple[str, ...] = Field(description="问的时候也可以这样叫它")
    count: int = Field(description="在多少行里")


class Column(Shape):
    """文档的一列。"""

    name: str = Field(description="列名，照文档写的", examples=["牵头单位"])
    role: str = Field(description="列的作用，同举措 columns 里的 role", examples=["lead"])
    values: tuple[Value, ...] = Field(description="这一列的值，多的在前")


class Columns(Shape):
    """一个文档的各列。"""

    columns: tuple[Column, ...] = Field(description="从左到右")


class Problem(Shape):
    """出错时的说明（RFC 9457，application/problem+json）。"""

    type: str = Field(description="错误的种类", examples=["about:blank"])
    title: str = Field(description="什么错", examples=["请求有误"])
    status: int = Field(description="HTTP 状态码", examples=[422])
    detail: str = Field(description="怎么办")
