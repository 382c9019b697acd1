"""What the tests of topics share: a project in which every place has two plans."""

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from compare.project import Project

NEXT = "_next"


def later(cell: str) -> str:
    """Ids of the first plan of a place as ids of its second."""
    return " ".join(id.replace(":", f"{NEXT}:", 1) for id in cell.split())


@pytest.fixture(scope="session")
def twice(project: Project) -> Project:
    """The project with a second plan for each place that says the same."""
    first = project.book.documents
    second = {
        doc + NEXT: row.model_copy(update={"doc": doc + NEXT})
        for doc, row in first.items()
    }
    book = replace(project.book, documents={**first, **second})
    docs = pd.CategoricalDtype(book.order, ordered=True)

    def more(frame: pd.DataFrame) -> pd.DataFrame:
        known = frame.reset_index().astype({"doc": "str"})
        changed: dict[str, Any] = {
            name: known[name].map(later) for name in ("id", "inputs") if name in known
        }
        copied = known.assign(**changed, doc=known["doc"] + NEXT)
        both = pd.concat([known, copied], ignore_index=True)
        return both.astype({"doc": docs}).set_index("id")

    return replace(
        project,
        book=book,
        observations=more(project.observations),
        derived=more(project.derived),
        findings=more(project.findings),
        comparability=more(project.comparability),
    )
