"""The settings, read once at the edge; nothing else reads the environment."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.errors import SetupError

PREFIX = "WENCE_"


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
    llm_key: str = Field(
        default="", repr=False, description="起草问法（wence questions draft）时大模型接口的密钥"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="日志级别：DEBUG、INFO、WARNING、ERROR"
    )

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
        name = PREFIX + str(fault["loc"][0]).upper()
        raise SetupError(f"设置 {name} 有误：{fault['msg']}") from error
