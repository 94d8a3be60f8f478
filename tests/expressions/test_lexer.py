import pytest

from custledger.errors import QueryError
from custledger.expressions.lexer import tokens


def cut(text: str) -> list[tuple[str, str]]:
    return [(token.sort, token.text) for token in tokens(text)[:-1]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("city=上海", [("word", "city"), ("symbol", "="), ("word", "上海")]),
        ("a ＞＝ 3", [("word", "a"), ("symbol", ">="), ("word", "3")]),
        (
            "a≥3 b≤4 c≠5",
            [
                ("word", "a"),
                ("symbol", ">="),
                ("word", "3"),
                ("word", "b"),
                ("symbol", "<="),
                ("word", "4"),
                ("word", "c"),
                ("symbol", "!="),
                ("word", "5"),
            ],
        ),
        ("a！＝b", [("word", "a"), ("symbol", "!="), ("word", "b")]),
        ("a<>b", [("word", "a"), ("symbol", "<>"), ("word", "b")]),
        (
            "在（北京，上海、天津）",
            [
                ("word", "在"),
                ("open", "("),
                ("word", "北京"),
                ("comma", ","),
                ("word", "上海"),
                ("comma", ","),
                ("word", "天津"),
                ("close", ")"),
            ],
        ),
        ("[Amount (CNY)] ＝【电话】", [("field", "Amount (CNY)"), ("symbol", "="), ("field", "电话")]),
        ("O'Brien Yahoo! 5\"", [("word", "O'Brien"), ("word", "Yahoo!"), ("word", '5"')]),
        ("2026-11-22 +86-1", [("word", "2026-11-22"), ("word", "+86-1")]),
        ("a\u3000b", [("word", "a"), ("word", "b")]),
        ("", []),
    ],
)
def test_words_and_signs(text: str, expected: list[tuple[str, str]]) -> None:
    assert cut(text) == expected


@pytest.mark.parametrize("text", ["'a b'", '"a b"', "“a b”", "‘a b’", "「a b」", "『a b』", "＂a b＂"])
def test_every_pair_of_quotation_marks(text: str) -> None:
    assert cut(text) == [("quoted", "a b")]


def test_a_doubled_mark_stands_for_itself() -> None:
    assert cut("'it''s'") == [("quoted", "it's")]
    assert cut('""""') == [("quoted", '"')]
    assert cut("''") == [("quoted", "")]


def test_places_count_from_the_start_of_the_text() -> None:
    assert [(token.start, token.end) for token in tokens("  a ＝ “b c”")] == [(2, 3), (4, 5), (6, 11), (11, 11)]


@pytest.mark.parametrize(("text", "position"), [("a = “b", 4), ("a = 'b''", 4), ("x [b", 2), ("a = ]", 4)])
def test_what_is_never_closed_is_an_error_at_its_place(text: str, position: int) -> None:
    with pytest.raises(QueryError) as caught:
        tokens(text)
    assert caught.value.position == position
    assert caught.value.hint
