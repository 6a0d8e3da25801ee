"""`wence reader …`: training the reader that finds answers inside passages."""

import hashlib
import os
from pathlib import Path
from typing import Any

import click

from corpus.errors import InputError, SetupError
from index.embed import DEFAULT_MODEL, DEFAULT_VERSION, default_model
from index.squad import Example, read_squad
from service.console import emit, progress_bar, settings_for

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group("reader")
def reader_group() -> None:
    """阅读器：在段落里找出回答问题的那几个字。"""


@reader_group.command("train")
@click.option(
    "--data",
    "files",
    type=FILE,
    multiple=True,
    required=True,
    help="SQuAD 格式的问答文件；后面可接几个，也可重复",
)
@click.option(
    "--own",
    "own_files",
    type=FILE,
    multiple=True,
    help="SQuAD 格式，段落是要读的那类文档的行或条；最后再学一遍，可重复",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="写到哪个 .safetensors 文件",
)
@click.option(
    "--epochs", type=click.IntRange(min=1), default=1, show_default=True, help="全部问答学几遍"
)
@click.option("--json", "as_json", is_flag=True, help="在标准输出上给出 JSON")
@click.argument("more", metavar="[文件]...", type=FILE, nargs=-1)
def train_command(
    files: tuple[Path, ...],
    more: tuple[Path, ...],
    own_files: tuple[Path, ...],
    out: Path,
    epochs: int,
    as_json: bool,
) -> None:
    """在默认嵌入模型上训练阅读器：一万个问答在两个核上一遍约二十分钟。

    答案为空的问题（SQuAD 2.0）学作“没有答案”；有答案的也会配上不含答案的段落。
    """
    settings = settings_for(None)
    paths = (*files, *more)
    examples = [example for path in paths for example in read_squad(path)]
    if not examples:
        raise InputError(f"{'、'.join(map(str, paths))} 里没有问答")
    own = [example for path in own_files for example in read_squad(path, whole=True)]
    _check_writable(out)
    about = _about((*paths, *own_files), [*examples, *own])
    loss = _train(default_model(settings.cache), examples, own, epochs, out, about)
    if as_json:
        emit({"reader": str(out), "epochs": epochs, "loss": round(loss, 4)} | about)
    else:
        none = about["unanswered"]
        click.echo(
            f"阅读器已存为 {out}：{len(examples)} 个例子（{none} 个没有答案），末段损失 {loss:.3f}"
        )


def _train(
    folder: Path,
    examples: list[Example],
    own: list[Example],
    epochs: int,
    out: Path,
    about: dict[str, Any],
) -> float:
    """Train and save; the mean loss of the last steps."""
    # Read when torch and transformers are first imported: two threads of the one spin on a busy
    # machine, the other tells that the embedder's pooler is not used.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    from index.reader_training import Recipe, save_reader, train_reader

    recipe = Recipe(epochs=epochs)
    losses: list[float] = []
    with progress_bar("训练") as progress:

        def told(step: int, steps: int, loss: float) -> None:
            losses.append(loss)
            progress(step, steps)

        model = train_reader(folder, examples, own, recipe, told)
    save_reader(out, model, recipe, about)
    return losses[-1]


def _about(paths: tuple[Path, ...], examples: list[Example]) -> dict[str, Any]:
    """What the file says of its making; the model's name and version tell where it is valid."""
    return {
        "model": DEFAULT_MODEL,
        "version": DEFAULT_VERSION,
        "data": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths},
        "examples": len(examples),
        "unanswered": sum(example.span is None for example in examples),
    }


def _check_writable(out: Path) -> None:
    """Fail before the training and not after it.

    Raises:
        SetupError: the file cannot be written.
    """
    there = out.exists()
    try:
        with out.open("ab"):
            pass
        if not there:
            out.unlink()
    except OSError as error:
        raise SetupError(
            f"{out} 不能写入（{error.strerror}）；请改权限，或用 --out 换一个文件"
        ) from error
