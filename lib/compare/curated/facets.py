"""Facets: what two values are held against each other by.

In: observations and derived values of one document. Out: one row for each value that
may stand beside another, with the facets that grades are computed from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Annotated

from compare.base.intervals import period_end
from compare.base.tables import PERIOD, Codelist, Refers, Row, column
from compare.codebook.book import Codebook
from compare.codebook.models import COMPARED
from compare.curated.derived import Derived
from compare.curated.observations import Observation
from compare.documents.text import fold

NONE, STATED, EXACT, CLOSE = "none", "stated", "exact", "close"


class Facets(Row):
    """One value and the facets by which two of its kind are judged."""

    key = ("id",)
    id: str = column("observation or derived value")
    indicator: Annotated[str, Refers("indicators")] = column("canonical indicator")
    kind: Annotated[str, Codelist("kind")] = column("kind of the value")
    numerator: str = column(
        "exact, or close where the wording does not say it all", pattern="exact|close"
    )
    counted: str = column("flow and grade that change what is counted", empty=True)
    denominator: str = column(
        "none, stated, whose people where they are not the usual, or close words",
        empty=True,
    )
    territory: Annotated[str, Codelist("scope")] = column("part or fund", empty=True)
    value_type: str = column(
        "reported, hedged or derived", pattern="reported|hedged|derived"
    )
    date: str = column("time period", pattern=PERIOD, empty=True)
    mixed: Annotated[str, Codelist("in_words")] = column(
        "yes where it is computed from numbers of different dates", empty=True
    )
    doubt: Annotated[str, Codelist("in_words")] = column(
        "yes where it or an input is in doubt", empty=True
    )
    scale: str = column(
        "count, where the size of the place shows in it", pattern="count|ratio"
    )
    level: Annotated[str, Codelist("level")] = column("level of the place")
    interim: Annotated[str, Codelist("in_words")] = column(
        "yes for a target that a later one follows", empty=True
    )


FACETS = (
    *("numerator", "counted", "denominator", "territory", "value_type"),
    *("date", "mixed", "doubt", "scale", "level"),
)


def facets_of(
    observations: Sequence[Observation], derived: Iterable[Derived], book: Codebook
) -> list[Facets]:
    """Give the facets of each value of one document that others may stand beside.

    Statements for the whole place whose wording is an exact or close match, and derived
    values that are no refusals. What a derived value counts is as exact as its inputs.
    """
    (source,) = book.documents.values()
    level = book.place(source.doc).level
    stated = [
        row
        for row in observations
        if row.comparator != "missing"
        and row.ref_area == source.ref_area
        and row.match_type in COMPARED
    ]
    last = _last_targets(stated)
    found = [
        Facets(
            id=row.id,
            indicator=row.indicator,
            kind=row.kind,
            numerator=EXACT if row.match_type == "exactMatch" else CLOSE,
            counted=_counted(row, book),
            denominator=_denominator(row, book),
            territory=row.scope,
            value_type="hedged" if row.comparator in ("~", "+") else "reported",
            date=row.time_period,
            mixed="",
            doubt=_yes(row.obs_status == "U"),
            scale=_scale(row.indicator, book),
            level=level,
            interim=_yes(_is_interim(row, last)),
        )
        for row in stated
    ]
    return found + list(_facets_of_derived(observations, derived, level, book))


def _facets_of_derived(
    observations: Iterable[Observation],
    derived: Iterable[Derived],
    level: str,
    book: Codebook,
) -> Iterator[Facets]:
    known = {row.id: row for row in observations}
    for row in derived:
        if row.measure != "value" or row.refused:
            continue
        inputs = [known[id] for id in row.inputs.split()]
        exact = all(one.match_type == "exactMatch" for one in inputs)
        bases = sorted({_unusual(one, book) for one in inputs} - {""})
        ends = {period_end(one.time_period) for one in inputs} - {None}
        usual = STATED if book.indicators[row.indicator].denominator else NONE
        yield Facets(
            id=row.id,
            indicator=row.indicator,
            kind=row.kind,
            numerator=EXACT if exact else CLOSE,
            counted=" ".join(sorted({_counted(one, book) for one in inputs} - {""})),
            denominator=" ".join(bases) or usual,
            territory="",
            value_type="derived",
            date=row.time_period,
            mixed=_yes(len(ends) > 1),
            doubt=_yes(row.obs_status == "U"),
            scale=_scale(row.indicator, book),
            level=level,
            interim="",
        )


def _last_targets(rows: Iterable[Observation]) -> dict[tuple[str, str], Fraction]:
    """When the last dated target ends, by indicator and part or fund."""
    last: dict[tuple[str, str], Fraction] = {}
    for row in rows:
        end = period_end(row.time_period)
        if row.kind == "target" and end is not None:
            series = (row.indicator, row.scope)
            last[series] = max(last.get(series, end), end)
    return last


def _is_interim(row: Observation, last: Mapping[tuple[str, str], Fraction]) -> bool:
    """Whether a later target follows; an undated one is none between."""
    end = period_end(row.time_period)
    dated = row.kind == "target" and end is not None
    return dated and end != last[row.indicator, row.scope]


def _counted(row: Observation, book: Codebook) -> str:
    """Say what else than the indicator is counted: a flow, a grade."""
    flow = fold(row.flow_stated)
    stock = flow in book.codes.get("stock_flow", {})
    return " ".join(filter(None, ("" if stock else flow, fold(row.grade_stated))))


def _denominator(row: Observation, book: Codebook) -> str:
    """Who or what is counted over: as the definition says where the match is exact.

    Not where the definition leaves it open; a close match has its own words.
    """
    if base := _unusual(row, book):
        return base
    if not book.indicators[row.indicator].denominator:
        return NONE
    if row.match_type != "exactMatch":
        return fold(row.denominator_stated)
    return "" if row.indicator in book.codes.get("open_denominator", {}) else STATED


def _unusual(row: Observation, book: Codebook) -> str:
    """Whose people, where a base is printed that is not the usual one."""
    base = fold(row.base_stated)
    return "" if base in book.codes.get("usual_base", {}) else base


def _scale(indicator: str, book: Codebook) -> str:
    dimension = book.units[book.indicators[indicator].unit].dimension
    return "ratio" if dimension in book.codes.get("scale_free", {}) else "count"


def _yes(so: bool) -> str:
    return "yes" if so else ""
