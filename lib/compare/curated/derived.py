"""Derive: arithmetic on observations, with bounds, formula and inputs.

In: observations and the rules of ``derivations.csv``. Out: derived values, never mixed
with reported ones. Opposite ends are divided, nothing is rounded before the last step,
and a hedged number never becomes a point. Where years do not belong together, the
refusal is a row of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Annotated

from compare.base.intervals import Interval, evaluate, last_year
from compare.base.quantities import plain
from compare.base.tables import NUMBER, PERIOD, Codelist, Long, Refers, Row, column
from compare.codebook.book import Codebook
from compare.codebook.models import COMPARED, Derivation, Rule
from compare.curated.observations import Observation
from compare.readings.readings import decimal

DIGITS = Decimal("0.000001")


@dataclass(frozen=True)
class Statements:
    """What one document states that may be compared and sets an end.

    Parameters
    ----------
    whole
        Area that the document plans for.
    by_indicator
        Its observations.
    reaches
        How far 左右 and 约 may be taken to reach on round numbers, as parts of the
        value; None is half a unit of the last significant digit.
    """

    whole: str
    by_indicator: Mapping[str, Sequence[Observation]]
    reaches: Sequence[Decimal | None]


class Derived(Row):
    """One ratio that no document states, or the reason why it was not computed."""

    key = ("id",)
    id: str = column("document, rule and time period")
    ref_area: Annotated[str, Refers("areas")] = column("area the value is for")
    indicator: Annotated[str, Refers("indicators")] = column("canonical indicator")
    measure: Annotated[str, Codelist("measure_derived")] = column(
        "the indicator itself, or what is computed about it"
    )
    time_period: str = column("time period of a", pattern=PERIOD, empty=True)
    value: str = column(
        "the ratio; empty when an input is hedged", pattern=NUMBER, empty=True
    )
    lower: str = column("lower end, rounded down", pattern=NUMBER, empty=True)
    upper: str = column("upper end, rounded up", pattern=NUMBER, empty=True)
    unit: Annotated[str, Refers("units")] = column("unit of the value")
    formula: str = column("arithmetic on the inputs and the years between a and b")
    inputs: Annotated[str, Long()] = column("ids of a, b …, joined with a space")
    refused: Annotated[str, Codelist("in_words")] = column(
        "yes when it was not computed", empty=True
    )
    note: Annotated[str, Long()] = column("what to mind, or why it was refused")
    note_zh: Annotated[str, Long()] = column("the same in Chinese")


def statements_of(observations: Iterable[Observation], book: Codebook) -> Statements:
    """Collect what the only document of a codebook states."""
    stated: dict[str, list[Observation]] = {}
    for row in observations:
        if (row.lower or row.upper) and row.match_type in COMPARED:
            stated.setdefault(row.indicator, []).append(row)
    (source,) = book.documents.values()
    reaches = [None, *map(Decimal, book.codes.get("about", {}))]
    return Statements(source.ref_area, stated, reaches)


def derive(statements: Statements, book: Codebook) -> list[Derived]:
    """Apply every rule of ``derivations.csv`` to one document.

    For each statement of ``a`` the statements of the other inputs that are nearest in
    time are taken, of the same area and scope. Where one lies further apart than the
    rule allows, or a divisor may be zero, the result is a refusal. A statement that a
    document repeats is used once, from its table if it has one.
    """
    return [
        _apply(rule, chosen, book)
        for rule in book.derivations
        for chosen in combinations(rule, statements)
    ]


def interval(observation: Observation, approximate: Decimal | None = None) -> Interval:
    """All values that the words of an observation with an end allow.

    ``approximate`` is one of the ``reaches`` of ``Statements``.
    """
    lower, upper = decimal(observation.lower), decimal(observation.upper)
    value = decimal(observation.value)
    if approximate is not None and value is not None and is_vague(observation):
        lower, upper = value * (1 - approximate), value * (1 + approximate)
    return Interval.of(lower, upper)


def is_vague(observation: Observation) -> bool:
    """Whether 左右 or 约 hedges a round number; beside decimals they add nothing."""
    return observation.comparator == "~" and "." not in observation.value_stated


def combinations(
    rule: Rule, statements: Statements
) -> Iterator[dict[str, Observation]]:
    """Find inputs that belong together by a rule.

    ``*`` in a rule stands for each indicator in turn. The first input leads; an input
    that the document does not state ends the combination.
    """
    stated = statements.by_indicator
    for indicator in stated if rule.a == "*" else [rule.a]:
        inputs = {
            name: _candidates(stated.get(code.replace("*", indicator), ()), kinds)
            for name, code, kinds in rule.named()
        }
        yield from _combine(rule, inputs, statements.whole)


def _combine(
    rule: Rule, inputs: Mapping[str, Sequence[Observation]], whole: str
) -> Iterator[dict[str, Observation]]:
    leads = [
        row for row in inputs["a"] if (row.ref_area == whole) == (rule.area == "whole")
    ]
    if rule.pick == "last":
        latest: dict[tuple[str, str], Observation] = {}
        for row in leads:
            known = latest.setdefault((row.ref_area, row.scope), row)
            if last_year(known.time_period) < last_year(row.time_period):
                latest[row.ref_area, row.scope] = row
        leads = list(latest.values())
    for lead in leads:
        place = (whole if rule.area == "part_of_whole" else lead.ref_area, lead.scope)
        chosen = {"a": lead}
        for name in list(inputs)[1:]:
            same = [row for row in inputs[name] if (row.ref_area, row.scope) == place]
            if same:
                chosen[name] = min(same, key=lambda row: years_apart(lead, row))
        if len(chosen) == len(inputs):
            yield chosen


def years_apart(left: Observation, right: Observation) -> int:
    """Years between the ends of two time periods; 0 where one is undated."""
    if not (left.time_period and right.time_period):
        return 0
    return abs(last_year(left.time_period) - last_year(right.time_period))


def compute(
    formula: str,
    chosen: Mapping[str, Observation],
    approximate: Decimal | None = None,
) -> Interval:
    """Compute a formula on observations; ``years`` are those from b to a.

    Raises
    ------
    ZeroDivisionError
        A divisor may be zero.
    """
    return evaluate(
        formula,
        {name: interval(row, approximate) for name, row in chosen.items()}
        | _years(chosen),
    )


def _candidates(stated: Iterable[Observation], kinds: str) -> list[Observation]:
    """Statements of some kinds, one for each area and time."""
    found: dict[tuple[str, ...], Observation] = {}
    for row in stated:
        if row.kind not in kinds.split():
            continue
        key = (row.ref_area, row.scope, row.kind, row.time_period)
        if key not in found or (row.in_table and not found[key].in_table):
            found[key] = row
    return list(found.values())


def _apply(
    rule: Derivation, chosen: Mapping[str, Observation], book: Codebook
) -> Derived:
    lead = chosen["a"]
    indicator = lead.indicator if rule.indicator == "*" else rule.indicator
    value = lower = upper = ""
    facts = _too_far(rule, chosen)
    refusal = "years_apart" if facts else ""
    if not refusal:
        try:
            ends = compute(rule.formula, chosen)
            lower = rounded(ends.lower, ROUND_FLOOR)
            upper = rounded(ends.upper, ROUND_CEILING)
            value = _point(rule, chosen)
            refusal = "" if lower or upper else "unbounded"
        except ZeroDivisionError:
            refusal = "zero_divisor"
    undated = [name for name, row in chosen.items() if not row.time_period]
    notes = []
    for language in ("en", "zh"):
        note = getattr(rule, f"note_{language}")
        if refusal:
            reason = book.told(refusal, language, **facts)
            note = book.told("refused", language, reason=reason)
        if undated:
            names = book.label("wording", "facets", language).join(undated)
            note = book.told("undated", language, note=note, names=names)
        notes.append(note)
    parts = [lead.doc, rule.rule, lead.time_period.replace("/", "-")]
    if "*" in rule.a:
        parts.insert(2, lead.indicator)
    if rule.area != "whole":
        parts.append(lead.ref_area)
    return Derived(
        id=":".join(part for part in parts if part),
        ref_area=lead.ref_area,
        indicator=indicator,
        measure=rule.measure,
        time_period=lead.time_period,
        value=value,
        lower=lower,
        upper=upper,
        unit=rule.unit or book.indicators[indicator].unit,
        formula=rule.formula,
        inputs=" ".join(row.id for row in chosen.values()),
        refused="yes" if refusal else "",
        note=notes[0],
        note_zh=notes[1],
    )


def _too_far(rule: Derivation, chosen: Mapping[str, Observation]) -> dict[str, str]:
    """Say which inputs lie further apart than a rule allows; nothing where none do."""
    lead = chosen["a"]
    for name, other in list(chosen.items())[1:]:
        allowed, apart = getattr(rule, f"{name}_apart"), years_apart(lead, other)
        if allowed and apart > int(allowed):
            return {
                **{"period": lead.time_period, "indicator": lead.indicator},
                **{"other_period": other.time_period, "other": other.indicator},
                **{"kind": other.kind, "years": str(apart)},
            }
    return {}


def _point(rule: Derivation, chosen: Mapping[str, Observation]) -> str:
    """Compute the nominal value; empty when any input is hedged or a bound."""
    if any(row.comparator != "=" for row in chosen.values()):
        return ""
    points = {name: Interval.of(row.value, row.value) for name, row in chosen.items()}
    return rounded(evaluate(rule.formula, points | _years(chosen)).lower)


def _years(chosen: Mapping[str, Observation]) -> dict[str, Interval]:
    rows = list(chosen.values())
    dated = len(rows) > 1 and rows[0].time_period and rows[1].time_period
    ends = [last_year(row.time_period) for row in rows]
    years = ends[0] - ends[1] if dated else 0
    return {"years": Interval.of(years, years)}


def rounded(number: Fraction | float, rounding: str = ROUND_HALF_EVEN) -> str:
    """Write a number with six decimals at most; empty for infinity."""
    if isinstance(number, float):
        return ""
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return plain(exact.quantize(DIGITS, rounding=rounding))
