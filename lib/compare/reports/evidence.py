"""The evidence page: every observation, and the sentence that states it.

In: the curated tables, the codebook and the documents. Out: one page that needs nothing
but itself, in Chinese and English: filters, search, and behind every value the full
text of its document with the sentence marked. All text travels as data, never as
markup, and the page forbids itself every request.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from pathlib import Path
from string import Template
from typing import Any

from compare.base.problems import Problem, raise_any
from compare.base.quantities import plain
from compare.codebook.book import Codebook, load_codebook
from compare.documents.text import Document, fold, load_documents, mend, squeeze
from compare.reports.fonts import font_faces

TEMPLATES = Path(__file__).parent / "templates"
CURATED = Path("data/curated")
TABLES = ("observations", "derived", "findings", "comparability")
SEARCHED = ("id", "label_stated", "value_stated", "quote", "note")
DIGITS = 4
HAN = range(0x3400, 0xA000)
SOURCE_FIELDS = (
    "title",
    "title_en",
    "issuer",
    "number",
    "date_signed",
    "ref_area",
    "quality_note",
)
INDICATOR_FIELDS = (
    "label_zh",
    "label_en",
    "family",
    "unit",
    "definition",
    "includes",
    "excludes",
    "denominator",
)
Cells = Mapping[str, str]


@dataclass(frozen=True)
class Evidence:
    """Everything the page shows.

    Parameters
    ----------
    book
        Gives names to codes.
    documents
        The texts that quotes stand in.
    observations, derived, findings, comparability
        Rows of the curated tables; columns that the page does not know come along.
    """

    book: Codebook
    documents: Mapping[str, Document]
    observations: Sequence[Cells]
    derived: Sequence[Cells]
    findings: Sequence[Cells]
    comparability: Sequence[Cells]


def render(root: Path) -> str:
    """Make the evidence page of a project.

    Raises
    ------
    Problems
        A curated table is missing, or the codebook or a document is not as it must be.
    """
    return page(load(root))


def load(root: Path) -> Evidence:
    """Read what the page shows.

    Raises
    ------
    Problems
        As ``render``.
    """
    book = load_codebook(root)
    documents, problems = load_documents(root, sorted(book.documents))
    missing = [
        Problem(
            (CURATED / f"{name}.csv").as_posix(),
            "no such file.",
            remedy="run 'compare build'.",
        )
        for name in TABLES
        if not (root / CURATED / f"{name}.csv").is_file()
    ]
    raise_any(problems + missing)
    rows = {name: _read(root / CURATED / f"{name}.csv") for name in TABLES}
    return Evidence(book, documents, **rows)


def page(evidence: Evidence) -> str:
    """Make the page.

    The same evidence gives the same bytes. Each document stands in the page once.
    """
    shown = payload(evidence)
    texts = _json(shown)
    rows = shown["observations"]
    rows["columns"]["search"] = _column(
        [_searched(row) for row in evidence.observations]
    )
    shown["fold"] = _fold_pairs(_json(shown))
    script = _template("evidence.js")
    digest = hashlib.sha256(script.encode()).digest()
    return Template(_template("evidence.html")).substitute(
        css=font_faces(texts) + _template("evidence.css"),
        data=_json(shown),
        script=script,
        script_hash=base64.b64encode(digest).decode(),
    )


def payload(evidence: Evidence) -> dict[str, Any]:
    """Collect what readers see, as data for the script of the page.

    Returns
    -------
    dict
        Words of the page, names of codes, documents with their texts, and the tables:
        ``size``, and for each column its different cells and, where cells repeat, the
        place of each row's cell among them.
    """
    book = evidence.book
    return {
        "words": json.loads(_template("evidence.json")),
        "codes": {
            name: {code: [row.label_zh, row.label_en] for code, row in rows.items()}
            for name, rows in book.codes.items()
        },
        "families": [[row.family, row.label_zh, row.label_en] for row in book.families],
        "indicators": {
            code: {name: getattr(row, name) for name in INDICATOR_FIELDS}
            for code, row in book.indicators.items()
        },
        "units": {
            code: [row.label_zh, row.label_en] for code, row in book.units.items()
        },
        "areas": {code: [row.name_zh, row.name_en] for code, row in book.areas.items()},
        "places": [
            [row.doc, row.short_zh, row.short_en, row.colour, row.fill]
            for row in book.places
        ],
        "documents": {
            doc: {
                **{name: getattr(book.documents[doc], name) for name in SOURCE_FIELDS},
                "sha256": document.sha256,
                "text": document.text,
            }
            for doc, document in evidence.documents.items()
        },
        "observations": _table(_observations(evidence)),
        "derived": _table(_derived(evidence)),
        "findings": _table(evidence.findings),
        "comparability": _table(evidence.comparability),
    }


def best_grades(comparability: Iterable[Cells]) -> dict[str, str]:
    """Best grade of the pairs that each value is in.

    Examples
    --------
    >>> pairs = [
    ...     {"left": "a:1", "right": "b:2", "grade": "C"},
    ...     {"left": "a:1", "right": "c:3", "grade": "B"},
    ... ]
    >>> best_grades(pairs)
    {'a:1': 'B', 'b:2': 'C', 'c:3': 'B'}
    """
    best: dict[str, str] = {}
    for pair in comparability:
        for side in ("left", "right"):
            value = pair[side]
            best[value] = min(pair["grade"], best.get(value, pair["grade"]))
    return best


def number(row: Cells, symbol: str = "") -> str:
    """Write the number of a value without its hedge, thousands apart.

    Empty when the words allow no number.

    Examples
    --------
    >>> number({"value": "469200", "comparator": "="})
    '469,200'
    >>> number({"value": "", "lower": "20", "upper": "30", "comparator": ".."}, "%")
    '20 – 30%'
    >>> number({"value": "", "lower": "-3.25", "upper": ""})
    '≥−3.25'
    """
    if row["value"]:
        return _grouped(row["value"]) + symbol
    lower, upper = _grouped(row["lower"]), _grouped(row["upper"])
    if row.get("comparator") == "missing" or not (lower or upper):
        return ""
    if lower and upper:
        return f"{lower} – {upper}{symbol}"
    return (f"≥{lower}" if lower else f"≤{upper}") + symbol


def rounded(row: Cells) -> Cells:
    """Cut a derived value to four digits for reading; its ends move outwards.

    Examples
    --------
    >>> rounded({"value": "39.592924", "lower": "39.588705", "upper": "39.597144"})
    {'value': '39.59', 'lower': '39.58', 'upper': '39.6'}
    """
    ways = {"value": ROUND_HALF_EVEN, "lower": ROUND_FLOOR, "upper": ROUND_CEILING}
    return {**row, **{name: _cut(row[name], way) for name, way in ways.items()}}


def read_as(
    evidence: Evidence,
    mended: Mapping[str, tuple[str, list[int]]],
    row: Cells,
) -> str:
    """Lines of a quote as they are read where the text held is damaged, else nothing.

    Parameters
    ----------
    evidence
        Gives the documents.
    mended
        What ``mend`` gives for each whole document.
    row
        An observation.
    """
    start, end = int(row["quote_start"]), int(row["quote_end"])
    parts = evidence.documents[row["doc"]].context(start, end)
    text, positions = mended[row["doc"]]
    left = bisect_left(positions, start - len(parts[0]))
    right = bisect_left(positions, end + len(parts[2]))
    return "" if text[left:right] == "".join(parts) else text[left:right]


def _observations(evidence: Evidence) -> list[Cells]:
    """Observations with their number in words, their grade and their repaired lines."""
    grades = best_grades(evidence.comparability)
    mended = {
        doc: mend(document.text, evidence.book.repairs(doc))
        for doc, document in evidence.documents.items()
    }
    return [
        {
            **row,
            "grade": grades.get(row["id"], ""),
            "read_as": read_as(evidence, mended, row),
        }
        for row in _numbered(evidence.observations, evidence.book)
    ]


def _derived(evidence: Evidence) -> list[Cells]:
    """Add the number in words to derived values; their exact ends stay."""
    read = _numbered([rounded(row) for row in evidence.derived], evidence.book)
    return [
        {**row, "number": short["number"]}
        for row, short in zip(evidence.derived, read, strict=True)
    ]


def _cut(digits: str, way: str) -> str:
    if not digits:
        return ""
    exact = Decimal(digits)
    places = max(0, DIGITS - 1 - exact.adjusted())
    return plain(exact.quantize(Decimal(1).scaleb(-places), rounding=way))


def _numbered(rows: Iterable[Cells], book: Codebook) -> list[Cells]:
    symbols = {code: unit.symbol for code, unit in book.units.items()}
    return [
        {**row, "number": number(row, symbols.get(row["unit"], ""))} for row in rows
    ]


def _grouped(digits: str) -> str:
    """Put commas between thousands and a true minus before."""
    return f"{Decimal(digits):,f}".replace("-", "−") if digits else ""


def _searched(row: Cells) -> str:
    """Words of a row for searching: folded, without spaces and line breaks."""
    return "\n".join(squeeze(fold(row[name])) for name in SEARCHED if row[name])


def _fold_pairs(text: str) -> str:
    """Characters that are folded to one in the text, each before its folded form."""
    found = set(text)
    pairs = ((chr(code), fold(chr(code))) for code in HAN)
    return "".join(old + new for old, new in pairs if old != new and new in found)


def _table(rows: Sequence[Cells]) -> dict[str, Any]:
    """Rows by column; a column that repeats itself names each of its cells once."""
    names = list(rows[0]) if rows else []
    columns = {name: _column([row[name] for row in rows]) for name in names}
    return {"size": len(rows), "columns": columns}


def _column(cells: Sequence[str]) -> list[list[str] | list[int]]:
    places: dict[str, int] = {}
    index = [places.setdefault(cell, len(places)) for cell in cells]
    return [list(places)] if len(places) == len(cells) else [list(places), index]


def _json(data: object) -> str:
    """Write data as text that cannot end the element it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _read(path: Path) -> list[Cells]:
    text = path.read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _template(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")
