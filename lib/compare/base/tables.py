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
from typing import Any, ClassVar, Self, TypeVar

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
    """Tags a column whose cells are codes of one list in ``codes.csv``."""

    name: str


@dataclass(frozen=True)
class Refers:
    """Tags a column whose cells are keys of another table, or lists of them."""

    table: str


@dataclass(frozen=True)
class Regex:
    """Tags a column whose cells are regular expressions."""


@dataclass(frozen=True)
class Long:
    """Tags a column that may hold more than ``LONGEST_CELL`` characters."""


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
    it, with numbers inside the text in numeric order. ``order`` names the columns as
    they stand in the file, where that is not the order of the fields.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    key: ClassVar[tuple[str, ...]]
    order: ClassVar[tuple[str, ...]] = ()
    _number: int = PrivateAttr(default=0)

    def __eq__(self, other: object) -> bool:
        """Equal cells make equal rows, wherever they were read."""
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        """Hash of the cells."""
        return hash(tuple(self.__dict__.values()))

    def rank(self) -> tuple[object, ...]:
        """Where the row stands among the others of its table."""
        return tuple([natural(getattr(self, name)) for name in self.key])

    @classmethod
    def columns(cls) -> list[str]:
        """Names of the columns, in the order of the file."""
        return list(cls.order or cls.model_fields)

    @classmethod
    def of(cls, cells: Mapping[str, str]) -> Self:
        """Build a row from cells without checking them again."""
        return cls.model_construct(None, **cells)  # type: ignore[return-value]


RowT = TypeVar("RowT", bound=Row)


def numbered(rows: Iterable[RowT]) -> list[tuple[int, RowT]]:
    """Rows with the row of the file they were read from, as a spreadsheet counts.

    Rows that were not read from a file are counted from 2.
    """
    return [
        (row._number or position, row) for position, row in enumerate(rows, start=2)
    ]


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
    """Read a table strictly; places in messages are relative to ``root``.

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
        return [], [not_utf8(name, error)]
    header, *lines = [*csv.reader(io.StringIO(text, newline=""))] or [[]]
    if header != model.columns():
        return [], [_header_problem(name, header, model)]
    rows: list[RowT] = []
    problems: list[Problem] = []
    for number, cells in enumerate(lines, start=2):
        place = f"{name} row {number}"
        if len(cells) != len(header):
            wanted = f"{len(header)}, one for each column."
            remedy = "run 'compare format'."
            problems.append(Problem(place, f"{len(cells)} cells.", wanted, remedy))
            continue
        problems += _unfit_cells(place, header, cells, model)
        try:
            row = model.model_validate(dict(zip(header, cells, strict=True)))
            row._number = number
            rows.append(row)
        except ValidationError as error:
            problems += _explain(place, error)
    ranks = [row.rank() for row in rows]
    problems += _duplicates(name, rows, ranks)
    if not problems and (ranks != sorted(ranks) or raw != _written(rows, model)):
        what = "not in the canonical form (byte order mark, line ends, order, quotes)."
        wanted = f"UTF-8 with byte order mark, LF, sorted by {', '.join(model.key)}."
        problems.append(Problem(name, what, wanted, "run 'compare format'."))
    return rows, problems


def not_utf8(name: str, error: UnicodeDecodeError) -> Problem:
    """Say that a table is in another encoding."""
    return Problem(
        name,
        f"byte {error.start} is not UTF-8.",
        "a file saved as «CSV UTF-8».",
        "open it again in the spreadsheet and save it as «CSV UTF-8».",
    )


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
    return _written(sorted(rows, key=model.rank), model)


def _written(rows: Iterable[RowT], model: type[RowT]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    columns = model.columns()
    writer.writerow(columns)
    writer.writerows([getattr(row, name) for name in columns] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")


def replace_files(contents: Mapping[Path, bytes]) -> list[Path]:
    """Write several files all or nothing, and only those that change.

    Everything is first written beside its destination, then moved into place; what an
    interrupted run left beside one is removed.

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
    drafts = {path: path.with_name(path.name + ".draft") for path in contents}
    try:
        for path in changed:
            path.parent.mkdir(parents=True, exist_ok=True)
            drafts[path].write_bytes(contents[path])
        for path in changed:
            os.replace(drafts[path], path)
    finally:
        for draft in drafts.values():
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
    text = io.StringIO(raw.decode("utf-8-sig"), newline="")
    header, *lines = [*csv.reader(text)] or [[]]
    columns = model.columns()
    if [cell.strip() for cell in header if cell.strip()] != columns:
        raise ValueError(f"the header is not {','.join(columns)}")
    rows: list[RowT] = []
    for number, cells in enumerate(lines, start=2):
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
        for name in model.columns():
            info = model.model_fields[name]
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
def tagged(model: type[Row], kind: Any) -> Mapping[str, Any]:
    """Columns of a model that carry a tag of the given kind.

    Examples
    --------
    >>> from compare.codebook.models import Damage
    >>> tagged(Damage, Regex)
    {'pattern': Regex()}
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
    spare = [repr(item) for item in header if item not in columns]
    found = [f"columns missing: {', '.join(missing)}"] * bool(missing)
    found += [f"columns unknown: {', '.join(spare)}"] * bool(spare)
    return Problem(
        f"{name} row 1",
        f"{'; '.join(found) or 'columns in another order'}.",
        f"{','.join(columns)}.",
        "restore the header; for empty spare columns run 'compare format'; for a "
        "project of the contract before this one run 'compare migrate'.",
    )


def _unfit_cells(
    place: str, header: Sequence[str], cells: Sequence[str], model: type[Row]
) -> Iterator[Problem]:
    """Find cells that a table cannot hold, whatever its model says."""
    coded, long = tagged(model, Codelist), tagged(model, Long)
    expressions = tagged(model, Regex)
    for name, cell in zip(header, cells, strict=True):
        where = f"{place}, {name}"
        if name in expressions and (fault := _fault(cell)):
            what = f"{cell[:40]!r} is no regular expression: {fault}."
            remedy = "close what is open, or escape it with a backslash."
            yield Problem(where, what, "a pattern of Python's re module.", remedy)
        if "\n" in cell or "\r" in cell:
            yield Problem(where, "a line break.", "one line.", "write ⏎ or a space.")
        if len(cell) > LONGEST_CELL and name not in long:
            what, wanted = f"{len(cell)} characters.", f"at most {LONGEST_CELL}."
            remedy = "move the reasoning to a ruling in DECISIONS.md and cite it."
            yield Problem(where, what, wanted, remedy)
        if (
            cell.startswith(FORMULA_SIGNS)
            and len(cell) > 1
            and name not in coded
            and not re.fullmatch(NUMBER, cell)
        ):
            what = f"{cell[:20]!r} begins like a spreadsheet formula."
            remedy = "begin with a letter or a Chinese character."
            yield Problem(where, what, "text that no spreadsheet runs.", remedy)


def _fault(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        return str(error)
    return ""


def _explain(place: str, error: ValidationError) -> Iterator[Problem]:
    for detail in error.errors():
        where = f"{place}, {detail['loc'][0]}" if detail["loc"] else place
        found = str(detail.get("input", ""))[:40]
        pattern = detail.get("ctx", {}).get("pattern")
        wanted = f"the form {pattern}." if pattern else f"{detail['msg']}."
        if found:
            what, remedy = f"{found!r} is not allowed here.", "write it in that form."
        else:
            what, wanted, remedy = "empty.", "a value.", "fill it in or delete the row."
        yield Problem(where, what, wanted, remedy)


def _duplicates(
    name: str, rows: Sequence[Row], ranks: Sequence[tuple[object, ...]]
) -> Iterator[Problem]:
    first: dict[tuple[object, ...], Row] = {}
    for row, rank in zip(rows, ranks, strict=True):
        other = first.setdefault(rank, row)
        if other is not row:
            where = f"{name} row {row._number}, {', '.join(row.key)}"
            key = ", ".join(str(getattr(row, column)) for column in row.key)
            what = f"«{key}» stands already in row {other._number}."
            remedy = "delete one of the two rows, or tell them apart."
            yield Problem(where, what, "each key once.", remedy)


def _undate(cell: str) -> str:
    """Write a date as ``2022-12-22`` that a spreadsheet wrote as ``2022/12/22``."""
    match = re.fullmatch(r"(\d{4})/(\d{1,2})/(\d{1,2})", cell)
    if match is None:
        return cell
    year, month, day = (int(part) for part in match.groups())
    return f"{year:04}-{month:02}-{day:02}"
