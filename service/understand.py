"""What a question asks for, in the light of the turns before it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.errors import InputError
from corpus.text import normalise
from service.lists.columns import Columns
from service.lists.reading import ListQuestion, read_list
from service.wants import Wants, read_wants

TURNS = 6
# A question that leans on the one before points at it, or says little by itself.
POINTING = re.compile(
    r"^(?:那|这|其|它|他们?|该|此|还有|另外|然后|再|同时|具体)|[这那](?:个|事|项|块|里|些|边|条|样|家)|"
    r"它们?|他们|上述|上面|前面|刚才|其中"
)
OPENING = re.compile(r"^(?:那么?|还有|另外|然后|再问一?下?|请问)[,，]?")
ELLIPSIS = re.compile(r"^.{1,16}呢[?]?$")
LITTLE = 8  # characters beside the asking words
ASKING = re.compile(r"[?？!！。,，\s]|吗|呢|啊|呀|请问|是不是|是否|什么|哪些?|怎么|如何|为啥|多少")


@dataclass(frozen=True)
class Understood:
    """A question made self-contained.

    `text` is what is searched and shown; `listed` is set where a list over the columns is asked
    for, else `wants` says what kind of fact; `topic` is what later turns may lean on. `before`
    is the topic that the question leans on, or might lean on while `leans` is false;
    `elliptical` ones (农产品呢) ask for what the question before asked for.
    """

    text: str
    listed: ListQuestion | None
    wants: Wants
    topic: str
    before: str = ""
    leans: bool = False
    elliptical: bool = False

    def leaning(self) -> "Understood":
        """The same question behind the topic of the one before."""
        own = OPENING.sub("", self.wants.question)
        text = f"{self.before}，{own}"
        wants = self.wants if self.elliptical else read_wants(own)
        return Understood(text, None, wants, self.before, self.before, leans=True)


def understand(question: str, turns: Sequence[str], columns: Columns) -> Understood:
    """Read a question after its earlier turns, oldest first.

    Raises:
        InputError: more than six turns.
    """
    if len(turns) > TURNS:
        raise InputError(f"前面的问题最多带 {TURNS} 个，给出的是 {len(turns)} 个")
    before: Understood | None = None
    for turn in turns:
        if normalise(turn):
            before = _read(turn, before, columns)
    return _read(question, before, columns)


def _read(question: str, before: Understood | None, columns: Columns) -> Understood:
    wants = read_wants(normalise(question))
    listed = read_list(question, columns, before.listed if before else None)
    if listed is not None:
        return Understood(listed.text if before else question, listed, wants, "")
    topic = before.topic if before else ""
    alone = Understood(question, None, wants, topic_of(wants), topic)
    if before and topic and wants.kind == "how" and ELLIPSIS.search(wants.question):
        meant = replace(before.wants, question=wants.question, topic=wants.question)
        return replace(alone, wants=meant, elliptical=True).leaning()
    return alone.leaning() if topic and _leans(wants) else alone


def _leans(wants: Wants) -> bool:
    """Whether a question needs the one before to be understood."""
    alone = wants.topic if wants.kind not in ("term", "yesno", "how") else wants.question
    return bool(POINTING.search(wants.question)) or len(ASKING.sub("", alone)) <= LITTLE


def topic_of(wants: Wants) -> str:
    """A question without the words that ask: what it is about."""
    return re.sub(r"[?？]|呢[?？]?$", "", wants.topic).strip(" ,，。")
