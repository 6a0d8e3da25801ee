"""What OpenAI's clients send: messages → a question with its earlier turns; texts to embed."""

import json
import re
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.errors import InputError
from index.query import LIMIT
from service.api.faults import tell_faults

MODEL = "wence"
QUERY, PASSAGE = "wence-query", "wence-passage"
MODELS = (MODEL, QUERY, PASSAGE)
TURNS = 6  # earlier questions that are read
HOUSEKEEPING = re.compile(r"\s*#{1,4} ?Task:")  # a chat page's own request for a title or tags
SAID = re.compile(r"^\s*(?:USER|user|User|用户)\s*[:：]\s*(\S.*)$", re.MULTILINE)
TITLE = 20  # characters

T = TypeVar("T", bound=BaseModel)


class RefusedError(InputError):
    """A request that is refused, with the parameter at fault and OpenAI's code for it."""

    def __init__(self, message: str, *, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.param, self.code = param, code
        self.status = 404 if code == "model_not_found" else 400


class Part(BaseModel):
    """消息的一段；只读文字，图片等略过。"""

    type: str = Field(default="text", description="种类", examples=["text"])
    text: str | None = Field(default=None, description="文字")


class Message(BaseModel):
    """对话里的一条消息。"""

    role: str = Field(description="system、user、assistant 等", examples=["user"])
    content: str | tuple[Part, ...] | None = Field(default=None, description="内容")

    @property
    def said(self) -> str:
        """The text of it."""
        if isinstance(self.content, str):
            return self.content.strip()
        parts = (part.text for part in self.content or () if part.type == "text" and part.text)
        return "\n".join(parts).strip()


class StreamOptions(BaseModel):
    """流式的选项。"""

    include_usage: bool | None = Field(default=False, description="最后给出用量")


class ChatRequest(BaseModel):
    """一次对话；其他参数（温度、工具等）收下，不起作用。"""

    model_config = ConfigDict(extra="allow")

    model: str = Field(default=MODEL, description="模型，用 wence", examples=[MODEL])
    messages: tuple[Message, ...] = Field(
        min_length=1, max_length=1000, description="对话，最后一条是问题；前面的问题用来理解追问"
    )
    stream: bool | None = Field(default=False, description="是否边写边给")
    stream_options: StreamOptions | None = Field(default=None, description="流式的选项")
    n: int | None = Field(default=1, description="只能是 1")


class EmbeddingRequest(BaseModel):
    """要变成向量的文字。"""

    model_config = ConfigDict(extra="allow")

    model: str = Field(
        description="wence-query 用于问题，wence-passage 用于被检索的文字", examples=[QUERY]
    )
    input: Any = Field(description="一段文字，或几段文字的列表", examples=["一照多址怎么办理"])
    encoding_format: str | None = Field(default="float", description="float 或 base64")
    dimensions: int | None = Field(default=None, description="维数；不能改")


@dataclass(frozen=True)
class Talk:
    """A question and the questions before it, oldest first."""

    question: str
    turns: tuple[str, ...]


async def read_body(request: Request, shape: type[T]) -> T:
    """The body in its shape.

    Raises:
        RefusedError: it isn't JSON, or has another shape.
    """
    try:
        return shape.model_validate_json(await request.body())
    except ValidationError as error:
        first = error.errors()[0]["loc"]
        raise RefusedError(tell_faults(error), param=".".join(map(str, first)) or None) from error


def talk_of(asked: ChatRequest) -> Talk:
    """The question of a chat and its turns; system messages and what was answered are left out.

    Raises:
        RefusedError: the last message is no question of a user, or too long.
    """
    if asked.n not in (None, 1):
        raise RefusedError("n 只能是 1：同一个问题只有一个回答", param="n")
    last = asked.messages[-1]
    if last.role != "user" or not last.said:
        raise RefusedError("最后一条消息应是 user 的，内容是文字", param="messages")
    if len(last.said) > LIMIT and not HOUSEKEEPING.match(last.said):
        raise RefusedError(
            f"问题太长（{len(last.said)} 字）；请缩短到 {LIMIT} 字以内",
            param="messages",
            code="string_above_max_length",
        )
    earlier = [m.said for m in asked.messages[:-1] if m.role == "user"]
    usable = [text for text in earlier if 0 < len(text) <= LIMIT and not HOUSEKEEPING.match(text)]
    return Talk(last.said, tuple(usable[-TURNS:]))


def check_model(name: str, known: tuple[str, ...]) -> None:
    """Refuse another model.

    Raises:
        RefusedError: there is no such model here.
    """
    if name not in known:
        said = f"没有模型“{name[:40]}”；这里可用 {'、'.join(known)}"
        raise RefusedError(said, param="model", code="model_not_found")


def housekeeping(question: str) -> str | None:
    """What to say to a chat page that asks for a title, tags or follow-ups; None to a question.

    Open WebUI sends such requests to the model of the chat, and reads JSON of one of these keys.
    """
    if not HOUSEKEEPING.match(question):
        return None
    asked = SAID.search(question)
    title = (asked[1].strip() if asked else "政策问答")[:TITLE]
    known = {"title": title, "tags": ["政策"], "follow_ups": [], "queries": [], "text": ""}
    return json.dumps(known, ensure_ascii=False)
