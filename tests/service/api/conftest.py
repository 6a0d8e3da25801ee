"""Fixtures of the tests of the doors: a running service that asks for a key."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from corpus.measures import parse
from index.build import Source, build_index
from index.search import Searcher
from service.api.doors import doors_of
from service.app import Guard, app_over
from service.guard.access import Access
from service.guard.keys import Keys
from service.guard.limits import Limits
from service.settings import Settings
from tests.conftest import SMALL, make_document
from tests.fakes import FakeEmbedder
from tests.service.browsing import serving


class Locked(NamedTuple):
    """A service that asks for a key: its address, a key that may read, one for the staff."""

    url: str
    key: str
    staff: str
    keys: Keys


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Locked]:
    """A running service over the small list."""
    keys = Keys(tmp_path_factory.mktemp("keys"))
    given, staff = keys.add("chat", "read"), keys.add("office", "staff")
    about = Settings(doors="key", public_url="https://wence.example")
    index = build_index([Source(parse(make_document(SMALL)))], FakeEmbedder())
    guard = Guard.of(Limits(), Access(keys))
    app = app_over(Searcher(index, FakeEmbedder()), guard=guard, doors=doors_of(about))
    with serving(app) as address:
        yield Locked(address, given, staff, keys)
