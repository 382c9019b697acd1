"""Number phrases: every hard one is a row of cases/, the rules are properties."""

from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Cells, table
from hypothesis import given
from hypothesis import strategies as st

from compare.base.quantities import (
    adjacent_hedges,
    bounds,
    comparator_of,
    half_unit,
    plain,
    read,
)
from compare.codebook.book import Codebook

CASES = Path(__file__).parents[1] / "cases"
PHRASES = {
    f"{path.stem}.csv row {number}": row
    for path in sorted(CASES.glob("*.csv"))
    for number, row in enumerate(table(path), start=2)
    if {"before", "text", "after", "upper_open"} <= row.keys()
}
DIGITS = "零一二三四五六七八九"

numbers = st.integers(1, 10**8)
decimals = st.decimals(0, 10**6, places=2)
multipliers = st.sampled_from(["", "万", "亿", "萬", "億"])


def hedge(row: Cells, book: Codebook) -> str | None:
    """Comparator of the hedges that stand around the number of a case."""
    sentence = row["before"] + row["text"] + row["after"]
    start = len(row["before"])
    end = start + len(row["text"])
    found = adjacent_hedges(sentence, start, end, row["unit"], book.words)
    return comparator_of(found, book.words)


def in_characters(number: int) -> str:
    """Write 1 to 9999 as a careful writer does: 一千零三, 二十."""
    text, gap = "", False
    for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if digit:
            text += ("零" if gap else "") + DIGITS[digit] + name
        gap = bool(text) and not digit
    return text


@pytest.mark.parametrize("name", PHRASES)
def test_a_hard_phrase_is_read_as_its_row_says(name: str, book: Codebook) -> None:
    row = PHRASES[name]
    text, why = row["text"], row["why"]
    if row["comparator"] == "unreadable":
        assert read(text, book.words) is None, why
        with pytest.raises(ValueError, match="no number phrase"):
            bounds(text, "=", book.words)
        return
    comparator = hedge(row, book)
    if row["comparator"] == "contradictory":
        assert comparator is None, why
        return
    assert comparator is not None, why
    quantity = bounds(text, comparator, book.words, share=row["share"] == "yes")
    assert {
        "value": plain(quantity.value),
        "lower": plain(quantity.lower),
        "upper": plain(quantity.upper),
        "upper_open": "yes" if quantity.upper_open else "",
        "comparator": quantity.comparator,
    }.items() <= row.items(), why


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("二〇三五", ["2035"]),
        ("二三五", ["235"]),
        ("三万亿", ["3000000000000"]),
        ("20至30万", ["200000", "300000"]),
        ("3—5万", ["30000", "50000"]),
        ("1.2—1.5亿", ["120000000", "150000000"]),
        ("30至20", []),
    ],
)
def test_a_phrase_is_read_rightly_or_refused_but_never_misread(
    text: str, right: list[str], toy_book: Codebook
) -> None:
    numbers = read(text, toy_book.words)
    assert numbers is None or [plain(number) for number in numbers] == right


@pytest.mark.parametrize("comparator", [">=", ">"])
def test_more_than_all_is_no_empty_span(comparator: str, toy_book: Codebook) -> None:
    quantity = bounds("120", comparator, toy_book.words, share=True)
    assert quantity.lower is not None
    assert quantity.upper is None or quantity.lower <= quantity.upper


@given(number=numbers, multiplier=multipliers)
def test_more_than_a_number_is_never_a_point(
    toy_book: Codebook, number: int, multiplier: str
) -> None:
    quantity = bounds(f"{number}{multiplier}", "+", toy_book.words)
    assert quantity.lower is not None and quantity.upper is not None
    assert quantity.lower < quantity.upper and quantity.upper_open


@given(number=numbers, multiplier=multipliers)
def test_about_a_number_is_a_span_around_it(
    toy_book: Codebook, number: int, multiplier: str
) -> None:
    quantity = bounds(f"{number}{multiplier}", "~", toy_book.words)
    assert quantity.value and quantity.lower is not None and quantity.upper is not None
    assert quantity.lower < quantity.value < quantity.upper
    assert quantity.value - quantity.lower == quantity.upper - quantity.value


@given(number=numbers)
def test_at_least_has_an_upper_end_only_on_a_share(
    toy_book: Codebook, number: int
) -> None:
    assert bounds(str(number), ">=", toy_book.words).upper is None
    share = bounds(str(number % 100), ">=", toy_book.words, share=True)
    assert share.upper == 100 and share.lower == number % 100


@given(
    number=decimals,
    multiplier=multipliers,
    comparator=st.sampled_from(["=", "~", "+", ">", ">=", "<", "<="]),
)
def test_bounds_contain_the_value(
    toy_book: Codebook, number: Decimal, multiplier: str, comparator: str
) -> None:
    quantity = bounds(f"{number:f}{multiplier}", comparator, toy_book.words)
    assert quantity.value is not None
    assert quantity.lower is None or quantity.lower <= quantity.value
    assert quantity.upper is None or quantity.value <= quantity.upper
    assert quantity.lower is not None or quantity.upper is not None


@given(number=decimals | st.integers(1, 10**9), multiplier=multipliers)
def test_a_plain_number_is_exact_as_printed(
    toy_book: Codebook, number: Decimal | int, multiplier: str
) -> None:
    quantity = bounds(f"{number:f}{multiplier}", "=", toy_book.words)
    assert quantity.lower == quantity.value == quantity.upper
    assert not quantity.upper_open


@pytest.mark.parametrize(
    ("text", "half"),
    [
        ("36.4", "0.05"),
        ("2.43", "0.005"),
        ("32", "0.5"),
        ("10", "0.5"),
        ("1.58万", "50"),
        ("3亿", "50000000"),
        ("六十", "0.5"),
    ],
)
def test_half_a_unit_is_that_of_the_last_printed_digit(
    text: str, half: str, toy_book: Codebook
) -> None:
    assert half_unit(text, toy_book.words) == Decimal(half)


def test_numerals_in_characters_are_read_from_1_to_9999(toy_book: Codebook) -> None:
    wrong = {
        number: text
        for number in range(1, 10_000)
        if read(text := in_characters(number), toy_book.words) != (Decimal(number),)
    }
    assert wrong == {}


@given(
    tens_of_thousands=st.integers(1, 9999), rest=st.integers(1000, 9999) | st.just(0)
)
def test_numerals_in_characters_are_read_above_10000(
    toy_book: Codebook, tens_of_thousands: int, rest: int
) -> None:
    text = in_characters(tens_of_thousands) + "万" + (in_characters(rest) or "")
    assert read(text, toy_book.words) == (Decimal(tens_of_thousands * 10_000 + rest),)


def test_sensitivity_of_about_is_an_option(toy_book: Codebook) -> None:
    quantity = bounds("2万", "~", toy_book.words, approximate=Decimal("0.05"))
    assert (quantity.lower, quantity.upper) == (Decimal(19_000), Decimal(21_000))


def test_a_word_that_is_no_hedge_has_no_comparator(toy_book: Codebook) -> None:
    assert comparator_of(["大概"], toy_book.words) is None


def test_a_hedge_is_found_behind_the_unit_only_when_the_unit_is_known(
    toy_book: Codebook,
) -> None:
    sentence = "占比达60%以上"
    assert adjacent_hedges(sentence, 3, 5, "%", toy_book.words) == {"以上"}
    assert adjacent_hedges(sentence, 3, 5, "", toy_book.words) == set()


def test_two_hedges_before_a_number_are_both_found(toy_book: Codebook) -> None:
    assert adjacent_hedges("至少约5张", 3, 4, "张", toy_book.words) == {"至少", "约"}


@given(number=decimals)
def test_the_plain_form_of_a_number_is_the_number(number: Decimal) -> None:
    assert Decimal(plain(number)) == number
    assert "E" not in plain(number)
    assert not plain(number).endswith(".")
    assert "." not in plain(number) or not plain(number).endswith("0")
