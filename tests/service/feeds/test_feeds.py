"""The feeds, read by real readers: icalendar and feedparser."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

import feedparser
import httpx2
import icalendar
import pytest

from corpus.measures import Parsed
from index.search import Searcher
from service.api.links import Links
from service.app import app_over
from service.feeds.due import dues_of, latest_first
from service.feeds.ics import WIDTH, to_ics
from service.feeds.xml import Head, to_atom
from tests.service.browsing import serving

pytestmark = pytest.mark.clients

DAY = date(2022, 1, 1)
LINKS = Links("https://wence.example")


@pytest.fixture
def small_site(small: Parsed, searcher_of: Callable[..., Searcher]) -> Iterator[str]:
    """A service over the small list."""
    with serving(app_over(searcher_of(small))) as address:
        yield address


def test_dues_are_rows_by_month(small: Parsed) -> None:
    dues = dues_of(small.measures)
    assert [(d.month, [m.number for m in d.measures]) for d in dues] == [
        ("2022-03", [1]),
        ("2022-06", [1, 2]),
        ("2022-12", [1]),
    ]
    assert [d.month for d in latest_first(dues)] == ["2022-12", "2022-06", "2022-03"]
    assert [d.ends for d in dues] == [date(2022, 3, 31), date(2022, 6, 30), date(2022, 12, 31)]
    assert dues[1].title == "第1项 开展“一照多址”改革：市市场监管局"
    assert len({d.uid for d in dues}) == 3


def test_every_row_of_the_real_list_with_a_month_is_due_once(real_list: Parsed) -> None:
    dues = dues_of(real_list.measures)
    assert sum(len(d.measures) for d in dues) == sum(
        bool(m.due) for m in real_list.measures if m.applicable
    )
    assert len({d.uid for d in dues}) == len(dues)


def test_calendar_reads_back_as_it_was(site: str, real_list: Parsed) -> None:
    response = httpx2.get(f"{site}/feeds/due.ics")
    assert response.headers["content-type"] == "text/calendar; charset=utf-8"
    calendar = icalendar.Calendar.from_ical(response.content)
    events = calendar.walk("VEVENT")
    dues = dues_of(real_list.measures)
    assert len(events) == len(dues)
    for event, due in zip(events, dues, strict=True):
        assert event["UID"] == due.uid
        assert event["SUMMARY"] == due.title
        assert event["DESCRIPTION"] == due.text
        assert event.decoded("DTSTART") == due.ends
        assert event.decoded("DTEND") == due.ends + timedelta(days=1)
        assert event["URL"] == f"{site}/m/{due.first.id}"
        assert len(event.walk("VALARM")) == 1
    assert not list(calendar.errors)


def test_calendar_lines_are_short_and_the_same_each_time(real_list: Parsed) -> None:
    dues = dues_of(real_list.measures)
    made = to_ics(dues, "清单，一; 二", DAY, LINKS)
    assert made == to_ics(dues, "清单，一; 二", DAY, LINKS)
    assert all(len(line.encode()) <= WIDTH for line in made.split("\r\n"))


def test_calendar_escapes_what_has_a_meaning_in_it(small: Parsed) -> None:
    first = replace(small.measures[0], title="a; b, c\\n d", text="一\r二\n三")
    made = to_ics(dues_of([first]), "清单", DAY, LINKS)
    (event,) = icalendar.Calendar.from_ical(made).walk("VEVENT")
    assert event["SUMMARY"] == "第1项 a; b, c\\n d：市市场监管局"
    assert event["DESCRIPTION"] == "1. 一二\n三"


@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_feed_reads_back_as_it_was(site: str, real_list: Parsed, kind: str) -> None:
    response = httpx2.get(f"{site}/feeds/due.{kind}")
    assert response.headers["content-type"].startswith(f"application/{kind}+xml")
    feed = feedparser.parse(response.content)
    assert not feed.bozo, feed.get("bozo_exception")
    dues = latest_first(dues_of(real_list.measures))
    assert len(feed.entries) == len(dues)
    for entry, due in zip(feed.entries, dues, strict=True):
        assert entry.title == f"{due.month} {due.title}"
        assert entry.link == f"{site}/m/{due.first.id}"
        assert entry.id == f"urn:wence:{due.uid.partition('@')[0]}"
        moment = entry.updated_parsed if kind == "atom" else entry.published_parsed
        assert moment[:2] == (due.begins.year, due.begins.month)
        assert set(due.first.lead_units) <= {tag.term for tag in entry.tags}
    assert feed.feed.title.endswith("取得阶段性成效时间")
    assert "zh" in feed.feed.language


@pytest.mark.parametrize("kind", ["ics", "atom", "rss"])
def test_feed_is_narrowed_by_unit_aspect_and_month(small_site: str, kind: str) -> None:
    def titles(**asked: str) -> list[str]:
        content = httpx2.get(f"{small_site}/feeds/due.{kind}", params=asked).text
        return [t for t in ("一照多址", "一网通办") if t in content.replace("\r\n ", "")]

    assert titles() == ["一照多址", "一网通办"]
    assert titles(lead="税务局") == ["一网通办"]
    assert titles(responsible="财政局") == ["一网通办"]
    assert titles(aspect="第一") == ["一照多址"]
    assert titles(due_from="2022-04", due_to="2022年6月") == ["一照多址"]


@pytest.mark.parametrize("kind", ["ics", "atom", "rss"])
def test_feed_for_a_unit_that_is_not_there_says_what_there_is(small_site: str, kind: str) -> None:
    response = httpx2.get(f"{small_site}/feeds/due.{kind}", params={"lead": "气象台"})
    assert response.status_code == 404
    assert "气象台" in response.json()["detail"]


def test_feed_leaves_out_what_is_not_due_yet(
    small: Parsed, searcher_of: Callable[..., Searcher]
) -> None:
    later = small.document.text.replace("2022年12月", "2099年12月")
    from corpus.measures import parse
    from tests.conftest import make_document

    with serving(app_over(searcher_of(parse(make_document(later))))) as address:
        assert len(feedparser.parse(httpx2.get(f"{address}/feeds/due.atom").content).entries) == 2
        asked = {"due_to": "2099-12"}
        whole = httpx2.get(f"{address}/feeds/due.atom", params=asked).content
        assert len(feedparser.parse(whole).entries) == 3
        assert "20991231" in httpx2.get(f"{address}/feeds/due.ics").text


def test_feed_escapes_what_would_be_markup(small: Parsed) -> None:
    head = Head("<b>&", "https://x/?a=1&b=<", DAY)
    feed = feedparser.parse(to_atom(dues_of(small.measures), head, LINKS))
    assert not feed.bozo
    assert len(feed.entries) == 3
