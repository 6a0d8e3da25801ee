"""The operator's contacts: reading them, whom they stand beside, and what is said of a bad file."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from corpus.errors import SetupError
from index.search import Searcher
from service.app import app_over
from service.contacts import FILE, Contact, contacts_for, read_contacts

HOTLINE = Contact(name="热线", phone="12345")
HALL = Contact(name="大厅", url="https://example.org/hall?a=1&b=2", organ="市税务局")


def test_read_contacts_in_order_and_missing_file_is_empty(tmp_path: Path) -> None:
    assert read_contacts(tmp_path) == ()
    (tmp_path / FILE).write_text(
        '[[contact]]\nname = "热线"\nphone = "12345"\n\n[[contact]]\nname = "大厅"\n'
        'url = "https://example.org/hall?a=1&b=2"\norgan = "市税务局"\n',
        encoding="utf-8",
    )
    assert read_contacts(tmp_path) == (HOTLINE, HALL)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[contact]", "不是 UTF-8 的 TOML"),
        ("[[contact]]\nphone = '12345'", "name"),
        ("[[contact]]\nname = '热线'\ntel = '1'", "tel"),
        ("[[contact]]\nname = '热线'\nphone = 12345", "phone"),
        ("[[contact]]\nname = '热线'\nphone = '一二三'", "phone"),
        ("[[contact]]\nname = '大厅'\nurl = 'javascript:alert(1)'", "url"),
        ("phone = '12345'", "phone"),
    ],
)
def test_read_contacts_bad_file_is_told_with_what_to_mend(
    tmp_path: Path, text: str, says: str
) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(SetupError, match=r"contacts\.toml") as error:
        read_contacts(tmp_path)
    assert says in str(error.value)


def test_contacts_of_the_organ_come_first_and_of_other_organs_not_at_all() -> None:
    other = Contact(name="别处", phone="1", organ="市教育局")
    assert contacts_for([HOTLINE, HALL, other], ["国家税务总局杭州市税务局"]) == (HALL, HOTLINE)
    assert contacts_for([HOTLINE, HALL], []) == (HOTLINE,)
    assert len(contacts_for([HOTLINE] * 9, [])) == 4


def test_contacts_stand_beside_answers_and_refusals(real_searcher: Searcher) -> None:
    hall = Contact(name="<办事大厅>", url=HALL.url, phone="+86 571-1", organ="市市场监管局")
    client = TestClient(app_over(real_searcher, contacts=[HOTLINE, hall]))
    answered = client.get("/", params={"q": "一照多址由哪个单位牵头"}).text
    assert "&lt;办事大厅&gt;</a>" in answered
    assert 'href="tel:+865711"' in answered
    refused = client.get("/", params={"q": "今天天气怎么样"}).text
    assert 'href="tel:12345"' in refused
    assert "办事大厅" not in refused
