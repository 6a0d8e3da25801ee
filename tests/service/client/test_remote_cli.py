"""`wence --url`: the same commands against a running service."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from corpus.errors import WenceError
from index.search import Searcher
from service.app import app_over
from service.cli import commands
from service.library import open_reader_of
from service.settings import Settings
from tests.service.browsing import serving
from tests.service.test_cli import run_program


def call(*arguments: str) -> Any:
    """How a command ended."""
    return CliRunner().invoke(commands, arguments)


def answered(*arguments: str) -> str:
    """What a command that succeeds writes."""
    result = call(*arguments)
    assert result.exit_code == 0, result.output
    return str(result.stdout)


def test_ask_tells_the_answer_and_its_citations(site: str) -> None:
    told = answered("--url", site, "ask", "一照多址由谁牵头")
    assert "答：市市场监管局" in told
    assert "[1] hz-2022:1.1.1" in told
    refused = answered("--url", site, "ask", "火星移民签证怎么办")
    assert "找不到" in refused
    follow = answered("--url", site, "ask", "什么时候见效", "--turn", "一照多址由谁牵头")
    assert "2022年6月" in follow


def test_search_related_and_show_give_what_the_service_has(site: str) -> None:
    assert "hz-2022:1.1.1" in answered("--url", site, "search", "一照多址", "-k", "1")
    assert "没有符合条件" in answered("--url", site, "search", "第27项", "--lead", "税务局")
    assert len(answered("--url", site, "related", "82.1.1", "-k", "2").splitlines()) == 4
    assert "编号：hz-2022:27.1.3" in answered("--url", site, "show", "27.1.3")


@pytest.mark.parametrize(
    "arguments",
    [("search", "一照多址"), ("ask", "第1项谁牵头"), ("related", "82.1.1"), ("show", "27.1.3")],
)
def test_json_is_one_value_on_stdout(site: str, arguments: tuple[str, ...]) -> None:
    (line,) = answered("--url", site, *arguments, "--json").splitlines()
    assert json.loads(line)


def test_command_that_needs_the_index_here_is_wrong_usage(site: str) -> None:
    result = call("--url", site, "build")
    assert result.exit_code == 2
    assert "只在本机运行" in result.stderr
    assert call("--url", site, "nonsense").exit_code == 2


@pytest.mark.parametrize(
    ("url", "said"), [("x", "不是服务的地址"), ("http://127.0.0.1:9", "连不上")]
)
def test_service_that_cannot_be_asked_is_said(url: str, said: str) -> None:
    result = call("--url", url, "show", "27.1.3")
    assert isinstance(result.exception, WenceError)
    assert said in str(result.exception)


@pytest.mark.slow
def test_eval_of_a_service_gives_the_figures_of_the_index(
    real_searcher: Searcher, real_settings: Settings, tmp_path: Path
) -> None:
    cases = tmp_path / "cases.jsonl"
    asked = [
        {"qid": "1", "kind": "fact", "query": "一照多址由谁牵头", "answers": ["市场监管局"],
         "evidence": ["1.1.1"]},
        {"qid": "2", "kind": "none", "query": "火星移民签证怎么办", "style": "far"},
        {"qid": "3", "kind": "related", "measure": "82.1.1", "items": [83, 84]},
    ]  # fmt: skip
    cases.write_text("\n".join(map(json.dumps, asked)), encoding="utf-8")
    queries = tmp_path / "queries.jsonl"
    query = {"_id": "q1", "text": "一照多址怎么办理", "metadata": {"style": "plain"}}
    queries.write_text(json.dumps(query), encoding="utf-8")
    qrels = tmp_path / "test.tsv"
    qrels.write_text("query-id\tcorpus-id\tscore\nq1\thz-2022:1.1.1\t2\n", encoding="utf-8")
    data = ("--data", str(real_settings.data))
    reader = open_reader_of(real_settings)
    with serving(app_over(real_searcher, reader=reader)) as site:
        for rest in (
            ("answers", "--cases", str(cases)),
            ("retrieval", "--queries", str(queries), "--qrels", str(qrels), "--modes", "hybrid"),
        ):
            far = run_program(real_settings, "--url", site, "eval", *rest, "--json").json()
            near = run_program(real_settings, "eval", *rest, *data, "--json").json()
            assert untimed(far) == untimed(near)


def untimed(figures: Any) -> Any:
    """Figures without what depends on the clock."""
    if isinstance(figures, dict):
        return {k: untimed(v) for k, v in figures.items() if not k.endswith("ms")}
    return [untimed(one) for one in figures] if isinstance(figures, list) else figures
