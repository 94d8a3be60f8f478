"""What openpyxl leaves out of a workbook that it writes anew, put back from the one that it has read.

It knows formulas and not what they came to, so that whoever does not compute (a preview on a phone, a program that
reads the file) would find nothing; and it writes charts anew in its own way.
"""

import io
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePosixPath
from xml.etree import ElementTree as ET

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CELL = re.compile(
    rb'<(?:\w+:)?c\s(?=[^>]*\br="([A-Z]{1,3}[0-9]{1,7})")([^>]*)>\s*<(?:\w+:)?f\b'
    rb"(?:[^>]*/>|(?:[^>]*>)(?:(?!</(?:\w+:)?f>).)*</(?:\w+:)?f>)\s*<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)</",
    re.DOTALL,
)
"""Matches a cell with a formula and what it came to: its place, its attributes, and the value."""
_UNCOMPUTED = re.compile(
    rb'<c\s(?=[^>]*\br="([A-Z]{1,3}[0-9]{1,7})")([^>]*)>(<f\b(?:[^>]*/>|[^>]*>(?:(?!</f>).)*</f>))<v\s*(?:/>|></v>)</c>',
    re.DOTALL,
)
"""Matches a cell with a formula as openpyxl writes it, without a value."""
_EMPTY_FORMULA = re.compile(
    rb'<(?:\w+:)?c\s(?=[^>]*\br="([A-Z]{1,3})([0-9]{1,7})")[^>]*>\s*<(?:\w+:)?f\b'
    rb"(?:[^>]*/>|[^>]*>(?:(?!</(?:\w+:)?f>).)*</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>",
    re.DOTALL,
)
"""Matches a cell with a formula and without a value: its place."""
_VERSION = re.compile(rb"<AppVersion>[^<]*</AppVersion>")
_TYPE = re.compile(rb'\st="(\w+)"')


def uncomputed(content: bytes, title: str) -> Iterator[tuple[int, int]]:
    """Yield the places of the formulas of a sheet that have not been computed: row numbers, and columns from 0.

    Programs that do not compute, such as this one's library, leave them so.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        part = _sheets(package).get(title) if "xl/workbook.xml" in package.namelist() else None
        text = package.read(part) if part else b""
    for letters, row in _EMPTY_FORMULA.findall(text) if b"f>" in text or b"<f" in text else ():
        column = 0
        for letter in letters:
            column = column * 26 + letter - ord("A") + 1
        yield int(row), column - 1


def mended(written: bytes, original: bytes, titles: Collection[str]) -> bytes:
    """Return a workbook that openpyxl wrote with what it left out of the original.

    ``titles`` are those of the sheets of records. On others, such as a summary, formulas mostly count what stands in
    those, and are to be computed anew: what they came to before is no longer true.
    """
    new, old = zipfile.ZipFile(io.BytesIO(written)), zipfile.ZipFile(io.BytesIO(original))
    replaced = dict(_values(new, old, titles))
    replaced.update(_charts(new, old))
    replaced.update(_version(new, old))
    if not replaced:
        return written
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as package:
        for info in new.infolist():
            package.writestr(info, replaced.get(info.filename) or new.read(info.filename), zipfile.ZIP_DEFLATED)
    return result.getvalue()


def _values(new: zipfile.ZipFile, old: zipfile.ZipFile, titles: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the parts of sheets in which formulas have the values again that they had."""
    before = _sheets(old)
    for title, part in _sheets(new).items():
        content = new.read(part)
        if b"<f" not in content or title not in before or title not in titles:
            continue
        known = {place: (attributes, value) for place, attributes, value in _CELL.findall(old.read(before[title]))}

        def put(found: re.Match[bytes], known: Mapping[bytes, tuple[bytes, bytes]] = known) -> bytes:
            place, attributes, formula = found.groups()
            if place not in known:
                return found[0]
            kind = _TYPE.search(known[place][0])
            typed = b' t="' + kind[1] + b'"' if kind and kind[1] in {b"str", b"b", b"e"} else b""
            return b"<c " + _TYPE.sub(b"", attributes) + typed + b">" + formula + b"<v>" + known[place][1] + b"</v></c>"

        put_back = _UNCOMPUTED.sub(put, content)
        if put_back != content:
            yield part, put_back


def _version(new: zipfile.ZipFile, old: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """Yield what a workbook says of its program: by that, what is left unsaid in a chart is understood."""
    part = "docProps/app.xml"
    if part in new.namelist() and part in old.namelist() and (told := _VERSION.search(old.read(part))):
        yield part, _VERSION.sub(told[0], new.read(part))


def _charts(new: zipfile.ZipFile, old: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """Yield the charts as they were, on the sheets that have as many as before."""
    before = _sheets(old)
    for title, part in _sheets(new).items():
        ours = _charts_of(new, part)
        theirs = _charts_of(old, before[title]) if title in before else []
        if len(ours) == len(theirs):
            for one, other in zip(ours, theirs, strict=True):
                content = old.read(other)
                if b"r:id=" not in content:  # what it refers to is not there any more
                    yield one, content


def _charts_of(package: zipfile.ZipFile, sheet: str) -> list[str]:
    """Return the parts of the charts of a sheet, in the order in which they stand on it."""
    drawing = next((target for kind, target in _related(package, sheet).values() if kind == "drawing"), None)
    if drawing is None:
        return []
    related = _related(package, drawing)
    elements = ET.fromstring(package.read(drawing)).iter()  # noqa: S314 - it was looked at when it was read
    numbers = (element.get(_RELATION, "") for element in elements if element.tag.endswith("}chart"))
    return [related[number][1] for number in numbers if number in related]


def _sheets(package: zipfile.ZipFile) -> dict[str, str]:
    """Return the parts of the sheets by their titles."""
    related = _related(package, "xl/workbook.xml")
    found = {}
    for element in ET.fromstring(package.read("xl/workbook.xml")).iter():  # noqa: S314 - the same
        number = element.get(_RELATION)
        if element.tag.endswith("}sheet") and number in related:
            found[element.get("name", "")] = related[number][1]
    return found


def _related(package: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Return what a part relates to, ``(kind, part)`` by number."""
    path = PurePosixPath(part)
    listed = str(path.parent / "_rels" / f"{path.name}.rels")
    if listed not in package.namelist():
        return {}
    found = {}
    for one in ET.fromstring(package.read(listed)):  # noqa: S314 - the same
        target = one.get("Target", "")
        whole = target.lstrip("/") if target.startswith("/") else _joined(path.parent, target)
        found[one.get("Id", "")] = (one.get("Type", "").rpartition("/")[2], whole)
    return {number: one for number, one in found.items() if one[1] in package.namelist()}


def _joined(folder: PurePosixPath, target: str) -> str:
    parts = list(folder.parts)
    for step in PurePosixPath(target).parts:
        if step == "..":
            parts.pop()
        elif step != ".":
            parts.append(step)
    return "/".join(parts)
