"""Candidates: what a rule proposes for a person to judge.

In: a text that a rule read. Out: candidate readings at their exact positions, and
suggested indicators. Nothing here writes results.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from compare.base.quantities import (
    Lexicon,
    adjacent_hedges,
    any_of,
    longest_prefix,
)
from compare.base.tables import Long, Row
from compare.codebook.book import Codebook
from compare.codebook.models import NO_TERM, Match
from compare.documents.text import Document, fold, mend, squeeze
from compare.readings.readings import OMISSION

Span = tuple[int, int]


class Candidate(Row):
    """One reading that a rule proposes; columns as in ``Reading``."""

    key = ("id",)
    id: str
    label_stated: str
    value_stated: str
    hedge_stated: str
    unit_stated: str
    time_period: str = ""
    kind: str = ""
    area_stated: str = ""
    obligation: str = ""
    flow_stated: str = ""
    in_table: str = ""
    quote: Annotated[str, Long()]
    quote_start: str
    quote_end: str


@dataclass(frozen=True)
class Suggestion:
    """An indicator, and the judged wording that speaks for it."""

    indicator: str
    doc: str
    label: str
    score: float


def suggest(
    label: str, crosswalk: Iterable[Match], *, doc: str = "", limit: int = 3
) -> list[Suggestion]:
    """Give the indicators whose judged wordings are nearest to a label, best first.

    Wordings that are accepted for an indicator count, in either script; those of one
    document may be left out.

    Examples
    --------
    >>> from compare.codebook.book import find_root, load_codebook
    >>> book = load_codebook(find_root())
    >>> suggest("養老機構護理型床位占比", book.crosswalk, doc="xianning")[0].indicator
    'nursing_bed_share'
    """
    parts = _parts(label)
    judged = [
        Suggestion(
            row.object_id,
            row.subject_source,
            row.subject_label,
            _likeness(parts, _parts(row.subject_label)),
        )
        for row in crosswalk
        if row.status == "accepted"
        and row.object_id != NO_TERM
        and row.subject_source != doc
    ]
    best: dict[str, Suggestion] = {}
    for item in sorted(judged, key=lambda item: (-item.score, item.doc, item.label)):
        if item.score > 0:
            best.setdefault(item.indicator, item)
    return list(best.values())[:limit]


def mended(document: Document, book: Codebook) -> tuple[Document, list[int]]:
    """Give the document without its page marks, and where each character stood."""
    text, positions = mend(document.text, book.repairs(document.doc, "page_mark"))
    return Document(document.doc, text, document.sha256), positions


def placed(row: Candidate, document: Document, positions: list[int]) -> Candidate:
    """Give the candidate at its positions in the raw text."""
    start, end = positions[int(row.quote_start)], positions[int(row.quote_end) - 1] + 1
    offset, dot, blank = row.id.partition(":")[2].partition(".")
    return row.model_copy(
        update={
            "id": f"{document.doc}:{positions[int(offset)]}{dot}{blank}",
            "quote": document.quote(start, end),
            "quote_start": str(start),
            "quote_end": str(end),
        }
    )


def beside(
    text: str, number: Span, units: Iterable[str], words: Lexicon
) -> tuple[str, str, int]:
    """Hedge and unit beside a number, and where they end."""
    start, end = number
    stop = end + len(longest_prefix(text[end:], words.inside))
    unit = text[stop : stop + len(longest_prefix(fold(text[stop:]), map(fold, units)))]
    stop += len(unit)
    stop += len(longest_prefix(text[stop:], words.after))
    order = [*words.before, *words.inside, *words.after]
    found = sorted(adjacent_hedges(text, start, end, unit, words), key=order.index)
    return OMISSION.join(found), unit, stop


def numerals(words: Lexicon) -> re.Pattern[str]:
    """Pattern of a number phrase: range, number, universal or dash."""
    others = any_of([*words.universals, *words.dashes])
    return re.compile(f"{words.span.pattern}|{words.number.pattern}|{others}")


def has_digit(text: str) -> bool:
    """Whether a text has a digit of any script."""
    return any(map(str.isdecimal, text))


def _parts(label: str) -> frozenset[str]:
    """Characters of a label and pairs of neighbours, folded."""
    plain = fold(squeeze(label))
    return frozenset([*plain, *map("".join, zip(plain, plain[1:], strict=False))])


def _likeness(left: frozenset[str], right: frozenset[str]) -> float:
    """Part of two sets that they share (Dice)."""
    return 2 * len(left & right) / max(len(left) + len(right), 1)
