"""Opening the doors: everything that lets other programs in, put on an application."""

from dataclasses import dataclass
from functools import partial

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from service.api import dify, listed, plugin
from service.api.gate import Admits, Gate
from service.api.mcp_http import mount_mcp
from service.api.mcp_tools import make_server
from service.api.openai import routes as openai
from service.api.openapi import describe
from service.embed import routes as embed
from service.feedback.noting import note_answer
from service.feeds import routes as feeds
from service.guard.access import Access
from service.settings import Settings

EXPOSED = ["Mcp-Session-Id", "WWW-Authenticate"]


@dataclass(frozen=True)
class Doors:
    """Who may come in: host names for MCP, origins of pages elsewhere, and whether with a key.

    `public_url` is the address that the service is known by; empty: as each request names it.
    """

    public_url: str = ""
    keyed: bool = False
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()


def doors_of(settings: Settings) -> Doors:
    """The doors as the settings have them."""
    keyed = settings.doors == "key"
    return Doors(settings.public_url, keyed, settings.host_names, settings.origins)


def open_doors(app: FastAPI, doors: Doors) -> None:
    """Put the routes, the MCP server and the gate on an application that has its state."""
    app.state.public_url, app.state.keyed = doors.public_url, doors.keyed
    for router in (listed.router, dify.router, openai.router, plugin.router):
        app.include_router(router)
    app.include_router(feeds.router)
    app.include_router(embed.router)
    server = make_server(app.state.answerer, noted=partial(note_answer, app))
    mount_mcp(app, server, doors.hosts, doors.origins)
    describe(app)
    app.add_middleware(Gate, admits=_admits(app) if doors.keyed else None, hosts=doors.hosts)


def _admits(app: FastAPI) -> Admits:
    """Whether a key opens: any that the application's access knows, for each may read."""
    access: Access = app.state.access
    return lambda key: access.keys is not None and access.keys.find(key) is not None


def let_origins_in(app: FastAPI, doors: Doors) -> None:
    """Let pages of other origins read what they are answered, refusals too."""
    if doors.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=doors.origins,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["*"],
            expose_headers=EXPOSED,
        )
