"""Hand edits: what people changed in a sheet, as changes of records, and what of it cannot be believed.

A row belongs to the record whose id it has. One whose cells are as they were last agreed is not looked at further.
What people wrote is judged cell by cell; what is not believed is held, and stays in the sheet as they wrote it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from custledger import ids
from custledger.changes import Change
from custledger.errors import shorten
from custledger.schema import Field, Schema
from custledger.spreadsheets import is_example, is_total
from custledger.stores.held import HeldKind
from custledger.stores.tables.agreed import STOPPED, Agreed, digest_of
from custledger.stores.tables.believing import Believing
from custledger.stores.tables.book import Sheet
from custledger.stores.tables.cells import Cells
from custledger.stores.tables.columns import Columns, columns_of, name_of, renamed_columns, strangers_in
from custledger.stores.tables.fallen import Cell, Fallen
from custledger.stores.tables.holding import Holding
from custledger.stores.tables.judged import Judged
from custledger.stores.tables.uniques import Uniques

NO_ID = "Leave the ID empty in a new row."
TOTAL = "It looks like a row of totals."
FELL_BACK = "It is {was} again, as before the ledger changed it to {now}: somebody may have saved an old copy."
APART = 2
"""How many rows with the data of others it takes to say that ids and data came apart."""


class Judge:
    """Judges one sheet. ``mint`` makes ids of new records, ``now`` is the plain time of their making."""

    def __init__(
        self,
        sheet: Sheet,
        cells: Cells,
        agreed: Agreed,
        *,
        mint: Callable[[], int],
        now: str,
        again: bool = False,
        is_trusted: bool = False,
    ) -> None:
        self._sheet = sheet
        self._cells = cells
        self._schema: Schema = cells.schema
        self._agreed = agreed
        self._mint = mint
        self._now = now
        self._again = again
        self._is_trusted = is_trusted
        self._strange: dict[int, str] = {}
        self._rows = cells.state.rows(self._schema.name)
        self._was_held = agreed.held_cells()

    def judge(self) -> Judged:
        """Return what people changed in the sheet."""
        self._found = Judged(self._sheet, self._columns())
        self._found.renamed = dict(self._renamed)
        self._holding = Holding(self._sheet, self._schema, self._found.columns, self._agreed)
        self._found.held = self._holding.held
        self._believing = Believing(self._cells, self._holding)
        self._uniques = Uniques(self._schema, self._rows)
        self._hold_columns()
        by_id, nameless = self._numbered()
        if self._found.columns.id_place is None and self._agreed.digests:
            self._stop(HeldKind.APART, "The column of the IDs is gone.", "Put it back as it was.")
            return self._found
        for number, places in by_id.items():
            if len(places) == 1:
                self._found.places[number] = places[0]
                self._found.digests[number] = self._digest(places[0])
            else:
                self._place_one_of(number, places)
        self._find_lost(nameless)
        if not self._is_trusted and self._came_apart():
            self._stop(
                HeldKind.APART,
                "IDs stand beside the data of other records, as after sorting without the column of the IDs.",
                "Undo the sorting, or restore the sheet; accept it if the rows are as they should be.",
            )
            return self._found
        self._judge_known()
        self._judge_new(nameless)
        self._hold_vanished(by_id)
        return self._found

    def _columns(self) -> Columns:
        """Find out which column is which field, renamed ones too."""
        sheet, agreed = self._sheet, self._agreed
        self._renamed = dict(agreed.renamed)
        columns = columns_of(self._schema, sheet.heading, self._renamed)
        strangers = strangers_in(columns, sheet.heading)
        if not agreed.digests or columns.id_place is None or not strangers:
            return columns
        taken = {field.key for field in columns.fields if field}
        lost = [field for field in self._schema.editable if field.key in agreed.offered and field.key not in taken]
        found = self._renamings(columns.id_place, lost, strangers) if lost else {}
        if not found:
            return columns
        self._renamed |= found
        return columns_of(self._schema, sheet.heading, self._renamed)

    def _renamings(self, id_place: int, lost: Iterable[Field], strangers: Sequence[int]) -> dict[str, str]:
        """Return the keys of fields by the headings that their columns have now, as far as what is in them tells."""
        texts = (row[id_place] if id_place < len(row) else "" for row in self._sheet.rows)
        numbers = ids.numbers(self._schema.info.prefix, texts)
        known = [
            (number, row)
            for number, row in zip(numbers, self._sheet.rows, strict=True)
            if number is not None and number in self._rows and number in self._agreed.digests
        ]
        shown = {
            field.key: [self._cells.shown(field, self._rows.value(number, field.key)) for number, _ in known]
            for field in lost
        }
        return renamed_columns(shown, self._sheet.heading, strangers, [row for _, row in known])

    def _hold_columns(self) -> None:
        found, heading = self._found, self._sheet.heading
        for place, field in enumerate(found.columns.fields):
            text = heading[place].strip()
            if field is not None or not text or name_of(text) in self._agreed.left:
                continue
            if place in found.columns.repeated:
                why, hint = "Another column before it is the same field.", "Rename one of the two, or take it out."
            elif (key := self._schema.names.get(name_of(text))) and self._schema.by_key[key].spec.system:
                continue
            else:
                why, hint = (
                    "It is none of the fields.",
                    "Accept it as a field of your own, or restore it to be left alone.",
                )
            self._holding.add(HeldKind.COLUMN, heading=text, why=why, hint=hint)

    def _numbered(self) -> tuple[dict[int, list[int]], list[int]]:
        """Return the places of rows by the ids that stand in them, and those of rows without one."""
        by_id: dict[int, list[int]] = {}
        nameless = []
        id_place = self._found.columns.id_place
        rows = self._sheet.rows
        if id_place is None:
            return by_id, [place for place, row in enumerate(rows) if any(map(str.strip, row))]
        texts = [row[id_place].strip() if id_place < len(row) else "" for row in rows]
        for place, number in enumerate(ids.numbers(self._schema.info.prefix, texts)):
            if number is not None:
                by_id.setdefault(number, []).append(place)
            elif not texts[place]:
                if any(map(str.strip, rows[place])):
                    nameless.append(place)
            elif is_total(rows[place]):
                nameless.append(place)
            elif not is_example(texts[place]):
                self._strange[place] = texts[place]
        return by_id, nameless

    def _place_one_of(self, number: int, places: Sequence[int]) -> None:
        """Find out which of several rows with an id is the record's, the one that is as it was, and hold the others."""
        agreed = self._agreed.digests.get(number)
        mine = next((place for place in places if self._digest(place) == agreed), None)
        if mine is not None:
            self._found.places[number], self._found.digests[number] = mine, self._digest(mine)
        elif agreed is not None:
            self._found.digests[number] = agreed  # so that it is missed when none of the rows is left to it
        for place in places:
            if place != mine:
                why = f"It has the ID of another row, {self._schema.public_id(number)}."
                self._holding.row(
                    HeldKind.REPEATED, place, why, "Take its ID out if it is a new record.", record=number
                )

    def _digest(self, place: int) -> bytes:
        return digest_of(self._sheet.rows[place], self._found.columns.id_place)

    def _find_lost(self, nameless: list[int]) -> None:
        """Give rows that lost their id back to their records, where all else in them is as it was."""
        found, agreed = self._found, self._agreed.digests
        if not nameless and not self._strange:
            return
        missing: dict[bytes, list[int]] = {}
        for number in sorted(agreed.keys() - found.places.keys()):
            if number in self._rows:
                missing.setdefault(agreed[number], []).append(number)
        for place in (*nameless, *self._strange):
            if numbers := missing.get(self._digest(place)):
                number = numbers.pop(0)
                found.places[number], found.digests[number] = place, agreed[number]
                found.nameless.append(number)
        placed = set(found.places.values())
        nameless[:] = [place for place in nameless if place not in placed]
        for place, text in self._strange.items():
            if place not in placed:
                why = f"“{text}” is no ID of {self._schema.info.one}."
                self._holding.row(HeldKind.STRANGE_ID, place, why, NO_ID)

    def _came_apart(self) -> bool:
        """Whether several rows hold exactly what rows with other ids held."""
        agreed, digests = self._agreed.digests, self._found.digests
        moved = [number for number in self._other if number in agreed]
        if len(moved) < APART:
            return False
        changed = {agreed[number] for number in moved}
        return sum(digests[number] in changed for number in moved) >= APART

    @cached_property
    def _other(self) -> list[int]:
        """The records whose rows are not as they were last agreed."""
        agreed = self._agreed.digests
        return [number for number, one in self._found.digests.items() if agreed.get(number) != one]

    def _judge_known(self) -> None:
        fallen = Fallen(self._cells.state, self._schema.name)
        candidates: dict[int, dict[str, Any]] = {}
        other = set(self._other)
        for number in self._looked_at():
            place = self._found.places[number]
            if number not in self._rows:
                self._judge_unknown(number, place)
            elif number in other or self._is_looked_at_again(number):
                candidates[number] = self._judge_row(number, place)
            else:
                self._keep_held(number, place)
        self._set_aside_fallen(candidates, fallen)
        self._set_aside_taken(candidates)
        for number, after in candidates.items():
            if after:
                before = {key: self._rows.value(number, key) for key in after}
                revision = self._rows.value(number, "revision")
                self._found.changes.append(
                    Change(type=self._schema.name, id=number, before=before, after=after, revision=revision)
                )

    def _looked_at(self) -> Iterable[int]:
        """Return the records whose rows are to be looked at, of which most are as they were."""
        if self._is_arranged_anew:
            return list(self._found.places)
        held = {number for number, _ in self._was_held if number in self._found.places}
        return dict.fromkeys((*self._other, *held, *(self._found.places.keys() - self._rows.by_id.keys())))

    def _is_looked_at_again(self, number: int) -> bool:
        """Whether a row is judged although it is as it was: columns are others, or a name may be known by now."""
        if self._is_arranged_anew:
            return True
        return self._again and any(one.record == number and one.kind is HeldKind.UNFIT for one in self._agreed.held)

    @cached_property
    def _is_arranged_anew(self) -> bool:
        """Whether the columns are not the fields that they were, so that a row may say something else than it did."""
        return self._found.columns.keys != self._agreed.columns

    def _keep_held(self, number: int, place: int) -> None:
        """Go on holding what is held of a row that is as it was."""
        for field in filter(None, self._found.columns.fields):
            one = self._was_held.get((number, field.key))
            if one is not None:
                self._holding.still(one, place)

    def _judge_row(self, number: int, place: int) -> dict[str, Any]:
        """Return what a row says anew of a record that is known, by key; what is not believed is held."""
        after: dict[str, Any] = {}
        for field, text in self._holding.texts(place):
            current = self._rows.value(number, field.key)
            if text == self._cells.shown(field, current):
                continue
            one = self._was_held.get((number, field.key))
            if one is not None and one.text == text and not (self._again and one.kind is HeldKind.UNFIT):
                self._holding.still(one, place)
                continue
            believed, value = self._believing.believe(field, text, current, number, place)
            if believed and value != current:
                after[field.key] = value
        return after

    def _judge_unknown(self, number: int, place: int) -> None:
        """Judge a row whose id the ledger does not know: of a record that was removed, or from elsewhere."""
        if number in self._agreed.behind:
            return  # the sheet only lags behind
        if self._cells.state.history.was_removed(self._schema.name, number):
            why = f"{self._schema.public_id(number)} was removed from the ledger."
            hint = "Accept it to have the record again, or restore, which takes the row out."
            self._holding.row(HeldKind.RETURNED, place, why, hint, record=number)
        else:
            self._judge_new_row(place, number)

    def _judge_new(self, places: Iterable[int]) -> None:
        for place in places:
            self._judge_new_row(place, None)

    def _judge_new_row(self, place: int, number: int | None) -> None:
        """Have a record made of a row, or hold it whole where one cannot be made."""
        if number is None and is_total(self._sheet.rows[place]):
            self._holding.row(HeldKind.NEW_ROW, place, TOTAL, "Leave it; or say more in it, if it is a record.")
            return
        held_before, numbered = len(self._found.held), number
        number = self._mint() if number is None else number
        after: dict[str, Any] = {}
        for field, text in self._holding.texts(place):
            believed, value = self._believing.believe(field, text, None, number, place)
            if believed and value is not None:
                after[field.key] = value
        lacking = [one for one in self._schema.required if one.key not in after and one.spec.default is None]
        taken = self._uniques.taken(after) if not lacking else []
        if lacking or taken:
            whys = [one.why for one in self._found.held[held_before:] if lacking]
            whys += [self._taken(field, after[field.key]) for field in taken]
            del self._found.held[held_before:]
            self._hold_new(place, lacking, whys, number if numbered else 0)
            return
        after = {**self._cells.defaults(self._now), **after}
        self._found.changes.append(Change(type=self._schema.name, id=number, before=None, after=after))
        self._found.places[number], self._found.digests[number] = place, self._digest(place)
        if numbered is None:
            self._found.nameless.append(number)

    def _hold_new(self, place: int, lacking: Sequence[Field], whys: Sequence[str], number: int) -> None:
        language = self._cells.conventions.language
        named = ", ".join(field.label(language) for field in lacking)
        why = whys[0] if whys else f"{self._schema.info.one.capitalize()} needs {named}, and it is empty."
        self._holding.row(HeldKind.NEW_ROW, place, why, "Correct it in the sheet, and it is read again.", record=number)

    def _taken(self, field: Field, value: Any) -> str:
        label = field.label(self._cells.conventions.language)
        return f"{label}: “{value}” is taken by another {self._schema.info.called}."

    def _set_aside_fallen(self, candidates: Mapping[int, dict[str, Any]], fallen: Fallen) -> None:
        """Hold the cells that are as they were before the ledger's latest change of them."""
        present = self._found.places.keys() - self._agreed.behind
        columns, held = set(self._found.columns.keys), {(one.record, one.key) for one in self._holding.held}
        changed = {Cell(number, key): value for number, after in candidates.items() for key, value in after.items()}
        for cell in fallen.cells(changed, present, lambda cell: cell.key in columns and cell not in held):
            value = candidates[cell.record].pop(cell.key)
            if cell.record in self._agreed.behind:
                continue  # the sheet only lags behind
            field, place = self._schema.by_key[cell.key], self._found.places[cell.record]
            now = self._cells.shown(field, self._rows.value(cell.record, cell.key)) or None
            was = self._cells.shown(field, value) or None
            why = FELL_BACK.format(was=shorten(was), now=shorten(now))
            hint = "Accept it if that is meant, or restore it."
            self._holding.cell(HeldKind.FELL_BACK, field, (cell.record, place), why=why, hint=hint)

    def _set_aside_taken(self, candidates: Mapping[int, dict[str, Any]]) -> None:
        """Hold the cells whose unique value another record has, and keeps."""
        for number, field in self._uniques.refused(candidates):
            why, hint = (
                self._taken(field, candidates[number].pop(field.key)),
                "Enter another, or change the other one first.",
            )
            self._holding.cell(HeldKind.UNFIT, field, (number, self._found.places[number]), why=why, hint=hint)

    def _hold_vanished(self, by_id: Mapping[int, Sequence[int]]) -> None:
        for number in sorted(self._agreed.digests.keys() - by_id.keys() - self._found.places.keys()):
            if number in self._rows:
                called = self._schema.display(self._rows.row(self._schema, number) or ())
                why, hint = f"The row of {called} is gone.", "Accept it, which removes the record, or restore the row."
                self._holding.add(HeldKind.VANISHED, record=number, text=called, why=why, hint=hint)
                self._found.digests[number] = self._agreed.digests[number]
                for one in (one for cell, one in self._was_held.items() if cell[0] == number):
                    self._holding.still(one)

    def _stop(self, kind: HeldKind, why: str, hint: str) -> None:
        """Read nothing from the sheet; what is known of it and held of it is so still."""
        found = self._found
        holding = Holding(self._sheet, self._schema, found.columns, self._agreed)
        holding.add(kind, why=why, hint=hint)
        for one in self._agreed.held:
            if one.kind not in STOPPED:
                holding.still(one)
        digests = dict(self._agreed.digests)
        self._found = Judged(
            self._sheet, found.columns, held=holding.held, digests=digests, renamed=found.renamed, stopped=why
        )
