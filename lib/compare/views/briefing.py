"""Tables of the briefing, each in one language.

In: views. Out: frames for readers whose columns are named, whose values link to their
sentences, and whose empty places say why they are empty.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from compare.codebook.book import Place, find_root, load_codebook
from compare.topics import progress as implications
from compare.views import tables as views
from compare.views.tables import as_table, load, statements
from compare.views.words import (
    absence,
    cited,
    dated,
    mark,
    name_of,
    number,
    say,
    when,
    worded,
)


def documents(root: Path | None = None, *, language: str = "en") -> pd.DataFrame:
    """Describe the documents in short: title, checksum, date, and what is lost."""
    book = load_codebook(root or find_root())
    checksums = views.checksums(root)
    chinese = language == "zh"
    rows = []
    for place in book.places:
        source = book.documents[place.doc]
        rows.append(
            {
                "place": _named(place, language),
                "title": source.title if chinese else source.title_en,
                "sha256": checksums[place.doc],
                "date_signed": source.date_signed or say(book, "not_printed", language),
                "note": source.quality_note_zh if chinese else source.quality_note,
            }
        )
    return as_table(pd.DataFrame(rows), root=root, language=language)


def ends(
    frame: pd.DataFrame, root: Path | None = None, *, language: str = "en"
) -> pd.DataFrame:
    """Put baseline and target of each place side by side, each value with its year.

    Parameters
    ----------
    frame
        Statements of one indicator with ``grade`` and ``facet``, derived values among
        them or not.

    Returns
    -------
    pandas.DataFrame
        One row for each place, as a table for readers: what it states as baseline and
        as target, values linked to their sentences, and the grade with its facet. A
        place that states nothing says why.
    """
    book = load_codebook(root or find_root())
    indicator = str(frame["indicator"].iloc[0])
    rows = []
    for place in book.places:
        own = frame[frame["doc"] == place.doc]
        marks = own.sort_values("grade")[["grade", "facet"]].to_dict("records")
        worst = marks[-1] if marks else {"grade": "", "facet": ""}
        rows.append(
            {
                "place": _named(place, language),
                "baseline": dated(own[own["kind"] == "baseline"], book, language)
                if len(own)
                else absence(place.doc, indicator, book, language),
                "target": dated(own[own["kind"] == "target"], book, language),
                "grade": mark(worst["grade"], worst["facet"], book, language),
            }
        )
    table = pd.DataFrame(rows)
    return as_table(table, root=root, language=language)


def side_by_side(
    indicators: Iterable[str], root: Path | None = None, *, language: str = "en"
) -> pd.DataFrame:
    """Lay several indicators out: a row for each, a column for each place.

    A cell reads from baseline to target, each linked to its sentence; where a place
    states nothing, it says why.
    """
    book = load_codebook(root or find_root())
    rows = []
    for code in indicators:
        frame = statements([code], root, language=language)
        cells: dict[str, str] = {"indicator": code}
        for place in book.places:
            own = frame[frame["doc"] == place.doc]
            parts = [
                dated(own[own["kind"] == kind], book, language)
                for kind in ("baseline", "target")
            ]
            name = place.short_zh if language == "zh" else place.short_en
            told = " → ".join(part for part in parts if part)
            cells[name] = told or absence(place.doc, code, book, language)
        rows.append(cells)
    table = pd.DataFrame(rows)
    return as_table(table, root=root, language=language)


def contradictions(root: Path | None = None, *, language: str = "en") -> pd.DataFrame:
    """Show where documents do not agree with themselves, in short."""
    frame = views.contradictions(root, language=language)
    linked = [
        cited({"stated": told, "id": id})
        for told, id in zip(frame["computed"], frame["id"], strict=True)
    ]
    explained = f"explanation_{language}"
    columns = ["place", "indicator", "verdict", explained, "cited", "computed"]
    return as_table(frame.assign(computed=linked), columns, root, language=language)


def areas(root: Path | None = None, *, language: str = "en") -> pd.DataFrame:
    """Show slots by area, in the first and the last year, and the growth of beds.

    Growth and shares are in percent.
    """
    book = load_codebook(root or find_root())
    frame = implications.area_growth(root)
    shown = pd.DataFrame({"area": frame[f"area_{language}"]})
    for position, end in enumerate(("last", "first")):
        ids = frame["ids"].str.split(views.SEVERAL).str[position]
        shown[end] = [
            cited({"stated": number(value), "id": id})
            for value, id in zip(frame[f"slots_{end}"], ids, strict=True)
        ]
    shown = shown[["area", "first", "last"]]
    for column in ("slots_growth", "slots_share_last", "beds_growth"):
        shown[column] = [
            cited({"stated": f"{value:.1f}", "id": id})
            for value, id in zip(frame[column], frame[f"{column}_id"], strict=True)
        ]
    years = {end: frame[f"{end}_year"].iloc[0] for end in ("first", "last")}
    heads = {end: say(book, "slots_in", language, year) for end, year in years.items()}
    return as_table(shown, root=root, language=language).rename(columns=heads)


def headlines(root: Path | None = None, *, language: str = "en") -> pd.DataFrame:
    """List the headline values, each with its sentence and where it stands.

    In English with a gloss of the sentence, which is ours.
    """
    book = load_codebook(root or find_root())
    frame = load(root).set_index("id", drop=False)
    frame = frame.loc[[row.id for row in book.headlines]]
    undated = say(book, "undated", language)
    glosses = {row.id: row.gloss_en for row in book.headlines}
    named = {place.doc: _named(place, language) for place in book.places}
    rows: Iterable[Any] = frame.itertuples()
    table = pd.DataFrame(
        [
            {
                "place": named[row.doc],
                "what": say(
                    book,
                    "headline",
                    language,
                    name_of(book, row.indicator, language),
                    book.label("kind", row.kind, language),
                    when(row.time_period) or undated,
                ),
                "cited": cited({"stated": worded(row, book, language), "id": row.id}),
                "quote": say(
                    book,
                    "quoted",
                    language,
                    row.quote.replace("⏎", ""),
                    glosses[row.id],
                ),
                "offsets": f"{row.quote_start}–{row.quote_end}",
            }
            for row in rows
        ]
    )
    return as_table(table, root=root, language=language)


def rubric(root: Path | None = None, *, language: str = "en") -> pd.DataFrame:
    """Explain the grades: what each facet of a pair costs, and why."""
    book = load_codebook(root or find_root())
    frame = pd.DataFrame(
        [
            {
                "grade": row.grade,
                "facet": row.facet,
                "reason": row.reason_zh if language == "zh" else row.reason_en,
            }
            for row in book.facets.values()
            if row.state != "same"
        ]
    ).sort_values(["grade", "facet", "reason"], ascending=[False, True, True])
    return as_table(frame, root=root, language=language)


def _named(place: Place, language: str) -> str:
    """Name of a place: in Chinese, or in both languages."""
    return place.short_zh if language == "zh" else f"{place.short_zh} {place.short_en}"
