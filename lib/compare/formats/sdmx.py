"""SDMX: the observations as statistical offices exchange them.

In: the observations. Out: SDMX-CSV, one row for each.
"""

from datetime import date

import pandas as pd

from compare.project import as_text

FLOW = "COMPARE:OBSERVATIONS(1.0.0)"
STRUCTURE = {"STRUCTURE": "dataflow", "STRUCTURE_ID": FLOW, "ACTION": "I"}
COLUMNS = (
    *("id", "ref_area", "indicator", "kind", "time_period", "value", "lower", "upper"),
    *("comparator", "unit", "obs_status", "scope", "obligation", "match_type", "doc"),
    *("label_stated", "value_stated", "quote", "quote_start", "quote_end", "note"),
)
OTHERWISE = {
    "id": "OBSERVATION",
    "value": "OBS_VALUE",
    "lower": "LOWER_BOUND",
    "upper": "UPPER_BOUND",
    "unit": "UNIT_MEASURE",
    "doc": "SOURCE_DOCUMENT",
    "note": "COMMENT_OBS",
}
COMPONENTS = {name: OTHERWISE.get(name, name.upper()) for name in COLUMNS}


def sdmx_csv(observations: pd.DataFrame) -> bytes:
    """Write observations as SDMX-CSV 2.0, the observation's id as first dimension.

    Every cell is as in the file, besides spans of years: ``2016-01-01/P5Y``.
    """
    periods = observations["time_period"].map(time_range)
    named = as_text(observations.assign(time_period=periods)).rename(columns=COMPONENTS)
    columns = [*STRUCTURE, *COMPONENTS.values()]
    text = named.assign(**STRUCTURE)[columns].to_csv(index=False, lineterminator="\n")
    return text.encode("utf-8")


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
