"""What every command of `wence` shares: its options, settings, output and exit codes."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click

from corpus.errors import WenceError
from corpus.measures import Ledger
from index.build import Progress
from index.search import Searcher
from service.guard.logs import write_log
from service.library import open_searcher
from service.settings import Settings, read_settings


def options(command: Callable[..., None]) -> Callable[..., None]:
    """The two options of every command: `--data` and `--json`."""
    command = click.option(
        "--data", type=click.Path(path_type=Path), help="数据文件夹（默认同 WENCE_DATA）"
    )(command)
    return click.option("--json", "as_json", is_flag=True, help="在标准输出上给出 JSON")(command)


def settings_for(data: Path | None) -> Settings:
    """The settings of a command; logging goes to stderr at their level."""
    settings = read_settings(dict(os.environ), data=data)
    write_log(settings.log_level, settings.log_format)
    return settings


def open_from(data: Path | None) -> Searcher:
    """Open the index of a data folder.

    Raises:
        SetupError: there is none, or it does not match.
    """
    return open_searcher(settings_for(data))


SHOWN = 30  # characters of a text beside a table


@contextmanager
def progress_bar(label: str) -> Iterator[Progress]:
    """A bar on stderr that shows from the first progress on: what fails before says so alone."""
    with ExitStack() as stack:
        bar = click.progressbar(length=1, label=label, file=sys.stderr)

        def progress(done: int, total: int) -> None:
            bar.length = total
            if not bar.entered:
                stack.enter_context(bar)
            bar.update(done - bar.pos)

        yield progress


def emit(value: Any) -> None:
    """One JSON value on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False))


def show_ledger(ledger: Ledger) -> str:
    """A ledger as lines: what the document declares against what was read from it."""
    declared = ledger.declared or ledger.parsed
    return "\n".join(
        [
            f"对账 {ledger.document}（声明/读出）"
            + ("" if ledger.declared else "，文档未声明数目"),
            f"  方面    {declared.aspects}/{ledger.parsed.aspects}",
            f"  事项    {declared.items}/{ledger.parsed.items}",
            f"  举措    {declared.measures}/{ledger.parsed.measures}"
            f"（另有 {ledger.not_applicable} 条注明不涉及）",
            f"  行      {ledger.rows}",
            f"  单元格  {ledger.cells}，丢失 {ledger.cells_lost}",
            *(f"  表外    不在索引里：“{text[:SHOWN]}”" for text in ledger.outside),
        ]
    )


def run(group: click.Group) -> None:
    """Run the commands: exit 0, 2 on wrong usage, 1 on failure with one line."""
    try:
        group(standalone_mode=True)
    except WenceError as error:
        click.echo(f"wence: {error}", err=True)
        sys.exit(1)
