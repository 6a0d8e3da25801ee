"""Noting what was asked, once the answer is out: a failing note never costs the answer.

It is no secret either: each failure is logged as a warning, without the question, and counted in
the metric `wence_notes_failed_total`.
"""

import logging

from fastapi import FastAPI

from corpus.errors import SetupError
from service.answer import Answer
from service.feedback.store import Store

# From this cosine on the nearest measure counts as the topic of a question that it does not
# answer. On the development half's unanswerable questions it keeps three in four near ones, one
# in ten of the middle and one in fifteen of the far ones.
NEAR = 0.45

log = logging.getLogger("wence")


def topic_of(answer: Answer) -> str:
    """The item that an answer or its nearest measure stands in, `hz-2022:16`; empty if none."""
    if answer.items:
        document, item = answer.items[0]
        return f"{document}:{item}"
    near = answer.nearest[:1]
    if near and near[0].signals.dense >= NEAR:
        return f"{near[0].measure.document}:{near[0].measure.item}"
    return ""


def note_answer(app: FastAPI, question: str, answer: Answer) -> None:
    """Count a question in the application's store; run it in the background of the response."""
    store: Store = app.state.store
    try:
        store.note_asked(question, answer.answerable, answer.confidence, topic_of(answer))
    except SetupError as error:
        app.state.unnoted.inc()
        log.warning("没有记下一个问题：%s", error)
