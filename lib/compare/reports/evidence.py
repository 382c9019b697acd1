"""The evidence page: every observation, and the sentence that states it.

In: an open project. Out: one page that needs nothing but itself, in Chinese and
English: filters, search, and behind every value the full text of its document with the
sentence marked. All text travels as data, never as markup, and the page forbids itself
every request.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Template
from typing import Any

import pandas as pd

from compare.curated.groups import Standing
from compare.documents.text import fold, squeeze
from compare.project import Project, as_text
from compare.reports.fonts import font_faces
from compare.views.evidence import read_as
from compare.views.words import Row, Words, cut

TEMPLATES = Path(__file__).parent / "templates"
SEARCHED = ("id", "label_stated", "value_stated", "quote", "note")
HAN = range(0x3400, 0xA000)
CODELISTS = (
    *("absence", "comparator", "comparator_form", "facet", "group", "in_words", "kind"),
    *("measure_derived", "obligation", "obs_status", "predicate_id", "scope"),
    *("scope_apart", "test", "outcome", "verdict"),
)
SOURCE = {
    *("title", "title_en", "issuer", "number", "date_signed", "ref_area"),
    "quality_note",
}
INDICATOR = {
    *("label_zh", "label_en", "family", "unit", "definition", "includes", "excludes"),
    "denominator",
}
LABELS = ("label_zh", "label_en")
PLACE = ("short_zh", "short_en", "colour", "fill")


def render(project: Project) -> str:
    """Make the evidence page of a project.

    The same project gives the same bytes. Each document stands in the page once.

    Raises
    ------
    Problems
        A document is not as it must be.
    """
    shown = payload(project)
    texts = _json(shown)
    rows = project.table("observations").to_dict("records")
    shown["observations"]["columns"]["search"] = _column(map(_searched, rows))
    shown["fold"] = _fold_pairs(_json(shown))
    script = _template("evidence.js")
    digest = hashlib.sha256(script.encode()).digest()
    return Template(_template("evidence.html")).substitute(
        css=font_faces(texts) + _template("evidence.css"),
        data=_json(shown),
        script=script,
        script_hash=base64.b64encode(digest).decode(),
    )


def payload(project: Project) -> dict[str, Any]:
    """Collect what readers see, as data for the script of the page.

    Returns
    -------
    dict
        Words of the page, names of codes, documents with their texts, the signs of
        the groups, and the tables: ``size``, and for each column its different
        cells and, where cells repeat, the place of each row's cell among them.
    """
    book = project.book
    places = _cells({doc: book.place(doc) for doc in book.order}, *PLACE)
    documents = {
        doc: {
            **book.documents[doc].model_dump(include=SOURCE),
            "sha256": document.sha256,
            "text": document.text,
        }
        for doc, document in project.documents.items()
    }
    derived = project.table("derived")
    rounded = map(cut, derived.to_dict("records"))
    numbers = [Words(book).figure(row) for row in rounded]
    return {
        "words": json.loads(_template("evidence.json")),
        "codes": {name: _cells(book.codes[name]) for name in CODELISTS},
        "signs": _cells(book.codes["group"], "definition"),
        "families": [[code, *names] for code, names in _cells(book.families).items()],
        "indicators": {
            code: row.model_dump(include=INDICATOR)
            for code, row in book.indicators.items()
        },
        "units": _cells(book.units),
        "areas": _cells(book.areas, "name_zh", "name_en"),
        "places": [[doc, *cells] for doc, cells in places.items()],
        "documents": documents,
        "observations": _table(_observations(project)),
        "derived": _table(_grouped(project, derived.assign(number=numbers))),
        "findings": _table(project.table("findings")),
    }


def _observations(project: Project) -> pd.DataFrame:
    """Observations with their number, their group and their repaired lines."""
    words, frame = Words(project.book), project.table("observations")
    rows = frame.to_dict("records")
    spans = [(row["quote_start"], row["quote_end"]) for row in rows]
    docs = frame["doc"].astype("str")
    frame = frame.assign(
        number=[words.figure(row) for row in rows],
        read_as=[read_as(project, *one) for one in zip(docs, spans, strict=True)],
    )
    return _grouped(project, frame)


def _grouped(project: Project, frame: pd.DataFrame) -> pd.DataFrame:
    """Add how each value stands beside those of other places, and why."""
    found = [project.standings.get(id, Standing("")) for id in frame["id"]]
    told = {
        f"reason_{language}": [
            "\n".join(one.reason(language) for one in standing.differences)
            for standing in found
        ]
        for language in ("zh", "en")
    }
    return frame.assign(group=[one.group for one in found], **told)


def _cells(rows: Mapping[str, Any], *names: str) -> dict[str, list[str]]:
    """Give cells of codebook rows, by code: those named, or names in both languages."""
    return {
        code: [getattr(row, name) for name in names or LABELS]
        for code, row in rows.items()
    }


def _searched(row: Row) -> str:
    """Words of a row for searching: folded, without spaces and line breaks."""
    return "\n".join(squeeze(fold(row[name])) for name in SEARCHED if row[name])


def _fold_pairs(text: str) -> str:
    """Characters that are folded to one in the text, each before its folded form."""
    found = set(text)
    pairs = ((chr(code), fold(chr(code))) for code in HAN)
    return "".join(old + new for old, new in pairs if old != new and new in found)


def _table(frame: pd.DataFrame) -> dict[str, Any]:
    """Rows by column, every cell as in the file of the table."""
    columns = {str(name): _column(cells) for name, cells in as_text(frame).items()}
    return {"size": len(frame), "columns": columns}


def _column(cells: Iterable[str]) -> list[list[Any]]:
    """Name each cell of a column once; where they repeat, say which row has which."""
    index, different = pd.factorize(pd.Series(cells, dtype="str"))
    if len(different) == len(index):
        return [list(different)]
    return [list(different), index.tolist()]


def _json(data: object) -> str:
    """Write data as text that cannot end the element it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _template(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")
