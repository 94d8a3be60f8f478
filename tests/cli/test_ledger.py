"""What a ledger says of itself, seen and changed."""

import json
from pathlib import Path

import pytest

from .conftest import Run


def about(run: Run) -> dict[str, str]:
    """Return what the ledger says of itself."""
    told: dict[str, str] = json.loads(run("ledger", "show", "--json").out)
    return {key: value for key, value in told.items() if key != "url"}


def test_name_language_currency_and_zone_are_shown_changed_and_taken_back(run: Run) -> None:
    run("init", "--name", "店", "--currency", "cny", "--zone", "UTC")
    assert about(run) == {"name": "店", "language": "en", "currency": "CNY", "zone": "UTC"}
    changed = run("ledger", "set", "--name", "Shop", "--lang", "zh", "--currency", "美元", "--zone", "Asia/Shanghai")
    assert about(run) == {"name": "Shop", "language": "zh", "currency": "USD", "zone": "Asia/Shanghai"}
    assert "没有折算任何金额" in changed.err
    operation = json.loads(run("log", "--json", "--limit", "1").out)[0]
    assert operation["about"]["text"] == "台账的设置"
    assert run("undo", operation["id"]).code == 0
    assert about(run)["currency"] == "CNY"
    assert run("ledger", "set", "--name", "店").err == "Nothing would change.\n"


def test_the_currency_of_amounts_that_name_none_is_changed_only_by_force(shop: Run) -> None:
    shop("transaction", "add", "--customer", "K1", "--amount", "5")
    shop("transaction", "add", "--customer", "K1", "--amount", "6 USD")
    refused = shop("ledger", "set", "--currency", "EUR")
    assert refused.code == 3
    assert "1 transaction (transaction.amount)" in refused.err
    assert "--force" in refused.err
    assert shop("ledger", "set", "--currency", "EUR", "--force").code == 0
    assert shop("transaction", "list", "--columns", "amount").out.splitlines() == ["Amount", "5.00", "6.00 USD"]


@pytest.mark.parametrize(
    "option", [["--currency", "EURX"], ["--lang", "fr"], ["--zone", "Mars/Olympus"], ["--currency", ""]]
)
def test_what_cannot_be_is_refused(shop: Run, option: list[str]) -> None:
    assert shop("ledger", "set", *option).code == 3
    assert shop("ledger", "set").code == 2


@pytest.mark.parametrize(("locale", "language"), [("zh_CN.UTF-8", "zh"), ("de_DE.UTF-8", "en"), ("C.UTF-8", "en")])
def test_a_new_ledger_speaks_the_language_of_the_computer(
    run: Run, monkeypatch: pytest.MonkeyPatch, locale: str, language: str
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    made = run("init")
    assert about(run)["language"] == language
    assert ("按本机语言" in made.err) is (language == "zh")


def test_a_language_that_was_asked_for_comes_before_the_computers(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "按本机语言" not in run("init", "--lang", "en").err
    assert about(run)["language"] == "en"


@pytest.mark.parametrize("option", [["--currency", "ZZZZ"], ["--zone", "Mars/X"]])
def test_an_init_that_fails_leaves_nothing_in_the_way_of_the_next(run: Run, folder: Path, option: list[str]) -> None:
    assert run("init", *option, "new.db").code == 3
    assert list(folder.iterdir()) == []
    assert run("init", "new.db").code == 0


def test_the_language_of_the_ledger_and_that_of_a_run_are_told_apart(run: Run) -> None:
    run("init", "--lang", "en")
    assert "Language: en" in run("ledger", "show", "--lang", "en").out
    assert "语言: en" in run("ledger", "show", "--lang", "zh").out
    assert run("--lang", "en", "ledger", "set", "--lang", "zh").code == 0
    assert about(run)["language"] == "zh"
