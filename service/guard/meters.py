"""The meters of a running service: made once, shared by the applications of all index versions."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


@dataclass(frozen=True)
class Meters:
    """Counters and times, in one registry."""

    registry: CollectorRegistry
    seconds: Histogram = field(init=False)
    stages: Histogram = field(init=False)
    running: Gauge = field(init=False)
    refused: Counter = field(init=False)
    unnoted: Counter = field(init=False)
    answers: Counter = field(init=False)
    frames: Counter = field(init=False)
    dropped: Counter = field(init=False)
    reloads: Counter = field(init=False)
    unretrieved: Counter = field(init=False)

    def __post_init__(self) -> None:
        made = {
            "seconds": Histogram(
                "wence_request_seconds",
                "Seconds a request took",
                ("route", "status"),
                registry=self.registry,
            ),
            "stages": Histogram(
                "wence_stage_seconds",
                "Seconds that a stage of an answer took",
                ("stage",),
                registry=self.registry,
            ),
            "running": Gauge(
                "wence_requests_running", "Requests being answered", registry=self.registry
            ),
            "refused": Counter(
                "wence_requests_refused",
                "Requests that the limits refused, by the limit",
                ("limit",),
                registry=self.registry,
            ),
            "unnoted": Counter(
                "wence_notes_failed",
                "Questions that were answered but could not be noted",
                registry=self.registry,
            ),
            "answers": Counter(
                "wence_answers",
                "Answers by who told them, or why not",
                ("outcome",),
                registry=self.registry,
            ),
            "frames": Counter(
                "wence_frames",
                "Conditions of sets that a model was asked to read, by what came of it",
                ("outcome",),
                registry=self.registry,
            ),
            "dropped": Counter(
                "wence_sentences_dropped",
                "Sentences of a model that cite or stand on no measure given",
                registry=self.registry,
            ),
            "reloads": Counter(
                "wence_index_reloads",
                "New versions of the index that were taken up, or were not",
                ("outcome",),
                registry=self.registry,
            ),
            "unretrieved": Counter(
                "wence_dify_refused",
                "Retrievals of Dify that were refused: it shows no errors itself",
                registry=self.registry,
            ),
        }
        for name, meter in made.items():
            object.__setattr__(self, name, meter)

    def stage(self, name: str) -> AbstractContextManager[object]:
        """Time a stage of an answer."""
        timed: AbstractContextManager[object] = self.stages.labels(name).time()
        return timed


def make_meters() -> Meters:
    """Meters in a registry of their own."""
    return Meters(CollectorRegistry())
