"""Codebook: what people decided, loaded, cross-checked and frozen.

In: the CSV files of ``data/codebook``. Out: one ``Codebook`` that every later stage is
given. Nothing here knows a place, a wording or a factor: those are rows.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from compare.base import tables
from compare.base.intervals import names_in
from compare.base.problems import Problem, raise_any
from compare.base.quantities import Lexicon, lexicon
from compare.base.tables import (
    CODE,
    DATE,
    NUMBER,
    PERIOD,
    Codelist,
    Refers,
    Regex,
    Row,
    RowT,
    column,
)

FOLDER = Path("data/codebook")
NO_TERM = "NoTermFound"


class Code(Row):
    """Closed lists of codes, with their names in both languages."""

    key = ("codelist", "code")
    codelist: str = column("the list", pattern=CODE)
    code: str = column("the code")
    label_zh: str = column("name in Chinese")
    label_en: str = column("name in English")
    definition: str = column("what the code says", empty=True)


class Unit(Row):
    """Units that values are stated or kept in, and their factors."""

    key = ("unit",)
    unit: str = column("code of the unit", pattern=CODE)
    label_zh: str = column("name in Chinese")
    label_en: str = column("name in English")
    symbol: str = column("sign that stands behind the number", empty=True)
    dimension: str = column("units convert only inside one dimension", pattern=CODE)
    factor: str = column("value × factor = value in the base unit", pattern=NUMBER)


class Family(Row):
    """Families of indicators, in the order of the reports."""

    key = ("position", "family")
    position: str = column("place in the order of the reports", pattern=r"\d+")
    family: str = column("code of the family", pattern=CODE)
    label_zh: str = column("name in Chinese")
    label_en: str = column("name in English")


class Indicator(Row):
    """Canonical indicators: one concept, one unit, one denominator each."""

    key = ("indicator",)
    indicator: str = column("code of the indicator", pattern=CODE)
    family: Annotated[str, Refers("families")] = column("code of its family")
    label_zh: str = column("name in Chinese")
    label_en: str = column("name in English")
    definition: str = column("what is counted, over what")
    includes: str = column("what belongs in", empty=True)
    excludes: str = column("what is often confused with it", empty=True)
    unit: Annotated[str, Refers("units")] = column("code of its unit")
    denominator: str = column("per whom or what, in words", empty=True)
    lower: str = column("lowest plausible value", pattern=NUMBER, empty=True)
    upper: str = column("highest plausible value", pattern=NUMBER, empty=True)
    national_definition: str = column("the national definition", empty=True)
    valid_from: str = column(
        "first year of the indicator", pattern=r"\d{4}", empty=True
    )
    retired_in: str = column("year a plan retires it", pattern=r"\d{4}", empty=True)
    ruling: str = column("number of the ruling in DECISIONS.md", empty=True)


class Match(Row):
    """Crosswalk from wordings to indicators, with SSSOM's column names."""

    key = (
        "subject_source",
        "subject_label",
        "scope_stated",
        "unit_stated",
        "object_id",
    )
    subject_source: Annotated[str, Refers("documents")] = column("document")
    subject_label: str = column("wording, as label_stated of a reading")
    scope_stated: str = column("words that fix which part is meant", empty=True)
    unit_stated: str = column("unit as printed", empty=True)
    denominator_stated: str = column("words that fix the denominator", empty=True)
    predicate_id: Annotated[str, Codelist("predicate_id")] = column("SKOS relation")
    object_id: str = column("indicator, or NoTermFound")
    unit: Annotated[str, Refers("units")] = column(
        "code of the stated unit", empty=True
    )
    scope: Annotated[str, Codelist("scope")] = column("code of the part", empty=True)
    status: Annotated[str, Codelist("status")] = column("accepted, rejected or unsure")
    author_label: str = column("who judged")
    mapping_date: str = column("when", pattern=DATE)
    ruling: str = column("number of the ruling in DECISIONS.md", empty=True)
    comment: str = column("why, where the match is not exact", empty=True)


class Source(Row):
    """Documents: what each one is, and what the text held lacks."""

    key = ("doc",)
    doc: str = column("code of the document", pattern=CODE)
    ref_area: Annotated[str, Refers("areas")] = column("area the document plans for")
    title: str = column("title as printed")
    title_en: str = column("title in English, ours")
    issuer: str = column("who issued it", empty=True)
    number: str = column("document number as printed", empty=True)
    date_signed: str = column("date under the signature", pattern=DATE, empty=True)
    date_effective: str = column("date it takes effect", pattern=DATE, empty=True)
    date_published: str = column("date of the web page", pattern=DATE, empty=True)
    date_expires: str = column("last day it is in force", pattern=DATE, empty=True)
    dates_note: str = column("which date is which", empty=True)
    level: Annotated[str, Codelist("level")] = column("level of the place")
    genre: str = column("kind of document, in its own word")
    script: Annotated[str, Codelist("script")] = column("script of the text held")
    covers: str = column("what it covers")
    covers_zh: str = column("the same in Chinese")
    missing: str = column("what is missing from the text held", empty=True)
    site: str = column("site it was taken from, where known", empty=True)
    date_retrieved: str = column("date of retrieval", pattern=DATE, empty=True)
    quality: Annotated[str, Codelist("quality")] = column("green, yellow or red")
    quality_note: str = column("why")
    quality_note_zh: str = column("the same in Chinese")


class Area(Row):
    """Areas that values are for."""

    key = ("ref_area",)
    ref_area: str = column("GB/T 2260 digits, ISO 3166-2 or a private code")
    name_zh: str = column("name in Chinese")
    name_en: str = column("name in English")
    part_of: str = column("code of the area it lies in", empty=True)
    level: Annotated[str, Codelist("level")] = column("level of the area")
    iso3166_2: str = column("code of the province", empty=True)
    note: str = column("what to mind", empty=True)


class AreaName(Row):
    """Names of areas as documents print them."""

    key = ("doc", "area_stated")
    doc: Annotated[str, Refers("documents")] = column("document")
    area_stated: str = column("name as area_stated of a reading")
    ref_area: Annotated[str, Refers("areas")] = column(
        "the area; or the document's own"
    )
    scope: Annotated[str, Codelist("scope")] = column(
        "part of that area which the name means", empty=True
    )


class Coverage(Row):
    """Indicators that a document could not state, and why."""

    key = ("doc", "subject")
    doc: Annotated[str, Refers("documents")] = column("document")
    subject: str = column("indicator, or family: for all of its indicators")
    status: Annotated[str, Codelist("coverage")] = column("why there is no value")
    reason: str = column("the reason in one sentence")


class Correction(Row):
    """Doubts about single readings; they fail when they no longer apply."""

    key = ("id",)
    id: Annotated[str, Refers("readings")] = column("reading")
    expect: str = column("value_stated that the doubt is about")
    obs_status: Annotated[str, Codelist("obs_status")] = column("status it gives")
    reason: str = column("why, with the arithmetic")
    ruling: str = column("number of the ruling in DECISIONS.md", empty=True)


class Damage(Row):
    """Damage of a text held: where it is, and how it is read."""

    key = ("doc", "pattern")
    doc: Annotated[str, Refers("documents")] = column("document")
    pattern: Annotated[str, Regex()] = column(
        "regular expression for the damaged place"
    )
    effect: Annotated[str, Codelist("damage")] = column("kind of damage")
    read_as: str = column("what it is read as; empty: left out", empty=True)
    matches: str = column("how often it occurs", pattern=r"\d+")
    note: str = column("remark", empty=True)


class ReferenceLine(Row):
    """National and provincial figures that charts may draw as lines."""

    key = ("indicator", "ref_area", "time_period", "kind")
    indicator: Annotated[str, Refers("indicators")] = column("indicator")
    ref_area: Annotated[str, Refers("areas")] = column("area the figure is for")
    time_period: str = column("year or date")
    kind: Annotated[str, Codelist("reference_kind")] = column("actual, target or rule")
    value: str = column("the figure", pattern=NUMBER)
    comparator: Annotated[str, Codelist("comparator")] = column("comparator")
    label_zh: str = column("label in Chinese")
    label_en: str = column("label in English")
    line: Annotated[str, Codelist("line")] = column("how a chart draws it")
    source: str = column("document or publisher")
    evidence: str = column("how good the evidence is")


class Headline(Row):
    """Values that the appendix of the briefing quotes, in its order."""

    key = ("position",)
    position: str = column("order in the appendix", pattern=r"[1-9]\d*")
    id: str = column("observation")
    gloss_en: str = column("the sentence in English, ours")


class Place(Row):
    """The compared places: names, order and how figures draw them."""

    key = ("position", "doc")
    position: str = column("place in every table and figure", pattern=r"\d+")
    doc: Annotated[str, Refers("documents")] = column("document")
    short_zh: str = column("short name in Chinese")
    short_en: str = column("short name in English")
    colour: str = column("colour of its marks", pattern=r"#[0-9a-f]{6}")
    marker: str = column("matplotlib marker")
    fill: Annotated[str, Codelist("fill")] = column("filled or hollow mark")


class Word(Row):
    """Words that numbers are made of and hedged with."""

    key = ("role", "word")
    word: str = column("the word as printed")
    role: Annotated[str, Codelist("word_role")] = column("what it does in a phrase")
    meaning: str = column("factor, digit, comparator or period")
    note: str = column("remark", empty=True)


class Rule(Row):
    """What rules of derivations and of findings share: inputs that belong together."""

    key = ("rule",)
    rule: str = column("code of the rule", pattern=CODE)
    a: str = column("indicator of a; * for each indicator")
    a_kinds: str = column("kinds that a may have, joined with a space")
    b: str = column("indicator of b; * for that of a", empty=True)
    b_kinds: str = column("kinds that b may have", empty=True)
    b_apart: str = column("years that b may lie apart", pattern=r"\d+", empty=True)
    c: str = column("indicator of c", empty=True)
    c_kinds: str = column("kinds that c may have", empty=True)
    c_apart: str = column("years that c may lie apart", pattern=r"\d+", empty=True)
    d: str = column("indicator of d", empty=True)
    d_kinds: str = column("kinds that d may have", empty=True)
    d_apart: str = column("years that d may lie apart", pattern=r"\d+", empty=True)
    area: Annotated[str, Codelist("area")] = column(
        "the whole place, its parts, or a part and the whole"
    )
    pick: Annotated[str, Codelist("pick")] = column("each a, or only the last")

    def named(self) -> Iterator[tuple[str, str, str]]:
        """Name, indicator and kinds of each input."""
        for name in "abcd":
            if getattr(self, name):
                yield name, getattr(self, name), getattr(self, f"{name}_kinds")

    def apart(self) -> Iterator[tuple[str, str]]:
        """Name of each further input, and how many years it may lie apart."""
        for name in "bcd":
            if getattr(self, name):
                yield name, getattr(self, f"{name}_apart")


class Derivation(Rule):
    """Rules by which ratios are derived from observations."""

    indicator: str = column("what it gives; * for the indicator of a")
    measure: Annotated[str, Codelist("measure_derived")] = column(
        "the indicator itself, or what is computed about it"
    )
    unit: Annotated[str, Refers("units")] = column(
        "unit, where not the indicator's", empty=True
    )
    formula: str = column("arithmetic on the inputs and years")
    note_en: str = column("what to mind, in English")
    note_zh: str = column("what to mind, in Chinese")


class Facet(Row):
    """Facets on which two values may differ, and the grade that it costs."""

    key = ("facet", "state")
    facet: Annotated[str, Codelist("facet")] = column("what is held side by side")
    state: Annotated[str, Codelist("facet_state")] = column("same, unstated, different")
    grade: Annotated[str, Codelist("grade")] = column("grade of a pair in this state")
    reason_en: str = column("reason, in English")
    reason_zh: str = column("reason, in Chinese")


class FindingRule(Rule):
    """Rules by which documents are held against themselves."""

    test: Annotated[str, Codelist("test")] = column("what is tested")
    formula: str = column("what is computed from b, c, d", empty=True)
    low: str = column("lowest result that holds", pattern=NUMBER, empty=True)
    high: str = column("highest result that holds", pattern=NUMBER, empty=True)
    explanation_en: str = column("what it means, in English")
    explanation_zh: str = column("what it means, in Chinese")


TABLES: Mapping[str, type[Row]] = {
    "area_names": AreaName,
    "areas": Area,
    "codes": Code,
    "corrections": Correction,
    "coverage": Coverage,
    "crosswalk": Match,
    "damage": Damage,
    "derivations": Derivation,
    "documents": Source,
    "facets": Facet,
    "families": Family,
    "finding_rules": FindingRule,
    "headlines": Headline,
    "indicators": Indicator,
    "number_words": Word,
    "places": Place,
    "reference_lines": ReferenceLine,
    "units": Unit,
}


@dataclass(frozen=True)
class Codebook:
    """Everything people decided, keyed for look-up."""

    area_names: Sequence[AreaName]
    areas: Mapping[str, Area]
    codes: Mapping[str, Mapping[str, Code]]
    corrections: Sequence[Correction]
    coverage: Sequence[Coverage]
    crosswalk: Sequence[Match]
    damage: Sequence[Damage]
    derivations: Sequence[Derivation]
    documents: Mapping[str, Source]
    facets: Mapping[tuple[str, str], Facet]
    families: Sequence[Family]
    finding_rules: Sequence[FindingRule]
    headlines: Sequence[Headline]
    indicators: Mapping[str, Indicator]
    places: Sequence[Place]
    reference_lines: Sequence[ReferenceLine]
    units: Mapping[str, Unit]
    words: Lexicon

    def repairs(self, doc: str, *effects: str) -> list[tuple[str, str]]:
        """Repairs of a document, only those of some effects when these are named."""
        return [
            (row.pattern, row.read_as)
            for row in self.damage
            if row.doc == doc and (not effects or row.effect in effects)
        ]

    def label(self, codelist: str, code: str, language: str = "en") -> str:
        """Name of a code in a language, ``en`` or ``zh``."""
        row = self.codes[codelist][code]
        return row.label_zh if language == "zh" else row.label_en

    def heading(self, column: str) -> str:
        """Chinese name of a column; the column itself when it has none."""
        row = self.codes["column"].get(column)
        return row.label_zh if row else column

    def is_share(self, indicator: str) -> bool:
        """Whether values are percentages of a whole, so that ≥ ends at 100."""
        found = self.indicators.get(indicator)
        unit = self.units[found.unit] if found else None
        return unit is not None and unit.dimension == "share" and unit.factor == "1"


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
    """Load and cross-check the codebook; again only when one of its files changed.

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
    files = (root / FOLDER / f"{name}.csv" for name in TABLES)
    stamps = (file.stat() for file in files if file.is_file())
    return _loaded(root, tuple((one.st_mtime_ns, one.st_size) for one in stamps))


@lru_cache(maxsize=2)
def _loaded(root: Path, stamps: tuple[tuple[int, int], ...]) -> Codebook:
    """Load the codebook as its files are at some time."""
    rows: dict[str, list[Row]] = {}
    problems: list[Problem] = []
    for name, model in TABLES.items():
        rows[name], found = tables.read(root / FOLDER / f"{name}.csv", model, root)
        problems += found
    problems += _check_words(rows["number_words"])
    raise_any(problems)
    book = _freeze(rows)
    for name, table in rows.items():
        problems += check_codes(f"{FOLDER.as_posix()}/{name}.csv", table, book)
    problems += _check_crosswalk(book)
    problems += _check_coverage(book)
    problems += _check_units_and_places(book)
    for name in ("derivations", "finding_rules"):
        problems += _check_rules(f"data/codebook/{name}.csv", rows[name], book)
    raise_any(problems)
    return book


def number_words(root: Path | None = None) -> list[Word]:
    """Rows of ``number_words.csv``."""
    home = root or find_root()
    rows, found = tables.read(home / FOLDER / "number_words.csv", Word, home)
    raise_any(found)
    return rows


def check_codes(name: str, rows: Iterable[Row], book: Codebook) -> list[Problem]:
    """Problems with cells that are not codes of their list or keys of their table."""
    keys: dict[str, Iterable[str]] = {
        "areas": book.areas,
        "documents": book.documents,
        "families": [row.family for row in book.families],
        "indicators": book.indicators,
        "units": book.units,
    }
    problems = []
    for number, row in tables.numbered(rows):
        allowed = {
            field: list(book.codes.get(mark.name, {}))
            for field, mark in tables.marks(type(row), Codelist).items()
        } | {
            field: list(keys[mark.table])
            for field, mark in tables.marks(type(row), Refers).items()
            if mark.table in keys
        }
        for field, codes in allowed.items():
            cell = getattr(row, field)
            if cell and cell not in codes:
                problems.append(_unknown(f"{name} row {number}, {field}", cell, codes))
    return problems


def convert(
    value: Decimal, unit: str, indicator: Indicator, units: Mapping[str, Unit]
) -> Decimal:
    """Express a stated value in its indicator's own unit.

    Only factors listed in ``units.csv`` exist. A missing factor is a problem, never a
    guess.

    Parameters
    ----------
    value
        The number as stated, with 万 and 亿 applied.
    unit
        Code of the stated unit.
    indicator, units
        Give the wanted unit and the factor.

    Raises
    ------
    Problems
        The stated unit and the indicator's unit do not measure the same thing.

    Examples
    --------
    >>> book = load_codebook(find_root())
    >>> workers = book.indicators["social_workers_per_1000_elderly"]
    >>> convert(Decimal(10), "per_10000_persons", workers, book.units)
    Decimal('1.0')
    """
    return value * factor(unit, indicator, units)


def factor(unit: str, indicator: Indicator, units: Mapping[str, Unit]) -> Decimal:
    """Factor from a stated unit to an indicator's unit.

    Raises
    ------
    Problems
        The two do not measure the same thing.
    """
    stated, wanted = units[unit], units[indicator.unit]
    if stated.dimension != wanted.dimension:
        raise_any([_unconvertible(f"indicator {indicator.indicator}", stated, wanted)])
    return Decimal(stated.factor) / Decimal(wanted.factor)


def _freeze(rows: Mapping[str, Sequence[Row]]) -> Codebook:
    def of(model: type[RowT], name: str) -> list[RowT]:
        return [row for row in rows[name] if isinstance(row, model)]

    codes: dict[str, dict[str, Code]] = {}
    for code in of(Code, "codes"):
        codes.setdefault(code.codelist, {})[code.code] = code
    return Codebook(
        area_names=of(AreaName, "area_names"),
        areas={row.ref_area: row for row in of(Area, "areas")},
        codes=codes,
        corrections=of(Correction, "corrections"),
        coverage=of(Coverage, "coverage"),
        crosswalk=of(Match, "crosswalk"),
        damage=of(Damage, "damage"),
        derivations=of(Derivation, "derivations"),
        documents={row.doc: row for row in of(Source, "documents")},
        facets={(row.facet, row.state): row for row in of(Facet, "facets")},
        families=of(Family, "families"),
        finding_rules=of(FindingRule, "finding_rules"),
        headlines=of(Headline, "headlines"),
        indicators={row.indicator: row for row in of(Indicator, "indicators")},
        places=of(Place, "places"),
        reference_lines=of(ReferenceLine, "reference_lines"),
        units={row.unit: row for row in of(Unit, "units")},
        words=lexicon(of(Word, "number_words")),
    )


def _check_crosswalk(book: Codebook) -> list[Problem]:
    problems = []
    accepted: dict[tuple[str, ...], int] = {}
    for number, row in tables.numbered(book.crosswalk):
        place = f"{FOLDER.as_posix()}/crosswalk.csv row {number}"
        problems += _check_match(place, row, book)
        if row.status == "rejected":
            continue
        key = (row.subject_source, row.subject_label, row.scope_stated, row.unit_stated)
        other = accepted.setdefault(key, number)
        if other != number:
            problems.append(
                Problem(
                    place,
                    f"«{row.subject_label}» is judged already in row {other}.",
                    "one row for a wording, besides rejected ones.",
                    "reject one of the two.",
                )
            )
    return problems


def _check_match(place: str, row: Match, book: Codebook) -> list[Problem]:
    """Check one judgement: its indicator, its reason, its unit."""
    if row.object_id != NO_TERM and row.object_id not in book.indicators:
        return [_unknown(f"{place}, object_id", row.object_id, list(book.indicators))]
    problems = []
    plain_match = row.predicate_id == "exactMatch" and row.object_id != NO_TERM
    if not row.comment and not (plain_match and row.status == "accepted"):
        problems.append(
            Problem(
                f"{place}, comment",
                f"empty, though «{row.subject_label}» is no plain exact match.",
                "the reason in one sentence.",
                "write why.",
            )
        )
    if row.status != "accepted" or row.object_id == NO_TERM:
        return problems
    if not row.unit:
        empty = Problem(f"{place}, unit", "empty.", "the stated unit.", "fill it in.")
        return [*problems, empty]
    stated = book.units.get(row.unit)
    wanted = book.units.get(book.indicators[row.object_id].unit)
    if stated and wanted and stated.dimension != wanted.dimension:
        problems.append(_unconvertible(f"{place}, unit", stated, wanted))
    return problems


def _check_words(rows: Iterable[Row]) -> list[Problem]:
    """Check that the meaning of a number word is what its role asks for."""
    numbers = ("digit", "ten", "multiplier", "universal")
    wanted = {
        **dict.fromkeys(numbers, (r"\d+", "a number")),
        **dict.fromkeys(
            ("before", "inside", "after"), (r"=|[<>]=?|~|\+|\.\.", "a comparator")
        ),
        "period": (PERIOD, "a time period"),
    }
    return [
        Problem(
            f"{FOLDER.as_posix()}/number_words.csv row {number}, meaning",
            f"{row.meaning!r} for the {row.role} «{row.word}».",
            f"{wanted[row.role][1]}.",
            "correct the meaning, or the role.",
        )
        for number, row in tables.numbered(rows)
        if isinstance(row, Word) and row.role in wanted
        if not re.fullmatch(wanted[row.role][0], row.meaning)
    ]


def _check_units_and_places(book: Codebook) -> list[Problem]:
    """Check factors, the areas that areas lie in, places, and what doubts say."""
    folder = FOLDER.as_posix()
    problems = [
        Problem(
            f"{folder}/units.csv row {number}, factor",
            f"{row.factor!r}.",
            "a number other than zero.",
            "correct the factor.",
        )
        for number, row in tables.numbered(book.units.values())
        if not Decimal(row.factor)
    ]
    problems += [
        _unknown(
            f"{folder}/areas.csv row {number}, part_of",
            row.part_of,
            [*book.areas],
        )
        for number, row in tables.numbered(book.areas.values())
        if row.part_of and row.part_of not in book.areas
    ]
    problems += [
        Problem(
            f"{folder}/corrections.csv row {number}, obs_status",
            f"{row.obs_status!r}.",
            "'U': the program sets every other status by itself.",
            "write 'U', or delete the row.",
        )
        for number, row in tables.numbered(book.corrections)
        if row.obs_status != "U"
    ]
    shown = [row.doc for row in book.places]
    problems += [
        Problem(
            f"{folder}/places.csv",
            f"no row for the document {doc}.",
            "a row with name, colour and marker for each document.",
            "add the row.",
        )
        for doc in book.documents
        if doc not in shown
    ]
    return problems


def _check_rules(name: str, rows: Iterable[Row], book: Codebook) -> list[Problem]:
    """Check the indicators, kinds and formulas of rules."""
    problems = []
    for number, row in tables.numbered(rows):
        if not isinstance(row, Rule):
            continue
        place = f"{name} row {number}"
        inputs = list(row.named())
        wanted = [(letter, code) for letter, code, _ in inputs]
        wanted.append(("indicator", getattr(row, "indicator", "*")))
        problems += [
            _unknown(f"{place}, {field}", code, [*book.indicators])
            for field, code in wanted
            if code != "*" and code not in book.indicators
        ]
        problems += [
            _unknown(f"{place}, {letter}_kinds", kind, [*book.codes["kind"]])
            for letter, _, kinds in inputs
            for kind in kinds.split()
            if kind not in book.codes["kind"]
        ]
        problems += _check_formula(place, row)
    return problems


def _check_formula(place: str, row: Rule) -> list[Problem]:
    formula = getattr(row, "formula", "")
    letters = {letter for letter, _, _ in row.named()} | {"years"}
    try:
        spare = names_in(formula) - letters if formula else set()
    except ValueError as error:
        fault = f"{error}."
    else:
        if not spare:
            return []
        fault = f"{formula!r} uses {', '.join(sorted(spare))}."
    return [
        Problem(
            f"{place}, formula",
            fault,
            f"numbers, + - * / and {', '.join(sorted(letters))}.",
            "correct the formula, or name the input.",
        )
    ]


def _check_coverage(book: Codebook) -> list[Problem]:
    known = [*book.indicators, *(row.family for row in book.families)]
    return [
        _unknown(
            f"{FOLDER.as_posix()}/coverage.csv row {number}, subject",
            row.subject,
            known,
        )
        for number, row in enumerate(book.coverage, start=2)
        if row.subject not in known
    ]


def _unknown(where: str, cell: str, allowed: Sequence[str]) -> Problem:
    import difflib

    nearest = difflib.get_close_matches(cell, allowed, n=1, cutoff=0.3)
    shown = ", ".join(sorted(allowed)[:12]) + (" …" if len(allowed) > 12 else "")
    return Problem(
        where,
        f"{cell!r} is not a known code.",
        f"one of: {shown}.",
        f"write {nearest[0]!r}." if nearest else "write one of them, or add a row.",
    )


def _unconvertible(where: str, stated: Unit, wanted: Unit) -> Problem:
    return Problem(
        where,
        f"{stated.unit!r} ({stated.dimension}) does not convert to {wanted.unit!r} "
        f"({wanted.dimension}).",
        f"a unit of the dimension {wanted.dimension}.",
        "correct the unit, or map the wording to an indicator of its dimension.",
    )
