"""How likely the documents answer a question, once it is seen what they say to it.

The boundary (`index.answerable`) knows the question alone. Beside it speak whether a number or
a name of the form that was asked for was found, and how much of the question's term weight the
row that is meant holds.
"""

import numpy as np

from index.logistic import Logistic
from service.facts import FORMS, NAMING, Finding
from service.wants import Wants

# Columns: the boundary's log odds, a form was asked for, how well it was found, the row's share.
# `benchmarks/refusal.py` learns and prints them.
MODEL = Logistic(-1.99, (0.75, -2.00, 3.75, 3.32))


def weigh(answerable: float, wants: Wants, finding: Finding | None, share: float) -> float:
    """The probability in (0, 1), from the boundary's, the best finding and the row's share."""
    table = np.array([columns(answerable, wants, finding, share)])
    return float(MODEL.probabilities(table)[0])


def columns(
    answerable: float, wants: Wants, finding: Finding | None, share: float
) -> tuple[float, float, float, float]:
    """The model's columns for one question."""
    known = min(max(answerable, 1e-5), 1 - 1e-5)
    typed = wants.kind in FORMS or wants.kind in NAMING
    form = finding.form if typed and finding else 0.0
    return float(np.log(known / (1 - known))), float(typed), form, share
