"""Values: how each kind of field is read, kept, shown and compared.

A value has three forms. The *plain* form is what rows, stores, the log and expressions hold:

============  ===========================================================
kind          plain form
============  ===========================================================
id            ``int``, 63 bits
text, phone,  ``str``, exactly as given, never empty
e-mail
choice        ``str``, the code
integer       ``int``, 64 bits
number,       ``int``, ten-thousandths: 12.5 is 125000
money
date          ``str``, ``2026-11-22``
time          ``str`` in UTC, ``2026-11-22T02:10:21.000Z``
yes/no        ``int``, 0 or 1
choices,      ``tuple`` of ``str``, sorted, each once, never empty
tags
reference     ``int``, or for a reference to any record the public id, a ``str``
============  ===========================================================

Empty is ``None``, in every kind. The *Python* form is what records carry (``Decimal``, ``date``, ``datetime``,
``bool``, ``frozenset``). The *shown* form is text for people and files, and ``parser`` reads it back.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from custledger import ids
from custledger.conventions import Conventions
from custledger.errors import InvalidValueError
from custledger.fields import Choice, Kind, Spec

Plain = Any
"""A plain value: ``str``, ``int``, ``tuple[str, ...]`` or ``None``."""

SCALE = 10_000
"""How many units of a plain number or money make one."""

INTEGER_LIMIT = 1 << 63
_MOST_DIGITS = 19

_PHONE_PUNCTUATION = str.maketrans("", "", " -.()·/\t\N{NO-BREAK SPACE}")
_WIDE_PUNCTUATION = tuple((chr(ord(narrow) + 0xFEE0), narrow) for narrow in ",:;!?()%+-./") + (("\u3000", " "),)
_SURROGATE = re.compile("[\ud800-\udfff]")
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
_DATE = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_DATE_ZH = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})[日号]?")
_DATE_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})")
_TIME_PARTS = re.compile(
    r"(?P<date>.*\d[日号]?)(?:[T ]+)(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)\s*(?P<offset>Z|[+-]\d{2}:?\d{2})?"
)
_LIST_SEPARATORS = re.compile(r"[;；、\n]|(?:,|，)")
_YES = frozenset({"yes", "y", "true", "t", "1", "是", "对", "有", "✓", "√"})
_NO = frozenset({"no", "n", "false", "f", "0", "否", "不", "无", "✗", "×"})
_CURRENCY_MARKS = {"us$": "USD", "hk$": "HKD", "€": "EUR", "£": "GBP", "元": "CNY", "人民币": "CNY", "rmb": "CNY"}
_DOLLARS = frozenset({"AUD", "BRL", "CAD", "CLP", "COP", "HKD", "MXN", "NZD", "SGD", "TWD", "USD"})


def fold(text: str) -> str:
    """Return ``text`` in the form in which texts are compared: Unicode casefold after NFKC."""
    if text.isascii():
        return text.lower()
    if not unicodedata.is_normalized("NFKC", text):
        # Chinese prose is full of these few, and normalising it with them inside takes ten times as long.
        for wide, narrow in _WIDE_PUNCTUATION:
            text = text.replace(wide, narrow)
        text = unicodedata.normalize("NFKC", text)
    return text.casefold()


def fold_phone(text: str) -> str:
    """Return a phone number in the form in which phones are compared: folded, without spaces and punctuation."""
    return fold(text).translate(_PHONE_PUNCTUATION)


def folder(kind: Kind) -> Callable[[str], str]:
    """Return the function that folds values of ``kind`` for comparison."""
    return fold_phone if kind is Kind.PHONE else fold


def parser(spec: Spec, conventions: Conventions) -> Callable[[Any], Plain]:
    """Return a function that reads a value of this field into its plain form.

    It takes text as people and files write it, or the Python form; ``None`` and ``""`` are empty. It raises
    ``InvalidValueError`` for what does not fit. A reference to a type takes an ``int`` or a public id here; names
    and codes are looked up elsewhere.
    """
    read = _PARSERS[spec.kind](spec, conventions)

    def parse(value: Any) -> Plain:
        return None if value is None or value == "" else read(value)

    return parse


def formatter(spec: Spec, conventions: Conventions) -> Callable[[Plain], str]:
    """Return a function that shows a plain value of this field as text that ``parser`` reads back; empty is ``""``.

    Choices are shown by their label in the ledger's language, times in its zone.
    """
    match spec.kind:
        case Kind.CHOICE:
            labels = _shown_choices(spec.choices, conventions.language)
            show: Callable[[Any], str] = lambda code: labels.get(code, code)  # noqa: E731
        case Kind.CHOICES:
            labels = _shown_choices(spec.choices, conventions.language)
            show = lambda codes: "; ".join(labels.get(code, code) for code in codes)  # noqa: E731
        case Kind.TAGS:
            show = "; ".join
        case Kind.NUMBER | Kind.MONEY:
            show = show_scaled
        case Kind.TIME:
            show = _time_shower(conventions)
        case Kind.YES_NO:
            words = ("否", "是") if conventions.language == "zh" else ("no", "yes")
            show = words.__getitem__
        case _:
            show = str
    return lambda value: "" if value is None else show(value)


def to_python(spec: Spec) -> Callable[[Plain], Any]:
    """Return a function that turns a plain value (not ``None``) of this field into its Python form."""
    match spec.kind:
        case Kind.NUMBER | Kind.MONEY:
            return lambda scaled: Decimal(scaled).scaleb(-4)
        case Kind.DATE:
            return date.fromisoformat
        case Kind.TIME:
            return datetime.fromisoformat
        case Kind.YES_NO:
            return bool
        case Kind.TAGS | Kind.CHOICES:
            return frozenset
        case _:
            return lambda value: value


def to_json(spec: Spec) -> Callable[[Plain], Any]:
    """Return a function that turns a plain value (not ``None``) into the form that ``--json`` prints.

    Money and numbers are strings, times and dates ISO text, choices codes, tags lists, yes/no booleans. Ids and
    references are given as plain integers here: the codec, which knows the prefixes, makes them public.
    """
    match spec.kind:
        case Kind.NUMBER | Kind.MONEY:
            return show_scaled
        case Kind.YES_NO:
            return bool
        case Kind.TAGS | Kind.CHOICES:
            return list
        case _:
            return lambda value: value


def show_scaled(scaled: int) -> str:
    """Return ten-thousandths as a decimal text with no needless zeros: 125000 is ``12.5``.

    >>> show_scaled(-5)
    '-0.0005'
    """
    whole, rest = divmod(abs(scaled), SCALE)
    sign = "-" if scaled < 0 else ""
    return f"{sign}{whole}.{rest:04d}".rstrip("0") if rest else f"{sign}{whole}"


def parse_scaled(text: str) -> int:
    """Return a decimal text as ten-thousandths. Raises ``InvalidValueError``."""
    sign, whole, fraction = _decimal_parts(text)
    if len(fraction) > 4:
        raise InvalidValueError(text, "has more than four decimal places")
    return _within_limit(sign * (int(whole or "0") * SCALE + int(fraction.ljust(4, "0"))), text)


def _decimal_parts(text: str) -> tuple[int, str, str]:
    """Return the sign of a decimal text, the digits before the point and those behind it, without needless zeros."""
    plain = text.replace(",", "") if _GROUPED.fullmatch(text) else text
    if not _DECIMAL.fullmatch(plain):
        hint = "Spreadsheets write long numbers this way and lose digits." if "e" in plain.lower() else ""
        raise InvalidValueError(text, "is not a number", hint=hint)
    whole, _, fraction = plain.partition(".")
    digits = whole.lstrip("+-").lstrip("0")
    if len(digits) > _MOST_DIGITS:
        raise InvalidValueError(text, "is too large")
    return -1 if whole.startswith("-") else 1, digits, fraction.rstrip("0")


def plain_text(value: Any) -> str:
    """Return ``value`` as plain text. Raises ``InvalidValueError`` for what no store can hold."""
    text = value if isinstance(value, str) else str(value)
    if text.isascii():
        if "\0" in text:
            raise InvalidValueError(text, "holds a NUL character, which is not text")
    elif _SURROGATE.search(text) or "\0" in text:
        raise InvalidValueError(text, "holds half of a character, or a NUL, which is not text")
    return text


def _text_parser(_spec: Spec, _conventions: Conventions) -> Callable[[Any], Plain]:
    return plain_text


def _integer_parser(_spec: Spec, _conventions: Conventions) -> Callable[[Any], Plain]:
    def parse(value: Any) -> Plain:
        if isinstance(value, int):
            return _within_limit(int(value), value)
        text = _tidy(value)
        if text is None:
            return None
        sign, whole, fraction = _decimal_parts(_exact_text(value, text))
        if fraction:
            raise InvalidValueError(value, "is not a whole number")
        return _within_limit(sign * int(whole or "0"), value)

    return parse


def _number_parser(_spec: Spec, _conventions: Conventions) -> Callable[[Any], Plain]:
    def parse(value: Any) -> Plain:
        text = _tidy(value)
        return None if text is None else parse_scaled(_exact_text(value, text))

    return parse


def _money_parser(_spec: Spec, conventions: Conventions) -> Callable[[Any], Plain]:
    def parse(value: Any) -> Plain:
        text = _tidy(value)
        if text is None:
            return None
        if isinstance(value, str) and (not text[-1].isdigit() or not (text[0].isdigit() or text[0] in "+-.")):
            text = _without_currency(value, text, conventions.currency)
        return parse_scaled(_exact_text(value, text))

    return parse


def _exact_text(value: Any, text: str) -> str:
    """Return the text of an exact number; ``text`` is what ``value`` reads like."""
    if isinstance(value, float):
        raise InvalidValueError(value, "is a float, which is not exact", hint="Give a string, an int or a Decimal.")
    if isinstance(value, Decimal) and value.is_finite():
        return format(value, "f")
    return text


def _within_limit(number: int, shown: object) -> int:
    if not -INTEGER_LIMIT <= number < INTEGER_LIMIT:
        raise InvalidValueError(shown, "is too large")
    return number


def _tidy(value: Any) -> str | None:
    """Return text with full-width characters narrowed and outer spaces dropped, or None where nothing is left."""
    text = value if isinstance(value, str) else str(value)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return text.strip() or None


def _without_currency(value: Any, text: str, own: str) -> str:
    lowered = text.lower()
    # A sign that several currencies share means the ledger's, where the ledger's is one of them.
    shared = {"$": own if own in _DOLLARS else "USD", "¥": own if own == "JPY" else "CNY"}
    marks = {**_CURRENCY_MARKS, **shared, own.lower(): own}
    code = re.match(r"[a-z]{3}(?![a-z])", lowered) or re.search(r"(?<![a-z])[a-z]{3}$", lowered)
    if code:
        marks.setdefault(code.group(), code.group().upper())
    for mark in sorted(marks, key=len, reverse=True):
        if lowered.startswith(mark) or lowered.endswith(mark):
            if marks[mark] != own:
                raise InvalidValueError(value, f"is in {marks[mark]}, and the ledger keeps {own}",
                                        hint="Give the bare amount, and the currency in its own field.")
            bare = text[len(mark):] if lowered.startswith(mark) else text[: -len(mark)]
            return bare.strip()
    return text


def _date_parser(_spec: Spec, _conventions: Conventions) -> Callable[[Any], Plain]:
    def parse(value: Any) -> Plain:
        if isinstance(value, datetime):
            return value.date().isoformat()
        if isinstance(value, date):
            return value.isoformat()
        text = _tidy(value)
        return None if text is None else _iso_date(text)

    return parse


def _iso_date(text: str) -> str:
    found = _DATE.fullmatch(text)
    parts = found.group(1, 3, 4) if found else None
    if parts is None:
        other = _DATE_ZH.fullmatch(text) or _DATE_PACKED.fullmatch(text)
        parts = other.groups() if other else None
    if parts is None:
        if midnight := re.fullmatch(r"(.+?)[T ]+00:00(:00(\.0+)?)?", text):
            return _iso_date(midnight.group(1))
        raise InvalidValueError(text, "is not a date", hint="Write dates as 2026-11-22.")
    try:
        return date(*map(int, parts)).isoformat()
    except ValueError as error:
        raise InvalidValueError(text, "is not a day of the calendar") from error


def _time_parser(_spec: Spec, conventions: Conventions) -> Callable[[Any], Plain]:
    zone = conventions.zone

    def parse(value: Any) -> Plain:
        if isinstance(value, datetime):
            moment = value
        elif isinstance(value, date):
            moment = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - the zone follows below
        else:
            text = _tidy(value)
            if text is None:
                return None
            moment = _moment(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        try:
            return _utc_text(moment)
        except OverflowError as error:
            raise InvalidValueError(value, "is beyond the years that can be kept") from error

    return parse


def _moment(text: str) -> datetime:
    found = _TIME_PARTS.fullmatch(text)
    if not found:
        day = date.fromisoformat(_iso_date(text))
        return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the caller adds the zone
    clock = found["clock"].zfill(5) if len(found["clock"]) < 5 else found["clock"]
    clock = clock if clock[2] == ":" else "0" + clock
    try:
        return datetime.fromisoformat(f"{_iso_date(found['date'].strip())}T{clock}{found['offset'] or ''}")
    except ValueError as error:
        raise InvalidValueError(text, "is not a time", hint="Write times as 2026-11-22 14:30.") from error


def _utc_text(moment: datetime) -> str:
    utc = moment.astimezone(UTC)
    return f"{utc.year:04d}-{utc:%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def _time_shower(conventions: Conventions) -> Callable[[str], str]:
    zone = conventions.zone

    def show(plain: str) -> str:
        return _without_zeros(f"{plain[:10]} {plain[11:-1]}")

    def show_in_zone(plain: str) -> str:
        try:
            local = datetime.fromisoformat(plain).astimezone(zone)
        except OverflowError:  # at the edge of the years that can be kept, the zone's day lies beyond it
            return show(plain) + "Z"
        if local.fold:  # when clocks are put back, an hour comes twice: the second is told from the first by its zone
            return show(plain) + "Z"
        return _without_zeros(f"{local.year:04d}-{local:%m-%d %H:%M:%S}.{plain[20:23]}")

    return show if zone is UTC else show_in_zone


def _without_zeros(text: str) -> str:
    """Return a time without the milliseconds, and then the seconds, that are zero."""
    return text.removesuffix(".000").removesuffix(":00") if text.endswith(".000") else text


def _yes_no_parser(_spec: Spec, _conventions: Conventions) -> Callable[[Any], Plain]:
    def parse(value: Any) -> Plain:
        text = _tidy(value)
        if text is None:
            return None
        word = text.lower()
        if word in _YES:
            return 1
        if word in _NO:
            return 0
        raise InvalidValueError(value, "is neither yes nor no")

    return parse


def _choice_parser(spec: Spec, _conventions: Conventions) -> Callable[[Any], Plain]:
    codes = choice_names(spec.choices)

    def parse(value: Any) -> Plain:
        text = _tidy(value)
        if text is None:
            return None
        code = codes.get(_choice_name(text))
        if code is None:
            named = ", ".join(choice.code for choice in spec.choices)
            raise InvalidValueError(value, "is not one of the choices", hint=f"There are: {named}.")
        return code

    return parse


def choice_names(listed: tuple[Choice, ...]) -> dict[str, str]:
    """Return ``{folded code or label: code}``; a code comes before anybody's label."""
    names = {_choice_name(label): choice.code for choice in reversed(listed) for label in choice.labels.both()}
    return names | {_choice_name(choice.code): choice.code for choice in reversed(listed)}


def _choice_name(text: str) -> str:
    return fold(text).strip()


def _shown_choices(listed: tuple[Choice, ...], language: str) -> dict[str, str]:
    """Return ``{code: label}``, leaving a code as it is where its label would be read back as another's."""
    names = choice_names(listed)
    shown = {}
    for choice in listed:
        label = choice.labels.in_language(language)
        safe = names.get(_choice_name(label)) == choice.code and not _LIST_SEPARATORS.search(label)
        shown[choice.code] = label if safe else choice.code
    return shown


def _choices_parser(spec: Spec, conventions: Conventions) -> Callable[[Any], Plain]:
    one = _choice_parser(spec, conventions)

    def parse(value: Any) -> Plain:
        parsed = {one(item) for item in split_list(value)}
        return tuple(sorted(code for code in parsed if code is not None)) or None

    return parse


def _tags_parser(_spec: Spec, _conventions: Conventions) -> Callable[[Any], Plain]:
    return lambda value: tuple(sorted({_tag(item) for item in split_list(value)})) or None


def _tag(item: str) -> str:
    if _LIST_SEPARATORS.search(item):
        raise InvalidValueError(item, "is not one tag: a tag holds no comma, semicolon or line end")
    return plain_text(item)


def split_list(value: Any) -> list[str]:
    """Return the items of a list, or of text in which ``; ； 、 ,`` or a line end separates them."""
    items = _LIST_SEPARATORS.split(value) if isinstance(value, str) else [str(item) for item in value]
    return [item.strip() for item in items if item.strip()]


def _phone_parser(_spec: Spec, _conventions: Conventions) -> Callable[[Any], Plain]:
    def parse(value: Any) -> Plain:
        text = plain_text(value)
        if not text.strip():
            return None
        if not any(character.isdigit() for character in text):
            raise InvalidValueError(value, "has no digit in it, so it is not a phone number")
        return text

    return parse


def _email_parser(_spec: Spec, _conventions: Conventions) -> Callable[[Any], Plain]:
    from custledger.email_address import check_email  # noqa: PLC0415 - needed only where an e-mail is read

    def parse(value: Any) -> Plain:
        text = plain_text(value).strip()
        return check_email(text) if text else None

    return parse


def _reference_parser(spec: Spec, _conventions: Conventions) -> Callable[[Any], Plain]:
    return _any_reference if spec.target is None else _id_parser(spec, _conventions)


def _any_reference(value: Any) -> Plain:
    """Return a public id as it is kept: the same record is always the same text."""
    text = _tidy(value)
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
        text = _tidy(value)
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
    Kind.INTEGER: _integer_parser,
    Kind.NUMBER: _number_parser,
    Kind.MONEY: _money_parser,
    Kind.DATE: _date_parser,
    Kind.TIME: _time_parser,
    Kind.YES_NO: _yes_no_parser,
    Kind.CHOICE: _choice_parser,
    Kind.CHOICES: _choices_parser,
    Kind.PHONE: _phone_parser,
    Kind.EMAIL: _email_parser,
    Kind.TAGS: _tags_parser,
    Kind.REFERENCE: _reference_parser,
}

