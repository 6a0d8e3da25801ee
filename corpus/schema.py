"""A document's columns: their own names, what each of them says, and its empty cells.

Nothing outside knows 牵头单位 or 完成时间: whoever speaks of a column takes its name from here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# What a document writes where it has nothing to say.
BLANK = re.compile(r"[-—－–/／\\无]+|不涉及|无要求|暂无|N/A", re.IGNORECASE)

# What the names of the columns of organs tell of their part, the more leading first.
LEADING = re.compile("牵头|主办|主责|主抓")
CHARGED = re.compile("主管|负责|责任|承办|实施|受理|指导")
HELPING = re.compile("配合|参与|协办|协同|协作|会同|支持(单位|部门)")
ORGAN = re.compile(
    f"({LEADING.pattern}|{CHARGED.pattern}|{HELPING.pattern}).*(单位|部门|机构|机关|处室|科室|主体|方)$"
    r"|((?<!计量)单位|部门|机构|机关|处室|科室|(?<![布格])局|委办)$|^(牵头|责任|配合|主管|主办)$"
)
ROLES = (
    *("lead", "responsible", "organ", "due", "duration", "scope", "title", "measure"),
    *("aspect", "number", "other"),
)


@dataclass(frozen=True)
class Column:
    """A column under its own heading; `role` is one of the contract's (`ROLES`)."""

    name: str
    role: str


@dataclass(frozen=True)
class Schema:
    """The columns of one document, from left to right; none where it has no table."""

    columns: tuple[Column, ...] = ()

    def names(self, role: str) -> tuple[str, ...]:
        """The names of the columns of a role."""
        return tuple(column.name for column in self.columns if column.role == role)

    def label(self, role: str, default: str = "") -> str:
        """The name of the first column of a role."""
        return next(iter(self.names(role)), default)

    @property
    def main(self) -> str:
        """The role of the column that says who is in charge: lead, else organ, else responsible."""
        return next((r for r in ("lead", "organ", "responsible") if self.names(r)), "")


def is_blank(words: str) -> bool:
    """Whether a cell says nothing: it is empty, or holds “—”, “/” or “无”."""
    return not words or BLANK.fullmatch(words) is not None


def organ_roles(names: Sequence[str]) -> Mapping[str, str]:
    """The roles of organ columns by their names, seen side by side.

    A single one is `organ`, unless it says that it leads or helps. Of several the most leading
    kind of name is `lead`, all others are `responsible`.
    """
    if not names:
        return {}
    ranks = {name: _rank(name) for name in names}
    if len(ranks) == 1:
        (name,) = ranks
        return {name: ("lead", "organ", "responsible", "organ")[ranks[name]]}
    best = min(ranks.values())
    first = next(name for name in names if ranks[name] == best)
    return {name: "lead" if name == first else "responsible" for name in names}


def _rank(name: str) -> int:
    """How leading a name is: 0 leads, 1 is in charge, 2 helps, 3 does not say."""
    for rank, form in enumerate((LEADING, CHARGED, HELPING)):
        if form.search(name):
            return rank
    return 3
