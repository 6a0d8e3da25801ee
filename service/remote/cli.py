"""`wence --url http://… search|ask|related|show`: the same commands against a service."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from service.client import Answer, Hit, Measure, Wence
from service.console import emit, settings_for
from service.labels import brief_cells, fields_of
from service.remote.records import measure_of

as_json_option = click.option("--json", "as_json", is_flag=True, help="在标准输出上给出 JSON")
k_option = click.option("-k", default=10, show_default=True, help="给出几条")


class Asking(click.Group):
    """A group whose commands, with `--url`, are the remote ones; eval reads the address itself."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name that asks where it is to ask."""
        here = super().get_command(ctx, cmd_name)
        if not ctx.params.get("url") or here is None or cmd_name == "eval":
            return here
        far = remote.get_command(ctx, cmd_name)
        if far is None:
            known = "、".join((*remote.list_commands(ctx), "eval"))
            raise click.UsageError(f"{cmd_name} 只在本机运行；--url 可用于 {known}")
        return far


url_option = click.option(
    "--url", default="", help="问这个地址上的服务，不用本机的索引：search、ask、related、show、eval"
)


def asked_url() -> str:
    """The address that stands before the running command; empty without one."""
    return str(click.get_current_context().find_root().params.get("url") or "")


def open_client(url: str) -> Wence:
    """A client of the service at an address, with the key of the settings.

    Raises:
        WenceError: not an address, or settings that don't fit.
    """
    return Wence(url, key=settings_for(None).key)


def connected(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command a client of the address that stands before it."""

    @wraps(command)
    def with_client(**given: Any) -> None:
        with open_client(asked_url()) as wence:
            command(wence, **given)

    return with_client


@click.group()
def remote() -> None:
    """Asked of a service."""


@remote.command("search")
@click.argument("query")
@as_json_option
@k_option
@click.option("--mode", default="hybrid", show_default=True, help="hybrid、dense 或 bm25")
@click.option("--lead", default="", help="主要负责的单位（名称的一部分即可）")
@click.option("--responsible", default="", help="参与的单位（名称的一部分即可）")
@click.option("--aspect", default="", help="方面（名称的一部分即可）")
@click.option("--due-from", default="", help="文档写的时间不早于，如 2022-03")
@click.option("--due-to", default="", help="文档写的时间不晚于，如 2022-06")
@connected
def search_remote(
    wence: Wence, query: str, as_json: bool, k: int, mode: str, **filters: Any
) -> None:
    """按相关程度列出举措。"""
    found = wence.search(query, k=k, mode=mode, **filters)
    if as_json:
        emit(found.model_dump(mode="json"))
        return
    if not found.hits:
        click.echo("没有符合条件的举措")
    for hit in found.hits:
        click.echo(_show_hit(hit))


@remote.command("ask")
@click.argument("question")
@as_json_option
@k_option
@click.option("--turn", "turns", multiple=True, help="前面问过的问题，按先后重复给出，最多 6 个")
@connected
def ask_remote(wence: Wence, question: str, as_json: bool, k: int, turns: tuple[str, ...]) -> None:
    """回答问题并给出引文；文件里没有的就说没有。"""
    answer = wence.ask(question, turns=turns, k=k)
    if as_json:
        emit(answer.model_dump(mode="json"))
    else:
        click.echo(_show_answer(answer))


@remote.command("related")
@click.argument("name", metavar="编号")
@as_json_option
@k_option
@connected
def related_remote(wence: Wence, name: str, as_json: bool, k: int) -> None:
    """其他事项里与某条举措相关的举措，并说明理由。"""
    found = wence.related(name, k=k)
    if as_json:
        emit([one.model_dump(mode="json") for one in found])
        return
    for one in found:
        click.echo(f"{one.score:.2f}  {one.measure.id}  {one.measure.title}\n    {one.reason}")


@remote.command("show")
@click.argument("name", metavar="编号")
@as_json_option
@connected
def show_remote(wence: Wence, name: str, as_json: bool) -> None:
    """一条举措的全文与各列。"""
    measure = wence.measure(name)
    if as_json:
        emit(measure.model_dump(mode="json"))
    else:
        row = wence.list_measures(document=measure.document, item=measure.item, limit=1)
        click.echo(_show_measure(measure, row.measures[0]))


def _show_hit(hit: Hit) -> str:
    m = hit.measure
    told = [cell.value for cell in brief_cells(measure_of(m))]
    about = "，".join(told if m.applicable else [*told, "不涉及"])
    title = f"{m.title}（{about}）" if about else m.title
    return f"{hit.rank:>2}. {hit.score:.2f}  {m.id}  {title}\n    {m.text}"


def _show_answer(answer: Answer) -> str:
    short = f"答：{answer.short_answer}" if answer.short_answer else ""
    lines = [line for line in (answer.notice, short, answer.answer) if line]
    lines += [f"[{c.n}] {c.measure}  {c.start}–{c.end}" for c in answer.citations]
    lines += [_show_hit(hit) for hit in answer.nearest[:3]]
    return "\n".join(lines)


def _show_measure(m: Measure, head: Measure) -> str:
    """A measure with its whole row under its document's names; `head` is its item's first."""
    rows = [
        ("举措编号", m.id),
        *((field.name, field.value) for field in fields_of(measure_of(m), measure_of(head))),
        ("是否涉及", "" if m.applicable else "本地不涉及"),
        ("原文位置", f"{m.document}，第 {m.start}–{m.end} 字"),
    ]
    return "\n".join(f"{name}：{value}" for name, value in rows if value)
