"""A sheet in which ids stand beside the data of other records: it was sorted without the column of its ids."""

from custledger.schema import Schema
from custledger.stores.tables.agreed import Agreed, digest_of
from custledger.stores.tables.book import Sheet
from custledger.stores.tables.cells import number_of
from custledger.stores.tables.columns import columns_of


class Apart:
    """How ids and data can be brought together again."""

    def __init__(self, sheet: Sheet, schema: Schema, agreed: Agreed) -> None:
        self._sheet = sheet
        self.schema = schema
        self._agreed = agreed
        self._id_place = columns_of(schema, sheet.heading, agreed.renamed).id_place

    @property
    def has_ids(self) -> bool:
        """Whether there is a column of the ids at all."""
        return self._id_place is not None

    @property
    def numbers(self) -> dict[int, int] | None:
        """The ids that belong into the rows that hold something else than the record with their id did, by place.

        They can be told where these rows hold just what the records with their ids did, one for one; whatever else
        stands in a row stays beside it. ``None`` where they do not.
        """
        wanted: dict[bytes, list[int]] = {}
        others = self._others()
        for _, number, _ in others:
            if (digest := self._agreed.digests.get(number)) is not None:
                wanted.setdefault(digest, []).append(number)
        found = {place: wanted[digest].pop(0) for place, _, digest in others if wanted.get(digest)}
        return found if len(found) == len(others) else None

    def _others(self) -> list[tuple[int, int, bytes]]:
        """Return the rows that do not hold what they did: the place, the id that stands in it, and the digest."""
        at, found = self._id_place, []
        for place, row in enumerate(self._sheet.rows if at is not None else ()):
            number = number_of(row[at], self.schema) if at is not None and at < len(row) else None
            if number is not None and (digest := digest_of(row, at)) != self._agreed.digests.get(number):
                found.append((place, number, digest))
        return found
