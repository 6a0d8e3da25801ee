"""All figures → one report: HTML with plots, Markdown, JSON."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from corpus.errors import InputError
from eval.ablate import System, served
from eval.answers import AnswerFigures, run_cases, summarise
from eval.beir import Foreign
from eval.compare import Comparison, Worst, compare, worst
from eval.dataset import Case, Collection, Query
from eval.gates import Gate, gate_table
from eval.metrics import (
    HEADLINE,
    NAMES,
    Calibration,
    calibration,
    predictions,
    relevant_grade,
)
from eval.perturb import changes
from eval.plots import differences_plot, modes_plot, reliability_plot
from eval.retrieval import BASE, Figures, K, Outcome, score
from eval.robustness import Loss, measure_losses
from eval.speed import Speed, measure_speed
from eval.tables import (
    LABELS,
    NO_LABELS,
    answer_rows,
    calibration_table,
    label,
    loss_table,
    results,
    retrieval_table,
    show,
    show_p,
    style_table,
    table,
    to_json,
)
from index.search import Searcher
from service.answer import Answer

TEMPLATE = "report.html.j2"
FIRST, ALL = "first-hit", "all-hits"

GATES = (
    "问答，每行一个文档；各行所用的权重学自其余文档，题目由只看过文档的人写成，这一半只供报告读取："
)
KINDS = {"fact": "事实", "list": "列表", "none": "拒答"}


@dataclass(frozen=True)
class Report:
    """What a report tells; `foreign` is empty where none was measured.

    `calibrations` are those of the first hit's and of all hits' scores, over the queries and over
    the questions that cannot be answered.
    """

    split: str
    retrieval: tuple[Figures, ...]
    comparisons: tuple[Comparison, ...]
    worst: tuple[Worst, ...]
    styles: Mapping[str, int]
    losses: tuple[Loss, ...]
    calibrations: Mapping[str, Calibration]
    speed: Speed
    answers: AnswerFigures
    foreign: tuple[Foreign, ...]
    gates: tuple[Gate, ...] = ()


def measure(
    searcher: Searcher,
    collection: Collection,
    *,
    ablations: Sequence[System] = (),
    others: Sequence[Outcome] = (),
    answer: Callable[[Case], Answer],
) -> Report:
    """Measure the searcher on a collection.

    `ablations` are systems to stand beside its modes, `others` what systems elsewhere returned.
    """
    queries, qrels = collection.queries, collection.qrels
    outcomes = [system.run(queries) for system in (*served(searcher), *ablations)]
    figures = score([*outcomes, *others], qrels, queries)
    verdicts = run_cases(collection.cases, answer, searcher.related, searcher.documents)
    base = _base(figures)
    system = System(BASE, searcher, BASE)
    asked = next(outcome for outcome in outcomes if outcome.name == BASE)
    return Report(
        split=collection.split,
        retrieval=figures,
        comparisons=tuple(compare(base, one, queries) for one in figures if one is not base),
        worst=worst(searcher, base, queries, qrels),
        styles=dict(sorted(Counter(query.style for query in queries if query.style).items())),
        losses=measure_losses(system, queries, qrels, changes(searcher)),
        calibrations=_calibrations(system, asked, collection),
        speed=measure_speed(searcher, [query.text for query in queries]),
        answers=summarise(verdicts),
        foreign=(),
    )


def _calibrations(system: System, asked: Outcome, collection: Collection) -> dict[str, Calibration]:
    """How far the scores hold where half of what is asked may have no answer."""
    grade = relevant_grade(collection.qrels)
    unanswerable = [
        Query(case.qid, case.query, case.style)
        for case in collection.cases
        if case.kind == "none" and not case.turns
    ]
    vain = system.run(unanswerable).probabilities if unanswerable else {}
    return {
        name: calibration(
            predictions(asked.probabilities, collection.qrels, grade=grade, depth=depth)
            + predictions(vain, {}, grade=grade, depth=depth)
        )
        for name, depth in ((FIRST, 1), (ALL, K))
    }


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
    environment.filters["label"] = label
    answers = report.answers
    return environment.get_template(TEMPLATE).render(
        report=report,
        base=_base(report.retrieval),
        names=NAMES,
        labels=LABELS,
        no_labels=NO_LABELS,
        headline=HEADLINE,
        modes_plot=_drawn(modes_plot(report.retrieval)),
        reliability_plots={
            name: _drawn(reliability_plot(one.bins, name))
            for name, one in report.calibrations.items()
        },
        confidence_plot=_drawn(reliability_plot(answers.confidence_reliability, "answers")),
        difference_plots=[_drawn(differences_plot(one)) for one in report.comparisons],
        answer_rows=answer_rows(answers),
        wrong=[v for v in answers.verdicts if not v.right],
    )


def compose_markdown(report: Report) -> str:
    """The tables alone, with the worst queries as a list."""
    parts = [
        f"# 问策评测报告（{report.split}）\n",
        compose_results(report),
        f"## 检索的全部指标\n\np 为与“{label(BASE)}”的配对置换检验。\n",
        retrieval_table(report.retrieval, labels=LABELS),
        f"## 各种说法的 {HEADLINE}\n",
        style_table(report.retrieval, labels=LABELS),
        "## 换个写法损失多少\n",
        loss_table(report.losses),
        "## 分数的校准\n",
        calibration_table(report.calibrations),
        "## 问答\n",
        table(["指标", "值"], answer_rows(report.answers)),
        *(("## 别的文档\n", gate_table(report.gates)) if report.gates else ()),
        *(f"## 外部集 {f.name}\n\n{retrieval_table(f.figures)}" for f in report.foreign),
        "## 逐题比较\n",
        "\n".join(
            f"- {label(c.base)} 对 {label(c.other)}：胜 {c.wins}，平 {c.ties}，负 {c.losses}，"
            f"p {show_p(c.p)}"
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


def compose_results(report: Report) -> str:
    """The table of results with a few lines below it, as it stands in the README."""
    answers, first = report.answers, report.calibrations[FIRST]
    counts = answers.counts
    facts = [
        f"事实题（{counts.get('fact', 0)} 题）正确率 {show(answers.fact_accuracy)}，"
        f"列表题（{counts.get('list', 0)} 题）集合全对 {show(answers.list_exact)}，"
        f"追问（{counts.get('followup', 0)} 题）"
        + "、".join(f"{KINDS[kind]} {show(value)}" for kind, value in answers.followups.items()),
        f"拒答（{counts.get('none', 0)} 题没有答案）：AUROC {show(answers.refusal_auroc)}，"
        f"召回率 {show(answers.refusal_recall)}，误拒率 {show(answers.false_refusals)}；"
        f"引文 {answers.citations} 条，有效率 {show(answers.citation_validity)}",
        f"问答 p50 / p95 {show(answers.ask_ms)} 毫秒",
        f"相关举措：首位事项正确率 {show(answers.related_p1)}，"
        f"前五位事项召回率 {show(answers.related_recall5)}",
        f"公文话换个写法，{HEADLINE} 损失的百分点："
        + "，".join(
            f"{label(one.change)} {show(one.loss_changed)}（{one.changed}/{one.queries} 个有变化）"
            for one in report.losses
        ),
        f"首条得分（连同没有答案的问题，共 {first.predictions} 个）：平均 {show(first.predicted)}，"
        f"实际 {show(first.observed)}，Brier {show(first.brier)}",
        f"检索 p50 / p95 {show(report.speed.search)} 毫秒，只做嵌入 {show(report.speed.encode)} "
        f"毫秒，中位数之比 {report.speed.ratio:.2f}",
    ]
    facts += [
        f"外部集 {one.name}（{one.figures[0].queries} 个查询）：{HEADLINE} "
        + "，".join(f"{f.name} {show(f.estimates[HEADLINE])}" for f in one.figures)
        for one in report.foreign
    ]
    queries = report.retrieval[0].queries
    head = f"{report.split} 集，{queries} 个查询，方括号内为 95 % 自助区间。"
    told = f"{head}\n\n{results(report.retrieval)}\n" + "".join(f"- {one}\n" for one in facts)
    if not report.gates:
        return told
    return f"{told}\n{GATES}\n\n{gate_table(report.gates)}"


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
