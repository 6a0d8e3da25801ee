"""The examples of the home page, as data beside a document."""

from pathlib import Path

import pytest

from corpus.errors import DocumentError
from corpus.examples import FILE, Spoken, read_examples


def test_read_examples_keeps_the_order_and_missing_file_is_empty(tmp_path: Path) -> None:
    path = tmp_path / FILE
    assert read_examples(path, "d") == ()
    path.write_text(
        '{"who": "开店", "question": "要办证吗"}\n\n{"who": "报税", "question": "收钱吗"}\n',
        encoding="utf-8",
    )
    assert read_examples(path, "d") == (
        Spoken("d", "开店", "要办证吗"),
        Spoken("d", "报税", "收钱吗"),
    )


@pytest.mark.parametrize(
    "line",
    ["{", "7", '{"who": "开店"}', '{"who": "", "question": "x"}', '{"who": 1, "question": "x"}'],
)
def test_read_examples_bad_line_is_told_with_its_place(tmp_path: Path, line: str) -> None:
    (tmp_path / FILE).write_text(line, encoding="utf-8")
    with pytest.raises(DocumentError, match=r"examples\.jsonl 第 1 行"):
        read_examples(tmp_path / FILE, "d")
