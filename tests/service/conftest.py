"""Fixtures of the tests of the pages."""

from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser

from corpus.measures import Parsed
from index.search import Searcher
from service.app import app_over
from tests.service.browsing import browsing, client_of, serving


@pytest.fixture
def client(small: Parsed, searcher_of: Callable[..., Searcher]) -> TestClient:
    """A client over the small list with the fake embedder."""
    return client_of(searcher_of(small))


@pytest.fixture
def pair(small: Parsed, tasks: Parsed, searcher_of: Callable[..., Searcher]) -> TestClient:
    """A client over the small list and the tasks, whose columns have other names."""
    return client_of(searcher_of(small, tasks))


@pytest.fixture
def alone(tasks: Parsed, searcher_of: Callable[..., Searcher]) -> TestClient:
    """A client over the tasks alone."""
    return client_of(searcher_of(tasks))


@pytest.fixture(scope="session")
def real(real_searcher: Searcher) -> TestClient:
    """A client over the real list."""
    return client_of(real_searcher)


@pytest.fixture(scope="session")
def site(real_searcher: Searcher) -> Iterator[str]:
    """The address of a real server over the real list."""
    with serving(app_over(real_searcher)) as address:
        yield address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless Chromium; closed with the module, since only one can be driven at a time."""
    with browsing() as browser:
        yield browser
