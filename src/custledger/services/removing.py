"""What removals bring along, found out without writing anything: what goes with them, and which references let go.

The store decides that inside the write, by the rules of ``stores.integrity``. Here the same rules are asked beforehand,
of what the view shows at this moment.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from custledger.changes import Action, Change
from custledger.expressions import is_in
from custledger.schema import Field, Row, Schema
from custledger.services.session import Session
from custledger.stores.contract import Query
from custledger.stores.integrity import brought_along

BATCH = 500
"""How many values are looked for at once."""


def would_bring_along(session: Session, changes: Sequence[Change]) -> list[Change]:
    """Return what the store would add to a changeset with these changes: references emptied, then records removed.

    Raises ``ReferencedError`` where a reference forbids one of the removals.
    """
    removed = [(change.type, change.id) for change in changes if change.action is Action.REMOVE]

    def referrers(schema: Schema, field: Field, values: Sequence[Any]) -> Iterator[Row]:
        for start in range(0, len(values), BATCH):
            where = is_in(schema, field.key, values[start : start + BATCH])
            yield from session.view.select(schema, Query(moment=session.moment, where=where))

    return brought_along(removed, session.schemas, referrers) if removed else []
