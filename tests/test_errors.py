"""Errors: one line each, a stable code, an exit code, and what to do."""

import inspect
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custledger import errors
from custledger.errors import (
    AmbiguousError,
    ConflictError,
    CustledgerError,
    DuplicateError,
    FieldConflict,
    FileFormatError,
    InvalidValueError,
    NotFoundError,
    PluginError,
    QueryError,
    ReferencedError,
    masked,
    shorten,
    without_long_words,
)

ALL = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, CustledgerError)]
ANYTHING = st.text(max_size=200) | st.none() | st.integers() | st.binary(max_size=20)
MAKERS: dict[str, Any] = {
    "invalid value": lambda value, text: InvalidValueError(value, "is not a date", field=text, hint=text),
    "not found": lambda value, text: NotFoundError(text, value, suggestions=[text]),
    "ambiguous": lambda value, text: AmbiguousError(text, value, {f"{text}{place}": text for place in range(7)}),
    "duplicate": lambda value, text: DuplicateError(text, text, value, text),
    "referenced": lambda _, text: ReferencedError(text, {text: 3}),
    "query": lambda _, text: QueryError("This is not a name", text, 3),
    "file format": lambda value, text: FileFormatError(value, text, row=3, column=text),
    "conflict": lambda value, text: ConflictError(text, [FieldConflict(text, value, value, value)]),
    "plugin": lambda _, text: PluginError(text, text, ValueError(text)),
}


def test_one_referrer_refers_and_several_refer() -> None:
    one, several = ReferencedError("C-1", {"contract": 1}), ReferencedError("C-1", {"contract": 1, "visits": 2})
    assert one.message == "C-1 cannot be removed: 1 contract still refers to it."
    assert several.message == "C-1 cannot be removed: 1 contract, 2 visits still refer to it."


@pytest.mark.parametrize("named", MAKERS)
@given(value=ANYTHING, text=st.text(max_size=100))
def test_a_message_is_one_line_whatever_it_is_about(named: str, value: object, text: str) -> None:
    error = MAKERS[named](value, text)
    assert str(error) == error.message
    assert error.message.isprintable()
    assert error.hint.isprintable()


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = re.findall(r"[├└]── (\w+)", errors.__doc__ or "")
    assert sorted(drawn) == sorted(kind.__name__ for kind in ALL if kind is not CustledgerError)


def test_exit_codes_are_those_that_are_documented() -> None:
    named = {name: int(code) for name, code in re.findall(r"── (\w+Error) .*\(exit (\d)\)", errors.__doc__ or "")}
    assert named["UsageError"] == 2
    assert {kind.__name__: kind.exit_code for kind in ALL if kind.__name__ in named} == named
    assert all(kind.exit_code == 3 for kind in ALL if issubclass(kind, errors.DataError))


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [kind.code for kind in ALL if "code" in vars(kind)]
    assert len(codes) == len(ALL)
    assert len(set(codes)) == len(codes)


def test_a_field_can_be_named_later() -> None:
    error = InvalidValueError("x", "is not a date", hint="Write it so.").in_field("Birthday")
    assert (error.message, error.field, error.hint) == ("Birthday: “x” is not a date", "Birthday", "Write it so.")


@pytest.mark.parametrize(
    ("needs", "field", "told"),
    [
        ("a customer needs one", "Name", "A customer needs a name"),
        ("an interaction needs one", "Address", "An interaction needs an address"),
        ("a customer needs one", "ID number", "A customer needs an ID number"),
        ("a customer needs one", "客户名称", "A customer needs a 客户名称"),
        ("a customer needs one", "Notes", "A customer needs a value for Notes"),
        ("a customer needs one", "Status", "A customer needs a status"),
        ("a customer needs a value", "Tags", "A customer needs a value for Tags"),
        ("a customer needs a value", "Wants mail", "A customer needs a value for Wants mail"),
        ("a follow-up needs a date", "Due", "A follow-up needs a due date"),
        ("a follow-up needs a date", "到期日", "A follow-up needs a 到期日"),
        ("a customer needs a date", "Birthday", "A customer needs a birthday"),
        ("a contract needs a date", "Date signed", "A contract needs a date signed"),
        ("an interaction needs a time", "Start", "An interaction needs a start time"),
    ],
)
def test_what_is_missing_is_asked_for(needs: str, field: str, told: str) -> None:
    assert InvalidValueError(None, f"is not enough: {needs}", field=field).message == told


def test_what_was_meant_is_suggested() -> None:
    assert NotFoundError("field", "nmae", suggestions=("name", "notes")).hint == "Did you mean name or notes?"
    assert NotFoundError("field", "nmae", suggestions=("name",), hint="Look it up.").hint == "Look it up."


def test_of_a_very_long_word_only_its_beginning_is_repeated() -> None:
    assert without_long_words(f"no {'(' * 5000} here") == f"no {'(' * 200}… here"
    assert without_long_words("x" * 200) == "x" * 200


def test_a_conflict_says_base_mine_and_theirs() -> None:
    error = ConflictError("C-1", [FieldConflict("age", 1, 2, None)])
    assert "age was “1”, you set “2”, somebody else set (empty)" in error.message


@given(st.text(max_size=300))
def test_a_shortened_value_is_short(text: str) -> None:
    assert len(shorten(text)) <= 62
    assert shorten(text).isprintable()


@pytest.mark.parametrize(
    "url",
    [
        "postgres://u:secret@h/db",
        "postgres://u:sec/secret@h/db",
        "postgres:/u:secret@h/db",
        "https://secret@h/db",
        "postgres://h/db?user=u&password=secret",
        "postgres://u:secret@" + "h" * 80,
        "postgres://u:" + "secret" * 20 + "@h",
    ],
)
@pytest.mark.parametrize("named", MAKERS)
def test_no_message_prints_the_password_of_a_url(named: str, url: str) -> None:
    for value, text in ((url, "x"), ("x", url), (url, f"see {url}, please")):
        error = MAKERS[named](value, text)
        assert "secret" not in error.message + error.hint


@pytest.mark.parametrize("text", ["a@b.example", "C:/a@b.txt", "http://h/x", "sqlite:a@b.db", "12:30 a@b"])
def test_what_has_no_password_is_shown_as_it_is(text: str) -> None:
    assert masked(text) == text


def test_what_cannot_be_printed_is_told_by_its_code() -> None:
    error = CustledgerError("The columns are: na\x1bme\x00, a\u200bb,\t上海\u3000x\n.", hint="\x7f")
    assert error.message == "The columns are: na\\x1bme\\x00, a\\u200bb, 上海 x ."
    assert error.hint == "\\x7f"
