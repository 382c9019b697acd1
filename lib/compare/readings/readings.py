"""Readings: what people read, held against the documents.

In: ``data/readings/<doc>.csv``, the raw texts, the number words. Out: the rows, or
every reason why one of them cannot be what the document says. Nothing in a reading is
trusted: the quote must stand at its offset, the value as printed must lie inside it,
and the number phrase must parse to what the row says.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
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
from compare.codebook.models import Wording
from compare.documents.text import NEWLINE, Document, fold, mend, squeeze

if TYPE_CHECKING:
    import pandas as pd

FOLDER = Path("data/readings")
OMISSION = "…"
TABLE_UNIT = re.compile(r"(?m)^[^\s:：]{1,4}[:：](\S{1,4})$")
ANYWHERE = (
    *("scope_stated", "area_stated", "base_stated", "ownership_stated"),
    *("commitment_stated", "in_table", "date_stated", "grade_stated"),
)
ID = CODE + r":\d+(\.(\d|blank))?"


class Stated(Row):
    """What a reading and an observation share: the statement as its document words it.

    ``label_stated`` marks words left out with ``…``.
    """

    key = ("id",)
    id: str = column("document and offset of the printed value", pattern=ID)
    time_period: str = column("what time it is for", pattern=PERIOD, empty=True)
    date_stated: str = column("date that says more than a year", empty=True)
    kind: Annotated[str, Codelist("kind")] = column(
        "baseline, target, projection or standard"
    )
    comparator: Annotated[str, Codelist("comparator")] = column("what the hedge says")
    label_stated: str = column("words that name what is measured")
    value_stated: str = column("number phrase as printed", empty=True)
    hedge_stated: str = column("hedge words", empty=True)
    unit_stated: str = column("unit as printed", empty=True)
    scope_stated: str = column("words that fix which part is meant", empty=True)
    area_stated: str = column("area as printed", empty=True)
    base_stated: str = column("常住 or 户籍, where stated", empty=True)
    ownership_stated: str = column("公办, 民办 …", empty=True)
    grade_stated: str = column("grade of institutions, as printed", empty=True)
    flow_stated: str = column("新增, 累计, 每年 …", empty=True)
    commitment_stated: str = column("力争, 探索, 预计 …", empty=True)
    in_words: Annotated[str, Codelist("in_words")] = column(
        "100 said in words", empty=True
    )
    absence: Annotated[str, Codelist("absence")] = column("blank or dash", empty=True)
    quote: Annotated[str, Long()] = column("verbatim text that proves the row")
    quote_start: str = column("first character of the quote", pattern=r"\d+")
    quote_end: str = column("character behind the quote", pattern=r"\d+")
    section: str = column("path of headings")
    in_table: str = column("table it stands in", empty=True)


class Reading(Stated):
    """One statement of a document, as the document words it."""

    order = tuple(
        "id label_stated value_stated hedge_stated value lower upper comparator "
        "unit_stated time_period date_stated kind area_stated scope_stated obligation "
        "base_stated ownership_stated grade_stated flow_stated commitment_stated "
        "in_words absence section in_table quote quote_start quote_end reader "
        "note".split()
    )
    value: str = column("the number, 万 and 亿 applied", pattern=NUMBER, empty=True)
    lower: str = column("lower end of a range", pattern=NUMBER, empty=True)
    upper: str = column("upper end of a range", pattern=NUMBER, empty=True)
    obligation: str = column("约束性 or 预期性, where the table prints it", empty=True)
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

    @property
    def wording(self) -> Wording:
        """Key by which the crosswalk judges it."""
        return (self.doc, self.label_stated, self.scope_stated, self.unit_stated)

    @property
    def span(self) -> tuple[int, int]:
        """First character of the quote, and the character behind it."""
        return int(self.quote_start), int(self.quote_end)


def verify(
    rows: Sequence[Reading], document: Document, book: Codebook
) -> list[Problem]:
    """Hold the readings of a document, in the order of their file, against its text.

    Returns
    -------
    list of Problem
        Empty when every quote, value, comparator and unit is what the text prints.
    """
    problems: list[Problem] = []
    marks = book.repairs(document.doc, "page_mark")
    whole = squeeze(mend(document.text, marks)[0])
    name = f"{(FOLDER / document.doc).as_posix()}.csv"
    for number, row in tables.numbered(rows):
        place = f"{name} row {number}"
        if row.doc != document.doc:
            problems.append(_of_another(place, row, document))
            continue
        stands = _check_position(place, row, document)
        problems += stands
        problems += _check_value(place, row, document, book.words)
        if not stands:
            quote = squeeze(mend(row.quote.replace(NEWLINE, "\n"), marks)[0])
            problems += _check_words(place, row, document, quote, whole)
            problems += _check_obligation(place, row, document, book)
    return problems


def _of_another(place: str, row: Reading, document: Document) -> Problem:
    what = f"{row.id!r} is a reading of another document."
    remedy = f"move the row to {row.doc}.csv."
    return Problem(
        f"{place}, id", what, f"an id that begins with {document.doc}:.", remedy
    )


def _check_position(place: str, row: Reading, document: Document) -> list[Problem]:
    """Check that the quote and the value stand where the row says."""
    start, end = row.span
    stated = row.quote.replace(NEWLINE, "\n")
    if document.text[start:end] != stated:
        behind = document.quote(start, min(end, start + 40))
        what = (
            f"«{row.quote[:40]}» does not stand at {document.doc} characters {start} "
            f"to {end}; there stands «{behind}»."
        )
        at = document.text.find(stated)
        remedy = f"write quote_start {at} and quote_end {at + len(stated)}."
        if at < 0:
            remedy = "read the sentence again and copy it."
        wanted = "the verbatim text at its own offsets."
        return [Problem(f"{place}, quote", what, wanted, remedy)]
    at, printed = row.offset, row.value_stated.replace(NEWLINE, "\n")
    if row.absence == "blank":
        found = at == start and not printed
    else:
        after = at + len(printed)
        inside = start <= at and after <= end
        found = bool(printed) and inside and document.text[at:after] == printed
    if found:
        return []
    behind = document.quote(at, at + max(len(printed), 1))
    what = f"at {row.id} stands «{behind}», not «{row.value_stated}»."
    wanted = (
        "the offset of the value's first character, inside the quote; for a blank cell "
        "the offset of its label."
    )
    remedy = "read the sentence again, then correct id or value_stated."
    return [Problem(f"{place}, id", what, wanted, remedy)]


def _check_value(
    place: str, row: Reading, document: Document, words: Lexicon
) -> list[Problem]:
    """Check that the number phrase parses to what the row says."""
    hedges = [word for word in row.hedge_stated.split(OMISSION) if word]
    comparator = comparator_of(hedges, words)
    numbers = read(row.value_stated, words) if row.value_stated else ()
    if numbers is None or _stands_alone(row, document, words):
        return [_no_number(place, row, words)]
    if comparator is None and len(hedges) < 2:
        what = f"«{row.hedge_stated}» is not a known hedge."
        wanted = "words of number_words.csv, … between two."
        remedy = "add the word to number_words.csv."
        return [Problem(f"{place}, hedge_stated", what, wanted, remedy)]
    printed = f"«{row.hedge_stated}{row.value_stated}» at {row.id}."
    remedy = "read the sentence again, then correct the cell."
    differ = [
        Problem(
            f"{place}, {name}",
            f"{cell!r}, but the document prints {printed}",
            f"{text!r}.",
            remedy,
        )
        for name, text in _implied(numbers, comparator).items()
        if (cell := getattr(row, name)) != text
    ]
    return differ + _check_hedges(place, row, document, words)


def _stands_alone(row: Reading, document: Document, words: Lexicon) -> bool:
    """Whether 其他 stands for all others in a sentence without a universal."""
    if row.value_stated not in words.remainders:
        return False
    start, end = document.sentence(*row.span)
    return not any(word in document.text[start:end] for word in words.universals)


def _no_number(place: str, row: Reading, words: Lexicon) -> Problem:
    """Say that a value is no number phrase, or a word that is less than all."""
    what = f"«{row.value_stated}» is no number phrase."
    wanted = "digits, a Chinese numeral, a range, a dash, or a universal (全部)."
    remedy = "leave out hedge and unit, or add the word to number_words.csv."
    if row.value_stated in words.partials | words.remainders:
        what = f"«{row.value_stated}» does not say all of them."
        wanted = "a universal (全部, 均), or 其他 beside one in the same sentence."
        remedy = "refuse the row in the adjudications, with the reason."
    return Problem(f"{place}, value_stated", what, wanted, remedy)


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
    start = row.offset
    end = start + len(row.value_stated)
    touching = adjacent_hedges(document.text, start, end, row.unit_stated, words)
    where, remedy = f"{place}, hedge_stated", "write the hedge and its comparator."
    beside = "stands beside the value at"
    return [
        Problem(
            where,
            f"«{row.hedge_stated}», but «{hedge}» {beside} {row.id}.",
            f"«{hedge}».",
            remedy,
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
        "section": (re.split(f" > |{OMISSION}", row.section), whole),
        **{name: ([getattr(row, name)], whole) for name in ANYWHERE},
    }
    wanted = "words as the document prints them."
    remedy = "copy them from the document; write … for words left out."
    return [
        Problem(
            f"{place}, {name}",
            f"«{word}» does not stand in the "
            f"{'document' if home is whole else 'quote'}.",
            wanted,
            remedy,
        )
        for name, (words, home) in checks.items()
        for word in words
        if word and squeeze(word) not in home
    ]


def _check_obligation(
    place: str, row: Reading, document: Document, book: Codebook
) -> list[Problem]:
    """Hold a row against the next obligation word behind its value."""
    if not row.obligation:
        return []
    after = row.offset
    names = [code.label_zh for code in book.codes["obligation"].values()]
    positions = {name: document.folded.find(name, after) for name in names}
    printed = [name for name in names if positions[name] >= 0]
    nearest = min(printed, key=lambda name: positions[name], default="")
    if fold(row.obligation) == nearest:
        return []
    what = f"«{row.obligation}», but the row of {row.id} ends with «{nearest}»."
    wanted = f"{' or '.join(f'«{name}»' for name in names)}, as printed."
    return [Problem(f"{place}, obligation", what, wanted, "read the table row again.")]


def typed(rows: Sequence[Reading], words: Lexicon) -> pd.DataFrame:
    """Give verified readings as a frame with numbers, as made by ``type_numbers``."""
    import pandas as pd

    columns = Reading.columns()
    cells = {name: [getattr(row, name) for row in rows] for name in columns}
    return type_numbers(pd.DataFrame(cells, dtype="str"), words)


def type_numbers(frame: pd.DataFrame, words: Lexicon) -> pd.DataFrame:
    """Type the columns of a frame of readings whose cells are all text.

    Returns
    -------
    pandas.DataFrame
        The same columns, with ``doc`` in front; ``value``, ``lower`` and ``upper`` as
        floats in the unit as printed, NaN where the words set none; ``upper_open`` says
        that the upper end is excluded. Plain numbers are exact as printed; every other
        phrase is read once.
    """
    import numpy as np
    import pandas as pd

    value = pd.to_numeric(frame["value"]).astype(float).to_numpy()
    lower, upper = value.copy(), value.copy()
    upper_open = np.zeros(len(frame), dtype=bool)
    stated = frame["value_stated"].tolist()
    comparators = frame["comparator"].tolist()
    read_once = functools.cache(functools.partial(_quantity, words=words))
    for row, (text, comparator) in enumerate(zip(stated, comparators, strict=True)):
        if comparator != "=":
            quantity = read_once(text, comparator, value[row] == value[row])
            lower[row] = _float(quantity.lower)
            upper[row] = _float(quantity.upper)
            upper_open[row] = quantity.upper_open
    result = frame.assign(value=value, lower=lower, upper=upper, upper_open=upper_open)
    result.insert(0, "doc", [id.partition(":")[0] for id in frame["id"].tolist()])
    return result


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
