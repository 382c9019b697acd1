"""Plans: the open project as a researcher asks it.

In: a project folder that was built. Out: frames, cards, grades and sentences. Nothing
is computed here; every method hands on to the room that does it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from types import SimpleNamespace

import pandas as pd

from compare.codebook.book import find_root
from compare.curated.comparability import Grade, pairs
from compare.project import Project
from compare.views import ask, evidence
from compare.views.ask import Names
from compare.views.words import LANGUAGES, SEVERAL, Words


@dataclass(frozen=True, repr=False)
class Plans:
    """An open project.

    Places, indicators and kinds are named by code, in Chinese or in English, indicators
    by any judged wording too; a text where several are expected is one of them. A name
    that is unknown is a problem that says the nearest one.

    Examples
    --------
    >>> plans = load()
    >>> plans
    5 plans · 194 indicators · 502 observations · 184 findings
    >>> print(*plans.observations.loc["jiamusi:814", ["indicator", "value"]])
    eldercare_beds_per_1000_elderly 32.0
    >>> plans.select(places="佳木斯", kind="target")
    1 plan · 194 indicators · 157 observations · 69 findings
    """

    project: Project

    def __repr__(self) -> str:
        """How much of everything there is."""
        plans = len(self.project.book.documents)
        return (
            f"{plans} plan{'' if plans == 1 else 's'} · "
            f"{len(self.project.book.indicators)} indicators · "
            f"{len(self.observations)} observations · {len(self.findings)} findings"
        )

    @property
    def observations(self) -> pd.DataFrame:
        """Every statement of every plan in canonical terms, by its id.

        Columns as in ``data/curated/datapackage.json``, with ``place``; ``value``,
        ``lower`` and ``upper`` are floats in ``unit``, NaN where the document sets
        none; ``indicator``, ``kind``, ``doc`` and ``place`` are ordered categories.
        """
        return self.project.observations.copy()

    @property
    def derived(self) -> pd.DataFrame:
        """Arithmetic on observations, and refusals, by id, with formula and inputs."""
        return self.project.derived.copy()

    @property
    def findings(self) -> pd.DataFrame:
        """What holds inside each document, what fails and what depends, by id."""
        return self.project.findings.copy()

    @property
    def indicators(self) -> pd.DataFrame:
        """Definitions of the indicators, by code, in the order of their families."""
        book = self.project.book
        rows = [book.indicators[code].model_dump() for code in book.by_family]
        return pd.DataFrame(rows).set_index("indicator")

    @property
    def documents(self) -> pd.DataFrame:
        """What each document is, by its code, in the order of the places."""
        book = self.project.book
        rows = [book.documents[doc].model_dump() for doc in book.order]
        return pd.DataFrame(rows).set_index("doc")

    @property
    def reference_lines(self) -> pd.DataFrame:
        """National and provincial figures, ``value`` as a float."""
        return self.project.reference_lines.copy()

    @property
    def codes(self) -> SimpleNamespace:
        """Codes of all indicators as attributes, for completion with the tab key."""
        return SimpleNamespace(**{code: code for code in self.project.book.indicators})

    def select(
        self, *, places: Names = (), indicators: Names = (), kind: Names = ()
    ) -> Plans:
        """Keep what is about some places, indicators or kinds; all if none is named."""
        book = self.project.book
        place, chosen = ask.places(book, places), ask.indicators(book, indicators)
        kinds = ask.kinds(book, kind)
        return Plans(self.project.select(place=place, indicator=chosen, kind=kinds))

    def across(
        self, indicator: str, *, kind: str = "", approximate: float | None = None
    ) -> pd.DataFrame:
        """Places side by side for one indicator, as ``views.ask.across``."""
        return ask.across(self.project, indicator, kind=kind, approximate=approximate)

    def indicator(self, name: str) -> ask.Card:
        """Definition of an indicator, and which places state it."""
        return ask.card(self.project, name)

    def evidence(self, id: str) -> evidence.Evidence:
        """Sentences behind a value or a finding, as ``views.evidence.evidence``."""
        return evidence.evidence(self.project, id)

    def grade(self, left: str, right: str) -> Grade | None:
        """Grade of two values: every facet that is not the same, with the reasons.

        None where one of them stands beside no other.

        Examples
        --------
        >>> load().grade("jiamusi:814", "xianning:487")
        B
        numerator unstated (B, both): The wording is only a close match, or an \
input's is. 表述（或所据数值的表述）仅为近似匹配。
        denominator unstated (B, both): Over whom or what it is counted is not said \
exactly. 未准确说明分母口径。
        doubt doubted (B, right): It, or a number that it rests on, is in doubt in its \
own document. 该数值或其依据的数值在原文件中存疑。
        """
        return self.project.grade(*map(self.project.resolve, (left, right)))

    def pairs(self, indicator: str) -> pd.DataFrame:
        """Grades of every pair of values of an indicator, of two documents.

        ``facets`` are all that are not the same, by severity, with their reasons in
        both languages. Interim targets are in no pair.
        """
        project = self.project
        (code,) = ask.indicators(project.book, indicator)
        values = [row for row in project.facets.values() if row["indicator"] == code]
        rows = []
        for left, right, grade in pairs(values, project.book):
            row = dict(kind=left["kind"], left=left["id"], right=right["id"])
            facets = [one.row.facet for one in grade.differences]
            row |= dict(grade=grade.grade, facets=SEVERAL.join(facets))
            for language in LANGUAGES:
                told = [one.reason(language) for one in grade.differences]
                row[f"reason_{language}"] = " ".join(told)
            rows.append(row)
        return pd.DataFrame(rows)

    def words(self, language: str = "en") -> Words:
        """Values, periods, grades and labels in words: the one formatter."""
        return Words(self.project.book, language)


def load(folder: str | os.PathLike[str] | None = None) -> Plans:
    """Open a project, by default the one around the current directory (``find_root``).

    Raises
    ------
    Problems
        There is no project, its codebook is not as it must be, or it was not built.
    """
    return Plans(Project.open(find_root(folder)))
