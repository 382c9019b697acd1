"""Edited: every table that people edit, put back in form or carried to a new form.

In: a project folder. Out: its tables as the program wants them; nothing is judged.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
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
from compare.readings.numerals import Exclusion
from compare.readings.readings import FOLDER, Reading
from compare.readings.third import LABELS, SETTLED, Label, Settled

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

    Rows that stand in ``codebook/added`` are added, or fill the new cells of a row with
    their key; ``moved.csv`` there says where other new cells come from.

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
    if not any(_is_old(path, old[path], model) for path, model in edited.items()):
        return []
    contents: dict[Path, bytes] = {}
    problems: list[Problem] = []
    for path, model in edited.items():
        own = path.parent == root / codebook.FOLDER
        moves = [row for row in MOVED if own and row["table"] == path.stem]
        rows = [_moved(row, moves, model) for row in old[path]]
        problems += _lost_cells(path.relative_to(root).as_posix(), rows, model)
        cells = [{name: row.get(name, "") for name in model.columns()} for row in rows]
        added = ADDED / path.name
        if own and added.is_file():
            new = [name for name in model.columns() if rows and name not in rows[0]]
            cells = _completed(cells, _cells(added), new, model)
        contents[path] = tables.render(map(model.of, cells), model)
    raise_any(problems)
    return replace_files(contents)


def _is_old(path: Path, rows: Sequence[Mapping[str, str]], model: type[Row]) -> bool:
    """Whether a table is missing, or lacks a column or has one that is gone."""
    return not path.is_file() or any(row.keys() ^ set(model.columns()) for row in rows)


def _moved(
    row: Mapping[str, str], moves: Iterable[Mapping[str, str]], model: type[Row]
) -> dict[str, str]:
    """Fill the new cells of a row from cells that are gone, or with what is usual."""
    told, gone = dict(row), set()
    for move in moves:
        if move["column"] not in row:
            told[move["column"]] = row.get(move["from"], "") or move["default"]
            gone.add(move["from"])
    gone -= set(model.columns())
    return {name: cell for name, cell in told.items() if name not in gone}


def _completed(
    cells: list[dict[str, str]],
    added: Iterable[dict[str, str]],
    new: Iterable[str],
    model: type[Row],
) -> list[dict[str, str]]:
    """Add rows that a table lacks; those that it has get their new cells from them."""
    known = {tuple(row[name] for name in model.key): row for row in cells}
    for row in added:
        found = known.get(tuple(row[name] for name in model.key))
        if found is None:
            cells.append(row)
        else:
            found.update({name: row[name] for name in new})
    return cells


def _cells(path: Path) -> list[dict[str, str]]:
    text = path.read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


MOVED = _cells(ADDED / "moved.csv")


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
