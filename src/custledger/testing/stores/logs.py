"""Cases: the log, which keeps what would otherwise be lost, and the operations."""

from contextlib import ExitStack
from typing import Any

from custledger.changes import DIGEST_BYTES, DOCUMENT_TYPE, Action, Change, by_key, digest
from custledger.stores.contract import Store
from custledger.testing.clerk import Clerk, reversal
from custledger.testing.samples import CARD, sample_people
from custledger.testing.stores.base import StoreCases


class LogCases(StoreCases):
    """Every change that ever landed is there, in order, with what is needed to walk back from the present."""

    def test_a_create_is_logged_as_an_id_and_a_digest(self, clerk: Clerk) -> None:
        """The digest is that of the row as it is now."""
        operation = clerk.operation("add")
        change = clerk.creation("person", name="王小明", tags=("vip",), balance=125_000)
        clerk.apply(change, operation=operation)
        (entry,) = clerk.store.log()
        assert (entry.type, entry.action, entry.record, entry.count) == ("person", Action.CREATE, change.id, 1)
        assert (entry.operation, entry.at, entry.before) == (operation.id, operation.at, None)
        assert entry.digests == digest(clerk.whole("person", change.id))

    def test_a_bulk_create_is_logged_as_one_run(self, clerk: Clerk) -> None:
        """One entry, with one digest a row in the order of the ids."""
        numbers = clerk.add_many("person", list(sample_people(25)))
        (entry,) = clerk.store.log()
        assert (entry.action, entry.record, entry.count) == (Action.CREATE, numbers[0], 25)
        rows = clerk.store.get(clerk.schemas["person"], numbers)
        schema = clerk.schemas["person"]
        assert entry.digests == b"".join(digest(by_key(schema, row)) for row in rows if row is not None)
        assert len(entry.digests) == 25 * DIGEST_BYTES

    def test_the_history_of_a_record_is_found_inside_a_run(self, clerk: Clerk) -> None:
        """At its beginning, in its middle and at its end, and not beside it."""
        before = clerk.add("person", name="Before")
        numbers = clerk.add_many("person", [{"name": f"No {index}"} for index in range(10)])
        clerk.add_many("visit", [{"person": before}])
        for number in (numbers[0], numbers[4], numbers[9]):
            clerk.edit("person", number, age=1)
            actions = [entry.action for entry in clerk.store.log(record=("person", number))]
            assert actions == [Action.CREATE, Action.UPDATE]
        assert len(clerk.store.log(record=("person", before))) == 1
        assert clerk.store.log(record=("person", numbers[9] + 1)) == []
        assert clerk.store.log(record=("visit", numbers[0])) == []

    def test_an_update_is_logged_with_the_old_values(self, clerk: Clerk) -> None:
        """Of the fields it set, empties too, and with the digest of the new row."""
        ada = clerk.add("person", name="Ada", age=1, tags=("a",))
        clerk.edit("person", ada, age=2, notes="new", tags=None)
        entry = clerk.store.log(record=("person", ada))[-1]
        assert entry.action is Action.UPDATE
        assert entry.before == {"age": 1, "notes": None, "tags": ("a",)}
        assert entry.digests == digest(clerk.whole("person", ada))

    def test_a_removal_is_logged_with_the_whole_row(self, clerk: Clerk) -> None:
        """Its revision and its times among it."""
        ada = clerk.add("person", name="Ada", age=1)
        clerk.edit("person", ada, age=2)
        whole = clerk.whole("person", ada)
        clerk.remove("person", ada)
        entry = clerk.store.log(record=("person", ada))[-1]
        assert (entry.action, entry.before) == (Action.REMOVE, whole)
        assert whole["revision"] == 2

    def test_what_removed_a_record_is_found_while_it_is_gone(self, clerk: Clerk) -> None:
        """Of records that are there, that never were, or that are of another type, nothing is."""
        ada, bo, cy = (clerk.add("person", name=name) for name in ("Ada", "Bo", "Cy"))
        schema, visits = clerk.schemas["person"], clerk.schemas["visit"]
        first, last = clerk.remove("person", ada).operation, clerk.remove("person", bo).operation
        asked = [cy, bo, ada, 1, *range(10, 1200)]
        assert clerk.store.removals(schema, asked) == {ada: first, bo: last}
        assert clerk.store.removals(visits, asked) == clerk.store.removals(schema, []) == {}
        clerk.apply(Change(type="person", id=ada, before=None, after={"name": "Ada"}, revision=1))
        assert clerk.store.removals(schema, asked) == {bo: last}
        again = clerk.remove("person", ada).operation
        assert clerk.store.removals(schema, asked) == {ada: again, bo: last}
        assert Store.removals(clerk.store, schema, asked) == {ada: again, bo: last}

    def test_a_setting_is_logged_with_its_old_value(self, clerk: Clerk) -> None:
        """Its name and revision beside it."""
        clerk.put("colour", {"is": ["red", 1]})
        clerk.put("colour", None)
        made, removed = clerk.store.log()
        assert (made.type, made.action) == (DOCUMENT_TYPE, Action.CREATE)
        assert made.before == {"name": "colour", "value": None, "revision": 0}
        assert (removed.type, removed.action) == (DOCUMENT_TYPE, Action.REMOVE)
        assert removed.before == {"name": "colour", "value": {"is": ["red", 1]}, "revision": 1}

    def test_walking_back_from_the_present_restores_the_past(self, clerk: Clerk) -> None:
        """Every version of a record comes out, and its digest with it."""
        ada = clerk.add("person", name="Ada", age=0)
        versions = [clerk.whole("person", ada)]
        for age in range(1, 6):
            clerk.edit("person", ada, age=age, notes=f"at {age}" if age % 2 else None)
            versions.append(clerk.whole("person", ada))
        present = dict(versions[-1])
        for entry in clerk.store.log(record=("person", ada), newest_first=True):
            assert entry.digests == digest(present)
            assert digest(present) == digest(versions.pop())
            present = {key: value for key, value in {**present, **(entry.before or {})}.items() if value is not None}
        assert versions == []

    def test_cursors_grow_and_since_goes_on_behind_one(self, clerk: Clerk) -> None:
        """Read in pieces, the log is the log."""
        for index in range(7):
            clerk.add("person", name=f"No {index}")
        whole = clerk.store.log()
        cursors = [entry.cursor for entry in whole]
        assert cursors == sorted(set(cursors))
        pieces, since = [], 0
        while piece := clerk.store.log(since=since, limit=3):
            pieces += piece
            since = piece[-1].cursor
        assert pieces == whole

    def test_the_newest_come_first_where_asked(self, clerk: Clerk) -> None:
        """With a limit, the newest of all."""
        for index in range(4):
            clerk.add("person", name=f"No {index}")
        whole = clerk.store.log()
        assert clerk.store.log(newest_first=True) == whole[::-1]
        assert clerk.store.log(newest_first=True, limit=2) == whole[:1:-1]

    def test_changesets_are_numbered_and_operations_hold_several(self, clerk: Clerk) -> None:
        """Entries of one changeset share its number; numbers grow."""
        operation = clerk.operation("import")
        for _ in range(2):
            clerk.apply(clerk.creation("person", name="x"), clerk.creation("person", name="y"), operation=operation)
        clerk.add("person", name="z")
        entries = clerk.store.log(operation=operation.id)
        assert sum(entry.count for entry in entries) == 4
        numbers = list(dict.fromkeys(entry.changeset for entry in entries))
        assert len(numbers) == 2
        assert numbers == sorted(numbers)

    def test_operations_come_back_as_they_were_handed_in(self, clerk: Clerk) -> None:
        """Verb, actor, reason, time, what they undo and what they are about."""
        about = {"file": "客户.csv", "rows": 3, "nested": {"list": [1, None, "x"], "flag": True}}
        operation = clerk.operation("import", reason="春季导入", undoes=clerk.mint.one(), about=about)
        clerk.apply(clerk.creation("person", name="x"), operation=operation)
        assert clerk.store.operations(ids=[operation.id]) == [operation]

    def test_operations_come_newest_first(self, clerk: Clerk) -> None:
        """All, the latest few, or those that are named."""
        made = [clerk.operation() for _ in range(4)]
        for operation in made:
            clerk.apply(clerk.creation("person", name="x"), operation=operation)
        assert clerk.store.operations() == made[::-1]
        assert clerk.store.operations(limit=2) == made[:1:-1]
        assert clerk.store.operations(ids=[made[0].id, made[2].id, 1]) == [made[2], made[0]]

    def test_a_field_added_later_leaves_digests_as_they_are(self, clerk: Clerk) -> None:
        """Empty values are not part of a digest."""
        ada = clerk.add("person", name="Ada")
        clerk.learn([clerk.schemas["person"].extended([CARD])])
        assert clerk.store.log()[0].digests == digest(clerk.whole("person", ada))

    def test_a_record_brought_back_has_the_digest_it_had(self, clerk: Clerk) -> None:
        """The same content under the same id."""
        ada = clerk.add("person", name="Ada", age=1)
        clerk.apply(*reversal(clerk.remove("person", ada)))
        created, _, restored = clerk.store.log(record=("person", ada))
        assert created.digests == restored.digests

    def test_the_log_and_the_operations_are_there_after_reopening(self, place: Any, clerk: Clerk) -> None:
        """Exactly as they were."""
        ada = clerk.add("person", name="Ada", tags=("a", "b"))
        clerk.edit("person", ada, tags=("b",), seen="2026-02-03T04:05:06.789Z")
        clerk.remove("person", ada)
        was = (clerk.store.log(), clerk.store.operations(), clerk.store.identity)
        with ExitStack() as stack:
            later = self.reopened(place, clerk, stack).store
            assert (later.log(), later.operations(), later.identity) == was
