"""Which rules cannot be understood any more once another one, which they go by, was changed or removed."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from custledger.hookspecs import Problem
from custledger.services.session import Session

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


def telling_what_breaks(
    change: Callable[Concatenate[Session, _Given], _Result],
) -> Callable[Concatenate[Session, _Given], _Result]:
    """Return ``change`` of a ledger's rules, which then warns of each rule that it made impossible to understand.

    Such a change is not refused: whoever renames a segment removes it for a moment, and an undo brings back what was.
    """

    @wraps(change)
    def told(session: Session, /, *arguments: _Given.args, **options: _Given.kwargs) -> _Result:
        session.refresh()
        before = session.with_these_settings()
        result = change(session, *arguments, **options)
        broken = _problems(session)
        if broken:  # most changes break nothing, and what was broken before need not be found out
            known = _problems(before)
            broken = {about: why for about, why in broken.items() if about not in known}
        for (_, _, name), why in broken.items():
            session.warn([Problem(message=f"{name} cannot be understood any more: {why}", severity="warn")])
        return result

    return told


def _problems(session: Session) -> dict[tuple[Any, str, str], str]:
    """Return why rules cannot be understood, by the sort, the subject and the name of each."""
    from custledger.services import defining, tagging  # which change rules, and ask for this

    listed: list[defining.Known[Any]] = [
        *defining.list_metrics(session),
        *defining.list_segments(session),
        *tagging.list_rules(session),
    ]
    faulty = ((one.definition, one.problem) for one in listed if one.problem)
    return {(type(rule), rule.subject, rule.name): why for rule, why in faulty}
