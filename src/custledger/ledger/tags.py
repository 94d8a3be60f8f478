"""Tags: by hand and by rules, and how they are shown."""

import builtins
from collections.abc import Sequence

from custledger.ledger.part import Part
from custledger.services import tagging
from custledger.services import tags as by_hand
from custledger.services.defining import Known
from custledger.services.editing import Many
from custledger.services.naming import Reference
from custledger.services.tagging import Refreshed
from custledger.services.tags import Listed, Said, Way
from custledger.taggers import Tagger, TagStyle


class Tags(Part):
    """The tags of a ledger's customers, or of its records of another type that have tags.

    What a person puts on stays, and what a person takes off is not put on again by rules. Every change is an operation,
    which can be undone.
    """

    _called = "tags"

    def list(self, record_type: str = "customer") -> builtins.list[Listed]:
        """Return the tags that there are, group by group, with how many records have each, and their colours."""
        return by_hand.list_tags(self._session, record_type)

    def of(self, ref: Reference, *, record_type: str = "customer") -> builtins.list[Said]:
        """Return who said what of the tags of a record, and when: persons and rules, and what was taken off."""
        return by_hand.said_of(self._session, ref, record_type=record_type)[2]

    def add(
        self,
        tags: str | Sequence[str],
        *refs: Reference,
        where: str | None = None,
        record_type: str = "customer",
        dry_run: bool = False,
        reason: str = "",
    ) -> Many:
        """Put tags on the records that are named, or that ``where`` selects; rules never take them off.

        ``add("vip", "C001", "C002")``, ``add(["vip", "老客户"], customer)``, ``add("vip", where="level = A")``. All is
        one operation. Raises ``NotFoundError``, ``InvalidValueError`` or ``QueryError``.
        """
        return self._by_hand("add", tags, refs, where, record_type, dry_run=dry_run, reason=reason)

    def remove(
        self,
        tags: str | Sequence[str],
        *refs: Reference,
        where: str | None = None,
        record_type: str = "customer",
        dry_run: bool = False,
        reason: str = "",
    ) -> Many:
        """Take tags off records, as ``add`` puts them on; rules never put them on again."""
        return self._by_hand("remove", tags, refs, where, record_type, dry_run=dry_run, reason=reason)

    def release(
        self,
        tags: str | Sequence[str],
        *refs: Reference,
        where: str | None = None,
        record_type: str = "customer",
        dry_run: bool = False,
        reason: str = "",
    ) -> Many:
        """Leave tags of records to the rules again: what persons said of them is taken back."""
        return self._by_hand("release", tags, refs, where, record_type, dry_run=dry_run, reason=reason)

    def edit(
        self, tag: str, *, color: str | None = None, group: str | None = None, record_type: str = "customer"
    ) -> TagStyle:
        """Say in which colour and in which group a tag is shown; an empty text takes that back.

        A tag without a colour has that of the tag which is called like its group. Raises ``InvalidValueError``.
        """
        return by_hand.edit_tag(self._session, tag, record_type=record_type, color=color, group=group)

    def rules(self, record_type: str | None = None) -> builtins.list[Known[Tagger]]:
        """Return the rules that tag, those of plugins too; one that cannot be run says why."""
        return tagging.list_rules(self._session, record_type)

    def add_rule(self, name: str, rule: str, *, tag: str = "", record_type: str = "customer") -> Tagger:
        """Add a rule to this ledger, or give one of it another expression.

        ``add_rule("沉睡", "last_contact < 180 days ago")`` puts on the tag 沉睡, or the one that ``tag`` says. A text
        with expressions in curly brackets is itself the tag: ``"偏好:{most_frequent(transactions.product.category)}"``.
        Nobody is tagged before ``refresh``. Raises ``InvalidValueError`` or ``QueryError``.
        """
        return tagging.add_rule(self._session, name, rule, tag=tag, record_type=record_type)

    def remove_rule(self, name: str, *, record_type: str = "customer", keep: bool = False) -> Tagger:
        """Remove a rule of this ledger, and take off what it put on, unless ``keep`` says not to.

        Raises ``NotFoundError``.
        """
        return tagging.remove_rule(self._session, name, record_type=record_type, keep=keep)[0]

    def refresh(
        self, *names: str, record_type: str | None = None, dry_run: bool = False, reason: str = ""
    ) -> Refreshed:
        """Run the rules, all or those that are named, and put on and take off what they now find.

        Raises ``NotFoundError`` for a rule that is not there, and ``QueryError`` for a named one that cannot be run.
        """
        return tagging.refresh_tags(self._session, names, record_type=record_type, dry_run=dry_run, reason=reason)

    def _by_hand(
        self,
        way: Way,
        tags: str | Sequence[str],
        refs: Sequence[Reference],
        where: str | None,
        record_type: str,
        *,
        dry_run: bool,
        reason: str,
    ) -> Many:
        return by_hand.tag_by_hand(
            self._session, way, tags, record_type=record_type, refs=refs, where=where, dry_run=dry_run, reason=reason
        )
