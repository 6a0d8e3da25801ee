"""How likely the documents answer a question, once it is seen what they say to it.

The boundary (`index.answerable`) knows the question alone. Beside it speak whether a number or
a name of the form that was asked for was found where the question is about, and how much of the
question's term weight the row that is meant holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.logistic import Logistic
from index.search import Hit
from service.facts import FORMS, NAMING, Finding
from service.wants import Wants

# Columns: the boundary's log odds, a form was asked for, how well it was found, the row's share.
# `benchmarks/refusal.py` learns and prints them.
MODEL = Logistic(-1.87, (0.73, -2.67, 4.81, 3.17))


@dataclass(frozen=True)
class Evidence:
    """What the documents say to a question.

    `typed`: a number or a name was asked for; `form`: how well the best finding has that form,
    less where its measure is less probable than the best; `share` in [0, 1]: the part of the
    question's term weight that the best measure's row holds.
    """

    typed: bool
    form: float
    share: float


def gather(
    wants: Wants, findings: Sequence[Finding], hits: Sequence[Hit], share: float
) -> Evidence:
    """The evidence out of a question's findings and hits, both best first."""
    typed = wants.kind in FORMS or wants.kind in NAMING
    if not typed or not findings or not hits[0].score:
        return Evidence(typed, 0.0, share)
    near = min(1.0, findings[0].place.prior / hits[0].score)
    return Evidence(typed, findings[0].form * near, share)


def weigh(answerable: float, evidence: Evidence) -> float:
    """The probability in (0, 1), from the boundary's and the evidence."""
    table = np.array([columns(answerable, evidence)])
    return float(MODEL.probabilities(table)[0])


def columns(answerable: float, evidence: Evidence) -> tuple[float, float, float, float]:
    """The model's columns for one question."""
    known = min(max(answerable, 1e-5), 1 - 1e-5)
    odds = float(np.log(known / (1 - known)))
    return odds, float(evidence.typed), evidence.form, evidence.share
