"""Plan: one document as people read it, the unit that is checked and curated.

In: a project folder and its codebook. Out: for each document its text, its readings,
what both readers wrote, and what was excluded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from compare.base import tables
from compare.base.problems import Problem
from compare.base.tables import RowT
from compare.codebook.book import Codebook
from compare.codebook.checks import check_codes
from compare.codebook.models import Worded
from compare.documents.text import Document, load_documents
from compare.readings.agreement import (
    READERS,
    Adjudication,
    Coding,
    CodingAdjudication,
    TwoReadings,
)
from compare.readings.numerals import Exclusion
from compare.readings.readings import FOLDER, Reading

WordedT = TypeVar("WordedT", bound=Worded)


@dataclass(frozen=True)
class Plan:
    """One document as people read it."""

    document: Document
    readings: Sequence[Reading]
    exclusions: Sequence[Exclusion]
    two: TwoReadings

    @property
    def doc(self) -> str:
        """Code of the document."""
        return self.document.doc


def load_plans(root: Path, book: Codebook) -> tuple[list[Plan], list[Problem]]:
    """Load every plan of a project.

    Returns
    -------
    list of Plan, list of Problem
        In the order of their documents. A plan of which something could not be read is
        not among them.
    """
    documents, problems = load_documents(root, sorted(book.documents))

    def load(name: str, model: type[RowT]) -> list[RowT]:
        rows, found = tables.read(root / FOLDER / name, model, root)
        found += check_codes((FOLDER / name).as_posix(), rows, book)
        problems.extend(found)
        return rows

    codings = [_by_doc(load(f"{reader}/crosswalk.csv", Coding)) for reader in READERS]
    recoded = _by_doc(load("adjudications/crosswalk.csv", CodingAdjudication))
    plans = []
    for doc in sorted(book.documents):
        before = len(problems)
        rows = load(f"{doc}.csv", Reading)
        exclusions = load(f"exclusions/{doc}.csv", Exclusion)
        both = [load(f"{reader}/{doc}.csv", Reading) for reader in READERS]
        decided = load(f"adjudications/{doc}.csv", Adjudication)
        two = TwoReadings(
            [{row.id: row for row in read} for read in both],
            {(row.id, row.field): row for row in decided},
            [{row.wording: row for row in coded.get(doc, ())} for coded in codings],
            {(*row.wording, row.field): row for row in recoded.get(doc, ())},
        )
        if doc in documents and len(problems) == before:
            plans.append(Plan(documents[doc], rows, exclusions, two))
    return plans, problems


def _by_doc(rows: Iterable[WordedT]) -> Mapping[str, Sequence[WordedT]]:
    found: dict[str, list[WordedT]] = {}
    for row in rows:
        found.setdefault(row.subject_source, []).append(row)
    return found
