"""Says of expressions which look at stored memberships where there are none to look at."""

from datetime import date

from custledger.expressions import Expression
from custledger.expressions.dates import local_day
from custledger.hookspecs import Problem
from custledger.schema import Schema
from custledger.services.refreshing.dependencies import stored_names
from custledger.services.refreshing.stored import stored_rules
from custledger.services.session import Session


def warn_where_unrefreshed(session: Session, expression: Expression, schema: Schema) -> None:
    """Warn of each segment at whose stored members an expression looks, and which no refresh has stored by that day.

    To an expression nobody is in it then, whatever its rule says.
    """
    named = dict.fromkeys(stored_names(expression.root, schema))
    if not named:
        return
    known = {one.name for _, one in session.segments()}
    asked = [name for name in named if name in known]
    rules = stored_rules(session) if asked else {}
    for name in asked:
        if not (stored := rules.get(name)):
            _warn(
                session,
                f"{name} was never refreshed, so expressions find nobody in it; "
                f"custledger segment refresh {name} stores who is.",
            )
        elif session.moment.as_of and _day(session, min(rule.created_at for rule in stored)) > session.today:
            _warn(
                session,
                f"{name} was not refreshed by {session.today}, so expressions find nobody in it then; "
                f"custledger segment members {name} computes who was.",
            )


def _day(session: Session, time: str) -> date:
    return date.fromisoformat(local_day(time, str(session.moment.zone)))


def _warn(session: Session, message: str) -> None:
    problem = Problem(message=message, severity="warn")
    if problem not in session.warnings:
        session.warn([problem])
