"""`wence feedback …`: exporting judged feedback, and the gap report."""

from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from index.store import load_index
from service.console import emit, options, settings_for
from service.feedback.gaps import Topic, parse_day, report_gaps, topic_json
from service.feedback.judgements import Export, Left, compose_export, write_export
from service.feedback.store import open_store_of

SHOWN = 5


@click.group("feedback")
def feedback_group() -> None:
    """反馈：导出评价过的问题，列出常问而没有答案的问题。"""


@feedback_group.command("gaps")
@options
@click.option("--since", default="", help="只看这一天以来的，如 2022-03-01")
@click.option(
    "--least", type=click.IntRange(min=1), default=1, show_default=True, help="至少问过几次"
)
def gaps_command(data: Path | None, as_json: bool, since: str, least: int) -> None:
    """常问而没有答案（或被判无用）的问题，按事项归并，多的在前。"""
    settings = settings_for(data)
    day = parse_day(since)
    measures = load_index(settings.index).measures
    store = open_store_of(settings)
    found = report_gaps(store.asked(since=day), store.judged(since=day), measures, least=least)
    store.close()
    if as_json:
        emit([topic_json(topic) for topic in found])
        return
    if not found:
        click.echo("没有未答的问题")
    for topic in found:
        click.echo(_show_topic(topic))


def _show_topic(topic: Topic) -> str:
    lines = [f"{topic.count:>4} 次  {topic.heading}（最近 {topic.last}）"]
    for gap in topic.gaps:
        lines.append(f"  {gap.count:>4}  {gap.wordings[0].question}")
        lines += [f"        又作：{wording.question}" for wording in gap.wordings[1:SHOWN]]
        if len(gap.wordings) > SHOWN:
            lines.append(f"        另有 {len(gap.wordings) - SHOWN} 种问法")
    return "\n".join(lines)


@feedback_group.command("export")
@options
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="写到这个文件夹"
)
@click.option(
    "--least",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    help="至少几票同意的才写出（一人一天算一票）",
)
def export_command(data: Path | None, as_json: bool, out: Path, least: int) -> None:
    """评价过的问题写成评测集（queries、qrels）和可追加的问法；有矛盾的只列出。

    判为正确的举措，或判为有用的回答的第一条引文，记 2 分。
    同一批问题若追加成了问法，就别再拿来评测。
    """
    settings = settings_for(data)
    index = load_index(settings.index)
    store = open_store_of(settings)
    judged = store.judged()
    store.close()
    export = compose_export(judged, index.measures, index.questions, least=least)
    paths = write_export(export, out, index.documents)
    if as_json:
        emit(_export_json(export, paths))
        return
    click.echo(f"{len(export.picks)} 个问题写成评测集，其中 {len(export.new)} 个可作新问法")
    for path in paths:
        click.echo(f"已写 {path}")
    for name, left in (("矛盾", export.conflicts), ("略去", export.skipped)):
        for one in left:
            click.echo(f"{name}  {one.question}：{one.reason}（{'、'.join(one.measures)}）")


def _export_json(export: Export, paths: tuple[Path, ...]) -> dict[str, object]:
    def told(left: tuple[Left, ...]) -> list[dict[str, object]]:
        return [asdict(one) for one in left]

    return {
        "files": [str(path) for path in paths],
        "queries": len(export.picks),
        "questions": len(export.new),
        "conflicts": told(export.conflicts),
        "skipped": told(export.skipped),
    }


@feedback_group.command("forget")
@options
@click.option(
    "--days",
    type=click.IntRange(min=0),
    default=None,
    help="删去几天以前的；默认同 WENCE_RETENTION_DAYS，0 为全部删去",
)
def forget_command(data: Path | None, as_json: bool, days: int | None) -> None:
    """删去早先记下的问题与评价；服务每天也照 WENCE_RETENTION_DAYS 删一次。"""
    settings = settings_for(data)
    store = open_store_of(settings)
    kept = settings.retention_days if days is None else days
    gone = store.forget(date.max) if days == 0 else store.keep_days(kept)
    store.close()
    if as_json:
        emit({"forgotten": gone})
    else:
        click.echo(f"删去了 {gone} 行")
