"""The names of the loaded documents, and where a question says them: organs, aspects, columns.

What follows from the documents is made by rule: full names, names without the place, short names
of characters in their order (规自局 of 市规划和自然资源局), the columns' own names and what their
cells list. Other names stand in `organs.tsv`. Texts are normalised on both sides.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from corpus.dates import dates_in, read_due, terms_in
from corpus.document import Document, Measure
from corpus.errors import DocumentError
from corpus.measures import split_units
from corpus.schema import Schema, is_blank
from corpus.text import NUMERAL, normalise, parse_numeral, stands
from index.query import sounds_of
from service.conditions import ORGANS
from service.read.tag import Tag, words

ALIASES = Path(__file__).parent / "organs.tsv"
PLACE = re.compile(r"^[一-鿿]{2,4}?[市省州盟县区旗]")
PREFIX = re.compile(r"^(?:市委|省委|区委|县委|国务院|国家(?!税务)|中国|最高|[省市区县州](?!级))")
BRACKETS = re.compile(r"\(([^()]*)\)")
ENDING = re.compile(r"(?:管理局|局|委员会|委|办公室|办|厅|处)$")
BEFORE = r"(?:(?:我们|咱们|本|我|咱)?[省市县区]的?|本地|当地|国家)?"
ORGAN = re.compile(r"[局委办厅院会关行部司县府队方联处]$|部门$|中心$|公司$|集团$|机关$|管委会\)?$")
# A short name without such an ending (税务, 消防) names the organ only where a role follows.
ROLES = (
    r"(?=(?:(?:或者?|和|与|跟|以及|、)[一-鿿]{2,6}?){0,2}"
    r"(?:也|都|又|只|仅|来|不|没|有|是|作为|当|做|列为|为|担任|口|系统|那边)*"
    r"(?:牵头|负责|主管|主抓|主办|主导|配合|参与|协助|协办|责任单位|责任部门))"
)
SHORT = re.compile(r"[一-鿿]{1,5}?(?:[局委厅院]|[办处部司](?![门位理法事分]))")
LOOSE = 4  # an aspect may be named by so many characters of its title that no other title has
MARKER = r"(?:的|等|相关|有关|类|这个?|那个?|改革)?(?:方面|领域|板块|部分|大类|类|章|块|范畴)"
NTH = re.compile(
    rf"第({NUMERAL})(?:个|大|块)*(?:方面|板块|部分|大类|块|章)"
    rf"|(?:{NUMERAL}[个大])?(?:方面|板块|部分)(?:里面?|中|当中)?的?第({NUMERAL})[个大块]+"
)
SPELT = ("lead", "help", "charge", "done", "which")  # words that are often misspelt
ORDINAL = re.compile(rf"^第{NUMERAL}[章编节]|^{NUMERAL}、|\(共\d+[项条]\)$")
LISTED = re.compile(r"[、，,;；/\n]")
CELL = 30  # characters on average: a column of longer cells holds texts, not values
VALUE, PART, WHOLE = 2, 3, 4  # characters of a listed value, and of a part with or without digits
QUOTED = re.compile(r"[“\"「『]([^”\"」』]{2,30})[”\"」』]")
VERB = re.compile(r"(?:单位|部门|机构|机关|处室|科室|主体|方)$")


@dataclass(frozen=True)
class Alias:
    """What people say, and a part of the official name it stands for; both normalised."""

    said: str
    official: str


def read_aliases(path: Path = ALIASES) -> tuple[Alias, ...]:
    """Read the alias file, in file order.

    Raises:
        DocumentError: it cannot be read, or a line has no two filled columns.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentError(f"读不了别名表 {path}（{error}）；应是 UTF-8 文本") from error
    found: list[Alias] = []
    for place, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        written = [normalise(cell) for cell in line.split("\t")]
        if len(written) != 2 or not all(written):
            raise DocumentError(f"{path.name} 第 {place} 行：应是“叫法⇥名称”两列，中间一个制表符")
        found.append(Alias(written[0], written[1]))
    return tuple(found)


def places_of(documents: Iterable[Document]) -> tuple[str, ...]:
    """The places that issuers and titles begin with, with and without 市, longest first."""
    full = {
        f[0] for d in documents for t in (d.issuer, d.title) if (f := PLACE.match(normalise(t)))
    }
    return tuple(sorted(full | {name[:-1] for name in full}, key=lambda name: (-len(name), name)))


class Names:
    """Loads once from the documents and the alias file; then finds mentions in questions."""

    def __init__(
        self,
        measures: Sequence[Measure],
        documents: Mapping[str, Document],
        schemas: Mapping[str, Schema],
        aliases: Sequence[Alias] | None = None,
    ) -> None:
        self.places = places_of(documents.values())
        self.titles = tuple(dict.fromkeys(normalise(m.title) for m in measures))
        self.said = "\n".join(normalise(f"{m.title}\n{m.text}\n{m.content}") for m in measures)
        self.prose = not any(schema.columns for schema in schemas.values())
        roles = {column.role for schema in schemas.values() for column in schema.columns}
        self._dated, self._timed = "due" in roles, "duration" in roles
        self.years = tuple(sorted({m.due[:4] for m in measures if m.due}))
        self.aspects = tuple(dict.fromkeys(m.aspect for m in measures if m.aspect))
        self.organs = tuple(
            dict.fromkeys(
                organ
                for m in measures
                for cell in m.cells(*ORGANS)
                if not is_blank(cell.value)
                for organ in split_units(cell.value)
            )
        )
        known = read_aliases() if aliases is None else aliases
        self.forms, self._stems = self._organ_forms(known)
        place = "|".join(map(re.escape, self.places))
        before = f"(?:{place})?{BEFORE}" if place else BEFORE
        self._organ = _either(self.forms, before)
        self._stem = _either(self._stems, before, ROLES)
        self._cores = {organ: _core(normalise(organ), self.places) for organ in self.organs}
        self._aspect_forms = self._aspect_names(known)
        bare = {ORDINAL.sub("", normalise(title)) for title in self.aspects}
        sure = [form for form in self._aspect_forms if len(form) >= LOOSE or form in bare]
        self._aspect = _either(sure)
        short = [form for form in self._aspect_forms if form not in sure]
        beside = "|".join(map(re.escape, short)) or "(?!)"
        self._short_aspect = _either(short, "", f"(?=(?:[和与及、](?:{beside}))?{MARKER})")
        self._columns = {
            normalise(c.name): c
            for schema in schemas.values()
            for c in schema.columns
            if c.name and c.role != "number"
        }
        heard = [f for f, kind in words().items() if kind in SPELT and len(f) > 1]
        self._cells = _cells(measures)
        values = {line for blob in self._cells.values() for line in blob.split("\n")}
        spelt = {*self.forms, *self._columns, *bare, *values}
        heard += sorted(form for form in spelt if len(form) > 2)
        self._sounds = {sounds_of(form): form for form in heard}
        self._column = _either(name for name in self._columns if len(name) > 1)
        # What a column of organs has them do: 指导 of 指导部门.
        self._verbs = {
            verb: column
            for name, column in self._columns.items()
            if column.role in ORGANS and len(verb := VERB.sub("", name)) > 1 and verb != name
        }
        self._verb = _either(verb for verb in self._verbs if verb not in words())
        self._whole = _whole(measures)

    def tags(self, text: str, today: date) -> tuple[Tag, ...]:
        """All names, dates and terms of a normalised question; some may overlap."""
        return tuple(
            Tag(kind, text[start:end], start, means)
            for kind, means, start, end in self._mentions(text, today)
            if end > start
        )

    def _mentions(self, text: str, today: date) -> Iterator[tuple[str, object, int, int]]:
        yield from self._organs_in(text)
        for match in NTH.finditer(text):
            place = parse_numeral(match[1] or match[2])
            if titles := tuple(self.aspects[place - 1 : place]) if place else ():
                yield "aspect", titles, match.start(), match.end()
        for pattern in (self._aspect, self._short_aspect):
            for match in pattern.finditer(text):
                yield "aspect", self._aspect_forms[match[1]], *self._grown(match, text)
        for match in self._column.finditer(text):
            column = self._columns[match[1]]
            kind = "item" if column.role == "title" else "column"
            yield kind, column, match.start(1), match.end(1)
        for match in self._verb.finditer(text):
            column = self._verbs[match[1]]
            yield "column", column, match.start(1), match.end(1)
        for match in QUOTED.finditer(text):
            yield "quote", match[1], match.start(), match.end()
        for start, end in self._values_in(text):
            columns = self._columns_of(text[start:end])
            yield "value", (columns, text[start:end]), start, end
        for name, pattern in self._whole:
            for match in pattern.finditer(text):
                said = next(found for found in match.groups() if found)
                yield "cell", ((name,), said), match.start(), match.end()
        for mention in dates_in(text, self.years, today) if self._dated else ():
            yield "date", mention, mention.start, mention.end
        for term in terms_in(text) if self._timed else ():
            yield "span", term, term.start, term.end
        for place_name in self.places:
            for match in re.finditer(re.escape(place_name), text):
                yield "place", place_name, match.start(), match.end()

    def _values_in(self, text: str) -> Iterator[tuple[int, int]]:
        """The longest stretches of a question that a cell of a short column has."""
        at = 0
        while at < len(text):
            end = at
            while end < len(text) and any(
                text[at : end + 1] in blob for blob in self._cells.values()
            ):
                end += 1
            long = PART if any(c.isdigit() for c in text[at:end]) else WHOLE
            whole = end - at >= long or self._listed(text[at:end])
            if whole and self._columns_of(text[at:end]):
                yield at, end
                at = end
            else:
                at += 1

    def _listed(self, value: str) -> bool:
        """Whether a value stands in some cell by itself, between marks."""
        return len(value) >= VALUE and any(f"\n{value}\n" in blob for blob in self._cells.values())

    def _columns_of(self, value: str) -> tuple[str, ...]:
        return tuple(name for name, blob in self._cells.items() if stands(value, blob))

    def _organs_in(self, text: str) -> Iterator[tuple[str, object, int, int]]:
        taken: list[tuple[int, int]] = []
        for match in self._organ.finditer(text):
            if any(match.start() < e for _, e in taken):
                continue  # named again, in brackets
            end = match.end()
            if inner := BRACKETS.match(text, end):
                end = inner.end() if self.forms.get(inner[1]) == self.forms[match[1]] else end
            taken.append((match.start(), end))
            yield "organ", self.forms[match[1]], match.start(), end
        for match in self._stem.finditer(text):
            if not any(start < match.end() and match.start() < end for start, end in taken):
                taken.append(match.span())
                yield "organ", self._stems[match[1]], match.start(), match.end()
        for match in SHORT.finditer(text):
            for start in range(match.start(), match.end() - 1):
                if any(s < match.end() and start < e for s, e in taken):
                    continue
                if names := self.short(text[start : match.end()]):
                    yield "organ", names, start, match.end()
                    break

    def short(self, said: str) -> tuple[str, ...]:
        """The organs that a short name stands for: its characters in order, the first and last."""
        for short in dict.fromkeys((said, PREFIX.sub("", said))):
            found = tuple(
                organ
                for organ, core in self._cores.items()
                if len(short) > 2
                and core[0] + core[-1] == short[0] + short[-1]
                and _in(short, core)
            )
            if len({self._cores[organ] for organ in found}) == 1:
                return found
        return ()

    def aliases(self, organ: str) -> list[str]:
        """The other names by which questions may say an organ."""
        own = normalise(organ)
        return [form for form, organs in self.forms.items() if organs == (organ,) and form != own]

    def mend(self, text: str) -> str:
        """A text with the names and role words put right that sound so: 税物局, 签头."""
        sounds = sounds_of(text)
        for length in range(min(9, len(text)), 1, -1):
            for start in range(len(text) - length + 1):
                form = self._sounds.get(sounds[start : start + length])
                if form and text[start : start + length] not in words():
                    text = text[:start] + form + text[start + length :]
        return text

    def _grown(self, match: re.Match[str], text: str) -> tuple[int, int]:
        """A mention with the pairs of characters beside it that its title has too."""
        title = "".join(map(normalise, self._aspect_forms[match[1]]))
        start, end = match.start(1), match.end(1)
        while len(pair := text[end : end + 2]) == 2 and pair in title:
            end += 2
        while start >= 2 and text[start - 2 : start] in title:
            start -= 2
        return start, end

    def _organ_forms(
        self, aliases: Sequence[Alias]
    ) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
        """Forms of names → the organs they mean: those that stand alone, and the loose ones.

        An organ's own name wins over a rule, a rule over an alias.
        """
        own = {normalise(organ): (organ,) for organ in self.organs}
        ruled: dict[str, list[str]] = defaultdict(list)
        for organ in self.organs:
            for form in organ_forms(normalise(organ), self.places):
                ruled[form].append(organ)
        forms = {form: tuple(organs) for form, organs in ruled.items()} | own
        loose: dict[str, tuple[str, ...]] = {}
        for alias in aliases:
            organs = self._named(alias.official, forms)
            if not organs:
                continue
            kept = forms if ORGAN.search(alias.said) else loose
            kept.setdefault(alias.said, organs)
            if part := _department(alias.said):
                forms.setdefault(part, organs)
        for form, meant in forms.items():
            stem = ENDING.sub("", form)
            if len(stem) > 1 and stem not in forms:
                loose.setdefault(stem, meant)
        return forms, loose

    def _named(self, official: str, forms: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        """The organs of an official name: of that name, else ending in it, else holding it."""
        if official in forms:
            return forms[official]
        bare = {organ: BRACKETS.sub("", normalise(organ)) for organ in self.organs}
        ending = tuple(organ for organ, name in bare.items() if name.endswith(official))
        return ending or tuple(organ for organ in self.organs if official in normalise(organ))

    def _aspect_names(self, aliases: Sequence[Alias]) -> dict[str, tuple[str, ...]]:
        """Every stretch of four characters or more that one aspect alone has, and the aliases."""
        owners: dict[str, set[str]] = defaultdict(set)
        for title in self.aspects:
            name = normalise(title)
            for start in range(len(name)):
                for end in range(start + min(LOOSE, len(name)), len(name) + 1):
                    owners[name[start:end]].add(title)
            bare = ORDINAL.sub("", name)
            if len(bare) > 1:
                owners[bare].add(title)
        names = {form: tuple(titles) for form, titles in owners.items() if len(titles) == 1}
        for alias in aliases:
            titles = tuple(a for a in self.aspects if alias.official in normalise(a))
            if titles and alias.said not in names:
                names[alias.said] = titles
        return names


def _cells(measures: Sequence[Measure]) -> dict[str, str]:
    """Columns of short cells by name → what these list, a line each."""
    columns: dict[str, list[str]] = defaultdict(list)
    for row in {(m.document, m.item, m.row): m for m in measures}.values():
        for cell in row.cells("other", "scope", "due"):
            value = normalise(cell.value)
            dated = cell.role == "due" and read_due(value, "2000").month
            if not dated and not is_blank(value) and cell.span != row.spans.get("content"):
                columns[cell.name].append(value)
    return {
        name: "\n".join(("", *(part for value in cells for part in LISTED.split(value)), ""))
        for name, cells in columns.items()
        if sum(map(len, cells)) <= CELL * len(cells)
    }


def _whole(measures: Sequence[Measure]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """What finds whole cells of dates and terms: 申报时间为2025年第三季度 asks for just that."""
    columns: dict[str, set[str]] = defaultdict(set)
    for measure in measures:
        for cell in measure.cells("due", "duration"):
            if not is_blank(cell.value):
                columns[cell.name].add(normalise(cell.value))
    found = []
    for name, values in columns.items():
        either = "|".join(re.escape(value) for value in sorted(values, key=lambda v: (-len(v), v)))
        named = (
            rf"{re.escape(normalise(name))}[里栏列是为写着明:“\"]+({either})(?=[”\"的,?和或、]|$)"
        )
        found.append((name, re.compile(rf"{named}|^({either})\??$")))
    return tuple(found)


def _core(name: str, places: Sequence[str]) -> str:
    """An organ's name without brackets, its place and the level of government."""
    bare = BRACKETS.sub("", name)
    for place in places:
        if place in bare[:-2]:
            bare = bare[bare.rindex(place) + len(place) :]
            break
    return PREFIX.sub("", bare)


def _in(short: str, name: str) -> bool:
    """Whether the characters of a short name stand in a name in their order."""
    rest = iter(name)
    return all(c in rest for c in short)


def organ_forms(name: str, places: Sequence[str]) -> tuple[str, ...]:
    """The short forms of a normalised organ name that follow from it by rule.

    Without brackets and each bracket's content, without a place's name or all up to it, without
    the leading 市; and 部门 in place of the last 局, 委 or 办.
    """
    bare = BRACKETS.sub("", name)
    inner = [text for text in BRACKETS.findall(name) if len(text) > 2]
    found: list[str] = []
    for whole in (name, bare, *inner) if inner else (name,):
        after, within = whole, whole
        for place in places:
            if place in whole[:-2]:
                after = whole[whole.rindex(place) + len(place) :]
                within = whole.replace(place, "")
                break
        found += [whole, within, after, PREFIX.sub("", after)]
        if whole != after and whole.startswith("市"):
            found.append(whole[1:])
    found = [form for form in found if len(form) > 1 and form.count("(") == form.count(")")]
    return tuple(dict.fromkeys(found + [part for form in found if (part := _department(form))]))


def _department(form: str) -> str:
    """市场监管部门 for 市场监管局; empty where the form has no such ending."""
    stem = ENDING.sub("", form)
    return f"{stem}部门" if stem != form and len(stem) > 1 else ""


def _either(forms: Iterable[str], before: str = "", after: str = "") -> re.Pattern[str]:
    """A pattern whose group 1 is one of the forms, the longest first; no forms: nothing."""
    names = "|".join(re.escape(form) for form in sorted(forms, key=lambda f: (-len(f), f)))
    return re.compile(f"{before}({names}){after}" if names else r"(?!)()")
