"""Choices, several choices, tags and yes/no: values out of a list."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from custledger.conventions import Conventions
from custledger.errors import InvalidValueError
from custledger.fields import Choice, Spec
from custledger.structs import Struct, frozen
from custledger.values.folding import fold
from custledger.values.plain import Plain, is_empty, plain_text, tidy

_LIST_SEPARATORS = re.compile(r"[;；、\n]|(?:,|，)")
_YES = frozenset({"yes", "y", "true", "t", "1", "是", "对", "有", "✓", "√"})
_NO = frozenset({"no", "n", "false", "f", "0", "否", "不", "无", "✗", "×"})


def yes_no_parser(_spec: Spec, _conventions: Conventions) -> Callable[[Any], Plain]:
    """Return the parser of yes/no fields."""

    def parse(value: Any) -> Plain:
        text = tidy(value)
        if text is None:
            return None
        word = text.lower()
        if word in _YES:
            return 1
        if word in _NO:
            return 0
        raise InvalidValueError(value, "is neither yes nor no")

    return parse


def choice_parser(spec: Spec, _conventions: Conventions) -> Callable[[Any], Plain]:
    """Return the parser of a choice field: a code, or a label in either language."""
    codes = choice_names(spec.choices)

    def parse(value: Any) -> Plain:
        text = tidy(value)
        if text is None:
            return None
        code = codes.get(_choice_name(text))
        if code is None:
            named = ", ".join(choice.code for choice in spec.choices)
            raise InvalidValueError(value, "is not one of the choices", hint=f"There are: {named}.")
        return code

    return parse


def choices_parser(spec: Spec, conventions: Conventions) -> Callable[[Any], Plain]:
    """Return the parser of fields that hold several choices."""
    one = choice_parser(spec, conventions)

    def parse(value: Any) -> Plain:
        parsed = {one(item) for item in split_list(value)}
        return tuple(sorted(code for code in parsed if code is not None)) or None

    return parse


def tags_parser(_spec: Spec, _conventions: Conventions) -> Callable[[Any], Plain]:
    """Return the parser of tags. Those that compare equal are one, written as it is given first."""

    def parse(value: Any) -> Plain:
        spellings: dict[str, str] = {}
        items = split_list(value)
        for tag in map(_tag, sorted(items) if isinstance(value, set | frozenset) else items):
            spellings.setdefault(fold(tag), tag)
        return tuple(sorted(spellings.values())) or None

    return parse


@frozen(kw_only=True)
class Adjustment(Struct):
    """What to put into a set of tags, and what to take out of it, whatever else is in it."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


def adjusted(value: Any, old: Plain) -> Plain:
    """Return what a field will hold that held ``old``: ``value``, or what an ``Adjustment`` makes of the old tags."""
    if not isinstance(value, Adjustment):
        return value
    gone = set(map(fold, value.remove))
    spellings = {fold(tag): tag for tag in (*value.add, *(old or ()))}
    return tuple(sorted(tag for key, tag in spellings.items() if key not in gone)) or None


def choice_names(listed: tuple[Choice, ...]) -> dict[str, str]:
    """Return ``{folded code or label: code}``; a code comes before anybody's label."""
    names = {_choice_name(label): choice.code for choice in reversed(listed) for label in choice.labels.both()}
    return names | {_choice_name(choice.code): choice.code for choice in reversed(listed)}


def shown_choices(listed: tuple[Choice, ...], language: str) -> dict[str, str]:
    """Return ``{code: label}``, leaving a code as it is where its label would be read back as another's."""
    names = choice_names(listed)
    shown = {}
    for choice in listed:
        label = choice.labels.in_language(language)
        safe = names.get(_choice_name(label)) == choice.code and not _LIST_SEPARATORS.search(label)
        shown[choice.code] = label if safe else choice.code
    return shown


def split_list(value: Any) -> list[str]:
    """Return the items of a list, or of text in which ``; ； 、 ,`` or a line end separates them; empty ones go."""
    if isinstance(value, str):
        items = _LIST_SEPARATORS.split(value)
    elif isinstance(value, Iterable) and not isinstance(value, Mapping | bytes | bytearray | memoryview):
        items = [plain_text(item) for item in value if not is_empty(item)]
    else:
        raise InvalidValueError(value, "is not a list")
    return [item.strip() for item in items if item.strip()]


def _choice_name(text: str) -> str:
    return fold(text).strip()


def _tag(item: str) -> str:
    if _LIST_SEPARATORS.search(item):
        raise InvalidValueError(item, "is not one tag: a tag holds no comma, semicolon or line end")
    return plain_text(item)
