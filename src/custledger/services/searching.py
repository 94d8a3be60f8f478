"""Text search over every record type, or some of them."""

from collections.abc import Sequence

from custledger.schema import Row, Schema
from custledger.services.session import Session
from custledger.values import given_limit, given_text, given_texts


def search(
    session: Session, text: str, *, record_types: Sequence[str] = (), limit: int = 20
) -> list[tuple[Schema, Row]]:
    """Return the newest records in which every word of ``text`` occurs, at most ``limit`` of them, type after type.

    ``custledger.search`` says what "occurs" means. Types of absent plugins are searched too.
    """
    session.refresh()
    text, limit = given_text(text, "Search"), given_limit(limit)
    schemas = [session.schema(name) for name in given_texts(record_types, "Record types")] or list(
        session.schemas.values()
    )
    hits = session.view.search(text, [schema for schema in schemas if schema.searchable], limit)
    by_type: dict[str, list[int]] = {}
    for hit in hits:
        by_type.setdefault(hit.type, []).append(hit.id)
    found = []
    for record_type, numbers in by_type.items():
        schema = session.schema(record_type)
        found += [(schema, row) for row in session.view.get(schema, numbers) if row is not None]
    return found
