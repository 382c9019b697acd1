"""Derive: every ratio computed by hand; what must not be computed is refused."""

import dataclasses
from fractions import Fraction

import pytest
from conftest import observed

from compare.codebook.book import Codebook
from compare.curated.build import Checked
from compare.curated.derived import Derived, derive, interval, statements_of
from compare.curated.observations import Observation
from compare.project import Project

BY_HAND = {
    "jiachuan:all_bed_ratio:2021": (32, 6_560_000 / 205_500, 6_560_000 / 204_500),
    "jiachuan:area_growth:eldercare_beds:2025:990101": (6.7, 6.7, 6.7),
    "jiachuan:area_share:eldercare_beds:2023:990101": (
        413_400 / 6780,
        413_400 / 6780,
        413_400 / 6780,
    ),
    "jiachuan:bed_ratio_if_frozen:2021": (26.24, 26.24, 26.24),
    "jiachuan:change_per_year:nursing_bed_share:2025": (2, 2, 2),
    "jiachuan:gap:eldercare_beds:2025": (440, 440, 440),
    "jiachuan:gap:childcare_slots:2025": (None, 2000, 3000),
    "jiachuan:institution_bed_ratio:2021": (
        20,
        4_100_000 / 205_500,
        4_100_000 / 204_500,
    ),
    "jiachuan:multiple:home_adaptation_households:2024": (2, 2, 2),
    "jiachuan:planned_slots:2025": (None, 4000, 5000),
    "jiachuan:slot_ratio": (None, 1.5, 2.5),
    "yiqiao:all_bed_ratio:2021": (40, 1_800_000 / 45_500, 1_800_000 / 44_500),
    "yiqiao:gap:eldercare_beds:2025": (None, 200, 700),
    "yiqiao:gap:inclusive_childcare_slot_share:2025": (0, 0, 0),
}
REFUSED = {
    "jiachuan:change_per_year:childcare_slots:2025": "a divisor may be zero",
    "jiachuan:multiple:demonstration_childcare_institutions:2025": (
        "a divisor may be zero"
    ),
    "yiqiao:slot_ratio:2021": (
        "2021 childcare_slots and 2020 residents (baseline) lie 1 years apart"
    ),
}


@pytest.mark.parametrize("id", BY_HAND)
def test_a_derived_value_is_the_one_computed_by_hand(
    id: str, toy_project: Project
) -> None:
    row = toy_project.derived.loc[id]
    value, lower, upper = BY_HAND[id]
    assert row["refused"] == ""
    assert (row["value"] != row["value"]) == (value is None)
    assert value is None or row["value"] == pytest.approx(value, abs=1e-6)
    assert lower - 1e-6 <= row["lower"] <= lower
    assert upper <= row["upper"] <= upper + 1e-6


def test_all_that_is_refused_says_why(toy_project: Project) -> None:
    rows = toy_project.derived[toy_project.derived["refused"] == "yes"]
    assert sorted(rows.index) == sorted(REFUSED)
    for id, reason in REFUSED.items():
        row = rows.loc[id]
        assert row["note"].startswith("refused: ") and reason in row["note"]
        assert row["note_zh"].startswith("不计算")
        assert row[["value", "lower", "upper"]].isna().all()


def test_every_kind_of_derived_value_occurs_in_the_toy(toy_project: Project) -> None:
    measures = set(toy_project.book.codes["measure_derived"])
    assert set(toy_project.derived["measure"]) == measures


def test_a_changed_input_changes_exactly_the_rows_that_name_it(
    toy_checked: Checked,
) -> None:
    cells = {"value": "77", "lower": "77", "upper": "77", "comparator": "="}
    for one in toy_checked.plans:
        book = toy_checked.book.only(one.plan.doc)
        rows = observed(one)
        before = {row.id: row for row in derived_from(rows, book)}
        for place, row in enumerate(rows):
            if not (row.lower or row.upper):
                continue
            moved = [*rows[:place], row.model_copy(update=cells), *rows[place + 1 :]]
            after = {row.id: row for row in derived_from(moved, book)}
            assert before.keys() == after.keys()
            assert {id for id in before if before[id] != after[id]} == {
                id
                for id, found in before.items()
                if row.id in found.inputs.split()
                and not (found.refused and after[id].refused)
            }


def derived_from(rows: list[Observation], book: Codebook) -> list[Derived]:
    return derive(statements_of(rows, book), book)


def observation(**cells: str) -> Observation:
    row = {
        "id": "jiachuan:1",
        "doc": "jiachuan",
        "ref_area": "990100",
        "indicator": "eldercare_beds",
        "time_period": "2020",
        "kind": "baseline",
        "value": "100",
        "lower": "100",
        "upper": "100",
        "comparator": "=",
        "unit": "beds",
        "match_type": "exactMatch",
        "obs_status": "A",
        "label_stated": "床位",
        "quote": "床位100",
        "quote_start": "0",
        "quote_end": "5",
        "section": "一",
    }
    return Observation.model_validate(row | cells)


def people(**cells: str) -> Observation:
    return observation(
        **{
            "id": "jiachuan:2",
            "indicator": "residents_60_plus",
            "value": "4000",
            "lower": "4000",
            "upper": "4000",
            "unit": "persons",
            **cells,
        }
    )


def ratios(book: Codebook, *rows: Observation, years: str = "0") -> list[Derived]:
    (rule,) = [row for row in book.derivations if row.rule == "all_bed_ratio"]
    only = [rule.model_copy(update={"b_apart": years})]
    book = dataclasses.replace(book.only("jiachuan"), derivations=only)
    return derive(statements_of(rows, book), book)


def test_exact_inputs_give_a_point(toy_book: Codebook) -> None:
    (row,) = ratios(toy_book, observation(), people())
    assert (row.value, row.lower, row.upper) == ("25", "25", "25")
    assert (
        row.id == "jiachuan:all_bed_ratio:2020"
        and row.inputs == "jiachuan:1 jiachuan:2"
    )


@pytest.mark.parametrize("comparator", ["~", "+"])
def test_a_hedged_input_never_gives_a_point(
    toy_book: Codebook, comparator: str
) -> None:
    hedged = observation(comparator=comparator, lower="90", upper="120")
    (row,) = ratios(toy_book, hedged, people())
    assert (row.value, row.lower, row.upper) == ("", "22.5", "30")


@pytest.mark.parametrize(
    "cells",
    [
        {"value": "", "lower": "", "upper": "", "comparator": "missing"},
        {"kind": "target"},
        {"doc": "yiqiao", "ref_area": "990221"},
        {"ref_area": "990122"},
        {"scope": "rural"},
        {"match_type": "broadMatch"},
        {"match_type": "relatedMatch"},
    ],
)
def test_an_input_that_does_not_fit_the_other_gives_nothing(
    toy_book: Codebook, cells: dict[str, str]
) -> None:
    assert ratios(toy_book, observation(**cells), people()) == []
    assert len(ratios(toy_book, observation(), people())) == 1


def test_an_input_without_an_upper_end_gives_a_lower_end_only(
    toy_book: Codebook,
) -> None:
    floor = observation(comparator=">=", upper="")
    (row,) = ratios(toy_book, floor, people())
    assert (row.value, row.lower, row.upper) == ("", "25", "")
    below = people(comparator="<", lower="")
    (row,) = ratios(toy_book, observation(), below)
    assert row.refused == "yes"


def test_a_denominator_that_may_be_zero_is_refused(toy_book: Codebook) -> None:
    (row,) = ratios(toy_book, observation(), people(comparator="<=", lower="0"))
    assert row.refused == "yes" and "zero" in row.note


def test_ratios_of_two_areas_of_one_document_have_two_ids(toy_book: Codebook) -> None:
    book = toy_book.only("jiachuan")
    rows = [
        observation(id=f"jiachuan:{at}", ref_area=area, kind=kind, time_period=year)
        for at, (area, kind, year) in enumerate(
            (area, kind, year)
            for area in ("990100", "990101", "990122")
            for kind, year in (("baseline", "2020"), ("target", "2025"))
        )
    ]
    derived = derive(statements_of(rows, book), book)
    ids = [row.id for row in derived if row.measure == "growth"]
    assert ids == [
        f"jiachuan:area_growth:eldercare_beds:2025:{area}"
        for area in ("990101", "990122")
    ]
    assert len({row.id for row in derived}) == len(derived)


def test_an_undated_input_is_marked(toy_book: Codebook) -> None:
    (row,) = ratios(toy_book, observation(time_period=""), people())
    assert "Undated: a" in row.note and "未注明时间" in row.note_zh
    (dated,) = ratios(toy_book, observation(), people())
    assert "Undated" not in dated.note


def test_the_nearest_year_is_taken_and_a_far_one_is_refused(toy_book: Codebook) -> None:
    rows = [
        people(id="jiachuan:2", time_period="2025"),
        people(id="jiachuan:3", time_period="2021"),
    ]
    (refused,) = ratios(toy_book, observation(), *rows)
    assert refused.refused == "yes" and "1 years apart" in refused.note
    (near,) = ratios(toy_book, observation(), *rows, years="1")
    assert near.inputs == "jiachuan:1 jiachuan:3" and near.refused == ""


@pytest.mark.parametrize(
    ("time", "refused"),
    [("2020", ""), ("2020-11", ""), ("2016/2020", ""), ("2021-03", "yes")],
)
def test_years_are_those_at_the_end_of_a_period(
    toy_book: Codebook, time: str, refused: str
) -> None:
    (row,) = ratios(toy_book, observation(time_period=time), people())
    assert row.refused == refused


def test_a_repeated_statement_is_used_once_from_its_table(toy_book: Codebook) -> None:
    again = observation(id="jiachuan:9")
    (row,) = ratios(toy_book, observation(), again, people())
    assert row.inputs == "jiachuan:1 jiachuan:2"
    tabled = observation(id="jiachuan:9", in_table="专栏1")
    (row,) = ratios(toy_book, observation(), tabled, people())
    assert row.inputs == "jiachuan:9 jiachuan:2"


def test_ends_are_rounded_outwards(toy_book: Codebook) -> None:
    third = people(value="3000", lower="3000", upper="3000")
    (row,) = ratios(toy_book, observation(), third)
    assert (row.lower, row.value, row.upper) == ("33.333333", "33.333333", "33.333334")


def test_the_interval_of_an_observation_is_its_bounds() -> None:
    span = interval(observation(lower="0.545", upper="0.555"))
    assert (span.lower, span.upper) == (Fraction(109, 200), Fraction(111, 200))
