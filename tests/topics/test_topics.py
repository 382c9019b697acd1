"""Topics: frames of codes in the order of places, for any number of plans."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest
from drawn import pixels, words
from matplotlib.figure import Figure

from compare.project import Project
from compare.topics import beds, childcare, lottery, people
from compare.views.charts import plot_shares
from compare.views.tables import STATEMENT
from compare.views.words import LANGUAGES, SEVERAL, Words

FRAMES: dict[str, Callable[[Project], pd.DataFrame]] = {
    "ratios of beds": beds.ratios,
    "squeeze": beds.squeeze,
    "ratios of slots": childcare.ratios,
    "feasibility": childcare.feasibility,
    "shares": lottery.shares,
    "denominators": people.denominators,
}
PLOTS: dict[str, Callable[[Project, pd.DataFrame], Figure]] = {
    "ratios of beds": beds.plot_ratios,
    "squeeze": beds.plot_squeeze,
    "ratios of slots": plot_shares,
    "feasibility": childcare.plot_feasibility,
    "shares": lottery.plot_shares,
    "denominators": people.plot_denominators,
}
TABLES: dict[str, Callable[[Project, Words], pd.DataFrame]] = {
    "refusals": beds.refusals,
    "norms": beds.norms,
    "areas": childcare.areas,
    "series": childcare.series_table,
}


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_holds_codes_in_the_order_of_places(
    name: str, project: Project
) -> None:
    frame = FRAMES[name](project)
    assert set(STATEMENT) <= set(frame.columns)
    assert frame.index.tolist() == list(range(len(frame))) != []
    for column in ("doc", "place", "indicator", "kind"):
        assert frame[column].cat.ordered
    assert set(frame["place"]) <= project.book.places.keys()
    apart = next((column for column in ("panel", "apart") if column in frame), "source")
    parts = (
        [frame]
        if apart == "source"
        else [part for _, part in frame.groupby(apart, observed=True)]
    )
    for part in parts:
        docs = part["doc"].drop_duplicates().tolist()
        assert docs == sorted(docs, key=project.book.order.index)


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_is_the_same_twice(name: str, project: Project) -> None:
    pd.testing.assert_frame_equal(FRAMES[name](project), FRAMES[name](project))


@pytest.mark.parametrize("name", FRAMES)
def test_every_row_names_observations_of_its_plan(name: str, project: Project) -> None:
    known = {*project.observations.index, *project.derived.index}
    for row in FRAMES[name](project).to_dict("records"):
        ids = [id for id in row["ids"].split(SEVERAL) if id]
        assert ids or row["reason"] == "stated_never"
        assert set(ids) <= known
        assert all(id.startswith(f"{row['doc']}:") for id in ids)


@pytest.mark.parametrize("name", FRAMES)
def test_two_plans_of_a_place_stand_beside_each_other(
    name: str, project: Project, twice: Project
) -> None:
    once, frame = FRAMES[name](project), FRAMES[name](twice)
    assert len(frame) == 2 * len(once)
    for doc in project.book.order:
        own, other = (
            frame.loc[frame["doc"] == plan, "value"].tolist()
            for plan in (doc, f"{doc}_next")
        )
        assert len(own) == len(other) == sum(once["doc"] == doc)
    shown = PLOTS[name](twice, frame)
    assert pixels(shown) != pixels(PLOTS[name](project, once))
    for place in set(once["place"]):
        both = project.book.places[place].both
        assert words(shown).count(both) >= 2


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_table_is_ready_to_be_shown(
    name: str, language: str, project: Project, twice: Project
) -> None:
    table = TABLES[name](project, Words(project.book, language))
    assert table.index.tolist() == list(range(len(table))) != []
    assert table.columns.is_unique and all(table.columns)
    assert not table.isna().any(axis=None)
    assert len(TABLES[name](twice, Words(twice.book, language))) == 2 * len(table)


def test_plans_by_area_have_their_own_panels_and_years(
    project: Project, twice: Project
) -> None:
    def deferred(period: str) -> str:
        return period.replace("2025", "2030")

    rows = twice.observations
    late = rows["doc"].astype("str").str.endswith("_next")
    periods = rows["time_period"].mask(late, rows["time_period"].map(deferred))
    other = replace(twice, observations=rows.assign(time_period=periods))
    once, series = childcare.series(project), childcare.series(other)
    assert len(series) == 2 * len(once)
    assert series["2025"].isna().sum() == series["2030"].isna().sum() == len(once)
    assert series["2025"].dropna().tolist() == once["2025"].tolist()
    assert "int" in str(series["2025"].dtype).lower()
    figure = childcare.plot_areas(other, series)
    panels = [axes for axes in figure.axes if axes.axison]
    assert len(panels) == 2 * (len(once) - 1)
    shown = words(figure)
    assert shown.count(" in 2025") == shown.count(" in 2030") == 1
