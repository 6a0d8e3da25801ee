"""An answer → the content of a chat message, with annotations that lead to the measures."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from corpus.document import Measure
from index.search import Searcher
from service.answer import Answer
from service.api.links import Links, heading

SHOWN = 20  # citations at the foot; the rest are a link away
NEAREST = 3
MARK = re.compile(r"\[(\d+)\]")


def body_of(answer: Answer) -> str:
    """The answer's own words, what was understood before them where it is not what was asked."""
    short = answer.short_answer or ""
    lines = [
        f"（理解为：{answer.understood}）" if _differs(answer) else "",
        answer.notice,
        f"**{short}**" if short and answer.kind == "fact" else "",
        answer.answer,
    ]
    return "\n\n".join(filter(None, lines))


def _differs(answer: Answer) -> bool:
    return bool(answer.understood) and "".join(answer.understood.split()) != "".join(
        answer.question.split()
    )


def foot_of(searcher: Searcher, answer: Answer, links: Links) -> str:
    """The citations as Markdown, which every chat page shows; on a refusal the nearest measures."""
    if answer.standing == "refused":
        near = [hit.measure for hit in answer.nearest[:NEAREST]]
        lines = [f"- {_linked(measure, links)}：{measure.text}" for measure in near]
        return "\n\n最接近的举措（不是答案）：\n" + "\n".join(lines) if lines else ""
    lines = [
        f"[{c.n}] {_linked(searcher.measure(c.measure), links)}：“{c.quote}”"
        for c in answer.citations[:SHOWN]
    ]
    more = len(answer.citations) - len(lines)
    if more > 0:
        lines.append(f"另有 {more} 条引文，见[全文]({links.asked(answer.question)})")
    head = "依据" if answer.answerable else "最接近的原文（不能当作答案）"
    return f"\n\n{head}：\n\n" + "  \n".join(lines) if lines else ""


def _linked(measure: Measure, links: Links) -> str:
    name = heading(measure).replace("[", "［").replace("]", "］")
    return f"[{name}]({links.page(measure.id)})"


def annotations_of(
    searcher: Searcher, answer: Answer, content: str, links: Links
) -> list[dict[str, Any]]:
    """One URL citation for each citation, at its first [n] in the content (code points)."""
    places: dict[int, tuple[int, int]] = {}
    for found in MARK.finditer(content):
        places.setdefault(int(found[1]), found.span())
    cited = {c.n: searcher.measure(c.measure) for c in answer.citations}
    return [_annotation(cited[n], places[n], links) for n in cited if n in places]


def _annotation(measure: Measure, place: tuple[int, int], links: Links) -> dict[str, Any]:
    about = {
        "start_index": place[0],
        "end_index": place[1],
        "title": heading(measure),
        "url": links.page(measure.id),
    }
    return {"type": "url_citation", "url_citation": about}


def usage_of(said: Sequence[str], content: str) -> Mapping[str, int]:
    """What was read and written, in characters: there are no tokens to pay for."""
    read = sum(map(len, said))
    return {
        "prompt_tokens": read,
        "completion_tokens": len(content),
        "total_tokens": read + len(content),
    }
