"""Findings: every document held against itself.

In: observations and the rules of ``finding_rules.csv``. Out: findings, each with its
arithmetic written out, an outcome in the words of its rule, and the verdict that this
outcome counts as: *holds*, *fails* (the document contradicts itself), or *depends* (on
how it is read). Rules that hold are recorded too: a table of failures proves nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from operator import attrgetter
from typing import Annotated

from compare.base.intervals import Interval
from compare.base.tables import Codelist, Long, Refers, Row, column
from compare.codebook.book import Codebook
from compare.codebook.models import COMPARED
from compare.codebook.rules import FindingRule
from compare.curated.derived import (
    Statements,
    combinations,
    is_vague,
    rounded,
    too_far,
)
from compare.curated.observations import Observation
from compare.curated.written import (
    plain,
    shown,
    under_other_readings,
    worded,
    written,
)

HOLDS, FAILS, DEPENDS, EQUAL = "holds", "fails", "depends", "equal"
UNSCOPED = ("", "unstated")
LOOSE = ("broadMatch", "narrowMatch")


class Finding(Row):
    """One rule, applied to one place of one document."""

    key = ("id",)
    id: str = column("document, rule, and what it was applied to")
    doc: Annotated[str, Refers("documents")] = column("document")
    rule: str = column("code of the rule")
    verdict: Annotated[str, Codelist("verdict")] = column("holds, fails or depends")
    outcome: Annotated[str, Codelist("outcome")] = column(
        "the same in the rule's words"
    )
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
    """What a test says about one choice of inputs.

    ``result`` is holds, fails, depends or equal: the rule words it.
    """

    result: str
    rows: Sequence[Observation]
    stated: str
    computed: Interval | None
    arithmetic: str


def find(statements: Statements, book: Codebook) -> list[Finding]:
    """Apply every rule of ``finding_rules.csv`` to one document."""
    return [
        _finding(rule, outcome, book)
        for rule in book.finding_rules
        for outcome in TESTS[rule.test](rule, statements)
    ]


def _computed(rule: FindingRule, statements: Statements) -> Iterator[Outcome]:
    """Hold a statement (a) against a formula on others (b, c, d)."""
    for chosen in _together(rule, statements):
        lead = chosen["a"]
        results = [
            statements.compute(rule.formula, chosen, reach)
            for reach in statements.reaches
        ]
        readings = list(zip(statements.reaches, results, strict=True))
        verdicts = {
            _verdict(rule, lead, statements.interval(lead, reach), result)
            for reach, result in readings
        }
        verdict = verdicts.pop() if len(verdicts) == 1 else DEPENDS
        arithmetic = f"{written(rule.formula, chosen)} = {shown(results[0])}"
        vague = [row.hedge_stated for row in chosen.values() if is_vague(row)]
        if verdict == DEPENDS and vague:
            arithmetic += f"; {vague[0]} as {under_other_readings(readings[1:])}"
        if verdict == FAILS and statements.rounded.keys() & {
            row.id for row in chosen.values()
        }:
            loose = replace(
                statements, spans={**statements.spans, **statements.rounded}
            )
            result = loose.compute(rule.formula, chosen)
            verdict = _verdict(rule, lead, loose.interval(lead), result)
            arithmetic += f"; printed decimals as rounded: {shown(result)}"
        stated = "" if rule.test == "between" else worded(lead)
        yield Outcome(verdict, list(chosen.values()), stated, results[0], arithmetic)


def _together(
    rule: FindingRule, statements: Statements
) -> Iterator[Mapping[str, Observation]]:
    """Find inputs of a rule that lie no further apart than it allows."""
    found = combinations(rule, statements)
    return (chosen for chosen in found if not too_far(rule, chosen))


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
        verdict = _meet(statements.interval(total), result)
        written = f"{' + '.join(part.value for part in parts)} = {shown(result)}"
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
            f"growth {plain(min(growth))} % to {plain(max(growth))} %, spread "
            f"{plain(spread)} points"
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
        low = max(statements.interval(row).lower for row in rows)
        high = min(statements.interval(row).upper for row in rows)
        said = "; ".join(f"{worded(row)} ({row.id})" for row in rows)
        verdict = HOLDS if low <= high else FAILS
        yield Outcome(verdict, rows, worded(rows[0]), None, said)


def _restates(rule: FindingRule, statements: Statements) -> Iterator[Outcome]:
    """Hold statements against those of one indicator that say more of what they mean.

    A date or a scope is missing in one of two, or its wording is broader or narrower.
    They may be about different things, so that nothing fails.
    """
    matched = [row for row in statements.rows if row.match_type in (*COMPARED, *LOOSE)]
    kinds = rule.a_kinds.split()
    same = ("indicator", "kind", "ref_area")
    for rows in _repeated((row for row in matched if row.kind in kinds), *same):
        for loose in rows:
            others = [row for row in rows if _says_more(row, loose)]
            if others:
                yield _restated(loose, others, statements)


def _says_more(row: Observation, loose: Observation) -> bool:
    """Whether a statement may mean what a looser one means, and says more of it."""
    gained = {
        _gain(row.time_period, loose.time_period),
        _gain(*("" if one.scope in UNSCOPED else one.scope for one in (row, loose))),
        _gain(*("" if one.match_type in LOOSE else "fits" for one in (row, loose))),
    }
    return "more" in gained and not gained & {"less", "other"}


def _gain(cell: str, loose: str) -> str:
    if cell == loose:
        return ""
    return "more" if not loose else "other" if cell else "less"


def _restated(
    loose: Observation, others: Sequence[Observation], statements: Statements
) -> Outcome:
    span, rows = statements.interval(loose), [loose, *others]
    meet = (_meet(span, statements.interval(row)) == HOLDS for row in others)
    told = [(row.id, row.time_period, row.scope) for row in rows]
    named = (", ".join(filter(None, cells)) for cells in told)
    pairs = zip(map(worded, rows), named, strict=True)
    said = "; ".join(f"{value} ({name})" for value, name in pairs)
    return Outcome(HOLDS if any(meet) else DEPENDS, rows, worded(loose), None, said)


def _demands(rule: FindingRule, statements: Statements) -> Iterator[Outcome]:
    """Hold targets against baselines of one question: the one tabled, the other not.

    Where the baseline has reached the target, one place of the document demands what
    another says is done.
    """
    rows = [row for row in statements.rows if row.match_type in COMPARED and row.value]
    own = [row for row in rows if row.ref_area == statements.whole]
    starts = [row for row in own if row.kind in rule.b_kinds.split()]
    for target in own:
        if target.kind not in rule.a_kinds.split():
            continue
        for start in starts:
            if _same_question(target, start, statements) and (
                bool(target.in_table) != bool(start.in_table)
            ):
                done = Decimal(start.value) >= Decimal(target.value)
                said = f"{worded(target)} ({target.id}); {worded(start)} ({start.id})"
                result = DEPENDS if done else HOLDS
                yield Outcome(result, [target, start], worded(target), None, said)


def _same_question(
    left: Observation, right: Observation, statements: Statements
) -> bool:
    """Whether two statements answer one question, in one unit and for one part."""
    one, other = (
        statements.questions.get(row.indicator, {row.indicator})
        for row in (left, right)
    )
    alike = left.unit == right.unit and left.scope == right.scope
    return alike and not one.isdisjoint(other)


def _rises(rule: FindingRule, statements: Statements) -> Iterator[Outcome]:
    """Tell whether a target lies beyond its baseline."""
    for chosen in _together(rule, statements):
        target, baseline = chosen["a"], chosen["b"]
        change = statements.compute("a - b", chosen)
        verdict = _beyond(target, baseline, change)
        written = f"{worded(target)} against {worded(baseline)}"
        yield Outcome(verdict, [target, baseline], worded(target), change, written)


def _beyond(target: Observation, baseline: Observation, change: Interval) -> str:
    """Judge a change; of two bounds with one sign the stated ends are compared."""
    if worded(target) == worded(baseline):
        return EQUAL
    if change.upper <= 0:
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
    "restates": _restates,
    "demands": _demands,
    "rises": _rises,
    "one_date": _one_date,
    "not_year": _not_year,
    "not_zero": _not_zero,
}


def _finding(rule: FindingRule, outcome: Outcome, book: Codebook) -> Finding:
    lead = outcome.rows[0]
    result = outcome.computed
    lower = rounded(result.lower) if result else ""
    upper = rounded(result.upper) if result else ""
    parts = [lead.doc, rule.rule, lead.id.partition(":")[2]]
    said = getattr(rule, f"if_{outcome.result}") or rule.if_holds
    return Finding(
        id=":".join(parts),
        doc=lead.doc,
        rule=rule.rule,
        verdict=book.codes["outcome"][said].definition,
        outcome=said,
        stated=outcome.stated,
        computed=lower if lower == upper else shown(result) if result else "",
        lower=lower,
        upper=upper,
        inputs=" ".join(row.id for row in outcome.rows),
        arithmetic=outcome.arithmetic,
        explanation_en=rule.explanation_en,
        explanation_zh=rule.explanation_zh,
    )
