"""What metrics and segments have in common: an expression about records of one type, with a name and labels."""

from collections.abc import Mapping
from types import MappingProxyType

from custledger.expressions.nodes import Named
from custledger.fields import Labels
from custledger.structs import Struct, frozen

_NO_NAMES: Mapping[str, str] = MappingProxyType({})


@frozen(kw_only=True)
class Definition(Struct):
    """A named expression, as a plugin or a ledger's settings bring it.

    - ``name``: its key, in expressions and for programs;
    - ``expression``: its text, about one record of the type ``subject``;
    - ``labels``: what people call it, in expressions too;
    - ``summary``: what it says, and where its definition comes from;
    - ``names``: what the names in the text meant when it was saved, so that it outlives changes of labels.
    """

    name: str
    expression: str
    labels: Labels
    subject: str = "customer"
    summary: Labels = Labels("")
    names: Mapping[str, str] = _NO_NAMES

    def named(self) -> Named:
        """Return it as expressions know it."""
        names = tuple(self.names.items())
        return Named(key=self.name, subject=self.subject, text=self.expression, labels=self.labels, names=names)
