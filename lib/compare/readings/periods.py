"""Periods: the time of a reading, held against the dates that its document prints.

In: a plan as it was read. Out: a problem for each reading whose time its document does
not name, and for each that drops a word which dates it (初, 上半年, 底, 前).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Set

from compare.base import tables
from compare.base.dates import Dated, find_dates
from compare.base.problems import Problem
from compare.base.quantities import Lexicon
from compare.codebook.book import Codebook
from compare.documents.text import squeeze
from compare.readings.candidates import mended
from compare.readings.plan import Plan
from compare.readings.readings import FOLDER, Reading


def check_periods(plan: Plan, book: Codebook) -> Iterator[Problem]:
    """Hold the times of a plan's readings against its text.

    The last date before a value in its sentence governs it. Where that date says more
    than a year, the row says so in ``date_stated`` and has the time it means, or a
    decision on ``date_stated`` says why it does not.
    """
    document, positions = mended(plan.document, book)
    named = _named(squeeze(document.text), book.words)
    for number, row in tables.numbered(plan.readings):
        place = f"{(FOLDER / plan.doc).as_posix()}.csv row {number}"
        yield from _check_named(place, row.time_period, named)
        yield from _check_meaning(place, row, book.words)
        if (row.id, "date_stated") in plan.two.adjudications:
            continue
        behind = bisect_left(positions, row.offset)
        sentence = document.text[document.sentence(behind, behind)[0] : behind]
        governing = list(find_dates(sentence, book.words))[-1:]
        for date in governing:
            yield from _check_kept(place, row, sentence, date)


def _check_named(place: str, period: str, named: Set[str]) -> Iterator[Problem]:
    """Check that a document names the time that a row gives, or each year of it."""
    if period not in named and not named >= set(re.findall(r"\d{4}", period)):
        what = f"{period!r} is a time that the document does not name."
        wanted = "a year or period that stands in the document."
        remedy = "read the sentence again; leave it empty when it is undated."
        yield Problem(f"{place}, time_period", what, wanted, remedy)


def _named(text: str, words: Lexicon) -> set[str]:
    """Every year that a text prints, and the plan periods and the ends of its dates."""
    found = set(re.findall(r"\d{4}", text))
    for date in find_dates(text, words):
        first, *last = date.time_period.split("/")
        found |= {date.time_period, *last} if last else {first[:4]}
    return found


def _check_meaning(place: str, row: Reading, words: Lexicon) -> Iterator[Problem]:
    """Check that the date of a row means the time that the row gives."""
    if not row.date_stated:
        return
    meant = [date.time_period for date in find_dates(row.date_stated, words)]
    if meant != [row.time_period]:
        what = f"{row.time_period!r}, but «{row.date_stated}» is {' and '.join(meant)}."
        wanted = "the end of what date_stated says." if meant else "a date with a year."
        remedy = "read the sentence again, then correct time_period or date_stated."
        yield Problem(f"{place}, time_period", what, wanted, remedy)


def _check_kept(
    place: str, row: Reading, sentence: str, date: Dated
) -> Iterator[Problem]:
    """Check that a row keeps the words of the date that governs it."""
    printed = sentence[date.start : date.end]
    if date.in_words and squeeze(printed) not in squeeze(row.date_stated):
        what = f"«{row.date_stated}», but «{printed}» dates {row.id} in its sentence."
        wanted = f"«{printed}», and the time_period {date.time_period}."
        remedy = "write both, or decide on date_stated in the adjudications."
        yield Problem(f"{place}, date_stated", what, wanted, remedy)
