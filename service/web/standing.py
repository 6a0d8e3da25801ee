"""What a document is, of when, and that nobody promises that it still holds."""

import re
from collections.abc import Iterable

from corpus.document import Document

KIND = re.compile(
    r"(清单|办法|规定|细则|条例|方案|意见|通知|目录|指南|计划|规划|标准|规范|措施|政策|决定|公告)"
    r"(?:[（(][^）)]*[）)])?$"
)
YEAR = re.compile(r"\d{4}")


def kind_of(document: Document) -> str:
    """What a document calls itself: 清单, 办法, or else 文件."""
    found = KIND.search(document.title)
    return found[1] if found else "文件"


def standing_of(document: Document) -> str:
    """Of when a document is, and who knows whether it still holds."""
    year = YEAR.search(document.date)
    of = f"{year[0]}年的{kind_of(document)}" if year else f"这份{kind_of(document)}没有写明日期"
    return f"{of}；是否仍在执行以主管部门为准。"


def named(document: Document) -> str:
    """A document with its issuer and year: 某市《某清单》（2022年）."""
    year = YEAR.search(document.date)
    return f"{document.issuer}《{document.title}》" + (f"（{year[0]}年）" if year else "")


def standings(documents: Iterable[Document]) -> tuple[str, ...]:
    """What is told of some documents, each sentence once."""
    return tuple(dict.fromkeys(standing_of(document) for document in documents))
