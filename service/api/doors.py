"""Opening the doors: everything that lets other programs in, put on an application."""

from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from fastapi import FastAPI
from prometheus_client import Counter
from starlette.middleware.cors import CORSMiddleware

from service.api import dify, listed, plugin
from service.api.gate import Gate
from service.api.mcp_http import mount_mcp
from service.api.mcp_tools import make_server
from service.api.openai import routes as openai
from service.api.openapi import describe
from service.embed import routes as embed
from service.feedback.noting import note_answer
from service.feeds import routes as feeds
from service.settings import Settings

EXPOSED = ["Mcp-Session-Id", "WWW-Authenticate"]


@dataclass(frozen=True)
class Doors:
    """Who may come in: keys (none: everyone), host names, and origins of pages elsewhere.

    `public_url` is the address that the service is known by; empty: as each request names it.
    """

    public_url: str = ""
    keys: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()


def doors_of(settings: Settings) -> Doors:
    """The doors as the settings have them; the public address's own host is always let in."""
    own = urlsplit(settings.public_url).hostname or ""
    hosts = (*settings.hosts, own) if own else settings.hosts
    return Doors(settings.public_url, settings.keys, hosts, settings.origins)


def open_doors(app: FastAPI, doors: Doors) -> None:
    """Put the routes, the MCP server and the gate on an application that has its state."""
    app.state.public_url, app.state.keyed = doors.public_url, bool(doors.keys)
    app.state.unretrieved = Counter(
        "wence_dify_refused",
        "Retrievals of Dify that were refused: it shows no errors itself",
        registry=app.state.registry,
    )
    for router in (listed.router, dify.router, openai.router, plugin.router):
        app.include_router(router)
    app.include_router(feeds.router)
    app.include_router(embed.router)
    server = make_server(app.state.answerer, noted=partial(note_answer, app))
    mount_mcp(app, server, doors.hosts, doors.origins)
    describe(app)
    app.add_middleware(Gate, keys=doors.keys, hosts=doors.hosts)
    if doors.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=doors.origins,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["*"],
            expose_headers=EXPOSED,
        )
