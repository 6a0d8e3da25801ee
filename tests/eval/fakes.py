"""A small searcher with the methods that the harness calls: hits are looked up, not searched."""

import hashlib
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import cast

from corpus.document import Document, Measure, Span
from corpus.errors import InputError
from index.related import Related
from index.search import Arms, Hit, Result, Searcher
from service.answer import Answer
from service.cite import Citation
from tests.fakes import FakeEmbedder

TEXT = "扩大“一照多址”适用范围。\n\t30日内办结，由\n市税务局牵头。\n推行告知承诺。"
SHA256 = hashlib.sha256(TEXT.encode("utf-8")).hexdigest()
DOCUMENT = Document("hz-2022", "清单", "", "", "", TEXT, SHA256)


def measure(name: str, text: str = "", document: str = "hz-2022") -> Measure:
    """A measure with the id `{document}:{name}`."""
    item, row, number = map(int, name.split("."))
    return Measure(
        document=document,
        aspect="一、方面",
        item=item,
        title=f"事项{item}",
        content="",
        row=row,
        scope="",
        number=number,
        text=text or f"举措{name}",
        lead_units=(),
        responsible_units=(),
        due="",
        applicable=True,
        path=(),
        spans={"text": Span(0, 1)},
    )


class FakeSearcher:
    """Answers from `ranked`: (mode, query) or query → measure ids without document, best first."""

    def __init__(
        self,
        measures: Sequence[Measure],
        ranked: Mapping[str | tuple[str, str], Sequence[str]],
    ) -> None:
        self.measures = tuple(measures)
        self.documents = {DOCUMENT.id: DOCUMENT}
        self.embedder = FakeEmbedder()
        self.tokens = SimpleNamespace(dictionary=("分支机构",))
        self._ranked = ranked
        self._by_name = {f"{m.item}.{m.row}.{m.number}": m for m in measures}

    def search(self, query: str, *, k: int = 10, mode: str = "hybrid") -> Result:
        """Look the hits up; every score is 0.5, so that all of them are ties."""
        if len(query) > 2_000:
            raise InputError("问题太长")
        names = self._ranked.get((mode, query), self._ranked.get(query, ()))
        hits = tuple(
            Hit(rank, 0.5, self._by_name[name], (), "text", "", Arms(0, 0, rank, rank))
            for rank, name in enumerate(names[:k], 1)
        )
        vector = self.embedder.encode_queries([query])[0]
        return Result(query, query, hits, hits[0].score if hits else 0.0, vector)

    def related(self, name: str, *, k: int = 10) -> tuple[Related, ...]:
        """Every other measure, in order."""
        return tuple(related(m) for m in self.measures if m.id != name)[:k]


def fake_searcher(
    names: Sequence[str], ranked: Mapping[str | tuple[str, str], Sequence[str]]
) -> Searcher:
    """A fake searcher over measures of `hz-2022`, typed as the real one."""
    return cast(Searcher, FakeSearcher([measure(name) for name in names], ranked))


def related(found: Measure) -> Related:
    """A related measure."""
    return Related(measure=found, score=0.5, reason="")


def citation(quote: str, *, measure: str = "hz-2022:1.1.1", sha256: str = SHA256) -> Citation:
    """A citation of the words of TEXT, which may be given without its layout whitespace."""
    start = TEXT.find(quote)
    return Citation(
        n=1,
        measure=measure,
        field="text",
        quote=quote,
        start=start,
        end=start + len(quote),
        sha256=sha256,
    )


def answer(
    short: str | None,
    *,
    kind: str = "fact",
    confidence: float = 0.9,
    items: Sequence[tuple[str, int]] = (),
    citations: Sequence[Citation] = (),
) -> Answer:
    """An answer; kind "none" is a refusal."""
    return Answer(
        question="",
        kind=kind,
        standing="refused" if kind == "none" else "answered",
        confidence=confidence,
        short_answer=short,
        answer=f"{short}[1]" if citations else "",
        items=tuple(items),
        citations=tuple(citations),
        hits=(),
        nearest=(),
    )
