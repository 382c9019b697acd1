"""Intervals: arithmetic contains every point; a formula is arithmetic and no more."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare.base.intervals import Interval, evaluate, last_year, names_in, period_end

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


def test_nothing_is_divided_by_zero_or_by_either_sign() -> None:
    for low, high in ((-1, 1), (0, 0)):
        with pytest.raises(ZeroDivisionError):
            Interval.of(1, 1) / Interval.of(low, high)


@given(data=st.data(), top=intervals(positive), bottom=positive)
def test_a_divisor_that_ends_at_zero_sets_no_end(
    data: st.DataObject, top: Interval, bottom: Fraction
) -> None:
    for sign in (1, -1):
        ends = sorted((Fraction(0), sign * bottom))
        ratio = top / Interval(*ends)
        assert math.inf in (ratio.upper, -ratio.lower)
        part = data.draw(st.fractions(Fraction(1, 20), 1, max_denominator=20))
        point = inside(data, top) / (sign * bottom * part)
        assert ratio.lower <= point <= ratio.upper


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


@pytest.mark.parametrize(
    ("period", "year"),
    [("2021", 2021), ("2021-03", 2021), ("2016/2020", 2020), ("", 0)],
)
def test_a_period_ends_in_its_last_year(period: str, year: int) -> None:
    assert last_year(period) == year


@pytest.mark.parametrize(
    ("first", "last", "years"),
    [
        ("2021", "2025", 4),
        ("2021-03", "2025", Fraction(19, 4)),
        ("2020-11-30", "2020-12", Fraction(1, 12)),
        ("2016/2020", "2020-12-31", 0),
    ],
)
def test_years_between_periods_are_counted_from_their_ends(
    first: str, last: str, years: Fraction
) -> None:
    ends = period_end(first), period_end(last)
    assert ends[0] is not None and ends[1] is not None
    assert ends[1] - ends[0] == years


def test_an_undated_value_has_no_end() -> None:
    assert period_end("") is None


@pytest.mark.parametrize("formula", ["a +", "a.b", "a if b else c", "max(a, b)"])
def test_the_names_of_what_is_no_formula_are_refused(formula: str) -> None:
    with pytest.raises(ValueError):
        names_in(formula)


def test_a_formula_may_name_years_besides_its_inputs() -> None:
    assert names_in("(a - b) / years") == {"a", "b", "years"}
