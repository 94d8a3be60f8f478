"""What LibreOffice makes of our workbooks: every value comes back after it saved them, and they print as they should.

``CUSTLEDGER_PICTURES`` names a folder into which the pages of templates and of a demo ledger are drawn in both languages,
for somebody to look at.
"""

import io
import json
import os
import shutil
import subprocess
from datetime import date, timedelta
from pathlib import Path

import custledger_excel
import pytest
from custledger_excel import EXCEL_READER
from custledger_excel.columns import columns_of
from custledger_excel.manifest import Manifest
from custledger_excel.reading import Book
from custledger_excel.sheets import Sheet
from custledger_excel.styled import write_workbook
from custledger_excel.template import write_template

import custledger
from custledger.conventions import Conventions
from custledger.fields import Kind
from custledger.plugins import Plugins
from custledger.records import CORE_TYPES, Customer
from custledger.schema import Schema

custledger_sales = pytest.importorskip("custledger_sales", reason="custledger-sales is not installed")

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
DRAWER = shutil.which("pdftoppm")
PICTURES = os.environ.get("CUSTLEDGER_PICTURES", "")
BLNS = Path(__file__).parents[3] / "../shared/data/blns/blns.json"
TODAY = date(2026, 11, 22)
SCHEMAS = [Schema.of(one) for one in (*CORE_TYPES[:3], *custledger_sales.custledger_record_types())]
TIMEOUT = 120

pytestmark = pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")


def converted(paths, ending, folder):
    """Return what LibreOffice makes of files; its settings are in a folder of their own."""
    command = [
        str(OFFICE),
        f"-env:UserInstallation={(folder / 'office').as_uri()}",
        "--headless",
        "--convert-to",
        ending,
    ]
    target = folder / "made"
    done = subprocess.run(
        [*command, "--outdir", str(target), *map(str, paths)],
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT,
    )
    made = [target / f"{path.stem}.{ending}" for path in paths]
    assert all(one.is_file() for one in made), done.stderr
    return made


def rows_of(path, schema):
    with EXCEL_READER.open(path, schema=schema) as table:
        return list(table.heading), [cells for _, cells in table.rows()]


def fragile():
    naughty = json.loads(BLNS.read_text("utf-8")) if BLNS.is_file() else []
    own = ["00123", "110101199001011234", "6222020200112233445", "1.1E+17", "-5", "+86 139 0000 0000", "2026-11-22", "1/2",
           "TRUE", "=1+1", "'=1", " padded ", "two\nlines", "ＡＢＣ１２３", "＝１＋１", "😀👩‍👩‍👧‍👦", "𠮷野家", "e\u0301", "Straße"]  # fmt: skip
    return [text for text in (*own, *naughty) if (text and text.isprintable()) or text in own]


def days():
    first = (date(1900, 1, 1), date(1900, 2, 28), date(1900, 3, 1), date(1999, 12, 31), date(2100, 12, 31))
    return [*first, *(date(1901, 1, 1) + timedelta(days=step) for step in range(0, 70_000, 1_111))]


def test_every_value_comes_back_after_libreoffice_opened_and_saved_it(tmp_path):
    columns = columns_of(Schema.of(Customer), "en")
    places = {one.field.key: place for place, one in enumerate(columns) if one.field}
    texts, found = fragile(), days()
    rows = []
    for number, text in enumerate(texts):
        row = [""] * len(columns)
        told = {"name": f"Customer {number}", "code": text, "notes": text, "status": "Active", "tags": "vip; shy",
                "birthday": found[number % len(found)].isoformat(), "phone": "013800000001"}  # fmt: skip
        for key, value in told.items():
            row[places[key]] = value
        rows.append(row)
    path = tmp_path / "customers.xlsx"
    with path.open("wb") as stream:
        write_workbook(
            stream, [Sheet(schema=Schema.of(Customer), columns=columns, rows=rows)], conventions=Conventions()
        )
    assert rows_of(path, Schema.of(Customer)) == ([one.heading for one in columns], rows)
    for ending in ("xlsx", "ods"):
        (saved,) = converted([path], ending, tmp_path)
        heading, told = rows_of(saved, Schema.of(Customer))
        assert heading == [one.heading for one in columns]
        differing = [(mine, theirs) for mine, theirs in zip(rows, told, strict=True) if mine != theirs]
        assert differing == [], ending
        book = Book(str(saved))
        assert isinstance(book.manifest, Manifest)
        book.close()


@pytest.mark.skipif(DRAWER is None, reason="pdftoppm (poppler-utils) is not installed")
def test_a_template_prints_on_a4_across_with_something_on_every_page(tmp_path):
    paths = [tmp_path / f"template-{language}.xlsx" for language in ("en", "zh")]
    for path, language in zip(paths, ("en", "zh"), strict=True):
        with path.open("wb") as stream:
            write_template(stream, SCHEMAS, Conventions(language=language), today=TODAY)
    for made in converted(paths, "pdf", tmp_path):
        pages = drawn(made, tmp_path)
        assert len(pages) == len(SCHEMAS) + 3  # instructions, and two pages of the summary
        for width, height, dark in map(looked_at, pages):
            assert width > height
            assert 0.001 < dark < 0.5


def drawn(path, folder):
    """Return the pages of a PDF as pictures."""
    subprocess.run([str(DRAWER), "-r", "40", "-gray", str(path), str(folder / path.stem)], check=True, timeout=TIMEOUT)
    return sorted(folder.glob(f"{path.stem}-*.pgm"))


def looked_at(picture):
    """Return how wide and high a picture is, and how much of it is not white."""
    with picture.open("rb") as stream:
        assert stream.readline() == b"P5\n"
        width, height = map(int, stream.readline().split())
        stream.readline()
        content = stream.read()
    return width, height, sum(1 for byte in content if byte < 250) / len(content)


@pytest.mark.skipif(not PICTURES, reason="CUSTLEDGER_PICTURES names no folder for pictures")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_pictures_are_drawn_to_be_looked_at(tmp_path, language):
    folder = Path(PICTURES)
    folder.mkdir(parents=True, exist_ok=True)
    template, filled = folder / f"template-{language}.xlsx", folder / f"demo-{language}.xlsx"
    with template.open("wb") as stream:
        write_template(stream, SCHEMAS, Conventions(language=language), today=TODAY)
    filled.write_bytes(demo(language))
    for made in converted([template, filled], "pdf", tmp_path):
        subprocess.run(
            [str(DRAWER), "-r", "90", "-png", str(made), str(folder / made.stem)], check=True, timeout=TIMEOUT
        )
    assert list(folder.glob(f"demo-{language}-*.png"))


def demo(language):
    """Return a workbook of the people of the demo."""
    from custledger.services.demo import make_demo
    from custledger.services.opening import open_session
    from custledger.stores.contract import Query

    plugins = Plugins.of(excel=custledger_excel, sales=custledger_sales)
    session = open_session("memory:", plugins=plugins, defaults={"language": language}, as_of=TODAY)
    make_demo(session)
    sheets = []
    for schema in SCHEMAS:
        columns, codec = columns_of(schema, language), session.codec(schema.name)
        rows = []
        for row in session.select(schema.name, Query(moment=session.moment)):
            cells = []
            for one in columns:
                assert one.field is not None
                value, target = row[schema.positions[one.field.key]], one.field.spec.target
                if value is not None and one.field.spec.kind is Kind.REFERENCE and target:
                    other = session.schema(target)
                    title = other.title_field
                    assert title is not None
                    (found,) = session.get(target, [value])
                    cells.append(str(found[other.positions[title.key]]) if found else "")
                else:
                    cells.append(codec.text(one.field, value))
            rows.append(cells)
        sheets.append(Sheet(schema=schema, columns=columns, rows=rows))
    stream = io.BytesIO()
    write_workbook(stream, sheets, conventions=session.conventions, today=TODAY, summary=True, instructions=True)
    assert custledger.__version__
    return stream.getvalue()
