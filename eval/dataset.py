"""Evaluation files → queries, qrels, runs, cases and foreign passages (contract, section 4)."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from corpus.document import Measure, parse_measure_id
from corpus.errors import InputError
from eval.lines import Line, bad_line, read_lines, read_objects

Qrels: TypeAlias = Mapping[str, Mapping[str, int]]
"""Query id → measure id → grade."""
Run: TypeAlias = Mapping[str, Mapping[str, float]]
"""Query id → measure id → score; the higher the score, the better the rank."""
ItemId: TypeAlias = tuple[str, int]
"""Document id and item number."""

KINDS = ("fact", "howto", "list", "none", "related")
HEADER = ("query-id", "corpus-id", "score")


@dataclass(frozen=True)
class Query:
    """A query with its style (`formal`, `colloquial`, …; empty where none is given)."""

    id: str
    text: str
    style: str


@dataclass(frozen=True)
class Passage:
    """One text of a foreign corpus."""

    id: str
    title: str
    text: str


@dataclass(frozen=True)
class Case:
    """A question with what a right answer must hold; fields that a kind lacks are empty.

    fact: `answers` (accepted strings) and `evidence` (measure ids); howto: `evidence`; list:
    `items`, and `measures` where `unit` is "measure"; related: `measure` and `items`, best
    first; none: nothing more. `turns` are the questions asked before it.
    """

    qid: str
    kind: str
    query: str
    style: str
    turns: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    items: tuple[ItemId, ...] = ()
    unit: str = "item"
    measures: tuple[str, ...] = ()
    measure: str = ""


class Ids:
    """The ids of an index: completes those that leave the document part out."""

    def __init__(self, measures: Iterable[Measure], *, document: str = "") -> None:
        """`document`: the one meant by ids without document; empty: the only one that fits."""
        self._document = document
        self._measures: dict[str, set[str]] = {}
        self._items: dict[int, set[str]] = {}
        self._shorts: dict[ItemId, list[str]] = {}
        for m in measures:
            short = f"{m.item}.{m.row}.{m.number}"
            self._measures.setdefault(short, set()).add(m.document)
            self._items.setdefault(m.item, set()).add(m.document)
            self._shorts.setdefault((m.document, m.item), []).append(short)

    def measure(self, text: str) -> str:
        """The full id of a measure: `1.1.1` → `hz-2022:1.1.1`.

        Raises:
            InputError: not an id, unknown, or in several documents.
        """
        asked = parse_measure_id(text)
        short = f"{asked.item}.{asked.row}.{asked.number}"
        found = self._measures.get(short, set())
        return f"{self._only(found, asked.document, text)}:{short}"

    def evidence(self, text: str) -> tuple[str, ...]:
        """The full ids of a measure, or of all measures of an item: `7`.

        Raises:
            InputError: as `measure` and `item`.
        """
        if not text.isdecimal():
            return (self.measure(text),)
        document, number = self.item(int(text))
        return tuple(f"{document}:{short}" for short in self._shorts[document, number])

    def item(self, value: Any) -> ItemId:
        """The document and number of an item: 16, or {"document": "hz-2022", "item": 16}.

        Raises:
            InputError: not an item, unknown, or in several documents.
        """
        number, document = value, ""
        if isinstance(value, dict):
            number, document = value.get("item"), value.get("document", "")
        if not isinstance(number, int) or isinstance(number, bool) or not isinstance(document, str):
            raise InputError(f"{value!r} 不是事项序号")
        return self._only(self._items.get(number, set()), document, f"第 {number} 项"), number

    def _only(self, found: set[str], document: str, name: str) -> str:
        named = document or (self._document if self._document in found else "")
        if named and named in found:
            return named
        if named or not found:
            raise InputError(f"索引里没有 {name}")
        if len(found) > 1:
            raise InputError(f"{name} 在 {'、'.join(sorted(found))} 里都有；请写明文档")
        return next(iter(found))


def read_queries(path: Path) -> tuple[Query, ...]:
    """Read `queries.jsonl`, in file order.

    Raises:
        InputError: no such file, no query, or a bad or repeated line.
    """
    found: dict[str, Query] = {}
    for line in read_objects(path):
        metadata = line.fields.get("metadata") or {}
        style = metadata.get("style", "") if isinstance(metadata, dict) else None
        if not isinstance(style, str):
            raise line.error('metadata 应写作 {"style": "…"}')
        query = Query(line.id("_id"), line.text("text"), style)
        if query.id in found:
            raise line.error(f"_id {query.id} 重复")
        found[query.id] = query
    if not found:
        raise InputError(f"{path} 里没有查询")
    return tuple(found.values())


def read_qrels(path: Path, resolve: Callable[[str], str]) -> dict[str, dict[str, int]]:
    """Read a qrels file with its header line; `resolve` gives the full id of a measure.

    Raises:
        InputError: no such file, no judgement, or a bad or repeated line.
    """
    found: dict[str, dict[str, int]] = {}
    header = False
    for number, line in read_lines(path):
        cells = [cell.strip() for cell in line.split("\t")]
        if not header:
            if tuple(cells) != HEADER:
                raise bad_line(path, number, f"表头应是 {'⇥'.join(HEADER)}（制表符分隔）")
            header = True
            continue
        if len(cells) != 3 or not cells[0] or " " in cells[0]:
            raise bad_line(path, number, "应有三列：query-id、corpus-id、score（制表符分隔）")
        if not (cells[2].isascii() and cells[2].isdecimal() and len(cells[2]) < 3):
            raise bad_line(path, number, f"等级 {cells[2]!r} 应是 0、1、2 这样的整数")
        try:
            measure = resolve(cells[1])
        except InputError as error:
            raise bad_line(path, number, str(error)) from error
        grades = found.setdefault(cells[0], {})
        if measure in grades:
            raise bad_line(path, number, f"{cells[0]} 与 {cells[1]} 重复")
        grades[measure] = int(cells[2])
    if not found:
        raise InputError(f"{path} 里没有判定")
    return found


def judged(queries: Iterable[Query], qrels: Qrels) -> tuple[Query, ...]:
    """The queries that the qrels judge, in the order of the queries.

    Raises:
        InputError: the qrels judge a query that is not there.
    """
    found = tuple(query for query in queries if query.id in qrels)
    missing = sorted(set(qrels) - {query.id for query in found})
    if missing:
        raise InputError(f"qrels 里有 {len(missing)} 个查询不在查询文件里，例如 {missing[0]}")
    return found


def read_cases(path: Path, ids: Ids) -> tuple[Case, ...]:
    """Read `cases.jsonl`, in file order, with full ids.

    Raises:
        InputError: no such file, no case, or a bad or repeated line.
    """
    found: dict[str, Case] = {}
    for line in read_objects(path):
        case = _parse_case(line, ids)
        if case.qid in found:
            raise line.error(f"qid {case.qid} 重复")
        found[case.qid] = case
    if not found:
        raise InputError(f"{path} 里没有题目")
    return tuple(found.values())


def _parse_case(line: Line, ids: Ids) -> Case:
    kind = line.text("kind")
    if kind not in KINDS:
        raise line.error(f"不认识的 kind {kind!r}；可用 {'、'.join(KINDS)}")
    unit = line.text("unit", "item")
    if unit not in ("item", "measure"):
        raise line.error(f"不认识的 unit {unit!r}；可用 item、measure")
    # an empty list is a right answer to "which items does … lead?", so items may be empty there
    none = () if kind in ("fact", "howto", "none") else None
    items = line.items("items", () if "items" in line.fields and kind == "list" else none)
    needs_measures = kind == "list" and unit == "measure"
    return Case(
        qid=line.id("qid"),
        kind=kind,
        query=line.text("query", "" if kind == "related" else None),
        style=line.text("style", ""),
        turns=line.texts("turns", ()),
        answers=line.texts("answers", None if kind == "fact" else ()),
        evidence=tuple(
            name
            for names in line.each(ids.evidence, line.texts("evidence", _needed(kind)))
            for name in names
        ),
        items=line.each(ids.item, items),
        unit=unit,
        measures=line.each(ids.measure, line.texts("measures", None if needs_measures else ())),
        measure=line.each(ids.measure, [line.text("measure")])[0] if kind == "related" else "",
    )


def _needed(kind: str) -> tuple[()] | None:
    """The default of evidence: none where a kind has none, and no default where it must."""
    return None if kind in ("fact", "howto") else ()


@dataclass(frozen=True)
class Collection:
    """One split of an evaluation set: queries with their qrels, and cases."""

    split: str
    queries: tuple[Query, ...]
    qrels: Qrels
    cases: tuple[Case, ...]


def read_collection(folder: Path, measures: Iterable[Measure], *, split: str) -> Collection:
    """Read a split of the set in a folder, whose name is the document that it is about.

    Raises:
        InputError: a file of the set is missing or bad.
    """
    ids = Ids(measures, document=folder.name)
    qrels = read_qrels(folder / "qrels" / f"{split}.tsv", ids.measure)
    queries = judged(read_queries(folder / "queries.jsonl"), qrels)
    return Collection(split, queries, qrels, read_cases(folder / f"cases_{split}.jsonl", ids))


def read_corpus(path: Path) -> tuple[Passage, ...]:
    """Read a foreign `corpus.jsonl`, in file order; a passage without text is its title.

    Raises:
        InputError: no such file, no passage, or a bad or repeated line.
    """
    found: dict[str, Passage] = {}
    for line in read_objects(path):
        title, text = line.text("title", "").strip(), line.text("text", "").strip()
        passage = Passage(line.id("_id"), title, text or title)
        if not passage.text:
            raise line.error("text 与 title 都是空的")
        if passage.id in found:
            raise line.error(f"_id {passage.id} 重复")
        found[passage.id] = passage
    if not found:
        raise InputError(f"{path} 里没有文本")
    return tuple(found.values())


def read_run(path: Path) -> dict[str, dict[str, float]]:
    """Read a TREC run file: `qid Q0 id rank score tag`.

    Raises:
        InputError: no such file, or a bad or repeated line.
    """
    found: dict[str, dict[str, float]] = {}
    for number, line in read_lines(path):
        cells = line.split()
        try:
            qid, _, measure, _, score, _ = cells
            value = float(score)
        except ValueError as error:
            raise bad_line(path, number, "应有六列：qid Q0 编号 名次 分数 标签") from error
        if not math.isfinite(value):
            raise bad_line(path, number, f"分数 {score} 不是有限的数")
        if measure in found.setdefault(qid, {}):
            raise bad_line(path, number, f"{qid} 与 {measure} 重复")
        found[qid][measure] = value
    return found
