"""Custom fields and choices: what one ledger adds to the record types, kept in its settings.

Each change is an operation on settings documents, so it is logged, can be undone, and is seen at once by every process
that has the ledger open.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from custledger.errors import DataError, InvalidValueError, UsageError, shorten
from custledger.expressions import is_in
from custledger.fields import KEY_PREFIX, Choice, Kind, Labels, OnRemove, Spec
from custledger.repeating import NEEDED_CHOICES
from custledger.schema import SEARCHED_KINDS, Field, Schema, nearest
from custledger.services.documents import decided_anew, write_document
from custledger.services.session import Session
from custledger.settings import choices_document, field_document, parse_choice
from custledger.values import choice_names, fold, given_text, plain_text

LONGEST_NAME = 60
"""How many characters a label, an alias or a key may have."""

CUSTOM_KINDS = tuple(kind for kind in Kind if kind not in {Kind.ID, Kind.TAGS})
"""What a custom field may hold: anything but ids, and tags, of which a record has one set."""

_CHOICE_KINDS = frozenset({Kind.CHOICE, Kind.CHOICES})
_UNIQUE_KINDS = frozenset({Kind.TEXT, Kind.PHONE, Kind.EMAIL, Kind.INTEGER})


@decided_anew
def add_field(
    session: Session,
    record_type: str,
    label: str,
    *,
    kind: Kind | str = Kind.TEXT,
    label_en: str = "",
    label_zh: str = "",
    aliases: Sequence[str] = (),
    choices: Sequence[str | Choice] = (),
    target: str | None = None,
    on_remove: OnRemove = "restrict",
    required: bool = False,
    unique: bool = False,
    searchable: bool = False,
    sensitive: bool = False,
    indexed: bool = False,
    help_en: str = "",
    help_zh: str = "",
) -> Field:
    """Add a field to a record type of this ledger and return it.

    ``label`` is its Chinese label if it holds a Chinese character, else its English one; ``label_en`` and
    ``label_zh`` say it outright. The key is made from the English label, or from the Chinese one, and never changes.

    Raises ``InvalidValueError`` for a label or an alias that names another field already, for an unknown kind and for
    choices that cannot be, and ``NotFoundError`` for an unknown record type.
    """
    generation = session.refresh()
    schema = session.writable_schema(record_type)
    chosen = kind_of(kind)
    spec = Spec(
        kind=chosen, labels=_labels(label, label_en, label_zh), aliases=tuple(aliases),
        choices=_choices(chosen, choices), required=required, unique=unique, searchable=searchable,
        sensitive=sensitive, indexed=indexed, help=Labels(help_en, help_zh),
        target=session.schema(target).name if target else None, on_remove=on_remove, custom=True,
    )  # fmt: skip
    field = _new_field(session, schema, spec)
    write_document(session, generation, "field add", *field_document(schema.name, field.key, spec))
    return field


def field_called(session: Session, schema: Schema, label: str, kind: Kind) -> Field:
    """Return a field that a record type might have beside its own, and has not yet: one called so, of this kind.

    Raises ``InvalidValueError`` for a label that names another field already, or cannot name one.
    """
    return _new_field(session, schema, Spec(kind=kind, labels=_labels(label, "", ""), custom=True))


def _new_field(session: Session, schema: Schema, spec: Spec) -> Field:
    _require_sense(spec)
    _require_free(session, schema, (*spec.labels.both(), *spec.aliases))
    return Field(_free_key(session, schema, spec.labels.en or spec.labels.zh), spec)


def list_fields(session: Session, record_type: str | None = None) -> list[tuple[Schema, Field]]:
    """Return the fields of one record type, or of all that people write, each with its schema.

    Custom ones say so in their Spec.
    """
    session.refresh()
    written = [schema for schema in session.schemas.values() if not schema.info.is_kept]
    schemas = [session.schema(record_type)] if record_type else written
    return [(schema, field) for schema in schemas for field in schema.fields]


@decided_anew
def edit_field(
    session: Session,
    name: str,
    *,
    label_en: str | None = None,
    label_zh: str | None = None,
    aliases: Sequence[str] | None = None,
    required: bool | None = None,
    searchable: bool | None = None,
    help_en: str | None = None,
    help_zh: str | None = None,
) -> Field:
    """Change what a custom field, named ``type.field``, is called, and whether it is needed or searched; return it.

    What is ``None`` stays as it is; the key and the kind always do. What records hold already is searched as well, or
    no longer. Where a field becomes required, records without it stay as they are. Raises ``UsageError`` for a field
    that is not the ledger's own, and ``InvalidValueError`` for what does not fit.
    """
    generation = session.refresh()
    schema, field = find_field(session, name)
    if not field.spec.custom:
        raise UsageError(
            f"{schema.name}.{field.key} is not a field of this ledger's own, so it stays as it is.",
            hint="Add a field of your own instead.",
        )
    labels, told = _edited(field.spec.labels, label_en, label_zh), _edited(field.spec.help, help_en, help_zh)
    if not labels.both():
        raise InvalidValueError("", "leaves the field without a label", field="Label")
    spec = attrs.evolve(
        field.spec,
        labels=labels,
        help=told,
        aliases=field.spec.aliases if aliases is None else tuple(aliases),
        required=field.spec.required if required is None else required,
        searchable=field.spec.searchable if searchable is None else searchable,
    )
    _require_sense(spec)
    _require_free(session, schema, (*labels.both(), *spec.aliases), but=field)
    write_document(session, generation, "field edit", *field_document(schema.name, field.key, spec))
    return Field(field.key, spec)


def _edited(old: Labels, english: str | None, chinese: str | None) -> Labels:
    return Labels(old.en if english is None else english.strip(), old.zh if chinese is None else chinese.strip())


@decided_anew
def set_choices(session: Session, name: str, choices: Sequence[str | Choice], *, force: bool = False) -> Field:
    """Replace the choices of a field, named ``type.field``: ``A:重点客户:red``, or a bare code for one that stays.

    The bare code of one that the type itself defines, and that was taken away, brings it back as it is defined.

    Returns the field as it now is. Raises ``DataError`` where records hold a choice that would go, unless ``force`` is
    given: those records keep their value, which then stands for itself. Raises ``InvalidValueError`` for choices that
    cannot be told apart, and where a choice would go that custledger itself needs.
    """
    generation = session.refresh()
    schema, field = find_field(session, name)
    if field.spec.kind not in _CHOICE_KINDS:
        raise InvalidValueError(name, f"has no choices: it holds a {field.spec.kind.value}")
    made = _choices(field.spec.kind, choices, (*_as_defined(session, schema, field), *field.spec.choices))
    codes = {choice.code for choice in made}
    gone = [choice.code for choice in field.spec.choices if choice.code not in codes]
    for code in NEEDED_CHOICES.get(f"{schema.name}.{field.key}", ()):
        if code in gone:
            raise InvalidValueError(
                code,
                "has to stay a choice: custledger itself works with it",
                field=name,
                hint="Its label and its colour may change.",
            )
    if not force:
        _require_unused(session, schema, field, gone)
    spec = attrs.evolve(field.spec, choices=made)
    if field.spec.custom:
        document: tuple[str, Any] = field_document(schema.name, field.key, spec)
    else:
        document = choices_document(schema.name, field.key, made)
    write_document(session, generation, "field choices", *document)
    return session.schema(schema.name).by_key[field.key]


def _as_defined(session: Session, schema: Schema, field: Field) -> tuple[Choice, ...]:
    """Return the choices that the type itself defines for a field, whatever the settings say."""
    defined = session.plugins.schemas().get(schema.name)
    known = defined.by_key.get(field.key) if defined else None
    return known.spec.choices if known else ()


def find_field(session: Session, name: str) -> tuple[Schema, Field]:
    """Return the schema and the field that ``type.field`` names, in either language. Raises ``NotFoundError``."""
    record_type, dot, field = given_text(name, "Field").partition(".")
    if not (dot and field.strip()):
        raise UsageError(
            f"{shorten(name)} does not name a field.", hint="Write the type and the field: customer.level."
        )
    schema = session.schema(record_type)
    return schema, schema.resolve(field)


def _labels(label: str, english: str, chinese: str) -> Labels:
    label, english, chinese = (given_text(one, "Label").strip() for one in (label, english, chinese))
    is_chinese = any("\u3400" <= character <= "\u9fff" for character in label)
    labels = Labels(english or ("" if is_chinese else label), chinese or (label if is_chinese else ""))
    if not labels.both():
        raise InvalidValueError(label, "is not a label: it is empty", field="Label")
    return labels


def kind_of(kind: Kind | str) -> Kind:
    """Return the kind of custom field that is meant, in either language. Raises ``InvalidValueError``."""
    words = [known.value for known in CUSTOM_KINDS]
    word = str(kind).strip().lower().replace("-", "_").replace(" ", "_")
    if not word.isascii():
        from custledger.chinese.terms import KINDS  # only who writes Chinese needs it

        word = next((code for code in words if KINDS[code] == word), word)
    if word not in words:
        near = nearest(word, words)
        hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(words)}."
        raise InvalidValueError(kind, "is not a kind that a custom field can have", field="Kind", hint=hint)
    return Kind(word)


def _choices(kind: Kind, given: Iterable[str | Choice], present: Sequence[Choice] = ()) -> tuple[Choice, ...]:
    """Return choices from their texts; a bare code has the labels and the colour of the last such in ``present``."""
    known = {choice.code: choice for choice in present}
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise InvalidValueError(given, "is not a list of choices", field="Choices")
    given = [one if isinstance(one, Choice) else given_text(one, "Choices") for one in given]
    made = tuple(one if isinstance(one, Choice) else known.get(one.strip()) or parse_choice(one) for one in given)
    if kind not in _CHOICE_KINDS:
        if made:
            raise InvalidValueError(
                made[0].code,
                f"cannot be a choice of a field that holds a {kind.value}",
                hint="Give it the kind choice or choices.",
            )
        return ()
    if not made:
        raise InvalidValueError(
            "",
            "leaves nothing to choose from",
            field="Choices",
            hint="Write choices as code, code:label or code:label:colour.",
        )
    codes = [fold(choice.code) for choice in made]
    names = choice_names(made)
    for choice in made:
        for name in (choice.code, *choice.labels.both()):
            plain_text(name)
        if codes.count(fold(choice.code)) > 1:
            raise InvalidValueError(choice.code, "is given twice", field="Choices")
        for label in choice.labels.both():
            if names[fold(label)] != choice.code:
                raise InvalidValueError(
                    label, f"is the name of two choices: {names[fold(label)]} and {choice.code}", field="Choices"
                )
    return made


def _require_sense(spec: Spec) -> None:
    if spec.target is not None and spec.kind is not Kind.REFERENCE:
        raise InvalidValueError(
            spec.target,
            "is what a reference refers to, and this field is none",
            field="Target",
            hint="Give it the kind reference.",
        )
    if spec.unique and spec.kind not in _UNIQUE_KINDS:
        raise InvalidValueError(
            spec.kind.value,
            "cannot be unique",
            field="Kind",
            hint=f"These can: {', '.join(sorted(kind.value for kind in _UNIQUE_KINDS))}.",
        )
    if spec.searchable and spec.kind not in SEARCHED_KINDS:
        raise InvalidValueError(
            spec.kind.value,
            "cannot be searched",
            field="Kind",
            hint=f"These can: {', '.join(sorted(kind.value for kind in SEARCHED_KINDS))}.",
        )
    if spec.sensitive and (spec.searchable or spec.unique or spec.indexed):
        raise InvalidValueError("sensitive", "does not go with searchable, unique or indexed", field="Field")


def _require_free(session: Session, schema: Schema, names: Sequence[str], *, but: Field | None = None) -> None:
    """Raise ``InvalidValueError`` where a name cannot be one, is given twice, or means something else already.

    What means something are the fields of the type and what rules can name beside them, such as metrics and segments.
    """
    seen: set[str] = set()
    for name in names:
        folded = fold(name)
        unfit = not name.strip() or name != name.strip() or any(unicodedata.category(c) == "Cc" for c in name)
        if unfit or len(name) > LONGEST_NAME or any(mark in name for mark in "=[]"):
            raise InvalidValueError(
                name,
                "cannot name a field",
                field="Label",
                hint=f"A name has 1 to {LONGEST_NAME} characters, on one line, without = [ or ].",
            )
        if folded in seen:
            raise InvalidValueError(name, "is given twice", field="Label")
        seen.add(folded)
        holder = schema.names.get(folded)
        if holder is not None and (but is None or holder != but.key):
            raise InvalidValueError(
                name,
                f"names the field {holder} already",
                field="Label",
                hint=f"Use {schema.name}.{holder}, or give the new field another label.",
            )
        if holder is None:
            _require_unmeant(session, schema, name)


def _require_unmeant(session: Session, schema: Schema, name: str) -> None:
    from custledger.services.defining import require_unmeant  # only who names something needs it

    require_unmeant(session.world.scope(schema), name, "Label")


def _free_key(session: Session, schema: Schema, label: str) -> str:
    """Return a key that no field of this type has, or had as far as the store remembers."""
    words = re.sub(r"[^\w]+", "_", fold(label)).strip("_")[: LONGEST_NAME - len(KEY_PREFIX)]
    if not words:
        raise InvalidValueError(label, "has no letter or digit to make a key of", field="Label")
    taken = set(schema.names)
    for seen in session.store.schemas():
        if seen.name == schema.name:
            taken |= {fold(key) for key in seen.keys}
    key, number = KEY_PREFIX + words, 1
    while fold(key) in taken:
        number += 1
        key = f"{KEY_PREFIX}{words}_{number}"
    return key


def _require_unused(session: Session, schema: Schema, field: Field, gone: Sequence[str]) -> None:
    used = []
    for code in gone:
        count = session.view.count(schema, is_in(schema, field.key, [code]), (), session.moment)[0][0]
        if count:
            used.append(f"{code} ({count})")
    if used:
        raise DataError(
            f"{schema.name}.{field.key}: choices that records still hold would go: {', '.join(used)}.",
            hint="Edit those records first, keep the choices, or force it: the records keep their values.",
        )
