"""MCP through the official client: in memory, over HTTP in both protocols, over stdio."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult, ResourceLink, TextContent, TextResourceContents

from corpus.measures import Parsed
from index.search import Searcher
from service.answer import Answer, Answerer
from service.api.mcp_tools import make_server
from service.client import shapes
from service.settings import Settings
from tests.service.api.conftest import Locked
from tests.service.test_cli import PROGRAM, environment

TOOLS = {"search", "ask", "list_measures", "related", "get_measure", "list_documents"}
Task = Callable[[Client], Awaitable[Any]]


def over_http(url: str, task: Task, **options: Any) -> Any:
    """What a task gives over a connected client."""

    async def run() -> Any:
        async with Client(url, **options) as client:
            return await task(client)

    return asyncio.run(run())


def called(tool: str, **arguments: Any) -> Callable[[Client], Awaitable[CallToolResult]]:
    """A task that calls a tool."""

    async def task(client: Client) -> CallToolResult:
        result = await client.call_tool(tool, arguments)
        assert isinstance(result, CallToolResult)
        return result

    return task


def text_of(result: CallToolResult) -> str:
    """The text block of a result."""
    first = result.content[0]
    assert isinstance(first, TextContent)
    return first.text


def links_of(result: CallToolResult) -> list[str]:
    """The addresses that a result links."""
    return [block.uri for block in result.content if isinstance(block, ResourceLink)]


@pytest.fixture(params=["auto", "legacy"])
def mcp(request: pytest.FixtureRequest, site: str) -> Callable[[Task], Any]:
    """A function that runs a task over HTTP, in the new protocol and in the one with sessions."""
    return lambda task: over_http(f"{site}/mcp", task, mode=request.param)


def test_tools_are_listed_as_reading_with_typed_results(mcp: Callable[[Task], Any]) -> None:
    async def task(client: Client) -> Any:
        return await client.list_tools()

    tools = mcp(task).tools
    assert {tool.name for tool in tools} == TOOLS
    for tool in tools:
        assert tool.annotations.read_only_hint
        assert not tool.annotations.open_world_hint
        assert tool.output_schema["type"] == "object"
        assert tool.description
        for name, about in tool.input_schema["properties"].items():
            assert about.get("description"), (tool.name, name)


def test_ask_gives_an_answer_with_citations_and_links(mcp: Callable[[Task], Any]) -> None:
    result = mcp(called("ask", question="一照多址由谁牵头"))
    answer = shapes.Answer.model_validate(result.structured_content)
    assert answer.short_answer == "市市场监管局"
    assert "市市场监管局" in text_of(result)
    assert links_of(result) == [
        f"wence://measure/{name}" for name in dict.fromkeys(c.measure for c in answer.citations)
    ]


def test_ask_what_no_document_answers_is_refused(mcp: Callable[[Task], Any]) -> None:
    result = mcp(called("ask", question="火星移民签证怎么办"))
    answer = shapes.Answer.model_validate(result.structured_content)
    assert (answer.answerable, answer.kind, result.is_error) == (False, "none", False)
    assert "找不到" in text_of(result)
    assert "不是答案" in text_of(result)


def test_ask_with_turns_reads_the_follow_up(mcp: Callable[[Task], Any]) -> None:
    result = mcp(called("ask", question="什么时候见效", turns=["一照多址由谁牵头"]))
    assert shapes.Answer.model_validate(result.structured_content).short_answer == "2022年6月"


def test_search_gives_what_the_interface_gives(mcp: Callable[[Task], Any], site: str) -> None:
    result = mcp(called("search", query="一照多址", k=3, lead="市场监管"))
    asked = {"query": "一照多址", "k": 3, "filters": {"lead": "市场监管"}}
    direct = httpx2.post(site + "/api/search", json=asked).json()
    assert result.structured_content["hits"] == direct["hits"]
    assert len(links_of(result)) == 3


def test_list_measures_gives_all_that_meet_the_conditions(
    mcp: Callable[[Task], Any], real_list: Parsed
) -> None:
    result = mcp(called("list_measures", lead="税务局", due_to="2022-06", limit=500))
    listed = shapes.Listed.model_validate(result.structured_content)
    right = [
        m.id
        for m in real_list.measures
        if any("税务局" in unit for unit in m.lead_units) and "" < m.due <= "2022-06"
    ]
    assert [m.id for m in listed.measures] == right
    assert listed.total == len(right)


def test_list_measures_asks_any_column_by_its_own_name(
    mcp: Callable[[Task], Any], real_list: Parsed
) -> None:
    asked: list[dict[str, Any]] = [
        {"name": "牵头单位", "comparison_operator": "is", "value": "市税务局"},
        {"name": "取得阶段性成效时间", "comparison_operator": "not empty", "value": None},
    ]
    result = mcp(called("list_measures", conditions=asked, limit=500))
    right = [m.id for m in real_list.measures if "市税务局" in m.lead_units and m.due_text]
    assert [m["id"] for m in result.structured_content["measures"]] == right
    wrong = mcp(called("list_measures", conditions=[asked[0] | {"name": "气温"}]))
    assert wrong.is_error
    assert "没有元数据“气温”；可用" in text_of(wrong)


def test_ask_takes_the_conditions_of_an_answer_back(mcp: Callable[[Task], Any]) -> None:
    question = "市税务局牵头的事项有哪些"
    first = mcp(called("ask", question=question)).structured_content
    assert first["conditions"]
    again = mcp(called("ask", question=question, conditions=first["conditions"]))
    assert again.structured_content["items"] == first["items"]
    assert mcp(called("ask", question=question, conditions=[{"op": "?"}])).is_error


def test_related_measure_and_documents_are_typed(mcp: Callable[[Task], Any]) -> None:
    found = mcp(called("related", id="82.1.1", k=2)).structured_content
    assert len(shapes.RelatedList.model_validate(found).related) == 2
    one = mcp(called("get_measure", id="27.1.3"))
    assert shapes.Measure.model_validate(one.structured_content).id == "hz-2022:27.1.3"
    assert "\n牵头单位：" in text_of(one)
    documents = mcp(called("list_documents")).structured_content
    (about,) = shapes.Documents.model_validate(documents).documents
    assert about.measures == 344
    assert "取得阶段性成效时间" in about.columns


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("search", {"query": "办税", "k": 0}, "k"),
        ("search", {"query": "办税", "k": 101}, "k"),
        ("search", {"query": ""}, "query"),
        ("search", {"query": "，。"}, "空的"),
        ("search", {"query": "办税", "lead": "气象台"}, "没有名称含“气象台”的单位"),
        ("search", {"query": "办税", "mode": "x"}, "mode"),
        ("ask", {}, "question"),
        ("ask", {"question": "办税", "turns": ["税"] * 7}, "turns"),
        ("get_measure", {"id": "999.1.1"}, "没有举措"),
        ("get_measure", {"id": "../../x"}, "不是举措编号"),
        ("list_measures", {"due_from": "六月"}, "月份"),
        ("no_such_tool", {}, "no_such_tool"),
    ],
)
def test_wrong_arguments_come_back_as_errors_that_say_why(
    site: str, tool: str, arguments: dict[str, Any], said: str
) -> None:
    result = over_http(f"{site}/mcp", called(tool, **arguments))
    assert result.is_error
    assert said in text_of(result)


def test_resources_are_read_by_the_links(mcp: Callable[[Task], Any], real_list: Parsed) -> None:
    async def task(client: Client) -> Any:
        listed = await client.list_resources()
        templates = await client.list_resource_templates()
        measure = await client.read_resource("wence://measure/hz-2022:27.1.3")
        document = await client.read_resource("wence://document/hz-2022")
        return listed, templates, measure, document

    listed, templates, measure, document = mcp(task)
    assert [r.uri for r in listed.resources] == ["wence://document/hz-2022"]
    assert [t.uri_template for t in templates.resource_templates] == ["wence://measure/{id}"]
    assert isinstance(measure.contents[0], TextResourceContents)
    assert measure.contents[0].text.startswith("hz-2022:27.1.3 第27项第3条")
    assert document.contents[0].text == real_list.document.text


@pytest.mark.parametrize(
    "uri", ["wence://measure/hz-2022:999.1.1", "wence://measure/..%2F..%2Fetc%2Fpasswd", "x://y"]
)
def test_resource_that_is_not_there_is_an_error(site: str, uri: str) -> None:
    async def task(client: Client) -> Any:
        with pytest.raises(MCPError) as refused:
            await client.read_resource(uri)
        return refused.value

    assert over_http(f"{site}/mcp", task).error.code == -32602


def test_keyed_service_lets_the_client_in_with_its_key(locked: Locked) -> None:
    async def run(key: str) -> Any:
        headers = {"Authorization": f"Bearer {key}"}
        async with (
            httpx2.AsyncClient(headers=headers) as http,
            Client(streamable_http_client(f"{locked.url}/mcp", http_client=http)) as client,
        ):
            return await client.list_tools()

    assert len(asyncio.run(run(locked.key)).tools) == len(TOOLS)
    with pytest.raises(ExceptionGroup):
        asyncio.run(run("wrong"))


@pytest.mark.slow
def test_stdio_serves_the_same_tools(real_settings: Settings) -> None:
    parameters = StdioServerParameters(
        command=sys.executable, args=["-c", PROGRAM, "mcp"], env=environment(real_settings)
    )

    async def run() -> Any:
        async with Client(stdio_client(parameters)) as client:
            tools = await client.list_tools()
            answer = await client.call_tool("ask", {"question": "一照多址由谁牵头"})
            read = await client.read_resource("wence://measure/27.1.3")
            return tools, answer, read

    tools, answer, read = asyncio.run(run())
    assert {tool.name for tool in tools.tools} == TOOLS
    assert answer.structured_content["short_answer"] == "市市场监管局"
    assert read.contents[0].text.startswith("hz-2022:27.1.3")


def test_questions_are_noted_with_their_answers(
    small: Parsed, searcher_of: Callable[..., Searcher]
) -> None:
    heard: list[tuple[str, Answer]] = []
    answerer = Answerer(searcher_of(small))
    server = make_server(answerer, noted=lambda asked, answer: heard.append((asked, answer)))

    async def run() -> None:
        async with Client(server) as client:
            await client.call_tool("ask", {"question": "第1项谁牵头"})

    asyncio.run(run())
    assert [asked for asked, _ in heard] == ["第1项谁牵头"]


@pytest.mark.slow
def test_a_thousand_calls_in_a_row_all_succeed(site: str) -> None:
    async def task(client: Client) -> float:
        started = time.perf_counter()
        for number in range(1000):
            asked = {"id": f"hz-2022:{number % 20 + 1}.1.1"}
            result = await client.call_tool("get_measure", asked)
            assert not result.is_error
        return time.perf_counter() - started

    assert over_http(f"{site}/mcp", task) < 120
