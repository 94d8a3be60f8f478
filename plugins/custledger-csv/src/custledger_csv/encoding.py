"""Finding how the characters of a file are encoded, exactly: a byte order mark, else strict UTF-8, else strict GB18030.

What is UTF-8 but for its end, or for a few bytes, is refused and not taken for GB18030, in which almost any bytes mean
something. The whole file is decoded once in blocks before anything is believed, so that a file that stops being UTF-8
near its end is found out before its first row is used, and memory does not grow with the file. UTF-16 is never guessed.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import BinaryIO

import attrs

from custledger.errors import FileFormatError, UsageError

BLOCK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "ascii": "utf-8"}
_NAMES = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8 with a byte order mark", "gb18030": "GB18030"}
_ENOUGH = 16
"""So many continuation bytes that fit say UTF-8: other encodings stumble within a character or two."""
_CHARACTERS = re.compile(rb"[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
"""Finds the characters of UTF-8 that take three bytes or four, as Chinese ones do; those of two come by chance."""
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_USUAL = re.compile(
    "[\t\r\n -~\xa0-\u04ff\u1e00-\u206f\u20a0-\u20bf\u2100-\u22ff\u2500-\u27ff\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]"
)
"""Finds the characters that people write: letters of the West, Chinese, Japanese, and signs."""
_SEPARATOR = re.compile(r"[\n\r,;\t]")
_MOST = 0.95
_MAGIC = (
    (b"PK\x03\x04", "an Excel workbook or a zip file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF"),
    (b"SQLite format 3\0", "an SQLite database"),
)


@attrs.frozen
class Failure:
    """How far a file could be decoded: bytes, and how many of them continued a character.

    ``cut`` says that it is the file's end that came within a character, and nothing else is wrong.
    """

    offset: int
    continued: int
    cut: bool


def find_encoding(stream: BinaryIO, path: object) -> str:
    """Return the name of the encoding of the whole stream, which must be seekable and is left at its beginning.

    Raises ``FileFormatError`` that says where the characters stop making sense.
    """
    start = stream.read(16)
    stream.seek(0)
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return checked(stream, encoding, path)
    for magic, what in _MAGIC:
        if start.startswith(magic):
            raise FileFormatError(path, f"is {what}, not a text file", hint="Save it as CSV, in UTF-8.")
    utf8 = decode_failure(stream, "utf-8")
    if utf8 is None:
        return "utf-8"
    refuse_utf_16(stream, path)
    if _is_broken_utf8(stream, utf8):
        raise undecodable(stream, "utf-8", path)
    chinese = decode_failure(stream, "gb18030")
    if chinese is None:
        return "gb18030"
    raise undecodable(stream, "utf-8" if utf8.offset >= chinese.offset else "gb18030", path)


def refuse_utf_16(stream: BinaryIO, path: object) -> None:
    """Raise ``FileFormatError`` that says so where a stream, left at its beginning, is most likely UTF-16.

    Then its separators and line ends have a NUL byte each, and nearly all of it are characters that people write,
    which the same bytes in another encoding or the other order are not.
    """
    stream.seek(0)
    block = stream.read(BLOCK)
    stream.seek(0)
    block = block[: len(block) // 2 * 2]
    if b"\0" not in block:
        return
    shares = {order: _written(block.decode(order, "replace")) for order in ("utf-16-le", "utf-16-be")}
    likely = max(shares, key=lambda order: shares[order])
    if shares[likely] >= _MOST:
        raise FileFormatError(
            path,
            "looks like UTF-16 without a byte order mark",
            hint=f"If it is, say so with the option encoding: {likely}.",
        )


def _written(text: str) -> float:
    """Return the share of characters that people write, 0 to 1; 0 where nothing separates any."""
    if not _SEPARATOR.search(text):
        return 0.0
    return len(_USUAL.findall(text)) / len(text)


def _is_broken_utf8(stream: BinaryIO, failure: Failure) -> bool:
    """Whether what fails as UTF-8 is UTF-8 all the same: with its end cut off, or with a few bytes that make no sense.

    In other encodings few bytes happen to make a character of UTF-8, and most of those beyond ASCII do not.
    """
    if failure.continued >= _ENOUGH or (failure.cut and failure.continued):
        return True
    stream.seek(max(0, failure.offset - BLOCK // 2))
    block = stream.read(BLOCK)
    stream.seek(0)
    fitting = _CHARACTERS.findall(block)
    strange = len(_BEYOND_ASCII.findall(block)) - sum(map(len, fitting))
    return len(fitting) > strange


def checked(stream: BinaryIO, encoding: str, path: object) -> str:
    """Return the encoding, if the whole stream can be decoded with it. Raises ``FileFormatError`` otherwise."""
    if decode_failure(stream, encoding) is not None:
        raise undecodable(stream, encoding, path)
    return encoding


def readable(name: str) -> str:
    """Return the encoding in which to read a file that is said to be in another. Raises ``UsageError``.

    GB2312 and GBK are read as GB18030, which has all of both: files that say one often hold the other.
    """
    found = known(name)
    return _WIDER.get(found, found)


def known(name: str) -> str:
    """Return Python's name of an encoding that a user named. Raises ``UsageError``."""
    try:
        found = codecs.lookup(name).name
        io.TextIOWrapper(io.BytesIO(), encoding=found).detach()
    except LookupError:
        raise UsageError(
            f"There is no encoding {name!r}.", hint="Usual ones are utf-8, gb18030, utf-16, cp1252, big5 and shift_jis."
        ) from None
    return found


def shown(encoding: str) -> str:
    """Return the name of an encoding as people know it."""
    return _NAMES.get(encoding, encoding.upper())


def decode_failure(stream: BinaryIO, encoding: str) -> Failure | None:
    """Decode the whole stream and return where that failed, or ``None``; the stream is left at its beginning."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    offset = continued = 0
    stream.seek(0)
    try:
        while block := stream.read(BLOCK):
            continued += len(block) - len(decoder.decode(block))
            offset += len(block)
        decoder.decode(b"", final=True)
    except UnicodeError as error:
        good = getattr(error, "start", 0)
        block = getattr(error, "object", b"")[:good]
        continued += len(block) - len(block.decode(encoding, "ignore"))
        cut = getattr(error, "reason", "") == "unexpected end of data"  # which only the end of the file brings
        return Failure(offset + good, continued - cut * len(getattr(error, "object", b"")), cut)
    finally:
        stream.seek(0)
    return None


BAD = "\udc80"
"""What stands for bytes that make no sense, where they are looked for."""


def _mark(error: UnicodeError) -> tuple[str, int]:
    if isinstance(error, UnicodeDecodeError):
        return BAD, error.end
    raise error


codecs.register_error("custledger.mark", _mark)


def undecodable(stream: BinaryIO, encoding: str, path: object) -> FileFormatError:
    """Return the error that names the row and column of the first bytes that are not of ``encoding``."""
    from custledger_csv.dialect import find_dialect, reader  # only for the message

    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=encoding, errors="custledger.mark", newline="")
    try:
        dialect = find_dialect(text.read(1 << 16))
        text.seek(0)
        row, column = _place(_rows(reader(text, dialect)))
    except UnicodeError:  # such as UTF-16 that needs a mark at its beginning, and has none
        row, column = None, ""
    finally:
        text.detach()
    return FileFormatError(
        path,
        f"holds bytes that are not {shown(encoding)}",
        row=row,
        column=column,
        hint="Say how it is encoded with the option encoding (such as gb18030, big5 or cp1252), or save it as UTF-8.",
    )


def _place(rows: Iterable[list[str]]) -> tuple[int | None, str]:
    heading: list[str] = []
    for number, cells in enumerate(rows, 1):
        heading = heading or cells
        for index, cell in enumerate(cells):
            if BAD in cell:
                named = heading[index] if number > 1 and index < len(heading) else ""
                return number, named or str(index + 1)
    return None, ""


def _rows(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    """Yield rows up to one that cannot be read, for a cell that is too long."""
    with suppress(csv.Error):
        yield from rows
