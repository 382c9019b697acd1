"""Harmonize: readings, through the crosswalk, into observations.

In: verified readings and the codebook. Out: the same statements in canonical terms,
one observation for each reading that has a counterpart, with the reading's id. What
has none is declared in the crosswalk; anything else stops the build.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from compare.base.problems import Problem, inert
from compare.base.quantities import plain
from compare.base.tables import (
    NUMBER,
    PERIOD,
    Codelist,
    Long,
    Refers,
    Row,
    column,
    numbered,
)
from compare.codebook.book import NO_TERM, Codebook, Match, factor
from compare.documents.text import fold
from compare.readings.readings import Reading

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

    table = _crosswalk(book)
    position = _positions(readings, table)
    known = position >= 0
    status = np.where(known, table["status"].to_numpy()[position], "")
    named = table["indicator"].to_numpy()[position] != NO_TERM
    accepted = (status == "accepted") & named
    account = _account(
        readings["doc"], accepted, (status == "accepted") & ~named, status == "unsure"
    )
    frame = readings.take(np.flatnonzero(accepted)).reset_index(drop=True)
    position = position[accepted]
    for name in table.columns.difference([*KEY, "status"]):
        frame[name] = table[name].array.take(position)
    _scale(frame)
    _add_area(frame, book)
    obligations = {
        code.label_zh: name for name, code in book.codes["obligation"].items()
    }
    frame["obligation"] = _translate(frame["obligation"], obligations)
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
    for number, row in numbered(book.crosswalk):
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
            writer.writerow(map(inert, [*cells.values(), reading.id, reading.quote]))


def _account(
    docs: pd.Series[str], *destinations: np.ndarray[Any, np.dtype[np.bool_]]
) -> dict[str, Conservation]:
    """Count the readings of each document, and how many went to each destination."""
    import numpy as np

    codes, names = docs.cat.codes.to_numpy(), docs.cat.categories
    counts = [np.bincount(codes, minlength=len(names))] + [
        np.bincount(codes[mask], minlength=len(names)) for mask in destinations
    ]
    return {
        str(name): Conservation(*(int(count[code]) for count in counts))
        for code, name in enumerate(names)
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
    columns = {
        "status": "category",
        "indicator": "category",
        "unit": "category",
        "factor": "float",
        "share": "bool",
        "scope": "category",
        "match_type": "category",
        "denominator_stated": "category",
        "match_note": "category",
    }
    return pd.DataFrame(rows, columns=[*KEY, *columns]).astype(columns)


def _positions(
    readings: pd.DataFrame, table: pd.DataFrame
) -> np.ndarray[Any, np.dtype[np.int_]]:
    """Row of the crosswalk for each reading, -1 where its wording has none."""
    import numpy as np

    keys = table[list(KEY)].itertuples(index=False, name=None)
    places = {key: place for place, key in enumerate(keys)}
    codes, wordings = _combinations(readings, KEY)
    found = np.array([places.get(wording, -1) for wording in wordings], dtype=np.int_)
    return np.take(found, codes)


def _combinations(
    frame: pd.DataFrame, columns: Sequence[str]
) -> tuple[np.ndarray[Any, np.dtype[np.int_]], list[tuple[str, ...]]]:
    """Distinct combinations of categories, and which of them each row has."""
    import numpy as np
    import pandas as pd

    combined = np.zeros(len(frame), dtype=np.int64)
    for name in columns:
        combined = combined * len(frame[name].cat.categories) + frame[name].cat.codes
    codes, distinct = pd.factorize(np.asarray(combined))
    parts: list[list[str]] = []
    for name in reversed(columns):
        names = frame[name].cat.categories
        distinct, code = np.divmod(distinct, len(names))
        parts.append(names[code].tolist())
    return codes, list(zip(*reversed(parts), strict=True))


def _translate(codes: pd.Series[str], names: Mapping[str, str]) -> pd.Series[str]:
    """Other names for categories; those that have none become empty."""
    import numpy as np
    import pandas as pd

    wanted = np.array(
        [names.get(name, "") for name in codes.cat.categories], dtype=object
    )
    return pd.Series(wanted[codes.cat.codes.to_numpy()], index=codes.index, dtype="str")


def _scale(frame: pd.DataFrame) -> None:
    """Bring numbers into the indicator's unit; close ≥ on a share at 100."""
    import numpy as np

    factors = frame["factor"].to_numpy()
    scaled = np.flatnonzero(factors != 1.0)
    for name in ("value", "lower", "upper"):
        numbers = frame[name].to_numpy(copy=True)
        for row in scaled:
            numbers[row] = _product(float(numbers[row]), float(factors[row]))
        frame[name] = numbers
    open_ended = frame["share"].to_numpy() & _among(frame["comparator"], ">", ">=")
    within = open_ended & (frame["lower"].to_numpy() <= 100.0)
    frame["upper"] = np.where(within, 100.0, frame["upper"].to_numpy())


def _among(codes: pd.Series[str], *names: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether each row has one of some categories."""
    import numpy as np

    wanted = np.array([name in names for name in codes.cat.categories], dtype=bool)
    return wanted[codes.cat.codes.to_numpy()]


def _add_area(frame: pd.DataFrame, book: Codebook) -> None:
    """Add ``ref_area``: the area a row names, else the document's own; and its part."""
    import numpy as np

    named = {(row.doc, row.area_stated): row for row in book.area_names}
    codes, stated = _combinations(frame, ("doc", "area_stated", "scope"))
    areas, scopes = [], []
    for doc, area, scope in stated:
        row = named.get((doc, area))
        areas.append(row.ref_area if row else book.documents[doc].ref_area)
        scopes.append((row.scope if row else "") or scope)
    frame["ref_area"] = np.array(areas, dtype=object)[codes]
    frame["scope"] = np.array(scopes, dtype=object)[codes]


def _add_status(frame: pd.DataFrame, book: Codebook) -> None:
    """Add ``obs_status`` by precedence O U D E F A, and what ``note`` must say."""
    import numpy as np
    import pandas as pd

    reasons = {row.id: row.reason for row in book.corrections if row.obs_status == "U"}
    doubted = {
        row: reasons[id]
        for row, id in enumerate(frame["id"].to_numpy())
        if id in reasons
    }
    about = _among(frame["comparator"], "~")
    applies = {
        "O": _among(frame["comparator"], "missing"),
        "U": about & frame["value"].isna().to_numpy(),
        "D": ~_among(frame["match_type"], "exactMatch"),
        "E": about | _among(frame["comparator"], "+"),
        "F": _among(frame["kind"], "projection"),
    }
    applies["U"][list(doubted)] = True
    table = np.column_stack(list(applies.values()))
    names = np.array([*applies, "A"], dtype=object)
    worst = np.where(table.any(axis=1), table.argmax(axis=1), len(applies))
    frame["obs_status"] = names[worst]
    pattern = pd.Categorical(table @ (1 << np.arange(len(applies))))
    frame["pattern"] = pattern
    codes, combinations = _combinations(frame, ("pattern", "match_note", "note"))
    notes = np.array(
        [
            _joined(match_note, note, _also(int(bits), list(applies)))
            for bits, match_note, note in combinations
        ],
        dtype=object,
    )[codes]
    for row, reason in doubted.items():
        notes[row] = _joined(reason, notes[row])
    frame["note"] = notes


def _also(bits: int, names: Sequence[str]) -> str:
    """Name the statuses that apply beside the first."""
    more = [name for place, name in enumerate(names) if bits >> place & 1][1:]
    return f"also {', '.join(more)}" if more else ""


def _joined(*remarks: str) -> str:
    return "; ".join(remark for remark in remarks if remark)


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
        for number, row in numbered(book.area_names)
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
        for number, row in numbered(book.corrections)
        if values.get(row.id) != row.expect
    ]
