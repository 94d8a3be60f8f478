"""Why somebody is in a segment, printed: a line a clause, with the value found and what would have to change."""

from collections.abc import Mapping
from typing import Any

import attrs

from custledger.cli.invocation import Invocation
from custledger.cli.marks import mark_cell, shown_mark
from custledger.cli.shown import Shower
from custledger.fields import Kind, Spec
from custledger.schema import Field
from custledger.services.lacking import Lack
from custledger.services.marking import mark_key
from custledger.services.segmenting import Explained, Explanation


def print_explanation(run: Invocation, explanation: Explanation, *, json: bool) -> None:
    """Print an explanation, for people or as one JSON object."""
    segment, schema, row = explanation.segment, explanation.schema, explanation.row
    shower, because = Shower(run.session, schema), explanation.because
    if json:
        about = {"segment": segment.name, "record": schema.public_id(row), "member": because.holds}
        if segment.rule == "scorer":
            about[mark_key(segment)] = shown_mark(explanation.mark)
        run.output.json({**about, "because": _as_json(because, shower)})
        return
    label = segment.labels.in_language(run.schema_language)
    told = "{name} is in {segment}." if because.holds else "{name} is not in {segment}."
    if explanation.mark is not None:
        told = "{name} is in {segment}: {label}."
    mark = mark_cell(segment, explanation.mark, run.schema_language).text
    run.output.say(run.words(told, name=schema.display(row), segment=label, label=mark))
    for line in _lines(run, because, shower, depth=1):
        run.output.say(line)


def _lines(run: Invocation, clause: Explained, shower: Shower, *, depth: int) -> list[str]:
    mark = "✓" if clause.holds else "✗"
    indent = "  " * depth
    if clause.word == "needs":
        lines = [indent + run.words("It goes by:")]
    elif clause.holds is None:
        called = f"{clause.name} = {clause.text}" if clause.shown == clause.text else clause.shown
        lines = [f"{indent}{called}{_found(run, clause, shower)}"]
    elif clause.word:
        joined = {"and": "all of these hold:", "or": "at least one of these holds:", "not": "this does not hold:"}
        lines = [f"{indent}{mark} {run.words(joined[clause.word])}"]
    else:
        lines = [f"{indent}{mark} {clause.shown}{_found(run, clause, shower)}"]
    for part in clause.parts:
        lines += _lines(run, part, shower, depth=depth + 1)
    return lines


def _found(run: Invocation, clause: Explained, shower: Shower) -> str:
    """Return the value that was found, and those of thresholds that have names."""
    if clause.spec is None:
        return ""
    text = _text(clause, shower)
    if clause.asks_existence:
        told = [run.words("there is at least one" if clause.value else "there is none")]
    elif clause.is_foreign:
        told = [run.words("it is empty, since some of it is in another currency")]
    else:
        told = [run.words("it is {value}", value=text) if text else run.words("it is empty")]
    for one in dict.fromkeys(clause.against):
        text = _text(one, shower)
        told.append(run.words("{name} is {value}" if text else "{name} is empty", name=one.shown, value=text))
    if clause.place is not None:
        told.append(run.words("of {count} members {less} have less, {more} more", **attrs.asdict(clause.place)))
    if clause.lack is not None:
        told.append(_needed(run, clause, clause.lack, shower))
    return "  " + run.words("({found})", found=run.words("; ").join(told))


_NEEDS = {
    "=": "needs to be {value}",
    "!=": "must not be {value}",
    ">": "needs more than {value}",
    ">=": "needs at least {value}",
    "<": "needs less than {value}",
    "<=": "needs at most {value}",
    "in": "needs one of: {value}",
    "not in": "must be none of: {value}",
    "contains": "needs to contain {value}",
    "not contains": "must not contain {value}",
    "starts": "needs to start with {value}",
    "not starts": "must not start with {value}",
    "ends": "needs to end with {value}",
    "not ends": "must not end with {value}",
    "filled": "needs a value",
    "empty": "needs to be empty",
    "one": "needs at least one",
    "none": "there must be none",
}
_NEEDS_DAY = {
    ">": "needs a day after {value}",
    ">=": "needs {value} or later",
    "<": "needs a day before {value}",
    "<=": "needs {value} or earlier",
}


def _needed(run: Invocation, clause: Explained, lack: Lack, shower: Shower) -> str:
    """Return what would have to change, in words."""
    template = _NEEDS[lack.word]
    if lack.spec.kind in {Kind.DATE, Kind.TIME}:
        template = _NEEDS_DAY.get(lack.word, template)
    if len(lack.values) == 1:
        template = template.replace("needs one of: ", "needs to be ").replace("must be none of: ", "must not be ")
    field = _needed_field(clause)
    names = shower.names(field, lack.values)
    listed = run.words(", ").join(_value(shower, field, one, names) for one in lack.values)
    told = [run.words(template, value=listed)]
    if lack.lacks is not None:
        short = "lacks {value}" if lack.word in {">", ">="} else "is {value} too much"
        told.append(run.words(short, value=shower.cell(field, lack.lacks).text))
    text = run.words(", ").join(told)
    if lack.holds_on is not None:
        text = run.words("{needs}, or holds from {day} on", needs=text, day=lack.holds_on.isoformat())
    return text


def _value(shower: Shower, field: Field, value: Any, names: Mapping[Any, str]) -> str:
    """Return one value that is needed; several of a field that holds several are each a value of their own."""
    several = field.spec.kind in {Kind.TAGS, Kind.CHOICES}
    return shower.cell(field, (value,) if several else value, names).text


def _text(clause: Explained, shower: Shower) -> str:
    """Return the value that was found as people read it; nothing for none."""
    field = _field(clause)
    return shower.cell(field, clause.value, shower.names(field, [clause.value])).text if field else ""


def _field(clause: Explained) -> Field | None:
    """Return a field that has such values as were found; the text of the clause is a key that no other has."""
    return Field(clause.text, _with_choices(clause.spec)) if clause.spec is not None else None


def _with_choices(spec: Spec) -> Spec:
    """Return a field whose texts are codes, as a stored label is, as one that shows what they stand for."""
    return attrs.evolve(spec, kind=Kind.CHOICE) if spec.kind is Kind.TEXT and spec.choices else spec


def _as_json(clause: Explained, shower: Shower) -> dict[str, Any]:
    told: dict[str, Any] = {"text": clause.text, "holds": clause.holds}
    if clause.word:
        told["word"] = clause.word
    if clause.name:
        told["name"] = clause.name
    if (field := _field(clause)) is not None:
        told["value"] = None if clause.value is None else shower.codec.json_value(field, clause.value)
    if clause.is_foreign:
        told["in_another_currency"] = True
    if clause.place is not None:
        told["place"] = attrs.asdict(clause.place)
    if clause.lack is not None:
        told["needs"] = _lack_as_json(clause, clause.lack, shower)
    if clause.against:
        told["against"] = [_as_json(one, shower) for one in clause.against]
    return {**told, "parts": [_as_json(part, shower) for part in clause.parts]} if clause.parts else told


def _needed_field(clause: Explained) -> Field:
    """Return a field that has such values as a clause needs, which may be days where those found are times."""
    assert clause.lack is not None  # noqa: S101 - for the type checker: the caller asked
    return Field(f"{clause.text}: {clause.lack.spec.kind}", _with_choices(clause.lack.spec))


def _lack_as_json(clause: Explained, lack: Lack, shower: Shower) -> dict[str, Any]:
    field = _needed_field(clause)
    several = lack.spec.kind in {Kind.TAGS, Kind.CHOICES}
    values = [one if several else shower.codec.json_value(field, one) for one in lack.values]
    lacks = None if lack.lacks is None else shower.codec.json_value(field, lack.lacks)
    on = None if lack.holds_on is None else lack.holds_on.isoformat()
    return {"word": lack.word, "values": values, "lacks": lacks, "holds_on": on}
