"""Edited: tables are put back in form, and carried from the contract before."""

import csv
import io
from pathlib import Path

import pytest
from conftest import Cells, bytes_of, table
from typer.testing import CliRunner, Result

from compare.__main__ import app
from compare.base.problems import Problems
from compare.readings.edited import ADDED, edited_tables, format_tables, migrate

CODEBOOK = Path("data/codebook")


OLD = {
    "derivations": "rule a a_kinds b b_kinds b_apart c c_kinds c_apart area pick "
    "indicator measure unit formula note_en note_zh",
    "facets": "facet state grade reason_en reason_zh",
    "finding_rules": "rule a a_kinds b b_kinds b_apart c c_kinds c_apart d d_kinds "
    "d_apart area pick test formula low high explanation_en explanation_zh",
    "reference_lines": "indicator ref_area time_period kind value comparator label_zh "
    "label_en line source evidence",
    "units": "unit label_zh label_en symbol dimension factor",
    "codes": "codelist code label_zh label_en definition",
    "number_words": "word role meaning note",
}
OLD_EXCLUSIONS = "pattern reason note"
JUDGED = {"derivations.csv", "finding_rules.csv", "reference_lines.csv", "units.csv"}


def write(path: Path, rows: list[Cells], columns: str) -> None:
    """Write rows as the program before wrote them: canonical, with these columns."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns.split(), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        {name: row[name] for name in writer.fieldnames if name in row} for row in rows
    )
    path.write_bytes(buffer.getvalue().encode("utf-8-sig"))


def aged(root: Path) -> Path:
    """Turn a project back into the form of the contract before."""
    home = root / CODEBOOK
    rows = {name: table(home / f"{name}.csv") for name in OLD}
    for row in rows["reference_lines"]:
        row["evidence"] = row["note"]
    for name in ("codes", "number_words"):
        added = table(ADDED / f"{name}.csv")
        rows[name] = [row for row in rows[name] if row not in added]
    for name, columns in OLD.items():
        write(home / f"{name}.csv", rows[name], columns)
    for path in (root / "data" / "readings" / "exclusions").glob("*.csv"):
        write(path, table(path), OLD_EXCLUSIONS)
    (home / "questions.csv").unlink()
    return root


def run(root: Path, command: str) -> Result:
    return CliRunner().invoke(app, [command, "--root", str(root)])


def test_migrate_carries_a_project_of_the_contract_before_to_this_one(
    toy: Path,
) -> None:
    before = bytes_of(toy / "data")
    aged(toy)
    assert bytes_of(toy / "data") != before
    assert run(toy, "check").exit_code == 1
    assert "'compare migrate'" in run(toy, "check").stderr
    result = run(toy, "migrate")
    assert result.exit_code == 0, result.stderr
    assert "wrote data/codebook/questions.csv" in result.stdout
    after = bytes_of(toy / "data")
    changed = {path.name for path in after if after[path] != before[path]}
    assert changed <= JUDGED | {"questions.csv"}
    assert run(toy, "check").exit_code == 0, run(toy, "check").stderr
    assert run(toy, "migrate").stdout == "Nothing to change.\n"


def test_migrate_leaves_a_project_of_this_contract_as_it_is(toy: Path) -> None:
    before = bytes_of(toy)
    assert migrate(toy) == []
    assert bytes_of(toy) == before


def test_migrate_refuses_to_lose_a_filled_cell_and_writes_nothing(toy: Path) -> None:
    path = aged(toy) / CODEBOOK / "derivations.csv"
    rows = table(path)
    rows[2]["remark"] = "residents"
    write(path, rows, OLD["derivations"] + " remark")
    before = bytes_of(toy / "data")
    result = run(toy, "migrate")
    assert (result.exit_code, result.stdout) == (1, "")
    told = (
        "data/codebook/derivations.csv row 4, remark: 'residents', but the column is "
        "gone."
    )
    assert told in result.stderr and "then migrate again." in result.stderr
    assert bytes_of(toy / "data") == before


def test_every_table_that_people_edit_is_known(toy: Path) -> None:
    edited = {
        path for path in (toy / "data").rglob("*.csv") if "curated" not in path.parts
    }
    assert edited == set(edited_tables(toy))


def test_formatted_tables_stay_as_they_are(toy: Path) -> None:
    before = bytes_of(toy)
    assert format_tables(toy) == []
    assert bytes_of(toy) == before


def test_every_edited_table_is_put_back_in_form(toy: Path) -> None:
    before = bytes_of(toy / "data")
    paths = list(edited_tables(toy))
    for path in paths:
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert set(format_tables(toy)) == set(paths)
    assert bytes_of(toy / "data") == before


@pytest.mark.parametrize("name", ["codes", "number_words", "facets"])
def test_what_migrate_adds_is_in_form(name: str, toy: Path) -> None:
    path = ADDED / f"{name}.csv"
    added, kept = table(path), table(toy / CODEBOOK / f"{name}.csv")
    assert added and [row for row in added if row not in kept] == []


def test_migrate_says_which_table_is_in_another_encoding(toy: Path) -> None:
    path = toy / CODEBOOK / "places.csv"
    path.write_bytes(path.read_text("utf-8-sig").encode("gb18030"))
    before = bytes_of(toy)
    with pytest.raises(Problems, match=r"places\.csv: byte \d+ is not UTF-8"):
        migrate(toy)
    assert bytes_of(toy) == before
