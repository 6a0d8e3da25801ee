"""What a question asks for, and the two ways to read it after an earlier one."""

import re
from dataclasses import dataclass, replace

from corpus.text import normalise
from service.lists.columns import Columns
from service.lists.reading import ListQuestion, read_list
from service.wants import Wants, read_wants

# A question that leans on the one before points at it, or says little by itself.
POINTING = re.compile(
    r"^(?:这|其|它|他们?|该|此|再|同时|具体)|[这那](?:个|事|项|块|里|些|边|条|样|家)|"
    r"它们?|他们|人家|上述|上面|前面|刚才|其中"
)
PRONOUN = re.compile(r"^(?:它们?|他们|人家|[这那][个项块]?|该项?)的?(?=[^,?。])")
OPENING = re.compile(
    r"^(?:(?:[哦噢嗯啊哎]+|好的?|行|明白了?|知道了?|懂了|谢谢|ok|那么|那(?![个事项块里些边条样家时])|还有"
    r"|另外|然后|再问一?下?|顺便问一?下?|请问)[,，。]?)+"
)
# 农产品呢 asks for what was asked before; 换成农产品呢 says that it asks it of something else.
ELLIPSIS = re.compile(
    r"^(?P<instead>换[成作]?|改[成问])?(?:如果是|要是)?(?P<topic>.{1,24}?)(?:的话)?(?:呢[?]?|的[?])$"
)
LITTLE = 8  # characters beside the asking words
ASKING = re.compile(r"[?？!！。,，\s]|吗|呢|啊|呀|请问|是不是|是否|什么|哪些?|怎么|如何|为啥|多少")
# What is left hanging where the asking words were: 一照多址由(谁牵头).
HANGING = re.compile(r"(?:呢?[?？]|[\s,，。]|(?<![自理])由|[是归在]|应该|应当)+$")


@dataclass(frozen=True)
class Understood:
    """A question read by itself, or behind an earlier one.

    `text` is what is searched and shown; `listed` is set where a list over the columns is asked
    for, else `wants` says what kind of fact. `own` are its own words without what opens it;
    `topic` is what later questions may lean on. `earlier` is the question that it may lean on,
    with a topic; it must where it `points`, and `leans` where it does. `instead` says that it
    asks the same of something else.
    """

    text: str
    listed: ListQuestion | None
    wants: Wants
    own: str
    topic: str
    earlier: "Understood | None" = None
    points: bool = False
    leans: bool = False
    instead: bool = False
    elliptical: bool = False

    def leaning(self) -> "Understood":
        """The same question behind the topic of the earlier one.

        Its own topic goes on before that one, unless it has none: of several rows the one named
        first is meant.
        """
        if self.earlier is None:
            return self
        before = self.earlier.topic
        topic = before if self.points else f"{self.topic}，{before}"
        text = f"{before}，{PRONOUN.sub('', self.own)}"
        if not self.elliptical:
            return replace(self, text=text, wants=read_wants(self.own), topic=topic, leans=True)
        wants = replace(self.earlier.wants, question=self.own, topic=self.own)
        return replace(self, text=f"{text}{wants.asked}", wants=wants, topic=topic, leans=True)


def read_question(question: str, columns: Columns, earlier: Understood | None = None) -> Understood:
    """Read a question by itself, and say whether it can stand so after an earlier one."""
    own = OPENING.sub("", normalise(question))
    wants = read_wants(normalise(question))
    listed = read_list(question, columns, earlier.listed if earlier else None)
    if listed is not None:
        return Understood(listed.text if earlier else question, listed, wants, own, "")
    if earlier is None or not earlier.topic:
        return Understood(question, None, wants, own, topic_of(wants))
    asks = wants.kind != "how" or wants.asked
    ellipsis = None if asks else ELLIPSIS.search(own)
    if ellipsis is None:
        topic, points = topic_of(wants), _points(wants, own)
        return Understood(question, None, wants, own, topic, earlier, points=points)
    topic, instead = ellipsis["topic"], bool(ellipsis["instead"])
    text = f"{topic}{earlier.wants.asked}"
    return Understood(
        *(text, None, read_wants(text), topic, topic, earlier),
        instead=instead,
        elliptical=True,
    )


def _points(wants: Wants, own: str) -> bool:
    """Whether a question cannot be understood without the one before."""
    return bool(POINTING.search(own)) or len(ASKING.sub("", wants.topic)) <= LITTLE


def topic_of(wants: Wants) -> str:
    """A question without the words that ask: what it is about."""
    return HANGING.sub("", wants.topic).strip(" ,，。")
