"""Package: all tables of ``data`` with a Frictionless description, in one archive.

In: an open project. Out: a zip archive; fields, keys and references between tables come
from the row models.
"""

import csv
import json
from pathlib import Path
from typing import Any

from compare.base.files import archive
from compare.base.tables import Refers, Row, data_dictionary, tagged
from compare.codebook import book as codebook
from compare.curated import package as curated
from compare.project import Project
from compare.readings.edited import edited_tables

DATA = Path("data")


def data_package(project: Project) -> bytes:
    """Pack all tables, each file as it is; one without a model by its header."""
    root, data = project.root, project.root / DATA
    models = edited_tables(root) | {
        root / curated.FOLDER / f"{name}.csv": model
        for name, model in curated.TABLES.items()
    }
    files = {path.relative_to(data).as_posix(): path for path in data.rglob("*.csv")}
    resources = [
        _modelled(name, models[path]) if path in models else _plain(name, path)
        for name, path in sorted(files.items())
    ]
    for resource in resources:
        resource["name"] = resource["path"].removesuffix(".csv").replace("/", "-")
    sources = project.book.documents.values()
    package = {
        "name": "compare-tables",
        "title": "Tables of compare: codebook, readings, observations and findings",
        "created": f"{project.book.last_judgement()}T00:00:00Z",
        "sources": [{"title": source.title} for source in sources],
        "resources": resources,
    }
    text = json.dumps(package, ensure_ascii=False, indent=1) + "\n"
    parts = {name: path.read_bytes() for name, path in files.items()}
    return archive(parts | {"datapackage.json": text.encode("utf-8")})


def _modelled(name: str, model: type[Row]) -> dict[str, Any]:
    """Describe a table by its model, with the codebook tables that it refers to."""
    (resource,) = data_dictionary({name: model})
    resource["schema"]["foreignKeys"] = [
        {
            "fields": [column],
            "reference": {
                "resource": f"{codebook.FOLDER.name}-{mark.table}",
                "fields": [codebook.TABLES[mark.table].key[-1]],
            },
        }
        for column, mark in tagged(model, Refers).items()
        if mark.table in codebook.TABLES
    ]
    return resource


def _plain(name: str, path: Path) -> dict[str, Any]:
    """Describe a table that has no row model."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        header = next(csv.reader(lines))
    return {
        "path": name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8-sig",
        "dialect": {"lineTerminator": "\n"},
        "schema": {"fields": [{"name": name, "type": "string"} for name in header]},
    }
