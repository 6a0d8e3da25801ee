"""MCP over streamable HTTP at /mcp: stateless, so that any worker can take any request."""

import logging
from collections.abc import Sequence

from fastapi import FastAPI
from mcp.server import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from service.api.gate import LOCAL

PATH = "/mcp"


class Endpoint:
    """The SDK's application, made for each request.

    It keeps nothing between requests, so it need not live longer than one; and an application
    that a new index replaces leaves nothing running behind.
    """

    def __init__(self, server: MCPServer, security: TransportSecuritySettings) -> None:
        self._server, self._security = server, security

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        inner = self._server.streamable_http_app(
            streamable_http_path=PATH,
            stateless_http=True,
            json_response=True,
            transport_security=self._security,
        )
        async with inner.router.lifespan_context(inner):
            await inner(dict(scope), receive, send)  # a copy: it puts its own `app` in


def mount_mcp(
    app: FastAPI, server: MCPServer, hosts: Sequence[str], origins: Sequence[str]
) -> None:
    """Serve it under exactly `/mcp`: a mounted application would redirect to `/mcp/`."""
    logging.getLogger("mcp").setLevel(logging.WARNING)  # it tells each beginning and end
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
    app.router.routes.append(
        Route(PATH, endpoint=Endpoint(server, security), include_in_schema=False)
    )
