"""Comparability: the grade of two values.

In: rows of facets. Out: grades. A grade belongs to two values and is computed from
their rows when somebody asks: ``facets.csv`` says what each state of a facet costs, and
a difference says which of the two values causes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, combinations_with_replacement
from string import Template
from typing import Any

from compare.base.intervals import period_end
from compare.base.problems import Problem
from compare.codebook.book import Codebook
from compare.codebook.models import Facet
from compare.curated.facets import CLOSE, FACETS, NONE, STATED

SAME, UNSTATED, DIFFERENT = "same", "unstated", "different"
APART, DOUBTED, MIXED = "apart", "doubted", "mixed"
LEFT, RIGHT, BOTH = "left", "right", "both"
Cells = Mapping[Any, Any]
State = tuple[str, str]


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
