"""Units: converted only by the factors that are listed."""

from decimal import Decimal

import pytest

from compare.base.problems import Problems
from compare.codebook.book import Codebook
from compare.codebook.units import factor


def test_ten_per_10000_is_one_per_1000(toy_book: Codebook) -> None:
    workers = toy_book.indicators["social_workers_per_1000_elderly"]
    assert 10 * factor("per_10000_persons", workers, toy_book.units) == 1


def test_a_unit_of_another_dimension_does_not_convert(toy_book: Codebook) -> None:
    share = toy_book.indicators["nursing_bed_share"]
    with pytest.raises(Problems, match=r"'beds' \(beds\) does not convert") as raised:
        factor("beds", share, toy_book.units)
    (problem,) = raised.value.problems
    assert "nursing_bed_share" in problem.where and "dimension" in problem.expected


def test_every_unit_converts_and_back(toy_book: Codebook) -> None:
    for row in toy_book.crosswalk:
        if row.status == "accepted" and row.object_id in toy_book.indicators:
            indicator = toy_book.indicators[row.object_id]
            there = factor(row.unit, indicator, toy_book.units)
            stated, wanted = toy_book.units[row.unit], toy_book.units[indicator.unit]
            assert there * Decimal(wanted.factor) == Decimal(stated.factor)
