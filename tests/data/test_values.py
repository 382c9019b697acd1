"""Values of the real plans: what each trap must give, as rows of ``expected.csv``.

A row says what one cell of one table must be, and why somebody could read it wrongly;
an id that stands in no table has empty cells. ``grades`` are of two ids, ``groups`` of
one; ``mended`` are damaged places and what they are read as, ``texts`` are facts about
a whole text.
"""

import itertools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Cells, table

from compare.documents.text import NEWLINE, mend
from compare.project import Project

EXPECTED = {
    key: {row["column"]: row for row in rows}
    for key, rows in itertools.groupby(
        table(Path(__file__).with_name("expected.csv")),
        lambda row: (row["table"], row["id"]),
    )
}
PHRASES = table(ROOT / "tests" / "cases" / "quantities.csv")
CURATED = {
    name: {row["id"]: row for row in table(ROOT / "data" / "curated" / f"{name}.csv")}
    for name in ("observations", "derived", "findings")
}
Cell = Callable[[Project, str, str], str]


def of_row(row: Any, column: str) -> str:
    """Cell of a row of the codebook or the readings; empty where there is no row."""
    return str(getattr(row, column)) if row else ""


def curated(name: str) -> Cell:
    rows = CURATED[name]
    return lambda project, id, column: rows[id][column] if id in rows else ""


def covered(project: Project, id: str, column: str) -> str:
    rows = {(row.doc, row.subject): row for row in project.book.coverage}
    return of_row(rows.get((id.split()[0], id.split()[1])), column)


def graded(project: Project, ids: str, column: str) -> str:
    return of_row(project.grade(*ids.split()), column)


def stands(project: Project, id: str, column: str) -> str:
    """Tell the group of a value, or on which facets it differs."""
    standing = project.standings.get(id)
    if standing is None:
        return ""
    return standing.group if column == "group" else "; ".join(standing.facets)


def mended(project: Project, doc: str, printed: str) -> str:
    """Read a damaged place, which stands in its text once, as declared."""
    text, place = project.documents[doc].text, printed.replace(NEWLINE, "\n")
    assert text.count(place) == 1
    start = text.index(place)
    found, positions = mend(text, project.book.repairs(doc))
    inside = [new for new, at in enumerate(positions) if 0 <= at - start < len(place)]
    return found[inside[0] : inside[-1] + 1]


def fact(project: Project, doc: str, column: str) -> str:
    """Tell something about a text without its damage, or about what was read of it."""
    if column == "tables":
        own = [row for row in project.readings.values() if row.doc == doc]
        return " ".join(sorted({row.in_table for row in own} - {""}))
    text = mend(project.documents[doc].text, project.book.repairs(doc))[0].strip()
    return {"starts": text[:12], "lines": str(text.count("\n") + 1)}[column]


TABLES: Mapping[str, Cell] = {
    **{name: curated(name) for name in CURATED},
    "readings": lambda project, id, column: of_row(project.readings[id], column),
    "documents": lambda project, doc, column: of_row(
        project.book.documents[doc], column
    ),
    "coverage": covered,
    "grades": graded,
    "groups": stands,
    "mended": mended,
    "texts": fact,
}


@pytest.mark.parametrize(("name", "id"), EXPECTED)
def test_a_trap_is_read_rightly(name: str, id: str, project: Project) -> None:
    rows = EXPECTED[name, id]
    found = {column: TABLES[name](project, id, column) for column in rows}
    wanted = {column: row["expected"] for column, row in rows.items()}
    assert found == wanted, "; ".join(sorted({row["why"] for row in rows.values()}))


@pytest.mark.parametrize("name", ["derived", "findings"])
def test_every_rule_that_finds_something_has_a_value_computed_by_hand(
    name: str,
) -> None:
    applied = {id.split(":")[1] for id in CURATED[name]}
    assert applied <= {id.split(":")[1] for kind, id in EXPECTED if kind == name}


@pytest.mark.parametrize(
    "row",
    [row for row in PHRASES if row["source"]],
    ids=lambda row: f"{row['source']} {row['text']}",
)
def test_a_hard_phrase_is_what_the_document_prints(
    row: Cells, project: Project
) -> None:
    doc, _, place = row["source"].partition(":")
    start = int(place) - len(row["before"])
    sentence = row["before"] + row["text"] + row["after"]
    assert project.documents[doc].text[start:].startswith(sentence)
