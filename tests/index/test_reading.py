"""Tests of a reading's spans: the best ones and the score of any, computable by eye."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.document import Span
from index.reader import EDGES, STOPS, Reading, Scored


def reading_of(
    passage: str, starts: dict[int, float], ends: dict[int, float], none: float = 0.0
) -> Reading:
    """A reading with a token a character; scores are −9 but where given by place."""
    places = range(len(passage))
    return Reading(
        passage,
        np.array([starts.get(i, -9) for i in places], np.float32),
        np.array([ends.get(i, -9) for i in places], np.float32),
        np.array([(i, i + 1) for i in places], np.int64).reshape(-1, 2),
        none,
    )


def told(reading: Reading, *found: Scored) -> list[tuple[str, float]]:
    """Spans as text and score."""
    return [(reading.passage[s.span.start : s.span.end], s.score) for s in found]


def test_best_is_start_plus_end_minus_none() -> None:
    reading = reading_of("由市税务局负责", {1: 3, 5: 1}, {4: 2, 6: 3}, none=1)
    assert told(reading, *reading.best(1)) == [("市税务局负责", 5)]
    assert told(reading, *reading.best(1, longest=4)) == [("市税务局", 4)]
    assert reading.score(Span(1, 5)) == 4
    assert reading.score(Span(5, 7)) == 3
    assert reading.score(Span(0, 1)) == -19


def test_best_gives_of_overlapping_spans_only_the_best() -> None:
    #                     0 1 2 3 4 5 6
    reading = reading_of("甲局和乙局和丙", {0: 5, 3: 4, 6: 1}, {1: 5, 4: 3, 6: 1})
    # 甲局 10, then 甲局和乙局 8 and 乙局 7: the longer one overlaps the first.
    assert told(reading, *reading.best(3)) == [("甲局", 10), ("乙局", 7), ("丙", 2)]


def test_best_never_crosses_the_end_of_a_sentence() -> None:
    for stop in STOPS:
        reading = reading_of(f"十日{stop}五日", {0: 5}, {4: 5, 1: -1})
        assert told(reading, *reading.best(1)) == [("十日", 4)]


def test_best_does_not_begin_or_end_with_punctuation() -> None:
    # The marks score highest, but no span begins or ends in them.
    reading = reading_of("，十日、", {0: 9, 1: 2}, {2: 2, 3: 9})
    assert told(reading, *reading.best(2)) == [("十日", 4)]


def test_best_marks_inside_a_token_are_cut_off() -> None:
    offsets = np.array([(0, 2), (2, 3), (3, 5)], np.int64)
    starts, ends = np.array([[1, 0, 0], [0, 0, 1]], np.float32)
    reading = Reading("，十个日。", starts, ends, offsets, 0)
    assert reading.best(1) == (Scored(Span(1, 4), 2),)


@pytest.mark.parametrize(
    ("passage", "best"),
    [
        ("《条例》", "《条例》"),
        ("《条例", "条例"),
        ("条例》", "条例"),
        ("“一网”改革", "“一网”改革"),
        ("（一网", "一网"),
        ("30%", "30%"),
        ("条例（试行）", "条例（试行）"),
    ],
)
def test_best_keeps_brackets_in_pairs_only(passage: str, best: str) -> None:
    last = len(passage) - 1
    starts = {0: 3.0, 1: 2.0}
    ends = {last: 3.0, last - 1: 2.0}
    found = reading_of(passage, starts, ends).best(1)
    assert passage[found[0].span.start : found[0].span.end] == best


def test_score_span_inside_tokens_takes_the_tokens_that_hold_its_ends() -> None:
    offsets = np.array([(0, 1), (0, 2), (3, 5)], np.int64)
    starts, ends = np.array([[1, 2, 4], [10, 20, 40]], np.float32)
    reading = Reading("推行 改革", starts, ends, offsets, 0.5)
    assert reading.score(Span(0, 2)) == 1 + 20 - 0.5  # of two that hold 推 the first
    assert reading.score(Span(1, 4)) == 2 + 40 - 0.5
    assert reading.score(Span(2, 5)) == 4 + 40 - 0.5  # a space is in no token
    assert reading.score(Span(2, 3)) == 0 + 0 - 0.5
    assert reading.best(1) == (Scored(Span(3, 5), 43.5),)


def test_reading_of_arrays_that_do_not_align_is_refused() -> None:
    one, two = np.zeros(1, np.float32), np.zeros((2, 2), np.int64)
    with pytest.raises(ValueError, match="1 starts, 1 ends, 2 offsets"):
        Reading("税务", one, one, two, 0)


@settings(deadline=None)
@given(st.text("税务办，。；《》“”（） a", max_size=30), st.integers(0, 99), st.integers(1, 12))
def test_best_spans_keep_every_promise(passage: str, seed: int, longest: int) -> None:
    starts, ends = np.random.default_rng(seed).normal(size=(2, len(passage))).tolist()
    reading = reading_of(passage, dict(enumerate(starts)), dict(enumerate(ends)))
    found = reading.best(4, longest)
    assert [s.score for s in found] == sorted((s.score for s in found), reverse=True)
    taken: set[int] = set()
    for scored in found:
        span = scored.span
        text = passage[span.start : span.end]
        assert 0 < len(text) <= longest
        assert not set(text) & set(STOPS)
        assert text[0] not in EDGES
        assert text[-1] not in EDGES
        assert scored.score == pytest.approx(reading.score(span), abs=1e-5)
        assert not taken & set(range(span.start, span.end))
        taken |= set(range(span.start, span.end))
