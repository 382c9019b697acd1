"""Problems: what is wrong, where, what was expected, what to do about it.

Every stage collects all its problems and raises them once, so that a person who
edits the codebook sees the whole list and not the first line of it. In: findings of
any stage. Out: one ``Problems`` exception with a text a researcher can act on.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SHOWN = 20


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Parameters
    ----------
    where
        File with row, column or characters, as a reader would look it up.
    what
        What stands there, quoted.
    expected
        What should stand there; empty when ``what`` says it all.
    remedy
        The edit or the command that repairs it.

    Examples
    --------
    >>> print(Problem("units.csv row 3", "no factor.", remedy="write 1."))
    units.csv row 3: no factor.
      Do: write 1.
    """

    where: str
    what: str
    expected: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        """Text of at most four lines."""
        lines = [f"{self.where}: {self.what}"]
        if self.expected:
            lines.append(f"  Expected {self.expected}")
        if self.remedy:
            lines.append(f"  Do: {self.remedy}")
        return "\n".join(map(printable, "\n".join(lines).split("\n")))


class Problems(Exception):
    """All problems of one stage, in the order of their place.

    Examples
    --------
    >>> raise Problems([Problem("b.csv row 2", "twice."), Problem("a.csv", "gone.")])
    Traceback (most recent call last):
    ...
    compare.base.problems.Problems: a.csv: gone.
    <BLANKLINE>
    b.csv row 2: twice.
    <BLANKLINE>
    2 problems in 2 files.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems), key=_place)
        super().__init__(self.problems)

    def __str__(self) -> str:
        """First problems in full, then how many more there are."""
        blocks = [str(problem) for problem in self.problems[:SHOWN]]
        more = len(self.problems) - SHOWN
        if more > 0:
            blocks.append(f"and {more} more in build/problems.csv.")
        files = {problem.where.split(" ")[0] for problem in self.problems}
        blocks.append(f"{_count(self.problems, 'problem')} in {_count(files, 'file')}.")
        return "\n\n".join(blocks)

    def write(self, path: Path) -> None:
        """Write all problems as a table for a spreadsheet."""
        write_scratch(path, [vars(problem) for problem in self.problems])


def printable(text: str) -> str:
    r"""Drop the characters that steer a terminal.

    Examples
    --------
    >>> printable("a\x1b[31mb")
    'a�[31mb'
    """
    return "".join(
        "�" if unicodedata.category(character) in ("Cc", "Cf") else character
        for character in text
    )


def inert(cell: str) -> str:
    """Keep a spreadsheet from running a cell of a scratch table.

    Examples
    --------
    >>> inert("=1+1"), inert("-"), inert("床位")
    ("'=1+1", '-', '床位')
    """
    return f"'{cell}" if len(cell) > 1 and cell[0] in "=+-@" else cell


def write_scratch(path: Path, rows: Sequence[Mapping[str, str]]) -> None:
    """Write rows as a table for a person to look at, which no spreadsheet runs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(rows[0])
        writer.writerows(map(inert, row.values()) for row in rows)


def near(text: str, names: Iterable[str], limit: int = 3) -> list[str]:
    """Names most like a text, best first, for messages that suggest one.

    Examples
    --------
    >>> near("nursing_beds_share", ["childcare_slots", "nursing_bed_share"])
    ['nursing_bed_share']
    """
    import difflib

    return difflib.get_close_matches(text, list(names), n=limit, cutoff=0.3)


def raise_any(problems: Iterable[Problem]) -> None:
    """Raise ``Problems`` if there is at least one.

    Raises
    ------
    Problems
        With all of them, sorted.

    Examples
    --------
    >>> raise_any([])
    """
    found = list(problems)
    if found:
        raise Problems(found)


def _place(problem: Problem) -> tuple[object, ...]:
    """Sort key: numbers inside the place in numeric order."""
    parts: list[tuple[int, int | str]] = []
    for word in problem.where.replace(",", " ").replace(":", " ").split():
        parts.append((0, int(word)) if word.isdecimal() else (1, word))
    return (*parts, (2, problem.what))


def _count(things: Iterable[object], noun: str) -> str:
    number = len(list(things))
    return f"{number} {noun}{'' if number == 1 else 's'}"
