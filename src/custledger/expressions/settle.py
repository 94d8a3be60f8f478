"""Settles an expression at one moment: what depends on today, the zone or the order of choices becomes plain values.

Both the evaluator and SQL work on what ``settle`` returns, so dates are computed once, and neither of them knows
anything of calendars. In a settled tree both sides of a comparison are of comparable kinds, no ``Day`` is left, and a
choice is compared by its place only with another field.
"""

from datetime import date

import attrs

from custledger.expressions.dates import bounds, computed, day_of, shift_within
from custledger.expressions.nodes import Moment
from custledger.expressions.tree import (
    Aggregate,
    Always,
    And,
    Compare,
    Condition,
    DateFunction,
    Day,
    DayFunction,
    Empty,
    FieldNode,
    Has,
    Literally,
    Match,
    NamedNode,
    Not,
    OneOf,
    Operation,
    Operator,
    Or,
    Term,
    Value,
    choices_of,
    conjunction,
)
from custledger.expressions.types import NUMBER_KINDS
from custledger.fields import Kind
from custledger.schema import Schema
from custledger.values import Plain


def settle(node: Condition, schema: Schema, moment: Moment) -> Condition:
    """Return ``node`` with plain values in the place of all that depends on ``moment`` or on the choices."""
    match node:
        case And(parts):
            return And(tuple(settle(part, schema, moment) for part in parts))
        case Or(parts):
            return Or(tuple(settle(part, schema, moment) for part in parts))
        case Not(part):
            return Not(settle(part, schema, moment))
        case Compare():
            return _settled_comparison(node, schema, moment)
        case OneOf(left, values):
            return _settled_list(settle_term(left, schema, moment), values, moment)
        case Match() | Has() | Empty():
            return attrs.evolve(node, left=settle_term(node.left, schema, moment))
        case Always():
            return node


def settle_term(term: Term, schema: Schema, moment: Moment) -> Term:
    """Return ``term`` with plain values in the place of all that depends on ``moment``."""
    match term:
        case Aggregate():
            where = _settled_where(term, moment)
            of = settle_term(term.of, term.schema, moment) if term.of is not None else None
            return attrs.evolve(term, of=of, where=where)
        case DateFunction():
            argument = settle_term(term.argument, schema, moment)
            return attrs.evolve(term, argument=argument, today=moment.today.isoformat(), zone=str(moment.zone))
        case DayFunction(function, counted, kind):
            day = day_of(counted, moment.today)
            value = computed(function, day, moment.today)
            # In the calendar's last year there may be no anniversary any more: then the day is its own.
            return Value(day.isoformat() if value is None else value, kind)
        case Operation():
            left, right = settle_term(term.left, schema, moment), settle_term(term.right, schema, moment)
            return attrs.evolve(term, left=left, right=right)
        case NamedNode(subject, key, root):
            settled = settle_term(root, schema, moment)
            # A threshold that has a name is served by indexes as one that is written out.
            is_number = isinstance(settled, Value) and settled.kind in NUMBER_KINDS
            return settled if is_number else NamedNode(subject, key, settled)
        case _:
            return term


def _settled_where(term: Aggregate, moment: Moment) -> Condition | None:
    """Return what must hold of a related record; with a day that was set by hand, that it did not happen later."""
    where = settle(term.where, term.schema, moment) if term.where is not None else None
    happened = happened_by(term.schema, moment)
    if happened is None:
        return where
    return happened if where is None else conjunction(where, happened)


def happened_by(schema: Schema, moment: Moment) -> Condition | None:
    """Return the settled condition that a record had happened by the day that was set by hand, if one was.

    Of types that say when they happened; a plan for a later day is there before that.
    """
    when = schema.by_key.get(schema.info.when)
    if not moment.as_of or when is None or when.spec.system or schema.info.is_planned:
        return None
    later = _settled_comparison(Compare(">", FieldNode(when.key, when.spec.kind), Day()), schema, moment)
    return Not(later)


def _settled_comparison(node: Compare, schema: Schema, moment: Moment) -> Condition:
    right = node.right if isinstance(node.right, Day) else settle_term(node.right, schema, moment)
    is_literal = isinstance(right, Day) or isinstance(node.right, Value | NamedNode)
    left = settle_term(node.left, schema, moment)
    node = Compare(node.operator, left, right)
    if not is_literal:
        return node
    if isinstance(right, Value) and (counted := _counted_days(node, right, moment)) is not None:
        return _settled_comparison(counted, schema, moment)
    if left.kind is Kind.CHOICE and node.operator != "=" and isinstance(right, Value):
        return _by_place(node.operator, left, right.plain, schema)
    if isinstance(right, Day) or (isinstance(right, Value) and right.kind is Kind.DATE):
        day = _day(right, moment)
        if left.kind is Kind.TIME:
            return _against_day(node.operator, left, day, moment)
        return Compare(node.operator, left, Value(day.isoformat(), Kind.DATE))
    return node


def _settled_list(left: Term, values: tuple[Literally, ...], moment: Moment) -> Condition:
    plain: list[Literally] = []
    days: list[Condition] = []
    for value in values:
        if isinstance(value, Value) and not (left.kind is Kind.TIME and value.kind is Kind.DATE):
            plain.append(value)
        elif left.kind is Kind.TIME:
            days.append(_against_day("=", left, _day(value, moment), moment))
        else:
            plain.append(Value(_day(value, moment).isoformat(), Kind.DATE))
    if not days:
        return OneOf(left, tuple(plain))
    return Or((*([OneOf(left, tuple(plain))] if plain else []), *days))


def _day(value: Literally, moment: Moment) -> date:
    return day_of(value, moment.today) if isinstance(value, Day) else date.fromisoformat(value.plain)


def _against_day(operator: Operator, left: Term, day: date, moment: Moment) -> Condition:
    """Return how a time compares with a whole day: before it begins, within it, or after it ended."""
    begins, ends = bounds(day, moment.zone)
    match operator:
        case "=":
            return conjunction(_compare(">=", left, begins), _compare("<", left, ends))
        case "<":
            return _compare("<", left, begins)
        case "<=":
            return _compare("<", left, ends)
        case ">":
            return _compare(">=", left, ends)
        case ">=":
            return _compare(">=", left, begins)


def _compare(operator: Operator, left: Term, time: str) -> Compare:
    return Compare(operator, left, Value(time, Kind.TIME))


_TURNED: dict[Operator, Operator] = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _counted_days(node: Compare, right: Value, moment: Moment) -> Compare | None:
    """Return a comparison of the days since or until a day with a number as one of that day, which an index serves.

    ``None`` for any other, and where the calendar has no such day: then the days themselves are compared.
    """
    left = node.left
    if not isinstance(left, DateFunction) or left.function not in {"days_since", "days_until"}:
        return None
    if right.kind is not Kind.INTEGER:
        return None
    since = left.function == "days_since"
    day = shift_within(moment.today, -right.plain if since else right.plain)
    if day is None:
        return None
    operator = _TURNED[node.operator] if since else node.operator
    return Compare(operator, left.argument, Value(day.isoformat(), Kind.DATE))


def _by_place(operator: Operator, left: Term, code: Plain, schema: Schema) -> Condition:
    """Return how a choice compares by its place; what is not among the choices comes after them all."""
    codes = [choice.code for choice in choices_of(left, schema)]
    place = codes.index(code) if code in codes else len(codes)
    before = codes[: place + 1] if operator in {"<=", ">"} else codes[:place]
    if place == len(codes) and operator in {"<=", ">"}:
        return Not(Empty(left)) if operator == "<=" else Always(holds=False)
    listed = OneOf(left, tuple(Value(each, Kind.CHOICE) for each in before)) if before else Always(holds=False)
    return listed if operator in {"<", "<="} else And((Not(Empty(left)), Not(listed)))
