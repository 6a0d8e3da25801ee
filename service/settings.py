"""The settings, read once at the edge; nothing else reads the environment."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

import limits
import platformdirs
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from corpus.errors import SetupError

PREFIX = "WENCE_"


def _parted(value: object) -> object:
    """The parts of a value with commas."""
    if not isinstance(value, str):
        return value
    return tuple(part.strip() for part in value.split(",") if part.strip())


Names = Annotated[tuple[str, ...], BeforeValidator(_parted)]


class Settings(BaseModel):
    """Each field is the environment variable of that name in capitals behind `WENCE_`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("wence"),
        description="数据文件夹：索引放在其中的 index/",
    )
    cache: Path = Field(
        default_factory=lambda: platformdirs.user_cache_path("wence"),
        description="缓存文件夹：转换好的默认嵌入模型放在其中",
    )
    model: str = Field(
        default="",
        description="嵌入模型：空为内置的 multilingual-e5-small，也可以是任何 "
        "sentence-transformers 模型的名称或文件夹",
    )
    database: str = Field(
        default="",
        repr=False,
        description="反馈库：任何 SQLAlchemy 数据库地址；空为数据文件夹里的 feedback.sqlite",
    )
    llm_url: str = Field(
        default="",
        description="用大模型组织回答：OpenAI 兼容接口的地址，到 /v1 为止；空为只用原文摘录",
    )
    llm_model: str = Field(default="", description="组织回答的大模型的名称，与 WENCE_LLM_URL 同设")
    llm_timeout: float = Field(
        default=30.0, gt=0, le=600, description="等大模型写完一个回答的秒数，超过就用原文摘录"
    )
    llm_key: str = Field(
        default="",
        repr=False,
        description="大模型接口的密钥，组织回答与起草问法、白话（wence plain draft）都用它",
    )
    read_seconds: int = Field(
        default=60, ge=1, le=3600, description="读一个文档最多几秒，超过就停下并说明"
    )
    read_mb: int = Field(
        default=1024, ge=256, le=65_536, description="读一个文档最多用多少 MB 内存"
    )
    hosts: str = Field(
        default="",
        description="服务的主机名，用逗号分开，其他主机名的请求被拒；本机的名称总是可以。"
        "空：只在本机监听时仅限本机的名称，否则不限",
    )
    proxies: str = Field(
        default="", description="可信的反向代理的地址，用逗号分开；空为不信任何 X-Forwarded-For"
    )
    staff: Literal["key", "open", "off"] = Field(
        default="key",
        description="工作人员的页面（/gaps、/api/gaps、/metrics）：key 在本机以外要密钥，"
        "open 谁都能看，off 没有",
    )
    rate: str = Field(
        default="1200/minute",
        description="每个密钥或地址最多多少请求，如 20/second、1200/minute；空为不限",
    )
    concurrent: int = Field(default=64, ge=1, le=10_000, description="最多同时回答几个请求")
    body_kb: int = Field(default=1024, ge=1, le=65_536, description="请求体最大多少 KB")
    answer_seconds: float = Field(
        default=60.0, gt=0, le=3600, description="一个回答最多等几秒，超过就回 503"
    )
    retention_days: int = Field(
        default=180, ge=1, le=36_500, description="问题与评价记下几天，过后删去"
    )
    reload_seconds: float = Field(
        default=2.0, gt=0, le=3600, description="每隔几秒看一次有没有新的索引，有就换上"
    )
    doors: Literal["open", "key"] = Field(
        default="open",
        description="MCP、/v1、/dify：open 谁都能用，key 要密钥（wence keys add）",
    )
    public_url: str = Field(
        default="",
        description="对外的地址，如 https://wence.example.gov.cn；引文链接用它，"
        "空为各请求所用的地址；它的主机名也就认",
    )
    origins: Names = Field(
        default=(),
        description="哪些站点的网页可以跨站调用（嵌入搜索框），如 https://www.example.gov.cn，"
        "逗号分隔；* 为任何站点",
    )
    key: str = Field(default="", repr=False, description="wence --url 所问的服务的密钥")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="日志级别：DEBUG、INFO、WARNING、ERROR"
    )

    @field_validator("llm_url", "public_url")
    @classmethod
    def _sound_address(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            sound = False
        if value and not sound:
            raise PydanticCustomError(
                "address", "应为 http:// 或 https:// 开头的地址，如 http://127.0.0.1:8080/v1"
            )
        return value

    @field_validator("rate")
    @classmethod
    def _sound_rate(cls, value: str) -> str:
        try:
            if value:
                limits.parse(value)
        except ValueError as error:
            raise PydanticCustomError("rate", "应写作 20/second 或 1200/minute") from error
        return value

    @field_validator("public_url")
    @classmethod
    def _bare_address(cls, value: str) -> str:
        return value.rstrip("/")

    @field_validator("llm_key", "key")
    @classmethod
    def _sound_key(cls, value: str) -> str:
        key = value.strip()
        if not key.isascii() or not key.isprintable():
            raise PydanticCustomError("key", "密钥里有不能发送的字符")
        return key

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if bool(self.llm_url) != bool(self.llm_model):
            raise PydanticCustomError(
                "pair",
                "WENCE_LLM_URL（地址）与 WENCE_LLM_MODEL（模型名称）要一起设置，或者都不设置",
            )
        return self

    @property
    def host_names(self) -> tuple[str, ...]:
        """The host names that are served beside this machine's own, in lower case."""
        own = urlsplit(self.public_url).hostname or ""
        named = (*self.hosts.split(","), own)
        return tuple(name.strip().lower() for name in named if name.strip())

    @property
    def index(self) -> Path:
        """The index folder."""
        return self.data / "index"


def read_settings(environment: Mapping[str, str], **given: object) -> Settings:
    """Read the settings from an environment; values given here win, None asks the environment.

    Raises:
        SetupError: an unknown `WENCE_…` variable, or a value that does not fit.
    """
    names = {PREFIX + name.upper(): name for name in Settings.model_fields}
    asked = {name: value for name, value in environment.items() if name.startswith(PREFIX)}
    unknown = sorted(set(asked) - set(names))
    if unknown:
        raise SetupError(
            f"不认识的环境变量 {'、'.join(unknown)}；可用的是 {'、'.join(sorted(names))}"
        )
    values = {names[name]: value for name, value in asked.items()}
    try:
        return Settings.model_validate(
            values | {name: value for name, value in given.items() if value is not None}
        )
    except ValidationError as error:
        fault = error.errors()[0]
        name = " " + PREFIX + str(fault["loc"][0]).upper() + " " if fault["loc"] else ""
        raise SetupError(f"设置{name}有误：{fault['msg']}") from error
