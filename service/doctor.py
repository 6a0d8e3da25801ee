"""`wence doctor`: whether all that the service needs is there and works, each thing in one line."""

import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from corpus.errors import IndexMissingError, SetupError, WenceError
from index.fuse import MODES
from index.store import check_version
from index.versions import current
from service.console import emit, options, settings_for
from service.feedback.store import open_store_of
from service.guard.keys import Keys
from service.guard.ready import check_arms
from service.library import built_from, open_searcher
from service.llm.generate import open_generator
from service.settings import Settings

NEEDED_MB = 500  # of free space, for a build beside the versions that are kept


@dataclass(frozen=True)
class Finding:
    """What was looked at, whether it is well, and what was found."""

    name: str
    well: bool
    told: str


def examine(settings: Settings) -> tuple[Finding, ...]:
    """Look at everything in turn; what fails does not keep the rest from being looked at."""
    checks: tuple[tuple[str, Callable[[Settings], str]], ...] = (
        ("Python", _python),
        ("数据文件夹", _data),
        ("索引", _index),
        ("文档", _documents),
        ("检索", _search),
        ("反馈库", _feedback),
        ("大模型", _model),
        ("密钥", _keys),
    )
    findings: list[Finding] = []
    for name, check in checks:
        try:
            findings.append(Finding(name, True, check(settings)))
        except (WenceError, OSError, sqlite3.Error) as error:
            findings.append(Finding(name, False, str(error)))
    return tuple(findings)


def _python(settings: Settings) -> str:  # noqa: ARG001 (one form for all checks)
    return f"{sys.version.split()[0]}，{sys.platform}，{os.cpu_count()} 核"


def _data(settings: Settings) -> str:
    with tempfile.TemporaryFile(dir=settings.data):
        free = shutil.disk_usage(settings.data).free >> 20
    if free < NEEDED_MB:
        raise SetupError(f"{settings.data} 只剩 {free} MB；请腾出 {NEEDED_MB} MB")
    return f"{settings.data} 可写，剩 {free} MB"


def _index(settings: Settings) -> str:
    version = current(settings.index)
    if version is None:
        raise IndexMissingError(f"{settings.index} 里还没有索引；请先运行 wence build")
    manifest = check_version(version)
    return f"{version.name}，{manifest['measures']} 条，每个文件都与校验值相符"


def _documents(settings: Settings) -> str:
    return "、".join(path.name for path in built_from(settings))


def _search(settings: Settings) -> str:
    searcher = open_searcher(settings)
    missing = check_arms(searcher)
    if missing:
        raise SetupError(f"用原文的话查不到原文：{missing}；请运行 wence build 重建")
    return f"{'、'.join(MODES)} 都查得到；模型 {searcher.index.model}"


def _feedback(settings: Settings) -> str:
    store = open_store_of(settings)
    try:
        return f"{store} 可写"
    finally:
        store.close()


def _model(settings: Settings) -> str:
    open_generator(settings)
    return (
        f"{settings.llm_model}，{settings.llm_url}" if settings.llm_url else "没有设，只用原文摘录"
    )


def _keys(settings: Settings) -> str:
    keys = Keys(settings.data).all()
    return "、".join(f"{key.name}（{key.scope}）" for key in keys) or "没有；只在本机监听时不需要"


@click.command("doctor")
@options
@click.pass_context
def doctor_command(context: click.Context, data: Path | None, as_json: bool) -> None:
    """逐项检查：数据文件夹、索引、文档、检索、反馈库、大模型、密钥；有一项不好就退出 1。"""
    findings = examine(settings_for(data))
    if as_json:
        emit([vars(finding) for finding in findings])
    else:
        for finding in findings:
            click.echo(f"{'✓' if finding.well else '✗'} {finding.name}  {finding.told}")
    context.exit(0 if all(finding.well for finding in findings) else 1)
