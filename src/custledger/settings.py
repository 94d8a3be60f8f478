"""A ledger's settings, read from the documents that travel with it.

====================  =========================================================================
document              its value
====================  =========================================================================
``ledger``            ``{"name", "language", "currency", "zone"}``
``field/TYPE/KEY``    a custom field's Spec: what differs from the default, by attribute
``choices/TYPE.KEY``  a list of ``{"code", "en", "zh", "color"}`` that replaces a field's choices
``metric/TYPE/NAME``  ``{"expression", "en", "zh", "names"}``: a metric about records of the type
``segment/TYPE/NAME`` the same and ``"color"``: a segment of them
``tagger/TYPE/NAME``  the same and ``"tag"``: a rule that tags them
``tag/TYPE/TAG``      ``{"color", "group"}``: how a tag of them is shown
====================  =========================================================================

A document of any other name is somebody else's, and left alone. One of these that cannot be understood is reported in
``Settings.problems`` and passed over, so that no document can make a ledger impossible to open.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import attrs

from custledger.conventions import Conventions
from custledger.errors import CustledgerError, InvalidValueError
from custledger.fields import Choice, Labels, Spec
from custledger.metrics import Metric
from custledger.records import COLORS
from custledger.schema import Field, Schema
from custledger.segments import Segment
from custledger.spec_json import choice_from_json, choice_to_json, spec_from_json, spec_to_json
from custledger.stores.contract import Document
from custledger.structs import Struct, frozen
from custledger.taggers import Tagger, TagStyle
from custledger.values import fold, given_text, read_currency

LEDGER = "ledger"
FIELD_PREFIX = "field/"
CHOICES_PREFIX = "choices/"
METRIC_PREFIX = "metric/"
SEGMENT_PREFIX = "segment/"
TAGGER_PREFIX = "tagger/"
TAG_PREFIX = "tag/"
LANGUAGES = ("en", "zh")
_FULL_WIDTH_COLON = "\N{FULLWIDTH COLON}"
_EMPTY: Mapping[str, Any] = MappingProxyType({})


@frozen(kw_only=True)
class Settings(Struct):
    """What one ledger's documents say, understood.

    ``custom_fields`` are by record type, ``choices`` by record type and then by field key, ``tags`` by
    record type and then by the folded tag. ``problems`` names the
    documents that could not be understood, and why.
    """

    name: str = ""
    conventions: Conventions = attrs.field(factory=Conventions)
    custom_fields: Mapping[str, tuple[Field, ...]] = _EMPTY
    choices: Mapping[str, Mapping[str, tuple[Choice, ...]]] = _EMPTY
    metrics: tuple[Metric, ...] = ()
    segments: tuple[Segment, ...] = ()
    taggers: tuple[Tagger, ...] = ()
    tags: Mapping[str, Mapping[str, TagStyle]] = _EMPTY
    problems: tuple[str, ...] = ()

    @classmethod
    def read(cls, documents: Iterable[Document]) -> "Settings":
        """Return what the documents say."""
        name, conventions = "", Conventions()
        fields: dict[str, tuple[Field, ...]] = {}
        choices: dict[str, dict[str, tuple[Choice, ...]]] = {}
        metrics: list[Metric] = []
        segments: list[Segment] = []
        taggers: list[Tagger] = []
        tags: dict[str, dict[str, TagStyle]] = {}
        problems = []
        for document in documents:
            try:
                if document.name == LEDGER:
                    name, conventions = _ledger(document.value)
                elif document.name.startswith(FIELD_PREFIX):
                    record_type, key = split_field_name(document.name)
                    made = Field(key, attrs.evolve(spec_from_json(document.value), custom=True))
                    fields[record_type] = (*fields.get(record_type, ()), made)
                elif document.name.startswith(CHOICES_PREFIX):
                    record_type, key = split_choices_name(document.name)
                    choices.setdefault(record_type, {})[key] = tuple(map(choice_from_json, document.value))
                elif document.name.startswith(METRIC_PREFIX):
                    metrics.append(Metric(**_definition(document, METRIC_PREFIX)))
                elif document.name.startswith(SEGMENT_PREFIX):
                    color = str(document.value.get("color") or "")
                    segments.append(Segment(**_definition(document, SEGMENT_PREFIX), color=color))
                elif document.name.startswith(TAGGER_PREFIX):
                    tag = Labels(str(document.value.get("tag") or ""))
                    taggers.append(Tagger(**_definition(document, TAGGER_PREFIX), tag=tag))
                elif document.name.startswith(TAG_PREFIX):
                    record_type, style = _tag_style(document)
                    tags.setdefault(record_type, {})[fold(style.tag)] = style
            except (CustledgerError, ValueError, TypeError, KeyError, AttributeError) as error:
                problems.append(f"The setting {document.name} cannot be understood: {error}")
        return cls(
            name=name, conventions=conventions, custom_fields=fields, choices=choices,
            metrics=tuple(metrics), segments=tuple(segments), taggers=tuple(taggers), tags=tags,
            problems=tuple(problems),
        )  # fmt: skip

    def apply_to(self, schema: Schema) -> Schema:
        """Return ``schema`` with this ledger's choices in the place of its own, and its custom fields at the end."""
        extended = schema.extended(self.custom_fields.get(schema.name, ()))
        return extended.with_choices(self.choices.get(schema.name, {}))


def ledger_document(conventions: Conventions, name: str = "") -> tuple[str, dict[str, str]]:
    """Return ``(name, value)`` of the document that says what the ledger takes for granted."""
    return LEDGER, {
        "name": name,
        "language": conventions.language,
        "currency": conventions.currency,
        "zone": conventions.zone_name,
    }


def check_language(language: object) -> None:
    """Raise ``InvalidValueError`` for what is not a language of custledger."""
    if language not in LANGUAGES:
        raise InvalidValueError(
            language, "is not a language of custledger", field="language", hint=f"There are: {', '.join(LANGUAGES)}."
        )


def check_conventions(conventions: Conventions) -> Conventions:
    """Return ``conventions``, with the currency as its code.

    Raises ``InvalidValueError`` for a language, currency or zone that cannot be.

    For those that somebody is about to set; those that are kept are checked when they are used, since a zone may be
    known where the ledger was made and not here.
    """
    check_language(conventions.language)
    given_text(conventions.zone_name, "zone")
    try:
        currency = read_currency(given_text(conventions.currency, "currency"), Conventions().currency)
    except InvalidValueError as error:
        raise error.in_field("currency") from None
    if currency is None:
        raise InvalidValueError(None, "is not enough: a ledger needs one", field="currency")
    conventions.today(lambda: 0)  # which asks for the zone, and raises where there is no such zone
    return attrs.evolve(conventions, currency=currency)


def field_document(record_type: str, key: str, spec: Spec) -> tuple[str, dict[str, Any]]:
    """Return ``(name, value)`` of the document that holds a custom field."""
    return f"{FIELD_PREFIX}{record_type}/{key}", spec_to_json(spec)


def choices_document(record_type: str, key: str, choices: Iterable[Choice]) -> tuple[str, list[dict[str, str]]]:
    """Return ``(name, value)`` of the document that replaces the choices of a field."""
    return f"{CHOICES_PREFIX}{record_type}.{key}", [choice_to_json(choice) for choice in choices]


def tag_document(record_type: str, style: TagStyle) -> tuple[str, dict[str, str]]:
    """Return ``(name, value)`` of the document that says how a tag is shown."""
    return f"{TAG_PREFIX}{record_type}/{style.tag}", {"color": style.color, "group": style.group}


def definition_document(definition: Metric | Segment | Tagger) -> tuple[str, dict[str, Any]]:
    """Return ``(name, value)`` of the document that holds a metric, a segment or a tagger."""
    value = {
        "expression": definition.expression,
        "en": definition.labels.en,
        "zh": definition.labels.zh,
        "names": dict(definition.names),
    }
    if isinstance(definition, Segment):
        return f"{SEGMENT_PREFIX}{definition.subject}/{definition.name}", {**value, "color": definition.color}
    if isinstance(definition, Tagger):
        return f"{TAGGER_PREFIX}{definition.subject}/{definition.name}", {**value, "tag": definition.tag.en}
    return f"{METRIC_PREFIX}{definition.subject}/{definition.name}", value


def _tag_style(document: Document) -> tuple[str, TagStyle]:
    record_type, tag = _two(document.name.removeprefix(TAG_PREFIX), "/")
    color, group = (str(document.value.get(key) or "") for key in ("color", "group"))
    if color and color not in COLORS:
        raise ValueError(f"there is no colour {color}")
    return record_type, TagStyle(tag=tag, color=color, group=group)


def _definition(document: Document, prefix: str) -> dict[str, Any]:
    subject, name = _two(document.name.removeprefix(prefix), "/")
    value = document.value
    labels = Labels(str(value.get("en") or name), str(value.get("zh") or ""))
    names = dict(value.get("names") or {})
    return {"name": name, "subject": subject, "expression": str(value["expression"]), "labels": labels, "names": names}


def split_field_name(name: str) -> tuple[str, str]:
    """Return ``(record type, key)`` of the name of a field's document. Raises ``ValueError``."""
    return _two(name.removeprefix(FIELD_PREFIX), "/")


def split_choices_name(name: str) -> tuple[str, str]:
    """Return ``(record type, key)`` of the name of a choices document. Raises ``ValueError``."""
    return _two(name.removeprefix(CHOICES_PREFIX), ".")


def parse_choice(text: str) -> Choice:
    """Return the choice that people write as ``code``, ``code:label`` or ``code:label:colour``.

    The label may be given in both languages, ``code:English|中文:colour``; one label stands for both, and a code
    without a label is its own.

    >>> parse_choice("A:重点客户:red")
    Choice(code='A', labels=Labels(en='重点客户', zh='重点客户'), color='red')
    """
    code, label, color, *more = [part.strip() for part in text.replace(_FULL_WIDTH_COLON, ":").split(":")] + ["", ""]
    if not code or any(more):
        raise InvalidValueError(text, "is not a choice", hint="Write code, code:label or code:label:colour.")
    if color and color not in COLORS:
        raise InvalidValueError(color, "is not a colour a choice can have", hint=f"There are: {', '.join(COLORS)}.")
    english, _, chinese = (part.strip() for part in label.partition("|"))
    return Choice(code, Labels(english or chinese or code, chinese or english), color)


def _ledger(value: Mapping[str, Any]) -> tuple[str, Conventions]:
    default = Conventions()
    conventions = Conventions(
        language=str(value.get("language") or default.language),
        currency=str(value.get("currency") or default.currency),
        zone_name=str(value.get("zone") or default.zone_name),
    )
    return str(value.get("name") or ""), conventions


def _two(text: str, separator: str) -> tuple[str, str]:
    first, found, second = text.partition(separator)
    if not (first and found and second):
        raise ValueError(f"{text} does not name a record type and a field")
    return first, second
