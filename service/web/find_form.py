"""The find page's form: read out of the page's address and written back into it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from corpus.errors import InputError
from service.web.views import month

NAMES = ("document", "aspect", "item", "lead", "responsible", "due", "applicable")
SORTS = {"relevance": "相关程度", "item": "文档次序", "month": "时间"}
CONCERNED = {"yes": "涉及本地", "no": "本地不涉及"}


@dataclass(frozen=True)
class FindForm:
    """The form as sent: `chosen` holds the values of each facet, `sort` is empty for the usual."""

    q: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = ""
    page: int = 1

    @property
    def asked(self) -> bool:
        """Whether there is a query: without one all measures are listed."""
        return bool(self.q.strip())

    @property
    def order(self) -> str:
        """The order in force, one of SORTS; without a query none can be by relevance."""
        usual = "relevance" if self.asked else "item"
        return usual if self.sort in ("", "relevance") else self.sort

    def of(self, name: str) -> Sequence[str]:
        """The values chosen of a facet."""
        return self.chosen.get(name, ())

    def address(self, path: str = "/find") -> str:
        """The address of this form under a path; what is usual is left out."""
        pairs = [("q", self.q)] if self.asked else []
        pairs += [(name, value) for name in NAMES for value in self.of(name)]
        pairs += [("sort", self.sort)] if self.sort else []
        pairs += [("page", str(self.page))] if self.page > 1 else []
        return path + ("?" + urlencode(pairs) if pairs else "")

    def at(self, page: int) -> "FindForm":
        """This form at another page."""
        return replace(self, page=page)

    def by(self, sort: str) -> "FindForm":
        """This form in another order, from its first page."""
        return replace(self, sort=sort, page=1)

    def without(self, name: str, value: str) -> "FindForm":
        """This form without one value of a facet, from its first page."""
        left = tuple(other for other in self.of(name) if other != value)
        return replace(self, chosen={**self.chosen, name: left}, page=1)

    def cleared(self) -> "FindForm":
        """This form with no facet chosen, from its first page."""
        return replace(self, chosen={}, page=1)


@dataclass(frozen=True)
class Chip:
    """A chosen value and the address without it."""

    label: str
    value: str
    without: str


def read_find(given: QueryParams) -> FindForm:
    """The form out of the address's parameters; other parameters are left alone.

    Raises:
        InputError: an unknown order, or a page that is no number from 1 on.
    """
    chosen = {
        name: tuple(dict.fromkeys(value for value in given.getlist(name) if value.strip()))
        for name in NAMES
    }
    sort, page = given.get("sort", ""), given.get("page", "") or "1"
    if sort and sort not in SORTS:
        known = "、".join(f"{label}（sort={name}）" for name, label in SORTS.items())
        raise InputError(f"不认识的排序“{sort[:20]}”；可用 {known}")
    if not (page.isascii() and page.isdecimal() and len(page) < 7 and int(page)):
        raise InputError(f"页码应是从 1 起的整数，给出的是“{page[:20]}”")
    return FindForm(given.get("q", ""), {n: v for n, v in chosen.items() if v}, sort, int(page))


def sorts(labels: Mapping[str, str], *, asked: bool) -> dict[str, str]:
    """The orders to choose from and their names; by relevance only with a query."""
    named = SORTS | {"month": labels["due"]}
    return {name: said for name, said in named.items() if asked or name != "relevance"}


def shown(name: str, value: str) -> str:
    """A facet's value as readers see it."""
    if name == "item":
        return f"第{value}项"
    return CONCERNED.get(value, value) if name == "applicable" else month(value)


def chips(form: FindForm, labels: Mapping[str, str]) -> tuple[Chip, ...]:
    """The chosen values, each removable; `labels` are those of `service.labels.facet_labels`."""
    return tuple(
        Chip(labels[name], shown(name, value), form.without(name, value).address())
        for name in NAMES
        for value in form.of(name)
    )
