"""Dates: words are read into the time at which they end."""

from pathlib import Path

import pytest
from conftest import Cells, table

from compare.base.dates import find_dates
from compare.codebook.book import Codebook

CASES = table(Path(__file__).parents[1] / "cases" / "dates.csv")


@pytest.mark.parametrize("case", CASES, ids=[case["text"] for case in CASES])
def test_a_date_means_the_time_that_its_row_says(case: Cells, book: Codebook) -> None:
    (date,) = find_dates(case["text"], book.words)
    assert date.time_period == case["time_period"], case["why"]
    assert date.in_words == (case["in_words"] == "yes"), case["why"]
    assert 0 <= date.start < date.end <= len(case["text"])


def test_every_word_of_dates_is_tried(book: Codebook) -> None:
    tried = "".join(case["text"] for case in CASES)
    assert {word for word in book.words.dates if word not in tried} <= {
        "以前",
        "年初",
        "時期末",
    }


def test_a_number_that_is_no_year_is_no_date(book: Codebook) -> None:
    text = "床位18577张,12345年,编号202252"
    assert list(find_dates(text, book.words)) == []


def test_dates_come_in_their_order(book: Codebook) -> None:
    text = "2021年底1024万人,到2025年1200万人"
    found = list(find_dates(text, book.words))
    assert [date.time_period for date in found] == ["2021", "2025"]
    assert [text[date.start : date.end] for date in found] == ["2021年底", "2025年"]
