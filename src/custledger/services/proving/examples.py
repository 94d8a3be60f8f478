"""Writes the examples of a rule into a ledger, and looks whether it gives for each what that says."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from custledger.conventions import Conventions
from custledger.definitions import Definition, Example
from custledger.errors import CustledgerError, InvalidValueError
from custledger.expressions.dates import day_of, parse_day
from custledger.expressions.scope import Relation
from custledger.fields import Kind, Labels, Spec
from custledger.schema import ID, Field, Schema
from custledger.segments import Segment
from custledger.services.editing import add
from custledger.services.proving.asking import answers, shower, understood
from custledger.services.proving.days import TODAY
from custledger.services.proving.samples import Engine, SampleLedgers
from custledger.services.session import Session
from custledger.taggers import Tagger
from custledger.values import choice_names, fold, parser

_FILLED: Mapping[Kind, Any] = {
    Kind.TEXT: "例",
    Kind.INTEGER: 1,
    Kind.NUMBER: 1,
    Kind.MONEY: 1,
    Kind.YES_NO: True,
    Kind.PHONE: "13800138000",
    Kind.EMAIL: "example@example.com",
    Kind.TAGS: ["example"],
    Kind.DATE: TODAY,
    Kind.TIME: TODAY.isoformat(),
}
"""What a required field gets that an example does not give, by its kind."""


def broken_examples(ledgers: SampleLedgers, rule: Definition) -> Iterator[str]:
    """Yield a sentence for each example of a rule that is not as it says.

    Those of one day are in one ledger: in memory, and where they are all right there, in SQLite.
    """
    numbered = list(enumerate(rule.examples, start=1))
    for on in dict.fromkeys(example.on for example in rule.examples):
        together = {number: example for number, example in numbered if example.on == on}
        for engine in ledgers.engines:
            broken = list(_broken(ledgers, engine, rule, together))
            yield from broken
            if broken:
                break


def _broken(ledgers: SampleLedgers, engine: Engine, rule: Definition, together: Mapping[int, Example]) -> Iterator[str]:
    first, store = next(iter(together)), ledgers.new(engine)
    try:
        session = ledgers.session(store, today=_day(together[first]))
        writing = ledgers.session(store, today=_day(together[first]), language=ledgers.language)
    except InvalidValueError as error:
        yield f"Example {first} cannot be written: {error.message}"
        return
    written = {}
    for number, example in together.items():
        try:
            written[number] = write_example(writing, rule.subject, example.record)
        except CustledgerError as error:
            yield f"Example {number} cannot be written: {error.message}"
    try:
        found = answers(session, rule)
    except CustledgerError as error:
        yield f"The rule fails for its examples: {error.message}"
        return
    show = shower(session, rule)
    for number, identity in written.items():
        given = found.get(identity)
        try:
            wanted = _wanted(session, rule, together[number])
        except InvalidValueError as error:
            yield f"Example {number} is to give what cannot be: {error.message}"
            continue
        if given != wanted and not (wanted is True and given is not None):
            yield f"Example {number} gives {show(given)}, and not {show(wanted)}."


def _day(example: Example) -> date:
    """Return the day that is today in an example. Raises ``InvalidValueError`` for what is no day."""
    try:
        return date.fromisoformat(example.on) if example.on else TODAY
    except ValueError:
        raise InvalidValueError(example.on, "is not a date") from None


def _wanted(session: Session, rule: Definition, example: Example) -> Any:
    """Return the answer that an example says. Raises ``InvalidValueError`` for what the rule cannot give."""
    value = example.gives
    if isinstance(rule, Tagger):
        return value if isinstance(value, str) else True if value else None
    if isinstance(rule, Segment):
        return _wanted_of_segment(rule, value)
    spec = understood(session, rule).spec
    if spec is None:
        return int(bool(value))
    return parser(spec, session.conventions)(_counted(session, Field(rule.name, spec), value))


def _number(value: Any) -> Decimal:
    """Return a scorer's number, as people write it."""
    scaled = parser(Spec(kind=Kind.NUMBER, labels=Labels("")), Conventions())(value)
    return Decimal(str(scaled or 0)).scaleb(-4)


def _wanted_of_segment(segment: Segment, value: Any) -> Any:
    if value is None or value is False:
        return None
    if segment.rule != "scorer" or value is True:
        return True
    if not segment.choices:
        return str(value) if segment.own_labels else _number(value)
    code = choice_names(segment.choices).get(fold(str(value)))
    if code is None:
        listed = ", ".join(one.code for one in segment.choices)
        raise InvalidValueError(value, "is not one of its labels", hint=f"There are: {listed}.")
    return code


def write_example(session: Session, subject: str, record: Mapping[str, Any]) -> int:
    """Add the record of an example, and those that belong to it, and return its id. Raises ``CustledgerError``."""
    return _written(session, session.schema(subject), record, ())


def _written(session: Session, schema: Schema, record: Mapping[str, Any], within: Sequence[str]) -> int:
    own: dict[str, Any] = {}
    belonging: list[tuple[Relation, Mapping[str, Any]]] = []
    for name, value in record.items():
        relation = _relation(session, schema, name, value)
        if relation is not None:
            belonging += [(relation, each) for each in ([value] if isinstance(value, Mapping) else value)]
            continue
        field = schema.resolve(name)
        if isinstance(value, Mapping) and field.spec.target:
            value = _written(session, session.schema(field.spec.target), value, (*within, schema.name))  # noqa: PLW2901
        own[field.key] = _counted(session, field, value)
    for field in schema.required:
        if field.key not in own and field.spec.default is None:
            own[field.key] = _filled(session, field, (*within, schema.name))
    number: int = add(session, schema.name, own).row[ID]
    for relation, each in belonging:
        _written(session, relation.schema, {relation.reference.key: number, **each}, (*within, schema.name))
    return number


def _relation(session: Session, schema: Schema, name: str, value: Any) -> Relation | None:
    """Return the relation that a name means whose value is a record, or a list of them."""
    meaning = session.world.scope(schema).meaning(fold(name))
    if not isinstance(meaning, Relation):
        return None
    listed = [value] if isinstance(value, Mapping) else value
    if not isinstance(listed, Sequence) or not all(isinstance(each, Mapping) for each in listed):
        raise InvalidValueError(value, "is not a list of records", field=name)
    return meaning


def _counted(session: Session, field: Field, value: Any) -> Any:
    """Return a value, or the day that it counts from today."""
    if field.spec.kind not in {Kind.DATE, Kind.TIME} or not isinstance(value, str):
        return value
    try:
        day = parse_day(value)
    except ValueError as error:
        raise InvalidValueError(value, str(error), field=field.key) from None
    if day is None:
        return value
    counted = day_of(day, session.today).isoformat()
    return f"{counted}T12:00" if field.spec.kind is Kind.TIME else counted


def _filled(session: Session, field: Field, within: Sequence[str]) -> Any:
    """Return some value for a required field."""
    target = field.spec.target
    if target is not None:
        return None if target in within else _written(session, session.schema(target), {}, within)
    if field.spec.choices:
        code = field.spec.choices[0].code
        return [code] if field.spec.kind is Kind.CHOICES else code
    filled = _FILLED.get(field.spec.kind)
    return f"{filled} {session.mint.one()}" if field.spec.unique and isinstance(filled, str) else filled
