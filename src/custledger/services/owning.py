"""Tags that somebody adds by hand where a rule has put them already: they are that person's from then on."""

from collections.abc import Mapping, Sequence
from typing import Any

from custledger.marks import PERSON, MarkChange, TagMark
from custledger.schema import ID, Row, Schema
from custledger.services.session import Session
from custledger.values import Adjustment, fold


def held_marks(
    session: Session, schema: Schema, rows: Sequence[Row], plain: Mapping[str, Any]
) -> dict[int, tuple[TagMark, ...]]:
    """Return the marks of the records that have a tag already which is to be added to them."""
    added = {key: set(map(fold, value.add)) for key, value in plain.items() if isinstance(value, Adjustment)}
    numbers = [
        row[ID]
        for row in rows
        if any(tags & set(map(fold, row[schema.positions[key]] or ())) for key, tags in added.items())
    ]
    return dict(zip(numbers, session.view.marks(schema, numbers), strict=True)) if numbers else {}


def made_ones_own(held: Sequence[TagMark], plain: Mapping[str, Any]) -> tuple[MarkChange, ...]:
    """Return what makes those of the tags to be added a person's own that are there because of a rule.

    They stay then when the rule no longer applies. Of a tag that is not there the values say that it is added.
    """
    mine = {mark.key[:2] for mark in held if mark.source == PERSON}
    there = {mark.key[:2]: mark for mark in held}
    wanted = [
        there[key, fold(tag)]
        for key, value in plain.items()
        if isinstance(value, Adjustment)
        for tag in value.add
        if (key, fold(tag)) in there.keys() - mine
    ]
    return tuple(MarkChange(None, TagMark(mark.field, mark.tag)) for mark in wanted)
