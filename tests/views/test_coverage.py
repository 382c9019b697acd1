"""Coverage: which plan states what, and why there is nothing elsewhere."""

from __future__ import annotations

import pandas as pd
import pytest

from compare.base.problems import Problems
from compare.project import Project
from compare.views.coverage import STATED, counts, coverage


@pytest.fixture(scope="module")
def covered(project: Project) -> pd.DataFrame:
    return coverage(project)


@pytest.mark.parametrize(
    ("indicator", "doc", "expected"),
    [
        ("childcare_slots_per_1000_residents", "jingdezhen", "out_of_scope"),
        ("childcare_slots", "jingdezhen", "out_of_scope"),
        ("eldercare_beds_per_1000_elderly", "changsha", "lost_in_picture"),
        (
            "special_difficulty_elderly_monthly_visit_rate",
            "changsha",
            "lost_in_picture",
        ),
        ("residents_60_plus", "jiamusi", "lost_part"),
        ("eldercare_beds_per_1000_elderly", "dianjiang", "not_stated"),
        ("eldercare_beds_per_1000_elderly", "jiamusi", "both"),
        ("eldercare_beds_per_1000_elderly", "xianning", "baseline"),
        ("childcare_slots_per_1000_residents", "xianning", "target"),
        ("new_residential_facility_compliance", "dianjiang", "target"),
        ("new_estate_facility_area_per_100_households", "jiamusi", "other"),
        ("nursing_bed_share", "changsha", "target"),
        ("community_day_care_coverage", "jiamusi", "derived"),
        ("township_inclusive_childcare_coverage", "xianning", "derived"),
        ("community_home_care_centre_coverage", "dianjiang", "elsewhere"),
        ("day_care_rooms_per_community", "xianning", "elsewhere"),
        ("eldercare_system_investment", "jingdezhen", "part"),
        ("community_childcare_coverage", "changsha", "part"),
    ],
)
def test_coverage_says_why_there_is_nothing(
    covered: pd.DataFrame, indicator: str, doc: str, expected: str
) -> None:
    rows = covered[(covered["indicator"] == indicator) & (covered["doc"] == doc)]
    assert rows["state"].tolist() == [expected]


def test_coverage_has_each_indicator_once_for_each_plan(
    covered: pd.DataFrame, project: Project
) -> None:
    assert covered.columns.tolist() == ["indicator", "doc", "place", "state"]
    assert not covered.duplicated(["indicator", "doc"]).any()
    order = project.book.order
    assert covered["doc"].tolist() == order * (len(covered) // len(order))
    assert set(covered["state"]) <= set(project.book.codes["state"])


def test_coverage_begins_each_family_with_what_most_plans_state(
    covered: pd.DataFrame, project: Project
) -> None:
    stated = covered["state"].isin(STATED)
    found = stated.groupby(covered["indicator"], sort=False).sum()
    family = [project.book.indicators[str(code)].family for code in found.index]
    for code in dict.fromkeys(family):
        part = [n for n, other in zip(found, family, strict=True) if other == code]
        assert part == sorted(part, reverse=True)
    assert list(dict.fromkeys(family)) == list(project.book.families)


def test_coverage_can_be_cut_to_what_several_plans_state(project: Project) -> None:
    few = coverage(project, ["beds"], least=4)
    stated = few["state"].isin(STATED)
    assert stated.groupby(few["indicator"]).sum().min() >= 4
    assert len(few) < len(coverage(project, "beds"))
    assert coverage(project, ["beds"], least=len(project.book.order) + 1).empty


def test_an_unknown_family_is_a_problem(project: Project) -> None:
    with pytest.raises(Problems, match="write 'beds'"):
        coverage(project, ["bed"])


def test_counts_are_those_of_the_tables(
    covered: pd.DataFrame, project: Project
) -> None:
    found = counts(project)
    assert found["observations"] == len(project.observations)
    verdicts = project.book.codes["verdict"]
    assert found["findings"] == len(project.findings)
    assert found["findings"] == sum(found[f"findings:{code}"] for code in verdicts)
    assert found["pairs"] == sum(found[f"pairs:{grade}"] for grade in "ABC")
    for doc in project.book.order:
        own = covered.loc[covered["doc"] == doc, "state"]
        assert found[f"both:{doc}"] == (own == "both").sum()
        assert found[f"stated:{doc}"] == own.isin(STATED).sum()
