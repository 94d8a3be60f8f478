"""Reading a value of any kind into its plain form."""

import re
from collections.abc import Callable
from typing import Any

from custledger import ids
from custledger.conventions import Conventions
from custledger.errors import InvalidValueError
from custledger.fields import Kind, Spec
from custledger.values.currencies import currency_parser
from custledger.values.damage import undamaged
from custledger.values.lists import choice_parser, choices_parser, tags_parser, yes_no_parser
from custledger.values.moments import date_parser, time_parser
from custledger.values.numbers import integer_parser, money_parser, number_parser
from custledger.values.plain import Plain, is_empty, plain_code, plain_text, tidy, within_limit


def parser(spec: Spec, conventions: Conventions) -> Callable[[Any], Plain]:
    """Return a function that reads a value of this field into its plain form.

    It takes text as people and files write it, or the Python form; ``None`` and a text of blanks are empty. It raises
    ``InvalidValueError`` for what does not fit. A reference to a type takes an ``int`` or a public id here; names
    and codes are looked up elsewhere.
    """
    read = (currency_parser if spec.currency_of else _PARSERS[spec.kind])(spec, conventions)
    if spec.kind is Kind.PHONE or spec.long_number:
        read = undamaged(read)

    def parse(value: Any) -> Plain:
        return None if is_empty(value) else read(value)

    return parse


def plain_parser(spec: Spec, conventions: Conventions) -> Callable[[Any], Plain]:
    """Return a function that reads a value which may be plain already, as those are that plugins are handed.

    It is ``parser``, but for an ``int`` of a number or an amount: that is in ten-thousandths. Raises
    ``InvalidValueError`` for what does not fit.
    """
    read = parser(spec, conventions)
    if spec.kind not in {Kind.NUMBER, Kind.MONEY}:
        return read

    def parse(value: Any) -> Plain:
        return within_limit(value, value) if type(value) is int else read(value)

    return parse


def _text_parser(spec: Spec, _conventions: Conventions) -> Callable[[Any], Plain]:
    return plain_code if spec.is_code else plain_text


LEAST_DIGITS = 3
"""How many digits a phone number has at least, unless it says that it is an extension: 110 has three."""
_EXTENSION = re.compile(r"(?:\bext(?:ension)?|转|轉|分机|分機|内线|內線)[.:： ]*\d", re.IGNORECASE)


def _phone_parser(_spec: Spec, _conventions: Conventions) -> Callable[[Any], Plain]:
    def parse(value: Any) -> Plain:
        text = plain_text(value)
        digits = sum(map(str.isdigit, text))
        if digits < LEAST_DIGITS and not (digits and _EXTENSION.search(text)):
            what = f"has fewer than {LEAST_DIGITS} digits" if digits else "has no digit"
            raise InvalidValueError(value, f"{what} in it, so it is not a phone number")
        return text

    return parse


def _email_parser(_spec: Spec, _conventions: Conventions) -> Callable[[Any], Plain]:
    from custledger.email_address import check_email  # needed only where an e-mail is read

    def parse(value: Any) -> Plain:
        return check_email(plain_text(value).strip())

    return parse


def _reference_parser(spec: Spec, _conventions: Conventions) -> Callable[[Any], Plain]:
    return _any_reference if spec.target is None else _id_parser(spec, _conventions)


def _any_reference(value: Any) -> Plain:
    """Return a public id as it is kept: the same record is always the same text."""
    text = tidy(value)
    if text is None:
        return None
    prefix, letters = ids.split_public(text)
    if not prefix or len(letters) != ids.LENGTH:
        raise InvalidValueError(value, "is not a whole id", hint="Ids read like C-01J9ZK4QW7RXM.")
    return ids.public(prefix, ids.decode(letters))


def _id_parser(_spec: Spec, _conventions: Conventions) -> Callable[[Any], Plain]:
    def parse(value: Any) -> Plain:
        if isinstance(value, int):
            if not 0 <= value <= ids.LARGEST:
                raise InvalidValueError(value, "is not an id")
            return int(value)
        text = tidy(value)
        if text is None:
            return None
        _, letters = ids.split_public(text)
        if len(letters) != ids.LENGTH:
            raise InvalidValueError(value, "is not a whole id", hint="Ids read like C-01J9ZK4QW7RXM.")
        return ids.decode(letters)

    return parse


_PARSERS: dict[Kind, Callable[[Spec, Conventions], Callable[[Any], Plain]]] = {
    Kind.ID: _id_parser,
    Kind.TEXT: _text_parser,
    Kind.INTEGER: integer_parser,
    Kind.NUMBER: number_parser,
    Kind.MONEY: money_parser,
    Kind.DATE: date_parser,
    Kind.TIME: time_parser,
    Kind.YES_NO: yes_no_parser,
    Kind.CHOICE: choice_parser,
    Kind.CHOICES: choices_parser,
    Kind.PHONE: _phone_parser,
    Kind.EMAIL: _email_parser,
    Kind.TAGS: tags_parser,
    Kind.REFERENCE: _reference_parser,
}
