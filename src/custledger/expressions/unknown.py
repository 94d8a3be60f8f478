"""What may have been meant by a name that means nothing: the hints of errors about names."""

from collections.abc import Iterable

from custledger.errors import NotFoundError
from custledger.expressions.keywords import GLUED
from custledger.expressions.nodes import LABEL, SCORE, Named
from custledger.expressions.scope import Beyond, Meaning, Own, Relation, Scope, Step
from custledger.schema import nearest
from custledger.values import fold


def name_hint(scope: Scope, called: str, *, is_related: bool) -> str:
    """Return how a name might be meant that means nothing; ``is_related`` where it is one of related records."""
    for operator in (*GLUED, "+", "*", "/"):
        head = called.partition(operator)[0].rstrip()
        if head != called and head in scope:
            return f"Put spaces around {operator}."
    own = "" if is_related else own_hint(scope, called)
    return own or _scorer_hint(scope, called) or _step_hint(scope, called) or _nearest_hint(scope, called)


def own_hint(scope: Scope, called: str) -> str:
    """Return what to write for a field of the record itself before which its own type stands, or nothing."""
    head, _, rest = called.partition(".")
    own = {fold(one) for one in (scope.schema.name, *scope.schema.info.labels.both())}
    if head not in own or rest not in scope:
        return ""
    return f"Write {rest} for that of the {scope.schema.name} itself."


def mark_name(scope: Scope, called: str) -> str:
    """Return by what name the label or the score is asked for that a segment's scorer gives, or nothing.

    ``rfm`` has ``rfm.label``, ``RFM分层`` has ``RFM分层.标签``.
    """
    names = (f"{called}.{part[not called.isascii()]}" for part in (LABEL, SCORE))
    return next((name for name in names if isinstance(scope.meaning(fold(name)), Named)), "")


def _scorer_hint(scope: Scope, called: str) -> str:
    """Return what a scorer gives, where something else is asked of it: ``rfm.score``."""
    head, _, rest = called.rpartition(".")
    mark = mark_name(scope, head) if head and rest in {*LABEL, *SCORE} else ""
    meaning = scope.meaning(fold(mark))
    spelled = (
        next((one for one in meaning.called if fold(one) == fold(mark)), mark) if isinstance(meaning, Named) else ""
    )
    return f"Did you mean {spelled}?" if spelled else ""


def _step_hint(scope: Scope, called: str) -> str:
    """Return why something of a record that a reference leads to cannot be read from this one, or nothing."""
    head, _, rest = called.partition(".")
    beyond = scope.referred(head)
    if beyond is None:
        return ""
    if rest in beyond.named:
        return f"{rest} is computed for each {beyond.schema.name}, and only fields can be read from another record."
    step, _, last = rest.partition(".")
    if last and beyond.referred(step) is not None:
        return f"Only one step to another record can be taken, as in {head}.{last if beyond.field(last) else step}."
    return ""


def _nearest_hint(scope: Scope, called: str) -> str:
    return suggestion(scope, called, scope.names(dotted="." in called)) or _listing(scope, called)


def _listing(scope: Scope, called: str) -> str:
    """Return which fields there are, of the record or of the one that a reference before a dot leads to."""
    head, _, rest = called.rpartition(".")
    beyond = scope.referred(head)
    try:
        (beyond.schema if beyond else scope.schema).resolve(rest)
    except NotFoundError as error:
        return error.hint
    return ""


def suggestion(scope: Scope, called: str, names: Iterable[str]) -> str:
    """Return the question which of ``names`` was meant, or nothing; each thing is named once."""
    found = ((name, scope.meaning(name)) for name in reversed(nearest(called, dict.fromkeys(names))))
    near = {_identity(meaning): name for name, meaning in found if meaning is not None}
    return "Did you mean " + " or ".join(reversed(near.values())) + "?" if near else ""


def _identity(meaning: Meaning) -> object:
    """Return what is the same for two names of one thing."""
    match meaning:
        case Own(field):
            return field.key
        case Named(key=key):
            return key
        case Relation(name):
            return f"{name}s"
        case Step(reference, _, field):
            return reference.key, field.key
        case Beyond(relation, name):
            return relation.name, name
