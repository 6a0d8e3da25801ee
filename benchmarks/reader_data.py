"""Write what the reader learns last: questions on documents, beside the passages it will read.

One SQuAD file a document, out of its development cases: passages of the right row with the
accepted answer that they hold, passages of other rows and those found for unanswerable questions
without one. `wence reader train --own FILE…` learns them.
"""

import argparse
import json
from pathlib import Path

from benchmarks.answers import BUNDLED_CASES, FOREIGN_CASES, TODAY, cases_of, searchers
from benchmarks.answers import DATA as CASES
from eval.dataset import Case
from service.answer import Answerer
from service.answer.candidates import ASKED, found_passages
from service.answer.passages import Passage
from service.library import BUNDLED

OTHERS = 2  # passages without the answer that a question is asked of


def paragraphs(case: Case, question: str, found: list[Passage]) -> list[dict[str, object]]:
    """The passages found for a case, each with its question and answer in SQuAD form."""
    rows = {tuple(name.rsplit(".", 2)[0].split(":")) for name in case.evidence}
    told: list[dict[str, object]] = []
    others = 0
    for passage in found:
        right = (passage.measure.document, str(passage.measure.item)) in rows
        said = next((a for a in case.answers if right and len(a) > 1 and a in passage.text), "")
        if not said:
            if (right and case.kind == "fact") or others == OTHERS:
                continue
            others += 1
        answers = [{"text": said, "answer_start": passage.text.index(said)}] if said else []
        asked = {"id": case.qid, "question": question, "answers": answers}
        told.append({"context": passage.text, "qas": [asked]})
    return told


def main() -> None:
    """Write the files into a folder."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    folders = sorted(folder.name for folder in (CASES / "foreign").iterdir())
    for name, searcher in searchers((BUNDLED[0].name, *folders)).items():
        answerer = Answerer(searcher)
        told = []
        files = BUNDLED_CASES if name == BUNDLED[0].name else FOREIGN_CASES
        for case in cases_of(name, searcher, files):
            if case.kind in ("fact", "none"):
                found = answerer.find(case.query, turns=case.turns, today=TODAY)
                passages = found_passages(found.result.hits)
                told += paragraphs(case, found.frame.text[-ASKED:], passages)
        record = {"data": [{"title": name, "paragraphs": told}]}
        (out / f"{name}.json").write_text(json.dumps(record, ensure_ascii=False), "utf-8")
        print(f"{name}: {len(told)}")


if __name__ == "__main__":
    main()
