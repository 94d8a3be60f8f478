"""A schema: the ordered fields of one record type, custom fields included.

Rows are tuples of plain values in schema order. The first four fields of every schema are the same, so a row's id,
times and revision are always at ``ID``, ``CREATED_AT``, ``UPDATED_AT`` and ``REVISION``.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import attrs

from custledger import ids
from custledger.errors import NotFoundError
from custledger.fields import Choice, Kind, Labels, Spec
from custledger.structs import Struct, frozen
from custledger.values import fold

ID, CREATED_AT, UPDATED_AT, REVISION = range(4)

INFO_ATTRIBUTE = "__custledger__"
"""Where ``record_type`` leaves what it was told about a record class."""

SPECS_ATTRIBUTE = "__custledger_specs__"
"""Where it leaves the Specs of the class's fields, by key, the inherited ones first."""

SEARCHED_KINDS = frozenset({Kind.TEXT, Kind.PHONE, Kind.EMAIL})
"""The kinds of fields that text search can look into."""

Row = tuple[Any, ...]
"""Plain values in schema order."""


@frozen
class TypeInfo(Struct):
    """What a record class says of itself, beside its fields.

    ``when`` is the field that says when it happened, or with ``is_planned``, is to happen. ``prefix`` begins its public
    ids and is unique to the type. ``brief`` names the fields shown where there is little room. With ``is_kept`` the
    ledger itself keeps the records: people read them, and neither write them nor have a group of commands for them.
    """

    name: str
    plural: str
    prefix: str
    labels: Labels
    when: str = "created_at"
    brief: tuple[str, ...] = ()
    is_planned: bool = False
    is_kept: bool = False

    def counted(self, count: int) -> str:
        """Return so many of these records in words: ``1 customer``, ``2 customers``."""
        return f"{count} {self.noun(count)}"

    @property
    def one(self) -> str:
        """One of these records with its article, by its label: ``a follow-up``, ``an interaction``."""
        return f"{'an' if fold(self.called[:1]) in {*'aeiou'} else 'a'} {self.called}"

    @property
    def called(self) -> str:
        """What one of these records is called within an English sentence: ``follow-up``."""
        label = self.labels.en or self.name
        return label if label[1:2].isupper() else label[:1].lower() + label[1:]

    def noun(self, count: int) -> str:
        """Return what so many of these records are called."""
        return self.name if count == 1 else self.plural


@frozen
class Field(Struct):
    """One field of a schema. ``key`` never changes; labels may."""

    key: str
    spec: Spec

    def label(self, language: str) -> str:
        """Return the field's label in ``language``, or its key where it has none."""
        return self.spec.labels.in_language(language) or self.key


@frozen(slots=False)
class Schema(Struct):
    """The ordered fields of one record type.

    ``record`` is the attrs class, or ``None`` for a type whose plugin is not installed: its rows can be read, not
    written.
    """

    info: TypeInfo
    fields: tuple[Field, ...]
    record: type[Any] | None = attrs.field(default=None, eq=False)

    @classmethod
    def of(cls, record: type[Any]) -> "Schema":
        """Return the schema of a class made with ``record_type``, without custom fields."""
        cached = record.__dict__.get("__custledger_schema__")
        if cached is None:
            fields = tuple(Field(key, spec) for key, spec in getattr(record, SPECS_ATTRIBUTE).items())
            cached = cls(getattr(record, INFO_ATTRIBUTE), fields, record)
            record.__custledger_schema__ = cached
        return cached

    @property
    def name(self) -> str:
        """The type's name: ``customer``."""
        return self.info.name

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The keys of the fields, in order."""
        return tuple(field.key for field in self.fields)

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """Where each field stands in a row, by key."""
        return {field.key: index for index, field in enumerate(self.fields)}

    @cached_property
    def by_key(self) -> Mapping[str, Field]:
        """The fields by key."""
        return {field.key: field for field in self.fields}

    @cached_property
    def names(self) -> Mapping[str, str]:
        """``{folded name: key}`` of all that a field may be called: its key, its labels, its aliases.

        Where two fields claim one word, a key comes before a label and a label before an alias; among equals the
        earlier field has it.
        """
        found: dict[str, str] = {}
        for field in self.fields:
            found.setdefault(fold(field.key), field.key)
        labels = [(field, field.spec.labels.both()) for field in self.fields]
        aliases = [(field, field.spec.aliases) for field in self.fields]
        for field, names in (*labels, *aliases):
            for name in names:
                found.setdefault(fold(name), field.key)
        return found

    @cached_property
    def code_field(self) -> Field | None:
        """The field by which people name a record, beside its id."""
        return next((field for field in self.fields if field.spec.code), None)

    @cached_property
    def title_field(self) -> Field | None:
        """The field that holds a record's name."""
        return next((field for field in self.fields if field.spec.title), None)

    @cached_property
    def references(self) -> tuple[Field, ...]:
        """The fields that refer to other records."""
        return tuple(field for field in self.fields if field.spec.kind is Kind.REFERENCE)

    @cached_property
    def currencies(self) -> Mapping[str, Field]:
        """The fields that hold the currencies of others, by the keys of the fields whose money is in them."""
        return {field.spec.currency_of: field for field in self.fields if field.spec.currency_of}

    @cached_property
    def tagged(self) -> tuple[str, ...]:
        """The keys of the fields that hold tags."""
        return tuple(field.key for field in self.fields if field.spec.kind is Kind.TAGS)

    @cached_property
    def unique(self) -> tuple[Field, ...]:
        """The fields whose values no two records share."""
        return tuple(field for field in self.fields if field.spec.unique)

    @cached_property
    def required(self) -> tuple[Field, ...]:
        """The fields that no record may be without."""
        return tuple(field for field in self.fields if field.spec.required)

    @cached_property
    def editable(self) -> tuple[Field, ...]:
        """The fields that people set."""
        return tuple(field for field in self.fields if not field.spec.system)

    @cached_property
    def searchable(self) -> tuple[Field, ...]:
        """The fields that text search looks into: texts, and none that is sensitive."""
        wanted = (field for field in self.fields if field.spec.searchable and not field.spec.sensitive)
        return tuple(field for field in wanted if field.spec.kind in SEARCHED_KINDS)

    def resolve(self, name: str) -> Field:
        """Return the field called ``name`` by its key, a label or an alias, or raise ``NotFoundError``."""
        key = self.names.get(fold(name.strip()))
        if key is None:
            near = self.suggestions(name)
            raise NotFoundError(f"{self.name} field", name, suggestions=near, hint="" if near else self._listed())
        return self.by_key[key]

    def _listed(self) -> str:
        """Return which fields there are, for a hint: of many those that matter most, and what lists them all."""
        if len(self.keys) <= MOST_LISTED:
            return f"There are: {', '.join(self.keys)}."
        told = [key for key in self.info.brief if key in self.by_key] or [field.key for field in self.editable]
        some = ", ".join(told[:MOST_LISTED])
        return f'Some are: {some}; ledger.fields.list("{self.name}") has all {len(self.keys)}.'

    def suggestions(self, name: str) -> tuple[str, ...]:
        """Return what was probably meant by a name that no field has: keys and labels, which people see.

        An alias that is near stands for its field.
        """
        seen = [fold(called) for field in self.fields for called in (field.key, *field.spec.labels.both())]
        near = nearest(name, dict.fromkeys(seen)) or [self.names[alias] for alias in nearest(name, self.names)]
        return tuple({self.names[fold(called)]: called for called in reversed(near)}.values())[::-1]

    def public_id(self, row_or_id: Row | int) -> str:
        """Return the public id of a row or of a number."""
        number = row_or_id if isinstance(row_or_id, int) else row_or_id[ID]
        return ids.public(self.info.prefix, number)

    def display(self, row: Row) -> str:
        """Return what to call a record in a sentence: its title and its code, or its public id."""
        called = [row[self.positions[field.key]] for field in (self.title_field, self.code_field) if field]
        named = [str(value) for value in called if value is not None]
        return " ".join(dict.fromkeys(named)) or self.public_id(row)

    def extended(self, extra: Iterable[Field]) -> "Schema":
        """Return the schema with more fields at its end; a key that is there already is left as it is."""
        added = tuple(field for field in extra if field.key not in self.by_key)
        return attrs.evolve(self, fields=self.fields + added) if added else self

    def with_choices(self, choices: Mapping[str, tuple[Choice, ...]]) -> "Schema":
        """Return the schema with the choices of some fields, by key, replaced; a default that is none of them goes."""
        if not choices:
            return self
        fields = tuple(
            _with_choices(field, choices[field.key]) if field.key in choices else field for field in self.fields
        )
        return attrs.evolve(self, fields=fields)


def _with_choices(field: Field, choices: tuple[Choice, ...]) -> Field:
    kept = field.spec.default if any(choice.code == field.spec.default for choice in choices) else None
    return Field(field.key, attrs.evolve(field.spec, choices=choices, default=kept))


MOST_LISTED = 8
"""How many fields a hint lists."""

NEAR, NEAR_IF_SHORT, NEAR_IN_CHINESE = 0.7, 0.65, 0.5
"""How like two words must be, of 1: a slip in a word of three letters, or of two Chinese characters, is much of it."""


def nearest(name: str, candidates: Iterable[str], limit: int = 2) -> tuple[str, ...]:
    """Return the candidates most like ``name``, the likeliest first; none that is not really near.

    >>> nearest("levle", ["level", "valley"]), nearest("nothing", ["rating"]), nearest("成市", ["城市", "市"])
    (('level',), (), ('城市',))
    """
    import difflib  # needed only where something was misspelt

    wanted, known = fold(name), list(candidates)
    if not wanted.isascii():
        return _nearest_in_chinese(wanted, known, limit)
    cutoff = NEAR if len(wanted) > 3 else NEAR_IF_SHORT
    return tuple(difflib.get_close_matches(wanted, known, n=limit, cutoff=cutoff))


def _nearest_in_chinese(wanted: str, candidates: Sequence[str], limit: int) -> tuple[str, ...]:
    """Return the words of the same length that differ in the fewest characters, then those with one more or less."""
    likeness = {word: _alike(wanted, fold(word)) for word in candidates}
    near = [word for word, alike in likeness.items() if alike >= NEAR_IN_CHINESE]
    return tuple(sorted(near, key=lambda word: -likeness[word])[:limit])


def _alike(one: str, other: str) -> float:
    """Return how many characters two words share in their places, of 1; one more or less at an end counts as a slip."""
    if abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < 2:
        return 0
    from_front = sum(a == b for a, b in zip(one, other, strict=False))
    from_back = sum(a == b for a, b in zip(reversed(one), reversed(other), strict=False))
    return max(from_front, from_back) / max(len(one), len(other))
