"""Nothing that people can use is undocumented, and what the documents say is up to date."""

import inspect
import re
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import attrs
import generate
import pytest

from custledger import ledger
from custledger.distributions import installed_plugins
from custledger.services.selecting import Selection

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs/reference"
GENERATED = re.compile(
    r"<!-- \[\[\[cog cog\.outl\(generate\.(\w+)\(\)\) \]\]\] -->\n(.*?)\n<!-- \[\[\[end\]\]\] -->", re.DOTALL
)
GUEST = """
from custledger.hookspecs import hookimpl
from custledger.records import Record, record_type

@record_type("guest", plural="guests", prefix="GU", en="Guest", zh="访客")
class Guest(Record):
    'Somebody who came by.'

@hookimpl
def custledger_record_types():
    return [Guest]
"""
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)#\s]+)")


def parts() -> list[tuple[str, str, str]]:
    """Return ``(page, function, text)`` of every generated part."""
    pages = sorted(REFERENCE.glob("*.md"))
    return [(page.name, found[1], found[2]) for page in pages for found in GENERATED.finditer(page.read_text("utf-8"))]


@pytest.mark.parametrize(("page", "function", "text"), parts(), ids=[f"{page}-{name}" for page, name, _ in parts()])
def test_generated_parts_of_the_reference_are_up_to_date(page: str, function: str, text: str) -> None:
    assert text == getattr(generate, function)(), f"{page} is out of date: run nox -s references"


def test_the_reference_does_not_depend_on_what_else_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "custledger_guest.py").write_text(GUEST, encoding="utf-8")
    about = tmp_path / "custledger_guest-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: custledger-guest\nVersion: 1.0\n", encoding="utf-8")
    (about / "entry_points.txt").write_text("[custledger]\nguest = custledger_guest\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert "guest" in [entry.name for entry in installed_plugins(cache=tmp_path / "cache.json")]
    assert "guest" not in {info.name for info in generate.own_plugins().described()}
    assert {"core", "csv", "excel", "sales", "segments", "sqlite"} == {
        info.name for info in generate.own_plugins().described()
    }
    generate.all_commands.cache_clear()
    assert not [command for command in generate.all_commands() if command.path.startswith("guest")]


def test_every_hook_is_in_the_reference_and_says_what_it_does() -> None:
    page = (REFERENCE / "hooks.md").read_text("utf-8")
    for name, function in generate.hook_functions():
        assert f"`{name}(" in page
        assert len(function.__doc__ or "") > 40, f"{name} is undocumented"


def test_every_command_is_in_the_reference_and_says_what_it_does() -> None:
    page = (REFERENCE / "commands.md").read_text("utf-8")
    for command in generate.all_commands():
        assert f"`custledger {command.path}" in page
        assert command.help, f"{command.path} is undocumented"


def test_every_option_of_a_command_says_what_it_does() -> None:
    undocumented = [
        f"custledger {command.path} {option.names}"
        for command in generate.all_commands()
        for option in command.options
        if not option.help
    ]
    assert not undocumented


def test_every_setting_is_in_the_reference() -> None:
    page = (REFERENCE / "settings.md").read_text("utf-8")
    for name in generate.all_settings():
        assert f"`{name}`" in page, f"{name} is undocumented"


def test_every_error_is_in_the_reference() -> None:
    page = (REFERENCE / "errors.md").read_text("utf-8")
    for error in generate.all_errors():
        assert f"`{error.__name__}`" in page


def handed_out() -> dict[str, type]:
    """Return what a program gets of the facade, by name: its classes, what their methods return, what that holds."""
    facade = [Selection, *(each for name in ledger.__all__ if isinstance(each := getattr(ledger, name), type))]
    found: dict[str, type] = {}
    hints: list[Any] = [*facade]
    while hints:
        hint = hints.pop()
        hints += [one for one in (*get_args(hint), get_origin(hint)) if one is not None]
        if not isinstance(hint, type) or not hint.__module__.startswith("custledger.") or hint.__name__ in found:
            continue
        found[hint.__name__] = hint
        if hint in facade:
            methods = [member for name, member in inspect.getmembers(hint) if not name.startswith("_")]
            told = [getattr(member, "fget", member) for member in methods]
            hints += [get_type_hints(each).get("return") for each in told if inspect.isfunction(each)]
        elif hint.__module__.startswith("custledger.services."):
            hints += get_type_hints(hint).values() if attrs.has(hint) else ()
    return found


def test_whatever_the_facade_hands_out_is_in_the_reference() -> None:
    page = (REFERENCE / "api.md").read_text("utf-8")
    whole = re.findall(r"automodule:: (\S+)\n   :members:([^\n]*)", page)
    modules = dict(whole)
    for name, found in handed_out().items():
        alone = f".{name}\n" in page
        members = modules.get(found.__module__)
        among = members is not None and (not members.strip() or name in members.replace(",", " ").split())
        assert alone or among, f"{found.__module__}.{name} is undocumented"
        assert inspect.getdoc(found), f"{name} says nothing"


def test_links_between_documents_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("plugins/*/README.md")]
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in LINK.findall(page.read_text("utf-8"))
        if "://" not in target and not target.startswith("mailto:") and not (page.parent / target).exists()
    ]
    assert not broken
