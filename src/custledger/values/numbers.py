"""Integers, numbers and money: exact, in ten-thousandths."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from custledger.conventions import Conventions
from custledger.errors import InvalidValueError
from custledger.fields import Spec
from custledger.values.currencies import likeliest, meant_by, spellings
from custledger.values.plain import Plain, is_empty, tidy, within_limit

SCALE = 10_000
"""How many units of a plain number or money make one."""

PERCENT = "%"
_MOST_DIGITS = 19
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_SCIENTIFIC = re.compile(rf"{_DECIMAL.pattern}[eE][+-]?\d+")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")


def show_scaled(scaled: int) -> str:
    """Return ten-thousandths as a decimal text with no needless zeros: 125000 is ``12.5``.

    >>> show_scaled(-5)
    '-0.0005'
    """
    whole, rest = divmod(abs(scaled), SCALE)
    sign = "-" if scaled < 0 else ""
    return f"{sign}{whole}.{rest:04d}".rstrip("0") if rest else f"{sign}{whole}"


def show_money(scaled: int) -> str:
    """Return ten-thousandths as an amount of money: at least two decimals, more only where they are needed.

    >>> show_money(1365000)
    '136.50'
    """
    text = show_scaled(scaled)
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction.ljust(2, '0')}"


def parse_scaled(text: str) -> int:
    """Return a decimal text as ten-thousandths. Raises ``InvalidValueError``."""
    sign, whole, fraction = _decimal_parts(text)
    if len(fraction) > 4:
        raise InvalidValueError(text, "has more than four decimal places")
    return within_limit(sign * (int(whole or "0") * SCALE + int(fraction.ljust(4, "0"))), text)


def integer_parser(_spec: Spec, _conventions: Conventions) -> Callable[[Any], Plain]:
    """Return the parser of integers."""

    def parse(value: Any) -> Plain:
        if isinstance(value, int):
            return within_limit(int(value), value)
        text = tidy(value)
        if text is None:
            return None
        sign, whole, fraction = _decimal_parts(_exact_text(value, text))
        if fraction:
            raise InvalidValueError(value, "is not a whole number")
        return within_limit(sign * int(whole or "0"), value)

    return parse


def number_parser(spec: Spec, _conventions: Conventions) -> Callable[[Any], Plain]:
    """Return the parser of exact numbers; a percentage may have its sign."""

    def parse(value: Any) -> Plain:
        text = tidy(value)
        if text is None:
            return None
        bare = text.removesuffix(PERCENT).rstrip() if spec.percent else text
        return parse_scaled(_exact_text(value, bare or text))

    return parse


def money_parser(_spec: Spec, conventions: Conventions) -> Callable[[Any], Plain]:
    """Return the parser of amounts; a currency mark must be the ledger's."""
    own = conventions.currency

    def parse(value: Any) -> Plain:
        amount, marks = marked_money(value, own)
        if marks and own not in marks:
            raise InvalidValueError(
                value,
                f"is in {marks[0]}, and the ledger keeps {own}",
                hint=f"Give the bare amount in {own}; another currency needs a field that holds it.",
            )
        return amount

    return parse


def marked_money(value: Any, own: str) -> tuple[Plain, tuple[str, ...]]:
    """Return a plain amount, and the currencies that the mark on it may mean, the likeliest first; none without one.

    ``own`` is the ledger's currency, which a sign that several currencies share means where it can.
    """
    text = None if is_empty(value) else tidy(value)
    if text is None:
        return None, ()
    marks: list[tuple[str, ...]] = []
    if isinstance(value, str) and (not text[-1].isdigit() or not (text[0].isdigit() or text[0] in "+-.")):
        text = _without_currency(text, own, marks)
    codes = [code for code in marks[0] if all(code in mark for mark in marks)] if marks else []
    if marks and not codes:
        raise InvalidValueError(value, "is marked with two currencies")
    return parse_scaled(_exact_text(value, text)), tuple(codes)


def _decimal_parts(text: str) -> tuple[int, str, str]:
    """Return the sign of a decimal text, the digits before the point and those behind it, without needless zeros."""
    plain = text.replace(",", "") if _GROUPED.fullmatch(text) else text
    if not _DECIMAL.fullmatch(plain):
        hint = "Spreadsheets write long numbers this way and lose digits." if _SCIENTIFIC.fullmatch(plain) else ""
        if _DECIMAL.fullmatch(plain.removesuffix(PERCENT).rstrip()):
            hint = "Write the bare number, without the percent sign, as the field keeps it."
        raise InvalidValueError(text, "is not a number", hint=hint)
    whole, _, fraction = plain.partition(".")
    digits = whole.lstrip("+-").lstrip("0")
    if len(digits) > _MOST_DIGITS:
        raise InvalidValueError(text, "is too large")
    return -1 if whole.startswith("-") else 1, digits, fraction.rstrip("0")


def _exact_text(value: Any, text: str) -> str:
    """Return the text of an exact number; ``text`` is what ``value`` reads like."""
    if isinstance(value, float):
        hint = "Give a Decimal, a text or a whole number."
        raise InvalidValueError(value, "is a float, which is not exact", hint=hint)
    if isinstance(value, Decimal) and value.is_finite():
        return format(value, "f")
    return text


def _without_currency(text: str, own: str, marks: list[tuple[str, ...]]) -> str:
    """Return an amount without its mark; what the mark may mean is added to ``marks``."""
    lowered = text.lower()
    code = None
    if any(map(str.isdigit, lowered)):
        code = re.match(r"[a-z]{3}(?![a-z])", lowered) or re.search(r"(?<![a-z])[a-z]{3}$", lowered)
    known = spellings() | {own.lower()} | ({code.group()} if code else set())
    for mark in sorted(known, key=len, reverse=True):
        if not (lowered.startswith(mark) or lowered.endswith(mark)) or not meant_by(mark, own):
            continue
        first = likeliest(mark, own)
        marks.append((first, *sorted(meant_by(mark, own) - {first})))
        bare = text[len(mark) :] if lowered.startswith(mark) else text[: -len(mark)]
        return _without_currency(bare.strip(), own, marks)  # an amount may be marked on both sides
    return text
