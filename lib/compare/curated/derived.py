"""Derive: arithmetic on observations, with bounds, formula and inputs.

In: observations and the rules of ``derivations.csv``. Out: derived values, never mixed
with reported ones. A printed ratio or share of today stands for half a unit of its last
digit either way. Opposite ends are divided, nothing is rounded before the last step,
and a hedged number becomes a point only where both ends meet, or where a rule asks for
its face value. Where years do not belong together, the refusal is a row of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Annotated

from compare.base.intervals import Interval, evaluate, period_end
from compare.base.quantities import HUNDRED, half_unit, plain, read
from compare.base.tables import NUMBER, PERIOD, Codelist, Long, Refers, Row, column
from compare.codebook.book import Codebook
from compare.codebook.models import COMPARED
from compare.codebook.rules import Derivation, Rule
from compare.curated.observations import STATUSES, Observation
from compare.readings.readings import decimal

DIGITS = Decimal("0.000001")
FACE_VALUE = "face_value"
MEASURED = ("baseline", "projection")
NEAR = Fraction(1, 2)


@dataclass(frozen=True)
class Statements:
    """What one document states that sets an end.

    Parameters
    ----------
    whole
        Area that the document plans for.
    rows
        All of its observations that set an end, in their order.
    by_indicator
        Those of them that may be compared.
    reaches
        How far 左右 and 约 may be taken to reach on round numbers, as parts of the
        value; None is half a unit of the last significant digit.
    spans
        What a plain number stands for in arithmetic, by id, where that is more than
        the number itself: ratios and shares that were measured or expected.
    rounded
        The same of counts printed with decimals (0.94万), which arithmetic takes as
        printed: no contradiction is claimed that their rounding explains.
    questions
        The questions that an indicator answers.
    """

    whole: str
    rows: Sequence[Observation]
    by_indicator: Mapping[str, Sequence[Observation]]
    reaches: Sequence[Decimal | None]
    spans: Mapping[str, Interval]
    rounded: Mapping[str, Interval]
    questions: Mapping[str, set[str]]

    def interval(self, row: Observation, reach: Decimal | None = None) -> Interval:
        """All values that an observation with an end stands for.

        ``reach`` is one of ``reaches``.
        """
        value = decimal(row.value)
        if reach is not None and value is not None and is_vague(row):
            return Interval.of(value * (1 - reach), value * (1 + reach))
        ends = Interval.of(decimal(row.lower), decimal(row.upper))
        return self.spans.get(row.id, ends)

    def compute(
        self,
        formula: str,
        chosen: Mapping[str, Observation],
        reach: Decimal | None = None,
    ) -> Interval:
        """Compute a formula on observations; ``years`` are those from b to a.

        Raises
        ------
        ZeroDivisionError
            A divisor is zero.
        """
        _nominal(formula, chosen)
        spans = {name: self.interval(row, reach) for name, row in chosen.items()}
        return evaluate(formula, spans | _years(chosen))


class Derived(Row):
    """One ratio that no document states, or the reason why it was not computed."""

    key = ("id",)
    id: str = column("document, rule and time period")
    ref_area: Annotated[str, Refers("areas")] = column("area the value is for")
    indicator: Annotated[str, Refers("indicators")] = column("canonical indicator")
    measure: Annotated[str, Codelist("measure_derived")] = column(
        "the indicator itself, or what is computed about it"
    )
    kind: Annotated[str, Codelist("kind")] = column("kind of the input that leads")
    time_period: str = column("time period that it is for", pattern=PERIOD, empty=True)
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
    obs_status: Annotated[str, Codelist("obs_status")] = column(
        "worst status of its inputs: U where one is in doubt"
    )
    note: Annotated[str, Long()] = column("what to mind, or why it was refused")
    note_zh: Annotated[str, Long()] = column("the same in Chinese")


def statements_of(observations: Iterable[Observation], book: Codebook) -> Statements:
    """Collect what the only document of a codebook states."""
    rows = [row for row in observations if row.lower or row.upper]
    stated: dict[str, list[Observation]] = {}
    for row in rows:
        if row.match_type in COMPARED:
            stated.setdefault(row.indicator, []).append(row)
    (source,) = book.documents.values()
    reaches = [None, *map(Decimal, book.codes.get("about", {}))]
    simple = [
        row
        for row in rows
        if row.comparator == "=" and not row.in_words and row.kind in MEASURED
    ]
    ratios = {row.id: _span(row, book) for row in simple if book.units[row.unit].ratio}
    counts = (row for row in simple if row.id not in ratios and "." in row.value_stated)
    rounded = {row.id: _span(row, book) for row in counts}
    questions: dict[str, set[str]] = {}
    for answer in book.questions:
        questions.setdefault(answer.indicator, set()).add(answer.question)
    return Statements(
        source.ref_area, rows, stated, reaches, ratios, rounded, questions
    )


def _span(row: Observation, book: Codebook) -> Interval:
    """Half a unit of the last digit either way, in the indicator's unit; clipped."""
    value, printed = Decimal(row.value), read(row.value_stated, book.words)
    scale = value / printed[0] if printed and printed[0] else Decimal(1)
    half = half_unit(row.value_stated, book.words) * scale
    lower, upper = value - half, value + half
    if floor := book.indicators[row.indicator].lower:
        lower = max(lower, Decimal(floor))
    if book.is_share(row.indicator):
        upper = min(upper, HUNDRED)
    return Interval.of(lower, upper)


def derive(statements: Statements, book: Codebook) -> list[Derived]:
    """Apply every rule of ``derivations.csv`` to one document.

    For each statement of ``a`` the statements of the other inputs that are nearest in
    time are taken, of the same area and scope. Where one lies further apart than the
    rule allows, or a divisor is zero, the result is a refusal. A statement that a
    document repeats is used once, from its table if it has one.
    """
    return [
        _apply(rule, chosen, statements, book)
        for rule in book.derivations
        for chosen in combinations(rule, statements)
        if not rule.low or statements.interval(chosen["a"]).lower >= Fraction(rule.low)
    ]


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
            if _ends(known) < _ends(row):
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


def _ends(row: Observation) -> Fraction:
    """Moment at which a time period ends; before all others for an undated one."""
    return period_end(row.time_period) or Fraction(0)


def years_apart(left: Observation, right: Observation) -> Fraction:
    """Years between the ends of two time periods; 0 where one is undated."""
    if not (left.time_period and right.time_period):
        return Fraction(0)
    return abs(_ends(left) - _ends(right))


def too_far(rule: Rule, chosen: Mapping[str, Observation]) -> Observation | None:
    """Find an input that lies further from a than a rule allows.

    Years are rounded to whole ones: a rule that allows none allows half a year.
    """
    lead, *others = chosen.items()
    for name, other in others:
        allowed = getattr(rule, f"{name}_apart")
        if allowed and years_apart(lead[1], other) > int(allowed) + NEAR:
            return other
    return None


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
    rule: Derivation,
    chosen: Mapping[str, Observation],
    statements: Statements,
    book: Codebook,
) -> Derived:
    lead, dated = chosen["a"], chosen[rule.time_of or "a"]
    indicator = lead.indicator if rule.indicator == "*" else rule.indicator
    value, lower, upper, refusal = _result(rule, chosen, statements)
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
        kind=dated.kind,
        time_period=dated.time_period,
        value=value,
        lower=lower,
        upper=upper,
        unit=_unit(rule, indicator, book),
        formula=rule.formula,
        inputs=" ".join(row.id for row in chosen.values()),
        refused="yes" if refusal else "",
        obs_status=min((row.obs_status for row in chosen.values()), key=STATUSES.index),
        note=_note(rule, chosen, refusal, book, "en"),
        note_zh=_note(rule, chosen, refusal, book, "zh"),
    )


def _result(
    rule: Derivation, chosen: Mapping[str, Observation], statements: Statements
) -> tuple[str, str, str, str]:
    """Give value, lower and upper end, and the code of the reason for a refusal."""
    if too_far(rule, chosen):
        return "", "", "", "years_apart"
    try:
        ends = statements.compute(rule.formula, chosen)
        point = _nominal(rule.formula, chosen)
    except ZeroDivisionError:
        return "", "", "", "zero_divisor"
    lower, upper = rounded(ends.lower, ROUND_FLOOR), rounded(ends.upper, ROUND_CEILING)
    if not (lower or upper):
        return "", "", "", "unbounded"
    exact = all(row.comparator == "=" for row in chosen.values())
    told = exact or ends.lower == ends.upper or rule.measure == FACE_VALUE
    return rounded(point) if told and point is not None else "", lower, upper, ""


def _nominal(formula: str, chosen: Mapping[str, Observation]) -> Fraction | None:
    """Compute a formula on the printed numbers; None where an input has none.

    Raises
    ------
    ZeroDivisionError
        A printed divisor is zero.
    """
    if not all(row.value for row in chosen.values()):
        return None
    points = {name: Interval.of(row.value, row.value) for name, row in chosen.items()}
    return Fraction(evaluate(formula, points | _years(chosen)).lower)


def _unit(rule: Derivation, indicator: str, book: Codebook) -> str:
    """Give the unit of a result: the rule's, or that of a change of the indicator."""
    own = book.units[book.indicators[indicator].unit]
    return rule.unit or (getattr(own, rule.change) if rule.change else own.unit)


def _note(
    rule: Derivation,
    chosen: Mapping[str, Observation],
    refusal: str,
    book: Codebook,
    language: str,
) -> str:
    """Say what to mind, or why it was refused; name undated and doubtful inputs."""
    note: str = getattr(rule, f"note_{language}")
    if refusal:
        facts = _facts(rule, chosen, book, language)
        reason = book.told(refusal, language, **facts)
        note = book.told("refused", language, reason=reason)
    between = book.label("wording", "facets", language)
    marked = {
        "undated": [name for name, row in chosen.items() if not row.time_period],
        "doubtful": [name for name, row in chosen.items() if row.obs_status == "U"],
    }
    for code, names in marked.items():
        if names:
            note = book.told(code, language, note=note, names=between.join(names))
    return note


def _facts(
    rule: Derivation, chosen: Mapping[str, Observation], book: Codebook, language: str
) -> dict[str, str]:
    """Name a and what lies too far from it, in words, for the reason of a refusal."""
    lead, far = chosen["a"], too_far(rule, chosen)
    if far is None:
        return {}
    names = {}
    for code, row in (("indicator", lead), ("other", far)):
        indicator = book.indicators[row.indicator]
        names[code] = indicator.label_zh if language == "zh" else indicator.label_en
    years = plain(round(Decimal(float(years_apart(lead, far))), 2))
    kind = book.label("kind", far.kind, language)
    periods = {"period": lead.time_period, "other_period": far.time_period}
    return {**names, **periods, "kind": kind, "years": years}


def _years(chosen: Mapping[str, Observation]) -> dict[str, Interval]:
    """Years from the end of b to the end of a; none where one is undated."""
    first, *rest = chosen.values()
    dated = rest and first.time_period and rest[0].time_period
    years = _ends(first) - _ends(rest[0]) if dated else Fraction(0)
    return {"years": Interval(years, years)}


def rounded(number: Fraction | float, rounding: str = ROUND_HALF_EVEN) -> str:
    """Write a number with six decimals at most; empty for infinity."""
    if isinstance(number, float):
        return ""
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return plain(exact.quantize(DIGITS, rounding=rounding))
