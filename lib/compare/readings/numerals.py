"""Numerals: every number of every document is accounted for.

In: documents, readings, and the exclusions that people declared. Out: for each
document, how many numerals stand in a reading and how many in an exclusion with its
reason, and a problem for each that stands in neither.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from compare.base import tables
from compare.base.problems import Problem
from compare.base.quantities import Lexicon, longest_prefix
from compare.base.tables import Codelist, Regex, Row, column
from compare.documents.text import Document
from compare.readings.readings import OMISSION, Reading

Span = tuple[int, int]


class Exclusion(Row):
    """Numerals that are no statement, with the reason."""

    key = ("pattern",)
    pattern: Annotated[str, Regex()] = column("regular expression around numerals")
    reason: Annotated[str, Codelist("exclusion")] = column("why it is no statement")
    ruling: str = column(
        "number of the ruling in DECISIONS.md", pattern=r"R\d+", empty=True
    )
    note: str = column("remark", empty=True)


@dataclass(frozen=True)
class Tally:
    """Where the numerals of one document went."""

    doc: str
    numerals: int
    in_readings: int
    excluded: Mapping[str, int]

    def __str__(self) -> str:
        """One line for the command line."""
        reasons = ", ".join(f"{code} {count}" for code, count in self.excluded.items())
        return (
            f"{self.doc}: {self.numerals} numerals = {self.in_readings} in readings + "
            f"{sum(self.excluded.values())} excluded ({reasons})"
        )


def find_numerals(text: str, words: Lexicon) -> list[Span]:
    """Find the numerals of a text: Arabic ones, and Chinese ones that count a thing.

    A Chinese numeral counts when a measure word stands behind it (四十三条, 五种模式).

    Examples
    --------
    >>> from compare.codebook.book import find_root, load_codebook
    >>> text = "“十四五”时期建成1.5万个床位,出台政策四十三条"
    >>> found = find_numerals(text, load_codebook(find_root()).words)
    >>> [text[start:end] for start, end in found]
    ['1.5万', '四十三']
    """
    chinese = "".join([*words.digits, *words.tens, *words.multipliers])
    measures = "|".join(map(re.escape, words.measures))
    arabic = rf"[0-9]+(?:\.[0-9]+)?[{''.join(words.multipliers)}]*"
    pattern = rf"{arabic}|[{chinese}]+(?=(?:{measures}))"
    return [match.span() for match in re.finditer(pattern, text)]


def tally(
    document: Document,
    rows: Sequence[Reading],
    exclusions: Sequence[Exclusion],
    words: Lexicon,
) -> tuple[Tally, list[Problem]]:
    """Account for every numeral of a document.

    Returns
    -------
    Tally, list of Problem
        A problem for each numeral that stands neither in a reading nor in an
        exclusion, and for each exclusion without which nothing would be missing.
    """
    numerals = find_numerals(document.text, words)
    read = _within(numerals, (span for row in rows for span in _stated(row, document)))
    covered = [
        _within(numerals, (match.span() for match in _found(row, document))) - read
        for row in exclusions
    ]
    times = Counter(numeral for part in covered for numeral in part)
    reasons: Counter[str] = Counter()
    claimed: set[Span] = set()
    problems = []
    for (number, row), part in zip(tables.numbered(exclusions), covered, strict=True):
        reasons[row.reason] += len(part - claimed)
        claimed |= part
        if not any(times[numeral] == 1 for numeral in part):
            problems.append(_idle(document.doc, number, row))
        if not row.ruling:
            problems += _measured(number, document, part, words)
    problems += [
        _unaccounted(document, numeral)
        for numeral in numerals
        if numeral not in read and numeral not in claimed
    ]
    excluded = {code: count for code, count in sorted(reasons.items()) if count}
    return Tally(document.doc, len(numerals), len(read), excluded), problems


def _found(row: Exclusion, document: Document) -> Iterator[re.Match[str]]:
    return re.finditer(row.pattern, document.text)


def _stated(row: Reading, document: Document) -> Iterator[Span]:
    """Spans of a reading's value, and of its label's words inside the quote."""
    if row.value_stated:
        start = row.offset
        yield start, start + len(row.value_stated)
    start, end = row.span
    for part in row.label_stated.split(OMISSION):
        found = document.text.find(part, start, end)
        if found >= 0:
            yield found, found + len(part)
        elif match := re.search(
            r"\s*".join(map(re.escape, part)), document.text[start:end]
        ):
            yield start + match.start(), start + match.end()


def _within(numerals: Sequence[Span], spans: Iterable[Span]) -> set[Span]:
    """Numerals that lie inside one of the spans."""
    inside = set()
    starts = [start for start, _ in numerals]
    for start, end in spans:
        for index in range(bisect_left(starts, start), bisect_left(starts, end)):
            if numerals[index][1] <= end:
                inside.add(numerals[index])
    return inside


def _unaccounted(document: Document, numeral: Span) -> Problem:
    start, end = numeral
    around = document.quote(max(0, start - 12), end + 12)
    return Problem(
        f"data/raw/{document.doc}.txt characters {start} to {end}",
        f"the numeral «{document.text[start:end]}» in «{around}» stands in no reading "
        "and in no exclusion.",
        "every numeral in one of the two.",
        f"add a reading to data/readings/{document.doc}.csv, or a row with its reason "
        f"to data/readings/exclusions/{document.doc}.csv.",
    )


def _measured(
    number: int, document: Document, numerals: Iterable[Span], words: Lexicon
) -> Iterator[Problem]:
    """Find a numeral that measures something and is excluded without a ruling."""
    for start, end in sorted(numerals):
        if unit := longest_prefix(document.text[end:], words.measurements):
            yield Problem(
                f"data/readings/exclusions/{document.doc}.csv row {number}, ruling",
                f"empty, but «{document.text[start:end]}{unit}» is a measure.",
                "a ruling for each excluded number with a unit of measurement.",
                "read it, or write the ruling to DECISIONS.md and cite it here.",
            )
            return


def _idle(doc: str, number: int, row: Exclusion) -> Problem:
    return Problem(
        f"data/readings/exclusions/{doc}.csv row {number}",
        f"«{row.pattern}» excludes nothing that is not accounted for already.",
        "an exclusion without which a numeral would be missing.",
        "delete the row, or narrow the one that overlaps it.",
    )
