"""`wence rollback`, `backup`, `restore` and `keys`: what an operator does beside building."""

from pathlib import Path
from typing import Any

import click

from index.store import read_manifest
from index.versions import current, roll_back, versions
from service.console import emit, options, settings_for
from service.doctor import doctor_command
from service.guard.keys import SCOPES, Keys
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


def _versions(settings: Settings) -> list[dict[str, Any]]:
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


@click.group("keys")
def keys_group() -> None:
    """密钥：给程序与工作人员用，权限为 read、staff 或 admin。"""


@keys_group.command("add")
@options
@click.argument("name")
@click.option(
    "--scope",
    type=click.Choice(SCOPES),
    default="read",
    show_default=True,
    help="权限；staff 能看 /gaps 与 /metrics",
)
def add_command(data: Path | None, as_json: bool, name: str, scope: str) -> None:
    """加一个密钥；它只显示这一次。"""
    token = Keys(settings_for(data).data).add(name, scope)
    if as_json:
        emit({"name": name, "scope": scope, "key": token})
    else:
        click.echo(token)
        click.echo(f"已加密钥“{name}”（{scope}）；只显示这一次，请收好", err=True)


@keys_group.command("list")
@options
def list_command(data: Path | None, as_json: bool) -> None:
    """列出密钥的名称、权限与日期。"""
    keys = Keys(settings_for(data).data).all()
    if as_json:
        emit([{"name": key.name, "scope": key.scope, "day": key.day} for key in keys])
        return
    for key in keys:
        click.echo(f"{key.name}  {key.scope}  {key.day}")
    if not keys:
        click.echo("没有密钥")


@keys_group.command("revoke")
@options
@click.argument("name")
def revoke_command(data: Path | None, as_json: bool, name: str) -> None:
    """撤销一个密钥；运行中的服务立刻不再认它。"""
    Keys(settings_for(data).data).revoke(name)
    if as_json:
        emit({"revoked": name})
    else:
        click.echo(f"已撤销密钥“{name}”")


COMMANDS = (rollback_command, backup_command, restore_command, keys_group, doctor_command)
