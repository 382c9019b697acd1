"""Written: arithmetic and its numbers as text, the same in every language.

In: observations and intervals. Out: what the column ``arithmetic`` of findings says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from compare.base.intervals import Interval
from compare.curated.observations import Observation


def worded(row: Observation) -> str:
    """Word a value with its comparator, in figures."""
    if row.comparator == "..":
        return f"{row.lower}..{row.upper}"
    sign = "" if row.comparator == "=" else row.comparator
    return f"{sign}{row.value}"


def written(formula: str, chosen: Mapping[str, Observation]) -> str:
    """Write a formula with the stated numbers in the place of its letters."""
    return "".join(worded(chosen[part]) if part in chosen else part for part in formula)


def under_other_readings(others: Iterable[tuple[Decimal | None, Interval]]) -> str:
    """Say what follows when 左右 reaches so many percent."""
    return ", ".join(
        f"±{plain(Fraction(reach or 0) * 100)} %: {shown(result)}"
        for reach, result in others
    )


def shown(result: Interval) -> str:
    """Write a range, or the one number that it is to two decimals."""
    ends = plain(result.lower), plain(result.upper)
    return ends[0] if ends[0] == ends[1] else " to ".join(ends)


def plain(number: Fraction | float) -> str:
    """Write a number with two decimals, for reading."""
    return f"{float(number):.2f}".rstrip("0").rstrip(".")
