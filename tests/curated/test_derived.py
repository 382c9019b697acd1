"""Derive: every ratio recomputed by another route; what must not be, refused."""

import dataclasses
import itertools
import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare.base.intervals import Interval, evaluate
from compare.codebook.book import Codebook
from compare.curated.build import Checked
from compare.curated.derived import Derived, derive, interval
from compare.curated.observations import Observation

fractions = st.fractions(-1000, 1000, max_denominator=50)
positive = st.fractions(Fraction(1, 50), 1000, max_denominator=50)


@st.composite
def intervals(
    draw: st.DrawFn, ends: st.SearchStrategy[Fraction] = fractions
) -> Interval:
    low, high = sorted((draw(ends), draw(ends)))
    return Interval(low, high)


def inside(data: st.DataObject, span: Interval) -> Fraction:
    part = data.draw(st.fractions(0, 1, max_denominator=20))
    low, high = Fraction(span.lower), Fraction(span.upper)
    return low + part * (high - low)


@given(data=st.data(), left=intervals(), right=intervals())
def test_sums_and_products_contain_those_of_every_pair_of_points(
    data: st.DataObject, left: Interval, right: Interval
) -> None:
    a, b = inside(data, left), inside(data, right)
    for point, span in (
        (a + b, left + right),
        (a - b, left - right),
        (a * b, left * right),
    ):
        assert span.lower <= point <= span.upper


@given(data=st.data(), left=intervals(), right=intervals(positive))
def test_a_ratio_contains_the_ratio_of_every_pair_of_points(
    data: st.DataObject, left: Interval, right: Interval
) -> None:
    ratio = left / right
    point = inside(data, left) / inside(data, right)
    assert ratio.lower <= point <= ratio.upper


@given(left=intervals(positive), right=intervals(positive), more=positive)
def test_a_wider_input_never_narrows_a_ratio(
    left: Interval, right: Interval, more: Fraction
) -> None:
    wider = Interval(left.lower, left.upper + more)
    ratio, wide = left / right, wider / right
    assert wide.lower <= ratio.lower and ratio.upper <= wide.upper


@given(top=positive, bottom=positive, more=positive)
def test_a_ratio_of_points_is_exact_and_monotone(
    top: Fraction, bottom: Fraction, more: Fraction
) -> None:
    def point(number: Fraction) -> Interval:
        return Interval(number, number)

    ratio = point(top) / point(bottom)
    assert ratio.lower == ratio.upper == top / bottom
    assert (point(top + more) / point(bottom)).lower > ratio.upper
    assert (point(top) / point(bottom + more)).upper < ratio.lower


def test_nothing_is_divided_by_what_may_be_zero() -> None:
    for low, high in ((0, 1), (-1, 0), (-1, 1), (0, 0)):
        with pytest.raises(ZeroDivisionError):
            Interval.of(1, 1) / Interval.of(low, high)


@pytest.mark.parametrize(
    "formula",
    [
        "__import__('os').system('true')",
        "a.lower",
        "a[0]",
        "a ** b",
        "a // b",
        "a % b",
        "-a",
        "a if b else a",
        "a < b",
        "lambda: a",
        "[a for a in b]",
        "max(a, b)",
        "c",
        "'a'",
        "True",
        "1j",
        "None",
        "f'{a}'",
        "(a, b)",
        "a and b",
        "a @ b",
    ],
)
def test_a_formula_holds_nothing_but_arithmetic(formula: str) -> None:
    one = Interval.of(1, 1)
    with pytest.raises(ValueError):
        evaluate(formula, {"a": one, "b": one})


@given(a=positive, b=positive, c=fractions)
def test_a_formula_is_computed_as_written(
    a: Fraction, b: Fraction, c: Fraction
) -> None:
    inputs = {name: Interval(x, x) for name, x in zip("abc", (a, b, c), strict=True)}
    result = evaluate("1000 * (a - c) / b + 0.5 * a", inputs)
    assert result.lower == result.upper == 1000 * (a - c) / b + a / 2


def within(printed: str, number: Fraction, *, up: bool) -> bool:
    """Whether a printed end is the number, rounded outwards to six decimals."""
    gap = Fraction(printed) - number if up else number - Fraction(printed)
    return 0 <= gap < Fraction(1, 10**6)


BY_HAND = {
    "changsha:institution_bed_ratio:2021": (
        "",
        Fraction(30_000_000, 1_539_850),
        Fraction(40_000_000, 1_539_750),
    ),
    "changsha:slot_ratio:2021": (
        "",
        Fraction(15_000_000, 10_239_350),
        Fraction(25_000_000, 10_239_250),
    ),
    "jingdezhen:institution_bed_ratio:2021-03": (
        "15.076889",
        Fraction(4_059_000, 269_220),
        Fraction(4_059_000, 269_220),
    ),
    "xianning:all_bed_ratio:2016-2020": (
        "39.592924",
        Fraction(18_577_000, 469_250),
        Fraction(18_577_000, 469_150),
    ),
}


@pytest.mark.parametrize("id", BY_HAND)
def test_a_derived_value_is_the_one_computed_by_hand(id: str, checked: Checked) -> None:
    (row,) = [row for row in checked.derived if row.id == id]
    value, lower, upper = BY_HAND[id]
    assert row.value == value and row.refused == ""
    assert within(row.lower, lower, up=False) and within(row.upper, upper, up=True)
    assert row.unit == checked.book.indicators[row.indicator].unit


def test_the_beds_of_dianjiang_are_not_put_over_the_people_of_2025(
    checked: Checked,
) -> None:
    (row,) = [
        row for row in checked.derived if row.id == "dianjiang:all_bed_ratio:2021"
    ]
    assert row.refused == "yes"
    assert (row.value, row.lower, row.upper) == ("", "", "")
    assert row.inputs == "dianjiang:596 dianjiang:904"
    assert row.note.startswith("refused: ")
    assert "2021" in row.note and "2025" in row.note and "不计算" in row.note_zh


def corners(row: Derived, inputs: Sequence[Observation]) -> Iterator[Fraction]:
    """Values of a formula at every corner of its inputs, by Python's own arithmetic.

    ``years`` is the time from b to a.
    """
    ends = [
        {Fraction(end) for end in (item.lower, item.upper) if end} for item in inputs
    ]
    formula = re.sub(r"\b(\d+)\b", r"Fraction(\1)", row.formula)
    years = [int(item.time_period.split("/")[-1][:4] or 0) for item in inputs[:2]]
    apart = years[0] - years[-1]
    for point in itertools.product(*ends):
        names = dict(zip("abcd", point, strict=False))
        if all(point[1:]):
            yield eval(formula, {"Fraction": Fraction, "years": apart, **names})


def test_every_derived_row_follows_from_the_inputs_it_names(checked: Checked) -> None:
    by_id = {item.id: item for item in checked.observations}
    computed = [row for row in checked.derived if not row.refused]
    assert len(computed) > 4
    for row in computed:
        inputs = [by_id[name] for name in row.inputs.split()]
        values = list(corners(row, inputs))
        if not values:
            continue
        once = all(row.formula.count(name) <= 1 for name in "abcd")
        finite = all(item.lower and item.upper for item in inputs)
        assert not row.lower or Fraction(row.lower) <= min(values), row.id
        assert not row.upper or max(values) <= Fraction(row.upper), row.id
        if once and finite:
            assert within(row.lower, min(values), up=False), row.id
            assert within(row.upper, max(values), up=True), row.id
        exact = all(item.comparator == "=" for item in inputs)
        assert bool(row.value) == exact, row.id


def test_a_refused_row_has_no_number_and_a_reason(checked: Checked) -> None:
    refused = [row for row in checked.derived if row.refused]
    assert refused
    for row in refused:
        assert row.value == row.lower == row.upper == ""
        assert row.note.startswith("refused: ") and row.note_zh.startswith("不计算")


def test_a_zero_baseline_gives_no_multiple_and_no_growth(checked: Checked) -> None:
    by_id = {item.id: item for item in checked.observations}
    for row in checked.derived:
        a, *others = (by_id[name] for name in row.inputs.split())
        if row.formula == "a / b" and Fraction(others[0].lower or 0) == 0:
            assert row.refused == "yes", row.id


def test_ids_of_derived_values_are_unique(checked: Checked) -> None:
    ids = [row.id for row in checked.derived]
    assert len(ids) == len(set(ids))


def changed(
    observations: Sequence[Observation], id: str, **cells: str
) -> list[Observation]:
    found = [
        row.model_copy(update=cells) if row.id == id else row for row in observations
    ]
    assert found != list(observations)
    return found


@pytest.mark.parametrize(
    "named",
    [
        "changsha:2176",
        "changsha:1260",
        "jingdezhen:1070",
        "xianning:860",
        "jiamusi:772",
    ],
)
def test_a_changed_input_changes_exactly_the_rows_that_name_it(
    named: str, checked: Checked
) -> None:
    cells = {"value": "77", "lower": "77", "upper": "77"}
    observations = changed(checked.observations, named, **cells)
    before = {row.id: row for row in checked.derived}
    after = {row.id: row for row in derive(observations, checked.book)}
    assert before.keys() == after.keys()
    different = {id for id in before if before[id] != after[id]}
    assert different
    assert different == {
        row.id
        for row in checked.derived
        if named in row.inputs.split() and (not row.refused or row.id in different)
    }


def observation(**cells: str) -> Observation:
    row = {
        "id": "jiamusi:1",
        "doc": "jiamusi",
        "ref_area": "230800",
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
            "id": "jiamusi:2",
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
    return derive(rows, dataclasses.replace(book, derivations=only))


def test_exact_inputs_give_a_point(book: Codebook) -> None:
    (row,) = ratios(book, observation(), people())
    assert (row.value, row.lower, row.upper) == ("25", "25", "25")
    assert (
        row.id == "jiamusi:all_bed_ratio:2020" and row.inputs == "jiamusi:1 jiamusi:2"
    )


@pytest.mark.parametrize("comparator", ["~", "+"])
def test_a_hedged_input_never_gives_a_point(book: Codebook, comparator: str) -> None:
    hedged = observation(comparator=comparator, lower="90", upper="120")
    (row,) = ratios(book, hedged, people())
    assert (row.value, row.lower, row.upper) == ("", "22.5", "30")


@pytest.mark.parametrize(
    "cells",
    [
        {"value": "", "lower": "", "upper": "", "comparator": "missing"},
        {"kind": "target"},
        {"doc": "xianning", "ref_area": "421200"},
        {"ref_area": "230811"},
        {"scope": "rural"},
        {"match_type": "broadMatch"},
        {"match_type": "relatedMatch"},
    ],
)
def test_an_input_that_does_not_fit_the_other_gives_nothing(
    book: Codebook, cells: dict[str, str]
) -> None:
    assert ratios(book, observation(**cells), people()) == []
    assert len(ratios(book, observation(), people())) == 1


def test_an_input_without_an_upper_end_gives_a_lower_end_only(book: Codebook) -> None:
    floor = observation(comparator=">=", upper="")
    (row,) = ratios(book, floor, people())
    assert (row.value, row.lower, row.upper) == ("", "25", "")
    below = people(comparator="<", lower="")
    (row,) = ratios(book, observation(), below)
    assert row.refused == "yes"


def test_a_denominator_that_may_be_zero_is_refused(book: Codebook) -> None:
    (row,) = ratios(book, observation(), people(comparator="<=", lower="0"))
    assert row.refused == "yes" and "zero" in row.note


def test_an_undated_input_is_marked(book: Codebook) -> None:
    (row,) = ratios(book, observation(time_period=""), people())
    assert "Undated: a" in row.note and "未注明时间" in row.note_zh
    (dated,) = ratios(book, observation(), people())
    assert "Undated" not in dated.note


def test_the_nearest_year_is_taken_and_a_far_one_is_refused(book: Codebook) -> None:
    rows = [
        people(id="jiamusi:2", time_period="2025"),
        people(id="jiamusi:3", time_period="2021"),
    ]
    (refused,) = ratios(book, observation(), *rows)
    assert refused.refused == "yes" and "1 years apart" in refused.note
    (near,) = ratios(book, observation(), *rows, years="1")
    assert near.inputs == "jiamusi:1 jiamusi:3" and near.refused == ""


@pytest.mark.parametrize(
    ("time", "refused"),
    [("2020", ""), ("2020-11", ""), ("2016/2020", ""), ("2021-03", "yes")],
)
def test_years_are_those_at_the_end_of_a_period(
    book: Codebook, time: str, refused: str
) -> None:
    (row,) = ratios(book, observation(time_period=time), people())
    assert row.refused == refused


def test_a_repeated_statement_is_used_once_from_its_table(book: Codebook) -> None:
    again = observation(id="jiamusi:9")
    (row,) = ratios(book, observation(), again, people())
    assert row.inputs == "jiamusi:1 jiamusi:2"
    tabled = observation(id="jiamusi:9", in_table="专栏1")
    (row,) = ratios(book, observation(), tabled, people())
    assert row.inputs == "jiamusi:9 jiamusi:2"


def test_ends_are_rounded_outwards(book: Codebook) -> None:
    third = people(value="3000", lower="3000", upper="3000")
    (row,) = ratios(book, observation(), third)
    assert (row.lower, row.value, row.upper) == ("33.333333", "33.333333", "33.333334")


def test_the_interval_of_an_observation_is_its_bounds() -> None:
    span = interval(observation(lower="0.545", upper="0.555"))
    assert (span.lower, span.upper) == (Fraction(109, 200), Fraction(111, 200))
