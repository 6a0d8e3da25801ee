"""A question after its earlier turns → the question as it is meant, by itself."""

import re
from collections.abc import Callable, Sequence

from corpus.errors import InputError
from corpus.text import normalise
from index.query import check_query
from index.search import Searcher
from service.lists.columns import Columns
from service.lists.months import say_month
from service.rows import Rows
from service.scope import Scope
from service.understand import Understood, read_question

TURNS = 6
# 回到最前面那项 goes back to where the talk began.
FIRST = re.compile(r"^(?:回到|说回|再说)?(?:最前面|最开始|一开始|最初|开头|第一个)[^,，]{0,8}[,，]")
LISTS = re.compile("哪些|哪几|啥|列|[几多少][项条件]|全部|一共|总共|都有|还有谁")
SAME = (  # the unit, the aspect and the month of what was spoken of
    re.compile("[该这那][个家]?(?:单位|部门|局|机构)|它们?|他们|人家"),
    re.compile("(?:[这那]个?|该|同一个?)(?:方面|领域|板块)"),
    re.compile("(?:[这那该]个?|同一个?|当|同)月份?"),
)


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
            InputError: more than six turns, or a question that cannot be searched.
        """
        if len(turns) > TURNS:
            raise InputError(f"前面的问题最多带 {TURNS} 个，给出的是 {len(turns)} 个")
        said = [turn for turn in turns if turn.strip()]
        for text in (*said, question):
            check_query(text)
        before: list[Understood] = []
        for turn in said:
            before.append(self._read(turn, before))
        return self._read(question, before)

    def _read(self, question: str, before: Sequence[Understood]) -> Understood:
        first = FIRST.match(normalise(question))
        earlier = before[0 if first else -1] if before else None
        if first and earlier:
            question = normalise(question)[first.end() :] or question
        if earlier and earlier.topic and LISTS.search(question):
            filled = self._filled(question, earlier.topic)
            asked = read_question(filled, self._columns)
            if filled != question and asked.listed and not asked.listed.by:
                return asked
        asked = read_question(question, self._columns, earlier)
        if asked.earlier is None or asked.instead:
            return asked
        placed = self._scope.elsewhere(asked.own) or asked.topic in self._columns.places
        if asked.points or placed or first or self._stays(asked, asked.earlier.topic):
            return asked.leaning()
        return asked

    def _filled(self, question: str, topic: str) -> str:
        """A question with 它, 这个方面 and 同一个月 said in full, of the row that a topic means."""
        hits = self._searcher.search(topic).hits
        if not hits:
            return question
        meant = self._rows.meant(hits, topic)
        unit = meant.lead_units[0] if meant.lead_units else ""
        month = say_month(meant.due) if meant.due else ""
        for pattern, said in zip(SAME, (unit, meant.aspect, month), strict=True):
            question = pattern.sub(said, question) if said else question
        return question

    def _stays(self, asked: Understood, topic: str) -> bool:
        """Whether the item that the talk is about has the question's words, as much as any."""
        here, there = self._item(topic), self._item(asked.text)
        return self._share(asked.own, here) >= self._share(asked.own, there)

    def _item(self, query: str) -> str:
        """All words of the item that a query finds first."""
        hits = self._searcher.search(query, k=1).hits
        return self._rows.item_text(hits[0].measure) if hits else ""
