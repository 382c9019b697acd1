"""Tables: CSV in one canonical form, and one row model for each table.

In: CSV files that people edit in a spreadsheet, or rows that the program made. Out:
validated rows, or the same bytes for the same rows. Every cell is text; a model says
which text is allowed in it. The data dictionary is generated from the models.
"""

from __future__ import annotations

import csv
import functools
import io
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError

from compare.base.problems import Problem, raise_any

LONGEST_CELL = 200
FORMULA_SIGNS = ("=", "+", "-", "@")
NUMBER = r"-?\d+(\.\d+)?"
DAY = r"(0[1-9]|[12]\d|3[01])"
MONTH = r"(0[1-9]|1[0-2])"
DATE = rf"\d{{4}}-{MONTH}-{DAY}"
PERIOD = rf"\d{{4}}(-{MONTH}(-{DAY})?)?(/\d{{4}})?"
CODE = r"[a-z][a-z0-9_]*"


@dataclass(frozen=True)
class Codelist:
    """Marks a column whose cells are codes of one list in ``codes.csv``."""

    name: str


@dataclass(frozen=True)
class Refers:
    """Marks a column whose cells are keys of another table, or lists of them."""

    table: str


@dataclass(frozen=True)
class Regex:
    """Marks a column whose cells are regular expressions."""


@dataclass(frozen=True)
class Long:
    """Marks a column that may hold more than ``LONGEST_CELL`` characters."""


def column(text: str, *, pattern: str | None = None, empty: bool = False) -> Any:
    """Describe one column: what it means and which text it allows."""
    if pattern is not None:
        pattern = f"^({pattern})?$" if empty else f"^({pattern})$"
    if empty:
        return Field(default="", description=text, pattern=pattern)
    return Field(description=text, pattern=pattern, min_length=1)


class Row(BaseModel):
    """One row of a table: every cell is text.

    Subclasses name their key columns in ``key``; rows are unique by it and sorted by
    it, with numbers inside the text in numeric order.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    key: ClassVar[tuple[str, ...]]
    _number: int = PrivateAttr(default=0)

    def __eq__(self, other: object) -> bool:
        """Equal cells make equal rows, wherever they were read."""
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        """Hash of the cells."""
        return hash(tuple(self.__dict__.values()))

    def place(self) -> tuple[object, ...]:
        """Sort key of the row."""
        return tuple([natural(getattr(self, name)) for name in self.key])

    @classmethod
    def columns(cls) -> list[str]:
        """Names of the columns, in the order of the file."""
        return list(cls.model_fields)

    @classmethod
    def of(cls, cells: Mapping[str, str]) -> Self:
        """Build a row from cells without checking them again."""
        return cls.model_construct(None, **cells)  # type: ignore[return-value]


RowT = TypeVar("RowT", bound=Row)


def numbered(rows: Iterable[RowT]) -> Iterator[tuple[int, RowT]]:
    """Rows with the row of the file they were read from, as a spreadsheet counts.

    Rows that were not read from a file are counted from 2.
    """
    for position, row in enumerate(rows, start=2):
        yield row._number or position, row


def natural(text: str) -> tuple[object, ...]:
    """Sort key that orders the numbers inside a text by size.

    Examples
    --------
    >>> sorted(["b:100", "b:20", "a:3.blank", "a:3"], key=natural)
    ['a:3', 'a:3.blank', 'b:20', 'b:100']
    """
    return tuple(
        int(part) if part.isascii() and part.isdecimal() else part
        for part in re.split(r"([0-9]+)", text)
    )


def read(path: Path, model: type[RowT], root: Path) -> tuple[list[RowT], list[Problem]]:
    """Read a table strictly.

    Parameters
    ----------
    path
        The CSV file.
    model
        Its row model.
    root
        Folder that places in messages are relative to.

    Returns
    -------
    list of rows, list of problems
        Rows are complete only when there is no problem.
    """
    name = path.relative_to(root).as_posix()
    if not path.is_file():
        return [], [Problem(name, "no such file.", remedy="restore it from git.")]
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return [], [
            Problem(
                name,
                f"byte {error.start} is not UTF-8.",
                "a file saved as «CSV UTF-8».",
                "open it again in the spreadsheet and save it as «CSV UTF-8».",
            )
        ]
    lines = list(csv.reader(io.StringIO(text, newline="")))
    header = lines[0] if lines else []
    if header != model.columns():
        return [], [_header_problem(name, header, model)]
    rows: list[RowT] = []
    problems: list[Problem] = []
    for number, cells in enumerate(lines[1:], start=2):
        place = f"{name} row {number}"
        if len(cells) != len(header):
            problems.append(
                Problem(
                    place,
                    f"{len(cells)} cells.",
                    f"{len(header)}, one for each column.",
                    "run 'compare format'.",
                )
            )
            continue
        problems += _unfit_cells(place, header, cells, model)
        try:
            row = model.model_validate(dict(zip(header, cells, strict=True)))
            row._number = number
            rows.append(row)
        except ValidationError as error:
            problems += _explain(place, error)
    problems += _duplicates(name, rows)
    if not problems and raw != render(rows, model):
        problems.append(
            Problem(
                name,
                "not in the canonical form (byte order mark, line ends, order of "
                "rows, quotes).",
                "UTF-8 with byte order mark, LF, sorted by "
                + ", ".join(model.key)
                + ".",
                "run 'compare format'.",
            )
        )
    return rows, problems


def render(rows: Iterable[RowT], model: type[RowT]) -> bytes:
    r"""Give the bytes of a table in the canonical form.

    UTF-8 with byte order mark, LF, one header row, sorted by the model's key.

    Examples
    --------
    >>> class Area(Row):
    ...     key = ("code",)
    ...     code: str
    >>> render([Area(code="b"), Area(code="a")], Area).decode("utf-8-sig")
    'code\na\nb\n'
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    columns = model.columns()
    writer.writerow(columns)
    for row in sorted(rows, key=lambda row: row.place()):
        writer.writerow([getattr(row, name) for name in columns])
    return buffer.getvalue().encode("utf-8-sig")


def replace_files(contents: Mapping[Path, bytes]) -> list[Path]:
    """Write several files all or nothing, and only those that change.

    Everything is first written beside its destination, then moved into place.

    Returns
    -------
    list of Path
        The files whose bytes are new.

    Raises
    ------
    Problems
        A folder stands where a file is to be written.
    """
    raise_any(
        Problem(
            path.as_posix(),
            "a folder stands where a file is to be written.",
            remedy="move the folder away.",
        )
        for path in contents
        if path.is_dir()
    )
    changed = [
        path
        for path, content in contents.items()
        if not path.is_file() or path.read_bytes() != content
    ]
    drafts: list[tuple[Path, Path]] = []
    try:
        for path in changed:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(path.name + ".draft")
            drafts.append((draft, path))
            draft.write_bytes(contents[path])
        for draft, path in drafts:
            os.replace(draft, path)
    finally:
        for draft, _ in drafts:
            draft.unlink(missing_ok=True)
    return changed


def tidy(raw: bytes, model: type[RowT]) -> bytes:
    """Put back what a spreadsheet does to a table, and nothing else.

    Restores line ends, byte order mark, order of rows, dates written with slashes,
    and drops empty spare rows and columns. Cells are not judged here.

    Raises
    ------
    ValueError
        The header does not hold the model's columns, or a cell stands outside them.
    """
    lines = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    header = [cell.strip() for cell in lines[0]] if lines else []
    columns = model.columns()
    if [cell for cell in header if cell] != columns:
        raise ValueError(f"the header is not {','.join(columns)}")
    rows: list[RowT] = []
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cells):
            continue
        if any(cells[len(columns) :]):
            raise ValueError(f"row {number} has text to the right of the last column")
        padded = (cells + [""] * len(columns))[: len(columns)]
        rows.append(model.of(dict(zip(columns, map(_undate, padded), strict=True))))
    return render(rows, model)


def data_dictionary(models: Mapping[str, type[Row]]) -> list[dict[str, Any]]:
    """Frictionless resources that describe tables, made from their row models."""
    resources: list[dict[str, Any]] = []
    for path, model in models.items():
        fields: list[dict[str, Any]] = []
        for name, info in model.model_fields.items():
            constraints: dict[str, Any] = {}
            if info.is_required():
                constraints["required"] = True
            for item in info.metadata:
                if pattern := getattr(item, "pattern", None):
                    constraints["pattern"] = pattern
            field: dict[str, Any] = {
                "name": name,
                "type": "string",
                "description": info.description or "",
            }
            if constraints:
                field["constraints"] = constraints
            fields.append(field)
        resources.append(
            {
                "name": Path(path).stem,
                "path": path,
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8-sig",
                "dialect": {"lineTerminator": "\n"},
                "description": (model.__doc__ or "").strip().splitlines()[0],
                "schema": {"fields": fields, "primaryKey": list(model.key)},
            }
        )
    return resources


@functools.cache
def marks(model: type[Row], kind: type[Any]) -> Mapping[str, Any]:
    """Columns of a model that carry a mark of the given kind.

    Examples
    --------
    >>> class Reading(Row):
    ...     key = ("kind",)
    ...     kind: Annotated[str, Codelist("kind")]
    >>> marks(Reading, Codelist)
    {'kind': Codelist(name='kind')}
    """
    return {
        name: item
        for name, info in model.model_fields.items()
        for item in info.metadata
        if isinstance(item, kind)
    }


def _header_problem(name: str, header: Sequence[str], model: type[Row]) -> Problem:
    columns = model.columns()
    missing = [item for item in columns if item not in header]
    spare = [item for item in header if item not in columns]
    found = "; ".join(
        part
        for part in (
            f"columns missing: {', '.join(missing)}" if missing else "",
            f"columns unknown: {', '.join(map(repr, spare))}" if spare else "",
            "" if missing or spare else "columns in another order",
        )
        if part
    )
    return Problem(
        f"{name} row 1",
        found + ".",
        ",".join(columns) + ".",
        "restore the header; for empty spare columns run 'compare format'.",
    )


def _unfit_cells(
    place: str, header: Sequence[str], cells: Sequence[str], model: type[Row]
) -> list[Problem]:
    coded, long = marks(model, Codelist), marks(model, Long)
    expressions = marks(model, Regex)
    problems = []
    for name, cell in zip(header, cells, strict=True):
        where = f"{place}, {name}"
        if name in expressions and (fault := _fault(cell)):
            problems.append(
                Problem(
                    where,
                    f"{cell[:40]!r} is no regular expression: {fault}.",
                    "a pattern of Python's re module.",
                    "close what is open, or escape it with a backslash.",
                )
            )
        if "\n" in cell or "\r" in cell:
            problems.append(
                Problem(where, "a line break.", "one line.", "write ⏎ or a space.")
            )
        if len(cell) > LONGEST_CELL and name not in long:
            problems.append(
                Problem(
                    where,
                    f"{len(cell)} characters.",
                    f"at most {LONGEST_CELL}.",
                    "move the reasoning to a ruling in DECISIONS.md and cite it.",
                )
            )
        if (
            cell.startswith(FORMULA_SIGNS)
            and len(cell) > 1
            and name not in coded
            and not re.fullmatch(NUMBER, cell)
        ):
            problems.append(
                Problem(
                    where,
                    f"{cell[:20]!r} begins like a spreadsheet formula.",
                    "text that no spreadsheet runs.",
                    "begin with a letter or a Chinese character.",
                )
            )
    return problems


def _fault(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        return str(error)
    return ""


def _explain(place: str, error: ValidationError) -> list[Problem]:
    problems = []
    for detail in error.errors():
        where = f"{place}, {detail['loc'][0]}" if detail["loc"] else place
        found = str(detail.get("input", ""))[:40]
        pattern = detail.get("ctx", {}).get("pattern")
        if not found:
            problems.append(
                Problem(where, "empty.", "a value.", "fill it in or delete the row.")
            )
        else:
            problems.append(
                Problem(
                    where,
                    f"{found!r} is not allowed here.",
                    f"the form {pattern}." if pattern else f"{detail['msg']}.",
                    "write it in that form.",
                )
            )
    return problems


def _duplicates(name: str, rows: Sequence[RowT]) -> list[Problem]:
    first: dict[tuple[object, ...], int] = {}
    problems = []
    for number, row in enumerate(rows, start=2):
        other = first.setdefault(row.place(), number)
        if other != number:
            key = ", ".join(str(getattr(row, column)) for column in row.key)
            problems.append(
                Problem(
                    f"{name} row {number}, {', '.join(row.key)}",
                    f"«{key}» stands already in row {other}.",
                    "each key once.",
                    "delete one of the two rows, or tell them apart.",
                )
            )
    return problems


def _undate(cell: str) -> str:
    """Write a date as ``2022-12-22`` that a spreadsheet wrote as ``2022/12/22``."""
    match = re.fullmatch(r"(\d{4})/(\d{1,2})/(\d{1,2})", cell)
    if match is None:
        return cell
    year, month, day = (int(part) for part in match.groups())
    return f"{year:04}-{month:02}-{day:02}"


__all__ = [
    "CODE",
    "DATE",
    "NUMBER",
    "PERIOD",
    "Annotated",
    "Codelist",
    "Long",
    "Refers",
    "Regex",
    "Row",
    "column",
    "data_dictionary",
    "marks",
    "natural",
    "numbered",
    "read",
    "render",
    "replace_files",
    "tidy",
]
