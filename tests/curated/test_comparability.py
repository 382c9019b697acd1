"""Comparability: facets of values, and the grade of two that stand side by side."""

from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
from conftest import observed, put
from hypothesis import given
from valued import SAME, Row, any_rows

from compare.base.problems import Problems
from compare.codebook.book import Codebook
from compare.curated.build import Checked, check
from compare.curated.comparability import (
    JUDGES,
    STATES,
    count_pairs,
    grade,
    pairs,
)
from compare.curated.facets import FACETS, Facets, facets_of
from compare.project import Project

Case = tuple[Row, Row, str, list[str]]
CASES: list[Case] = [
    ({}, {}, "A", []),
    ({}, {"date": "2025"}, "B", ["date different both"]),
    ({}, {"date": "2021-03"}, "B", ["date different both"]),
    ({}, {"date": "2021-12"}, "A", []),
    ({}, {"date": ""}, "B", ["date unstated right"]),
    ({"date": ""}, {"date": ""}, "B", ["date unstated both"]),
    ({}, {"level": "prefecture_level_city"}, "B", ["level different both"]),
    ({}, {"value_type": "derived"}, "B", ["value_type different right"]),
    ({"value_type": "hedged"}, {}, "B", ["value_type different left"]),
    (
        {"value_type": "hedged"},
        {"value_type": "derived"},
        "B",
        ["value_type different both"],
    ),
    ({}, {"mixed": "yes"}, "B", ["date mixed right"]),
    ({}, {"denominator": "老年人"}, "B", ["denominator unstated right"]),
    ({"denominator": "老年人"}, {"denominator": "老年人"}, "A", []),
    ({}, {"numerator": "close"}, "B", ["numerator unstated right"]),
    ({"numerator": "close"}, {"numerator": "close"}, "B", ["numerator unstated both"]),
    ({}, {"counted": "新增"}, "C", ["numerator different both"]),
    ({}, {"denominator": "户籍"}, "C", ["denominator different both"]),
    ({}, {"denominator": ""}, "B", ["denominator unstated right"]),
    ({"denominator": ""}, {"denominator": ""}, "B", ["denominator unstated both"]),
    ({}, {"territory": "whole_city"}, "B", ["territory different both"]),
    ({}, {"territory": ""}, "B", ["territory different both"]),
    ({}, {"territory": "unstated"}, "B", ["territory unstated right"]),
    ({}, {"territory": "county_retained"}, "C", ["territory apart right"]),
    (
        {"territory": "unstated"},
        {"territory": "unstated"},
        "B",
        ["territory unstated both"],
    ),
    ({"territory": "county_retained"}, {"territory": "county_retained"}, "A", []),
    ({"doubt": "yes"}, {}, "B", ["doubt doubted left"]),
    ({"scale": "count"}, {"scale": "count"}, "B", ["scale different both"]),
    (
        {"doubt": "yes"},
        {"date": "2025", "territory": "county_retained", "level": "district"},
        "C",
        [
            *("territory apart right", "doubt doubted left"),
            *("date different both", "level different both"),
        ],
    ),
]


@pytest.mark.parametrize(("left", "right", "worst", "facets"), CASES)
def test_a_pair_has_the_grade_that_its_worst_facet_costs(
    left: Row, right: Row, worst: str, facets: list[str], toy_book: Codebook
) -> None:
    found = grade(SAME | left, SAME | right, toy_book)
    told = [f"{one.row.facet} {one.row.state} {one.cause}" for one in found.differences]
    assert (found.grade, told) == (worst, facets)
    turned = grade(SAME | right, SAME | left, toy_book)
    swap = {"left": "right", "right": "left", "both": "both"}
    assert turned.grade == worst
    assert [one.row for one in turned.differences] == [
        one.row for one in found.differences
    ]
    assert [swap[one.cause] for one in turned.differences] == [
        one.cause for one in found.differences
    ]


def test_every_rule_of_grades_is_reached_by_a_case(toy_book: Codebook) -> None:
    reached = {
        (one.row.facet, one.row.state)
        for left, right, *_ in CASES
        for one in grade(SAME | left, SAME | right, toy_book).differences
    }
    listed = {(name, state) for name, of in toy_book.facets.items() for state in of}
    assert reached == listed
    assert listed == {(name, state) for name, of in STATES.items() for state in of}


def test_a_rule_that_no_value_can_reach_is_refused(toy: Path) -> None:
    name = "data/codebook/facets.csv"
    put(toy, name, {"facet": "level", "state": "different"}, state="unstated")
    with pytest.raises(Problems) as raised:
        check(toy)
    told = [f"{one.where}: {one.what}" for one in raised.value.problems]
    assert told == [
        f"{name} level, different: there is no row for what this state costs.",
        f"{name} level, unstated: no two values can be in this state.",
    ]


def test_facets_are_told_by_severity_and_not_by_name(toy_book: Codebook) -> None:
    order = [
        int(next(iter(toy_book.facets[name].values())).severity) for name in JUDGES
    ]
    assert sorted(order) == sorted(set(order))
    one, other = SAME | {"numerator": "close"}, SAME | {"date": "", "level": "district"}
    found = grade(one, other, toy_book)
    told = [row.row.facet for row in found.differences]
    assert told == ["numerator", "date", "level"] and found.facet == "numerator"


def test_a_reason_names_both_levels_from_either_side(toy_book: Codebook) -> None:
    (found,) = grade(
        SAME, SAME | {"level": "prefecture_level_city"}, toy_book
    ).differences
    assert found.reason("en") == "Levels of place: county beside prefecture-level city."
    assert (
        found.reason("en", own="right")
        == "Levels of place: prefecture-level city beside county."
    )
    assert found.reason("zh") == "县与地级市并列。"


def test_a_grade_tells_its_reasons_in_both_languages(toy_book: Codebook) -> None:
    told = repr(grade(SAME, SAME | {"date": "2025"}, toy_book)).splitlines()
    assert told == [
        "B",
        "date different (B, both): Another date: 2021 beside 2025. "
        "时间不同：2021，他处为2025。",
    ]


@given(rows=any_rows)
def test_pairs_are_of_one_indicator_and_kind_and_of_two_documents(
    rows: list[Row], toy_book: Codebook
) -> None:
    same = ("indicator", "kind")
    wanted = {
        frozenset((left["id"], right["id"]))
        for left, right in combinations(rows, 2)
        if all(left[name] == right[name] for name in same)
        and left["doc"] != right["doc"]
        and not (left["interim"] or right["interim"])
    }
    found = [
        frozenset((left["id"], right["id"])) for left, right, _ in pairs(rows, toy_book)
    ]
    assert len(found) == len(wanted) and set(found) == wanted


@given(rows=any_rows)
def test_pairs_counted_at_once_are_those_counted_one_by_one(
    rows: list[Row], toy_book: Codebook
) -> None:
    one_by_one = Counter(found.grade for *_, found in pairs(rows, toy_book))
    assert +count_pairs(rows, toy_book) == one_by_one


def test_what_may_stand_beside_others_has_facets(toy_checked: Checked) -> None:
    facets = {row.model_dump()["id"] for row in toy_checked.rows("comparability")}
    one, _ = toy_checked.plans
    left_out = {row.id for row in observed(one)} - facets
    assert left_out == {
        "jiachuan:157",  # a broad match
        "jiachuan:172",  # a narrow match
        "jiachuan:497",  # a dash
        *(f"jiachuan:{area}" for area in (714, 721, 728, 741, 748, 755)),
    }
    assert "jiachuan:slot_ratio" in facets  # derived
    assert "yiqiao:slot_ratio:2021" not in facets  # refused
    assert "jiachuan:gap:eldercare_beds:2025" not in facets  # no value of its own


@pytest.mark.parametrize(
    ("id", "facets"),
    [
        ("jiachuan:87", "exact - 户籍 - reported 2021 - - count prefecture_level_city"),
        ("jiachuan:187", "exact - none - hedged - - - count prefecture_level_city"),
        (
            "jiachuan:slot_ratio",
            "exact - stated - derived - - - ratio prefecture_level_city",
        ),
        ("yiqiao:340", "close - 每千人口 - reported 2025 - - ratio county"),
        ("yiqiao:269", "exact - stated county_retained reported - - - ratio county"),
    ],
)
def test_facets_say_what_pairs_are_judged_by(
    id: str, facets: str, toy_project: Project
) -> None:
    found = [toy_project.facets[id][name] or "-" for name in FACETS]
    assert " ".join(found) == facets


def test_the_same_base_in_two_scripts_is_one_denominator(toy_checked: Checked) -> None:
    one = toy_checked.plans[0]
    book = toy_checked.book.only("jiachuan")
    rows = [row for row in observed(one) if row.base_stated == "户籍"]
    traditional = [row.model_copy(update={"base_stated": "戶籍"}) for row in rows]
    assert rows and facets_of(traditional, [], book) == facets_of(rows, [], book)


def test_a_derived_value_counts_as_exactly_as_its_inputs(toy_checked: Checked) -> None:
    one = toy_checked.plans[0]
    book = toy_checked.book.only("jiachuan")
    derived = [
        row
        for row in one.tables["derived"]
        if row.model_dump()["id"] == "jiachuan:slot_ratio"
    ]
    inputs = set(derived[0].model_dump()["inputs"].split())
    close = [
        row.model_copy(update={"match_type": "closeMatch"}) if row.id in inputs else row
        for row in observed(one)
    ]
    found = facets_of(close, derived, book)[-1]  # type: ignore[arg-type]
    assert (found.id, found.numerator) == ("jiachuan:slot_ratio", "close")


def test_only_the_last_target_of_a_series_is_paired(project: Project) -> None:
    interim = {id for id, row in project.facets.items() if row["interim"]}
    assert interim and not interim & project.standings.keys()
    for id in interim:
        row = project.facets[id]
        later = [
            other["date"]
            for key, other in project.facets.items()
            if key.partition(":")[0] == id.partition(":")[0]
            and (other["indicator"], other["kind"], other["territory"])
            == (row["indicator"], "target", row["territory"])
        ]
        assert row["kind"] == "target" and max(later) > row["date"]


@pytest.mark.parametrize(
    ("left", "right", "worst", "facet"),
    [
        ("jiachuan:133", "yiqiao:106", "B", "doubt"),
        ("jiachuan:87", "yiqiao:71", "C", "denominator"),
        ("jiachuan:790", "yiqiao:269", "C", "territory"),
        ("jiachuan:502", "yiqiao:340", "B", "numerator"),
    ],
)
def test_values_of_the_toy_have_their_grade(
    left: str, right: str, worst: str, facet: str, toy_project: Project
) -> None:
    found = toy_project.grade(left, right)
    assert found is not None and (found.grade, found.facet) == (worst, facet)


def test_what_stands_beside_no_other_has_no_grade(toy_project: Project) -> None:
    assert toy_project.grade("jiachuan:133", "jiachuan:714") is None


def test_every_column_of_the_facets_is_judged_by() -> None:
    names = set(Facets.columns()) - {"id", "indicator", "kind"}
    assert names == {*FACETS, "interim"}
    assert set(FACETS) - JUDGES.keys() == {"counted", "mixed"}
