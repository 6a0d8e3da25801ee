"""MCP over streamable HTTP at /mcp: stateless, so that any worker can take any request."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from mcp.server import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from service.api.gate import LOCAL
from service.web.problems import problem

PATH = "/mcp"


class Endpoint:
    """The SDK's application while the service runs; it has one life for each of the service's."""

    def __init__(self) -> None:
        self.inner: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on."""
        answer = self.inner or problem(503, "服务未就绪", "MCP 还没有启动，请稍后再试")
        await answer(dict(scope), receive, send)  # a copy: it puts its own `app` in


def mount_mcp(
    app: FastAPI, server: MCPServer, hosts: Sequence[str], origins: Sequence[str]
) -> None:
    """Serve it under exactly `/mcp`: a mounted application would redirect to `/mcp/`."""
    endpoint, outer = Endpoint(), app.router.lifespan_context
    names = (*LOCAL, *hosts)
    security = TransportSecuritySettings(
        allowed_hosts=[form for name in names for form in (name, f"{name}:*")],
        allowed_origins=[
            *origins,
            *(
                f"{scheme}://{name}{port}"
                for name in names
                for scheme in ("http", "https")
                for port in ("", ":*")
            ),
        ],
    )

    @asynccontextmanager
    async def lifespan(started: FastAPI) -> AsyncGenerator[Any, None]:
        endpoint.inner = server.streamable_http_app(
            streamable_http_path=PATH,
            stateless_http=True,
            json_response=True,
            transport_security=security,
        )
        async with outer(started) as state, server.session_manager.run():
            yield state
        endpoint.inner = None

    app.router.lifespan_context = lifespan
    app.router.routes.append(Route(PATH, endpoint=endpoint, include_in_schema=False))
