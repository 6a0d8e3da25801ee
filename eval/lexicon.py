"""What each entry of the lexicon does to the evaluation queries that say it."""

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.errors import InputError
from corpus.lexicon import Entry
from corpus.text import normalise
from eval.dataset import Qrels, Query
from eval.metrics import HEADLINE, mean, per_query
from eval.retrieval import run_mode
from eval.tables import table
from index.lexicon import Lexicon
from index.search import Searcher


@dataclass(frozen=True)
class Effect:
    """One query's nDCG@10 with the whole lexicon, and without one entry of it."""

    query: Query
    served: float
    without: float

    @property
    def delta(self) -> float:
        """What the entry brings."""
        return self.served - self.without


@dataclass(frozen=True)
class EntryReport:
    """An entry and the queries that say it; `delta` is the sum of what it brings to them."""

    entry: Entry
    queries: int
    delta: float
    helped: tuple[Effect, ...]
    hurt: tuple[Effect, ...]


@dataclass(frozen=True)
class LexiconReport:
    """The whole lexicon: mean nDCG@10 with and without it, and its entries, best first.

    `entries` are those that some query says; `silent` counts the others.
    """

    mode: str
    queries: int
    served: float
    without: float
    silent: int
    entries: tuple[EntryReport, ...]


def judge_lexicon(
    searcher: Searcher, queries: Sequence[Query], qrels: Qrels, mode: str
) -> LexiconReport:
    """Take each entry out in turn and search the queries that say it again."""
    lexicon = searcher.index.lexicon
    served = _values(searcher, queries, qrels, mode)
    bare = _values(searcher.with_lexicon(()), queries, qrels, mode)
    reader = Lexicon(lexicon)
    said = {query.id: reader.found(_searched(searcher, query)) for query in queries}
    found = []
    for entry in lexicon:
        own = [query for query in queries if normalise(entry.spoken) in said[query.id]]
        if own:
            rest = searcher.with_lexicon([other for other in lexicon if other != entry])
            without = _values(rest, own, qrels, mode)
            effects = [Effect(query, served[query.id], without[query.id]) for query in own]
            found.append(_report(entry, effects))
    return LexiconReport(
        mode=mode,
        queries=len(queries),
        served=mean(list(served.values())),
        without=mean(list(bare.values())),
        silent=len(lexicon) - len(found),
        entries=tuple(sorted(found, key=lambda report: (-report.delta, report.entry.spoken))),
    )


def _searched(searcher: Searcher, query: Query) -> str:
    """What is searched for a query; nothing where the search refuses it."""
    try:
        return searcher.search(query.text, k=1, mode="bm25").normalized
    except InputError:
        return ""


def _values(
    searcher: Searcher, queries: Sequence[Query], qrels: Qrels, mode: str
) -> dict[str, float]:
    """nDCG@10 by query."""
    judged = {query.id: qrels[query.id] for query in queries}
    return per_query(judged, run_mode(searcher, queries, mode).run)[HEADLINE]


def _report(entry: Entry, effects: Sequence[Effect]) -> EntryReport:
    return EntryReport(
        entry=entry,
        queries=len(effects),
        delta=sum(effect.delta for effect in effects),
        helped=tuple(effect for effect in effects if effect.delta > 0),
        hurt=tuple(effect for effect in effects if effect.delta < 0),
    )


def lexicon_table(report: LexiconReport) -> str:
    """The report as Markdown: the whole, every entry that was said, every query it changed."""
    whole = (
        f"{report.mode}，{report.queries} 个查询：{HEADLINE} 有词表 {report.served:.4f}，"
        f"无词表 {report.without:.4f}；{report.silent} 条没有查询说到\n"
    )
    entries = table(
        ["口语", "公文", "查询", "变好", "变差", f"{HEADLINE} 合计"],
        [
            [
                one.entry.spoken,
                "、".join(one.entry.official),
                str(one.queries),
                str(len(one.helped)),
                str(len(one.hurt)),
                f"{one.delta:+.3f}",
            ]
            for one in report.entries
        ],
    )
    changed = table(
        ["口语", "查询", "无此条", "有此条"],
        [
            [
                one.entry.spoken,
                f"{effect.query.id} {effect.query.text}",
                f"{effect.without:.3f}",
                f"{effect.served:.3f}",
            ]
            for one in report.entries
            for effect in (*one.helped, *one.hurt)
        ],
    )
    return f"{whole}\n{entries}\n{changed}"
