"""An audience file: the members of a segment to whom somebody may write, and how many may not be written to."""

import os
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

import attrs

from custledger.errors import InvalidValueError
from custledger.segments import STORED_SUBJECT, Segment
from custledger.services.exporting import Computed, ExportReport, Headings, write_out
from custledger.services.marking import computed_members
from custledger.services.segmenting import Members, find_segment, members_of
from custledger.services.session import Session
from custledger.values import given_texts

CONSENT = "consent"
"""The field that says whether a customer agreed to be written to."""

COLUMNS = ("name", "phone", "email")
"""The columns of an audience file, where none are asked for."""


@attrs.frozen(kw_only=True)
class AudienceReport:
    """What was written, and how many members were left out: those who ``refused``, and those who ``did_not_say``."""

    segment: Segment
    export: ExportReport
    refused: int
    did_not_say: int

    @property
    def left_out(self) -> int:
        """How many members were left out."""
        return self.refused + self.did_not_say


def export_audience(
    session: Session,
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
    """Write the members of a segment of customers who gave their consent, with what a scorer says of each.

    Whoever refused, and whoever was never asked, is left out, and counted. ``columns`` are fields or any expressions,
    by default who it is and how to reach them; the rest is as in ``export``. Raises as that and ``members_of`` do, and
    ``InvalidValueError`` for a segment of other records, which have no consent to give.
    """
    segment = find_segment(session, name)
    if segment.subject != STORED_SUBJECT:
        raise InvalidValueError(name, f"is about the type {segment.subject}, and only customers give consent")
    members = members_of(session, segment, label=label)
    wanted = given_texts(columns, "Columns") or list(COLUMNS)
    chosen = members.selection.where(f"[{CONSENT}] = yes").order(*given_texts(order, "Order"))
    if limit is not None:
        chosen = chosen.limit(limit)

    def compute() -> Computed:
        schema, fields, rows, mark = computed_members(members, chosen, wanted)
        return schema, [*fields, *([mark] if mark else ())], rows

    report = write_out(session, target, compute, language=language, headings=headings, format=format, options=options)
    return AudienceReport(segment=segment, export=report, **_left_out(members))


def _left_out(members: Members) -> dict[str, int]:
    return {
        "refused": members.selection.where(f"[{CONSENT}] = no").count(),
        "did_not_say": members.selection.where(f"[{CONSENT}] is empty").count(),
    }
