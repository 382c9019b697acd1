"""Dates: when a sentence says a value is for, read into a time period.

In: a text, and the number words of the codebook: plan periods (十三五), and the words
that say which part of a year or month has passed (初, 上半年, 底). Out: time periods.
A year stands for its end, so 2022年初 is 2021.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from compare.base.quantities import Lexicon, any_of


@dataclass(frozen=True)
class Dated:
    """A date that a text prints.

    Parameters
    ----------
    start, end
        Where it stands.
    time_period
        What it says, as a time period.
    in_words
        A word says more than the year and month.
    """

    start: int
    end: int
    time_period: str
    in_words: bool


def find_dates(text: str, words: Lexicon) -> Iterator[Dated]:
    """Find the years, months and plan periods of a text, in their order.

    Examples
    --------
    >>> from compare.codebook.book import find_root, load_codebook
    >>> words = load_codebook(find_root()).words
    >>> text = "截至2022年初…2021年3月底…2025年年底前…“十四五”期末…2023年上半年"
    >>> [date.time_period for date in find_dates(text, words)]
    ['2021', '2021-03', '2025', '2025', '2023-06']
    >>> [date.in_words for date in find_dates("到2025年,自2020年初起", words)]
    [False, True]
    """
    pattern = (
        rf"(?:[“\"]?(?P<plan>{any_of(words.periods)})[”\"]?"
        rf"|(?P<year>(?<!\d)\d{{4}})年(?:(?P<month>\d{{1,2}})月)?"
        rf"(?:(?P<day>\d{{1,2}})日)?)"
        rf"(?P<parts>(?:{any_of(words.dates)})*)"
    )
    for match in re.finditer(pattern, text):
        parts = re.findall(any_of(words.dates), match["parts"])
        passed = min((words.dates[part] for part in parts), default=Decimal(1))
        if match["plan"]:
            period = words.periods[match["plan"]]
            first, last = map(int, period.split("/"))
            if parts:
                period = _years(first + passed * (last - first + 1))
        elif match["day"]:
            period = f"{match['year']}-{int(match['month']):02}-{int(match['day']):02}"
        elif match["month"]:
            period = _month(int(match["year"]), int(match["month"]), passed)
        else:
            period = _years(int(match["year"]) + passed)
        yield Dated(*match.span(), period, bool(parts))


def _years(end: Decimal) -> str:
    """Period that ends at a moment, in years: 2022 is the end of 2021."""
    year, part = divmod(end, 1)
    return f"{year}-{int(part * 12):02}" if part else str(year - 1)


def _month(year: int, month: int, passed: Decimal) -> str:
    """Period that ends when a part of a month of 30 days has passed."""
    if passed not in (0, 1):
        return f"{year}-{month:02}-{int(passed * 30):02}"
    if passed == 0:
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return f"{year}-{month:02}"
