"""Tables of the toy: what other tests of tables take for granted."""

import dataclasses

import pandas as pd

from compare.project import Project
from compare.views.tables import reference_lines, statements


def test_an_indicator_without_reference_lines_has_an_empty_table(
    toy_project: Project,
) -> None:
    frame = reference_lines(toy_project, statements(toy_project, ["residents"]))
    assert frame.empty and "value" in frame.columns


def test_two_different_ranges_are_two_statements(toy_project: Project) -> None:
    frame = toy_project.observations
    other = frame.loc[["yiqiao:157"]].assign(lower=7.0, upper=9.0)
    both = pd.concat([frame, other.rename({"yiqiao:157": "yiqiao:158"})])
    project = dataclasses.replace(toy_project, observations=both)
    found = statements(project, ["eldercare_beds"])
    ranges = found.loc[found["comparator"] == "..", ["lower", "upper"]]
    assert ranges.to_numpy().tolist() == [[2000.0, 2500.0], [7.0, 9.0]]
