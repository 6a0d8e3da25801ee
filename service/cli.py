"""The `wence` command."""

import asyncio
import re
import socket
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from corpus.document import Measure
from corpus.errors import InputError, NotFoundError, SetupError
from corpus.measures import Ledger
from corpus.read import KINDS
from corpus.text import parse_numeral
from index.filters import Filters
from index.search import Searcher
from service.answer import Answer
from service.api.cli import mcp_command
from service.batch import run_batch
from service.console import (
    emit,
    open_from,
    options,
    plain_lines,
    progress_bar,
    settings_for,
    show_hit,
    show_ledger,
    show_measure,
)
from service.feedback.cli import feedback_group
from service.labels import heads_of
from service.library import BUNDLED, build, built_from, is_unused, open_answerer, train
from service.llm.generate import Generator, open_generator, settle
from service.operating import COMMANDS
from service.plain_cli import plain_group
from service.questions.cli import questions_group
from service.reader_cli import reader_group
from service.remote.cli import Asking, url_option
from service.schemas import answer_json, measure_json, search_json
from service.settings import Settings

ITEM = re.compile(
    r"(?:(?P<document>[\w][\w.-]*):)?第?(?P<item>[0-9]{1,6}|[零〇一二两三四五六七八九十百千]{1,9})项?"
)
BATCH = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group(
    cls=Asking,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="wence", prog_name="wence")
@url_option
def commands(url: str) -> None:
    """问策：在政策清单里检索举措、回答问题，引文逐字可查。"""


@commands.command("build")
@options
@click.option(
    "--documents",
    type=click.Path(path_type=Path),
    multiple=True,
    help=f"全部文档：{KINDS}，或含 source.txt 等源文件的文件夹；后面可接几个，也可重复。"
    "默认是上次所建的文档，没有建过就是内置的杭州清单",
)
@click.argument("more", metavar="[路径]...", type=click.Path(path_type=Path), nargs=-1)
def build_command(
    data: Path | None, as_json: bool, documents: tuple[Path, ...], more: tuple[Path, ...]
) -> None:
    """读文档、建索引，并给出对账表。"""
    settings = settings_for(data)
    paths = (*documents, *more)
    if not paths:
        paths = built_from(settings)
        known = "内置的清单" if paths == BUNDLED else "上次的文档"
        click.echo(f"没有给出文档，建的是{known}：{'、'.join(map(str, paths))}", err=True)
    ledgers = _build(settings, paths)
    if as_json:
        emit({"ledgers": [asdict(ledger) | {"balanced": ledger.balanced} for ledger in ledgers]})
    else:
        for ledger in ledgers:
            click.echo(show_ledger(ledger))


def _build(settings: Settings, documents: tuple[Path, ...]) -> tuple[Ledger, ...]:
    with progress_bar("编码") as progress:
        return build(settings, documents, progress=progress)


@commands.command("adapt")
@options
@click.argument("document", type=click.Path(path_type=Path), default=BUNDLED[0])
def adapt_command(data: Path | None, as_json: bool, document: Path) -> None:
    """用文档自带的问法（至少 200 个）训练适配器（几分钟），存为文档文件夹里的 adapter.npz。"""
    with progress_bar("训练") as progress:
        path = train(settings_for(data), document, progress=progress)
    if as_json:
        emit({"adapter": str(path)})
    else:
        click.echo(f"适配器已存为 {path}；运行 wence build 后生效")


@commands.command("search")
@options
@click.argument("query", required=False)
@click.option("-k", default=10, show_default=True, help="给出几条")
@click.option("--mode", default="hybrid", show_default=True, help="hybrid、dense 或 bm25")
@click.option("--lead", default="", help="主要负责的单位（名称的一部分即可）")
@click.option("--responsible", default="", help="参与的单位（名称的一部分即可）")
@click.option("--aspect", default="", help="方面（名称的一部分即可）")
@click.option("--due-from", default="", help="文档写的时间不早于，如 2022-03")
@click.option("--due-to", default="", help="文档写的时间不晚于，如 2022-06")
@click.option("--batch", type=BATCH, help="每行一个 {qid, query} 的 JSON Lines 文件")
def search_command(
    data: Path | None,
    as_json: bool,
    query: str | None,
    batch: Path | None,
    k: int,
    mode: str,
    **names: Any,
) -> None:
    """按相关程度列出举措。"""
    filters = Filters(**names)

    text = "" if batch else _needed(query)
    searcher = open_from(data)
    if batch is not None:
        run_batch(
            batch, lambda text, _: search_json(searcher, text, k=k, mode=mode, filters=filters)
        )
        return
    if as_json:
        emit(search_json(searcher, text, k=k, mode=mode, filters=filters))
        return
    result = searcher.search(text, k=k, mode=mode, filters=filters)
    if result.normalized != result.query:
        click.echo(f"检索：{result.normalized}", err=True)
    if not result.hits:
        click.echo("没有符合条件的举措")
    for hit in result.hits:
        click.echo(show_hit(searcher, hit))


def _needed(query: str | None) -> str:
    if query is None:
        raise click.UsageError("请给出问题，或用 --batch 给出文件")
    return query


@commands.command("ask")
@options
@click.argument("question", required=False)
@click.option("-k", default=10, show_default=True, help="附几条举措")
@click.option("--turn", "turns", multiple=True, help="前面问过的问题，按先后重复给出，最多 6 个")
@click.option("--batch", type=BATCH, help="每行一个 {qid, query} 的 JSON Lines 文件")
def ask_command(
    data: Path | None,
    as_json: bool,
    question: str | None,
    k: int,
    turns: tuple[str, ...],
    batch: Path | None,
) -> None:
    """回答问题并给出引文；文件里没有的就说没有。"""
    settings = settings_for(data)
    text = "" if batch else _needed(question)
    answerer, generator = open_answerer(settings), open_generator(settings)
    searcher = answerer.searcher

    def told(text: str, said: Sequence[str]) -> dict[str, Any]:
        answer = answerer.ask(text, turns=(*turns, *said), k=k)
        return answer_json(searcher, asyncio.run(settle(generator, searcher, answer)).answer)

    if batch is not None:
        run_batch(batch, told)
        return
    if as_json:
        emit(told(text, ()))
        return
    answer = answerer.ask(text, turns=turns, k=k)
    if answer.understood not in ("", text):
        click.echo(f"理解为：{answer.understood}", err=True)
    given = _tell(generator, searcher, answer)
    for citation in given.citations:
        click.echo(f"[{citation.n}] {citation.measure}  {citation.start}–{citation.end}")
    for hit in given.nearest[:3]:
        click.echo(show_hit(searcher, hit))


def _tell(generator: Generator, searcher: Searcher, answer: Answer) -> Answer:
    """Print an answer, a model's sentences line by line as they come; the answer to keep."""
    done = asyncio.run(settle(generator, searcher, answer, lambda told: click.echo(told.text)))
    if done.outcome != "model":
        cited = dict.fromkeys(c.measure for c in answer.citations if answer.kind != "list")
        plain = [line for name in cited for line in plain_lines(searcher, searcher.measure(name))]
        short = done.answer.short_answer
        said = f"答：{short}" if short else ""
        for line in filter(None, (done.answer.notice, said, *plain, done.answer.answer)):
            click.echo(line)
    return done.answer


@commands.command("related")
@options
@click.argument("measure_id")
@click.option("-k", default=10, show_default=True, help="给出几条")
def related_command(data: Path | None, as_json: bool, measure_id: str, k: int) -> None:
    """其他事项里与某条举措相关的举措，并说明理由。"""
    searcher = open_from(data)
    found = searcher.related(measure_id, k=k)
    if as_json:
        emit(
            [
                {
                    "measure": measure_json(searcher, r.measure),
                    "score": r.score,
                    "reason": r.reason,
                }
                for r in found
            ]
        )
        return
    for related in found:
        m = related.measure
        click.echo(f"{related.score:.2f}  {m.id}  {m.title}\n    {related.reason}")


@commands.command("show")
@options
@click.argument("name", metavar="编号")
def show_command(data: Path | None, as_json: bool, name: str) -> None:
    """一条举措（27.1.3），或一个事项的各条举措（27、第27项）：全文、所在的行与原文位置。"""
    searcher = open_from(data)
    item = ITEM.fullmatch(name.strip())
    if item is None:
        measures = [searcher.measure(name)]
    else:
        measures = _of_item(searcher, item["document"], parse_numeral(item["item"]))
    if as_json:
        records = [measure_json(searcher, m) for m in measures]
        emit(records if item else records[0])
    else:
        heads = heads_of(searcher.measures)
        told = (show_measure(searcher, m, heads[m.document, m.item]) for m in measures)
        click.echo("\n\n".join(told))


def _of_item(searcher: Searcher, document: str | None, item: int) -> list[Measure]:
    """The measures of an item; the document may be left out while it is unambiguous."""
    known = [m for m in searcher.measures if document in (None, m.document)]
    if not known:
        raise NotFoundError(f"没有文档 {document}；现有文档 {'、'.join(searcher.documents)}")
    found = [m for m in known if m.item == item]
    if not found:
        raise NotFoundError(f"没有第 {item} 项；编号从 {known[0].id} 到 {known[-1].id}")
    if len({m.document for m in found}) > 1:
        raise InputError(f"几个文档里都有第 {item} 项；请写全，例如 {found[0].document}:{item}")
    return found


@commands.command("serve")
@options
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="监听端口"
)
def serve_command(data: Path | None, as_json: bool, host: str, port: int) -> None:
    """启动网页与接口；还没有索引时先用内置清单建一个。"""
    from service.serving import Service, check_staff, serve

    settings = settings_for(data)
    _check_port(host, port)
    check_staff(settings, host)
    if is_unused(settings):
        _build(settings, BUNDLED)
    app = Service(settings, host)
    shown = f"[{host}]" if ":" in host else host
    if as_json:
        emit({"url": f"http://{shown}:{port}/"})
    else:
        click.echo(f"问策：http://{shown}:{port}/", err=True)
    serve(app, settings, host, port)


def _check_port(host: str, port: int) -> None:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.create_server((host, port), family=family):
            pass
    except OSError as error:
        raise SetupError(f"不能监听 {host}:{port}（{error}）；请用 --port 换一个端口") from error


commands.add_command(feedback_group)
commands.add_command(mcp_command)
commands.add_command(plain_group)
commands.add_command(questions_group)
commands.add_command(reader_group)
for command in COMMANDS:
    commands.add_command(command)
