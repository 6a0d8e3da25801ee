"""Spoken words in a query → the official terms that the lexical arm looks for beside them."""

import re
from collections.abc import Sequence

from corpus.lexicon import Entry
from corpus.text import normalise

STORY = 60  # characters; a longer query has words enough, and spoken ones stand in it by the way


class Lexicon:
    """The entries behind one compiled expression, so that a query is read once."""

    def __init__(self, entries: Sequence[Entry] = ()) -> None:
        self._official = {
            normalise(entry.spoken): tuple(map(normalise, entry.official)) for entry in entries
        }
        spoken = sorted(self._official, key=lambda form: (-len(form), form))
        self._forms = re.compile("|".join(map(_pattern, spoken))) if spoken else None

    def found(self, normalized: str) -> tuple[str, ...]:
        """The spoken forms in a normalised query, in order: at one place the longest alone.

        None in a query of more than 60 characters.
        """
        if self._forms is None or len(normalized) > STORY:
            return ()
        return tuple(dict.fromkeys(form[0] for form in self._forms.finditer(normalized)))

    def expand(self, normalized: str) -> tuple[str, ...]:
        """The official terms of the spoken forms in a normalised query that it lacks itself."""
        terms = [term for form in self.found(normalized) for term in self._official[form]]
        return tuple(term for term in dict.fromkeys(terms) if term not in normalized)


def _pattern(form: str) -> str:
    """A form as an expression; Latin letters and digits at its ends must be a word's ends."""
    before = r"(?<![a-z0-9])" if _latin(form[0]) else ""
    after = r"(?![a-z0-9])" if _latin(form[-1]) else ""
    return f"{before}{re.escape(form)}{after}"


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
