"""Values of every kind: what is read, what is shown, and that what is shown is read back."""

import contextlib
import enum
import json
import math
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from custledger import ids, values
from custledger.conventions import Conventions
from custledger.errors import InvalidValueError
from custledger.fields import Choice, Kind, Labels, Spec, choices
from custledger.records import Customer
from custledger.values.damage import is_damaged

LARGEST = 2**63 - 1
NAUGHTY = Path(__file__).parents[1] / "../shared/data/blns/blns.json"
LEVELS = choices("A|Key|重点|red", "B|Ordinary, usual|普通、一般", "new|A|B", "gone|| 空格 ", "三|Three|三")
CONVENTIONS = [
    Conventions(language=language, zone_name=zone, currency=currency)
    for language, zone, currency in (
        ("en", "UTC", "CNY"),
        ("zh", "Asia/Shanghai", "CNY"),
        ("en", "America/New_York", "USD"),
        ("zh", "Australia/Lord_Howe", "EUR"),
    )
]
MOMENTS = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59), timezones=st.just(UTC))


def spec(kind: Kind, **more: Any) -> Spec:
    return Spec(kind=kind, labels=Labels("Field", "字段"), **more)


def utc_plain(moment: datetime) -> str:
    return f"{moment.year:04d}-{moment:%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def read(kind: Kind, value: Any, conventions: Conventions = CONVENTIONS[0], **more: Any) -> Any:
    return values.parser(spec(kind, **more), conventions)(value)


TEXT = st.text(min_size=1).filter(
    lambda text: text.strip() and "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)
)
TAG = TEXT.map(str.strip).filter(lambda tag: tag and not any(separator in tag for separator in ";；、,，\n"))
PLAIN: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.TEXT: TEXT,
    Kind.INTEGER: st.integers(-LARGEST - 1, LARGEST),
    Kind.NUMBER: st.integers(-LARGEST - 1, LARGEST),
    Kind.MONEY: st.integers(-LARGEST - 1, LARGEST),
    Kind.DATE: st.dates().map(date.isoformat),
    Kind.TIME: MOMENTS.map(utc_plain),
    Kind.YES_NO: st.sampled_from([0, 1]),
    Kind.CHOICE: st.sampled_from([choice.code for choice in LEVELS]),
    Kind.CHOICES: st.sets(st.sampled_from([choice.code for choice in LEVELS]), min_size=1).map(
        lambda codes: tuple(sorted(codes))
    ),
    Kind.PHONE: st.builds("{}{}".format, TEXT, st.integers(100, 999)).filter(lambda phone: not is_damaged(phone)),
    Kind.EMAIL: st.sampled_from(["ada@example.com", "Ada.Lovelace+x@Example.ORG", "用户@例子.公司"]),
    Kind.TAGS: st.lists(TAG, min_size=1, unique_by=values.fold).map(lambda tags: tuple(sorted(tags))),
}


@pytest.mark.parametrize("conventions", CONVENTIONS, ids=lambda one: f"{one.language} {one.zone_name}")
@pytest.mark.parametrize("kind", PLAIN)
@given(data=st.data())
def test_what_is_shown_is_read_back(kind: Kind, conventions: Conventions, data: st.DataObject) -> None:
    value = data.draw(PLAIN[kind])
    described = spec(kind, choices=LEVELS)
    shown = values.formatter(described, conventions)(value)
    assert values.parser(described, conventions)(shown) == value


@pytest.mark.parametrize("kind", PLAIN)
@given(data=st.data())
def test_the_python_form_is_read_back(kind: Kind, data: st.DataObject) -> None:
    value = data.draw(PLAIN[kind])
    described = spec(kind, choices=LEVELS)
    assert values.parser(described, CONVENTIONS[1])(values.to_python(described)(value)) == value


@pytest.mark.parametrize("kind", list(Kind))
def test_empty_is_one_thing_in_every_kind(kind: Kind) -> None:
    described = spec(kind, choices=LEVELS)
    parse = values.parser(described, CONVENTIONS[0])
    assert {parse(each) for each in (None, "", " ", "\u3000\t\n", "\xa0")} == {None}
    assert values.formatter(described, CONVENTIONS[0])(None) == ""
    if kind is not Kind.TEXT:
        assert parse("  \t　") is None


class NAType:
    """As pandas' NA is: it has no truth, and neither has what it is compared to."""

    def __ne__(self, other: object) -> Any:
        return self

    def __bool__(self) -> bool:
        raise TypeError("boolean value of NA is ambiguous")


class NaTType(datetime):
    """As pandas' NaT is: a datetime that differs from itself."""

    def __ne__(self, other: object) -> bool:
        return True

    def date(self) -> Any:
        raise ValueError("NaTType does not support date")


MISSING = {
    "nan": math.nan,
    "Decimal": Decimal("NaN"),
    "signal": Decimal("sNaN"),
    "NA": NAType(),
    "NaT": NaTType(1970, 1, 1, tzinfo=UTC),
}


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("missing", MISSING)
def test_what_a_table_has_for_nothing_is_empty(kind: Kind, missing: str) -> None:
    assert read(kind, MISSING[missing], choices=LEVELS) is None
    assert read(kind, MISSING[missing], choices=LEVELS, target="customer") is None
    assert values.marked_money(MISSING[missing], "CNY") == (None, ())
    assert read(Kind.TAGS, [MISSING[missing], None, "a"]) == ("a",)


class Colour(enum.StrEnum):
    RED = "red"


class Size(str, enum.Enum):  # noqa: UP042 - its str is not its value, as in programs written before StrEnum
    LARGE = "large"


class Whole:
    """As the whole numbers of NumPy are."""

    def __index__(self) -> int:
        return 7


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "5"),
        (-(2**70), str(-(2**70))),
        (Decimal("1.50"), "1.50"),
        (Decimal("1E+3"), "1000"),
        (Colour.RED, "red"),
        (Size.LARGE, "large"),
        (Whole(), "7"),
    ],
)
def test_a_text_is_also_had_of_a_whole_number_a_decimal_and_a_member_of_an_enumeration(value: Any, text: str) -> None:
    found = read(Kind.TEXT, value)
    assert (type(found), found) == (str, text)
    assert read(Kind.TAGS, [value]) == (text,)


NO_TEXTS: list[Any] = [
    {"a": 1}, b"abc", bytearray(b"abc"), ["a"], ("a",), {"a"}, object(), 1.0, math.inf, True, date(2026, 1, 1), Kind,
    Decimal("Infinity"), Customer(name="Ada"),
]  # fmt: skip


@pytest.mark.parametrize("value", NO_TEXTS, ids=lambda value: type(value).__name__)
def test_what_is_no_text_is_refused_and_not_written_as_python_shows_it(value: Any) -> None:
    for given_, kind in ((value, Kind.TEXT), (value, Kind.PHONE), ([value], Kind.TAGS)):
        with pytest.raises(InvalidValueError, match="is not a text"):
            read(kind, given_)
    with pytest.raises(InvalidValueError):
        read(Kind.EMAIL, value)


@pytest.mark.parametrize(
    "value",
    [{"a": 1}, b"abc", bytearray(b"abc"), memoryview(b"abc"), 5, object()],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("kind", [Kind.TAGS, Kind.CHOICES])
def test_what_is_no_list_is_refused(kind: Kind, value: Any) -> None:
    with pytest.raises(InvalidValueError, match="is not a list"):
        read(kind, value, choices=LEVELS)


@pytest.mark.parametrize("kind", list(Kind))
@given(value=st.text(max_size=40) | st.text("0123456789-/:.,+年月日TZ eE¥$%()，．", max_size=24))
@example("9" * 5000)
@example("9999-12-31T23:59:59.999-12:00")
@example("0001-01-01 00:00+14:00")
@example("99999年1月1日")
@example("２０２６－１１－２２")
@example("\ud800")
@example("a\0b")
def test_any_text_is_read_or_refused_in_a_sentence(kind: Kind, value: str) -> None:
    parse = values.parser(spec(kind, choices=LEVELS), CONVENTIONS[2])
    try:
        plain = parse(value)
    except InvalidValueError as error:
        assert error.why  # noqa: PT017 - both ways are right
    else:
        assert (
            plain is None
            or kind in {Kind.ID, Kind.REFERENCE}
            or plain == parse(values.formatter(spec(kind, choices=LEVELS), CONVENTIONS[2])(plain))
        )


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("12.5", 125_000),
        ("-0.0005", -5),
        ("+3", 30_000),
        (".5", 5_000),
        ("7.", 70_000),
        ("1,234,567.89", 12_345_678_900),
        ("１２．５", 125_000),
        (" 12 ", 120_000),
        ("0.10000000000", 1_000),
        ("-0", 0),
        ("0001", 10_000),
        (Decimal("1E+3"), 10_000_000),
        (Decimal("0.1"), 1_000),
        (5, 50_000),
        ("922337203685477.5807", LARGEST),
        ("-922337203685477.5808", -LARGEST - 1),
    ],
)
def test_a_number_is_exact(text: Any, plain: int) -> None:
    assert read(Kind.NUMBER, text) == plain
    assert read(Kind.MONEY, text) == plain


@pytest.mark.parametrize(
    "text",
    [
        "twelve",
        "1e5",
        "1.1E+17",
        "0.00001",
        "1,23",
        "1 2",
        "--1",
        ".",
        "NaN",
        "inf",
        Decimal("Infinity"),
        0.5,
        "922337203685477.5808",
        "½",
        "10%",
    ],
)
def test_what_is_no_exact_number_is_refused(text: Any) -> None:
    for kind in (Kind.NUMBER, Kind.MONEY):
        with pytest.raises(InvalidValueError):
            read(kind, text)


def test_digits_that_a_spreadsheet_damaged_are_explained() -> None:
    with pytest.raises(InvalidValueError) as caught:
        read(Kind.NUMBER, "1.1E+17")
    assert "lose digits" in caught.value.hint


@pytest.mark.parametrize("value", ["twelve", "1.1E", "E+17", "eleven E+17", True, ("1", "e5"), None.__class__])
def test_what_only_has_an_e_in_it_was_damaged_by_nobody(value: Any) -> None:
    for kind in (Kind.INTEGER, Kind.NUMBER, Kind.MONEY):
        if value is not True or kind is not Kind.INTEGER:
            with pytest.raises(InvalidValueError) as caught:
                read(kind, value)
            assert not caught.value.hint


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("12", 12),
        ("-7", -7),
        ("1,000", 1000),
        ("3.000", 3),
        (True, 1),
        (Decimal(4), 4),
        (str(LARGEST), LARGEST),
        (str(-LARGEST - 1), -LARGEST - 1),
        ("１２", 12),
    ],
)
def test_an_integer_uses_all_its_bits(text: Any, plain: int) -> None:
    assert read(Kind.INTEGER, text) == plain


@pytest.mark.parametrize("text", ["1.5", "x", str(LARGEST + 1), LARGEST + 1, 1.0, "1e3"])
def test_what_is_no_whole_number_is_refused(text: Any) -> None:
    with pytest.raises(InvalidValueError):
        read(Kind.INTEGER, text)


@pytest.mark.parametrize(
    ("text", "currency", "plain"),
    [
        ("¥12.50", "CNY", 125_000),
        ("￥ 1,200", "CNY", 12_000_000),
        ("12元", "CNY", 120_000),
        ("人民币12", "CNY", 120_000),
        ("RMB 12", "CNY", 120_000),
        ("CNY12", "CNY", 120_000),
        ("12 cny", "CNY", 120_000),
        ("$5", "USD", 50_000),
        ("US$5", "USD", 50_000),
        ("$5", "HKD", 50_000),
        ("HK$5", "HKD", 50_000),
        ("€5", "EUR", 50_000),
        ("5 €", "EUR", 50_000),
        ("£5", "GBP", 50_000),
        ("¥500", "JPY", 5_000_000),
        ("-5", "CNY", -50_000),
        ("CHF 5", "CHF", 50_000),
        ("¥-5", "CNY", -50_000),
    ],
)
def test_money_may_name_the_ledgers_currency(text: str, currency: str, plain: int) -> None:
    assert read(Kind.MONEY, text, Conventions(currency=currency)) == plain


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("$5", "CNY"),
        ("$5", "EUR"),
        ("¥5", "USD"),
        ("US$5", "HKD"),
        ("€5", "CNY"),
        ("12元", "USD"),
        ("5 USD", "CNY"),
        ("EUR5", "CNY"),
    ],
)
def test_money_in_another_currency_is_never_taken_for_the_ledgers(text: str, currency: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        read(Kind.MONEY, text, Conventions(currency=currency))
    assert currency in caught.value.message
    assert caught.value.hint == f"Give the bare amount in {currency}; another currency needs a field that holds it."


@pytest.mark.parametrize("kind", [Kind.MONEY, Kind.NUMBER])
def test_a_float_is_refused_with_what_to_give_instead(kind: Kind) -> None:
    with pytest.raises(InvalidValueError, match=r"“12\.1” is a float, which is not exact") as caught:
        read(kind, 12.1)
    assert caught.value.hint == "Give a Decimal, a text or a whole number."


@pytest.mark.parametrize(
    ("written", "own", "code"),
    [
        ("usd", "CNY", "USD"),
        ("Euro", "CNY", "EUR"),
        ("美元", "CNY", "USD"),
        ("$", "CNY", "USD"),
        ("$", "AUD", "AUD"),
        ("￥", "CNY", "CNY"),
        ("¥", "JPY", "JPY"),
        (" 港币 ", "USD", "HKD"),
        ("RMB", "USD", "CNY"),
        ("HRK", "EUR", "HRK"),
    ],
)
def test_a_currency_is_kept_as_its_code_however_it_is_written(written: str, own: str, code: str) -> None:
    described = Spec(kind=Kind.TEXT, labels=Labels("Currency"), currency_of="amount")
    assert values.parser(described, Conventions(currency=own))(written) == code


@pytest.mark.parametrize("written", ["EURO4", "US", "ABC", "5", "元元", "dollar sign"])
def test_what_is_no_currency_is_refused(written: str) -> None:
    described = Spec(kind=Kind.TEXT, labels=Labels("Currency"), currency_of="amount")
    with pytest.raises(InvalidValueError, match="is not a currency"):
        values.parser(described, Conventions())(written)


@pytest.mark.parametrize(
    ("text", "plain", "first"),
    [("5", 50_000, None), ("$5 USD", 50_000, "USD"), ("5 HK$", 50_000, "HKD"), ("¥5", 50_000, "CNY"), ("", None, None)],
)
def test_an_amount_is_read_with_the_currency_it_is_marked_with(text: str, plain: Any, first: str | None) -> None:
    amount, marks = values.marked_money(text, "CNY")
    assert (amount, next(iter(marks), None)) == (plain, first)


def test_an_amount_marked_with_two_currencies_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="two currencies"):
        values.marked_money("€5 USD", "CNY")


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22",
        "2026/11/22",
        "2026.11.22",
        "20261122",
        "2026年11月22日",
        "2026年11月22",
        "２０２６－１１－２２",
        " 2026-11-22 ",
        "2026-11-22 00:00:00",
        "2026-11-22T00:00",
        "2026-11-22 00:00:00.000",
        date(2026, 11, 22),
        datetime(2026, 11, 22, 15, 30),
    ],
)
def test_a_date_is_read_as_people_write_it(text: Any) -> None:
    assert read(Kind.DATE, text) == "2026-11-22"


def test_a_moment_is_on_the_day_that_it_is_in_the_ledgers_zone() -> None:
    late = datetime(2026, 11, 22, 23, tzinfo=UTC)
    shown = [read(Kind.DATE, late, conventions) for conventions in CONVENTIONS]
    assert shown == ["2026-11-22", "2026-11-23", "2026-11-22", "2026-11-23"]
    with pytest.raises(InvalidValueError, match="beyond the years"):
        read(Kind.DATE, datetime.max.replace(tzinfo=UTC), CONVENTIONS[1])


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30",
        "22.11.2026",
        "11/22/2026",
        "2026-11",
        "tomorrow",
        "2026-11/22",
        "2026-13-01",
        "0000-01-01",
        "2026-11-22 10:30",
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError):
        read(Kind.DATE, text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("2026-11-22 10:30", "2026-11-22T02:30:00.000Z"),
        ("2026/11/22 9:05", "2026-11-22T01:05:00.000Z"),
        ("2026年11月22日 10:30:15", "2026-11-22T02:30:15.000Z"),
        ("2026-11-22T10:30:15.123456", "2026-11-22T02:30:15.123Z"),
        ("2026-11-22T10:30Z", "2026-11-22T10:30:00.000Z"),
        ("2026-11-22 10:30 +0100", "2026-11-22T09:30:00.000Z"),
        ("2026-11-22 10:30-05:00", "2026-11-22T15:30:00.000Z"),
        ("2026-11-22", "2026-11-21T16:00:00.000Z"),
        (date(2026, 11, 22), "2026-11-21T16:00:00.000Z"),
        (datetime(2026, 11, 22, 10, 30), "2026-11-22T02:30:00.000Z"),
        (datetime(2026, 11, 22, 10, 30, tzinfo=timezone(timedelta(hours=1))), "2026-11-22T09:30:00.000Z"),
    ],
)
def test_a_time_is_in_the_ledgers_zone_unless_it_says_otherwise(text: Any, plain: str) -> None:
    assert read(Kind.TIME, text, CONVENTIONS[1]) == plain


@pytest.mark.parametrize(
    "text",
    ["10:30", "2026-11-22 25:00", "2026-11-22 10:61", "soon", "0001-01-01", "2026-02-30 10:00", "2026-11-22 10:30 PM"],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError):
        read(Kind.TIME, text, CONVENTIONS[1])


def test_the_hour_that_comes_twice_is_shown_so_that_it_can_be_told_apart() -> None:
    show = values.formatter(spec(Kind.TIME), CONVENTIONS[2])
    first, second = "2026-11-01T05:30:00.000Z", "2026-11-01T06:30:00.000Z"
    assert show(first) == "2026-11-01 01:30"
    assert show(second) == "2026-11-01 06:30Z"
    assert [read(Kind.TIME, show(one), CONVENTIONS[2]) for one in (first, second)] == [first, second]


@pytest.mark.parametrize(
    ("plain", "shown"),
    [
        ("2026-11-22T02:30:00.000Z", "2026-11-22 10:30"),
        ("2026-11-22T02:30:05.000Z", "2026-11-22 10:30:05"),
        ("2026-11-22T02:30:00.001Z", "2026-11-22 10:30:00.001"),
        ("9999-12-31T23:00:00.000Z", "9999-12-31 23:00Z"),
        ("0950-01-01T00:00:00.000Z", "0950-01-01 08:05:43"),
    ],
)
def test_a_time_is_shown_no_longer_than_it_needs(plain: str, shown: str) -> None:
    assert values.formatter(spec(Kind.TIME), CONVENTIONS[1])(plain) == shown


@pytest.mark.parametrize("word", ["yes", "Y", "TRUE", "1", "是", "对", "有", "✓", " yes ", True, 1, "Ｙｅｓ"])
def test_yes_is_yes(word: Any) -> None:
    assert read(Kind.YES_NO, word) == 1


@pytest.mark.parametrize("word", ["no", "N", "false", "0", "否", "无", "×", False, 0])
def test_no_is_no(word: Any) -> None:
    assert read(Kind.YES_NO, word) == 0


@pytest.mark.parametrize("word", ["maybe", "2", "yesno", 2])
def test_what_is_neither_is_refused(word: Any) -> None:
    with pytest.raises(InvalidValueError):
        read(Kind.YES_NO, word)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("A", "A"),
        ("a", "A"),
        ("Ａ", "A"),
        ("key", "A"),
        ("重点", "A"),
        ("B", "B"),
        ("普通、一般", "B"),
        ("new", "new"),
        (" key ", "A"),
        ("空格", "gone"),
        ("THREE", "三"),
    ],
)
def test_a_choice_is_read_by_code_or_label_and_a_code_comes_first(text: str, code: str) -> None:
    assert read(Kind.CHOICE, text, choices=LEVELS) == code


def test_what_is_no_choice_is_refused_with_those_there_are() -> None:
    with pytest.raises(InvalidValueError) as caught:
        read(Kind.CHOICE, "Z", choices=LEVELS)
    assert "A, B, new" in caught.value.hint


def test_choices_are_shown_by_label_where_that_is_read_back() -> None:
    for language, shown in (("en", "Key; B; new"), ("zh", "重点; B; new")):
        assert (
            values.formatter(spec(Kind.CHOICES, choices=LEVELS), Conventions(language=language))(("A", "B", "new"))
            == shown
        )
    assert values.formatter(spec(Kind.CHOICE, choices=LEVELS), CONVENTIONS[0])("lapsed") == "lapsed"


@pytest.mark.parametrize(
    ("given_", "plain"),
    [
        ("vip; 老客户", ("vip", "老客户")),
        ("b,a、c；b", ("a", "b", "c")),
        (["b", "a", "a"], ("a", "b")),
        ({"x"}, ("x",)),
        (" ; ,", None),
        ([], None),
        (frozenset({" a "}), ("a",)),
        ("a，b\nc", ("a", "b", "c")),
        ("vip; VIP; ＶＩＰ", ("vip",)),
        ("ＶＩＰ, b, vip", ("b", "ＶＩＰ")),
        (["Straße", "STRASSE"], ("Straße",)),
        (frozenset({"vip", "VIP"}), ("VIP",)),
    ],
)
def test_tags_are_a_set(given_: Any, plain: Any) -> None:
    assert read(Kind.TAGS, given_) == plain


def test_a_tag_that_would_be_read_as_two_is_refused() -> None:
    with pytest.raises(InvalidValueError):
        read(Kind.TAGS, ["a;b"])


@pytest.mark.parametrize(
    "text",
    [
        "+86 138-0013-8000",
        "１３８",
        "ext. 12",
        "ext.5",
        "分机 8",
        "转8001",
        "8001",
        " 110 ",
        "6888 ext. 5 (Ann)",
        "1-1-0",
    ],
)
def test_a_phone_is_kept_as_it_was_written(text: str) -> None:
    assert read(Kind.PHONE, text) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("none", "has no digit in it"),
        ("ext. none", "has no digit in it"),
        ("hello5 world", "has fewer than 3 digits in it"),
        ("没有1", "has fewer than 3 digits in it"),
        ("next 1", "has fewer than 3 digits in it"),
        ("1 2", "has fewer than 3 digits in it"),
    ],
)
def test_a_text_with_fewer_digits_than_any_phone_has_is_refused(text: str, why: str) -> None:
    with pytest.raises(InvalidValueError, match=f"{why}, so it is not a phone number"):
        read(Kind.PHONE, text)


DAMAGED = ["1.38E+10", "1,38e+10", "13800000001.0", " +1E5 ", "１．３８Ｅ＋１０", "1.10101E+17"]


@pytest.mark.parametrize("text", DAMAGED)
def test_what_a_spreadsheet_makes_of_a_long_number_is_refused(text: str) -> None:
    for described in (spec(Kind.PHONE), spec(Kind.TEXT, long_number=True)):
        with pytest.raises(InvalidValueError, match="is how a spreadsheet writes a long number") as caught:
            values.parser(described, Conventions())(text)
        assert "as text in the spreadsheet" in caught.value.hint
    assert values.parser(spec(Kind.TEXT), Conventions())(text) == text


@pytest.mark.parametrize("text", ["13800000001", "555.0100", "01.23.45.67.00", "555.0000", "E5", "11010119900307001X"])
def test_a_long_number_with_points_and_letters_is_kept(text: str) -> None:
    assert values.parser(spec(Kind.TEXT, long_number=True), Conventions())(text) == text


def test_an_email_is_checked_and_kept() -> None:
    assert read(Kind.EMAIL, " Ada@Example.com ") == "Ada@Example.com"
    with pytest.raises(InvalidValueError):
        read(Kind.EMAIL, "ada at example")


@given(st.integers(0, ids.LARGEST))
def test_a_reference_is_read_from_an_id_or_a_public_id(number: int) -> None:
    public = ids.public("C", number)
    for value in (number, public, public.lower(), f" {public} ", ids.encode(number)):
        assert read(Kind.REFERENCE, value, target="customer") == number
        assert read(Kind.ID, value) == number
    for value in (public, public.lower(), f" {public} "):
        assert read(Kind.REFERENCE, value) == public


@pytest.mark.parametrize("value", [-1, 2**63, "C-12", "hello", "C-ZZZZZZZZZZZZZ"])
def test_what_is_no_id_is_refused(value: Any) -> None:
    for target in ("customer", None):
        with pytest.raises(InvalidValueError):
            read(Kind.REFERENCE, value, target=target)


@pytest.mark.parametrize(
    ("text", "why"), [("\ud800", "half of a character"), ("a\0b", "a NUL character"), ("é\0", "a NUL character")]
)
def test_text_that_no_store_can_hold_is_refused_and_told_why(text: str, why: str) -> None:
    for value, kind in ((text, Kind.TEXT), ([text], Kind.TAGS), (text + "110", Kind.PHONE)):
        with pytest.raises(InvalidValueError, match=f"holds {why}, which is not text"):
            read(kind, value)
    with pytest.raises(InvalidValueError):
        read(Kind.EMAIL, text)


@pytest.mark.skipif(not NAUGHTY.exists(), reason="the naughty strings are not beside the repository")
def test_naughty_strings_are_texts_like_any_other() -> None:
    strings = json.loads(NAUGHTY.read_text("utf-8"))
    assert len(strings) > 400
    for text in strings:
        assert read(Kind.TEXT, text) == (text if text.strip() else None)
        for kind in Kind:
            with contextlib.suppress(InvalidValueError):
                read(kind, text, choices=LEVELS)


def test_every_character_is_folded_as_unicode_says() -> None:
    for character in map(chr, range(0x80, 0x110000)):
        folded = unicodedata.normalize("NFKC", character).casefold()
        assert values.fold(character) == values.fold(f"王{character}x")[1:-1] == folded


@given(st.text())
def test_folding_twice_is_folding_once_for_what_compares_equal(text: str) -> None:
    wide = unicodedata.normalize("NFKC", text)
    assert values.fold(text) == values.fold(wide)
    assert text.isascii() is False or values.fold(text) == unicodedata.normalize("NFKC", text).casefold()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ＡＢＣ", "abc"),
        ("Straße", "STRASSE"),
        ("\u0130", "i\u0307"),
        ("\u212a", "K"),
        ("ﬁn", "FIN"),
        ("Ω", "\u2126"),
        ("ſ", "s"),
    ],
)
def test_texts_that_are_equal_to_people_are_equal(one: str, other: str) -> None:
    assert values.fold(one) == values.fold(other)


def test_a_phone_is_compared_without_its_punctuation() -> None:
    assert (
        len(
            {
                values.fold_phone(text)
                for text in ("138-0013 8000", "(138)00138000", "１３８．００１３·8000", "138\u00a00013/8000")
            }
        )
        == 1
    )
    assert values.folder(Kind.PHONE) is values.fold_phone
    assert values.folder(Kind.TEXT) is values.fold


@given(MOMENTS)
def test_a_shown_time_is_what_the_zones_clock_says(moment: datetime) -> None:
    assume(moment.year > 1)
    shown = values.formatter(spec(Kind.TIME), CONVENTIONS[2])(utc_plain(moment))
    local = moment.astimezone(ZoneInfo("America/New_York"))
    assert local.fold or shown.startswith(f"{local.year:04d}-{local:%m-%d %H:%M}")


@pytest.mark.parametrize(
    ("kind", "plain", "printed"),
    [
        (Kind.MONEY, 125_000, "12.5"),
        (Kind.YES_NO, 1, True),
        (Kind.TAGS, ("a", "b"), ["a", "b"]),
        (Kind.DATE, "2026-11-22", "2026-11-22"),
        (Kind.INTEGER, 5, 5),
        (Kind.NUMBER, -1, "-0.0001"),
        (Kind.CHOICE, "A", "A"),
    ],
)
def test_the_json_form_is_the_documented_one(kind: Kind, plain: Any, printed: Any) -> None:
    found = values.to_json(spec(kind))(plain)
    assert (type(found), found) == (type(printed), printed)


def test_a_choice_without_a_label_is_shown_by_its_code() -> None:
    described = spec(Kind.CHOICE, choices=(Choice("x", Labels("")),))
    assert values.formatter(described, CONVENTIONS[0])("x") == "x"
