"""Blanks around a text, which are kept as they were written: who has them, and what is said of them.

They are spaces of any width, tabs and line ends. A name that somebody gives without them, or with other ones, means the
record all the same, where none has exactly the name that is given.
"""

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

from custledger.changes import Change
from custledger.errors import shorten
from custledger.expressions import field_expression
from custledger.fields import Kind
from custledger.hookspecs import Problem
from custledger.schema import Field, Schema
from custledger.services.session import Session
from custledger.stores.contract import Query
from custledger.values import fold

AROUND = (" ", "\t", "\n", "\r")
"""The blanks for which a store is asked; spaces of another width are compared as plain ones."""
SIDES = ("", " ", "  ", "   ", "    ", "\t", "\n", "\r\n")
"""With what on each side a single name is looked for, since an index finds it so."""
MOST_SHOWN = 4
"""How many blanks of a value are shown on each side."""
_PICTURES = str.maketrans({"\t": "␉", "\n": "␊", "\r": "␍"})
_WHY = "begins or ends with blanks, which are kept, so that = finds it with them only, and contains without them"


def are_around(value: Any) -> bool:
    """Whether a value is a text that begins or ends with a blank."""
    return isinstance(value, str) and value != value.strip()


def padded_in(texts: Iterable[str | None]) -> dict[int, str]:
    """Return those of many texts that have blanks around them, by index."""
    return {index: text for index, text in enumerate(texts) if text is not None and text != text.strip()}


def are_kept_in(field: Field) -> bool:
    """Whether the texts of a field keep the blanks around them; those of codes do not."""
    return field.spec.kind is Kind.TEXT and not field.spec.is_code


def bare(text: str) -> str:
    """Return a name as it is compared where the blanks around it do not count."""
    return fold(text).strip()


def padded(text: str) -> list[str]:
    """Return the folded forms of a name with some blanks around it, and none without."""
    return [before + bare(text) + after for before, after in product(SIDES, SIDES) if before or after]


def padded_names(session: Session, schema: Schema, field: Field) -> Iterator[tuple[int, str]]:
    """Yield the id and the bare name of each record whose name has blanks around it: no index tells them."""
    begins = (f"[{field.key}] starts with '{blank}' or [{field.key}] ends with '{blank}'" for blank in AROUND)
    where = session.understand(" or ".join(begins), schema)
    columns = (field_expression(schema, "id"), field_expression(schema, field.key))
    query = Query(moment=session.moment, where=where, columns=columns)
    return ((number, bare(name)) for number, name in session.view.select(schema, query))


def told(field: Field, value: str, language: str) -> str:
    """Return what is to be said of a value with blanks around it, which can be seen in it."""
    return f"{field.label(language)}: {'“…”' if field.spec.sensitive else shown(value)} {_WHY}"


def found_by(field: Field) -> str:
    """Return the expression that finds the records whose field has spaces around its text; none for a sensitive one."""
    key = field.key
    return "" if field.spec.sensitive else f"{key} starts with ' ' or {key} ends with ' '"


def padded_texts(session: Session, schema: Schema, change: Change) -> list[Problem]:
    """Return a warning for each text with blanks around it that a change of a record sets."""
    texts = {key: value for key, value in (change.after or {}).items() if are_around(value)}
    language = session.conventions.language
    return [
        Problem(
            message=told(field, value, language), severity="warn", type=schema.name, id=change.id, field=key,
            where=found_by(field),
        )
        for key, value in texts.items()
        if are_kept_in(field := schema.by_key[key])
    ]  # fmt: skip


def shown(value: str) -> str:
    """Return a text in quotes, in which the blanks around it can be seen."""
    before, after = value[: -len(value.lstrip())], value[len(value.rstrip()) :]
    sides = [side[:MOST_SHOWN].translate(_PICTURES) for side in (before, after)]
    return f"“{sides[0]}{shorten(value.strip())[1:-1]}{sides[1]}”"
