"""Groups: which places may be compared, and why others only with care or not at all.

In: facets of values. Out: for each value its standing among those of its indicator and
kind: *equal* beside the places that state the same thing in the same way, *care* or
*apart* with the differences that it causes, *alone* where no other place states it.
Readers see these groups and nothing else, everywhere the same.
"""

from __future__ import annotations

from collections import Counter
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

    Values with the same facets are judged once.
    """
    sets = alike(values)
    if len({doc for _, docs in sets for doc in docs}) < 2:
        return {row["id"]: Standing(ALONE) for row in values}
    equal = _largest(sets, book)
    known: dict[tuple[str, ...], Standing] = {}
    found = {}
    for row in values:
        doc = "" if equal else doc_of(row)
        key = (*(row[name] for name in FACETS), doc)
        if key not in known:
            others = (
                [equal] if equal else [one for one, docs in sets if {*docs} - {doc}]
            )
            known[key] = _best([grade(row, one, book) for one in others])
        found[row["id"]] = known[key]
    return found


def _largest(
    sets: Sequence[tuple[Cells, Counter[str]]], book: Codebook
) -> Cells | None:
    """Facets that most places share and that leave nothing open; none of one place.

    Of several, those of the place that comes first.
    """
    order = {doc: place for place, doc in enumerate(book.order)}
    ranked = [
        (len(docs), -min(order[doc] for doc in docs), at)
        for at, (facets, docs) in enumerate(sets)
        if len(docs) > 1 and grade(facets, facets, book).grade == "A"
    ]
    return sets[max(ranked)[2]][0] if ranked else None


def _best(grades: Sequence[Grade]) -> Standing:
    """Standing by the best of some grades, and the differences behind it.

    Told are those that the value has with every one of the others and causes itself;
    if there are none, those of the best pair.
    """
    best = min(grades, key=_rank)
    told = []
    for one in best.differences:
        found = [other for grade in grades for other in grade.differences]
        same = [other for other in found if other.row.facet == one.row.facet]
        own = [other for other in same if other.cause != RIGHT]
        if own and len(same) == len(grades):
            told.append(min(own, key=_words))
    return Standing(OF_GRADE[best.grade], tuple(told) or best.differences)


def _rank(one: Grade) -> tuple[str, int, list[tuple[str, ...]]]:
    """Sort key: the best grade with the fewest differences first."""
    return one.grade, len(one.differences), list(map(_words, one.differences))


def _words(one: Difference) -> tuple[str, ...]:
    return one.cause, one.row.state, one.reason("en"), one.reason("zh")
