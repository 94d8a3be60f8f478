"""A tagger: a rule that puts a tag on customers, or on records of another type that have tags.

It tags those for whom its expression is true. What the tag is called may depend on them: each ``{expression}`` in it is
replaced by its value, and who has no such value gets no tag::

    Tagger(name="sleeping", expression="last_contact < 180 days ago", labels=Labels("Sleeping", "沉睡"))

    Tagger(name="favourite", labels=Labels("Favourite category", "偏好品类"),
           tag=Labels("Prefers:{most_frequent(transactions.product.category)}",
                      "偏好:{most_frequent(transactions.product.category)}"))

Nobody is tagged before ``tag refresh`` is run. It takes off as well what a rule put on where it holds no longer. What a
person put on or took off stays as that person left it (``custledger.marks``).
"""

from custledger.definitions import Definition
from custledger.expressions.nodes import Named
from custledger.fields import Labels
from custledger.marks import PERSON
from custledger.structs import Struct, frozen

RESERVED = frozenset({PERSON})
"""What no tagger is called: the source of what persons say."""


@frozen(kw_only=True)
class Tagger(Definition):
    """A rule that tags; see the module for what it does, and ``Definition`` for its other parts.

    - ``expression`` is true of those that are tagged. It may be empty where the tag has expressions in it: then all are
      tagged who have such values;
    - ``tag`` is the tag in both languages, of which a ledger uses the one in its own; without it, the labels are.
    """

    expression: str = ""
    tag: Labels = Labels("")

    def text(self, language: str) -> str:
        """Return the tag as a ledger in this language uses it, with its expressions."""
        return self.tag.in_language(language) or self.labels.in_language(language)

    def part(self, text: str) -> Named:
        """Return one of the expressions of the rule as expressions know it, with what its names meant when saved."""
        names = tuple(self.names.items())
        return Named(key=self.name, subject=self.subject, text=text, labels=self.labels, names=names)


@frozen(kw_only=True)
class TagStyle(Struct):
    """What a ledger says of a tag: how it is written, its colour, and the group that it belongs to.

    ``color`` is one of ``custledger.records.COLORS``, or empty. Without a ``group`` of its own a tag belongs to what
    stands before its colon.
    """

    tag: str
    color: str = ""
    group: str = ""
