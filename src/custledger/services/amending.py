"""What plugins add to a changeset before it is written: read like anything that comes from outside, then folded in."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn

import attrs

from custledger.changes import Action, Change, Changeset, Creates
from custledger.codec import Codec
from custledger.errors import CustledgerError, InvalidValueError
from custledger.schema import REVISION, Schema
from custledger.services.session import Session

Key = tuple[str, int]
"""What names a record within a changeset: its type and its id."""


def amended(session: Session, changeset: Changeset, wanted: Sequence[Change]) -> Changeset:
    """Return a changeset with what plugins make of ``wanted``, which are the changes of it that they want to see.

    What several plugins say of one record is laid one over the other, in calling order. Raises ``PluginError``, with
    the plugin, the record type and the field named, for what does not fit its field, for a required field that it
    leaves empty, and for a field that the ledger sets itself.
    """
    answers = session.plugins.amend(wanted, session)
    if not answers:
        return changeset
    own = {(change.type, change.id): change for change in (*wanted, *changeset.changes, *_unseen(session, changeset))}
    laid: dict[Key, Change] = {}
    created: list[Change] = []
    for plugin, answer in answers:
        change = _Amendment(session, plugin, answer).read(own)
        key = (change.type, change.id)
        if not change.id:
            created.append(attrs.evolve(change, id=session.mint.one()))
        else:
            laid[key] = _laid_over(laid[key], change) if key in laid else change
    creates = [_overlay_columns(one, laid) for one in changeset.creates]
    # What a plugin says of a record of which a rule said something is a change of its own: the rule's stays derived.
    derived = {(change.type, change.id) for change in changeset.changes if change.is_derived}
    for key in derived & laid.keys():
        beside = _beside(session, laid.pop(key))
        if beside is not None:
            laid[key] = beside
    changes = [
        change if change.is_derived else _overlay(change, laid.pop((change.type, change.id), None))
        for change in changeset.changes
    ]
    return attrs.evolve(changeset, creates=creates, changes=[*changes, *laid.values(), *created])


def _unseen(session: Session, changeset: Changeset) -> Iterator[Change]:
    """Yield the new records of a changeset that no plugin asked to see, and that one may amend all the same."""
    for creates in changeset.creates:
        if not session.plugins.wants_changes(creates.type):
            yield from creates


class _Amendment:
    """One change that a plugin wants to add."""

    def __init__(self, session: Session, plugin: str, change: Change) -> None:
        self._session = session
        self._plugin = plugin
        self._change = change

    def read(self, own: Mapping[Key, Change]) -> Change:
        """Return the change with plain values. ``own`` are the changes of the changeset, of which it may amend one."""
        change = self._change
        amends = own.get((change.type, change.id)) if change.id else None
        if change.after is None:
            if change.before is None or not change.id:
                self._fail(change.type, "a change without before and after says nothing")
            return change
        schema = self._schema()
        if change.id and amends is None and change.before is None:
            self._fail(schema.name, "the id of a record that is added must be 0: the ledger gives it one")
        known = (amends.after if amends else None) or {}
        after = self._values(schema, change.after, known)
        if not change.id:
            after = {key: value for key, value in after.items() if value is not None}
            self._require(schema, [field.key for field in schema.required if field.key not in after])
            return attrs.evolve(change, before=None, after=after)
        self._require(schema, [field.key for field in schema.required if after.get(field.key, True) is None])
        return attrs.evolve(change, after=after)

    def _schema(self) -> Schema:
        schema = self._session.schemas.get(self._change.type)
        if schema is None or schema.record is None:
            self._fail(self._change.type, "there is no such record type that could be written")
        return schema

    def _values(self, schema: Schema, given: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
        """Return plain values by key, without those that are ``known``: a plugin may hand back what it was shown."""
        codec = self._session.codec_of(schema)
        fresh = {key: value for key, value in given.items() if key not in known or not _same(value, known[key])}
        return {key: self._value(codec, key, value) for key, value in fresh.items()}

    def _value(self, codec: Codec, key: str, value: Any) -> Any:
        place = f"{codec.schema.name}.{key}"
        field = codec.schema.by_key.get(key)
        if field is None:
            self._fail(place, "there is no such field")
        if field.spec.system:
            self._fail(place, "the ledger sets it itself")
        try:
            return codec.parse(key, value, plain=True)
        except InvalidValueError as error:
            self._fail_with(error.in_field(place))
        except CustledgerError as error:
            self._fail(place, error.message)

    def _require(self, schema: Schema, lacking: Sequence[str]) -> None:
        if lacking:
            self._fail(f"{schema.name}.{lacking[0]}", f"it is empty, and {schema.info.one} needs one")

    def _fail(self, place: str, why: str) -> NoReturn:
        self._fail_with(ValueError(f"{place}: {why}"))

    def _fail_with(self, error: Exception) -> NoReturn:
        raise self._session.plugins.failed(self._plugin, "answering custledger_amend", error) from error


def _same(given: Any, known: Any) -> bool:
    """Whether a value is the very one that a plugin was shown; an amount of 5 is not 5 ten-thousandths."""
    return type(given) is type(known) and bool(given == known)


def _laid_over(first: Change, second: Change) -> Change:
    """Return what two plugins together say of one record: where both set a field, the second one has it."""
    if first.after is None or second.after is None:
        return second
    before = {**(second.before or {}), **(first.before or {})}
    return attrs.evolve(second, before=before, after={**first.after, **second.after})


def _overlay(change: Change, extra: Change | None) -> Change:
    if extra is None or change.after is None:
        return change
    before = None if change.before is None else {**(extra.before or {}), **change.before}
    return attrs.evolve(change, before=before, after=_kept({**change.after, **(extra.after or {})}, change))


def _beside(session: Session, extra: Change) -> Change | None:
    """Return what a plugin says of a record as a change of the record as it reads now; ``None`` where it is gone."""
    schema = session.schema(extra.type)
    row = session.view.get(schema, [extra.id])[0]
    if row is None or extra.after is None:
        return None if row is None else extra
    before = {key: row[schema.positions[key]] for key in extra.after}
    return attrs.evolve(extra, before=before, revision=row[REVISION])


def _kept(after: Mapping[str, Any], change: Change) -> dict[str, Any]:
    """Return ``after`` without empties where the record is being made; an update says what it empties."""
    return {key: value for key, value in after.items() if value is not None or change.action is not Action.CREATE}


def _overlay_columns(creates: Creates, laid: dict[Key, Change]) -> Creates:
    """Return new records with what is said of them laid over, which is taken out of ``laid``.

    Only the columns that change are made anew.
    """
    if not creates:
        return creates
    first, count = creates.ids[0], len(creates)
    mine = [key for key in laid if key[0] == creates.type and 0 <= key[1] - first < count]
    columns: dict[str, Sequence[Any]] = dict(zip(creates.keys, creates.columns, strict=True))
    fresh: dict[str, list[Any]] = {}
    for key in mine:
        for name, value in (laid.pop(key).after or {}).items():
            column = fresh.get(name)
            if column is None:
                column = fresh[name] = list(columns.get(name, [None] * count))
            column[key[1] - first] = value
    columns |= fresh
    return attrs.evolve(creates, keys=tuple(columns), columns=list(columns.values())) if fresh else creates
