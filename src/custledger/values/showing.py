"""A plain value as people, Python and JSON see it."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from custledger.conventions import Conventions
from custledger.fields import Kind, Spec
from custledger.values.lists import shown_choices
from custledger.values.moments import time_shower
from custledger.values.numbers import show_money, show_scaled
from custledger.values.plain import Plain


def formatter(spec: Spec, conventions: Conventions) -> Callable[[Plain], str]:
    """Return a function that shows a plain value of this field as text that ``parser`` reads back; empty is ``""``.

    Choices are shown by their label in the ledger's language, times in its zone.
    """
    match spec.kind:
        case Kind.CHOICE:
            labels = shown_choices(spec.choices, conventions.language)
            show: Callable[[Any], str] = lambda code: labels.get(code, code)
        case Kind.CHOICES:
            labels = shown_choices(spec.choices, conventions.language)
            show = lambda codes: "; ".join(labels.get(code, code) for code in codes)
        case Kind.TAGS:
            show = "; ".join
        case Kind.NUMBER:
            show = show_scaled
        case Kind.MONEY:
            show = show_money
        case Kind.TIME:
            show = time_shower(conventions)
        case Kind.YES_NO:
            words = ("否", "是") if conventions.language == "zh" else ("no", "yes")
            show = words.__getitem__
        case _:
            show = str
    return lambda value: "" if value is None else show(value)


def unchanged(value: Plain) -> Any:
    """Return a plain value that is its own Python form."""
    return value


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
            return unchanged


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
