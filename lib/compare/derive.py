"""Derive: arithmetic on observations, with bounds, formula and inputs.

In: observations and the rules of ``derivations.csv``. Out: derived values, never mixed
with reported ones. Opposite ends are divided, nothing is rounded before the last step,
and a hedged number never becomes a point. Where years do not belong together, the
refusal is a row of its own.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Annotated

from compare.codebook import Codebook, Derivation
from compare.harmonize import Observation
from compare.quantities import plain
from compare.tables import NUMBER, PERIOD, Codelist, Long, Refers, Row, column

DIGITS = Decimal("0.000001")


class Derived(Row):
    """One ratio that no document states, or the reason why it was not computed."""

    key = ("id",)
    id: str = column("document, rule and time period")
    ref_area: Annotated[str, Refers("areas")] = column("area the value is for")
    indicator: Annotated[str, Refers("indicators")] = column("canonical indicator")
    time_period: str = column(
        "time period of the numerator", pattern=PERIOD, empty=True
    )
    value: str = column(
        "the ratio; empty when an input is hedged", pattern=NUMBER, empty=True
    )
    lower: str = column("lower end, rounded down", pattern=NUMBER, empty=True)
    upper: str = column("upper end, rounded up", pattern=NUMBER, empty=True)
    unit: Annotated[str, Refers("units")] = column("unit of the value")
    formula: str = column("arithmetic on a and b")
    inputs: str = column("ids of a and b, joined with a space")
    refused: Annotated[str, Codelist("in_words")] = column(
        "yes when it was not computed", empty=True
    )
    note: Annotated[str, Long()] = column("what to mind, or why it was refused")
    note_zh: Annotated[str, Long()] = column("the same in Chinese")


@dataclass(frozen=True)
class Interval:
    """All values between two exact ends, both included.

    Examples
    --------
    >>> print(Interval.of(30000, 40000) / Interval.of(1000, 2000))
    [15, 40]
    """

    lower: Fraction
    upper: Fraction

    @classmethod
    def of(cls, lower: int | str | Decimal, upper: int | str | Decimal) -> Interval:
        """Interval of two numbers."""
        return cls(Fraction(lower), Fraction(upper))

    def __str__(self) -> str:
        """Both ends."""
        return f"[{self.lower}, {self.upper}]"

    def __add__(self, other: Interval) -> Interval:
        """Sum of any two members."""
        return Interval(self.lower + other.lower, self.upper + other.upper)

    def __sub__(self, other: Interval) -> Interval:
        """Difference of any two members."""
        return Interval(self.lower - other.upper, self.upper - other.lower)

    def __mul__(self, other: Interval) -> Interval:
        """Product of any two members."""
        ends = [
            left * right
            for left in (self.lower, self.upper)
            for right in (other.lower, other.upper)
        ]
        return Interval(min(ends), max(ends))

    def __truediv__(self, other: Interval) -> Interval:
        """Quotient of any two members.

        Raises
        ------
        ZeroDivisionError
            The divisor may be zero.
        """
        if other.lower <= 0 <= other.upper:
            raise ZeroDivisionError(f"{other} contains zero")
        return self * Interval(1 / other.upper, 1 / other.lower)


OPERATIONS: Mapping[type[ast.operator], Callable[[Interval, Interval], Interval]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def evaluate(formula: str, inputs: Mapping[str, Interval]) -> Interval:
    """Compute a formula of ``+ - * /``, numbers and named inputs.

    Raises
    ------
    ValueError
        Anything else stands in the formula.

    Examples
    --------
    >>> beds, people = Interval.of(4059, 4059), Interval.of(269220, 269220)
    >>> ratio = evaluate("1000 * a / b", {"a": beds, "b": people})
    >>> round(float(ratio.lower), 2)
    15.08
    """

    def compute(node: ast.expr) -> Interval:
        match node:
            case ast.BinOp() if type(node.op) in OPERATIONS:
                return OPERATIONS[type(node.op)](
                    compute(node.left), compute(node.right)
                )
            case ast.Constant(value=int() | float() as number):
                return Interval.of(str(number), str(number))
            case ast.Name(id=name) if name in inputs:
                return inputs[name]
            case _:
                raise ValueError(f"{formula!r} has a part that is no arithmetic")

    return compute(ast.parse(formula, mode="eval").body)


def derive(observations: Sequence[Observation], book: Codebook) -> list[Derived]:
    """Apply every rule of ``derivations.csv`` to every document.

    For each stated numerator the denominator of the same document and area that is
    nearest in time is taken; where it lies further apart than the rule allows, the
    result is a refusal. A statement that a document repeats is used once.

    Returns
    -------
    list of Derived
        Sorted by id.
    """
    derived = []
    for rule in book.derivations:
        tops = _candidates(observations, rule.a, rule.a_kinds)
        bottoms = _candidates(observations, rule.b, rule.b_kinds)
        for top in tops:
            same = [
                bottom
                for bottom in bottoms
                if (bottom.doc, bottom.ref_area, bottom.scope)
                == (top.doc, top.ref_area, top.scope)
            ]
            if same:
                bottom = min(same, key=lambda item: _years_apart(top, item))
                derived.append(_apply(rule, top, bottom, book))
    return sorted(derived, key=lambda row: row.place())


def interval(observation: Observation) -> Interval:
    """All values that the words of an observation allow."""
    return Interval.of(observation.lower, observation.upper)


def _candidates(
    observations: Iterable[Observation], indicator: str, kinds: str
) -> list[Observation]:
    """Distinct statements of an indicator that have both ends and a year."""
    seen: dict[tuple[str, ...], Observation] = {}
    for row in observations:
        usable = row.lower and row.upper and row.time_period
        if row.indicator == indicator and row.kind in kinds.split() and usable:
            key = (
                row.doc,
                row.ref_area,
                row.scope,
                row.time_period,
                row.lower,
                row.upper,
            )
            seen.setdefault(key, row)
    return list(seen.values())


def _apply(
    rule: Derivation, top: Observation, bottom: Observation, book: Codebook
) -> Derived:
    apart = _years_apart(top, bottom)
    refused = apart > int(rule.years_apart)
    value = lower = upper = ""
    note, note_zh = rule.note_en, rule.note_zh
    if refused:
        note = (
            f"refused: {top.time_period} {rule.a} over {bottom.time_period} {rule.b} "
            f"({bottom.kind}) would mix years that lie {apart} apart."
        )
        note_zh = f"不计算:{top.time_period}与{bottom.time_period}相差{apart}年。"
    else:
        ends = evaluate(rule.formula, {"a": interval(top), "b": interval(bottom)})
        lower = _rounded(ends.lower, ROUND_FLOOR)
        upper = _rounded(ends.upper, ROUND_CEILING)
        if top.comparator == bottom.comparator == "=":
            points = {
                name: Interval.of(row.value, row.value)
                for name, row in (("a", top), ("b", bottom))
            }
            value = _rounded(evaluate(rule.formula, points).lower, ROUND_HALF_EVEN)
    return Derived(
        id=f"{top.doc}:{rule.derivation}:{top.time_period.replace('/', '-')}",
        ref_area=top.ref_area,
        indicator=rule.indicator,
        time_period=top.time_period,
        value=value,
        lower=lower,
        upper=upper,
        unit=book.indicators[rule.indicator].unit,
        formula=rule.formula,
        inputs=f"{top.id} {bottom.id}",
        refused="yes" if refused else "",
        note=note,
        note_zh=note_zh,
    )


def _years_apart(left: Observation, right: Observation) -> int:
    """Years between the ends of two time periods."""
    first, second = (int(row.time_period.split("/")[-1][:4]) for row in (left, right))
    return abs(first - second)


def _rounded(number: Fraction, rounding: str) -> str:
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return plain(exact.quantize(DIGITS, rounding=rounding))
