"""Time a warm search against its parts and rivals, interleaved, as ratios.

Writes `search_speed.md` beside this file. Each figure is a median over the bundled list's
questions; each call gets another question than the one before, so that no cache of sequence
lengths favours whoever comes second.
"""

import platform
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rank_bm25 import BM25Okapi

from index.embed import SentenceTransformerEmbedder, default_model
from index.search import Searcher
from index.views import context_text
from service.answer import Answerer
from service.library import open_searcher
from service.settings import Settings

ROUNDS = 400


def interleave(
    queries: Sequence[str], calls: dict[str, Callable[[str], object]], rounds: int
) -> dict[str, list[float]]:
    """Milliseconds of each call over the queries, the calls taking turns."""
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for call in calls.values():
        for query in queries[:5]:
            call(query)
    for place in range(rounds):
        for shift, (name, call) in enumerate(calls.items()):
            query = queries[(place * 7 + shift * 13) % len(queries)]
            started = time.perf_counter()
            call(query)
            taken[name].append((time.perf_counter() - started) * 1000)
    return taken


def table(title: str, taken: dict[str, list[float]]) -> list[str]:
    """Markdown rows: median, 95th percentile, and the median's ratio to the first."""
    base = statistics.median(next(iter(taken.values())))
    rows = [f"## {title}", "", "| | p50 ms | p95 ms | ratio |", "|---|---|---|---|"]
    for name, values in taken.items():
        middle, high = statistics.median(values), statistics.quantiles(values, n=20)[-1]
        rows.append(f"| {name} | {middle:.2f} | {high:.2f} | {middle / base:.2f} |")
    return [*rows, ""]


def rivals(searcher: Searcher) -> dict[str, Callable[[str], object]]:
    """BM25 by impacts and by rank-bm25, over the same terms."""
    terms = searcher.tokens.terms
    reference = BM25Okapi([terms(context_text(m)) for m in searcher.measures])
    return {
        "precomputed impacts": lambda query: searcher.index.words.scores(terms(query)),
        "rank-bm25 get_scores": lambda query: reference.get_scores(terms(query)),
    }


def main() -> None:
    settings = Settings()
    searcher = open_searcher(settings)
    queries = [question.text for question in searcher.index.questions]
    embed = searcher.embedder.encode_queries
    torch = SentenceTransformerEmbedder(str(default_model(settings.cache)))
    lines = [
        "# 检索速度",
        "",
        f"`make bench` 写成；{len(searcher.measures)} 条举措，{len(queries)} 个问法，"
        f"{platform.machine()}，Python {platform.python_version()}。看比值，不看毫秒。",
        "",
    ]
    calls: dict[str, Callable[[str], object]] = {
        "embed the query": lambda query: embed([query]),
        "search": lambda query: searcher.search(query),
        "ask": Answerer(searcher).ask,
    }
    lines += table("一次检索与其中的编码", interleave(queries, calls, ROUNDS))
    engines: dict[str, Callable[[str], object]] = {
        "OpenVINO (served)": lambda query: embed([query]),
        "sentence-transformers fp32": lambda query: torch.encode_queries([query]),
    }
    lines += table("编码一个问题", interleave(queries, engines, ROUNDS // 4))
    lines += table("BM25", interleave(queries, rivals(searcher), ROUNDS))
    Path(__file__).with_suffix(".md").write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
