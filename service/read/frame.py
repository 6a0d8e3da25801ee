"""Tags → a frame: what a question asks, of what, under which conditions, and what stays unread.

A frame has slots, not kinds of questions. The same words may ask for a set (哪些事项), for a cell
of one row (谁牵头) or for a passage; which of these answers best is decided where the answers
are scored, by the slots and by what was found.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

from corpus.text import normalise
from index.query import LIMIT
from service.conditions import (
    EVERYTHING,
    ORGANS,
    Condition,
    Not,
    Test,
    joined,
    leaves,
    parts_of,
)
from service.read.clauses import (
    SAME_KIND,
    Clause,
    alike,
    apart,
    either,
    read_clauses,
    role_of,
    widened,
)
from service.read.names import Names
from service.read.tag import Tag, cut, merge

# What a role word asks for: columns by role, the first that a document has.
ASKED = {
    "lead": ("lead", "organ", "responsible"),
    "charge": ("lead", "organ", "responsible"),
    "help": ("responsible",),
    "any": ("lead", "organ", "responsible"),
}
CONTENT = (
    "left",
    "value",
    "column",
    "organ",
    "aspect",
    "place",
    "date",
    "cell",
    "span",
    "touch",
    "term",
)
SET = ("which", "count", "all")
OPEN = ("who", "when", "term", "amount", "where", "how", "yesno")
INTRODUCED = re.compile("(?:我们?|咱们?|本人|俺)(?:是|在)")
OWN = re.compile("我们|咱|[我本]([局委办处]|单位|部门)")
SHORT = 8  # characters: a question with less of its own leans on the one before


@dataclass(frozen=True)
class Frame:
    """A question read.

    `text` is normalised; `where` is the condition of a set; `topic` the words of what is asked
    about, `unread` those that no slot took. `asks` are the kinds of asking words; `columns` the
    roles or own names of the columns asked for. `over` is item or measure, `by` the column that
    counts are asked by, `order` most, least, earliest or latest. `cue` says how a set is asked
    for: which, count, nominal (税务局牵头的) or nothing. `leans` are the words that point back:
    it, among, instead, so, same.
    """

    text: str
    tags: tuple[Tag, ...] = field(repr=False)
    where: Condition = EVERYTHING
    topic: str = ""
    asks: frozenset[str] = frozenset()
    columns: tuple[str, ...] = ()
    over: str = "item"
    by: str = ""
    order: str = ""
    cue: str = ""
    leans: frozenset[str] = frozenset()
    role: str = ""
    unread: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    before: str = ""

    @property
    def counted(self) -> bool:
        """Whether a number is asked for."""
        return self.cue == "count"

    @property
    def standing(self) -> str:
        """The question by itself, behind what the turns before say of it."""
        before = self.before[-max(LIMIT - len(self.text) - 1, 0) :] if self.before else ""
        return f"{before}，{self.text}" if before else self.text

    @property
    def share_unread(self) -> float:
        """How much of what it says, in characters, no slot took."""
        said = sum(len(t.text) for t in self.tags if t.kind not in ("fill", "stop"))
        return sum(map(len, self.unread)) / max(said, 1)


def read(question: str, names: Names, today: date) -> Frame:
    """Read a question as typed, by itself."""
    text = normalise(question)
    tags = merge(cut(text, names.tags(text, today)), names.said)
    if any(tag.kind == "left" for tag in tags):
        mended = names.mend(text)
        again = merge(cut(mended, names.tags(mended, today)), names.said)
        if _left(again) < _left(tags):
            tags = again
    clauses = read_clauses(tags, names.titles, names.said, prose=names.prose)
    return fill(text, tags, clauses)


def _left(tags: Sequence[Tag]) -> int:
    return sum(len(tag.text) for tag in tags if tag.kind == "left")


def fill(text: str, tags: Sequence[Tag], clauses: Sequence[Clause]) -> Frame:
    """Fill the slots out of a question's clauses."""
    kinds = [tag.kind for tag in tags]
    where = joined(_gathered(_asked(text, clauses)))
    order = next((k for k in ("most", "least", "earliest", "latest") if k in kinds), "")
    if any(one.kind == order and two.kind == "aspect" for one, two in pairwise(tags)):
        order = ""  # 最后第十个方面
    kinds = ["who" if _asks_organs(tags, i) else kind for i, kind in enumerate(kinds)]
    cell = any(clause.asked for clause in clauses) or "choice" in kinds
    if cell:  # 责任单位有哪些 asks for a cell, not for rows
        kinds.append("who")
    asks = frozenset(kind for kind in (*SET, *OPEN) if kind in kinds)
    by = _by(kinds, tags, clauses, where)
    told = [clause for clause in clauses if clause.tells]
    return Frame(
        text=text,
        tags=tuple(tags),
        where=_of_role(where, by),
        topic="".join(_words(tag) for tag in tags if tag.kind in CONTENT),
        asks=asks,
        columns=_columns(tags),
        over="measure" if "measure" in kinds or _counts_measures(tags) else "item",
        by=by,
        order=order,
        cue="" if cell and not by else _cue(kinds, tags, told, where),
        leans=frozenset(k for k in ("it", "among", "instead", "so", "same") if k in kinds),
        role=next((clause.role for clause in clauses if clause.role), ""),
        unread=tuple(tag.text for clause in told for tag in clause.unread),
        aside=tuple(t.text for clause in clauses if not clause.tells for t in clause.unread),
    )


def _words(tag: Tag) -> str:
    return tag.text


def _asked(text: str, clauses: Sequence[Clause]) -> Sequence[Clause]:
    """The clauses without 我是财政局的, where those behind it say of which rows and not 我们."""
    first = next((clause for clause in clauses if clause.where != EVERYTHING), None)
    if first is None or not INTRODUCED.match(text[first.span[0] : first.span[1]]):
        return clauses
    behind = clauses[clauses.index(first) + 1 :]
    named = [t for c in behind for t in leaves(c.where) if t.op not in SAME_KIND]
    own = OWN.search(text, first.span[1])
    return [c for c in clauses if c is not first] if named and not own else clauses


def _gathered(clauses: Sequence[Clause]) -> list[Condition]:
    """The conditions of all clauses; two months or terms that no row can have are either's."""
    parts: list[Condition] = []
    for clause in clauses:
        if clause.widens:
            parts = [widened(part) for part in parts]
        for part in parts_of(clause.where):
            last = parts[-1] if parts else None
            other = clause.adds and last is not None and alike(last, part)
            if last is not None and (other or apart(last, part)):
                parts[-1] = either((last, part))
            elif part != EVERYTHING:
                parts.append(part)
    return parts


def _cue(
    kinds: Sequence[str], tags: Sequence[Tag], told: Sequence[Clause], where: Condition
) -> str:
    """How a set is asked for."""
    if _counts(tags):
        return "count"
    if "which" in kinds or ("all" in kinds and "item" in kinds):
        return "which"
    said = [
        tag
        for clause in told
        for tag in tags
        if clause.span[0] <= tag.start < clause.span[1]
        and tag.kind not in ("stop", "yesno", "so")
        and tag.text.strip()
        and tag.text != "有"
    ]
    if _named_last(said):
        return "which"
    last = said[-1] if said else None
    nominal = last is not None and (last.kind in ("item", "measure") or last.text.endswith("的"))
    bare = not set(kinds) & set(OPEN) and not any(clause.unread for clause in told)
    return "nominal" if nominal or (bare and where != EVERYTHING) else ""


def _of_role(where: Condition, by: str) -> Condition:
    """除海关外还有谁牵头: organs that are left out, of the role that is asked for."""
    if by not in ("lead", "responsible"):
        return where
    columns = ASKED["lead"][:2] if by == "lead" else ("responsible",)
    return joined(
        Not(replace(part.part, columns=columns))
        if isinstance(part, Not) and isinstance(part.part, Test) and part.part.columns == ORGANS
        else part
        for part in parts_of(where)
    )


def _counts_measures(tags: Sequence[Tag]) -> bool:
    """Whether 哪几条 or 几条 asks for measures where no item is named."""
    asked = [tag for tag in tags if tag.kind in ("which", "count")]
    return all(tag.kind != "item" for tag in tags) and any(tag.text[-1] == "条" for tag in asked)


def _named_last(tags: Sequence[Tag]) -> bool:
    """Whether it ends in asking which item: 水务集团参与的那项改革是什么."""
    said = [tag for tag in tags if tag.kind not in ("fill", "stop", "so")]
    return len(said) > 1 and said[-1].text == "是什么" and said[-2].kind == "item"


def _counts(tags: Sequence[Tag]) -> bool:
    """Whether 几 or 多少 counts items: 几项, 多少事项, 事项有几个; not 每月多少."""
    said = [tag for tag in tags if tag.kind not in ("fill", "stop")]
    for place, tag in enumerate(said):
        if tag.kind == "count":
            near = [t.kind for t in said[max(place - 1, 0) : place + 2]]
            if tag.text[-1] in "项条件篇样宗数" or "item" in near or "measure" in near:
                return True
    return False


def _asks_organs(tags: Sequence[Tag], place: int) -> bool:
    """Whether 哪些 at a place asks for organs: 哪些单位."""
    behind = [tag.kind for tag in tags[place + 1 :] if tag.kind != "fill"][:1]
    return tags[place].kind == "which" and behind == ["unit"]


def _by(
    asked_kinds: Sequence[str], tags: Sequence[Tag], clauses: Sequence[Clause], where: Condition
) -> str:
    """The column that counts are asked by: 各单位, 哪个单位牵头最多, 法院牵头的由谁配合."""
    kinds = set(asked_kinds)
    said = next((tag.text for tag in tags if tag.kind == "each"), "")
    extreme = bool(kinds & {"most", "least"})
    asked = any(clause.asked for clause in clauses)
    # Of rows that are told apart by their columns, not of a thing that has a name.
    rows = where != EVERYTHING and all(test.op != "inside" for test in leaves(where))
    plain = not any(clause.unread for clause in clauses if clause.tells)
    free = plain and (rows or (asked and where == EVERYTHING and bool(kinds & {"all", "count"})))
    if "方面" in said or "类" in said or ("facet" in kinds and (extreme or free)):
        return "aspect"
    if not (said or extreme or free) or not kinds & {"each", "who", "when", "which", "count"}:
        return ""
    if "月" in said or "时间" in said or (not said and "when" in kinds):
        return "due" if said or extreme or free else ""
    if not said and not ("who" in kinds or asked):
        return ""
    free_role = next((clause.role for clause in clauses if clause.role), "")
    return "responsible" if "help" in (free_role or kinds) else "lead"


def _columns(tags: Sequence[Tag]) -> tuple[str, ...]:
    """The columns that are asked for: 谁牵头, 什么时候见效, and columns by their names."""
    kinds = [tag.kind for tag in tags]
    found: list[str] = []
    if "who" in kinds or "organ" not in kinds:
        for tag in tags:
            found += ASKED.get(role_of(tag), ())[:1] if tag.kind != "column" else ()
    if "when" in kinds or ("done" in kinds and "date" not in kinds):
        found.append("due")
    if "term" in kinds:
        found.append("duration")
    found += [tag.means.name for tag in tags if tag.kind == "column"]
    return tuple(dict.fromkeys(found))
