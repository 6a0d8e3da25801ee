"""Questions in, answers out: candidates, their scores, and the words of the answer."""

from service.answer.ask import Answerer
from service.answer.composed import Answer

__all__ = ["Answer", "Answerer"]
