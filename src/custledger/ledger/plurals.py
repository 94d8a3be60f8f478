"""Record types as attributes of a ledger and of a batch, by their plurals."""

from collections.abc import Mapping

from custledger.schema import nearest
from custledger.services.session import Session


def plurals(session: Session) -> Mapping[str, str]:
    """Return the names of the record types there are, by their plurals."""
    return {schema.info.plural: name for name, schema in session.schemas.items()}


def type_of_plural(owner: object, name: str) -> str:
    """Return the name of the record type whose plural is the name of an attribute that ``owner`` does not have.

    Raises ``AttributeError``, which says what was probably meant.
    """
    session = vars(owner).get("session", vars(owner).get("_session"))
    known = plurals(session) if isinstance(session, Session) and not name.startswith("_") else {}
    if name in known:
        return known[name]
    said = f"{type(owner).__name__} has no attribute {name!r}"
    called = type(owner).__name__.removeprefix("Ledger").lower() or "ledger"
    if name in known.values():
        said += f"; the records of that type are {called}.records({name!r})"
    elif near := nearest(name, known):
        said += "; did you mean " + " or ".join(f"{called}.{one}" for one in near) + "?"
    raise AttributeError(said, name=name, obj=owner)
