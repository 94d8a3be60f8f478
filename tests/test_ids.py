"""Ids: base32 and back, endings, and minting."""

import random
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custledger import ids
from custledger.errors import InvalidValueError

NUMBERS = st.integers(0, ids.LARGEST)


@given(NUMBERS)
def test_an_id_is_read_back_from_its_letters_in_either_case(number: int) -> None:
    letters = ids.encode(number)
    assert len(letters) == ids.LENGTH
    assert ids.decode(letters) == ids.decode(letters.lower()) == number


@given(NUMBERS, NUMBERS)
def test_letters_sort_as_the_numbers_do(one: int, other: int) -> None:
    assert (ids.encode(one) < ids.encode(other)) == (one < other)


@given(NUMBERS)
def test_a_public_id_is_taken_apart_again(number: int) -> None:
    prefix, letters = ids.split_public(ids.public("C", number))
    assert (prefix, ids.decode(letters)) == ("C", number)


@given(NUMBERS, st.integers(1, 12))
def test_an_ending_is_the_number_modulo_a_power_of_32(number: int, length: int) -> None:
    assert ids.decode(ids.encode(number)[-length:]) == number % 32**length


def test_letters_that_look_like_digits_are_read_as_them() -> None:
    assert ids.decode("O1I") == ids.decode("oil".upper()) == ids.decode("011")


@pytest.mark.parametrize("text", ["", "U", "C-1", "é", "Z" * 13, "8000000000000", "1" * 20, " 1", "1\n"])
def test_what_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError):
        ids.decode(text)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("c-01J9", ("C", "01J9")),
        (" C-01J9 ", ("C", "01J9")),
        ("7RXM", ("", "7RXM")),
        ("-7RXM", ("", "7RXM")),
        ("C-", ("C", "")),
    ],
)
def test_a_public_id_or_an_ending_is_split(text: str, parts: tuple[str, str]) -> None:
    assert ids.split_public(text) == parts


def test_minted_ids_grow_with_the_clock_and_can_be_repeated() -> None:
    def mint(times: list[int]) -> list[int]:
        made = ids.IdMint(iter(times).__next__, random.Random(1))
        return [made.one() for _ in times]

    first = mint([1000, 1001, 1002])
    assert first == sorted(first) == mint([1000, 1001, 1002])
    assert [number >> ids.RANDOM_BITS for number in first] == [1000, 1001, 1002]


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 3)), min_size=1), st.randoms(use_true_random=False))
def test_minted_ids_grow_where_the_clock_stands_or_is_put_back(
    asked: list[tuple[int, int]], source: random.Random
) -> None:
    times = iter([time for time, _ in asked])
    mint = ids.IdMint(lambda: next(times), source)
    made: list[int] = []
    for _, count in asked:
        first = mint.run(count) if count else mint.one()
        made += range(first, first + max(count, 1))
    assert made == sorted(set(made))


def test_ids_of_one_moment_begin_at_random_and_follow_each_other_closely() -> None:
    mints = [ids.IdMint(lambda: 77, random.Random(seed)) for seed in (1, 2)]
    first, second = ([mint.one() for _ in range(8)] for mint in mints)
    assert not set(first) & set(second)
    assert all(0 < later - one <= 1 << ids.STEP_BITS for one, later in pairwise(first))


def test_threads_that_share_a_mint_get_ids_of_their_own() -> None:
    mint = ids.IdMint(lambda: 77, random.Random(1))
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: mint.one(), range(2000)))
    assert len(set(made)) == len(made)


def test_ids_fit_63_bits_until_the_year_2039() -> None:
    assert ids.IdMint(lambda: (1 << 41) - 1, random.Random(1)).one() <= ids.LARGEST


@given(st.integers(1, 1 << 21), st.randoms(use_true_random=False))
def test_a_run_of_ids_stays_within_its_millisecond(count: int, source: random.Random) -> None:
    first = ids.IdMint(lambda: 77, source).run(count)
    assert first >> ids.RANDOM_BITS == (first + count - 1) >> ids.RANDOM_BITS == 77


@pytest.mark.parametrize("count", [0, -1, (1 << 21) + 1])
def test_a_run_of_a_size_that_cannot_be_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="a run has"):
        ids.IdMint(lambda: 77).run(count)
