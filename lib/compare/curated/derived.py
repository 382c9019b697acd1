"""Derive: arithmetic on observations, with bounds, formula and inputs.

In: observations and the rules of ``derivations.csv``. Out: derived values, never mixed
with reported ones. Opposite ends are divided, nothing is rounded before the last step,
and a hedged number never becomes a point. Where years do not belong together, the
refusal is a row of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Annotated, Protocol

from compare.base.intervals import Interval, evaluate
from compare.base.quantities import plain
from compare.base.tables import NUMBER, PERIOD, Codelist, Long, Refers, Row, column
from compare.codebook.book import Codebook, Derivation
from compare.curated.observations import Observation
from compare.readings.readings import decimal

DIGITS = Decimal("0.000001")
NEAR = ("exactMatch", "closeMatch")


class Inputs(Protocol):
    """What a rule says about its inputs."""

    @property
    def area(self) -> str:
        """``whole``, ``part`` or ``part_of_whole``."""

    @property
    def pick(self) -> str:
        """``each`` statement of a, or only the ``last``."""

    def named(self) -> Iterator[tuple[str, str, str]]:
        """Name, indicator and kinds of each input."""


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


def derive(observations: Sequence[Observation], book: Codebook) -> list[Derived]:
    """Apply every rule of ``derivations.csv`` to every document.

    For each statement of ``a`` the statements of the other inputs that are nearest in
    time are taken, of the same document, area and scope. Where one lies further apart
    than the rule allows, or a divisor may be zero, the result is a refusal. A
    statement that a document repeats is used once, from its table if it has one.

    Returns
    -------
    list of Derived
        Sorted by id.
    """
    stated = by_indicator(observations)
    derived = [
        _apply(rule, chosen, book)
        for rule in book.derivations
        for chosen in combinations(rule, stated, book)
    ]
    return sorted(derived, key=lambda row: row.place())


def interval(observation: Observation, approximate: Decimal | None = None) -> Interval:
    """All values that the words of an observation allow.

    Parameters
    ----------
    observation
        With at least one end.
    approximate
        How far 左右 and 约 reach on round numbers, as a part of the value
        (``Decimal("0.05")``); default: half a unit of the last significant digit.
    """
    lower, upper = decimal(observation.lower), decimal(observation.upper)
    value = decimal(observation.value)
    if approximate is not None and value is not None and is_vague(observation):
        lower, upper = value * (1 - approximate), value * (1 + approximate)
    return Interval.of(lower, upper)


def is_vague(observation: Observation) -> bool:
    """Whether 左右 or 约 hedges a round number; beside decimals they add nothing."""
    return observation.comparator == "~" and "." not in observation.value_stated


def by_indicator(
    observations: Iterable[Observation],
) -> dict[str, list[Observation]]:
    """Observations that may be compared, and that set an end, by indicator."""
    stated: dict[str, list[Observation]] = {}
    for row in observations:
        if (row.lower or row.upper) and row.match_type in NEAR:
            stated.setdefault(row.indicator, []).append(row)
    return stated


def combinations(
    rule: Inputs, stated: Mapping[str, Sequence[Observation]], book: Codebook
) -> Iterator[dict[str, Observation]]:
    """Find inputs that belong together by a rule.

    ``*`` in a rule stands for each indicator in turn. The first input leads; an input
    that a document does not state ends the combination.
    """
    first = next(rule.named())[1]
    for indicator in stated if first == "*" else [first]:
        inputs = {
            name: _candidates(stated.get(code.replace("*", indicator), ()), kinds)
            for name, code, kinds in rule.named()
        }
        yield from _combine(rule, inputs, book)


def _combine(
    rule: Inputs, inputs: Mapping[str, Sequence[Observation]], book: Codebook
) -> Iterator[dict[str, Observation]]:
    wholes = {doc: source.ref_area for doc, source in book.documents.items()}
    leads = [row for row in inputs["a"] if _fits(rule.area, row, wholes)]
    if rule.pick == "last":
        latest: dict[tuple[str, ...], Observation] = {}
        for row in leads:
            place = (row.doc, row.ref_area, row.scope)
            if place not in latest or _year(latest[place]) < _year(row):
                latest[place] = row
        leads = list(latest.values())
    for lead in leads:
        area = wholes[lead.doc] if rule.area == "part_of_whole" else lead.ref_area
        chosen = {"a": lead}
        for name in list(inputs)[1:]:
            same = [
                row
                for row in inputs[name]
                if (row.doc, row.ref_area, row.scope) == (lead.doc, area, lead.scope)
            ]
            if same:
                chosen[name] = min(same, key=lambda row: years_apart(lead, row))
        if len(chosen) == len(inputs):
            yield chosen


def years_apart(left: Observation, right: Observation) -> int:
    """Years between the ends of two time periods; 0 where one is undated."""
    if not (left.time_period and right.time_period):
        return 0
    return abs(_year(left) - _year(right))


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
        key = (row.doc, row.ref_area, row.scope, row.kind, row.time_period)
        if key not in found or (row.in_table and not found[key].in_table):
            found[key] = row
    return list(found.values())


def _fits(area: str, row: Observation, wholes: Mapping[str, str]) -> bool:
    return (row.ref_area == wholes[row.doc]) == (area == "whole")


def _apply(
    rule: Derivation, chosen: Mapping[str, Observation], book: Codebook
) -> Derived:
    lead = chosen["a"]
    indicator = lead.indicator if rule.indicator == "*" else rule.indicator
    value = lower = upper = ""
    refusal = _mismatch(rule, chosen)
    if not refusal:
        try:
            ends = compute(rule.formula, chosen)
        except ZeroDivisionError:
            refusal = "a divisor may be zero.", "除数可能为零。"
        else:
            lower = rounded(ends.lower, ROUND_FLOOR)
            upper = rounded(ends.upper, ROUND_CEILING)
            value = _point(rule, chosen)
            if not (lower or upper):
                refusal = "neither end is bounded.", "两端均无界。"
    parts = [lead.doc, rule.rule, lead.time_period.replace("/", "-")]
    if "*" in rule.a:
        parts.insert(2, lead.indicator)
    if rule.area != "whole":
        parts.append(lead.ref_area)
    undated = [name for name, row in chosen.items() if not row.time_period]
    note, note_zh = (
        (f"refused: {refusal[0]}", f"不计算:{refusal[1]}")
        if refusal
        else (rule.note_en, rule.note_zh)
    )
    if undated:
        note += f" Undated: {', '.join(undated)}."
        note_zh += f"未注明时间:{'、'.join(undated)}。"
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
        note=note,
        note_zh=note_zh,
    )


def _mismatch(
    rule: Derivation, chosen: Mapping[str, Observation]
) -> tuple[str, str] | None:
    """Say why inputs do not belong together, in both languages."""
    lead = chosen["a"]
    for name, allowed in rule.apart():
        other = chosen[name]
        apart = years_apart(lead, other)
        if allowed and apart > int(allowed):
            return (
                f"{lead.time_period} {lead.indicator} and {other.time_period} "
                f"{other.indicator} ({other.kind}) lie {apart} years apart.",
                f"{lead.time_period}与{other.time_period}相差{apart}年。",
            )
    return None


def _point(rule: Derivation, chosen: Mapping[str, Observation]) -> str:
    """Compute the nominal value; empty when any input is hedged or a bound."""
    if any(row.comparator != "=" for row in chosen.values()):
        return ""
    points = {name: Interval.of(row.value, row.value) for name, row in chosen.items()}
    return rounded(evaluate(rule.formula, points | _years(chosen)).lower)


def _years(chosen: Mapping[str, Observation]) -> dict[str, Interval]:
    rows = list(chosen.values())
    dated = len(rows) > 1 and rows[0].time_period and rows[1].time_period
    years = _year(rows[0]) - _year(rows[1]) if dated else 0
    return {"years": Interval.of(years, years)}


def _year(row: Observation) -> int:
    """Year that a time period ends in; 0 when undated."""
    return int(row.time_period.split("/")[-1][:4]) if row.time_period else 0


def rounded(number: Fraction | float, rounding: str = ROUND_HALF_EVEN) -> str:
    """Write a number with six decimals at most; empty for infinity."""
    if isinstance(number, float):
        return ""
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return plain(exact.quantize(DIGITS, rounding=rounding))
