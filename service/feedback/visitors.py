"""Telling a visitor's second vote of a day from another visitor's first, without knowing either.

What is remembered is a hash under a key that is drawn anew each day and never stored: it names
nobody, it ends with the day, and a restart forgets it.
"""

import hashlib
import secrets
import time
from collections.abc import Callable

MOST = 100_000  # votes that are remembered, of sixteen bytes each; more of a day count again
DAY = 86_400
AHEAD = 8 * 3600  # the day begins at midnight in China


class Visitors:
    """The votes of today, as hashes."""

    def __init__(self, *, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._day = -1
        self._secret = b""
        self._seen: dict[bytes, None] = {}

    def is_first(self, visitor: str, *vote: str) -> bool:
        """Whether the visitor casts this vote for the first time today."""
        day = int((self._now() + AHEAD) // DAY)
        if day != self._day:
            self._day, self._secret, self._seen = day, secrets.token_bytes(32), {}
        mark = self._mark(visitor, vote)
        if mark in self._seen:
            return False
        while len(self._seen) >= MOST:
            self._seen.pop(next(iter(self._seen)), None)
        self._seen[mark] = None
        return True

    def take_back(self, visitor: str, *vote: str) -> None:
        """Forget a vote that could not be counted after all."""
        self._seen.pop(self._mark(visitor, vote), None)

    def _mark(self, visitor: str, vote: tuple[str, ...]) -> bytes:
        told = "\0".join((visitor, *vote)).encode("utf-8", "surrogatepass")
        return hashlib.blake2b(told, key=self._secret, digest_size=16).digest()
