"""Stata and Parquet: the curated tables, typed, for programs that compute.

In: an open project. Out: one file for each table.
"""

import importlib.util
import io
from datetime import datetime
from typing import Any

import pandas as pd

from compare.base.tables import Codelist, tagged
from compare.curated.package import TABLES
from compare.project import Project

VERSION, LONGEST_LABEL, LONG_TEXT = 118, 80, 240


def stata(project: Project, name: str) -> bytes:
    """Write a table for Stata 14 and later, labelled in Chinese.

    Columns of codes become numbers with value labels, Chinese name first, then the
    code; numbers follow the order of the code list. All else stays as it is.
    """
    book, written = project.book, project.table(name)
    labels: dict[Any, dict[float, str]] = {}
    heads = {str(column): book.heading(str(column)) for column in written}
    coded = tagged(TABLES[name], Codelist)
    for column in (column for column in heads if column in coded):
        known = book.codes[coded[column].name]
        named = [f"{row.label_zh} {code}" for code, row in known.items()]
        labels[column] = dict(enumerate(named, start=1))
        numbers = {code: number for number, code in enumerate(known, start=1)}
        written[column] = written[column].map(numbers).astype("float64")
    texts: pd.DataFrame = written.select_dtypes("str")
    sizes = texts.apply(lambda column: column.str.encode("utf-8").str.len().max())
    file = io.BytesIO()
    written.to_stata(
        file,
        version=VERSION,
        write_index=False,
        time_stamp=datetime.fromisoformat(book.last_judgement()),
        data_label=f"compare {name}",
        variable_labels={name: head[:LONGEST_LABEL] for name, head in heads.items()},
        value_labels=labels,
        convert_strl=list(sizes[sizes > LONG_TEXT].index),
    )
    return file.getvalue()


def has_parquet() -> bool:
    """Whether the package that writes Parquet is installed."""
    return importlib.util.find_spec("pyarrow") is not None


def parquet(frame: pd.DataFrame) -> bytes:
    """Write a table as Parquet; needs ``pyarrow``. Missing numbers are null."""
    import pyarrow
    import pyarrow.parquet

    table = pyarrow.Table.from_pandas(frame, preserve_index=False)
    file = io.BytesIO()
    pyarrow.parquet.write_table(
        table.replace_schema_metadata(), file, compression="NONE", store_schema=False
    )
    return file.getvalue()
