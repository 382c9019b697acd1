"""Findings: each rule holds, fails or depends as its numbers say, and names them."""

import dataclasses
from collections import Counter

import pytest
from conftest import observed

from compare.codebook.book import Codebook
from compare.codebook.rules import Question
from compare.curated.build import Checked
from compare.curated.derived import is_vague, statements_of
from compare.curated.findings import TESTS, Finding, find
from compare.curated.observations import Observation

VERDICTS = {
    "jiachuan:baseline_is_year:530": ("depends", "2020 under 2020"),
    "jiachuan:baseline_is_year:687": ("holds", "6560 under 2021"),
    "jiachuan:baseline_is_zero:567": ("depends", "示范性托育机构(家): 0"),
    "jiachuan:bed_ratio_against_beds:133": (
        "holds",
        "1000 * 6560 / 205000 = 32",
    ),
    "jiachuan:done_and_to_do:318": ("holds", "55 (jiachuan:318); 45 (jiachuan:462)"),
    "jiachuan:due_dates:318": ("depends", "55 by 2023; 55 by 2025"),
    "jiachuan:due_dates:342": ("holds", "7000 by 2025; 7000 by 2025"),
    "jiachuan:order_of_ages:103": ("holds", "100 * 150000 / 205000 = 73.17"),
    "jiachuan:pro_rata:714": ("holds", "growth 6.7 % to 6.72 %, spread 0.02 points"),
    "jiachuan:repeated_elsewhere:157": (
        "depends",
        "700 (jiachuan:157, 2021); 6560 (jiachuan:115, 2021); "
        "6560 (jiachuan:687, 2021)",
    ),
    "jiachuan:repeated_statement:342": (
        "holds",
        "7000 (jiachuan:342); 7000 (jiachuan:701)",
    ),
    "jiachuan:slot_target_against_supply:502": (
        "depends",
        "1000 * (2500 + ~2000) / 1000000 = 4 to 5; 左右 as ±5 %: 4.4 to 4.6, "
        "±10 %: 4.3 to 4.7",
    ),
    "jiachuan:sum_of_areas:701": ("holds", "4268 + 2732 = 7000"),
    "jiachuan:target_beyond_baseline:467": ("holds", "55 against 45"),
    "yiqiao:bed_ratio_against_beds:106": (
        "fails",
        "1000 * 1800 / 45000 = 40; printed decimals as rounded: 39.56 to 40.45",
    ),
    "yiqiao:target_beyond_baseline:157": ("holds", "2000..2500 against 1800"),
    "yiqiao:target_beyond_baseline:393": ("holds", "80 against 80"),
}


@pytest.fixture(scope="module")
def findings(toy_checked: Checked) -> dict[str, Finding]:
    rows = toy_checked.rows("findings")
    return {row.id: row for row in rows if isinstance(row, Finding)}


def found_in(rows: list[Observation], book: Codebook) -> dict[str, Finding]:
    return {row.id: row for row in find(statements_of(rows, book), book)}


@pytest.mark.parametrize("id", VERDICTS)
def test_a_finding_has_its_verdict_and_the_arithmetic_written_out(
    id: str, findings: dict[str, Finding]
) -> None:
    row = findings[id]
    assert (row.verdict, row.arithmetic) == VERDICTS[id]


def test_every_test_is_a_rule_of_the_toy_that_finds_something(
    findings: dict[str, Finding], toy_book: Codebook
) -> None:
    assert {rule.test for rule in toy_book.finding_rules} == set(TESTS)
    assert {row.rule for row in findings.values()} == {
        rule.rule for rule in toy_book.finding_rules
    }
    assert Counter(row.verdict for row in findings.values()).keys() == set(
        toy_book.codes["verdict"]
    )


@pytest.mark.parametrize(
    ("id", "cells", "finding", "verdict"),
    [
        ("721", {"value": "4135"}, "sum_of_areas:694", "fails"),
        ("728", {"value": "5000"}, "pro_rata:714", "holds"),
        ("342", {"lower": "7001", "upper": "7001"}, "repeated_statement:342", "fails"),
        ("103", {"lower": "190000", "upper": "200000"}, "order_of_ages:103", "fails"),
        ("103", {"lower": "150000", "upper": "200000"}, "order_of_ages:103", "depends"),
        ("530", {"value": "2021"}, "baseline_is_year:530", "holds"),
        ("318", {"time_period": "2025"}, "due_dates:318", "holds"),
        (
            "358",
            {"lower": "100", "upper": "100"},
            "slot_target_against_supply:502",
            "fails",
        ),
        (
            "358",
            {"lower": "9000", "upper": "9000"},
            "slot_target_against_supply:502",
            "holds",
        ),
        ("133", {"value": "33"}, "bed_ratio_against_beds:133", "fails"),
        ("467", {"lower": "40", "upper": "40"}, "target_beyond_baseline:467", "fails"),
        (
            "467",
            {"lower": "40", "upper": "50"},
            "target_beyond_baseline:467",
            "depends",
        ),
    ],
)
def test_another_number_turns_the_verdict(
    id: str, cells: dict[str, str], finding: str, verdict: str, toy_checked: Checked
) -> None:
    one = toy_checked.plans[0]
    book = toy_checked.book.only("jiachuan")
    rows = [
        row.model_copy(update=cells) if row.id == f"jiachuan:{id}" else row
        for row in observed(one)
    ]
    assert found_in(rows, book)[f"jiachuan:{finding}"].verdict == verdict


def changed(toy_checked: Checked, id: str, **cells: str) -> dict[str, Finding]:
    """Findings of the first plan, one observation changed."""
    rows = [
        row.model_copy(update=cells) if row.id == id else row
        for row in observed(toy_checked.plans[0])
    ]
    return found_in(rows, toy_checked.book.only("jiachuan"))


def test_inputs_that_lie_too_far_apart_give_no_finding(toy_checked: Checked) -> None:
    name = "jiachuan:bed_ratio_against_beds:133"
    assert name in changed(toy_checked, "jiachuan:87")
    assert name in changed(toy_checked, "jiachuan:87", time_period="2021-09")
    assert name not in changed(toy_checked, "jiachuan:87", time_period="2020")


def test_every_test_may_word_what_it_finds(toy_book: Codebook, book: Codebook) -> None:
    for rule in (*toy_book.finding_rules, *book.finding_rules):
        assert rule.if_holds and rule.if_fails and rule.if_depends, rule.rule
        assert bool(rule.if_equal) == (rule.test == "rises"), rule.rule


def test_only_a_contradiction_fails(toy_book: Codebook, book: Codebook) -> None:
    for one in (toy_book, book):
        counted = {code: row.definition for code, row in one.codes["outcome"].items()}
        fails = {code for code, verdict in counted.items() if verdict == "fails"}
        assert fails == {"contradicts", "misses", "implausible", "falls"}


@pytest.mark.parametrize(
    ("id", "cells", "finding", "outcome"),
    [
        ("687", {"value": "7000"}, "target_beyond_baseline:701", "keeps"),
        ("687", {"value": "8000"}, "target_beyond_baseline:701", "falls"),
        ("467", {"value": "45"}, "target_beyond_baseline:467", "keeps"),
        ("467", {"value": "40"}, "target_beyond_baseline:467", "falls"),
        ("462", {"value": "54"}, "done_and_to_do:318", "to_do"),
        ("462", {"value": "55"}, "done_and_to_do:318", "done"),
        ("728", {"value": "4268"}, "pro_rata:714", "even"),
        ("728", {"value": "5000"}, "pro_rata:714", "uneven"),
        ("157", {"value": "6560"}, "repeated_elsewhere:157", "agrees"),
        ("157", {"value": "6561"}, "repeated_elsewhere:157", "unclear"),
        ("530", {"value": "2021"}, "baseline_is_year:530", "no_year"),
    ],
)
def test_a_verdict_is_told_in_the_words_of_its_rule(
    id: str, cells: dict[str, str], finding: str, outcome: str, toy_checked: Checked
) -> None:
    cells = {**dict.fromkeys(("lower", "upper"), cells["value"]), **cells}
    row = changed(toy_checked, f"jiachuan:{id}", **cells)[f"jiachuan:{finding}"]
    assert row.outcome == outcome
    assert row.verdict == toy_checked.book.codes["outcome"][outcome].definition


@pytest.mark.parametrize(
    ("cells", "outcome"),
    [
        ({"time_period": ""}, "agrees"),
        ({"time_period": "", "value": "8000"}, "unclear"),
        ({"scope": "unstated", "value": "8000"}, None),
        ({"match_type": "narrowMatch", "value": "8000"}, "unclear"),
        ({"match_type": "relatedMatch", "value": "8000"}, None),
        ({"time_period": "2024", "match_type": "broadMatch"}, None),
        ({"time_period": "", "kind": "baseline", "value": "6560"}, "agrees"),
        ({"time_period": "", "ref_area": "990101", "value": "4268"}, "agrees"),
        ({"time_period": "", "kind": "standard"}, None),
    ],
)
def test_a_statement_is_held_against_those_that_say_more_of_what_they_mean(
    cells: dict[str, str], outcome: str | None, toy_checked: Checked
) -> None:
    rows = observed(toy_checked.plans[0])
    (stated,) = [row for row in rows if row.id == "jiachuan:342"]
    ends = dict.fromkeys(("lower", "upper"), cells.get("value", stated.value))
    again = stated.model_copy(update={"id": "jiachuan:900", **ends, **cells})
    found = found_in([*rows, again], toy_checked.book.only("jiachuan"))
    row = found.get("jiachuan:repeated_elsewhere:900")
    assert (row.outcome if row else None) == outcome


def test_no_contradiction_is_claimed_that_printed_decimals_explain(
    toy_checked: Checked,
) -> None:
    """6,560 over 20.5万 are 32; over 204,500 to 205,499 they are 31.92 to 32.08."""
    verdicts = {}
    for printed in ("32.05", "32.50"):
        cells = dict.fromkeys(("value", "value_stated", "lower", "upper"), printed)
        found = changed(toy_checked, "jiachuan:133", **cells)
        row = found["jiachuan:bed_ratio_against_beds:133"]
        assert row.arithmetic.endswith("printed decimals as rounded: 31.92 to 32.08")
        verdicts[printed] = row.verdict
    assert verdicts == {"32.05": "holds", "32.50": "fails"}


def test_a_target_is_held_against_another_indicator_of_its_question(
    toy_checked: Checked,
) -> None:
    book, rows = toy_checked.book.only("jiachuan"), observed(toy_checked.plans[0])
    asked = ("home_community_facility_coverage", "nursing_bed_share")
    questions = [
        Question(question="community_care", indicator=code, rule="") for code in asked
    ]
    joined = dataclasses.replace(book, questions=questions)
    id = "jiachuan:done_and_to_do:377"
    assert id not in found_in(rows, book)
    row = found_in(rows, joined)[id]
    assert (row.inputs, row.outcome) == ("jiachuan:377 jiachuan:462", "to_do")


def test_of_two_bounds_the_stated_ends_are_compared(toy_checked: Checked) -> None:
    ends = {"jiachuan:462": "45", "jiachuan:467": "55"}
    rows = [
        row.model_copy(update={"comparator": ">=", "upper": "100"})
        if row.id in ends
        else row
        for row in observed(toy_checked.plans[0])
    ]
    found = found_in(rows, toy_checked.book.only("jiachuan"))
    assert found["jiachuan:target_beyond_baseline:467"].verdict == "holds"


def test_changing_an_input_changes_only_what_names_it(toy_checked: Checked) -> None:
    """Another number in one observation: only findings that name it may change."""
    for one in toy_checked.plans:
        book = toy_checked.book.only(one.plan.doc)
        rows = observed(one)
        before = found_in(rows, book)
        for place, row in enumerate(rows):
            if row.comparator != "=":
                continue
            cells = dict.fromkeys(("value", "lower", "upper"), "7")
            moved = [*rows[:place], row.model_copy(update=cells), *rows[place + 1 :]]
            after = found_in(moved, book)
            for id in before.keys() & after.keys():
                if before[id] != after[id]:
                    assert row.id in before[id].inputs.split(), (row.id, id)


def test_how_far_about_reaches_is_a_row(toy_checked: Checked) -> None:
    codes = {**toy_checked.book.codes, "about": {}}
    book = dataclasses.replace(toy_checked.book.only("jiachuan"), codes=codes)
    found = found_in(observed(toy_checked.plans[0]), book)
    row = found["jiachuan:slot_target_against_supply:502"]
    assert row.verdict == "depends" and "±" not in row.arithmetic


def test_decimals_beside_about_are_not_vague(toy_checked: Checked) -> None:
    (slots,) = [
        row for row in observed(toy_checked.plans[0]) if row.id == "jiachuan:187"
    ]
    assert is_vague(slots)
    assert not is_vague(slots.model_copy(update={"value_stated": "2.05万"}))
    assert not is_vague(slots.model_copy(update={"comparator": "+"}))


def test_inputs_that_lie_too_far_apart_make_no_finding(toy_checked: Checked) -> None:
    """The years that a rule allows between its inputs are kept."""
    one = toy_checked.plans[0]
    book = toy_checked.book.only("jiachuan")
    name = "jiachuan:bed_ratio_against_beds:133"
    beds = [row for row in observed(one) if row.indicator == "eldercare_beds"]
    assert name in found_in(observed(one), book)
    ids = {row.id for row in beds if row.kind == "baseline"}
    moved = [
        row.model_copy(update={"time_period": "2010"}) if row.id in ids else row
        for row in observed(one)
    ]
    assert name not in found_in(moved, book)
    rules = [
        rule.model_copy(update={"b_apart": "", "c_apart": ""})
        for rule in book.finding_rules
    ]
    free = dataclasses.replace(book, finding_rules=rules)
    assert name in found_in(moved, free)


def test_a_verdict_is_what_the_outcome_of_its_rule_counts_as(
    findings: dict[str, Finding], toy_book: Codebook
) -> None:
    for row in findings.values():
        (rule,) = [one for one in toy_book.finding_rules if one.rule == row.rule]
        assert row.outcome in {
            *(rule.if_holds, rule.if_fails, rule.if_depends, rule.if_equal)
        }
        assert toy_book.codes["outcome"][row.outcome].definition == row.verdict
