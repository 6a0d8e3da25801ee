"""What the doors say of a measure: its name in words, its address, its text for reading."""

from dataclasses import dataclass
from urllib.parse import quote

from fastapi import Request

from corpus.document import Measure
from index.search import Searcher
from service.cite import reference
from service.labels import fields_of, main_cells

SCHEME = "wence://"


@dataclass(frozen=True)
class Links:
    """Absolute addresses under the address that the service is known by, without a last slash."""

    base: str

    def page(self, name: str) -> str:
        """The page of a measure."""
        return f"{self.base}/m/{quote(name, safe=':')}"

    def asked(self, question: str) -> str:
        """The page that answers a question."""
        return f"{self.base}/?q={quote(question)}"


def resource(name: str) -> str:
    """The MCP resource of a measure."""
    return f"{SCHEME}measure/{name}"


def heading(measure: Measure) -> str:
    """A measure in words, on one line: 第27项第3条 标题（市××局）."""
    place = f"第{measure.item}项第{measure.number}条" if measure.title else measure.id
    charged = "、".join(cell.value for cell in main_cells(measure))
    return f"{place} {measure.title}".strip() + (f"（{charged}）" if charged else "")


def reading(searcher: Searcher, measure: Measure) -> str:
    """A measure whole, for a reader or a model: a line for each filled column by its own name."""
    item = (measure.document, measure.item)
    head = next((m for m in searcher.measures if (m.document, m.item) == item), measure)
    rows = [
        *((field.name, field.value) for field in fields_of(measure, head)),
        ("是否涉及", "" if measure.applicable else "本地不涉及"),
        ("出处", reference(searcher.documents[measure.document], measure)),
    ]
    told = "\n".join(f"{name}：{value}" for name, value in rows if value)
    return f"{measure.id} {heading(measure)}\n{told}"


def links_of(request: Request) -> Links:
    """The addresses to give in a response: under the public address, or as the request names it."""
    public: str = request.app.state.public_url
    return Links(public or str(request.base_url).rstrip("/"))
