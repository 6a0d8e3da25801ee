"""`wence questions …`: checking and drafting the question file of a document."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from corpus.errors import IndexMismatchError, IndexMissingError, InputError
from corpus.measures import Parsed, parse
from corpus.questions import FILE, Question, read_questions
from corpus.read import read_document
from corpus.text import normalise
from index.store import load_index
from service.console import emit, options, settings_for
from service.library import BUNDLED, read_source
from service.questions.check import (
    SIMILAR,
    Collision,
    Pair,
    Shortage,
    collisions,
    coverage,
    near_duplicates,
    targets,
    wanted,
)
from service.questions.draft import KEY, appending, draft_all, open_chat, read_key
from service.settings import Settings

PATH = click.Path(path_type=Path)
COUNT = click.IntRange(min=1)
DOCUMENT = click.argument("document", metavar="[文档]", type=PATH, default=BUNDLED[0])


@dataclass(frozen=True)
class Report:
    """What `wence questions check` finds; `collisions` is None where they were not looked for."""

    document: str
    targets: int
    questions: int
    shortages: tuple[Shortage, ...]
    pairs: tuple[Pair, ...]
    collisions: tuple[Collision, ...] | None
    unchecked: str


@click.group("questions")
def questions_group() -> None:
    """常见问法：检查一个文档的问法，或用大模型起草。"""


@questions_group.command("check")
@options
@DOCUMENT
@click.option("--per-measure", type=COUNT, default=6, show_default=True, help="每条举措至少几个")
@click.option("--per-item", type=COUNT, default=4, show_default=True, help="每个事项至少几个")
@click.option(
    "--similarity",
    type=click.FloatRange(0, 1, min_open=True),
    default=SIMILAR,
    show_default=True,
    help="二元组 Jaccard 相似度到多少算近似重复",
)
@click.option("--worst", type=COUNT, default=10, show_default=True, help="列出几个最严重的碰撞")
def check_command(
    data: Path | None,
    as_json: bool,
    document: Path,
    similarity: float,
    worst: int,
    **least: int,
) -> None:
    """检查覆盖、重复与碰撞（最近的举措不是它自己的问法）；前两样不过关时退出码为 1。

    文档默认是内置的杭州清单。
    """
    settings = settings_for(data)
    source = read_source(document)
    measures, questions = source.parsed.measures, source.questions
    found, unchecked = _collisions(settings, source.parsed, questions)
    report = Report(
        source.parsed.document.id,
        len(targets(measures)),
        len(questions),
        coverage(measures, questions, **least),
        near_duplicates(questions, threshold=similarity),
        found,
        unchecked,
    )
    if as_json:
        emit(_report_json(report, worst))
    else:
        click.echo(_show_report(report, worst))
    if report.shortages or report.pairs:
        raise InputError(
            f"{len(report.shortages)} 个目标的问法不够，{len(report.pairs)} 对问法近似重复；"
            "请修改问法文件后再检查"
        )


def _collisions(
    settings: Settings, parsed: Parsed, questions: Sequence[Question]
) -> tuple[tuple[Collision, ...] | None, str]:
    """The collisions, or None and why the index cannot tell."""
    name = parsed.document.id
    try:
        index = load_index(settings.index)
    except (IndexMissingError, IndexMismatchError) as error:
        return None, str(error)
    same = (
        tuple(m for m in index.measures if m.document == name) == parsed.measures
        and tuple(q for q in index.questions if q.document == name) == questions
    )
    if not same:
        return None, f"索引里的 {name} 与文件不同；请先运行 wence build"
    return collisions(index, name), ""


def _report_json(report: Report, worst: int) -> dict[str, Any]:
    found = report.collisions
    return {
        "document": report.document,
        "targets": report.targets,
        "questions": report.questions,
        "shortages": [asdict(shortage) for shortage in report.shortages],
        "near_duplicates": [
            {
                "left": {"target": p.left.target, "text": p.left.text},
                "right": {"target": p.right.target, "text": p.right.text},
                "similarity": round(p.similarity, 4),
            }
            for p in report.pairs
        ],
        "collisions": None
        if found is None
        else {
            "hard": sum(c.hard for c in found),
            "soft": sum(not c.hard for c in found),
            "share": round(len(found) / max(report.questions, 1), 4),
            "worst": [
                {
                    "target": c.question.target,
                    "text": c.question.text,
                    "nearest": c.nearest.id,
                    "hard": c.hard,
                    "margin": round(c.margin, 4),
                }
                for c in found[:worst]
            ],
        },
        "unchecked": report.unchecked,
    }


def _show_report(report: Report, worst: int) -> str:
    lines = [f"问法 {report.document}：{report.targets} 个目标，{report.questions} 个问法"]
    lines.append(f"覆盖  {len(report.shortages)} 个目标不够")
    lines += [f"  {s.target}：{s.given} 个，至少要 {s.wanted} 个" for s in report.shortages]
    lines.append(f"重复  完全相同 0，近似 {len(report.pairs)} 对")
    lines += [
        f"  {p.similarity:.2f}  {p.left.target} “{p.left.text}”"
        f" ～ {p.right.target} “{p.right.text}”"
        for p in report.pairs
    ]
    found = report.collisions
    if found is None:
        return "\n".join([*lines, f"碰撞  没有检查：{report.unchecked}"])
    hard, all_of = sum(c.hard for c in found), max(report.questions, 1)
    lines.append(
        f"碰撞  与其他事项 {hard}（{hard / all_of:.1%}），"
        f"同一事项内 {len(found) - hard}（{(len(found) - hard) / all_of:.1%}），只作提醒"
    )
    lines += [
        f"  {c.margin:.2f}  {c.question.target} “{c.question.text}” → {c.nearest.id}"
        for c in found[:worst]
    ]
    return "\n".join(lines)


def _endpoint(_context: click.Context, _option: click.Parameter, value: str) -> str:
    try:
        parts = urlsplit(value)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        raise click.BadParameter("应为 http:// 或 https:// 开头的地址，如 http://127.0.0.1:8080/v1")
    return value


@questions_group.command("draft")
@DOCUMENT
@click.option("--llm", required=True, callback=_endpoint, help="OpenAI 兼容接口的地址，到 /v1 为止")
@click.option("--model", required=True, help="模型名称")
@click.option("--key-env", default="", help=f"存放密钥的环境变量（默认 {KEY}，没有就不用密钥）")
@click.option("--out", type=PATH, help="写到哪个文件；默认是文档旁的问法文件")
@click.option("--per-measure", type=COUNT, default=6, show_default=True, help="每条举措几个")
@click.option("--per-item", type=COUNT, default=4, show_default=True, help="每个事项几个")
@click.option("--json", "as_json", is_flag=True, help="在标准输出上给出 JSON")
def draft_command(
    document: Path,
    as_json: bool,
    out: Path | None,
    per_measure: int,
    per_item: int,
    **service: str,
) -> None:
    """用大模型起草问法：逐个目标追加到文件，已有的目标不动；中断后再运行会接着写。

    文档默认是内置的杭州清单。
    """
    parsed = parse(read_document(document))
    beside = document / FILE if document.is_dir() else document.with_suffix(".questions.jsonl")
    path = out or beside
    there = read_questions(path, parsed.document.id, parsed.measures)
    about = targets(parsed.measures)
    todo = {t: wanted(t, per_measure, per_item) for t in about}
    for question in there:
        todo.pop(question.target, None)
    with (
        open_chat(service["llm"], service["model"], read_key(service["key_env"])) as chat,
        appending(path) as file,
    ):
        skipped = draft_all(chat, file, about, todo, {normalise(q.text) for q in there})
    drafted = len(todo) - len(skipped)
    if as_json:
        emit({"file": str(path), "drafted": drafted, "skipped": skipped})
    else:
        click.echo(
            f"起草了 {drafted} 个目标，写在 {path}；请逐条审读，再运行 wence questions check"
        )
        for target, reason in skipped.items():
            click.echo(f"  跳过 {target}：{reason}")
    if skipped:
        raise InputError(f"{len(skipped)} 个目标没有起草成；再运行一次本命令只补这些")
