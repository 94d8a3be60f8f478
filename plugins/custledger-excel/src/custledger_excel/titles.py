"""What the sheets of a workbook are called: each record type by its plural, in the ledger's language."""

import re
from collections.abc import Iterable, Mapping

from custledger.schema import Schema, TypeInfo
from custledger.values import fold

LONGEST = 31
"""How many characters Excel lets the title of a sheet have."""
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_RESERVED = "history"
"""A title that Excel keeps for itself."""


def title_of(info: TypeInfo, language: str) -> str:
    """Return what the sheet of a record type is called: ``Follow-ups``, ``跟进计划``.

    >>> from custledger.records import FollowUp
    >>> info = Schema.of(FollowUp).info
    >>> title_of(info, "en"), title_of(info, "zh")
    ('Follow-ups', '跟进计划')
    """
    if language == "zh" and info.labels.zh:
        return _allowed(info.labels.zh)
    regular = info.plural == f"{info.name}s"
    plural = f"{info.labels.en or info.name}s" if regular else info.plural.replace("_", " ").capitalize()
    return _allowed(plural)


def titles_of(schemas: Iterable[Schema], language: str, taken: Iterable[str] = ()) -> Mapping[str, str]:
    """Return the titles of the sheets of record types, by type, no two of them alike and none of them ``taken``."""
    used = {fold(title) for title in (*taken, _RESERVED)}
    titles = {}
    for schema in schemas:
        title = wanted = title_of(schema.info, language)
        number = 2
        while fold(title) in used:
            ending = f" {number}"
            title, number = wanted[: LONGEST - len(ending)] + ending, number + 1
        used.add(fold(title))
        titles[schema.name] = title
    return titles


def names_of(info: TypeInfo) -> frozenset[str]:
    """Return, folded, all that people may call the sheet of a record type."""
    titles = (title_of(info, language) for language in ("en", "zh"))
    return frozenset(map(fold, (info.name, info.plural, *info.labels.both(), *titles)))


def _allowed(title: str) -> str:
    return _FORBIDDEN.sub(" ", title).strip(" '")[:LONGEST] or "Sheet"
