"""`wence eval` from outside: usage, failure in one line, and the figures of the real list."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from eval.cli import SET, evaluation, main
from eval.tables import BEGIN, END
from service.settings import Settings


@pytest.mark.parametrize(
    "arguments",
    [
        ["retrieval"],
        ["retrieval", "--queries", "nowhere", "--qrels", "nowhere"],
        ["answers"],
        ["beir"],
        ["beir", "nowhere"],
        ["beir", ".", "--modes", "bm25,magic"],
        ["beir", ".", "--modes", ","],
        ["report", "--out", "out", "--split", "train"],
        ["riddle"],
    ],
)
def test_evaluation_wrong_usage_exits_2(arguments: list[str]) -> None:
    assert CliRunner().invoke(evaluation, arguments).exit_code == 2


def test_main_failure_exits_1_with_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text("{}")
    command = ["wence", "eval", "answers", "--cases", str(cases), "--data", str(tmp_path / "none")]
    monkeypatch.setattr("sys.argv", command)
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert len(shown.err.splitlines()) == 1


@pytest.fixture
def runner(real_settings: Settings) -> CliRunner:
    return CliRunner(env={"WENCE_CACHE": str(real_settings.cache)})


@pytest.mark.slow
def test_retrieval_real_list_gives_json_and_runs(
    tmp_path: Path, runner: CliRunner, real_settings: Settings
) -> None:
    qrels = tmp_path / "dev.tsv"
    lines = (SET / "qrels" / "dev.tsv").read_text(encoding="utf-8").splitlines(keepends=True)
    qrels.write_text("".join(lines[:20]), encoding="utf-8")
    done = runner.invoke(
        evaluation,
        [
            *("retrieval", "--queries", str(SET / "queries.jsonl"), "--qrels", str(qrels)),
            *("--data", str(real_settings.data), "--run-out", str(tmp_path), "--json"),
            *("--modes", "hybrid,bm25"),
        ],
    )
    assert done.exit_code == 0, done.output
    hybrid, bm25 = json.loads(done.stdout)
    assert (hybrid["name"], bm25["name"]) == ("hybrid", "bm25")
    assert hybrid["estimates"]["Recall@10"]["mean"] > 0.8
    assert sorted(p.name for p in tmp_path.glob("*.run")) == ["bm25.run", "hybrid.run"]


@pytest.mark.slow
def test_answers_real_list_cites_word_for_word(
    tmp_path: Path, runner: CliRunner, real_settings: Settings
) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text(
        '{"qid": "f", "kind": "fact", "query": "一照多址改革由谁牵头？",'
        ' "answers": ["市市场监管局"], "evidence": ["1.1.1"]}\n'
        '{"qid": "r", "kind": "related", "measure": "82.1.1", "items": [83, 84]}\n',
        encoding="utf-8",
    )
    done = runner.invoke(
        evaluation,
        ["answers", "--cases", str(cases), "--data", str(real_settings.data), "--json"],
    )
    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)
    assert figures["citation_validity"] == 1
    assert figures["counts"]["fact"] == figures["counts"]["related"] == 1


@pytest.mark.slow
@pytest.mark.dear
def test_report_real_list_has_ablations_and_fills_the_readme(
    tmp_path: Path,
    runner: CliRunner,
    real_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small, readme = tmp_path / SET.name, tmp_path / "README.md"
    (small / "qrels").mkdir(parents=True)
    readme.write_text(f"{BEGIN}\n{END}\n", encoding="utf-8")
    for name, count in (("queries.jsonl", 360), ("cases_dev.jsonl", 9), ("qrels/dev.tsv", 20)):
        lines = (SET / name).read_text(encoding="utf-8").splitlines(keepends=True)
        (small / name).write_text("".join(lines[:count]), encoding="utf-8")
    monkeypatch.setattr("eval.cli.SET", small)
    done = runner.invoke(
        evaluation,
        [
            *("report", "--out", str(tmp_path / "out"), "--split", "dev"),
            *("--data", str(real_settings.data), "--readme", str(readme)),
        ],
    )
    assert done.exit_code == 0, done.output
    figures = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    means = {one["name"]: one["estimates"]["nDCG@10"]["mean"] for one in figures["retrieval"]}
    assert list(means)[3:] == ["text-bm25", "text-dense", "text-hybrid", "+questions", "+lexicon"]
    assert means["text-bm25"] < means["hybrid"]
    assert "| 融合，只用原文 |" in readme.read_text(encoding="utf-8")


@pytest.mark.slow
def test_beir_small_foreign_set_is_indexed_and_scored(
    tmp_path: Path, runner: CliRunner, real_settings: Settings
) -> None:
    (tmp_path / "qrels").mkdir()
    (tmp_path / "corpus.jsonl").write_text(
        '{"_id": "a", "title": "", "text": "停车费可到超商缴纳。"}\n'
        '{"_id": "b", "title": "换证", "text": "驾照到期请到监理站换证。"}\n',
        encoding="utf-8",
    )
    (tmp_path / "queries.jsonl").write_text('{"_id": "q", "text": "停车费去哪缴"}', "utf-8")
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\ta\t1\n")
    done = runner.invoke(evaluation, ["beir", str(tmp_path), "--data", str(tmp_path / "none")])
    assert done.exit_code == 0, done.output
    assert done.output.count("| 1.000 [1.000, 1.000] |") >= 3
    assert not (tmp_path / "none").exists()
