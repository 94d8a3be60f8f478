"""Cases: the settings documents, and the generation that they move."""

from contextlib import ExitStack
from typing import Any

import pytest

from custledger.errors import ConflictError
from custledger.stores.contract import Document, GenerationMovedError
from custledger.testing.assertions import refuses
from custledger.testing.clerk import Clerk, reversal
from custledger.testing.stores.base import StoreCases

JSON_VALUES: tuple[Any, ...] = (
    0,
    "",
    False,
    [],
    {},
    "文字 \U0001f44d \u2028",
    2**53 + 1,
    -1.5,
    [1, "a", None, {"b": [True]}],
    {"z": 1, "a": {"键": "值"}},
)


class DocumentCases(StoreCases):
    """One JSON value a name, with a revision, written and logged like everything else."""

    def test_a_document_that_is_not_there_is_none(self, clerk: Clerk) -> None:
        """Not an error."""
        assert clerk.store.document("colour") is None

    @pytest.mark.parametrize("value", JSON_VALUES, ids=repr)
    def test_a_json_value_comes_back_as_it_was(self, place: Any, clerk: Clerk, value: Any) -> None:
        """Falsy ones too, with the order of their keys, and after reopening."""
        clerk.put("value", value)
        with ExitStack() as stack:
            document = self.reopened(place, clerk, stack).store.document("value")
            assert document is not None
            assert (type(document.value), document.value) == (type(value), value)
            assert not isinstance(value, dict) or list(document.value) == list(value)

    def test_documents_are_listed_by_prefix_in_the_order_of_their_names(self, clerk: Clerk) -> None:
        """A prefix is text, not a pattern."""
        for name in ("field/person/b", "field/person/a", "field_person", "choices/x", "field/visit/%"):
            clerk.put(name, name)

        def named(prefix: str = "") -> list[str]:
            return [document.name for document in clerk.store.documents(prefix)]

        assert named() == ["choices/x", "field/person/a", "field/person/b", "field/visit/%", "field_person"]
        assert named("field/person/") == ["field/person/a", "field/person/b"]
        assert named("%") == []

    def test_a_revision_grows_with_each_write_and_goes_on_after_a_removal(self, clerk: Clerk) -> None:
        """So that a name that comes again is never mistaken for what it was."""
        clerk.put("colour", "red")
        clerk.put("colour", "blue")
        assert clerk.store.document("colour") == Document("colour", "blue", 2)
        clerk.put("colour", None)
        assert clerk.store.document("colour") is None
        assert clerk.store.documents() == []
        clerk.put("colour", "green")
        again = clerk.store.document("colour")
        assert again is not None
        assert again.revision > 2

    @pytest.mark.parametrize("theirs", ["blue", None])
    def test_a_stale_document_is_a_conflict(self, clerk: Clerk, other: Clerk, theirs: str | None) -> None:
        """Somebody else changed or removed it since it was read."""
        clerk.put("colour", "red")
        mine = clerk.document_change("colour", "green")
        other.generation = other.store.generation()
        other.put("colour", theirs)
        clerk.generation = clerk.store.generation()
        with refuses(ConflictError, clerk):
            clerk.apply(documents=(mine,))

    def test_a_document_that_somebody_else_made_first_is_a_conflict(self, clerk: Clerk, other: Clerk) -> None:
        """Both thought that it was new."""
        mine = clerk.document_change("colour", "green")
        other.put("colour", "red")
        clerk.generation = clerk.store.generation()
        with refuses(ConflictError, clerk):
            clerk.apply(documents=(mine,))

    def test_a_document_moves_the_generation(self, clerk: Clerk, other: Clerk) -> None:
        """Every handle sees it moved, and a write under the old one is refused with nothing written."""
        before = clerk.generation
        clerk.put("colour", "red")
        assert clerk.store.generation() == other.store.generation() > before
        with refuses(GenerationMovedError, other):
            other.add("person", name="Ada")
        other.generation = other.store.generation()
        other.add("person", name="Ada")

    def test_rows_do_not_move_the_generation(self, clerk: Clerk) -> None:
        """Creates, updates and removals are no settings."""
        ada = clerk.add("person", name="Ada")
        clerk.edit("person", ada, age=1)
        clerk.remove("person", ada)
        assert clerk.store.generation() == clerk.generation

    def test_documents_land_together_with_rows(self, clerk: Clerk) -> None:
        """One changeset, one operation."""
        receipt = clerk.apply(clerk.creation("person", name="Ada"), documents=(clerk.document_change("colour", "red"),))
        assert clerk.store.document("colour") == Document("colour", "red", 1)
        assert len(clerk.store.log(operation=receipt.operation)) == 2
        assert [change.after for changeset in receipt.applied for change in changeset.documents] == ["red"]
        assert reversal(receipt)
