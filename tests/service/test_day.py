"""Tests of the day that things are counted by: China's, on servers anywhere."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import service.day
from service.day import CHINA, today
from service.feedback.store import open_store
from service.feedback.visitors import Visitors

ROOT = Path(__file__).parent.parent.parent


class Evening(datetime):
    """A clock that stands at 20:30 of the last day of June in UTC."""

    @classmethod
    def now(cls, tz: object = None) -> "Evening":
        assert tz is CHINA
        moment = datetime(2026, 6, 30, 20, 30, tzinfo=UTC)
        return cls.fromtimestamp(moment.timestamp(), CHINA)


def test_day_turns_at_midnight_in_china(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service.day, "datetime", Evening)
    assert today() == date(2026, 7, 1)
    store = open_store()
    store.note_asked("谁牵头", True, 0.9, "")
    assert store.asked()[0].day == date(2026, 7, 1)


def test_day_is_the_same_in_every_zone_of_the_server() -> None:
    program = "from service.day import today; print(today())"
    told = {
        subprocess.run(  # noqa: S603 (our own program)
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=os.environ | {"TZ": zone},
            capture_output=True,
            check=True,
        ).stdout
        for zone in ("UTC", "America/New_York", "Asia/Shanghai")
    }
    assert len(told) == 1


def test_visitor_votes_again_after_midnight_in_china() -> None:
    clock = [datetime(2026, 6, 30, 15, 59, tzinfo=UTC).timestamp()]
    visitors = Visitors(now=lambda: clock[0])
    assert [visitors.is_first("a", "x"), visitors.is_first("a", "x")] == [True, False]
    clock[0] += 60
    assert visitors.is_first("a", "x")
