"""`wence mcp`: the MCP server over standard input and output, for a client that starts it."""

from pathlib import Path

import click

from service.console import settings_for
from service.library import open_answerer


@click.command("mcp")
@click.option("--data", type=click.Path(path_type=Path), help="数据文件夹（默认同 WENCE_DATA）")
@click.option("--json", "as_json", is_flag=True, help="没有作用：标准输出上总是 MCP 的 JSON")
def mcp_command(data: Path | None, as_json: bool) -> None:  # noqa: ARG001 (every command has it)
    """在标准输入输出上提供 MCP（由 MCP 客户端启动）；日志走标准错误。"""
    from service.api.mcp_tools import make_server

    make_server(open_answerer(settings_for(data))).run("stdio")
