"""Examples for the home page: questions in the words of those who ask, as data beside a document.

`examples.jsonl` holds one line an example: `{"who": "开店", "question": "…"}`. The questions are
shown only: they are neither searched nor embedded.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import DocumentError

FILE = "examples.jsonl"
LONGEST = 60  # characters of either


@dataclass(frozen=True)
class Spoken:
    """A question of a document as somebody of a walk of life asks it."""

    document: str
    who: str
    question: str


def read_examples(path: Path, document: str) -> tuple[Spoken, ...]:
    """The examples of a file, in its order; a missing file is an empty one.

    Raises:
        DocumentError: a line that is no such JSON, or a text that is empty, not printable or long.
    """
    if not path.is_file():
        return ()
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    return tuple(
        _parse_line(line, document, f"{path.name} 第 {place} 行")
        for place, line in lines
        if line.strip()
    )


def _parse_line(line: str, document: str, where: str) -> Spoken:
    try:
        record = json.loads(line)
        who, question = record["who"], record["question"]
    except (ValueError, KeyError, TypeError) as error:
        raise DocumentError(f'{where}：应为 {{"who": "…", "question": "…"}}（{error}）') from error
    for text in (who, question):
        sound = isinstance(text, str) and text.strip() and text.isprintable()
        if not sound or len(text) > LONGEST:
            raise DocumentError(f"{where}：who 和 question 都应是一行 1 到 {LONGEST} 字的文字")
    return Spoken(document, who.strip(), question.strip())
