"""Choices that are others than they were, which sheets are to show: by other names, in other colours, more or fewer."""

from collections.abc import Mapping

from custledger.fields import Choice
from custledger.schema import Schema
from custledger.stores.rows import Rows
from custledger.values import shown_choices


class Relabelling:
    """What became of the choices of a type, between the schema of ``before`` and that of ``after``."""

    def __init__(self, before: Schema | None, after: Schema, language: str) -> None:
        known = before if before is not None and before is not after else after
        self.codes: Mapping[str, frozenset[str]] = {
            field.key: _otherwise(_choices(known, field.key), field.spec.choices, language)
            for field in after.editable
            if field.spec.choices != _choices(known, field.key)
        }

    def __bool__(self) -> bool:
        """Whether any choice is another, or looks otherwise."""
        return bool(self.codes)

    def touched(self, rows: Rows) -> frozenset[int]:
        """Return the records in which a choice stands that is called something else now."""
        found = set()
        for key, codes in self.codes.items():
            for number, value in rows.column(key) if codes else ():
                if codes.intersection(value if isinstance(value, tuple) else (value,)):
                    found.add(number)
        return frozenset(found)


def _choices(schema: Schema, key: str) -> tuple[Choice, ...]:
    field = schema.by_key.get(key)
    return field.spec.choices if field else ()


def _otherwise(before: tuple[Choice, ...], after: tuple[Choice, ...], language: str) -> frozenset[str]:
    """Return the codes of the choices that people see by another name."""
    old, new = shown_choices(before, language), shown_choices(after, language)
    return frozenset(code for code, label in old.items() if new.get(code) != label)
