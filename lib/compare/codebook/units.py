"""Units: factors between what a document states and what an indicator keeps."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from compare.base.problems import Problem, raise_any
from compare.codebook.models import Indicator, Unit


def factor(unit: str, indicator: Indicator, units: Mapping[str, Unit]) -> Decimal:
    """Factor from a stated unit to an indicator's unit.

    Only factors listed in ``units.csv`` exist. A missing factor is a problem, never a
    guess.

    Raises
    ------
    Problems
        The two do not measure the same thing.

    Examples
    --------
    >>> from compare.codebook.book import find_root, load_codebook
    >>> book = load_codebook(find_root())
    >>> workers = book.indicators["social_workers_per_1000_elderly"]
    >>> factor("per_10000_persons", workers, book.units)
    Decimal('0.1')
    """
    stated, wanted = units[unit], units[indicator.unit]
    if stated.dimension != wanted.dimension:
        raise_any([unconvertible(f"indicator {indicator.indicator}", stated, wanted)])
    return Decimal(stated.factor) / Decimal(wanted.factor)


def unconvertible(where: str, stated: Unit, wanted: Unit) -> Problem:
    """Say that a unit does not lead to another."""
    return Problem(
        where,
        f"{stated.unit!r} ({stated.dimension}) does not convert to {wanted.unit!r} "
        f"({wanted.dimension}).",
        f"a unit of the dimension {wanted.dimension}.",
        "correct the unit, or map the wording to an indicator of its dimension.",
    )
