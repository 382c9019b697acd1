"""Build: everything or nothing, the same bytes every time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, bytes_of, put, table

from compare.base.problems import Problems
from compare.base.tables import natural
from compare.curated.build import (
    CURATED_TABLES,
    Checked,
    build,
    check,
    curated_files,
    format_tables,
    known_tables,
)

FEWER = {"r1", "r2", "adjudications"}


def test_check_changes_no_file(project: Path) -> None:
    before = bytes_of(project)
    check(project)
    assert bytes_of(project) == before


def test_build_writes_the_curated_tables_and_nothing_else(project: Path) -> None:
    curated = project / "data" / "curated"
    before = bytes_of(project)
    for path in curated.iterdir():
        path.unlink()
    _, changed = build(project)
    assert set(changed) == set(curated.iterdir())
    assert bytes_of(project) == before


def test_a_second_build_writes_nothing(project: Path) -> None:
    (project / "data" / "curated" / "derived.csv").write_bytes(b"spoilt")
    assert len(build(project)[1]) == 1
    assert build(project)[1] == []


def test_nothing_is_written_when_anything_is_wrong(project: Path) -> None:
    (project / "data" / "curated" / "derived.csv").write_bytes(b"spoilt")
    put(project, "data/readings/xianning.csv", {"id": "xianning:487"}, value="39.6")
    before = bytes_of(project / "data")
    with pytest.raises(Problems):
        build(project)
    assert bytes_of(project / "data") == before


def test_the_bytes_do_not_depend_on_the_order_of_hashes(project: Path) -> None:
    for path in (project / "data" / "curated").iterdir():
        path.unlink()
    command = [sys.executable, "-m", "compare", "build", "--root", str(project)]
    environment = os.environ | {"PYTHONHASHSEED": "7"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    written = bytes_of(project / "data" / "curated")
    assert len(written) == len(CURATED_TABLES) + 1
    for path, content in written.items():
        assert (ROOT / path.relative_to(project)).read_bytes() == content


@pytest.mark.parametrize("name", sorted(CURATED_TABLES))
def test_curated_rows_are_sorted_and_unique_by_their_key(
    name: str, checked: Checked
) -> None:
    files = {path.stem: raw for path, raw in curated_files(checked).items()}
    path = ROOT / "data" / "curated" / f"{name}.csv"
    assert path.stem in files
    key = CURATED_TABLES[name].key
    keys = [tuple(natural(row[part]) for part in key) for row in table(path)]
    assert keys == sorted(keys) and len(set(keys)) == len(keys)


def test_every_reading_becomes_the_observation_of_the_same_id(
    checked: Checked,
) -> None:
    readings = {row.id: row for row in checked.readings}
    for row in checked.observations:
        assert row.quote == readings[row.id].quote
        assert row.value_stated == readings[row.id].value_stated


def test_every_table_that_people_edit_is_known(project: Path) -> None:
    known = set(known_tables(project))
    edited = {
        path
        for path in (project / "data").rglob("*.csv")
        if "curated" not in path.parts and not FEWER & set(path.parts)
    }
    layouts = {path for path in edited if path.stem.startswith("layout")}
    assert edited - layouts <= known


def test_the_tables_of_the_project_are_formatted() -> None:
    before = bytes_of(ROOT / "data")
    assert format_tables(ROOT) == []
    assert bytes_of(ROOT / "data") == before


def test_a_value_outside_of_the_plausible_span_is_refused(project: Path) -> None:
    indicator = {"indicator": "childcare_slots_per_1000_residents"}
    put(project, "data/codebook/indicators.csv", indicator, upper="4")
    with pytest.raises(Problems) as raised:
        check(project)
    places = [problem.where for problem in raised.value.problems]
    assert "data/readings/jiamusi.csv jiamusi:1832, value" in places
    assert not any("jiamusi:1825" in place for place in places)


def test_a_changed_factor_changes_exactly_the_rows_of_its_unit(
    project: Path, checked: Checked
) -> None:
    unit = {"unit": "per_10000_persons"}
    put(project, "data/codebook/units.csv", unit, factor="0.2")
    before = {row.id: row for row in checked.observations}
    after = {row.id: row for row in check(project).observations}
    assert before.keys() == after.keys()
    assert {id for id in before if before[id] != after[id]} == {"jingdezhen:11382"}
    assert after["jingdezhen:11382"].value == "2"
