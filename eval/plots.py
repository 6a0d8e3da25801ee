"""Figures → plots as inline SVG; the same figures give the same bytes.

Words in the plots are ASCII, since the fonts of the machine that draws are unknown.
"""

import io
from collections.abc import Sequence

import matplotlib
from matplotlib.figure import Figure

from eval.compare import Comparison
from eval.metrics import HEADLINE, NAMES, Bin
from eval.retrieval import Figures

COLOURS = ("#1f5fa8", "#d1772a", "#4a9160", "#8d5fa3", "#8a6d3b", "#5b6b7b", "#b8475a", "#9fb3c8")


def modes_plot(figures: Sequence[Figures]) -> str:
    """Every measure by system as bars, with 95 % intervals."""
    drawing = Figure(figsize=(8, 3.2), layout="constrained")
    axes = drawing.add_subplot()
    width = 0.8 / len(figures)
    for place, one in enumerate(figures):
        means = [one.estimates[name].mean for name in NAMES]
        below = [one.estimates[name].mean - one.estimates[name].low for name in NAMES]
        above = [one.estimates[name].high - one.estimates[name].mean for name in NAMES]
        axes.bar(
            [x + (place - (len(figures) - 1) / 2) * width for x in range(len(NAMES))],
            means,
            width,
            yerr=[[max(0.0, b) for b in below], [max(0.0, a) for a in above]],
            label=_plain(one.name),
            color=COLOURS[place % len(COLOURS)],
            error_kw={"elinewidth": 0.8},
        )
    axes.set_xticks(range(len(NAMES)), NAMES)
    axes.set_ylim(0, 1)
    drawing.legend(loc="outside right upper", fontsize="small")
    return _svg(drawing, "modes")


def reliability_plot(bins: Sequence[Bin], name: str) -> str:
    """Predicted against observed; a dot's area tells how many predictions it stands for."""
    drawing = Figure(figsize=(3.6, 3.4), layout="constrained")
    axes = drawing.add_subplot()
    axes.plot([0, 1], [0, 1], color="#999999", linewidth=0.8, linestyle="--")
    total = sum(one.count for one in bins) or 1
    axes.plot([b.predicted for b in bins], [b.observed for b in bins], color=COLOURS[0])
    axes.scatter(
        [b.predicted for b in bins],
        [b.observed for b in bins],
        s=[20 + 300 * b.count / total for b in bins],
        color=COLOURS[0],
        alpha=0.6,
    )
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="predicted", ylabel="observed")
    return _svg(drawing, f"reliability-{name}")


def differences_plot(comparison: Comparison) -> str:
    """The gain in nDCG@10 query by query, sorted; ties left out."""
    drawing = Figure(figsize=(8, 2.4), layout="constrained")
    axes = drawing.add_subplot()
    gains = [d.base - d.other for d in comparison.differences]
    colours = [COLOURS[0] if gain > 0 else COLOURS[1] for gain in gains]
    axes.bar(range(len(gains)), gains, 1.0, color=colours)
    axes.axhline(0, color="#333333", linewidth=0.6)
    axes.set_ylim(-1, 1)
    axes.set_ylabel(f"{HEADLINE}: {_plain(comparison.base)} - {_plain(comparison.other)}")
    axes.set_xticks([])
    return _svg(drawing, f"differences-{comparison.other}")


def _plain(name: str) -> str:
    return name.encode("ascii", "replace").decode("ascii").replace("$", "")


def _svg(drawing: Figure, salt: str) -> str:
    """The `<svg>` element alone; the salt keeps ids apart on one page."""
    out = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": salt}):
        drawing.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    text = out.getvalue()
    return text[text.index("<svg") :]
