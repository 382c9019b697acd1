"""Comparability: a grade for every pair of values of one indicator.

In: observations, derived values, and the grades of ``facets.csv``. Out: for each pair
of places a grade A, B or C with the facet that costs most. A grade is relative to the
neighbour in the chart; a value by itself has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Annotated

from compare.base.tables import Codelist, Refers, Row, column
from compare.codebook.book import Codebook
from compare.curated.derived import Derived
from compare.curated.observations import Observation

SAME, UNSTATED, DIFFERENT, APART = "same", "unstated", "different", "apart"


class Pair(Row):
    """Two values of one indicator, of two places, and how far they may be compared."""

    key = ("indicator", "kind", "left", "right")
    indicator: Annotated[str, Refers("indicators")] = column("canonical indicator")
    kind: Annotated[str, Codelist("kind")] = column("kind of both")
    left: str = column("id of an observation or derived value")
    right: str = column("id of one of another place")
    grade: Annotated[str, Codelist("grade")] = column("A, B or C")
    facet: Annotated[str, Codelist("facet")] = column("the worst facet", empty=True)
    reason_en: str = column("why, in English", empty=True)
    reason_zh: str = column("why, in Chinese", empty=True)


@dataclass(frozen=True)
class Value:
    """What the facets of a value are, whether stated or derived."""

    id: str
    doc: str
    indicator: str
    kind: str
    time_period: str
    exact: bool
    denominator: str
    scope: str
    value_type: str
    level: str


def compare_all(
    observations: Iterable[Observation], derived: Iterable[Derived], book: Codebook
) -> list[Pair]:
    """Grade every pair of values of one indicator and kind, of two places.

    Returns
    -------
    list of Pair
        Sorted by indicator, kind and ids.
    """
    groups: dict[tuple[str, str], list[Value]] = {}
    for value in [*_stated(observations, book), *_derived(derived, book)]:
        groups.setdefault((value.indicator, value.kind), []).append(value)
    pairs = [
        _pair(left, right, book)
        for values in groups.values()
        for left, right in combinations(values, 2)
        if left.doc != right.doc
    ]
    return sorted(pairs, key=lambda row: row.place())


def _stated(observations: Iterable[Observation], book: Codebook) -> list[Value]:
    return [
        Value(
            id=row.id,
            doc=row.doc,
            indicator=row.indicator,
            kind=row.kind,
            time_period=row.time_period,
            exact=row.match_type == "exactMatch",
            denominator=row.base_stated,
            scope=row.scope,
            value_type="hedged" if row.comparator in ("~", "+") else "reported",
            level=book.documents[row.doc].level,
        )
        for row in observations
        if row.comparator != "missing"
        and row.ref_area == book.documents[row.doc].ref_area
        and row.match_type in ("exactMatch", "closeMatch")
    ]


def _derived(derived: Iterable[Derived], book: Codebook) -> list[Value]:
    return [
        Value(
            id=row.id,
            doc=doc,
            indicator=row.indicator,
            kind="baseline",
            time_period=row.time_period,
            exact=bool(row.value),
            denominator="",
            scope="",
            value_type="derived",
            level=book.documents[doc].level,
        )
        for row in derived
        for doc in [row.id.partition(":")[0]]
        if row.measure == "value" and not row.refused
    ]


def _pair(left: Value, right: Value, book: Codebook) -> Pair:
    states = {
        "numerator": SAME if left.exact and right.exact else UNSTATED,
        "denominator": _denominator(left, right),
        "date": _state(_year(left), _year(right)),
        "territory": _territory(left, right, book),
        "value_type": SAME if left.value_type == right.value_type else DIFFERENT,
        "level": SAME if left.level == right.level else DIFFERENT,
    }
    found = [book.facets[facet, state] for facet, state in states.items()]
    worst = max(found, key=lambda row: row.grade)
    plain = worst.state == SAME
    return Pair(
        indicator=left.indicator,
        kind=left.kind,
        left=left.id,
        right=right.id,
        grade=worst.grade,
        facet="" if plain else worst.facet,
        reason_en="" if plain else worst.reason_en,
        reason_zh="" if plain else worst.reason_zh,
    )


def _denominator(left: Value, right: Value) -> str:
    """Tell registered from resident people."""
    if not left.denominator or not right.denominator:
        return SAME
    return SAME if left.denominator == right.denominator else DIFFERENT


def _territory(left: Value, right: Value, book: Codebook) -> str:
    apart = book.codes["scope_apart"]
    if left.scope != right.scope and {left.scope, right.scope} & apart.keys():
        return APART
    unstated = "unstated" in (left.scope, right.scope)
    if unstated or bool(left.scope) != bool(right.scope):
        return UNSTATED
    return SAME if left.scope == right.scope else DIFFERENT


def _state(left: str, right: str) -> str:
    if not left or not right:
        return UNSTATED if left or right else SAME
    return SAME if left == right else DIFFERENT


def _year(value: Value) -> str:
    return value.time_period.split("/")[-1][:4]


def best_grades(pairs: Sequence[Pair]) -> dict[str, str]:
    """Best grade of any pair that a value is in, for pages that filter by grade."""
    best: dict[str, str] = {}
    for pair in pairs:
        for id in (pair.left, pair.right):
            best[id] = min(best.get(id, pair.grade), pair.grade)
    return best
