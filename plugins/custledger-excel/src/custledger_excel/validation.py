"""What may be entered in the cells of a column, what can be chosen there, and what a cell says meanwhile."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import attrs

from custledger.conventions import Conventions
from custledger.fields import Kind, Labels
from custledger.schema import Field
from custledger.values import formatter
from custledger_excel import manifest, words
from custledger_excel.columns import Column

LAST_ROW = 1_048_575
"""The last row of a sheet, from 0."""
_MOST_TITLE, _MOST_MESSAGE = 32, 255
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(9999, 12, 31)
_MOST = 900_000_000_000_000


@attrs.define
class Lists:
    """The lists to choose from, which stand in columns of the hidden sheet."""

    columns: list[tuple[str, ...]] = attrs.field(factory=list)

    def place(self, labels: Sequence[str]) -> str:
        """Return where a list stands, as a formula; equal lists are one."""
        from xlsxwriter.utility import xl_col_to_name

        listed = tuple(labels)
        if listed not in self.columns:
            self.columns.append(listed)
        name = xl_col_to_name(self.columns.index(listed) + 1)  # the first column has the manifest
        return f"={manifest.TITLE}!${name}$1:${name}${len(listed)}"


def labels_of(field: Field, conventions: Conventions) -> list[str]:
    """Return what may be chosen for a field, as people see it."""
    show = formatter(field.spec, conventions)
    if field.spec.kind is Kind.YES_NO:
        return [show(1), show(0)]
    if field.spec.kind is Kind.CHOICES:
        return [show((choice.code,)) for choice in field.spec.choices]
    return [show(choice.code) for choice in field.spec.choices]


class Validations:
    """Says what may be entered in the cells of columns, as XlsxWriter is told it.

    ``titles`` are those of the sheets by record type, ``names`` what the names of their records are called in formulas.
    """

    def __init__(
        self, conventions: Conventions, lists: Lists, titles: Mapping[str, str], names: Mapping[str, str]
    ) -> None:
        self._conventions = conventions
        self._lists = lists
        self._titles = titles
        self._names = names
        self._say = _Sayer(conventions.language)

    def of(self, column: Column) -> dict[str, Any] | None:
        """Return what is said of a column's cells, or ``None`` for one in which anything may stand."""
        if column.field is None:
            return None
        told = self._by_kind(column.field)
        help_text = column.field.spec.help.in_language(self._conventions.language)
        if help_text:
            told = told or {"validate": "any"}
            told["input_message"] = " ".join(filter(None, (told.get("input_message"), help_text)))
        if told is None:
            return None
        told.setdefault("input_title", column.heading)
        return _short(told)

    def _by_kind(self, field: Field) -> dict[str, Any] | None:
        spec, say = field.spec, self._say
        match spec.kind:
            case Kind.CHOICE | Kind.YES_NO | Kind.CHOICES | Kind.TAGS:
                return self._listed(field)
            case Kind.REFERENCE if spec.target in self._names:
                return self._referring(str(spec.target))
            case Kind.ID:
                return {"validate": "any", "input_title": say(words.ID_TITLE), "input_message": say(words.ID)}
            case _ if not spec.system:
                return self._measured(field)
        return None

    def _listed(self, field: Field) -> dict[str, Any] | None:
        """Return the list of what can be chosen; where several can, only what is to be written."""
        say, kind = self._say, field.spec.kind
        listed = [] if kind is Kind.TAGS else labels_of(field, self._conventions)
        if kind is Kind.TAGS or (kind is Kind.CHOICES and not listed):
            return say.telling(words.SEVERAL, example=say(words.TAGS_EXAMPLE))
        if kind is Kind.CHOICES:
            return say.telling(words.SEVERAL_LISTED, choices=("、" if say.language == "zh" else ", ").join(listed))
        if not listed:
            return None
        return say.refusing(words.CHOOSE_TITLE, words.CHOOSE, validate="list", source=self._lists.place(listed))

    def _referring(self, target: str) -> dict[str, Any]:
        """Return the list of the names of another sheet; one that is not there yet may be kept all the same."""
        say, title = self._say, self._titles[target]
        told = say.refusing(words.REFERENCE_TITLE, words.REFERENCE_UNKNOWN, sheet=title)
        told["input_message"] = say(words.REFERENCE, sheet=title)
        return told | {"validate": "list", "source": f"={self._names[target]}", "error_type": "warning"}

    def _measured(self, field: Field) -> dict[str, Any] | None:
        """Return between what a day, a time or a number may be."""
        spec, say, currency = field.spec, self._say, self._conventions.currency
        match spec.kind:
            case Kind.DATE:
                last: object = "=TODAY()" if spec.past else _LAST_DAY
                sentence = words.PAST if spec.past else words.DATE
                return say.refusing(words.DATE_TITLE, sentence, **_between("date", _FIRST_DAY, last))
            case Kind.TIME:
                days = datetime(1900, 1, 1), datetime(9999, 12, 31)  # noqa: DTZ001 - a workbook knows no zones
                return say.refusing(words.DATE_TITLE, words.TIME, **_between("date", *days))
            case Kind.INTEGER:
                return say.refusing(words.NUMBER_TITLE, words.INTEGER, **_between("integer", -_MOST, _MOST))
            case Kind.MONEY:
                decimal = _between("decimal", -_MOST, _MOST)
                return say.refusing(words.NUMBER_TITLE, words.MONEY, currency=currency, **decimal)
            case Kind.NUMBER:
                sentence = words.PERCENT if spec.percent else words.NUMBER
                return say.refusing(words.NUMBER_TITLE, sentence, **_between("decimal", -_MOST, _MOST))
        return None


@attrs.frozen
class _Sayer:
    """Says things in one language."""

    language: str

    def __call__(self, sentence: Labels, **parts: object) -> str:
        return sentence.in_language(self.language).format(**parts)

    def telling(self, sentence: Labels, **parts: object) -> dict[str, Any]:
        """Return what lets anything stand, and says how it is written."""
        return {"validate": "any", "input_message": self(sentence, **parts)}

    def refusing(self, title: Labels, sentence: Labels, **rest: Any) -> dict[str, Any]:
        """Return what says a sentence to whoever enters something else. ``rest`` are its parts, and XlsxWriter's."""
        parts = {key: rest.pop(key) for key in ("sheet", "currency") if key in rest}
        told = self(sentence, **parts)
        own = {"error_title": self(title), "error_message": told, "error_type": "stop"}
        message = {} if rest.get("validate") == "list" else {"input_message": told}
        return own | message | rest


def _between(validate: str, least: object, most: object) -> dict[str, Any]:
    return {"validate": validate, "criteria": "between", "minimum": least, "maximum": most}


def _short(told: dict[str, Any]) -> dict[str, Any]:
    """Return what is told with its texts as short as Excel takes them."""
    limits = {"input_title": _MOST_TITLE, "error_title": _MOST_TITLE}
    limits |= {"input_message": _MOST_MESSAGE, "error_message": _MOST_MESSAGE}
    for key, limit in limits.items():
        text = told.get(key)
        if isinstance(text, str) and len(text) > limit:
            told[key] = text[: limit - 1] + "…"
    return told
