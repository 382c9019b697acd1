"""Numerals: each one of a document stands in a reading or in an exclusion."""

import dataclasses

import pytest

from compare.codebook.book import Codebook
from compare.curated.build import Checked
from compare.readings.numerals import Exclusion, find_numerals, tally
from compare.readings.plan import Plan


@pytest.fixture
def plan(toy_checked: Checked) -> Plan:
    return toy_checked.plans[0].plan


def told(plan: Plan, book: Codebook) -> list[str]:
    _, problems = tally(plan.document, plan.readings, plan.exclusions, book.words)
    return [problem.what for problem in problems]


@pytest.mark.parametrize(
    ("text", "numerals"),
    [
        ("到2025年建成1.5万个床位", ["2025", "1.5万"]),
        ("出台政策四十三条", ["四十三"]),
        ("一老一小,十四五,三社联动", []),
        ("每千名老人", ["千"]),
        ("3萬餘張", ["3萬"]),
    ],
)
def test_numerals_in_characters_count_before_a_measure_word(
    text: str, numerals: list[str], toy_book: Codebook
) -> None:
    found = find_numerals(text, toy_book.words)
    assert [text[start:end] for start, end in found] == numerals


def test_the_tally_says_where_every_numeral_went(toy_checked: Checked) -> None:
    tally = toy_checked.plans[0].tally
    assert tally.in_readings + sum(tally.excluded.values()) == tally.numerals
    assert str(tally) == (
        "jiachuan: 71 numerals = 48 in readings + 23 excluded (age_band 1, date 12, "
        "document_number 1, furniture 1, indefinite 1, name 2, row_number 5)"
    )


def test_a_numeral_without_reading_is_named_with_its_words(
    plan: Plan, toy_book: Codebook
) -> None:
    rows = [row for row in plan.readings if row.value_stated != "四十三"]
    (what,) = told(dataclasses.replace(plan, readings=rows), toy_book)
    assert "the numeral «四十三» in «" in what and "扶持政策四十三条" in what


def test_each_exclusion_is_needed(plan: Plan, toy_book: Codebook) -> None:
    for row in plan.exclusions:
        rest = [other for other in plan.exclusions if other is not row]
        found = told(dataclasses.replace(plan, exclusions=rest), toy_book)
        assert found and all("the numeral «" in what for what in found), row


def test_an_exclusion_of_nothing_new_is_a_problem(
    plan: Plan, toy_book: Codebook
) -> None:
    again = Exclusion(pattern="2021年末", reason="date")
    more = dataclasses.replace(plan, exclusions=[*plan.exclusions, again])
    (what,) = told(more, toy_book)
    assert what == "«2021年末» excludes nothing that is not accounted for already."
