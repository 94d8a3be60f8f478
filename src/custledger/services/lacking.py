"""What would have to change for a clause that fails to hold: which value it needs, how much is lacking, or by when.

It is told of clauses that compare one value with others, by what the clause says and the value that was found. What a
clause may not tell (a sensitive value) and what is compared in another way is not told.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Literal

import attrs

from custledger.expressions import tree
from custledger.expressions.dates import day_of, local_day, shift_within
from custledger.expressions.nodes import Moment
from custledger.fields import Kind, Spec

Against = tuple[Any, Spec | None]

Word = Literal[
    "=", "!=", "<", "<=", ">", ">=", "in", "not in", "contains", "not contains", "starts", "not starts", "ends",
    "not ends", "filled", "empty", "one", "none",
]  # fmt: skip
_OPPOSITE: dict[str, Word] = {"=": "!=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_NOT_THERE: dict[tree.Place, Word] = {"contains": "not contains", "starts": "not starts", "ends": "not ends"}
FURTHEST = 3_660
"""How many days ahead it is looked for the day from which something holds by itself."""


@attrs.frozen(kw_only=True)
class Lack:
    """What a clause needs.

    - ``word``: how the value is to compare with ``values``, which are plain; none for ``filled`` and ``empty``, nor for
      ``one`` and ``none`` of such records;
    - ``spec``: that of a field which has such values;
    - ``lacks``: by how much a number is too small, or too great, in the plain form of ``spec``;
    - ``holds_on``: the day from which on the clause holds by itself, if the value stays as it is.
    """

    word: Word
    values: tuple[Any, ...] = ()
    spec: Spec
    lacks: int | None = None
    holds_on: date | None = None


def lack_of(
    condition: tree.Condition, value: Any, spec: Spec, against: Sequence[Against], moment: Moment, *, wanted: bool
) -> Lack | None:
    """Return what has to change for a clause to hold, or with ``wanted`` false, for it not to hold.

    ``value`` is what was found, of a field such as ``spec`` describes; ``against`` are the values it was compared with
    where these are no plain ones, each with such a field. Returns ``None`` where nothing can be told.
    """
    match condition:
        case tree.Not(part):
            return lack_of(part, value, spec, against, moment, wanted=not wanted)
        case tree.And(parts) if wanted:
            found = (lack_of(part, value, spec, against, moment, wanted=True) for part in parts)
            return next((one for one in found if one is not None and not _fits(one, value)), None)
        case tree.Compare():
            return _compared(condition, value, spec, against, moment, wanted=wanted)
        case tree.OneOf(values=values) if all(isinstance(one, tree.Value) for one in values):
            listed = tuple(one.plain for one in values if isinstance(one, tree.Value))
            return Lack(word="in" if wanted else "not in", values=listed, spec=spec)
        case tree.Has(values=values):
            return Lack(word="in" if wanted else "not in", values=values, spec=spec)
        case tree.Match(place, _, text):
            return Lack(word=place if wanted else _NOT_THERE[place], values=(text,), spec=spec)
        case tree.Empty():
            return Lack(word="empty" if wanted else "filled", spec=spec)
    return None


def _compared(
    condition: tree.Compare, value: Any, spec: Spec, against: Sequence[Against], moment: Moment, *, wanted: bool
) -> Lack | None:
    word: Word = condition.operator if wanted else _OPPOSITE[condition.operator]
    right = condition.right
    if tree.asks_existence(condition.left):
        return Lack(word="one" if wanted else "none", spec=spec)
    if isinstance(right, tree.Day) or (isinstance(right, tree.Value) and right.kind is Kind.DATE):
        return _dated(word, right, value, spec, moment)
    bound: Any = None
    if isinstance(right, tree.Value):
        bound = _in_unit_of(spec, right.plain, right.kind)
    elif len(against) == 1 and (other := against[0][1]) is not None and against[0][0] is not None:
        if _places(other) > _places(spec):
            value, spec = None if value is None else _in_unit_of(other, value, spec.kind), other
        bound = _in_unit_of(spec, against[0][0], other.kind)
    if bound is None:
        return None
    lacks = None
    if spec.kind in tree.SCALES and value is not None and word in {"<", "<=", ">", ">="}:
        lacks = abs(bound - value) + (spec.kind is Kind.INTEGER and word in {"<", ">"})
    return Lack(word=word, values=(bound,), spec=spec, lacks=lacks, holds_on=_counted(condition, word, lacks, moment))


def _places(spec: Spec) -> int:
    return tree.SCALES.get(spec.kind) or 0


def _in_unit_of(spec: Spec, plain: Any, kind: Kind) -> Any:
    """Return a plain value of a kind as the field has it; ``None`` for a number that has no place in its unit."""
    if spec.kind not in tree.SCALES or kind not in tree.SCALES:
        return plain
    whole, rest = divmod(plain * 10 ** _places(spec), 10 ** (tree.SCALES[kind] or 0))
    return None if rest else whole


def _dated(word: Word, right: tree.Literally, value: Any, spec: Spec, moment: Moment) -> Lack:
    day = day_of(right, moment.today) if isinstance(right, tree.Day) else date.fromisoformat(right.plain)
    found = None if value is None else _day(value, spec, moment)
    holds_on = None
    if isinstance(right, tree.Day) and found is not None and word in {"<", "<="}:
        holds_on = _first(moment.today, lambda today: _before(word, found, day_of(right, today)))
    told = attrs.evolve(spec, kind=Kind.DATE)
    return Lack(word=word, values=(day.isoformat(),), spec=told, holds_on=holds_on)


def _day(value: str, spec: Spec, moment: Moment) -> date:
    return date.fromisoformat(local_day(value, str(moment.zone)) if spec.kind is Kind.TIME else value)


def _before(word: Word, found: date, day: date) -> bool:
    return found < day if word == "<" else found <= day


def _first(today: date, holds: Any) -> date | None:
    """Return the first day from tomorrow on for which something holds that holds ever after."""
    if date.max - today <= timedelta(days=FURTHEST) or not holds(today + timedelta(days=FURTHEST)):
        return None
    low, high = 0, FURTHEST
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(today + timedelta(days=middle)) else (middle, high)
    return today + timedelta(days=high)


def _counted(condition: tree.Compare, word: Word, lacks: int | None, moment: Moment) -> date | None:
    """Return from when on the days since a date are enough, or those until one few enough."""
    left = condition.left
    while isinstance(left, tree.NamedNode):
        left = left.root
    if lacks is None or not isinstance(left, tree.DateFunction) or lacks > FURTHEST:
        return None
    grows = {"days_since": {">", ">="}, "days_until": {"<", "<="}}.get(left.function, set())
    return shift_within(moment.today, lacks) if word in grows else None


def _fits(lack: Lack, value: Any) -> bool:
    """Whether the value found is as this part of a clause needs it already: the other part is what fails."""
    if value is None or not lack.values:
        return False
    bound = lack.values[0]
    match lack.word:
        case ">=":
            return bool(value >= bound)
        case "<=":
            return bool(value[: len(bound)] <= bound if isinstance(value, str) else value <= bound)
        case _:
            return False
