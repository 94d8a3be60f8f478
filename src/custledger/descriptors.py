"""What is wrong with what plugins hand over: every descriptor is looked at when it is taken.

A faulty one is named and left out, so that it takes neither the ledger nor the plugin's other descriptors with it. Each
function returns what is wrong, as the second half of a sentence about the descriptor, or nothing.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from inspect import signature
from keyword import iskeyword
from typing import Any

import attrs

from custledger import ids
from custledger.changes import Change
from custledger.conventions import Conventions
from custledger.definitions import Definition, Example
from custledger.errors import CustledgerError, InvalidValueError, shorten
from custledger.fields import KEY_PREFIX, Choice, Kind, Labels, Spec
from custledger.files import Reader, Writer
from custledger.hookspecs import AddedField, Problem, Reminder, StoreType
from custledger.records import COLORS, Record
from custledger.schema import INFO_ATTRIBUTE, SPECS_ATTRIBUTE, Schema, TypeInfo
from custledger.segments import Segment
from custledger.taggers import RESERVED as SOURCES
from custledger.taggers import Tagger
from custledger.values import plain_parser

RESERVED = ("custledger_", "sqlite_")
"""How names of record types must not begin: databases have tables of their own under such names."""
_OWN: tuple[str, ...] = tuple(getattr(Record, SPECS_ATTRIBUTE))
"""The keys that every record has, in order."""
_MOMENTS = {Kind.TIME: "now", Kind.DATE: "today"}
_CONVENTIONS = Conventions()


def named(item: object) -> str:
    """Return what to call what a plugin handed over: its name or its key, or what sort of thing it is."""
    name = getattr(item, "__name__", None) or getattr(item, "name", None) or getattr(item, "key", None)
    return str(name or type(item).__name__)


def record_type_fault(record: type) -> str:
    """Return what is wrong with a record class."""
    return _class_fault(record)


def added_field_fault(plugin: str, added: AddedField, schemas: Mapping[str, Schema]) -> str:
    """Return what is wrong with a field that a plugin adds to one of these types."""
    if not _is(added.key, str) or not added.key.startswith(f"{plugin}_"):
        return f"its key must begin with {plugin}_"
    schema = schemas.get(added.record_type)
    if schema is None:
        return f"there is no record type {added.record_type}"
    if added.key in schema.by_key:
        return f"{schema.name} has a field of that key already"
    fault = _key_fault(added.key) or spec_fault(added.spec)
    target = "" if fault else added.spec.target
    return fault or (
        f"there is no record type {target}, to which it refers" if target and target not in schemas else ""
    )


def spec_fault(spec: Any) -> str:
    """Return what is wrong with what a field is said to be."""
    if not _is(spec, Spec):
        return f"it is described by {shorten(spec)}, and not by a Spec"
    if not _is(spec.kind, Kind):
        return f"there is no kind of field {shorten(spec.kind)}"
    if spec.kind is Kind.ID:
        return "only the id of a record is of the kind id"
    return _names_fault(spec) or _choices_fault(spec) or _default_fault(spec)


def reminder_fault(reminder: Reminder, schema: Callable[[str], object]) -> str:
    """Return what is wrong with a reminder; ``schema`` raises for a record type that is not there."""
    if not _is(reminder.on, date) or _is(reminder.on, datetime):
        return f"its day is {shorten(reminder.on)}, and not a date"
    if not _is(reminder.text, Labels) or not _are_texts(reminder.text.both()):
        return f"its text is {shorten(reminder.text)}, and not Labels"
    if not _is(reminder.owner, str):
        return f"its owner is {shorten(reminder.owner)}, and not a text"
    if not _is_id(reminder.id):
        return f"the id of its record is {shorten(reminder.id)}, and not a number"
    try:
        schema(reminder.type)
    except CustledgerError as error:
        return error.message
    return ""


def store_fault(store: StoreType) -> str:
    """Return what is wrong with a kind of store."""
    if not _are_texts(store.schemes) or not _are_texts(store.suffixes, least=0):
        return "its schemes and its suffixes must be tuples of texts, with one scheme at least"
    wanted = {"open": store.open, "describe": store.describe or str, "has": store.has or str}
    return _named_fault(store.name, store.summary, wanted)


def format_fault(found: Reader | Writer) -> str:
    """Return what is wrong with a file format."""
    if not _are_texts(found.suffixes, least=0) or not all(suffix.startswith(".") for suffix in found.suffixes):
        return "its suffixes must be a tuple of texts that begin with a dot"
    if not _are_texts(found.options, least=0):
        return "its options must be a tuple of texts"
    does = {"open": found.open} if isinstance(found, Reader) else {"write": found.write}
    return _named_fault(found.name, found.summary, does)


def segment_fault(found: Segment) -> str:
    """Return what is wrong with a segment, beside what only a ledger can tell of its expressions."""
    if found.color and found.color not in COLORS:
        return f"there is no colour {shorten(found.color)}"
    rules = sum(bool(rule) for rule in (found.expression, found.decide, found.score))
    if rules != 1:
        return f"it has {'no rule' if not rules else 'several rules'}: give an expression, decide or score"
    if found.rule == "expression":
        return definition_fault(found) or ("it has an expression, and needs beside it" if found.needs else "")
    return _definition_fault(found, ("name", "subject")) or _needs_fault(found) or _scores_fault(found)


def definition_fault(found: Definition) -> str:
    """Return what is wrong with a metric or a segment, beside what only a ledger can tell of its expression."""
    return _definition_fault(found, ("name", "expression", "subject"))


def _definition_fault(found: Definition, texts: tuple[str, ...]) -> str:
    for what in texts:
        text = getattr(found, what)
        if not _is(text, str) or not text.strip():
            return f"its {what} is {shorten(text)}, and not a text"
    for what, labels in (("labels", found.labels), ("summary", found.summary)):
        if not _is(labels, Labels) or not all(_is(text, str) for text in labels.both()):
            return f"its {what} must be Labels, and not {shorten(labels)}"
    return _examples_fault(found.examples) if found.labels.both() else "it has no label"


def _examples_fault(examples: Any) -> str:
    """Return what is wrong with the examples of a definition, beside what only a ledger can tell of them."""
    if not _is(examples, tuple) or not all(_is(one, Example) for one in examples):
        return "its examples must be a tuple of Example"
    lame = [one for one in examples if not _is(one.record, Mapping) or not _is(one.on, str)]
    return "the record of an example must be a dictionary, and its day a text" if lame else ""


def _needs_fault(segment: Segment) -> str:
    """Return what is wrong with what a callable or a scorer needs, or with how it can be called."""
    needs: Any = segment.needs
    if not _is(needs, Mapping) or not needs:
        return "its needs must be expressions by their names, one at least"
    for name, text in needs.items():
        if not _is(name, str) or not name.isidentifier() or iskeyword(name):
            return f"it needs {shorten(name)}, which cannot name an argument"
        if not _is(text, str) or not text.strip():
            return f"it needs {name}, which is {shorten(text)}, and not an expression"
    what, function = ("decide", segment.decide) if segment.score is None else ("score", segment.score)
    if not callable(function):
        return f"its {what} cannot be called"
    handed = ((), dict.fromkeys(needs)) if what == "decide" else ((dict(needs),), {})
    try:
        signature(function).bind(*handed[0], **handed[1])
    except TypeError as error:
        return f"its {what} cannot be called with what it needs: {error}"
    except ValueError:  # what is written in C need not say how it is called
        return ""
    return ""


def _scores_fault(segment: Segment) -> str:
    if segment.own_labels and (segment.choices or segment.score is None):
        return "only a scorer without choices has labels of its own"
    if not segment.choices:
        return "" if segment.choices == () else "its choices must be a tuple of Choice"
    if segment.score is None:
        return "only a scorer has choices"
    fault = spec_fault(Spec(kind=Kind.CHOICE, labels=segment.labels, choices=segment.choices))
    odd = [one for one in segment.choices if not fault and (not _is(one.code, str) or not one.code)]
    return f"one of its choices has the code {shorten(odd[0].code)}, and not a text" if odd else fault


def tagger_fault(found: Tagger) -> str:
    """Return what is wrong with a tagger, beside what only a ledger can tell of its expressions."""
    from custledger.templates import Template  # of use only where there are taggers

    if found.name in SOURCES:
        return f"the name {found.name} is reserved"
    if not _is(found.tag, Labels) or not all(_is(text, str) for text in found.tag.both()):
        return f"its tag must be Labels, and not {shorten(found.tag)}"
    # What names and labels must be is the same of all that is defined; without an expression, any will do for that.
    fault = definition_fault(found if found.expression != "" else attrs.evolve(found, expression="[id] is not empty"))
    if fault:
        return fault
    try:
        templates = [Template.of(text) for text in found.tag.both() or found.labels.both()]
    except InvalidValueError as error:
        return error.message
    if not found.expression and not all(one.expressions for one in templates):
        return "it has no expression, and none in its tag"
    return ""


def answer_fault(answer: Change | Problem) -> str:
    """Return what is wrong with an amendment or a problem, beside what only the ledger can tell."""
    if not _is(answer.type, str) or not (_is_id(answer.id)):
        return f"it returned {answer!r:.80}, which names no record"
    if isinstance(answer, Change):
        sides = (answer.before, answer.after)
        return "" if all(side is None or _is(side, Mapping) for side in sides) else _shapeless(answer)
    if answer.severity not in {"refuse", "warn"}:
        return (
            f"it found a problem of the severity {shorten(answer.severity)}, and not refuse or warn: {answer.message}"
        )
    texts = (answer.message, answer.field, answer.where)
    return "" if all(_is(text, str) for text in texts) else _shapeless(answer)


@cache
def _class_fault(record: Any) -> str:
    """Return what is wrong with a record class; each is looked at once, and not whenever the schemas are asked for."""
    info: TypeInfo | None = getattr(record, INFO_ATTRIBUTE, None)
    if info is None:
        return f"{record.__name__} is not made with record_type"
    return _info_fault(info) or _fields_fault(Schema.of(record))


def _info_fault(info: TypeInfo) -> str:
    if not _is_name(info.name) or info.name.startswith(RESERVED):
        return f"the name {shorten(info.name)} is not one of small letters, digits and single underscores"
    if not _are_texts((info.plural,)):
        return "its plural must be a text"
    if not _is(info.labels, Labels) or not _are_texts(info.labels.both()):
        return "its labels must be texts"
    prefix: Any = info.prefix
    if not _is(prefix, str) or not (prefix.isascii() and prefix.isalpha() and prefix.isupper()):
        return f"the prefix {shorten(prefix)} is not of capital letters"
    return ""


def _fields_fault(schema: Schema) -> str:
    """Return what is wrong with the fields of a record class, and with what it says of them."""
    if schema.keys[: len(_OWN)] != _OWN:
        return f"it describes {' or '.join(_OWN)} anew, which every record has"
    for field in schema.fields[len(_OWN) :]:
        if fault := _key_fault(field.key) or spec_fault(field.spec):
            return f"{schema.name}.{field.key}: {fault}"
        money = schema.by_key.get(field.spec.currency_of) if field.spec.currency_of else None
        if field.spec.currency_of and (money is None or money.spec.kind is not Kind.MONEY):
            return f"{schema.name}.{field.key}: there is no field of money {field.spec.currency_of}"
    when = schema.by_key.get(schema.info.when)
    if when is None or when.spec.kind not in _MOMENTS:
        return f"when is {shorten(schema.info.when)}, which is no field of a date or a time"
    brief = schema.info.brief
    unknown = [key for key in brief if key not in schema.by_key] if _is(brief, tuple) else [brief]
    return f"brief names {shorten(unknown[0])}, which is no field" if unknown else ""


def _key_fault(key: str) -> str:
    if not _is_name(key) or key == "extra" or key.startswith(KEY_PREFIX):
        return f"the key {shorten(key)} is not one of small letters, digits and single underscores, or is reserved"
    return ""


def _names_fault(spec: Spec) -> str:
    """Return what is wrong with what a field is called, and how it refers."""
    if not _is(spec.labels, Labels) or not _is(spec.help, Labels) or not _are_texts(spec.labels.both()):
        return "its labels and its help must be Labels, and its labels not empty"
    if not _are_texts(spec.aliases, least=0):
        return "its aliases must be a tuple of texts"
    if spec.on_remove not in {"restrict", "cascade", "empty"}:
        return f"on_remove is {shorten(spec.on_remove)}, and not restrict, cascade or empty"
    return ""


def _choices_fault(spec: Spec) -> str:
    if not _is(spec.choices, tuple) or not all(_is(one, Choice) for one in spec.choices):
        return "its choices must be a tuple of Choice"
    return "two of its choices have one code" if len({one.code for one in spec.choices}) < len(spec.choices) else ""


def _default_fault(spec: Spec) -> str:
    """Return what is wrong with a default, which goes into new records as it stands."""
    default = spec.default
    if default is None or (spec.kind in _MOMENTS and default == _MOMENTS[spec.kind]):
        return ""
    try:
        fits = plain_parser(spec, _CONVENTIONS)(default)
    except CustledgerError:
        fits = None
    same = type(fits) is type(default) and fits == default
    return "" if same else f"its default {shorten(default)} is not a plain value of the kind {spec.kind.value}"


def _named_fault(name: object, summary: object, does: Mapping[str, object]) -> str:
    """Return what is wrong with what a store and a file format have alike."""
    if not _is(name, str) or not name:
        return "its name must be a text"
    if not _is(summary, Labels):
        return "its summary must be Labels"
    lame = [attribute for attribute, function in does.items() if not callable(function)]
    return f"its {lame[0]} cannot be called" if lame else ""


def _is_name(name: Any) -> bool:
    """Whether a text can name a table or a column in any store."""
    if not _is(name, str) or not (name.isidentifier() and name == name.lower()):
        return False
    return not name.startswith("_") and "__" not in name


def _is_id(number: Any) -> bool:
    return _is(number, int) and 0 <= number <= ids.LARGEST


def _is(value: object, kind: type) -> bool:
    """Whether a value is what its annotation says, which type checkers take for granted, and plugins need not heed."""
    return isinstance(value, kind)


def _are_texts(found: Any, *, least: int = 1) -> bool:
    """Whether something is a tuple of texts that are not empty; one text alone, the commonest slip, is not."""
    if not _is(found, tuple) or len(found) < least:
        return False
    return all(_is(one, str) and one for one in found)


def _shapeless(answer: Change | Problem) -> str:
    return f"it returned {answer!r:.80}, which has not the shape of a {type(answer).__name__}"
