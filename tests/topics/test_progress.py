"""Progress: what a plan needs every year is arithmetic on what it states."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from drawn import beyond, pixels
from matplotlib.patches import Rectangle

from compare.base.intervals import period_end
from compare.base.problems import Problems
from compare.project import Project
from compare.topics import progress
from compare.views.words import Words

SHARE, SLOTS = "nursing_bed_share", "childcare_slots_per_1000_residents"


@pytest.fixture(scope="module")
def needed(project: Project) -> pd.DataFrame:
    return progress.progress(project)


def test_progress_runs_from_a_baseline_to_a_target_of_one_plan(
    needed: pd.DataFrame, project: Project
) -> None:
    assert len(needed)
    for row in needed.to_dict("records"):
        start, end = (project.rows[row[name]] for name in ("baseline", "target"))
        assert (start["kind"], end["kind"]) == ("baseline", "target")
        for stated in (start, end):
            assert stated["doc"] == row["doc"]
            assert stated["indicator"] == row["indicator"]
        times = start["time_period"], end["time_period"], end["obligation"]
        assert (row["from"], row["to"], row["obligation"]) == times
        for name in ("change", "per_year"):
            inputs = project.rows[row[name]]["inputs"]
            assert inputs == f"{row['target']} {row['baseline']}"


def test_the_pace_is_the_change_over_the_years(
    needed: pd.DataFrame, project: Project
) -> None:
    for row in needed.to_dict("records"):
        change, pace = (project.rows[row[name]] for name in ("change", "per_year"))
        to, start = period_end(row["to"]), period_end(row["from"])
        assert to is not None and start is not None
        years = float(to - start)
        assert pace["lower"] * years == pytest.approx(change["lower"], abs=1e-4)
        assert row["lower"] == pace["lower"]


@pytest.mark.parametrize("kind", ["baseline", "target"])
def test_there_is_no_progress_where_an_end_was_left_out(
    project: Project, kind: str
) -> None:
    chosen = project.select(place=[], indicator=[], kind=[kind])
    frame = progress.progress(chosen)
    assert frame.empty
    assert progress.paces(chosen, frame, Words(project.book)).empty


def test_progress_of_one_place_is_its_part_of_all(
    needed: pd.DataFrame, project: Project
) -> None:
    for place in project.book.places:
        chosen = project.select(place=[place], indicator=[], kind=[])
        own = progress.progress(chosen)["change"].tolist()
        assert own == needed.loc[needed["place"] == place, "change"].tolist()


def test_progress_stands_in_the_order_of_families_and_places(
    needed: pd.DataFrame,
) -> None:
    assert needed.index.tolist() == list(range(len(needed)))
    keys = [(row["indicator"], row["doc"]) for row in needed.to_dict("records")]
    codes = needed["indicator"].cat.codes, needed["doc"].cat.codes
    assert len(set(keys)) == len(keys)
    ranks = list(zip(*codes, strict=True))
    assert ranks == sorted(ranks)


def test_progress_is_shown_in_words(needed: pd.DataFrame, project: Project) -> None:
    shown = progress.paces(project, needed, Words(project.book))
    (row,) = needed.index[needed["target"] == "dianjiang:8875"]
    cells: dict[Any, Any] = shown.loc[row].to_dict()
    assert cells["Place 地区"] == "垫江 Dianjiang"
    assert (cells["Baseline"], cells["Target"]) == ("35%", "60%")
    assert (cells["From"], cells["To"]) == ("2021", "2025")
    assert cells["Per year"] == "6.25"
    assert cells["Obligation"] == "binding"


def test_the_national_pace_runs_from_the_first_actual_to_the_first_target(
    project: Project,
) -> None:
    frame = progress.national_pace(project, project.book.indicators)
    lines = project.reference_lines
    for row in frame.to_dict("records"):
        own = lines[(lines["indicator"] == row["indicator"])]
        own = own[own["ref_area"] == "CN"].set_index(["kind", "time_period"])["value"]
        change = own["target", row["to"]] - own["actual", row["from"]]
        years = int(row["to"][:4]) - int(row["from"][:4])
        assert row["per_year"] == pytest.approx(change / years) and years > 0
    assert {SHARE, SLOTS} <= set(frame["indicator"])


def test_a_pace_bar_ends_at_its_lower_end_beside_the_national_line(
    needed: pd.DataFrame, project: Project
) -> None:
    figure = progress.plot_pace(project, needed, [SHARE, SLOTS])
    pixels(figure)
    assert beyond(figure) == []
    for axes, code in zip(figure.axes, [SHARE, SLOTS], strict=True):
        rows = needed[needed["indicator"] == code]
        bars = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
        assert [bar.get_width() for bar in bars] == rows["lower"].tolist()
        places = [project.book.places[place].both for place in rows["place"]]
        assert [label.get_text() for label in axes.get_yticklabels()] == places
        pace = progress.national_pace(project, code)["per_year"].tolist()
        drawn = [np.asarray(line.get_xdata()).tolist() for line in axes.lines]
        assert drawn == [pace * 2] * 2
        title = axes.get_title(loc="left")
        assert project.book.indicators[code].label_zh in title


def test_a_pace_is_drawn_without_a_national_line_where_there_is_none(
    needed: pd.DataFrame, project: Project
) -> None:
    code = "eldercare_beds"
    assert progress.national_pace(project, code).empty
    (axes,) = progress.plot_pace(project, needed, [code]).axes
    assert len(axes.patches) == (needed["indicator"] == code).sum() > 0
    assert not axes.lines


@pytest.mark.parametrize("language", ["en", "zh"])
def test_scenarios_are_implied_or_supposed_and_have_their_inputs(
    project: Project, language: str
) -> None:
    words = Words(project.book, language)
    codes = ["residents", "eldercare_beds"]
    shown = progress.scenarios(project, codes, words)
    frame = project.derived[project.derived["indicator"].isin(codes)]
    frame = frame[frame["measure"].isin(["implied", "scenario"])]
    ids = shown[words.head("inputs")].str.replace("; ", " ")
    assert sorted(ids) == sorted(frame["inputs"])
    notes = frame["note" if language == "en" else "note_zh"]
    assert sorted(shown[words.head("says")]) == sorted(notes)


def test_scenarios_of_an_unknown_indicator_are_a_problem(project: Project) -> None:
    with pytest.raises(Problems, match="write 'residents'"):
        progress.scenarios(project, "resident", Words(project.book))


def test_obligations_are_those_that_two_tables_print(project: Project) -> None:
    shown = progress.obligations(project, Words(project.book))
    frame = project.observations
    for cells in shown.to_dict("records"):
        (code,) = [
            code
            for code, row in project.book.indicators.items()
            if f"{row.label_en} {row.label_zh}" == cells["Indicator 指标"]
        ]
        own = frame[(frame["indicator"] == code) & (frame["kind"] == "target")]
        marks = [
            cells[place.short_en]
            for place in project.book.in_order
            if cells.get(place.short_en)
        ]
        assert len(marks) > 1 and set(marks) <= set(own["obligation"])
        assert cells["Same?"] == ("same" if len(set(marks)) == 1 else "differs")
    assert shown["Same?"].is_monotonic_increasing


def test_flat_targets_name_their_values(project: Project) -> None:
    shown = progress.flat_targets(project, Words(project.book))
    outcomes = {project.book.label("outcome", code) for code in ("keeps", "zero")}
    assert outcomes <= set(shown["Outcome"])
    for row in shown.to_dict("records"):
        for id in row["Where (id)"].split("; "):
            labels = project.book.indicators[project.rows[id]["indicator"]]
            assert labels.label_en == row["Indicator"]
