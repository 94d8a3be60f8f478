"""The commands that plugins add: a typer application, imported only when one of them is meant, or for help.

A plugin's command finds the run as ``ctx.obj`` (``cli.invocation.Invocation``), and the ledger as ``ctx.obj.context``.
"""

from typing import Any

import typer

from custledger.cli.invocation import Invocation
from custledger.errors import CustledgerError, UsageError

USAGE_PLACE = 2
"""Where in the ancestry of ``typer.BadParameter`` stands what all its usage errors share, in every release."""


class Strangers:
    """What the plugins have added."""

    def __init__(self, run: Invocation) -> None:
        self._run = run
        self._app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
        self._app.callback()(lambda: None)
        run.plugins.commands(self._app)

    def names(self) -> dict[str, str]:
        """Return the commands there are, with the first line of their help."""
        found = {
            each.name or _name_of(each.callback): _help_of(each.help, each.callback)
            for each in self._app.registered_commands
        }
        groups = {each.name: _help_of(each.help, None) for each in self._app.registered_groups if each.name}
        return found | groups

    def invoke(self, words: list[str], program: str) -> int:
        """Run a plugin's command. What it raises beside ``CustledgerError`` is named and told in one line."""
        command: Any = typer.main.get_command(self._app)
        usage_error: Any = typer.BadParameter.__mro__[USAGE_PLACE]
        try:
            with command.make_context(program, list(words), obj=self._run) as context:
                command.invoke(context)
        except typer.Exit as done:
            return int(done.exit_code)
        except typer.Abort as error:
            raise KeyboardInterrupt from error
        except usage_error as error:
            raise UsageError(" ".join(error.format_message().split()), hint=f"{program} {words[0]} --help") from error
        except (CustledgerError, BrokenPipeError):
            raise
        except Exception as error:
            raise CustledgerError(
                f"The command {words[0]}, which a plugin brings, failed: {type(error).__name__}: {error}",
                hint=f"{program} plugin list shows which plugin brings commands; tell its author.",
            ) from error
        return 0


def _name_of(callback: Any) -> str:
    return str(getattr(callback, "__name__", "")).replace("_", "-")


def _help_of(text: Any, callback: Any) -> str:
    told = text if isinstance(text, str) else getattr(callback, "__doc__", None) or ""
    return told.strip().partition("\n")[0]
