"""What plugins call things, where that means something else already: to the language of rules, or of other plugins."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from custledger.definitions import Definition
from custledger.errors import shorten
from custledger.fields import Labels
from custledger.schema import Schema
from custledger.values import fold

if TYPE_CHECKING:
    from custledger.expressions.scope import World

MOST_READ = 100
"""Of how many record types, with different names in them, it is remembered what names are read as."""
_READ: dict[tuple[str, ...], dict[str, str]] = {}
_PART_OF = re.compile(r"[^\s.]+\.[^\s.]+")


class Called(NamedTuple):
    """What expressions know by a name: the plugin that brings it, and what it is called in a sentence.

    ``subject`` is the type of the records that it is about.
    """

    plugin: str
    what: str
    subject: str
    key: str
    labels: Labels


def label_clashes(things: Iterable[Called]) -> Iterator[tuple[Called, str]]:
    """Yield what has a name or a label of another thing, and why that hides it; what comes first has it."""
    taken: dict[tuple[str, str], Called] = {}
    for one in things:
        for called, what in ((one.key, "name"), *((label, "label") for label in one.labels.both())):
            other = taken.setdefault((one.subject, fold(called)), one)
            if other is not one:
                yield one, f"{other.key} has the {what} {called} already"


class Meanings:
    """What names mean before any plugin brings a metric or a segment; each is looked at once."""

    def __init__(self, schemas: Mapping[str, Schema], bringers: Mapping[tuple[str, str], str]) -> None:
        """``bringers`` says which plugin brings a field, by its record type and its key."""
        self._schemas = schemas
        self._bringers = bringers
        self._read: dict[str, dict[str, str]] = {}

    def other(self, definition: Definition, plugin: str) -> str:
        """Return why a metric or a segment that a ``plugin`` brings cannot be called what it is, or nothing.

        Its name and its labels would change what rules mean that the language reads otherwise, in which they are
        related records, or other names of a field that another plugin brings: in front of those a metric would go.
        """
        schema = self._schemas.get(definition.subject)
        if schema is None:
            return ""
        for called in dict.fromkeys((definition.name, *definition.labels.both())):
            if meant := self._read_as(called, schema):
                return f"{shorten(called)} {meant}"
            if _PART_OF.fullmatch(called):
                return f"{shorten(called)} reads like a part of another name"
            field = schema.by_key.get(schema.names.get(fold(called), ""))
            own = (field.key, *field.spec.labels.both()) if field else ()
            if field and fold(called) not in map(fold, own) and self._bringers[schema.name, field.key] != plugin:
                return f"{shorten(called)} is another name of the field {field.key}"
        return ""

    def _read_as(self, called: str, schema: Schema) -> str:
        """Return what the language itself reads a name as, or nothing."""
        read = self._read.get(schema.name)
        if read is None:
            read = self._read[schema.name] = self._read_before(schema)
        known = read.get(called)
        if known is None:
            from custledger.expressions.reserved import read_as  # what brings no metric needs none of it

            scope = self._world.scope(schema)
            related = fold(called) in scope.relations
            known = read[called] = "is what related records are called" if related else read_as(called, scope)
        return known

    def _read_before(self, schema: Schema) -> dict[str, str]:
        """Return what was found where names mean the same: a program may open many ledgers with the same plugins."""
        if len(_READ) >= MOST_READ:
            _READ.clear()
        return _READ.setdefault((schema.name, *schema.names, *self._world.scope(schema).relations), {})

    @cached_property
    def _world(self) -> "World":
        from custledger.expressions.scope import World

        return World(self._schemas)
