"""Project: the codebook and the curated tables of a folder, read once.

In: a project folder that was built. Out: one object that views and topics are given.
Rows of every table are indexed by their id; what has an order (indicators, kinds,
places) is an ordered category.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from compare.base import tables
from compare.base.problems import Problem, near, printable, raise_any
from compare.base.quantities import plain
from compare.codebook.book import Codebook, load_codebook
from compare.codebook.models import ReferenceLine
from compare.curated.comparability import Grade, pairs
from compare.curated.groups import Standing, standings
from compare.curated.package import FOLDER, TABLES
from compare.documents.text import Document, load_documents
from compare.readings import readings

NUMBERS = ("value", "lower", "upper")
COUNTS = ("quote_start", "quote_end")
OF_VALUES = ("observations", "derived", "findings", "comparability")


@dataclass(frozen=True)
class Project:
    """Everything of an open project: its folder, the codebook and the curated tables.

    ``observations``, ``derived``, ``findings`` and ``comparability`` have ``doc`` and
    ``place`` of each row; ``value``, ``lower`` and ``upper`` are floats, NaN where
    nothing is set; everything else is text, empty where there is nothing. In
    ``accounts`` and ``reliability``, about documents, every cell is text.
    """

    root: Path
    book: Codebook
    observations: pd.DataFrame
    derived: pd.DataFrame
    findings: pd.DataFrame
    comparability: pd.DataFrame
    accounts: pd.DataFrame
    reliability: pd.DataFrame

    @classmethod
    def open(cls, root: Path) -> Project:
        """Read a project.

        Raises
        ------
        Problems
            The codebook is not as it must be, or a curated table is missing.
        """
        book = load_codebook(root)
        return cls(root, book, **{name: _frame(root, name, book) for name in TABLES})

    @cached_property
    def documents(self) -> Mapping[str, Document]:
        """Texts of the documents."""
        documents, problems = load_documents(self.root, sorted(self.book.documents))
        raise_any(problems)
        return documents

    @cached_property
    def readings(self) -> Mapping[str, readings.Reading]:
        """Every statement as its document words it, by id, matched or not."""
        found: dict[str, readings.Reading] = {}
        for doc in self.book.documents:
            path = self.root / readings.FOLDER / f"{doc}.csv"
            rows, problems = tables.read(path, readings.Reading, self.root)
            raise_any(problems)
            found |= {row.id: row for row in rows}
        return found

    @cached_property
    def reference_lines(self) -> pd.DataFrame:
        """National and provincial figures, ``value`` as a float."""
        rows = [row.model_dump() for row in self.book.reference_lines]
        frame = pd.DataFrame(rows, columns=ReferenceLine.columns())
        return frame.assign(value=frame["value"].astype(float))

    @cached_property
    def facets(self) -> Mapping[str, Mapping[Any, str]]:
        """Facets of each value that others may stand beside, by id."""
        rows = self.comparability.reset_index().to_dict("records")
        return {row["id"]: row for row in rows}

    @cached_property
    def standings(self) -> Mapping[str, Standing]:
        """How each value stands beside those of other places: what readers see."""
        return standings(self.facets.values(), self.book)

    def select(
        self, *, place: Sequence[str], indicator: Sequence[str], kind: Sequence[str]
    ) -> Project:
        """Keep rows of some places, indicators and kinds; all where none is named.

        Findings stay where an observation that they rest on stays.
        """
        wanted = {"place": place, "indicator": indicator, "kind": kind}

        def kept(frame: pd.DataFrame) -> pd.DataFrame:
            for name, codes in wanted.items():
                if codes and name in frame:
                    frame = frame[frame[name].isin(codes)]
            return frame

        frames: Any = {name: kept(getattr(self, name)) for name in OF_VALUES}
        stay, inputs = set(frames["observations"].index), frames["findings"]["inputs"]
        rests = [not stay.isdisjoint(ids.split()) for ids in inputs]
        frames["findings"] = frames["findings"][rests]
        docs, codes = self.book.documents.items(), self.book.indicators.items()
        documents = {doc: row for doc, row in docs if not place or row.place in place}
        known = {code: row for code, row in codes if not indicator or code in indicator}
        book = replace(self.book, documents=documents, indicators=known)
        return replace(self, book=book, **frames)

    def table(self, name: str) -> pd.DataFrame:
        """Give a curated table the columns of its file, ``id`` first, codes as text."""
        frame: pd.DataFrame = getattr(self, name).reset_index()
        added = {"doc", "place"} - TABLES[name].model_fields.keys()
        coded = frame.select_dtypes("category").columns
        return frame.astype(dict.fromkeys(coded, "str")).drop(columns=list(added))

    def grade(self, left: str, right: str) -> Grade | None:
        """Grade of values of one indicator and kind, of two documents; else None."""
        rows = [self.facets[id] for id in (left, right) if id in self.facets]
        return next((grade for *_, grade in pairs(rows, self.book)), None)

    @cached_property
    def rows(self) -> Mapping[str, Mapping[Any, Any]]:
        """Rows of observations, derived values and findings, by id."""
        return {
            str(id): row
            for table in (self.observations, self.derived, self.findings)
            for id, row in table.to_dict("index").items()
        }

    def resolve(self, id: str) -> str:
        """Give the id that a value has now.

        Raises
        ------
        Problems
            No value has or had this id; the nearest ones are named.
        """
        alias = self.book.aliases.get(id)
        found = alias.id if alias else id
        if found not in self.rows and found not in self.readings:
            raise_any([self._unknown(found)])
        return found

    def _unknown(self, id: str) -> Problem:
        """Say that nothing has an id, and which ids are nearest."""
        doc, _, rest = id.partition(":")
        number = rest.partition(".")[0]
        every = self.readings.values()
        own = [row for row in every if row.doc == doc] or list(every)
        if number.isdecimal() or not rest:
            own.sort(key=lambda row: abs(row.offset - int(number or 0)))
            nearest = [row.id for row in own[:3]]
        else:
            nearest = near(id, [*self.derived.index, *self.findings.index])
        such = ", ".join(nearest or [own[0].id])
        what = "no reading, derived value or finding has this id."
        wanted = f"a document and the offset of a printed value, such as {such}."
        remedy = "look it up in data/curated/observations.csv, column id."
        return Problem(f"id {printable(id)!r}", what, wanted, remedy)


def as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Write the numbers of a table as its file does; nothing where there is none.

    Examples
    --------
    >>> as_text(pd.DataFrame({"value": [4.5, None], "quote_start": [7, 12]})).values
    array([['4.5', '7'],
           ['', '12']], dtype=object)
    """

    def told(cell: float) -> str:
        return "" if cell != cell else plain(Decimal(str(cell)))

    numbers = [name for name in (*NUMBERS, *COUNTS) if name in frame]
    return frame.assign(**{name: frame[name].map(told) for name in numbers})


def _frame(root: Path, name: str, book: Codebook) -> pd.DataFrame:
    """Read a curated table: one of values typed, of the others every cell as text."""
    path = root / FOLDER / f"{name}.csv"
    if not path.is_file():
        where = path.relative_to(root).as_posix()
        raise_any([Problem(where, "no such file.", remedy="run 'compare build'.")])
    text = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
    if name in OF_VALUES:
        return _by_id(text, book)
    return text.set_index("doc") if name == "accounts" else text


def _by_id(frame: pd.DataFrame, book: Codebook) -> pd.DataFrame:
    """Type a table of values: numbers, ordered categories, ids as index."""
    numbers = [name for name in (*NUMBERS, *COUNTS) if name in frame]
    typed = {name: pd.to_numeric(frame[name]) for name in numbers}
    docs = frame["id"].str.split(":").str[0]
    places = docs.map({doc: row.place for doc, row in book.documents.items()})
    ordered = {
        "doc": (docs, book.order),
        "place": (places, [place.place for place in book.in_order]),
        "indicator": (frame.get("indicator"), book.by_family),
        "kind": (frame.get("kind"), list(book.codes["kind"])),
    }
    for name, (cells, order) in ordered.items():
        if cells is not None:
            typed[name] = cells.astype(pd.CategoricalDtype(order, ordered=True))
    return frame.assign(**typed).set_index("id")
