"""Settles an expression at one moment: what depends on today, the zone or the order of choices becomes plain values.

Both the evaluator and SQL work on what ``settle`` returns, so dates are computed once, and neither of them knows
anything of calendars. In a settled tree both sides of a comparison are of comparable kinds, no ``Day`` is left, and a
choice is compared by its place only with another field.
"""

from datetime import date

from custledger.expressions.dates import bounds, day_of
from custledger.expressions.nodes import Moment
from custledger.expressions.tree import (
    Always,
    And,
    Compare,
    Condition,
    Day,
    Empty,
    FieldNode,
    Literally,
    Not,
    OneOf,
    Operator,
    Or,
    Value,
    conjunction,
)
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
        case Compare(_, _, Value() | Day()):
            return _settled_comparison(node, schema, moment)
        case OneOf(left, values):
            return _settled_list(left, values, moment)
        case _:
            return node


def _settled_comparison(node: Compare, schema: Schema, moment: Moment) -> Condition:
    left, right = node.left, node.right
    if left.kind is Kind.CHOICE and node.operator != "=" and isinstance(right, Value):
        return _by_place(node.operator, left, right.plain, schema)
    if isinstance(right, Day) or (isinstance(right, Value) and right.kind is Kind.DATE):
        day = _day(right, moment)
        if left.kind is Kind.TIME:
            return _against_day(node.operator, left, day, moment)
        return Compare(node.operator, left, Value(day.isoformat(), Kind.DATE))
    return node


def _settled_list(left: FieldNode, values: tuple[Literally, ...], moment: Moment) -> Condition:
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


def _against_day(operator: Operator, left: FieldNode, day: date, moment: Moment) -> Condition:
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


def _compare(operator: Operator, left: FieldNode, time: str) -> Compare:
    return Compare(operator, left, Value(time, Kind.TIME))


def _by_place(operator: Operator, left: FieldNode, code: Plain, schema: Schema) -> Condition:
    """Return how a choice compares by its place; what is not among the choices comes after them all."""
    codes = [choice.code for choice in schema.by_key[left.key].spec.choices]
    place = codes.index(code) if code in codes else len(codes)
    before = codes[: place + 1] if operator in {"<=", ">"} else codes[:place]
    if place == len(codes) and operator in {"<=", ">"}:
        return Not(Empty(left)) if operator == "<=" else Always(holds=False)
    listed = OneOf(left, tuple(Value(each, Kind.CHOICE) for each in before)) if before else Always(holds=False)
    return listed if operator in {"<", "<="} else And((Not(Empty(left)), Not(listed)))
