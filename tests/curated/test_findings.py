"""Findings and derived values can be recomputed, and name all that they rest on."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from compare.base.problems import Problems
from compare.codebook.book import find_root
from compare.curated.build import Checked, check
from compare.curated.comparability import compare_all
from compare.curated.derived import derive, is_vague
from compare.curated.findings import find
from compare.curated.observations import Observation
from compare.views import charts as figures
from compare.views import tables as views

ROOT = find_root(Path(__file__).parents[2])
TINY = Fraction(1, 10**6)


@pytest.fixture(scope="module")
def checked() -> Checked:
    return check(ROOT)


def ends(row: Observation) -> list[Fraction | float]:
    """Both ends of a statement, by another route than ``derive``."""
    low = Fraction(row.lower) if row.lower else -math.inf
    high = Fraction(row.upper) if row.upper else math.inf
    return [low, high]


def corners(
    formula: str, names: str, rows: list[Observation], years: int
) -> Iterator[Fraction | float]:
    """Every value that a formula takes at the ends of its inputs."""
    for choice in itertools.product(*map(ends, rows)):
        place = dict(zip(names, choice, strict=False)) | {"years": Fraction(years)}
        yield eval(formula, {"__builtins__": {}}, place)  # noqa: S307


def year(row: Observation) -> int:
    return int(row.time_period.split("/")[-1][:4]) if row.time_period else 0


def test_every_derived_value_is_recomputed_at_the_corners_of_its_inputs(
    checked: Checked,
) -> None:
    by_id = {row.id: row for row in checked.observations}
    done = 0
    for row in checked.derived:
        inputs = [by_id[id] for id in row.inputs.split()]
        if row.refused:
            assert not (row.value or row.lower or row.upper)
            continue
        dated = len(inputs) > 1 and inputs[0].time_period and inputs[1].time_period
        years = year(inputs[0]) - year(inputs[1]) if dated else 0
        found = [
            value
            for value in corners(row.formula, "abcd", inputs, years)
            if not math.isnan(value)
        ]
        low: Fraction | float = min(found)
        high: Fraction | float = max(found)
        for end, wanted in ((row.lower, low), (row.upper, high)):
            if end:
                assert abs(float(Fraction(end) - wanted)) <= TINY, row.id
            else:
                assert math.isinf(wanted), row.id
        if row.value:
            assert Fraction(row.lower) <= Fraction(row.value) <= Fraction(row.upper)
        done += 1
    assert done > 300


def test_a_hedged_input_never_gives_a_point(checked: Checked) -> None:
    by_id = {row.id: row for row in checked.observations}
    for row in checked.derived:
        hedged = any(by_id[id].comparator != "=" for id in row.inputs.split())
        assert not (hedged and row.value), row.id


def test_refusals_say_why_and_stand_where_years_do_not_belong_together(
    checked: Checked,
) -> None:
    refused = {row.id: row.note for row in checked.derived if row.refused}
    assert "4 years apart" in refused["dianjiang:all_bed_ratio:2021"]
    assert "1 years apart" in refused["jiamusi:elderly_by_beds_today:2021"]
    assert all(note.startswith("refused: ") for note in refused.values())


@pytest.mark.parametrize(
    ("id", "verdict"),
    [
        ("xianning:bed_ratio_against_beds:487", "fails"),
        ("xianning:share_60_plus:876", "fails"),
        ("changsha:slot_target_against_supply:2291", "depends"),
        ("changsha:enrolment:2223", "holds"),
        ("dianjiang:slot_ratio_against_slots:9154", "fails"),
        ("dianjiang:order_of_ages:922", "fails"),
        ("jingdezhen:institution_beds_sum:1070", "holds"),
        ("jingdezhen:institutions_sum:1061", "holds"),
        ("jingdezhen:due_dates:5202", "depends"),
        ("jiamusi:pro_rata:2739", "holds"),
        ("jiamusi:implied_elderly_share:2725", "holds"),
        ("jiamusi:baseline_is_year:1093", "depends"),
    ],
)
def test_known_contradictions_are_found(
    id: str, verdict: str, checked: Checked
) -> None:
    assert {row.id: row.verdict for row in checked.findings}[id] == verdict


def test_all_ten_column_sums_hold_and_targets_already_met_are_listed(
    checked: Checked,
) -> None:
    sums = [row for row in checked.findings if row.rule == "sum_of_areas"]
    assert [row.verdict for row in sums] == ["holds"] * 10
    flat = [row for row in checked.findings if row.rule == "target_beyond_baseline"]
    assert sum(row.doc == "dianjiang" and row.verdict == "fails" for row in flat) > 5
    assert any(row.verdict == "holds" for row in flat)


def test_changing_an_input_changes_only_what_names_it(checked: Checked) -> None:
    """Another number in one observation: only results that name it may change."""
    chosen = [row for row in checked.observations if row.comparator == "="][::9]
    before = results(checked.observations, checked)
    for row in chosen:
        scale = Decimal("0.9") if row.value != "0" else Decimal(1)
        number = str(Decimal(row.value) * scale)
        changed = row.model_copy(
            update={"value": number, "lower": number, "upper": number}
        )
        rows = [
            changed if other.id == row.id else other for other in before_rows(checked)
        ]
        after = results(rows, checked)
        differing = {
            id for id in before.keys() | after.keys() if before.get(id) != after.get(id)
        }
        for id in differing:
            named = (before.get(id) or after[id])[0].split()
            assert row.id in named or id not in before or id not in after, (row.id, id)


def before_rows(checked: Checked) -> list[Observation]:
    return checked.observations


def results(rows: list[Observation], checked: Checked) -> dict[str, tuple[str, ...]]:
    derived = {
        row.id: (row.inputs, row.value, row.lower, row.upper)
        for row in derive(rows, checked.book)
    }
    found = {
        row.id: (row.inputs, row.verdict, row.computed, row.stated)
        for row in find(rows, checked.book)
    }
    everything: dict[str, tuple[str, ...]] = {**derived, **found}
    return everything


def test_decimals_beside_about_are_not_vague(checked: Checked) -> None:
    by_id = {row.id: row for row in checked.observations}
    assert not is_vague(by_id["xianning:841"])
    assert is_vague(by_id["changsha:1260"])


@pytest.mark.parametrize(
    ("left", "right", "grade", "facet"),
    [
        ("xianning:487", "jiamusi:814", "B", "numerator"),
        ("dianjiang:7623", "xianning:9012", "C", "territory"),
        ("xianning:2561", "jiamusi:1832", "A", ""),
        ("dianjiang:9160", "xianning:2561", "B", "level"),
        ("changsha:5008", "jiamusi:129", "A", ""),
        ("changsha:11660", "jingdezhen:5277", "B", "date"),
    ],
)
def test_pairs_have_the_grade_that_their_worst_facet_costs(
    left: str, right: str, grade: str, facet: str, checked: Checked
) -> None:
    pairs = {frozenset((row.left, row.right)): row for row in checked.pairs}
    found = pairs[frozenset((left, right))]
    assert (found.grade, found.facet) == (grade, facet)


def test_every_pair_of_two_places_has_one_grade_and_a_reason(
    checked: Checked,
) -> None:
    pairs = compare_all(checked.observations, checked.derived, checked.book)
    assert pairs == checked.pairs
    keys = [frozenset((row.left, row.right)) for row in pairs]
    assert len(keys) == len(set(keys))
    for row in pairs:
        assert row.left.split(":")[0] != row.right.split(":")[0]
        assert (row.grade == "A") == (not row.reason_en) == (not row.facet)


def test_no_chart_of_the_notebooks_mixes_what_may_not_stand_together() -> None:
    nursing = views.graded(views.statements(["nursing_bed_share"]))
    charts = {
        "beds": (views.bed_ratios(), "panel"),
        "nursing": (nursing, "kind"),
        "slots": (views.childcare_slot_ratios(), "kind"),
        "lottery": (views.lottery_fund_shares(), "apart"),
    }
    for name, (frame, group) in charts.items():
        assert set(frame["grade"]) <= {"", "A", "B"}, name
        parts = frame.groupby([group, "kind"])
        assert (parts["indicator"].nunique() <= 1).all(), name


def test_a_chart_that_would_mix_funds_is_refused() -> None:
    shares = views.statements(["lottery_fund_eldercare_share"])
    lines = views.reference_lines("lottery_fund_eldercare_share")
    with pytest.raises(Problems, match=r"80% of 垫江 Dianjiang has grade C here"):
        figures.plot_shares(shares, lines, label="share", limits=(40, 100))
