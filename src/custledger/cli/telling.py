"""What operations did, in a line each."""

from collections.abc import Sequence

from custledger.changes import DOCUMENT_TYPE, Action, Operation
from custledger.cli.output import Cell
from custledger.cli.shown import operation_id
from custledger.cli.words import Words
from custledger.services.deeds import Deed
from custledger.services.session import Session
from custledger.services.speaking import speaker
from custledger.settings import (
    CHOICES_PREFIX,
    FIELD_PREFIX,
    LEDGER,
    METRIC_PREFIX,
    SEGMENT_PREFIX,
    TAG_PREFIX,
    TAGGER_PREFIX,
    split_choices_name,
    split_field_name,
)
from custledger.stores.held import OUTSIDE

ONE_SORT = frozenset({"add", "edit", "remove", "done"})
"""Verbs that say already what became of the records."""
_BECAME = {Action.CREATE: "{what} added", Action.UPDATE: "{what} changed", Action.REMOVE: "{what} removed"}
BECAME_AGAIN = {
    Action.CREATE: "{what} brought back", Action.UPDATE: "{what} set back", Action.REMOVE: "{what} removed",
}  # fmt: skip
"""What became of records when what was done to them was taken back."""

_NAMED = {
    METRIC_PREFIX: "the metric {name}",
    SEGMENT_PREFIX: "the segment {name}",
    TAGGER_PREFIX: "the tag rule {name}",
    TAG_PREFIX: "the tag {name}",
}


def about(session: Session, words: Words, operation: Operation, deeds: Sequence[Deed]) -> str:
    """Return what an operation did: ``customer 王芳 C0001``, ``200 customers added from g.csv, 3 rejected``."""
    plainly = operation.verb in ONE_SORT and len(deeds) == 1
    became = _BECAME if operation.undoes is None else BECAME_AGAIN
    told = [_deed(session, words, deed, None if plainly else became[deed.action]) for deed in deeds]
    text = words(", ").join(told)
    if file := operation.about.get("file"):
        text = words("{what} from {file}", what=text, file=file)
    more = [text] if text else []
    if rejected := operation.about.get("rejected"):
        more.append(words("{count} rejected", count=rejected))
    if held := operation.about.get("held"):
        count = len(held)
        more.append(words("1 held thing" if count == 1 else "{count} held things", count=count))
    if where := operation.about.get("incomplete"):
        more.append(words("incomplete {where}", where=speaker(session)(where)))
    text = words(", ").join(more)
    if operation.undoes is None:
        return text
    undone = operation_id(operation.undoes)
    return words("undoes {operation}: {what}" if text else "undoes {operation}", operation=undone, what=text)


def actor(words: Words, name: str) -> str:
    """Return who did something, as people are told of it: hand edits are nobody's by name."""
    return words(OUTSIDE) if name == OUTSIDE else name


def settled_things(session: Session, words: Words, operation: Operation) -> list[tuple[str, Cell]]:
    """Return what stood in files where an operation settled it: each place, and what was written there."""
    told = []
    for one in operation.about.get("held", ()):
        schema, sheet, row = session.schemas.get(one.get("type", "")), one.get("sheet", ""), one.get("row")
        field = schema.by_key.get(one.get("field", "")) if schema else None
        label = field.label(words.language) if field else one.get("heading", "")
        place = words("{sheet}, row {row}", sheet=sheet, row=row) if row else sheet
        written = one.get("text") or " ".join(one.get("cells", {}).values()) or one.get("heading", "")
        told.append((f"{place} {label}".strip(), Cell(written)))
    return told


def _deed(session: Session, words: Words, deed: Deed, became: str | None) -> str:
    """Return what was done to records of one type, or which settings; only which records where nothing ``became``."""
    if deed.type == DOCUMENT_TYPE:
        return words(", ").join(setting(session, words, name) for name in deed.names)
    schema = session.schemas.get(deed.type)
    if schema is None:
        what = f"{deed.count} {deed.type}"
    elif deed.count == 1:
        what = f"{words.noun(schema.info)} {deed.names[0]}"
    else:
        what = words.counted(schema.info, deed.count)
    return what if became is None else words(became, what=what)


def setting(session: Session, words: Words, name: str) -> str:
    """Return what a settings document is called: ``the choices of customer.level``."""
    if name == LEDGER:
        return words("the settings of the ledger")
    try:
        if name.startswith(CHOICES_PREFIX):
            return words("the choices of {field}", field=".".join(split_choices_name(name)))
        if name.startswith(FIELD_PREFIX):
            record_type, key = split_field_name(name)
            schema = session.schemas.get(record_type)
            field = schema.by_key.get(key) if schema else None
            label = f" {field.label(words.language)}" if field else ""
            return words("the field {field}", field=f"{record_type}.{key}{label}")
        for prefix, called in _NAMED.items():
            if name.startswith(prefix):
                return words(called, name=name.removeprefix(prefix).partition("/")[2] or name)
    except ValueError:
        return words("the setting {name}", name=name)  # somebody else's document, whose name only looks like ours
    return words("the setting {name}", name=name)
