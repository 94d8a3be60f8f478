"""What a ledger says of itself: its name, language, currency and time zone."""

from typing import NamedTuple

from custledger.changes import Changeset, DocumentChange, Receipt
from custledger.conventions import Conventions
from custledger.errors import DataError
from custledger.expressions import both, equals, negated
from custledger.fields import Kind
from custledger.services.session import Session
from custledger.services.writing import write
from custledger.settings import LEDGER, check_conventions, ledger_document
from custledger.values import given_text, plain_text


class AboutLedger(NamedTuple):
    """A ledger's own settings; those of one run, such as ``--lang``, are not among them."""

    name: str
    language: str
    currency: str
    zone: str


def about_ledger(session: Session) -> AboutLedger:
    """Return what the ledger says of itself."""
    session.refresh()
    told = session.settings.conventions
    return AboutLedger(session.settings.name, told.language, told.currency, told.zone_name)


def set_ledger(
    session: Session,
    *,
    name: str | None = None,
    language: str | None = None,
    currency: str | None = None,
    zone: str | None = None,
    force: bool = False,
    reason: str = "",
) -> Receipt | None:
    """Change what a ledger says of itself; return the receipt, or ``None`` where nothing would change.

    No amount is converted and no time moved: an amount without a currency is in the ledger's, and times are kept in
    UTC and shown in its zone. So another currency is refused while there are amounts without one, unless ``force``
    says that it was the wrong currency that they were taken to be in. Raises ``DataError`` for that and
    ``InvalidValueError`` for a language, currency or zone that cannot be.
    """
    was = about_ledger(session)
    generation = session.generation
    wanted = check_conventions(
        Conventions(
            language=was.language if language is None else language,
            currency=was.currency if currency is None else currency,
            zone_name=was.zone if zone is None else zone,
        )
    )
    new_name = was.name if name is None else plain_text(given_text(name, "name"))
    document, value = ledger_document(wanted, new_name)
    present = session.store.document(LEDGER)
    if present is not None and present.value == value:
        return None
    if wanted.currency != was.currency and not force:
        _refuse_bare_amounts(session, was.currency, wanted.currency)
    change = DocumentChange(
        name=document,
        before=None if present is None else present.value,
        after=value,
        revision=0 if present is None else present.revision,
    )
    operation = session.operation("ledger set", reason=reason)
    receipt = write(session, Changeset(operation=operation, documents=[change]), generation=generation)
    session.refresh()
    return receipt


def _refuse_bare_amounts(session: Session, old: str, new: str) -> None:
    """Raise ``DataError`` where there are amounts that are in the ledger's currency since they say none."""
    found = []
    for schema in session.schemas.values():
        for field in schema.fields:
            if field.spec.kind is not Kind.MONEY:
                continue
            where = negated(equals(schema, field.key, None))
            currency = schema.currencies.get(field.key)
            if currency is not None:
                where = both(where, equals(schema, currency.key, None))
            count = session.view.count(schema, where, (), session.moment)[0][0]
            if count:
                found.append(f"{schema.info.counted(count)} ({schema.name}.{field.key})")
    if found:
        raise DataError(
            f"Amounts without a currency are in {old}, and would be in {new} without being converted: "
            f"{', '.join(found)}.",
            hint=f"Give them their currency first, or force it where {old} was never right.",
        )
