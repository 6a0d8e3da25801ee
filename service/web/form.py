"""The ask page's form: read out of the page's address and written back into it.

A list's conditions stand in it as `c`, one each: JSON with what `service.conditions` needs of a
record. Without any the question says its conditions itself; an empty one says that there are none.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from service.answer.ask import TURNS
from service.conditions import Condition
from service.schemas import read_conditions, where_of

KEPT = ("op", "columns", "value", "part", "parts")  # of a record, what tells its condition


@dataclass(frozen=True)
class AskForm:
    """A question and the questions before it, oldest first; `q` is None where nothing was asked.

    `conditions`, each as JSON, stand in place of those that the question says, unless None.
    """

    q: str | None = None
    turns: tuple[str, ...] = ()
    conditions: tuple[str, ...] | None = None

    @property
    def query(self) -> str:
        """What stands in the box."""
        return self.q or ""

    @property
    def address(self) -> str:
        """The page's address for this form."""
        pairs = [("q", self.query), *(("t", turn) for turn in self.turns)]
        if self.conditions is not None:
            pairs += [("c", one) for one in self.conditions or ("",)]
        return "/?" + urlencode(pairs)

    @property
    def stream(self) -> str:
        """The address of the same answer in a language model's words."""
        return "/api/ask/stream" + self.address[1:]

    def having(self, records: Sequence[Mapping[str, Any]]) -> "AskForm":
        """This form with the conditions of these records."""
        return replace(self, conditions=tuple(map(_written, records)))

    def where(self) -> Condition | None:
        """The conditions to take in place of those that the question says.

        Raises:
            InputError: they are not as an answer's own.
        """
        return None if self.conditions is None else where_of(read_conditions(self.conditions))

    @property
    def next_turns(self) -> tuple[str, ...]:
        """The turns that a question asked from here carries: at most six, the latest."""
        return (*self.turns, self.query)[-TURNS:]

    @property
    def thread(self) -> tuple["AskForm", ...]:
        """The forms of the earlier questions, each with those before it."""
        return tuple(AskForm(turn, self.turns[:at]) for at, turn in enumerate(self.turns))


def read_ask(given: QueryParams) -> AskForm:
    """The form out of the address's parameters; of the turns the last six that say something."""
    turns = [turn for turn in given.getlist("t") if turn.strip()]
    said = tuple(one for one in given.getlist("c") if one) if "c" in given else None
    return AskForm(given.get("q"), tuple(turns[-TURNS:]), said)


def _written(record: Mapping[str, Any]) -> str:
    return json.dumps(_kept(record), ensure_ascii=False, separators=(",", ":"))


def _kept(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record without what is only told of it."""
    kept = {name: record[name] for name in KEPT if name in record}
    if record["op"] in ("not", "and", "or"):  # their first part's own are told beside them
        kept = {name: kept[name] for name in ("op", "part", "parts") if name in kept}
    if "part" in kept:
        kept["part"] = _kept(kept["part"])
    if "parts" in kept:
        kept["parts"] = [_kept(part) for part in kept["parts"]]
    return kept
