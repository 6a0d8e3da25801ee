"""A fact question and its hits → the span that answers, word for word, and where it stands.

Every clause, number or name in the fields of the first hits' rows is a candidate. It is scored
by how much of the question's term weight its clause and its sentence hold, by the probability of
its measure, and by its form: whether it counts what was counted, ends as what was asked for, and
tells something that the question doesn't say itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from corpus.document import Measure, Span
from corpus.text import normalise, sentences
from index.search import Hit, Searcher
from index.views import sentence_texts
from service import spans
from service.composed import LONGEST
from service.rows import Rows, row_of
from service.wants import WHOLE, Wants

MEASURES, ROWS = 5, 3  # hits whose text is read, and hits whose whole row is
ROW, CONTENT = 0.7, 0.9  # what the rest of a row and the main content weigh beside a hit's text
# What the shares, the probability and the form weigh; chosen on questions of their own, see
# DECISIONS.md.
CLAUSE, SENTENCE, PRIOR, FORM, STALE, NEW = 1.0, 0.7, 1.0, 1.5, 1.2, 0.2
OWN = 0.7
REPEATED = 0.8  # a name of which the question holds so much tells nothing new
COSINE = 6.0  # e5 cosines differ by hundredths
NAMING = ("document", "platform")
AROUND, AFTER, NEAR = 10, 6, 0.5  # characters around a number, and what they weigh
UNNAMED = 0.0  # the form of a clause where a name or a number is asked for
COMMON = 0.1  # the least that a term weighs
STOP = frozenset("的了是在和与要还吗呢这那个有被把对到就都也我你他它们为从向让给用能会")

# A yes or no that the text says: first the words that can hardly mean anything else.
DECIDED = re.compile(r"无需|无须|不再|不需|不得|不予|不用|不涉及|取消|免于|免除|仅需|只需|不进行")
ALLOWED = re.compile(r"可|允许|必须|应当|需")
BODY = re.compile(spans.BODY)
DOING = re.compile(rf"由[^，。；]{{1,15}}{spans.BODY}")
MOMENT = re.compile(r"[后时前日]$|即|之日|以内")
FORMS = {
    "number": re.compile(r"\d|[^\W\d一二三四五六七八九十每]$"),
    "ratio": re.compile(r"[%％倍折]|分之"),
    "period": re.compile(r"[日天年月周]|小时|季度"),
    "amount": re.compile(r"元"),
    "contact": re.compile(r"\d{5}|@"),
}
RATE, BOUND = 0.4, 0.2  # the form of a rate for an amount; more where it is a most or a least
BOUNDS = (re.compile("最高|最多|至多|上限|封顶|不超过"), re.compile("最低|最少|至少|下限|不少于"))
DAYS = {"天": "[天日]", "日": "[天日]", "期": "周", "周": "周|星期"}
SAME = {"遍": "次", "回": "次", "趟": "次"}
SITES = ["平台", "系统", "app", "数据库", "信息库", "网站", "小程序", "端口", "入口"]
FILES = [
    *("方案", "条例", "办法", "规定", "规范", "规程", "细则", "指南", "指引", "意见", "标准"),
    *("清单", "名单", "目录", "制度", "书", "表", "报告", "单"),
]
ANY_FILE = ("文件", "法规", "规定")
VAGUE = re.compile(r"网络|线上|相关|有关|该|各|其他|统一|全流程")
SPECIFIC = 6  # a shorter name is said of many platforms


@dataclass(frozen=True)
class Place:
    """A field of a measure, and the probability that the question is about it."""

    measure: Measure
    field: str
    text: str
    prior: float


@dataclass(frozen=True)
class Finding:
    """A span that may answer, in the text of a place, and the sentence that it stands in.

    `share` is how much of the question's weight the sentence holds, `form` how well the span has
    the form that was asked for.
    """

    place: Place
    span: Span
    sentence: Span
    share: float
    form: float
    score: float

    @property
    def said(self) -> str:
        """The words of the span."""
        return self.place.text[self.span.start : self.span.end]


class FactReader:
    """Reads facts out of hits; remembers the terms of the texts that it has read."""

    def __init__(self, searcher: Searcher, rows: Rows) -> None:
        self._tokens = searcher.tokens
        self._words = searcher.index.words
        self._unknown = float(self._words.weights.max(initial=1.0))
        self._rows = rows
        self._sentences = dict(
            zip(sentence_texts(searcher.measures), searcher.index.sentences, strict=False)
        )
        self._terms = lru_cache(maxsize=20_000)(self._cut)
        self._weight = lru_cache(maxsize=20_000)(self._weigh)

    def read(
        self, wants: Wants, hits: Sequence[Hit], vector: NDArray[np.float32]
    ) -> tuple[Finding, ...]:
        """The findings of a question, best first, ties in the order of the hits.

        `vector` is the embedder's own of the question.
        """
        found = [
            finding
            for place in self._places(hits)
            for finding in self._findings(wants, place, vector)
        ]
        return tuple(sorted(found, key=lambda finding: -finding.score))

    def share(self, asked: str, text: str) -> float:
        """The share in [0, 1] of the term weight of what is asked that a text holds."""
        terms = self._terms(asked)
        total = self._total(terms)
        return self._total(terms & self._terms(text)) / total if total else 0.0

    def _total(self, terms: frozenset[str]) -> float:
        return sum(map(self._weight, terms))

    def _cut(self, text: str) -> frozenset[str]:
        return frozenset(self._tokens.terms(normalise(text))) - STOP

    def _weigh(self, term: str) -> float:
        number = self._words.vocabulary.get(term)
        return self._unknown if number is None else max(float(self._words.weights[number]), COMMON)

    def _repeats(self, wants: Wants, said: str) -> bool:
        """Whether a number or a name only says what the question says itself."""
        if wants.kind in NAMING:
            return self.share(said, wants.question) >= REPEATED
        return spans.fold(said) in wants.question

    def _cosine(self, sentence: str, vector: NDArray[np.float32]) -> float:
        """The cosine of a sentence to the question; 0 where the index has no sentences."""
        known = self._sentences.get(sentence)
        return 0.0 if known is None else float(known @ vector)

    def _places(self, hits: Sequence[Hit]) -> list[Place]:
        """The texts of the first hits; then main content and the other measures of their rows."""
        found = [Place(h.measure, "text", h.measure.text, h.score) for h in hits[:MEASURES]]
        seen = {h.measure.id for h in hits[:MEASURES]}
        best = {row_of(h.measure): h for h in reversed(hits[:ROWS])}
        for row, hit in best.items():
            if hit.measure.content:
                prior = CONTENT * hit.score
                found.append(Place(hit.measure, "content", hit.measure.content, prior))
            others = [m for m in self._rows.measures(row) if m.id not in seen]
            found += [Place(m, "text", m.text, ROW * hit.score) for m in others]
        return found

    def _findings(self, wants: Wants, place: Place, vector: NDArray[np.float32]) -> list[Finding]:
        whole, parts = Span(0, len(place.text)), sentences(place.text)
        found = []
        for span, context, form in candidates(wants, place.text):
            sentence = _around(parts, span, whole)
            own, near, share = (
                self.share(wants.topic, place.text[s.start : s.end])
                for s in (span, context, sentence)
            )
            said = place.text[span.start : span.end]
            if wants.kind in WHOLE:
                near = OWN * own + (1 - OWN) * near
                form += NEW * (1 - self.share(said, wants.question))
            elif self._repeats(wants, said):
                form -= STALE
            if form and wants.kind not in WHOLE:
                around = place.text[max(0, span.start - AROUND) : span.end + AFTER]
                form += NEAR * self.share(wants.beside, around)
            score = PRIOR * place.prior + CLAUSE * near + SENTENCE * share + FORM * form
            score += COSINE * self._cosine(place.text[sentence.start : sentence.end], vector)
            found.append(Finding(place, span, sentence, share, form, score))
        return found


def _around(parts: Sequence[Span], span: Span, whole: Span) -> Span:
    return next((part for part in parts if part.start <= span.start < part.end), whole)


def candidates(wants: Wants, text: str) -> list[tuple[Span, Span, float]]:
    """The spans of a text that may answer, their contexts, and how well they have the form."""
    windows = spans.windows(text, LONGEST)
    if wants.kind not in NAMING and wants.kind not in FORMS:
        return [(s, around, _decided(wants, text[s.start : s.end])) for s, around in windows]
    whole, parts = Span(0, len(text)), spans.clauses(text)
    if wants.kind in FORMS:
        named = _numbers(wants, text)
    elif wants.kind == "document":
        files = [s for s in spans.named(text, spans.FILE) if "《" not in text[s.start : s.end]]
        named = [(span, 1.0) for span in spans.titled(text)]
        named += [(span, _file(wants, text[span.start : span.end])) for span in files]
    else:
        sites = spans.named(text, spans.SITE)
        named = [(span, _site(wants, text[span.start : span.end])) for span in sites]
    found = [(span, _around(parts, span, whole), form) for span, form in named]
    return found + [(span, around, UNNAMED) for span, around in windows]


def _numbers(wants: Wants, text: str) -> list[tuple[Span, float]]:
    """Numbers that count what was asked; failing these, any number with a unit, for less."""
    unit = SAME.get(wants.unit[:1], wants.unit[:1]) + wants.unit[1:]
    folded = spans.fold(text)
    for length in range(len(unit), 0, -1):
        if found := spans.counted(folded, unit[:length]):
            return [(span, 1.0) for span in found]
    numbers = [(span, text[span.start : span.end]) for span in spans.numbers(text)]
    return [
        (span, _number(wants, said)) for span, said in numbers if not (unit and said.isdecimal())
    ]


def _number(wants: Wants, said: str) -> float:
    """How well a number has the form that was asked for; a rate may stand for an amount."""
    form = 0.0
    if FORMS[wants.kind].search(said):
        other = wants.unit and not re.search(DAYS.get(wants.unit[-1], wants.unit[-1]), said)
        form = 0.2 if other else 0.8
    elif wants.kind == "amount" and FORMS["ratio"].search(said):
        form = RATE
    bound = any(a.search(wants.question) and a.search(said) for a in BOUNDS)
    return form + BOUND if form and bound else form


def _file(wants: Wants, name: str) -> float:
    if wants.unit and wants.unit not in ANY_FILE:
        return 0.8 if name.endswith(wants.unit) else 0.3
    return 0.7 if any(name.endswith(end) for end in FILES if end in wants.question) else 0.5


def _site(wants: Wants, name: str) -> float:
    if VAGUE.match(name) or len(name) < SPECIFIC:
        return 0.2
    said = normalise(name)
    return 1.0 if any(end in wants.question and said.endswith(end) for end in SITES) else 0.6


def _decided(wants: Wants, window: str) -> float:
    if wants.kind == "moment":
        return 0.4 if MOMENT.search(window) else 0.0
    if wants.kind == "who":
        return 0.4 if DOING.search(window) else 0.2 if BODY.search(window) else 0.0
    if wants.kind != "yesno":
        return 0.0
    return 0.5 if DECIDED.search(window) else 0.2 if ALLOWED.search(window) else 0.0
