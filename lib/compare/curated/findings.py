"""Findings: every document held against itself.

In: observations and the rules of ``finding_rules.csv``. Out: findings, each with its
arithmetic written out and a verdict: *holds*, *fails*, or *depends* (on how far 左右
reaches). Rules that hold are recorded too: a table of failures alone proves nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from operator import attrgetter
from typing import Annotated

from compare.base.intervals import Interval
from compare.base.tables import Codelist, Long, Refers, Row, column
from compare.codebook.book import Codebook
from compare.codebook.models import FindingRule
from compare.curated.derived import (
    Statements,
    combinations,
    compute,
    interval,
    is_vague,
    rounded,
)
from compare.curated.observations import Observation

HOLDS, FAILS, DEPENDS = "holds", "fails", "depends"


class Finding(Row):
    """One rule, applied to one place of one document."""

    key = ("id",)
    id: str = column("document, rule, and what it was applied to")
    doc: Annotated[str, Refers("documents")] = column("document")
    rule: str = column("code of the rule")
    verdict: Annotated[str, Codelist("verdict")] = column("holds, fails or depends")
    stated: str = column("what the document states", empty=True)
    computed: str = column("what follows from other statements", empty=True)
    lower: str = column("lower end of the computed value", empty=True)
    upper: str = column("upper end of the computed value", empty=True)
    inputs: Annotated[str, Long()] = column("ids of all observations used")
    arithmetic: Annotated[str, Long()] = column("the arithmetic written out")
    explanation_en: Annotated[str, Long()] = column("what it means, in English")
    explanation_zh: Annotated[str, Long()] = column("what it means, in Chinese")


@dataclass(frozen=True)
class Outcome:
    """What a test says about one choice of inputs."""

    verdict: str
    rows: Sequence[Observation]
    stated: str
    computed: Interval | None
    arithmetic: str


def find(statements: Statements, book: Codebook) -> list[Finding]:
    """Apply every rule of ``finding_rules.csv`` to one document."""
    return [
        _finding(rule, outcome)
        for rule in book.finding_rules
        for outcome in TESTS[rule.test](rule, statements)
    ]


def _computed(rule: FindingRule, statements: Statements) -> Iterator[Outcome]:
    """Hold a statement (a) against a formula on others (b, c, d)."""
    for chosen in combinations(rule, statements):
        lead = chosen["a"]
        results = [compute(rule.formula, chosen, reach) for reach in statements.reaches]
        readings = list(zip(statements.reaches, results, strict=True))
        verdicts = {
            _verdict(rule, lead, interval(lead, reach), result)
            for reach, result in readings
        }
        verdict = verdicts.pop() if len(verdicts) == 1 else DEPENDS
        arithmetic = f"{_written(rule.formula, chosen)} = {_shown(results[0])}"
        vague = [row.hedge_stated for row in chosen.values() if is_vague(row)]
        if verdict == DEPENDS and vague:
            arithmetic += f"; {vague[0]} as {_under_other_readings(readings[1:])}"
        stated = "" if rule.test == "between" else worded(lead)
        yield Outcome(verdict, list(chosen.values()), stated, results[0], arithmetic)


def _verdict(
    rule: FindingRule, lead: Observation, wanted: Interval, result: Interval
) -> str:
    """Judge a computed value: it equals or reaches what is stated, or lies between."""
    if rule.test == "equals":
        return _meet(wanted, result)
    low = Fraction(rule.low or lead.value or lead.lower)
    high = Fraction(rule.high) if rule.high else math.inf
    if result.upper < low or high < result.lower:
        return FAILS
    return HOLDS if low <= result.lower and result.upper <= high else DEPENDS


def _meet(wanted: Interval, result: Interval) -> str:
    """Judge whether two intervals have a value in common."""
    apart = result.upper < wanted.lower or wanted.upper < result.lower
    return FAILS if apart else HOLDS


def _areas_sum(rule: FindingRule, statements: Statements) -> Iterator[Outcome]:
    """Hold a total row against the sum of the areas of the same year."""
    for total, parts in _totals(rule, statements):
        numbers = [Fraction(part.value) for part in parts]
        result = Interval(sum(numbers, Fraction(0)), sum(numbers, Fraction(0)))
        verdict = _meet(interval(total), result)
        written = f"{' + '.join(part.value for part in parts)} = {_shown(result)}"
        yield Outcome(verdict, [total, *parts], total.value, result, written)


def _areas_even(rule: FindingRule, statements: Statements) -> Iterator[Outcome]:
    """Tell whether all areas grow alike from the first to the last year."""
    series: dict[str, dict[str, list[Observation]]] = {}
    for _, parts in _totals(rule, statements, "baseline target"):
        for part in parts:
            areas = series.setdefault(part.indicator, {})
            areas.setdefault(part.ref_area, []).append(part)
    for areas in series.values():
        ordered = (
            sorted(rows, key=attrgetter("time_period")) for rows in areas.values()
        )
        ends = [(rows[0], rows[-1]) for rows in ordered]
        growth = [
            100 * (Fraction(last.value) / Fraction(first.value) - 1)
            for first, last in ends
        ]
        spread = max(growth) - min(growth)
        verdict = HOLDS if spread <= Fraction(rule.high) else FAILS
        rows = [row for pair in ends for row in pair]
        written = (
            f"growth {_plain(min(growth))} % to {_plain(max(growth))} %, spread "
            f"{_plain(spread)} points"
        )
        yield Outcome(verdict, rows, "", Interval(spread, spread), written)


def _totals(
    rule: FindingRule, statements: Statements, kinds: str = ""
) -> Iterator[tuple[Observation, list[Observation]]]:
    """Total rows, each with the rows of its areas in the same year."""
    whole = statements.whole
    listed = [row for row in _of_kinds(rule, statements, kinds) if row.flow_stated]
    for total in listed:
        parts = [
            row
            for row in listed
            if row.indicator == total.indicator
            and row.time_period == total.time_period
            and row.ref_area != whole
            and row.area_stated
        ]
        if parts and total.ref_area == whole:
            yield total, parts


def _repeats(rule: FindingRule, statements: Statements) -> Iterator[Outcome]:
    """Hold all statements of one value in one document against each other."""
    same = ("indicator", "kind", "ref_area", "scope", "time_period")
    for rows in _repeated(_of_kinds(rule, statements), *same):
        low = max(interval(row).lower for row in rows)
        high = min(interval(row).upper for row in rows)
        said = "; ".join(f"{worded(row)} ({row.id})" for row in rows)
        verdict = HOLDS if low <= high else FAILS
        yield Outcome(verdict, rows, worded(rows[0]), None, said)


def _rises(rule: FindingRule, statements: Statements) -> Iterator[Outcome]:
    """Tell whether a target lies beyond its baseline."""
    for chosen in combinations(rule, statements):
        target, baseline = chosen["a"], chosen["b"]
        change = compute("a - b", chosen)
        verdict = _beyond(target, baseline, change)
        written = f"{worded(target)} against {worded(baseline)}"
        yield Outcome(verdict, [target, baseline], worded(target), change, written)


def _beyond(target: Observation, baseline: Observation, change: Interval) -> str:
    """Judge a change; of two bounds with one sign the stated ends are compared."""
    if worded(target) == worded(baseline) or change.upper <= 0:
        return FAILS
    bounds = target.comparator == baseline.comparator != "="
    if change.lower > 0 or (bounds and Decimal(target.value) > Decimal(baseline.value)):
        return HOLDS
    return DEPENDS


def _one_date(rule: FindingRule, statements: Statements) -> Iterator[Outcome]:
    """Tell whether one target value is due in one year only."""
    dated = [
        row for row in _of_kinds(rule, statements) if row.time_period and row.value
    ]
    for rows in _repeated(dated, "indicator", "ref_area", "scope", "value"):
        years = {row.time_period for row in rows}
        verdict = HOLDS if len(years) == 1 else DEPENDS
        said = "; ".join(f"{worded(row)} by {row.time_period}" for row in rows)
        yield Outcome(verdict, rows, worded(rows[0]), None, said)


def _not_year(rule: FindingRule, statements: Statements) -> Iterator[Outcome]:
    """Tell whether a value in a table equals the year in the head of its column."""
    for row in _in_tables(rule, statements):
        suspicious = row.value == row.time_period
        verdict = DEPENDS if suspicious else HOLDS
        if suspicious or row.value.isdecimal() and len(row.value) == 4:
            said = f"{row.value} under {row.time_period}"
            yield Outcome(verdict, [row], row.value, None, said)


def _not_zero(rule: FindingRule, statements: Statements) -> Iterator[Outcome]:
    """List baselines of zero."""
    for row in _in_tables(rule, statements):
        if row.value == "0":
            yield Outcome(DEPENDS, [row], "0", None, f"{row.label_stated}: 0")


def _in_tables(rule: FindingRule, statements: Statements) -> Iterator[Observation]:
    own = _of_kinds(rule, statements)
    return (row for row in own if row.in_table and row.value)


def _of_kinds(
    rule: FindingRule, statements: Statements, kinds: str = ""
) -> Iterator[Observation]:
    """Statements of the kinds that a rule is about, indicator by indicator."""
    wanted = (kinds or rule.a_kinds).split()
    rows = chain.from_iterable(statements.by_indicator.values())
    return (row for row in rows if row.kind in wanted)


def _repeated(rows: Iterable[Observation], *names: str) -> Iterator[list[Observation]]:
    """Rows that say the same in some columns, together; none that stands alone."""
    groups: dict[tuple[str, ...], list[Observation]] = {}
    for row in rows:
        key = tuple(getattr(row, name) for name in names)
        groups.setdefault(key, []).append(row)
    return (group for group in groups.values() if len(group) > 1)


TESTS: Mapping[str, Callable[[FindingRule, Statements], Iterable[Outcome]]] = {
    "equals": _computed,
    "reaches": _computed,
    "between": _computed,
    "areas_sum": _areas_sum,
    "areas_even": _areas_even,
    "repeats": _repeats,
    "rises": _rises,
    "one_date": _one_date,
    "not_year": _not_year,
    "not_zero": _not_zero,
}


def worded(row: Observation) -> str:
    """Word a value with its comparator, in figures."""
    if row.comparator == "..":
        return f"{row.lower}..{row.upper}"
    sign = "" if row.comparator == "=" else row.comparator
    return f"{sign}{row.value}"


def _finding(rule: FindingRule, outcome: Outcome) -> Finding:
    lead = outcome.rows[0]
    result = outcome.computed
    lower = rounded(result.lower) if result else ""
    upper = rounded(result.upper) if result else ""
    parts = [lead.doc, rule.rule, lead.id.partition(":")[2]]
    return Finding(
        id=":".join(parts),
        doc=lead.doc,
        rule=rule.rule,
        verdict=outcome.verdict,
        stated=outcome.stated,
        computed=lower if lower == upper else _shown(result) if result else "",
        lower=lower,
        upper=upper,
        inputs=" ".join(row.id for row in outcome.rows),
        arithmetic=outcome.arithmetic,
        explanation_en=rule.explanation_en,
        explanation_zh=rule.explanation_zh,
    )


def _written(formula: str, chosen: Mapping[str, Observation]) -> str:
    """Write a formula with the stated numbers in the place of its letters."""
    return "".join(worded(chosen[part]) if part in chosen else part for part in formula)


def _under_other_readings(others: Iterable[tuple[Decimal | None, Interval]]) -> str:
    """Say what follows when 左右 reaches so many percent."""
    return ", ".join(
        f"±{_plain(Fraction(reach or 0) * 100)} %: {_shown(result)}"
        for reach, result in others
    )


def _shown(result: Interval) -> str:
    if result.lower == result.upper:
        return _plain(result.lower)
    return f"{_plain(result.lower)} to {_plain(result.upper)}"


def _plain(number: Fraction | float) -> str:
    """Write a number with two decimals, for reading."""
    return f"{float(number):.2f}".rstrip("0").rstrip(".")
