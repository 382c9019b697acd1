"""Harmonize: readings, through the crosswalk, into observations.

In: verified readings and the codebook. Out: the same statements in canonical terms,
one observation for each reading that has a counterpart, with the reading's id. What
has none is declared in the crosswalk; anything else stops the build.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from compare.base.problems import Problem, near
from compare.base.quantities import plain
from compare.base.tables import NUMBER, Codelist, Long, Refers, column, numbered
from compare.codebook.book import Codebook
from compare.codebook.checks import HERE
from compare.codebook.models import NO_TERM, Match, Worded, Wording
from compare.codebook.units import factor
from compare.documents.text import fold
from compare.readings.readings import Reading, Stated

if TYPE_CHECKING:
    import pandas as pd

KEY = ("doc", "label_stated", "scope_stated", "unit_stated")
STATUSES = ("O", "U", "D", "E", "F", "A")


class Observation(Stated):
    """One statement of a document, in canonical terms."""

    order = tuple(
        "id doc ref_area indicator time_period date_stated kind value lower upper "
        "upper_open comparator unit scope obligation match_type obs_status "
        "label_stated value_stated hedge_stated unit_stated denominator_stated "
        "scope_stated area_stated base_stated ownership_stated grade_stated "
        "flow_stated commitment_stated in_words absence quote quote_start quote_end "
        "section in_table note".split()
    )
    id: str = column("the reading's id")
    doc: Annotated[str, Refers("documents")] = column("document")
    ref_area: Annotated[str, Refers("areas")] = column("area the value is for")
    indicator: Annotated[str, Refers("indicators")] = column("canonical indicator")
    value: str = column("the value in the indicator's unit", pattern=NUMBER, empty=True)
    lower: str = column("lowest value the words allow", pattern=NUMBER, empty=True)
    upper: str = column("highest value the words allow", pattern=NUMBER, empty=True)
    upper_open: Annotated[str, Codelist("in_words")] = column(
        "yes when the upper end is excluded", empty=True
    )
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
    denominator_stated: str = column("words that fix the denominator", empty=True)
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


def harmonize(
    readings: pd.DataFrame, book: Codebook
) -> tuple[pd.DataFrame, Conservation]:
    """Turn readings into observations: one validated merge with the crosswalk.

    Only readings whose wording is accepted for an indicator become observations. Call
    ``unmatched`` first: it says what has no row.

    The readings are as made by ``readings.typed``.

    Returns
    -------
    pandas.DataFrame, Conservation
        Columns of ``Observation``, numbers as floats in the indicator's unit, in the
        order of the readings; and where every reading went.
    """
    frame = readings.merge(
        _judged(book), how="left", on=list(KEY), validate="many_to_one"
    )
    accepted, named = frame["status"] == "accepted", frame["indicator"] != NO_TERM
    account = Conservation(
        len(frame),
        int((accepted & named).sum()),
        int((accepted & ~named).sum()),
        int((frame["status"] == "unsure").sum()),
    )
    frame = frame[accepted & named].reset_index(drop=True)
    _scale(frame)
    _add_area(frame, book)
    codes = {code.label_zh: name for name, code in book.codes["obligation"].items()}
    words = frame["obligation"].unique().tolist()
    meant = {word: codes.get(fold(word), "") for word in words}
    frame["obligation"] = frame["obligation"].map(meant)
    frame["upper_open"] = frame["upper_open"].map({True: "yes", False: ""})
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


def unmatched(readings: Sequence[Reading], book: Codebook) -> list[Reading]:
    """First reading of each wording that no crosswalk row judges."""
    judged = {row.wording for row in book.crosswalk if row.status != "rejected"}
    stated: dict[Wording, Reading] = {}
    for reading in readings:
        stated.setdefault(reading.wording, reading)
    return [row for wording, row in stated.items() if wording not in judged]


def unstated(readings: Sequence[Reading], book: Codebook) -> Iterator[Problem]:
    """Find judgements on wordings, areas and values that no reading states.

    And areas that a reading states and nobody named.
    """
    wordings = {reading.wording for reading in readings}
    for number, row in numbered(book.crosswalk):
        if row.status != "rejected" and row.wording not in wordings:
            what = (
                f"no reading of {row.subject_source} is worded "
                f"«{row.subject_label}» ({row.scope_stated}, {row.unit_stated})."
            )
            wanted = "a wording that stands in the readings."
            remedy = "delete the row, or correct its label, scope or unit."
            yield Problem(f"{HERE}/crosswalk.csv row {number}", what, wanted, remedy)
    named = {(row.doc, row.area_stated) for row in book.area_names}
    stated = {(row.doc, row.area_stated): row.id for row in readings if row.area_stated}
    for key in stated.keys() - named:
        doc, area = key
        where = f"data/readings/{doc}.csv {stated[key]}, area_stated"
        wanted = "a row of data/codebook/area_names.csv."
        remedy = "add a row that says which area it is."
        yield Problem(where, f"«{area}» is no known area of {doc}.", wanted, remedy)
    for number, name in numbered(book.area_names):
        if (name.doc, name.area_stated) not in stated:
            what = f"no reading of {name.doc} names «{name.area_stated}»."
            wanted = "a name that stands in the readings."
            where = f"{HERE}/area_names.csv row {number}"
            yield Problem(where, what, wanted, "delete the row.")
    values = {row.id: row.value_stated for row in readings}
    for number, doubt in numbered(book.corrections):
        found = values.get(doubt.id, "no reading")
        if found != doubt.expect:
            where = f"{HERE}/corrections.csv row {number}"
            what = f"expected value {doubt.expect} at {doubt.id}, found {found}."
            wanted = (
                "the value that the doubt is about; the source text has changed, or "
                "the row points to the wrong place."
            )
            remedy = "read the sentence again, then update or delete the row."
            yield Problem(where, what, wanted, remedy)


def without_row(reading: Reading, crosswalk: Sequence[Match]) -> Problem:
    """Say that a wording has no crosswalk row, and which judged one is nearest."""
    labels = {
        fold(row.subject_label): row for row in crosswalk if row.object_id != NO_TERM
    }
    nearest = [labels[label] for label in near(fold(reading.label_stated), labels, 1)]
    scope, unit = reading.scope_stated, reading.unit_stated
    return Problem(
        f"data/raw/{reading.doc}.txt characters {reading.quote_start} to "
        f"{reading.quote_end}",
        f"no crosswalk row for «{reading.label_stated}»"
        + (f" ({scope})" if scope else "")
        + (f", unit «{unit}»" if unit else "")
        + ".",
        "".join(
            f"perhaps {row.object_id}, used for {row.subject_source} "
            f"«{row.subject_label}»."
            for row in nearest
        ),
        f"complete the stub for {reading.id} in build/unmatched.csv and "
        "move it to data/codebook/crosswalk.csv.",
    )


def stub(reading: Reading) -> dict[str, str]:
    """Crosswalk row to complete for a wording, with the sentence that it is from."""
    empty = dict.fromkeys([*Match.columns(), "id", "quote"], "")
    wording = dict(zip(Worded.key, reading.wording, strict=True))
    return empty | wording | {"id": reading.id, "quote": reading.quote}


def _judged(book: Codebook) -> pd.DataFrame:
    """Judged wordings as a frame; ``factor`` leads to the indicator's unit."""
    import pandas as pd

    rows = []
    for row in book.crosswalk:
        if row.status == "rejected":
            continue
        target = book.indicators.get(row.object_id)
        decided = target if row.status == "accepted" else None
        rows.append(
            {
                **dict(zip(KEY, row.wording, strict=True)),
                "status": row.status,
                "indicator": row.object_id,
                "unit": decided.unit if decided else row.unit,
                "factor": float(factor(row.unit, decided, book.units))
                if decided
                else 1.0,
                "share": book.is_share(row.object_id),
                "scope": row.scope,
                "match_type": row.predicate_id,
                "denominator_stated": row.denominator_stated,
                "match_note": "" if row.predicate_id == "exactMatch" else row.comment,
            }
        )
    columns = (
        "status indicator unit factor share scope match_type denominator_stated "
        "match_note"
    )
    return pd.DataFrame(rows, columns=[*KEY, *columns.split()])


def _scale(frame: pd.DataFrame) -> None:
    """Bring numbers into the indicator's unit; close ≥ on a share at 100."""
    scaled = frame.index[frame["factor"] != 1.0]
    for name in ("value", "lower", "upper"):
        frame.loc[scaled, name] = [
            float(Decimal(repr(number)) * Decimal(repr(scale)))
            for number, scale in zip(
                frame.loc[scaled, name], frame.loc[scaled, "factor"], strict=True
            )
        ]
    open_ended = frame["share"].astype(bool) & frame["comparator"].isin([">", ">="])
    frame.loc[open_ended & (frame["lower"] <= 100.0), "upper"] = 100.0


def _add_area(frame: pd.DataFrame, book: Codebook) -> None:
    """Add ``ref_area``: the area a row names, else the document's own; and its part."""
    own = {doc: row.ref_area for doc, row in book.documents.items()}
    named = {(row.doc, row.area_stated): row for row in book.area_names}
    docs, stated = frame["doc"].tolist(), frame["area_stated"].tolist()
    keys = list(zip(docs, stated, strict=True))
    areas = {key: row.ref_area for key, row in named.items()}
    parts = {key: row.scope for key, row in named.items()}
    frame["ref_area"] = [areas.get(key) or own[key[0]] for key in keys]
    scopes = zip(keys, frame["scope"].tolist(), strict=True)
    frame["scope"] = [parts.get(key) or scope for key, scope in scopes]


def _add_status(frame: pd.DataFrame, book: Codebook) -> None:
    """Add ``obs_status`` by precedence O U D E F A, and what ``note`` must say."""
    import numpy as np

    reasons = {row.id: row.reason for row in book.corrections if row.obs_status == "U"}
    comparator, about = frame["comparator"], frame["comparator"] == "~"
    applies = {
        "O": comparator == "missing",
        "U": frame["id"].isin(reasons) | (about & frame["value"].isna()),
        "D": frame["match_type"] != "exactMatch",
        "E": about | (comparator == "+"),
        "F": frame["kind"] == "projection",
    }
    table = np.column_stack(list(applies.values()))
    names = np.array([*applies, "A"], dtype=object)
    worst = np.where(table.any(axis=1), table.argmax(axis=1), len(applies))
    frame["obs_status"] = names[worst]
    beside = [""] * len(frame)
    for row in np.flatnonzero(table.sum(axis=1) > 1):
        beside[row] = f"also {', '.join(names[:-1][table[row]][1:])}"
    told = zip(
        [reasons.get(id, "") for id in frame["id"].tolist()],
        frame["match_note"].tolist(),
        frame["note"].tolist(),
        beside,
        strict=True,
    )
    frame["note"] = ["; ".join(filter(None, remarks)) for remarks in told]
