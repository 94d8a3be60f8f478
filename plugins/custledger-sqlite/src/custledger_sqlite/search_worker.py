"""The program that makes a search index in a process of its own: ``python -P -m custledger_sqlite.search_worker``.

It reads lines of JSON, ``[first id, [texts of each record, …]]``, and keeps the index of them in a private temporary
database. After ``null`` it writes the rows of the tables behind that index, so that whoever started it can insert them
as they are: ``[name, [row, …]]``, with bytes as hexadecimal digits. Where its input ends without ``null``, it just
ends.
"""

import json
import signal
import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO

import apsw

from custledger.search import terms_of_many
from custledger_sqlite.search_index import BYTES, COLUMNS, insert, make_table, quicken

NAME = "worked"
_TOGETHER = 1000
_AT_ONCE = {"data": 64}
"""How many rows a line of output holds; those of ``data`` are of some thousand bytes."""


def main(source: BinaryIO, target: BinaryIO) -> None:
    """Index what ``source`` holds and write the index to ``target``."""
    database = apsw.Connection("")
    database.execute("PRAGMA journal_mode = OFF")
    make_table(database, NAME)
    database.execute("BEGIN")
    quicken(database, NAME)
    for line in source:
        given = json.loads(line)
        if given is None:
            break
        _index(database, *given)
    else:
        return
    database.execute("COMMIT")
    for shadow in COLUMNS:
        target.writelines(_line([shadow, some]) for some in _rows(database, shadow))
    target.write(_line(None))
    target.flush()


def _index(database: apsw.Connection, first: int, texts: list[str]) -> None:
    for start in range(0, len(texts), _TOGETHER):
        terms = terms_of_many(texts[start : start + _TOGETHER])
        insert(database, NAME, list(enumerate(terms, first + start)))


def _rows(database: apsw.Connection, shadow: str) -> Iterator[list[Any]]:
    listed = ", ".join(f"hex({column})" if column in BYTES else column for column in COLUMNS[shadow])
    read = database.execute(f'SELECT {listed} FROM "{NAME}__search_{shadow}"')
    while some := list(islice(read, _AT_ONCE.get(shadow, _TOGETHER))):
        yield some


def _line(made: list[Any] | None) -> bytes:
    return json.dumps(made, separators=(",", ":")).encode() + b"\n"


if __name__ == "__main__":
    # Ctrl-C reaches every process of a terminal; this one ends when whoever started it has closed its input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    main(sys.stdin.buffer, sys.stdout.buffer)
