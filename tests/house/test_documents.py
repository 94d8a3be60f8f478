"""Nothing that people can use is undocumented, and what the documents say is up to date."""

import re
from pathlib import Path

import generate
import pytest

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs/reference"
GENERATED = re.compile(
    r"<!-- \[\[\[cog cog\.outl\(generate\.(\w+)\(\)\) \]\]\] -->\n(.*?)\n<!-- \[\[\[end\]\]\] -->", re.DOTALL
)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)#\s]+)")


def parts() -> list[tuple[str, str, str]]:
    """Return ``(page, function, text)`` of every generated part."""
    pages = sorted(REFERENCE.glob("*.md"))
    return [(page.name, found[1], found[2]) for page in pages for found in GENERATED.finditer(page.read_text("utf-8"))]


@pytest.mark.parametrize(("page", "function", "text"), parts(), ids=[f"{page}-{name}" for page, name, _ in parts()])
def test_generated_parts_of_the_reference_are_up_to_date(page: str, function: str, text: str) -> None:
    assert text == getattr(generate, function)(), f"{page} is out of date: run nox -s references"


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


def test_links_between_documents_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("plugins/*/README.md")]
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in LINK.findall(page.read_text("utf-8"))
        if "://" not in target and not target.startswith("mailto:") and not (page.parent / target).exists()
    ]
    assert not broken
