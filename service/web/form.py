"""The ask page's form: read out of the page's address and written back into it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from service.thread import TURNS


@dataclass(frozen=True)
class AskForm:
    """A question and the questions before it, oldest first; `q` is None where nothing was asked."""

    q: str | None = None
    turns: tuple[str, ...] = ()

    @property
    def query(self) -> str:
        """What stands in the box."""
        return self.q or ""

    @property
    def address(self) -> str:
        """The page's address for this form."""
        return "/?" + urlencode([("q", self.query), *(("t", turn) for turn in self.turns)])

    @property
    def stream(self) -> str:
        """The address of the same answer in a language model's words."""
        return "/api/ask/stream" + self.address[1:]

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
    return AskForm(given.get("q"), tuple(turns[-TURNS:]))
