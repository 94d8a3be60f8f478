"""Finding the record that somebody named: by its id, an ending of it, its code, or its exact name."""

from collections.abc import Sequence
from typing import cast

from custledger import ids
from custledger.changes import OPERATION_PREFIX, Operation
from custledger.errors import AmbiguousError, DataError, InvalidValueError, NotFoundError
from custledger.expressions import field_expression, is_in
from custledger.fields import Kind
from custledger.records import Record
from custledger.schema import ID, Field, Row, Schema
from custledger.services.session import Session
from custledger.stores.contract import Query
from custledger.values import plain_text

SHORTEST_ENDING = 4
"""How many letters of an id's ending are enough to name a record, if no other ends like that."""

GONE = "Name a removed record by its whole id, which the log of the operation has."
"""What to do where the record that is meant may be gone."""

MOST_NAMED = 6
"""How many records of one name are looked at: more than an error lists, so that it says that there are more."""

Reference = int | str | Record


def find(session: Session, record_type: str, ref: Reference) -> int:
    """Return the id of the record that ``ref`` names.

    ``ref`` is a record, an id as a number, a public id, a code, an exact name that is unique, or a unique ending of
    an id of at least four letters; they are tried in this order. A name that has
    other blanks around it comes last. Of several follow-ups of one name, as those of a series are, it is the open one.
    Raises ``NotFoundError`` or ``AmbiguousError``.
    """
    session.refresh()
    return _number(session, session.schema(record_type), ref)


def _number(session: Session, schema: Schema, ref: Reference) -> int:
    if isinstance(ref, Record):
        return _of_type(schema, ref)
    if isinstance(ref, int):
        if not 0 <= ref <= ids.LARGEST:
            raise NotFoundError(schema.name, ref)
        return ref
    if not isinstance(ref, str):
        raise InvalidValueError(ref, f"does not name {schema.info.one}", hint="Give an id, a code, a name or a record.")
    text = plain_text(ref)
    for attempt in _ATTEMPTS:
        found = attempt(session, schema, text)
        if found is not None:
            return found
    near = session.view.search(text, [schema], 2) if schema.searchable and text else []
    rows = session.view.get(schema, [hit.id for hit in near])
    raise NotFoundError(schema.name, ref, suggestions=[schema.display(row) for row in rows if row])


def find_row(session: Session, record_type: str, ref: Reference) -> Row:
    """Return the row of the record that ``ref`` names. Raises ``NotFoundError`` or ``AmbiguousError``."""
    return found(session, record_type, ref)[1]


def found(session: Session, record_type: str, ref: Reference) -> tuple[Schema, Row]:
    """Return the row of the record that ``ref`` names, and the schema that it is in the order of.

    The two belong together: while other threads and processes add fields, a later schema may have more.
    """
    if isinstance(ref, str) or record_type not in session.schemas:
        session.refresh()
        schema = session.schema(record_type)
        return schema, row_of(session, schema, ref)
    number = _number(session, session.schema(record_type), ref)
    schema, row = session.look_up(record_type, number)
    if row is None:
        raise NotFoundError(schema.name, schema.public_id(number))
    return schema, row


def row_of(session: Session, schema: Schema, ref: Reference) -> Row:
    """Return the row that ``ref`` names, in a session that has just looked at its settings."""
    number = _number(session, schema, ref)
    row = session.view.get(schema, [number])[0]
    if row is None:
        raise NotFoundError(schema.name, schema.public_id(number))
    return row


def find_any(session: Session, ref: str | Record) -> tuple[str, int]:
    """Return the type and id of the record that ``ref`` names, whatever its type."""
    if isinstance(ref, Record):
        return Schema.of(type(ref)).name, ref.id
    session.refresh()
    if not isinstance(ref, str):
        raise InvalidValueError(ref, "does not name a record", hint="Give a record, an id with its prefix, or a name.")
    text = plain_text(ref)
    prefix, _ = ids.split_public(text)
    owners = [schema for schema in session.schemas.values() if schema.info.prefix == prefix]
    found = []
    for schema in owners or session.schemas.values():
        for attempt in _ATTEMPTS:
            number = attempt(session, schema, text)
            if number is not None:
                found.append((schema, number))
                break
    if not found:
        raise NotFoundError("record", ref)
    if len(found) > 1:
        raise AmbiguousError("record", ref, _of_several_types(session, found))
    return found[0][0].name, found[0][1]


def find_past(session: Session, ref: Reference, record_type: str = "") -> tuple[str, int]:
    """Return the type and id of the record that ``ref`` names, of one type or of any.

    One that was removed, which the log knows, is named by its whole id. Raises ``NotFoundError`` or
    ``AmbiguousError``.
    """
    try:
        if record_type:
            return session.schema(record_type).name, find(session, record_type, ref)
        return find_any(session, cast("str | Record", ref))
    except NotFoundError as error:
        if isinstance(ref, str) and (removed := _removed(session, ref, record_type)) is not None:
            return removed
        error.hint = error.hint or GONE
        raise


def _removed(session: Session, ref: str, record_type: str) -> tuple[str, int] | None:
    """Return the type and id of a record that the log knows by its whole public id."""
    prefix, letters = ids.split_public(ref)
    if len(letters) != ids.LENGTH:
        return None
    try:
        number = ids.decode(letters)
    except InvalidValueError:
        return None
    for schema in [session.schema(record_type)] if record_type else session.schemas.values():
        if prefix in {"", schema.info.prefix} and session.view.log(record=(schema.name, number), limit=1):
            return schema.name, number
    return None


def find_operation(session: Session, ref: int | str) -> Operation:
    """Return the operation that ``ref`` names: its number, its public id, or a unique ending of it."""
    session.refresh()
    if isinstance(ref, str):
        prefix, letters = ids.split_public(ref)
        if prefix not in {"", OPERATION_PREFIX}:
            raise NotFoundError("operation", ref)
        if len(letters) < ids.LENGTH:
            return _operation_by_ending(session, ref, letters)
        ref = ids.decode(letters)
    if not isinstance(ref, int):
        raise InvalidValueError(ref, "does not name an operation", hint="Give its id, such as a receipt has it.")
    if not 0 <= ref <= ids.LARGEST:
        raise NotFoundError("operation", ref)
    found: list[Operation] = session.view.operations(ids=[ref])
    if not found and ref in session.unwritten:
        raise DataError(
            f"{ids.public(OPERATION_PREFIX, ref)} wrote nothing, so there is nothing to take back.",
            hint="A batch writes where its block ends without an error and something was to be written.",
        )
    if not found:
        raise NotFoundError("operation", ids.public(OPERATION_PREFIX, ref))
    return found[0]


def _operation_by_ending(session: Session, ref: str, letters: str) -> Operation:
    wanted = ids.decode(letters)
    matching = [
        operation
        for operation in session.view.operations()
        if len(letters) >= SHORTEST_ENDING and operation.id % 32 ** len(letters) == wanted
    ]
    if not matching:
        raise NotFoundError("operation", ref)
    if len(matching) > 1:
        from custledger.services.telling_apart import operations_apart

        raise AmbiguousError("operation", ref, operations_apart(session, matching[:MOST_NAMED]))
    return matching[0]


def ambiguous(session: Session, schema: Schema, name: str, numbers: Sequence[int], what: str = "") -> AmbiguousError:
    """Return the error for a name that these records of a type have, with what tells them apart."""
    from custledger.services.telling_apart import told_apart

    return AmbiguousError(what or schema.name, name, told_apart(session, schema, numbers[:MOST_NAMED]))


def _of_several_types(session: Session, found: Sequence[tuple[Schema, int]]) -> dict[str, str]:
    rows = ((schema, session.view.get(schema, [number])[0]) for schema, number in found)
    return {schema.public_id(row): schema.display(row) for schema, row in rows if row is not None}


def _of_type(schema: Schema, record: Record) -> int:
    own = Schema.of(type(record)).info
    if own.name != schema.name:
        raise InvalidValueError(record.ref, f"is {own.one}, not {schema.info.one}")
    return record.id


def _by_public_id(session: Session, schema: Schema, text: str) -> int | None:
    prefix, letters = ids.split_public(text)
    if prefix not in {"", schema.info.prefix} or len(letters) != ids.LENGTH:
        return None
    try:
        number = ids.decode(letters)
    except InvalidValueError:
        return None
    return number if session.view.get(schema, [number])[0] is not None else None


def _by_code(session: Session, schema: Schema, text: str) -> int | None:
    return _by_field(session, schema, schema.code_field, text.strip())


def _by_title(session: Session, schema: Schema, text: str) -> int | None:
    """Find a record by its name, which may have blanks around it that ``text`` has, or does without."""
    found = _by_field(session, schema, schema.title_field, text)
    bare = text.strip()
    return _by_field(session, schema, schema.title_field, bare) if found is None and bare != text else found


def _by_bare_title(session: Session, schema: Schema, text: str) -> int | None:
    """Find a record whose name has blanks around it that ``text`` does without, or other ones."""
    field = schema.title_field
    if field is None or not text.strip() or field.spec.kind is not Kind.TEXT:
        return None
    from custledger.services.blanks import padded  # a name that is there is found without

    columns = (field_expression(schema, schema.keys[ID]),)
    where = is_in(schema, field.key, padded(text))
    query = Query(moment=session.moment, where=where, columns=columns, limit=MOST_NAMED)
    found = [number for (number,) in session.view.select(schema, query)]
    if len(found) > 1:
        raise ambiguous(session, schema, text, found)
    return found[0] if found else None


def _by_field(session: Session, schema: Schema, field: Field | None, text: str) -> int | None:
    if field is None or not text or field.spec.kind is not Kind.TEXT:
        return None
    found = session.view.holders(schema, field.key, text, session.moment, limit=MOST_NAMED)
    if len(found) > 1:
        return _open_one(session, schema, field, text, found)
    return found[0] if found else None


def _open_one(session: Session, schema: Schema, field: Field, text: str, found: Sequence[int]) -> int:
    """Return the open follow-up of those of one name: the others of a series are done. Raises ``AmbiguousError``."""
    from custledger.repeating import FOLLOWUP, OPEN  # few names are of several records

    if schema.name != FOLLOWUP:
        raise ambiguous(session, schema, text, found)
    named = session.view.holders(schema, field.key, text, session.moment)
    status = schema.positions["status"]
    rows = [row for row in session.view.get(schema, named) if row is not None and row[status] == OPEN]
    if len(rows) == 1:
        return int(rows[0][ID])
    if rows:
        raise ambiguous(session, schema, text, [row[ID] for row in rows], "open follow-up")
    raise ambiguous(session, schema, text, found)


def _by_ending(session: Session, schema: Schema, text: str) -> int | None:
    prefix, letters = ids.split_public(text)
    if prefix not in {"", schema.info.prefix} or not SHORTEST_ENDING <= len(letters) < ids.LENGTH:
        return None
    try:
        ending = ids.decode(letters)
    except InvalidValueError:
        return None
    found = session.view.with_ending(schema, ending, 32 ** len(letters), MOST_NAMED)
    if len(found) > 1:
        raise ambiguous(session, schema, text, found)
    return found[0] if found else None


_ATTEMPTS = (_by_public_id, _by_code, _by_title, _by_ending, _by_bare_title)
