"""Independent programs read the exported files: ReadStat, DuckDB, pysdmx, sssom-py.

Run by ``make test-office`` in an environment of its own, ``python readers.py FOLDER
TABLES``: these readers are too heavy for the environment of the project.
"""

import csv
import importlib
import sys
import warnings
from pathlib import Path
from typing import Any

Cells = list[dict[str, str]]


def module(name: str) -> Any:
    return importlib.import_module(name)


def table(path: Path) -> Cells:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def check_stata(path: Path, expected: Cells) -> None:
    frame, about = module("pyreadstat").read_dta(str(path))
    assert len(frame) == len(expected)
    assert all(ord(label[0]) > 0x3400 for label in about.column_labels)
    names = about.variable_value_labels
    for column in frame:
        wanted = [row[column] for row in expected]
        found = frame[column].tolist()
        if column in names:
            codes = {
                number: name.split(" ")[-1] for number, name in names[column].items()
            }
            assert [codes.get(number, "") for number in found] == wanted, column
        elif frame[column].dtype.kind in "fi":
            assert [n for n in found if n == n] == [float(n) for n in wanted if n]
        else:
            assert found == wanted, column


def check_parquet(path: Path, expected: Cells) -> None:
    read = module("duckdb").sql(f"select * from read_parquet('{path}')")
    assert read.columns == list(expected[0])
    rows = read.fetchall()
    assert len(rows) == len(expected)
    for found, row in zip(rows, expected, strict=True):
        for cell, wanted in zip(found, row.values(), strict=True):
            assert cell == wanted if isinstance(cell, str) else _same(cell, wanted)


def _same(cell: float | None, wanted: str) -> bool:
    return wanted == "" if cell is None else float(wanted) == cell


def check_sdmx(path: Path, expected: Cells) -> None:
    reader = module("pysdmx.io.csv.sdmx20.reader")
    (dataset,) = reader.read(path.read_text("utf-8"))
    assert str(dataset.structure) == "Dataflow=COMPARE:OBSERVATIONS(1.0.0)"
    assert dataset.data["OBSERVATION"].tolist() == [row["id"] for row in expected]


def check_sssom(path: Path) -> None:
    kinds = module("sssom.constants").SchemaValidationType
    mappings = module("sssom.parsers").parse_sssom_table(str(path))
    reports = module("sssom.validators").validate(
        mappings, [kinds.JsonSchema, kinds.PrefixMapCompleteness], fail_on_error=False
    )
    problems = [item for report in reports.values() for item in report.results]
    assert len(reports) == 2 and not problems, problems[:3]
    assert set(mappings.df["predicate_modifier"].fillna("")) == {"", "Not"}


def main(folder: Path, tables: Path) -> None:
    """Check every exported file; print one line for each kind."""
    warnings.simplefilter("ignore")
    for name in ("observations", "derived", "findings", "comparability"):
        expected = table(tables / f"{name}.csv")
        check_stata(folder / f"{name}.dta", expected)
        check_parquet(folder / f"{name}.parquet", expected)
        print(f"{name}: {len(expected)} rows, the same by ReadStat and by DuckDB")
    check_sdmx(folder / "observations.sdmx.csv", table(tables / "observations.csv"))
    print("observations.sdmx.csv: read by pysdmx")
    check_sssom(folder / "crosswalk.sssom.tsv")
    print("crosswalk.sssom.tsv: accepted by sssom-py")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
