"""Between the plain values of a record and the cells in which people see them."""

from collections.abc import Mapping
from datetime import date

from custledger import ids
from custledger.codec import Codec
from custledger.conventions import Conventions
from custledger.errors import AmbiguousError, InvalidValueError, NotFoundError
from custledger.fields import Kind
from custledger.schema import Field, Schema
from custledger.stores.state import State
from custledger.values import Plain, fold, is_empty, shown_choices
from custledger.values.damage import harm

LEDGER = "ledger"
"""The name of the settings document that says in which language, currency and time zone the ledger is."""


def conventions_of(state: State) -> Conventions:
    """Return what the ledger takes for granted, as far as its settings say so and it makes sense."""
    document = state.documents.get(LEDGER)
    told = document.value if document is not None and isinstance(document.value, Mapping) else {}
    words = {name: told.get(name) for name in ("language", "currency", "zone")}
    given = {name: word for name, word in words.items() if isinstance(word, str)}
    conventions = Conventions(given.get("language") or "en", given.get("currency") or "CNY", given.get("zone") or "UTC")
    try:
        _ = conventions.zone
    except InvalidValueError:
        return Conventions(language=conventions.language, currency=conventions.currency)
    return conventions


class Cells:
    """Reads and shows the cells of one type, in one state of the ledger."""

    def __init__(self, state: State, schema: Schema, conventions: Conventions, today: date) -> None:
        self.state = state
        self.schema = schema
        self.conventions = conventions
        self._today = today.isoformat()
        prefixes = {name: one.info.prefix for name, one in state.schemas.items()}
        self._codec = Codec(schema, conventions, prefixes)

    def shown(self, field: Field, value: Plain) -> str:
        """Return the text by which people see a value. A record of a type that has names goes by its name.

        That is so where no other has that name, and it looks like no id.
        """
        if value is not None and field.spec.kind is Kind.REFERENCE and field.spec.target in self.state.schemas:
            return self._name(field.spec.target or "", value) or self._codec.text(field, value)
        return self._codec.text(field, value)

    def read(self, field: Field, text: str, current: Plain = None) -> Plain:
        """Return the plain value that a text stands for, or ``None`` where it is empty.

        ``current`` is what the record says now. Raises ``CustledgerError``.
        """
        if is_empty(text):
            return None
        if field.spec.kind is Kind.REFERENCE and field.spec.target is not None:
            return self._referred(field.spec.target, text.strip(), current)
        value = self._codec.parse(field.key, text)
        if field.spec.past and value is not None and value > self._today:
            raise InvalidValueError(
                value, "is a day to come", field=self._label(field), hint=f"Today is {self._today} in this ledger."
            )
        return value

    def was_called(self, field: Field, text: str, current: Plain) -> bool:
        """Whether a reference to the record that a field names now goes by a name that it once had."""
        target = field.spec.target or ""
        title = self.state.schemas[target].title_field if target in self.state.schemas else None
        if title is None or not isinstance(current, int):
            return False
        log = self.state.history.log(record=(target, current))
        names = ((entry.before or {}).get(title.key) for entry in log)
        return any(isinstance(name, str) and fold(name.strip()) == fold(text.strip()) for name in names)

    def choices(self, field: Field) -> str:
        """Return what may be chosen for a field, as it stands in cells, or ``""``."""
        return ", ".join(shown_choices(field.spec.choices, self.conventions.language).values())

    def damage(self, field: Field, text: str, current: Plain) -> str:
        """Return what a spreadsheet did to the digits of a text, or ``""``; see ``values.damage.harm``."""
        is_long = field.spec.long_number or field.spec.kind is Kind.PHONE or field.spec.is_code
        if field.spec.kind not in {Kind.TEXT, Kind.PHONE}:
            return ""
        return harm(text, current if isinstance(current, str) else None, is_long=is_long)

    def defaults(self, now: str) -> dict[str, Plain]:
        """Return the values that a new record gets where none is given, by key."""
        return self._codec.defaults(now, self._today)

    def _label(self, field: Field) -> str:
        return field.label(self.conventions.language)

    def _name(self, target: str, number: int) -> str:
        """Return the name by which a record is told from all others of its type, or ``""``."""
        schema, rows = self.state.schemas[target], self.state.rows(target)
        title = schema.title_field
        if title is None or number not in rows:
            return ""
        name = rows.value(number, title.key)
        if not isinstance(name, str) or name != name.strip() or _looks_like_id(name) or not name.isprintable():
            return ""
        return name if self._named(schema, name) == (number,) else ""

    def _referred(self, target: str, text: str, current: Plain) -> Plain:
        schema, rows = self.state.schema(target), self.state.rows(target)
        number = number_of(text, schema)
        if number is not None and number in rows:
            return number
        named = self._named(schema, text)
        if isinstance(current, int) and current in named:
            return current
        if len(named) == 1:
            return named[0]
        if not named:
            raise NotFoundError(target, text, hint="Write its name, its code or its ID as it is in the sheet of them.")
        raise AmbiguousError(schema.info.called, text, {schema.public_id(one): "" for one in named})

    def _named(self, schema: Schema, text: str) -> tuple[int, ...]:
        """Return the ids of the records that a text names, by their code or their name."""
        rows = self.state.rows(schema.name)
        if schema.code_field is not None and (found := rows.named(schema.code_field, text)):
            return found
        return rows.named(schema.title_field, text) if schema.title_field is not None else ()


def _looks_like_id(text: str) -> bool:
    prefix, letters = ids.split_public(text)
    return bool(prefix) and len(letters) == ids.LENGTH


def number_of(text: str, schema: Schema) -> int | None:
    """Return the number that a whole public id of a type stands for, or ``None`` where the text is none."""
    prefix, letters = ids.split_public(text)
    if prefix != schema.info.prefix or len(letters) != ids.LENGTH:
        return None
    try:
        return ids.decode(letters)
    except InvalidValueError:
        return None
