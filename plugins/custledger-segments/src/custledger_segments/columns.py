"""What the scorers have in common: they are handed columns, in which a setting is one value in every row."""

from collections.abc import Mapping, Sequence
from typing import Any


def setting(columns: Mapping[str, Sequence[Any]], name: str, usual: Any) -> Any:
    """Return a setting, a metric that is the same for everybody, or what is usual where it is empty or not there."""
    column = columns.get(name)
    found = column[0] if column else None
    return usual if found is None else found
