"""Checking what a ledger keeps computed: nothing may differ from what is computed anew."""

from custledger.services.session import Session
from custledger.stores.contract import FactCheck


def check_facts(session: Session, *, repair: bool = False) -> list[FactCheck]:
    """Compare what is kept of metrics with what is computed anew; with ``repair``, put right what differs.

    A store that keeps nothing has nothing to compare.
    """
    session.refresh()
    session.keep_facts()
    return session.store.check_facts(repair=repair)
