"""Empty typer applications and groups, plain in their help and quick to import."""

from typing import Any

import typer

HELP_WIDTH = 110


def new_app(help_text: str = "") -> typer.Typer:
    """Return an application without commands."""
    about: Any = {"help": help_text} if help_text else {}
    return typer.Typer(
        **about,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"], "max_content_width": HELP_WIDTH},
    )


def new_group(help_text: str) -> typer.Typer:
    """Return a group of commands that shows its help where no command follows."""
    group = new_app(help_text)
    group.callback(invoke_without_command=True, help=help_text)(_show_help)
    return group


def _show_help(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
