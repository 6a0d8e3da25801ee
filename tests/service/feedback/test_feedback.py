"""The store: merged by day, masked, safe between threads; its export as the harness reads it."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from corpus.document import Measure
from corpus.errors import InputError, SetupError
from corpus.measures import Parsed
from corpus.questions import FILE as QUESTIONS
from corpus.questions import Question, read_questions
from eval.cli import evaluation
from service.cli import commands
from service.feedback.judgements import Export, Left, Pick, compose_export, write_export
from service.feedback.masking import MASK
from service.feedback.store import FILE, Judged, Store, open_store, open_store_of
from service.settings import Settings

DAY = date(2022, 3, 1)


class Days:
    """A calendar that a test turns."""

    def __init__(self) -> None:
        self.day = DAY

    def __call__(self) -> date:
        return self.day


@pytest.fixture
def days() -> Days:
    return Days()


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path, days: Days) -> Iterator[Store]:
    """A store in memory, and one in a file."""
    address = "sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path / FILE}"
    opened = open_store(address, today=days)
    yield opened
    opened.close()


# Counting


def test_asked_same_question_on_one_day_is_one_row_with_the_last_outcome(store: Store) -> None:
    store.note_asked("办税", False, 0.1, "")
    store.note_asked(" 辦稅 ", True, 0.9, "d:2")  # normalised it is the same
    (row,) = store.asked()
    assert (row.day, row.question, row.count) == (DAY, "办税", 2)
    assert (row.answerable, row.confidence, row.item) == (True, 0.9, "d:2")


def test_asked_on_another_day_is_another_row_and_since_leaves_the_older_out(
    store: Store, days: Days
) -> None:
    store.note_asked("办税", True, 0.9, "")
    days.day = date(2022, 3, 2)
    store.note_asked("办税", True, 0.9, "")
    assert [(row.day.day, row.count) for row in store.asked()] == [(1, 1), (2, 1)]
    assert [row.day.day for row in store.asked(since=days.day)] == [2]
    assert store.asked(since=date(2022, 3, 3)) == ()


def test_judged_rows_merge_only_where_verdict_measure_and_shown_agree(store: Store) -> None:
    store.note_judged("办税", "useful", "", ["d:1.1.1"])
    store.note_judged("办税", "useful", "", ["d:1.1.1"])
    store.note_judged("办税", "useful", "", ["d:2.1.1"])
    store.note_judged("办税", "not_useful", "", ["d:1.1.1"])
    store.note_judged("办税", "right", "d:2.1.1", [])
    found = {(j.verdict, j.measure, j.shown): j.count for j in store.judged()}
    assert found == {
        ("useful", "", ("d:1.1.1",)): 2,
        ("useful", "", ("d:2.1.1",)): 1,
        ("not_useful", "", ("d:1.1.1",)): 1,
        ("right", "d:2.1.1", ()): 1,
    }


def test_stored_question_is_masked_and_kept_on_one_line(store: Store) -> None:
    store.note_asked("我的电话\n138\u200b00138000 能办吗\0", True, 0.9, "")
    store.note_judged("邮箱a@b.cn", "useful", "", [])
    assert [row.question for row in store.asked()] == [f"我的电话 {MASK} 能办吗"]
    assert [row.question for row in store.judged()] == [f"邮箱{MASK}"]


def test_file_holds_nothing_of_a_person_and_no_time_finer_than_the_day(tmp_path: Path) -> None:
    opened = open_store(f"sqlite:///{tmp_path / FILE}", today=lambda: DAY)
    opened.note_asked("电话13800138000", True, 0.5, "d:1")
    opened.note_judged("办税", "right", "d:1.1.1", ["d:1.1.1"])
    opened.close()
    with sqlite3.connect(tmp_path / FILE) as connection:
        asked = connection.execute("SELECT * FROM wence_asked").fetchall()
        judged = connection.execute("SELECT * FROM wence_judged").fetchall()
    connection.close()
    assert [row[1:] for row in asked] == [("2022-03-01", f"电话{MASK}", 1, 0.5, "d:1", 1)]
    assert [row[1:] for row in judged] == [
        ("2022-03-01", "办税", "right", "d:1.1.1", '["d:1.1.1"]', 1)
    ]
    assert b"13800138000" not in (tmp_path / FILE).read_bytes()


def test_concurrent_notes_of_50_threads_are_all_counted(store: Store) -> None:
    def note(thread: int) -> None:
        for turn in range(20):
            store.note_asked(f"问题{turn % 4}", True, 0.9, "")
            if turn == thread % 20:
                store.note_judged("办税", "useful", "", ["d:1.1.1"])

    with ThreadPoolExecutor(50) as threads:
        list(threads.map(note, range(50)))
    assert {row.question: row.count for row in store.asked()} == {f"问题{n}": 250 for n in range(4)}
    assert [row.count for row in store.judged()] == [50]


def test_concurrent_stores_on_one_file_lose_no_note(tmp_path: Path) -> None:
    """Two stores stand for two processes: each has a connection of its own."""
    stores = [open_store(f"sqlite:///{tmp_path / FILE}", today=lambda: DAY) for _ in range(2)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: stores[n % 2].note_asked("办税", True, 0.9, ""), range(200)))
    assert [row.count for row in stores[0].asked()] == [200]
    for opened in stores:
        opened.close()


# What is refused


@pytest.mark.parametrize("question", ["", " \t\n\u3000", "\u200b", "办" * 2001, "办\ud800税"])
def test_question_that_cannot_be_asked_is_refused_and_nothing_is_stored(
    store: Store, question: str
) -> None:
    with pytest.raises(InputError, match="问题"):
        store.note_asked(question, True, 0.9, "")
    with pytest.raises(InputError, match="问题"):
        store.note_judged(question, "useful", "", [])
    assert (store.asked(), store.judged()) == ((), ())


def test_question_of_2000_characters_is_stored(store: Store) -> None:
    store.note_asked("办" * 2000, True, 0.9, "")
    assert len(store.asked()[0].question) == 2000


@pytest.mark.parametrize(
    ("verdict", "measure"), [("good", ""), ("right", ""), ("useful", "d:1.1.1")]
)
def test_verdict_that_is_none_or_does_not_fit_its_measure_is_refused(
    store: Store, verdict: str, measure: str
) -> None:
    with pytest.raises(InputError):
        store.note_judged("办税", verdict, measure, [])
    assert store.judged() == ()


def test_judgement_over_more_than_100_measures_is_refused(store: Store) -> None:
    with pytest.raises(InputError, match="101"):
        store.note_judged("办税", "useful", "", [f"d:{n}.1.1" for n in range(101)])


# Opening


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("no url", "SQLAlchemy"),
        ("nosuch://host/db", "SQLAlchemy"),
        ("oracle+cx_oracle://u:secret@host/db", "驱动"),
        ("sqlite:////nowhere/at/all/x.sqlite", "打不开"),
    ],
)
def test_open_of_an_address_that_does_not_work_says_what_to_do(address: str, says: str) -> None:
    with pytest.raises(SetupError, match=says) as refused:
        open_store(address)
    assert "secret" not in str(refused.value)


def test_open_of_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("这不是数据库" * 100, encoding="utf-8")
    with pytest.raises(SetupError, match="打不开"):
        open_store(f"sqlite:///{tmp_path / FILE}")


def test_open_of_a_database_that_is_read_only_is_refused(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path / FILE}").close()
    with pytest.raises(SetupError, match="写权限"):
        open_store(f"sqlite:///file:{tmp_path / FILE}?mode=ro&uri=true")


def test_open_of_tables_of_another_form_is_refused(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / FILE)
    connection.execute("CREATE TABLE wence_asked (digest TEXT, day DATE)")
    connection.close()
    with pytest.raises(SetupError, match="wence_asked"):
        open_store(f"sqlite:///{tmp_path / FILE}")


def test_store_that_can_be_written_no_more_says_so(tmp_path: Path) -> None:
    opened = open_store(f"sqlite:///{tmp_path / FILE}")
    other = sqlite3.connect(tmp_path / FILE)
    other.execute("DROP TABLE wence_asked")
    other.close()
    with pytest.raises(SetupError, match="写不进"):
        opened.note_asked("办税", True, 0.9, "")
    with pytest.raises(SetupError, match="读不了"):
        opened.asked()
    opened.close()


def test_settings_without_a_database_use_a_file_in_the_data_folder(tmp_path: Path) -> None:
    data = tmp_path / "new?#%20 文件夹"
    open_store_of(Settings(data=data)).close()
    assert (data / FILE).is_file()


def test_settings_with_a_database_use_it(tmp_path: Path) -> None:
    given = Settings(data=tmp_path / "data", database=f"sqlite:///{tmp_path / 'other.sqlite'}")
    open_store_of(given).close()
    assert (tmp_path / "other.sqlite").is_file()
    assert not given.data.exists()


def test_settings_whose_data_folder_is_a_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(SetupError, match="WENCE_DATA"):
        open_store_of(Settings(data=tmp_path / "data"))


# Export


def judge(question: str, verdict: str, measure: str = "", shown: str = "", n: int = 1) -> Judged:
    """A judgement; `shown` are ids of the small list parted by spaces."""
    listed = tuple(f"small:{name}" for name in shown.split())
    return Judged(DAY, question, verdict, f"small:{measure}" if measure else "", listed, n)


Exporting = Callable[..., Export]


@pytest.fixture
def exported(small: Parsed) -> Exporting:
    """Export judgements over the small list, which has one question already."""

    def compose(*judged: Judged) -> Export:
        there = (Question("small", 1, 1, 1, "一张执照管几个地址"),)
        return compose_export(judged, small.measures, there)

    return compose


def test_export_takes_the_right_measure_and_a_useful_first_citation(exported: Exporting) -> None:
    export = exported(
        judge("网上怎么缴税", "right", "2.1.1", "1.1.1", n=3),
        judge("公积金怎么提取", "useful", shown="2.2.1 2.1.1"),
        judge("执照地址谁来管", "not_useful", shown="1.1.1"),
    )
    assert [(p.question, p.measure, p.votes) for p in export.picks] == [
        ("网上怎么缴税", "small:2.1.1", 3),
        ("公积金怎么提取", "small:2.2.1", 1),
    ]
    assert export.new == export.picks
    assert (export.conflicts, export.skipped) == ((), ())


def test_export_of_wordings_that_normalise_alike_is_one_query_in_the_usual_spelling(
    exported: Exporting,
) -> None:
    export = exported(
        judge("網上怎麼繳稅", "right", "2.1.1"), judge("网上怎么缴税", "useful", "", "2.1.1", n=2)
    )
    assert [(p.question, p.votes) for p in export.picks] == [("网上怎么缴税", 3)]


def test_export_tells_conflicts_and_leaves_them_out(exported: Exporting) -> None:
    export = exported(
        judge("怎么缴税", "right", "2.1.1"),
        judge("怎么缴税", "right", "2.2.1"),
        judge("怎么提取", "useful", "", "2.2.1"),
        judge("怎么提取", "not_useful", "", "2.2.1"),
    )
    assert export.picks == ()
    assert export.conflicts == (
        Left("怎么提取", ("small:2.2.1",), "同一条举措既判有用又判无用"),
        Left("怎么缴税", ("small:2.1.1", "small:2.2.1"), "判给了不同的举措"),
    )


def test_export_right_measure_beside_a_refused_other_is_no_conflict(exported: Exporting) -> None:
    export = exported(
        judge("怎么缴税", "not_useful", "", "1.1.1"), judge("怎么缴税", "right", "2.1.1", "1.1.1")
    )
    assert [p.measure for p in export.picks] == ["small:2.1.1"]


def test_export_useful_list_or_useful_refusal_says_nothing_of_a_measure(
    exported: Exporting,
) -> None:
    export = exported(
        judge("有哪些举措", "useful", "", "1.1.1 1.1.2 2.1.1 2.2.1"), judge("今天天气", "useful")
    )
    assert export == Export((), (), (), ())


def test_export_skips_masked_questions_and_measures_that_are_gone(exported: Exporting) -> None:
    export = exported(
        judge(f"电话{MASK}怎么缴税", "right", "2.1.1"), judge("怎么缴税", "right", "9.9.9")
    )
    assert export.picks == ()
    assert [left.reason for left in export.skipped] == [
        "索引里已没有这条举措",
        "问题里有遮住的号码",
    ]


def test_export_question_that_is_there_already_serves_the_qrels_only(exported: Exporting) -> None:
    export = exported(
        judge("一张执照管几个地址", "right", "1.1.1"),
        judge("一张执照管几个地址？", "right", "1.1.2"),
    )
    assert len(export.picks) == 2
    assert export.new == ()
    assert [left.reason for left in export.skipped] == [
        "已是 1.1.1 的问法，只作评测",
        "与 1.1.1 的问法近似，只作评测",
    ]


def test_export_of_two_near_copies_for_two_measures_keeps_the_first_as_question(
    exported: Exporting,
) -> None:
    export = exported(
        judge("网上办理税费的缴纳怎么弄", "right", "2.1.1"),
        judge("网上办理税费的缴纳怎么弄呢", "right", "2.2.1"),
    )
    assert [p.target for p in export.new] == ["2.1.1"]


def test_pick_id_depends_on_the_normalised_question_alone() -> None:
    assert Pick("办税", "d:1.1.1", 1).qid == Pick("辦稅", "d:2.1.1", 9).qid
    assert Pick("办税", "d:1.1.1", 1).qid != Pick("办证", "d:1.1.1", 1).qid


def test_written_files_are_beir_and_a_question_file(exported: Exporting, tmp_path: Path) -> None:
    export = exported(
        judge("网上怎么缴税", "right", "2.1.1"), judge("在哪里报税", "right", "2.1.1")
    )
    paths = write_export(export, tmp_path / "out", ["small"])
    assert [str(path.relative_to(tmp_path / "out")) for path in paths] == [
        "queries.jsonl",
        "qrels/feedback.tsv",
        "questions.jsonl",
    ]
    queries = [json.loads(line) for line in paths[0].read_text("utf-8").splitlines()]
    assert [query["metadata"] for query in queries] == [{"style": "feedback"}] * 2
    rows = [line.split("\t") for line in paths[1].read_text("utf-8").splitlines()]
    assert rows[0] == ["query-id", "corpus-id", "score"]
    assert rows[1:] == [[query["_id"], "small:2.1.1", "2"] for query in queries]
    (line,) = paths[2].read_text("utf-8").splitlines()
    assert json.loads(line)["target"] == "2.1.1"
    assert set(json.loads(line)["questions"]) == {"网上怎么缴税", "在哪里报税"}
    first = [path.read_bytes() for path in paths]
    again = [path.read_bytes() for path in write_export(export, tmp_path / "out", ["small"])]
    assert first == again


def test_written_questions_of_several_documents_are_parted(
    exported: Exporting, tmp_path: Path
) -> None:
    export = exported(judge("网上怎么缴税", "right", "2.1.1"))
    names = [path.name for path in write_export(export, tmp_path, ["other", "small"])]
    assert names[2:] == ["other.questions.jsonl", "small.questions.jsonl"]
    assert (tmp_path / "other.questions.jsonl").read_text("utf-8") == ""


def test_export_into_a_folder_that_is_a_file_says_so(exported: Exporting, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(SetupError, match="换一个文件夹"):
        write_export(exported(), tmp_path / "out", ["small"])


# The command, over the real list


@pytest.fixture
def filled(real_settings: Settings, tmp_path: Path) -> Settings:
    """The real list with a feedback database of its own."""
    address = f"sqlite:///{tmp_path / FILE}"
    opened = open_store(address, today=lambda: DAY)
    opened.note_judged("我想在隔壁区再支个摊位卖衣服，执照咋整", "right", "hz-2022:1.1.1", [])
    opened.note_judged("一证多址谁说了算", "useful", "", ["hz-2022:1.1.1"])
    opened.note_judged("谁说得清", "right", "hz-2022:1.1.1", [])
    opened.note_judged("谁说得清", "right", "hz-2022:2.1.1", [])
    opened.note_asked("公积金贷款额度是多少", False, 0.1, "hz-2022:60")
    opened.close()
    return real_settings.model_copy(update={"database": address})


def call(settings: Settings, *args: str) -> Result:
    """Run a command; it must succeed."""
    environment = {"WENCE_CACHE": str(settings.cache), "WENCE_DATABASE": settings.database}
    done = CliRunner().invoke(commands, [*args, "--data", str(settings.data)], env=environment)
    assert done.exit_code == 0, done.output
    return done


EXPORT = ("feedback", "export", "--least", "1")


@pytest.mark.slow
def test_exported_feedback_is_read_by_the_harness(filled: Settings, tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = json.loads(call(filled, *EXPORT, "--out", str(out), "--json").stdout)
    assert (told["queries"], told["questions"], len(told["conflicts"])) == (2, 2, 1)
    done = CliRunner().invoke(
        evaluation,
        [
            *("retrieval", "--queries", str(out / "queries.jsonl"), "--modes", "bm25,hybrid"),
            *("--qrels", str(out / "qrels" / "feedback.tsv"), "--json"),
            *("--data", str(filled.data)),
        ],
        env={"WENCE_CACHE": str(filled.cache)},
    )
    assert done.exit_code == 0, done.output
    assert [one["name"] for one in json.loads(done.stdout)] == ["bm25", "hybrid"]
    assert all("nDCG@10" in one["estimates"] for one in json.loads(done.stdout))


@pytest.mark.slow
def test_exported_questions_can_be_appended_to_the_question_file(
    filled: Settings, list_folder: Path, real_list: Parsed, tmp_path: Path
) -> None:
    call(filled, *EXPORT, "--out", str(tmp_path / "out"))
    there = (list_folder / QUESTIONS).read_text("utf-8")
    added = (tmp_path / "out" / "questions.jsonl").read_text("utf-8")
    (tmp_path / QUESTIONS).write_text(there + added, encoding="utf-8")
    measures: tuple[Measure, ...] = real_list.measures
    before = read_questions(list_folder / QUESTIONS, "hz-2022", measures)
    after = read_questions(tmp_path / QUESTIONS, "hz-2022", measures)
    assert {q.text for q in after[len(before) :]} == {
        "我想在隔壁区再支个摊位卖衣服，执照咋整",
        "一证多址谁说了算",
    }


@pytest.mark.slow
def test_export_in_words_names_files_and_conflicts(filled: Settings, tmp_path: Path) -> None:
    lines = call(filled, *EXPORT, "--out", str(tmp_path / "o")).stdout.splitlines()
    assert lines[0] == "2 个问题写成评测集，其中 2 个可作新问法"
    assert lines[-1] == "矛盾  谁说得清：判给了不同的举措（hz-2022:1.1.1、hz-2022:2.1.1）"


@pytest.mark.slow
def test_gaps_command_gives_topics_as_text_and_json(filled: Settings) -> None:
    text = call(filled, "feedback", "gaps").stdout.splitlines()
    assert text[0].startswith("   1 次  第60项 ")
    assert text[1] == "     1  公积金贷款额度是多少"
    (topic,) = json.loads(call(filled, "feedback", "gaps", "--json").stdout)
    assert (topic["document"], topic["item"], topic["count"]) == ("hz-2022", 60, 1)
    assert call(filled, "feedback", "gaps", "--since", "2022-03-02").stdout == "没有未答的问题\n"
