"""The index folder: a manifest with checksums, written as a new version, no pickle.

manifest.json    format, model identity, document hashes, SHA-256 of every other file
documents.json   the documents with their exact texts, their columns and ledgers
measures.jsonl   one measure a line
questions.jsonl  one question view a line; unanswerable.jsonl the same for the other sort
plain.jsonl      the plain words of measures, one a line; examples.jsonl what the home page offers
settings.json    policy dictionary, lexicon, fusion weights and calibrations with their provenance
words.npz …      BM25 impacts (terms joined by newlines in a uint8 array)
vectors.faiss    the view vectors
raw.npy, …       the embedder's own vectors; the heads between the two, where there are any;
                 sentences.npy those of the sentences, beyond.npy those of the unanswerable
                 questions, and probe.npy what was learned from these
sources.json     where the documents lay, if that was told
"""

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from corpus.document import Document, Measure
from corpus.errors import IndexMismatchError, IndexMissingError
from corpus.examples import Spoken
from corpus.lexicon import Entry
from corpus.measures import read_ledger
from corpus.questions import Question
from corpus.schema import Column, Schema
from index.answerable import Boundary, Probe
from index.datatypes import Heads, Index
from index.fuse import Calibration, Fusion
from index.lexical import Bm25
from index.logistic import Logistic
from index.versions import current, new_version
from index.views import own_questions

FORMAT = 8
MANIFEST = "manifest.json"
SOURCES = "sources.json"
TRIES = 3  # a reader starts anew where the version that it reads is removed under it
MEND = "请运行 wence build 重建"


def save_index(index: Index, folder: Path, sources: Sequence[str] = ()) -> None:
    """Write a new version of an index folder; the old one is current until the new one is whole.

    Raises:
        SetupError: the folder cannot be written, or another program is writing it for too long.
    """
    files = _files(index)
    if sources:
        files[SOURCES] = _json(list(sources)).encode()
    manifest = {
        "format": FORMAT,
        "model": index.model,
        "documents": {d.id: d.sha256 for d in index.documents.values()},
        "measures": len(index.measures),
        "questions": len(index.questions),
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    }
    manifest["checksum"] = _checksum(manifest)
    with new_version(folder) as beside:
        for name, data in files.items():
            (beside / name).write_bytes(data)
        (beside / MANIFEST).write_text(_json(manifest), encoding="utf-8")


def _checksum(manifest: Mapping[str, Any]) -> str:
    """The SHA-256 of a manifest in canonical JSON."""
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _json_lines(records: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records).encode()


def _files(index: Index) -> dict[str, bytes]:
    settings = {
        "dictionary": index.dictionary,
        "lexicon": [[e.spoken, *e.official] for e in index.lexicon],
        "fusion": asdict(index.fusion),
        "boundary": _about(index.boundary),
    }
    files = {
        "documents.json": _json([_about_document(index, d) for d in index.documents]).encode(),
        "measures.jsonl": _json_lines([m.to_record() for m in index.measures]),
        "questions.jsonl": _json_lines([asdict(q) for q in index.questions]),
        "plain.jsonl": _json_lines([{"id": m, "plain": t} for m, t in index.plain.items()]),
        "examples.jsonl": _json_lines([asdict(example) for example in index.examples]),
        "settings.json": _json(settings).encode(),
        "words.npz": _pack(index.words),
        "own_words.npz": _pack(index.own_words),
        "unanswerable.jsonl": _json_lines([asdict(q) for q in index.unanswerable]),
        "raw.npy": _array(index.raw),
        "beyond.npy": _array(index.beyond),
        "sentences.npy": _array(index.sentences),
        "vectors.faiss": faiss.serialize_index(index.vectors).tobytes(),
    }
    if index.heads is not None:
        files["query_head.npy"] = _array(index.heads.query)
        files["passage_head.npy"] = _array(index.heads.passage)
    if index.boundary is not None:
        probe = index.boundary.probe
        files["probe.npy"] = _array(np.stack([probe.centre, probe.direction]))
    if index.asked is not None:
        files["asked.npz"] = _pack(index.asked)
    return files


def _about_document(index: Index, name: str) -> dict[str, Any]:
    """A document with its columns and its ledger."""
    return {
        "document": asdict(index.documents[name]),
        "schema": [[column.name, column.role] for column in index.schemas[name].columns],
        "ledger": asdict(index.ledgers[name]),
    }


def _about(boundary: Boundary | None) -> dict[str, Any] | None:
    """A boundary without its probe's vectors, which stand in a file of their own."""
    if boundary is None:
        return None
    return {
        "model": asdict(boundary.model),
        "intercept": boundary.probe.intercept,
        "provenance": boundary.provenance,
    }


def _array(values: NDArray[np.float32]) -> bytes:
    stream = io.BytesIO()
    np.save(stream, values, allow_pickle=False)
    return stream.getvalue()


def _load(data: bytes) -> NDArray[np.float32]:
    values: NDArray[np.float32] = np.load(io.BytesIO(data), allow_pickle=False)
    return values


def _pack(bm25: Bm25) -> bytes:
    stream = io.BytesIO()
    np.savez(
        stream,
        terms=np.frombuffer("\n".join(bm25.vocabulary).encode(), np.uint8),
        indptr=bm25.indptr,
        documents=bm25.documents,
        impacts=bm25.impacts,
        count=np.int64(bm25.count),
    )
    return stream.getvalue()


def _unpack(data: bytes) -> Bm25:
    arrays = np.load(io.BytesIO(data), allow_pickle=False)
    terms = arrays["terms"].tobytes().decode().split("\n")
    return Bm25(
        {term: number for number, term in enumerate(terms)},
        arrays["indptr"],
        arrays["documents"],
        arrays["impacts"],
        int(arrays["count"]),
    )


def load_index(folder: Path) -> Index:
    """Open the current version of an index folder; every file is checked against the manifest.

    Raises:
        IndexMissingError: there is no index.
        IndexMismatchError: another format, a missing file, or a file that was changed.
    """
    for _ in range(TRIES - 1):
        version = current(folder) or folder
        try:
            return _load_version(version)
        except (IndexMismatchError, OSError):
            if current(folder) in (None, version):
                raise
    return _load_version(current(folder) or folder)


def read_sources(folder: Path) -> tuple[str, ...] | None:
    """Where the documents of the current version lay; None where that was not told.

    Raises:
        IndexMismatchError: the manifest or the list is damaged.
    """
    version = current(folder)
    if version is None or not (version / SOURCES).is_file():
        return None
    checksums = read_manifest(version)["files"]
    files = _read_checked(version, {SOURCES: checksums.get(SOURCES, "")})
    return tuple(json.loads(files[SOURCES]))


def check_version(version: Path) -> dict[str, Any]:
    """The manifest of one version, after checking every file against it.

    Raises:
        IndexMissingError, IndexMismatchError: as `load_index`.
    """
    manifest = read_manifest(version)
    _read_checked(version, manifest["files"])
    return manifest


def _load_version(folder: Path) -> Index:
    manifest = read_manifest(folder)
    files = _read_checked(folder, manifest["files"])
    settings = json.loads(files["settings.json"])
    records = json.loads(files["documents.json"])
    documents = [Document(**record["document"]) for record in records]
    measures = tuple(map(Measure.from_record, _records(files["measures.jsonl"])))
    questions, unanswerable = (
        tuple(Question(**record) for record in _records(files[name]))
        for name in ("questions.jsonl", "unanswerable.jsonl")
    )
    return Index(
        documents={document.id: document for document in documents},
        schemas={
            d.id: Schema(tuple(Column(*column) for column in record["schema"]))
            for d, record in zip(documents, records, strict=True)
        },
        ledgers={
            d.id: read_ledger(record["ledger"])
            for d, record in zip(documents, records, strict=True)
        },
        measures=measures,
        questions=questions,
        unanswerable=unanswerable,
        dictionary=tuple(settings["dictionary"]),
        lexicon=tuple(Entry(spoken, tuple(rest)) for spoken, *rest in settings["lexicon"]),
        words=_unpack(files["words.npz"]),
        own_words=_unpack(files["own_words.npz"]),
        asked=_unpack(files["asked.npz"]) if "asked.npz" in files else None,
        raw=_load(files["raw.npy"]),
        beyond=_load(files["beyond.npy"]),
        sentences=_load(files["sentences.npy"]),
        heads=_heads(files),
        vectors=faiss.deserialize_index(np.frombuffer(files["vectors.faiss"], np.uint8)),
        owners=own_questions(measures, questions),
        fusion=_fusion(settings["fusion"]),
        boundary=_boundary(settings["boundary"], files),
        model=manifest["model"],
        plain={r["id"]: r["plain"] for r in _records(files["plain.jsonl"])},
        examples=tuple(Spoken(**record) for record in _records(files["examples.jsonl"])),
    )


def _boundary(record: Mapping[str, Any] | None, files: Mapping[str, bytes]) -> Boundary | None:
    if record is None:
        return None
    centre, direction = _load(files["probe.npy"])
    model = Logistic(record["model"]["intercept"], tuple(record["model"]["coefficients"]))
    return Boundary(Probe(centre, direction, record["intercept"]), model, record["provenance"])


def _heads(files: Mapping[str, bytes]) -> Heads | None:
    if "query_head.npy" not in files:
        return None
    return Heads(_load(files["query_head.npy"]), _load(files["passage_head.npy"]))


def _records(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.decode().split("\n") if line]


def _fusion(record: Mapping[str, Any]) -> Fusion:
    calibrations = {
        mode: Calibration(c["intercept"], tuple(c["coefficients"]), c["provenance"])
        for mode, c in record["calibrations"].items()
    }
    return Fusion(record["weights"], calibrations, record["provenance"])


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of an index folder.

    Raises:
        IndexMissingError: there is no index.
        IndexMismatchError: the manifest is damaged or of another format.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise IndexMissingError(f"{folder} 里还没有索引；请先运行 wence build")
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        version, checksum = manifest["format"], manifest.pop("checksum", "")
    except (ValueError, KeyError, TypeError) as error:
        raise IndexMismatchError(f"{path} 已损坏；{MEND}") from error
    if version != FORMAT:
        raise IndexMismatchError(f"索引是第 {version} 版格式，本程序读第 {FORMAT} 版；{MEND}")
    if checksum != _checksum(manifest):
        raise IndexMismatchError(f"{path} 被改动过；{MEND}")
    return manifest


def _read_checked(folder: Path, checksums: Mapping[str, str]) -> dict[str, bytes]:
    files = {}
    for name, checksum in checksums.items():
        path = folder / name
        if not path.is_file():
            raise IndexMismatchError(f"索引缺少文件 {name}；{MEND}")
        files[name] = path.read_bytes()
        found = hashlib.sha256(files[name]).hexdigest()
        if found != checksum:
            raise IndexMismatchError(
                f"索引文件 {name} 与清单不符（应为 {checksum[:12]}…，实为 {found[:12]}…）；{MEND}"
            )
    return files
