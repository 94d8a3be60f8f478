"""Text that people wrote, made safe to print: no character of it drives the terminal or hides another."""

import re
import unicodedata
from functools import lru_cache

from custledger.errors import CustledgerError

_ERROR = {"en": ("error: ", "hint: "), "zh": ("错误：", "提示：")}
"""What stands before the message of an error and before its hint, by their language."""

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS = frozenset("\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}")
"""Needed to write Persian and to compose emoji, and harmless."""
_SAFE = re.compile(r"[\w@%+=:,./-]+")
"""What a shell takes as it stands."""
_CONTROL_PICTURES = 0x2400
_DELETE = 0x7F


def visible(text: str) -> str:
    """Return ``text`` with control and formatting characters replaced by something that can be seen.

    Line ends stay, everything else that moves the cursor, turns the direction of writing or is not shown becomes a
    symbol of one cell.
    """
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else _picture(character) for character in text)


def lines_of(error: CustledgerError) -> list[str]:
    """Return an error as it is printed: a line with its message, and one with its hint where it has one."""
    texts = zip(_ERROR[error.language], (error.message, error.hint), strict=True)
    return [f"{before}{one_line(text)}" for before, text in texts if text]


def one_line(text: str) -> str:
    """Return ``text`` as it can stand in one line of a table: visible, with line ends and tabs as spaces."""
    return text if text.isprintable() else visible(" ".join(text.splitlines()).replace("\t", " "))


@lru_cache(maxsize=256)
def _picture(character: str) -> str:
    if character in _JOINERS or character == "\n" or unicodedata.category(character) not in _UNSEEN:
        return character
    code = ord(character)
    if code < 32:
        return chr(_CONTROL_PICTURES + code)
    return "\N{SYMBOL FOR DELETE}" if code == _DELETE else "\N{REPLACEMENT CHARACTER}"


def for_shell(path: str) -> str:
    """Return a path as it can be pasted into a shell: in quotes where it needs them, which Chinese does not."""
    if _SAFE.fullmatch(path):
        return path
    import shlex  # few paths need it

    return shlex.quote(path)


def cut(text: str, cells: int) -> str:
    """Return ``text`` in so many cells of a terminal at most: without its middle, if it is longer."""
    text = one_line(text)
    if width(text) <= cells:
        return text
    half = (cells - 1) // 2
    front, back = text, text
    while width(front) > cells - 1 - half:
        front = front[:-1]
    while width(back) > half:
        back = back[1:]
    return f"{front}…{back}"


def width(text: str) -> int:
    """Return how many cells of a terminal ``text`` takes: Chinese characters take two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
