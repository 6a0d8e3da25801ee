"""Suggestions while a query is typed: titles and questions that match by text or by pinyin."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request

from corpus.errors import InputError
from corpus.text import normalise
from index.query import LIMIT, sounds_of
from index.search import Searcher
from index.tokens import RUN
from service.web.wording import asks, is_simplified

MOST = 8
LONGEST = 40  # a longer text is no start of a title or question
FEWEST = 2  # letters that can be the initials of something

router = APIRouter()


@dataclass(frozen=True)
class Suggestion:
    """A text that can be asked or looked for; `kind` is title or question."""

    text: str
    kind: str


@dataclass(frozen=True)
class _Known:
    """A suggestion with what it is found by: its normalised text and its pinyin initials."""

    suggestion: Suggestion
    seen: str
    initials: str


class Suggester:
    """Knows what can be suggested of an index; loads once, safe to share between threads.

    That is every title, and the short questions of one clause: neither stories nor keywords nor
    traditional characters, which are there to be found by.
    """

    def __init__(self, searcher: Searcher) -> None:
        titles = [Suggestion(m.title, "title") for m in searcher.measures if m.title]
        asked = [
            Suggestion(q.text, "question")
            for q in searcher.index.questions
            if asks(q.text) and is_simplified(q.text)
        ]
        found: dict[str, _Known] = {}
        for suggestion in titles + asked:
            seen = normalise(suggestion.text)
            if seen not in found:
                found[seen] = _Known(suggestion, seen, _initials(seen))
        self._known = tuple(found.values())

    def suggest(self, typed: str) -> tuple[Suggestion, ...]:
        """The best eight: what begins with it, holds it, holds its words, or sounds like it.

        Titles stand before questions, short before long, within each of these.
        """
        seen = normalise(typed)
        words = RUN.findall(seen)
        if not words or len(seen) > LONGEST:
            return ()
        letters = seen.replace(" ", "")
        spelt = letters if letters.isascii() and letters.isalpha() else ""
        rated = [
            (rank, known.suggestion.kind != "title", len(known.seen), known.seen, known.suggestion)
            for known in self._known
            if (rank := _rank(known, seen, words, spelt if len(spelt) >= FEWEST else "")) >= 0
        ]
        return tuple(one[-1] for one in sorted(rated, key=lambda one: one[:-1])[:MOST])


def _rank(known: _Known, seen: str, words: list[str], spelt: str) -> int:
    """How a text matches, 0 the best; -1 where it does not."""
    if known.seen == seen:
        return -1  # typed whole: nothing left to suggest
    if seen in known.seen:
        return 0 if known.seen.startswith(seen) else 1
    if len(words) > 1 and all(word in known.seen for word in words):
        return 2
    if spelt and spelt in known.initials:
        return 3 if known.initials.startswith(spelt) else 4
    return -1


def _initials(seen: str) -> str:
    """The first letters of the characters' pinyin, marks and spaces left out."""
    return "".join(sound[:1] for run in RUN.findall(seen) for sound in sounds_of(run))


@router.get("/api/suggest", summary="输入时的建议")
def get_suggest(request: Request, q: str = "") -> dict[str, Any]:
    """Titles and questions that match what is typed, at most eight, best first.

    Raises:
        InputError: it is longer than any query.
    """
    if len(q) > LIMIT:
        raise InputError(f"问题太长（{len(q)} 字）；请缩短到 {LIMIT} 字以内")
    suggester: Suggester = request.app.state.suggester
    found = suggester.suggest(q)
    return {"q": q, "suggestions": [{"text": s.text, "kind": s.kind} for s in found]}
