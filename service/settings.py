"""The settings, read once at the edge; nothing else reads the environment."""

from pathlib import Path

import platformdirs
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from corpus.errors import SetupError

PREFIX = "WENCE_"


class Settings(BaseSettings):
    """Each field is the environment variable of that name in capitals behind `WENCE_`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

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
    log_level: str = Field(default="INFO", description="日志级别：DEBUG、INFO、WARNING、ERROR")

    @property
    def index(self) -> Path:
        """The index folder."""
        return self.data / "index"


def read_settings(environment: dict[str, str], **given: object) -> Settings:
    """Read the settings from an environment; values given here win, None asks the environment.

    Raises:
        SetupError: an unknown `WENCE_…` variable, or a value that does not fit.
    """
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    unknown = sorted(n for n in environment if n.startswith(PREFIX) and n not in known)
    if unknown:
        raise SetupError(
            f"不认识的环境变量 {'、'.join(unknown)}；可用的是 {'、'.join(sorted(known))}"
        )
    try:
        return Settings.model_validate(
            Settings().model_dump() | {key: v for key, v in given.items() if v is not None}
        )
    except ValidationError as error:
        raise SetupError(f"设置有误：{error.errors()[0]['msg']}") from error
