"""The settings: read once, unknown names refused, given values win."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from corpus.errors import SetupError
from service.settings import PREFIX, Settings, read_settings


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No `WENCE_…` variable of the machine reaches these tests."""
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)


def test_settings_without_environment_stand_in_the_user_folders() -> None:
    settings = read_settings({})
    assert (settings.data.name, settings.cache.name) == ("wence", "wence")
    assert settings.model == ""
    assert settings.log_level == "INFO"


def test_index_is_a_folder_in_the_data_folder() -> None:
    assert Settings(data=Path("/x")).index == Path("/x/index")


def test_settings_with_process_environment_take_its_values(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("WENCE_DATA", str(tmp_path))
    monkeypatch.setenv("WENCE_MODEL", "/models/other")
    settings = read_settings({"WENCE_DATA": str(tmp_path), "WENCE_MODEL": "/models/other"})
    assert settings.data == tmp_path
    assert settings.model == "/models/other"


def test_settings_take_the_environment_that_they_are_handed(tmp_path: Path) -> None:
    assert read_settings({"WENCE_DATA": str(tmp_path)}).data == tmp_path


def test_settings_do_not_look_past_the_environment_that_they_are_handed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WENCE_MODEL", "/models/other")
    assert read_settings({}).model == ""


def test_given_value_wins_over_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("WENCE_DATA", "/elsewhere")
    assert read_settings({"WENCE_DATA": "/elsewhere"}, data=tmp_path).data == tmp_path


def test_given_none_asks_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WENCE_DATA", str(tmp_path))
    assert read_settings({"WENCE_DATA": str(tmp_path)}, data=None).data == tmp_path


def test_unknown_variable_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SetupError, match=r"WENCE_MODLE.*WENCE_CACHE.*WENCE_DATA.*WENCE_MODEL"):
        read_settings({"WENCE_MODLE": "x"})


def test_variables_of_other_programs_are_left_alone() -> None:
    assert read_settings({"HOME": "/root", "WENCEX": "1"}) == read_settings({})


def test_given_value_of_another_type_is_refused() -> None:
    with pytest.raises(SetupError, match="设置 WENCE_DATA 有误"):
        read_settings({}, data=7)


def test_unknown_log_level_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENCE_LOG_LEVEL", "LOUD")
    with pytest.raises(SetupError, match=r"LOUD|LOG_LEVEL|log_level|日志"):
        read_settings({"WENCE_LOG_LEVEL": "LOUD"})


def test_settings_cannot_be_changed() -> None:
    settings = Settings()
    with pytest.raises(ValidationError):
        settings.model = "other"


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Settings.model_fields.values())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"WENCE_LLM_URL": "http://127.0.0.1:9/v1"}, "WENCE_LLM_MODEL"),
        ({"WENCE_LLM_MODEL": "m"}, "WENCE_LLM_URL"),
        ({"WENCE_LLM_URL": "127.0.0.1:9", "WENCE_LLM_MODEL": "m"}, "设置 WENCE_LLM_URL 有误：应为"),
        ({"WENCE_LLM_URL": "http://x:99999/", "WENCE_LLM_MODEL": "m"}, "WENCE_LLM_URL"),
        ({"WENCE_LLM_TIMEOUT": "0"}, "WENCE_LLM_TIMEOUT"),
        ({"WENCE_LLM_TIMEOUT": "soon"}, "WENCE_LLM_TIMEOUT"),
        ({"WENCE_LLM_KEY": "密钥"}, "WENCE_LLM_KEY"),
    ],
)
def test_language_model_set_by_half_or_wrong_is_refused(given: dict[str, str], said: str) -> None:
    with pytest.raises(SetupError) as refused:
        read_settings(given)
    assert said in str(refused.value)


def test_language_model_set_whole_is_taken_and_its_key_not_shown() -> None:
    settings = read_settings(
        {
            "WENCE_LLM_URL": "http://127.0.0.1:9/v1",
            "WENCE_LLM_MODEL": "m",
            "WENCE_LLM_KEY": " secret-1\n",
            "WENCE_LLM_TIMEOUT": "12",
        }
    )
    assert (settings.llm_key, settings.llm_timeout) == ("secret-1", 12.0)
    assert "secret-1" not in repr(settings)


def test_doors_are_parted_at_commas_and_the_key_not_shown() -> None:
    settings = read_settings(
        {
            "WENCE_DOORS": "key",
            "WENCE_HOSTS": "a.example,B.example",
            "WENCE_ORIGINS": "https://a.example, https://b.example ,",
            "WENCE_PUBLIC_URL": "https://wence.example/",
            "WENCE_KEY": " k-3\n",
        }
    )
    assert (settings.doors, settings.key) == ("key", "k-3")
    assert settings.host_names == ("a.example", "b.example", "wence.example")
    assert settings.origins == ("https://a.example", "https://b.example")
    assert settings.public_url == "https://wence.example"
    assert "k-3" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [("PUBLIC_URL", "wence.example"), ("KEY", "密钥"), ("DOORS", "off")],
)
def test_door_set_wrong_is_refused(name: str, value: str) -> None:
    with pytest.raises(SetupError, match=f"WENCE_{name}"):
        read_settings({f"WENCE_{name}": value})
