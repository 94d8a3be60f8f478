"""Making a changeset of a chunk whose rows find the records that they change by a key column."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from custledger.changes import Change, Creates
from custledger.schema import ID, REVISION, Field, Row
from custledger.services.editing import missing
from custledger.services.importing import links as linking
from custledger.services.importing.build import Builder, Built
from custledger.services.importing.chunk import Chunk, comparable, lacking, repeated
from custledger.services.importing.columns import Bad
from custledger.services.importing.references import matching_rows
from custledger.services.importing.report import EXAMPLES, Example
from custledger.services.importing.revisions import Revisions, merged

Match = Row | Bad | None
"""What a key value finds in the ledger."""


class KeyBuilder(Builder):
    """Makes changesets of the chunks of one file in which a row changes the record that has its ``key``.

    A row whose key no record has is a new record; by id, so is one without an id. An empty cell leaves the field of a
    record that is there as it is, unless ``erase`` says that it empties it. ``seen`` holds the keys of landed rows: the
    second row with a key is rejected, wherever it stands. ``revisions`` tells what rows were read from, which a file
    with ids and revisions says: such a row is merged with what was changed since.
    """

    def __init__(self, *arguments: Any, key: Field, erase: bool = False, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.key = key
        self.erase = erase
        self.revisions = Revisions(self.session, self.schema, self.plan)
        self.seen: set[Any] = set()

    def landed(self, built: Built) -> None:
        """Remember the keys of a chunk that has landed, or would have."""
        super().landed(built)
        self.seen |= built.keys

    def _changes(
        self, chunk: Chunk, values: dict[str, list[Any]], resolved: dict[str, list[Any]], *, look: bool
    ) -> Built:
        columns = values | resolved
        keys = comparable(self.key, columns[self.key.key])
        matches = self._matches(chunk, columns[self.key.key], keys)
        self._require(chunk, columns, matches)
        rows = {index: match for index, match in enumerate(matches) if isinstance(match, tuple)}
        there = {index: row[ID] for index, row in rows.items()}
        linking.refuse_selves(chunk, self.plan, columns, self.schema, language=self.language, there=there)
        if look:
            self._refuse_taken(chunk, columns, there)
        read = self._read(chunk, columns, rows)
        linking.refuse_followers(chunk, resolved)
        kept = chunk.kept()
        numbers = self._numbers(kept, matches, columns.get("id"))
        made = linking.make(self.links, resolved, kept, self.operation, self.today)
        linking.settle(self.links, resolved, numbers)
        counts, examples, changes = Counter[str](), list[Example](), list[Change]()
        new = []
        for index in kept:
            if index not in rows:
                new.append(index)
            elif update := self._merged(rows[index], read.get(index), columns, index):
                changes.append(update[0])
                if len(changes) <= EXAMPLES:
                    examples.append(Example(chunk.numbers[index], "changed", self._shown(rows[index], update[1])))
            else:
                counts["skipped"] += 1
        counts.update(added=len(new), changed=len(changes))
        examples += [Example(chunk.numbers[index], "added", self._called(chunk, index)) for index in new[:EXAMPLES]]
        creates = self._runs(columns, [(numbers[index], index) for index in new])
        landed = frozenset(keys[index] for index in kept if keys[index] is not None)
        about = {"ids": [numbers[index] for index in kept], "numbers": chunk.numbers_of(kept)}
        return self._built(
            chunk, made, creates, changes, counts=counts, examples=examples, looked=look, keys=landed, **about
        )

    def _matches(self, chunk: Chunk, values: Sequence[Any], keys: Sequence[Any]) -> list[Match]:
        """Return what each row's key finds; rows whose key is empty, used before or not one record's are refused."""
        label = self.key.label(self.language)
        if self.key.key != "id":
            why = f"{label}: it is empty, so there is no telling which {self.schema.name} is meant"
            chunk.refuse_empty(self.key.key, lacking(keys, why))
        chunk.refuse(repeated(self.key, values, chunk.numbers, label))
        chunk.refuse(
            {
                index: f"{label}: an earlier row has the same one"
                for index, value in enumerate(keys)
                if value is not None and value in self.seen
            }
        )
        there = self._there(values, label)
        matches = [None if value is None else there.get(value) for value in keys]
        chunk.refuse({index: match.reason for index, match in enumerate(matches) if isinstance(match, Bad)})
        self.revisions.refuse_removed(chunk, [index for index, match in enumerate(matches) if match is None])
        return matches

    def _refuse_taken(self, chunk: Chunk, columns: Mapping[str, list[Any]], there: Mapping[int, int]) -> None:
        """Refuse the rows whose unique values other records have that do not give them up in another row."""
        for field in self.unique:
            if field.key == self.key.key:
                continue
            values, label = columns[field.key], field.label(self.language)
            keys = comparable(field, values)
            chunk.refuse(repeated(field, values, chunk.numbers, label))
            of_row = {number: keys[index] for index, number in there.items()}
            keeping = {
                key: number
                for key, number in self._holders(field, values).items()
                if of_row.get(number) is None or of_row[number] == key  # else its own row gives it another value
            }
            chunk.refuse(
                {
                    index: self._held(field, values[index], keeping[key])
                    for index, key in enumerate(keys)
                    if key in keeping and keeping[key] != there.get(index)
                }
            )

    def _there(self, values: Sequence[Any], label: str) -> dict[Any, Row | Bad]:
        """Return the ledger's rows by key value; ``Bad`` where several have it."""
        wanted = list(dict.fromkeys(value for value in values if isinstance(value, str | int)))
        if self.key.key == "id":
            rows = self.session.view.get(self.schema, [int(number) for number in wanted]) if wanted else []
            return {row[ID]: row for row in rows if row is not None}
        place = self.schema.positions[self.key.key]
        found: dict[Any, Row | Bad] = {}
        for row in matching_rows(self.session, self.schema, self.key, wanted, whole=True):
            value = comparable(self.key, [row[place]])[0]
            found[value] = row if value not in found else Bad(f"{label}: more than one {self.schema.name} has it")
        return found

    def _require(self, chunk: Chunk, columns: Mapping[str, list[Any]], matches: Sequence[Match]) -> None:
        """Refuse the rows that leave a required field empty: new ones, and with ``erase`` those that empty it."""
        for field in self.schema.fields:
            if not field.spec.required or field.key in self.defaults:
                continue
            column = columns.get(field.key) or [None] * len(chunk)
            erases = self.erase and field.key in columns
            empty = {
                index: missing(self.schema, field, self.language).message
                for index, value in enumerate(column)
                if value is None and (matches[index] is None or erases)
            }
            chunk.refuse_empty(field.key, empty)

    def _numbers(
        self, kept: Sequence[int], matches: Sequence[Match], given: Sequence[int | None] | None
    ) -> dict[int, int]:
        """Return the id of each kept row, by index: its record's, the one it brings, or a new one."""
        numbers: dict[int, int] = {}
        bare = []
        for index in kept:
            match = matches[index]
            told = match[ID] if isinstance(match, tuple) else given[index] if given else None
            if told is None:
                bare.append(index)
            else:
                numbers[index] = told
        first = self._run(len(bare))
        return numbers | {index: first + place for place, index in enumerate(bare)}

    def _runs(self, columns: Mapping[str, list[Any]], new: list[tuple[int, int]]) -> list[Creates]:
        """Return new records, given as ``(id, index)``, as runs of consecutive ids."""
        runs: list[tuple[list[int], list[int]]] = []
        before = None
        for number, index in sorted(new):
            if before is None or number != before + 1:
                runs.append(([], []))
            runs[-1][0].append(index)
            runs[-1][1].append(number)
            before = number
        return [self._creates(columns, *run, whole=False) for run in runs]

    def _read(self, chunk: Chunk, columns: Mapping[str, list[Any]], rows: Mapping[int, Row]) -> dict[int, Row]:
        """Return by index what rows were read from that say another revision than the present one.

        Those that stand against what was changed since are refused. One that says what is there anyway is passed over.
        """
        read = {}
        for index, revision in self.revisions.stale(chunk, rows).items():
            if index not in chunk.reasons and self._update(rows[index], columns, index):
                read[index] = self.revisions.read(chunk, index, rows[index], revision)
                if change := self._update(read[index], columns, index):
                    self.revisions.refuse_conflicts(chunk, index, change, rows[index])
        return read

    def _merged(
        self, row: Row, read: Row | None, columns: Mapping[str, list[Any]], index: int
    ) -> tuple[Change, Change] | None:
        """Return the change that a row makes, and how it comes out; ``read`` is what it was read from, if not that."""
        change = self._update(row if read is None else read, columns, index)
        if change is None:
            return None
        return (change, change) if read is None else merged(self.schema, change, row)

    def _update(self, row: Row, columns: Mapping[str, list[Any]], index: int) -> Change | None:
        before, after = {}, {}
        for name, column in columns.items():
            value, old = column[index], row[self.schema.positions[name]]
            if name in self.currencies and (value or self.own) == (old or self.own):
                continue
            if value != old and name != "id" and (value is not None or self.erase):
                before[name], after[name] = old, self.kept(name, value)
        if not after:
            return None
        return Change(type=self.schema.name, id=row[ID], before=before, after=after, revision=row[REVISION])

    def _shown(self, row: Row, change: Change) -> str:
        codec = self.session.codec(self.schema.name)
        told = []
        for name, value in (change.after or {}).items():
            field, old = self.schema.by_key[name], (change.before or {})[name]
            shown = "…" if field.spec.sensitive else f"“{codec.text(field, old)}” → “{codec.text(field, value)}”"
            told.append(f"{field.label(self.language)} {shown}")
        return f"{self.schema.display(row)}: {', '.join(told)}"
