"""The search form: read out of the page's address and written back into it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from corpus.errors import InputError
from index.search import Filters

FILTERS = {
    "aspect": "方面",
    "lead": "牵头单位",
    "responsible": "责任单位",
    "due_from": "不早于",
    "due_to": "不晚于",
}
COUNTS = (5, 10, 20, 50)


@dataclass(frozen=True)
class Form:
    """The form as sent, unchecked; `q` is None where nothing was asked yet."""

    q: str | None = None
    k: str = "10"
    lead: str = ""
    responsible: str = ""
    aspect: str = ""
    due_from: str = ""
    due_to: str = ""

    @property
    def query(self) -> str:
        """What stands in the search box."""
        return self.q or ""

    @property
    def filters(self) -> Filters:
        """The filters that were filled in."""
        return Filters(**{name: getattr(self, name) for name in FILTERS})

    @property
    def count(self) -> int:
        """How many measures are wanted.

        Raises:
            InputError: it is no number.
        """
        if not (self.k.isascii() and self.k.isdecimal() and len(self.k) < 5):
            raise InputError(f"显示条数应是 1 到 100 之间的整数，给出的是“{self.k[:20]}”")
        return int(self.k)

    def address(self, **changed: str) -> str:
        """The page's address for this form, with some fields changed; empty fields left out."""
        values = {"q": self.query, "k": self.k} | {n: getattr(self, n) for n in FILTERS} | changed
        kept = {n: v for n, v in values.items() if v and (n, v) != ("k", "10")}
        return "/?" + urlencode(kept)


@dataclass(frozen=True)
class Chip:
    """A filter in force and the address without it."""

    name: str
    value: str
    without: str


def read_form(given: Mapping[str, str]) -> Form:
    """The form out of the address's parameters; other parameters are left alone."""
    fields = {name: given[name].strip() for name in FILTERS if name in given}
    return Form(q=given.get("q"), k=given.get("k", "").strip() or "10", **fields)


def chips(form: Form) -> tuple[Chip, ...]:
    """The filters in force."""
    set_ = [(name, getattr(form, name)) for name in FILTERS if getattr(form, name)]
    return tuple(
        Chip(FILTERS[name], month(value), form.address(**{name: ""})) for name, value in set_
    )


def month(due: str) -> str:
    """2022-06 → 2022年6月; what is no month stays as it is."""
    found = re.fullmatch(r"(\d{4})-(\d{2})", due)
    return f"{found[1]}年{int(found[2])}月" if found else due
