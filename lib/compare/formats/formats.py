"""Formats: the curated tables and the crosswalk, for the tools of other people.

In: a project folder. Out: Stata, Parquet, a Frictionless data package, SSSOM, SDMX-CSV,
W3C Web Annotations, and the notebooks for Word. Nothing is computed here: every file
says what the tables say, in another grammar, with the same bytes on every run.
"""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compare.base.problems import raise_any
from compare.base.tables import (
    Codelist,
    Refers,
    Row,
    data_dictionary,
    marks,
    replace_files,
)
from compare.codebook.book import FOLDER, NO_TERM, Codebook, Match, load_codebook
from compare.curated.build import CURATED_TABLES, known_tables
from compare.documents.text import Document, load_documents
from compare.reports.make import NOTEBOOKS, last_judgement
from compare.views.tables import NUMBERS

if TYPE_CHECKING:
    import pandas as pd

CURATED = Path("data/curated")
EXPORTED = ("observations", "derived", "findings", "comparability")
COUNTS = ("quote_start", "quote_end")
NAMES = "urn:x-compare:"
UNLICENSED = "https://w3id.org/sssom/license/unspecified"
LONGEST_LABEL = 80
LONG_TEXT = 240
CONTEXT = 32
EXTENSIONS = ("scope_stated", "unit_stated", "denominator_stated", "unit", "ruling")
SDMX = {
    "OBSERVATION": "id",
    "REF_AREA": "ref_area",
    "INDICATOR": "indicator",
    "KIND": "kind",
    "TIME_PERIOD": "time_period",
    "OBS_VALUE": "value",
    "LOWER_BOUND": "lower",
    "UPPER_BOUND": "upper",
    "COMPARATOR": "comparator",
    "UNIT_MEASURE": "unit",
    "OBS_STATUS": "obs_status",
    "SCOPE": "scope",
    "OBLIGATION": "obligation",
    "MATCH_TYPE": "match_type",
    "SOURCE_DOCUMENT": "doc",
    "LABEL_STATED": "label_stated",
    "VALUE_STATED": "value_stated",
    "QUOTE": "quote",
    "QUOTE_START": "quote_start",
    "QUOTE_END": "quote_end",
    "COMMENT_OBS": "note",
}


def export_all(root: Path, folder: Path) -> list[Path]:
    """Write every format.

    Parquet is left out where ``pyarrow`` is not installed; ``has_parquet`` tells.

    Parameters
    ----------
    root
        Folder of the project.
    folder
        Where the files go; it is made if need be.

    Returns
    -------
    list of Path
        The files whose bytes are new.

    Raises
    ------
    Problems
        The codebook or a document is not as it should be; then nothing is written.
    """
    from compare.reports.word import word

    book = load_codebook(root)
    documents, problems = load_documents(root, sorted(book.documents))
    raise_any(problems)
    observations = read_text(root, "observations")
    files = {
        "datapackage.zip": data_package(root),
        "crosswalk.sssom.tsv": sssom(book),
        "observations.sdmx.csv": sdmx_csv(observations),
        "annotations.jsonld": web_annotations(observations, documents),
    }
    for name in EXPORTED:
        frame = typed(read_text(root, name))
        codes = {
            column: mark.name
            for column, mark in marks(CURATED_TABLES[name], Codelist).items()
        }
        files[f"{name}.dta"] = stata(frame, book, codes, name=name)
        if has_parquet():
            files[f"{name}.parquet"] = parquet(frame)
    for notebook in sorted((root / NOTEBOOKS).glob("*.ipynb")):
        files[f"{notebook.stem}.docx"] = word(notebook, date=last_judgement(book))
    return replace_files({folder / name: files[name] for name in sorted(files)})


def has_parquet() -> bool:
    """Whether the package that writes Parquet is installed."""
    return importlib.util.find_spec("pyarrow") is not None


def read_text(root: Path, name: str) -> pd.DataFrame:
    """Read a curated table, every cell as text."""
    import pandas as pd

    path = root / CURATED / f"{name}.csv"
    return pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")


def typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Give values and bounds as floats, positions as integers, the rest as text.

    Examples
    --------
    >>> import pandas as pd
    >>> typed(pd.DataFrame({"value": ["4.5", ""], "quote_start": ["7", "12"]}))
       value  quote_start
    0    4.5            7
    1    NaN           12
    """
    import pandas as pd

    numbers = {name: pd.to_numeric(frame[name]) for name in NUMBERS if name in frame}
    counts = {name: frame[name].astype("int64") for name in COUNTS if name in frame}
    return frame.assign(**numbers, **counts)


def stata(
    frame: pd.DataFrame, book: Codebook, codes: Mapping[str, str], *, name: str
) -> bytes:
    """Write a table for Stata 14 and later, labelled in Chinese.

    Columns of codes become numbers with value labels, Chinese name first, then the
    code; numbers follow the order of the code list. All else stays as it is.

    Parameters
    ----------
    frame
        As made by ``typed``.
    book
        Gives the names of codes.
    codes
        Column → its code list.
    name
        Name of the table, for the label of the data set.

    Returns
    -------
    bytes
        A file of version 118.
    """
    written = frame.copy()
    labels: dict[Any, dict[float, str]] = {}
    for column, codelist in codes.items():
        known = book.codes[codelist]
        numbers = {code: number for number, code in enumerate(known, start=1)}
        labels[column] = {
            number: f"{known[code].label_zh} {code}" for code, number in numbers.items()
        }
        written[column] = frame[column].map(numbers).astype("float64")
    texts = [item for item in written if item not in labels and item not in NUMBERS]
    long = [item for item in texts if _longest(written[item]) > LONG_TEXT]
    file = io.BytesIO()
    written.to_stata(
        file,
        version=118,
        write_index=False,
        time_stamp=datetime.fromisoformat(last_judgement(book)),
        data_label=f"compare {name}",
        variable_labels={
            column: book.heading(column)[:LONGEST_LABEL] for column in map(str, written)
        },
        value_labels=labels,
        convert_strl=long,
    )
    return file.getvalue()


def parquet(frame: pd.DataFrame) -> bytes:
    """Write a table as Parquet; needs ``pyarrow``.

    Parameters
    ----------
    frame
        As made by ``typed``; text stays text, missing numbers are null.
    """
    import pyarrow
    import pyarrow.parquet

    table = pyarrow.table(
        {
            name: pyarrow.array(
                [None if cell != cell else cell for cell in column.tolist()],
                type=getattr(pyarrow, _arrow_type(str(name)))(),
            )
            for name, column in frame.items()
        }
    )
    file = io.BytesIO()
    pyarrow.parquet.write_table(table, file, compression="NONE", store_schema=False)
    return file.getvalue()


def data_package(root: Path) -> bytes:
    """Pack all tables of ``data`` with a Frictionless description, as a zip archive.

    Fields, keys and references between tables come from the row models; tables that
    have none are described by their header.
    """
    files = {
        path.relative_to(root / "data").as_posix(): path
        for path in sorted((root / "data").rglob("*.csv"))
    }
    models = {
        path.relative_to(root / "data").as_posix(): model
        for path, model in known_tables(root).items()
    } | {f"curated/{name}.csv": model for name, model in CURATED_TABLES.items()}
    described = {path: models[path] for path in files if path in models}
    resources = data_dictionary(described)
    for resource, model in zip(resources, described.values(), strict=True):
        resource["schema"]["foreignKeys"] = _references(model)
    resources += [_plain(path, files[path]) for path in files if path not in models]
    for resource in resources:
        resource["name"] = resource["path"].removesuffix(".csv").replace("/", "-")
    book = load_codebook(root)
    package = {
        "name": "compare-tables",
        "title": "Tables of compare: codebook, readings, observations and findings",
        "created": f"{last_judgement(book)}T00:00:00Z",
        "sources": [{"title": source.title} for source in book.documents.values()],
        "resources": sorted(resources, key=lambda resource: resource["path"]),
    }
    parts = {path: file.read_bytes() for path, file in files.items()}
    return archive(parts | {"datapackage.json": _json(package)})


def sssom(book: Codebook) -> bytes:
    """Write the crosswalk in the SSSOM form of mappings, version 1.1, as TSV.

    Subjects are wordings (literals), objects are indicators. A rejected judgement is
    a mapping that does not hold: ``predicate_modifier`` is ``Not``. Undecided ones are
    left out. No licence is settled, and the file says so.
    """
    rows = [
        _mapping(row, book)
        for row in book.crosswalk
        if row.status in {"accepted", "rejected"}
    ]
    file = io.StringIO()
    file.writelines(f"#{line}\n" for line in _sssom_header(last_judgement(book)))
    writer = csv.DictWriter(file, list(rows[0]), delimiter="\t", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode("utf-8")


def sdmx_csv(observations: pd.DataFrame) -> bytes:
    """Write observations as SDMX-CSV 2.0, the observation's id as first dimension.

    Parameters
    ----------
    observations
        As made by ``read_text``.

    Returns
    -------
    bytes
        Every cell as in the table; spans of years in the form of SDMX, such as
        ``2016-01-01/P5Y``.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["STRUCTURE", "STRUCTURE_ID", "ACTION", *SDMX])
    for row in records(observations):
        cells = row | {"time_period": time_range(row["time_period"])}
        writer.writerow(
            ["dataflow", "COMPARE:OBSERVATIONS(1.0.0)", "I"]
            + [cells[name] for name in SDMX.values()]
        )
    return file.getvalue().encode("utf-8")


def time_range(period: str) -> str:
    """Write a time period as SDMX does: a span is its first day and its duration.

    Examples
    --------
    >>> [time_range(text) for text in ("2021", "2016/2020", "2021-03/2022", "")]
    ['2021', '2016-01-01/P5Y', '2021-03-01/P671D', '']
    """
    first, _, last = period.partition("/")
    if not last:
        return period
    if len(first) == 4:
        return f"{first}-01-01/P{int(last) - int(first) + 1}Y"
    start = date.fromisoformat(f"{first}-01"[:10])
    return f"{start}/P{(date(int(last) + 1, 1, 1) - start).days}D"


def web_annotations(
    observations: pd.DataFrame, documents: Mapping[str, Document]
) -> bytes:
    """Write every observation as a W3C Web Annotation on its document.

    Each has a ``TextQuoteSelector`` whose context makes it unique in its document, and
    a ``TextPositionSelector``; positions count characters of the raw text.

    Parameters
    ----------
    observations
        As made by ``read_text``.
    documents
        The raw texts.
    """
    rows = records(observations)
    collection = {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": f"{NAMES}annotations",
        "type": "AnnotationCollection",
        "label": "Observations of compare, each on the sentence that states it",
        "total": len(rows),
        "first": {
            "id": f"{NAMES}annotations:1",
            "type": "AnnotationPage",
            "startIndex": 0,
            "items": [_annotation(row, documents[row["doc"]]) for row in rows],
        },
    }
    return _json(collection)


def anchor(text: str, start: int, end: int) -> tuple[str, str]:
    """Give the text before and behind a span that makes it unique.

    Examples
    --------
    >>> anchor("beds 30, slots 30", 15, 17)
    ('beds 30, slots ', '')
    """
    size = CONTEXT
    while True:
        before, after = text[max(0, start - size) : start], text[end : end + size]
        found = text.find(before + text[start:end] + after)
        alone = found == start - len(before)
        if alone and text.find(before + text[start:end] + after, found + 1) < 0:
            return before, after
        size *= 2


def archive(parts: Mapping[str, bytes]) -> bytes:
    """Zip some files with fixed dates, sorted by name: the same bytes on every run.

    Examples
    --------
    >>> archive({"b": b"2", "a": b"1"}) == archive({"a": b"1", "b": b"2"})
    True
    """
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name in sorted(parts):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            made.writestr(entry, parts[name])
    return file.getvalue()


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a frame, by column, in its order."""
    return [
        {str(name): cell for name, cell in row.items()}
        for row in frame.to_dict("records")
    ]


def _longest(column: pd.Series[Any]) -> int:
    """Bytes of the longest text of a column; numbers have none."""
    texts = (cell for cell in column.tolist() if isinstance(cell, str))
    return max((len(text.encode("utf-8")) for text in texts), default=0)


def _arrow_type(name: str) -> str:
    if name in NUMBERS:
        return "float64"
    return "int64" if name in COUNTS else "string"


def _json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _references(model: type[Row]) -> list[dict[str, Any]]:
    """Say which columns hold keys of which codebook table."""
    keys = {
        "areas": "ref_area",
        "documents": "doc",
        "families": "family",
        "indicators": "indicator",
        "units": "unit",
    }
    return [
        {
            "fields": [column],
            "reference": {
                "resource": f"{FOLDER.name}-{mark.table}",
                "fields": [keys[mark.table]],
            },
        }
        for column, mark in marks(model, Refers).items()
        if mark.table in keys
    ]


def _plain(path: str, file: Path) -> dict[str, Any]:
    """Describe a table that has no row model."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        header = next(csv.reader(lines))
    return {
        "path": path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8-sig",
        "dialect": {"lineTerminator": "\n"},
        "schema": {"fields": [{"name": name, "type": "string"} for name in header]},
    }


def _sssom_header(version: str) -> Iterable[str]:
    prefixes = {
        "document": f"{NAMES}document:",
        "indicator": f"{NAMES}indicator:",
        "column": f"{NAMES}column:",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "semapv": "https://w3id.org/semapv/vocab/",
        "sssom": "https://w3id.org/sssom/",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }
    yield 'sssom_version: "1.1"'
    yield f'mapping_set_id: "{NAMES}crosswalk"'
    yield f'mapping_set_version: "{version}"'
    yield 'mapping_set_title: "Wordings of plans and the indicators they state"'
    yield f'license: "{UNLICENSED}"'
    yield "curie_map:"
    yield from (f'  {prefix}: "{name}"' for prefix, name in prefixes.items())
    yield "extension_definitions:"
    for slot in EXTENSIONS:
        yield f"- slot_name: {slot}"
        yield f'  property: "column:{slot}"'
        yield '  type_hint: "xsd:string"'


def _mapping(row: Match, book: Codebook) -> dict[str, str]:
    """One judgement in the words of SSSOM."""
    found = row.object_id != NO_TERM
    return {
        "subject_label": row.subject_label,
        "predicate_id": f"skos:{row.predicate_id}",
        "predicate_modifier": "Not" if row.status == "rejected" else "",
        "object_id": f"{'indicator' if found else 'sssom'}:{row.object_id}",
        "object_label": book.indicators[row.object_id].label_en if found else "",
        "mapping_justification": "semapv:ManualMappingCuration",
        "author_label": "|".join(row.author_label.split()),
        "mapping_date": row.mapping_date,
        "subject_source": f"document:{row.subject_source}",
        "subject_type": "rdfs literal",
        "comment": row.comment,
    } | {slot: getattr(row, slot) for slot in EXTENSIONS}


def _annotation(row: Mapping[str, Any], document: Document) -> dict[str, Any]:
    start, end = int(row["quote_start"]), int(row["quote_end"])
    before, after = anchor(document.text, start, end)
    said = " ".join(
        row[name]
        for name in ("kind", "time_period", "comparator", "value")
        if row[name]
    )
    return {
        "id": f"{NAMES}observation:{row['id']}",
        "type": "Annotation",
        "motivation": "classifying",
        "body": [
            {
                "id": f"{NAMES}indicator:{row['indicator']}",
                "purpose": "classifying",
            },
            {
                "type": "TextualBody",
                "purpose": "describing",
                "format": "text/plain",
                "value": f"{said} {row['unit']}",
            },
        ],
        "target": {
            "source": {
                "id": f"{NAMES}document:{document.doc}",
                "type": "Text",
                "format": "text/plain",
                "language": "zh",
            },
            "selector": [
                {
                    "type": "TextQuoteSelector",
                    "exact": document.text[start:end],
                    "prefix": before,
                    "suffix": after,
                },
                {"type": "TextPositionSelector", "start": start, "end": end},
            ],
        },
    }
