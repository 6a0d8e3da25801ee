"""The `wence` command: outputs in process, exit codes and streams in real processes."""

import gc
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from click.testing import CliRunner

import service.cli
import service.console
import service.library
from corpus.errors import WenceError
from corpus.measures import Parsed
from index.search import Searcher
from service.cli import commands
from service.library import open_searcher
from service.settings import Settings
from tests.conftest import TASKS

ROOT = Path(__file__).parent.parent.parent
PROGRAM = "from eval.cli import main; main()"


@dataclass(frozen=True)
class Outcome:
    """How a command ended: its exit code and what it wrote."""

    code: int
    out: str
    err: str

    def failure(self) -> str:
        """The one line that a failed command leaves on stderr."""
        assert self.code == 1
        assert self.out == ""
        (line,) = self.err.splitlines()
        assert line.startswith("wence: ")
        return line

    def json(self) -> Any:
        """The one JSON value of a command that succeeded."""
        assert self.code == 0, self.err
        (line,) = self.out.splitlines()
        return json.loads(line)

    def json_lines(self) -> list[Any]:
        """One JSON value a line."""
        return [json.loads(line) for line in self.out.removesuffix("\n").split("\n") if line]


def call(settings: Settings, *args: str) -> Outcome:
    """Run a command in this process on a data folder; a WenceError ends it as `run` does."""
    given = [*args, "--data", str(settings.data)] if args[0][0] != "-" else list(args)
    result = CliRunner().invoke(commands, given, env={"WENCE_CACHE": str(settings.cache)})
    if isinstance(result.exception, WenceError):
        return Outcome(1, result.stdout, f"{result.stderr}wence: {result.exception}\n")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Outcome(result.exit_code, result.stdout, result.stderr)


def environment(settings: Settings) -> dict[str, str]:
    """The environment of a process that uses these settings."""
    return os.environ | {
        "WENCE_DATA": str(settings.data),
        "WENCE_CACHE": str(settings.cache),
        "PYTHONPATH": str(ROOT),
    }


def run_program(settings: Settings, *args: str) -> Outcome:
    """Run the console script's function in a process of its own."""
    done = subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-c", PROGRAM, *args],
        env=environment(settings),
        cwd=settings.data.parent,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def settings(
    real_settings: Settings, real_searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """Settings over the real list; commands in this process share one opened searcher of it."""

    def open_once(asked: Settings) -> Searcher:
        return real_searcher if asked.data == real_settings.data else open_searcher(asked)

    for module in (service.library, service.console):
        monkeypatch.setattr(module, "open_searcher", open_once)
    return real_settings


@pytest.fixture
def empty(tmp_path: Path, cache: Path) -> Settings:
    """Settings with no index."""
    return Settings(data=tmp_path / "data", cache=cache, model="")


@pytest.fixture
def broken(settings: Settings, tmp_path: Path) -> Settings:
    """Settings whose index has one byte flipped."""
    copy = Settings(data=tmp_path / "data", cache=settings.cache, model="")
    shutil.copytree(settings.index, copy.index)
    path = copy.index / "measures.jsonl"
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.write_bytes(bytes(data))
    return copy


@pytest.fixture
def small_file(small: Parsed, tmp_path: Path) -> Path:
    """The small list as a file."""
    path = tmp_path / "small.txt"
    path.write_text(small.document.text, encoding="utf-8")
    return path


@pytest.fixture
def taken() -> Iterator[int]:
    """A port of this machine in use."""
    with closing(socket.create_server(("127.0.0.1", 0))) as holder:
        yield int(holder.getsockname()[1])


def free_port() -> int:
    """A port of this machine that is free just now."""
    with closing(socket.create_server(("127.0.0.1", 0))) as holder:
        return int(holder.getsockname()[1])


# Usage


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_names_every_command_of_the_contract(settings: Settings, flag: str) -> None:
    shown = call(settings, flag)
    assert shown.code == 0
    for name in ("build", "search", "ask", "related", "show", "serve"):
        assert f"\n  {name} " in shown.out


@pytest.mark.parametrize("name", ["build", "search", "ask", "related", "show", "serve"])
def test_every_command_takes_json_and_explains_itself(settings: Settings, name: str) -> None:
    shown = call(settings, name, "--help")
    assert shown.code == 0
    assert "--json" in shown.out
    assert "--data" in shown.out


def test_help_of_build_names_the_kinds_of_files_that_are_read(settings: Settings) -> None:
    shown = "".join(call(settings, "build", "--help").out.split())
    assert "文本、CSV、XLSX、DOCX、HTML或PDF文件" in shown


@pytest.mark.parametrize(
    "args",
    [
        ("dance",),
        ("search", "办税", "--unknown"),
        ("search", "办税", "-k", "many"),
        ("search", "办税", "开办"),
        ("search", "--batch", "no/such/file.jsonl"),
        ("ask", "--batch", "no/such/file.jsonl"),
        ("show",),
        ("related",),
        ("related", "1.1.1", "-k", "1.5"),
        ("serve", "--port", "http"),
    ],
)
def test_wrong_usage_exits_2_with_nothing_on_stdout(
    settings: Settings, args: tuple[str, ...]
) -> None:
    outcome = call(settings, *args)
    assert outcome.code == 2
    assert outcome.out == ""
    assert "Usage" in outcome.err


@pytest.mark.parametrize("name", ["search", "ask"])
@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_question_left_out_is_wrong_usage(
    empty: Settings, settings: Settings, name: str, flags: tuple[str, ...]
) -> None:
    assert call(settings, name, *flags).code == 2
    assert call(empty, name, *flags).code == 2  # also before there is an index


# build


def test_build_prints_the_ledger(empty: Settings, small_file: Path) -> None:
    built = call(empty, "build", "--documents", str(small_file))
    assert built.code == 0
    assert built.out.splitlines() == [
        "对账 small（声明/读出）",
        "  方面    2/2",
        "  事项    2/2",
        "  举措    4/4（另有 0 条注明不涉及）",
        "  行      3",
        "  单元格  18，丢失 0",
    ]
    assert call(empty, "show", "2.2.1", "--json").json()["id"] == "small:2.2.1"


def test_build_of_a_table_with_text_beside_it_says_what_is_not_indexed(
    empty: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "现予印发。\n事项,主要举措,牵头单位\n一网通办,网上申请,市局\n", encoding="utf-8"
    )
    outcome = call(empty, "build", "--documents", str(path))
    assert outcome.code == 0
    assert "表外    不在索引里：“现予印发。”" in outcome.out


def test_build_of_gb18030_with_json_gives_the_ledger_and_the_words(
    empty: Settings, small: Parsed, tmp_path: Path
) -> None:
    path = tmp_path / "gb.txt"
    path.write_bytes(small.document.text.encode("gb18030"))
    (ledger,) = call(empty, "build", "--documents", str(path), "--json").json()["ledgers"]
    assert ledger["declared"] == {"aspects": 2, "items": 2, "measures": 4}
    assert ledger["parsed"] == ledger["declared"]
    assert (ledger["rows"], ledger["cells_lost"], ledger["balanced"]) == (3, 0, True)
    assert "网上缴纳税费。" in call(empty, "show", "2.1.1").out


def test_build_of_two_documents_makes_short_ids_ambiguous(
    empty: Settings, small: Parsed, tmp_path: Path
) -> None:
    paths = []
    for name in ("one", "two"):
        paths.append(tmp_path / f"{name}.txt")
        paths[-1].write_text(small.document.text, encoding="utf-8")
    args = [arg for path in paths for arg in ("--documents", str(path))]
    assert call(empty, "build", *args).code == 0
    assert "写全" in call(empty, "show", "1.1.1").failure()
    assert "写全，例如 one:1" in call(empty, "show", "1").failure()
    assert call(empty, "show", "two:1.1.1", "--json").json()["document"] == "two"
    hits = call(empty, "search", "公积金", "--json", "-k", "8").json()["hits"]
    assert {hit["measure"]["document"] for hit in hits} == {"one", "two"}


def test_build_of_a_document_that_is_no_list_says_that_it_declares_nothing(
    empty: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "rules.txt"
    path.write_text("某办法\n第一条 为了便民，制定本办法。\n第三条 网上申请。\n", encoding="utf-8")
    built = call(empty, "build", "--documents", str(path))
    assert built.code == 0
    assert "文档未声明数目" in built.out
    assert "网上申请" in call(empty, "show", "rules:3.1.1").out


@pytest.mark.parametrize("form", ["--documents {} {}", "{} {}", "--documents {} --documents {}"])
def test_build_takes_several_documents_in_order(
    empty: Settings, small_file: Path, tmp_path: Path, form: str
) -> None:
    rules = tmp_path / "rules.txt"
    rules.write_text("某办法\n第三条 网上申请。\n", encoding="utf-8")
    built = call(empty, "build", *form.format(small_file, rules).split(), "--json").json()
    assert [ledger["document"] for ledger in built["ledgers"]] == ["small", "rules"]


def test_build_of_a_csv_table_finds_its_measures(empty: Settings, tmp_path: Path) -> None:
    path = tmp_path / "t1.csv"
    path.write_bytes(
        '\ufeff序号,改革举措,主要内容,指导部门\r\n1,专利保险,"开发保险,降低损失。",科技部\r\n'.encode()
    )
    built = call(empty, "build", "--documents", str(path))
    assert "  举措    1/1" in built.out
    first, text = call(empty, "search", "专利保险", "-k", "1").out.splitlines()
    assert first.endswith("  t1:1.1.1  专利保险（科技部）")
    assert text.strip() == "开发保险,降低损失。"


def test_build_without_documents_builds_those_of_last_time_and_says_so(
    empty: Settings, small_file: Path
) -> None:
    call(empty, "build", "--documents", str(small_file))
    again = call(empty, "build")
    assert again.out.startswith("对账 small")
    assert again.err == f"没有给出文档，建的是上次的文档：{small_file}\n"
    small_file.unlink()
    line = call(empty, "build").failure()
    assert str(small_file) in line
    assert "--documents" in line
    assert call(empty, "show", "1.1.1").code == 0  # the index stays as it was


def test_build_without_documents_or_an_index_builds_the_bundled_list(
    empty: Settings, small_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service.library, "BUNDLED", (small_file,))  # 4 measures instead of 344
    monkeypatch.setattr(service.cli, "BUNDLED", (small_file,))
    built = call(empty, "build")
    assert built.out.startswith("对账 small")
    assert built.err.splitlines()[0] == f"没有给出文档，建的是内置的清单：{small_file}"


def test_build_that_fails_before_it_encodes_shows_no_bar(empty: Settings) -> None:
    assert "nowhere" in call(empty, "build", "--documents", "nowhere").failure()


def damaged(small: Parsed) -> dict[str, tuple[bytes, str]]:
    """Documents that cannot be built, and what the refusal says."""
    text = small.document.text
    return {
        "truncated": (text[: text.index("\t二、")].encode(), "2 个方面 2 项 4 条，读出 1 个方面"),
        "cut_in_mid_row": (text[:-20].encode(), "单元格"),
        "cut_in_mid_character": (text.encode()[:-2], "字节"),
        "garbage": (b"\x80\x81\xff\xfe", "字节"),
        "binary": (b"PK\x03\x04\x14\x00", "控制字符"),
        "empty": (b"", "没有文字"),
        "blank": (b" \n\n\t", "没有文字"),
    }


@pytest.mark.parametrize(
    "name",
    [
        "truncated",
        "cut_in_mid_row",
        "cut_in_mid_character",
        "garbage",
        "binary",
        "empty",
        "blank",
    ],
)
def test_build_of_a_damaged_document_fails_with_one_line(
    empty: Settings, small: Parsed, tmp_path: Path, name: str
) -> None:
    content, says = damaged(small)[name]
    path = tmp_path / "damaged.txt"
    path.write_bytes(content)
    assert says in call(empty, "build", "--documents", str(path)).err.splitlines()[-1]
    assert not empty.index.exists()


def test_build_of_a_missing_document_names_it(empty: Settings) -> None:
    outcome = call(empty, "build", "--documents", "/no/such/list.txt")
    assert outcome.code == 1
    assert "/no/such/list.txt" in outcome.err


def test_build_into_an_unwritable_folder_fails_with_one_line(
    tmp_path: Path, cache: Path, small_file: Path
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    blocked = Settings(data=tmp_path / "file" / "data", cache=cache, model="")
    outcome = call(blocked, "build", "--documents", str(small_file))
    assert outcome.code == 1
    assert "不能写入" in outcome.err.splitlines()[-1]


# search


def test_search_lists_hits_with_ids_and_units(settings: Settings) -> None:
    found = call(settings, "search", "一照多址怎么办理", "-k", "3")
    assert found.code == 0
    first = found.out.splitlines()[0]
    assert first.startswith(" 1. ")
    assert "hz-2022:1.1.1" in first
    assert "市市场监管局，2022年6月" in first
    assert sum(line[:4] in (" 1. ", " 2. ", " 3. ") for line in found.out.splitlines()) == 3


def test_search_of_a_measure_without_unit_and_month_shows_no_empty_brackets(
    empty: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "rules.txt"
    path.write_text("某办法\n第三条 网上申请。\n", encoding="utf-8")
    call(empty, "build", "--documents", str(path))
    assert call(empty, "search", "网上申请").out.splitlines()[0].endswith("rules:3.1.1  某办法")


def test_search_with_json_gives_the_contracts_response(settings: Settings) -> None:
    found = call(settings, "search", "一照多址怎么办理", "--json").json()
    assert set(found) >= {"query", "normalized", "filters", "hits"}
    assert found["hits"][0]["measure"]["id"] == "hz-2022:1.1.1"
    assert len(found["hits"]) == 10


def test_search_with_filters_gives_what_meets_them(settings: Settings) -> None:
    found = call(
        settings,
        "search",
        "改革",
        *("--json", "-k", "100", "--mode", "bm25", "--aspect", "地方保护"),
        *("--lead", "市场监管局", "--responsible", "各区", "--due-from", "2022-06"),
        *("--due-to", "2022-06"),
    ).json()
    measures = [hit["measure"] for hit in found["hits"]]
    assert measures
    assert {m["due"] for m in measures} == {"2022-06"}
    assert all("市市场监管局" in m["lead_units"] for m in measures)
    assert found["filters"]["due_to"] == "2022-06"


def test_search_that_nothing_meets_says_so(settings: Settings) -> None:
    found = call(settings, "search", "改革", "--due-from", "2099-01")
    assert (found.code, found.out) == (0, "没有符合条件的举措\n")


def test_search_tells_on_stderr_what_was_searched_instead(settings: Settings) -> None:
    found = call(settings, "search", "一照多只", "-k", "1")
    assert "一照多址" in found.err
    assert "hz-2022:1.1.1" in found.out


BAD_SEARCHES: dict[str, tuple[tuple[str, ...], str]] = {
    "empty": (("",), "问题是空的"),
    "blank": ((" \t\n\u3000",), "问题是空的"),
    "only_controls": (("\x01\x1f",), "问题是空的"),
    "100,000_characters": (("办" * 100_000,), "100000 字"),
    "lone_surrogate": (("一照\udcff",), "代理字符"),
    "mode": (("办税", "--mode", "magic"), "hybrid"),
    "k": (("办税", "-k", "0"), "1 到 100"),
    "lead": (("办税", "--lead", "月球管理局"), "月球管理局"),
    "responsible": (("办税", "--responsible", "月球管理局"), "月球管理局"),
    "aspect": (("办税", "--aspect", "航天"), "航天"),
    "month": (("办税", "--due-from", "2022-13"), "2022-13"),
    "month_form": (("办税", "--due-to", "明年"), "明年"),
}


@pytest.mark.parametrize("name", BAD_SEARCHES)
def test_bad_search_fails_with_one_line(settings: Settings, name: str) -> None:
    args, says = BAD_SEARCHES[name]
    line = call(settings, "search", *args).failure()
    assert says in line
    assert len(line) < 300


def test_control_characters_in_a_search_are_dropped(settings: Settings) -> None:
    found = call(settings, "search", "一照\x07多址\x1b", "-k", "1", "--json").json()
    assert found["normalized"] == "一照多址"
    assert found["hits"][0]["measure"]["id"] == "hz-2022:1.1.1"


# ask


def test_ask_answers_with_numbered_citations(settings: Settings) -> None:
    told = call(settings, "ask", "一照多址怎么办理")
    assert told.code == 0
    assert "[1]" in told.out
    assert "[1] hz-2022:1.1." in told.out


def test_ask_with_json_gives_the_contracts_answer(settings: Settings) -> None:
    answer = call(settings, "ask", "一照多址怎么办理", "--json", "-k", "2").json()
    assert answer["answerable"] is True
    assert len(answer["hits"]) == 2
    assert answer["citations"][0]["measure"].startswith("hz-2022:1.1.")


def test_ask_prints_the_short_answer_first(settings: Settings) -> None:
    told = call(settings, "ask", "一照多址由谁牵头")
    first, plain, source = told.out.splitlines()[:3]
    assert first == "答：市市场监管局"
    assert plain.startswith("白话（说明，以原文为准）：")
    assert "[1]" in source


def test_ask_with_a_turn_tells_what_it_understood_and_answers_that(settings: Settings) -> None:
    told = call(settings, "ask", "那谁牵头", "--turn", "一照多址什么时候完成")
    assert told.err == "理解为：一照多址什么时候完成，那谁牵头\n"
    assert told.out.splitlines()[0] == "答：市市场监管局"


def test_ask_with_seven_turns_fails_with_one_line(settings: Settings) -> None:
    turns = ["--turn", "一照多址什么时候完成"] * 7
    assert "6" in call(settings, "ask", "那谁牵头", *turns).failure()


@pytest.mark.parametrize("question", ["", " \n", "办" * 100_000, "\udcff办税"])
def test_bad_question_fails_with_one_line(settings: Settings, question: str) -> None:
    assert "问题" in call(settings, "ask", question).failure()


# show and related


def test_show_tells_the_row_and_the_place(settings: Settings) -> None:
    shown = call(settings, "show", "1.1.1")
    assert shown.code == 0
    names = [line.split("：", 1)[0] for line in shown.out.splitlines()]
    assert names == [
        "举措编号",
        "白话（说明，以原文为准）",
        "方面",
        "序号",
        "改革事项",
        "主要内容",
        "杭州市主要举措",
        "牵头单位",
        "责任单位",
        "取得阶段性成效时间",
        "原文位置",
    ]
    assert "举措编号：hz-2022:1.1.1" in shown.out


def test_show_and_search_of_a_document_of_ones_own_use_its_names(
    empty: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "tasks.txt"
    path.write_text(TASKS, encoding="utf-8")
    assert call(empty, "build", "--documents", str(path)).code == 0
    shown = call(empty, "show", "2.1.1").out.splitlines()
    assert shown[:-1] == [
        "举措编号：tasks:2.1.1",
        "编号：2",
        "任务名称：校园午餐",
        "具体内容：食堂每日菜品留样。",
        "主管部门：市教育局",
        "办结时限：—",
        "完成时间：长期坚持",
        "资金来源：区级财政",
    ]
    found = call(empty, "search", "企业开办", "--lead", "税务局", "-k", "1").out
    assert "企业开办（市市场监管局、市税务局，2025年底前）" in found


@pytest.mark.parametrize("name", ["60", "第60项", "六十项", "hz-2022:60", " 60 "])
def test_show_of_an_item_gives_each_of_its_measures(settings: Settings, name: str) -> None:
    measures = call(settings, "show", name, "--json").json()
    ids = [m["id"] for m in measures]
    assert (ids[0], ids[-1], len(ids)) == ("hz-2022:60.1.1", "hz-2022:60.3.4", 9)
    shown = call(settings, "show", name).out.split("\n\n")
    assert [text.splitlines()[0] for text in shown] == [f"举措编号：{i}" for i in ids]


@pytest.mark.parametrize(
    ("name", "says"),
    [("102", "没有第 102 项；编号从 hz-2022:1.1.1"), ("x:1", "没有文档 x；现有文档 hz-2022")],
)
def test_show_of_an_item_that_is_not_there_says_which_are(
    settings: Settings, name: str, says: str
) -> None:
    assert says in call(settings, "show", name).failure()


def test_show_with_json_gives_the_measure(settings: Settings) -> None:
    measure = call(settings, "show", "hz-2022:1.1.1", "--json").json()
    assert measure["id"] == "hz-2022:1.1.1"
    assert measure["end"] > measure["start"] > 0
    assert "spans" not in measure


def test_related_gives_other_items_with_reasons(settings: Settings) -> None:
    found = call(settings, "related", "1.1.1", "-k", "3", "--json").json()
    assert len(found) == 3
    assert all(r["measure"]["item"] != 1 and r["reason"] for r in found)
    shown = call(settings, "related", "1.1.1", "-k", "3").out
    assert all(r["measure"]["id"] in shown and r["reason"] in shown for r in found)


@pytest.mark.parametrize("name", ["show", "related"])
@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("999.1.1", "没有举措 999.1.1"),
        ("other:1.1.1", "没有举措 other:1.1.1"),
        ("", "不是举措编号"),
        ("一照多址", "不是举措编号"),
        ("1.1\x00.1", "不是举措编号"),
        ("\udcff", "不是举措编号"),
        ("1.1." + "9" * 5000, "举措"),
    ],
)
def test_id_that_names_nothing_fails_with_one_line(
    settings: Settings, name: str, given: str, says: str
) -> None:
    assert says in call(settings, name, given).failure()


# The index


@pytest.mark.parametrize(
    "args", [("search", "办税"), ("ask", "办税"), ("show", "1.1.1"), ("related", "1.1.1")]
)
def test_command_without_an_index_says_to_build(empty: Settings, args: tuple[str, ...]) -> None:
    assert "wence build" in call(empty, *args).failure()


def test_command_with_an_index_of_another_format_says_to_build(broken: Settings) -> None:
    path = broken.index / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(manifest | {"format": 7}), encoding="utf-8")
    line = call(broken, "search", "办税").failure()
    assert "第 8 版" in line
    assert "wence build" in line


def test_command_with_one_byte_flipped_names_the_file(broken: Settings) -> None:
    line = call(broken, "search", "办税").failure()
    assert "measures.jsonl" in line
    assert "wence build" in line


# --batch


def write_lines(path: Path, *records: Any) -> Path:
    """A JSON Lines file; strings stand as they are."""
    lines = [r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in records]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["search", "ask"])
def test_batch_gives_one_result_a_line_in_order(
    settings: Settings, tmp_path: Path, name: str
) -> None:
    path = write_lines(
        tmp_path / "batch.jsonl",
        {"qid": "b", "query": "一照多址怎么办理"},
        "",
        {"qid": "a", "query": "第2项"},
        {"qid": "empty", "query": " "},
        {"qid": "long", "query": "办" * 100_000},
        '{"qid": "surrogate", "query": "\\ud800"}',
        {"qid": "control", "query": "一照\x00多址"},
    )
    done = call(settings, name, "--batch", str(path), "-k", "2")
    assert done.code == 0
    results = done.json_lines()
    assert [r["qid"] for r in results] == ["b", "a", "empty", "long", "surrogate", "control"]
    assert ["error" in r for r in results] == [False, False, True, True, True, False]
    assert results[0]["hits"][0]["measure"]["id"] == "hz-2022:1.1.1"
    assert len(results[0]["hits"]) == 2


def test_batch_result_equals_the_single_one(settings: Settings, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "batch.jsonl", {"qid": "1", "query": "招标投标"})
    (result,) = call(settings, "search", "--batch", str(path)).json_lines()
    assert result == {"qid": "1"} | call(settings, "search", "招标投标", "--json").json()


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85"])
def test_batch_line_ends_at_newlines_only(
    settings: Settings, tmp_path: Path, separator: str
) -> None:
    query = f"一照多址{separator}怎么办理"  # JSON need not escape these
    path = write_lines(tmp_path / "batch.jsonl", {"qid": "1", "query": query})
    done = call(settings, "search", "--batch", str(path))
    assert done.code == 0, done.err
    assert [r["qid"] for r in done.json_lines()] == ["1"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "不是合法的 JSON"),
        ("[]", "不是 JSON 对象"),
        ("7", "不是 JSON 对象"),
        ('{"qid": "x"}', "缺少 query"),
        ('{"query": "办税"}', "缺少 qid"),
        ("{}", "缺少 qid、query"),
        ('{"qid": "x", "query": null}', "的 query 不是字符串"),
        ('{"qid": "x", "query": ["办税"]}', "的 query 不是字符串"),
    ],
)
def test_batch_with_a_bad_line_fails_and_names_it(
    settings: Settings, tmp_path: Path, line: str, problem: str
) -> None:
    path = write_lines(tmp_path / "batch.jsonl", {"qid": "1", "query": "办税"}, line)
    done = call(settings, "search", "--batch", str(path))
    assert done.code == 1
    assert f'第 2 行{problem}；应写成 {{"qid": "1", "query": "问题"}}' in done.err
    assert len(done.err.splitlines()) == 1


def test_batch_that_is_not_utf8_fails_with_one_line(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "batch.jsonl"
    path.write_bytes('{"qid": "1", "query": "办税"}\n'.encode("gb18030"))
    assert "batch.jsonl" in call(settings, "search", "--batch", str(path)).failure()


# serve


def test_serve_without_an_index_builds_the_bundled_one_first(
    empty: Settings, small_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[dict[str, Any]] = []
    monkeypatch.setattr(service.cli, "BUNDLED", (small_file,))  # 4 measures instead of 344
    monkeypatch.setattr(uvicorn, "run", lambda _, **options: served.append(options))
    port = free_port()
    outcome = call(empty, "serve", "--port", str(port), "--json")
    assert outcome.json() == {"url": f"http://127.0.0.1:{port}/"}
    assert (served[0]["host"], served[0]["port"]) == ("127.0.0.1", port)
    assert call(empty, "show", "1.1.1", "--json").json()["id"] == "small:1.1.1"


def test_serve_with_an_index_does_not_build(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path: path.stat().st_mtime_ns for path in settings.index.iterdir()}
    monkeypatch.setattr(uvicorn, "run", lambda _, **__: None)
    outcome = call(settings, "serve", "--port", str(free_port()))
    assert (outcome.code, outcome.out) == (0, "")
    assert "http://127.0.0.1:" in outcome.err
    assert before == {path: path.stat().st_mtime_ns for path in settings.index.iterdir()}


def test_serve_on_a_port_in_use_fails_with_one_line(settings: Settings, taken: int) -> None:
    line = call(settings, "serve", "--port", str(taken)).failure()
    assert str(taken) in line
    assert "--port" in line


@pytest.mark.parametrize("port", ["-1", "65536", "99999999999"])
def test_serve_on_no_port_at_all_is_refused_and_leaves_no_socket(
    settings: Settings, port: str
) -> None:
    outcome = call(settings, "serve", "--port", port)
    assert outcome.code in (1, 2)
    assert outcome.out == ""
    assert "--port" in outcome.err
    gc.collect()  # a socket left open warns here


def test_serve_on_a_host_that_is_not_here_fails_with_one_line(settings: Settings) -> None:
    port = str(free_port())
    assert "--port" in call(settings, "serve", "--host", "192.0.2.1", "--port", port).failure()


# Real processes


def test_program_searching_with_json_writes_only_json_on_stdout(settings: Settings) -> None:
    done = run_program(settings, "search", "一照多址怎么办理", "--json")
    assert done.json()["hits"][0]["measure"]["id"] == "hz-2022:1.1.1"
    assert done.err == ""


def test_program_with_wrong_usage_exits_2(settings: Settings) -> None:
    done = run_program(settings, "search", "--unknown")
    assert (done.code, done.out) == (2, "")
    assert "--unknown" in done.err


def test_program_without_an_index_exits_1_with_one_line(empty: Settings) -> None:
    assert "wence build" in run_program(empty, "search", "办税", "--json").failure()


def test_program_with_a_bad_batch_line_gives_what_came_before_and_exits_1(
    settings: Settings, tmp_path: Path
) -> None:
    path = write_lines(
        tmp_path / "batch.jsonl",
        {"qid": "2", "query": "办税"},
        {"qid": "1", "query": ""},
        "no json",
        {"qid": "3", "query": "办税"},
    )
    done = run_program(settings, "search", "--batch", str(path), "-k", "1")
    assert done.code == 1
    assert [r["qid"] for r in done.json_lines()] == ["2", "1"], done.err
    (line,) = done.err.splitlines()
    assert line.startswith("wence: ")
    assert "第 3 行" in line


def test_program_with_an_unknown_variable_exits_1_with_one_line(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WENCE_MODLE", "x")
    assert "WENCE_MODLE" in run_program(settings, "search", "办税").failure()


def test_program_with_an_unknown_log_level_exits_1_with_one_line(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WENCE_LOG_LEVEL", "LOUD")
    run_program(settings, "search", "办税").failure()


def test_program_serving_on_a_port_in_use_exits_1_with_one_line(
    settings: Settings, taken: int
) -> None:
    assert "--port" in run_program(settings, "serve", "--port", str(taken)).failure()


def test_program_serving_a_broken_index_exits_1_and_shows_no_trace(broken: Settings) -> None:
    done = run_program(broken, "serve", "--port", str(free_port()))
    assert done.code == 1
    assert "Traceback" not in done.err
    assert "wence build" in done.err.splitlines()[-1]


def test_program_serves_until_it_is_told_to_stop(settings: Settings) -> None:
    port = free_port()
    server = subprocess.Popen(  # noqa: S603 (our own program)
        [sys.executable, "-c", PROGRAM, "serve", "--port", str(port), "--json"],
        env=environment(settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    try:
        assert wait_for(lambda: read(f"http://127.0.0.1:{port}/healthz")) == "ok"
        ready = json.loads(read(f"http://127.0.0.1:{port}/readyz"))
    finally:
        server.terminate()
        out, _ = server.communicate(timeout=30)
    assert ready["ready"] is True
    assert json.loads(out) == {"url": f"http://127.0.0.1:{port}/"}


def read(url: str) -> str:
    """The body of a page on this machine."""
    with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310 (http, this machine)
        body: bytes = response.read()
    return body.decode("utf-8")


def wait_for(ask: Callable[[], str]) -> str:
    """The first answer that comes within a minute."""
    for _ in range(600):
        try:
            return ask()
        except OSError:
            time.sleep(0.1)
    return ask()
