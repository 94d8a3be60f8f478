"""The callables that plugins' descriptors carry, guarded: what they raise beside ``CustledgerError`` is named.

A reader, a writer or a store that fails is the fault of the plugin that brought it, and the error says so, with the
file or the URL that was at hand.
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from numbers import Real
from types import TracebackType
from typing import Any, BinaryIO

import attrs

from custledger.errors import CustledgerError, PluginError, file_error, shorten
from custledger.files import OpenTable, Reader, RowsOfText, Table, Writer
from custledger.hookspecs import StoreType
from custledger.segments import Decide, Mark, Score, Segment
from custledger.stores.contract import Store
from custledger.values import INTEGER_LIMIT, is_empty

FAILURES = (Exception, SystemExit)
"""What a plugin may raise and be outlived: a plugin that calls ``sys.exit`` must not end the program."""

_PLACES = Decimal("0.0001")
_TOO_LARGE = Decimal(INTEGER_LIMIT).scaleb(-4)

_ALIKE = frozenset({str, int, float, Decimal, type(None)})
"""The types of answers of which equal ones mean the same: a yes or no equals a number, and is none."""

Failed = Callable[[str, BaseException], PluginError]
"""What makes an error of what a plugin was doing, and of what it raised."""


def guarded_store(store: StoreType, failed: Failed) -> StoreType:
    """Return a kind of store whose plugin is named where opening one fails, or gives no store."""

    def open_store(location: str, **options: Any) -> Store:
        with _naming(failed, f"opening {store.schemes[0]}:{location}"):
            opened = store.open(location, **options)
            if not isinstance(opened, Store):
                raise TypeError(f"it returned {shorten(opened)}, where a Store was expected")
            return opened

    def describe() -> str:
        with _naming(failed, f"describing the store {store.name}"):
            return str(store.describe()) if store.describe else ""

    def has(path: str) -> bool:
        with _naming(failed, f"looking at {path}"):
            return bool(store.has and store.has(path))

    return attrs.evolve(
        store, open=open_store, describe=describe if store.describe else None, has=has if store.has else None
    )


def guarded_reader(reader: Reader, failed: Failed) -> Reader:
    """Return a reader whose plugin is named where reading a file fails, or gives anything but texts."""

    def open_table(path: str, **options: Any) -> OpenTable:
        return _Opening(lambda: reader.open(path, **options), path, failed)

    return attrs.evolve(reader, open=open_table)


def guarded_writer(writer: Writer, failed: Failed) -> Writer:
    """Return a writer whose plugin is named where writing fails.

    What the system says of the stream (``OSError``) and what is raised by the rows themselves is none of its doing.
    """

    def write(stream: BinaryIO, heading: Sequence[str], rows: RowsOfText, **options: Any) -> None:
        raised: list[BaseException] = []
        try:
            writer.write(stream, heading, _noting(rows, raised), **options)
        except (CustledgerError, OSError):
            raise
        except FAILURES as error:
            if error in raised:
                raise
            raise failed(f"writing the format {writer.name}", error) from error

    return attrs.evolve(writer, write=write)


def guarded_segment(segment: Segment, failed: Failed) -> Segment:
    """Return a segment whose plugin is named where its callable or scorer fails, or gives no sound answer.

    A guarded scorer returns a list of ``Mark`` s: codes of its choices, numbers as ``Decimal`` s, ``None``.
    """
    doing = f"deciding who is in {segment.name}"
    if segment.decide is not None:
        return attrs.evolve(segment, decide=_deciding(segment.decide, lambda error: failed(doing, error)))
    if segment.score is not None:
        return attrs.evolve(segment, score=_scoring(segment, segment.score, lambda error: failed(doing, error)))
    return segment


def _deciding(decide: Decide, failed: Callable[[BaseException], PluginError]) -> Decide:
    def guarded(**values: Any) -> bool:
        try:
            answer = decide(**values)
            if answer in (True, False):
                return bool(answer)
            raise TypeError(f"it returned {shorten(answer)}, and not True or False")
        except CustledgerError:
            raise
        except FAILURES as error:
            raise failed(error) from error

    return guarded


def _scoring(segment: Segment, score: Score, failed: Callable[[BaseException], PluginError]) -> Score:
    codes = {choice.code for choice in segment.choices}

    def guarded(columns: Mapping[str, list[Any]]) -> list[Mark]:
        wanted = len(next(iter(columns.values())))
        try:
            answers = score(columns)
            if isinstance(answers, str | Mapping) or not isinstance(answers, Iterable):
                raise TypeError(f"it returned {shorten(answers)}, and not a list")
            marks = _marks(list(answers), lambda answer: _mark(answer, codes, own_labels=segment.own_labels))
            if len(marks) != wanted:
                raise ValueError(f"it returned {len(marks)} answers for {wanted} records")
        except CustledgerError:
            raise
        except FAILURES as error:
            raise failed(error) from error
        return marks

    return guarded


def _marks(answers: list[Any], mark: Callable[[Any], Mark]) -> list[Mark]:
    """Return what a scorer said; what it says of many is looked at once, where what is equal is as sound."""
    if not set(map(type, answers)) <= _ALIKE:
        return list(map(mark, answers))
    known = {answer: mark(answer) for answer in set(answers)}
    return list(map(known.__getitem__, answers))


def _mark(answer: Any, codes: Collection[str], *, own_labels: bool) -> Mark:
    """Return what a scorer said of one record. Raises ``ValueError`` or ``TypeError`` for what it must not say."""
    if is_empty(answer):
        return None
    if codes:
        if isinstance(answer, str) and answer in codes:
            return str(answer)
        raise ValueError(f"it returned {shorten(answer)}, which is none of its choices")
    if own_labels:
        if isinstance(answer, str):
            return str(answer)
        raise TypeError(f"it returned {shorten(answer)}, which is not a text")
    if isinstance(answer, bool) or not isinstance(answer, Real | Decimal):
        if isinstance(answer, str):
            raise TypeError(f"it returned {shorten(answer)}, and has no choices; own_labels=True lets it give any text")
        raise TypeError(f"it returned {shorten(answer)}, which is not a number, and it has no choices")
    try:
        number = Decimal(str(answer)).quantize(_PLACES)
    except InvalidOperation:  # it has more digits than a Decimal keeps, or is infinite
        number = _TOO_LARGE
    if abs(number) >= _TOO_LARGE:
        raise ValueError(f"it returned {shorten(answer)}, which is too large")
    return number


class _Opening:
    """The context manager of a table that is read, guarded."""

    def __init__(self, make: Callable[[], OpenTable], path: str, failed: Failed) -> None:
        self._make = make
        self._path = path
        self._failed = failed

    def __enter__(self) -> Table:
        with self._naming():
            self._opened = self._make()
            table = self._opened.__enter__()
            try:
                return _Reading(table, self._naming)
            except BaseException as error:
                self._opened.__exit__(type(error), error, error.__traceback__)
                raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._naming(error):
            self._opened.__exit__(kind, error, trace)

    @contextmanager
    def _naming(self, known: BaseException | None = None) -> Iterator[None]:
        """Do as ``_naming`` does, but tell what the system says of the file itself as just that."""
        with _naming(self._failed, f"reading {self._path}", known):
            try:
                yield
            except OSError as error:
                if error.filename is None or os.fspath(error.filename) != os.fspath(self._path):
                    raise
                raise file_error(self._path, error) from error


class _Reading:
    """A table that is read, guarded; see ``files.Table``."""

    def __init__(self, table: Table, naming: Callable[[], Any]) -> None:
        self._table = table
        self._naming = naming
        self.heading: Sequence[str] = _texts(table.heading, "the heading")
        self.description = str(table.description)

    @property
    def progress(self) -> float:
        """How much of the file has been read, 0 to 1."""
        with self._naming():
            return float(self._table.progress)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows, sure that their cells are texts."""
        with self._naming():
            for number, cells in self._table.rows():
                try:
                    "".join(cells)  # the quickest look at many cells that tells whether all are texts
                except TypeError:
                    _texts(cells, f"row {number}")
                    raise
                yield number, cells if type(cells) is list else _texts(cells, f"row {number}")


@contextmanager
def _naming(failed: Failed, doing: str, known: BaseException | None = None) -> Iterator[None]:
    """Name the plugin in what the block raises, but for ``known``, which came from elsewhere."""
    try:
        yield
    except CustledgerError:
        raise
    except FAILURES as error:
        if error is known:
            raise
        raise failed(doing, error) from error


def _noting(rows: Iterable[Sequence[str]], raised: list[BaseException]) -> Iterator[Sequence[str]]:
    """Yield rows, and note what they raise."""
    try:
        yield from rows
    except Exception as error:
        raised.append(error)
        raise


def _texts(cells: object, where: str) -> list[str]:
    """Return cells as a list. Raises ``TypeError`` for what is no list of texts."""
    if isinstance(cells, str) or not isinstance(cells, Iterable):
        raise TypeError(f"{where} is {shorten(cells)}, and not a list of cells")
    listed = list(cells)
    for cell in listed:
        if not isinstance(cell, str):
            raise TypeError(f"{where} has the cell {shorten(cell)}, which is not a text")
    return listed
