"""Exporting: a file that appears whole, and from which an import makes the same values again."""

import io
import json
import os
import random
import stat
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import custledger_csv
import custledger_sales
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custledger.conventions import FixedClock
from custledger.errors import InvalidValueError, NotAllowedError, NotFoundError, QueryError, StoreError, UsageError
from custledger.fields import Kind, Labels, Spec
from custledger.files import Writer
from custledger.hookspecs import AddedField, hookimpl
from custledger.plugins import Plugins
from custledger.services.demo import make_demo
from custledger.services.editing import add
from custledger.services.exporting import export
from custledger.services.fields import add_field
from custledger.services.followups import done
from custledger.services.importing import import_file
from custledger.services.opening import open_session
from custledger.services.selecting import Selection

DUES = ("2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30")
BLNS = Path(__file__).parents[2] / "../shared/data/blns/blns.json"


def opened(zone="Asia/Shanghai", language="en", currency="CNY", **more):
    return open_session(
        "memory:",
        plugins=Plugins.of(csv=custledger_csv, sales=custledger_sales, **more),
        actor="tester",
        clock=FixedClock(1_795_348_800_000),
        source=random.Random(7),
        defaults={"zone": zone, "language": language, "currency": currency},
    )


@pytest.fixture
def session():
    return opened()


def text_of(session, record_type="customer", **options):
    stream = io.BytesIO()
    export(session, record_type, stream, **options)
    return stream.getvalue().decode()


def values(session, record_type):
    """Return all that people set, by id."""
    schema = session.schema(record_type)
    keys = [field.key for field in schema.editable]
    return {row[0]: {key: row[schema.positions[key]] for key in keys} for row in Selection(session, record_type).rows()}


def contents(session, record_type):
    """Return all that people set, by id; the currency of an amount that says none is the ledger's."""
    schema, found = session.schema(record_type), values(session, record_type)
    for amount, currency in schema.currencies.items():
        for record in found.values():
            if record[amount] is not None:
                record[currency.key] = record[currency.key] or session.conventions.currency
    return found


def test_headings_are_labels_in_the_language_asked_or_keys(session):
    add(session, "customer", {"name": "张三", "status": "active", "consent": True})
    columns = ["name", "状态", "consent"]
    assert text_of(session, columns=columns) == "Name,Status,Consent\r\n张三,Active,yes\r\n"
    assert text_of(session, columns=columns, language="zh") == "客户名称,客户状态,同意营销\r\n张三,活跃,是\r\n"
    assert text_of(session, columns=columns, headings="keys").startswith("name,status,consent\r\n")


def test_every_field_is_written_where_none_is_named_the_id_and_custom_fields_included(session):
    add_field(session, "customer", "会员卡号", kind=Kind.TEXT)
    heading = text_of(session).splitlines()[0].split(",")
    assert heading[:4] == ["ID", "Created", "Updated", "Revision"]
    assert len(heading) == len(session.schema("customer").fields)
    assert heading[-1] == "会员卡号"


def test_records_are_chosen_sorted_and_limited(session):
    for name, city in (("A", "x"), ("B", "y"), ("C", "x"), ("D", "x")):
        add(session, "customer", {"name": name, "city": city})
    text = text_of(session, columns=["name"], where="city = x", order=["-name"], limit=2)
    assert text == "Name\r\nD\r\nC\r\n"


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"columns": ["nix"]}, NotFoundError),
        ({"columns": ["name", "客户名称"]}, UsageError),
        ({"where": "nix ="}, QueryError),
        ({"order": ["nix"]}, QueryError),
        ({"format": "nix"}, NotFoundError),
        ({"options": {"sheet": "x"}}, UsageError),
    ],
)
def test_what_makes_no_sense_is_an_error_and_leaves_no_file(session, tmp_path, options, error):
    with pytest.raises(error):
        export(session, "customer", tmp_path / "out.csv", **options)
    assert list(tmp_path.iterdir()) == []


def test_references_are_codes_where_there_are_any_and_ids_elsewhere(session):
    first = add(session, "customer", {"name": "A", "code": "K1"}).row[0]
    second = add(session, "customer", {"name": "B"}).row[0]
    odd = add(session, "customer", {"name": "C", "code": "C-01J9ZK4QW7RXM"}).row[0]
    for customer in (first, second, odd, first):
        add(session, "interaction", {"customer": customer})
    public = session.schema("customer").public_id
    assert text_of(session, "interaction", columns=["customer"]).split() == [
        "Customer",
        "K1",
        public(second),
        public(odd),
        "K1",
    ]


class Odd:
    """A plugin whose field has another field's label."""

    @hookimpl
    def custledger_fields(self):
        return [
            AddedField(record_type="customer", key="odd_name", spec=Spec(kind=Kind.TEXT, labels=Labels("Name", "雅号")))
        ]


def test_a_label_by_which_an_import_would_find_another_field_gives_way_to_the_key():
    session = opened(odd=Odd())
    assert text_of(session, columns=["name", "odd_name"]) == "Name,odd_name\r\n"
    assert text_of(session, columns=["name", "odd_name"], language="zh") == "客户名称,雅号\r\n"


def test_an_export_replaces_a_file_whole_and_keeps_its_rights_and_links(session, tmp_path):
    target, link = tmp_path / "out.csv", tmp_path / "link.csv"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    report = export(session, "customer", link, columns=["name"])
    assert (report.rows, report.path, report.heading) == (0, str(link), ("Name",))
    assert target.read_text() == "Name\n"
    assert link.is_symlink()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


class Failing:
    """A writer that fails half-way."""

    @hookimpl
    def custledger_writers(self):
        def write(stream, heading, _rows):
            stream.write(",".join(heading).encode())
            raise OSError(28, "No space left on device")

        return [Writer(name="bad", summary=Labels("bad"), suffixes=(".bad",), write=write)]


def test_a_writer_that_fails_leaves_the_old_file_and_nothing_else(tmp_path):
    target = tmp_path / "out.bad"
    target.write_text("old")
    with pytest.raises(StoreError, match="disk is full"):
        export(opened(bad=Failing()), "customer", target)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("out.bad", "old")]


def test_a_folder_that_is_not_there_or_forbidden_is_a_one_line_error(session, tmp_path, read_only):
    with pytest.raises(NotFoundError):
        export(session, "customer", tmp_path / "none/out.csv")
    read_only(tmp_path)
    with pytest.raises(NotAllowedError):
        export(session, "customer", tmp_path / "out.csv")


def test_a_pipe_is_written_to_directly(session, tmp_path):
    import threading

    pipe, found = tmp_path / "pipe.csv", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: found.append(pipe.read_text()))
    reader.start()
    export(session, "customer", pipe, columns=["name"])
    reader.join()
    assert found == ["Name\n"]


def test_the_excel_mark_and_gb18030_are_options_of_the_writer(session, tmp_path):
    export(session, "customer", tmp_path / "a.csv", columns=["name"], options={"excel_bom": True, "encoding": None})
    assert (tmp_path / "a.csv").read_bytes() == b"\xef\xbb\xbfName\r\n"
    export(
        session,
        "customer",
        tmp_path / "b.tsv",
        columns=["name", "city"],
        language="zh",
        options={"encoding": "gb18030"},
    )
    assert (tmp_path / "b.tsv").read_bytes() == "客户名称\t城市\r\n".encode("gb18030")


def test_a_series_goes_on_as_planned_after_an_export_and_an_import(session, tmp_path):
    """The plan ends months on their last day, which the due day of a February does not tell."""
    add(session, "customer", {"name": "A", "code": "K1"})
    add(session, "followup", {"customer": "K1", "due": DUES[0], "every": "month"})
    done(session, next(Selection(session, "followup").rows())[0])
    other = opened()
    for record_type in ("customer", "followup"):
        path = str(tmp_path / f"{record_type}.csv")
        export(session, record_type, path)
        report = import_file(other, path, record_type)
        assert (report.rejected, report.left_to_ledger) == (0, ("Created", "Updated"))
        assert contents(other, record_type) == contents(session, record_type)
    for due in DUES[1:]:
        [number] = [row[0] for row in Selection(other, "followup").where("status = open").rows()]
        assert contents(other, "followup")[number]["due"] == due
        done(other, number)


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12).filter(
    str.strip
)
MONEY = st.decimals(min_value=-(10**12), max_value=10**12, places=4)
CUSTOMERS = st.fixed_dictionaries(
    {"name": TEXT},
    optional={
        "notes": TEXT,
        "phone": st.from_regex(r"\+?[0-9]{3}[0-9 -]{0,10}", fullmatch=True),
        "birthday": st.dates(max_value=date(2026, 11, 22)),
        "level": st.sampled_from("ABC"),
        "status": st.sampled_from(["new", "lost"]),
        "consent": st.booleans(),
        "tags": st.lists(st.text("abc客户vip=-'", min_size=1, max_size=4), max_size=3),
        "email": st.just("a@example.com"),
    },
)
TRANSACTIONS = st.fixed_dictionaries(
    {"customer": st.integers(0, 3)},
    optional={"at": st.datetimes(), "number": TEXT, "quantity": MONEY, "amount": MONEY, "description": TEXT},
)


@settings(max_examples=25)
@given(
    st.lists(CUSTOMERS, min_size=4, max_size=6),
    st.lists(TRANSACTIONS, max_size=4),
    st.sampled_from(["en", "zh"]),
    st.sets(st.integers(0, 3)),
)
def test_an_import_of_an_export_gives_the_same_records_in_another_ledger_and_changes_nothing_in_this_one(
    tmp_path_factory, people, sales, language, coded
):
    folder = tmp_path_factory.mktemp("export")
    session = opened(zone="UTC")
    ids = [
        add(session, "customer", {**person, **({"code": f"=K{place}"} if place in coded else {})}).row[0]
        for place, person in enumerate(people)
    ]
    for sale in sales:
        add(session, "transaction", {**sale, "customer": ids[sale["customer"]]})
    other = opened(zone="UTC")
    for record_type in ("customer", "transaction"):
        path = str(folder / f"{record_type}.csv")
        export(session, record_type, path, language=language)
        report = import_file(session, path, record_type)
        assert (report.rows, report.skipped, report.rejects) == (report.skipped, report.rows, None)
        assert import_file(other, path, record_type).rejected == 0
        assert contents(other, record_type) == contents(session, record_type)


@pytest.mark.skipif(not BLNS.exists(), reason="the naughty strings are not beside the project")
@pytest.mark.parametrize("options", [{}, {"excel_bom": True}, {"encoding": "gb18030"}])
def test_naughty_strings_survive_adding_exporting_and_importing_unchanged(session, tmp_path, options):
    every = json.loads(BLNS.read_text("utf-8"))
    assert len(every) == 485
    for place, text in enumerate(every):
        if text.isspace() or not text:  # the documents say so: a text of blanks only counts as empty
            with pytest.raises(InvalidValueError, match="A customer needs a name"):
                add(session, "customer", {"name": text, "notes": text})
        named = text if text.strip() else f"blank {place}"
        add(session, "customer", {"name": named, "notes": text})
    kept = contents(session, "customer")
    assert [customer["notes"] for customer in kept.values()] == [text if text.strip() else None for text in every]
    assert [customer["name"] for customer in kept.values() if customer["notes"]] == [
        one for one in every if one.strip()
    ]
    path = str(tmp_path / "out.csv")
    export(session, "customer", path, options=options)
    other = opened()
    report = import_file(other, path, "customer")
    assert (report.added, report.rejected) == (len(every), 0)
    assert contents(other, "customer") == kept


@pytest.mark.skipif(not BLNS.exists(), reason="the naughty strings are not beside the project")
def test_cells_of_blanks_only_are_read_as_empty_and_those_with_nul_are_rejected_with_the_reason(session, tmp_path):
    blanks = [text for text in json.loads(BLNS.read_text("utf-8")) if not text.strip()]
    assert len(blanks) == 4
    cells = [*blanks, "a\0b"]
    path = tmp_path / "in.csv"
    path.write_text("name,notes\n" + "".join(f'N{place},"{cell}"\n' for place, cell in enumerate(cells)), "utf-8")
    report = import_file(session, str(path), "customer")
    assert (report.added, report.rejected) == (len(blanks), 1)
    assert [customer["notes"] for customer in contents(session, "customer").values()] == [None] * len(blanks)
    ((reason, _, _),) = report.reasons
    assert reason == "Notes: “a\N{REPLACEMENT CHARACTER}b” holds a NUL character, which is not text"
    with pytest.raises(InvalidValueError, match="holds a NUL character, which is not text"):
        add(session, "customer", {"name": "A", "notes": "a\0b"})


def test_a_ledger_of_another_zone_and_currency_reads_the_same_moments_and_amounts(tmp_path):
    session, other = opened(zone="UTC"), opened(zone="Asia/Shanghai", language="zh", currency="USD")
    make_demo(session)
    for record_type in ("customer", "product", "interaction", "followup", "transaction", "opportunity", "contract"):
        path = tmp_path / f"{record_type}.csv"
        export(session, record_type, path)
        report = import_file(other, str(path), record_type)
        assert (report.rejected, report.added) == (0, len(contents(session, record_type)))
        assert contents(other, record_type) == contents(session, record_type)
        again = import_file(session, str(path), record_type)
        assert again.skipped == report.added


def test_a_ledger_of_the_same_currency_reads_exactly_what_was_exported(tmp_path):
    session, other = opened(), opened()
    make_demo(session)
    add(session, "product", {"name": "P", "price": "5 USD"})
    for record_type in ("customer", "product", "interaction", "followup", "transaction", "opportunity", "contract"):
        path = tmp_path / f"{record_type}.csv"
        export(session, record_type, path)
        report = import_file(other, str(path), record_type)
        assert report.left_to_ledger == ("Created", "Updated")
        assert values(other, record_type) == values(session, record_type)


def test_times_are_written_with_their_offset_and_amounts_with_their_currency():
    session = opened(zone="Asia/Shanghai")
    add(session, "customer", {"name": "A", "code": "K"})
    for at, amount, currency in (
        ("2026-11-22 14:30", 5, None),
        ("1900-01-01 08:00", 6, "USD"),
        ("2026-11-22", None, None),
    ):
        add(session, "transaction", {"customer": "K", "at": at, "amount": amount, "currency": currency})
    assert text_of(session, "transaction", columns=["at", "amount", "currency"]).split()[1:] == [
        "2026-11-22T14:30:00+08:00,5.00,CNY",
        "1899-12-31T23:54:17Z,6.00,USD",
        "2026-11-22T00:00:00+08:00,,",
    ]
    assert text_of(session, "transaction", columns=["amount"]).splitlines()[1:] == ["5.00", "6.00 USD", '""']


def test_a_format_with_cells_of_several_kinds_is_told_the_fields():
    told: dict[str, Any] = {}

    def write(_stream, heading, rows, **given):
        told.update(given, heading=heading, rows=list(rows))

    @hookimpl
    def custledger_writers():
        return [Writer(name="kinds", summary=Labels("Kinds"), suffixes=(".kinds",), write=write, takes_fields=True)]

    session = opened(kinds=SimpleNamespace(custledger_writers=custledger_writers))
    add(session, "customer", {"name": "Ann", "birthday": "2000-05-17"})
    export(
        session,
        "customer",
        io.BytesIO(),
        columns=["birthday", "days_since(birthday) > 0"],
        format="kinds",
        language="zh",
    )
    assert [field.spec.kind for field in told["fields"]] == [Kind.DATE, Kind.YES_NO]
    assert (told["schema"].name, told["conventions"].language) == ("customer", "zh")
    assert told["rows"] == [["2000-05-17", "是"]]
