"""Arithmetic: exact intervals, and formulas on them.

In: ends of numbers, and formulas that are data. Out: intervals. Opposite ends are
divided, and nothing is rounded here.
"""

from __future__ import annotations

import ast
import functools
import math
import operator
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True)
class Interval:
    """All values between two exact ends, both included; an end may be infinite.

    Examples
    --------
    >>> print(Interval.of(30000, 40000) / Interval.of(1000, 2000))
    [15, 40]
    >>> print(Interval.of(2930, 2930) / Interval.of("4.5", None))
    [0, 5860/9]
    """

    lower: Fraction | float
    upper: Fraction | float

    @classmethod
    def of(
        cls, lower: int | str | Decimal | None, upper: int | str | Decimal | None
    ) -> Interval:
        """Interval of two numbers; None is an end that nothing sets."""
        return cls(
            -math.inf if lower is None else Fraction(lower),
            math.inf if upper is None else Fraction(upper),
        )

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
            left * right if left and right else Fraction(0)
            for left in (self.lower, self.upper)
            for right in (other.lower, other.upper)
        ]
        return Interval(min(ends), max(ends))

    def __truediv__(self, other: Interval) -> Interval:
        """Quotient of any two members; a divisor that ends at zero sets no end.

        Raises
        ------
        ZeroDivisionError
            The divisor is zero, or may have either sign.
        """
        if other.lower == other.upper == 0 or other.lower < 0 < other.upper:
            raise ZeroDivisionError(f"{other} contains zero")
        ends = _inverse(other.upper, -math.inf), _inverse(other.lower, math.inf)
        return self * Interval(*ends)


def last_year(period: str) -> int:
    """Year that a time period ends in; 0 when it is undated.

    Examples
    --------
    >>> last_year("2016/2020"), last_year("2021-03"), last_year("")
    (2020, 2021, 0)
    """
    return int(period.split("/")[-1][:4]) if period else 0


def period_end(period: str) -> Fraction | None:
    """Moment at which a time period ends, in years; None when it is undated.

    Years between two periods are the difference of their ends.

    Examples
    --------
    >>> period_end("2025") - period_end("2021-03")
    Fraction(19, 4)
    >>> period_end("2016/2020") == period_end("2020") == period_end("2020-12")
    True
    """
    if not period:
        return None
    year, *rest = map(int, period.split("/")[-1].split("-"))
    if not rest:
        return Fraction(year + 1)
    month, *days = rest
    if not days:
        return year + Fraction(month, 12)
    return year + (month - 1 + Fraction(days[0], monthrange(year, month)[1])) / 12


def _inverse(end: Fraction | float, of_zero: float) -> Fraction | float:
    """Give one over the end of a divisor."""
    if not end:
        return of_zero
    return Fraction(0) if math.isinf(end) else 1 / end


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

    return compute(_parsed(formula))


@functools.cache
def _parsed(formula: str) -> ast.expr:
    return ast.parse(formula, mode="eval").body


def names_in(formula: str) -> set[str]:
    """Names that a formula uses.

    Raises
    ------
    ValueError
        It is no arithmetic.

    Examples
    --------
    >>> sorted(names_in("1000 * a / b"))
    ['a', 'b']
    """
    try:
        tree = ast.parse(formula, mode="eval")
    except SyntaxError as error:
        raise ValueError(f"{formula!r} is no formula") from error
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    one = Interval.of(1, 1)
    evaluate(formula.replace("-", "+"), dict.fromkeys(names, one))
    return names
