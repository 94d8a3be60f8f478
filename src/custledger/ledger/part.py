"""What the parts of a ledger have in common that programs reach as its attributes."""

from custledger.errors import masked
from custledger.services.session import Session


class Part:
    """A part of a ledger, such as its metrics; ``_called`` is what it shows itself as."""

    _called = ""

    def __init__(self, session: Session) -> None:
        self._session = session

    def __repr__(self) -> str:
        """Say which part this is, and of which ledger."""
        return f"<{self._called} of {masked(self._session.store.url)}>"
