"""Whom to turn to: the operator's own contacts, from `contacts.toml` in the data folder.

    [[contact]]
    name = "杭州 12345 热线"
    phone = "12345"

    [[contact]]
    name = "政务服务网：人社事项"
    url = "https://example.org/hall"
    organ = "市人社局"

A contact without an organ is for everybody; one with an organ stands beside what that organ leads.
"""

import tomllib
from collections.abc import Collection, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from corpus.errors import SetupError

FILE = "contacts.toml"
SHOWN = 4  # contacts beside one answer


class Contact(BaseModel):
    """A name with a telephone number or an address on the web, or both."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str = Field(min_length=1, max_length=60)
    phone: str = Field(default="", pattern=r"^[0-9+() -]{0,30}$")
    url: str = ""
    organ: str = ""

    @field_validator("url")
    @classmethod
    def _sound_address(cls, value: str) -> str:
        if value and not (urlsplit(value).scheme in ("http", "https") and urlsplit(value).hostname):
            raise PydanticCustomError("url", "url 应是 http:// 或 https:// 开头的地址")
        return value

    @property
    def dialled(self) -> str:
        """The number as a telephone takes it."""
        return "".join(c for c in self.phone if c.isdigit() or c == "+")


class _File(BaseModel):
    """The file: nothing but a list of contacts."""

    model_config = ConfigDict(extra="forbid", strict=True)

    contact: list[Contact] = []


def read_contacts(folder: Path) -> tuple[Contact, ...]:
    """The contacts of a data folder, in the file's order; a missing file is an empty one.

    Raises:
        SetupError: it cannot be read, is no TOML, or has a key or a value that does not fit.
    """
    path = folder / FILE
    if not path.is_file():
        return ()
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
        return tuple(_File.model_validate(given).contact)
    except OSError as error:
        raise SetupError(f"{path} 读不出（{error.strerror}）；请改权限，或删去它") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SetupError(f"{path} 不是 UTF-8 的 TOML（{error}）；请改正，或删去它") from error
    except ValidationError as error:
        fault = error.errors()[0]
        where = " 的 ".join(
            f"第 {part + 1} 个" if isinstance(part, int) else str(part)
            for part in reversed(fault["loc"])
        )
        raise SetupError(
            f"{path} 里 {where} 有误（{fault['msg']}）；"
            "每个 [[contact]] 写 name，以及 phone、url、organ 中要用的"
        ) from error


def contacts_for(contacts: Sequence[Contact], organs: Collection[str]) -> tuple[Contact, ...]:
    """Those of the organs first, then those for everybody; at most four."""
    own = [c for c in contacts if c.organ and any(c.organ in organ for organ in organs)]
    return tuple([*own, *(c for c in contacts if not c.organ)][:SHOWN])
