"""Tests of the index folder: round trip, and refusal of all that does not match."""

import io
import json
import threading
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.errors import IndexMismatchError, IndexMissingError, SetupError
from corpus.examples import Spoken
from corpus.lexicon import Entry
from corpus.measures import Parsed, parse
from corpus.questions import Question
from index.answerable import Boundary, Probe
from index.build import Source, build_index
from index.datatypes import Index
from index.lexical import Bm25
from index.logistic import Logistic
from index.store import (
    FORMAT,
    MANIFEST,
    SOURCES,
    check_version,
    load_index,
    read_manifest,
    read_sources,
    save_index,
)
from index.vector import stored
from index.versions import KEPT, current, versions
from index.views import sentence_texts
from tests.conftest import make_document
from tests.fakes import FakeEmbedder

FILES = (
    "documents.json",
    "measures.jsonl",
    "questions.jsonl",
    "unanswerable.jsonl",
    "plain.jsonl",
    "examples.jsonl",
    "settings.json",
    "words.npz",
    "own_words.npz",
    "asked.npz",
    "raw.npy",
    "beyond.npy",
    "sentences.npy",
    "vectors.faiss",
)


@pytest.fixture
def asked_index(small: Parsed) -> Index:
    """The small index with one question about a measure and one about an item."""
    questions = (
        Question("small", 1, 1, 1, "开分店要办几张执照"),
        Question("small", 2, 0, 0, "在网上能办什么"),
    )
    lexicon = (Entry("开分店", ("分支机构", "一照多址")),)
    beyond = (Question("small", 0, 0, 0, "明天会下雨吗"),)
    plain = {"small:1.1.1": "分店的地址可以加在执照上。"}
    examples = (Spoken("small", "开店", "开分店要办执照吗"),)
    source = Source(small, questions, beyond, plain=plain, examples=examples)
    return build_index([source], FakeEmbedder(), lexicon=lexicon)


@pytest.fixture
def folder(asked_index: Index, tmp_path: Path) -> Path:
    save_index(asked_index, tmp_path / "index")
    return tmp_path / "index"


def test_load_index_gives_back_the_plain_words_and_the_examples(
    small: Parsed, tmp_path: Path
) -> None:
    plain = {"small:2.1.1": "网上报税。", "small:1.1.1": "加“地址”。"}
    examples = (Spoken("small", "开店", "要办证吗"),)
    source = Source(small, plain=plain, examples=examples)
    save_index(build_index([source], FakeEmbedder()), tmp_path / "index")
    loaded = load_index(tmp_path / "index")
    assert list(loaded.plain.items()) == list(plain.items())
    assert loaded.examples == examples


def test_build_index_plain_words_are_neither_encoded_nor_searched(small: Parsed) -> None:
    without = build_index([Source(small)], FakeEmbedder())
    beside = build_index([Source(small, plain={"small:1.1.1": "谁也想不到的话"})], FakeEmbedder())
    assert np.array_equal(without.raw, beside.raw)
    assert without.own_words.vocabulary == beside.own_words.vocabulary
    assert without.words.vocabulary == beside.words.vocabulary


def _same(left: Bm25 | None, right: Bm25 | None) -> bool:
    assert left is not None
    assert right is not None
    return (
        left.vocabulary == right.vocabulary
        and left.count == right.count
        and np.array_equal(left.indptr, right.indptr)
        and np.array_equal(left.documents, right.documents)
        and np.array_equal(left.impacts, right.impacts)
    )


def test_load_index_saved_index_round_trips(asked_index: Index, folder: Path) -> None:
    loaded = load_index(folder)
    for name in (
        *("documents", "schemas", "ledgers", "measures", "questions", "unanswerable"),
        *("dictionary", "lexicon"),
    ):
        assert getattr(loaded, name) == getattr(asked_index, name)
    assert (loaded.fusion, loaded.model) == (asked_index.fusion, asked_index.model)
    assert loaded.boundary is None
    assert _same(loaded.words, asked_index.words)
    assert _same(loaded.own_words, asked_index.own_words)
    assert _same(loaded.asked, asked_index.asked)
    for name in ("raw", "beyond", "sentences"):
        np.testing.assert_array_equal(getattr(loaded, name), getattr(asked_index, name))
    np.testing.assert_array_equal(stored(loaded.vectors), stored(asked_index.vectors))
    assert loaded.heads is None


def test_load_index_boundary_round_trips(asked_index: Index, tmp_path: Path) -> None:
    row = np.arange(64, dtype=np.float32)
    model = Logistic(-0.25, (1.0, 0.5, 0.1, -3.0))
    boundary = Boundary(Probe(row, -row, 0.75), model, "by hand")
    save_index(replace(asked_index, boundary=boundary), tmp_path / "index")
    assert (tmp_path / "index" / "probe.npy").is_file()
    loaded = load_index(tmp_path / "index").boundary
    assert loaded is not None
    assert (loaded.model, loaded.provenance) == (model, "by hand")
    assert loaded.probe.intercept == 0.75
    np.testing.assert_array_equal(loaded.probe.centre, row)
    np.testing.assert_array_equal(loaded.probe.direction, -row)


def test_load_index_columns_and_ledgers_of_several_documents_round_trip(
    small: Parsed, tmp_path: Path
) -> None:
    table = "事项,主要内容,责任处室,协同处室,办结时限,备注\n甲,文,一处,二处,5日,—\n注：试行\n"
    parsed = (
        small,
        parse(make_document(table, "GuoBan2024")),
        parse(make_document("第一条 甲乙。", "prose")),
    )
    save_index(build_index([Source(p) for p in parsed], FakeEmbedder()), tmp_path / "index")
    loaded = load_index(tmp_path / "index")
    assert list(loaded.schemas) == list(loaded.ledgers) == ["small", "GuoBan2024", "prose"]
    for one in parsed:
        assert loaded.schemas[one.document.id] == one.schema
        assert loaded.ledgers[one.document.id] == one.ledger
    roles = [column.role for column in loaded.schemas["GuoBan2024"].columns]
    assert roles == ["title", "measure", "lead", "responsible", "duration", "other"]
    assert loaded.ledgers["GuoBan2024"].outside == ("注：试行",)
    assert loaded.ledgers["GuoBan2024"].declared is None
    row = next(m for m in loaded.measures if m.document == "GuoBan2024")
    assert [(c.name, c.value) for c in row.cells("duration", "other")] == [
        ("办结时限", "5日"),
        ("备注", "—"),
    ]
    assert loaded.measures == tuple(m for one in parsed for m in one.measures)


def test_load_index_without_sentences_round_trips(small: Parsed, tmp_path: Path) -> None:
    index = build_index([Source(small)], FakeEmbedder(), sentences=False)
    save_index(index, tmp_path / "index")
    loaded = load_index(tmp_path / "index")
    assert loaded.sentences.shape == loaded.beyond.shape == (0, 64)


def test_load_index_without_questions_round_trips(small_index: Index, tmp_path: Path) -> None:
    save_index(small_index, tmp_path / "index")
    assert load_index(tmp_path / "index").asked is None
    assert not (tmp_path / "index" / "asked.npz").exists()


def test_save_index_twice_gives_the_same_bytes(asked_index: Index, tmp_path: Path) -> None:
    save_index(asked_index, tmp_path / "a")
    save_index(asked_index, tmp_path / "b")
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_save_index_over_an_old_one_replaces_it(small_index: Index, folder: Path) -> None:
    save_index(small_index, folder)
    assert load_index(folder).questions == ()
    assert [path.name for path in versions(folder)] == ["000001", "000002"]
    assert current(folder) == versions(folder)[-1]


def test_save_index_folder_holds_no_pickle(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {MANIFEST, *FILES}
    for path in folder.iterdir():
        data = path.read_bytes()
        if path.suffix == ".npz":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                assert all(name.endswith(".npy") for name in archive.namelist())
            arrays = np.load(io.BytesIO(data), allow_pickle=False)
            assert all(arrays[name].dtype != object for name in arrays)
        elif path.suffix == ".npy":
            assert np.load(io.BytesIO(data), allow_pickle=False).dtype == np.float32
        elif path.suffix in (".json", ".jsonl"):
            for line in data.decode().splitlines() if path.suffix == ".jsonl" else [data]:
                json.loads(line)
        else:
            assert (path.name, data[:2]) == ("vectors.faiss", b"Ix")


def test_read_manifest_saved_index_names_what_it_was_made_of(folder: Path, small: Parsed) -> None:
    manifest = read_manifest(folder)
    assert manifest["format"] == FORMAT
    assert manifest["model"] == FakeEmbedder.identity
    assert manifest["documents"] == {"small": small.document.sha256}
    assert (manifest["measures"], manifest["questions"]) == (4, 2)
    assert set(manifest["files"]) == set(FILES)


def test_load_index_no_index_says_to_build(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="wence build"):
        load_index(tmp_path)
    with pytest.raises(IndexMissingError, match="wence build"):
        load_index(tmp_path / "nowhere")


def _change(folder: Path, **changes: Any) -> None:
    path = folder / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8")) | changes
    path.write_text(json.dumps(manifest), encoding="utf-8")


def test_load_index_other_format_number_names_both(folder: Path) -> None:
    _change(folder, format=FORMAT + 1)
    with pytest.raises(
        IndexMismatchError, match=f"第 {FORMAT + 1} 版格式，本程序读第 {FORMAT} 版.*wence build"
    ):
        load_index(folder)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("share", [0.0, 0.5, 0.999])
def test_load_index_one_byte_flipped_names_the_file(folder: Path, name: str, share: float) -> None:
    data = bytearray((folder / name).read_bytes())
    data[int(share * len(data))] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(IndexMismatchError, match=f"{name} 与清单不符.*wence build"):
        load_index(folder)


@pytest.mark.parametrize("name", FILES)
def test_load_index_missing_file_names_it(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(IndexMismatchError, match=f"缺少文件 {name}"):
        load_index(folder)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b"{}", b"\xff"])
def test_load_index_broken_manifest_is_refused(folder: Path, data: bytes) -> None:
    (folder / MANIFEST).write_bytes(data)
    with pytest.raises(IndexMismatchError, match=r"已损坏.*wence build"):
        load_index(folder)


@pytest.mark.parametrize("key", ["model", "documents", "measures", "questions", "files"])
def test_load_index_manifest_without_a_key_is_refused(folder: Path, key: str) -> None:
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    del manifest[key]
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(IndexMismatchError):
        load_index(folder)


@pytest.mark.parametrize(
    "changes",
    [{"documents": {"small": "1" * 64}}, {"measures": 5}, {"questions": 3}],
    ids=["documents", "measures", "questions"],
)
def test_load_index_manifest_that_says_otherwise_is_refused(
    folder: Path, changes: dict[str, Any]
) -> None:
    _change(folder, **changes)
    with pytest.raises(IndexMismatchError):
        load_index(folder)


def test_load_index_any_byte_of_the_manifest_flipped_is_refused(folder: Path) -> None:
    path = folder / MANIFEST
    whole = path.read_bytes()
    unnoticed = []
    for place in range(0, len(whole), 3):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            load_index(folder)
        except SetupError:
            continue
        unnoticed.append(whole[max(0, place - 20) : place + 5])
    assert unnoticed == []


def test_save_index_parent_that_cannot_be_written_is_setup_error(
    small_index: Index, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SetupError, match="不能写入"):
        save_index(small_index, tmp_path / "file" / "index")


def test_load_index_real_list_round_trips(real_folder: Path) -> None:
    loaded = load_index(real_folder)
    assert len(loaded.measures) == 346
    assert loaded.vectors.ntotal == len(loaded.raw) == 2 * 346 + len(loaded.questions)
    assert loaded.boundary is not None
    assert len(loaded.beyond) == len(loaded.unanswerable) > 0
    assert len(loaded.sentences) == len(sentence_texts(loaded.measures))
    assert loaded.heads is not None
    assert loaded.heads.query.shape == loaded.heads.passage.shape == (384, 384)


def test_read_sources_gives_where_the_documents_lay_and_is_checked(
    small_index: Index, tmp_path: Path
) -> None:
    folder = tmp_path / "index"
    assert read_sources(folder) is None
    save_index(small_index, folder)
    assert read_sources(folder) is None
    save_index(small_index, folder, ["a.txt", "/x/b.txt"])
    assert read_sources(folder) == ("a.txt", "/x/b.txt")
    (folder / SOURCES).write_text('["c"]', encoding="utf-8")
    with pytest.raises(IndexMismatchError, match=SOURCES):
        read_sources(folder)


def test_load_index_while_versions_come_and_go_never_fails(
    small_index: Index, tmp_path: Path
) -> None:
    folder = tmp_path / "index"
    save_index(small_index, folder)
    failed: list[Exception] = []
    loads = 0
    done = threading.Event()

    def read() -> None:
        nonlocal loads
        while not done.is_set():
            try:
                load_index(folder)
                loads += 1
            except SetupError as error:
                failed.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(30):
        save_index(small_index, folder)
    done.set()
    reader.join()
    assert failed == []
    assert loads
    assert len(versions(folder)) == KEPT
    assert check_version(versions(folder)[0])["measures"] == 4
