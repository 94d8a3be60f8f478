"""Copying a ledger in files: its files with what lies beside them, verified before the copy counts."""

import contextlib
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from custledger.atomic_file import create, settle, settle_folder
from custledger.errors import StoreError, file_error
from custledger.stores.contract import Verification
from custledger.stores.tables import disk
from custledger.stores.tables.beside import LOCK, Beside
from custledger.stores.tables.book import Book
from custledger.stores.tables.kept import Kept


def copied(kept: Kept, source: Book, target: Book) -> Verification:
    """Copy what is kept, which nobody may write meanwhile, to where ``target`` is, and return what was compared.

    The copy is made beside its place, flushed to the disk, read and compared, and only then given its name. Raises
    ``StoreError`` where it is not a true one, and the ``CustledgerError`` that fits where it cannot be made.
    """
    place = target.folder
    made = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    side = made / target.side.relative_to(place)
    try:
        try:
            made.mkdir()
            for path, to in _pairs(kept, source, made, side):
                _copy(path, to)
        except OSError as error:
            raise file_error(place, error, "written") from error
        _check(kept, source, made, side)
        try:
            settle_folder(made)
            made.rename(place)
            settle_folder(place.parent)
        except OSError as error:
            raise file_error(place, error, "written") from error
    except BaseException:
        with contextlib.suppress(OSError):
            shutil.rmtree(made)
        raise
    return Verification({name: len(kept.state.rows(name).ids) for name in kept.state.schemas})


def _pairs(kept: Kept, source: Book, made: Path, side: Path) -> Iterator[tuple[Path, Path]]:
    """Yield each file that belongs to the ledger, and where its copy goes."""
    for name in kept.files:
        if (source.folder / name).exists():
            yield source.folder / name, made / name
    for path in sorted(source.side.rglob("*")):
        if path.is_file() and path.name != LOCK:
            yield path, side / path.relative_to(source.side)


def _copy(path: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    with path.open("rb") as reading, create(to, 0o666) as writing:
        shutil.copyfileobj(reading, writing)
        settle(writing)
    settle_folder(to.parent)


def _check(kept: Kept, source: Book, made: Path, side: Path) -> None:
    """Raise ``StoreError`` where a copy is not what is kept."""
    beside = Beside(side)
    beside.catch_up()
    copy, found = beside.kept, []
    if copy.identity != kept.identity or copy.state.documents != kept.state.documents:
        found.append("its settings are others")
    if copy.state.history.logged != kept.state.history.logged:
        found.append("its history is another")
    for name, schema in kept.state.schemas.items():
        if list(copy.state.rows(name).all(schema)) != list(kept.state.rows(name).all(schema)):
            found.append(f"the {schema.info.plural} in it are others")
    names = (name for name in kept.files if disk.read(made / name) != disk.read(source.folder / name))
    found += [f"{name} in it is another" for name in names]
    if found:
        raise StoreError(f"The copy is not a true one: {'; '.join(found)}.", hint="Try again.")
