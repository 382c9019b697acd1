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
from pathlib import Path
from typing import Annotated

from compare.base import tables
from compare.base.problems import Problem
from compare.base.quantities import Lexicon
from compare.base.tables import Codelist, Regex, Row, column
from compare.codebook.book import Codebook, check_codes
from compare.documents.text import Document
from compare.readings.readings import FOLDER, OMISSION, Reading

Span = tuple[int, int]


class Exclusion(Row):
    """Numerals that are no statement, by position or by pattern, with the reason."""

    key = ("offset", "pattern")
    offset: str = column("position of a single numeral", pattern=r"\d+", empty=True)
    pattern: Annotated[str, Regex()] = column(
        "regular expression around numerals", empty=True
    )
    reason: Annotated[str, Codelist("exclusion")] = column("why it is no statement")
    note: str = column("remark", empty=True)


@dataclass(frozen=True)
class Account:
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
    >>> from compare.codebook.book import number_words
    >>> from compare.base.quantities import lexicon
    >>> text = "“十四五”时期建成1.5万个床位,出台政策四十三条"
    >>> [text[start:end] for start, end in find_numerals(text, lexicon(number_words()))]
    ['1.5万', '四十三']
    """
    chinese = "".join([*words.digits, *words.tens, *words.multipliers])
    measures = "|".join(map(re.escape, words.measures))
    arabic = rf"[0-9]+(?:\.[0-9]+)?[{''.join(words.multipliers)}]*"
    pattern = rf"{arabic}|[{chinese}]+(?=(?:{measures}))"
    return [match.span() for match in re.finditer(pattern, text)]


def load_exclusions(
    root: Path, docs: Iterable[str], book: Codebook
) -> tuple[dict[str, list[Exclusion]], list[Problem]]:
    """Load the declared exclusions of all documents."""
    found: dict[str, list[Exclusion]] = {}
    problems: list[Problem] = []
    for doc in docs:
        path = root / FOLDER / "exclusions" / f"{doc}.csv"
        found[doc], wrong = tables.read(path, Exclusion, root)
        name = path.relative_to(root).as_posix()
        problems += wrong + check_codes(name, found[doc], book)
    return found, problems


def account(
    documents: Mapping[str, Document],
    rows: Sequence[Reading],
    exclusions: Mapping[str, Sequence[Exclusion]],
    words: Lexicon,
) -> tuple[list[Account], list[Problem]]:
    """Account for every numeral of every document.

    Returns
    -------
    list of Account, list of Problem
        A problem for each numeral that stands neither in a reading nor in an
        exclusion, and for each exclusion without which nothing would be missing.
    """
    accounts: list[Account] = []
    problems: list[Problem] = []
    for doc, document in documents.items():
        numerals = find_numerals(document.text, words)
        own = [row for row in rows if row.doc == doc]
        read = _within(
            numerals, [span for row in own for span in _stated(row, document)]
        )
        declared = [_spans(row, document) for row in exclusions[doc]]
        covered = [_within(numerals, spans) - read for spans in declared]
        times = Counter(numeral for part in covered for numeral in part)
        reasons: Counter[str] = Counter()
        claimed: set[Span] = set()
        for row, part in zip(exclusions[doc], covered, strict=True):
            reasons[row.reason] += len(part - claimed)
            claimed |= part
        for number, part in enumerate(covered, start=2):
            if not any(times[numeral] == 1 for numeral in part):
                problems.append(_idle(doc, number, exclusions[doc][number - 2]))
        problems += [
            _unaccounted(document, numeral)
            for numeral in numerals
            if numeral not in read and numeral not in claimed
        ]
        excluded = {code: count for code, count in sorted(reasons.items()) if count}
        accounts.append(Account(doc, len(numerals), len(read), excluded))
    return accounts, problems


def _stated(row: Reading, document: Document) -> Iterator[Span]:
    """Spans of a reading's value, and of its label's words inside the quote."""
    if row.value_stated:
        yield row.offset, row.offset + len(row.value_stated)
    start, end = int(row.quote_start), int(row.quote_end)
    for part in row.label_stated.split(OMISSION):
        found = document.text.find(part, start, end)
        if found >= 0:
            yield found, found + len(part)
        elif match := re.search(
            r"\s*".join(map(re.escape, part)), document.text[start:end]
        ):
            yield start + match.start(), start + match.end()


def _spans(row: Exclusion, document: Document) -> list[Span]:
    if row.offset:
        return [(int(row.offset), int(row.offset) + 12)]
    return [match.span() for match in re.finditer(row.pattern, document.text)]


def _within(numerals: Sequence[Span], spans: Iterable[Span]) -> set[Span]:
    """Numerals that lie inside one of the spans."""
    inside = set()
    ordered = sorted(numerals)
    starts = [start for start, _ in ordered]
    for start, end in spans:
        index = bisect_left(starts, start)
        while index < len(ordered) and ordered[index][0] < end:
            if ordered[index][1] <= end:
                inside.add(ordered[index])
            index += 1
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


def _idle(doc: str, number: int, row: Exclusion) -> Problem:
    return Problem(
        f"data/readings/exclusions/{doc}.csv row {number}",
        f"«{row.pattern or row.offset}» excludes nothing that is not accounted for "
        "already.",
        "an exclusion without which a numeral would be missing.",
        "delete the row, or narrow the one that overlaps it.",
    )
