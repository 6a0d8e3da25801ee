"""A normalised question → tags: one longest-match pass over word tables and the documents' names.

The words stand in `words.tsv`; names, dates and columns come from the documents. What no table
explains is a tag of kind `left`: it says what the question is about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from corpus.errors import DocumentError
from corpus.text import normalise

FILE = Path(__file__).parent / "words.tsv"
STOPS = ",;。!?:()[]"
MARKS = ' “”"‘’「」『』'  # say nothing by themselves


@dataclass(frozen=True)
class Tag:
    """A stretch of a question: its kind, its place, and what it names (`means`, by its kind)."""

    kind: str
    text: str
    start: int
    means: Any = None

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)


@dataclass(frozen=True)
class Word:
    """A row of the word table: a kind, its forms, and an example that has one of them."""

    kind: str
    forms: tuple[str, ...]
    example: str


def read_table(path: Path = FILE) -> tuple[Word, ...]:
    """Read the word table, in file order.

    Raises:
        DocumentError: a row has not three filled columns.
    """
    rows = []
    for place, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) != 3 or not all(cell.strip() for cell in cells):
            raise DocumentError(f"{path.name} 第 {place} 行：应是“词类⇥写法⇥例句”三列")
        forms = tuple(normalise(form) for form in cells[1].split())
        rows.append(Word(cells[0], forms, cells[2]))
    return tuple(rows)


@cache
def words() -> Mapping[str, str]:
    """Each form's kind; of a form in two rows the first one's."""
    kinds: dict[str, str] = {}
    for row in read_table():
        for form in row.forms:
            kinds.setdefault(form, row.kind)
    return kinds


@cache
def _longest() -> int:
    return max(map(len, words()))


def cut(text: str, named: Sequence[Tag] = ()) -> tuple[Tag, ...]:
    """Cut a normalised question into tags that cover it.

    Args:
        text: normalised.
        named: names and dates that were found in it, which win over words; the longer of two
            that overlap wins, then the earlier given.
    """
    taken = _apart(named)
    found: list[Tag] = []
    at = left = 0
    while at < len(text):
        tag = _word(text, at, taken) or taken.get(at)
        if tag is None:
            at += 1
            continue
        if left < at:
            found.append(Tag("left", text[left:at], left))
        found.append(tag)
        at = left = tag.end
    if left < len(text):
        found.append(Tag("left", text[left:], left))
    return tuple(found)


def _apart(named: Sequence[Tag]) -> Mapping[int, Tag]:
    """The names by their start, without those that a longer one overlaps."""
    kept: dict[int, Tag] = {}
    inner = [tag for tag in named if tag.kind != "quote"]
    for tag in sorted(named, key=lambda tag: -len(tag.text)):
        if tag.kind == "quote" and _named_whole(tag, inner):
            continue
        if all(tag.end <= other.start or other.end <= tag.start for other in kept.values()):
            kept[tag.start] = tag
    return kept


def _named_whole(quote: Tag, inner: Sequence[Tag]) -> bool:
    """Whether what stands in quotes is a name by itself."""
    return any(
        quote.start <= tag.start and tag.end <= quote.end and len(tag.text) >= len(quote.means)
        for tag in inner
    )


def _word(text: str, at: int, taken: Mapping[int, Tag]) -> Tag | None:
    """The longest word at a place that cuts no name in two; a name wins unless it is shorter."""
    if text[at] in STOPS and at not in taken:
        return Tag("stop", text[at], at)
    if text[at] in MARKS and at not in taken:
        return Tag("fill", text[at], at)
    least = len(taken[at].text) if at in taken else 0
    for length in range(min(_longest(), len(text) - at), least, -1):
        form, end = text[at : at + length], at + length
        if form in words() and all(
            not at < tag.end or not tag.start < end or (at <= tag.start and tag.end <= end)
            for tag in taken.values()
        ):
            return Tag(words()[form], form, at)
    return None


# Words that part what a question is about from the rest of it; all others may be within a name.
PARTING = frozenset("的了是在有和与及跟由把请问我你被")
FIELDS = ("方面", "领域", "板块", "部分", "大类", "类", "这块", "那块", "块", "改革")
WITHIN = (
    "fill",
    "not",
    "join",
    "item",
    "charge",
    "unit",
    "count",
    "touch",
    "off",
    "amount",
    "only",
)


def merge(tags: Sequence[Tag], said: str) -> tuple[Tag, ...]:
    """Tags whose left words take in those beside them that the documents say with them.

    金融监 and 管 are 金融监管 where the documents have it.
    """
    found = list(tags)
    place = 0
    while place < len(found):
        tag = found[place]
        if tag.kind == "left":
            first, last = place, place
            while last + 1 < len(found) and _within(found, first, last + 1, said):
                last += 1
            while first and _within(found, first - 1, last, said):
                first -= 1
            if (first, last) != (place, place):
                text = "".join(t.text for t in found[first : last + 1])
                found[first : last + 1] = [Tag("left", text, found[first].start)]
                place = first
        place += 1
    return tuple(found)


def _within(tags: Sequence[Tag], first: int, last: int, said: str) -> bool:
    """Whether the tags from first to last are one stretch of what the documents say."""
    edges = [tag for tag in (tags[first], tags[last]) if tag.kind != "left"]
    fits = all(tag.kind in WITHIN and tag.text not in (*PARTING, *FIELDS) for tag in edges)
    return fits and "".join(tag.text for tag in tags[first : last + 1]) in said
