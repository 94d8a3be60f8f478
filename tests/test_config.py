"""Settings of the program come from the first source that has them, and say which it was."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from custledger.config import PROJECT_FILE, Config, write_project_file
from custledger.errors import CustledgerError, FileFormatError, InvalidValueError, NotAllowedError, NotFoundError


def load(folder: Path, flags: dict[str, Any] | None = None, environ: dict[str, str] | None = None) -> Config:
    return Config.load(flags or {}, environ or {}, folder, folder / "user" / "config.toml")


def test_the_order_is_flag_environment_folder_user_default(tmp_path: Path) -> None:
    (tmp_path / "user").mkdir()
    assert load(tmp_path).values["ledger"] == ("ledger.db", "default")
    (tmp_path / "user" / "config.toml").write_text('ledger = "u.db"\nactor = "Uma"\n', "utf-8")
    assert load(tmp_path).values["ledger"].value == str(tmp_path / "user" / "u.db")
    (tmp_path / PROJECT_FILE).write_text('ledger = "sqlite:p.db"\n', "utf-8")
    assert load(tmp_path).values["ledger"] == ("sqlite:p.db", str(tmp_path / PROJECT_FILE))
    environ = {"CUSTLEDGER_LEDGER": "e.db"}
    assert load(tmp_path, environ=environ).values["ledger"] == ("e.db", "environment CUSTLEDGER_LEDGER")
    config = load(tmp_path, {"ledger": "f.db", "actor": None}, environ)
    assert config.values["ledger"] == ("f.db", "flag --ledger")
    assert config.actor == "Uma"


def test_an_empty_variable_is_no_value(tmp_path: Path) -> None:
    assert load(tmp_path, environ={"CUSTLEDGER_LEDGER": ""}).ledger == "ledger.db"


def test_values_are_read_by_their_kind(tmp_path: Path) -> None:
    (tmp_path / PROJECT_FILE).write_text('as_of = 2026-11-22\ndisable_plugins = ["a", "b"]\nlanguage = "zh"\n', "utf-8")
    config = load(tmp_path)
    assert config["as_of"] == date(2026, 11, 22)
    assert config["disable_plugins"] == ("a", "b")
    assert load(tmp_path, environ={"CUSTLEDGER_DISABLE_PLUGINS": "c, d"})["disable_plugins"] == ("c", "d")
    assert load(tmp_path, {"as_of": "2026-01-31"})["as_of"] == date(2026, 1, 31)


@pytest.mark.parametrize(
    ("content", "error", "said"),
    [
        ('legder = "x"', NotFoundError, "ledger"),
        ('colour = "x"', NotFoundError, "There are: ledger"),
        ("ledger = ", FileFormatError, "is not TOML"),
        ("ledger = 5", InvalidValueError, "is not text"),
        ('language = "fr"', InvalidValueError, "en, zh"),
        ('as_of = "soon"', InvalidValueError, "2026-11-22"),
    ],
)
def test_a_file_that_makes_no_sense_is_one_clear_error(
    tmp_path: Path, content: str, error: type[CustledgerError], said: str
) -> None:
    (tmp_path / PROJECT_FILE).write_text(content, "utf-8")
    with pytest.raises(error) as told:
        load(tmp_path)
    assert said in told.value.message + told.value.hint
    assert PROJECT_FILE in told.value.message


def test_a_wrong_value_says_where_it_came_from(tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match="environment CUSTLEDGER_LANGUAGE"):
        load(tmp_path, environ={"CUSTLEDGER_LANGUAGE": "fr"})


def test_the_project_file_is_written_once_and_then_left_alone(tmp_path: Path) -> None:
    assert write_project_file(tmp_path, "客户.db") == tmp_path / PROJECT_FILE
    assert load(tmp_path).ledger == str(tmp_path / "客户.db")
    assert write_project_file(tmp_path, "other.db") is None
    assert load(tmp_path).ledger == str(tmp_path / "客户.db")


def test_a_folder_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(NotAllowedError, match="cannot be written"):
        write_project_file(tmp_path / "missing", "ledger.db")
