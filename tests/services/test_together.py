"""Several sessions and threads on one ledger, while its fields change under them."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import custledger
from custledger.errors import ConflictError, InvalidValueError, NotFoundError
from custledger.fields import Kind
from custledger.services import editing, fields


def places(tmp_path: Path) -> list[str]:
    return ["memory:together", str(tmp_path / "ledger.db")]


@pytest.mark.parametrize("place", [0, 1])
def test_a_field_that_lands_between_read_and_write_changes_nothing(
    tmp_path: Path, place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = places(tmp_path)[place] + ("-between" if place == 0 else "")
    with custledger.open(url) as one, custledger.open(url) as other:
        added = one.customers.add(name="A", city="Bonn")
        original = editing._update

        def update(*arguments: object) -> object:
            other.fields.add("customer", f"字段{other.session.mint.one()}", kind="text")
            return original(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(editing, "_update", update)
        edited = one.customers.edit(added.id, city="Berlin")
        monkeypatch.undo()
        assert (edited.city, edited.revision) == ("Berlin", 2)
        assert one.customers.get(added.id) == edited


@pytest.mark.parametrize("place", [0, 1])
def test_a_field_that_somebody_else_adds_while_it_is_being_added_is_refused(
    tmp_path: Path, place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is free was looked up before the other one landed, and is looked up again."""
    url = places(tmp_path)[place] + ("-same" if place == 0 else "")
    with custledger.open(url) as one, custledger.open(url) as other:
        original = fields._free_key

        def free_key(*arguments: object) -> str:
            monkeypatch.undo()
            other.fields.add("customer", "会员卡号", kind="date")
            return original(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(fields, "_free_key", free_key)
        with pytest.raises(InvalidValueError, match="names the field x_会员卡号 already"):
            one.fields.add("customer", "会员卡号", kind="text")
        assert one.customers.schema.by_key["x_会员卡号"].spec.kind is Kind.DATE


@pytest.mark.parametrize("place", [0, 1])
def test_threads_write_and_read_while_others_add_fields(tmp_path: Path, place: int) -> None:
    """Nothing is lost, and nothing is read with the fields of another moment."""
    url = places(tmp_path)[place]
    with custledger.open(url) as ledger:
        done = threading.Event()

        def write(number: int) -> int:
            for step in range(12):
                made = ledger.customers.add(name=f"{number}-{step}", notes="first")
                assert ledger.customers.edit(made.id, notes="second").name == made.name
                assert ledger.customers.get(made.id).notes == "second"
            return number

        def grow() -> None:
            with custledger.open(url) as other:
                for step in range(6):
                    other.fields.add("customer", f"z{9 - step}", kind="text")
            done.set()

        def read() -> int:
            count = 0
            while not done.is_set():
                count += sum(customer.notes in {"first", "second"} for customer in ledger.customers)
            return count

        with ThreadPoolExecutor(6) as pool:
            writers = [pool.submit(write, number) for number in range(3)]
            others: list[Future[Any]] = [pool.submit(grow), pool.submit(read)]
            for each in writers:
                each.result(timeout=120)
            for other in others:
                other.result(timeout=120)
        assert ledger.customers.count() == 36
        assert {customer.notes for customer in ledger.customers} == {"second"}


def test_two_that_make_one_ledger_at_once_both_have_it(tmp_path: Path) -> None:
    def work(number: int) -> None:
        with custledger.open(tmp_path / "new.db", actor=f"a{number}") as ledger:
            ledger.customers.add(name=f"n{number}")

    with ThreadPoolExecutor(4) as pool:
        for each in [pool.submit(work, number) for number in range(4)]:
            each.result(timeout=60)
    with custledger.open(tmp_path / "new.db", create=False) as ledger:
        assert ledger.customers.count() == 4


@pytest.mark.parametrize("place", [0, 1])
def test_numbers_beyond_all_bounds_and_what_is_no_text_are_refused_in_words(tmp_path: Path, place: int) -> None:
    with custledger.open(places(tmp_path)[place] + ("-bounds" if place == 0 else "")) as ledger:
        added = ledger.customers.add(name="A", code="1")
        with pytest.raises(NotFoundError):
            ledger.customers.get(10**30)
        with pytest.raises(NotFoundError):
            ledger.undo(10**30)
        with pytest.raises(InvalidValueError, match="does not name"):
            ledger.customers.get(None)  # type: ignore[arg-type]
        with pytest.raises(InvalidValueError):
            ledger.customers.edit(added, reason="half \ud800", city="Bonn")
        with pytest.raises(InvalidValueError):
            ledger.customers.edit(added, reason="nul \0", city="Bonn")
        with pytest.raises(InvalidValueError, match="NUL"):
            ledger.fields.set_choices("customer.level", ["A\0"])
        for use in (
            ledger.backup,
            lambda path: ledger.import_file(path, "customer"),
            lambda path: ledger.export("customer", path),
        ):
            with pytest.raises(InvalidValueError, match="a NUL character, which no path can"):
                use("nul\0.csv")
        assert [one.name for one in ledger.customers.limit(10**30)] == ["A"]
        assert len(ledger.log(limit=10**30)) == len(ledger.log())
        assert ledger.customers.where(f"name in ({', '.join(f'n{number}' for number in range(40_000))})").count() == 0
        assert ledger.customers.columns()["code"] == ["1"]
        assert added in ledger.customers
        assert "nobody" not in ledger.customers


def test_the_same_field_added_twice_at_once_is_there_once(tmp_path: Path) -> None:
    url = str(tmp_path / "fields.db")
    custledger.open(url).close()

    def work(_: int) -> str:
        with custledger.open(url) as ledger:
            try:
                ledger.fields.add("customer", "同名", kind="text")
            except (ConflictError, InvalidValueError):
                return "refused"
            return "added"

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(work, range(4)))
    with custledger.open(url) as ledger:
        assert outcomes.count("added") == 1
        assert [key for key in ledger.customers.schema.keys if key.startswith("x_")] == ["x_同名"]
