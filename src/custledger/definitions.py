"""What metrics and segments have in common: an expression about records of one type, with a name and labels."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from custledger.expressions.nodes import Named
from custledger.fields import Labels
from custledger.structs import Struct, frozen

_NO_NAMES: Mapping[str, str] = MappingProxyType({})


@frozen
class Example(Struct):
    """A record, and what a definition gives for it: ``Example({"level": "A"}, gives=True)``.

    - ``record``: values as people write them, by key, label or alias. A reference takes the record that it leads to,
      and the records that refer to this one are a list: ``{"interactions": [{"channel": "phone", "at": "today"}]}``.
      Days may be counted from today: ``"90 days ago"``. What is required and not given gets some value.
    - ``gives``: whether it is a member, the label that a scorer gives it, the value of a metric, or whether a rule tags
      it, or with what tag, as a Chinese ledger has it; ``None`` is empty.
    - ``on``: the day that is today, ``"2026-02-28"``, where it matters which.

    The examples of one definition that have the same day are records of one ledger.
    """

    record: Mapping[str, Any]
    gives: Any
    on: str = ""


@frozen(kw_only=True)
class Definition(Struct):
    """A named expression, as a plugin or a ledger's settings bring it.

    - ``name``: its key, in expressions and for programs;
    - ``expression``: its text, about one record of the type ``subject``;
    - ``labels``: what people call it, in expressions too;
    - ``summary``: what it says, and where its definition comes from;
    - ``names``: what the names in the text meant when it was saved, so that it outlives changes of labels;
    - ``examples``: records with what it gives for each, which ``custledger plugin check`` proves.
    """

    name: str
    expression: str
    labels: Labels
    subject: str = "customer"
    summary: Labels = Labels("")
    names: Mapping[str, str] = _NO_NAMES
    examples: tuple[Example, ...] = ()

    def named(self) -> Named:
        """Return it as expressions know it."""
        names = tuple(self.names.items())
        return Named(key=self.name, subject=self.subject, text=self.expression, labels=self.labels, names=names)
