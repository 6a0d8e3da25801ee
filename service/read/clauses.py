"""The clauses of a question → conditions: organs wait for a role, months stand by themselves.

法院牵头: a group of organs takes the role behind it. 牵头单位是法院: a role without organs before
it waits for them. 不 and 除了 deny what follows. A clause that names nothing of the documents
(为了写总结, 一个都别漏) tells nothing and asks nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from corpus.text import stands
from service.conditions import EVERYTHING, ORGANS, And, Condition, Not, Or, Test, joined, ranges
from service.read.tag import FIELDS, PARTING, Tag

# The columns of each role word: the leading one, or the one organ column of a document.
COLUMNS = {
    "lead": ("lead", "organ"),
    "charge": ("lead", "organ"),
    "help": ("responsible",),
    "any": ORGANS,
    "touch": ORGANS,
}
NOUNS = ("单位", "部门", "方", "处室", "机构")
TELLING = frozenset(
    (
        *(
            "organ",
            "aspect",
            "date",
            "cell",
            "value",
            "span",
            "column",
            "which",
            "count",
            "who",
            "when",
        ),
        *("each", "most", "least", "earliest", "latest", "empty", "several", "lead", "charge"),
        *("help", "any", "all", "term", "amount", "where", "how", "it", "among", "instead"),
        *("item", "measure", "quote", "off", "same"),
    )
)
# A clause that leaves words over tells only where it speaks of the columns for sure.
STRONG = TELLING - {"date", "item", "span", "all", "term", "amount", "where", "how", "several"}
HEADS = ("item", "measure", "touch", "organ")
NUMBER = 4  # characters of a number with its bounds that the documents say so
SAME_KIND = ("month", "is", "days")  # two of them at once no row can meet: either is meant


@dataclass(frozen=True)
class Clause:
    """What a stretch between stops says.

    `role` is a role without organs (那配合的呢), `asked` whether its organs are what is asked for
    (责任单位有哪些); `adds` that it takes more in (含当场办结的), `widens` that the organs before
    may have any role (牵头的、配合的都算); `unread` the words that it left over; `tells`
    whether it speaks of the documents at all; `span` is where it stands.
    """

    where: Condition
    role: str
    unread: tuple[Tag, ...]
    tells: bool
    asked: bool = False
    adds: bool = False
    widens: bool = False
    span: tuple[int, int] = (0, 0)


def read_clauses(
    tags: Sequence[Tag], titles: Sequence[str], said: str, *, prose: bool = False
) -> tuple[Clause, ...]:
    """Read the clauses of a question, in order.

    Args:
        tags: of the whole question.
        titles: the normalised titles of the documents, for words that a title has.
        said: all that the documents say, normalised, for numbers that stand in it.
        prose: the documents have no columns, so that rows are told by their words alone.
    """
    found: list[Clause] = []
    last: tuple[Tag, ...] = ()
    for stretch in _stretches(tags):
        reader = _Reader(stretch, titles, said, prose, last)
        found.append(reader.read())
        last = reader.last
    return tuple(found)


def _stretches(tags: Sequence[Tag]) -> list[list[Tag]]:
    """The tags between stops; a colon goes on."""
    found: list[list[Tag]] = [[]]
    for tag in tags:
        if tag.kind == "stop" and tag.text not in ":[]":
            found.append([])
        elif tag.kind != "stop":
            found[-1].append(tag)
    return [stretch for stretch in found if any(tag.text.strip() for tag in stretch)]


def role_of(tag: Tag) -> str:
    """The role that a tag names: a word's kind, or that of a column of organs."""
    if tag.kind == "column":
        return {"lead": "lead", "organ": "charge", "responsible": "help"}.get(tag.means.role, "")
    return tag.kind if tag.kind in COLUMNS and tag.kind != "touch" else ""


@dataclass
class _Reader:
    """Reads the tags of one clause from left to right; made anew for each."""

    tags: Sequence[Tag]
    titles: Sequence[str]
    said: str
    prose: bool
    last: tuple[Tag, ...] = ()
    parts: list[Condition] = field(default_factory=list)
    group: list[Tag] = field(default_factory=list)
    joins: set[str] = field(default_factory=set)
    unread: list[Tag] = field(default_factory=list)
    role: Tag | None = None  # waits for its organs
    column: Tag | None = None  # waits for its value
    denied: bool = False
    only: bool = False
    several: bool = False
    alternative: bool = False  # what comes next may hold instead of what came last
    touched: bool = False  # words are to come that a row should hold
    here: bool = False  # the documents' own place is named
    widens: bool = False
    headed: bool = False  # what titles hold is asked for

    def read(self) -> Clause:
        """All tags, one after the other."""
        if self.last and {"any"} <= {tag.kind for tag in self.tags} and not self._organs():
            self.tags = [tag for tag in self.tags if tag.kind == "any" or not role_of(tag)]
        end = self._set_aside()
        for place, tag in enumerate(self.tags[:end]):
            self._take(place, tag)
        self._close()
        if end < len(self.tags) and self.parts:
            self.parts = [Not(joined(self.parts))]
        role = role_of(self.role) if self.role else ""
        kinds = {tag.kind for tag in self.tags}
        about = any(len(tag.text) > 1 and self._titled(tag.text) for tag in self.unread)
        tells = about or bool(kinds & (STRONG if self.unread else TELLING))
        where = joined(self.parts) if tells else EVERYTHING
        noun = self.role is not None and self.role.text.endswith(NOUNS)
        asked = noun and bool(kinds & {"which", "count"}) and "it" not in kinds
        adds = self.tags[0].text.startswith(("含", "包括", "包含")) and "span" in kinds
        span = (self.tags[0].start, self.tags[-1].end)
        return Clause(where, role, tuple(self.unread), tells, asked, adds, self.widens, span)

    def _organs(self) -> bool:
        return any(tag.kind == "organ" for tag in self.tags)

    def _set_aside(self) -> int:
        """Where a denial of the whole clause begins, 联合牵头的不必列; else its end."""
        for place in range(len(self.tags) - 1, 0, -1):
            tag = self.tags[place]
            if tag.kind == "not" and self.tags[place - 1].text.endswith("的"):
                return place
            if tag.kind != "fill":
                break
        return len(self.tags)

    def _take(self, place: int, tag: Tag) -> None:
        kind = tag.kind
        if kind == "organ":
            if self.group and self.role and not self.joins:
                self._flush(self.role)
            self.group.append(tag)
        elif kind == "any" and self.last and not self.group:
            self._widen()
        elif role_of(tag):
            self._take_role(place, tag)
        elif kind in ("touch", "mention"):
            self._take_touch(tag)
        elif kind == "titled":
            self.headed = True
        elif kind == "date":
            values = tuple(f"{first}..{last}" for first, last in tag.means.ranges)
            self._add(Test(("due",), "month", values, tag.text, (tag.start, tag.end)))
        elif kind == "aspect":
            self._add(Test(("aspect",), "is", tag.means, tag.text, (tag.start, tag.end)))
        elif kind == "value":
            self._take_value(tag)
        elif kind == "cell":
            self._add(Test(tag.means[0], "only", (tag.means[1],), tag.text, (tag.start, tag.end)))
        elif kind == "span":
            self._take_span(tag)
        elif kind == "empty":
            self._take_empty()
        elif kind == "column":
            self._flush_column()
            self.column = tag
        elif kind == "left":
            self._take_left(place, tag)
        elif kind == "quote":
            self._inside(tag.means, tag)
        elif kind in ("not", "except"):
            self._deny(tag)
        elif kind == "only":
            self.only = True
        elif kind == "several" and self.role is not None and not self.group:
            self._add(Test(COLUMNS[role_of(self.role)], "several", (), tag.text))
            self.role = None
        elif kind == "several":
            self.several = True
        elif kind in ("or", "join", "both"):
            self.joins.add(kind)
            self.alternative = kind == "or" and not self.group and bool(self.parts)
        elif kind == "place":
            self.here = True
        elif kind == "off":
            self.denied, self.column = True, tag

    def _take_role(self, place: int, tag: Tag) -> None:
        if self.several and not self.group:
            self._add(Test(COLUMNS[role_of(tag)], "several", (), tag.text))
            self.several = False
        elif self.group and self.role is None:
            self._flush(tag)
        elif self.group:
            self._flush(self.role)
            self.role = tag
        elif self.last and self.parts and self._behind_role(place):
            self._specify(tag)
        elif self.last and not self._organ_follows(place) and not self._asked(place):
            self._again(tag)
        else:
            both = self.role is not None and self.joins & {"join", "or"} and not self.denied
            self._close_blank()
            self.role = Tag("any", tag.text, tag.start) if both else tag  # 牵头、责任单位里

    def _behind_role(self, place: int) -> bool:
        """Whether a role goes on that stands right before: 参与指导."""
        before = self.tags[place - 1] if place else None
        return (
            before is not None
            and bool(role_of(before))
            and "column"
            in (
                before.kind,
                self.tags[place].kind,
            )
        )

    def _specify(self, tag: Tag) -> None:
        """A named column in place of the role word before it."""
        if tag.kind == "column":
            last = self.parts[-1]
            inner = last.part if isinstance(last, Not) else last
            if isinstance(inner, Test):
                told = replace(inner, columns=(tag.means.name,), text=inner.text + tag.text)
                self.parts[-1] = Not(told) if isinstance(last, Not) else told

    def _asked(self, place: int) -> bool:
        """Whether the organs of a role are what is asked for: 由谁配合, 责任单位有哪些."""
        before = [tag.kind for tag in self.tags[:place] if tag.kind != "fill"][-1:]
        behind = [tag.kind for tag in self.tags[place + 1 :] if tag.kind != "fill"][:1]
        noun = self.tags[place].text.endswith(NOUNS)
        return before in (["who"], ["unit"]) or (noun and behind in (["who"], ["which"]))

    def _organ_follows(self, place: int) -> bool:
        """Whether organs follow a role that no other role behind them takes."""
        kinds = [
            "role" if role_of(tag) else tag.kind
            for tag in self.tags[place + 1 :]
            if role_of(tag) or tag.kind in ("organ", "date", "aspect", "item")
        ]
        organs = next((i for i, kind in enumerate(kinds) if kind != "organ"), len(kinds))
        if not kinds or kinds[0] != "organ":
            return False
        return organs == len(kinds) or kinds[organs] != "role"

    def _again(self, tag: Tag) -> None:
        """A further role of the same organs: 不牵头只配合, 牵头或者配合."""
        columns = (tag.means.name,) if tag.kind == "column" else ()
        test = _test(self.last, tag, columns)
        if "or" in self.joins and self.parts and not self.denied:
            self.parts[-1] = Or((self.parts[-1], test))
        else:
            self.parts.append(Not(test) if self.denied else test)
        self.denied = self.only = False
        self.joins.clear()

    def _flush(self, tag: Tag | None) -> None:
        """The waiting organs with a role, or with any."""
        organs, self.group = tuple(self.group), []
        prefixed = tag is not None and tag is self.role
        self.role = None
        if not organs:
            return
        columns = COLUMNS[role_of(tag)] if tag is not None and role_of(tag) else ORGANS
        if tag is not None and tag.kind == "column":
            columns = (tag.means.name,)
        alone = self.only and (prefixed or tag is None or role_of(tag) != "help")
        op = "only" if alone else "has"
        tests = [_test((organ,), tag, columns, op) for organ in organs]
        together = "both" in self.joins or (prefixed and "join" in self.joins)
        whole: Condition = joined(tests) if together or len(tests) == 1 else either(tests)
        self._add(whole)
        if self.several and tag is not None and not prefixed:  # 跟别的单位一起管的
            self.parts.append(Test(columns, "several", (), tag.text))
        helps = tag is not None and role_of(tag) == "help"
        if self.only and helps and not prefixed:  # 只作为责任单位: and does not lead
            self.parts.append(Not(Test(("lead",), "has", _names(organs), "只")))
        self.last = organs
        self.only = self.several = False
        self.joins.clear()

    def _add(self, test: Condition) -> None:
        """A condition; of two months or aspects in a row, and behind 或, either is meant."""
        before = self.parts[-1] if self.parts else None
        denied, self.denied = self.denied, False
        listed = bool(self.joins & {"join", "or"}) and not denied
        if isinstance(before, Not) and alike(before.part, test) and listed:
            self.parts[-1] = Not(either((before.part, test)))  # 除了6月和12月见效的
            self.joins.clear()
            return
        if denied:
            self.parts.append(Not(test))
        elif before is not None and (self.alternative or self._either(before, test)):
            self.parts[-1] = either((before, test))
        else:
            self.parts.append(test)
        self.alternative = False
        self.joins.clear()

    def _take_touch(self, tag: Tag) -> None:
        if self.group:
            self._flush(tag)
        else:
            self.touched = True
            self.column = self.column or tag

    def _take_value(self, tag: Tag) -> None:
        columns, words = tag.means
        if self.column is not None and self.column.kind == "column":
            columns = (self.column.means.name,)
        self.column = None
        op = "only" if self.only else "contains"
        self.only = False
        self._add(Test(columns, op, (words,), tag.text, (tag.start, tag.end)))

    def _either(self, before: Condition, test: Condition) -> bool:
        """Whether two in a row are alternatives: 3月和6月, unless one is within the other."""
        both = isinstance(before, Test) and isinstance(test, Test) and before.op == "month"
        return alike(before, test) and (not both or apart(before, test))

    def _widen(self) -> None:
        """牵头的、配合的都算: the last organs in whatever role."""
        place = next(
            (i for i, p in enumerate(self.parts) if isinstance(p, Test) and p.op == "has"), None
        )
        self.widens = place is None
        if place is not None:
            self.parts[place] = widened(self.parts[place])

    def _take_span(self, tag: Tag) -> None:
        columns = ("duration",)
        if self.column is not None and self.column.kind == "column":
            columns = (self.column.means.name,)
        self.column = None
        sign = {"most": "<=", "under": "<=", "least": ">=", "over": ">="}.get(tag.means.bound, "")
        asked = f"{sign}{tag.means.days:g}"
        self._add(Test(columns, "days", (asked,), tag.text, (tag.start, tag.end)))

    def _add_empty(self, column: Tag) -> None:
        name, self.column, self.denied = column.means.name, None, False
        self._add(Test((name,), "empty", (), column.text, (column.start, column.end)))

    def _take_empty(self) -> None:
        if self.column is not None and self.column.kind == "column":
            self._add_empty(self.column)
        elif self.role is not None:
            self.denied = True
            self._close_blank()

    def _take_left(self, place: int, tag: Tag) -> None:
        """Words that no table has: what a title says, or what a named column should hold."""
        words = self._grown(place, tag)
        span = (tag.start, tag.end)
        if (self.column is not None and self.touched) or (
            self.headed and len(words) > 1 and self._titled(words)
        ):
            self._inside(words, tag)
        elif len(words) > 1 and self._titled(words) and self._heads(place):
            self._add(Test(("title",), "inside", (words,), words, span))
        elif self._says_so(words):
            self._inside(words, tag)
        else:
            self.unread.append(tag)

    def _says_so(self, words: str) -> bool:
        """Whether words stand in the documents and can only be meant so: 5万元以上10万元以下."""
        number = len(words) >= NUMBER and any(c.isdigit() for c in words)
        said = any(tag.kind in ("mention", "touch", "quote", "aspect") for tag in self.tags)
        alone = self.prose and len(words) > 1 and not said
        return (number or alone) and stands(words, self.said)

    def _inside(self, words: str, tag: Tag) -> None:
        """Words that a named column, or else anything of a row, should hold."""
        named = self.column is not None and self.column.kind == "column"
        columns = (self.column.means.name,) if named and self.column else ()
        columns = ("title",) if self.headed and self._titled(words) else columns
        touch = self.column is not None and self.column.kind == "touch"
        if touch and self._titled(words):
            columns = ("title",)
        self.column, self.touched = None, False
        self._add(Test(columns, "inside", (words,), words, (tag.start, tag.end)))

    def _heads(self, place: int) -> bool:
        """Whether words at a place say of which kind the items are: 破产改革, 招投标领域."""
        before = ""
        for tag in self.tags[place + 1 :]:
            counted = tag.kind in ("count", "which") and before.endswith("的")  # 游艇的几项
            if tag.text in FIELDS or tag.kind in HEADS or counted:
                return True
            if tag.kind != "fill":
                return False
            before = tag.text
        return False

    def _grown(self, place: int, tag: Tag) -> str:
        """The words with those beside them that some title has too: 不动产 of 不 and 动产."""
        words = tag.text
        for other in reversed(self.tags[:place]):
            longer = other.text + words
            if other.kind not in ("not", "fill", "item", "count") or not self._titled(longer):
                break
            if other.kind == "not":
                self.denied = False
            words = longer
        for other in self.tags[place + 1 :]:
            if other.kind in ("item", "organ") or other.text in (*FIELDS, *PARTING):
                break
            if not self._titled(words + other.text):
                break
            words += other.text
        return words

    def _titled(self, words: str) -> bool:
        return any(words in title for title in self.titles)

    def _deny(self, tag: Tag) -> None:
        """不 and 除了 deny what follows; 以外 behind a condition denies that."""
        behind = tag.kind == "except" and tag.text.startswith(("之", "以", "除外"))
        if not behind and self.group and self.role is not None:
            self._flush(self.role)
        if behind and self.group:
            self.denied = True  # the role is to come: 税务局以外的单位牵头
        elif behind and self.parts and not isinstance(self.parts[-1], Not):
            self.parts[-1] = Not(self.parts[-1])
        elif not behind:
            self.denied = True

    def _close_blank(self) -> None:
        """没有牵头单位: a role that is denied and has no organs asks for an empty cell."""
        role = self.role
        if role is not None and self.denied and role.text.endswith(NOUNS):
            self.role = None
            columns = COLUMNS[role_of(role)]
            if role.kind == "column":
                columns = (role.means.name,)
            self.parts.append(Test(columns, "empty", (), role.text, (role.start, role.end)))
            self.denied = False

    def _flush_column(self) -> None:
        self.column = None

    def _close(self) -> None:
        if self.group:
            self._flush(self.role)
        elif self.role is not None and self.denied and not self.here:
            self._close_blank()
        one = any(tag.text == "一个" for tag in self.tags)
        if self.only and one and self.role is not None and not self.group:
            test = Test(COLUMNS[role_of(self.role)], "several")
            self._add(And((Not(test), Not(Test(test.columns, "empty")))))
        if self.denied and self.column is not None and self.column.kind == "column":
            self._add_empty(self.column)
        if self.denied and self.here:
            self.denied = False
            if not any(isinstance(p, Test) and p.op == "off" for p in self.parts):
                self._add(Test((), "off", (), "不涉及"))


def _test(
    organs: Sequence[Tag], tag: Tag | None, columns: tuple[str, ...] = (), op: str = "has"
) -> Test:
    """Organs in the columns of a role."""
    columns = columns or COLUMNS.get(role_of(tag) if tag else "", ORGANS)
    text = "".join(organ.text for organ in organs) + (tag.text if tag else "")
    span = (organs[0].start, max(organs[-1].end, tag.end if tag else 0))
    return Test(columns, op, _names(organs), text, span)


def widened(condition: Condition) -> Condition:
    """The same organs in whatever role."""
    if isinstance(condition, Test) and condition.op == "has":
        return replace(condition, columns=ORGANS)
    return condition


def alike(before: Condition, test: Condition) -> bool:
    """Whether both ask for a month, or both for an aspect."""
    if not (isinstance(before, Test) and isinstance(test, Test)):
        return False
    return before.op == test.op and test.op in SAME_KIND and before.columns == test.columns


def apart(before: Condition, test: Condition) -> bool:
    """Whether both ask for months that no row can have at once."""
    if not (
        isinstance(before, Test) and isinstance(test, Test) and before.op == test.op == "month"
    ):
        return False
    return not any(
        first <= (end or "9999") and start <= (last or "9999")
        for first, last in ranges(before)
        for start, end in ranges(test)
    )


def _names(organs: Iterable[Tag]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for organ in organs for name in organ.means))


def either(tests: Sequence[Condition]) -> Condition:
    """One of the tests; those of the same columns become one."""
    plain = [test for test in tests if isinstance(test, Test)]
    alike = len(plain) == len(tests) and len({(t.columns, t.op) for t in plain}) == 1
    if not alike or plain[0].op == "only":
        return Or(tuple(tests))
    values = tuple(dict.fromkeys(value for test in plain for value in test.values))
    span = (plain[0].span[0], plain[-1].span[1])
    return Test(plain[0].columns, plain[0].op, values, "、".join(t.text for t in plain), span)
