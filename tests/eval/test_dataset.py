"""Reading evaluation files: what is read, and that every bad line is named."""

from pathlib import Path

import pytest

from corpus.errors import InputError
from eval.dataset import (
    Ids,
    Query,
    judged,
    read_cases,
    read_corpus,
    read_qrels,
    read_queries,
    read_run,
)
from tests.eval.fakes import measure

HEADER = "query-id\tcorpus-id\tscore\n"
IDS = Ids([measure("1.1.1"), measure("1.1.2"), measure("2.1.1"), measure("2.1.1", document="b")])


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "file"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def test_ids_measure_without_document_is_completed() -> None:
    assert IDS.measure("1.1.2") == "hz-2022:1.1.2"
    assert IDS.measure("b:2.1.1") == "b:2.1.1"


def test_ids_ambiguous_measure_is_refused_unless_the_document_is_named() -> None:
    with pytest.raises(InputError, match="b、hz-2022"):
        IDS.measure("2.1.1")
    named = Ids([measure("2.1.1"), measure("2.1.1", document="b")], document="hz-2022")
    assert named.measure("2.1.1") == "hz-2022:2.1.1"
    assert named.item(2) == ("hz-2022", 2)


@pytest.mark.parametrize("name", ["9.1.1", "c:1.1.1", "b:1.1.1", "1.1", "", "一.一.一"])
def test_ids_unknown_measure_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        IDS.measure(name)


@pytest.mark.parametrize("item", [99, "1", True, 1.0, None, {"item": 1, "document": 3}, [1]])
def test_ids_what_is_no_item_is_refused(item: object) -> None:
    with pytest.raises(InputError):
        IDS.item(item)


def test_ids_item_with_document_is_taken() -> None:
    assert IDS.item({"document": "b", "item": 2}) == ("b", 2)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("1", ("hz-2022:1.1.1", "hz-2022:1.1.2")),
        ("1.1.2", ("hz-2022:1.1.2",)),
        ("b:2.1.1", ("b:2.1.1",)),
        ("3", ("b:3.1.1", "b:3.2.1")),
    ],
)
def test_ids_evidence_item_number_stands_for_all_its_measures(
    text: str, ids: tuple[str, ...]
) -> None:
    more = [measure("3.1.1", document="b"), measure("3.2.1", document="b")]
    named = Ids(
        [
            measure("1.1.1"),
            measure("2.1.1"),
            measure("1.1.2"),
            *more,
            measure("2.1.1", document="b"),
        ]
    )
    assert named.evidence(text) == ids


@pytest.mark.parametrize("text", ["2", "99", "0", "", "-1", "1.", "hz-2022:1", "²"])
def test_ids_evidence_of_no_item_or_of_two_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        IDS.evidence(text)


def test_read_queries_good_file_keeps_order_and_style(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        '\ufeff{"_id": "b", "text": "开分店", "metadata": {"style": "colloquial"}}\r\n\n'
        '{"_id": "a", "text": "过\u2028户"}\n',
    )
    assert read_queries(path) == (Query("b", "开分店", "colloquial"), Query("a", "过\u2028户", ""))


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"[]",
        b'"text"',
        b'{"_id": "b"}',
        b'{"_id": "b", "text": "  "}',
        b'{"_id": 7, "text": "x"}',
        b'{"_id": "b c", "text": "x"}',
        b'{"_id": "b\\n", "text": "x"}',
        b'{"_id": "a", "text": "again"}',
        b'{"_id": "b", "text": "\\ud800"}',
        b'{"_id": "b", "text": "x", "metadata": []}x',
        b'{"_id": "b", "text": "x", "metadata": {"style": 3}}',
        b'{"_id": "b", "text": "\xc4\xe3"}',
        b"[" * 100_000,
    ],
)
def test_read_queries_bad_line_is_named(tmp_path: Path, line: bytes) -> None:
    path = write(tmp_path, b'{"_id": "a", "text": "x"}\n\n' + line)
    with pytest.raises(InputError, match="file 第 3 行"):
        read_queries(path)


def test_read_queries_missing_or_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere"):
        read_queries(tmp_path / "nowhere")
    with pytest.raises(InputError, match="没有查询"):
        read_queries(write(tmp_path, "\n \n"))
    with pytest.raises(InputError, match="读不了"):
        read_queries(tmp_path)


def test_read_qrels_good_file_completes_ids(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + "q1\t1.1.1\t2\r\nq1\thz-2022:1.1.2\t1\nq2\tb:2.1.1\t0\n")
    assert read_qrels(path, IDS.measure) == {
        "q1": {"hz-2022:1.1.1": 2, "hz-2022:1.1.2": 1},
        "q2": {"b:2.1.1": 0},
    }


@pytest.mark.parametrize(
    "line",
    [
        "q1\t1.1.2",
        "q1 1.1.2 2",
        "\t1.1.2\t2",
        "q 2\t1.1.2\t2",
        "q1\t1.1.2\t2\tx",
        "q1\t1.1.2\t-1",
        "q1\t1.1.2\t1.5",
        "q1\t1.1.2\t²",
        "q1\t1.1.2\t9999999999",
        "q1\t7.1.1\t1",
        "q1\thz-2022:1.1.1\t1",
    ],
)
def test_read_qrels_bad_line_is_named(tmp_path: Path, line: str) -> None:
    path = write(tmp_path, f"{HEADER}q1\t1.1.1\t2\n{line}\n")
    with pytest.raises(InputError, match="file 第 3 行"):
        read_qrels(path, IDS.measure)


def test_read_qrels_without_header_or_judgement_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="第 1 行：表头"):
        read_qrels(write(tmp_path, "q1\t1.1.1\t2\n"), IDS.measure)
    with pytest.raises(InputError, match="没有判定"):
        read_qrels(write(tmp_path, HEADER), IDS.measure)


def test_judged_keeps_queries_with_qrels_and_refuses_strays() -> None:
    queries = (Query("b", "x", ""), Query("a", "y", ""))
    assert judged(queries, {"a": {}}) == (queries[1],)
    with pytest.raises(InputError, match="例如 c"):
        judged(queries, {"a": {}, "c": {}})


def test_read_cases_every_kind_is_read(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        '{"qid": "f", "kind": "fact", "query": "几日", "answers": ["30日"],'
        ' "evidence": ["1.1.1"]}\n'
        '{"qid": "l", "kind": "list", "query": "哪些", "items": [1], "unit": "measure",'
        ' "measures": ["1.1.2"]}\n'
        '{"qid": "e", "kind": "list", "query": "哪些", "items": []}\n'
        '{"qid": "n", "kind": "none", "query": "天气", "style": "far", "turns": ["你好"]}\n'
        '{"qid": "h", "kind": "howto", "query": "怎么办", "evidence": ["1", "b:2.1.1"]}\n'
        '{"qid": "r", "kind": "related", "measure": "1.1.1",'
        ' "items": [{"document": "b", "item": 2}]}',
    )
    fact, measures, empty, none, howto, related = read_cases(path, IDS)
    assert (fact.answers, fact.evidence) == (("30日",), ("hz-2022:1.1.1",))
    assert (measures.items, measures.measures) == ((("hz-2022", 1),), ("hz-2022:1.1.2",))
    assert empty.items == ()
    assert howto.evidence == ("hz-2022:1.1.1", "hz-2022:1.1.2", "b:2.1.1")
    assert (howto.answers, howto.items, howto.measures) == ((), (), ())
    assert (none.style, none.turns) == ("far", ("你好",))
    assert (related.measure, related.items) == ("hz-2022:1.1.1", (("b", 2),))


@pytest.mark.parametrize(
    "line",
    [
        '{"qid": "x", "kind": "none"}',
        '{"qid": "x", "kind": "riddle", "query": "x"}',
        '{"qid": "x", "query": "x"}',
        '{"qid": "a", "kind": "none", "query": "again"}',
        '{"qid": "x", "kind": "fact", "query": "x", "answers": [], "evidence": ["1.1.1"]}',
        '{"qid": "x", "kind": "fact", "query": "x", "answers": "30", "evidence": ["1.1.1"]}',
        '{"qid": "x", "kind": "fact", "query": "x", "answers": [""], "evidence": ["1.1.1"]}',
        '{"qid": "x", "kind": "fact", "query": "x", "answers": ["3"], "evidence": ["8.1.1"]}',
        '{"qid": "x", "kind": "fact", "query": "x", "answers": ["3"]}',
        '{"qid": "x", "kind": "fact", "query": "x", "answers": ["3"], "evidence": ["2"]}',
        '{"qid": "x", "kind": "fact", "query": "x", "answers": ["3"], "evidence": [1]}',
        '{"qid": "x", "kind": "howto", "query": "x"}',
        '{"qid": "x", "kind": "howto", "query": "x", "evidence": []}',
        '{"qid": "x", "kind": "howto", "query": "x", "evidence": ["9"]}',
        '{"qid": "x", "kind": "howto", "evidence": ["1"]}',
        '{"qid": "x", "kind": "list", "query": "x"}',
        '{"qid": "x", "kind": "list", "query": "x", "items": [2]}',
        '{"qid": "x", "kind": "list", "query": "x", "items": [1], "unit": "measure"}',
        '{"qid": "x", "kind": "list", "query": "x", "items": [1], "unit": "page"}',
        '{"qid": "x", "kind": "related", "measure": "1.1.1", "items": []}',
        '{"qid": "x", "kind": "related", "items": [1]}',
    ],
)
def test_read_cases_bad_line_is_named_once(tmp_path: Path, line: str) -> None:
    path = write(tmp_path, '{"qid": "a", "kind": "none", "query": "x"}\n' + line)
    with pytest.raises(InputError, match="第 2 行") as caught:
        read_cases(path, IDS)
    assert str(caught.value).count("第 2 行") == 1


def test_read_corpus_passage_without_text_is_its_title(tmp_path: Path) -> None:
    path = write(tmp_path, '{"_id": "a", "title": "t"}\n{"_id": "b", "text": " x ", "title": ""}')
    first, second = read_corpus(path)
    assert (first.title, first.text, second.text) == ("t", "t", "x")
    with pytest.raises(InputError, match="第 1 行：text 与 title"):
        read_corpus(write(tmp_path, '{"_id": "a", "title": " "}'))


def test_read_run_good_file_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, "q1 Q0 a 1 0.5 tag\nq1 Q0 b 2 0.25 tag\n")
    assert read_run(path) == {"q1": {"a": 0.5, "b": 0.25}}


@pytest.mark.parametrize(
    "line", ["q1 Q0 b 1 0.5", "q1 Q0 b 1 high tag", "q1 Q0 b 1 nan tag", "q1 Q0 a 1 0.5 tag"]
)
def test_read_run_bad_line_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(InputError, match="第 2 行"):
        read_run(write(tmp_path, f"q1 Q0 a 1 0.5 tag\n{line}"))
