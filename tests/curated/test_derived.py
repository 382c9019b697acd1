"""Derive: every ratio computed by hand; what must not be computed is refused."""

import dataclasses
from fractions import Fraction

import pytest
from conftest import observed

from compare.codebook.book import Codebook
from compare.curated.build import Checked
from compare.curated.derived import Derived, Statements, derive, statements_of
from compare.curated.observations import Observation
from compare.project import Project

BY_HAND = {
    "jiachuan:all_bed_ratio:2021": (32, 32, 32),
    "jiachuan:area_growth:eldercare_beds:2025:990101": (6.7, 6.7, 6.7),
    "jiachuan:area_share:eldercare_beds:2023:990101": (
        413_400 / 6780,
        413_400 / 6780,
        413_400 / 6780,
    ),
    "jiachuan:bed_ratio_if_frozen:2021": (26.24, 26.24, 26.24),
    "jiachuan:change_per_year:nursing_bed_share:2025": (2, 1.9, 2.1),
    "jiachuan:gap:eldercare_beds:2025": (440, 440, 440),
    "jiachuan:gap:nursing_bed_share:2025": (10, 9.5, 10.5),
    "jiachuan:gap:childcare_slots:2025": (None, 2000, 3000),
    "jiachuan:institution_bed_ratio:2021": (20, 20, 20),
    "jiachuan:multiple:home_adaptation_households:2024": (2, 2, 2),
    "jiachuan:multiple:nursing_bed_share:2025": (55 / 45, 55 / 45.5, 55 / 44.5),
    "jiachuan:planned_slots:2025": (None, 4000, 5000),
    "jiachuan:planned_slots_face:2025": (4500, 4000, 5000),
    "jiachuan:planned_slot_ratio_face:2025": (4.5, 4, 5),
    "jiachuan:slots_for_target_face:2025": (4500, 4500, 4500),
    "jiachuan:slot_ratio": (None, 1.5, 2.5),
    "yiqiao:all_bed_ratio:2021": (40, 40, 40),
    "yiqiao:gap:eldercare_beds:2025": (None, 200, 700),
    "yiqiao:gap:inclusive_childcare_slot_share:2025": (0, -0.5, 0.5),
}
REFUSED = {
    "jiachuan:change_per_year:childcare_slots:2025": "a divisor is zero",
    "jiachuan:multiple:demonstration_childcare_institutions:2025": (
        "a divisor is zero"
    ),
    "yiqiao:slot_ratio:2021": (
        "Childcare slots of 2021 and Residents of 2020 (baseline) do not belong "
        "together: years between them 1."
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
    cells |= {"value_stated": "77", "in_words": ""}
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
        "value_stated": "100",
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


@pytest.mark.parametrize(
    ("low", "lower", "found"),
    [("", "0", ["100"]), ("1", "1", ["100"]), ("1", "0", [])],
)
def test_at_least_one_in_each_is_all_of_them_and_at_least_none_is_nothing(
    toy_book: Codebook, low: str, lower: str, found: list[str]
) -> None:
    (rule,) = [row for row in toy_book.derivations if row.rule == "planned_slots"]
    alone = {"a": "eldercare_beds", "a_kinds": "target", "b": "", "formula": "100"}
    rules = [rule.model_copy(update={**alone, "low": low})]
    book = dataclasses.replace(toy_book.only("jiachuan"), derivations=rules)
    ends = {"value": lower, "lower": lower, "upper": "", "comparator": ">="}
    rows = derived_from([observation(kind="target", **ends)], book)
    assert [row.value for row in rows] == found


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


def test_a_denominator_of_zero_is_refused_and_a_ceiling_gives_a_lower_end(
    toy_book: Codebook,
) -> None:
    (row,) = ratios(toy_book, observation(), people(value="0", lower="0", upper="0"))
    assert row.refused == "yes" and "zero" in row.note
    (row,) = ratios(toy_book, observation(), people(comparator="<=", lower="0"))
    assert (row.value, row.lower, row.upper, row.refused) == ("", "25", "", "")


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
    assert refused.refused == "yes" and "years between them 1" in refused.note
    assert "老年人" in refused.note_zh or "人口" in refused.note_zh
    (near,) = ratios(toy_book, observation(), *rows, years="1")
    assert near.inputs == "jiachuan:1 jiachuan:3" and near.refused == ""


@pytest.mark.parametrize(
    ("time", "refused"),
    [
        ("2020", ""),
        ("2020-11", ""),
        ("2016/2020", ""),
        ("2021-03", ""),
        ("2021-06", ""),
        ("2021-07", "yes"),
        ("2020-05", "yes"),
        ("2021", "yes"),
        ("", ""),
    ],
)
def test_no_years_apart_is_half_a_year_between_the_ends_of_periods(
    toy_book: Codebook, time: str, refused: str
) -> None:
    (row,) = ratios(toy_book, observation(time_period=time), people())
    assert row.refused == refused


def test_of_two_people_the_nearer_in_months_are_taken(toy_book: Codebook) -> None:
    rows = [
        people(id="jiachuan:2", time_period="2021"),
        people(id="jiachuan:3", time_period="2020"),
    ]
    (row,) = ratios(toy_book, observation(time_period="2021-03"), *rows)
    assert row.inputs == "jiachuan:1 jiachuan:3"


@pytest.mark.parametrize(
    ("start", "pace"), [("2021-03", "40"), ("2021", "47.5"), ("2016/2020", "38")]
)
def test_a_pace_counts_years_from_dates(
    toy_book: Codebook, start: str, pace: str
) -> None:
    cells = {"value": "290", "lower": "290", "upper": "290"}
    end = observation(id="jiachuan:9", kind="target", time_period="2025", **cells)
    rows = [observation(time_period=start), end]
    book = toy_book.only("jiachuan")
    found = {row.measure: row for row in derive(statements_of(rows, book), book)}
    assert found["change_per_year"].value == pace
    assert found["change_per_year"].unit == "beds_per_year"


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


def stated(book: Codebook, *rows: Observation) -> Statements:
    return statements_of(rows, book.only("jiachuan"))


@pytest.mark.parametrize(
    ("cells", "low", "high"),
    [
        ({"value": "32", "value_stated": "32"}, "31.5", "32.5"),
        ({"value": "0.55", "value_stated": "0.55"}, "0.545", "0.555"),
        ({"value": "32", "value_stated": "32", "kind": "projection"}, "31.5", "32.5"),
        ({"value": "1", "value_stated": "10"}, "0.95", "1.05"),
        ({"value": "0", "value_stated": "0"}, "0", "0.5"),
        ({"value": "32", "value_stated": "32", "kind": "target"}, "32", "32"),
        ({"value": "32", "value_stated": "32", "kind": "standard"}, "32", "32"),
    ],
)
def test_a_ratio_of_today_stands_for_half_a_unit_of_its_last_digit(
    toy_book: Codebook, cells: dict[str, str], low: str, high: str
) -> None:
    ends = {"lower": cells["value"], "upper": cells["value"]}
    ratio = {"indicator": "eldercare_beds_per_1000_elderly", "unit": "per_1000_persons"}
    row = observation(**ratio, **cells, **ends)
    span = stated(toy_book, row).interval(row)
    assert (span.lower, span.upper) == (Fraction(low), Fraction(high))


@pytest.mark.parametrize(
    ("value", "words", "low", "high"),
    [
        ("100", "", "99.5", "100"),
        ("0", "", "0", "0.5"),
        ("45", "", "44.5", "45.5"),
        ("100", "yes", "100", "100"),
    ],
)
def test_a_share_of_today_is_clipped_and_one_in_words_is_exact(
    toy_book: Codebook, value: str, words: str, low: str, high: str
) -> None:
    share = {"indicator": "nursing_bed_share", "unit": "percent", "in_words": words}
    ends = {"value": value, "lower": value, "upper": value, "value_stated": value}
    row = observation(**share, **ends)
    span = stated(toy_book, row).interval(row)
    assert (span.lower, span.upper) == (Fraction(low), Fraction(high))


def test_a_count_is_exact_and_hedged_words_keep_their_bounds(
    toy_book: Codebook,
) -> None:
    count = people(
        value="205000", lower="205000", upper="205000", value_stated="20.5万"
    )
    hedged = observation(comparator=">=", upper="")
    statements = stated(toy_book, count, hedged)
    assert statements.interval(count).lower == statements.interval(count).upper
    assert str(statements.interval(hedged)) == "[100, inf]"
    assert statements.rounded[count.id].lower == 204_500


@pytest.mark.parametrize(
    ("measure", "unit"),
    [
        ("gap", "percentage_points"),
        ("change_per_year", "percentage_points_per_year"),
        ("multiple", "multiple"),
    ],
)
def test_a_difference_of_shares_is_in_points_and_a_multiple_in_multiples(
    toy_project: Project, measure: str, unit: str
) -> None:
    frame = toy_project.derived
    own = frame[(frame["measure"] == measure) & frame.index.str.contains("nursing_bed")]
    assert set(own["unit"]) == {unit}


def test_a_scenario_has_the_year_and_the_kind_of_its_people(
    toy_project: Project,
) -> None:
    row = toy_project.derived.loc["jiachuan:bed_ratio_if_frozen:2021"]
    assert (row["time_period"], row["kind"]) == ("2025", "projection")


def test_an_input_in_doubt_marks_what_is_derived_from_it(toy_book: Codebook) -> None:
    (row,) = ratios(toy_book, observation(obs_status="U"), people(obs_status="D"))
    assert row.obs_status == "U"
    assert "In doubt: a." in row.note and "存疑:a" in row.note_zh
    (row,) = ratios(toy_book, observation(obs_status="E"), people(obs_status="D"))
    assert row.obs_status == "D" and "doubt" not in row.note
