"""Whether an application is ready: it finds its own words, by each arm alone and by both.

An index or a model that is broken without saying so finds nothing, and gets no callers.
"""

import threading
import time
from collections.abc import Callable

from index.fuse import MODES
from index.search import Searcher
from index.tokens import HANZI

PROBE = 60  # characters of a measure that is looked for by its own words
KEPT = 10.0  # seconds that a result holds, so that asking often costs nothing


def check_arms(searcher: Searcher) -> str:
    """Look for a measure by its own words, by each arm alone and by both; empty where all find it.

    The first measure in Chinese is looked for, where there is one. Otherwise the arms that miss it.
    """
    told = [m for m in searcher.measures if m.applicable] or searcher.measures
    measure = next((m for m in told if HANZI.search(m.text[:PROBE])), told[0])
    words = measure.text[:PROBE]
    missing = [
        mode
        for mode in MODES
        if measure.text not in [hit.measure.text for hit in searcher.search(words, mode=mode).hits]
    ]
    return "、".join(missing)


class SelfTest:
    """The self-test of one searcher, its result kept for some seconds; shared between threads."""

    def __init__(
        self, searcher: Searcher, *, now: Callable[[], float] = time.monotonic, kept: float = KEPT
    ) -> None:
        self._searcher, self._now, self._kept = searcher, now, kept
        self._lock = threading.Lock()
        self._missing, self._until = "", float("-inf")

    def missing(self) -> str:
        """The arms that do not find what they should; empty where all is well."""
        with self._lock:  # many that ask at once run it once
            if self._now() >= self._until:
                self._missing = check_arms(self._searcher)
                self._until = self._now() + self._kept
            return self._missing
