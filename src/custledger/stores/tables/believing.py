"""What people wrote into a cell, and whether it is believed."""

from typing import Any

from custledger.errors import CustledgerError, NotFoundError
from custledger.fields import Kind
from custledger.schema import Field
from custledger.stores.held import HeldKind
from custledger.stores.tables.cells import Cells
from custledger.stores.tables.holding import Holding

AMEND = "Restore it, or enter another."


class Believing:
    """Reads the cells of one sheet, and holds those that are not believed."""

    def __init__(self, cells: Cells, holding: Holding) -> None:
        self._cells = cells
        self._holding = holding

    def believe(self, field: Field, text: str, current: Any, number: int, place: int) -> tuple[bool, Any]:
        """Return whether a cell's text is believed, and the value that it stands for; hold it otherwise."""
        if damage := self._cells.damage(field, text, current):
            hint = "Restore it, or enter the whole number again in a cell that is formatted as text."
            why = f"“{text.strip()}” {damage}."
            self._holding.cell(HeldKind.DAMAGED, field, (number, place), why=why, hint=hint)
            return False, None
        try:
            value = self._cells.read(field, text, current)
        except CustledgerError as error:
            if isinstance(error, NotFoundError) and self._cells.was_called(field, text, current):
                return True, current
            listed = self._cells.choices(field)
            hint = f"There are: {listed}." if listed else error.hint or AMEND
            self._holding.cell(HeldKind.UNFIT, field, (number, place), why=error.message, hint=hint)
            return False, None
        if value is None and field.spec.required and current is not None:
            why = f"{self._cells.schema.info.one.capitalize()} needs one, and it is empty."
            hint = AMEND
            self._holding.cell(HeldKind.UNFIT, field, (number, place), why=why, hint=hint)
            return False, None
        if value is not None and field.spec.kind is Kind.REFERENCE and value in self._itself(field, number):
            why = f"“{text}” is this record itself."
            self._holding.cell(HeldKind.UNFIT, field, (number, place), why=why, hint="Name another.")
            return False, None
        return True, value

    def _itself(self, field: Field, number: int) -> tuple[Any, ...]:
        if field.spec.target is None:
            return (self._cells.schema.public_id(number),)
        return (number,) if field.spec.target == self._cells.schema.name else ()
