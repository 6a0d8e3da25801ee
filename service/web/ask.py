"""The ask page: a question, and its answer as a card, what may be meant, or a refusal."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from fastapi import APIRouter, BackgroundTasks, Request
from fastapi.responses import HTMLResponse, Response

from corpus.document import Measure
from corpus.errors import InputError, NotFoundError
from index.search import Hit, Searcher
from service.answer import Answer, Answerer
from service.cite import Citation
from service.conditions import to_records
from service.contacts import Contact, contacts_for
from service.feedback.noting import note_answer
from service.labels import main_cells
from service.llm.generate import TOLD
from service.schemas import schema_of
from service.web.find_form import FindForm
from service.web.form import AskForm, read_ask
from service.web.listed import find_listed
from service.web.listing import FLOOR
from service.web.meant import CLOSE, choices, is_greeting, is_vague, reworded
from service.web.render import show
from service.web.standing import named, standings
from service.web.told import VERDICT, Told, tell
from service.web.views import Card, Row, card, heading, mark, rows_of, spans_of
from service.web.wording import folded

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

MARK = re.compile(r"\[(\d+)\]")
JOINS = tuple("，。；、：！？,.;）")
CARDS = 5  # so many cited measures are shown whole; more citations are listed in one line each
OTHERS = 5  # further hits beside an answer, NEAREST without one
NEAREST = 3


@dataclass(frozen=True)
class Chip:
    """A condition that a list was computed with, and the address without it."""

    said: str
    without: str


@dataclass(frozen=True)
class Piece:
    """A stretch of an answer, and the number of the citation behind it (0 for none)."""

    text: str
    n: int


@dataclass(frozen=True)
class Next:
    """What can be done next.

    `organs` lead what is nearest to a refused question, `about` is its title; `reworded` are
    wordings that would be answered; `standings` tell of when the documents are.
    """

    organs: tuple[str, ...]
    about: str
    reworded: tuple[str, ...]
    contacts: tuple[Contact, ...]
    standings: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """An answer as the page shows it.

    `understood` is the question that was answered and `read` the wording that was searched, each
    empty where it is what was typed. `told` is the card of an answer about one measure. `cards`
    hold the citations, each with its row; where there are too many, `brief` lists them. `others`
    are further hits, on a refusal the nearest; `chips` the conditions of a list. `meant` are what
    a vague word may mean, in place of an answer.
    """

    answer: Answer
    understood: str
    read: str
    lines: tuple[tuple[Piece, ...], ...]
    cards: tuple[tuple[Card, Row], ...]
    brief: tuple[Citation, ...]
    others: tuple[Hit, ...]
    cited: tuple[str, ...]
    listed: str
    chips: tuple[Chip, ...]
    told: Told | None
    meant: tuple[Measure, ...]
    next: Next


@router.get("/")
def show_ask(request: Request, after: BackgroundTasks) -> Response:
    """The ask page: with `q` an answer, without it examples; `t` are earlier questions."""
    searcher: Searcher = request.app.state.searcher
    form = read_ask(request.query_params)
    shown, error, status = None, "", 200
    greeted = not form.turns and is_greeting(form.query)
    if form.q is not None and not greeted:
        try:
            shown = answer_of(request.app.state.answerer, form, request.app.state.contacts)
            if is_asked(request):
                asked = shown.answer.understood if form.turns else form.query
                after.add_task(note_answer, request.app, asked, shown.answer)
        except InputError as refused:
            error, status = str(refused), 404 if isinstance(refused, NotFoundError) else 422
    streaming: bool = request.app.state.generator.streaming
    page = show(
        request,
        "ask.html",
        status,
        here="/",
        q=form.query,
        form=form,
        shown=shown,
        error=error,
        greeted=greeted,
        plain=searcher.index.plain,
        lists=[named(document) for document in searcher.documents.values()],
        standings=standings(searcher.documents.values()),
        thanks=request.query_params.get("thanks", ""),
        stream=streaming and shown is not None and not shown.meant and tells(shown.answer),
        find=FindForm(form.query).address(),
        examples=() if shown else request.app.state.examples,
        total=sum(m.applicable for m in searcher.measures),
    )
    page.background = after  # FastAPI leaves the background of a ready response alone
    return page


def is_asked(request: Request) -> bool:
    """Whether a question is asked, and not only looked at again.

    That is after a judgement, on a reload (for which browsers want no stored copy), and from the
    report of unanswered questions.
    """
    reloaded = request.headers.get("cache-control", "") in ("max-age=0", "no-cache")
    came = urlsplit(request.headers.get("referer", ""))
    reported = came.netloc == request.headers.get("host") and came.path == "/gaps"
    return "thanks" not in request.query_params and not reloaded and not reported


def answer_of(answerer: Answerer, form: AskForm, contacts: Sequence[Contact] = ()) -> Shown:
    """Ask and lay the answer out.

    Raises:
        InputError, NotFoundError: as `Answerer.ask`.
    """
    searcher = answerer.searcher
    read = mended(searcher, form.query)  # refuses what cannot be asked
    answer = answerer.ask(form.query, turns=form.turns, where=form.where())
    hits = {hit.measure.id: hit for hit in answer.hits or answer.nearest}
    told = tell(searcher, answer)
    citations = told.citations if told else answer.citations
    cited = tuple(dict.fromkeys(citation.measure for citation in citations))
    few = answer.kind != "list" and len(cited) <= CARDS
    whole = [searcher.measure(name) for name in cited] if few else []
    said = VERDICT.sub("", told.short, count=1) if told else ""
    cards = [_card(searcher, m, hits.get(m.id), said, citations) for m in whole]
    found = tuple(hits.values())
    vague = not form.turns and answer.kind != "list" and is_vague(form.query)
    meant = choices(form.query, found, searcher.measures) if vague else ()
    return Shown(
        answer=answer,
        understood="" if folded(answer.understood) == folded(form.query) else answer.understood,
        read=read,
        lines=lines_of(answer),
        cards=tuple(zip(cards, rows_of(searcher, whole), strict=True)),
        brief=() if whole else citations,
        others=others_of(answer, cited),
        cited=cited,
        listed=same.address() if (same := find_listed(answerer, answer)) else "",
        chips=chips(searcher, answer, form),
        told=told,
        meant=meant if len(meant) > 1 or not answer.answerable else (),
        next=next_of(searcher, answer, contacts),
    )


def next_of(searcher: Searcher, answer: Answer, contacts: Sequence[Contact]) -> Next:
    """Whom to ask and how else, after an answer or a refusal."""
    refused = answer.standing == "refused"
    near = answer.nearest[:1] if refused else ()
    lead = near[0].measure if near and near[0].score >= CLOSE else None
    if lead is None and answer.citations:
        lead = searcher.measure(answer.citations[0].measure)
    organs = tuple(cell.value for cell in main_cells(lead)) if lead else ()
    about = [lead.document] if lead else list(searcher.documents)
    return Next(
        organs=organs if refused else (),
        about=heading(lead, searcher.documents) if lead and refused else "",
        reworded=reworded(searcher, answer.question, answer.nearest) if refused else (),
        contacts=contacts_for(contacts, organs),
        standings=standings(searcher.documents[name] for name in about),
    )


def tells(answer: Answer) -> bool:
    """Whether a language model may tell an answer."""
    return answer.answerable and answer.kind in TOLD


def chips(searcher: Searcher, answer: Answer, form: AskForm) -> tuple[Chip, ...]:
    """The conditions of a list, each with the address of the same question without it."""
    if answer.kind != "list":
        return ()
    told = to_records(answer.where, schema_of(searcher, answer))
    return tuple(
        Chip(str(record["said"]), form.having([*told[:at], *told[at + 1 :]]).address)
        for at, record in enumerate(told)
    )


def _card(
    searcher: Searcher,
    measure: Measure,
    hit: Hit | None,
    short: str,
    citations: Sequence[Citation],
) -> Card:
    """A cited measure's card; the short answer is marked where it stands in what is cited."""
    made = card(searcher, measure, hit=hit, cited=citations)
    said = [short] if short else []
    in_text, in_content = spans_of(measure.text, said), spans_of(measure.content, said)
    if "text" in made.fields and in_text:
        made = replace(made, text=mark(measure.text, in_text))
    if "content" in made.fields and in_content:
        made = replace(made, content=mark(measure.content, in_content))
    return made


def others_of(answer: Answer, cited: Sequence[str]) -> tuple[Hit, ...]:
    """The hits that the answer does not cite, where they are likely enough; else the nearest."""
    floor = FLOOR if answer.answerable else 0.0
    found = answer.hits if answer.answerable else answer.nearest
    likely = (hit for hit in found if hit.score >= floor and hit.measure.id not in cited)
    return tuple(likely)[: OTHERS if answer.answerable else NEAREST]


def mended(searcher: Searcher, typed: str) -> str:
    """The wording that was searched where a reader would see a difference; else empty."""
    read = searcher.read(typed).normalized
    return "" if read == folded(typed) else read


def lines_of(answer: Answer) -> tuple[tuple[Piece, ...], ...]:
    """An answer's lines, taken apart at their [n] marks; quotes in a row part lines too."""
    known = {citation.n for citation in answer.citations}
    whole = {citation.quote for citation in answer.citations}
    lines: list[tuple[Piece, ...]] = []
    for line in filter(None, answer.answer.split("\n")):
        pieces: list[Piece] = []
        for piece in _pieces(line, known):
            if pieces and piece.text in whole and not piece.text.startswith(JOINS):
                lines, pieces = [*lines, tuple(pieces)], []
            pieces = [*pieces, piece]
        lines = [*lines, tuple(pieces)]
    return tuple(lines)


def _pieces(line: str, known: set[int]) -> tuple[Piece, ...]:
    """A line taken apart at the marks of known citations."""
    pieces, at = [], 0
    for found in MARK.finditer(line):
        if int(found[1]) in known:
            pieces.append(Piece(line[at : found.start()].strip(" "), int(found[1])))
            at = found.end()
    return (*pieces, *([Piece(line[at:], 0)] if line[at:] else []))
