"""Reading whole columns of cells at once.

A column is read by its field's own parser (``Codec.parse``), each different cell once: most columns of real files hold
few different ones. Texts, phones, dates and e-mails do not, and have fast paths, each equal to the parser for what it
takes.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import attrs

from custledger.codec import Codec
from custledger.email_address import COMMON
from custledger.errors import DataError
from custledger.fields import Kind
from custledger.schema import Field
from custledger.values import LEAST_DIGITS, Plain, is_empty

MEMORY = 16_384
"""How many different cells of a column are remembered."""

_ISO_DATE = re.compile(
    r"(?!0000)[0-9]{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
).fullmatch
"""Matches days of the calendar, all but the 29th of February."""

_MAY_BE_DAMAGED = re.compile(r"[0-9][eE][0-9+-]|\.0$|[^\x00-\x7f]", re.MULTILINE)
"""Finds all that a spreadsheet may have made of a long number (``values.is_damaged``), and more."""

_NAMES = re.compile(r"[A-Za-z0-9_]+(?:[.+\-\n][A-Za-z0-9_]+)*")
"""Matches lines of which each is what ``COMMON`` takes before the ``@``."""


@attrs.frozen
class Bad:
    """A cell that does not fit, and why."""

    reason: str


class Memo(dict[str, Any]):
    """The plain values of the cells seen lately; a cell that does not fit has a ``Bad``."""

    def __init__(self, parse: Callable[[str], Plain], limit: int = MEMORY) -> None:
        super().__init__()
        self._parse = parse
        self._limit = limit
        self.found_bad = False

    def __missing__(self, cell: str) -> Any:
        """Parse a cell that is not remembered."""
        try:
            value = self._parse(cell)
        except DataError as error:
            value = Bad(error.message)
            self.found_bad = True
        if len(self) >= self._limit:
            self.clear()
        self[cell] = value
        return value


@attrs.frozen
class Parsed:
    """A column's plain values; those of bad cells are ``None``, and ``reasons`` says by index why they are bad."""

    values: list[Plain]
    reasons: dict[int, str]


class ColumnParser:
    """Reads columns of one field."""

    def __init__(self, field: Field, codec: Codec) -> None:
        self.field = field
        self._memo = Memo(lambda cell: codec.parse(field.key, cell))
        spec = field.spec
        fast = _codes if spec.is_code else _FAST.get(spec.kind, _remembered)
        if spec.long_number:
            fast = _long_numbers
        self._read = _remembered if spec.currency_of else fast

    def __call__(self, cells: Sequence[str]) -> Parsed:
        """Return the plain values of the cells."""
        values = self._read(cells, self._memo)
        return without_bad(values) if self._memo.found_bad else Parsed(values, {})


@attrs.frozen
class Marked:
    """An amount that is written with its currency: what that may be, the likeliest first."""

    amount: Plain
    currencies: tuple[str, ...]


class MoneyParser:
    """Reads columns of money whose currency stands in another column, and may stand beside the amount as well."""

    def __init__(self, field: Field, currency: Field, codec: Codec) -> None:
        self.currency = currency
        self._label = currency.label(codec.conventions.language)
        self._marks_found = False
        self._memo = Memo(lambda cell: self._parse(codec, field.key, cell))

    def __call__(self, cells: Sequence[str], currencies: list[Plain]) -> Parsed:
        """Return the plain amounts of the cells. Where ``currencies``, of the same rows, is empty, it is filled."""
        values = _remembered(cells, self._memo)
        if self._marks_found:
            values = [
                self._settled(value, currencies, index) if type(value) is Marked else value
                for index, value in enumerate(values)
            ]
        return without_bad(values)

    def _parse(self, codec: Codec, key: str, cell: str) -> Any:
        amount, currencies = codec.money(key, cell)
        if not currencies:
            return amount
        self._marks_found = True
        return Marked(amount, currencies)

    def _settled(self, marked: Marked, currencies: list[Plain], index: int) -> Plain | Bad:
        """Return the amount, or what is wrong where its mark is not what the row's currency says."""
        given = currencies[index]
        if given is None:
            currencies[index] = marked.currencies[0]
        elif given not in marked.currencies:
            return Bad(f"{self._label}: {given} is not what the amount is marked with, {marked.currencies[0]}")
        return marked.amount


def without_bad(values: list[Any]) -> Parsed:
    """Return values of which some may be ``Bad``, told apart."""
    reasons = {index: value.reason for index, value in enumerate(values) if type(value) is Bad}
    for index in reasons:
        values[index] = None
    return Parsed(values, reasons)


def _remembered(cells: Sequence[str], memo: Memo) -> list[Plain]:
    return list(map(memo.__getitem__, cells))


def _texts(cells: Sequence[str], memo: Memo) -> list[Plain]:
    if not _is_clean(cells):
        return _remembered(cells, memo)
    return _empty_as_none(cells)


def _codes(cells: Sequence[str], memo: Memo) -> list[Plain]:
    return _texts(list(map(str.strip, cells)), memo)


def _empty_as_none(cells: Sequence[str]) -> list[Plain]:
    if any(map(str.isspace, cells)):
        return [None if is_empty(cell) else cell for cell in cells]
    return [cell or None for cell in cells] if "" in cells else list(cells)


def _long_numbers(cells: Sequence[str], memo: Memo) -> list[Plain]:
    """Read texts that are long numbers: one that ends in a digit is what it says, unless it is damaged."""
    return _undamaged(cells, memo, 1)


def _phones(cells: Sequence[str], memo: Memo) -> list[Plain]:
    """Read phones: one that ends in as many digits as it must have is what it says, unless it is damaged."""
    return _undamaged(cells, memo, LEAST_DIGITS)


def _undamaged(cells: Sequence[str], memo: Memo, least: int) -> list[Plain]:
    """Read cells of which one that ends in at least so many digits is what it says."""
    if not _is_clean(cells):
        return _remembered(cells, memo)
    if _MAY_BE_DAMAGED.search("\n".join(cells)):
        return [
            cell if cell[-least:].isdigit() and len(cell) >= least and not _MAY_BE_DAMAGED.search(cell) else memo[cell]
            for cell in cells
        ]
    return [cell if cell[-least:].isdigit() and len(cell) >= least else memo[cell] for cell in cells]


def _dates(cells: Sequence[str], memo: Memo) -> list[Plain]:
    return [cell if _ISO_DATE(cell) else memo[cell] for cell in cells]


def _emails(cells: Sequence[str], memo: Memo) -> list[Plain]:
    if _all_common([cell for cell in cells if cell]):
        return _empty_as_none(cells)
    return [cell if COMMON.match(cell) else memo[cell] for cell in cells]


def _all_common(addresses: Sequence[str]) -> bool:
    """Whether ``COMMON`` matches all of these: the parts before the ``@`` together, each domain once."""
    parts = [address.partition("@") for address in addresses]
    names = [part[0] for part in parts]
    if not names or len(max(names, key=len)) > 64 or _NAMES.fullmatch("\n".join(names)) is None:
        return False
    return all(map(_is_common_domain, {part[2] for part in parts}))


@lru_cache(4096)
def _is_common_domain(domain: str) -> bool:
    return COMMON.match(f"a@{domain}") is not None


def _is_clean(cells: Sequence[str]) -> bool:
    """Whether all of the cells are text that a store can hold (see ``values.plain_text``)."""
    together = "".join(cells)
    if "\0" in together:
        return False
    if together.isascii():
        return True
    try:
        together.encode()
    except UnicodeEncodeError:
        return False
    return True


_FAST: dict[Kind, Callable[[Sequence[str], Memo], list[Plain]]] = {
    Kind.TEXT: _texts,
    Kind.PHONE: _phones,
    Kind.DATE: _dates,
    Kind.EMAIL: _emails,
}
