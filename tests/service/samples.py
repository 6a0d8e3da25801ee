"""Small documents that more than one test file of the service needs."""

from corpus.document import Document
from corpus.measures import Parsed, parse
from tests.conftest import SMALL, make_document

PROSE = "某办法\n\n第一条 为了登记，制定本办法。\n\n第二条 市局负责登记。\n"
MARKUP = SMALL.replace("一、第一方面", "一、<b onclick=x>方面</b>").replace(
    "市税务局", '"><svg onload=alert(4)>'
)


def prose() -> Parsed:
    """A document without a table: three paragraphs, none of the columns."""
    return parse(make_document(PROSE, "rule"))


def hostile() -> Parsed:
    """A list whose title, issuer, origin, aspect and lead unit are markup."""
    about = ("<u>标题</u>", "<i>某市", "2022", "<img src=x>")
    return parse(Document("evil", *about, MARKUP, "0" * 64))
