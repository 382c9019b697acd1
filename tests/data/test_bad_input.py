"""Bad input: each way of failing says where, what, what is expected and what to do.

One small change of the project's own data each; most are rows of cases/bad_input.
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
from compare.base.problems import SHOWN, Problems
from compare.base.quantities import bounds, plain, read
from compare.codebook.book import Codebook
from compare.curated.build import Checked
from compare.curated.derived import derive
from compare.curated.observations import harmonize, to_rows
from compare.readings.readings import typed
from compare.views import tables as views
from compare.views.quotations import evidence

CASES = {
    name: list(rows)
    for path in sorted(
        (Path(__file__).parents[1] / "cases" / "bad_input").glob("*.csv")
    )
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
        ("areas", {"ref_area": "X-JSJ"}, {"part_of": "239999"}),
        ("corrections", {"id": "xianning:487"}, {"obs_status": "E"}),
        ("damage", {"doc": "changsha", "effect": "lost_table"}, {"pattern": "("}),
    ],
)
def test_a_row_that_the_program_cannot_use_is_a_problem(
    name: str, where: Cells, cells: Cells, project: Path
) -> None:
    put(project, f"data/codebook/{name}.csv", where, **cells)
    problems = refused(project)
    assert {problem["where"].split(" ")[0] for problem in problems} == {
        f"data/codebook/{name}.csv"
    }


def test_a_pattern_that_is_none_is_a_problem(project: Path) -> None:
    name = "data/readings/exclusions/xianning.csv"
    put(project, name, {"pattern": "第六次"}, pattern="第六次(")
    assert any(problem["where"].startswith(name) for problem in refused(project))


def test_a_document_without_a_place_is_a_problem(project: Path) -> None:
    edit(project, "data/codebook/places.csv", lambda rows: rows.pop())
    (problem,) = refused(project)
    assert "jiamusi" in problem["what"] and "places.csv" in str(problem)


def test_readings_of_a_document_that_nobody_declared_are_a_problem(
    project: Path,
) -> None:
    path = project / READINGS
    text = path.read_text("utf-8").replace("xianning:", "nowhere:")
    path.with_name("nowhere.csv").write_text(text, "utf-8")
    problems = refused(project)
    assert "data/readings/nowhere.csv" in {problem["where"] for problem in problems}


@pytest.mark.parametrize("folder", ["r1", "r2", "adjudications"])
def test_format_repairs_every_table_that_says_so(folder: str, project: Path) -> None:
    path = project / "data" / "readings" / folder / "xianning.csv"
    before = path.read_bytes()
    path.write_bytes(windows_lines(before))
    (problem,) = refused(project)
    assert "run 'compare format'" in problem["remedy"]
    run(project, "format")
    assert path.read_bytes() == before


def test_a_raw_text_that_is_not_utf_8_is_a_problem(project: Path) -> None:
    path = project / RAW
    old = hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_bytes(path.read_bytes().decode().encode("gb18030"))
    sums = project / "data" / "raw" / "SHA256SUMS"
    new = hashlib.sha256(path.read_bytes()).hexdigest()
    sums.write_text(sums.read_text("ascii").replace(old, new), "ascii")
    problems = refused(project)
    (problem,) = [problem for problem in problems if problem["where"] == RAW]
    assert "not UTF-8" in problem["what"]


def test_a_judged_and_an_open_row_for_one_wording_are_told_apart(
    project: Path,
) -> None:
    def open_again(rows: list[Cells]) -> None:
        (row,) = [row for row in rows if row["subject_label"] == "入托率"]
        rows.append(row | {"status": "unsure", "object_id": "children_in_childcare"})

    edit(project, CROSSWALK, open_again)
    problems = refused(project)
    assert any(problem["where"].startswith(CROSSWALK) for problem in problems)
    assert "fault of the program" not in str(problems)


def test_rows_keep_their_numbers_when_one_above_is_malformed(project: Path) -> None:
    put(project, READINGS, {"id": "xianning:404"}, value="x")
    put(project, READINGS, {"id": "xianning:487"}, value="39.6")
    places = {problem["where"] for problem in refused(project)}
    assert f"{READINGS} row 2, value" in places
    assert f"{READINGS} row 7, value" not in places


def test_control_characters_of_a_table_do_not_reach_the_terminal(
    project: Path,
) -> None:
    put(project, READINGS, {"id": "xianning:487"}, unit_stated="張\x1b]0;x\x07")
    result = run(project)
    assert result.exit_code == 1
    assert "\x1b" not in result.stderr and "\x07" not in result.stderr


def test_a_folder_in_the_place_of_a_curated_file_leaves_the_others_as_they_were(
    project: Path,
) -> None:
    curated = project / "data" / "curated"
    (curated / "derived.csv").unlink()
    (curated / "derived.csv").mkdir()
    (curated / "observations.csv").write_bytes(b"old")
    before = bytes_of(project / "data")
    run(project)
    assert bytes_of(project / "data") == before


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("二〇三五", ["2035"]),
        ("二三五", ["235"]),
        ("三万亿", ["3000000000000"]),
        ("20至30万", ["200000", "300000"]),
        ("3—5万", ["30000", "50000"]),
        ("1.2—1.5亿", ["120000000", "150000000"]),
        ("30至20", []),
    ],
)
def test_a_phrase_is_read_rightly_or_refused_but_never_misread(
    text: str, right: list[str], book: Codebook
) -> None:
    numbers = read(text, book.words)
    assert numbers is None or [plain(number) for number in numbers] == right


@pytest.mark.parametrize("comparator", [">=", ">"])
def test_more_than_all_is_no_empty_span(comparator: str, book: Codebook) -> None:
    quantity = bounds("120", comparator, book.words, share=True)
    assert quantity.lower is not None
    assert quantity.upper is None or quantity.lower <= quantity.upper


def test_a_rate_per_mille_is_no_percentage_of_a_whole(book: Codebook) -> None:
    assert not book.is_share("registered_population_natural_growth")


def test_an_observation_of_more_than_all_keeps_its_bounds_in_order(
    checked: Checked,
) -> None:
    (row,) = [row for row in checked.readings if row.id == "changsha:5008"]
    more = row.model_copy(update={"value_stated": "120", "value": "120"})
    frame, _ = harmonize(typed([more], checked.book.words), checked.book)
    (observation,) = to_rows(frame)
    assert observation.lower == "120"
    assert not observation.upper or float(observation.upper) >= 120


PEOPLE = {"doc": "xianning", "indicator": "residents_60_plus", "kind": "baseline"}


def test_a_denominator_that_may_be_zero_is_refused_and_no_crash(
    checked: Checked,
) -> None:
    rows = [
        row.model_copy(update={"comparator": "<=", "lower": "0"})
        if PEOPLE.items() <= row.model_dump().items()
        else row
        for row in checked.observations
    ]
    derived = {row.id: row for row in derive(rows, checked.book)}
    assert derived["xianning:all_bed_ratio:2016-2020"].refused == "yes"


def test_a_derived_row_has_a_number_or_is_refused(checked: Checked) -> None:
    empty = {row.id for row in checked.derived if not (row.lower or row.upper)}
    assert empty == {row.id for row in checked.derived if row.refused}


def test_ratios_of_two_areas_of_one_document_have_two_ids(checked: Checked) -> None:
    area = [
        row.model_copy(update={"ref_area": "230811", "id": f"{row.id}.9"})
        for row in checked.observations
        if row.doc == "xianning"
    ]
    derived = derive([*checked.observations, *area], checked.book)
    ids = [row.id for row in derived]
    assert len(derived) > len(checked.derived)
    assert len(ids) == len(set(ids))


def test_an_indicator_without_reference_lines_has_an_empty_table() -> None:
    frame = views.reference_lines("residents")
    assert frame.empty and "value" in frame.columns


def test_two_different_ranges_are_two_statements(project: Path) -> None:
    path = "data/curated/observations.csv"

    def split(rows: list[Cells]) -> None:
        (row,) = [row for row in rows if row["id"] == "changsha:3137"]
        rows.append(row | {"id": "changsha:3138", "lower": "7", "upper": "9"})

    edit(project, path, split)
    frame = views.statements(["eldercare_complexes"], project)
    assert frame["stated"].tolist() == ["2 to 3", "7 to 9"]


@pytest.mark.parametrize("id", ["jiamusi:814.blank", "jiamusi:814.2"])
def test_an_id_that_is_nearly_right_gives_the_nearest(id: str) -> None:
    with pytest.raises(Problems, match="jiamusi:814,"):
        evidence(id)


def test_a_project_without_readings_has_no_numbers(book: Codebook) -> None:
    frame = typed([], book.words)
    assert frame.empty and {"doc", "value", "lower", "upper"} <= set(frame.columns)


def test_a_project_without_faults_is_accepted(project: Path) -> None:
    result = run(project)
    assert result.exit_code == 0 and result.stderr == ""
    assert not (project / "build" / "problems.csv").exists()
