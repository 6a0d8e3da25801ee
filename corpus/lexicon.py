"""口语→公文: what people say → what documents write, as an editable file.

One entry a line, `开分店⇥分支机构、一照多址`: the spoken form, a tab, the official terms. Lines
that begin with # are comments.
"""

from dataclasses import dataclass
from pathlib import Path

from corpus.errors import DocumentError
from corpus.text import normalise

BUNDLED = Path(__file__).parent / "data" / "lexicon.tsv"
BETWEEN = "、"


@dataclass(frozen=True)
class Entry:
    """A spoken form and the official terms for it, as written in the file."""

    spoken: str
    official: tuple[str, ...]


def read_lexicon(path: Path = BUNDLED) -> tuple[Entry, ...]:
    """Read a lexicon, in file order.

    Raises:
        DocumentError: it cannot be read, or a line has no two columns, an empty term, a term
            given twice, or a spoken form that stands on an earlier line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentError(f"读不了词表 {path}（{error}）；应是 UTF-8 文本") from error
    found: list[Entry] = []
    seen: dict[str, int] = {}
    for place, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        where = f"{path.name} 第 {place} 行"
        entry = _parse_line(line, where)
        key = normalise(entry.spoken)
        if key in seen:
            raise DocumentError(f"{where}：“{entry.spoken}”与第 {seen[key]} 行重复")
        seen[key] = place
        found.append(entry)
    return tuple(found)


def _parse_line(line: str, where: str) -> Entry:
    columns = [column.strip() for column in line.split("\t")]
    if len(columns) != 2:
        raise DocumentError(f"{where}：应是“口语⇥公文”两列，中间一个制表符")
    spoken, official = columns[0], tuple(term.strip() for term in columns[1].split(BETWEEN))
    keys = [normalise(term) for term in (spoken, *official)]
    if not all(keys):
        raise DocumentError(f"{where}：有一个空的词")
    if len(set(keys)) < len(keys):
        raise DocumentError(f"{where}：有一个词写了两遍")
    return Entry(spoken, official)
