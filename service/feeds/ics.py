"""A calendar, RFC 5545: an all-day event on the last day of the month in which a row is due."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from service.api.links import Links
from service.feeds.due import Due

WIDTH = 75  # octets of a line, RFC 5545 section 3.1
REMINDER = "-P7D"  # a week before


def to_ics(dues: Sequence[Due], name: str, stamp: date, links: Links) -> str:
    """The calendar; `stamp` is when the list was published, so that the same gives the same."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//wence//due//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{_escaped(name)}",
        f"X-WR-CALNAME:{_escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:P1D",
    ]
    for due in dues:
        lines += _event(due, stamp, links)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _event(due: Due, stamp: date, links: Links) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{due.uid}",
        f"DTSTAMP:{stamp:%Y%m%d}T000000Z",
        f"DTSTART;VALUE=DATE:{due.ends:%Y%m%d}",
        f"DTEND;VALUE=DATE:{due.ends + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(due.title)}",
        f"DESCRIPTION:{_escaped(due.text)}",
        f"CATEGORIES:{_escaped(due.first.aspect or due.first.document)}",
        f"URL:{links.page(due.first.id)}",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_escaped(due.title)}",
        f"TRIGGER:{REMINDER}",
        "END:VALARM",
        "END:VEVENT",
    ]


def _escaped(text: str) -> str:
    """A TEXT value, section 3.3.11."""
    kept = "".join(c for c in text if c.isprintable() or c == "\n")
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        kept = kept.replace(plain, escaped)
    return kept


def _folded(line: str) -> Iterator[str]:
    """A line in pieces of at most 75 octets, never within a character; more begin with a space."""
    piece, size = "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > WIDTH:
            yield piece
            piece, size = " ", 1
        piece, size = piece + character, size + octets
    yield piece
