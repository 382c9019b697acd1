"""Comparability: facets of values, and the grade of two that stand side by side."""

from collections import Counter
from itertools import combinations

import pytest
from conftest import observed
from hypothesis import given
from hypothesis import strategies as st

from compare.codebook.book import Codebook
from compare.curated.build import Checked
from compare.curated.comparability import (
    FACETS,
    Facets,
    count_pairs,
    facets_of,
    grade,
    pairs,
    worst_grades,
)
from compare.project import Project

Row = dict[str, str]
SAME: Row = {
    "numerator": "exact",
    "denominator": "常住",
    "date": "2021",
    "territory": "city_level",
    "value_type": "reported",
    "level": "county",
}
choices = {
    "doc": ["a", "b", "c"],
    "indicator": ["beds", "slots"],
    "kind": ["baseline", "target"],
    "numerator": ["exact", "close"],
    "denominator": ["", "常住", "户籍"],
    "date": ["", "2021", "2025"],
    "territory": ["", "unstated", "city_level", "whole_city", "county_retained"],
    "value_type": ["reported", "hedged", "derived"],
    "level": ["county", "prefecture_level_city"],
}


def numbered(rows: list[Row]) -> list[Row]:
    return [row | {"id": f"{row['doc']}:{n}"} for n, row in enumerate(rows)]


any_rows = st.lists(
    st.fixed_dictionaries(
        {name: st.sampled_from(codes) for name, codes in choices.items()}
    ),
    max_size=12,
).map(numbered)


@pytest.mark.parametrize(
    ("left", "right", "worst", "facets"),
    [
        ({}, {}, "A", []),
        ({}, {"date": "2025"}, "B", ["date different"]),
        ({}, {"date": ""}, "B", ["date unstated"]),
        ({}, {"level": "prefecture_level_city"}, "B", ["level different"]),
        ({}, {"value_type": "derived"}, "B", ["value_type different"]),
        ({}, {"numerator": "close"}, "B", ["numerator unstated"]),
        (
            {"numerator": "close"},
            {"numerator": "close"},
            "B",
            ["numerator unstated"],
        ),
        ({}, {"denominator": "户籍"}, "C", ["denominator different"]),
        ({}, {"denominator": ""}, "A", []),
        ({}, {"territory": "whole_city"}, "B", ["territory different"]),
        ({}, {"territory": ""}, "B", ["territory unstated"]),
        ({}, {"territory": "unstated"}, "B", ["territory unstated"]),
        ({}, {"territory": "county_retained"}, "C", ["territory apart"]),
        (
            {"territory": "unstated"},
            {"territory": "unstated"},
            "B",
            ["territory unstated"],
        ),
        (
            {"territory": "county_retained"},
            {"territory": "county_retained"},
            "A",
            [],
        ),
        (
            {},
            {"date": "2025", "territory": "county_retained", "level": "district"},
            "C",
            ["territory apart", "date different", "level different"],
        ),
    ],
)
def test_a_pair_has_the_grade_that_its_worst_facet_costs(
    left: Row, right: Row, worst: str, facets: list[str], toy_book: Codebook
) -> None:
    found = grade(SAME | left, SAME | right, toy_book)
    assert found == grade(SAME | right, SAME | left, toy_book)
    assert found.grade == worst
    assert [f"{row.facet} {row.state}" for row in found.facets] == facets
    assert found.facet == (facets[0].split()[0] if facets else "")


def test_a_grade_tells_its_reasons_in_both_languages(toy_book: Codebook) -> None:
    told = repr(grade(SAME, SAME | {"date": "2025"}, toy_book)).splitlines()
    assert told == [
        "B",
        "date different (B): The years differ; each mark prints its own. "
        "年份不同，图中逐一标注。",
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


@given(rows=any_rows)
def test_the_worst_grade_of_a_value_is_the_worst_of_its_pairs(
    rows: list[Row], toy_book: Codebook
) -> None:
    beside: dict[str, list[tuple[str, str]]] = {}
    for left, right, found in pairs(rows, toy_book):
        for row in (left, right):
            beside.setdefault(row["id"], []).append((found.grade, found.facet))
    worst = worst_grades(rows, toy_book)
    assert {id: (one.grade, one.facet) for id, one in worst.items()} == {
        id: max(grades) for id, grades in beside.items()
    }


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
        ("jiachuan:87", "exact 户籍 2021 - reported prefecture_level_city"),
        ("jiachuan:187", "exact - - - hedged prefecture_level_city"),
        ("jiachuan:slot_ratio", "close - - - derived prefecture_level_city"),
        ("yiqiao:340", "close - 2025 - reported county"),
        ("yiqiao:269", "exact - - county_retained reported county"),
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


@pytest.mark.parametrize(
    ("left", "right", "worst", "facet"),
    [
        ("jiachuan:133", "yiqiao:106", "B", "level"),
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
    assert toy_project.worst[left].grade >= found.grade


def test_what_stands_beside_no_other_has_no_grade(toy_project: Project) -> None:
    assert toy_project.grade("jiachuan:133", "jiachuan:714") is None
    assert "jiachuan:391" in toy_project.facets
    assert "jiachuan:391" not in toy_project.worst


def test_every_column_of_the_facets_is_judged_by() -> None:
    names = set(Facets.columns()) - {"id", "indicator", "kind"}
    assert names == set(FACETS)
