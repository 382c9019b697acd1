"""Harmonize: readings, through the crosswalk, into observations.

In: verified readings and the codebook. Out: the same statements in canonical terms,
one observation for each reading that has a counterpart, with the reading's id. What
has none is declared in the crosswalk; anything else stops the build.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from compare.codebook import NO_TERM, Codebook, Match, factor
from compare.documents import fold
from compare.problems import Problem
from compare.quantities import plain
from compare.readings import Reading
from compare.tables import NUMBER, PERIOD, Codelist, Long, Refers, Row, column

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

KEY = ("doc", "label_stated", "scope_stated", "unit_stated")


class Observation(Row):
    """One statement of a document, in canonical terms."""

    key = ("id",)
    id: str = column("the reading's id")
    doc: Annotated[str, Refers("documents")] = column("document")
    ref_area: Annotated[str, Refers("areas")] = column("area the value is for")
    indicator: Annotated[str, Refers("indicators")] = column("canonical indicator")
    time_period: str = column("what time it is for", pattern=PERIOD, empty=True)
    kind: Annotated[str, Codelist("kind")] = column(
        "baseline, target, projection or standard"
    )
    value: str = column("the value in the indicator's unit", pattern=NUMBER, empty=True)
    lower: str = column("lowest value the words allow", pattern=NUMBER, empty=True)
    upper: str = column("highest value the words allow", pattern=NUMBER, empty=True)
    upper_open: Annotated[str, Codelist("in_words")] = column(
        "yes when the upper end is excluded", empty=True
    )
    comparator: Annotated[str, Codelist("comparator")] = column("what the hedge says")
    unit: Annotated[str, Refers("units")] = column("unit of the value")
    scope: Annotated[str, Codelist("scope")] = column("code of the part", empty=True)
    obligation: Annotated[str, Codelist("obligation")] = column(
        "binding or indicative, where printed", empty=True
    )
    match_type: Annotated[str, Codelist("predicate_id")] = column(
        "SKOS relation, the crosswalk's predicate_id"
    )
    obs_status: Annotated[str, Codelist("obs_status")] = column(
        "SDMX observation status"
    )
    label_stated: str = column("words that name what is measured")
    value_stated: str = column("number phrase as printed", empty=True)
    hedge_stated: str = column("hedge words", empty=True)
    unit_stated: str = column("unit as printed", empty=True)
    denominator_stated: str = column("words that fix the denominator", empty=True)
    scope_stated: str = column("words that fix which part is meant", empty=True)
    area_stated: str = column("area as printed", empty=True)
    base_stated: str = column("常住 or 户籍, where stated", empty=True)
    ownership_stated: str = column("公办, 民办 …", empty=True)
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
    note: Annotated[str, Long()] = column("doubts and remarks", empty=True)


@dataclass(frozen=True)
class Conservation:
    """Where every reading went.

    ``readings`` = ``observations`` + ``without_counterpart`` + ``undecided``.
    """

    readings: int
    observations: int
    without_counterpart: int
    undecided: int

    def holds(self) -> bool:
        """Whether nothing was lost."""
        parts = self.observations + self.without_counterpart + self.undecided
        return parts == self.readings

    def __add__(self, other: Conservation) -> Conservation:
        """Account of both together."""
        return Conservation(
            self.readings + other.readings,
            self.observations + other.observations,
            self.without_counterpart + other.without_counterpart,
            self.undecided + other.undecided,
        )


def harmonize(
    readings: pd.DataFrame, book: Codebook
) -> tuple[pd.DataFrame, dict[str, Conservation]]:
    """Turn readings into observations.

    Only readings whose wording is accepted in the crosswalk become observations. Call
    ``unmatched`` first: it says what has no row.

    Parameters
    ----------
    readings
        As made by ``readings.typed``: text columns, and ``value``, ``lower``, ``upper``
        as floats in the unit as printed.
    book
        Crosswalk, units, areas, corrections.

    Returns
    -------
    pandas.DataFrame, dict of Conservation
        Columns of ``Observation``, numbers as floats in the indicator's unit, in the
        order of the readings; and the account of the readings of each document.
    """
    import numpy as np

    judged = readings.merge(_crosswalk(book), on=list(KEY), how="left")
    status = judged["status"].to_numpy()
    target = judged["indicator"].to_numpy()
    without = (status == "accepted") & (target == NO_TERM)
    undecided = status == "unsure"
    accepted = (status == "accepted") & ~without
    account = _account(judged["doc"], accepted, without, undecided)
    frame = judged[accepted].reset_index(drop=True)
    factors = frame["factor"].to_numpy()
    scaled = np.flatnonzero(factors != 1.0)
    for name in ("value", "lower", "upper"):
        numbers = frame[name].to_numpy(copy=True)
        for row in scaled:
            numbers[row] = _product(float(numbers[row]), float(factors[row]))
        frame[name] = numbers
    open_ended = frame["share"] & frame["comparator"].isin([">", ">="])
    frame["upper"] = frame["upper"].mask(open_ended, 100.0)
    _add_area(frame, book)
    obligations = {
        code.label_zh: name for name, code in book.codes["obligation"].items()
    }
    frame["obligation"] = frame["obligation"].map(obligations).fillna("")
    frame["upper_open"] = np.where(frame["upper_open"], "yes", "")
    _add_status(frame, book)
    return frame[Observation.columns()], account


def to_rows(frame: pd.DataFrame) -> list[Observation]:
    """Observations of a frame as rows of text, numbers in their shortest form."""
    text = frame.copy()
    for name in ("value", "lower", "upper"):
        text[name] = [
            "" if number != number else plain(Decimal(repr(number)))
            for number in frame[name].tolist()
        ]
    return [Observation.model_validate(cells) for cells in text.to_dict("records")]


def unmatched(readings: Sequence[Reading], book: Codebook) -> list[Problem]:
    """Wordings without a crosswalk row, crosswalk rows without a wording, areas.

    Returns
    -------
    list of Problem
        Each with the nearest judged wording of another document.
    """
    stated: dict[tuple[str, ...], Reading] = {}
    for reading in readings:
        stated.setdefault(_key(reading), reading)
    judged = {_wording(row): row for row in book.crosswalk if row.status != "rejected"}
    problems = []
    for key, reading in stated.items():
        if key not in judged:
            nearest = _nearest(reading.label_stated, book.crosswalk)
            problems.append(
                Problem(
                    f"data/raw/{reading.doc}.txt characters {reading.quote_start} to "
                    f"{reading.quote_end}",
                    f"no crosswalk row for «{reading.label_stated}»"
                    + (f" ({reading.scope_stated})" if reading.scope_stated else "")
                    + (f", unit «{reading.unit_stated}»" if reading.unit_stated else "")
                    + ".",
                    nearest,
                    f"complete the stub for {reading.id} in build/unmatched.csv and "
                    "move it to data/codebook/crosswalk.csv.",
                )
            )
    for number, row in enumerate(book.crosswalk, start=2):
        if row.status != "rejected" and _wording(row) not in stated:
            problems.append(
                Problem(
                    f"data/codebook/crosswalk.csv row {number}",
                    f"no reading of {row.subject_source} is worded "
                    f"«{row.subject_label}» ({row.scope_stated}, {row.unit_stated}).",
                    "a wording that stands in the readings.",
                    "delete the row, or correct its label, scope or unit.",
                )
            )
    problems += _check_areas(readings, book)
    problems += _check_corrections(readings, book)
    return problems


def write_stubs(readings: Sequence[Reading], book: Codebook, path: Path) -> None:
    """Write crosswalk rows to complete, one for each wording without a row."""
    judged = {_wording(row) for row in book.crosswalk if row.status != "rejected"}
    stubs = {
        _key(reading): reading for reading in readings if _key(reading) not in judged
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*Match.columns(), "id", "quote"])
        for key, reading in stubs.items():
            cells = dict(zip(Match.columns(), [""] * 14, strict=True))
            cells |= {
                "subject_source": key[0],
                "subject_label": key[1],
                "scope_stated": key[2],
                "unit_stated": key[3],
            }
            writer.writerow([*cells.values(), reading.id, reading.quote])


def _account(
    docs: pd.Series[str], *destinations: np.ndarray[Any, np.dtype[np.bool_]]
) -> dict[str, Conservation]:
    """Count the readings of each document, and how many went to each destination."""
    import numpy as np
    import pandas as pd

    columns = [np.ones(len(docs), dtype=bool), *destinations]
    table = pd.DataFrame(dict(enumerate(columns)))
    sums = table.groupby(docs.to_numpy()).sum()
    return {
        str(doc): Conservation(*map(int, counts))
        for doc, counts in zip(sums.index, sums.to_numpy(), strict=True)
    }


def _crosswalk(book: Codebook) -> pd.DataFrame:
    """Judged wordings as a frame; ``factor`` leads to the indicator's unit."""
    import pandas as pd

    rows = []
    for row in book.crosswalk:
        if row.status == "rejected":
            continue
        target = book.indicators.get(row.object_id)
        decided = target if row.status == "accepted" else None
        rows.append(
            (
                *_wording(row),
                row.status,
                row.object_id,
                decided.unit if decided else row.unit,
                float(factor(row.unit, decided, book.units)) if decided else 1.0,
                book.is_share(row.object_id),
                row.scope,
                row.predicate_id,
                row.denominator_stated,
                "" if row.predicate_id == "exactMatch" else row.comment,
            )
        )
    return pd.DataFrame(
        rows,
        columns=[
            *KEY,
            "status",
            "indicator",
            "unit",
            "factor",
            "share",
            "scope",
            "match_type",
            "denominator_stated",
            "match_note",
        ],
    )


def _add_area(frame: pd.DataFrame, book: Codebook) -> None:
    """Add ``ref_area``: the area a row names, else the document's own; and its part."""
    own = {doc: source.ref_area for doc, source in book.documents.items()}
    frame["ref_area"] = frame["doc"].map(own)
    named = {(row.doc, row.area_stated): row for row in book.area_names}
    parts = frame.loc[frame["area_stated"] != "", ["doc", "area_stated"]]
    found = [named[key] for key in parts.itertuples(index=False, name=None)]
    frame.loc[parts.index, "ref_area"] = [row.ref_area for row in found]
    scopes = frame.loc[parts.index, "scope"].tolist()
    frame.loc[parts.index, "scope"] = [
        row.scope or scope for row, scope in zip(found, scopes, strict=True)
    ]


def _add_status(frame: pd.DataFrame, book: Codebook) -> None:
    """Add ``obs_status`` by precedence O U D E F A, and what ``note`` must say."""
    import numpy as np

    reasons = {row.id: row.reason for row in book.corrections if row.obs_status == "U"}
    comparator = frame["comparator"]
    missing = comparator == "missing"
    applies = {
        "O": missing,
        "U": frame["id"].isin(list(reasons))
        | ((comparator == "~") & frame["value"].isna()),
        "D": frame["match_type"] != "exactMatch",
        "E": comparator.isin(["~", "+"]),
        "F": frame["kind"] == "projection",
    }
    table = np.column_stack([mask.to_numpy() for mask in applies.values()])
    names = np.array([*applies, "A"])
    frame["obs_status"] = names[
        np.where(table.any(axis=1), table.argmax(axis=1), len(applies))
    ]
    notes = frame["note"].tolist()
    match_notes = frame["match_note"].tolist()
    ids = frame["id"].tolist()
    noted = np.flatnonzero(
        (frame["match_note"] != "") | (table.sum(axis=1) > 1) | table[:, 1]
    )
    for row in noted:
        also = names[:-1][table[row]][1:]
        remarks = [
            reasons.get(ids[row], ""),
            match_notes[row],
            notes[row],
            f"also {', '.join(also)}" if len(also) else "",
        ]
        notes[row] = "; ".join(remark for remark in remarks if remark)
    frame["note"] = notes


def _product(number: float, scale: float) -> float:
    """Product of two printed decimals, without the noise of binary fractions."""
    return float(Decimal(repr(number)) * Decimal(repr(scale)))


def _key(reading: Reading) -> tuple[str, str, str, str]:
    return (
        reading.doc,
        reading.label_stated,
        reading.scope_stated,
        reading.unit_stated,
    )


def _wording(row: Match) -> tuple[str, str, str, str]:
    return (row.subject_source, row.subject_label, row.scope_stated, row.unit_stated)


def _nearest(label: str, crosswalk: Sequence[Match]) -> str:
    import difflib

    labels = {
        fold(row.subject_label): row for row in crosswalk if row.object_id != NO_TERM
    }
    found = difflib.get_close_matches(fold(label), labels, n=1, cutoff=0.4)
    if not found:
        return ""
    row = labels[found[0]]
    return (
        f"perhaps {row.object_id}, used for {row.subject_source} «{row.subject_label}»."
    )


def _check_areas(readings: Sequence[Reading], book: Codebook) -> list[Problem]:
    named = {(row.doc, row.area_stated) for row in book.area_names}
    stated = {(row.doc, row.area_stated): row.id for row in readings if row.area_stated}
    missing = [
        Problem(
            f"data/readings/{doc}.csv {reading}, area_stated",
            f"«{area}» is no known area of {doc}.",
            "a row of data/codebook/area_names.csv.",
            "add a row that says which area it is.",
        )
        for (doc, area), reading in stated.items()
        if (doc, area) not in named
    ]
    unused = [
        Problem(
            f"data/codebook/area_names.csv row {number}",
            f"no reading of {row.doc} names «{row.area_stated}».",
            "a name that stands in the readings.",
            "delete the row.",
        )
        for number, row in enumerate(book.area_names, start=2)
        if (row.doc, row.area_stated) not in stated
    ]
    return missing + unused


def _check_corrections(readings: Sequence[Reading], book: Codebook) -> list[Problem]:
    values = {row.id: row.value_stated for row in readings}
    return [
        Problem(
            f"data/codebook/corrections.csv row {number}",
            f"expected value {row.expect} at {row.id}, found "
            f"{values.get(row.id, 'no reading')}.",
            "the value that the doubt is about; the source text has changed, or the "
            "row points to the wrong place.",
            "read the sentence again, then update or delete the row.",
        )
        for number, row in enumerate(book.corrections, start=2)
        if values.get(row.id) != row.expect
    ]
