"""常见问法: questions by which a measure or a whole item can be found, as data beside a document.

`questions.jsonl` holds one line a target: `{"target": "1.1.1", "questions": ["…", …]}` for a
measure, `{"target": "1", …}` for an item. `unanswerable.jsonl` has the same form: questions on
an item's topic (or with the target "" on anything) that the document does not answer.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.document import Measure
from corpus.errors import DocumentError
from corpus.text import normalise

FILE = "questions.jsonl"
UNANSWERABLE = "unanswerable.jsonl"


@dataclass(frozen=True)
class Question:
    """One way of asking: `row` and `number` are 0 where it asks for the whole item.

    `item` is 0 where an unanswerable question is about no item at all.
    """

    document: str
    item: int
    row: int
    number: int
    text: str

    @property
    def target(self) -> str:
        """What it asks for: `1` for an item, `1.1.1` for a measure, nothing for neither."""
        if self.item == 0:
            return ""
        return str(self.item) if self.row == 0 else f"{self.item}.{self.row}.{self.number}"


def read_questions(path: Path, document: str, measures: Sequence[Measure]) -> tuple[Question, ...]:
    """Read a question file, in file order; a missing file is an empty one.

    Raises:
        DocumentError: a line that is no such JSON, an unknown target, or a question given twice.
    """
    targets = {str(m.item) for m in measures} | {m.id.split(":")[1] for m in measures}
    return _read(path, document, targets)


def read_unanswerable(
    path: Path, document: str, measures: Sequence[Measure]
) -> tuple[Question, ...]:
    """Read a file of questions that the document does not answer; a missing file is an empty one.

    Raises:
        DocumentError: as `read_questions`; targets are items, or "" for none.
    """
    return _read(path, document, {str(m.item) for m in measures} | {""})


def _read(path: Path, document: str, targets: set[str]) -> tuple[Question, ...]:
    if not path.is_file():
        return ()
    found: list[Question] = []
    seen: dict[str, int] = {}
    for place, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        where = f"{path.name} 第 {place} 行"
        target, texts = _parse_line(line, where)
        if target not in targets:
            raise DocumentError(f"{where}：文档 {document} 里没有“{target}”")
        item, row, number = ([int(part) for part in target.split(".") if part] + [0, 0, 0])[:3]
        for text in texts:
            key = normalise(text)
            if not key:
                raise DocumentError(f"{where}：有一个空的问法")
            if key in seen:
                raise DocumentError(f"{where}：问法“{text}”与第 {seen[key]} 行重复")
            seen[key] = place
            found.append(Question(document, item, row, number, text))
    return tuple(found)


def _parse_line(line: str, where: str) -> tuple[str, list[str]]:
    try:
        record = json.loads(line)
        target, texts = record["target"], record["questions"]
    except (ValueError, KeyError, TypeError) as error:
        raise DocumentError(
            f'{where}：应为 {{"target": "1.1.1", "questions": ["…"]}}（{error}）'
        ) from error
    whole = isinstance(texts, list) and all(isinstance(text, str) for text in texts)
    if not isinstance(target, str) or not whole:
        raise DocumentError(f"{where}：target 应是字符串，questions 应是字符串的列表")
    return target, list(texts)
