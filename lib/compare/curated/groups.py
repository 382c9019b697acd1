"""Groups: which places may be compared, and why others only with care or not at all.

In: facets of values. Out: for each value its standing among those of its indicator and
kind: *equal* beside the places that state the same thing in the same way, *care* or
*apart* with the differences that it causes, *alone* where no other place states it.
Readers see these groups and nothing else, everywhere the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from compare.codebook.book import Codebook
from compare.curated.comparability import (
    FACETS,
    RIGHT,
    Cells,
    Difference,
    Grade,
    alike,
    doc_of,
    grade,
    groups_of,
)

EQUAL, CARE, FAR, ALONE = "equal", "care", "apart", "alone"
OF_GRADE: Mapping[str, str] = {"A": EQUAL, "B": CARE, "C": FAR}
ORDER = (ALONE, EQUAL, CARE, FAR)


@dataclass(frozen=True)
class Standing:
    """How a value stands beside those of other places.

    Parameters
    ----------
    group
        ``equal``, ``care``, ``apart`` or ``alone``.
    differences
        What sets it apart, by severity; the value is their left side.
    """

    group: str
    differences: tuple[Difference, ...] = ()

    @property
    def facets(self) -> list[str]:
        """Facets on which it differs, by severity."""
        return [one.row.facet for one in self.differences]


def standings(rows: Iterable[Cells], book: Codebook) -> dict[str, Standing]:
    """Group the values of every indicator and kind.

    Returns
    -------
    dict of Standing
        By id; interim targets stand beside nothing and have none.
    """
    found: dict[str, Standing] = {}
    for values in groups_of(rows).values():
        found |= _stand(values, book)
    return found


def _stand(values: Sequence[Cells], book: Codebook) -> dict[str, Standing]:
    """Place each value beside the largest group of places that are comparable.

    Of each place one statement counts for that: dated, then an exact match, then of a
    table, then the first. Values with the same facets are judged once.
    """
    order = {doc: place for place, doc in enumerate(book.order)}
    chosen: dict[str, Cells] = {}
    for row in sorted(values, key=_choice):
        chosen.setdefault(doc_of(row), row)
    if len(chosen) < 2:
        return {row["id"]: Standing(ALONE) for row in values}
    ranked = sorted(chosen.values(), key=lambda row: order[doc_of(row)])
    equal = _largest(ranked, book)
    beside = (
        [(equal, set())]
        if equal
        else [(facets, set(docs)) for facets, docs in alike(ranked)]
    )
    known: dict[tuple[str, ...], Standing] = {}
    for row in values:
        key = (*_key(row), "" if equal else doc_of(row))
        if key not in known:
            others = [one for one, docs in beside if docs != {doc_of(row)}]
            known[key] = _best([grade(row, one, book) for one in others])
    return {
        row["id"]: known[*_key(row), "" if equal else doc_of(row)] for row in values
    }


def _largest(chosen: Sequence[Cells], book: Codebook) -> Cells | None:
    """Facets that most places share and that leave nothing open; none of one place."""
    sets = [
        (docs.total(), facets)
        for facets, docs in alike(chosen)
        if grade(facets, facets, book).grade == "A"
    ]
    size, facets = max(sets, key=lambda one: one[0], default=(0, None))
    return facets if size > 1 else None


def _best(grades: Sequence[Grade]) -> Standing:
    """Standing by the best of some grades, and the differences behind it.

    Told are those that the value has with every one of the others and causes itself;
    if there are none, those of the best pair.
    """
    best = min(grades, key=lambda one: (one.grade, len(one.differences)))
    told = []
    for one in best.differences:
        found = [other for grade in grades for other in grade.differences]
        same = [other for other in found if other.row.facet == one.row.facet]
        own = [other for other in same if other.cause != RIGHT]
        if own and len(same) == len(grades):
            told.append(own[0])
    return Standing(OF_GRADE[best.grade], tuple(told) or best.differences)


def _key(row: Cells) -> tuple[str, ...]:
    return tuple(row[name] for name in FACETS)


def _choice(row: Cells) -> tuple[bool, bool, bool, bool, int, str]:
    """Sort key: the statement that stands for its place first."""
    offset = row["id"].partition(":")[2].partition(".")[0]
    return (
        not row["date"],
        row["numerator"] != "exact",
        row["value_type"] == "derived",
        not row["in_table"],
        int(offset) if offset.isdecimal() else 0,
        row["id"],
    )
