"""Package: the curated tables, their models and their description.

In: rows by table. Out: the bytes of ``data/curated``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

from compare.base.tables import Refers, Row, column, data_dictionary, render
from compare.codebook.book import Codebook
from compare.curated.derived import Derived
from compare.curated.facets import Facets
from compare.curated.findings import Finding
from compare.curated.observations import Observation
from compare.readings.agreement import Agreement

FOLDER = Path("data/curated")


class Accounted(Row):
    """Where every reading and every numeral of a document went."""

    key = ("doc",)
    doc: Annotated[str, Refers("documents")] = column("document")
    sha256: str = column("checksum of the raw text", pattern="[0-9a-f]{64}")
    readings: str = column("statements read", pattern=r"\d+")
    observations: str = column("of these, in canonical terms", pattern=r"\d+")
    without_counterpart: str = column("declared without indicator", pattern=r"\d+")
    undecided: str = column("undecided in the crosswalk", pattern=r"\d+")
    numerals: str = column("numerals of the text", pattern=r"\d+")
    numerals_in_readings: str = column("of these, in a reading", pattern=r"\d+")
    numerals_excluded: str = column("of these, declared no statement", pattern=r"\d+")


TABLES: Mapping[str, type[Row]] = {
    "observations": Observation,
    "derived": Derived,
    "reliability": Agreement,
    "accounts": Accounted,
    "findings": Finding,
    "comparability": Facets,
}


def curated_files(
    rows: Mapping[str, Sequence[Row]], book: Codebook
) -> dict[Path, bytes]:
    """Bytes of every curated file, by its path inside the project.

    Rows of ``accounts`` give the checksums of the documents.
    """
    files = {
        FOLDER / f"{name}.csv": render(rows[name], model)
        for name, model in TABLES.items()
    }
    resources = {f"{name}.csv": model for name, model in TABLES.items()}
    sums = {
        row.doc: row.sha256 for row in rows["accounts"] if isinstance(row, Accounted)
    }
    package = {
        "name": "compare",
        "title": "What five Chinese places promise for the old and the very young",
        "description": "Statements of five plans in canonical terms, each with the "
        "verbatim sentence and its position.",
        "sources": [
            {"title": source.title, "path": f"../raw/{doc}.txt", "sha256": sums[doc]}
            for doc, source in book.documents.items()
        ],
        "resources": data_dictionary(resources),
    }
    text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
    return files | {FOLDER / "datapackage.json": text.encode("utf-8")}
