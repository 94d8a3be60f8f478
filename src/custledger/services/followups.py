"""Follow-ups: which are due, and finishing one.

That finishing one makes the next, in the same changeset, is the core's own amendment (``custledger.repeating``), so it
happens however one is finished.
"""

from datetime import date, datetime, timedelta
from typing import Any

import attrs

from custledger import ids
from custledger.changes import Action, Changeset, Receipt
from custledger.errors import DataError, InvalidValueError
from custledger.expressions import both, equals, field_expression
from custledger.hookspecs import Problem, Reminder
from custledger.repeating import DONE, FINISHED, FOLLOWUP, OPEN
from custledger.schema import ID, Row
from custledger.services.editing import make_edit
from custledger.services.naming import Reference, find_row
from custledger.services.session import Session
from custledger.services.writing import write
from custledger.stores.contract import Order, Query
from custledger.values import fold, given_count, given_text, plain_text


@attrs.frozen(kw_only=True)
class Agenda:
    """What someone should act on: the follow-ups that are due, the oldest first, and what plugins remind of."""

    followups: tuple[Row, ...]
    reminders: tuple[Reminder, ...]


def due(session: Session, days: int = 0, owner: str | None = None) -> list[Row]:
    """Return the open follow-ups that are overdue, due today, or due within ``days`` days; the oldest first.

    With ``owner``, only that person's.
    """
    session.refresh()
    schema = session.schema(FOLLOWUP)
    given_count(days, "Days", least=-ids.LARGEST)
    by_day = field_expression(schema, "due")
    where = both(equals(schema, "status", OPEN), session.understand(f"due <= {_last_day(session.today, days)}", schema))
    if owner is not None:
        where = both(where, equals(schema, "owner", plain_text(given_text(owner, "Owner"))))
    return list(session.select(FOLLOWUP, Query(moment=session.moment, where=where, order=(Order(by_day),))))


def agenda(session: Session, days: int = 0, owner: str | None = None) -> Agenda:
    """Return the follow-ups that are ``due``, and the reminders of plugins, the earliest first.

    A plugin decides itself how long before its day something is worth a reminder.
    """
    return Agenda(followups=tuple(due(session, days, owner)), reminders=tuple(reminders(session, owner)))


def reminders(session: Session, owner: str | None = None) -> list[Reminder]:
    """Return what plugins want acted on, the earliest first; with ``owner``, only that person's.

    A plugin that fails is left out, and is among the session's warnings the first time.
    """
    session.refresh()
    known = len(session.plugins.failures)
    found = session.plugins.reminders(session)
    session.warn(Problem(message=one.message, severity="warn") for one in session.plugins.failures[known:])
    session.forget_old_warnings()
    if owner is None:
        return found
    whose = fold(plain_text(given_text(owner, "Owner")))
    return [reminder for reminder in found if fold(reminder.owner) == whose]


def done(
    session: Session,
    ref: Reference,
    result: str = "",
    status: str = DONE,
    at: datetime | str | None = None,
    *,
    reason: str = "",
) -> tuple[Receipt, Row | None]:
    """Finish a follow-up; return the receipt and, where it repeats, the next one.

    ``status`` is ``done`` or ``skipped``; ``at`` is when it was done, by default now. Raises ``InvalidValueError`` for
    another status and ``DataError`` for a follow-up that is finished already.
    """
    row, values = finishing(session, ref, result, status, at)
    change = make_edit(session, FOLLOWUP, row[ID], values)
    receipt = write(session, Changeset(operation=session.operation("done", reason=reason), changes=[change]))
    return receipt, _following(session, receipt)


def finishing(
    session: Session, ref: Reference, result: str = "", status: str = DONE, at: datetime | str | None = None
) -> tuple[Row, dict[str, Any]]:
    """Return the row of the follow-up that is to be finished, and the values that finish it; see ``done``."""
    session.refresh()
    schema = session.schema(FOLLOWUP)
    status = session.codec(FOLLOWUP).parse("status", status) or DONE
    if status not in FINISHED:
        raise InvalidValueError(status, "does not finish a follow-up", field="Status", hint="Give done or skipped.")
    row = find_row(session, FOLLOWUP, ref)
    if row[schema.positions["status"]] in FINISHED:
        raise DataError(
            f"{schema.public_id(row)} is {row[schema.positions['status']]} already.",
            hint="Set its status to open first, or undo the operation that finished it.",
        )
    values = {"status": status, "result": result or None, "done_at": at}
    return row, {key: value for key, value in values.items() if value is not None}


def _last_day(today: date, days: int) -> date:
    try:
        return today + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def _following(session: Session, receipt: Receipt) -> Row | None:
    """Return the follow-up that a receipt says was made."""
    for changeset in receipt.applied:
        for change in changeset.changes:
            if change.type == FOLLOWUP and change.action is Action.CREATE:
                return find_row(session, FOLLOWUP, change.id)
    return None
