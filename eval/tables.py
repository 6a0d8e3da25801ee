"""Figures → Markdown tables and JSON, and the results in a README."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from corpus.errors import InputError
from eval.answers import AnswerFigures
from eval.metrics import HEADLINE, NAMES, Calibration, Estimate, Latency
from eval.retrieval import Figures
from eval.robustness import Loss

LABELS = {
    "text-bm25": "BM25，只用原文",
    "text-dense": "向量，只用原文",
    "text-hybrid": "融合，只用原文",
    "+questions": "＋常见问法",
    "+lexicon": "＋口语词表",
    "hybrid": "＋适配器（所服务的）",
    "dense": "所服务的，只用向量",
    "bm25": "所服务的，只用 BM25",
    "traditional": "繁体",
    "full-width": "全角",
    "typo": "同音错字",
    "first-hit": "首条",
    "all-hits": "前十条",
}
NO_LABELS: Mapping[str, str] = {}
EVERYDAY = "colloquial"
BEGIN, END = "<!-- results -->", "<!-- /results -->"
MISSING = "—"


def show(value: float | Estimate | Latency | None) -> str:
    """A figure as text: three decimals, an interval in brackets, milliseconds as p50 / p95."""
    if value is None:
        return MISSING
    if isinstance(value, Estimate):
        return f"{value.mean:.3f} [{value.low:.3f}, {value.high:.3f}]"
    if isinstance(value, Latency):
        return f"{value.p50:.1f} / {value.p95:.1f}"
    return f"{value:.3f}"


def label(name: str) -> str:
    """What readers call a system or a change; names without a label are their own."""
    return LABELS.get(name, name)


def show_p(value: float | None) -> str:
    """A p-value with three decimals, or that it is below a thousandth."""
    if value is None:
        return MISSING
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; bars and newlines within cells are taken out."""
    lines = [header, ["---"] * len(header), *rows]
    cells = [[" ".join(cell.replace("|", "\\|").split()) for cell in line] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells) + "\n"


def retrieval_table(figures: Sequence[Figures], *, labels: Mapping[str, str] = NO_LABELS) -> str:
    """One row a system: means with intervals, paired p of the headline, zero results, times."""
    return table(
        ["系统", *NAMES, f"p（{HEADLINE}）", "零结果率", "检索 p50 / p95 ms"],
        [
            [
                labels.get(one.name, one.name),
                *(show(one.estimates[name]) for name in NAMES),
                show_p(one.p_values.get(HEADLINE)),
                show(one.zero_results),
                show(one.search_ms),
            ]
            for one in figures
        ],
    )


def style_table(figures: Sequence[Figures], *, labels: Mapping[str, str] = NO_LABELS) -> str:
    """nDCG@10 by style, one column a system."""
    styles = figures[0].by_style
    return table(
        ["说法", *(labels.get(one.name, one.name) for one in figures)],
        [[style, *(show(one.by_style[style]) for one in figures)] for style in styles],
    )


def answer_rows(figures: AnswerFigures) -> list[tuple[str, str]]:
    """The answers' figures as name and text, in the order in which they are shown."""
    counts = figures.counts
    rows = [
        (f"事实题准确率（{counts.get('fact', 0)} 题）", show(figures.fact_accuracy)),
        ("└ 短答含标准答案", show(figures.fact_said)),
        ("└ 引文落在依据内", show(figures.fact_cited)),
        (f"列表题集合 F1（{counts.get('list', 0)} 题）", show(figures.list_f1)),
        ("└ 集合完全正确率", show(figures.list_exact)),
        ("└ 举措集合完全正确率（以举措计的题）", show(figures.list_measures_exact)),
        (f"拒答 AUROC（{counts.get('none', 0)} 道无答案题）", show(figures.refusal_auroc)),
        ("└ 拒答召回率", show(figures.refusal_recall)),
        ("└ 拒答精确率", show(figures.refusal_precision)),
        ("└ 误拒率", show(figures.false_refusals)),
        ("└ 只给出最接近的", show(figures.near)),
        ("不实的话", show(figures.false_statements)),
        *((f"└ {kind}", str(count)) for kind, count in figures.false_by_kind.items()),
        *((f"└ 拒答召回率 {s}", show(v)) for s, v in figures.refusal_by_style.items()),
        ("置信度 Brier", show(figures.confidence_brier)),
        (f"引文有效率（{figures.citations} 条）", show(figures.citation_validity)),
        ("找不到引文的 [n]", str(figures.bad_marks)),
        (f"关联事项 P@1（{counts.get('related', 0)} 题）", show(figures.related_p1)),
        ("└ 关联事项 Recall@5", show(figures.related_recall5)),
        *((f"追问正确率 {kind}", show(v)) for kind, v in figures.followups.items()),
        ("问答 p50 / p95 ms", show(figures.ask_ms)),
        ("关联 p50 / p95 ms", show(figures.related_ms)),
    ]
    return [row for row in rows if row[1] != MISSING]


def results(figures: Sequence[Figures]) -> str:
    """The table of results: one row a system, the ablations first, in the order of `LABELS`."""
    order = {name: place for place, name in enumerate(LABELS)}
    rows = sorted(figures, key=lambda one: order.get(one.name, len(order)))
    return table(
        ["系统", HEADLINE, "首条命中", "Recall@10", f"大白话 {HEADLINE}"],
        [
            [
                label(one.name),
                show(one.estimates[HEADLINE]),
                show(one.estimates["hit@1"].mean),
                show(one.estimates["Recall@10"].mean),
                show(one.by_style.get(EVERYDAY)),
            ]
            for one in rows
        ],
    )


def loss_table(losses: Sequence[Loss]) -> str:
    """What each change of writing costs, in points of nDCG@10 with intervals."""
    return table(
        ["写法", "查询", "变了的", "损失（全部）", "损失（变了的）", "变差的写法"],
        [
            [
                label(one.change),
                str(one.queries),
                str(one.changed),
                show(one.loss),
                show(one.loss_changed),
                str(len(one.hurt)),
            ]
            for one in losses
        ],
    )


def calibration_table(calibrations: Mapping[str, Calibration]) -> str:
    """Mean probability against the share that came true, and the Brier score."""
    return table(
        ["得分", "个数", "平均概率", "实际比例", "Brier"],
        [
            [label(name), str(c.predictions), show(c.predicted), show(c.observed), show(c.brier)]
            for name, c in calibrations.items()
        ],
    )


def to_json(figures: Any) -> Any:
    """Figures as plain JSON values: dataclasses become objects; runs stay out."""
    if is_dataclass(figures) and not isinstance(figures, type):
        names = [field.name for field in fields(figures) if field.name != "outcomes"]
        return {name: to_json(getattr(figures, name)) for name in names}
    if isinstance(figures, Mapping):
        return {str(key): to_json(value) for key, value in figures.items()}
    if isinstance(figures, list | tuple):
        return [to_json(value) for value in figures]
    return figures


def write_results_table(readme: Path, table: str) -> None:
    """Put a table between the README's marks of results, in place of what stands there.

    Raises:
        InputError: no such file, or not exactly one pair of marks.
    """
    try:
        text = readme.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"读不了 {readme}；请检查路径") from error
    start, end = text.find(BEGIN), text.find(END)
    if text.count(BEGIN) != 1 or text.count(END) != 1 or end < start:
        raise InputError(f"{readme} 里应各有一处 {BEGIN} 和 {END}，前者在先")
    text = f"{text[: start + len(BEGIN)]}\n{table.strip()}\n{text[end:]}"
    readme.write_text(text, encoding="utf-8")
