"""Which column goes into which field: recognised, mapped by hand, or honestly left to the user."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custledger.errors import CustledgerError, DataError
from custledger.records import Customer
from custledger.schema import Schema
from custledger.services.importing.mapping import REASON_HEADINGS, make_plan, parse_maps

CUSTOMER = Schema.of(Customer)
HEADERS = Path(__file__).parents[3] / "../shared/data/headers/headers_zh.tsv"


def plan(heading, maps=(), key=None):
    return make_plan(CUSTOMER, heading, parse_maps(maps), key)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_field_is_found_by_its_label_in_either_language_and_by_its_key(language):
    for field in CUSTOMER.editable:
        for heading in (field.key, field.label(language), f"\ufeff {field.label(language).upper()} \u200b"):
            [column] = plan([heading]).columns
            assert column.field == field


@pytest.mark.skipif(not HEADERS.exists(), reason="the real headings are not beside the project")
def test_real_headings_are_recognised_or_left_for_the_user():
    rows = [
        line.split("\t")[1].split(",")
        for line in HEADERS.read_text("utf-8").splitlines()
        if line.startswith("customers\t")
    ]
    recognised = total = 0
    for heading in rows:
        if len(heading) == 1:  # its file is not separated by commas
            continue
        made = make_plan(CUSTOMER, heading, {}, None)
        left = len(made.unmapped) + len(made.left_to_ledger) + (made.id_column is not None)
        assert len(made.columns) + left == len(heading)
        recognised += len(made.columns)
        total += len(heading)
    assert recognised >= 0.6 * total


def test_reason_columns_are_passed_over():
    made = plan([REASON_HEADINGS[1], "name", REASON_HEADINGS[0]])
    assert ([column.index for column in made.columns], made.unmapped, made.reasons) == ([1], (), {0, 2})


def test_a_heading_may_hold_an_equals_sign():
    assert parse_maps(["a=b=name"]) == {"a=b": "name"}
    assert plan(["a=b"], ["a=b=name"]).columns[0].field.key == "name"


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("会员卡号＝客户编号", {"会员卡号": "客户编号"}),
        ("会员卡号 ＝", {"会员卡号": ""}),
        ("甲＝乙=name", {"甲＝乙": "name"}),
        ("a=b＝name", {"a=b": "name"}),
    ],
)
def test_a_full_width_equals_sign_maps_as_well(text, parsed):
    assert parse_maps([text]) == parsed


def test_a_column_mapped_by_hand_is_free_of_what_its_heading_says():
    made = plan(["Name", "Company"], ["Name=contact_name"])
    assert [column.field.key for column in made.columns] == ["contact_name", "name"]


def test_two_columns_mapped_by_hand_to_one_field_are_an_error():
    with pytest.raises(DataError, match="are both"):
        plan(["a", "b"], ["a=name", "b=客户名称"])


def test_an_id_column_beside_another_key_is_left_to_the_ledger():
    made = plan(["id", "code", "name"], key="code")
    assert (made.id_column, made.left_to_ledger) == (None, ("id",))


@given(st.lists(st.text(max_size=6), max_size=6), st.lists(st.text(max_size=6), max_size=3))
def test_no_heading_and_no_map_brings_anything_but_our_own_errors(heading, maps):
    try:
        made = plan(heading, maps)
    except CustledgerError:
        return
    assert len({column.field.key for column in made.columns}) == len(made.columns)
