"""Has a fuzzer look for a text of the language that does anything but be understood, or be refused with ``QueryError``.

``python tests/fuzz/expressions.py 1000000 FOLDER`` tries so many inputs; it needs atheris, which ``nox -s fuzz`` installs.
The fuzzer sees which lines of ``custledger.expressions`` each input reaches, is told the words of both languages, and
begins with the texts in ``expressions.txt``, one a line. What it finds it prints with the input, and ends with another
exit code than 0; such a text then becomes an ``@example`` of ``tests/expressions/test_fuzz.py``.

The first byte of an input says what the rest, UTF-8, is about, and as what it is read.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import atheris

with atheris.instrument_imports(include=["custledger.expressions", "custledger.values"]):
    import custledger
    from custledger.conventions import Conventions
    from custledger.errors import QueryError
    from custledger.expressions import Moment, evaluator, sort_key, sql, understand, understand_order
    from custledger.expressions.dates import STARTS, UNITS
    from custledger.expressions.functions import FUNCTIONS
    from custledger.expressions.keywords import (
        AND,
        BETWEEN_AND,
        BETWEEN_END,
        DISTINCT,
        NOT,
        OPERATORS,
        OR,
        SYMBOLS,
        WHERE,
    )
    from custledger.expressions.split import split
    from custledger.fields import Kind

from custledger.testing.expressions import DAYS, TODAY, ZONE
from custledger.testing.related import PERSON, VISIT, WORLD

LONGEST = 240
"""How many bytes an input has at most."""

SEEDS = Path(__file__).with_suffix(".txt")
MOMENT = Moment(TODAY, ZoneInfo(ZONE), currency="CNY")
LANGUAGES = [Conventions(zone_name=ZONE, language=language) for language in ("en", "zh")]
LEDGER = custledger.open("memory:").session
ABOUT = [(PERSON, WORLD), (VISIT, WORLD), *((schema, LEDGER.world) for schema in LEDGER.schemas.values())]


def look(data: bytes) -> None:
    """Understand one input, and compile what it comes to; only ``QueryError`` may be raised, with a place in the text."""
    if not data:
        return
    first, text = data[0], data[1:].decode("utf-8", "surrogateescape")
    schema, world = ABOUT[first // 8 % len(ABOUT)]
    conventions = LANGUAGES[first // 4 % 2]
    try:
        if first % 4 == 3:
            order = understand_order([text], schema, conventions, world=world)
            sort_key(order, schema, MOMENT)
            return
        want = None if first % 2 else Kind.YES_NO
        understood = understand(text, schema, conventions, want=want, world=world)
    except QueryError as error:
        refused(error, text)
        return
    evaluator(understood, schema, MOMENT)
    split(understood, schema, sql.SQLITE, MOMENT)


def refused(error: QueryError, text: str) -> None:
    """Look at an error."""
    assert error.why
    assert error.message.isprintable()
    assert 0 <= error.position <= len(text)


def words() -> Iterator[str]:
    """Yield the words of the language, and the names that it knows here."""
    for table in (SYMBOLS, AND, OR, NOT, WHERE, DISTINCT, BETWEEN_AND, BETWEEN_END, FUNCTIONS, DAYS, STARTS, UNITS):
        yield from table
    yield from (" ".join(phrase) for phrase in OPERATORS)
    yield from "()（）[]【】,，、+-*/×÷.“”'\"「」=＝"
    for schema, world in ABOUT:
        yield from world.scope(schema).names(dotted=False)
        yield from list(world.scope(schema).names(dotted=True))[:20]


def escaped(word: str) -> str:
    """Return a word as a dictionary of libFuzzer has it."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in word.encode("utf-8", "surrogatepass")) + '"'


def main() -> None:
    """Try as many inputs as the command line says; what is worth keeping of them is kept in the folder that it names."""
    runs, folder, *options = sys.argv[1:]
    corpus = Path(folder, "corpus")
    corpus.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(SEEDS.read_text("utf-8").splitlines()):
        for way in range(number % 5, 8 * len(ABOUT), 5):
            (corpus / f"seed-{number}-{way}").write_bytes(bytes([way]) + text.encode())
    dictionary = Path(folder, "words.txt")
    dictionary.write_text("\n".join(dict.fromkeys(map(escaped, words()))) + "\n", encoding="ascii")
    settings = (f"-runs={runs}", f"-max_len={LONGEST}", f"-dict={dictionary}", f"-artifact_prefix={folder}/")
    atheris.Setup([sys.argv[0], *settings, "-print_final_stats=1", *options, str(corpus)], look)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
