"""What one field of a record type is: its ``Spec``, and ``field()``, which hangs a Spec on an attrs attribute.

Tables, sheet headings, command-line options, import mapping, validation and documentation are all derived from the
Spec, so nothing about a field is written twice.
"""

import enum
from typing import Any, Literal

import attrs

from custledger.structs import Struct, frozen

METADATA_KEY = "custledger"
"""Where a Spec hangs in the metadata of an attrs attribute."""
KEY_PREFIX = "x_"
"""How the key of every custom field begins, so that no later built-in field can have it."""

Language = Literal["en", "zh"]
OnRemove = Literal["restrict", "cascade", "empty"]


class Kind(enum.StrEnum):
    """What a field holds. The value is the word that ``--kind`` takes."""

    ID = "id"
    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    TIME = "time"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"
    PHONE = "phone"
    EMAIL = "email"
    TAGS = "tags"
    REFERENCE = "reference"


@frozen
class Labels(Struct):
    """A name in English and in Chinese."""

    en: str
    zh: str = ""

    def in_language(self, language: str) -> str:
        """Return the label in ``language``, or in the other one where it has none."""
        return (self.zh or self.en) if language == "zh" else (self.en or self.zh)

    def both(self) -> tuple[str, ...]:
        """Return the labels there are, English first."""
        return tuple(label for label in (self.en, self.zh) if label)


@frozen
class Choice(Struct):
    """One value of a choice field. ``color`` is a colour name such as ``red``, or empty."""

    code: str
    labels: Labels
    color: str = ""


@frozen(kw_only=True)
class Spec(Struct):
    """All that is known of a field, beside its key.

    - ``target``: for a reference, the name of the record type; ``None`` is a reference to any record. For an id
      that was reached from another record, the type that it belongs to.
    - ``on_remove``: for a reference, what becomes of this record when the one it refers to is removed.
    - ``default``: the plain value that an added record gets; ``"now"`` and ``"today"`` for times and dates.
    - ``currency_of``: this text field holds the currency of the money field of that key.
    - ``indexed``: people filter or sort by it often enough to pay for an index.
    - ``past``: this date is of something that has been; a day after today is refused.
    - ``percent``: this number is a percentage: 50 is half of the whole, and may be written ``50%``.
    - ``long_number``: this text is mostly a number with more digits than a spreadsheet keeps; what one has made of it
      (``1.1E+17``) is refused, as in a phone.
    - ``code``: names the record for people, beside its id (``Customer.code``, ``Product.sku``).
    - ``title``: the name by which people call the record (``Customer.name``, ``Contract.title``).
    - ``system``: set by the ledger, never by people.
    - ``custom``: added in the ledger's settings, not by a class.
    """

    kind: Kind
    labels: Labels
    aliases: tuple[str, ...] = ()
    group: str = ""
    choices: tuple[Choice, ...] = ()
    required: bool = False
    unique: bool = False
    searchable: bool = False
    sensitive: bool = False
    indexed: bool = False
    help: Labels = Labels("")
    target: str | None = None
    on_remove: OnRemove = "restrict"
    default: Any = None
    currency_of: str = ""
    past: bool = False
    percent: bool = False
    long_number: bool = False
    code: bool = False
    title: bool = False
    system: bool = False
    custom: bool = False

    @property
    def is_code(self) -> bool:
        """Whether it is a text by which one record is told from all others: blanks around it mean nothing."""
        return self.kind is Kind.TEXT and (self.unique or self.code)


def choices(*lines: str) -> tuple[Choice, ...]:
    """Return choices from lines of the form ``code|English|中文|colour``; all but the code may be left out.

    >>> choices("A|Key|重点|red", "B")[0].labels.zh
    '重点'
    """
    made = []
    for line in lines:
        code, english, chinese, color, *_ = [*line.split("|"), "", "", ""]
        made.append(Choice(code, Labels(english or code, chinese), color))
    return tuple(made)


def field(
    kind: Kind, en: str, zh: str, *, initial: Any = None, help_en: str = "", help_zh: str = "", **spec: Any
) -> Any:
    """Return an attrs attribute that carries a ``Spec``.

    ``initial`` is the attribute's value on an instance where none is given; a callable is called for it. Everything
    else is of the Spec. Use it inside a class decorated with ``custledger.records.record_type``.
    """
    if help_en or help_zh:
        spec["help"] = Labels(help_en, help_zh)
    described = Spec(kind=kind, labels=Labels(en, zh), **spec)
    if callable(initial):
        return attrs.field(factory=initial, metadata={METADATA_KEY: described})
    return attrs.field(default=initial, metadata={METADATA_KEY: described})
