"""A copy of a ledger in files counts only when it was read and compared."""

import threading
from pathlib import Path

import pytest

import custledger
from custledger.errors import StoreError, UsageError
from custledger.stores.tables import copying
from custledger.stores.tables.book import Book


@pytest.fixture
def ledger(tmp_path: Path):
    with custledger.open(f"csv:{tmp_path / 'shop'}", defaults={"language": "en"}) as opened:
        opened.customers.add(name="Ann", code="K1")
        yield opened


def test_a_copy_has_everything_and_is_a_ledger(ledger, tmp_path: Path) -> None:
    (tmp_path / "shop" / "mine.csv").write_text("a\n", encoding="utf-8")
    verified = ledger.backup(tmp_path / "kept")
    assert (verified.rows["customer"], verified.problems) == (1, ())
    with custledger.open(f"csv:{tmp_path / 'kept'}", create=False) as copy:
        assert copy.session.store.identity == ledger.session.store.identity
        assert [one.name for one in copy.customers] == ["Ann"]
        assert len(copy.operations()) == len(ledger.operations())
        assert list(copy.held.taken_in()) == []
    assert not (tmp_path / "kept" / "mine.csv").exists()


@pytest.mark.parametrize("name", ["customers.csv", "journal"])
def test_a_copy_that_is_not_true_is_taken_away(
    ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    copy = copying._copy

    def cut_short(path: Path, to: Path) -> None:
        copy(path, to)
        if path.name == name:
            to.write_bytes(to.read_bytes()[:-40])

    monkeypatch.setattr(copying, "_copy", cut_short)
    with pytest.raises(StoreError, match="The copy is not a true one"):
        ledger.backup(tmp_path / "kept")
    assert [one.name for one in tmp_path.iterdir()] == ["shop"]


def test_a_copy_is_made_of_one_moment(ledger, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        with custledger.open(f"csv:{tmp_path / 'shop'}") as other:
            while not stop.is_set():
                other.customers.add(name="Bob")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for at in range(5):
            assert ledger.backup(tmp_path / f"kept{at}").problems == ()
    finally:
        stop.set()
        writer.join()


def test_a_handle_that_only_reads_copies_what_is_written_and_not_what_it_took_in(ledger, tmp_path: Path) -> None:
    path = tmp_path / "shop" / "customers.csv"
    path.write_bytes(path.read_bytes().replace(b"Ann", b"Anna"))
    with custledger.open(f"csv:{tmp_path / 'shop'}", read_only=True) as reading:
        assert reading.customers.get("K1").name == "Anna"
        reading.backup(tmp_path / "kept")
    with custledger.open(f"csv:{tmp_path / 'kept'}") as copy:
        assert copy.customers.get("K1").name == "Anna"
        assert copy.operations()[0].actor == "outside edit"


def test_a_book_that_cannot_be_copied_says_so(ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(ledger.session.store._book), "elsewhere", Book.elsewhere)
    with pytest.raises(UsageError, match="cannot be backed up this way"):
        ledger.backup(tmp_path / "kept")
