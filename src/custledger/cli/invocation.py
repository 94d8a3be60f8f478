"""One run of the program: what it was told, where it prints, and the ledger that it opens when a command asks."""

import gc
from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any

from custledger.cli.flags import CommandLine
from custledger.cli.output import Output
from custledger.config import Config
from custledger.errors import NotAllowedError
from custledger.plugins import Plugins
from custledger.services.opening import open_session
from custledger.services.session import Session


class Invocation:
    """What every command is given. A plugin's command finds it as ``ctx.obj``, and the hooks' ``Context`` in it."""

    def __init__(self, line: CommandLine, output: Output | None = None) -> None:
        self.line = line
        self.output = output or Output()
        self._session: Session | None = None

    @cached_property
    def config(self) -> Config:
        """The program's settings. Raises where a flag, a variable or a file cannot be understood."""
        return Config.load(self.line.flags)

    @cached_property
    def plugins(self) -> Plugins:
        """The installed plugins, without the disabled ones."""
        return Plugins.installed(self.config["disable_plugins"])

    @property
    def context(self) -> Session:
        """The open ledger, as plugins may use it."""
        return self.session

    @property
    def session(self) -> Session:
        """The ledger that is meant, opened when it is first asked for. Raises ``NotFoundError`` where there is none."""
        if self._session is None:
            try:
                self._session = self.open()
            except NotAllowedError:
                self._session = self.open(read_only=True)
            gc.freeze()  # what a start has made stays: a collection need not look at it
            gc.enable()
        return self._session

    @property
    def schema_language(self) -> str:
        """The language of headings: the one asked for, or the ledger's own."""
        return self.session.conventions.language

    def open(
        self, url: str = "", *, create: bool = False, read_only: bool = False, defaults: Mapping[str, Any] | None = None
    ) -> Session:
        """Open a ledger as this run was told to: the one that is meant, or another; ``defaults`` tell a new one."""
        as_of: date | None = self.config["as_of"]
        return open_session(
            url or self.config.ledger,
            create=create,
            read_only=read_only,
            actor=self.config.actor,
            plugins=self.plugins,
            language=self.config["language"],
            as_of=as_of,
            defaults=defaults,
        )

    def use(self, session: Session) -> Session:
        """Make ``session`` the ledger of this run, to be closed with it."""
        self.close()
        self._session = session
        return session

    def close(self) -> None:
        """Show what checks and plugins warned about, and close the ledger."""
        if self._session is None:
            return
        warnings = Counter(problem.message for problem in self._session.take_warnings())
        warnings.update(f"{failure.message} ({failure.hint})" for failure in self.plugins.failures)
        for message, times in warnings.items():
            self.output.note(f"warning: {message}" + (f" ({times} times)" if times > 1 else ""))
        self._session.close()
        self._session = None
