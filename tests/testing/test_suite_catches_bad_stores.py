"""The suite that proves stores proves something: stores with one planted fault each fail the case that is meant for it."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import Phase

from custledger.changes import Action, Change, Changeset, LogEntry, Receipt
from custledger.errors import ConflictError, CustledgerError, NotFoundError
from custledger.expressions import Expression, Moment
from custledger.schema import Row, Schema
from custledger.stores.contract import Hit, Query, Store
from custledger.stores.drafts import Draft
from custledger.stores.memory import MemoryLedger, MemoryStore
from custledger.testing import Clerk, StoreContract


class WithoutCompareAndSwap(MemoryStore):
    """Whoever writes last wins: it takes every update for one that has read what is there now."""

    def apply(self, changeset: Changeset, *, generation: int) -> Receipt:
        def fresh(change: Change) -> Change:
            present = self._ledger.state.rows(change.type).values(change.id)
            if change.action is Action.CREATE or present is None:
                return change
            read = {key: present.get(key) for key in change.before or ()}
            return attrs.evolve(change, before=read, revision=present["revision"])

        changes = tuple(map(fresh, changeset.changes))
        return super().apply(attrs.evolve(changeset, changes=changes), generation=generation)


class ReadingWhatComesLater(MemoryStore):
    """Its select has no snapshot: it looks into the present state for each row."""

    def select(self, schema: Schema, query: Query) -> Iterator[Row]:
        if query.columns is not None or query.where is not None:
            yield from super().select(schema, query)
            return
        last = 0
        while True:
            rows = self._state.rows(schema.name)
            last = min((one for one in rows.ids if one > last), default=0)
            row = rows.row(schema, last)
            if row is None:
                return
            yield row


class ForgettingRemovals(MemoryStore):
    """Its log does not keep what was removed."""

    def log(self, **asked: Any) -> list[LogEntry]:
        return [entry for entry in super().log(**asked) if entry.action is not Action.REMOVE]


class RulesOverPersons(MemoryStore):
    """It forgets which tags were taken off, so that rules put them on again."""

    def apply(self, changeset: Changeset, *, generation: int) -> Receipt:
        receipt = super().apply(changeset, generation=generation)
        kept = {
            name: {number: tuple(mark for mark in marks if not mark.refused) for number, marks in held.items()}
            for name, held in self._ledger.state.marks.items()
        }
        self._ledger.state = attrs.evolve(self._ledger.state, marks=kept)
        return receipt


class RulesAsPersons(MemoryStore):
    """What rules find raises revisions, as if a person had written it."""

    def apply(self, changeset: Changeset, *, generation: int) -> Receipt:
        receipt = super().apply(changeset, generation=generation)
        tables = dict(self._ledger.state.tables)
        for change in receipt.applied[0].changes:
            if change.is_derived:
                rows = tables[change.type]
                values = rows.values(change.id) or {}
                tables[change.type] = rows.changed(
                    rows.keys, {change.id: {**values, "revision": values["revision"] + 1}}
                )
        self._ledger.state = attrs.evolve(self._ledger.state, tables=tables)
        return receipt


class LandingInPieces(MemoryStore):
    """Each change of a changeset lands by itself, and what landed before one that cannot stays."""

    def apply(self, changeset: Changeset, *, generation: int) -> Receipt:
        for creates in changeset.creates:
            super().apply(attrs.evolve(changeset, changes=(), creates=(creates,), documents=()), generation=generation)
        for change in changeset.changes:
            super().apply(attrs.evolve(changeset, changes=(change,), creates=(), documents=()), generation=generation)
        return super().apply(attrs.evolve(changeset, changes=(), creates=()), generation=generation)


class IgnoringTheGeneration(MemoryStore):
    """Writes under settings that are no longer those of the ledger."""

    def apply(self, changeset: Changeset, *, generation: int) -> Receipt:
        return super().apply(changeset, generation=generation and self.generation())


class LeavingReferences(MemoryStore):
    """Removes a record and leaves those that refer to it as they are."""

    def apply(self, changeset: Changeset, *, generation: int) -> Receipt:
        draft = Draft(self._state, changeset)
        draft._referrers = lambda *_: []  # type: ignore[method-assign]
        self._ledger.state, receipt = draft.land()
        return receipt


class FindingOldWords(MemoryStore):
    """Finds whatever it has once found, as an index does that updates only add to."""

    def search(self, text: str, schemas: Sequence[Schema], limit: int) -> list[Hit]:
        found = super().search(text, schemas, limit)
        earlier = [
            Hit(entry.type, entry.record)
            for entry in self._state.history.log()
            if entry.before and any(isinstance(value, str) and text in value for value in entry.before.values())
        ]
        return [*found, *(hit for hit in earlier if hit not in found)]


class CountingWithCase(MemoryStore):
    """Compares texts byte by byte when it counts."""

    def count(self, schema: Schema, where: Expression | None, by: Sequence[Expression], moment: Moment) -> list[Any]:
        if len(by) != 1:
            return super().count(schema, where, by, moment)
        values = [row[0] for row in self.select(schema, Query(moment=moment, where=where, columns=tuple(by)))]
        return sorted(((value, values.count(value)) for value in set(values)), key=lambda pair: -pair[1])


class RewritingRevisions(MemoryStore):
    """Begins again at revision 1 when a record is brought back."""

    def apply(self, changeset: Changeset, *, generation: int) -> Receipt:
        changes = tuple(
            attrs.evolve(change, revision=0) if change.action is Action.CREATE else change
            for change in changeset.changes
        )
        return super().apply(attrs.evolve(changeset, changes=changes), generation=generation)


class LosingTheLastChunk(MemoryStore):
    """Yields a receipt for a chunk of a load before it has landed."""

    def load(self, changesets: Iterable[Changeset], *, generation: int) -> Generator[Receipt, None, None]:
        waiting: Changeset | None = None
        for changeset in changesets:
            if waiting is not None:
                self.apply(waiting, generation=generation)
            waiting = changeset
            created = sum(len(creates) for creates in changeset.creates)
            yield Receipt(operation=changeset.operation.id, applied=(changeset,), created=created)


class PagingByPlace(MemoryStore):
    """Begins a page behind the values of its sort keys, and forgets the records that share them."""

    def select(self, schema: Schema, query: Query) -> Iterator[Row]:
        if query.after is not None and query.order:
            query = attrs.evolve(query, after=(*query.after[:-1], 2**63))
        return super().select(schema, query)


Case = Callable[..., None]
"""A method of the suite, called with itself and a clerk, and with a second clerk where it takes one."""

CAUGHT: tuple[tuple[type[MemoryStore], Case, tuple[Any, ...]], ...] = (
    (
        WithoutCompareAndSwap,
        StoreContract.test_a_stale_update_of_the_same_field_raises_with_base_mine_and_theirs,
        ("other",),
    ),
    (
        WithoutCompareAndSwap,
        StoreContract.test_sets_merge_element_by_element,
        ("other", (("a",), ("a", "b"), None, ("b",))),
    ),
    (WithoutCompareAndSwap, StoreContract.test_tags_added_from_many_threads_and_handles_are_all_there, ("other",)),
    (WithoutCompareAndSwap, StoreContract.test_a_removal_of_a_record_edited_meanwhile_is_a_conflict, ("other",)),
    (ReadingWhatComesLater, StoreContract.test_a_select_reads_from_one_snapshot, ("other", "the same handle")),
    (ReadingWhatComesLater, StoreContract.test_a_select_reads_from_one_snapshot, ("other", "another handle")),
    (ForgettingRemovals, StoreContract.test_a_removal_is_logged_with_the_whole_row, ()),
    (LandingInPieces, StoreContract.test_a_changeset_lands_whole_or_not_at_all, ("a stale update", "last")),
    (LandingInPieces, StoreContract.test_a_changeset_lands_whole_or_not_at_all, ("a stale document", "first")),
    (LandingInPieces, StoreContract.test_a_reference_may_come_before_what_it_refers_to_in_a_changeset, ()),
    (IgnoringTheGeneration, StoreContract.test_a_schema_that_grew_moves_the_generation, ("other",)),
    (IgnoringTheGeneration, StoreContract.test_a_document_moves_the_generation, ("other",)),
    (LeavingReferences, StoreContract.test_a_removal_cascades, ()),
    (LeavingReferences, StoreContract.test_a_removal_that_a_reference_restricts_is_refused, ()),
    (LeavingReferences, StoreContract.test_a_removal_empties_references, ()),
    (FindingOldWords, StoreContract.test_an_update_takes_the_old_words_away, ()),
    (CountingWithCase, StoreContract.test_count_by_text_counts_equals_together, ()),
    (CountingWithCase, StoreContract.test_count_by_several_values_counts_a_record_under_each, ("tags",)),
    (RewritingRevisions, StoreContract.test_a_record_brought_back_has_its_creation_time_and_a_revision_one_higher, ()),
    (RulesOverPersons, StoreContract.test_a_tag_that_a_person_took_off_stays_off_whatever_rules_find, ()),
    (RulesAsPersons, StoreContract.test_a_derived_change_raises_no_revision_and_is_stale_for_nobody, ()),
    (LosingTheLastChunk, StoreContract.test_a_load_lands_chunk_after_chunk, ()),
    (LosingTheLastChunk, StoreContract.test_a_load_may_be_left_early, ()),
    (PagingByPlace, StoreContract.test_pages_walk_through_everything_once, ("a field that is often empty",)),
)

CAUGHT_BY_THE_MACHINE = (
    WithoutCompareAndSwap,
    LeavingReferences,
    FindingOldWords,
    RewritingRevisions,
    ForgettingRemovals,
)


def test_the_state_machine_of_tags_finds_a_rule_that_goes_over_persons(
    tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises((AssertionError, ExceptionGroup)):
        suite_of(RulesOverPersons).test_decisions_win_over_rules_in_any_order(tmp_path_factory)
    capsys.readouterr()


def suite_of(store: type[MemoryStore]) -> StoreContract:
    """Return the suite for one kind of memory store."""

    class Suite(StoreContract):
        machine_settings = {"phases": (Phase.generate,), "derandomize": True}  # noqa: RUF012 - read only

        def make_place(self, tmp_path: Path) -> MemoryLedger:
            return MemoryLedger(tmp_path.name)

        def open_store(self, place: Any, *, read_only: bool = False) -> Store:
            return store(place, read_only=read_only)

    return Suite()


def run(store: type[MemoryStore], case: Case, more: Sequence[Any], tmp_path: Path) -> None:
    """Run one case of the suite against one kind of memory store."""
    suite = suite_of(store)
    place = suite.make_place(tmp_path)
    clerk = Clerk(suite.open_store(place))
    given = [clerk.beside(suite.open_store(place)) if argument == "other" else argument for argument in more]
    case(suite, clerk, *given)


@pytest.mark.parametrize(("store", "case", "more"), CAUGHT)
def test_a_planted_fault_fails_the_case_that_is_meant_for_it(
    store: type[MemoryStore], case: Case, more: tuple[Any, ...], tmp_path: Path
) -> None:
    run(MemoryStore, case, more, tmp_path)
    with pytest.raises((AssertionError, ConflictError, NotFoundError, pytest.fail.Exception)):
        run(store, case, more, tmp_path)


@pytest.mark.parametrize("store", CAUGHT_BY_THE_MACHINE)
def test_the_state_machine_finds_a_planted_fault(
    store: type[MemoryStore], tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises((AssertionError, CustledgerError, ExceptionGroup, KeyError)):
        suite_of(store).test_state_machine(tmp_path_factory)
    capsys.readouterr()
