"""Records that no demo would show and every ledger has: empties, full-width twins, other currencies, days to come.

They are made of what a record type says of its fields, so those of plugins are among them. The same types give the same
records, and a type's records do not depend on which others there are, but for those that it refers to.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import count
from typing import Any

from custledger import ids
from custledger.changes import Change
from custledger.fields import Kind, Spec
from custledger.schema import Field, Schema
from custledger.services.proving.days import TODAY
from custledger.values import Plain

COUNT = 36
"""How many records there are of each type that refers to none that must be there; of the others twice as many."""

_FIRST_ID = 1 << 41
_TEXTS = (
    "上海",
    "北京",
    "SHANGHAI",
    "ｓｈａｎｇｈａｉ",
    "Straße",
    "STRASSE",
    "ＶＩＰ",
    "vip",
    " 杭州",
    "O'Brien",
    "100%",
    "=1+1",
    "a\nb",
)
_NAMES = ("王伟", "王伟", "李娜", "Ada Lin", "ＡＤＡ ＬＩＮ", "Björn Ångström", "欧阳静怡", "田中さくら", "Zoë O'Neill")
_PHONES = ("13800138000", "138-0013-8000", "１３８００１３８０００", "(021) 6888-0000", "+44 20 7946 0000")
_EMAILS = ("a.lin@example.com", "A.Lin@Example.com", "wang@example.org", "straße@example.com")
_TAGS = ("vip", "老客户", "新客户", "Öko", "newsletter")
_WHOLE = (0, 1, 2, 3, 7, 30, 10_000, -1)
_SCALED = (0, 1, 10_000, 25_000, 199_900, 3_000_000, 50_000_000, 68_000_000, 9_999_999_999_999, -1_250_000)
_CURRENCIES = (None, None, "CNY", "USD", "EUR")
_DAYS_AGO = (0, 1, 6, 7, 29, 30, 31, 89, 90, 91, 179, 180, 181, 364, 365, 366, 800, -1, -7, -30, -400)
_OTHER_DAYS = ("1987-06-15", "2000-02-29", "1990-12-31", "1926-01-01", "1900-01-01")
_FOREVER = "9999-12-31"
_DAYS = (*((TODAY - timedelta(days=ago)).isoformat() for ago in _DAYS_AGO), *_OTHER_DAYS)
_HOURS = ("T16:00:00.000Z", "T15:59:59.999Z", "T03:20:00.000Z")
"""Of a day in UTC; the first is midnight in the ledger's zone, on the day after."""

_POOLS: Mapping[Kind, Sequence[Plain]] = {
    Kind.TEXT: _TEXTS,
    Kind.PHONE: _PHONES,
    Kind.EMAIL: _EMAILS,
    Kind.INTEGER: _WHOLE,
    Kind.NUMBER: _SCALED,
    Kind.MONEY: _SCALED,
    Kind.DATE: (*_DAYS, _FOREVER),
    Kind.TIME: tuple(day + hour for day in _DAYS for hour in _HOURS),
    Kind.YES_NO: (0, 1),
    Kind.TAGS: tuple(tuple(sorted({one, other})) for one in _TAGS for other in _TAGS),
}

UNKNOWN_CODE = "once_a_choice"
"""A choice that is in no list any more: each ledger has its own lists, and rows keep what was chosen."""


def awkward(schemas: Mapping[str, Schema]) -> Iterator[Change]:
    """Yield the additions of the records, each after those that it refers to."""
    made: dict[str, list[int]] = {}
    numbers = count(_FIRST_ID, 1_000)
    for schema in _in_order(schemas):
        source = random.Random(f"awkward {schema.name}")  # noqa: S311 - for a story, not for secrets
        needs = [field.spec.target for field in schema.required if field.spec.target]
        own = made.setdefault(schema.name, [])
        if not all(made.get(target) for target in needs):
            continue  # what must refer to its own type, or in a circle, cannot be made here
        for place in range(COUNT * 2 if needs else COUNT):
            values = _values(schema, place, source, made, {one.name: one.info.prefix for one in schemas.values()})
            change = Change(type=schema.name, id=next(numbers), before=None, after=values)
            yield change
            own.append(change.id)


def _in_order(schemas: Mapping[str, Schema]) -> Iterator[Schema]:
    """Yield the schemas, those that others refer to first, as far as they do not refer to each other in a circle."""
    left = dict(schemas)
    while left:
        free = [
            schema
            for schema in left.values()
            if not any(field.spec.target in left and field.spec.target != schema.name for field in schema.references)
        ]
        for schema in free or [next(iter(left.values()))]:
            yield left.pop(schema.name)


def _values(
    schema: Schema, place: int, source: random.Random, made: Mapping[str, list[int]], prefixes: Mapping[str, str]
) -> dict[str, Any]:
    """Return the plain values of the record at ``place``, by key, without the empty ones."""
    values: dict[str, Any] = {}
    for field in schema.fields:
        spec = field.spec
        if spec.system or not (spec.required or spec.currency_of or source.random() > 1 / 3):
            continue
        value = (
            _reference(spec, source, made, prefixes)
            if spec.kind is Kind.REFERENCE
            else _own_value(field, place, source)
        )
        if value is not None:
            values[field.key] = value
    return values


def _own_value(field: Field, place: int, source: random.Random) -> Plain:
    """Return a value of a field that is no reference."""
    spec = field.spec
    if spec.currency_of:
        return source.choice(_CURRENCIES)
    value = source.choice(_pool(spec))
    if spec.unique and isinstance(value, str):
        return f"{value.strip()} {place}"
    return value.strip() if spec.is_code and isinstance(value, str) else value


def _pool(spec: Spec) -> Sequence[Plain]:
    """Return the values that a field of this kind may get."""
    codes = [choice.code for choice in spec.choices]
    match spec.kind:
        case Kind.CHOICE:
            return [*codes * 3, UNKNOWN_CODE]
        case Kind.CHOICES:
            return [tuple(sorted({one, other})) for one in codes for other in codes]
        case Kind.TEXT if spec.title:
            return _NAMES
        case kind:
            return _POOLS[kind]


def _reference(spec: Spec, source: random.Random, made: Mapping[str, list[int]], prefixes: Mapping[str, str]) -> Plain:
    """Return a reference to a record that was made: one of few to most, and none at all to the last third."""
    target = spec.target or source.choice(sorted(made))
    known = made.get(target) or []
    if not known:
        return None
    number = known[int(source.random() ** 2 * (len(known) * 2 // 3))]
    return number if spec.target else ids.public(prefixes[target], number)
