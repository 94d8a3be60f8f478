"""What a ledger of the sample types ought to hold, as plain dictionaries: the state machine's other opinion."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Self

from custledger.changes import Change
from custledger.errors import FieldConflict
from custledger.values import fold

Values = dict[str, Any]


class Model:
    """Records by type and id, their revisions, and one setting. ``public`` makes the public id of a type's record."""

    def __init__(self, public: Mapping[str, Callable[[int], str]]) -> None:
        self.public = public
        self.records: dict[str, dict[int, Values]] = {"person": {}, "visit": {}}
        self.revisions: dict[int, int] = {}
        self.setting: Any = None

    def copy(self) -> Self:
        """Return a model that is the same, and stays so."""
        same = type(self)(self.public)
        for name, records in self.records.items():
            same.records[name] = {number: dict(values) for number, values in records.items()}
        same.revisions = dict(self.revisions)
        same.setting = self.setting
        return same

    def create(self, name: str, number: int, values: Mapping[str, Any]) -> None:
        """Add a record."""
        self.records[name][number] = {key: value for key, value in values.items() if value is not None}
        self.revisions[number] = 1

    def update(self, name: str, number: int, after: Mapping[str, Any]) -> None:
        """Set fields of a record; ``None`` empties one."""
        values = {**self.records[name][number], **after}
        self.records[name][number] = {key: value for key, value in values.items() if value is not None}
        self.revisions[number] += 1

    def holder_of(self, code: str | None, *, other_than: int = 0) -> int | None:
        """Return the person who has a code, or ``None``."""
        for number, values in self.records["person"].items():
            if code is not None and number != other_than and fold(values.get("code", "")) == fold(code):
                return number
        return None

    def merged(self, change: Change) -> Values | tuple[FieldConflict, ...] | None:
        """Return what an update sets, or the conflicts that forbid it, or ``None`` where its record is gone."""
        present = self.records[change.type].get(change.id)
        if present is None:
            return None
        after, base = dict(change.after or {}), change.before or {}
        if change.revision == self.revisions[change.id]:
            return after
        conflicts = []
        for key, mine in after.items():
            was, theirs = base.get(key), present.get(key)
            if key == "tags":
                after[key] = _merged_tags(set(was or ()), set(mine or ()), set(theirs or ()))
            elif mine == was:
                after[key] = theirs
            elif theirs not in {was, mine}:
                conflicts.append(FieldConflict(key, was, mine, theirs))
        return tuple(conflicts) or after

    def without(self, name: str, number: int) -> Self | None:
        """Return the model after the removal of a record, or ``None`` where a guide's visit forbids it."""
        after = self.copy()
        gone = {self.public[name](number)}
        del after.records[name][number]
        visits = after.records["visit"]
        if name == "person":
            gone |= {self.public["visit"](visit) for visit, values in visits.items() if values["person"] == number}
            after.records["visit"] = visits = {v: values for v, values in visits.items() if values["person"] != number}
            if any(values.get("guide") == number for values in visits.values()):
                return None
            after.empty("person", "mentor", {number})
        after.empty("visit", "about", gone)
        return after

    def empty(self, name: str, key: str, gone: set[Any]) -> None:
        """Empty a reference in the records where it holds one of ``gone``."""
        for number, values in self.records[name].items():
            if values.get(key) in gone:
                self.update(name, number, {key: None})

    def reverted_to(self, was: Self, changes: Iterable[Change]) -> Self:
        """Return ``was`` with the revisions that its records have after ``changes`` brought them back to it."""
        result = was.copy()
        for change in changes:
            if change.after is not None:
                result.revisions[change.id] = change.revision + 1
        return result


def _merged_tags(base: set[str], mine: set[str], theirs: set[str]) -> tuple[str, ...] | None:
    added, dropped = mine - base, base - mine
    return tuple(sorted(tag for tag in theirs | added if tag not in dropped or tag in added)) or None
