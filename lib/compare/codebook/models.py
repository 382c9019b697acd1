"""Models: one row model for each table of the codebook.

In: nothing. Out: what each column means and allows; ``book`` loads the tables by them.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from compare.base.tables import (
    CODE,
    DATE,
    NUMBER,
    PERIOD,
    Codelist,
    Refers,
    Regex,
    Row,
    column,
)

NO_TERM = "NoTermFound"
COMPARED = ("exactMatch", "closeMatch")
ID = CODE + r":[\w:.-]+"
Wording = tuple[str, str, str, str]
SHAPES = ("pipes", "lines", "run_on")
VALUE = f"[a-z]+:{PERIOD}"


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
    ratio: Annotated[str, Codelist("in_words")] = column(
        "yes for ratios and shares: printed ones stand for half a unit either way",
        empty=True,
    )
    difference: Annotated[str, Refers("units")] = column(
        "unit of a difference of two values", empty=True
    )
    per_year: Annotated[str, Refers("units")] = column(
        "unit of a difference per year", empty=True
    )


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


class Worded(Row):
    """Judgements on a wording of a document: the key that readings find them by."""

    key: ClassVar[tuple[str, ...]] = (
        "subject_source",
        "subject_label",
        "scope_stated",
        "unit_stated",
    )
    subject_source: Annotated[str, Refers("documents")] = column("document")
    subject_label: str = column("wording, as label_stated of a reading")
    scope_stated: str = column("words that fix which part is meant", empty=True)
    unit_stated: str = column("unit as printed", empty=True)

    @property
    def wording(self) -> Wording:
        """What is judged, as a reading words it."""
        return (
            self.subject_source,
            self.subject_label,
            self.scope_stated,
            self.unit_stated,
        )


class Match(Worded):
    """Crosswalk from wordings to indicators, with SSSOM's column names."""

    key = (*Worded.key, "object_id")
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
    place: Annotated[str, Refers("places")] = column("place that the plan is of")
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
    issuer_zh: str = column("who states it, in Chinese")
    issuer_en: str = column("who states it, in English")
    document: str = column("document or report that states it")
    date: str = column(
        "date of the document or report, as far as known",
        pattern=r"\d{4}(-\d{2}(-\d{2})?)?",
    )
    known: Annotated[str, Codelist("known")] = column(
        "official, press, copy, or derived by us"
    )
    source: str = column("where it was seen")
    note: str = column("what to mind", empty=True)


class Headline(Row):
    """Values that the appendix of the briefing quotes, in its order."""

    key = ("position",)
    position: str = column("order in the appendix", pattern=r"[1-9]\d*")
    id: str = column("observation")
    gloss_en: str = column("the sentence in English, ours")


class Place(Row):
    """The compared places: names, level, order and how figures draw them."""

    key = ("place",)
    place: str = column("code of the place", pattern=CODE)
    position: str = column("place in every table and figure", pattern=r"\d+")
    short_zh: str = column("short name in Chinese")
    short_en: str = column("short name in English")
    level: Annotated[str, Codelist("level")] = column("level of the place")
    colour: str = column("colour of its marks", pattern=r"#[0-9a-f]{6}")
    marker: str = column("matplotlib marker")
    fill: Annotated[str, Codelist("fill")] = column("filled or hollow mark")

    @property
    def both(self) -> str:
        """Short name in both languages."""
        return f"{self.short_zh} {self.short_en}"

    def name(self, language: str) -> str:
        """Short name in one language."""
        return self.short_zh if language == "zh" else self.short_en


class Alias(Row):
    """Ids that values once had, and where they lead now."""

    key = ("alias",)
    alias: str = column("id of old", pattern=ID)
    id: str = column("id of the same value now", pattern=ID)
    note: str = column("why it moved", empty=True)


class Axis(Row):
    """Axes of figures: their ends, and what they count."""

    key = ("axis",)
    axis: str = column("indicator or figure that it belongs to", pattern=CODE)
    low: str = column("lower end", pattern=NUMBER)
    high: str = column("upper end", pattern=NUMBER)
    label_zh: str = column("what it counts, in Chinese")
    label_en: str = column("what it counts, in English")


class Word(Row):
    """Words that numbers are made of and hedged with."""

    key = ("role", "word")
    word: str = column("the word as printed")
    role: Annotated[str, Codelist("word_role")] = column("what it does in a phrase")
    meaning: str = column("factor, digit, comparator, period or part", empty=True)
    note: str = column("remark", empty=True)


class Facet(Row):
    """Facets on which two values may differ, and the grade that it costs."""

    key = ("facet", "state")
    facet: Annotated[str, Codelist("facet")] = column("what is held side by side")
    state: Annotated[str, Codelist("facet_state")] = column(
        "what it is when it is not the same"
    )
    severity: str = column("its rank among the facets, 1 first", pattern=r"[1-9]\d*")
    grade: Annotated[str, Codelist("grade")] = column("grade of a pair in this state")
    reason_en: str = column("reason, with $own and $other, in English")
    reason_zh: str = column("the same in Chinese")


class Layout(Row):
    """How a table of a document is printed."""

    key = ("doc", "in_table")
    doc: Annotated[str, Refers("documents")] = column("document")
    in_table: str = column("name of the table")
    shape: str = column(
        "pipes: | behind each cell; lines: a line for each cell, none for a blank one; "
        "run_on: nothing between cells",
        pattern="|".join(SHAPES),
    )
    start: str = column("text up to the first row, ⏎ for newlines")
    end: str = column("first text behind the last row, ⏎ for newlines", empty=True)
    holds: str = column(
        "what each column holds; kind:time_period for values",
        pattern=f"(number )?(label|area)( (obligation|other|{VALUE}))*",
    )
    label: str = column("label of all values, where rows are areas", empty=True)
    total: str = column("row for the whole place, where rows are areas", empty=True)
    unit: str = column("unit printed once for the whole table", empty=True)
    units: str = column("units printed behind values or in brackets", empty=True)
    flows: str = column("flow words that stand in labels", empty=True)
    obligations: str = column("words of the obligation column", empty=True)
    headings: str = column("group headings glued to the next label", empty=True)
    blank: str = column("value column that a line may leave out", empty=True)


class Explanation(Row):
    """Why a table as read by rule differs from its signed readings."""

    key = ("id", "field")
    id: Annotated[str, Refers("readings")] = column("reading or candidate")
    field: str = column("column that differs; row when only one side has it")
    reason: str = column("why the signed reading is right")
