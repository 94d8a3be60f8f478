"""One run of the program: what it was told, where it prints, and the ledger that it opens when a command asks."""

import gc
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from custledger.cli.flags import CommandLine
from custledger.cli.output import Column, Output, form_of
from custledger.cli.words import Words
from custledger.config import DEFAULT_LEDGER, SETTINGS, Config
from custledger.conventions import Conventions
from custledger.errors import CustledgerError, InvalidValueError, NotAllowedError, NotFoundError, UsageError
from custledger.fields import Labels
from custledger.plugins import Plugins
from custledger.schema import Schema
from custledger.services.opening import open_session
from custledger.services.session import Session

if TYPE_CHECKING:
    from custledger.chinese import Chinese


class Invocation:
    """What every command is given. A plugin's command finds it as ``ctx.obj``, and the hooks' ``Context`` in it."""

    def __init__(self, line: CommandLine, output: Output | None = None) -> None:
        self.line = line
        self.output = output or Output()
        self.output.words = Words(line.flags.get("language", ""))
        self.output.as_json = line.wants_json
        self._session: Session | None = None
        self._opening = False
        """Whether the ledger that is meant was to be opened, be it in vain."""

    @cached_property
    def config(self) -> Config:
        """The program's settings. Raises where a flag, a variable or a file cannot be understood."""
        self._check_flags()
        config = Config.load(self.line.flags)
        self.output.words = Words(config["language"] or self.output.words.language)
        return config

    @cached_property
    def setting_problems(self) -> list[CustledgerError]:
        """What is wrong with the settings. After this was asked, ``config`` is what can be understood of them."""
        from custledger.cli.leniently import settings_as_far_as_possible  # few commands need it

        self._check_flags()
        self.config, problems = settings_as_far_as_possible(self.line.flags)
        return problems

    def _check_flags(self) -> None:
        """Raise ``UsageError`` for a flag whose value cannot be understood: that was typed just now, and is no data."""
        for setting in SETTINGS:
            given = self.line.flags.get(setting.name)
            if given is None:
                continue
            try:
                setting.read(given)
            except InvalidValueError as error:
                raise UsageError(error.in_field(setting.flag).message, hint=error.hint) from error

    @cached_property
    def plugins(self) -> Plugins:
        """The installed plugins, without the disabled ones."""
        self.plugins = plugins = Plugins.installed(self.config["disable_plugins"])
        for name in plugins.unknown:
            origin = self.config.values["disable_plugins"].origin
            self._warn(f"There is no plugin {name} to go without ({origin}).")
        return plugins

    @property
    def context(self) -> Session:
        """The open ledger, as plugins may use it."""
        return self.session

    @property
    def session(self) -> Session:
        """The ledger that is meant, opened when it is first asked for. Raises ``NotFoundError`` where there is none."""
        if self._session is None:
            self._opening = True
            try:
                self._session = self.open()
            except NotAllowedError:
                self._session = self.open(read_only=True)
            self.output.words = Words(self._session.conventions.language)
            self.__dict__.pop("_chinese", None)
            gc.freeze()  # what a start has made stays: a collection need not look at it
            gc.enable()
        return self._session

    @property
    def schemas(self) -> Mapping[str, Schema]:
        """The record types of the ledger that is meant, with its own fields; where there is none, those installed."""
        return self.session.schemas if self._is_there else self.plugins.schemas()

    @property
    def conventions(self) -> Conventions:
        """Language, currency and zone of the ledger that is meant; where there is none, what a new one would have."""
        if self._is_there:
            return self.session.conventions
        self.find_language()
        return Conventions(language=self.words.language or "en", as_of=self.config["as_of"])

    @cached_property
    def _is_there(self) -> bool:
        """Whether there is a ledger. Raises the error that fits where one was named that is not there."""
        try:
            return self.session is not None
        except (NotFoundError, UsageError):  # the latter where no store is installed
            if self.config.values["ledger"].origin != "default":
                raise
            return False

    @contextmanager
    def creating(self, path: str) -> Iterator[BinaryIO]:
        """Yield a binary stream whose content becomes the new file ``path`` when the block ends without an error.

        Raises ``UsageError`` where there is something of that name already, and the error that fits for a file that
        cannot be made.
        """
        from custledger.atomic_file import atomic_write  # few commands make a file
        from custledger.services.targets import check_name, check_target

        check_name(path)
        if os.path.lexists(path):
            raise UsageError(f"{path} is there already.", hint="Give another name.")
        check_target(self.plugins, path)
        with atomic_write(path) as stream:
            yield stream
        self.output.landed = f"{path} was written"

    @property
    def words(self) -> Words:
        """The program's own words, in the language asked for, or that of the ledger once it is open."""
        return self.output.words

    def find_language(self) -> None:
        """Find out in which language this run is, where nobody said so.

        The ledger that is meant says it, and where none can be opened, the locale of this computer does.
        """
        if self._session is not None:
            return
        said = True
        with suppress(CustledgerError, OSError):
            self._understand_config()
            said = bool(self.config["language"])
            if not said and not self._opening:
                session = self.open(read_only=True)
                self.output.words, said = Words(session.conventions.language), True
                session.close()
        if not said:
            self.output.words = Words(language_of_locale())

    def _understand_config(self) -> None:
        """Read the settings, as far as they can be understood."""
        try:
            known = self.config["language"]
        except CustledgerError:
            from custledger.cli.leniently import settings_as_far_as_possible, understood

            self.config, _ = settings_as_far_as_possible(understood(self.line.flags))
            known = self.config["language"]
        self.output.words = Words(known or self.words.language)

    def listing(self, columns: Mapping[str, Labels], rows: Iterable[Sequence[Any]], **forms: bool) -> None:
        """Print what a plugin's command found: a table on a terminal, or in the one of the ``forms`` that is true.

        ``columns`` are the headings by the keys of JSON and CSV; ``rows`` hold texts, numbers or ``None``, as many in
        each. ``forms`` are ``json``, ``nl``, ``csv`` and ``tsv``, as the core's commands have them; more than one is a
        ``UsageError``. As everywhere in JSON, a ``Decimal`` is a text there.
        """
        form, listed = form_of(**forms), [tuple(row) for row in rows]
        shown = [
            Column(
                label.in_language(self.words.language),
                key,
                numeric=not any(isinstance(row[place], str) for row in listed),
            )
            for place, (key, label) in enumerate(columns.items())
        ]
        left_out = self.output.listing(
            shown,
            form,
            objects=(
                {key: str(one) if isinstance(one, Decimal) else one for key, one in zip(columns, row, strict=True)}
                for row in listed
            ),
            rows=(["" if one is None else str(one) for one in row] for row in listed),
        )
        self.output.no_room(left_out)

    def told(self, sentence: str) -> str:
        """Return a sentence of the library in the language of this run, as far as it can be said in it."""
        return self._chinese(sentence) if self.words.chinese else sentence

    def put(self, error: CustledgerError) -> CustledgerError:
        """Return an error with its message and hint in the language of this run."""
        if self.words.chinese:
            self._chinese.put(error)
        return error

    @cached_property
    def _chinese(self) -> "Chinese":
        from custledger.services.speaking import chinese  # most runs have nothing to put into Chinese

        return chinese(self.plugins, self._session.schemas if self._session else self.plugins.schemas())

    def _warn(self, sentence: str, hint: str = "", times: int = 1) -> None:
        around = "（{}）" if self.words.chinese else " ({})"
        line = self.told(sentence) + (around.format(self.told(hint)) if hint else "")
        if times > 1:
            line = self.words("{message} ({count} times)", message=line, count=times)
        self.output.complain("warning", line)

    @property
    def schema_language(self) -> str:
        """The language of headings: the one asked for, or the ledger's own."""
        return self.session.conventions.language

    def open(
        self, url: str = "", *, create: bool = False, read_only: bool = False, defaults: Mapping[str, Any] | None = None
    ) -> Session:
        """Open a ledger as this run was told to: the one that is meant, or another; ``defaults`` tell a new one."""
        as_of: date | None = self.config["as_of"]
        place = url or self.config.ledger
        _refuse_folder(place)
        return open_session(
            place,
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
        self.__dict__.pop("_chinese", None)
        self.output.words = Words(session.conventions.language)
        return session

    def close(self, told: str = "") -> None:
        """Show what checks and plugins warned about, but for what is ``told`` anyway, and close the ledger."""
        if self._session is None:
            return
        with suppress(CustledgerError):
            self._session.hear()
        if self._session.taken_in:
            from custledger.cli.taken_in import tell_taken_in  # few runs find that somebody edited by hand

            tell_taken_in(self.output, self._session)
        warnings = Counter((problem.message, "") for problem in self._session.take_warnings())
        for failure in self.plugins.failures:
            told_of = next((key for key in warnings if key[0].startswith(failure.message)), None)
            if told_of is not None:  # it could not take the news of a change, which is a warning already
                warnings[told_of[0], failure.hint] = warnings.pop(told_of)
            elif failure.message != told:
                warnings[failure.message, failure.hint] += 1
        for (message, hint), times in warnings.items():
            self._warn(message, hint, times)
        self._session.close()
        self._session = None


def language_of_locale() -> str:
    """Return ``zh`` where this computer speaks Chinese, and ``""`` where it speaks anything else."""
    named = next(filter(None, (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "zh" if named.lower().startswith("zh") else ""


def _refuse_folder(place: str) -> None:
    """Raise ``UsageError`` where the ledger that is meant has no name, or is a folder."""
    if not place:
        raise UsageError("The ledger's name is empty.", hint=f"Give --ledger a path, such as {DEFAULT_LEDGER}.")
    if Path(place).is_dir():
        raise UsageError(
            f"{place} is a folder, not a ledger.",
            hint=f"Name the file in it, such as {Path(place) / DEFAULT_LEDGER}, or write csv:{place} for CSV files.",
        )
