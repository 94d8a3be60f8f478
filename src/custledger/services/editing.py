"""Adding, editing and removing records.

Each verb comes as a function that makes the change (``make_addition`` …), for batches, and one that makes and writes
it (``add`` …).
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import attrs

from custledger import ids
from custledger.changes import Change, Changeset, Receipt, by_key, merge
from custledger.codec import Codec, row_from, unseal
from custledger.errors import ConflictError, DataError, InvalidValueError
from custledger.fields import Kind
from custledger.marks import TagMark
from custledger.records import Record
from custledger.schema import ID, REVISION, Field, Row, Schema
from custledger.services.blanks import padded_texts
from custledger.services.history import at_revision
from custledger.services.naming import Reference, find, find_any, found
from custledger.services.owning import held_marks, made_ones_own
from custledger.services.removing import would_bring_along
from custledger.services.sense import check_sense
from custledger.services.session import Session
from custledger.services.writing import rehearse, write
from custledger.stores.contract import Query
from custledger.values import Adjustment, adjusted, fold, is_empty

_NEEDED = {
    Kind.DATE: "a date",
    Kind.TIME: "a time",
    Kind.YES_NO: "a value",
    Kind.CHOICES: "a value",
    Kind.TAGS: "a value",
}
"""What a record is said to need, where the label of a field alone would read badly."""


class Landed(NamedTuple):
    """A record as a write left it: its row, and the schema that it is in the order of.

    The two belong together: while other threads and processes add fields, a later schema may have more.
    """

    schema: Schema
    row: Row


def add(session: Session, record_type: str, values: Mapping[str, Any], *, reason: str = "") -> Landed:
    """Add a record and return it. ``values`` names fields by key, label or alias; see ``make_addition``."""
    change = make_addition(session, record_type, values)
    schema = session.schema(change.type)
    receipt = write(session, Changeset(operation=session.operation("add", reason=reason), changes=[change]))
    return _landed(session, schema, change, None, receipt)


def edit(
    session: Session,
    record_type: str,
    ref: Reference,
    values: Mapping[str, Any],
    *,
    revision: int | None = None,
    reason: str = "",
) -> Landed:
    """Set fields of a record and return it as it now is; see ``make_edit``."""
    schema, row, change = _edition(session, record_type, ref, values, revision=revision)
    if not change.after and not change.marks:
        return Landed(schema, row)
    receipt = write(session, Changeset(operation=session.operation("edit", reason=reason), changes=[change]))
    return _landed(session, schema, change, row, receipt)


def remove(session: Session, record_type: str, ref: Reference, *, reason: str = "") -> Receipt:
    """Remove a record, and with it what cannot be without it. Raises ``ReferencedError`` where that is forbidden."""
    change = make_removal(session, record_type, ref)
    return write(session, Changeset(operation=session.operation("remove", reason=reason), changes=[change]))


@attrs.frozen(kw_only=True)
class Many:
    """What an edit or a removal of records did, or would do.

    ``rows`` are the records as they were and ``changes`` what becomes of each; ``along`` is what else is changed: the
    records that go with removed ones, the references that let go of them, and what plugins add. There is no ``receipt``
    where nothing was written.
    """

    rows: tuple[Row, ...]
    changes: tuple[Change, ...]
    along: tuple[Change, ...] = ()
    receipt: Receipt | None = None


def edit_where(
    session: Session,
    record_type: str,
    where: str,
    values: Mapping[str, Any],
    *,
    dry_run: bool = False,
    reason: str = "",
) -> Many:
    """Set fields of every record that ``where`` selects, whole or not at all.

    Records that have the values already are left alone. With ``dry_run`` nothing is written.
    """
    schema, rows = selected(session, record_type, where)
    return edit_rows(session, schema, rows, values, dry_run=dry_run, reason=reason)


def edit_rows(
    session: Session,
    schema: Schema,
    rows: Sequence[Row],
    values: Mapping[str, Any],
    *,
    verb: str = "edit",
    dry_run: bool = False,
    reason: str = "",
) -> Many:
    """Set fields of records whose rows were read just now, as ``edit_where`` does."""
    plain = plain_values(session, schema, values)
    held = held_marks(session, schema, rows, plain)
    changes = [(row, _update(schema, row, plain, held.get(row[ID], ()))) for row in rows]
    pairs = [(row, change) for row, change in changes if change.after or change.marks]
    for row, change in pairs:
        require_kept(schema, change.after or {}, session.conventions.language)
        check_sense(session, schema, change.after or {}, row)
    _require_of_one(schema, [change for _, change in pairs], session.conventions.language)
    return write_many(session, verb, pairs, dry_run=dry_run, reason=reason)


def _require_of_one(schema: Schema, changes: Sequence[Change], language: str) -> None:
    """Raise ``InvalidValueError`` where several records would get one value that no two may share."""
    for field in schema.unique:
        given = [value for change in changes if (value := (change.after or {}).get(field.key)) is not None]
        if len(given) > 1:
            raise InvalidValueError(
                given[0],
                f"would be given to {len(given)} records, and no two may have the same",
                field=field.label(language),
                hint="Give it to one record, by its id.",
            )


def remove_where(session: Session, record_type: str, where: str, *, dry_run: bool = False, reason: str = "") -> Many:
    """Remove every record that ``where`` selects, whole or not at all. With ``dry_run`` nothing is written.

    Raises ``ReferencedError`` where others still refer to one of them, in a rehearsal as well.
    """
    schema, rows = selected(session, record_type, where)
    pairs = [(row, _removal(schema, row)) for row in rows]
    return write_many(session, "remove", pairs, dry_run=dry_run, reason=reason)


def rehearse_edit(
    session: Session, record_type: str, ref: Reference, values: Mapping[str, Any], *, revision: int | None = None
) -> Many:
    """Return what an edit of a record would do. Raises what the edit itself would; nothing is written."""
    schema, row, change = _edition(session, record_type, ref, values, revision=revision)
    if change.revision != row[REVISION]:
        after, conflicts = merge(schema, change, by_key(schema, row))
        if conflicts:
            raise ConflictError(schema.public_id(row), conflicts)
        change = attrs.evolve(_update(schema, row, after), marks=change.marks)
    pairs = [(row, change)] if change.after or change.marks else []
    return write_many(session, "edit", pairs, dry_run=True, reason="")


def rehearse_removal(session: Session, record_type: str, ref: Reference) -> Many:
    """Return what the removal of a record would do. Raises what the removal itself would; nothing is written."""
    schema, row = found(session, record_type, ref)
    session.writable_schema(schema.name)
    return write_many(session, "remove", [(row, _removal(schema, row))], dry_run=True, reason="")


def make_addition(session: Session, record_type: str, values: Mapping[str, Any]) -> Change:
    """Return the change that adds a record.

    Fields that are not given get their defaults; a reference is given as a record, an id, a code or a name. Raises
    ``NotFoundError`` for an unknown field or reference and ``InvalidValueError`` for a value that does not fit, or
    for a required field that is empty.
    """
    session.refresh()
    schema = session.writable_schema(record_type)
    codec = session.codec(schema.name)
    given = plain_values(session, schema, values)
    defaults = codec.defaults(session.now, session.today.isoformat())
    settled = {key: adjusted(value, None) for key, value in {**defaults, **given}.items()}
    after = {key: value for key, value in settled.items() if value is not None}
    require(schema, after, session.conventions.language)
    check_sense(session, schema, after)
    return Change(type=schema.name, id=session.mint.one(), before=None, after=after)


def make_edit(
    session: Session, record_type: str, ref: Reference, values: Mapping[str, Any], *, revision: int | None = None
) -> Change:
    """Return the change that sets fields of a record; its ``after`` and ``marks`` are empty where nothing would change.

    With ``revision`` the caller says which revision it had read, and a record given as ``ref`` says so itself. What was
    read then and what is wanted are compared with the present state by the store, field by field. Raises ``DataError``
    for a revision that the record never had.
    """
    return _edition(session, record_type, ref, values, revision=revision)[2]


def _edition(
    session: Session, record_type: str, ref: Reference, values: Mapping[str, Any], *, revision: int | None
) -> tuple[Schema, Row, Change]:
    """Return a record's schema and present row, and the change that sets its fields."""
    schema, row, read = read_for_edit(session, record_type, ref)
    if revision is not None and revision != row[REVISION]:
        read = read_at_revision(session, schema, row, revision)
    return schema, row, make_update(session, schema, read, values)


def read_for_edit(session: Session, record_type: str, ref: Reference) -> tuple[Schema, Row, Row]:
    """Return a record's schema, its present row, and the row that the caller had read, where ``ref`` is a record."""
    schema, row = found(session, record_type, ref)
    session.writable_schema(schema.name)
    return schema, row, _as_read(session, schema, ref, row) if isinstance(ref, Record) else row


def make_update(session: Session, schema: Schema, read: Row, values: Mapping[str, Any]) -> Change:
    """Return the change that sets fields of a record whose row was read; its ``after`` holds what would change."""
    plain = plain_values(session, schema, values)
    change = _update(schema, read, plain, held_marks(session, schema, [read], plain).get(read[ID], ()))
    require_kept(schema, change.after or {}, session.conventions.language)
    check_sense(session, schema, change.after or {}, read)
    return change


def _landed(session: Session, schema: Schema, change: Change, row: Row | None, receipt: Receipt) -> Landed:
    """Return a record as a write of one changeset left it; ``row`` is what it was, if it was there.

    Plugins may have set fields that ``schema`` does not know yet: then the record is read again.
    """
    session.warn(padded_texts(session, schema, change))
    (landed,) = receipt.applied
    made = next((one for one in landed.changes if one.id == change.id and one.type == change.type), None)
    at = landed.operation.at
    if made is not None and row is None:
        system = {"id": change.id, "created_at": at, "updated_at": at, "revision": 1}
        now = {**(made.after or {}), **system}
        if now.keys() <= schema.by_key.keys():
            return Landed(schema, unseal(row_from(schema, now), schema))
    if made is not None and row is not None and made.revision == row[REVISION]:
        after = {**(made.after or {}), "updated_at": at, "revision": row[REVISION] + 1}
        if after.keys() <= schema.by_key.keys():
            return Landed(schema, tuple({**dict(zip(schema.keys, row, strict=True)), **after}.values()))
    # Or it was merged with what somebody else wrote meanwhile.
    return Landed(*found(session, change.type, change.id))


def make_removal(session: Session, record_type: str, ref: Reference) -> Change:
    """Return the change that removes a record."""
    schema, row = found(session, record_type, ref)
    session.writable_schema(schema.name)
    change = _removal(schema, row)
    return attrs.evolve(change, revision=ref.revision) if isinstance(ref, Record) else change


def plain_values(session: Session, schema: Schema, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return plain values by key, from values by key, label or alias; references are looked up.

    Raises ``NotFoundError`` for an unknown field, ``InvalidValueError`` for one that the ledger sets itself, for one
    that is named twice, or for a value that does not fit. An amount that is written with its currency sets the field
    of that too, where one is not given beside it.
    """
    plain: dict[str, Any] = {}
    marks: dict[str, tuple[str, ...]] = {}
    for name, value in values.items():
        field = schema.resolve(name)
        if field.spec.system:
            raise InvalidValueError(value, "cannot be set: the ledger does that itself", field=name)
        if field.key in plain:
            raise InvalidValueError(value, f"is given twice: {name} is another name of {field.key}", field=name)
        if field.key in schema.currencies:
            plain[field.key], marks[field.key] = session.codec(schema.name).money(field.key, value)
        else:
            plain[field.key] = _plain_value(session, schema, field, value)
    return plain | currencies_told(session, schema, plain, marks)


def currencies_told(
    session: Session, schema: Schema, plain: Mapping[str, Any], marks: Mapping[str, tuple[str, ...]]
) -> dict[str, Any]:
    """Return the currencies that amounts are marked with, by the keys of the fields that hold them.

    ``marks`` are what the mark on each amount may mean, the likeliest first; the ledger's own is kept as empty. Raises
    ``InvalidValueError`` where the field of the currency says another.
    """
    told = {}
    for key, codes in marks.items():
        field = schema.currencies[key]
        given = plain.get(field.key)
        if codes and given is None:
            told[field.key] = None if codes[0] == session.conventions.currency else codes[0]
        elif codes and given not in codes:
            language = session.conventions.language
            raise InvalidValueError(
                given,
                f"is not the currency that the amount is marked with, {codes[0]}",
                field=field.label(language),
                hint="Give the bare amount, or the same currency.",
            )
    return told


def require(schema: Schema, values: Mapping[str, Any], language: str) -> None:
    """Raise ``InvalidValueError`` where a required field has no value."""
    for field in schema.required:
        if values.get(field.key) is None:
            raise missing(schema, field, language)


def require_kept(schema: Schema, after: Mapping[str, Any], language: str) -> None:
    """Raise ``InvalidValueError`` where an edit empties a required field.

    One that was made so later may be empty in old records, which can be edited all the same.
    """
    for field in schema.required:
        if after.get(field.key, field) is None:
            raise missing(schema, field, language)


def missing(schema: Schema, field: Field, language: str) -> InvalidValueError:
    """Return the error for a record without a value of a required field: ``A customer needs a name``."""
    what = _NEEDED.get(field.spec.kind, "one")
    why = f"is not enough: {schema.info.one} needs {what}"
    return InvalidValueError(None, why, field=field.label(language), hint=f"Give {field.key} a value.")


def _plain_value(session: Session, schema: Schema, field: Field, value: Any) -> Any:
    if isinstance(value, Adjustment):
        return _plain_adjustment(session.codec(schema.name), field, value)
    if field.spec.kind is not Kind.REFERENCE or is_empty(value):
        return session.codec(schema.name).parse(field.key, value)
    if field.spec.target is not None:
        return find(session, field.spec.target, value)
    record_type, number = find_any(session, value)
    return ids.public(session.schema(record_type).info.prefix, number)


def _plain_adjustment(codec: Codec, field: Field, value: Adjustment) -> Adjustment:
    if field.spec.kind is not Kind.TAGS:
        named = ", ".join((*value.add, *value.remove))
        raise InvalidValueError(named, "cannot be added or taken out: it holds no tags", field=field.key)
    added, gone = codec.parse(field.key, value.add) or (), codec.parse(field.key, value.remove) or ()
    both = {fold(tag) for tag in added} & {fold(tag) for tag in gone}
    if both:
        raise InvalidValueError(min(both), "is to be added and taken out", field=field.key)
    return Adjustment(add=added, remove=gone)


def _update(schema: Schema, row: Row, plain: Mapping[str, Any], held: Sequence[TagMark] = ()) -> Change:
    """Return the change that sets fields of a record; ``held`` are its marks, where ``held_marks`` asked for them."""
    settled = {key: adjusted(value, row[schema.positions[key]]) for key, value in plain.items()}
    changed = {key: value for key, value in settled.items() if row[schema.positions[key]] != value}
    before = {key: row[schema.positions[key]] for key in changed}
    marks = made_ones_own(held, plain) if held else ()
    return Change(type=schema.name, id=row[ID], before=before, after=changed, revision=row[REVISION], marks=marks)


def _removal(schema: Schema, row: Row) -> Change:
    return Change(type=schema.name, id=row[ID], before=by_key(schema, row), after=None, revision=row[REVISION])


def _as_read(session: Session, schema: Schema, record: Record, row: Row) -> Row:
    """Return the row that the caller had read when it got ``record``."""
    if record.revision == row[REVISION]:
        return row
    read = session.codec(schema.name).plain(record)
    values = [read.get(key) for key in schema.keys]
    values[ID], values[REVISION] = record.id, record.revision
    return tuple(values)


def read_at_revision(session: Session, schema: Schema, row: Row, revision: int) -> Row:
    """Return the row as the caller had read it, which the log knows. Raises ``DataError`` where it never was so."""
    read = at_revision(session, schema, row[ID], revision)
    if read is None:
        raise DataError(
            f"{schema.public_id(row)} never had the revision {revision}: it is at revision {row[REVISION]}.",
            hint="Give the revision that you had read, as show --json has it.",
        )
    return read


def selected(session: Session, record_type: str, where: str) -> tuple[Schema, Sequence[Row]]:
    """Return the rows that ``where`` selects, which are to be written, and their schema."""
    session.refresh()
    schema = session.writable_schema(record_type)
    expression = session.understand(where, schema)
    return schema, list(session.view.select(schema, Query(moment=session.moment, where=expression)))


def write_many(session: Session, verb: str, pairs: Sequence[tuple[Row, Change]], *, dry_run: bool, reason: str) -> Many:
    """Write the changes of records as one operation, or with ``dry_run`` only say what they would do."""
    rows, changes = tuple(row for row, _ in pairs), tuple(change for _, change in pairs)
    if not changes:
        return Many(rows=rows, changes=changes)
    changeset = Changeset(operation=session.operation(verb, reason=reason), changes=changes)
    receipt = None if dry_run else write(session, changeset)
    if receipt is None:
        ready = rehearse(session, changeset).changes
        landed = [*ready, *would_bring_along(session, ready)]
    else:
        landed = [change for applied in receipt.applied for change in applied.changes]
    # Plugins amend the changes where they stand, and everything that comes along stands behind them.
    count = len(changes)
    return Many(rows=rows, changes=tuple(landed[:count]), along=tuple(landed[count:]), receipt=receipt)
