"""An extractive answer → the answer that is served: as it is, or told by a language model.

A model sees only the measures that were retrieved, marked as data, and each of its sentences
must cite one of them and stand on it, or is dropped and counted. Lists and refusals are computed
and stay so. Whatever goes wrong, the extractive answer is served and its `notice` says why.
"""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Protocol

from corpus.dates import say_month
from corpus.document import Cell, Document, Measure
from corpus.measures import split_units
from corpus.schema import is_blank
from index.search import Searcher
from service.answer import Answer
from service.cite import CELL_FIELDS, FIELDS, Citation, cite, cite_cell
from service.conditions import ORGANS
from service.llm.chat import ChatError, Endpoint, open_endpoint
from service.llm.grounding import cores, grounded
from service.llm.prompt import INSTRUCTIONS, compose
from service.llm.reply import Sentence, cut, read_sentence, thinks
from service.questions.check import bigrams
from service.settings import Settings

TOLD = ("measures", "fact")  # the kinds of answers that a model may tell
SOURCES = 8  # measures that it sees at most
LONGEST = 1_000  # characters of a sentence
BESIDE = (*ORGANS, "due", "duration", "scope", "other")  # columns that a sentence may speak of


@dataclass(frozen=True)
class Told:
    """An accepted sentence with its [n] marks, and the citations that they name."""

    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Done:
    """The answer to serve, last of all.

    `outcome` is `extractive` where no model was asked, `model` where it told the answer, else
    why it did not: a ChatError's outcome, or `ungrounded` where no sentence could be kept.
    """

    answer: Answer
    outcome: str
    dropped: int = 0


Event = Told | Done


class Generator(Protocol):
    """Gives an answer its words: any number of `Told`, then one `Done`."""

    @property
    def streaming(self) -> bool:
        """Whether there may be sentences to wait for."""

    def generate(self, searcher: Searcher, answer: Answer) -> AsyncGenerator[Event, None]:
        """Tell an extractive answer."""


class Extractive:
    """The answer as it was composed."""

    streaming = False

    async def generate(
        self,
        searcher: Searcher,  # noqa: ARG002 (the protocol's)
        answer: Answer,
    ) -> AsyncGenerator[Event, None]:
        """Nothing but the answer."""
        yield Done(answer, "extractive")


class ChatModel:
    """The answer in the words of a language model, where they stand on the measures."""

    streaming = True

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    async def generate(self, searcher: Searcher, answer: Answer) -> AsyncGenerator[Event, None]:
        """Each accepted sentence as it comes, then the answer; no failure of the model escapes."""
        if not answer.answerable or answer.kind not in TOLD:
            yield Done(answer, "extractive")
            return
        sources, units = sources_of(searcher, answer), cores(searcher.measures)
        told: tuple[Told, ...] = ()
        cited: tuple[Citation, ...] = ()
        dropped = 0
        try:
            async with aclosing(
                self._sentences(answer.understood or answer.question, sources)
            ) as sentences:
                async for sentence in sentences:
                    if not stands(sentence, sources, units):
                        dropped += 1
                        continue
                    new, cited = tell(searcher.documents, sentence, sources, cited)
                    told = (*told, new)
                    yield new
            if not told:
                raise ChatError("ungrounded", "的回复里没有一句有可核对的引文")
        except ChatError as error:
            notice = f"语言模型{error}，这里给出的是原文摘录。"
            yield Done(replace(answer, notice=notice), error.outcome, dropped)
            return
        yield Done(rewrite(searcher, answer, told, cited), "model", dropped)

    async def _sentences(
        self, question: str, sources: Sequence[Measure]
    ) -> AsyncGenerator[Sentence, None]:
        rest = ""
        prompt = compose(question, sources)
        async with aclosing(self._endpoint.reply(INSTRUCTIONS, prompt)) as texts:
            async for text in texts:
                whole, rest = cut(rest + text)
                if any(len(s) > LONGEST for s in (*whole, "" if thinks(rest) else rest)):
                    raise ChatError("broken", f"的回复有一句超过了 {LONGEST} 字")
                for sentence in whole:
                    yield read_sentence(sentence)
        for sentence in cut(rest, last=True)[0]:
            yield read_sentence(sentence)


def open_generator(settings: Settings) -> Generator:
    """The generator that the settings ask for.

    Raises:
        SetupError: a model is configured and its client is not installed.
    """
    endpoint = open_endpoint(settings)
    return Extractive() if endpoint is None else ChatModel(endpoint)


def sources_of(searcher: Searcher, answer: Answer) -> tuple[Measure, ...]:
    """The measures that a model sees: those that the answer cites, then the best hits."""
    cited = [searcher.measure(citation.measure) for citation in answer.citations]
    found = {m.id: m for m in (*cited, *(hit.measure for hit in answer.hits))}
    return tuple(found.values())[:SOURCES]


def stands(sentence: Sentence, sources: Sequence[Measure], units: frozenset[str]) -> bool:
    """Whether a sentence cites given measures only, at least one, and stands on them."""
    numbers = sentence.numbers
    if not numbers or not all(1 <= n <= len(sources) for n in numbers):
        return False
    return grounded(sentence.text, [sources[n - 1] for n in numbers], units)


def tell(
    documents: Mapping[str, Document],
    sentence: Sentence,
    sources: Sequence[Measure],
    cited: tuple[Citation, ...],
) -> tuple[Told, tuple[Citation, ...]]:
    """A sentence with its marks renumbered, and all citations so far with its own behind them."""
    known = {(citation.measure, citation.field): citation for citation in cited}
    used: dict[int, Citation] = {}
    text = ""
    for piece in sentence.pieces:
        marks: dict[int, Citation] = {}
        for measure in (sources[n - 1] for n in piece.numbers):
            for field in fields_of(sentence.text, measure):
                key = (measure.id, field)
                if key not in known:
                    known[key] = _cite(documents, measure, field, len(known) + 1)
                marks[known[key].n] = known[key]
        text += (
            piece.text.rstrip() + " " + "".join(f"[{n}]" for n in marks) if marks else piece.text
        )
        used |= marks
    return Told(text + sentence.stop, tuple(used.values())), tuple(known.values())


def _cite(documents: Mapping[str, Document], measure: Measure, field: str, n: int) -> Citation:
    """The citation of a field, or of the column of that name."""
    if field in FIELDS:
        return cite(documents, measure, field, n)
    cell = next(cell for cell in measure.columns if cell.name == field)
    return cite_cell(documents, measure, cell, n)


def fields_of(text: str, measure: Measure) -> tuple[str, ...]:
    """The fields of a measure that a sentence speaks of: the contract's, else columns' own names.

    The nearest of text, main content and title, and of the row's other cells those whose words it
    says that do not stand there: an organ by its name, a month in words, a term as it is written.
    """
    pairs = bigrams(text)
    near = max(
        (field for field in ("text", "content", "title") if field in measure.spans),
        key=lambda field: len(pairs & bigrams(getattr(measure, field))),
    )
    said: str = getattr(measure, near)
    beside = [
        CELL_FIELDS.get(cell.role, cell.name)
        for cell in measure.cells(*BESIDE)
        if any(word in text and word not in said for word in _words(cell, measure))
    ]
    return (near, *dict.fromkeys(beside))


def _words(cell: Cell, measure: Measure) -> Sequence[str]:
    """What a sentence may say of a cell; nothing of one that says nothing."""
    if is_blank(cell.value):
        return ()
    if cell.role == "due":
        return (cell.value, say_month(measure.due)) if measure.due else (cell.value,)
    return split_units(cell.value) if cell.role in ORGANS else (cell.value,)


def rewrite(
    searcher: Searcher, answer: Answer, told: Sequence[Told], cited: tuple[Citation, ...]
) -> Answer:
    """The answer in the model's sentences; the short answer stays, and so does its evidence."""
    short = answer.short_answer
    if short and not any(short in citation.quote for citation in cited):
        known = {(citation.measure, citation.field) for citation in cited}
        kept = [c for c in answer.citations if (c.measure, c.field) not in known]
        cited += tuple(replace(c, n=n) for n, c in enumerate(kept, len(cited) + 1))
    measures = {m.order: m for m in (searcher.measure(citation.measure) for citation in cited)}
    return replace(
        answer,
        answer="".join(sentence.text for sentence in told),
        citations=cited,
        items=tuple(dict.fromkeys((m.document, m.item) for _, m in sorted(measures.items()))),
    )


async def settle(
    generator: Generator,
    searcher: Searcher,
    answer: Answer,
    heard: Callable[[Told], object] = lambda told: None,  # noqa: ARG005
) -> Done:
    """The answer to serve; `heard` is given each sentence as it comes."""
    async with aclosing(generator.generate(searcher, answer)) as events:
        async for event in events:
            if isinstance(event, Done):
                return event
            heard(event)
    raise AssertionError("a generator ends with Done")
