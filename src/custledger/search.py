"""Text search: what it means that a text *occurs*, and the terms by which an index finds it.

A query is folded (``values.fold``) and taken apart at everything that is neither letter nor digit. Each part must occur
in at least one of a record's texts:

- characters of scripts written without spaces (Chinese, Japanese, Korean, Thai …), any number of them, occur where a
  text contains them in this order with nothing between: ``张伟`` occurs in ``老张伟业``;
- three digits or more occur where a *number* of a text contains them. A number is digits with nothing but spaces and
  ``- . ( ) / ·`` between them, so ``8000`` and ``0138`` occur in ``+86 138-0013-8000``. In a query a space ends a
  number, punctuation does not;
- any other part occurs where a word of a text begins with it: ``wei`` occurs in ``zhang.wei@example.com``.

A query without a letter or a digit occurs nowhere. ``matches`` is this definition. An index keeps ``terms``: the
words, every two neighbouring characters of the scripts without spaces (and the last one by itself), and every three
neighbouring digits of a number. ``Wanted.terms`` are the terms that a match must have; where ``Wanted.exact`` is
false, what the index found must still be asked with ``Wanted.occurs_in``.
"""

import re
from array import array
from collections.abc import Iterable, Sequence
from functools import cache

import attrs

from custledger.values import fold

_SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30fa\u30fc-\u312f\u31a0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7af\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
_TEXT_END = "\0"
_RECORD_END = "\x1e"
"""Stands between the texts of two records while many are taken apart at once; it is part of no word."""

_PART_END = "\x1f"
_WORD = rf"[^\W_{_SPACELESS}]+|{_RECORD_END}"
_RUN = rf"[{_SPACELESS}]+"
_NO_RUN = rf"[^{_SPACELESS}{_RECORD_END}]+"
_OTHER_LETTER = rf"[^\W\x00-\x7f{_SPACELESS}]"
_LONG_NUMBER = re.compile(rf"[0-9]{{3,}}|{_RECORD_END}")
_TYPED_NUMBER = re.compile(r"(?<![0-9a-z])[0-9]+(?:[.()/-]+[0-9]+)+(?![0-9a-z])")
_BETWEEN_DIGITS = str.maketrans("", "", " \t\n.()/-")
_LEAST_DIGITS = 3
_compiled = cache(re.compile)
"""Compiles the large patterns when they are first used: each takes milliseconds, and few are needed at once."""

_SPACE = ord(" ")


@attrs.frozen
class Wanted:
    """A query, understood.

    ``terms`` are what an index must hold of a match, those ending in ``*`` as the beginning of a term; it is empty
    where nothing can match. ``exact`` says that whatever has the terms matches.
    """

    terms: tuple[str, ...]
    exact: bool
    runs: tuple[str, ...]
    numbers: tuple[str, ...]
    words: tuple[str, ...]

    @classmethod
    def of(cls, query: str) -> "Wanted":
        """Return what ``query`` asks for."""
        # Only a number of its own loses its punctuation: in ``P07-0012`` the dash still parts two words.
        typed = _folded(query)
        folded = _TYPED_NUMBER.sub(lambda number: number.group().translate(_BETWEEN_DIGITS), typed)
        runs = tuple(dict.fromkeys(_compiled(_RUN).findall(folded)))
        parts = dict.fromkeys(_compiled(_WORD).findall(folded))
        numbers = tuple(part for part in parts if _is_number(part))
        words = tuple(part for part in parts if not _is_number(part))
        terms = [term for run in runs for term in _run_terms(run)]
        terms += [number[i : i + 3] for number in numbers for i in range(len(number) - 2)]
        terms += [word + "*" for word in words]
        exact = (
            all(len(run) <= 2 for run in runs)
            and all(len(number) == _LEAST_DIGITS for number in numbers)
            and not any(_might_be_digits(word) for word in words)
        )
        return cls(tuple(dict.fromkeys(terms)), exact, runs, numbers, words)

    def occurs_in(self, texts: Iterable[str | None]) -> bool:
        """Return whether every part of the query occurs in one of ``texts``; empty ones are skipped."""
        if not self.terms:
            return False
        folded = _folded(_TEXT_END.join([text for text in texts if text]))
        if not all(run in folded for run in self.runs):
            return False
        if self.numbers:
            squeezed = _ascii(folded).translate(_BETWEEN_DIGITS)
            if not all(number in squeezed for number in self.numbers):
                return False
        if not self.words:
            return True
        there = _compiled(_WORD).findall(folded)
        return all(any(word.startswith(wanted) for word in there) for wanted in self.words)


def matches(query: str, texts: Iterable[str | None]) -> bool:
    """Return whether every part of ``query`` occurs in one of ``texts``. See the module's docstring.

    >>> matches("张伟 8000", ["老张伟业", "+86 138-0013-8000"])
    True
    """
    return Wanted.of(query).occurs_in(texts)


def terms(texts: Iterable[str | None]) -> str:
    """Return the index terms of one record's texts, separated by spaces. One may occur twice."""
    return terms_of_many([_TEXT_END.join(text for text in texts if text)])[0]


def terms_of_many(joined: Sequence[str]) -> list[str]:
    r"""Return the index terms of many records, each given as its texts joined with ``"\0"``.

    All records are taken apart at once, which is many times faster than one after the other. What stands between the
    terms is anything of ASCII that is neither letter nor digit.
    """
    if not joined:
        return []
    folded = _RECORD_END.join([_folded(text) for text in joined])
    plain = _ascii(folded)
    words = plain.replace(_TEXT_END, " ")
    if not folded.isascii() and _compiled(_OTHER_LETTER).search(folded):
        words = " ".join(_compiled(_WORD).findall(folded))
    found = zip(words.split(_RECORD_END), _threes(plain), _pairs(folded), strict=True)
    return [f"{words} {threes} {pairs}" for words, threes, pairs in found]


def _folded(text: str) -> str:
    return fold(text).replace(_RECORD_END, " ").replace("·", "-")


def _ascii(text: str) -> str:
    """Return ``text`` with a question mark in the place of whatever is not ASCII."""
    return text if text.isascii() else text.encode("ascii", "replace").decode()


def _threes(plain: str) -> list[str]:
    """Return every three neighbouring digits of each record's numbers: of ``12345`` they are ``123 234 345``."""
    numbers = _LONG_NUMBER.findall(plain.translate(_BETWEEN_DIGITS))
    digits = _PART_END.join([*numbers, ""]).encode()
    laid = bytearray(b" ") * (4 * len(digits))
    for place in range(_LEAST_DIGITS):
        laid[place : 4 * (len(digits) - place) : 4] = digits[place:]
    written, made, begin = laid.decode(), [], 0
    for number in numbers:
        made.append(_RECORD_END if number == _RECORD_END else written[begin : begin + 4 * len(number) - 8])
        begin += 4 * len(number) + 4
    return "".join(made).split(_RECORD_END)


def _pairs(folded: str) -> list[str]:
    """Return every two neighbouring characters of each record's runs: of ``abc`` they are ``ab bc c``.

    Where a run ends, its last character and the first of the next stand by themselves beside the mark between them.
    """
    if folded.isascii():
        return [""] * (folded.count(_RECORD_END) + 1)
    runs = _compiled(_NO_RUN).sub(_PART_END, folded).replace(_RECORD_END, _RECORD_END + _PART_END) + _PART_END
    letters = array("I", runs.encode("utf-32-le"))
    laid = array("I", [_SPACE]) * (3 * len(letters))
    laid[0::3] = letters
    laid[1::3] = letters[1:] + array("I", [_SPACE])
    return laid.tobytes().decode("utf-32-le").split(_RECORD_END + _PART_END)


def _run_terms(run: str) -> list[str]:
    """Return the terms of a run of a query: one character is looked for as the beginning of a term."""
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run + "*"]


def _is_number(word: str) -> bool:
    return len(word) >= _LEAST_DIGITS and word.isascii() and word.isdigit()


def _might_be_digits(word: str) -> bool:
    """Return whether ``word`` may also begin one of the index's groups of three digits."""
    return len(word) < _LEAST_DIGITS and word.isascii() and word.isdigit()
