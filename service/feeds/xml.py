"""Feeds: Atom (RFC 4287) and RSS 2.0, newest month first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from xml.etree import ElementTree

from index.organs import leading_organs
from service.api.links import Links
from service.feeds.due import Due

ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True)
class Head:
    """What is said of a feed: its name, its own address, when the list was published."""

    title: str
    address: str
    published: date


def to_atom(dues: Sequence[Due], head: Head, links: Links) -> bytes:
    """An Atom feed; an entry is of the first day of its month, or of the list if that is later."""
    root = ElementTree.Element("feed", {"xmlns": ATOM, "xml:lang": "zh-CN"})
    _put(root, "id", head.address)
    _put(root, "title", head.title)
    _put(root, "updated", _iso(_newest(dues, head)))
    ElementTree.SubElement(root, "link", {"rel": "self", "href": head.address})
    ElementTree.SubElement(root, "link", {"rel": "alternate", "href": f"{links.base}/"})
    _put(ElementTree.SubElement(root, "author"), "name", "问策")
    for due in dues:
        entry = ElementTree.SubElement(root, "entry")
        _put(entry, "id", f"urn:wence:{due.uid.partition('@')[0]}")
        _put(entry, "title", f"{due.month} {due.title}")
        _put(entry, "updated", _iso(_day(due, head)))
        link = {"rel": "alternate", "href": links.page(due.first.id)}
        ElementTree.SubElement(entry, "link", link)
        for term in _terms(due):
            ElementTree.SubElement(entry, "category", {"term": term})
        _put(entry, "content", due.text, {"type": "text"})
    return _written(root)


def to_rss(dues: Sequence[Due], head: Head, links: Links) -> bytes:
    """The same as RSS."""
    root = ElementTree.Element("rss", {"version": "2.0", "xmlns:atom": ATOM})
    channel = ElementTree.SubElement(root, "channel")
    _put(channel, "title", head.title)
    _put(channel, "link", f"{links.base}/")
    _put(channel, "description", head.title)
    _put(channel, "language", "zh-CN")
    own = {"rel": "self", "href": head.address, "type": "application/rss+xml"}
    ElementTree.SubElement(channel, "atom:link", own)
    for due in dues:
        item = ElementTree.SubElement(channel, "item")
        _put(item, "title", f"{due.month} {due.title}")
        _put(item, "link", links.page(due.first.id))
        _put(item, "guid", f"urn:wence:{due.uid.partition('@')[0]}", {"isPermaLink": "false"})
        _put(item, "pubDate", format_datetime(_moment(_day(due, head))))
        for term in _terms(due):
            _put(item, "category", term)
        _put(item, "description", due.text)
    return _written(root)


def _terms(due: Due) -> tuple[str, ...]:
    return tuple(filter(None, (due.first.aspect, *leading_organs(due.first))))


def _day(due: Due, head: Head) -> date:
    """When an entry is new: as its month begins, but not before the list was there."""
    return max(due.begins, head.published)


def _newest(dues: Sequence[Due], head: Head) -> date:
    return max((_day(due, head) for due in dues), default=head.published)


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _iso(day: date) -> str:
    return _moment(day).isoformat().replace("+00:00", "Z")


def _put(
    parent: ElementTree.Element, name: str, text: str, attributes: dict[str, str] | None = None
) -> None:
    made = ElementTree.SubElement(parent, name, attributes or {})
    made.text = "".join(c for c in text if c.isprintable() or c == "\n")


def _written(root: ElementTree.Element) -> bytes:
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"
