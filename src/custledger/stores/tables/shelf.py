"""The files of a book as one handle has read them: their sheets, and where in them the rows of records stand."""

import time
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import attrs

from custledger import ids
from custledger.errors import FileFormatError
from custledger.schema import Schema
from custledger.stores.tables import disk
from custledger.stores.tables.agreed import Agreed, digest_of
from custledger.stores.tables.book import Book, Sheet, SheetEdit
from custledger.stores.tables.columns import columns_of

QUIET = 30_000_000
"""How many nanoseconds ago a file was written last, when whoever writes it is taken to be done."""
PATIENCE = 50
"""How many such times to wait for that."""


@attrs.define(eq=False)
class _File:
    """One file as it was read: what tells its content, its sheets by title, and the places of rows by title."""

    sha256: str
    content: bytes
    sheets: dict[str, Sheet]
    places: dict[str, dict[int, int]] = attrs.field(factory=dict)


class Shelf:
    """The files of a book."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._files: dict[str, _File] = {}
        self._unreadable: dict[str, str] = {}
        self._glances: dict[str, tuple[disk.Glance | None, str]] = {}

    def path(self, name: str) -> Path:
        """Return where a file is."""
        return self.book.folder / name

    def differing(self, agreed: Mapping[str, str], titles: Collection[str]) -> list[str]:
        """Return the names of the files that are not as they were agreed, by their SHA-256; those that are gone too.

        ``titles`` are those of the sheets that are looked for, folded.
        """
        names = dict.fromkeys((*agreed, *self.book.files(titles)))
        return [name for name in names if self.sha256(name) != agreed.get(name, "")]

    def sha256(self, name: str, *, surely: bool = False) -> str:
        """Return what tells the content of a file, ``""`` where there is none.

        A file that looks as it did is not read again, unless it is to be known ``surely``.
        """
        glance, told = self._glances.get(name, (None, ""))
        now = disk.Glance.of(self.path(name))
        if now is None:
            self.forget([name])
            return ""
        if not surely and glance is not None and glance.is_same(now):
            return told
        content = disk.read(self.path(name))
        found = disk.sha256(content) if content is not None else ""
        self._glances[name] = (now, found)
        if name in self._files and self._files[name].sha256 != found:
            del self._files[name]
        return found

    def sha256_read(self, name: str) -> str:
        """Return what tells the content of a file as its sheets were read, whatever somebody made of it since.

        Raises ``FileFormatError``.
        """
        file = self._read(name)
        return file.sha256 if file else ""

    def look(self, name: str) -> tuple[Mapping[str, Sheet], str, FileFormatError | None]:
        """Return the sheets of a file, what tells the content that was read, and why that cannot be made sense of."""
        try:
            file = self._read(name)
        except FileFormatError as error:
            return {}, self._unreadable.pop(name), error
        return (file.sheets, file.sha256, None) if file else ({}, "", None)

    def wait_for(self, name: str) -> None:
        """Wait until nobody is writing a file, as far as its times tell: who reads half of one misunderstands it."""
        for _ in range(PATIENCE):
            glance = disk.Glance.of(self.path(name))
            if glance is None or not 0 <= glance.at - glance.changed < QUIET:
                return
            time.sleep(QUIET / 1e9)

    def sheets(self, name: str) -> Mapping[str, Sheet]:
        """Return the sheets of a file by title; none where there is no file. Raises ``FileFormatError``."""
        file = self._read(name)
        return file.sheets if file else {}

    def _read(self, name: str) -> _File | None:
        if name not in self._files:
            content = disk.read(self.path(name))
            if content is None:
                return None
            self._unreadable[name] = disk.sha256(content)
            sheets = {sheet.title: sheet for sheet in self.book.read(name, content)}
            del self._unreadable[name]
            self._files[name] = _File(disk.sha256(content), content, sheets)
        return self._files[name]

    def places(self, agreed: Agreed, schema: Schema) -> dict[int, int]:
        """Return where in a sheet the rows of records stand, by id, as it was agreed."""
        file, title = self._read(agreed.file), agreed.title
        if file is None or title not in file.sheets:
            return {}
        if title not in file.places:
            file.places[title] = _places(file.sheets[title], schema, agreed)
        return file.places[title]

    def place(self, name: str, title: str, places: dict[int, int]) -> None:
        """Say where in a sheet rows stand, for what cannot be told by the ids in them."""
        file = self._read(name)
        if file is not None:
            file.places[title] = places

    def written(self, name: str, edits: Sequence[SheetEdit]) -> bytes:
        """Return what a file holds when its sheets were edited; the shelf goes on from there.

        Whoever does not get to write that has the shelf ``forget`` the file.
        """
        file = self._read(name)
        places = dict(file.places) if file else {}
        content, sheets = self.book.written(name, file.content if file else None, file.sheets if file else {}, edits)
        for edit in edits:
            places[edit.title] = _moved(places.get(edit.title, {}), edit, len(sheets[edit.title].rows))
        self._files[name] = _File(disk.sha256(content), content, dict(sheets), places)
        return content

    def note(self, name: str, sha256: str, before: disk.Glance | None) -> None:
        """Take note that a file was given its place, and what tells its content; ``before`` is how it looked there.

        Where somebody wrote into its place meanwhile, it looks otherwise, and is read.
        """
        now = disk.Glance.of(self.path(name))
        if now is not None and before is not None and now.looks_like(before):
            self._glances[name] = (now, sha256)

    def forget(self, names: Collection[str]) -> None:
        """Read files anew when they are needed again."""
        for name in names:
            self._files.pop(name, None)
            self._glances.pop(name, None)


def _places(sheet: Sheet, schema: Schema, agreed: Agreed) -> dict[int, int]:
    """Return where rows stand by the ids in them, and by what they hold where an id is repeated or not there yet."""
    id_place = columns_of(schema, sheet.heading, agreed.renamed).id_place
    places: dict[int, int] = {}
    doubtful: dict[int, list[int]] = {}
    nameless: list[int] = []
    if id_place is None:
        return places
    texts = (row[id_place].strip() if id_place < len(row) else "" for row in sheet.rows)
    for place, number in enumerate(ids.numbers(schema.info.prefix, texts)):
        if number is None:
            nameless.append(place)
        elif places.setdefault(number, place) != place:
            doubtful.setdefault(number, []).append(place)
    for number, others in doubtful.items():
        wanted = agreed.digests.get(number)
        places[number] = next((one for one in others if digest_of(sheet.rows[one], id_place) == wanted), places[number])
    if nameless and (missing := agreed.digests.keys() - places.keys()):
        found = {digest_of(sheet.rows[place], id_place): place for place in reversed(nameless)}
        for number in sorted(missing):
            if (at := found.pop(agreed.digests[number], None)) is not None:
                places[number] = at
    return places


def _moved(places: Mapping[int, int], edit: SheetEdit, count: int) -> dict[int, int]:
    """Return where rows stand after an edit, when there are ``count`` of them."""
    moved = dict(places)
    if edit.removed:
        gone = sorted(edit.removed)
        moved = {}
        for number, place in places.items():
            if place not in edit.removed:
                moved[number] = place - bisect_left(gone, place)
    for back, row in enumerate(reversed(edit.rows), 1):
        identity = next((cell for cell in row if cell and cell.field.key == "id"), None)
        if identity is not None:
            moved[identity.value] = count - back
    return moved
