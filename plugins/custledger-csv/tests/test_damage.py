"""Numbers that spreadsheets damaged never overwrite better ones, and corrections that people make are believed."""

import csv
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from custledger_csv.store import open_folder

from custledger.changes import Settlement
from custledger.fields import Kind, Labels, Spec
from custledger.schema import Field, Schema
from custledger.stores.held import HeldKind
from custledger.testing.clerk import Clerk
from custledger.testing.samples import Person
from custledger.testing.stores.base import examples

COUNT = 10_000
CORRECTED = examples(2_000)
CARD = Field("x_id_number", Spec(kind=Kind.TEXT, labels=Labels("ID number", "证件号码"), long_number=True, custom=True))
SCHEMA = Schema.of(Person).extended([CARD])
HEADINGS = {"x_id_number": "ID number", "phone": "Phone", "code": "Code", "notes": "Notes"}


def excel(digits: str) -> str:
    """Return what Excel shows of a long number in a column of ordinary width, as a CSV has it then."""
    return f"{float(digits):.5E}".replace("E+0", "E+")


def fifteen(digits: str) -> str:
    """Return what Excel keeps of a number: fifteen digits, and zeros."""
    bare = digits.lstrip("0")
    return bare[:15] + "0" * (len(bare) - 15)


def libreoffice(digits: str) -> str:
    """Return how LibreOffice writes a number of more than fifteen digits."""
    return f"{float(digits):.14E}"


def double(digits: str) -> str:
    """Return what a program that reads numbers as doubles writes."""
    return str(int(float(digits)))


def pandas(digits: str) -> str:
    """Return what pandas writes of a column of numbers in which one is empty."""
    return f"{int(digits)}.0"


def bare(digits: str) -> str:
    """Return a number without the zeros in front."""
    return str(int(digits))


def dated(text: str) -> list[str]:
    """Return what spreadsheets make of ``3-4``, in several places of the world."""
    month, day = text.split("-")
    names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return [f"2026-{int(month):02}-{int(day):02}", f"2026/{int(month)}/{int(day)}", f"{day}-{names[int(month) - 1]}"]


Made = tuple[str, str, list[Callable[[str], str]]]


def made(source: random.Random, place: int) -> Made:
    """Return a number: the key of its field, its text, and what may happen to it."""
    match place % 6:
        case 0:
            born = f"{source.randrange(1940, 2010)}{source.randrange(1, 13):02}{source.randrange(1, 29):02}"
            region = source.choice(("110101", "310104", "440305", "510107"))
            text = f"{region}{born}{place // 6:04}" if place % 12 else f"{region}{born}{source.randrange(1000):03}X"
            return "x_id_number", text, [excel, fifteen, libreoffice, double, pandas] if text.isdecimal() else []
        case 1:
            return "phone", f"1{source.randrange(3, 10)}{place:09}", [excel, pandas]
        case 2:
            return "code", f"{place:08}"[: source.randrange(8, 9)], [bare, pandas, excel]
        case 3:
            return "code", f"9111{source.randrange(10**9):09}{place:05}", [excel, fifteen, libreoffice, double, pandas]
        case 4:
            return (
                "code",
                f"6217{source.randrange(10**10):010}{place:05}",
                [excel, fifteen, libreoffice, double, pandas],
            )
        case _:
            text = f"{source.randrange(1, 13)}-{source.randrange(1, 29)}"
            nth = source.randrange(3)
            return "notes", text, [lambda one: dated(one)[nth]]


def filled(folder: Path, numbers: list[Made]) -> tuple[Clerk, list[int]]:
    clerk = Clerk(open_folder(str(folder)), [SCHEMA])
    records: list[dict[str, Any]] = [{"name": f"N{place}", key: text} for place, (key, text, _) in enumerate(numbers)]
    return clerk, clerk.add_many("person", records)


def edited(file: Path, texts: dict[int, tuple[str, str]]) -> None:
    """Write other texts into cells, by the places of the rows and the keys of the fields."""
    with file.open(encoding="utf-8-sig", newline="") as stream:
        heading, *rows = csv.reader(stream)
    for place, (key, text) in texts.items():
        rows[place][heading.index(HEADINGS[key])] = text
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows([heading, *rows])


def test_every_damaged_number_of_ten_thousand_is_held_and_restored(tmp_path: Path) -> None:
    source = random.Random(11)
    numbers = [made(source, place) for place in range(COUNT)]
    folder = tmp_path / "ledger"
    clerk, ids = filled(folder, numbers)
    file = folder / "people.csv"
    content, everything, log = file.read_bytes(), clerk.everything("person"), clerk.store.log()
    damaged: dict[int, tuple[str, str]] = {}
    ways: Counter[str] = Counter()
    for place, (key, text, harms) in enumerate(numbers):
        if harms and (after := (harm := source.choice(harms))(text)) != text:
            damaged[place] = (key, after)
            ways[harm.__name__] += 1
    assert len(damaged) > 0.9 * COUNT
    assert len(ways) == 7
    edited(file, damaged)
    held, places = clerk.store.held(), {number: place for place, number in enumerate(ids)}
    missed = damaged.keys() - {places[one.record] for one in held}
    assert [(numbers[place][1], damaged[place]) for place in sorted(missed)] == []
    assert {one.kind for one in held} == {HeldKind.DAMAGED}
    assert clerk.everything("person") == everything
    assert clerk.store.log() == log
    changeset = attrs.evolve(clerk.changeset(), settles=[Settlement(one.number, accept=False) for one in held])
    clerk.store.apply(changeset, generation=clerk.generation)
    assert clerk.store.held() == ()
    assert file.read_bytes() == content


def corrected(source: random.Random, text: str) -> str:
    """Return a text in which one digit is another."""
    places = [place for place, letter in enumerate(text) if letter.isdecimal() and place]
    place = source.choice(places)
    digit = str((int(text[place]) + source.randrange(1, 10)) % 10)
    return text[:place] + digit + text[place + 1 :]


def test_corrections_and_new_numbers_are_believed(tmp_path: Path) -> None:
    """All but very few: what ends with zeros as damaged ones do is asked about."""
    source = random.Random(12)
    numbers = [one for one in (made(source, place) for place in range(CORRECTED)) if one[0] != "notes"]
    folder = tmp_path / "ledger"
    clerk, ids = filled(folder, numbers)
    texts = {}
    for place, (key, text, _) in enumerate(numbers):
        if place % 3 == 0:
            texts[place] = (key, corrected(source, text))
        elif place % 3 == 1:
            texts[place] = (
                key,
                f"1{source.randrange(3, 10)}{place + 500_000:09}" if key == "phone" else f"N-{place:09}",
            )
    edited(folder / "people.csv", texts)
    held = [one for one in clerk.store.held() if one.kind is HeldKind.DAMAGED]
    assert len(held) <= len(texts) // 500
    rows = clerk.everything("person")
    others = {one.record for one in clerk.store.held()}
    for place, (key, text) in texts.items():
        assert rows[ids[place]].get(key) == text or ids[place] in others


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("phone", "1.38E+10"),
        ("phone", "13800000001.0"),
        ("x_id_number", "1.10101E+17"),
        ("x_id_number", "110101199003074000"),
        ("code", "1.10101E+17"),
    ],
)
def test_a_damaged_number_in_a_new_row_is_held_too(tmp_path: Path, key: str, text: str) -> None:
    folder = tmp_path / "ledger"
    clerk, _ = filled(folder, [(key, "7", [])])
    with (folder / "people.csv").open(encoding="utf-8-sig", newline="") as stream:
        heading, *rows = csv.reader(stream)
    row = [""] * len(heading)
    row[heading.index("Name")], row[heading.index(HEADINGS[key])] = "新人", text
    with (folder / "people.csv").open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows([heading, *rows, row])
    (held,) = clerk.store.held()
    assert (held.kind, held.key, held.text) == (HeldKind.DAMAGED, key, text)
    assert {"name": "新人"} in clerk.everything("person").values()
