"""Bad input: each way of failing says where, what, what is expected and what to do.

One small change of the toy each; most are rows of cases/bad_input.
"""

import functools
import hashlib
import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Cells, bytes_of, edit, put, table
from typer.testing import CliRunner, Result

from compare.__main__ import app
from compare.base.problems import SHOWN

CASES = {
    name: list(rows)
    for path in sorted((Path(__file__).parent / "cases" / "bad_input").glob("*.csv"))
    for name, rows in itertools.groupby(table(path), lambda row: row["case"])
}
BOM = b"\xef\xbb\xbf"
READINGS = "data/readings/yiqiao.csv"
CROSSWALK = "data/codebook/crosswalk.csv"
RAW = "data/raw/yiqiao.txt"


def run(root: Path, command: str = "build") -> Result:
    return CliRunner().invoke(app, [command, "--root", str(root)])


def refused(root: Path) -> list[Cells]:
    """Run the build, see that it fails cleanly, and give the problems it lists."""
    kept = bytes_of(root / "data" / "curated", root / "reports")
    result = run(root)
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.stdout == "" and "Traceback" not in result.stderr
    assert result.stderr.endswith("Nothing in data/curated or reports was changed.\n")
    assert bytes_of(root / "data" / "curated", root / "reports") == kept
    problems = table(root / "build" / "problems.csv")
    for problem in problems[:SHOWN]:
        assert f"{problem['where']}: {problem['what']}" in result.stderr
        assert problem["where"] and problem["what"] and problem["remedy"]
    return problems


def spoil(case: Cells, rows: list[Cells]) -> None:
    """Carry out the change that a case describes."""
    key = dict(part.split("=", 1) for part in case["row"].split(";"))
    (row,) = [row for row in rows if key.items() <= row.items()]
    cell = {case["column"]: case["cell"]} if case["column"] else {}
    assert cell.keys() <= row.keys() and not cell.items() <= row.items() or not cell
    match case["change"]:
        case "set":
            row.update(cell)
        case "copy":
            rows.append(row | cell)
        case "delete":
            rows.remove(row)


@pytest.mark.parametrize("name", CASES)
def test_one_change_is_refused_with_where_what_expected_and_remedy(
    name: str, toy: Path
) -> None:
    cases = CASES[name]
    edit(toy, cases[0]["file"], functools.partial(spoil, cases[0]))
    problems = refused(toy)
    for case in cases:
        fitting = [
            problem
            for problem in problems
            if problem["where"].startswith(case["where"])
            and all(case[part] in problem[part] for part in ("what", "expected"))
            and case["remedy"] in problem["remedy"]
        ]
        assert len(fitting) == 1, "\n".join(map(str, problems[:5]))


def test_a_codebook_with_one_slip_has_one_problem(toy: Path) -> None:
    put(toy, CROSSWALK, {"subject_label": "新增托位"}, object_id="childcare_slot")
    assert len(refused(toy)) == 1


def test_a_changed_raw_byte_is_refused(toy: Path) -> None:
    path = toy / RAW
    path.write_bytes(path.read_bytes().replace(b"36.4", b"40.0"))
    problems = [item for item in refused(toy) if item["where"] == RAW]
    (problem,) = problems
    assert "SHA-256" in problem["what"] and "as frozen" in problem["expected"]
    assert problem["remedy"].startswith(f"run 'git checkout -- {RAW}'")


def without_mark(raw: bytes) -> bytes:
    return raw.removeprefix(BOM)


def windows_lines(raw: bytes) -> bytes:
    return raw.replace(b"\n", b"\r\n")


def spare_columns(raw: bytes) -> bytes:
    return raw.replace(b"\n", b",,\n")


def spare_rows(raw: bytes) -> bytes:
    width = raw.split(b"\n", 1)[0].count(b",")
    return raw + b"," * width + b"\n\n"


def rows_turned_round(raw: bytes) -> bytes:
    header, *rows = raw.splitlines(keepends=True)
    return header + b"".join(reversed(rows))


def slashes(raw: bytes) -> bytes:
    return raw.replace(b"2026-01-02", b"2026/1/2")


SPREADSHEET: list[tuple[str, Callable[[bytes], bytes]]] = [
    (READINGS, without_mark),
    (READINGS, windows_lines),
    (READINGS, spare_columns),
    (READINGS, spare_rows),
    (READINGS, rows_turned_round),
    (CROSSWALK, slashes),
    (CROSSWALK, rows_turned_round),
    ("data/codebook/units.csv", windows_lines),
    ("data/readings/exclusions/yiqiao.csv", windows_lines),
]


@pytest.mark.parametrize(("name", "spoilt"), SPREADSHEET)
def test_what_a_spreadsheet_does_is_refused_and_format_puts_it_back(
    name: str, spoilt: Callable[[bytes], bytes], toy: Path
) -> None:
    path = toy / name
    before = path.read_bytes()
    path.write_bytes(spoilt(before))
    assert path.read_bytes() != before
    problems = refused(toy)
    assert {problem["where"].split(" ")[0] for problem in problems} == {name}
    if spoilt is not slashes:
        assert any("compare format" in problem["remedy"] for problem in problems)
    result = run(toy, "format")
    assert (result.exit_code, result.stdout) == (0, f"wrote {name}\n")
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", [READINGS, CROSSWALK, "data/codebook/places.csv"])
def test_a_table_saved_in_gbk_is_the_only_problem_named(name: str, toy: Path) -> None:
    path = toy / name
    text = path.read_text("utf-8-sig")
    path.write_bytes(text.encode("gb18030"))
    problems = refused(toy)
    mine = [problem for problem in problems if problem["where"] == name]
    assert len(mine) == 1 and "is not UTF-8" in mine[0]["what"]
    assert "«CSV UTF-8»" in mine[0]["remedy"]
    assert len(problems) == 1
    assert run(toy, "format").exit_code == 1


def test_format_writes_nothing_when_one_table_cannot_be_put_back(toy: Path) -> None:
    good, bad = toy / READINGS, toy / CROSSWALK
    good.write_bytes(windows_lines(good.read_bytes()))
    bad.write_bytes(bad.read_bytes().replace(b"predicate_id", b"predicate", 1))
    kept = bytes_of(toy / "data")
    result = run(toy, "format")
    assert result.exit_code == 1
    assert "data/codebook/crosswalk.csv row 1: the header is not" in result.stderr
    assert bytes_of(toy / "data") == kept


def test_format_does_not_touch_what_people_wrote(toy: Path) -> None:
    put(toy, READINGS, {"id": "yiqiao:106"}, value="three", note="=1")
    kept = bytes_of(toy / "data")
    assert run(toy, "format").stdout == "Nothing to change.\n"
    assert bytes_of(toy / "data") == kept


@pytest.mark.parametrize("name", [READINGS, CROSSWALK, "data/raw/SHA256SUMS"])
def test_a_missing_file_is_refused(name: str, toy: Path) -> None:
    (toy / name).unlink()
    problems = refused(toy)
    if name.endswith(".csv"):
        assert (problems[0]["where"], problems[0]["what"]) == (name, "no such file.")
    else:
        assert {problem["where"] for problem in problems} == {
            "data/raw/jiachuan.txt",
            "data/raw/yiqiao.txt",
        }


def test_a_column_with_text_beside_the_table_is_refused(toy: Path) -> None:
    path = toy / READINGS
    lines = path.read_bytes().splitlines(keepends=True)
    lines[0] = lines[0].replace(b"\n", b",remark\n")
    path.write_bytes(b"".join(lines))
    (problem,) = refused(toy)
    assert problem["where"] == f"{READINGS} row 1"
    assert "columns unknown: 'remark'" in problem["what"]
    assert run(toy, "format").exit_code == 1


def test_problems_of_several_files_are_listed_sorted_and_counted(
    toy: Path,
) -> None:
    put(toy, READINGS, {"id": "yiqiao:106"}, value="40")
    put(toy, READINGS, {"id": "yiqiao:47"}, comparator=">=")
    put(toy, "data/codebook/corrections.csv", {"id": "yiqiao:106"}, expect="4")
    put(toy, "data/readings/exclusions/yiqiao.csv", {"reason": "date"}, pattern="日")
    path = toy / "data" / "raw" / "jiachuan.txt"
    path.write_bytes(path.read_bytes() + b"\n")
    problems = refused(toy)
    places = [problem["where"] for problem in problems]
    for expected in (
        "data/codebook/corrections.csv row 2",
        "data/raw/jiachuan.txt",
        "data/raw/yiqiao.txt characters 34 to 38",
        "data/readings/exclusions/yiqiao.csv row 5",
        f"{READINGS} row 2, comparator",
        f"{READINGS} row 5, value",
    ):
        assert expected in places
    files = [place.split(" ")[0] for place in places]
    assert files == sorted(files)
    ours = [place for place in places if place.startswith(f"{READINGS} row")]
    numbers = [int(place.split("row ")[1].split(",")[0]) for place in ours]
    assert numbers == sorted(numbers)
    last = run(toy).stderr.rstrip().splitlines()[-2]
    assert last == f"{len(places)} problems in {len(set(files))} files."


def test_stubs_are_written_for_wordings_without_a_row(toy: Path) -> None:
    wording = {"subject_source": "jiachuan", "subject_label": "扶持政策"}

    def drop(rows: list[Cells]) -> None:
        rows[:] = [row for row in rows if not wording.items() <= row.items()]

    edit(toy, CROSSWALK, drop)
    assert refused(toy)
    (stub,) = table(toy / "build" / "unmatched.csv")
    assert wording.items() <= stub.items()
    assert stub["id"] == "jiachuan:247" and "四十三" in stub["quote"]
    assert stub["object_id"] == "" and stub["author_label"] == ""


@pytest.mark.parametrize(
    ("name", "where", "cells"),
    [
        ("derivations", {"rule": "slot_ratio"}, {"formula": "1000 * a / c"}),
        ("derivations", {"rule": "slot_ratio"}, {"formula": "1000 * a /"}),
        ("derivations", {"rule": "slot_ratio"}, {"a_kinds": "base line"}),
        ("derivations", {"rule": "slot_ratio"}, {"a": "childcare_slot"}),
        ("derivations", {"rule": "slot_ratio"}, {"b": "resident"}),
        ("derivations", {"rule": "slot_ratio"}, {"indicator": "slots_ratio"}),
        ("number_words", {"word": "万", "role": "multiplier"}, {"meaning": "many"}),
        ("number_words", {"word": "三", "role": "digit"}, {"meaning": "drei"}),
        ("number_words", {"word": "余"}, {"meaning": "more"}),
        ("units", {"unit": "percent"}, {"factor": "0"}),
        ("areas", {"ref_area": "990101"}, {"part_of": "999999"}),
        ("corrections", {"id": "yiqiao:106"}, {"obs_status": "E"}),
        ("damage", {"doc": "jiachuan", "effect": "lost_table"}, {"pattern": "("}),
    ],
)
def test_a_row_that_the_program_cannot_use_is_a_problem(
    name: str, where: Cells, cells: Cells, toy: Path
) -> None:
    put(toy, f"data/codebook/{name}.csv", where, **cells)
    problems = refused(toy)
    assert {problem["where"].split(" ")[0] for problem in problems} == {
        f"data/codebook/{name}.csv"
    }


def test_a_pattern_that_is_none_is_a_problem(toy: Path) -> None:
    name = "data/readings/exclusions/yiqiao.csv"
    put(toy, name, {"reason": "page_mark"}, pattern="第六次(")
    assert any(problem["where"].startswith(name) for problem in refused(toy))


def test_a_document_without_a_place_is_a_problem(toy: Path) -> None:
    edit(toy, "data/codebook/places.csv", lambda rows: rows.pop())
    (problem,) = refused(toy)
    assert problem["where"] == "data/codebook/documents.csv row 3, place"
    assert "'yiqiao'" in problem["what"]


@pytest.mark.parametrize("folder", ["r1", "r2", "adjudications"])
def test_format_repairs_every_table_that_says_so(folder: str, toy: Path) -> None:
    path = toy / "data" / "readings" / folder / "yiqiao.csv"
    before = path.read_bytes()
    path.write_bytes(windows_lines(before))
    (problem,) = refused(toy)
    assert "run 'compare format'" in problem["remedy"]
    run(toy, "format")
    assert path.read_bytes() == before


def test_a_raw_text_that_is_not_utf_8_is_a_problem(toy: Path) -> None:
    path = toy / RAW
    old = hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_bytes(path.read_bytes().decode().encode("gb18030"))
    sums = toy / "data" / "raw" / "SHA256SUMS"
    new = hashlib.sha256(path.read_bytes()).hexdigest()
    sums.write_text(sums.read_text("ascii").replace(old, new), "ascii")
    problems = refused(toy)
    (problem,) = [problem for problem in problems if problem["where"] == RAW]
    assert "not UTF-8" in problem["what"]


def test_a_judged_and_an_open_row_for_one_wording_are_told_apart(
    toy: Path,
) -> None:
    def open_again(rows: list[Cells]) -> None:
        (row,) = [row for row in rows if row["subject_label"] == "新增托位"]
        rows.append(row | {"status": "unsure", "object_id": "childcare_slots"})

    edit(toy, CROSSWALK, open_again)
    problems = refused(toy)
    assert any(problem["where"].startswith(CROSSWALK) for problem in problems)
    assert "fault of the program" not in str(problems)


def test_rows_keep_their_numbers_when_one_above_is_malformed(toy: Path) -> None:
    put(toy, READINGS, {"id": "yiqiao:47"}, value="x")
    put(toy, READINGS, {"id": "yiqiao:106"}, value="40")
    places = {problem["where"] for problem in refused(toy)}
    assert f"{READINGS} row 2, value" in places
    assert f"{READINGS} row 4, value" not in places


def test_control_characters_of_a_table_do_not_reach_the_terminal(
    toy: Path,
) -> None:
    put(toy, READINGS, {"id": "yiqiao:106"}, unit_stated="張\x1b]0;x\x07")
    result = run(toy)
    assert result.exit_code == 1
    assert "\x1b" not in result.stderr and "\x07" not in result.stderr


def test_a_folder_in_the_place_of_a_curated_file_leaves_the_others_as_they_were(
    toy: Path,
) -> None:
    curated = toy / "data" / "curated"
    (curated / "derived.csv").unlink()
    (curated / "derived.csv").mkdir()
    (curated / "observations.csv").write_bytes(b"old")
    before = bytes_of(toy / "data")
    run(toy)
    assert bytes_of(toy / "data") == before


def test_a_project_without_faults_is_accepted(toy: Path) -> None:
    result = run(toy)
    assert result.exit_code == 0 and result.stderr == ""
    assert not (toy / "build" / "problems.csv").exists()
