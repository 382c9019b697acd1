"""Tables: tidy frames of statements, like beside like only.

In: an open project. Out: frames whose rows are sorted and whose columns are named:
reported apart from derived, each scope by itself, grades inside one chart. No words are
in them; ``words`` puts them into a language.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial, reduce
from string import ascii_lowercase

import pandas as pd

from compare.codebook.checks import asked
from compare.codebook.models import COMPARED
from compare.curated.groups import CARE
from compare.project import NUMBERS, Project
from compare.views.words import LANGUAGES, SEVERAL, Words

STATEMENT = (
    *("indicator", "doc", "place", "source", "kind", "time_period", *NUMBERS),
    *("upper_open", "comparator", "unit", "scope", "scope_stated", "obligation"),
    *("match_type", "obs_status", "refused", "note", "id", "ids"),
)
ORDER = ("doc", "kind", "time_period", "source")
ENDS = ("baseline", "target")


def statements(project: Project, indicators: Iterable[str]) -> pd.DataFrame:
    """List what each plan states for some indicators, repetitions put together.

    Only statements for the whole place whose wording is an exact or close match, in
    the order of the indicators asked for and of the places.

    Returns
    -------
    pandas.DataFrame
        Columns of ``STATEMENT``: those of the observations, ``source`` (``reported``),
        and ``ids``: all observations that say the same.

    Examples
    --------
    >>> import compare
    >>> beds = statements(compare.load().project, ["eldercare_beds_per_1000_elderly"])
    >>> beds[["place", "kind", "value"]].values.tolist()
    [['xianning', 'baseline', 36.4], ['jiamusi', 'baseline', 32.0], \
['jiamusi', 'target', 35.0]]
    """
    wanted = known(project, indicators)
    book, frame = project.book, project.observations.reset_index()
    whole = {doc: source.ref_area for doc, source in book.documents.items()}
    frame = frame[
        frame["indicator"].isin(wanted)
        & frame["match_type"].isin(COMPARED)
        & (frame["ref_area"] == frame["doc"].astype("str").map(whole))
        & ~frame["scope"].isin(list(book.codes["scope_part"]))
    ]
    same = ["indicator", "doc", "kind", "time_period", "comparator", *NUMBERS, "scope"]
    groups = frame.groupby(same, dropna=False, sort=False, observed=True)
    told = frame.assign(
        ids=groups["id"].transform(SEVERAL.join),
        note=groups["note"].transform(_joined),
        obligation=groups["obligation"].transform(_joined),
        order=frame["indicator"].astype("str").map(wanted.index),
        source="reported",
        refused="",
    )
    kept = told[~frame.duplicated(same)]
    by = ["order", "doc", "kind", "time_period", "value", "comparator"]
    return kept.sort_values(by, kind="stable", ignore_index=True)[list(STATEMENT)]


def derived(project: Project, *measures: str) -> pd.DataFrame:
    """Give derived values that were not refused the columns of ``statements``.

    Parameters
    ----------
    measures
        Codes of ``measure_derived``: ``value``, ``gap``, ``implied`` …; all when none.

    Returns
    -------
    pandas.DataFrame
        Columns of ``STATEMENT`` and a few more; ``kind`` is the measure, that of its
        first input for the indicator itself, and ``ids`` are the inputs.
    """
    frame = project.derived.reset_index()
    frame = frame[frame["refused"] == ""]
    if measures:
        frame = frame[frame["measure"].isin(measures)]
    blank = ("scope", "scope_stated", "obligation", "match_type", "upper_open")
    return frame.assign(
        **dict.fromkeys(blank, ""),
        source="derived",
        kind=frame["measure"].where(frame["measure"] != "value", frame["kind"]),
        rule=frame["id"].str.split(":").str[1],
        comparator=frame["value"].isna().map({True: "..", False: "="}),
        ids=frame["inputs"].str.replace(" ", SEVERAL),
    )[[*STATEMENT, "rule", "measure", "ref_area", "formula", "note_zh"]]


def with_derived(project: Project, indicators: Iterable[str]) -> pd.DataFrame:
    """Put reported statements and derived values of some indicators together."""
    wanted = known(project, indicators)
    computed = derived(project, "value")
    computed = computed[computed["indicator"].isin(wanted)][list(STATEMENT)]
    both = stacked(project, [statements(project, wanted), computed])
    return both.sort_values(list(ORDER), kind="stable", ignore_index=True)


def stacked(project: Project, frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Put frames of statements and derived values below each other, codes in order.

    Kinds of statements come first, then those of derived values.
    """
    book, known = project.book, project.observations.dtypes
    kinds = [*book.codes["kind"], *book.codes["measure_derived"]]
    ordered = {name: known[name] for name in ("doc", "place", "indicator")}
    ordered["kind"] = pd.CategoricalDtype(kinds, ordered=True)
    return pd.concat(frames, ignore_index=True).astype(ordered)


def grouped(project: Project, frame: pd.DataFrame) -> pd.DataFrame:
    """Add ``group`` and ``reason``: how each value stands beside those of other places.

    The group is a code of the list ``group``; the reason holds the facets that set the
    value apart, by severity. Both are empty where it is held against nothing.
    """
    found = [project.standings.get(id) for id in frame["id"]]
    return frame.assign(
        group=[one.group if one else "" for one in found],
        reason=[SEVERAL.join(one.facets) if one else "" for one in found],
    )


def reference_lines(project: Project, frame: pd.DataFrame) -> pd.DataFrame:
    """National and provincial figures for every indicator of a frame."""
    order = list(dict.fromkeys(frame["indicator"]))
    lines = project.reference_lines
    lines = lines[lines["indicator"].isin(order)]
    ranks = lines["indicator"].map(order.index).argsort(kind="stable")
    return lines.iloc[ranks].reset_index(drop=True)


def footnote_letters(frame: pd.DataFrame) -> dict[str, str]:
    """Give each facet for which a value of a chart asks for care a letter.

    Figures write these letters beside the places, ``footnotes`` explains them.

    Examples
    --------
    >>> groups = {"group": ["care", "equal"], "reason": ["level", ""]}
    >>> footnote_letters(pd.DataFrame(groups))
    {'level': 'a'}
    """
    reasons = frame.loc[frame["group"] == CARE, "reason"]
    facets = dict.fromkeys(facet for cell in reasons for facet in cell.split(SEVERAL))
    return dict(zip(filter(None, facets), ascii_lowercase, strict=False))


def footnotes(
    project: Project, frame: pd.DataFrame, words: Words, *, also: str = ""
) -> str:
    """Explain the letters of a chart: why its values are compared with care.

    ``also`` is what else a reader must know, and all where no value asks for care.
    """
    reasons: dict[str, dict[str, None]] = {}
    for id in frame.loc[frame["group"] == CARE, "id"]:
        for one in project.standings[id].differences:
            told = one.reason(words.language)
            reasons.setdefault(one.row.facet, {})[told] = None
    notes = [
        f"({letter}) {reduce(partial(words.say, 'sentences'), reasons[facet])}"
        for facet, letter in footnote_letters(frame).items()
    ]
    care = words.say("graded", words.label("group", CARE), " ".join(notes))
    return f"{care} {also}".strip() if notes else also


def with_names(project: Project, frame: pd.DataFrame) -> pd.DataFrame:
    """Add names in both languages and values in words, for a file beside a figure."""
    names: dict[str, list[str]] = {}
    for words in (Words(project.book, language) for language in LANGUAGES):
        if "place" in frame:
            places = (project.book.places[place] for place in frame["place"])
            names[f"place_{words.language}"] = [
                row.name(words.language) for row in places
            ]
        if "indicator" in frame:
            labels = list(map(words.indicator, frame["indicator"]))
            names[f"label_{words.language}"] = labels
    named = frame.assign(**names)
    return Words(project.book).stated(named) if "comparator" in frame else named


def ends(project: Project, frame: pd.DataFrame, words: Words) -> pd.DataFrame:
    """Put baseline and target of each plan side by side, each value with its year.

    Grouped statements of one indicator, derived values among them or not, make a table
    for readers, values linked to their sentences; a plan that states nothing says why.
    """
    frame, rows = words.stated(frame), []
    for doc in project.book.order:
        own = frame[frame["doc"] == doc]
        row = {kind: words.dated(own[own["kind"] == kind]) for kind in ENDS}
        if own.empty:
            row["baseline"] = words.absence(doc, str(frame["indicator"].iloc[0]))
        row["compared"] = words.compared(own)
        rows.append({"place": project.book.place(doc).place, **row})
    return words.table(pd.DataFrame(rows))


def side_by_side(
    project: Project, indicators: Iterable[str], words: Words
) -> pd.DataFrame:
    """Lay several indicators out: a row for each, a column for each plan.

    A cell reads from baseline to target, each linked to its sentence; where a plan
    states nothing, it says why.
    """
    book, rows = project.book, []
    for code in known(project, indicators):
        frame = words.stated(statements(project, [code]))
        cells: dict[str, str] = {"indicator": code}
        for doc in book.order:
            own = frame[frame["doc"] == doc]
            parts = (words.dated(own[own["kind"] == kind]) for kind in ENDS)
            told = " → ".join(part for part in parts if part)
            cells[doc] = told or words.absence(doc, code)
        rows.append(cells)
    return words.table(pd.DataFrame(rows))


def area_series(project: Project, indicator: str) -> pd.DataFrame:
    """Values of each area, the whole place first, with a column for each year.

    Of plans that set them by area only; the other columns are ``doc`` and ``ref_area``.
    """
    frame = project.observations.reset_index()
    frame = frame[frame["indicator"] == indicator]
    docs = frame.loc[frame["area_stated"] != "", "doc"].unique()
    frame = frame[frame["doc"].isin(docs) & (frame["flow_stated"] != "")]
    whole = {source.ref_area for source in project.book.documents.values()}
    wide = frame.pivot(index=["doc", "ref_area"], columns="time_period", values="value")
    wide = wide.convert_dtypes().reset_index().rename_axis(columns=None)
    wide = wide.assign(part=~wide["ref_area"].isin(whole))
    wide = wide.sort_values(["doc", "part", "ref_area"], ignore_index=True)
    return wide.drop(columns="part")


def known(project: Project, indicators: Iterable[str]) -> list[str]:
    """Give codes of indicators; an unknown one is a problem. A text is one code."""
    return asked("indicator", indicators, project.book.indicators)


def _joined(texts: pd.Series[str]) -> str:
    return SEVERAL.join(dict.fromkeys(text for text in texts if text))
