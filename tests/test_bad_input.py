"""Bad input: each way of failing says where, what, what is expected and what to do.

One small change of the project's own data each; most are rows of data/bad_input.
"""

import functools
import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Cells, bytes_of, edit, put, table
from typer.testing import CliRunner, Result

from compare.__main__ import app
from compare.problems import SHOWN

CASES = {
    name: list(rows)
    for path in sorted((Path(__file__).parent / "data" / "bad_input").glob("*.csv"))
    for name, rows in itertools.groupby(table(path), lambda row: row["case"])
}
BOM = b"\xef\xbb\xbf"
READINGS = "data/readings/xianning.csv"
CROSSWALK = "data/codebook/crosswalk.csv"
RAW = "data/raw/xianning.txt"


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
    name: str, project: Path
) -> None:
    cases = CASES[name]
    edit(project, cases[0]["file"], functools.partial(spoil, cases[0]))
    problems = refused(project)
    for case in cases:
        fitting = [
            problem
            for problem in problems
            if problem["where"].startswith(case["where"])
            and all(case[part] in problem[part] for part in ("what", "expected"))
            and case["remedy"] in problem["remedy"]
        ]
        assert len(fitting) == 1, "\n".join(map(str, problems[:5]))


def test_a_codebook_with_one_slip_has_one_problem(project: Path) -> None:
    put(project, CROSSWALK, {"subject_label": "入托率"}, object_id="childcare_slot")
    assert len(refused(project)) == 1


def test_a_changed_raw_byte_is_refused(project: Path) -> None:
    path = project / RAW
    path.write_bytes(path.read_bytes().replace(b"36.4", b"39.6"))
    problems = [item for item in refused(project) if item["where"] == RAW]
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
    return raw.replace(b"2026-11-21", b"2026/11/21")


SPREADSHEET: list[tuple[str, Callable[[bytes], bytes]]] = [
    (READINGS, without_mark),
    (READINGS, windows_lines),
    (READINGS, spare_columns),
    (READINGS, spare_rows),
    (READINGS, rows_turned_round),
    (CROSSWALK, slashes),
    (CROSSWALK, rows_turned_round),
    ("data/codebook/units.csv", windows_lines),
    ("data/readings/exclusions/xianning.csv", windows_lines),
]


@pytest.mark.parametrize(("name", "spoilt"), SPREADSHEET)
def test_what_a_spreadsheet_does_is_refused_and_format_puts_it_back(
    name: str, spoilt: Callable[[bytes], bytes], project: Path
) -> None:
    path = project / name
    before = path.read_bytes()
    path.write_bytes(spoilt(before))
    assert path.read_bytes() != before
    problems = refused(project)
    assert {problem["where"].split(" ")[0] for problem in problems} == {name}
    if spoilt is not slashes:
        assert any("compare format" in problem["remedy"] for problem in problems)
    result = run(project, "format")
    assert (result.exit_code, result.stdout) == (0, f"wrote {name}\n")
    assert path.read_bytes() == before
    assert run(project, "format").stdout == "Nothing to change.\n"
    assert run(project).exit_code == 0


@pytest.mark.parametrize("name", [READINGS, CROSSWALK, "data/codebook/places.csv"])
def test_a_table_saved_in_gbk_is_the_only_problem_named(
    name: str, project: Path
) -> None:
    path = project / name
    text = path.read_text("utf-8-sig")
    path.write_bytes(text.encode("gb18030"))
    problems = refused(project)
    mine = [problem for problem in problems if problem["where"] == name]
    assert len(mine) == 1 and "is not UTF-8" in mine[0]["what"]
    assert "«CSV UTF-8»" in mine[0]["remedy"]
    assert len(problems) == 1
    assert run(project, "format").exit_code == 1


def test_format_writes_nothing_when_one_table_cannot_be_put_back(project: Path) -> None:
    good, bad = project / READINGS, project / CROSSWALK
    good.write_bytes(windows_lines(good.read_bytes()))
    bad.write_bytes(bad.read_bytes().replace(b"predicate_id", b"predicate", 1))
    kept = bytes_of(project / "data")
    result = run(project, "format")
    assert result.exit_code == 1
    assert "data/codebook/crosswalk.csv row 1: the header is not" in result.stderr
    assert bytes_of(project / "data") == kept


def test_format_does_not_touch_what_people_wrote(project: Path) -> None:
    put(project, READINGS, {"id": "xianning:487"}, value="three", note="=1")
    kept = bytes_of(project / "data")
    assert run(project, "format").stdout == "Nothing to change.\n"
    assert bytes_of(project / "data") == kept


@pytest.mark.parametrize("name", [READINGS, CROSSWALK, "data/raw/SHA256SUMS"])
def test_a_missing_file_is_refused(name: str, project: Path) -> None:
    (project / name).unlink()
    problems = refused(project)
    if name.endswith(".csv"):
        assert (problems[0]["where"], problems[0]["what"]) == (name, "no such file.")
    else:
        assert len({problem["where"] for problem in problems}) == 5


def test_a_column_with_text_beside_the_table_is_refused(project: Path) -> None:
    path = project / READINGS
    lines = path.read_bytes().splitlines(keepends=True)
    lines[0] = lines[0].replace(b"\n", b",remark\n")
    path.write_bytes(b"".join(lines))
    (problem,) = refused(project)
    assert problem["where"] == f"{READINGS} row 1"
    assert "columns unknown: 'remark'" in problem["what"]
    assert run(project, "format").exit_code == 1


def test_problems_of_several_files_are_listed_sorted_and_counted(
    project: Path,
) -> None:
    put(project, READINGS, {"id": "xianning:487"}, value="39.6")
    put(project, READINGS, {"id": "xianning:404"}, comparator=">=")
    put(project, "data/codebook/corrections.csv", {"id": "dianjiang:845"}, expect="4")
    put(project, "data/readings/changsha.csv", {"id": "changsha:1088"}, value="3")
    path = project / "data" / "raw" / "jiamusi.txt"
    path.write_bytes(path.read_bytes() + b"\n")
    problems = refused(project)
    places = [problem["where"] for problem in problems]
    for expected in (
        "data/codebook/corrections.csv row 2",
        "data/raw/jiamusi.txt",
        "data/readings/changsha.csv row 4, value",
        f"{READINGS} row 2, comparator",
        f"{READINGS} row 8, value",
    ):
        assert expected in places
    files = [place.split(" ")[0] for place in places]
    assert files == sorted(files)
    ours = [place for place in places if place.startswith(f"{READINGS} row")]
    numbers = [int(place.split("row ")[1].split(",")[0]) for place in ours]
    assert numbers == sorted(numbers)
    last = run(project).stderr.rstrip().splitlines()[-2]
    assert last == f"{len(places)} problems in {len(set(files))} files."


def test_stubs_are_written_for_wordings_without_a_row(project: Path) -> None:
    wording = {"subject_source": "changsha", "subject_label": "入托率"}

    def drop(rows: list[Cells]) -> None:
        rows[:] = [row for row in rows if not wording.items() <= row.items()]

    edit(project, CROSSWALK, drop)
    assert refused(project)
    (stub,) = table(project / "build" / "unmatched.csv")
    assert wording.items() <= stub.items()
    assert stub["id"] == "changsha:2223" and "4.89" in stub["quote"]
    assert stub["object_id"] == "" and stub["author_label"] == ""


def test_a_project_without_faults_is_accepted(project: Path) -> None:
    result = run(project)
    assert result.exit_code == 0 and result.stderr == ""
    assert not (project / "build" / "problems.csv").exists()
