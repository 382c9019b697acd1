"""Implications: what stated numbers imply when they are put together.

In: statements and derived values. Out: tidy frames of the pace that a plan needs, of
scenarios, denominators and squeezes, each with the ids that it rests on. What documents
do not state is not filled in; a row says why it is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from compare.codebook.book import Codebook, find_root, load_codebook
from compare.views.tables import (
    NUMBERS,
    SEVERAL,
    as_table,
    graded,
    load,
    load_derived,
    places,
    reference_lines,
    statements,
)
from compare.views.words import between, name_of, say, worded

WHERE = ("doc", "position", "place", "place_zh", "place_en")
WHAT = ("source", "kind", "time_period", *NUMBERS, "comparator", "stated")
GRADED = ("id", "ids", "grade", "facet")
LINES = {
    "residents_60_plus": "elderly",
    "eldercare_beds": "beds",
    "eldercare_beds_per_1000_elderly": "ratio",
}
FEASIBILITY = {
    "planned_slots": "slots",
    "residents_at_target": "people_at_target",
    "planned_slot_ratio": "outcome",
}
AREA_INDICATORS = ("childcare_slots", "eldercare_beds")


def progress(root: Path | None = None) -> pd.DataFrame:
    """Points to go and the pace that a plan needs, where it states both ends.

    Returns
    -------
    pandas.DataFrame
        One row for each place and indicator with a baseline and a target for the whole
        place: both ends as stated, the change, and the change per year.
    """
    book = load_codebook(root or find_root())
    derived = load_derived(root)
    derived["doc"] = derived["id"].str.replace(":.*", "", regex=True)
    computed = derived[derived["refused"] == ""]
    gaps = computed[computed["measure"] == "gap"].to_dict("records")
    paces = {
        (row["doc"], row["indicator"]): row
        for row in computed[computed["measure"] == "change_per_year"].to_dict("records")
    }
    ends = load(root).set_index("id")
    rows = []
    for row in gaps:
        target, baseline = (ends.loc[id] for id in row["inputs"].split())
        rows.append(
            {
                "doc": row["doc"],
                "indicator": row["indicator"],
                "baseline": worded(baseline, book),
                "from": baseline["time_period"],
                "target": worded(target, book),
                "to": target["time_period"],
                "low": paces[row["doc"], row["indicator"]]["lower"],
                "change": between(row, book),
                "per_year": between(paces[row["doc"], row["indicator"]], book),
                "obligation": target["obligation"],
            }
        )
    table = pd.DataFrame(rows).join(places(book), on="doc")
    order = {row.family: int(row.position) for row in book.families}
    family = table["indicator"].map(lambda code: order[book.indicators[code].family])
    table = table.assign(family=family)
    by = ["family", "indicator", "position"]
    return table.sort_values(by, kind="stable", ignore_index=True)


def national_pace(indicators: Sequence[str], root: Path | None = None) -> pd.DataFrame:
    """Change per year that the country planned: from its first actual to its target.

    Returns
    -------
    pandas.DataFrame
        ``indicator``, ``per_year``, ``from`` and ``to``; one row for each indicator
        with a national actual before a national target.
    """
    rows = []
    for code in indicators:
        lines = reference_lines(code, root)
        national = lines[lines["ref_area"] == "CN"].sort_values("time_period")
        target = national[national["kind"] == "target"].iloc[0]
        actual = national[national["kind"] == "actual"].iloc[0]
        years = int(target["time_period"][:4]) - int(actual["time_period"][:4])
        rows.append(
            {
                "indicator": code,
                "per_year": (target["value"] - actual["value"]) / years,
                "from": actual["time_period"],
                "to": target["time_period"],
            }
        )
    return pd.DataFrame(rows)


def scenarios(
    indicators: Iterable[str], root: Path | None = None, *, language: str = "en"
) -> pd.DataFrame:
    """List what stated numbers imply, and what-if values, with their arithmetic."""
    book = load_codebook(root or find_root())
    frame = load_derived(root)
    frame = frame[
        frame["measure"].isin(["implied", "scenario"])
        & frame["indicator"].isin(list(indicators))
    ].copy()
    frame["doc"] = frame["id"].str.replace(":.*", "", regex=True)
    frame = frame.join(places(book), on="doc").sort_values(["position", "id"])
    frame["result"] = [between(row, book, language) for row in frame.to_dict("records")]
    frame["inputs"] = frame["inputs"].str.replace(" ", SEVERAL)
    if language == "zh":
        frame["note"] = frame["note_zh"]
    columns = ["place", "indicator", "result", "formula", "inputs", "says"]
    return as_table(frame.assign(says=frame["note"]), columns, root, language=language)


def denominators(
    indicator: str = "residents_60_plus",
    root: Path | None = None,
    *,
    doc: str = "",
    language: str = "en",
) -> pd.DataFrame:
    """Hold a number of people that other numbers imply against those that are stated.

    Parameters
    ----------
    indicator
        Code of the number of people.
    doc
        Code of one document; all that both state and imply the number when empty.

    An implied number keeps its ends and loses its middle: rounding alone makes it a
    range.

    Returns
    -------
    pandas.DataFrame
        One row for each number, by place and size: ``doc``, ``position``, ``place``,
        ``place_zh``, ``place_en``, ``indicator``, ``source`` (``reported`` or
        ``derived``), ``kind`` (of the statement, or ``implied``), ``time_period``,
        ``value``, ``lower`` and ``upper`` in persons, ``stated`` in words, ``formula``,
        ``id``, ``ids``, ``grade`` and ``facet``. A place that states no such number, or
        whose implied number was refused, has no rows.

    Examples
    --------
    >>> denominators()[["place_en", "kind", "time_period", "stated"]].values.tolist()
    [['Xianning', 'baseline', '2020', '469,200'], \
['Xianning', 'implied', '2016/2020', '509,657 to 511,059'], \
['Xianning', 'projection', '2025', '572,800']]
    """
    book, computed = load_codebook(root or find_root()), _computed(root)
    implied = computed[
        (computed["measure"] == "implied") & (computed["indicator"] == indicator)
    ].assign(kind="implied", value=float("nan"))
    implied["stated"] = [
        between(row, book, language) for row in implied.to_dict("records")
    ]
    reported = statements([indicator], root, language=language)
    reported = reported[reported["value"].notna()].assign(formula="")
    both = set(reported["doc"]) & set(implied["doc"])
    frame = pd.concat([reported, implied], ignore_index=True)
    frame = frame[frame["doc"].isin(both & {doc} if doc else both)]
    frame = frame.sort_values(["position", "lower"], kind="stable", ignore_index=True)
    return graded(frame, root, group="doc")[
        [*WHERE, "indicator", *WHAT, "formula", *GRADED]
    ]


def squeeze(root: Path | None = None, *, language: str = "en") -> pd.DataFrame:
    """Change in beds against change in older people, as far as documents state both.

    A line runs from the baseline to the last target or projection. Where a document
    sets no target for beds but expects a number of older people, a scenario holds the
    beds as they are. Nothing else is filled in: what a document does not state twice
    has a row that says so.

    Returns
    -------
    pandas.DataFrame
        One row for each end of a line and each ratio: ``doc``, ``position``, ``place``,
        ``place_zh``, ``place_en``, ``line`` (``elderly``, ``beds``, or ``ratio`` for
        beds per 1,000, which has no index), ``indicator``, ``source``, ``kind``
        (``baseline``, ``target``, ``projection`` or ``scenario``), ``time_period``,
        ``value``, ``lower``, ``upper``, ``stated``, ``index`` (baseline = 100),
        ``reason_en`` and ``reason_zh`` (why there is no line; else empty), ``id``,
        ``ids``, ``grade`` and ``facet``.

    Examples
    --------
    >>> frame = squeeze().query("place_en == 'Xianning' and line != 'ratio'")
    >>> frame[["line", "kind", "stated", "index"]].round(1).values.tolist()
    [['elderly', 'baseline', '469,200', 100.0], \
['elderly', 'projection', '572,800', 122.1], ['beds', 'baseline', '18,577', 100.0], \
['beds', 'scenario', '18,577', 100.0]]
    """
    book = load_codebook(root or find_root())
    reported = statements(LINES, root, language=language)
    reported = reported.assign(reason_en="", reason_zh="")
    reported["line"] = reported["indicator"].map(LINES)
    ratios = _computed(root, language)
    ratios = ratios[
        ratios["indicator"].map(LINES).eq("ratio")
        & ratios["measure"].isin(["value", "scenario"])
    ].assign(line="ratio")
    ratios["kind"] = ratios["measure"].replace("value", "baseline")
    parts = []
    for place in book.places:
        own = reported[reported["doc"] == place.doc]
        computed = ratios[ratios["doc"] == place.doc]
        frozen = computed[computed["kind"] == "scenario"]
        people, beds = (_ends(own[own["line"] == line]) for line in ("elderly", "beds"))
        if len(people) == 2 and len(beds) == 1 and len(frozen):
            beds = _frozen(beds, people["time_period"].iloc[1], frozen["ids"].iloc[0])
        for code, ends in zip(LINES, (people, beds), strict=False):
            parts.append(
                ends if len(ends) == 2 else _no_line(place.doc, code, ends, book)
            )
        parts += [own[own["line"] == "ratio"], computed]
    frame = pd.concat(parts, ignore_index=True).drop(columns=[*places(book)])
    frame = frame.join(places(book), on="doc")
    frame[["reason_en", "reason_zh"]] = frame[["reason_en", "reason_zh"]].fillna("")
    return graded(frame, root, group="doc")[
        [*WHERE, "line", "indicator", *WHAT, "index", "reason_en", "reason_zh", *GRADED]
    ]


def feasibility(root: Path | None = None, *, language: str = "en") -> pd.DataFrame:
    """Whether the slots that a plan adds up to give the ratio that it sets.

    Returns
    -------
    pandas.DataFrame
        For each document whose slots are stated plus to be added, one row for each
        number: ``doc``, ``position``, ``place``, ``place_zh``, ``place_en``, ``role``
        (``slots``: all that the words allow; ``part``: each number of slots that it is
        the sum of, as printed; ``target``: planned slots per 1,000; ``people``: stated
        residents; ``people_at_target``: residents at which the slots just give the
        target; ``outcome``: slots per 1,000 of the expected residents),
        ``indicator``, ``source``, ``kind``, ``time_period``, ``value``, ``lower`` and
        ``upper`` (slots, slots per 1,000 or persons), ``stated``, ``id``, ``ids``,
        ``grade`` and ``facet``.

    Examples
    --------
    >>> frame = feasibility()[["role", "time_period", "stated"]]
    >>> frame.values.tolist()[:3]
    [['slots', '2025', '45,000 to 55,000'], ['part', '2025', '30,000'], \
['part', '2021', 'about 20,000']]
    """
    book = load_codebook(root or find_root())
    computed = _computed(root, language)
    known = load(root).set_index("id", drop=False)
    known = known.assign(source="reported", ids=known["id"])
    known["stated"] = [worded(row, book, language) for row in known.itertuples()]
    computed["role"] = computed["rule"].map(FEASIBILITY).fillna("")
    computed["kind"] = computed["measure"]
    parts = []
    for place in book.places:
        own = computed[computed["doc"] == place.doc]
        rows = {row["role"]: row for row in own.to_dict("records") if row["role"]}
        if len(rows) < len(FEASIBILITY):
            continue
        summed = rows["slots"]["inputs"].split()
        target = rows["people_at_target"]["inputs"].split()
        code = rows["people_at_target"]["indicator"]
        people = statements([code], root, language=language)
        parts += [
            own[own["role"] == "slots"],
            known.loc[summed].assign(role="part"),
            known.loc[[id for id in target if id not in summed]].assign(role="target"),
            people[people["doc"] == place.doc].assign(role="people"),
            own[own["role"].isin(["people_at_target", "outcome"])],
        ]
    frame = pd.concat(parts, ignore_index=True).drop(columns=[*places(book)])
    frame = frame.join(places(book), on="doc")
    return graded(frame, root, group="doc")[
        [*WHERE, "role", "indicator", *WHAT, *GRADED]
    ]


def area_growth(root: Path | None = None) -> pd.DataFrame:
    """List growth and share of each area, for documents that plan by area.

    Returns
    -------
    pandas.DataFrame
        One row for each area: ``doc``, ``place``, ``place_zh``, ``place_en``,
        ``ref_area``, ``area_zh``, ``area_en``, ``first_year`` and ``last_year``;
        ``slots_first`` and ``slots_last``, childcare slots in both years;
        ``slots_growth``, ``slots_share_first``, ``slots_share_last`` (of the whole
        place) and ``beds_growth`` in percent; ``ids``, the two numbers of slots, last
        first, and the ids of the derived values.

    Examples
    --------
    >>> columns = ["area_en", "slots_first", "slots_last", "slots_growth"]
    >>> area_growth()[columns].round(1).values.tolist()[0]
    ['Xiangyang', 240, 1265, 427.1]
    """
    book = load_codebook(root or find_root())
    computed = _computed(root)
    keys = computed[["indicator", "measure", "ref_area", "time_period"]]
    known_as = keys.itertuples(index=False, name=None)
    value = dict(
        zip(known_as, zip(computed["value"], computed["id"], strict=True), strict=True)
    )
    known = load(root).set_index("id")
    slots, beds = AREA_INDICATORS
    grown = computed[
        (computed["measure"] == "growth") & (computed["indicator"] == slots)
    ]
    rows = []
    for row in grown.to_dict("records"):
        last, first = (known.loc[id] for id in row["inputs"].split())
        area, years = row["ref_area"], (first["time_period"], last["time_period"])
        shares = [value[slots, "area_share", area, year] for year in years]
        beds_growth = value[beds, "growth", area, years[1]]
        rows.append(
            {
                **{name: row[name] for name in WHERE if name != "position"},
                "ref_area": area,
                "area_zh": book.areas[area].name_zh,
                "area_en": book.areas[area].name_en,
                "first_year": years[0],
                "last_year": years[1],
                "slots_first": int(first["value"]),
                "slots_last": int(last["value"]),
                "slots_growth": row["value"],
                "slots_share_first": shares[0][0],
                "slots_share_last": shares[1][0],
                "beds_growth": beds_growth[0],
                "ids": row["inputs"].replace(" ", SEVERAL),
                "slots_growth_id": row["id"],
                "slots_share_last_id": shares[1][1],
                "beds_growth_id": beds_growth[1],
            }
        )
    return pd.DataFrame(rows)


def _computed(root: Path | None, language: str = "en") -> pd.DataFrame:
    """Read derived values that were not refused; add place, rule and words."""
    frame = load_derived(root)
    frame = frame[frame["refused"] == ""].copy()
    frame[["doc", "rule"]] = frame["id"].str.split(":", expand=True)[[0, 1]]
    book = load_codebook(root or find_root())
    frame["stated"] = [between(row, book, language) for row in frame.to_dict("records")]
    return frame.join(places(book), on="doc").assign(
        source="derived", comparator="", ids=frame["inputs"].str.replace(" ", SEVERAL)
    )


def _ends(rows: pd.DataFrame) -> pd.DataFrame:
    """Baseline and last later value of an indicator at a place, baseline = 100."""
    rows = rows[rows["value"].notna() & (rows["time_period"] != "")]
    starts = rows[rows["kind"] == "baseline"].sort_values("time_period").tail(1)
    later = rows[rows["kind"].isin(["target", "projection"])]
    ends = pd.concat([starts, later.sort_values("time_period").tail(1)])
    start = starts["value"].iloc[0] if len(starts) else float("nan")
    return ends.assign(index=100 * ends["value"] / start)


def _frozen(beds: pd.DataFrame, year: str, ids: str) -> pd.DataFrame:
    """Add the scenario that the stated beds stay until the people are counted."""
    stay = beds.assign(kind="scenario", time_period=year, source="derived", ids=ids)
    return pd.concat([beds, stay])


def _no_line(
    doc: str, indicator: str, ends: pd.DataFrame, book: Codebook
) -> pd.DataFrame:
    """Say that an indicator is not stated twice."""
    period = " ".join(ends["time_period"])
    wording = "stated_once" if period else "stated_never"
    row = {
        "doc": doc,
        "line": LINES[indicator],
        "indicator": indicator,
        "source": "reported",
        "kind": "",
        "time_period": period,
        "stated": " ".join(ends["stated"]),
        **{
            f"reason_{language}": say(
                book, wording, language, name_of(book, indicator, language), period
            )
            for language in ("en", "zh")
        },
        "id": " ".join(ends["id"]),
        "ids": " ".join(ends["ids"]),
    }
    return pd.DataFrame([row])
