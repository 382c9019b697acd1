"""Ask: what a researcher asks for by name.

In: an open project, and names: codes, Chinese, English, indicators by any judged
wording. Out: codes, cards and frames with bounds, groups and ids. A name that is
unknown or means several is a problem that says the nearest codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from html import escape

import pandas as pd

from compare.base.problems import raise_any
from compare.base.quantities import bounds
from compare.codebook.book import Codebook
from compare.codebook.checks import unknown
from compare.codebook.models import Indicator
from compare.documents.text import fold, squeeze
from compare.project import Project
from compare.views.tables import grouped, statements, with_derived
from compare.views.words import SEVERAL, Words

Names = str | Iterable[str]


@dataclass(frozen=True)
class Card:
    """Definition of an indicator, and which place states it; Jupyter shows a table."""

    row: Indicator
    unit: str
    stated_by: tuple[str, ...]

    def _lines(self) -> list[tuple[str, str]]:
        row = self.row
        used = f"from {row.valid_from or '…'}" * bool(row.valid_from or row.retired_in)
        used += f" until {row.retired_in}" * bool(row.retired_in)
        told = [
            ("Indicator", f"{row.label_en} · {row.label_zh} ({row.indicator})"),
            ("Counts", row.definition),
            ("Unit", self.unit),
            ("Per", row.denominator),
            ("Includes", row.includes),
            ("Not", row.excludes),
            ("National definition", row.national_definition),
            ("In use", used),
            ("Stated by", ", ".join(self.stated_by)),
        ]
        return [(name, text) for name, text in told if text]

    def __repr__(self) -> str:
        """One line for each part of the definition."""
        return "\n".join(f"{name}: {text}" for name, text in self._lines())

    def _repr_html_(self) -> str:
        """Definition as a table."""
        cells = "".join(
            f'<tr><th scope="row">{escape(name)}</th><td>{escape(text)}</td></tr>'
            for name, text in self._lines()
        )
        return f"<table>{cells}</table>"


def card(project: Project, name: str) -> Card:
    """Definition of an indicator.

    Examples
    --------
    >>> import compare
    >>> card(compare.load().project, "60岁及以上常住人口")
    Indicator: Residents aged 60 or over · 60岁及以上常住人口 (residents_60_plus)
    Counts: Residents aged 60 or over.
    Unit: persons
    Includes: 60岁以上 and 60岁及以上
    Not: 65 or over; registered population
    Stated by: 咸宁 Xianning, 垫江 Dianjiang, 景德镇 Jingdezhen, 长沙 Changsha
    """
    (code,) = indicators(project.book, name)
    words = Words(project.book)
    row = project.book.indicators[code]
    stated = statements(project, code)["place"].drop_duplicates()
    return Card(row, words.unit(row.unit), tuple(map(words.place, stated)))


def across(
    project: Project, name: str, *, kind: str = "", approximate: float | None = None
) -> pd.DataFrame:
    """Places side by side for one indicator, with bounds, groups and notes.

    One row for each statement and derived value, grouped as by ``tables.grouped``.

    Parameters
    ----------
    approximate
        How far 左右 and 约 reach on round numbers, as a part of the value (0.05 for
        ±5 %); default: half a unit of the last significant digit.

    Examples
    --------
    >>> import compare
    >>> project = compare.load().project
    >>> slots = across(project, "childcare_slots", kind="baseline")
    >>> slots[["stated", "upper"]].values.tolist()
    [['828', 828.0], ['about 20,000', 25000.0], ['1,750', 1750.0]]
    >>> slots = across(project, "childcare_slots", kind="基期值", approximate=0.05)
    >>> slots["upper"].tolist()
    [828.0, 21000.0, 1750.0]
    """
    words = Words(project.book)
    frame = with_derived(project, indicators(project.book, name))
    if kind:
        frame = frame[frame["kind"].isin(kinds(project.book, kind))]
    frame = words.stated(grouped(project, frame))
    if approximate is not None:
        _widen(project, frame, Decimal(str(approximate)))
    columns = ["place", "source", "kind", "time_period", "stated", "lower", "upper"]
    frame = frame.assign(place=list(map(words.place, frame["place"])))
    return frame[[*columns, "group", "reason", "note", "ids"]].reset_index(drop=True)


def indicators(book: Codebook, names: Names) -> list[str]:
    """Codes of indicators, by code, name in either language or judged wording.

    Of wordings, those that need no other words; an exact match before a close one.
    """
    known: dict[str, set[str]] = {}
    exact: dict[str, set[str]] = {}
    for row in book.crosswalk:
        alone = row.status == "accepted" and not row.scope_stated
        if alone and row.object_id in book.indicators:
            judged = exact if row.predicate_id == "exactMatch" else known
            judged.setdefault(_plain(row.subject_label), set()).add(row.object_id)
    known |= exact
    for code, indicator in book.indicators.items():
        for name in (indicator.label_zh, indicator.label_en, code):
            known[_plain(name)] = {code}
    return _codes("indicator", names, known, book.indicators)


def places(book: Codebook, names: Names) -> list[str]:
    """Codes of places, by code or name in either language."""
    known: dict[str, set[str]] = {}
    for source in book.documents.values():
        place, area = book.places[source.place], book.areas[source.ref_area]
        own = (place.place, place.short_zh, place.short_en, area.name_zh, area.name_en)
        known |= {_plain(name): {place.place} for name in (*own, source.doc)}
    return _codes("place", names, known, book.places)


def kinds(book: Codebook, names: Names) -> list[str]:
    """Codes of kinds, by code or name in either language."""
    known: dict[str, set[str]] = {}
    for code, row in book.codes["kind"].items():
        known |= {_plain(name): {code} for name in (code, row.label_zh, row.label_en)}
    return _codes("kind", names, known, book.codes["kind"])


def _codes(
    thing: str, names: Names, known: Mapping[str, set[str]], codes: Iterable[str]
) -> list[str]:
    """Look names up; a text is one name."""
    wanted = [names] if isinstance(names, str) else list(names)
    found = [known.get(_plain(name), set()) for name in wanted]
    raise_any(
        unknown(f"{thing} {name!r}", name, meant or codes)
        for name, meant in zip(wanted, found, strict=True)
        if len(meant) != 1
    )
    return list(dict.fromkeys(code for meant in found for code in meant))


def _plain(name: str) -> str:
    return squeeze(fold(name)).lower()


def _widen(project: Project, frame: pd.DataFrame, approximate: Decimal) -> None:
    """Set the bounds of vague round numbers by another reach of 左右."""
    stated = project.observations["value_stated"]
    for place, row in frame[frame["comparator"] == "~"].iterrows():
        text = stated[row["ids"].split(SEVERAL)[0]]
        if "." not in text:
            ends = bounds(text, "~", project.book.words, approximate=approximate)
            for name in ("lower", "upper"):
                frame.loc[place, name] = float(getattr(ends, name) or 0)
