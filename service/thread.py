"""A question after its earlier turns → the question as it is meant, by itself."""

from collections.abc import Callable, Sequence

from corpus.errors import InputError
from corpus.text import normalise
from index.search import Searcher
from service.lists.columns import Columns
from service.rows import Rows
from service.scope import Scope
from service.understand import Understood, read_question

TURNS = 6


class Thread:
    """Follows a talk over the measures; loads once, keeps nothing of what was asked."""

    def __init__(
        self,
        searcher: Searcher,
        columns: Columns,
        rows: Rows,
        scope: Scope,
        share: Callable[[str, str], float],
    ) -> None:
        self._searcher, self._columns, self._rows = searcher, columns, rows
        self._scope, self._share = scope, share

    def follow(self, question: str, turns: Sequence[str]) -> Understood:
        """Read a question after its earlier turns, oldest first; empty turns are passed over.

        Raises:
            InputError: more than six turns, or one that is too long.
        """
        if len(turns) > TURNS:
            raise InputError(f"前面的问题最多带 {TURNS} 个，给出的是 {len(turns)} 个")
        earlier: Understood | None = None
        for turn in turns:
            if normalise(turn):
                earlier = self._read(turn, earlier)
        return self._read(question, earlier)

    def _read(self, question: str, earlier: Understood | None) -> Understood:
        asked = read_question(question, self._columns, earlier)
        if asked.earlier is None or asked.instead:
            return asked
        elsewhere = self._scope.elsewhere(asked.own)
        if asked.points or elsewhere or self._stays(asked, asked.earlier.topic):
            return asked.leaning()
        return asked

    def _stays(self, asked: Understood, topic: str) -> bool:
        """Whether the item that the talk is about has the question's words, as much as any."""
        here, there = self._item(topic), self._item(asked.text)
        return self._share(asked.own, here) >= self._share(asked.own, there)

    def _item(self, query: str) -> str:
        """All words of the item that a query finds first."""
        hits = self._searcher.search(query, k=1).hits
        return self._rows.item_text(hits[0].measure) if hits else ""
