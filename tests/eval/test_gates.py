"""The gates: one row a document, and models that left it out."""

import pytest

from eval.answers import summarise
from eval.gates import FOREIGN, Gate, gate_table
from eval.readers import reader_file
from index.reader import read_about
from service.answer.candidates import FEATURES
from service.answer.score import JUDGED, MODELS, SETS, TOLD, scores


def test_gate_table_has_a_row_for_each_document() -> None:
    table = gate_table((Gate("甲", summarise(())), Gate("乙", summarise(()))))
    rows = table.strip().splitlines()
    assert len(rows) == 4
    assert rows[2].startswith("| 甲（0 题）")
    assert rows[0].count("|") == rows[3].count("|")


@pytest.mark.parametrize("name", ["hz-2022", *sorted(folder.name for folder in FOREIGN.iterdir())])
def test_models_of_a_gate_were_learned_without_its_document(name: str) -> None:
    provenance = scores(name).provenance
    assert name not in provenance
    assert provenance.startswith("benchmarks/answers.py over ")


def test_models_have_a_coefficient_for_each_feature() -> None:
    models = scores()
    sizes = [len(getattr(models, name).coefficients) for name in MODELS]
    assert sizes == [len(FEATURES), len(JUDGED), len(TOLD), len(SETS)]


@pytest.mark.parametrize(
    ("name", "others"), [("hz-2022", "services"), ("services", "hz-2022"), ("other", "hz-2022")]
)
def test_reader_of_a_gate_was_not_taught_by_its_document(name: str, others: str) -> None:
    about = read_about(reader_file(name))
    assert name not in about["own"]  # type: ignore[operator]
    assert others in about["own"]  # type: ignore[operator]
