"""Reading whole columns gives exactly what the field's own parser gives, cell by cell."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from custledger.codec import Codec
from custledger.conventions import Conventions
from custledger.errors import InvalidValueError
from custledger.fields import Kind
from custledger.records import Customer
from custledger.schema import Schema
from custledger.services.importing.columns import Bad, ColumnParser, Memo
from custledger.testing import Person

CODEC = Codec(Schema.of(Customer), Conventions(zone_name="Asia/Shanghai"), {"customer": "C"})
NARROW = st.text(alphabet="0123456789-.@aZ_+ 是\0\ud800２年月日,；:TZ", max_size=12)
DATES = st.dates().map(str)
EMAILS = st.builds(
    "{}@{}.{}".format,
    *[st.text(alphabet=string.ascii_letters + "0_.+-'é", max_size=70)] * 2,
    st.sampled_from(["com", "test", "c", "中国", ""]),
)
CELLS = st.lists(
    st.one_of(st.text(max_size=10), NARROW, DATES, EMAILS, st.sampled_from(["", " ", "yes", "A级", "女", "vip; 老"])),
    max_size=12,
)


def one_by_one(codec, key, cells):
    values, bad = [], {}
    for index, cell in enumerate(cells):
        try:
            values.append(codec.parse(key, cell))
        except InvalidValueError as error:
            values.append(None)
            bad[index] = error.message
    return values, bad


@pytest.mark.parametrize("key", ["name", "code", "phone", "id_number", "birthday", "email", "level", "consent", "tags"])
@given(cells=CELLS)
@example(
    cells=[
        "2024-02-29",
        "2023-02-29",
        "0000-01-01",
        "2024-02-30",
        "2024-04-31",
        "2024-12-31",
        "20240101",
        "２０２４-01-01",
    ]
)
@example(cells=["a@b.com", "", "x.y@b.com", "a.@b.com", "a@b.test", "@b.com", "a@", "a@b@c.com", "a\nb@c.com"])
@example(cells=["1٣", "²", "x", " 1 ", "\0001"])
@example(cells=["110", "12", "1 10", "x110", "11 ", "٣٣٣", "ext. 5", "转 8", "没有1", "²²²", "5", "", "x12"])
@example(cells=[" K9", "K9\u3000", "\x1f9", " \ud800 "])
@example(
    cells=["13800000001", "1.38E+10", "13800000001.0", "1,3e9 ", "１．３８Ｅ１０", "1E5\n", "555.0000", "", "X1.0"]
)
def test_a_column_is_read_as_its_cells_are(key, cells):
    parse = ColumnParser(CODEC.schema.by_key[key], CODEC)
    for _ in range(2):  # the second time from memory
        parsed = parse(cells)
        assert (parsed.values, parsed.reasons) == one_by_one(CODEC, key, cells)


@given(cells=CELLS)
def test_every_kind_of_a_record_type_is_read_as_its_cells_are(cells):
    schema = Schema.of(Person)
    codec = Codec(schema, Conventions(), {})
    for field in schema.editable:
        if field.spec.kind is not Kind.REFERENCE:
            parsed = ColumnParser(field, codec)(cells)
            assert (parsed.values, parsed.reasons) == one_by_one(codec, field.key, cells)


@given(st.lists(st.emails(), max_size=8))
def test_e_mail_addresses_are_read_as_one_by_one(cells):
    parsed = ColumnParser(CODEC.schema.by_key["email"], CODEC)(cells)
    assert (parsed.values, parsed.reasons) == one_by_one(CODEC, "email", cells)


def test_memory_of_cells_is_bounded():
    memo = Memo(int, limit=10)
    assert [memo[str(number)] for number in range(100)] == list(range(100))
    assert len(memo) <= 10


def test_a_bad_cell_is_remembered_with_its_reason():
    def refuse(cell):
        raise InvalidValueError(cell, "is bad")

    memo = Memo(refuse)
    assert memo["x"] == memo["x"] == Bad("“x” is bad")
    assert memo.found_bad
