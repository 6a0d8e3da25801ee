"""What the tests of the pages share: reading a page's tags, a real server, a real browser."""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from index.search import Searcher
from service.app import app_over

ASKED = "破产企业的房子没法验收，还能办房产证吗"
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
EVIL_LIST = """
（共1个方面1项2条改革举措）

\t序号
\t改革事项
\t主要内容
\t主要举措
\t牵头单位
\t责任单位
\t时间

\t一、<b onclick=x>方面</b>

\t1
\t<script>alert(1)</script>登记
\t<img src=x onerror=alert(2)>内容
\t1.办理<script>alert(3)</script>登记，“"引号'”。

2.改革后，监管登记。
\t<i>市</i>局
\t"><svg onload=alert(4)>
\t2022年6月
"""
NO_BROWSER = "没有 Chromium，浏览器测试没有跑；要跑请先 apt-get install chromium fonts-noto-cjk"
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Tags(HTMLParser):
    """Collects the tags of a page with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep one."""
        self.tags.append((tag, dict(attrs)))

    def all(self, name: str) -> list[dict[str, str | None]]:
        """The attributes of each tag of that name."""
        return [attributes for tag, attributes in self.tags if tag == name]

    def links(self) -> list[str]:
        """Where its links lead."""
        return [a["href"] or "" for a in self.all("a")]

    def value(self, name: str) -> str | None:
        """What stands in an input of that name."""
        return next(a.get("value") for a in self.all("input") if a.get("name") == name)


class Watch:
    """Keeps what a browser context asked for and complained about."""

    def __init__(self, context: BrowserContext) -> None:
        self.requests: list[str] = []
        self.complaints: list[str] = []
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("console", lambda message: self.complaints.append(message.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("dialog", lambda dialog: self.complaints.append(dialog.message))

    def foreign(self, site: str) -> list[str]:
        """The requests to anything but the site."""
        return [url for url in self.requests if not url.startswith(site + "/")]


def client_of(searcher: Searcher) -> TestClient:
    """A client of the application over a given searcher: nothing is opened from disk."""
    return TestClient(app_over(searcher))


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """A real server on a free port; gives its address."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, ws="none", log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + 60
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                pytest.fail("the server did not start")
            time.sleep(0.02)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def find_browser() -> str:
    """The path of a Chromium; without one the test is skipped, and fails where CI is set."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    if os.environ.get("CI"):
        pytest.fail(NO_BROWSER, pytrace=False)
    pytest.skip(NO_BROWSER)


@contextmanager
def browsing() -> Iterator[Browser]:
    """A headless Chromium."""
    path = find_browser()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM)
        yield browser
        browser.close()
