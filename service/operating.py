"""`wence rollback`, `backup` and `restore`: what an operator does to an index that is there."""

from pathlib import Path

import click

from index.store import read_manifest
from index.versions import current, roll_back, versions
from service.console import emit, options, settings_for
from service.keeping import back_up, restore
from service.settings import Settings


@click.command("rollback")
@options
@click.argument("version", default="")
@click.option("--list", "listing", is_flag=True, help="只列出现有的版本")
def rollback_command(data: Path | None, as_json: bool, version: str, listing: bool) -> None:
    """退回索引的上一个版本，或指定的版本；运行中的服务会自己换上。"""
    settings = settings_for(data)
    if not listing:
        roll_back(settings.index, version)
    shown = _versions(settings)
    if as_json:
        emit(shown)
        return
    for one in shown:
        mark = "→" if one["current"] else " "
        click.echo(f"{mark} {one['version']}  {'、'.join(one['documents'])}")
    if not shown:
        click.echo("没有版本")


def _versions(settings: Settings) -> list[dict[str, object]]:
    now = current(settings.index)
    return [
        {
            "version": path.name,
            "current": path.resolve() == now,
            "documents": sorted(read_manifest(path)["documents"]),
        }
        for path in versions(settings.index)
    ]


@click.command("backup")
@options
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup_command(data: Path | None, as_json: bool, file: Path) -> None:
    """把当前的索引与反馈库备份成一个 zip 文件，写完再校验一遍。"""
    about = back_up(settings_for(data), file)
    if as_json:
        emit({"backup": str(file), **about})
    else:
        click.echo(f"已备份 {len(about['files'])} 个文件到 {file}，校验无误")


@click.command("restore")
@options
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--feedback", is_flag=True, help="连反馈库一起恢复（现有的反馈会被盖掉）")
def restore_command(data: Path | None, as_json: bool, file: Path, feedback: bool) -> None:
    """校验备份，把其中的索引恢复成新的版本；原来的版本还可以退回。"""
    manifest = restore(settings_for(data), file, feedback=feedback)
    if as_json:
        emit({"documents": manifest["documents"], "measures": manifest["measures"]})
    else:
        click.echo(f"已恢复 {'、'.join(manifest['documents'])}，{manifest['measures']} 条")


COMMANDS = (rollback_command, backup_command, restore_command)
