"""The MCP server: six tools that only read, and what they link to as resources."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from typing import Annotated, Any, Literal

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError
from mcp_types import CallToolResult, ContentBlock, ResourceLink, TextContent, ToolAnnotations
from pydantic import Field

from corpus.document import Document as Source
from corpus.document import Measure
from corpus.errors import InputError, WenceError
from index.filters import Filters
from index.search import Searcher
from service.answer import Answer, Answerer
from service.api.about import about_documents
from service.api.conditions import Condition, where_of
from service.api.conditions import Conditions as Joined
from service.api.links import SCHEME, heading, reading, resource
from service.api.listed import list_measures
from service.client import shapes
from service.schemas import answer_json, measure_json, search_json
from service.schemas import where_of as where_again

INSTRUCTIONS = """问策检索政策举措清单。先用 ask 提问，看 standing：
answered 是答案；near 是文件没有直接写明、只有最接近的原文，要照这样说；
refused 是文件里没有，照说没有，不要自己补。
引用时给出举措编号，引文逐字照抄。
要某个条件下的全部举措（某单位负责、某月完成、某一列写着什么）用 list_measures，它不会漏；
各文档有哪些列见 list_documents。"""
READS = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
LINKED = 20  # measures linked beside a result; its structured content has them all
Noted = Callable[[str, Answer], None]

Text = Annotated[str, Field(min_length=1, max_length=2000)]
K = Annotated[int, Field(ge=1, le=100, description="给出几条，1 到 100")]
Id = Annotated[str, Field(description="举措编号，如 hz-2022:27.1.3 或 27.1.3")]
Mode = Annotated[Literal["hybrid", "dense", "bm25"], Field(description="检索方式，通常不用改")]
Document = Annotated[str, Field(description="只要这个文档（编号见 list_documents）；空为全部")]
Lead = Annotated[str, Field(description="主要负责的单位，名称的一部分，如 税务局")]
Responsible = Annotated[str, Field(description="参与的单位，名称的一部分")]
Aspect = Annotated[str, Field(description="方面名称的一部分，如 市场主体")]
Item = Annotated[int, Field(ge=0, description="事项的序号；0 为不限")]
From = Annotated[str, Field(description="文档写的时间不早于这个月，如 2022-03")]
To = Annotated[str, Field(description="文档写的时间不晚于这个月，如 2022-06")]
Conditions = Annotated[
    list[Condition], Field(max_length=20, description="对文档各列的条件，都要合；列名用文档自己的")
]
Records = Annotated[
    list[dict[str, Any]] | None,
    Field(description="取自上一个回答的 conditions，可去掉几条；给了就不再从问题里读条件"),
]
Applicable = Annotated[bool | None, Field(description="是否涉及本地；空为不限")]


def unnoted(asked: str, answer: Answer) -> None:
    """Keep nothing."""


def make_server(answerer: Answerer, *, noted: Noted = unnoted) -> MCPServer:
    """The server over what is open; `noted` hears each question with its answer."""
    searcher = answerer.searcher
    server = MCPServer("wence", title="问策", version=version("wence"), instructions=INSTRUCTIONS)
    _add_search(server, searcher)
    _add_ask(server, answerer, noted)
    _add_lists(server, searcher)
    _add_measures(server, searcher)
    _add_resources(server, searcher)
    return server


def _add_search(server: MCPServer, searcher: Searcher) -> None:
    @server.tool(title="检索举措", annotations=READS)
    def search(
        query: Annotated[Text, Field(description="公文话或大白话都行")],
        k: K = 10,
        mode: Mode = "hybrid",
        document: Document = "",
        lead: Lead = "",
        responsible: Responsible = "",
        aspect: Aspect = "",
        item: Item = 0,
        due_from: From = "",
        due_to: To = "",
    ) -> Annotated[CallToolResult, shapes.Found]:
        """按相关程度列出举措，score 是相关的概率。提问请用 ask。"""
        filters = Filters(document, aspect, item, lead, responsible, due_from, due_to)
        with _told():
            found = search_json(searcher, query, k=k, mode=mode, filters=filters)
        hits = [searcher.measure(hit["measure"]["id"]) for hit in found["hits"]]
        lines = [
            f"{hit['rank']}. {hit['score']:.2f} {hit['measure']['id']} {heading(m)}：{m.text}"
            for hit, m in zip(found["hits"], hits, strict=True)
        ]
        return _result("\n".join(lines) or "没有符合条件的举措", found, hits)


def _add_ask(server: MCPServer, answerer: Answerer, noted: Noted) -> None:
    searcher = answerer.searcher

    @server.tool(title="提问", annotations=READS)
    def ask(
        question: Annotated[Text, Field(description="一个问题")],
        turns: Annotated[
            list[Text], Field(max_length=6, description="前面问过的问题，先问的在前")
        ] = [],  # noqa: B006 (never changed; the SDK shows it as the default)
        k: K = 10,
        conditions: Records = None,
    ) -> Annotated[CallToolResult, shapes.Answer]:
        """回答问题并给出逐字引文；没有直接写明的给最接近的原文并照实说；文件里没有就拒答。"""
        with _told():
            where = None if conditions is None else where_again(conditions)
            answer = answerer.ask(question, turns=turns, k=k, where=where)
        noted(answer.understood if turns else question, answer)
        named = dict.fromkeys(citation.measure for citation in answer.citations)
        cited = [searcher.measure(name) for name in named]
        near = [hit.measure for hit in answer.nearest[:3]] if answer.standing == "refused" else []
        told = [answer.notice, answer.short_answer or "", answer.answer]
        told += [f"最接近的举措（不是答案）：{m.id} {heading(m)}" for m in near]
        return _result("\n".join(filter(None, told)), answer_json(searcher, answer), cited or near)


def _add_lists(server: MCPServer, searcher: Searcher) -> None:
    @server.tool(name="list_measures", title="按条件列出全部举措", annotations=READS)
    def list_them(
        lead: Lead = "",
        responsible: Responsible = "",
        aspect: Aspect = "",
        item: Item = 0,
        due_from: From = "",
        due_to: To = "",
        applicable: Applicable = None,
        document: Document = "",
        conditions: Conditions = [],  # noqa: B006 (never changed)
        limit: Annotated[int, Field(ge=0, le=500, description="至多给出几条")] = 50,
        offset: Annotated[int, Field(ge=0, le=1_000_000, description="从第几条起")] = 0,
    ) -> Annotated[CallToolResult, shapes.Listed]:
        """符合条件的全部举措，按文件顺序，由各列算出，不会漏；total 是总数。"""
        filters = Filters(document, aspect, item, lead, responsible, due_from, due_to, applicable)
        with _told():
            where = where_of(Joined(conditions=tuple(conditions)), searcher.index.schemas.values())
            listed = list_measures(searcher, filters, where, limit=limit, offset=offset)
        measures = [searcher.measure(m["id"]) for m in listed["measures"]]
        lines = [f"共 {listed['total']} 条、{len(listed['items'])} 项"]
        lines += [f"{m.id} {heading(m)}：{m.text}" for m in measures]
        return _result("\n".join(lines), listed, measures)

    @server.tool(title="全部文档", annotations=READS)
    def list_documents() -> Annotated[CallToolResult, shapes.Documents]:
        """现有的文档：编号、标题、发布单位、日期、各列的名称、举措数、全文的 SHA-256。"""
        documents = about_documents(searcher)
        lines = [
            f"{d['id']} {d['title']}（{d['items']} 项 {d['measures']} 条）："
            + ("、".join(d["columns"]) or "没有表格")
            for d in documents
        ]
        return _result("\n".join(lines), {"documents": documents}, ())


def _add_measures(server: MCPServer, searcher: Searcher) -> None:
    @server.tool(title="相关举措", annotations=READS)
    def related(id: Id, k: K = 10) -> Annotated[CallToolResult, shapes.RelatedList]:  # noqa: A002
        """其他事项里与一条举措相关的举措，每条带理由。"""
        with _told():
            found, asked = searcher.related(id, k=k), searcher.measure(id)
        body = {
            "measure": asked.id,
            "related": [
                {"measure": measure_json(searcher, r.measure), "score": r.score, "reason": r.reason}
                for r in found
            ],
        }
        lines = [f"{r.measure.id} {heading(r.measure)}：{r.reason}" for r in found]
        return _result("\n".join(lines), body, [r.measure for r in found])

    @server.tool(title="一条举措", annotations=READS)
    def get_measure(id: Id) -> Annotated[CallToolResult, shapes.Measure]:  # noqa: A002
        """一条举措的全文、各列与原文位置。"""
        with _told():
            measure = searcher.measure(id)
        text = reading(searcher, measure)
        return _result(text, measure_json(searcher, measure), [measure])


def _add_resources(server: MCPServer, searcher: Searcher) -> None:
    @server.resource(
        SCHEME + "measure/{id}", name="measure", title="一条举措", mime_type="text/plain"
    )
    def read_measure(id: str) -> str:  # noqa: A002 (the address's own word)
        """一条举措，各列一行。"""
        try:
            measure = searcher.measure(id)
        except InputError as error:
            raise ResourceNotFoundError(str(error)) from error
        return reading(searcher, measure)

    for document in searcher.documents.values():
        _add_document(server, document)


def _add_document(server: MCPServer, document: Source) -> None:
    uri = f"{SCHEME}document/{document.id}"

    @server.resource(uri, name=document.id, title=document.title, mime_type="text/plain")
    def read_document() -> str:
        """一个文档的全文，一切位置都按它计。"""
        return document.text


@contextmanager
def _told() -> Iterator[None]:
    """What this program explains to its user, the model is told, too."""
    try:
        yield
    except WenceError as error:
        raise ToolError(str(error)) from error


def _result(text: str, body: dict[str, Any], measures: Sequence[Measure]) -> CallToolResult:
    """Text for models that read nothing else, links to the measures, and the typed whole."""
    links: list[ContentBlock] = [
        ResourceLink(name=m.id, title=heading(m), uri=resource(m.id), mime_type="text/plain")
        for m in measures[:LINKED]
    ]
    # Through JSON, so that tuples are lists as the schema says.
    whole = json.loads(json.dumps(body, ensure_ascii=False))
    return CallToolResult(content=[TextContent(text=text), *links], structured_content=whole)
