"""Groups: places that are comparable, and why others are compared with care or not."""

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from valued import SAME, Row, any_rows

from compare.codebook.book import Codebook
from compare.curated.comparability import groups_of
from compare.curated.groups import ALONE, CARE, EQUAL, FAR, standings
from compare.project import Project

COLUMNS = {"indicator": "beds", "kind": "target"}


def values(*rows: Row) -> list[Row]:
    """Values of one indicator, each of a plan of the toy or of another."""
    return [SAME | COLUMNS | row for row in rows]


def told(rows: list[Row], book: Codebook) -> dict[str, tuple[str, list[str]]]:
    return {id: (one.group, one.facets) for id, one in standings(rows, book).items()}


@pytest.fixture
def many(toy_book: Codebook) -> Codebook:
    """A codebook that knows the plans of the tests."""
    return with_plans(toy_book)


def with_plans(book: Codebook) -> Codebook:
    """The codebook with three plans, ``a``, ``b`` and ``c``."""
    (one, *_) = book.documents.values()
    named = {doc: one.model_copy(update={"doc": doc}) for doc in "abc"}
    return replace(book, documents=named)


def test_the_largest_group_of_places_is_comparable(many: Codebook) -> None:
    rows = values(
        {"id": "a:1"}, {"id": "b:1"}, {"id": "c:1", "date": "2025", "level": "district"}
    )
    assert told(rows, many) == {
        "a:1": (EQUAL, []),
        "b:1": (EQUAL, []),
        "c:1": (CARE, ["date", "level"]),
    }


def test_a_value_apart_says_what_it_causes(many: Codebook) -> None:
    rows = values({"id": "a:1"}, {"id": "b:1"}, {"id": "c:1", "denominator": "户籍"})
    assert told(rows, many)["c:1"] == (FAR, ["denominator"])


def test_one_place_alone_stands_beside_nothing(many: Codebook) -> None:
    rows = values({"id": "a:1"}, {"id": "a:2", "date": "2025"})
    assert told(rows, many) == {"a:1": (ALONE, []), "a:2": (ALONE, [])}


def test_a_value_is_not_blamed_for_the_wording_of_its_partner(many: Codebook) -> None:
    rows = values({"id": "a:1"}, {"id": "b:1"}, {"id": "c:1", "numerator": "close"})
    found = told(rows, many)
    assert found["a:1"] == (EQUAL, []) and found["c:1"] == (CARE, ["numerator"])


def test_without_a_group_only_what_differs_from_all_is_told(many: Codebook) -> None:
    rows = values(
        {"id": "a:1", "territory": "whole_city"},
        {"id": "b:1", "territory": "unstated"},
        {"id": "c:1", "territory": "city_level", "date": ""},
    )
    assert told(rows, many) == {
        "a:1": (CARE, ["territory"]),
        "b:1": (CARE, ["territory"]),
        "c:1": (CARE, ["territory", "date"]),
    }


def test_one_statement_of_a_place_is_enough_for_the_group(many: Codebook) -> None:
    rows = values(
        {"id": "a:1", "numerator": "close"},
        {"id": "a:2"},
        {"id": "a:3", "date": ""},
        {"id": "b:1"},
    )
    assert told(rows, many) == {
        "a:1": (CARE, ["numerator"]),
        "a:2": (EQUAL, []),
        "a:3": (CARE, ["date"]),
        "b:1": (EQUAL, []),
    }


def test_nothing_is_comparable_with_nobody(many: Codebook) -> None:
    rows = values(
        {"id": "a:1", "date": "2020"}, {"id": "a:2", "date": "2021"}, {"id": "b:1"}
    )
    assert told(rows, many) == {
        "a:1": (CARE, ["date"]),
        "a:2": (EQUAL, []),
        "b:1": (EQUAL, []),
    }


def test_counts_of_places_are_never_ranked(many: Codebook) -> None:
    rows = values({"id": "a:1", "scale": "count"}, {"id": "b:1", "scale": "count"})
    assert set(map(str, told(rows, many).values())) == {"('care', ['scale'])"}


@given(rows=any_rows)
def test_groups_are_the_same_in_any_order(rows: list[Row], toy_book: Codebook) -> None:
    book = with_plans(toy_book)
    shuffled = random.Random(7).sample(rows, len(rows))
    assert standings(rows, book) == standings(shuffled, book)


@given(rows=any_rows)
def test_every_value_that_may_stand_beside_others_is_in_one_group(
    rows: list[Row], toy_book: Codebook
) -> None:
    book = with_plans(toy_book)
    found: Any = standings(rows, book)
    assert found.keys() == {row["id"] for row in rows if not row["interim"]}
    for group in groups_of(rows).values():
        places = {row["doc"] for row in group}
        equal = {row["doc"] for row in group if found[row["id"]].group == EQUAL}
        assert len(equal) != 1 and equal <= places
        for row in group:
            standing = found[row["id"]]
            assert (standing.group == ALONE) == (len(places) == 1)
            assert bool(standing.differences) == (standing.group in (CARE, FAR))


def test_places_that_are_equal_have_pairs_of_grade_a(project: Project) -> None:
    equal = [id for id, one in project.standings.items() if one.group == EQUAL]
    for left in equal:
        for right in equal:
            if found := project.grade(left, right):
                assert found.grade == "A", (left, right)
    assert equal
