"""Sentences that take their numbers from the data.

In: a text with names in braces. Out: Markdown in which every name is a number, worded
in the language of the text and linked to its evidence. A number that was typed, right
until the data change, is a problem, and so is a name that the data do not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from string import digits

from compare.base.problems import Problem, Problems, raise_any
from compare.codebook.models import ReferenceLine
from compare.curated.comparability import doc_of, groups_of
from compare.curated.groups import ORDER, Standing
from compare.project import Project
from compare.views.coverage import counts
from compare.views.show import evidence_link
from compare.views.words import Row, Words, when

NAME = re.compile(r"\{([^{}|]+)(?:\|([a-z0-9]+))?\}")
GRADE, PRESS = "grade", "press"
NO_VALUE = re.compile(r"\{[^{}]*\}|`[^`]*`|(?m:^\s*\d+\. )")
MARKUP = re.compile(r"([\\`*_\[\]<>|~])")


def tell(project: Project, text: str, words: Words) -> str:
    """Fill a text with what the data say: Markdown with links, for a notebook.

    Names in braces are replaced, line by line:

    * the id of an observation or a derived value, such as ``{jiamusi:814}``, by its
      value in words, linked to its sentence; with ``|quote``, ``|gloss`` or ``|time``
      by these, with a digit (``|1``) by the value with so many decimals;
    * the id of a finding by its outcome, with ``|computed`` by what was computed;
    * a reference line, such as ``{CN:nursing_bed_share:2024}``, by its value, with
      ``|time`` by its year; what rests on the press is told as reported;
    * a count of ``views.coverage.counts``, such as ``{both:jiamusi}``;
    * ``{grade}`` by how the values of several places stand together that the same
      line names, and their inputs, with its facets.

    Raises
    ------
    Problems
        A number is typed, a name is unknown, or a line compares places without telling
        the grade.

    Examples
    --------
    >>> import compare
    >>> plans = compare.load()
    >>> text = "Jiamusi had {jiamusi:814} beds per thousand."
    >>> print(tell(plans.project, text, plans.words("en")))
    Jiamusi had [32](../reports/evidence.html#jiamusi:814&lang=en) beds per thousand.
    """
    names = _Names(project, words)
    lines = text.split("\n")
    raise_any(problem for line in lines for problem in _problems(line, names))
    return "\n".join(map(names.fill, lines))


def typed(text: str, phrases: Iterable[str]) -> list[str]:
    """Find the digit runs of a text outside names in braces and declared phrases.

    The numbers of a list, and what stands between backticks, are none. Phrases are
    words with digits that are no values: the codes of the list ``phrase``.

    Examples
    --------
    >>> typed("1. {jiamusi:814} of 36.4 people aged 60", ["aged 60"])
    ['36', '4']
    """
    text = NO_VALUE.sub("", text)
    for phrase in sorted(phrases, key=len, reverse=True):
        text = text.replace(phrase, "")
    return re.findall(r"\d+", text)


@dataclass(frozen=True)
class _Names:
    """Everything that a name can stand for, in one language."""

    project: Project
    words: Words

    @cached_property
    def lines(self) -> Mapping[str, ReferenceLine]:
        """Reference lines, by name."""
        rows = self.project.book.reference_lines
        return {
            f"{row.ref_area}:{row.indicator}:{row.time_period}": row for row in rows
        }

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """Counts, by name."""
        return counts(self.project)

    def meant(self, name: str) -> str:
        """Name that is known now: ids of old lead to those of today."""
        if name == GRADE or name in self.lines:
            return name
        of_plan = name.partition(":")[0] in self.project.book.documents
        counted = not of_plan and name in self.counts
        return name if counted else self.project.resolve(name)

    def values(self, names: Iterable[str]) -> list[str]:
        """Those names that are values of a place."""
        return [
            name for name in names if "indicator" in self.project.rows.get(name, {})
        ]

    def fill(self, line: str) -> str:
        """Replace the names of one line."""
        grade = self.grade([self.meant(found[1]) for found in NAME.finditer(line)])

        def told(found: re.Match[str]) -> str:
            name, part = found[1], found[2] or ""
            return grade if name == GRADE else self.forms(self.meant(name))[part]

        return NAME.sub(told, line)

    def forms(self, name: str) -> Mapping[str, str]:
        """Give what a name may become: its value alone, or one of its parts."""
        if row := self.project.rows.get(name):
            return self._with_evidence(name, row)
        if line := self.lines.get(name):
            unit = self.project.book.indicators[line.indicator].unit
            stated = line.model_dump() | {"value": float(line.value), "unit": unit}
            told = self.words.value(stated)
            if line.known == PRESS:
                told = self.words.say("as_reported", told)
            return {"": told, "time": line.time_period}
        if name == GRADE:
            return {"": ""}
        return {"": self.words.number(self.counts[name])} if name in self.counts else {}

    def _with_evidence(self, name: str, row: Row) -> Mapping[str, str]:
        """Forms of a value or finding: what is stated or computed has a link."""
        words = self.words
        parts = {"time": when(row.get("time_period", ""))}
        if "verdict" in row:
            point = row["lower"] if row["lower"] == row["upper"] else float("nan")
            computed = words.derived({**row, "refused": "", "value": point})
            linked = {"": words.label("outcome", row["outcome"]), "computed": computed}
        elif "formula" in row:
            linked = {digit: words.derived(row, int(digit)) for digit in digits}
            linked[""] = words.derived(row)
        else:
            linked = {"": words.value(row)}
            glosses = {one.id: one.gloss_en for one in self.project.book.headlines}
            parts["quote"] = MARKUP.sub(r"\\\1", row["quote"].replace("⏎", ""))
            parts["gloss"] = MARKUP.sub(r"\\\1", glosses.get(name, ""))
        link = evidence_link(name, words.language)
        told = {part: f"[{text}]({link})" for part, text in linked.items()}
        return told | {part: text for part, text in parts.items() if text}

    def grade(self, names: Iterable[str]) -> str:
        """Word how some values stand beside each other: the worst, and its reasons."""
        values = self.values(names)
        found = self.standings(values)
        if not found:
            return self.words.say("grade_own" if values else "grade_none")
        worst = max((one.group for one in found), key=ORDER.index)
        reasons = [
            (int(row.severity), row.facet)
            for one in found
            for row in (other.row for other in one.differences)
            if one.group == worst
        ]
        facets = [facet for _, facet in sorted(set(reasons))]
        labels = [self.words.label("facet", facet) for facet in facets]
        listed = self.words.say("facets").join(labels)
        told = self.words.label("group", worst)
        return self.words.say("grade_told" if facets else "grade_plain", told, listed)

    def standings(self, values: Sequence[str]) -> list[Standing]:
        """How those of some values and their inputs stand of which two places speak."""
        own = [*values]
        for name in values:
            own += self.project.rows.get(name, {}).get("inputs", "").split()
        facets = [self.project.facets[id] for id in own if id in self.project.facets]
        return [
            self.project.standings[row["id"]]
            for rows in groups_of(facets).values()
            if len({doc_of(row) for row in rows}) > 1
            for row in rows
        ]


def _problems(line: str, names: _Names) -> Iterator[Problem]:
    """Say what of a line cannot be told."""
    where = f"sentence «{line.strip()}»"
    for number in typed(line, names.project.book.codes.get("phrase", ())):
        what = f"the number {number} is typed in a sentence."
        remedy = "write the id of its value in braces, or declare the phrase."
        yield Problem(where, what, remedy=remedy)
    found = [(one[1], one[2] or "") for one in NAME.finditer(line)]
    known = []
    for name, part in dict.fromkeys(found):
        try:
            known.append(names.meant(name))
        except Problems as caught:
            what = f"the data have no {{{name}}}."
            yield replace(caught.problems[0], where=where, what=what)
        else:
            yield from _no_part(where, known[-1], part, names)
    values = names.values(known)
    places = {name.partition(":")[0] for name in values}
    if len(places) > 1 and GRADE not in known:
        what = f"it names values of {len(places)} places and no grade."
        yield Problem(where, what, remedy="say {grade} in the same line.")
    elif len(places) > 1 and not names.standings(values):
        what = f"it names values of {len(places)} places, of which no two compare."
        yield Problem(where, what, remedy="say one place in each line.")


def _no_part(where: str, name: str, part: str, names: _Names) -> Iterator[Problem]:
    """Refuse a part that a name does not have."""
    parts = names.forms(name).keys()
    if not parts:
        remedy = "name a value that has an indicator."
        yield Problem(where, f"{name} is matched to no indicator.", remedy=remedy)
    elif part not in parts:
        expected = f"{', '.join(sorted(parts - {''})) or 'nothing'} after «|»."
        remedy = "take one of these, or leave «|» out."
        yield Problem(where, f"{name} has no {part}.", expected, remedy)
