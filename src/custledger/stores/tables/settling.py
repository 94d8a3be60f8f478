"""Settling what is held: the file is right after all, or it is to show again what the ledger says."""

import itertools
from collections.abc import Iterator, Sequence

import attrs

from custledger.atomic_file import create, removed_on_error, settle
from custledger.changes import Settlement
from custledger.errors import FileFormatError, NotFoundError, StoreError, UsageError
from custledger.stores.held import Held, HeldKind
from custledger.stores.tables.agreed import CELLS, Agreed
from custledger.stores.tables.apart import Apart
from custledger.stores.tables.columns import columns_of, name_of
from custledger.stores.tables.kept import Kept
from custledger.stores.tables.landing import Step
from custledger.stores.tables.shelf import Shelf

ROWS = frozenset({HeldKind.NEW_ROW, HeldKind.RETURNED, HeldKind.REPEATED, HeldKind.STRANGE_ID})
"""What is held of whole rows that are no record's."""


class Settling:
    """Settles things that are held, in one step.

    ``again`` are the files that have to be judged anew after it, and ``trusted`` the types whose ids are then believed.
    """

    def __init__(self, kept: Kept, shelf: Shelf, settlements: Sequence[Settlement]) -> None:
        self._kept = kept
        self._shelf = shelf
        self._settlements = settlements
        self._agreed: dict[str, Agreed] = {}
        self._settled: dict[str, set[tuple[int, str]]] = {}
        self._shown: dict[str, set[int]] = {}
        self._removed: dict[str, set[int]] = {}
        self._named: dict[str, dict[int, int | None]] = {}
        self._files: dict[str, str] = {}
        self.again: set[str] = set()
        self.trusted: set[str] = set()

    def in_step(self, step: Step) -> Step:
        """Return the step that settles them, beside all else that it does. Raises ``NotFoundError``, ``UsageError``."""
        held = {one.number: one for agreed in self._kept.agreed.values() for one in agreed.held}
        for settlement in self._settlements:
            one = held.get(settlement.number)
            if one is None:
                raise NotFoundError("held thing", settlement.number, hint="“custledger held list” lists them.")
            self._settle(one, is_accepted=settlement.accept)
        return attrs.evolve(
            step,
            agreed=self._agreed,
            settled=self._settled,
            shown=self._shown,
            removed=self._removed,
            named=self._named,
            files=self._files,
        )

    def _settle(self, held: Held, *, is_accepted: bool) -> None:
        self._let_go(held)
        if held.kind in CELLS:
            self._settled.setdefault(held.type, set()).add((held.record, held.key))
            self._show(held.type, [held.record])
        elif held.kind is HeldKind.VANISHED:
            if not is_accepted:
                self._show(held.type, [held.record])
        elif held.kind is HeldKind.COLUMN:
            self._settle_column(held, is_accepted=is_accepted)
        elif held.kind is HeldKind.APART:
            self._settle_sheet(held, is_accepted=is_accepted)
        elif held.kind is HeldKind.UNREADABLE:
            self._make_anew(held, is_accepted=is_accepted)
        else:
            self._settle_row(held, is_accepted=is_accepted)

    def _known(self, name: str) -> Agreed:
        return self._agreed.get(name) or self._kept.agreed[name]

    def _let_go(self, held: Held) -> None:
        known = self._known(held.type)
        left = tuple(one for one in known.held if one.number != held.number)
        self._agreed[held.type] = attrs.evolve(known, held=left)

    def _show(self, name: str, numbers: Sequence[int]) -> None:
        self._shown.setdefault(name, set()).update(numbers)

    def _settle_column(self, held: Held, *, is_accepted: bool) -> None:
        known = self._known(held.type)
        if is_accepted:
            self.again.add(known.file)
        else:
            left = known.left | {name_of(held.heading)}
            self._agreed[held.type] = attrs.evolve(known, left=left)

    def _settle_sheet(self, held: Held, *, is_accepted: bool) -> None:
        known = self._known(held.type)
        apart = Apart(self._shelf.sheets(known.file)[known.title], self._kept.state.schemas[held.type], known)
        if not apart.has_ids:
            self._make_anew(held, is_accepted=is_accepted)
            return
        if is_accepted and known.behind:
            changed = self._kept.state.schemas[held.type].info.counted(len(known.behind))
            raise UsageError(
                f"{held.sheet} cannot be accepted: {changed} of it changed in the ledger meanwhile.",
                hint="Restore it, and do in the file once more what was meant.",
            )
        self._agreed[held.type] = attrs.evolve(known, stopped="")
        if is_accepted:
            self.again.add(known.file)
            self.trusted.add(held.type)
        elif (numbers := apart.numbers) is not None:
            self._named[held.type] = {**numbers}
            places = dict(self._shelf.places(known, apart.schema))
            self._shelf.place(known.file, known.title, places | {number: place for place, number in numbers.items()})
        else:
            self._put_aside(known.file, held, is_left=True)
            self._show(held.type, self._kept.state.rows(held.type).ids)

    def _make_anew(self, held: Held, *, is_accepted: bool) -> None:
        """Have a sheet made anew, and with a file all that was in it; what is there now is kept beside it."""
        if is_accepted:
            raise UsageError(
                f"{held.sheet} cannot be accepted: {held.why}",
                hint="Put the file right, or restore it from the ledger.",
            )
        file = self._known(held.type).file
        is_lost = not self._shelf.path(file).exists() or not self._is_readable(file)
        if self._shelf.path(file).exists() and (held.kind is HeldKind.APART or is_lost):
            self._put_aside(file, held)
        self._files[file] = self._shelf.sha256(file, surely=True)
        for name in {held.type, *(self._lost_with(file) if is_lost else ())}:
            known = self._known(name)
            cells = tuple(one for one in known.held if one.kind in CELLS)
            self._agreed[name] = attrs.evolve(known, stopped="", digests={}, offered=frozenset(), held=cells)
            self._show(name, self._kept.state.rows(name).ids)

    def _lost_with(self, file: str) -> Iterator[str]:
        """Yield the types whose sheets were in a file that is lost: all of it is made anew together."""
        for name in self._kept.agreed:
            known = self._known(name)
            if known.file == file and any(one.kind is HeldKind.UNREADABLE for one in known.held):
                yield name

    def _put_aside(self, name: str, held: Held, *, is_left: bool = False) -> None:
        """Keep a file under another name, which no file has yet; ``is_left`` leaves it where it is as well."""
        path = self._shelf.path(name)
        numbers = itertools.count(held.number)
        called = (path.with_name(f"{path.stem}.unreadable-{number}{path.suffix}") for number in numbers)
        aside = next(one for one in called if not one.exists())
        try:
            if is_left:
                with removed_on_error(aside), create(aside, 0o666) as stream:
                    stream.write(path.read_bytes())
                    settle(stream)
            else:
                path.rename(aside)
                self._shelf.forget([name])
        except OSError as error:
            raise StoreError(f"{path} cannot be put aside: {error.strerror}.", hint="Move it away.") from error

    def _is_readable(self, name: str) -> bool:
        try:
            self._shelf.sheets(name)
        except FileFormatError:
            return False
        return True

    def _settle_row(self, held: Held, *, is_accepted: bool) -> None:
        place = self._place_of(held)
        if not is_accepted:
            self._removed.setdefault(held.type, set()).add(place)
        elif held.kind in {HeldKind.REPEATED, HeldKind.STRANGE_ID}:
            self._named.setdefault(held.type, {})[place] = None
            self.again.add(self._known(held.type).file)
        elif held.kind is HeldKind.NEW_ROW:
            raise UsageError(
                f"Row {held.row} of {held.sheet} cannot be accepted: {held.why}",
                hint="Correct it in the file, and it is read again; or restore it, which takes the row out.",
            )

    def _place_of(self, held: Held) -> int:
        """Return where a row stands that is held. Raises ``NotFoundError`` where it is not as it was any more."""
        known, schema = self._known(held.type), self._kept.state.schemas[held.type]
        sheet = self._shelf.sheets(known.file)[known.title]
        fields = columns_of(schema, sheet.heading, known.renamed).fields
        place = held.row - sheet.first
        row = sheet.rows[place] if 0 <= place < len(sheet.rows) else []
        cells = tuple(
            (field.key, text)
            for field, text in zip(fields, row, strict=False)
            if field is not None and field.key != "id" and text
        )
        if cells != held.cells:
            raise NotFoundError("held row", held.row, hint="The file was changed. “custledger held list” tells anew.")
        return place
