"""Build: everything or nothing, plan by plan, the same bytes every time."""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import TOY, Cells, bytes_of, edit, put

from compare.base.problems import Problems
from compare.base.tables import read
from compare.codebook.book import load_codebook
from compare.curated.build import Checked, build, check, curate
from compare.curated.package import FOLDER, TABLES
from compare.readings.plan import load_plans

REBUILD = "not what the data give. Do: run 'compare build --root tests/toy'."
READINGS = "data/readings/yiqiao.csv"


def processes() -> Executor:
    return ProcessPoolExecutor(2, multiprocessing.get_context("spawn"))


def emptied(root: Path) -> Path:
    """Take the curated tables away."""
    for path in (root / FOLDER).iterdir():
        path.unlink()
    return root


def test_the_curated_tables_of_the_toy_are_what_its_data_give(toy: Path) -> None:
    build(emptied(toy))
    for path, content in bytes_of(toy / "data").items():
        committed = TOY / path.relative_to(toy)
        assert committed.read_bytes() == content, f"{committed.name} is {REBUILD}"
    assert len(list((toy / FOLDER).iterdir())) == len(TABLES) + 1


def test_check_changes_no_file(toy: Path) -> None:
    before = bytes_of(toy)
    check(toy)
    assert bytes_of(toy) == before


def test_build_writes_the_curated_tables_and_nothing_else(toy: Path) -> None:
    before = bytes_of(toy)
    _, changed = build(emptied(toy))
    assert set(changed) == set((toy / FOLDER).iterdir())
    assert bytes_of(toy) == before


def test_a_second_build_writes_nothing(toy: Path) -> None:
    (toy / FOLDER / "derived.csv").write_bytes(b"spoilt")
    assert len(build(toy)[1]) == 1
    assert build(toy)[1] == []


def test_nothing_is_written_when_anything_is_wrong(toy: Path) -> None:
    (toy / FOLDER / "derived.csv").write_bytes(b"spoilt")
    put(toy, READINGS, {"id": "yiqiao:106"}, value="40")
    before = bytes_of(toy / "data")
    with pytest.raises(Problems):
        build(toy)
    assert bytes_of(toy / "data") == before


def test_the_bytes_do_not_depend_on_the_order_of_hashes(toy: Path) -> None:
    before = bytes_of(toy / "data")
    command = [sys.executable, "-W", "error", "-m", "compare", "build"]
    environment = os.environ | {"PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [*command, "--root", str(emptied(toy))],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert bytes_of(toy / "data") == before


@pytest.mark.parametrize(
    "executor",
    [
        lambda: ThreadPoolExecutor(2),
        pytest.param(processes, marks=pytest.mark.slow),
    ],
    ids=["threads", "processes"],
)
def test_plans_may_be_curated_side_by_side(
    executor: Callable[[], Executor], toy: Path
) -> None:
    before = bytes_of(toy / "data")
    emptied(toy)
    with executor() as workers:
        build(toy, executor=workers)
    assert bytes_of(toy / "data") == before


def test_a_plan_alone_gives_the_rows_that_it_has_in_the_whole(toy: Path) -> None:
    book = load_codebook(toy)
    for plan in load_plans(toy, book)[0]:
        alone = curate(plan, book.only(plan.doc))
        for name, model in TABLES.items():
            rows, _ = read(toy / FOLDER / f"{name}.csv", model, toy)
            own = [row for row in rows if row.rank()[0][0].startswith(plan.doc)]  # type: ignore[index]
            assert own and sorted(alone.tables[name], key=model.rank) == own


@pytest.mark.parametrize(
    ("name", "where", "cells"),
    [
        ("readings/jiachuan.csv", {"id": "jiachuan:115"}, {"value": "9"}),
        ("codebook/documents.csv", {"doc": "jiachuan"}, {"ref_area": "X-BNG"}),
        ("codebook/crosswalk.csv", {"subject_label": "累计床位"}, {"scope": "urban"}),
        ("codebook/area_names.csv", {"area_stated": "东区"}, {"scope": "urban"}),
        ("codebook/layouts.csv", {"in_table": "专栏2"}, {"unit": "个"}),
        ("codebook/damage.csv", {"effect": "lost_table"}, {"matches": "9"}),
        ("codebook/coverage.csv", {"doc": "jiachuan"}, {"status": "lost_part"}),
    ],
)
def test_a_plan_does_not_change_with_another_one(
    name: str, where: Cells, cells: Cells, toy: Path, toy_checked: Checked
) -> None:
    put(toy, f"data/{name}", where, **cells)
    book = load_codebook(toy)
    plans = {plan.doc: plan for plan in load_plans(toy, book)[0]}
    first, second = toy_checked.plans
    again = curate(plans["yiqiao"], book.only("yiqiao"))
    assert again == second
    assert curate(plans["jiachuan"], book.only("jiachuan")) != first or (
        "coverage" in name  # says why there is nothing: no row rests on it
    )


def test_a_value_outside_of_the_plausible_span_is_refused(toy: Path) -> None:
    indicator = {"indicator": "childcare_slots_per_1000_residents"}
    put(toy, "data/codebook/indicators.csv", indicator, upper="4")
    with pytest.raises(Problems) as raised:
        check(toy)
    places = [problem.where for problem in raised.value.problems]
    assert places == [
        "data/readings/jiachuan.csv jiachuan:502, value",
        "data/readings/yiqiao.csv yiqiao:340, value",
    ]


def test_a_changed_factor_changes_exactly_the_rows_of_its_unit(
    toy: Path, toy_checked: Checked
) -> None:
    unit = {"unit": "per_10000_persons"}
    put(toy, "data/codebook/units.csv", unit, factor="0.2")
    before = set(toy_checked.rows("observations"))
    after = set(check(toy).rows("observations"))
    (row,) = after - before
    assert len(before - after) == 1
    assert row.model_dump().items() >= {"id": "yiqiao:221", "value": "2"}.items()


def test_damage_that_no_longer_occurs_stops_the_build(toy: Path) -> None:
    put(toy, "data/codebook/damage.csv", {"pattern": "平合"}, pattern="平河")
    with pytest.raises(Problems, match="occurs 0 times in yiqiao"):
        check(toy)


@pytest.mark.parametrize(
    ("name", "cells", "told"),
    [
        ("headlines", {"id": "yiqiao:107"}, "yiqiao:107 is no observation."),
        ("headlines", {"id": "yiqiao:all_bed_ratio:2021"}, "is no observation."),
        ("aliases", {"id": "yiqiao:107"}, "yiqiao:90 is to lead to yiqiao:107."),
        ("aliases", {"alias": "yiqiao:88"}, "yiqiao:88 is to lead to yiqiao:106."),
    ],
)
def test_what_leads_to_no_value_stops_the_build(
    name: str, cells: Cells, told: str, toy: Path
) -> None:
    path = f"data/codebook/{name}.csv"
    edit(toy, path, lambda rows: rows[0].update(cells))
    with pytest.raises(Problems) as raised:
        check(toy)
    (problem,) = raised.value.problems
    assert problem.where == f"{path} row 2" and told in problem.what


def test_an_alias_may_lead_to_a_derived_value(toy: Path) -> None:
    derived = {"id": "yiqiao:all_bed_ratio:2021"}
    edit(toy, "data/codebook/aliases.csv", lambda rows: rows[0].update(derived))
    check(toy)


def test_readings_of_a_document_that_nobody_declared_are_a_problem(
    toy: Path,
) -> None:
    path = toy / READINGS
    text = path.read_text("utf-8").replace("yiqiao:", "nowhere:")
    path.with_name("nowhere.csv").write_text(text, "utf-8")
    with pytest.raises(Problems) as raised:
        check(toy)
    (problem,) = raised.value.problems
    assert problem.where == "data/readings/nowhere.csv"
