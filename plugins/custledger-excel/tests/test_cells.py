"""Cells and texts: what each kind of cell says, and that every text comes back."""

from datetime import date, datetime, time, timedelta

import pytest
from custledger_excel.cells import LONGEST, fault, marked, may_have_lost_digits, text_of, unmarked
from custledger_excel.columns import serial
from hypothesis import example, given
from hypothesis import strategies as st

from custledger.spreadsheets import is_live

TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.text(alphabet="'=+-@%|＝＋－＠﹢ \t\r\n\0\"5.,;\ufeff\u200b\x01a张()", max_size=8),
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("", ""),
        (None, ""),
        ("00123", "00123"),
        (1.0, "1"),
        (-0.0, "0"),
        (12.5, "12.5"),
        (0.1 + 0.2, "0.3"),
        (19.9 * 3, "59.7"),
        (13800000001.0, "13800000001"),
        (123456789012345678.0, "123456789012345680"),
        (110101199001011000.0, "110101199001011000"),
        (1.5e-7, "0.00000015"),
        (1e300, "1E+300"),
        (7, "7"),
        (True, "TRUE"),
        (False, "FALSE"),
        (date(1900, 2, 28), "1900-02-28"),
        (datetime(2026, 11, 22), "2026-11-22"),
        (datetime(2026, 11, 22, 14, 30), "2026-11-22T14:30:00"),
        (datetime(2026, 11, 22, 14, 30, 0, 250_000), "2026-11-22T14:30:00.250"),
        (time(9, 5), "09:05:00"),
        (timedelta(hours=27, minutes=30), "27:30:00"),
        (timedelta(minutes=-90), "-01:30:00"),
    ],
)
def test_a_cell_says_as_text_what_it_is(value, text):
    assert text_of(value) == text


def test_long_numbers_are_known_for_what_may_be_lost():
    assert may_have_lost_digits(1e15)
    assert not may_have_lost_digits(999_999_999_999_999.0)
    assert not may_have_lost_digits(True)
    assert not may_have_lost_digits("123456789012345678")


@given(TEXTS)
@example("'=1")
@example("'+86 139")
@example("''+86 139")
def test_marking_is_undone_exactly_and_what_is_not_marked_is_a_phone_or_harmless(text):
    shown = marked(text)
    assert unmarked(shown) == text
    assert (
        not is_live(shown) or shown[0] == "'" or set(shown) <= set("+0123456789 ()/.-") or not set(shown) & set("=(|!")
    )


@pytest.mark.parametrize(
    "text",
    ["+86 139 0000 0000", "+1 (415) 555-0100", "-5", "张三", "O'Neil", "@shop", "- 喜欢瑜伽", "-5% off", "+1 friend"],
)
def test_phones_and_harmless_texts_are_not_marked(text):
    assert marked(text) == text


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+1+cmd|' /C calc'!A0", "-A!B1", "\t=1", "＝1"])
def test_what_a_spreadsheet_may_run_is_marked(text):
    assert marked(text) == "'" + text


def test_what_no_workbook_holds_is_told():
    assert "U+FFFE" in fault("a\ufffe")
    assert "U+D800" in fault("\ud800")
    assert "32,768 characters" in fault("x" * (LONGEST + 1))
    assert "holds 32,767" in fault("\U0001f600" * (LONGEST // 2 + 1))
    assert not fault("x" * LONGEST + "")
    assert not fault("\x01\x0b\r\n")


@pytest.mark.parametrize(
    ("day", "number"), [(date(1900, 3, 1), 61), (date(2026, 11, 22), 46348), (date(9999, 12, 31), 2958465)]
)
def test_days_have_the_numbers_that_excel_gives_them(day, number):
    assert serial(day) == number
