"""Which column of a file goes into which field.

Headings are recognised by the field's key, its label in either language, or an alias; what people map by hand comes
first. A column can also be named by its number (``#3``), and one of several of the same heading by ``电话#2``.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import attrs

from custledger.errors import DataError, NotFoundError, UsageError
from custledger.fields import Kind
from custledger.schema import REVISION, Field, Schema, nearest
from custledger.values import fold, given_texts

REASON_HEADINGS = ("custledger: rejected because", "custledger：拒收原因")
"""Headings of the column that a file of rejected rows carries in front, English and Chinese; import passes it over."""

NAMED = 10
"""How many columns are named at once."""
_LAST_EQUALS = re.compile("[=＝](?=[^=＝]*$)")
_UNSEEN = re.compile("[\ufeff\u200b-\u200f\u2060]")


@attrs.frozen
class Column:
    """A column that goes into a field; ``index`` counts from 0."""

    index: int
    heading: str
    field: Field


@attrs.frozen
class Reading:
    """The columns of a record's id and of the revision that it had when the file was written."""

    id: Column
    revision: Column


@attrs.frozen(kw_only=True)
class Plan:
    """What becomes of each column.

    ``id_column`` holds the ids of this ledger's records, if there is such a column; ``certain`` says that the user
    said so, otherwise its cells decide. ``reading`` are the columns that say which state of which record a row was
    read from. ``reasons`` are the columns a file of rejected rows carries. ``passed_over`` are columns that nothing is
    read from since another is the same field: ``(heading, heading of the other, key)``. ``fixed`` are the cells of the
    columns behind those of the file, each the same in every row; they are among ``columns``, at indexes from ``width``.
    """

    width: int
    columns: tuple[Column, ...]
    unmapped: tuple[str, ...] = ()
    left_to_ledger: tuple[str, ...] = ()
    id_column: Column | None = None
    certain: bool = False
    reading: Reading | None = None
    reasons: frozenset[int] = frozenset()
    passed_over: tuple[tuple[str, str, str], ...] = ()
    fixed: tuple[str, ...] = ()

    def without_ids(self, *, blank: bool) -> "Plan":
        """Return the plan for a file whose id column is ``blank``, or else holds somebody else's ids."""
        heading = (self.id_column.heading,) if self.id_column else ()
        left = (*self.left_to_ledger, self.reading.revision.heading) if self.reading else self.left_to_ledger
        unmapped = self.unmapped if blank else self.unmapped + heading
        left = (*heading, *left) if blank else left
        return attrs.evolve(self, id_column=None, reading=None, unmapped=unmapped, left_to_ledger=left)

    def column_of(self, key: str) -> Column | None:
        """Return the column that goes into the field of that key."""
        return next((column for column in self.columns if column.field.key == key), None)


def make_plan(schema: Schema, heading: Sequence[str], maps: Mapping[str, str], key: str | None) -> Plan:
    """Return what becomes of the columns.

    Of several columns that are recognised as one field, the one whose heading says it best goes there. Raises
    ``NotFoundError`` for a map that names no column or no field, ``DataError`` where two columns are mapped to one
    field by hand or no column goes into any, ``UsageError`` for a map to a field that the ledger sets itself.
    """
    names = _names(heading)
    by_hand = {_find_column(names, source): _wanted_field(schema, target) for source, target in maps.items()}
    columns, unmapped, left = [], [], []
    reasons = frozenset(index for index, name in enumerate(names) if name in REASON_HEADINGS)
    for index, name in enumerate(names):
        if index in reasons:
            continue
        field = by_hand[index] if index in by_hand else _recognised(schema, heading[index])
        if field is None:
            unmapped.append(name)
        elif field.spec.system and field.spec.kind is not Kind.ID:
            left.append(Column(index, name, field))
        else:
            columns.append(Column(index, name, field))
    columns, passed_over = _without_doubles(columns, schema, by_hand.keys())
    unmapped = [name for index, name in enumerate(names) if name in {*unmapped, *(each[0] for each in passed_over)}]
    id_column = next((column for column in columns if column.field.spec.kind is Kind.ID), None)
    columns = [column for column in columns if column is not id_column]
    if not columns:
        raise DataError(
            f"No column is a field of {schema.name}: {some_of(names)}.",
            hint='Say which column goes where: map "heading=field".',
        )
    certain = id_column is not None and (id_column.index in by_hand or key == "id")
    reading = _reading(schema, id_column, left)
    if key not in {None, "id"} and id_column is not None and not certain:
        left += [] if reading else [id_column]
        id_column = None
    return Plan(
        width=len(names),
        columns=tuple(columns),
        unmapped=tuple(unmapped),
        left_to_ledger=tuple(column.heading for column in left if reading is None or column is not reading.revision),
        id_column=id_column,
        certain=certain,
        reading=reading,
        reasons=reasons,
        passed_over=tuple(passed_over),
    )


def _reading(schema: Schema, id_column: Column | None, left: Sequence[Column]) -> Reading | None:
    """Return the columns of ids and revisions, if there are both; ``left`` are those that the ledger sets itself."""
    own = schema.fields[REVISION]
    revision = next((column for column in left if column.field is own), None)
    return Reading(id_column, revision) if id_column and revision else None


def parse_maps(maps: Mapping[str, str] | Sequence[str]) -> dict[str, str]:
    """Return ``{heading: field}`` from texts such as ``源列=field``; an empty field leaves the column out.

    A full-width ``＝`` does as well. Raises ``UsageError`` for one without either.
    """
    if isinstance(maps, Mapping):
        return dict(maps)
    parsed = {}
    for text in given_texts(maps, "Maps"):
        source, *found = _LAST_EQUALS.split(text, maxsplit=1)
        if not found or not source.strip():
            raise UsageError(f"{text!r} maps nothing.", hint='Write map "heading=field".')
        parsed[source.strip()] = found[0].strip()
    return parsed


def some_of(names: Sequence[str]) -> str:
    """Return the first of the names, of columns that may be thousands, as they stand in a sentence."""
    return ", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else "")


def tidy(heading: str) -> str:
    """Return a heading without what cannot be seen, outer spaces, and line ends inside."""
    return " ".join(_UNSEEN.sub("", heading).split())


def _names(heading: Sequence[str]) -> list[str]:
    """Return what to call each column: its heading, with a number where that is blank or used before."""
    seen: Counter[str] = Counter()
    names = []
    for index, cell in enumerate(heading):
        name = tidy(cell)
        seen[name] += 1
        names.append(f"#{index + 1}" if not name else name if seen[name] == 1 else f"{name}#{seen[name]}")
    return names


def _find_column(names: Sequence[str], source: str) -> int:
    wanted = fold(tidy(source))
    folded = [fold(name) for name in names]
    if wanted in folded:
        return folded.index(wanted)
    if re.fullmatch(r"#[0-9]{1,5}", wanted) and 0 < int(wanted[1:]) <= len(names):
        return int(wanted[1:]) - 1
    raise NotFoundError(
        "column",
        source,
        suggestions=[names[folded.index(name)] for name in nearest(source, folded)],
        hint=f"The columns are: {some_of(names)}.",
    )


def _wanted_field(schema: Schema, target: str) -> Field | None:
    if not target:
        return None
    field = schema.resolve(target)
    if field.spec.system and field.spec.kind is not Kind.ID:
        raise UsageError(f"{field.key} cannot be imported: the ledger sets it itself.")
    return field


def _recognised(schema: Schema, heading: str) -> Field | None:
    key = schema.names.get(fold(tidy(heading)))
    return None if key is None else schema.by_key[key]


def _without_doubles(
    columns: Sequence[Column], schema: Schema, by_hand: Collection[int]
) -> tuple[list[Column], list[tuple[str, str, str]]]:
    """Return one column for each field, and those that were passed over; see ``Plan``.

    What was mapped by hand comes first, then the heading that the field has earlier among its names. Raises
    ``DataError`` where two were mapped by hand.
    """
    best: dict[str, Column] = {}
    for column in columns:
        other = best.setdefault(column.field.key, column)
        if other.index in by_hand and column.index in by_hand and other is not column:
            raise DataError(
                f"The columns {other.heading} and {column.heading} are both {schema.name}.{column.field.key}.",
                hint=f'Leave one out with map "{column.heading}=", or map it to another field.',
            )
        best[column.field.key] = min(other, column, key=lambda one: (one.index not in by_hand, _rank(one), one.index))
    taken = [column for column in columns if best[column.field.key] is column]
    passed_over = [
        (column.heading, best[column.field.key].heading, column.field.key)
        for column in columns
        if best[column.field.key] is not column
    ]
    return taken, passed_over


def _rank(column: Column) -> int:
    """Return where a column's heading stands among the names of its field; a numbered one is behind them all."""
    spec = column.field.spec
    names = [fold(name) for name in (column.field.key, *spec.labels.both(), *spec.aliases)]
    name = fold(column.heading)
    return names.index(name) if name in names else len(names)
