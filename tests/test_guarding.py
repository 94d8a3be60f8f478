"""What a plugin raises in a reader, a writer or a store is told in one line that names it, and what it was at."""

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import custledger_csv
import pytest

import custledger
from custledger.errors import FileFormatError, NotFoundError, PluginError
from custledger.fields import Labels
from custledger.files import Reader, Writer
from custledger.hookspecs import StoreType, hookimpl
from custledger.ledger import Ledger
from custledger.plugins import Plugins
from custledger.services.health import examine
from custledger.stores.memory import MemoryStore

LABELS = Labels("T")


def offering(**hooks: Any) -> Any:
    """Return a plugin whose hooks return just these descriptors."""

    def returning(descriptor: Any) -> Any:
        return hookimpl(lambda: [descriptor])

    return SimpleNamespace(**{f"custledger_{name}": returning(descriptor) for name, descriptor in hooks.items()})


def ledger_with(**hooks: Any) -> Ledger:
    """Return a ledger in memory with a plugin ``odd`` that offers these descriptors."""
    return custledger.open("memory:", plugins=Plugins.of(csv=custledger_csv, odd=offering(**hooks)))


class Table:
    """A table of two customers."""

    heading: Any = ("name", "city")
    description = "T"
    progress: Any = 1.0

    def __init__(self, rows: Any = None, **about: Any) -> None:
        self._rows = rows or (lambda: iter([(2, ["A", "上海"]), (3, ["B", ""])]))
        for name, value in about.items():
            setattr(self, name, value)

    def rows(self) -> Any:
        return self._rows()


def reader(table: Any) -> Reader:
    """Return a reader that yields this table whatever it reads, or raises it."""

    def open_table(path: str) -> Any:
        if isinstance(table, BaseException):
            raise table
        return contextlib.nullcontext(table)

    return Reader(name="t", summary=LABELS, suffixes=(".t",), open=open_table)


def raising_midway() -> Iterator[tuple[int, list[str]]]:
    yield 2, ["A", ""]
    raise ValueError("mid")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (RuntimeError("cannot"), "RuntimeError: cannot"),
        (SystemExit(3), "SystemExit: 3"),
        (None, "AttributeError"),
        (Table(heading=["name", None]), "the heading has the cell (empty), which is not a text"),
        (Table(heading=5), "the heading is “5”, and not a list of cells"),
        (Table(raising_midway), "ValueError: mid"),
        (Table(lambda: iter([(2, ["A", 5])])), "row 2 has the cell “5”, which is not a text"),
        (Table(lambda: iter([(2, ["A", None])])), "row 2 has the cell (empty), which is not a text"),
        (Table(lambda: iter([["a", "b"]])), "is “b”, and not a list of cells"),
        (Table(lambda: iter([2])), "TypeError"),
        (Table(lambda: None), "TypeError"),
        (Table(progress="half"), "ValueError"),
    ],
)
def test_a_reader_that_fails_is_named_with_the_file(table: Any, said: str, tmp_path: Path) -> None:
    source = tmp_path / "x.t"
    source.touch()
    with (
        ledger_with(readers=reader(table)) as ledger,
        pytest.raises(PluginError, match="The plugin odd failed while reading") as told,
    ):
        ledger.import_file(source, "customer")
    assert "x.t" in told.value.message
    assert said in told.value.message


def test_rows_may_be_tuples(tmp_path: Path) -> None:
    (tmp_path / "x.t").touch()
    with ledger_with(readers=reader(Table(lambda: iter([(2, ("A", "上海"))])))) as ledger:
        assert ledger.import_file(tmp_path / "x.t", "customer").added == 1


def test_what_a_reader_says_on_purpose_passes_as_it_is(tmp_path: Path) -> None:
    with ledger_with(readers=reader(FileFormatError("x.t", "it is upside down"))) as ledger:
        with pytest.raises(FileFormatError, match=r"x\.t: it is upside down"):
            ledger.import_file(tmp_path / "x.t", "customer")
        assert ledger.session.plugins.failures == []


def test_a_file_that_is_not_there_is_no_fault_of_the_plugin(tmp_path: Path) -> None:
    def open_table(path: str) -> Any:
        return contextlib.nullcontext(Table(heading=[Path(path).read_text("utf-8")]))

    opened = Reader(name="t", summary=LABELS, suffixes=(".t",), open=open_table)
    with ledger_with(readers=opened) as ledger, pytest.raises(NotFoundError) as told:
        ledger.import_file(tmp_path / "x.t", "customer")
    assert told.value.name == str(tmp_path / "x.t")


def test_a_reader_is_closed_where_its_table_is_none_and_where_the_import_fails(tmp_path: Path) -> None:
    closed: list[str] = []

    @contextlib.contextmanager
    def open_table(path: str) -> Iterator[Any]:
        try:
            yield Table(heading=["name", 5]) if "bad" in path else Table(heading=["nix"])
        finally:
            closed.append(Path(path).name)

    opened = Reader(name="t", summary=LABELS, suffixes=(".t",), open=open_table)
    with ledger_with(readers=opened) as ledger:
        with pytest.raises(PluginError):
            ledger.import_file(tmp_path / "bad.t", "customer")
        with pytest.raises(custledger.errors.DataError, match="No column is a field"):
            ledger.import_file(tmp_path / "good.t", "customer")
    assert closed == ["bad.t", "good.t"]


def test_an_import_whose_reader_fails_midway_says_what_landed_and_how_to_take_it_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custledger.services.importing.from_file.CHUNK", 2)

    def rows() -> Iterator[tuple[int, list[str]]]:
        yield from ((number, [f"n{number}", ""]) for number in range(2, 7))
        raise ValueError("mid")

    (tmp_path / "x.t").touch()
    with ledger_with(readers=reader(Table(rows))) as ledger:
        with pytest.raises(PluginError, match="The plugin odd failed while reading") as told:
            ledger.import_file(tmp_path / "x.t", "customer")
        assert "Rows up to 5 are in" in told.value.hint
        assert ledger.customers.count() == 4
        operation = told.value.hint.rpartition(" ")[2]
        ledger.undo(operation)
        assert ledger.customers.count() == 0


def writer(write: Any) -> Writer:
    return Writer(name="t", summary=LABELS, suffixes=(".t",), write=write)


def raising(stream: Any, heading: Any, rows: Any) -> None:
    stream.write(b"x")
    raise RuntimeError("no more paper")


def writing_text(stream: Any, heading: Any, rows: Any) -> None:
    stream.write("x")


@pytest.mark.parametrize(
    ("write", "said"), [(raising, "no more paper"), (writing_text, "TypeError"), (lambda: None, "TypeError")]
)
def test_a_writer_that_fails_is_named_with_the_file_which_is_as_it_was(write: Any, said: str, tmp_path: Path) -> None:
    target = tmp_path / "x.t"
    target.write_text("before", encoding="utf-8")
    with ledger_with(writers=writer(write)) as ledger:
        with pytest.raises(PluginError, match="The plugin odd failed while writing the format t") as told:
            ledger.export("customer", target)
        assert said in told.value.message
        assert f"{target} was not written." in told.value.hint
        assert target.read_text("utf-8") == "before"
        with pytest.raises(PluginError):
            ledger.export("customer", io.BytesIO(), format="t")


def test_what_the_rows_raise_is_not_laid_to_the_writer() -> None:
    def rows() -> Iterator[list[str]]:
        yield ["a"]
        raise ZeroDivisionError("ours")

    plugins = Plugins.of(odd=offering(writers=writer(lambda stream, heading, rows: list(rows))))
    with pytest.raises(ZeroDivisionError, match="ours"):
        plugins.writers()[0].write(io.BytesIO(), ["a"], rows())
    assert plugins.failures == []


def store(open_store: Any, **about: Any) -> StoreType:
    return StoreType(name="odd", summary=LABELS, schemes=("odd",), open=open_store, **about)


def failing(location: str, **_: Any) -> Any:
    raise RuntimeError(f"cannot open {location}")


@pytest.mark.parametrize(
    ("open_store", "said"),
    [
        (failing, "RuntimeError: cannot open x"),
        (lambda location, **_: None, "it returned (empty), where a Store was expected"),
        (lambda location: MemoryStore(), "unexpected keyword argument"),
    ],
)
def test_a_store_that_does_not_open_is_named_with_the_url(open_store: Any, said: str) -> None:
    plugins = Plugins.of(odd=offering(stores=store(open_store)))
    with pytest.raises(PluginError, match="The plugin odd failed while opening odd:x") as told:
        custledger.open("odd:x", plugins=plugins)
    assert said in told.value.message


def test_what_a_store_says_on_purpose_passes_as_it_is() -> None:
    def absent(location: str, **_: Any) -> Any:
        raise NotFoundError("ledger", location)

    with pytest.raises(NotFoundError, match="ledger “x”"):
        custledger.open("odd:x", plugins=Plugins.of(odd=offering(stores=store(absent))))


def test_a_store_that_cannot_describe_itself_is_bad_in_doctor_and_doctor_goes_on() -> None:
    plugins = Plugins.of(odd=offering(stores=store(failing, describe=lambda: 1 / 0)))
    found = {finding.what: finding for finding in examine(plugins, "memory:")}
    assert found["store odd"].state == "bad"
    assert "ZeroDivisionError" in found["store odd"].found
    assert found["store memory"].state == "good"
    assert found["plugin odd"].state == "bad"


def test_a_store_that_cannot_tell_its_files_keeps_an_output_from_being_written(tmp_path: Path) -> None:
    plugins = Plugins.of(csv=custledger_csv, odd=offering(stores=store(failing, has=lambda path: 1 / 0)))
    with (
        custledger.open("memory:", plugins=plugins) as ledger,
        pytest.raises(PluginError, match="The plugin odd failed while looking at"),
    ):
        ledger.export("customer", tmp_path / "x.csv")
    assert not (tmp_path / "x.csv").exists()
