"""What an import asks of formats with several tables, and what it makes of rows that are examples."""

from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from custledger.fields import Labels
from custledger.files import Reader
from custledger.hookspecs import hookimpl
from custledger.plugins import Plugins
from custledger.services.importing import import_file
from custledger.services.opening import open_session

from .conftest import values


class Tables:
    """A file with a table of each record type, which has one row."""

    description, progress = "tables", 1.0

    def __init__(self, schema):
        self.heading = [schema.title_field.key]
        self._name = schema.name

    def rows(self):
        yield 2, [f"a {self._name}"]


@hookimpl
def custledger_readers():
    """Read files of tables."""
    return [
        Reader(
            name="tables",
            summary=Labels("Tables"),
            suffixes=(".tables",),
            open=lambda _path, schema: nullcontext(Tables(schema)),
            takes_schema=True,
        )
    ]


def test_a_reader_of_several_tables_is_told_which_records_are_wanted(tmp_path):
    session = open_session("memory:", plugins=Plugins.of(tables=SimpleNamespace(custledger_readers=custledger_readers)))
    (tmp_path / "in.tables").touch()
    assert import_file(session, str(tmp_path / "in.tables"), "customers").added == 1
    assert values(session, "name") == ["a customer"]


@pytest.mark.parametrize("word", ["example", "示例", " Example "])
@pytest.mark.parametrize("heading", ["ID", "id", "编号ID"])
def test_a_row_that_says_that_it_is_an_example_is_passed_over(session, bring, word, heading):
    report = bring(f"{heading},name\n{word},Ann Example\n,Ben\n")
    assert (report.added, report.skipped, report.unmapped) == (1, 0, ())
    assert report.left_to_ledger == (heading,)
    assert values(session, "name") == ["Ben"]


def test_an_example_is_one_only_in_the_column_of_the_ids(session, bring):
    assert bring("name,code\nexample,\n示例,1\n").added == 2
    assert values(session, "name") == ["example", "示例"]


def test_a_column_of_ids_that_is_blank_is_left_to_the_ledger_and_one_of_others_is_named(bring):
    assert bring("ID,name\n,A\n").left_to_ledger == ("ID",)
    assert bring("ID,name\n17,B\n").unmapped == ("ID",)


def test_a_file_of_nothing_but_an_example_adds_nothing(bring):
    report = bring("ID,name\nexample,Ann\n")
    assert (report.rows, report.added, report.unmapped) == (0, 0, ())


def test_rows_from_a_number_on_are_counted_with_examples(session, bring):
    assert bring("ID,name\nexample,Ann\n,B\n,C\n", from_row=4).added == 1
    assert values(session, "name") == ["C"]
