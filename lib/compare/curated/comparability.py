"""Comparability: the facets of every value, and the grade of two values.

In: observations and derived values. Out: one row for each value that may stand beside
another, with the facets that pairs are judged by. A grade belongs to two values and is
computed from their rows when somebody asks: ``facets.csv`` says what each state of a
facet costs, and a difference says which of the two values causes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, combinations_with_replacement
from string import Template
from typing import Annotated, Any

from compare.base.intervals import period_end
from compare.base.problems import Problem
from compare.base.tables import PERIOD, Codelist, Refers, Row, column
from compare.codebook.book import Codebook
from compare.codebook.models import COMPARED, Facet
from compare.curated.derived import Derived
from compare.curated.observations import Observation
from compare.documents.text import fold

SAME, UNSTATED, DIFFERENT = "same", "unstated", "different"
APART, DOUBTED, MIXED = "apart", "doubted", "mixed"
LEFT, RIGHT, BOTH = "left", "right", "both"
NONE, STATED, EXACT, CLOSE = "none", "stated", "exact", "close"
Cells = Mapping[Any, Any]
State = tuple[str, str]


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


@dataclass(frozen=True)
class Difference:
    """A facet on which two values are not the same, and who causes it.

    Parameters
    ----------
    row
        The row of ``facets.csv``: facet, state, grade and reason.
    cause
        ``left``, ``right`` or ``both``.
    left, right
        What the facet of each value is, in words of both languages.
    """

    row: Facet
    cause: str
    left: Mapping[str, str]
    right: Mapping[str, str]

    def reason(self, language: str, own: str = LEFT) -> str:
        """Say the reason in ``en`` or ``zh``, from the side of one value."""
        text = self.row.reason_zh if language == "zh" else self.row.reason_en
        mine, other = (self.left, self.right)[:: 1 if own == LEFT else -1]
        return Template(text).substitute(own=mine[language], other=other[language])


@dataclass(frozen=True, repr=False)
class Grade:
    """How far two values may be compared.

    Parameters
    ----------
    grade
        A, B or C: the worst that a facet costs.
    differences
        Every facet that is not the same, by severity.
    """

    grade: str
    differences: tuple[Difference, ...]

    def __repr__(self) -> str:
        """Grade, and a line for each facet: who causes it, and why."""
        told = (
            f"{one.row.facet} {one.row.state} ({one.row.grade}, {one.cause}): "
            f"{one.reason('en')} {one.reason('zh')}"
            for one in self.differences
        )
        return "\n".join([self.grade, *told])

    @property
    def facet(self) -> str:
        """The facet that costs most; of several the most severe; empty for A."""
        costly = (one for one in self.differences if one.row.grade == self.grade)
        return next((one.row.facet for one in costly), "")


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
            interim=_yes(_ends(row) < last.get(_series(row), 0)),
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
            mixed=_yes(len({_ends(one) for one in inputs if one.time_period}) > 1),
            doubt=_yes(row.obs_status == "U"),
            scale=_scale(row.indicator, book),
            level=level,
            interim="",
        )


def grade(left: Cells, right: Cells, book: Codebook) -> Grade:
    """Grade two values by their facets: rows of ``comparability.csv``, by column.

    Examples
    --------
    >>> from compare.codebook.book import find_root, load_codebook
    >>> one = dict.fromkeys(FACETS, "") | {"denominator": "none", "date": "2020"}
    >>> grade(one, one | {"date": "2021-03"}, load_codebook(find_root())).facet
    'date'
    """
    differences = []
    for name, judge in JUDGES.items():
        state, cause = judge(left, right, book)
        if state != SAME:
            told = [_told(name, cells, book) for cells in (left, right)]
            differences.append(Difference(book.facets[name][state], cause, *told))
    differences.sort(key=lambda one: int(one.row.severity))
    worst = max((one.row.grade for one in differences), default="A")
    return Grade(worst, tuple(differences))


def check_facets(book: Codebook) -> Iterator[Problem]:
    """Hold ``facets.csv`` against the states that values can have: each once."""
    where = "data/codebook/facets.csv"
    listed = {(name, state) for name, states in book.facets.items() for state in states}
    reached = {(name, state) for name, states in STATES.items() for state in states}
    for name, state in sorted(listed - reached):
        what = "no two values can be in this state."
        wanted = f"one of: {', '.join(sorted(STATES.get(name, ())))}."
        yield Problem(f"{where} {name}, {state}", what, wanted, "delete the row.")
    for name, state in sorted(reached - listed):
        what = "there is no row for what this state costs."
        yield Problem(f"{where} {name}, {state}", what, "one row.", "add the row.")


def pairs(
    rows: Sequence[Cells], book: Codebook
) -> Iterator[tuple[Cells, Cells, Grade]]:
    """Grade every pair of values of one indicator and kind, of two documents.

    Interim targets are in no pair.
    """
    for group in groups_of(rows).values():
        for left, right in combinations(group, 2):
            if doc_of(left) != doc_of(right):
                yield left, right, grade(left, right, book)


def count_pairs(rows: Sequence[Cells], book: Codebook) -> Counter[str]:
    """Count the pairs of each grade, values with the same facets at once."""
    found: Counter[str] = Counter()
    for group in groups_of(rows).values():
        for one, other in combinations_with_replacement(alike(group), 2):
            (left, mine), (right, theirs) = one, other
            apart = mine.total() * theirs.total() - sum(
                times * theirs[doc] for doc, times in mine.items()
            )
            graded = grade(left, right, book).grade
            found[graded] += apart // 2 if left is right else apart
    return found


def alike(rows: Iterable[Cells]) -> list[tuple[Cells, Counter[str]]]:
    """Give each set of facets that occurs, and how often each document has it."""
    found: dict[tuple[str, ...], tuple[Cells, Counter[str]]] = {}
    for row in rows:
        facets = {name: row[name] for name in FACETS}
        _, docs = found.setdefault(tuple(facets.values()), (facets, Counter()))
        docs[doc_of(row)] += 1
    return list(found.values())


def groups_of(rows: Iterable[Cells]) -> dict[tuple[str, str], list[Cells]]:
    """Values that may stand beside each other: of one indicator and kind."""
    groups: dict[tuple[str, str], list[Cells]] = {}
    for row in rows:
        if not row["interim"]:
            groups.setdefault((row["indicator"], row["kind"]), []).append(row)
    return groups


def doc_of(row: Cells) -> str:
    """Document that a value is of."""
    return str(row["id"]).partition(":")[0]


def _last_targets(rows: Iterable[Observation]) -> dict[tuple[str, str], Any]:
    """When the last dated target ends, by indicator and part or fund."""
    last: dict[tuple[str, str], Any] = {}
    for row in rows:
        if row.kind == "target" and row.time_period:
            last[_series(row)] = max(last.get(_series(row), 0), _ends(row))
    return last


def _series(row: Observation) -> tuple[str, str]:
    return (row.indicator, row.scope) if row.kind == "target" else ("", "")


def _ends(row: Observation) -> Any:
    """End of a period; never before another where it is undated."""
    end = period_end(row.time_period)
    return float("inf") if end is None else end


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


def _lacks(left: bool, right: bool) -> str:
    """Say which of two values lacks something."""
    return BOTH if left and right else LEFT if left else RIGHT


def _numerator(left: Cells, right: Cells, book: Codebook) -> State:
    if left["counted"] != right["counted"]:
        return DIFFERENT, BOTH
    close = left["numerator"] == CLOSE, right["numerator"] == CLOSE
    return (UNSTATED, _lacks(*close)) if any(close) else (SAME, "")


def _of_denominator(left: Cells, right: Cells, book: Codebook) -> State:
    here, there = left["denominator"], right["denominator"]
    if here == there != "":
        return SAME, ""
    known = {NONE, STATED, *book.codes.get("base", {})}
    lack = here not in known, there not in known
    return (UNSTATED, _lacks(*lack)) if any(lack) else (DIFFERENT, BOTH)


def _territory(left: Cells, right: Cells, book: Codebook) -> State:
    here, there = left["territory"], right["territory"]
    alone = book.codes["scope_apart"]
    if here != there and (here in alone or there in alone):
        return APART, _lacks(here in alone, there in alone)
    lack = here == UNSTATED, there == UNSTATED
    if any(lack):
        return UNSTATED, _lacks(*lack)
    return (SAME, "") if here == there else (DIFFERENT, BOTH)


def _date(left: Cells, right: Cells, book: Codebook) -> State:
    mixed = bool(left["mixed"]), bool(right["mixed"])
    if any(mixed):
        return MIXED, _lacks(*mixed)
    ends = period_end(left["date"]), period_end(right["date"])
    lack = ends[0] is None, ends[1] is None
    if any(lack):
        return UNSTATED, _lacks(*lack)
    return (SAME, "") if ends[0] == ends[1] else (DIFFERENT, BOTH)


def _value_type(left: Cells, right: Cells, book: Codebook) -> State:
    if left["value_type"] == right["value_type"]:
        return SAME, ""
    unlike = [cells["value_type"] != "reported" for cells in (left, right)]
    return DIFFERENT, _lacks(*unlike)


def _doubt(left: Cells, right: Cells, book: Codebook) -> State:
    doubts = bool(left["doubt"]), bool(right["doubt"])
    return (DOUBTED, _lacks(*doubts)) if any(doubts) else (SAME, "")


def _of_scale(left: Cells, right: Cells, book: Codebook) -> State:
    return (DIFFERENT, BOTH) if left["scale"] == "count" else (SAME, "")


def _level(left: Cells, right: Cells, book: Codebook) -> State:
    return (SAME, "") if left["level"] == right["level"] else (DIFFERENT, BOTH)


JUDGES: Mapping[str, Callable[[Cells, Cells, Codebook], State]] = {
    "numerator": _numerator,
    "denominator": _of_denominator,
    "territory": _territory,
    "value_type": _value_type,
    "date": _date,
    "doubt": _doubt,
    "scale": _of_scale,
    "level": _level,
}
STATES: Mapping[str, frozenset[str]] = {
    "numerator": frozenset({UNSTATED, DIFFERENT}),
    "denominator": frozenset({UNSTATED, DIFFERENT}),
    "territory": frozenset({UNSTATED, DIFFERENT, APART}),
    "value_type": frozenset({DIFFERENT}),
    "date": frozenset({UNSTATED, DIFFERENT, MIXED}),
    "doubt": frozenset({DOUBTED}),
    "scale": frozenset({DIFFERENT}),
    "level": frozenset({DIFFERENT}),
}


def _told(facet: str, cells: Cells, book: Codebook) -> dict[str, str]:
    """Word the facet of one value in both languages, where a reason names it."""
    codelist, code = {"territory": "scope"}.get(facet, facet), cells[facet]
    if facet == "territory" and not code:
        codelist, code = "wording", "whole_place"
    known = book.codes.get(codelist, {})
    return {
        language: book.label(codelist, code, language) if code in known else code
        for language in ("en", "zh")
    }
