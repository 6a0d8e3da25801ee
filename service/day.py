"""The day in China, wherever the server stands: a container in UTC turns the page at 8 o'clock."""

from datetime import date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))  # without daylight saving since 1991


def today() -> date:
    """Today's date in China."""
    return datetime.now(CHINA).date()
