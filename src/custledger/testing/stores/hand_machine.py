"""Case: the state machine of two handles, between whose steps people edit the sheet in every way they can think of."""

import random
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis.stateful import initialize, invariant, precondition, rule

from custledger.codec import Codec
from custledger.stores.held import HeldKind
from custledger.testing.stores.desk import Desk, SheetCases, assert_shown, settle
from custledger.testing.stores.machine import NAMES, SEVERAL_PEOPLE, LedgerMachine
from custledger.testing.stores.two_handles import HANDLES, PICKS, run_machine

AGES = st.none() | st.integers(-3, 60)
NOTES = st.none() | st.sampled_from(["=1+1", "喜欢 茶", "a\nb", "007"])
TYPED = st.fixed_dictionaries(
    {}, optional={"name": NAMES, "age": AGES, "notes": NOTES, "grade": st.sampled_from(["gold", "silver", None])}
).filter(bool)
TYPED_KEYS = ("name", "age", "notes", "grade")
SEEDS = st.integers(0, 999)
OTHER_HEADINGS = {"name": "Called", "notes": "Remarks"}
FOLLOWING = frozenset({"mentor"})
"""What an old copy may change although nobody wrote it: a name in it may be another's by now."""


class HandMachine(LedgerMachine):
    """Hand edits, moved columns and rows, old copies and what is held, beside all that the ledger machine does."""

    suite: SheetCases

    @initialize()
    def open_two_handles(self) -> None:
        """Begin with people in a sheet, of which nobody has a copy."""
        self.copies: list[tuple[list[str], list[list[str]]]] = []
        self.renamed: dict[str, str] = {}
        self.by_hand: set[tuple[int, str]] = set()
        self.written: set[tuple[int, str, Any]] = set()
        super().open_two_handles()

    @property
    def sheet(self) -> Desk:
        """The sheet of people as it is now."""
        desk = self.suite.desk(self.place, self.clerks[0].schemas["person"])
        desk.renamed = self.renamed
        return desk

    def follow(self, handle: int, may_change: set[tuple[int, str]]) -> None:
        """Have a handle take in what was saved; the model follows in the cells that may have changed, and no others."""
        actual = self.clerks[handle].everything("person")
        records = self.model.records["person"]
        for number in sorted(actual.keys() - records.keys()):
            self.model.create("person", number, actual[number])
        assert actual.keys() == records.keys()
        for number, values in list(records.items()):
            keys = sorted(values.keys() | actual[number].keys())
            after = {key: actual[number].get(key) for key in keys if values.get(key) != actual[number].get(key)}
            assert {(number, key) for key in after} <= may_change
            if after:
                self.model.update("person", number, after)
                self.by_hand |= {(number, key) for key in after}
        self.last = None

    def held_cells(self) -> dict[tuple[int, str], str]:
        """Return the texts of the cells that are held."""
        return {(one.record, one.key): one.text for one in self.clerks[0].store.held() if one.key}

    @SEVERAL_PEOPLE
    @rule(handle=HANDLES, person=PICKS, typed=TYPED)
    def type_into_cells(self, handle: int, person: int, typed: dict[str, Any]) -> None:
        """What is typed is believed, or held."""
        number, desk, codec = self.pick("person", person), self.sheet, self.codec()
        if number is None or number not in desk.numbers():
            return
        fields = codec.schema.by_key
        texts = {key: codec.text(fields[key], value) for key, value in typed.items() if desk.has(key)}
        desk.type(number, **texts).save()
        self.follow(handle, {(number, key) for key in texts})
        held = self.held_cells()
        for key, text in texts.items():
            value = typed[key]
            if (number, key) not in held:
                assert self.model.records["person"][number].get(key) == value
                self.written.add((number, key, value))
            else:
                assert held[number, key] == text

    def codec(self) -> Codec:
        """Return what makes texts of values."""
        clerk = self.clerks[0]
        prefixes = {name: schema.info.prefix for name, schema in clerk.schemas.items()}
        return Codec(clerk.schemas["person"], clerk.conventions, prefixes)

    @rule(handle=HANDLES, person=PICKS, text=st.sampled_from(["many", "1.5", "x" * 40]))
    def type_nonsense(self, handle: int, person: int, text: str) -> None:
        """It is held."""
        number, desk = self.pick("person", person), self.sheet
        if number is not None and number in desk.numbers() and desk.has("age"):
            desk.type(number, age=text).save()
            self.follow(handle, set())
            assert self.held_cells()[number, "age"] == text

    @rule(handle=HANDLES, names=st.lists(NAMES, min_size=1, max_size=3), seed=SEEDS)
    def insert_rows(self, handle: int, names: list[str], seed: int) -> None:
        """Each is a record, where it stands; while rows are gone, one that says the same would be theirs."""
        desk, before = self.sheet, set(self.model.records["person"])
        if any(one.kind is HeldKind.VANISHED for one in self.clerks[0].store.held()):
            return
        for name in names:
            desk.add(seed % (len(desk.rows) + 1), name=name)
        desk.save()
        self.follow(handle, set())
        new = self.model.records["person"].keys() - before
        assert sorted(self.model.records["person"][number]["name"] for number in new) == sorted(names)
        assert new <= set(self.sheet.numbers())

    @rule(handle=HANDLES, seed=SEEDS, blank=st.booleans())
    def sort_rows(self, handle: int, seed: int, *, blank: bool) -> None:
        """Nothing changes, blank rows or not."""
        desk = self.sheet
        random.Random(seed).shuffle(desk.rows)
        if blank:
            desk.rows.insert(0, [""])
        desk.save()
        self.follow(handle, set())

    @rule(handle=HANDLES, seed=SEEDS)
    def reorder_columns(self, handle: int, seed: int) -> None:
        """Nothing changes."""
        desk = self.sheet
        width = max(map(len, (desk.heading, *desk.rows)))
        order = random.Random(seed).sample(range(width), width)
        table = [[*row, *[""] * (width - len(row))] for row in (desk.heading, *desk.rows)]
        desk.heading, *desk.rows = [[row[place] for place in order] for row in table]
        desk.save()
        self.follow(handle, set())

    @precondition(lambda self: len(self.model.records["person"]) > 2 and not self.clerks[0].store.held())
    @rule(handle=HANDLES, key=st.sampled_from(sorted(OTHER_HEADINGS)))
    def rename_a_heading(self, handle: int, key: str) -> None:
        """It is recognised where enough is in the column."""
        desk = self.sheet
        if not desk.has(key) or sum(bool(values.get(key)) for values in self.model.records["person"].values()) < 2:
            return
        desk.heading[desk.column(key)] = OTHER_HEADINGS[key]
        self.renamed = {**self.renamed, key: OTHER_HEADINGS[key]}
        desk.save()
        self.follow(handle, set())
        assert not self.clerks[0].store.held()

    @rule(handle=HANDLES, person=PICKS)
    def delete_a_row(self, handle: int, person: int) -> None:
        """The record stays."""
        number, desk = self.pick("person", person), self.sheet
        if number is not None and number in desk.numbers():
            desk.take_out(number).save()
            self.follow(handle, set())
            kinds = {one.kind for one in self.clerks[0].store.held() if one.record == number}
            assert HeldKind.VANISHED in kinds

    @rule()
    def keep_a_copy(self) -> None:
        """Somebody opens the sheet, and leaves it open."""
        desk = self.sheet
        self.copies.append((desk.heading, desk.rows))

    @precondition(lambda self: self.copies)
    @rule(handle=HANDLES, which=PICKS)
    def save_an_old_copy(self, handle: int, which: int) -> None:
        """What the ledger wrote meanwhile stays; only what people wrote themselves may go back."""
        desk = self.sheet
        desk.heading, desk.rows = self.copies.pop(which % len(self.copies))
        desk.save()
        records = self.model.records["person"]
        self.follow(handle, self.by_hand | {(number, key) for number in records for key in FOLLOWING})

    @precondition(lambda self: self.clerks[0].store.held())
    @rule(handle=HANDLES)
    def restore_what_is_held(self, handle: int) -> None:
        """The sheet shows what the ledger says again. Copies from before are closed: what they say has been refused."""
        clerk = self.clerks[handle]
        self.copies.clear()
        for one in clerk.store.held():
            if any(each.number == one.number for each in clerk.store.held()):
                clerk.learn([])
                settle(clerk, one, accept=False)
        self.follow(handle, set())
        assert all(one.kind is HeldKind.COLUMN for one in clerk.store.held())

    @invariant()
    def the_sheet_agrees_where_nothing_is_held(self) -> None:
        """It says what the ledger does."""
        clerk = self.clerks[0]
        assert not {one.kind for one in clerk.store.held()} & {HeldKind.APART, HeldKind.UNREADABLE}
        if self.model.records["person"]:
            assert_shown(clerk, self.sheet)

    @invariant()
    def nothing_that_people_wrote_is_lost(self) -> None:
        """It is in the ledger, or was, and the log says so."""
        store, records = self.clerks[0].store, self.model.records["person"]
        seen: set[tuple[int, str, Any]] = {
            (number, key, values.get(key)) for number, values in records.items() for key in TYPED_KEYS
        }
        for entry in store.log():
            if entry.type == "person":
                before = entry.before or {}
                seen |= {(entry.record, key, before.get(key)) for key in TYPED_KEYS}
        assert {one for one in self.written if one[2] is not None} <= seen


class HandMachineCases(SheetCases):
    """The longest case of the table family."""

    def test_state_machine_with_hand_edits(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        """``CUSTLEDGER_EXAMPLES`` says how many runs to try."""
        run_machine(self, HandMachine, tmp_path_factory)
