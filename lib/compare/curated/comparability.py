"""Comparability: the facets of every value, and the grade of two values.

In: observations and derived values. Out: one row for each value that may stand beside
another, with the facets that pairs are judged by. A grade belongs to two values and is
computed from their rows when somebody asks: each facet of a pair is the same, unstated,
different or apart, and ``facets.csv`` says what that costs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, combinations_with_replacement
from typing import Annotated, Any

from compare.base.intervals import last_year
from compare.base.tables import Codelist, Refers, Row, column
from compare.codebook.book import Codebook
from compare.codebook.models import COMPARED, Facet
from compare.curated.derived import Derived
from compare.curated.observations import Observation
from compare.documents.text import fold

SAME, UNSTATED, DIFFERENT, APART = "same", "unstated", "different", "apart"
Cells = Mapping[Any, Any]
FACETS = ("numerator", "denominator", "date", "territory", "value_type", "level")


class Facets(Row):
    """One value and the facets by which two of its kind are judged."""

    key = ("id",)
    id: str = column("observation or derived value")
    indicator: Annotated[str, Refers("indicators")] = column("canonical indicator")
    kind: Annotated[str, Codelist("kind")] = column("kind of the value")
    numerator: str = column(
        "exact, or close where the wording does not say it all", pattern="exact|close"
    )
    denominator: str = column("people counted over, as printed", empty=True)
    date: str = column("year that it ends in", pattern=r"\d{4}", empty=True)
    territory: Annotated[str, Codelist("scope")] = column("part or fund", empty=True)
    value_type: str = column(
        "reported, hedged or derived", pattern="reported|hedged|derived"
    )
    level: Annotated[str, Codelist("level")] = column("level of the place")


@dataclass(frozen=True, repr=False)
class Grade:
    """How far two values may be compared.

    Parameters
    ----------
    grade
        A, B or C: the worst that a facet costs.
    facets
        Rows of ``facets.csv`` for every facet that is not the same, the worst first.
    """

    grade: str
    facets: tuple[Facet, ...]

    def __repr__(self) -> str:
        """Grade, and a line for each facet with the reason in both languages."""
        told = (
            f"{row.facet} {row.state} ({row.grade}): {row.reason_en} {row.reason_zh}"
            for row in self.facets
        )
        return "\n".join([self.grade, *told])

    @property
    def facet(self) -> str:
        """The facet that costs most; empty for A."""
        return self.facets[0].facet if self.facets else ""


def facets_of(
    observations: Iterable[Observation], derived: Iterable[Derived], book: Codebook
) -> list[Facets]:
    """Give the facets of each value of one document that others may stand beside.

    Statements for the whole place whose wording is an exact or close match, and derived
    values that are no refusals.
    """
    (source,) = book.documents.values()
    level = book.place(source.doc).level
    stated = [
        Facets(
            id=row.id,
            indicator=row.indicator,
            kind=row.kind,
            numerator="exact" if row.match_type == "exactMatch" else "close",
            denominator=fold(row.base_stated),
            date=_year(row.time_period),
            territory=row.scope,
            value_type="hedged" if row.comparator in ("~", "+") else "reported",
            level=level,
        )
        for row in observations
        if row.comparator != "missing"
        and row.ref_area == source.ref_area
        and row.match_type in COMPARED
    ]
    return stated + [
        Facets(
            id=row.id,
            indicator=row.indicator,
            kind=row.kind,
            numerator="exact" if row.value else "close",
            denominator="",
            date=_year(row.time_period),
            territory="",
            value_type="derived",
            level=level,
        )
        for row in derived
        if row.measure == "value" and not row.refused
    ]


def grade(left: Cells, right: Cells, book: Codebook) -> Grade:
    """Grade two values by their facets: rows of ``comparability.csv``, by column.

    Examples
    --------
    >>> from compare.codebook.book import find_root, load_codebook
    >>> one = dict.fromkeys(FACETS, "")
    >>> grade(one, one | {"date": "2021"}, load_codebook(find_root())).facet
    'date'
    """
    close = "close" in (left["numerator"], right["numerator"])
    counted = left["denominator"] and right["denominator"]
    states = {
        "numerator": UNSTATED if close else SAME,
        "denominator": _state(left, right, "denominator") if counted else SAME,
        "date": _state(left, right, "date"),
        "territory": _territory(left["territory"], right["territory"], book),
        "value_type": _state(left, right, "value_type"),
        "level": _state(left, right, "level"),
    }
    found = [book.facets[facet][state] for facet, state in states.items()]
    costly = sorted((row for row in found if row.state != SAME), key=_cost)
    return Grade(min(found, key=_cost).grade, tuple(costly))


def pairs(
    rows: Sequence[Cells], book: Codebook
) -> Iterator[tuple[Cells, Cells, Grade]]:
    """Grade every pair of values of one indicator and kind, of two documents."""
    for group in _groups(rows).values():
        for left, right in combinations(group, 2):
            if _doc(left) != _doc(right):
                yield left, right, grade(left, right, book)


def count_pairs(rows: Sequence[Cells], book: Codebook) -> Counter[str]:
    """Count the pairs of each grade, values with the same facets at once."""
    found: Counter[str] = Counter()
    for group in _groups(rows).values():
        for one, other in combinations_with_replacement(_alike(group), 2):
            (left, mine), (right, theirs) = one, other
            apart = mine.total() * theirs.total() - sum(
                times * theirs[doc] for doc, times in mine.items()
            )
            graded = grade(left, right, book).grade
            found[graded] += apart // 2 if left is right else apart
    return found


def worst_grades(rows: Sequence[Cells], book: Codebook) -> dict[str, Grade]:
    """Find the worst grade of any pair that each value is in.

    Returns
    -------
    dict of Grade
        By id; a value that stands beside no other has none.
    """
    found = {}
    for group in _groups(rows).values():
        alike = _alike(group)
        for row in group:
            beside = [
                grade(row, facets, book)
                for facets, docs in alike
                if docs.total() > docs[_doc(row)]
            ]
            if beside:
                found[row["id"]] = max(beside, key=lambda one: (one.grade, one.facet))
    return found


def _alike(rows: Iterable[Cells]) -> list[tuple[Cells, Counter[str]]]:
    """Give each set of facets that occurs, and how often each document has it."""
    found: dict[tuple[str, ...], tuple[Cells, Counter[str]]] = {}
    for row in rows:
        facets = {name: row[name] for name in FACETS}
        _, docs = found.setdefault(tuple(facets.values()), (facets, Counter()))
        docs[_doc(row)] += 1
    return list(found.values())


def _groups(rows: Iterable[Cells]) -> dict[tuple[str, str], list[Cells]]:
    groups: dict[tuple[str, str], list[Cells]] = {}
    for row in rows:
        groups.setdefault((row["indicator"], row["kind"]), []).append(row)
    return groups


def _doc(row: Cells) -> str:
    return str(row["id"]).partition(":")[0]


def _cost(row: Facet) -> int:
    """Sort key: the worst grade first."""
    return -ord(row.grade)


def _year(period: str) -> str:
    return str(last_year(period)) if period else ""


def _state(left: Cells, right: Cells, facet: str) -> str:
    if left[facet] == right[facet]:
        return SAME
    return DIFFERENT if left[facet] and right[facet] else UNSTATED


def _territory(left: str, right: str, book: Codebook) -> str:
    if left == right and left != "unstated":
        return SAME
    if {left, right} & book.codes["scope_apart"].keys():
        return APART
    if "unstated" in (left, right) or not (left and right):
        return UNSTATED
    return DIFFERENT
