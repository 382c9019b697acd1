"""Edited: every table that people edit, put back in form or carried to a new form.

In: a project folder. Out: its tables as the program wants them; nothing is judged.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from compare.base import tables
from compare.base.problems import Problem, raise_any
from compare.base.tables import Row, replace_files
from compare.codebook import book as codebook
from compare.readings.agreement import (
    READERS,
    Adjudication,
    Coding,
    CodingAdjudication,
)
from compare.readings.groups import LABELS, SETTLED, Label, Settled
from compare.readings.numerals import Exclusion
from compare.readings.readings import FOLDER, Reading

ADDED = Path(codebook.__file__).parent / "added"


def edited_tables(root: Path) -> dict[Path, type[Row]]:
    """Every table that people edit, with its row model."""
    edited: dict[Path, type[Row]] = {
        root / codebook.FOLDER / f"{name}.csv": model
        for name, model in codebook.TABLES.items()
    }
    folder = root / FOLDER
    models: Mapping[str, type[Row]] = {
        ".": Reading,
        "r1": Reading,
        "r2": Reading,
        "exclusions": Exclusion,
        "adjudications": Adjudication,
    }
    for name, model in models.items():
        edited |= dict.fromkeys(sorted((folder / name).glob("*.csv")), model)
    for reader in READERS:
        edited[folder / reader / "crosswalk.csv"] = Coding
    edited[folder / "adjudications" / "crosswalk.csv"] = CodingAdjudication
    for path, labelled in ((root / LABELS, Label), (root / SETTLED, Settled)):
        if path.is_file():
            edited[path] = labelled
    return edited


def format_tables(root: Path) -> list[Path]:
    """Put back what a spreadsheet does to the edited tables.

    Returns
    -------
    list of Path
        The files whose bytes are new.

    Raises
    ------
    Problems
        A file that cannot be put back; then nothing is written.
    """
    contents: dict[Path, bytes] = {}
    problems: list[Problem] = []
    for path, model in edited_tables(root).items():
        name = path.relative_to(root).as_posix()
        try:
            contents[path] = tables.tidy(path.read_bytes(), model)
        except FileNotFoundError:
            problems.append(
                Problem(name, "no such file.", remedy="restore it from git.")
            )
        except UnicodeDecodeError as error:
            problems.append(tables.not_utf8(name, error))
        except ValueError as error:
            columns = f"{','.join(model.columns())}."
            remedy = "restore the header or the column."
            problems.append(Problem(f"{name} row 1", f"{error}.", columns, remedy))
    raise_any(problems)
    return replace_files(contents)


def migrate(root: Path) -> list[Path]:
    """Carry a project of the contract before this one to the present one.

    Documents name their place, places are keyed by it and say its level, columns that
    nobody filled are gone, and rows that stood in the code before are added.

    Returns
    -------
    list of Path
        The files whose bytes are new.

    Raises
    ------
    Problems
        A cell that would be lost; then nothing is written.
    """
    edited = edited_tables(root)
    old = _old_rows(root, edited)
    home = root / codebook.FOLDER
    sources = {row["doc"]: row for row in old[home / "documents.csv"]}
    for doc, source in sources.items():
        source.setdefault("place", doc)
    for place in old[home / "places.csv"]:
        doc = place.pop("doc", "")
        if doc:
            level = sources.get(doc, {}).pop("level", "")
            place |= {"place": doc, "level": level}
    contents: dict[Path, bytes] = {}
    problems: list[Problem] = []
    for path, model in edited.items():
        rows, added = old[path], ADDED / path.name
        problems += _lost_cells(path.relative_to(root).as_posix(), rows, model)
        cells = [{name: row.get(name, "") for name in model.columns()} for row in rows]
        known = {model.of(row).rank() for row in cells}
        for row in _cells(added) if added.is_file() and path.parent == home else []:
            if model.of(row).rank() not in known:
                cells.append(row)
        contents[path] = tables.render(map(model.of, cells), model)
    raise_any(problems)
    return replace_files(contents)


def _old_rows(root: Path, paths: Iterable[Path]) -> dict[Path, list[dict[str, str]]]:
    """Read tables of any header; none of a table that is not there."""
    found: dict[Path, list[dict[str, str]]] = {}
    problems = []
    for path in paths:
        try:
            found[path] = _cells(path) if path.is_file() else []
        except UnicodeDecodeError as error:
            name = path.relative_to(root).as_posix()
            problems.append(tables.not_utf8(name, error))
    raise_any(problems)
    return found


def _cells(path: Path) -> list[dict[str, str]]:
    text = path.read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _lost_cells(
    name: str, rows: Iterable[Mapping[str, str]], model: type[Row]
) -> list[Problem]:
    """Find filled cells of columns that are gone."""
    return [
        Problem(
            f"{name} row {number}, {column}",
            f"{cell!r}, but the column is gone.",
            "an empty cell.",
            "move what it says to another column, then migrate again.",
        )
        for number, row in enumerate(rows, start=2)
        for column, cell in row.items()
        if cell and column not in model.columns()
    ]
