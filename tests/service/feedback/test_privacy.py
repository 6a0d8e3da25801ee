"""Tests of what is kept of people: names masked, days forgotten, votes counted once a day."""

import logging
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

from corpus.measures import Parsed
from index.build import Source, build_index
from index.search import Searcher
from service.app import app_over
from service.cli import commands
from service.feedback.gaps import report_gaps
from service.feedback.judgements import compose_export
from service.feedback.masking import MASK, mask
from service.feedback.store import FILE, Judged, Store, open_store
from service.feedback.visitors import DAY, MOST, Visitors
from tests.fakes import FakeEmbedder

TODAY = date(2022, 3, 10)


@pytest.fixture
def small_searcher(small: Parsed) -> Searcher:
    """The small list with the fake embedder."""
    return Searcher(build_index([Source(small)], FakeEmbedder()), FakeEmbedder())


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("我叫张三，怎么办执照", f"我叫{MASK}，怎么办执照"),
        ("你好我叫欧阳小明想开公司", f"你好我叫{MASK}想开公司"),
        ("我是王小明，公积金怎么提取", f"我是{MASK}，公积金怎么提取"),
        ("姓名：李四 电话13800138000", f"姓名{MASK} 电话{MASK}"),
        ("我住文三路100号3单元502室，怎么迁户口", f"{MASK}，怎么迁户口"),
        ("车牌浙A12345罚款", f"车牌{MASK}罚款"),
    ],
)
def test_mask_hides_names_and_houses(text: str, masked: str) -> None:
    assert mask(text) == masked
    assert mask(mask(text)) == mask(text)


@pytest.mark.parametrize(
    "text",
    [
        "我是个体户，怎么办执照",
        "我是高新企业负责人，有什么支持",
        "我是企业，怎么注销",
        "姓名和住址变了怎么改",
        "企业名称怎么登记",
        "第27项第3条谁牵头",
        "文三路能不能停车",
        "扩大“一照多址”适用范围",
    ],
)
def test_mask_leaves_what_names_nobody(text: str) -> None:
    assert mask(text) == text


def test_no_question_and_no_address_reach_the_log(
    small_searcher: Searcher, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="wence")
    client = TestClient(app_over(small_searcher), client=("203.0.113.7", 1))
    client.get("/api/search?q=公积金秘密")
    client.post("/api/ask", json={"question": "公积金秘密"})
    client.get("/?q=公积金秘密")
    client.get("/公积金秘密")
    told = [record.getMessage() for record in caplog.records if record.name == "wence"]
    assert len(told) >= 4
    assert not any("秘密" in line or "%E7" in line or "203.0.113.7" in line for line in told)


def test_pages_tell_what_is_kept(small_searcher: Searcher) -> None:
    page = TestClient(app_over(small_searcher)).get("/").text
    assert "180 天后删去" in page
    assert "不记地址" in page


def test_visitor_votes_count_once_a_day_each(small_searcher: Searcher) -> None:
    store = open_store()
    app = app_over(small_searcher, store)
    vote = {"question": "网上缴税", "verdict": "right", "measure": "2.1.1", "shown": []}
    for host in ("203.0.113.7", "203.0.113.7", "203.0.113.8"):
        client = TestClient(app, client=(host, 1))
        assert client.post("/api/feedback", json=vote).status_code == 201
    assert [row.count for row in store.judged()] == [2]


def test_visitors_forget_with_the_day_and_stay_small() -> None:
    now = 0.0
    visitors = Visitors(now=lambda: now)
    assert visitors.is_first("a", "q", "useful")
    assert not visitors.is_first("a", "q", "useful")
    assert visitors.is_first("a", "q", "right")
    assert visitors.is_first("b", "q", "useful")
    now = DAY
    assert visitors.is_first("a", "q", "useful")
    for n in range(MOST + 10):
        visitors.is_first("a", str(n))
    assert len(visitors._seen) == MOST


def filled(store: Store, days: int) -> None:
    store.note_asked(f"{days}天前的问题", False, 0.1, "")
    store.note_judged(f"{days}天前的问题", "not_useful", "", [])


def test_store_forgets_what_is_older_than_its_days() -> None:
    today = TODAY - timedelta(days=200)
    store = open_store(today=lambda: today)
    for days in (200, 181, 180, 1):
        today = TODAY - timedelta(days=days)
        filled(store, days)
    today = TODAY
    assert store.keep_days(180) == 4
    assert [row.question for row in store.asked()] == ["180天前的问题", "1天前的问题"]
    assert len(store.judged()) == 2


def test_forget_command_deletes_by_days_or_all(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / FILE}")
    filled(store, 0)
    store.close()

    def call(*arguments: str) -> str:
        given = ["feedback", "forget", *arguments, "--data", str(tmp_path)]
        return CliRunner().invoke(commands, given).output

    assert call() == "删去了 0 行\n"
    assert call("--days", "0") == "删去了 2 行\n"


def test_export_leaves_out_what_fewer_than_the_least_agree_on(small: Parsed) -> None:
    votes = [
        Judged(TODAY, "缴税", "right", "small:2.1.1", (), 1),
        Judged(TODAY, "提取公积金", "right", "small:2.2.1", (), 2),
    ]
    export = compose_export(votes, small.measures, (), least=2)
    assert [pick.question for pick in export.picks] == ["提取公积金"]
    assert [(left.question, left.reason) for left in export.skipped] == [
        ("缴税", "只有 1 票，少于 2 票")
    ]


def test_gap_rows_give_the_most_frequent_and_then_the_rest(small: Parsed) -> None:
    store = open_store(today=lambda: TODAY)
    for n in range(6):
        for _ in range(n + 1):
            store.note_asked(f"{'甲乙丙丁戊己'[n]}不同的问题{n}", False, 0.1, "small:1")
    store.note_asked("答得出", True, 0.9, "small:1")
    store.note_judged("答得出", "not_useful", "", ["small:1.1.1"])
    asked, judged = store.gap_rows(most=2)
    assert {row.question for row in asked} == {"己不同的问题5", "戊不同的问题4", "答得出"}
    assert [row.question for row in judged] == ["答得出"]
    rest, _ = store.gap_rows(most=100, skip=2)
    assert {row.count for row in rest} == {1, 2, 3, 4}
    whole = report_gaps(*store.gap_rows(most=100), small.measures)
    assert whole == report_gaps(store.asked(), store.judged(), small.measures)
    assert store.gap_rows(since=TODAY + timedelta(days=1), most=10) == ((), ())
