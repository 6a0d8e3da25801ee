"""Tests of decoding and of taking documents apart."""

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import DocumentError
from corpus.measures import Parsed, parse
from corpus.read import decode, read_document

GARBAGE = b"\x81\x20\xff\xfe"


def test_decode_gb18030_equals_utf8(real_list: Parsed) -> None:
    text = real_list.document.text
    assert decode(text.encode("gb18030"), "a.txt") == decode(text.encode("utf-8"), "a.txt") == text


def test_decode_byte_order_mark_is_dropped() -> None:
    assert decode("\ufeff一照多址".encode(), "a.txt") == "一照多址"


@pytest.mark.parametrize("data", ["一\r\n二".encode(), "一\r二".encode(), "一\n二".encode()])
def test_decode_any_newline_becomes_line_feed(data: bytes) -> None:
    assert decode(data, "a.txt") == "一\n二"


def test_decode_garbage_bytes_names_byte_offset() -> None:
    with pytest.raises(DocumentError, match=r"a\.txt：第 3 字节处既不是 UTF-8 也不是 GB18030"):
        decode(b"abc" + GARBAGE, "a.txt")


def test_decode_damaged_utf8_names_byte_offset() -> None:
    data = "一照多址改革".encode()
    with pytest.raises(DocumentError, match="第 12 字节处损坏或被截断"):
        decode(data[:12] + b"\xff" + data[13:], "a.txt")


def test_decode_utf8_cut_within_a_character_names_byte_offset() -> None:
    with pytest.raises(DocumentError, match="第 15 字节处损坏或被截断"):
        decode("一照多址改革".encode()[:-1], "a.txt")


def test_decode_control_character_names_byte_offset() -> None:
    with pytest.raises(DocumentError, match=r"第 3 字节附近有控制字符 U\+0000"):
        decode("一\x00".encode(), "a.txt")


@given(st.binary(max_size=200))
def test_decode_any_bytes_gives_text_or_document_error(data: bytes) -> None:
    try:
        text = decode(data, "a.txt")
    except DocumentError:
        return
    assert "\r" not in text
    assert "\x00" not in text


def test_read_document_folder_takes_metadata(list_folder: Path) -> None:
    document = read_document(list_folder)
    assert (document.id, document.issuer, document.date) == ("hz-2022", "杭州市人民政府", "2022")
    assert document.title == "杭州市落实首批营商环境创新试点改革事项举措清单"
    assert document.sha256 == hashlib.sha256(document.text.encode("utf-8")).hexdigest()


def test_read_document_text_file_takes_name_and_first_line(tmp_path: Path) -> None:
    path = tmp_path / "条例.txt"
    path.write_text("\n  某某条例  \n第一条 内容。\n", encoding="utf-8")
    document = read_document(path)
    assert (document.id, document.title, document.issuer) == ("条例", "某某条例", "")
    assert document.origin == "条例.txt"


def test_read_document_gb18030_file_parses_as_utf8_does(tmp_path: Path, real_list: Parsed) -> None:
    path = tmp_path / "hz-2022.txt"
    path.write_bytes(real_list.document.text.encode("gb18030"))
    parsed = parse(read_document(path))
    assert parsed.measures == real_list.measures
    assert parsed.document.sha256 == real_list.document.sha256


@pytest.mark.parametrize("data", [b"", b" \n\t\n", "\ufeff".encode(), "\u3000\n".encode()])
def test_read_document_empty_file_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(DocumentError, match=r"a\.txt：文件里没有文字"):
        read_document(path)


def test_read_document_nothing_there_names_the_path(tmp_path: Path) -> None:
    with pytest.raises(
        DocumentError, match=r"找不到文档 .*nowhere\.txt；.*CSV、XLSX、DOCX、HTML 或 PDF"
    ):
        read_document(tmp_path / "nowhere.txt")


def test_read_document_folder_without_source_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"source\.txt"):
        read_document(tmp_path)


def _folder(parent: Path, metadata: str) -> Path:
    (parent / "source.txt").write_text("第一条 内容。", encoding="utf-8")
    (parent / "document.json").write_text(metadata, encoding="utf-8")
    return parent


def test_read_document_unknown_metadata_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="不认识的键 publisher"):
        read_document(_folder(tmp_path, json.dumps({"publisher": "x"})))


@pytest.mark.parametrize("metadata", ["{", "", "?"])
def test_read_document_broken_metadata_is_refused(tmp_path: Path, metadata: str) -> None:
    with pytest.raises(DocumentError, match="不是合法的 JSON"):
        read_document(_folder(tmp_path, metadata))


@pytest.mark.parametrize("metadata", ["[]", '["id"]', '"id"', "1", "null"])
def test_read_document_metadata_that_is_no_object_is_refused(tmp_path: Path, metadata: str) -> None:
    with pytest.raises(DocumentError):
        read_document(_folder(tmp_path, metadata))


@pytest.mark.parametrize("identity", ["", "a:b", "-a", "a b", "../a"])
def test_read_document_bad_id_is_refused(tmp_path: Path, identity: str) -> None:
    with pytest.raises(DocumentError, match="文档编号"):
        read_document(_folder(tmp_path, json.dumps({"id": identity})))


def test_read_document_folder_without_metadata_takes_folder_name(tmp_path: Path) -> None:
    (tmp_path / "hz").mkdir()
    (tmp_path / "hz" / "source.txt").write_text("第一条 内容。", encoding="utf-8")
    assert read_document(tmp_path / "hz").id == "hz"


@pytest.mark.parametrize("name", ["source.csv", "source.tsv"])
def test_read_document_folder_may_hold_a_table_file(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("事项,内容\n甲,乙\n", encoding="utf-8")
    assert read_document(tmp_path).origin == name


@pytest.mark.parametrize(
    ("first", "title"),
    [
        ("序号,事项,主要内容", "table"),
        ("序号\t事项\t主要内容", "table"),
        ("某清单,,", "某清单"),
        ('"某清单",,', "某清单"),
        ('"某市,""双减""清单",', '某市,"双减"清单'),
        ('"十四五"规划', '"十四五"规划'),
        ("某清单,某清单,某清单", "某清单"),
        ("\t某清单", "某清单"),
    ],
)
def test_read_document_table_row_is_no_title(tmp_path: Path, first: str, title: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(f"{first}\n1,甲,乙\n", encoding="utf-8")
    assert read_document(path).title == title


@pytest.mark.parametrize(("suffix", "texts"), [(".txt", 3), (".csv", 2), (".CSV", 2)])
def test_read_document_only_csv_files_are_guessed_to_be_parted_by_commas(
    tmp_path: Path, suffix: str, texts: int
) -> None:
    path = tmp_path / f"table{suffix}"
    path.write_text("Name,Text\n甲,一二三\n乙,四五六\n", encoding="utf-8")
    assert len(parse(read_document(path)).measures) == texts
