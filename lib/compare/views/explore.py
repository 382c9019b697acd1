"""Explore: what a researcher asks for by name, in a notebook of their own.

In: codes of indicators. Out: cards and frames with definitions, bounds, grades and the
ids that lead to the sentences.
"""

from __future__ import annotations

import difflib
import html
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pandas as pd

from compare.base.problems import Problem, raise_any
from compare.base.quantities import bounds
from compare.codebook.book import Codebook, Indicator, find_root, load_codebook
from compare.views import tables as views


@dataclass(frozen=True)
class Card:
    """Definition of an indicator, and which place states it.

    Its ``repr`` is a text, Jupyter shows a table.
    """

    row: Indicator
    unit: str
    stated_by: tuple[str, ...]

    def _lines(self) -> list[tuple[str, str]]:
        row = self.row
        told = [
            ("Indicator", f"{row.label_en} · {row.label_zh} ({row.indicator})"),
            ("Counts", row.definition),
            ("Unit", self.unit),
            ("Per", row.denominator),
            ("Includes", row.includes),
            ("Not", row.excludes),
            ("National definition", row.national_definition),
            ("In use", _span(row.valid_from, row.retired_in)),
            ("Stated by", ", ".join(self.stated_by)),
        ]
        return [(name, text) for name, text in told if text]

    def __repr__(self) -> str:
        """One line for each part of the definition."""
        return "\n".join(f"{name}: {text}" for name, text in self._lines())

    def _repr_html_(self) -> str:
        """Definition as a table."""
        cells = "".join(
            f'<tr><th scope="row">{html.escape(name)}</th>'
            f"<td>{html.escape(text)}</td></tr>"
            for name, text in self._lines()
        )
        return f"<table>{cells}</table>"


def indicator(code: str, *, root: Path | None = None) -> Card:
    """Definition of an indicator.

    Raises
    ------
    Problems
        No indicator has this code; the nearest ones are named.

    Examples
    --------
    >>> indicator("residents_60_plus")
    Indicator: Residents aged 60 or over · 60岁及以上常住人口 (residents_60_plus)
    Counts: Residents aged 60 or over.
    Unit: persons
    Includes: 60岁以上 and 60岁及以上
    Not: 65 or over; registered population
    Stated by: 咸宁 Xianning, 垫江 Dianjiang, 景德镇 Jingdezhen, 长沙 Changsha
    """
    home = root or find_root()
    book = load_codebook(home)
    row = _known(code, book)
    stated = views.statements([code], home)
    places = tuple(stated["place"].drop_duplicates())
    return Card(row, book.units[row.unit].label_en, places)


def across(
    code: str,
    *,
    kind: str = "",
    approximate: float | None = None,
    root: Path | None = None,
) -> pd.DataFrame:
    """Places side by side for one indicator, with bounds, grades and notes.

    Parameters
    ----------
    code
        Code of the indicator.
    kind
        Only ``baseline``, ``target``, ``projection`` or ``standard``.
    approximate
        How far 左右 and 约 reach on round numbers, as a part of the value (0.05 for
        ±5 %); default: half a unit of the last significant digit.

    Returns
    -------
    pandas.DataFrame
        One row for each statement and derived value: ``place``, ``source``, ``kind``,
        ``time_period``, ``stated``, ``lower``, ``upper``, ``grade`` and ``facet`` (the
        worst pair with another place of the same kind), ``note``, ``ids``.

    Raises
    ------
    Problems
        No indicator has this code; the nearest ones are named.

    Examples
    --------
    >>> slots = across("childcare_slots", kind="baseline")
    >>> slots[["stated", "upper"]].values.tolist()
    [['828', 828.0], ['about 20,000', 25000.0], ['1,750', 1750.0]]
    >>> across("childcare_slots", kind="baseline", approximate=0.05)["upper"].tolist()
    [828.0, 21000.0, 1750.0]
    """
    home = root or find_root()
    book = load_codebook(home)
    _known(code, book)
    frame = views.with_derived([code], home)
    if kind:
        frame = frame[frame["kind"] == kind]
    frame = views.graded(frame, home)
    if approximate is not None:
        _widen(frame, Decimal(str(approximate)), home, book)
    columns = ["place", "source", "kind", "time_period", "stated", "lower", "upper"]
    return frame[[*columns, "grade", "facet", "note", "ids"]].reset_index(drop=True)


def codes(root: Path | None = None) -> SimpleNamespace:
    """Codes of all indicators as attributes, for completion with the tab key.

    Examples
    --------
    >>> codes().nursing_bed_share
    'nursing_bed_share'
    """
    book = load_codebook(root or find_root())
    return SimpleNamespace(**{code: code for code in book.indicators})


def _widen(
    frame: pd.DataFrame, approximate: Decimal, root: Path, book: Codebook
) -> None:
    """Set the bounds of vague round numbers by another reach of 左右."""
    stated = views.load(root).set_index("id")["value_stated"]
    for place, row in frame[frame["comparator"] == "~"].iterrows():
        text = stated[row["ids"].split(views.SEVERAL)[0]]
        if "." not in text:
            quantity = bounds(text, "~", book.words, approximate=approximate)
            frame.loc[place, "lower"] = float(quantity.lower or 0)
            frame.loc[place, "upper"] = float(quantity.upper or 0)


def _known(code: str, book: Codebook) -> Indicator:
    found = book.indicators.get(code)
    if found is None:
        near = difflib.get_close_matches(code, book.indicators, n=3, cutoff=0.3)
        raise_any(
            [
                Problem(
                    f"indicator {code!r}",
                    "no indicator has this code.",
                    f"one of: {', '.join(near) or 'the codes of compare.codes'}.",
                    "complete the code with the tab key on compare.codes.",
                )
            ]
        )
    assert found is not None
    return found


def _span(first: str, last: str) -> str:
    if not (first or last):
        return ""
    return f"from {first or '…'}" + (f" until {last}" if last else "")
