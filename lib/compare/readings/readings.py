"""Readings: what people read, held against the documents.

In: ``data/readings/<doc>.csv``, the raw texts, the number words. Out: the rows, or
every reason why one of them cannot be what the document says. Nothing in a reading is
trusted: the quote must stand at its offset, the value as printed must lie inside it,
and the number phrase must parse to what the row says.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from compare.base import tables
from compare.base.problems import Problem
from compare.base.quantities import (
    Lexicon,
    Quantity,
    adjacent_hedges,
    bounds,
    comparator_of,
    plain,
    read,
)
from compare.base.tables import CODE, NUMBER, PERIOD, Codelist, Long, Row, column
from compare.codebook.book import Codebook
from compare.documents.text import NEWLINE, Document, mend, squeeze

if TYPE_CHECKING:
    import pandas as pd

FOLDER = Path("data/readings")
OMISSION = "…"
TABLE_UNIT = re.compile(r"(?m)^[^\s:：]{1,4}[:：](\S{1,4})$")
ID = CODE + r":\d+(\.(\d|blank))?"


class Reading(Row):
    """One statement of a document, as the document words it."""

    key = ("id",)
    id: str = column("document and offset of the printed value", pattern=ID)
    label_stated: str = column("words that name what is measured, … for words left out")
    value_stated: str = column("number phrase without hedge and unit", empty=True)
    hedge_stated: str = column("hedge words, … between two", empty=True)
    value: str = column("the number, 万 and 亿 applied", pattern=NUMBER, empty=True)
    lower: str = column("lower end of a range", pattern=NUMBER, empty=True)
    upper: str = column("upper end of a range", pattern=NUMBER, empty=True)
    comparator: Annotated[str, Codelist("comparator")] = column("what the hedge says")
    unit_stated: str = column("unit as printed", empty=True)
    time_period: str = column("what time it is for", pattern=PERIOD, empty=True)
    kind: Annotated[str, Codelist("kind")] = column(
        "baseline, target, projection or standard"
    )
    area_stated: str = column("area, where not the whole place", empty=True)
    scope_stated: str = column("words that fix which part is meant", empty=True)
    obligation: str = column("约束性 or 预期性, where the table prints it", empty=True)
    base_stated: str = column("常住 or 户籍, where stated", empty=True)
    ownership_stated: str = column(
        "公办, 民办 …, where it limits the value", empty=True
    )
    flow_stated: str = column("新增, 累计, 每年 …", empty=True)
    commitment_stated: str = column("力争, 探索, 预计 …", empty=True)
    in_words: Annotated[str, Codelist("in_words")] = column(
        "100 said in words", empty=True
    )
    absence: Annotated[str, Codelist("absence")] = column("blank or dash", empty=True)
    section: str = column("path of headings")
    in_table: str = column("table it stands in", empty=True)
    quote: Annotated[str, Long()] = column("shortest text that proves the row")
    quote_start: str = column("first character of the quote", pattern=r"\d+")
    quote_end: str = column("character behind the quote", pattern=r"\d+")
    reader: str = column("who read it")
    note: Annotated[str, Long()] = column("doubt, in English", empty=True)

    @property
    def doc(self) -> str:
        """Document the reading is from."""
        return self.id.partition(":")[0]

    @property
    def offset(self) -> int:
        """Position of the printed value, or of the label of a blank cell."""
        return int(self.id.partition(":")[2].partition(".")[0])


CATEGORIES = tuple(
    name
    for name in Reading.columns()
    if name not in ("id", "value", "lower", "upper", "value_stated")
    and not name.startswith("quote")
)


def load_readings(
    root: Path, docs: Iterable[str], folder: Path = FOLDER
) -> tuple[list[Reading], list[Problem]]:
    """Load the readings of all documents.

    Returns
    -------
    list of Reading, list of Problem
        Rows in the order of documents and offsets.
    """
    rows: list[Reading] = []
    problems: list[Problem] = []
    for doc in sorted(docs):
        table, found = tables.read(root / folder / f"{doc}.csv", Reading, root)
        rows += table
        problems += found
        problems += [
            Problem(
                f"{(folder / doc).as_posix()}.csv row {number}, id",
                f"{row.id!r} is a reading of another document.",
                f"an id that begins with {doc}:.",
                f"move the row to {row.doc}.csv.",
            )
            for number, row in tables.numbered(table)
            if row.doc != doc
        ]
    return rows, problems


def verify(
    rows: Sequence[Reading], documents: Mapping[str, Document], book: Codebook
) -> list[Problem]:
    """Hold every reading against its raw text.

    Parameters
    ----------
    rows
        Readings in the order of their files.
    documents
        Raw texts by code. Readings of a document that is not here are skipped.
    book
        Number words and codes.

    Returns
    -------
    list of Problem
        Empty when every quote, value, comparator and unit is what the text prints.
    """
    problems: list[Problem] = []
    marks = {doc: book.repairs(doc, "page_mark") for doc in documents}
    wholes = {
        doc: squeeze(mend(document.text, marks[doc])[0])
        for doc, document in documents.items()
    }
    seen: dict[str, int] = {}
    for row in rows:
        seen[row.doc] = seen.get(row.doc, 1) + 1
        document = documents.get(row.doc)
        if document is None:
            continue
        place = (
            f"{(FOLDER / row.doc).as_posix()}.csv row {row._number or seen[row.doc]}"
        )
        stands = _check_position(place, row, document)
        problems += stands
        problems += _check_value(place, row, document, book.words)
        if not stands:
            quote = mend(row.quote.replace(NEWLINE, "\n"), marks[row.doc])[0]
            whole = wholes[row.doc]
            problems += _check_words(place, row, document, squeeze(quote), whole)
            problems += _check_period(place, row, whole, book.words)
            problems += _check_obligation(place, row, document, book)
    return problems


def _check_position(place: str, row: Reading, document: Document) -> list[Problem]:
    start, end = int(row.quote_start), int(row.quote_end)
    stated = row.quote.replace(NEWLINE, "\n")
    where = f"{place}, quote"
    span = f"{document.doc} characters {start} to {end}"
    if document.text[start:end] != stated:
        elsewhere = document.text.find(stated)
        return [
            Problem(
                where,
                f"«{row.quote[:40]}» does not stand at {span}; there stands "
                f"«{document.quote(start, min(end, start + 40))}».",
                "the verbatim text at its own offsets.",
                f"write quote_start {elsewhere} and quote_end "
                f"{elsewhere + len(stated)}."
                if elsewhere >= 0
                else "read the sentence again and copy it.",
            )
        ]
    if row.absence == "blank":
        found = row.offset == start and not row.value_stated
    else:
        printed = row.value_stated.replace(NEWLINE, "\n")
        after = row.offset + len(printed)
        found = bool(printed) and (
            start <= row.offset
            and after <= end
            and document.text[row.offset : after] == printed
        )
    if found:
        return []
    behind = document.quote(row.offset, row.offset + max(len(row.value_stated), 1))
    return [
        Problem(
            f"{place}, id",
            f"at {row.id} stands «{behind}», not «{row.value_stated}».",
            "the offset of the value's first character, inside the quote; for a blank "
            "cell the offset of its label.",
            "read the sentence again, then correct id or value_stated.",
        )
    ]


def _check_value(
    place: str, row: Reading, document: Document, words: Lexicon
) -> list[Problem]:
    """Check that the number phrase parses to what the row says."""
    hedges = [word for word in row.hedge_stated.split(OMISSION) if word]
    comparator = comparator_of(hedges, words)
    numbers = read(row.value_stated, words) if row.value_stated else ()
    if numbers is None:
        return [
            Problem(
                f"{place}, value_stated",
                f"«{row.value_stated}» is no number phrase.",
                "digits, a Chinese numeral, a range, a dash, or a universal (全部).",
                "leave out hedge and unit, or add the word to number_words.csv.",
            )
        ]
    if comparator is None and len(hedges) < 2:
        return [
            Problem(
                f"{place}, hedge_stated",
                f"«{row.hedge_stated}» is not a known hedge.",
                "words of number_words.csv, … between two.",
                "add the word to number_words.csv.",
            )
        ]
    return [
        Problem(
            f"{place}, {name}",
            f"{getattr(row, name)!r}, but the document prints "
            f"«{row.hedge_stated}{row.value_stated}» at {row.id}.",
            f"{text!r}.",
            "read the sentence again, then correct the cell.",
        )
        for name, text in _implied(numbers, comparator).items()
        if getattr(row, name) != text
    ] + _check_hedges(place, row, document, words)


def _implied(numbers: Sequence[Decimal], comparator: str | None) -> dict[str, str]:
    """Cells that a number phrase implies; None is a contradiction of two hedges."""
    cells = dict.fromkeys(("comparator", "value", "lower", "upper"), "")
    match numbers:
        case []:
            return cells | {"comparator": "missing"}
        case [low, high]:
            ends = {"lower": plain(low), "upper": plain(high)}
            return cells | {"comparator": ".."} | ends
        case [*_] if comparator is None:
            return cells | {"comparator": "~"}
    return cells | {"comparator": comparator, "value": plain(numbers[0])}


def _check_hedges(
    place: str, row: Reading, document: Document, words: Lexicon
) -> list[Problem]:
    """Check that no hedge beside the value was overlooked."""
    if row.absence:
        return []
    end = row.offset + len(row.value_stated)
    touching = adjacent_hedges(document.text, row.offset, end, row.unit_stated, words)
    return [
        Problem(
            f"{place}, hedge_stated",
            f"«{row.hedge_stated}», but «{hedge}» stands beside the value at {row.id}.",
            f"«{hedge}».",
            "write the hedge and its comparator.",
        )
        for hedge in sorted(touching)
        if not any(hedge in stated for stated in row.hedge_stated.split(OMISSION))
    ]


def _check_words(
    place: str, row: Reading, document: Document, quote: str, whole: str
) -> list[Problem]:
    """Check that the words of a row stand in its quote, or in its document."""
    home = whole if row.in_table else quote
    head = " ".join(TABLE_UNIT.findall(document.text)) if row.in_table else ""
    checks = {
        "label_stated": (row.label_stated.split(OMISSION), home),
        "hedge_stated": (row.hedge_stated.split(OMISSION), quote),
        "unit_stated": ([row.unit_stated], quote + head),
        "flow_stated": ([row.flow_stated], home),
        "scope_stated": ([row.scope_stated], whole),
        "area_stated": ([row.area_stated], whole),
        "base_stated": ([row.base_stated], whole),
        "ownership_stated": ([row.ownership_stated], whole),
        "commitment_stated": ([row.commitment_stated], whole),
        "in_table": ([row.in_table], whole),
        "section": (re.split(f" > |{OMISSION}", row.section), whole),
    }
    return [
        Problem(
            f"{place}, {name}",
            f"«{word}» does not stand in the "
            f"{'document' if home is whole else 'quote'}.",
            "words as the document prints them.",
            "copy them from the document; write … for words left out.",
        )
        for name, (words, home) in checks.items()
        for word in words
        if word and squeeze(word) not in home
    ]


def _check_period(place: str, row: Reading, text: str, words: Lexicon) -> list[Problem]:
    if row.time_period in words.periods.values():
        named = [
            name for name, span in words.periods.items() if span == row.time_period
        ]
        known = any(name in text for name in named)
    else:
        years = re.findall(r"\d{4}", row.time_period)
        ends = {span[-4:] for name, span in words.periods.items() if name in text}
        known = all(year in text or year in ends for year in years)
    if known:
        return []
    return [
        Problem(
            f"{place}, time_period",
            f"{row.time_period!r} is a time that the document does not name.",
            "a year or period that stands in the document.",
            "read the sentence again; leave it empty when it is undated.",
        )
    ]


def _check_obligation(
    place: str, row: Reading, document: Document, book: Codebook
) -> list[Problem]:
    """Hold a row against the next obligation word behind its value."""
    names = [code.label_zh for code in book.codes["obligation"].values()]
    if not row.obligation:
        return []
    positions = {
        name: position
        for name in names
        if (position := document.text.find(name, row.offset)) >= 0
    }
    nearest = min(positions, key=lambda name: positions[name], default="")
    if row.obligation == nearest:
        return []
    return [
        Problem(
            f"{place}, obligation",
            f"«{row.obligation}», but the row of {row.id} ends with «{nearest}».",
            " or ".join(f"«{name}»" for name in names) + ", as printed.",
            "read the table row again.",
        )
    ]


def typed(rows: Sequence[Reading], words: Lexicon) -> pd.DataFrame:
    """Give readings as a frame with numbers, ready to be harmonized.

    Parameters
    ----------
    rows
        Verified readings.
    words
        Number words, for the bounds.

    Returns
    -------
    pandas.DataFrame
        The columns of the table as text or categories, with ``doc`` in front;
        ``value``, ``lower`` and ``upper`` as floats in the unit as printed, NaN where
        the words set none; ``upper_open`` says that the upper end is excluded.
    """
    import pandas as pd

    columns = Reading.columns()
    frame = pd.DataFrame(
        {name: [getattr(row, name) for row in rows] for name in columns}, dtype="str"
    )
    return type_numbers(frame, words)


def type_numbers(frame: pd.DataFrame, words: Lexicon) -> pd.DataFrame:
    """Type the columns of a text frame of readings.

    Numbers become floats, columns that repeat themselves become categories, and
    ``doc`` is added. Bare integers are exact; every other phrase is read once.
    """
    import numpy as np
    import pandas as pd

    result = frame.astype(dict.fromkeys(CATEGORIES, "category"))
    docs = [id.partition(":")[0] for id in frame["id"].to_numpy()]
    result.insert(0, "doc", pd.Series(docs, dtype="category"))
    value = pd.to_numeric(frame["value"]).astype(float).to_numpy()
    lower, upper = value.copy(), value.copy()
    upper_open = np.zeros(len(frame), dtype=bool)
    stated = frame["value_stated"].tolist()
    comparators = frame["comparator"].tolist()
    read_once = functools.cache(functools.partial(_quantity, words=words))
    for row, (text, comparator) in enumerate(zip(stated, comparators, strict=True)):
        if comparator != "=" or "." in text:
            quantity = read_once(text, comparator, value[row] == value[row])
            lower[row] = _float(quantity.lower)
            upper[row] = _float(quantity.upper)
            upper_open[row] = quantity.upper_open
    return result.assign(value=value, lower=lower, upper=upper, upper_open=upper_open)


def _quantity(stated: str, comparator: str, known: bool, words: Lexicon) -> Quantity:
    """Bounds of a phrase; nothing at all for one that contradicts itself."""
    if comparator == "missing" or (comparator == "~" and not known):
        return Quantity(None, None, None, False, comparator)
    return bounds(stated, comparator, words)


def _float(number: Decimal | None) -> float:
    return float("nan") if number is None else float(number)


def decimal(text: str) -> Decimal | None:
    """Give the number of a cell, None when it is empty."""
    return Decimal(text) if text else None
