"""All figures → one report: HTML with plots, Markdown, JSON."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from corpus.errors import InputError
from eval.answers import AnswerFigures, run_cases, summarise
from eval.beir import Foreign
from eval.compare import Comparison, Worst, compare, worst
from eval.dataset import Case, Ids, judged, read_cases, read_qrels, read_queries, read_run
from eval.metrics import HEADLINE, NAMES
from eval.plots import differences_plot, modes_plot, reliability_plot
from eval.retrieval import BASE, Figures, foreign_outcome, run_mode, score
from eval.tables import answer_rows, results, show, show_p, style_table, to_json
from index.fuse import MODES
from index.search import Searcher
from service.answer import Answer

TEMPLATE = "report.html.j2"


@dataclass(frozen=True)
class Report:
    """What a report tells; `answers` is None and `foreign` empty where they were not measured."""

    split: str
    retrieval: tuple[Figures, ...]
    comparisons: tuple[Comparison, ...]
    worst: tuple[Worst, ...]
    styles: Mapping[str, int]
    answers: AnswerFigures | None
    foreign: tuple[Foreign, ...]


def measure(
    searcher: Searcher,
    folder: Path,
    *,
    split: str,
    runs: Sequence[Path] = (),
    answer: Callable[[Case], Answer],
) -> Report:
    """Measure everything on the set of a folder, whose name is the document that it is about.

    `runs` are TREC run files of other systems or ablations, compared under their files' names.

    Raises:
        InputError: a file of the set or a run is missing or bad.
    """
    ids = Ids(searcher.measures, document=folder.name)
    qrels = read_qrels(folder / "qrels" / f"{split}.tsv", ids.measure)
    queries = judged(read_queries(folder / "queries.jsonl"), qrels)
    cases = read_cases(folder / f"cases_{split}.jsonl", ids)
    outcomes = [run_mode(searcher, queries, mode) for mode in MODES]
    outcomes += [foreign_outcome(path.stem, read_run(path)) for path in runs]
    figures = score(outcomes, qrels, queries)
    verdicts = run_cases(cases, answer, searcher.related, searcher.documents)
    base = _base(figures)
    return Report(
        split=split,
        retrieval=figures,
        comparisons=tuple(compare(base, one, queries) for one in figures if one is not base),
        worst=worst(searcher, base, queries, qrels),
        styles=dict(sorted(Counter(query.style for query in queries if query.style).items())),
        answers=summarise(verdicts),
        foreign=(),
    )


def compose_html(report: Report) -> str:
    """The whole page, self-contained."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["show"] = show
    environment.filters["show_p"] = show_p
    base = _base(report.retrieval)
    answers = report.answers
    return environment.get_template(TEMPLATE).render(
        report=report,
        base=base,
        names=NAMES,
        headline=HEADLINE,
        modes_plot=_drawn(modes_plot(report.retrieval)),
        reliability_plot=_drawn(reliability_plot(base.reliability, "hits")),
        confidence_plot=_drawn(reliability_plot(answers.confidence_reliability, "answers"))
        if answers
        else "",
        difference_plots=[_drawn(differences_plot(one)) for one in report.comparisons],
        answer_rows=answer_rows(answers) if answers else [],
        wrong=[v for v in answers.verdicts if not v.right] if answers else [],
    )


def compose_markdown(report: Report) -> str:
    """The tables alone, with the worst queries as a list."""
    parts = [
        f"# 问策评测报告（{report.split}）\n",
        results(report.retrieval, report.answers, report.foreign),
        f"## 各种说法的 {HEADLINE}\n",
        style_table(report.retrieval),
        "## 逐题比较\n",
        "\n".join(
            f"- {c.base} 对 {c.other}：胜 {c.wins}，平 {c.ties}，负 {c.losses}，p {show_p(c.p)}"
            for c in report.comparisons
        )
        + "\n",
        "## 最差的查询\n",
        "\n".join(
            f"- {w.query.id}（{w.query.style}）{' '.join(w.query.text.split())}："
            f"{HEADLINE} {w.value:.3f}，首个答案"
            + (f"在第 {w.first} 名" if w.first else "不在前 100 名")
            for w in report.worst
        )
        + "\n",
    ]
    return "\n".join(parts)


def write_report(report: Report, out: Path) -> tuple[Path, ...]:
    """Write report.html, report.md and report.json into a folder.

    Raises:
        InputError: the folder cannot be written.
    """
    texts = {
        "report.html": compose_html(report),
        "report.md": compose_markdown(report),
        "report.json": json.dumps(to_json(report), ensure_ascii=False, indent=1) + "\n",
    }
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (out / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"写不了 {out}（{error.strerror}）；请换一个文件夹") from error
    return tuple(out / name for name in texts)


def _drawn(svg: str) -> Markup:
    """A plot as markup: matplotlib wrote it and escaped the names in it."""
    return Markup(svg)  # noqa: S704


def _base(figures: Sequence[Figures]) -> Figures:
    return next((one for one in figures if one.name == BASE), figures[0])
