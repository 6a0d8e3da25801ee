"""Question files in SQuAD form → training examples: a question, a window of text, its span.

SQuAD after Rajpurkar et al. 2016 (https://arxiv.org/abs/1606.05250) and 2018 with questions that
have no answer (https://arxiv.org/abs/1806.03822).
"""

import json
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from corpus.document import Span
from corpus.errors import InputError
from corpus.text import normalise

SHORTEST, LONGEST = 40, 250  # characters of a window: as long as rows and clauses are
REACH = 2 * LONGEST  # characters of a sentence that are kept before and after an answer
SENTENCE = re.compile(r"[^。！？!?；;]*[。！？!?；;]?")
LABELLED = 0.3  # share of windows written as a row is, under columns' names
FOREIGN = 0.35  # share of questions that are asked of a window without the answer, too
COLUMNS = (("标题", "内容"), ("名称", "说明"), ("事项", "主要内容"))


@dataclass(frozen=True)
class Example:
    """A question with a window; `span` is the answer's characters in it, None where it has none."""

    question: str
    window: str
    span: Span | None


@dataclass(frozen=True)
class _Asked:
    """A question with the paragraph that it was asked of; `span` as in an Example."""

    question: str
    title: str
    text: str
    span: Span | None

    @property
    def answer(self) -> str | None:
        """The answer's text."""
        return None if self.span is None else self.text[self.span.start : self.span.end]


def read_squad(path: Path, *, seed: int = 0, whole: bool = False) -> tuple[Example, ...]:
    """Read a SQuAD file; each question gives one window, some a second one without an answer.

    Args:
        path: the file.
        seed: of the lots that windows are drawn by.
        whole: its paragraphs are windows as they stand.

    Raises:
        InputError: the file is not in SQuAD form; the message names it.
    """
    try:
        articles = json.loads(path.read_text(encoding="utf-8"))["data"]
        chance = random.Random(seed)  # noqa: S311
        read = _whole if whole else _examples
        return tuple(example for article in articles for example in read(article, chance))
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise InputError(f"{path} 不是 SQuAD 格式的问答文件：{error!r}") from error


def _examples(article: Mapping[str, Any], chance: random.Random) -> Iterator[Example]:
    paragraphs, title = article["paragraphs"], article.get("title", "")
    for paragraph in paragraphs:
        for record in paragraph["qas"]:
            asked = _asked(record, title, paragraph["context"])
            if asked.span is None:
                yield from _unanswered(asked, asked.text, chance)
                continue
            yield _labelled(asked, _window(asked.text, asked.span, chance), chance)
            if chance.random() < FOREIGN:
                other = chance.choice(paragraphs)["context"] if len(paragraphs) > 1 else asked.text
                yield from _unanswered(asked, other, chance)


def _whole(article: Mapping[str, Any], _: random.Random) -> Iterator[Example]:
    """Each question with its paragraph."""
    for paragraph in article["paragraphs"]:
        for record in paragraph["qas"]:
            asked = _asked(record, "", paragraph["context"])
            yield Example(asked.question, asked.text, asked.span)


def _asked(record: Mapping[str, Any], title: str, text: str) -> _Asked:
    """A question of a paragraph with the first of its answers."""
    question = normalise(record["question"])
    if not record["answers"]:
        return _Asked(question, title, text, None)
    answer, start = record["answers"][0]["text"], record["answers"][0]["answer_start"]
    span = Span(start, start + len(answer))
    if not answer.strip() or text[span.start : span.end] != answer:
        raise ValueError(f"问题“{question}”的答案“{answer}”不在段落的第 {start} 字")
    return _Asked(question, title, text, span)


def _unanswered(asked: _Asked, text: str, chance: random.Random) -> Iterator[Example]:
    """The question asked of a window of some text without its answer, if there is one."""
    window = _away(text, asked.answer, chance)
    if window:
        yield _labelled(replace(asked, text=text, span=None), window, chance)


def _sentences(text: str) -> list[Span]:
    return [Span(*found.span()) for found in SENTENCE.finditer(text) if found.group().strip()]


def _window(text: str, answer: Span, chance: random.Random) -> Span:
    """Whole sentences round an answer, up to a length drawn by lot."""
    limit = chance.randint(SHORTEST, LONGEST)
    sentences = _sentences(text)
    held = [i for i, s in enumerate(sentences) if s.start < answer.end and answer.start < s.end]
    first, last = held[0], held[-1]
    while True:
        grown = [(first - 1, last), (first, last + 1)]
        chance.shuffle(grown)
        fitting = [
            (low, high)
            for low, high in grown
            if low >= 0
            and high < len(sentences)
            and sentences[high].end - sentences[low].start <= limit
        ]
        if not fitting:
            break
        first, last = fitting[0]
    return Span(
        max(sentences[first].start, answer.end - REACH),
        min(sentences[last].end, answer.start + REACH),
    )


def _away(text: str, answer: str | None, chance: random.Random) -> Span | None:
    """Some sentences of a text that do not hold an answer; None if there are none."""
    limit = chance.randint(SHORTEST, LONGEST)
    sentences = _sentences(text)
    chance.shuffle(sentences)
    for sentence in sentences:
        span = Span(sentence.start, min(len(text), max(sentence.end, sentence.start + limit)))
        if answer is None or answer not in text[span.start : span.end]:
            return span
    return None


def _labelled(asked: _Asked, window: Span, chance: random.Random) -> Example:
    """The window, sometimes behind “标题：…。内容：”, as a row is written out."""
    lead = ""
    if chance.random() < LABELLED and asked.title:
        name, body = chance.choice(COLUMNS)
        lead = f"{name}：{asked.title}。{body}："
    span = asked.span
    if span is not None:
        shift = len(lead) - window.start
        span = Span(span.start + shift, span.end + shift)
    return Example(asked.question, lead + asked.text[window.start : window.end], span)
