"""Codebook: what people decided, loaded, cross-checked and frozen.

In: the CSV files of ``data/codebook``. Out: one ``Codebook`` that every later stage is
given. Nothing here knows a place, a wording or a factor: those are rows.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from string import Template
from typing import Any, get_args, get_origin, get_type_hints

from compare.base import tables
from compare.base.problems import Problem, raise_any
from compare.base.quantities import Lexicon, lexicon
from compare.base.tables import Refers, Row
from compare.codebook import checks, models, rules

FOLDER = Path("data/codebook")


@dataclass(frozen=True)
class Codebook:
    """Everything people decided, keyed for look-up.

    Each field is a table of ``data/codebook`` by its name: a sequence of its rows, or a
    mapping by the columns of its key. ``words`` are its number words, ready to read by.
    """

    aliases: Mapping[str, models.Alias]
    area_names: Sequence[models.AreaName]
    areas: Mapping[str, models.Area]
    axes: Mapping[str, models.Axis]
    codes: Mapping[str, Mapping[str, models.Code]]
    corrections: Sequence[models.Correction]
    coverage: Sequence[models.Coverage]
    crosswalk: Sequence[models.Match]
    damage: Sequence[models.Damage]
    derivations: Sequence[rules.Derivation]
    documents: Mapping[str, models.Source]
    facets: Mapping[str, Mapping[str, models.Facet]]
    families: Mapping[str, models.Family]
    finding_rules: Sequence[rules.FindingRule]
    headlines: Sequence[models.Headline]
    indicators: Mapping[str, models.Indicator]
    layout_differences: Sequence[models.Explanation]
    layouts: Sequence[models.Layout]
    number_words: Sequence[models.Word]
    places: Mapping[str, models.Place]
    questions: Sequence[rules.Question]
    reference_lines: Sequence[models.ReferenceLine]
    units: Mapping[str, models.Unit]
    words: Lexicon

    @cached_property
    def order(self) -> list[str]:
        """Documents in the order of their places."""
        return sorted(
            self.documents, key=lambda doc: (int(self.place(doc).position), doc)
        )

    @cached_property
    def in_order(self) -> list[models.Place]:
        """Places in the order of every table and figure."""
        return sorted(self.places.values(), key=lambda place: int(place.position))

    @cached_property
    def by_family(self) -> list[str]:
        """Indicators in the order of their families."""
        families = list(self.families)
        return sorted(
            self.indicators,
            key=lambda code: (families.index(self.indicators[code].family), code),
        )

    @cached_property
    def own(self) -> Mapping[str, Mapping[str, Sequence[Row]]]:
        """Rows about single documents: document, then table."""
        found: dict[str, dict[str, list[Row]]] = {doc: {} for doc in self.documents}
        for name, column in ABOUT_ONE.items():
            for row in getattr(self, name):
                doc = getattr(row, column).partition(":")[0]
                found.setdefault(doc, {}).setdefault(name, []).append(row)
        return found

    def only(self, doc: str) -> Codebook:
        """Codebook of one document: nothing about any other stands in it."""
        single: dict[str, Any] = {
            name: self.own[doc].get(name, []) for name in ABOUT_ONE
        }
        return replace(self, documents={doc: self.documents[doc]}, **single)

    def place(self, doc: str) -> models.Place:
        """Place that a document plans for."""
        return self.places[self.documents[doc].place]

    def repairs(self, doc: str, *effects: str) -> list[tuple[str, str]]:
        """Repairs of a document, only those of some effects when these are named."""
        return [
            (row.pattern, row.read_as)
            for row in self.damage
            if row.doc == doc and (not effects or row.effect in effects)
        ]

    def absence(self, doc: str, indicator: str) -> str:
        """Code for why a document states nothing of an indicator."""
        reasons = {row.subject: row.status for row in self.coverage if row.doc == doc}
        family = self.indicators[indicator].family
        return reasons.get(indicator) or reasons.get(family, "not_stated")

    def label(self, codelist: str, code: str, language: str = "en") -> str:
        """Name of a code in a language, ``en`` or ``zh``."""
        row = self.codes[codelist][code]
        return row.label_zh if language == "zh" else row.label_en

    def told(self, code: str, language: str, **facts: str) -> str:
        """Fill a note on a derived value with facts, by their names."""
        return Template(self.label("derived_note", code, language)).substitute(facts)

    def heading(self, column: str) -> str:
        """Chinese name of a column; the column itself when it has none."""
        row = self.codes["column"].get(column)
        return row.label_zh if row else column

    def last_judgement(self) -> str:
        """Date of the last judgement in the crosswalk, which dates the reports."""
        return max(row.mapping_date for row in self.crosswalk)

    def is_share(self, indicator: str) -> bool:
        """Whether values are percentages of a whole, so that ≥ ends at 100."""
        found = self.indicators.get(indicator)
        unit = self.units[found.unit] if found else None
        return unit is not None and unit.dimension == "share" and unit.factor == "1"


def _model(hint: Any) -> type[Row]:
    """Row model that a field of the codebook holds."""
    *_, last = get_args(hint)
    return _model(last) if get_origin(last) else last


HINTS = get_type_hints(Codebook)
TABLES: Mapping[str, type[Row]] = {
    name: _model(hint) for name, hint in HINTS.items() if name != "words"
}
ABOUT_ONE: Mapping[str, str] = {
    name: column
    for name, model in TABLES.items()
    for column, mark in tables.tagged(model, Refers).items()
    if mark.table in ("documents", "readings")
}


def find_root(named: str | os.PathLike[str] | None = None) -> Path:
    """Folder that holds ``data/codebook``.

    The one that is named, or ``COMPARE_ROOT``, or the nearest parent of the current
    directory, or the tree that the package was installed from.

    Raises
    ------
    Problems
        None of them holds a codebook.
    """
    wish = named or os.environ.get("COMPARE_ROOT")
    here = Path.cwd()
    candidates = (
        [Path(wish)] if wish else [here, *here.parents, Path(__file__).parents[3]]
    )
    for folder in candidates:
        if (folder / FOLDER).is_dir():
            return folder.resolve()
    raise_any(
        [
            Problem(
                str(wish or here),
                f"no folder {FOLDER.as_posix()} here or above.",
                "the checkout of the project.",
                "change into it, or name it with --root or COMPARE_ROOT.",
            )
        ]
    )
    raise AssertionError("unreachable")


def load_codebook(root: Path) -> Codebook:
    """Load and cross-check the codebook.

    Raises
    ------
    Problems
        All rows that are malformed, use an unknown code, or contradict another row.

    Examples
    --------
    >>> book = load_codebook(find_root())
    >>> book.indicators["nursing_bed_share"].unit
    'percent'
    """
    rows: dict[str, list[Row]] = {}
    problems: list[Problem] = []
    for name, model in TABLES.items():
        path = root / FOLDER / f"{name}.csv"
        rows[name], found = tables.read(path, model, root)
        problems += found
    raise_any(problems + checks.check_words(rows["number_words"]))
    keyed: dict[str, Any] = {name: _keyed(HINTS[name], rows[name]) for name in TABLES}
    words = ((row.role, row.word, row.meaning) for row in keyed["number_words"])
    book = Codebook(words=lexicon(words), **keyed)
    raise_any(checks.check_book(book, rows))
    return book


def _keyed(hint: Any, rows: Sequence[Row]) -> Any:
    """Rows as the type of their field asks: listed, or by the columns of their key."""
    depth, inner = 0, hint
    while get_origin(inner) is Mapping:
        depth, inner = depth + 1, get_args(inner)[-1]
    if not depth:
        return rows
    found: dict[str, Any] = {}
    for row in rows:
        *outer, last = (getattr(row, name) for name in row.key[-depth:])
        level = found
        for key in outer:
            level = level.setdefault(key, {})
        level[last] = row
    return found
