"""Sentences that take their numbers from the data.

In: a text with names in braces. Out: Markdown in which every name is a number, worded
in the language of the text and linked to its evidence. A number that was typed would be
right until the data change; a name that the data do not know is a problem at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import chain
from pathlib import Path
from string import digits
from types import SimpleNamespace
from typing import Any

import pandas as pd

from compare.base.problems import Problem, raise_any
from compare.codebook.book import Codebook, ReferenceLine, find_root, load_codebook
from compare.views.show import evidence_link
from compare.views.tables import comparability, counts, findings, load, load_derived
from compare.views.words import between, filled, number, worded

NAME = re.compile(r"\{([^{}|]+)(?:\|([a-z0-9]+))?\}")
GRADE = "grade"
MARKUP = re.compile(r"([\\`*_\[\]<>|~])")
Row = Mapping[Any, Any]


def tell(text: str, root: Path | None = None, *, language: str = "en") -> str:
    """Fill a text with what the data say.

    Names in braces are replaced, line by line:

    * the id of an observation or a derived value, such as ``{jiamusi:814}``, by its
      value in words, linked to its sentence; with ``|quote``, ``|gloss`` or ``|time``
      by these, with a digit (``|1``) by the value with so many decimals;
    * the id of a finding by its verdict, with ``|computed`` by what was computed;
    * a reference line, such as ``{CN:nursing_bed_share:2024}``, by its value, with
      ``|time`` by its year;
    * a count of ``views.counts``, such as ``{both:jiamusi}``;
    * ``{grade}`` by the worst grade among the values of several places that the same
      line names, with its facets.

    Parameters
    ----------
    text
        Markdown. A line that names values of several places must say ``{grade}``.
    language
        ``en`` or ``zh``.

    Returns
    -------
    str
        Markdown with links to the evidence page as seen from a notebook.

    Raises
    ------
    Problems
        A name is unknown, or a line compares places without telling the grade.

    Examples
    --------
    >>> print(tell("Jiamusi had {jiamusi:814} beds per thousand."))
    Jiamusi had [32](../reports/evidence.html#jiamusi:814&lang=en) beds per thousand.
    """
    known = _Known(root or find_root(), language)
    lines = text.split("\n")
    raise_any(problem for line in lines for problem in _problems(line, known))
    return "\n".join(map(known.fill, lines))


class _Known:
    """Everything that a name can stand for, in one language."""

    def __init__(self, root: Path, language: str) -> None:
        self.root, self.language = root, language
        self.book: Codebook = load_codebook(root)
        self.observations = _by_id(load(root))
        self.derived = _by_id(load_derived(root))
        self.findings = _by_id(findings(root))
        self.lines: dict[str, ReferenceLine] = {
            f"{row.ref_area}:{row.indicator}:{row.time_period}": row
            for row in self.book.reference_lines
        }

    @cached_property
    def counts(self) -> dict[str, int]:
        return counts(self.root)

    def __contains__(self, name: str) -> bool:
        return (
            name == GRADE
            or any(
                name in known
                for known in (self.observations, self.derived, self.findings)
            )
            or name in self.lines
            or name in self.counts
        )

    def values(self, names: list[str]) -> list[str]:
        """Those names that are values of a place."""
        return [
            name for name in names if name in self.observations or name in self.derived
        ]

    def parts(self, name: str) -> set[str]:
        """Tell what may stand behind a name: its value alone, or one of its parts."""
        if name in self.observations:
            dated = {"time"} if self.observations[name]["time_period"] else set()
            return (
                {"", "quote"} | dated | ({"gloss"} if name in self.glosses else set())
            )
        if name in self.derived:
            return {"", "time", *digits}
        if name in self.findings:
            return {"", "computed"}
        return {"", "time"} if name in self.lines else {""}

    def fill(self, line: str) -> str:
        """Replace the names of one line."""
        names = [found[1] for found in NAME.finditer(line)]
        return NAME.sub(lambda found: self.told(found[1], found[2] or "", names), line)

    def told(self, name: str, part: str, beside: list[str]) -> str:
        """Word one name, among the others of its line."""
        if name == GRADE:
            return self._grade(self.values(beside))
        if name in self.lines:
            return self._line(self.lines[name], part)
        if part in ("quote", "gloss", "time"):
            return self._part(name, part)
        if name in self.observations:
            row = SimpleNamespace(**self.observations[name])
            shown = worded(row, self.book, self.language)
        elif name in self.derived:
            places = int(part) if part else 2
            shown = between(self.derived[name], self.book, self.language, places)
        elif name in self.findings:
            shown = self._finding(self.findings[name], part)
        else:
            return number(self.counts[name], self.language)
        return f"[{shown}]({evidence_link(name, self.language)})"

    def _part(self, name: str, part: str) -> str:
        if part == "time":
            return str({**self.observations, **self.derived}[name]["time_period"])
        text = self.observations[name]["quote"].replace("⏎", "")
        return MARKUP.sub(r"\\\1", text if part == "quote" else self.glosses[name])

    @cached_property
    def glosses(self) -> dict[str, str]:
        return {row.id: row.gloss_en for row in self.book.headlines}

    def _finding(self, row: Row, part: str) -> str:
        if part != "computed":
            return self.book.label("verdict", row["verdict"], self.language)
        point = row["lower"] if row["lower"] == row["upper"] else float("nan")
        bounds = {**row, "refused": "", "value": point}
        return between(bounds, self.book, self.language)

    def _line(self, row: ReferenceLine, part: str) -> str:
        if part == "time":
            return row.time_period
        symbol = self.book.units[self.book.indicators[row.indicator].unit].symbol
        form = self.book.label("comparator_form", row.comparator, self.language)
        return form.replace("#", number(float(row.value), self.language) + symbol)

    def _grade(self, values: list[str]) -> str:
        """Worst grade among the pairs of some values, with the facets that cause it."""
        grade, facets = worst(self.behind(values), self.pairs)
        wording = "grade_told" if facets else "grade_plain" if grade else "grade_own"
        names = [self.book.label("facet", facet, self.language) for facet in facets]
        listed = self._say("facets").join(names)
        return self._say(wording if values else "grade_none", grade, listed)

    def _say(self, wording: str, *values: str) -> str:
        return filled(self.book.label("wording", wording, self.language), *values)

    def behind(self, values: list[str]) -> list[str]:
        """Values, and what the derived ones among them were computed from."""
        inputs = (
            self.derived[name]["inputs"].split()
            for name in values
            if name in self.derived
        )
        return [*values, *chain.from_iterable(inputs)]

    @cached_property
    def pairs(self) -> dict[frozenset[str], tuple[str, str]]:
        frame = comparability("", self.root)
        columns = (frame[name] for name in ("left", "right", "grade", "facet"))
        return {
            frozenset((left, right)): (grade, facet)
            for left, right, grade, facet in zip(*columns, strict=True)
        }


def worst(
    values: list[str], pairs: Mapping[frozenset[str], tuple[str, str]]
) -> tuple[str, list[str]]:
    """Find the worst grade among the pairs of some values, and its facets.

    >>> pairs = {frozenset("ab"): ("B", "date"), frozenset("bc"): ("C", "numerator")}
    >>> worst(["a", "b", "c"], pairs), worst(["a", "c"], pairs)
    (('C', ['numerator']), ('', []))
    """
    found = sorted({pair for both, pair in pairs.items() if both <= set(values)})
    grade = found[-1][0] if found else ""
    return grade, [facet for mark, facet in found if mark == grade and facet]


def _problems(line: str, known: _Known) -> Iterator[Problem]:
    where = f"sentence «{line.strip()}»"
    named = [(found[1], found[2] or "") for found in NAME.finditer(line)]
    for name, part in dict.fromkeys(named):
        if name not in known:
            remedy = (
                "copy the id of an observation, a derived value, a finding or a "
                "reference line."
            )
            yield Problem(where, f"the data have no {{{name}}}.", remedy=remedy)
        elif part not in known.parts(name):
            parts = sorted(known.parts(name) - {""})
            expected = f"{', '.join(parts) or 'nothing'} after «|»."
            remedy = "take one of these, or leave «|» out."
            yield Problem(where, f"{name} has no {part}.", expected, remedy)
    names = [name for name, _ in named]
    values = known.values(names)
    places = {name.partition(":")[0] for name in values}
    if len(places) > 1 and GRADE not in names:
        what = f"it names values of {len(places)} places and no grade."
        yield Problem(where, what, remedy="say {grade} in the same line.")
    elif len(places) > 1 and not worst(known.behind(values), known.pairs)[0]:
        what = f"it names values of {len(places)} places of which no pair has a grade."
        yield Problem(where, what, remedy="say one place in each line.")


def _by_id(frame: pd.DataFrame) -> dict[str, Row]:
    return {str(row["id"]): row for row in frame.to_dict("records")}
