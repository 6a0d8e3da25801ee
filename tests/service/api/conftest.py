"""Fixtures of the tests of the doors: running services, open and locked."""

from collections.abc import Callable, Iterator

import pytest

from corpus.measures import Parsed
from index.search import Searcher
from service.api.doors import doors_of
from service.app import app_over
from service.settings import Settings
from tests.service.browsing import serving

KEY = "k-read-1"


@pytest.fixture
def locked(small: Parsed, searcher_of: Callable[..., Searcher]) -> Iterator[str]:
    """The address of a service over the small list that asks for KEY."""
    about = Settings(keys=(KEY, "k-other"), public_url="https://wence.example")
    with serving(app_over(searcher_of(small), doors=doors_of(about))) as address:
        yield address
