"""Values: how each kind of field is read, kept, shown and compared.

A value has three forms. The *plain* form is what rows, stores, the log and expressions hold:

============  ===========================================================
kind          plain form
============  ===========================================================
id            ``int``, 63 bits
text, phone,  ``str``, exactly as given, never empty or of blanks only; that of a unique text or of a
e-mail        code has no blanks around it
choice        ``str``, the code
integer       ``int``, 64 bits
number,       ``int``, ten-thousandths: 12.5 is 125000
money
date          ``str``, ``2026-11-22``
time          ``str`` in UTC, ``2026-11-22T02:10:21.000Z``
yes/no        ``int``, 0 or 1
choices,      ``tuple`` of ``str``, sorted, each once, never empty; of tags that compare equal (folded) there
tags          is one
reference     ``int``, or for a reference to any record the public id, a ``str``
============  ===========================================================

Empty is ``None``, in every kind. The *Python* form is what records carry (``Decimal``, ``date``, ``datetime``,
``bool``, ``frozenset``). The *shown* form is text for people and files, and ``parser`` reads it back.
"""

from custledger.values.currencies import read_currency
from custledger.values.folding import fold, fold_phone, folder
from custledger.values.lists import Adjustment, adjusted, choice_names, shown_choices, split_list
from custledger.values.moments import time_exporter
from custledger.values.numbers import SCALE, marked_money, parse_scaled, show_money, show_scaled
from custledger.values.parsing import LEAST_DIGITS, parser, plain_parser
from custledger.values.plain import (
    INTEGER_LIMIT,
    Plain,
    given_count,
    given_limit,
    given_path,
    given_text,
    given_texts,
    is_empty,
    plain_text,
)
from custledger.values.showing import formatter, to_json, to_python, unchanged

__all__ = [
    "INTEGER_LIMIT",
    "LEAST_DIGITS",
    "SCALE",
    "Adjustment",
    "Plain",
    "adjusted",
    "choice_names",
    "fold",
    "fold_phone",
    "folder",
    "formatter",
    "given_count",
    "given_limit",
    "given_path",
    "given_text",
    "given_texts",
    "is_empty",
    "marked_money",
    "parse_scaled",
    "parser",
    "plain_parser",
    "plain_text",
    "read_currency",
    "show_money",
    "show_scaled",
    "shown_choices",
    "split_list",
    "time_exporter",
    "to_json",
    "to_python",
    "unchanged",
]
