"""Which columns hold a field, in the layout that ``custledger.expressions.sql`` describes."""

from custledger.expressions.dialects import Dialect
from custledger.expressions.types import FOLDED_KINDS
from custledger.fields import Kind

FOLDED_SUFFIX = "__folded"


def column(key: str, dialect: Dialect, table: str = "") -> str:
    """Return the column that holds the field ``key``, in quotation marks, after the table's name if that is given."""
    quoted = dialect.quoted(key)
    return f"{dialect.quoted(table)}.{quoted}" if table else quoted


def folded(key: str, dialect: Dialect, table: str = "") -> str:
    """Return the folded form of a field of a folded kind; an index that is to serve must be on this very expression."""
    return f"coalesce({column(key + FOLDED_SUFFIX, dialect, table)}, {column(key, dialect, table)})"


def comparable_column(key: str, kind: Kind, dialect: Dialect, table: str = "") -> str:
    """Return what a field is compared by: its folded form, or its column. Indexes are to be on this expression."""
    plain = folded(key, dialect, table) if kind in FOLDED_KINDS else column(key, dialect, table)
    by_code_point = kind in FOLDED_KINDS or kind in {Kind.DATE, Kind.TIME}
    return plain + dialect.by_code_point if by_code_point else plain


def is_foreign(currency: str, own: str) -> str:
    """Return whether money is in another currency than the ledger's ``own``, as 1 or 0; its own may be left out."""
    return f"CASE WHEN {currency} IS NULL OR {currency} = {own} THEN 0 ELSE 1 END"


def side_table(type_name: str, key: str) -> str:
    """Return the name of the table that holds the tags of a field, without quotation marks."""
    return f"{type_name}__{key}"
