"""The fast path for e-mail addresses says exactly what the library says."""

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given, settings
from hypothesis import strategies as st

from custledger.email_address import COMMON, check_email
from custledger.errors import InvalidValueError

WORDS = st.text("abzABZ019_", min_size=1, max_size=12)
LABELS = st.text("abzABZ019-", min_size=1, max_size=12)
ENDINGS = st.sampled_from(
    ["com", "CN", "test", "Local", "localhost", "invalid", "onion", "arpa", "museum", "c0m", "x", "xn--p1ai"]
)
NEARLY = st.builds(
    lambda local, labels, ending: f"{''.join(local)}@{'.'.join([*labels, ending])}",
    st.lists(WORDS | st.sampled_from([".", "+", "-", "..", "'", "é", " "]), min_size=0, max_size=5),
    st.lists(LABELS | st.just("a" * 63) | st.just("a" * 64) | st.just("xn--a") | st.just(""), max_size=4),
    ENDINGS,
)
ADDRESSES = NEARLY | st.from_regex(COMMON) | st.emails() | st.text(max_size=30)


def library_accepts(text: str) -> bool:
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


@given(ADDRESSES)
@example("a" * 64 + "@" + "b" * 31 + ".com")
@example("a" * 65 + "@b.com")
@example("a@" + "b" * 30 + "." + ("c" * 30 + ".") * 5 + "com")
@example("a@" + ("c" * 30 + ".") * 9 + "com")
@example("a@b.com\n")
@example("１@b.com")
@settings(max_examples=150)
def test_whatever_is_accepted_the_library_accepts_and_the_other_way_round(text: str) -> None:
    if COMMON.match(text):
        assert library_accepts(text)
    try:
        accepted = check_email(text) == text
    except InvalidValueError:
        accepted = False
    assert accepted == library_accepts(text)


@pytest.mark.parametrize(
    "text", ["ada@example.com", "Zhang.Wei+crm@mail.example.co", "a_b-c.d@x1.example.cn", "1@2.org"]
)
def test_common_shapes_take_the_fast_path(text: str) -> None:
    assert COMMON.match(text)


@pytest.mark.parametrize(
    "text", ["ada", "ada@", "@example.com", "a b@example.com", "ada@example", "ada@@example.com", "a..b@example.com"]
)
def test_what_is_no_address_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        check_email(text)
    assert caught.value.hint
