"""What it means that a text occurs, and that the index's terms never miss what the definition finds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custledger.search import Wanted, matches, terms, terms_of_many

TEXTS = (
    "老张伟业",
    "+86 138-0013-8000",
    "zhang.wei@example.com",
    "P07-0012",
    "Straße İstanbul",
    "１２３４５６",
    "สวัสดี",
)


@pytest.mark.parametrize(
    "query",
    [
        "张伟",
        "张",
        "业",
        "老张伟业",
        "8000",
        "0138",
        "138-0013",
        "13800138000",
        "86",
        "86138",
        "wei",
        "ZHANG",
        "example.com",
        "zhang.wei@example.com",
        "p07",
        "P07-0012",
        "0012",
        "strasse",
        "STRASSE",
        "3456",
        "１２",
        "สวัส",
        "张伟 8000 wei",
    ],
)
def test_occurs(query: str) -> None:
    assert matches(query, TEXTS)


@pytest.mark.parametrize(
    "query",
    [
        "张业",
        "伟张",
        "张伟明",
        "8002",
        "03",
        "hang",
        "xample",
        "",
        "  ",
        "！？",
        "😀",
        "张伟 nobody",
        "808",
        "_",
        "65432",
    ],
)
def test_does_not_occur(query: str) -> None:
    assert not matches(query, TEXTS)


def test_a_number_does_not_run_on_from_one_text_into_the_next() -> None:
    assert matches("1234", ["12 34"])
    assert not matches("1234", ["12", "34"])


def test_empty_texts_are_passed_over() -> None:
    assert matches("张", [None, "", "张"])
    assert not matches("张", [])
    assert terms([None, ""]).split() == []


def test_a_typed_number_loses_its_punctuation_only_where_it_stands_by_itself() -> None:
    assert Wanted.of("138-0013").numbers == ("1380013",)
    assert Wanted.of("电话138-0013").numbers == ("1380013",)
    assert Wanted.of("a138-0013").numbers == ("0013",)


_ALPHABET = st.sampled_from("张伟业a张b12３٣0 -.()/·_@é É İßſKñ가กา、。，！\t\n\x1e\x1f😀𠮷ー゛") | st.characters(
    codec="utf-8"
)
_TEXT = st.text(_ALPHABET, max_size=14).map(lambda text: text.replace("\0", ""))


def indexed(words: str) -> set[str]:
    """Return the tokens of ``words`` as an ASCII tokeniser takes them apart."""
    return set("".join(c if not c.isascii() or c.isalnum() else " " for c in words).split())


def found(wanted: Wanted, tokens: set[str]) -> bool:
    """Return whether an index with these tokens finds what is wanted."""
    return bool(wanted.terms) and all(
        any(token.startswith(term[:-1]) for token in tokens) if term.endswith("*") else term in tokens
        for term in wanted.terms
    )


@given(st.lists(_TEXT, max_size=3), _TEXT)
def test_an_index_finds_whatever_occurs_and_nothing_else_where_it_says_so(texts: list[str], query: str) -> None:
    wanted = Wanted.of(query)
    tokens = indexed(terms(texts))
    if wanted.occurs_in(texts):
        assert found(wanted, tokens)
    elif wanted.exact:
        assert not found(wanted, tokens)


@given(st.lists(_TEXT, min_size=1, max_size=3), st.data())
def test_a_part_of_a_text_is_found_by_the_index(texts: list[str], data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(texts))
    start = data.draw(st.integers(0, len(text)))
    wanted = Wanted.of(text[start : start + 3])
    if wanted.occurs_in(texts):
        assert found(wanted, indexed(terms(texts)))


@given(st.lists(st.lists(_TEXT, max_size=3), max_size=6))
def test_many_records_have_the_terms_that_each_has(records: list[list[str]]) -> None:
    together = terms_of_many(["\0".join(filter(None, texts)) for texts in records])
    each = [terms(texts) for texts in records]
    assert len(together) == len(each)
    for made, alone in zip(together, each, strict=True):
        # The first character of a run may stand by itself too, which finds nothing that is not there.
        assert indexed(alone) <= indexed(made)
        assert all(len(token) == 1 for token in indexed(made) - indexed(alone))
