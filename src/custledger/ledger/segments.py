"""The ledger's segments: who is in them and why, since when, and who would be with another rule."""

import os
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

from custledger.ledger.part import Part
from custledger.records import Record
from custledger.segments import STORED_SUBJECT, Mark, Segment
from custledger.services import audience, defining, segment_files, segmenting
from custledger.services.audience import AudienceReport
from custledger.services.exporting import Headings
from custledger.services.naming import Reference
from custledger.services.refreshing import Refreshing, history, refresh
from custledger.services.refreshing.history import Event
from custledger.services.segment_files import SegmentChange
from custledger.services.segmenting import Explanation
from custledger.services.selecting import Selection


class Segments(Part):
    """The segments of a ledger, those that plugins bring and its own. Names are names or labels, in any case.

    ``subject`` says whose segment is meant where there are several of one name.
    """

    _called = "segments"

    def all(self) -> list[Segment]:
        """Return the segments that can be computed here."""
        return [known.definition for known in defining.list_segments(self._session) if not known.problem]

    def get(self, name: str, *, subject: str | None = None) -> Segment:
        """Return a segment. Raises ``NotFoundError``, and ``AmbiguousError`` where several types have one."""
        return segmenting.find_segment(self._session, name, subject=subject)

    def add(
        self,
        name: str,
        expression: str,
        *,
        subject: str = STORED_SUBJECT,
        label_en: str = "",
        label_zh: str = "",
        color: str = "",
    ) -> Segment:
        """Add a segment to this ledger, or give one another expression, and return it.

        Raises ``InvalidValueError`` for a name that means something else already or a colour that is none, and
        ``QueryError`` for an expression that cannot be understood.
        """
        return defining.add_segment(
            self._session, name, expression, subject=subject, label_en=label_en, label_zh=label_zh, color=color
        )

    def remove(self, name: str, *, subject: str = STORED_SUBJECT) -> Segment:
        """Remove one of this ledger's own segments and return it. Raises ``NotFoundError``."""
        return defining.remove_segment(self._session, name, subject=subject)

    def members(self, name: str, *, subject: str | None = None, label: str | None = None) -> Selection[Any]:
        """Return who is in a segment now, or only those with a scorer's label; the rule is computed here.

        What is returned can be filtered, ordered and limited like ``ledger.customers``. Raises ``PluginError`` where a
        plugin's rule fails.
        """
        return segmenting.members(self._session, name, subject=subject, label=label)

    def marks(self, name: str, *, subject: str | None = None) -> Mapping[int, Mark]:
        """Return what a scorer says now of each member, by its id: the code of a label, or a number."""
        segment = self.get(name, subject=subject)
        return segmenting.members_of(self._session, segment).marks

    def explain(self, name: str, ref: Reference, *, subject: str | None = None) -> Explanation:
        """Return why a record is in a segment or is not: each clause, the value found, and what it would need."""
        return segmenting.explain(self._session, name, ref, subject=subject)

    def difference(self, name: str, when: str, *, subject: str | None = None) -> tuple[list[Record], list[Record]]:
        """Return who would enter and who would leave a segment if its rule were the expression ``when``."""
        found = segmenting.difference(self._session, name, when, subject=subject)
        record = self._session.codec_of(found.schema).record
        return [record(row) for row in found.entering], [record(row) for row in found.leaving]

    def overlaps(self, *names: str, subject: str | None = None) -> dict[tuple[str, ...], int]:
        """Return how many are in each of these segments, in each two of them, and in all."""
        counted = segmenting.overlaps(self._session, names, subject=subject)
        return {tuple(one.name for one in together): count for together, count in counted}

    def refresh(self, *names: str, full: bool = False, dry_run: bool = False, reason: str = "") -> Refreshing:
        """Store who is in these segments, or in all, and return who entered and left since the last time.

        Where few customers were changed only those are looked at whose answer may be another; ``full`` looks at all.
        Raises ``UsageError`` with a day that was set by hand, and what a segment that is named raises.
        """
        return refresh(self._session, names, full=full, dry_run=dry_run, reason=reason)

    def history(self, name: str, *, limit: int | None = None) -> list[Event]:
        """Return who entered and left a segment of customers by the refreshes there were, the latest first."""
        return history.history_of_segment(self._session, self.get(name, subject=STORED_SUBJECT), limit=limit)

    def history_of(self, ref: Reference, *, limit: int | None = None) -> list[Event]:
        """Return which segments a customer entered and left by the refreshes there were, the latest first."""
        return history.history_of_customer(self._session, ref, limit=limit)

    def export(
        self,
        name: str,
        target: str | os.PathLike[str] | BinaryIO,
        *,
        label: str | None = None,
        columns: Sequence[str] = (),
        order: Sequence[str] = (),
        limit: int | None = None,
        language: str | None = None,
        headings: Headings = "labels",
        format: str | None = None,  # noqa: A002 - the word that --format has
        options: Mapping[str, Any] | None = None,
    ) -> AudienceReport:
        """Write the members of a segment who gave their consent to a file; the report counts who was left out.

        ``columns`` are fields or any expressions, by default the name, the phone and the e-mail address; everything
        else is as for ``Ledger.export``.
        """
        return audience.export_audience(
            self._session,
            name,
            target,
            label=label,
            columns=columns,
            order=order,
            limit=limit,
            language=language,
            headings=headings,
            format=format,
            options=options,
        )

    def save(self, path: str | os.PathLike[str], *names: str) -> list[Segment]:
        """Write segments to a TOML file, or one file each into a folder that is there; by default all its own."""
        return segment_files.save_segments(self._session, path, names)

    def load(
        self, path: str | os.PathLike[str], *, remove: bool = False, dry_run: bool = False, reason: str = ""
    ) -> list[SegmentChange]:
        """Make the segments of a file or a folder this ledger's own, and return what that changes.

        With ``remove`` its own segments that are not there are removed; with ``dry_run`` nothing is written.
        """
        return segment_files.load_segments(self._session, path, remove=remove, dry_run=dry_run, reason=reason)
