"""The `wence` console script: the commands of the service, and `wence eval …` beside them.

Libraries that only the harness needs are imported within its commands, so that
`wence search` does not wait for them.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corpus.errors import SetupError
from eval import remote
from index.embed import DEFAULT_MODEL, Embedder, open_embedder
from index.fuse import MODES
from index.search import Searcher
from service.answer import Answer, Answerer
from service.cli import commands
from service.console import emit, open_from, options, run, settings_for
from service.library import BUNDLED, open_reader_of, read_source

if TYPE_CHECKING:
    from eval.beir import Foreign
    from eval.dataset import Case
    from eval.gates import ReaderOf

EXTRAS = ("ir_measures", "matplotlib", "scipy")
SET = Path(__file__).parent / "data" / "hz-2022"
SPLITS = ("dev", "test")

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
OUT = click.Path(path_type=Path, file_okay=False)

modes_option = click.option(
    "--modes",
    default=",".join(MODES),
    show_default=True,
    callback=lambda _context, _option, value: _parse_modes(value),
    help="检索方式，用逗号分隔",
)
runs_option = click.option("--run-out", type=OUT, help="把 TREC run 文件写到这个文件夹")
document_option = click.option(
    "--document", default="", help="省略了文档的编号属于哪个文档；索引里只有一个时不必给"
)


@click.group(name="eval")
def evaluation() -> None:
    """评测：检索、问答、外部集、报告。"""
    missing = [name for name in EXTRAS if find_spec(name) is None]
    if missing:
        raise SetupError(f"评测还需要 {'、'.join(missing)}；请运行 pip install 'wence[eval]'")


def _parse_modes(value: str) -> tuple[str, ...]:
    modes = tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))
    unknown = [mode for mode in modes if mode not in MODES]
    if unknown or not modes:
        raise click.BadParameter(f"不认识的检索方式“{'、'.join(unknown)}”；可用 {'、'.join(MODES)}")
    return modes


@evaluation.command()
@options
@click.option("--queries", type=FILE, required=True, help="BEIR 的 queries.jsonl")
@click.option("--qrels", type=FILE, required=True, help="BEIR 的 qrels（带表头的 tsv）")
@modes_option
@runs_option
@document_option
def retrieval(
    queries: Path,
    qrels: Path,
    modes: Sequence[str],
    run_out: Path | None,
    document: str,
    data: Path | None,
    as_json: bool,
) -> None:
    """检索：各种方式的 nDCG、MRR、召回率，附区间与显著性。"""
    from eval.dataset import Ids, judged, read_qrels, read_queries
    from eval.retrieval import run_mode, score, write_run
    from eval.tables import retrieval_table, style_table

    searcher = remote.open_searcher() or open_from(data)
    grades = read_qrels(qrels, Ids(searcher.measures, document=document).measure)
    asked = judged(read_queries(queries), grades)
    outcomes = [run_mode(searcher, asked, mode) for mode in modes]
    if run_out is not None:
        for outcome in outcomes:
            click.echo(f"已写 {write_run(outcome, run_out)}", err=True)
    figures = score(outcomes, grades, asked)
    _tell(figures, lambda: f"{retrieval_table(figures)}\n{style_table(figures)}", as_json)


@evaluation.command()
@options
@click.option("--queries", type=FILE, required=True, help="BEIR 的 queries.jsonl")
@click.option("--qrels", type=FILE, required=True, help="BEIR 的 qrels（带表头的 tsv）")
@click.option("--mode", type=click.Choice(list(MODES)), default="hybrid", show_default=True)
@document_option
def lexicon(
    queries: Path, qrels: Path, mode: str, document: str, data: Path | None, as_json: bool
) -> None:
    """词表：口语→公文的每一条使哪些查询变好、哪些变差。"""
    from eval.dataset import Ids, judged, read_qrels, read_queries
    from eval.lexicon import judge_lexicon, lexicon_table

    searcher = open_from(data)
    grades = read_qrels(qrels, Ids(searcher.measures, document=document).measure)
    report = judge_lexicon(searcher, judged(read_queries(queries), grades), grades, mode)
    _tell(report, lambda: lexicon_table(report), as_json)


@evaluation.command()
@options
@click.option("--cases", type=FILE, required=True, help="cases.jsonl：题目与标准答案")
@document_option
def answers(cases: Path, document: str, data: Path | None, as_json: bool) -> None:
    """问答：事实题、列表题、拒答、关联，以及引文是否有效。"""
    from eval.answers import run_cases, summarise
    from eval.dataset import Ids, read_cases
    from eval.tables import answer_rows, table

    far = remote.open_searcher()
    searcher: Searcher | remote.RemoteSearcher
    if far is None:
        searcher = here = open_from(data)
        answer = _answerer(here, data)
    else:
        searcher, answer = far, far.answer
    read = read_cases(cases, Ids(searcher.measures, document=document))
    verdicts = run_cases(read, answer, searcher.related, searcher.documents)
    figures = summarise(verdicts)
    _tell(figures, lambda: table(["指标", "值"], answer_rows(figures)), as_json)


@evaluation.command()
@options
@click.option("--split", type=click.Choice(SPLITS), default="dev", show_default=True)
def gates(split: str, data: Path | None, as_json: bool) -> None:
    """关口：在没有用来学习的文档上问答，一行一个文档。"""
    from eval.gates import gate_table, measure_gates

    made = measure_gates(open_from(data), _readers(data), split=split)
    _tell(made, lambda: gate_table(made), as_json)


@evaluation.command()
@options
@click.argument("folder", type=FOLDER)
@click.option("--split", default="test", show_default=True, help="用 qrels/{split}.tsv")
@modes_option
@runs_option
def beir(
    folder: Path,
    split: str,
    modes: Sequence[str],
    run_out: Path | None,
    data: Path | None,
    as_json: bool,
) -> None:
    """外部集：为 FOLDER 里的语料建临时索引并评分。"""
    from eval.retrieval import write_run
    from eval.tables import retrieval_table

    foreign = _score_foreign(folder, split, modes, _embedder(data))
    if run_out is not None:
        for outcome in foreign.outcomes:
            click.echo(f"已写 {write_run(outcome, run_out)}", err=True)
    _tell(foreign, lambda: retrieval_table(foreign.figures), as_json)


@evaluation.command()
@options
@click.option("--out", type=OUT, required=True, help="报告写到这个文件夹")
@click.option("--split", type=click.Choice(SPLITS), default="test", show_default=True)
@click.option("--run", "runs", type=FILE, multiple=True, help="并列比较的 TREC run 文件")
@click.option("--foreign", type=FOLDER, multiple=True, help="BEIR 外部集的文件夹")
@click.option("--readme", type=FILE, default=None, help="把结果表写进这个 README")
def report(
    out: Path,
    split: str,
    runs: Sequence[Path],
    foreign: Sequence[Path],
    readme: Path | None,
    data: Path | None,
    as_json: bool,
) -> None:
    """报告：随附评测集的全部指标，HTML 与 Markdown。"""
    from eval.ablate import ablations
    from eval.dataset import read_collection, read_run
    from eval.gates import measure_gates
    from eval.report import compose_results, measure, write_report
    from eval.retrieval import foreign_outcome
    from eval.tables import write_results_table

    searcher = open_from(data)
    made = measure(
        searcher,
        read_collection(SET, searcher.measures, split=split),
        ablations=ablations(searcher, read_source(BUNDLED[0])),
        others=[foreign_outcome(path.stem, read_run(path)) for path in runs],
        answer=_answerer(searcher, data),
    )
    others = tuple(_score_foreign(one, "test", tuple(MODES), searcher.embedder) for one in foreign)
    gates = measure_gates(searcher, _readers(data), split=split)
    made = replace(made, foreign=others, gates=gates)
    paths = write_report(made, out)
    if readme is not None:
        write_results_table(readme, compose_results(made))
    _tell([str(path) for path in paths], lambda: "\n".join(f"已写 {p}" for p in paths), as_json)


def _readers(data: Path | None) -> "ReaderOf":
    """The reader of each document that was not taught by it, where the default model is used."""
    from eval.readers import reader_without

    settings = settings_for(data)
    if settings.model not in ("", DEFAULT_MODEL):
        return lambda _name: None
    return lambda name: reader_without(name, settings.cache)


def _answerer(searcher: Searcher, data: Path | None) -> "Callable[[Case], Answer]":
    """Ask a case's question after its earlier turns."""
    answerer = Answerer(searcher, open_reader_of(settings_for(data)))
    return lambda case: answerer.ask(case.query, turns=case.turns)


def _embedder(data: Path | None) -> Embedder:
    settings = settings_for(data)
    return open_embedder(settings.model, settings.cache)


def _score_foreign(folder: Path, split: str, modes: Sequence[str], embedder: Embedder) -> "Foreign":
    from eval.beir import builder, read_set, score_set

    return score_set(read_set(folder, split=split), builder(embedder), modes=modes)


def _tell(figures: Any, compose: Callable[[], str], as_json: bool) -> None:
    from eval.tables import to_json

    if as_json:
        emit(to_json(figures))
    else:
        click.echo(compose())


def main() -> None:
    """Run the `wence` command."""
    commands.add_command(evaluation)
    run(commands)
