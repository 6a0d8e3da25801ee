"""The time of a search against that of embedding a query alone."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from corpus.errors import InputError
from eval.metrics import Latency, latency
from index.search import Searcher


@dataclass(frozen=True)
class Speed:
    """Milliseconds of searching and of embedding alone, and how the medians compare."""

    search: Latency
    encode: Latency
    ratio: float


def measure_speed(searcher: Searcher, texts: Sequence[str]) -> Speed:
    """Search one query and embed another in turn, so that neither warms the other's caches.

    Two rounds give every query to both, half of them to either first; all were searched before.

    Raises:
        InputError: no query that the search takes.
    """
    taken = [text for text in texts if _takes(searcher, text)]
    search_ms, encode_ms = [], []
    for first, second in ((taken[::2], taken[1::2]), (taken[1::2], taken[::2])):
        for searched, embedded in zip_longest(first, second):
            if searched is not None:
                search_ms.append(_timed(searcher.search, searched))
            if embedded is not None:
                encode_ms.append(_timed(searcher.embedder.encode_queries, [embedded]))
    search, encode = latency(search_ms), latency(encode_ms)
    if search is None or encode is None:
        raise InputError("没有可以计时的查询")
    return Speed(search, encode, search.p50 / encode.p50)


def _takes(searcher: Searcher, text: str) -> bool:
    try:
        searcher.search(text, mode="bm25")
    except InputError:
        return False
    return True


def _timed(call: Callable[..., object], argument: object) -> float:
    start = time.perf_counter()
    call(argument)
    return 1_000 * (time.perf_counter() - start)
