"""What every command of `wence` shares: its options, settings, output and exit codes."""

import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click

from corpus.document import Measure
from corpus.errors import WenceError
from corpus.measures import Ledger
from index.build import Progress
from index.search import Hit, Searcher
from service.labels import PLAIN, brief_cells, fields_of
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
    logging.basicConfig(stream=sys.stderr, level=settings.log_level, format="wence: %(message)s")
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


def show_hit(searcher: Searcher, hit: Hit) -> str:
    """A hit with its measure's title, plain words and text."""
    m = hit.measure
    told = [cell.value for cell in brief_cells(m)]
    about = "，".join(told if m.applicable else [*told, "不涉及"])
    title = f"{m.title}（{about}）" if about else m.title
    found = f"\n    问法：{hit.matched_text}" if hit.matched_view == "question" else ""
    plain = "".join(f"\n    {line}" for line in plain_lines(searcher, m))
    return f"{hit.rank:>2}. {hit.score:.2f}  {m.id}  {title}{plain}\n    {m.text}{found}"


def plain_lines(searcher: Searcher, measure: Measure) -> tuple[str, ...]:
    """The line of a measure's plain words, where it has some."""
    text = searcher.index.plain.get(measure.id)
    return (f"{PLAIN}：{text}",) if text else ()


def show_measure(searcher: Searcher, m: Measure, head: Measure) -> str:
    """A measure with its whole row, under the names that its document has for the columns."""
    span = m.spans["text"]
    rows = [
        ("举措编号", m.id),
        *((field.name, field.value) for field in fields_of(m, head)),
        ("是否涉及", "" if m.applicable else "本地不涉及"),
        ("原文位置", f"{searcher.documents[m.document].title}，第 {span.start}–{span.end} 字"),
    ]
    told = [f"{name}：{value}" for name, value in rows if value]
    return "\n".join([*told[:1], *plain_lines(searcher, m), *told[1:]])


def run(group: click.Group) -> None:
    """Run the commands: exit 0, 2 on wrong usage, 1 on failure with one line."""
    try:
        group(standalone_mode=True)
    except WenceError as error:
        click.echo(f"wence: {error}", err=True)
        sys.exit(1)
