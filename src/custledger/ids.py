"""Ids: 63-bit integers inside, Crockford base32 with a type prefix (``C-01J9ZK4QW7RXM``) wherever people read them.

41 bits are the milliseconds since 1970 UTC, 22 bits are random. Ids are minted offline, and those of one mint grow:
where the clock stands still, or is put back, the next id is a random step above the last. A bulk load takes one run
of consecutive ids for each chunk. The base32 alphabet is Douglas Crockford's (https://www.crockford.com/base32.html):
no I, L, O or U, and I, L and O are read as 1, 1 and 0.
"""

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from custledger.errors import InvalidValueError

if TYPE_CHECKING:
    import random

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 13
RANDOM_BITS = 22
STEP_BITS = 8
"""How far an id may lie above the last one of the same millisecond: two mints that meet there part again."""
LARGEST = (1 << 63) - 1
_VALUES = {letter: index for index, letter in enumerate(ALPHABET)}
_VALUES |= {letter.lower(): index for letter, index in _VALUES.items()}
_VALUES |= {"I": 1, "i": 1, "L": 1, "l": 1, "O": 0, "o": 0}

_PYTHONS = {ord(letter): "0123456789abcdefghijklmnopqrstuv"[value] for letter, value in _VALUES.items()}
_PYTHONS |= dict.fromkeys(map(ord, "Uu"), "!")
"""What turns Crockford's letters into those with which Python writes numbers of base 32, and others into none."""


def encode(number: int) -> str:
    """Return ``number`` (0 to 2**63 - 1) as 13 base32 letters."""
    return "".join(ALPHABET[(number >> shift) & 31] for shift in range(60, -1, -5))


def decode(text: str) -> int:
    """Return the number that base32 ``text`` of any length stands for.

    Raises ``InvalidValueError`` where a character is not in the alphabet or the number is too large.
    """
    try:
        # Python reads such numbers too, in letters of its own; and in some other ways, which this is to refuse.
        number = int(text.translate(_PYTHONS), 32) if text.isascii() and text.isalnum() else _refused(text)
    except ValueError:
        number = _refused(text)
    if not text or number > LARGEST:
        raise InvalidValueError(text, "is not an id: it has the wrong length")
    return number


def _refused(text: str) -> int:
    """Raise ``InvalidValueError`` for the first letter that is not in the alphabet; an empty text is 0."""
    for letter in text:
        if letter not in _VALUES:
            raise InvalidValueError(text, f"is not an id: {letter!r} is not one of its letters")
    return 0


def public(prefix: str, number: int) -> str:
    """Return the id as people see it: ``C-01J9ZK4QW7RXM``."""
    return f"{prefix}-{encode(number)}"


def split_public(text: str) -> tuple[str, str]:
    """Return ``(prefix, letters)`` of a public id or of an ending of one; the prefix is empty where there is none."""
    prefix, dash, letters = text.strip().rpartition("-")
    return (prefix.upper(), letters) if dash else ("", letters)


def numbers(prefix: str, texts: Iterable[str]) -> list[int | None]:
    """Return the numbers that whole public ids of one prefix stand for, and ``None`` for each text that is none.

    >>> numbers("C", ["C-01J9ZK4QW7RXM", "P-01J9ZK4QW7RXM", "x"])
    [56646397482754996, None, None]
    """
    start, size, python = len(prefix) + 1, len(prefix) + 1 + LENGTH, _PYTHONS
    lead = f"{prefix}-"
    found: list[int | None] = []
    for text in texts:
        letters = text[start:]
        number = None
        if len(text) == size and letters.isascii() and letters.isalnum() and text[:start].upper() == lead:
            try:
                number = int(letters.translate(python), 32)
            except ValueError:
                number = None
        found.append(number if number is None or number <= LARGEST else None)
    return found


class IdMint:
    """Makes new ids from a clock and a random source, both handed in so that a run can be repeated.

    Each id is greater than those before it, so that records are listed in the order in which they were added.
    """

    def __init__(self, milliseconds: Callable[[], int], source: "random.Random | None" = None) -> None:
        self._milliseconds = milliseconds
        self._given = source
        self._last = -1
        self._lock = threading.Lock()

    def _source(self) -> "random.Random":
        if self._given is None:
            import random  # reading mints no ids

            self._given = random.SystemRandom()
        return self._given

    def one(self) -> int:
        """Return a new id."""
        return self._next(1, self._source().getrandbits(RANDOM_BITS))

    def run(self, count: int) -> int:
        """Return the first of ``count`` consecutive new ids (``count`` at most 2**21)."""
        room = (1 << RANDOM_BITS) - count
        if not 0 < count <= 1 << (RANDOM_BITS - 1):
            raise ValueError(f"a run has 1 to {1 << (RANDOM_BITS - 1)} ids, not {count}")
        return self._next(count, self._source().randrange(room + 1))

    def _next(self, count: int, part: int) -> int:
        """Return the first of ``count`` ids: with this random part, or in the millisecond of the last id a step on."""
        with self._lock:
            moment = self._milliseconds()
            first = moment << RANDOM_BITS | part
            if moment <= self._last >> RANDOM_BITS:
                first = self._last + 1 + self._source().getrandbits(STEP_BITS)
            self._last = first + count - 1
        return first
