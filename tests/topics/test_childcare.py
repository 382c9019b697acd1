"""Childcare: planned slots held against planned ratios, and each area by itself."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from drawn import at, hatched, marks, span
from matplotlib.figure import Figure

from compare.project import Project
from compare.topics import childcare
from compare.views.tables import area_series
from compare.views.words import Words

YEARS = ["2021", "2022", "2023", "2024", "2025"]


@pytest.fixture(scope="module")
def feasibility(project: Project) -> pd.DataFrame:
    return childcare.feasibility(project)


@pytest.fixture(scope="module")
def series(project: Project) -> pd.DataFrame:
    return childcare.series(project)


def test_a_ratio_is_reported_or_derived_where_only_counts_are(project: Project) -> None:
    frame = Words(project.book).stated(childcare.ratios(project))
    derived = frame.loc[frame["source"] == "derived", ["doc", "stated", "group"]]
    assert derived.values.tolist() == [["changsha", "1.46 to 2.44", "care"]]


def test_slots_are_the_sum_of_parts_and_every_number_is_stated_or_derived(
    project: Project, feasibility: pd.DataFrame
) -> None:
    known = pd.concat([project.observations, project.derived])
    for column in ("lower", "upper"):
        wanted = known.loc[feasibility["id"], column].tolist()
        assert feasibility[column].tolist() == wanted
    ends = feasibility.groupby("role")[["lower", "upper"]].sum().T
    assert ends["part"].tolist() == ends["slots"].tolist()


def test_curves_are_the_planned_slots_over_the_population(
    project: Project, feasibility: pd.DataFrame
) -> None:
    by_role = feasibility.groupby("role")
    rows = {str(role): part.to_dict("records") for role, part in by_role}
    (planned,), (outcome,) = rows["slots"], rows["outcome"]
    (meets,) = rows["people_at_target"]
    curves, people = childcare.plot_feasibility(project, feasibility).axes
    printed = sum(part["value"] for part in rows["part"])
    for line, total in zip(
        [line for line in curves.lines if len(np.asarray(line.get_xdata())) > 2],
        [planned["upper"], printed, planned["lower"]],
        strict=True,
    ):
        x, y = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
        assert (x * y / 1000).tolist() == pytest.approx([total] * len(x))
    (box,) = hatched(curves)
    ends = (box.get_y(), box.get_y() + box.get_height())
    assert ends == pytest.approx((outcome["lower"], outcome["upper"]))
    drawn = [at(mark)[0] for mark in marks(people)]
    assert drawn == [row["value"] for row in rows["people"]]
    assert span(hatched(people)[-1]) == pytest.approx((meets["lower"], meets["upper"]))


def test_areas_of_a_series_are_named_in_both_languages_or_in_chinese(
    project: Project, series: pd.DataFrame
) -> None:
    english = childcare.series_table(project, Words(project.book))
    assert english.columns.tolist() == ["Area", "地区", *YEARS]
    assert english.iloc[0].tolist()[:2] == ["Jiamusi", "佳木斯市"]
    assert "建三江农科区" in english["地区"].tolist()
    chinese = childcare.series_table(project, Words(project.book, "zh"))
    assert chinese.columns.tolist() == ["地区", *YEARS]
    assert chinese["2025"].tolist() == series["2025"].tolist()


def test_each_area_has_a_panel_with_its_last_value_and_the_whole_behind(
    project: Project, series: pd.DataFrame
) -> None:
    growth = 100 * series[YEARS[-1]] / series[YEARS[0]]
    figure: Figure = childcare.plot_areas(project, series)
    panels = [axes for axes in figure.axes if axes.axison]
    assert len(panels) == len(series) - 1
    for row, axes in enumerate(panels, start=1):
        area = project.book.areas[series["ref_area"][row]]
        assert axes.get_title(loc="left") == f"{area.name_zh} {area.name_en}"
        behind, own = (
            np.asarray(line.get_ydata(), dtype=float) for line in axes.lines[:2]
        )
        assert behind[0] == own[0] == 100
        assert (behind[-1], own[-1]) == pytest.approx((growth[0], growth[row]))
        assert [text.get_text() for text in axes.texts] == [f"{growth[row]:.0f}"]
        assert axes.get_ylim() == panels[0].get_ylim()


def test_growth_of_areas_is_that_of_the_series(
    project: Project, series: pd.DataFrame
) -> None:
    growth = childcare.area_growth(project)
    slots = series.iloc[1:].reset_index(drop=True)
    beds = area_series(project, "eldercare_beds").iloc[1:].reset_index(drop=True)
    assert growth["ref_area"].tolist() == slots["ref_area"].tolist()
    first, last = growth["first_year"].iloc[0], growth["last_year"].iloc[0]
    assert growth["slots_first"].tolist() == slots[first].tolist()
    assert growth["slots_last"].tolist() == slots[last].tolist()
    for column, wide in (("slots_growth", slots), ("beds_growth", beds)):
        computed = 100 * (wide[last] - wide[first]) / wide[first]
        assert growth[column].tolist() == pytest.approx(computed.tolist(), abs=1e-5)
    for column in ("slots_share_first", "slots_share_last"):
        assert growth[column].sum() == pytest.approx(100, abs=1e-4)


def test_every_number_of_the_areas_links_to_what_it_rests_on(project: Project) -> None:
    table = childcare.areas(project, Words(project.book))
    columns = ["Area", "Slots, 2021", "Slots, 2025", "Growth of slots, %"]
    assert table.columns.tolist()[:4] == columns
    assert table.iloc[0].tolist()[:3] == [
        "Xiangyang",
        "[240](jiamusi:2202)",
        "[1,265](jiamusi:2226)",
    ]
    links = table.drop(columns="Area").to_numpy().ravel()
    known = {*project.observations.index, *project.derived.index}
    assert {str(link)[:-1].partition("](")[2] for link in links} <= known


def test_areas_whose_plan_has_no_beds_have_no_growth_of_beds(project: Project) -> None:
    rows = project.derived
    of_beds = (rows["measure"] == "growth") & (rows["indicator"] == "eldercare_beds")
    poor = replace(project, derived=rows[~of_beds])
    assert childcare.area_growth(poor)["beds_growth"].isna().all()
    table = childcare.areas(poor, Words(project.book))
    assert set(table["Growth of beds, %"]) == {""}
    assert len(table) == len(childcare.areas(project, Words(project.book)))


def test_a_project_without_areas_and_slots_to_add_has_empty_frames(
    project: Project,
) -> None:
    none = replace(project, derived=project.derived.iloc[:0])
    assert childcare.feasibility(none).empty
    assert childcare.area_growth(none).empty
    assert childcare.areas(none, Words(project.book)).empty
