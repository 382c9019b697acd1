"""Words for readers: values, ranges, times and absences, in one language.

In: rows of the curated tables. Out: what a person reads. The forms themselves are in
``data/codebook/codes.csv``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from compare.codebook.book import Codebook

THOUSAND, MYRIAD, MILLION = 1_000, 10_000, 1_000_000
ROUND, MILLION_DIGITS = 100, -4


def worded(row: Any, book: Codebook, language: str = "en") -> str:
    """Word a number with its comparator and sign, as a reader would write it.

    ``≥55%``, ``about 20,000``, ``30,000 and more``, ``20 to 30``, ``blank``.
    """
    symbol = book.units[row.unit].symbol
    if row.comparator == "..":
        ends = (number(end, language) for end in (row.lower, row.upper))
        return say(book, "between", language, *ends) + symbol
    form = book.label("comparator_form", row.comparator, language)
    shown = "?" if row.value != row.value else number(row.value, language)
    return form.replace("#", shown + symbol)


def number(value: float, language: str = "en") -> str:
    """Shortest form of a number: thousands apart, in Chinese by 万 where it is round.

    Examples
    --------
    >>> number(20000.0), number(36.4), number(0.55)
    ('20,000', '36.4', '0.55')
    >>> number(20000.0, "zh"), number(469200.0, "zh"), number(18577.0, "zh")
    ('2万', '46.92万', '18,577')
    """
    if language == "zh" and abs(value) >= MYRIAD and value % ROUND == 0:
        return f"{value / MYRIAD:.10g}万"
    return f"{value:,.0f}" if value == int(value) else f"{value:,}"


def between(row: Any, book: Codebook, language: str = "en", digits: int = 2) -> str:
    """Word a derived value: the point if there is one, else what bounds it.

    Parameters
    ----------
    row
        A row of the derived values, as a mapping.
    digits
        Decimals of a number below 1,000; millions are rounded to ten thousands.
    """

    def brief(value: float) -> str:
        size = abs(value)
        places = digits if size < THOUSAND else 0 if size < MILLION else MILLION_DIGITS
        return number(round(value, places), language)

    if row["refused"]:
        return say(book, "not_computed", language)
    if row["value"] == row["value"]:
        return brief(row["value"])
    low, high = row["lower"], row["upper"]
    if low != low and high != high:
        return say(book, "not_bounded", language)
    if high != high:
        return say(book, "at_least", language, brief(low))
    if low != low or low == 0:
        return say(book, "at_most", language, brief(high))
    return say(book, "between", language, brief(low), brief(high))


def name_of(book: Codebook, indicator: str, language: str) -> str:
    """Name of an indicator in a language."""
    row = book.indicators[indicator]
    return row.label_zh if language == "zh" else row.label_en


def cited(row: Mapping[Any, Any]) -> str:
    """Write what is stated as a link to its sentence, nothing where nothing is.

    >>> cited({"stated": "32", "id": "jiamusi:814"}), cited({"stated": "", "id": ""})
    ('[32](jiamusi:814)', '')
    """
    return f"[{row['stated']}]({row['id']})" if row["stated"] else ""


def dated(rows: pd.DataFrame, book: Codebook, language: str) -> str:
    """Values with their years, each linked to its sentence."""
    undated = say(book, "undated", language)
    told = [
        say(book, "dated", language, cited(row), when(row["time_period"]) or undated)
        for row in rows.to_dict("records")
    ]
    return say(book, "several", language).join(told)


def mark(grade: str, facet: str, book: Codebook, language: str = "en") -> str:
    """Write a grade with the facet that costs a value the better one."""
    if not facet:
        return grade
    return say(book, "graded", language, grade, book.label("facet", facet, language))


def when(period: str) -> str:
    """Write a period as print does.

    >>> when("2016/2020")
    '2016–2020'
    """
    return period.replace("/", "–")


def absence(doc: str, indicator: str, book: Codebook, language: str = "en") -> str:
    """Say why a place states nothing of an indicator."""
    subjects = (indicator, book.indicators[indicator].family)
    states = [
        row.status
        for row in book.coverage
        if row.doc == doc and row.subject in subjects
    ]
    return book.label("state", (states or ["not_stated"])[0], language)


def say(book: Codebook, wording: str, language: str, *values: str) -> str:
    """Fill a wording of a language with values."""
    return filled(book.label("wording", wording, language), *values)


def filled(form: str, *values: str) -> str:
    """Put values for the signs ``#`` of a form, in their order; more than fit are left.

    >>> filled("# to #", "20", "30")
    '20 to 30'
    """
    first, *rest = form.split("#")
    return first + "".join(
        value + part for value, part in zip(values, rest, strict=False)
    )
