"""The columns of the loaded documents, and their mentions in a question: units, months, aspects.

Names that follow from the columns are made by rule; all others stand in `units.tsv`. Texts are
normalised on both sides, so that full width, traditional characters and case don't matter.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.document import Document, Measure
from corpus.errors import DocumentError
from corpus.text import NUMERAL, normalise, parse_numeral
from index.query import sounds_of
from service.lists.months import MonthMention, months_in

ALIASES = Path(__file__).parent / "units.tsv"
PLACE = re.compile(r"^[一-鿿]{2,4}?[市省州盟县区旗]")
PREFIX = re.compile(r"^(?:市委|省委|区委|县委|国务院|国家(?!税务)|中国|最高|[省市区县州](?!级))")
BRACKETS = re.compile(r"\(([^()]*)\)")
ENDING = re.compile(r"(?:管理局|局|委员会|委|办公室|办|厅)$")
BEFORE = r"(?:(?:我们|咱们|本|我|咱)?[省市]的?|本地|当地|国家)?"
ORGAN = re.compile(r"[局委办厅院会关行部司县府队方联]$|部门$|中心$|公司$|集团$|机关$|管委会\)?$")
# A short name without such an ending (税务, 消防) names the unit only where a role follows,
# at once or after further names: 发改或者财政牵头.
ROLES = (
    r"(?=(?:(?:或者?|和|与|跟|以及|、)[一-鿿]{2,6}?){0,2}"
    r"(?:也|都|又|只|仅|来|不|没|有|是|作为|当|做|列为|为|担任|口|系统|那边)*"
    r"(?:牵头|负责|主管|主抓|主办|主导|配合|参与|协助|协办|责任单位|责任部门))"
)
LOOSE = 4  # an aspect may be named by so many characters of its title that no other title has
MARKER = r"(?:的|等|相关|有关|类|这个?|那个?|改革)?(?:方面|领域|板块|部分|大类|类|章|块|范畴)"
NTH = re.compile(
    rf"第({NUMERAL})(?:个|大|块)*(?:方面|板块|部分|大类|章)"
    rf"|(?:{NUMERAL}[个大])?(?:方面|板块|部分)(?:里面?|中|当中)?的?第({NUMERAL})[个大块]+"
)


@dataclass(frozen=True)
class UnitMention:
    """A unit named at `start` to `end` of a text: any of `names`, as the columns have them."""

    names: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True)
class AspectMention:
    """An aspect named at `start` to `end` of a text: any of `titles`, as documents have them."""

    titles: tuple[str, ...]
    start: int
    end: int


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
        cells = [normalise(cell) for cell in line.split("\t")]
        if len(cells) != 2 or not all(cells):
            raise DocumentError(f"{path.name} 第 {place} 行：应是“叫法⇥名称”两列，中间一个制表符")
        found.append(Alias(cells[0], cells[1]))
    return tuple(found)


def places_of(documents: Iterable[Document]) -> tuple[str, ...]:
    """The places that issuers and titles begin with, with and without 市, longest first."""
    full = {
        f[0] for d in documents for t in (d.issuer, d.title) if (f := PLACE.match(normalise(t)))
    }
    return tuple(sorted(full | {name[:-1] for name in full}, key=lambda name: (-len(name), name)))


class Columns:
    """Loads once from the measures and the alias file; then finds mentions in questions."""

    def __init__(
        self,
        measures: Sequence[Measure],
        documents: Mapping[str, Document],
        aliases: Sequence[Alias] | None = None,
    ) -> None:
        self.measures = measures
        self.places = places_of(documents.values())
        self.headings = tuple(dict.fromkeys(normalise(m.title) for m in measures))
        self.titles = tuple(normalise(document.title) for document in documents.values())
        self.months = tuple(sorted({m.due for m in measures if m.due}))
        self.years = tuple(sorted({month[:4] for month in self.months}))
        self.aspects = tuple(dict.fromkeys(m.aspect for m in measures if m.aspect))
        self.units = tuple(
            dict.fromkeys(u for m in measures for u in m.lead_units + m.responsible_units)
        )
        known = read_aliases() if aliases is None else aliases
        self._forms, self._stems = self._unit_forms(known)
        place = "|".join(map(re.escape, self.places))
        before = f"(?:{place})?{BEFORE}" if place else BEFORE
        self._unit = _either(self._forms, before)
        self._stem = _either(self._stems, before, ROLES)
        self._sounds = {sounds_of(form): form for form in self._forms if len(form) > 2}
        self._aspect_forms = self._aspect_names(known)
        sure = [form for form in self._aspect_forms if len(form) >= LOOSE]
        self._aspect = _either(sure)
        short = [form for form in self._aspect_forms if len(form) < LOOSE]
        beside = "|".join(map(re.escape, short)) or "(?!)"
        self._short_aspect = _either(short, "", f"(?=(?:[和与及、](?:{beside}))?{MARKER})")

    def units_in(self, text: str) -> tuple[UnitMention, ...]:
        """The units that a normalised text names, longest names first, without overlap."""
        found = [
            UnitMention(self._forms[match[1]], match.start(), match.end())
            for match in self._unit.finditer(text)
        ]
        found += [
            UnitMention(self._stems[match[1]], match.start(), match.end())
            for match in self._stem.finditer(text)
            if not any(m.start < match.end() and match.start() < m.end for m in found)
        ]
        return _joined(sorted(found, key=lambda mention: mention.start), text)

    def months_in(self, text: str) -> tuple[MonthMention, ...]:
        """The months that a normalised text names; without a year, those of the columns' years."""
        return months_in(text, self.years)

    def aspects_in(self, text: str) -> tuple[AspectMention, ...]:
        """The aspects that a normalised text names by key words or by their place."""
        found: list[AspectMention] = []
        for match in NTH.finditer(text):
            place = parse_numeral(match[1] or match[2])
            titles = tuple(self.aspects[place - 1 : place]) if place else ()
            found.append(AspectMention(titles, match.start(), match.end()))
        for pattern in (self._aspect, self._short_aspect):
            for match in pattern.finditer(text):
                if any(m.start < match.end() and match.start() < m.end for m in found):
                    continue
                titles = self._aspect_forms[match[1]]
                found.append(_grown(AspectMention(titles, match.start(), match.end()), text))
        return tuple(sorted(found, key=lambda mention: mention.start))

    def mend(self, text: str) -> str:
        """A stretch of text with the units put right that sound like it: 税物局 → 税务局."""
        sounds = sounds_of(text)
        for length in range(min(9, len(text)), 2, -1):
            for start in range(len(text) - length + 1):
                form = self._sounds.get(sounds[start : start + length])
                if form:
                    return text[:start] + form + text[start + length :]
        return text

    def _unit_forms(
        self, aliases: Sequence[Alias]
    ) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
        """Forms of names → the units they mean: those that stand alone, and the loose ones.

        A unit's own name wins over a rule, a rule over an alias.
        """
        own = {normalise(unit): (unit,) for unit in self.units}
        ruled: dict[str, list[str]] = defaultdict(list)
        for unit in self.units:
            for form in unit_forms(normalise(unit), self.places):
                ruled[form].append(unit)
        forms = {form: tuple(units) for form, units in ruled.items()} | own
        loose: dict[str, tuple[str, ...]] = {}
        for alias in aliases:
            units = self._named(alias.official, forms)
            if not units:
                continue
            kept = forms if ORGAN.search(alias.said) else loose
            kept.setdefault(alias.said, units)
            if part := _department(alias.said):
                forms.setdefault(part, units)
        for form, units in forms.items():
            stem = ENDING.sub("", form)
            if len(stem) > 1 and stem not in forms:
                loose.setdefault(stem, units)
        return forms, loose

    def _named(self, official: str, forms: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        """The units of an official name: of that name, else ending in it, else holding it."""
        if official in forms:
            return forms[official]
        bare = {unit: BRACKETS.sub("", normalise(unit)) for unit in self.units}
        ending = tuple(unit for unit, name in bare.items() if name.endswith(official))
        return ending or tuple(unit for unit in self.units if official in normalise(unit))

    def _aspect_names(self, aliases: Sequence[Alias]) -> dict[str, tuple[str, ...]]:
        """Every stretch of four characters or more that one aspect alone has, and the aliases."""
        owners: dict[str, set[str]] = defaultdict(set)
        for title in self.aspects:
            name = normalise(title)
            for start in range(len(name)):
                for end in range(start + LOOSE, len(name) + 1):
                    owners[name[start:end]].add(title)
        names = {form: tuple(titles) for form, titles in owners.items() if len(titles) == 1}
        for alias in aliases:
            titles = tuple(a for a in self.aspects if alias.official in normalise(a))
            if titles and alias.said not in names:
                names[alias.said] = titles
        return names


def _grown(mention: AspectMention, text: str) -> AspectMention:
    """A mention with the pairs of characters beside it that its title has too: 准入退出 机制."""
    title = "".join(map(normalise, mention.titles))
    start, end = mention.start, mention.end
    while len(pair := text[end : end + 2]) == 2 and pair in title:
        end += 2
    while start >= 2 and text[start - 2 : start] in title:
        start -= 2
    return AspectMention(mention.titles, start, end)


def unit_forms(name: str, places: Sequence[str]) -> tuple[str, ...]:
    """The short forms of a normalised unit name that follow from it by rule.

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


def _joined(found: Sequence[UnitMention], text: str) -> tuple[UnitMention, ...]:
    """A unit that is named twice with nothing but brackets between is named once."""
    joined: list[UnitMention] = []
    for mention in found:
        last = joined[-1] if joined else None
        if last and last.names == mention.names and not text[last.end : mention.start].strip("( )"):
            closed = text[mention.end : mention.end + 1] == ")"
            joined[-1] = UnitMention(last.names, last.start, mention.end + closed)
        else:
            joined.append(mention)
    return tuple(joined)
