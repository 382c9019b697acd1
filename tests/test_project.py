"""Project: opened once, typed, and asked by any id that a value ever had."""

from pathlib import Path

import pytest
from conftest import TOY

from compare.base.problems import Problems
from compare.curated.package import FOLDER, TABLES
from compare.project import Project


def problem_of(project: Project, id: str) -> tuple[str, str]:
    """What an unknown id is told, and what it is offered."""
    with pytest.raises(Problems) as raised:
        project.resolve(id)
    (problem,) = raised.value.problems
    return problem.where, problem.expected


def test_every_curated_table_is_read_once(toy_project: Project) -> None:
    for name in TABLES:
        assert len(getattr(toy_project, name)) > 0
    assert toy_project.documents is toy_project.documents
    assert toy_project.standings is toy_project.standings
    assert toy_project.readings is toy_project.readings


def test_ids_are_the_index_and_numbers_are_floats(toy_project: Project) -> None:
    row = toy_project.observations.loc["jiachuan:187"]
    assert (row["value"], row["lower"], row["upper"]) == (2000.0, 1500.0, 2500.0)
    assert (row["quote_start"], row["time_period"]) == (185, "")
    blank = toy_project.observations.loc["yiqiao:403.blank"]
    assert blank["value"] != blank["value"] and blank["comparator"] == "missing"


@pytest.mark.parametrize(
    "name", ["observations", "derived", "findings", "comparability"]
)
def test_places_and_documents_are_ordered_as_the_codebook_says(
    name: str, toy_project: Project
) -> None:
    frame = getattr(toy_project, name)
    assert list(frame["place"].cat.categories) == ["yiqiao", "jiachuan"]
    assert list(frame["doc"].cat.categories) == ["yiqiao", "jiachuan"]
    assert frame.sort_values("place")["doc"].iloc[0] == "yiqiao"


def test_indicators_and_kinds_are_ordered_too(toy_project: Project) -> None:
    frame = toy_project.observations
    assert list(frame["indicator"].cat.categories) == toy_project.book.by_family
    assert list(frame["kind"].cat.categories) == list(toy_project.book.codes["kind"])
    assert not frame["indicator"].isna().any()


def test_an_alias_leads_to_the_value_of_today(toy_project: Project) -> None:
    assert toy_project.resolve("yiqiao:90") == "yiqiao:106"
    assert toy_project.resolve("yiqiao:106") == "yiqiao:106"


@pytest.mark.parametrize(
    "id",
    [
        "jiachuan:247",  # a reading without an indicator
        "yiqiao:403.blank",
        "yiqiao:all_bed_ratio:2021",
        "yiqiao:bed_ratio_against_beds:106",
    ],
)
def test_readings_derived_values_and_findings_have_ids(
    id: str, toy_project: Project
) -> None:
    assert toy_project.resolve(id) == id


@pytest.mark.parametrize(
    ("id", "nearest"),
    [
        ("yiqiao:107", "yiqiao:106"),
        ("yiqiao:106.2", "yiqiao:106"),
        ("yiqiao:106.blank", "yiqiao:106"),
        ("yiqiao:all_beds_ratio:2021", "yiqiao:all_bed_ratio:2021"),
    ],
)
def test_an_id_that_is_nearly_right_gives_the_nearest(
    id: str, nearest: str, toy_project: Project
) -> None:
    where, expected = problem_of(toy_project, id)
    assert where == f"id {id!r}" and nearest in expected


def test_an_id_of_nowhere_gives_one_that_is(toy_project: Project) -> None:
    _, expected = problem_of(toy_project, "nowhere:1")
    assert expected.removesuffix(".").rpartition(" ")[2] in toy_project.readings


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_missing_curated_table_says_how_to_make_it(name: str, toy: Path) -> None:
    (toy / FOLDER / f"{name}.csv").unlink()
    with pytest.raises(Problems) as raised:
        Project.open(toy)
    (problem,) = raised.value.problems
    assert problem.where == f"data/curated/{name}.csv"
    assert problem.remedy == "run 'compare build'."


def test_a_document_that_changed_is_refused_when_it_is_read(toy: Path) -> None:
    path = toy / "data" / "raw" / "yiqiao.txt"
    path.write_bytes(path.read_bytes() + b"\n")
    project = Project.open(toy)
    with pytest.raises(Problems, match="as frozen in SHA256SUMS"):
        project.documents  # noqa: B018


def test_reference_lines_have_numbers(toy_project: Project) -> None:
    lines = toy_project.reference_lines
    assert set(lines["value"]) == {48.0, 55.0} and len(lines) == 3


def test_a_selection_is_a_project_of_its_own(toy_project: Project) -> None:
    chosen = toy_project.select(place=["yiqiao"], indicator=[], kind=["target"])
    assert set(chosen.observations["doc"]) == {"yiqiao"}
    assert set(chosen.observations["kind"]) == {"target"}
    assert list(chosen.book.documents) == ["yiqiao"]
    assert chosen.resolve("yiqiao:90") == "yiqiao:106"
    assert len(toy_project.observations) > len(chosen.observations)


def test_the_toy_is_opened_where_it_stands(toy_project: Project) -> None:
    assert toy_project.root == TOY
