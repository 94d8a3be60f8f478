"""Case: a state machine that drives two handles on one ledger, and compares them with a plain dictionary."""

from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis.stateful import initialize, invariant, precondition, rule

from custledger.changes import Change, Receipt, digest
from custledger.errors import ConflictError, DuplicateError, ReferencedError
from custledger.stores.contract import GenerationMovedError
from custledger.testing.clerk import reversal
from custledger.testing.samples import CARD
from custledger.testing.stores.base import StoreCases
from custledger.testing.stores.model import Model
from custledger.testing.stores.two_handles import HANDLES, PICKS, TwoHandles, run_machine

NAMES = st.sampled_from(["Ada", "ａｄａ", "王小明", "Straße", "İ", "👍"])
TAGS = st.lists(st.sampled_from(["a", "b", "c", "d"]), unique=True).map(lambda tags: tuple(sorted(tags)) or None)
CODES = st.sampled_from(["one", "ONE", "two", "ｔｗｏ", None, None, None])
OPTIONAL = {"age": st.none() | st.integers(-3, 3), "grade": st.sampled_from(["gold", "silver", None]), "tags": TAGS}
PERSON = st.fixed_dictionaries({"name": NAMES}, optional={"code": CODES, **OPTIONAL})
EDITABLE: dict[str, st.SearchStrategy[Any]] = {"name": NAMES, "code": CODES, **OPTIONAL}
EDIT = st.sets(st.sampled_from(sorted(EDITABLE)), min_size=1, max_size=3).flatmap(
    lambda keys: st.fixed_dictionaries({key: EDITABLE[key] for key in sorted(keys)})
)
SEVERAL_PEOPLE = precondition(lambda self: len(self.model.records["person"]) > 1)


class LedgerMachine(TwoHandles):
    """Two handles, two record types, stale edits, undo, growth and reopening against ``Model``."""

    @initialize()
    def open_two_handles(self) -> None:
        """Begin with a new ledger."""
        first = self.open_both()
        self.model = Model({name: schema.public_id for name, schema in first.schemas.items()})
        self.last: tuple[Receipt, Model] | None = None
        self.readings: list[tuple[int, Change]] = []
        self.grown = False
        for name in ("Ada", "王小明", "Straße"):
            self.add_person(0, {"name": name}, None)

    def pick(self, name: str, which: int | None) -> int | None:
        """Return the id of one of the records of a type, or ``None`` where there is none, or none is wanted."""
        numbers = sorted(self.model.records[name])
        return numbers[which % len(numbers)] if numbers and which is not None else None

    def land(self, handle: int, *changes: Change, **more: Any) -> Receipt:
        """Write through a handle, preparing again where the generation has moved, as the services do."""
        clerk = self.clerks[handle]
        was = self.model.copy()
        changeset = clerk.changeset(*changes, **more)
        try:
            receipt = clerk.store.apply(changeset, generation=clerk.generation)
        except GenerationMovedError:
            assert clerk.store.generation() != clerk.generation
            clerk.learn(clerk.schemas.values())
            receipt = clerk.store.apply(changeset, generation=clerk.generation)
        landed = sum(1 for applied in receipt.applied for _ in (*applied, *applied.documents))
        assert sum(entry.count for entry in clerk.store.log(operation=receipt.operation)) == landed
        self.last = (receipt, was)
        return receipt

    @rule(handle=HANDLES, values=PERSON, mentor=st.none() | PICKS)
    def add_person(self, handle: int, values: dict[str, Any], mentor: int | None) -> None:
        """Add one, unless the code is taken."""
        values = {**values, "mentor": self.pick("person", mentor)}
        change = self.clerks[handle].creation("person", **values)
        if self.model.holder_of(values.get("code")) is not None:
            self.refused(DuplicateError, handle, change)
        else:
            self.land(handle, change)
            self.model.create("person", change.id, values)

    @rule(handle=HANDLES, names=st.lists(NAMES, min_size=1, max_size=4))
    def add_many_people(self, handle: int, names: list[str]) -> None:
        """Add a run of them."""
        clerk = self.clerks[handle]
        operation = clerk.operation("import")
        run = clerk.creates("person", [{"name": name} for name in names], operation.at)
        self.land(handle, creates=(run,), operation=operation)
        for row, name in zip(run.rows, names, strict=True):
            self.model.create("person", row[0], {"name": name})

    @SEVERAL_PEOPLE
    @rule(handle=HANDLES, person=PICKS, guide=st.none() | PICKS, name=st.sampled_from(["person", "visit"]), about=PICKS)
    def add_visit(self, handle: int, person: int, guide: int | None, name: str, about: int) -> None:
        """Add a visit to somebody who is there, about a person, a visit or nothing."""
        clerk, subject = self.clerks[handle], self.pick(name, about)
        values: dict[str, Any] = {
            "person": self.pick("person", person),
            "guide": self.pick("person", guide),
            "about": subject and clerk.schemas[name].public_id(subject),
            "note": "谈合同",
        }
        change = clerk.creation("visit", **values)
        self.land(handle, change)
        self.model.create("visit", change.id, values)

    @SEVERAL_PEOPLE
    @rule(handle=HANDLES, person=PICKS, after=EDIT)
    def read(self, handle: int, person: int, after: dict[str, Any]) -> None:
        """Read a record now, to edit it some time later."""
        number = self.pick("person", person)
        assert number is not None
        self.readings.append((handle, self.clerks[handle].edition("person", number, **after)))

    @SEVERAL_PEOPLE
    @rule(person=PICKS, first=EDIT, second=EDIT)
    def edit_side_by_side(self, person: int, first: dict[str, Any], second: dict[str, Any]) -> None:
        """Both handles read one record, and then both edit it."""
        number = self.pick("person", person)
        assert number is not None
        one, other = self.clerks
        edits = (one.edition("person", number, **first), other.edition("person", number, **second))
        for handle, change in enumerate(edits):
            self.write(handle, change)

    @precondition(lambda self: self.readings)
    @rule(which=PICKS)
    def write_what_was_read(self, which: int) -> None:
        """Edit a record that may have changed since, or be gone."""
        self.write(*self.readings.pop(which % len(self.readings)))

    def write(self, handle: int, change: Change) -> None:
        """Land an update that may be stale, or see it refused with base, mine and theirs."""
        outcome = self.model.merged(change)
        if outcome is None:
            self.refused(ConflictError, handle, change)
        elif isinstance(outcome, tuple):
            error = self.refused(ConflictError, handle, change)
            assert isinstance(error, ConflictError)
            assert {tuple(conflict) for conflict in error.fields} == {tuple(conflict) for conflict in outcome}
        elif self.model.holder_of(outcome.get("code"), other_than=change.id) is not None:
            self.refused(DuplicateError, handle, change)
        else:
            self.land(handle, change)
            self.model.update("person", change.id, outcome)

    @SEVERAL_PEOPLE
    @rule(handle=HANDLES, name=st.sampled_from(["person", "visit"]), which=PICKS)
    def remove(self, handle: int, name: str, which: int) -> None:
        """Remove a record and what goes along with it, unless somebody is needed as a guide."""
        self.removed(handle, name, which)

    def removed(self, handle: int, name: str, which: int) -> bool:
        """Remove a record, or see it refused, and return whether it is gone."""
        number = self.pick(name, which)
        if number is None:
            return False
        change = self.clerks[handle].removal(name, number)
        after = self.model.without(name, number)
        if after is None:
            self.refused(ReferencedError, handle, change)
            return False
        self.land(handle, change)
        self.model = after
        return True

    @precondition(lambda self: self.last is not None)
    @rule(handle=HANDLES)
    def take_back_the_last_write(self, handle: int) -> None:
        """Everything is as it was before it, but the revisions, which go on."""
        assert self.last is not None
        receipt, was = self.last
        changes = reversal(receipt)
        self.land(handle, *changes)
        self.model = self.model.reverted_to(was, changes)
        self.last = None

    @SEVERAL_PEOPLE
    @rule(handle=HANDLES, name=st.sampled_from(["person", "visit"]), which=PICKS)
    def remove_and_bring_back(self, handle: int, name: str, which: int) -> None:
        """What went comes back under its id, with what went along with it."""
        if self.removed(handle, name, which):
            self.take_back_the_last_write(1 - handle)

    @precondition(lambda self: not self.grown)
    @rule(handle=HANDLES)
    def add_a_field(self, handle: int) -> None:
        """A custom field appears in the middle of it all; the other handle hears of it when it writes."""
        for clerk in (self.clerks[handle], self.clerks[1 - handle]):
            clerk.schemas["person"] = clerk.schemas["person"].extended([CARD])
        self.clerks[handle].learn([])
        self.grown = True

    @precondition(lambda self: self.grown and self.model.records["person"])
    @rule(handle=HANDLES, person=PICKS, card=st.none() | NAMES)
    def set_the_added_field(self, handle: int, person: int, card: str | None) -> None:
        """It is a field like any other."""
        number = self.pick("person", person)
        assert number is not None
        self.land(handle, self.clerks[handle].edition("person", number, x_card=card))
        self.model.update("person", number, {"x_card": card})

    @rule(handle=HANDLES, value=st.none() | st.integers())
    def put_a_setting(self, handle: int, value: int | None) -> None:
        """It moves the generation under the other handle."""
        clerk = self.clerks[handle]
        if value is None and clerk.store.document("setting") is None:
            return
        self.land(handle, documents=(clerk.document_change("setting", value),))
        self.model.setting = value
        self.last = None

    @rule(handle=HANDLES, text=st.sampled_from(["ada", "小明", "strasse", "合同"]))
    def search(self, handle: int, text: str) -> None:
        """What occurs is found, in either handle."""
        word = {"ada": {"Ada", "ａｄａ"}, "小明": {"王小明"}, "strasse": {"Straße"}, "合同": {"谈合同"}}[text]
        expected = {
            number
            for rows in self.model.records.values()
            for number, values in rows.items()
            if word & {values.get("name"), values.get("note"), values.get("x_card")}
        }
        assert set(self.clerks[handle].found(text, limit=1000)) == expected

    def refused(self, error: type[Exception], handle: int, change: Change) -> Exception:
        """Check that a write is refused; that it left nothing is for the invariants."""
        try:
            self.land(handle, change)
        except error as raised:
            return raised
        raise AssertionError(f"{error.__name__} was not raised")

    @invariant()
    def both_handles_agree_with_the_model(self) -> None:
        """Values, revisions and settings are those of the dictionary."""
        for clerk in self.clerks:
            for name, expected in self.model.records.items():
                assert clerk.everything(name) == expected
                found = {number: clerk.whole(name, number)["revision"] for number in expected}
                assert found == {number: self.model.revisions[number] for number in expected}
            document = clerk.store.document("setting")
            assert (document and document.value) == self.model.setting

    @invariant()
    def the_log_leads_to_the_present(self) -> None:
        """Each record's latest entry has the digest of the record."""
        clerk = self.clerks[0]
        for name, rows in self.model.records.items():
            for number in rows:
                (entry,) = clerk.store.log(record=(name, number), newest_first=True, limit=1)
                place = 16 * (number - entry.record)
                assert entry.digests[place : place + 16] == digest(clerk.whole(name, number))


class MachineCases(StoreCases):
    """The longest case: whatever two handles do, in whatever order, nothing is lost."""

    def test_state_machine(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        """``CUSTLEDGER_EXAMPLES`` says how many runs to try."""
        run_machine(self, LedgerMachine, tmp_path_factory)
