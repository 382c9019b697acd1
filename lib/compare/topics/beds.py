"""Beds: which numbers of beds for older people may stand side by side.

In: an open project. Out: frames of ratios, of ratios that were refused, of beds against
older people, and of norms; and their figures. What documents do not state is not filled
in; a row says why it is missing.
"""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.base.intervals import last_year, period_end
from compare.codebook.models import Place
from compare.project import NUMBERS, Project
from compare.views import charts, markers, tables
from compare.views.markers import BASELINE, DERIVED, PROJECTION, SCENARIO, TARGET
from compare.views.words import Words

RATIO = "eldercare_beds_per_1000_elderly"
PANELS = {RATIO: "reported", "institution_beds_per_1000_elderly": "institution"}
LINES = {"residents_60_plus": "elderly", "eldercare_beds": "beds", RATIO: "ratio"}


def ratios(project: Project) -> pd.DataFrame:
    """Put beds per 1,000 elderly, reported and derived, into the two panels of a chart.

    As ``tables.with_derived``, with ``panel`` (``reported`` or ``institution``),
    ``group`` and ``reason``. An all-bed ratio that we derive stands in the reported
    panel beside the value that the document reports; ``refusals`` lists refused ones.

    Examples
    --------
    >>> import compare
    >>> frame = ratios(compare.load().project)
    >>> frame[["panel", "doc", "source"]].values.tolist()[:2]
    [['reported', 'xianning', 'reported'], ['reported', 'xianning', 'derived']]
    """
    frame = tables.with_derived(project, PANELS)
    panels = frame["indicator"].astype("str").map(PANELS)
    order = pd.CategoricalDtype([*PANELS.values()], ordered=True)
    by, up = ["panel", "doc", "source", "time_period"], [True, True, False, True]
    frame = frame.assign(panel=panels.astype(order)).sort_values(
        by, ascending=up, kind="stable", ignore_index=True
    )
    return tables.grouped(project, frame)


def described(ratios: pd.DataFrame, words: Words) -> pd.DataFrame:
    """Add ``what``: of what kind each ratio is, and where it comes from, in words."""
    rows = ratios[["source", "kind", "indicator"]].itertuples(index=False, name=None)
    told = [
        words.say(f"{source}_ratio", words.label("kind", kind), words.indicator(code))
        for source, kind, code in rows
    ]
    return ratios.assign(what=told)


def plot_ratios(project: Project, ratios: pd.DataFrame) -> Figure:
    """Draw ``ratios`` in two panels: as reported, and institution beds derived."""
    words, book = Words(project.book), project.book
    with markers.canvas(project, ratios, 3.6, "range", DERIVED) as figure:
        panels = figure.subplots(1, 2, sharex=True)
        for axes, panel in zip(panels, PANELS.values(), strict=True):
            part = ratios[ratios["panel"] == panel]
            charts.scale(axes, project, "bed_ratios", "\n")
            axes.locator_params(axis="x", nbins=6)
            charts.dots(axes, project, part, tables.footnote_letters(ratios))
            title = words.both("figure", f"{panel}_beds", "  ")
            marks = book.codes["figure"][f"{panel}_beds"].definition
            axes.set_title(f"{title}\n({marks})", loc="left", fontsize=8.5, pad=56)
    return figure


def refusals(project: Project, words: Words) -> pd.DataFrame:
    """Ratios that were not computed, with the reason, as a table for readers."""
    frame = project.derived.reset_index().sort_values(["doc", "id"])
    frame = frame[(frame["refused"] != "") & (frame["measure"] == "value")]
    table = frame.assign(
        ratio=[words.indicator(code) for code in frame["indicator"]],
        refused=frame["note_zh" if words.language == "zh" else "note"],
    )
    return words.table(table, ["place", "ratio", "refused", "inputs"])


def norms(project: Project, words: Words) -> pd.DataFrame:
    """Norms and thresholds for single facilities, as a table for readers."""
    indicators = project.book.indicators
    codes = [code for code, row in indicators.items() if row.family == "standards"]
    frame = words.stated(tables.statements(project, codes))
    table = frame.assign(unit=[words.unit(code) for code in frame["unit"]])
    columns = ["indicator", "place", "scope_stated", "stated", "unit", "ids"]
    return words.table(table, columns)


def squeeze(project: Project) -> pd.DataFrame:
    """Change in beds against change in older people, as far as plans state both.

    A line runs from the baseline to the last target or projection. Where a plan sets no
    target for beds but expects a number of older people, a scenario holds the beds as
    they are. Nothing else is filled in: what a plan does not state twice has a row that
    says so.

    Returns
    -------
    pandas.DataFrame
        Columns of ``tables.STATEMENT`` for each end of a line and each ratio, with
        ``line`` (``elderly``, ``beds``, or ``ratio`` for beds per 1,000, which has no
        index), ``index`` (baseline = 100) and ``reason`` (wording that says why there
        is no line; else empty).

    Examples
    --------
    >>> import compare
    >>> frame = squeeze(compare.load().project)
    >>> frame[["line", "kind", "value", "index"]].round(1).values.tolist()[:2]
    [['elderly', 'baseline', 469200.0, 100.0], \
['elderly', 'projection', 572800.0, 122.1]]
    """
    stated = tables.statements(project, LINES)
    computed = tables.derived(project, "value", SCENARIO)
    computed = computed.loc[computed["indicator"] == RATIO, list(stated)]
    known = tables.stacked(project, [stated, computed])
    known = known.assign(line=known["indicator"].astype("str").map(LINES), reason="")
    parts = []
    for doc in project.book.order:
        own = known[known["doc"] == doc]
        frozen = own[own["kind"] == SCENARIO]
        people, beds = (_ends(own[own["line"] == line]) for line in ("elderly", "beds"))
        if len(people) == 2 and len(beds) == 1 and len(frozen):
            year, ids = people["time_period"].iloc[1], frozen["ids"].iloc[0]
            stay = {"kind": SCENARIO, "time_period": year, "source": DERIVED}
            beds = pd.concat([beds, beds.assign(**stay, ids=ids)])
        for code, ends in zip(LINES, (people, beds), strict=False):
            parts.append(ends if len(ends) == 2 else _no_line(project, doc, code, ends))
        parts.append(own[own["line"] == "ratio"])
    return tables.stacked(project, parts)


def _ends(rows: pd.DataFrame) -> pd.DataFrame:
    """Baseline and last later value of an indicator in a plan, baseline = 100."""
    rows = rows[rows["value"].notna() & (rows["time_period"] != "")]
    rows = rows.sort_values("time_period")
    starts = rows[rows["kind"] == BASELINE].tail(1)
    ends = pd.concat([starts, rows[rows["kind"].isin([TARGET, PROJECTION])].tail(1)])
    start = starts["value"].iloc[0] if len(starts) else float("nan")
    return ends.assign(index=100 * ends["value"] / start)


def _no_line(
    project: Project, doc: str, indicator: str, ends: pd.DataFrame
) -> pd.DataFrame:
    """Say that an indicator is not stated twice: what is stated has no index."""
    if len(ends):
        return ends.assign(index=float("nan"), reason="stated_once")
    row: dict[str, Any] = dict.fromkeys(tables.STATEMENT, "")
    row |= dict.fromkeys(NUMBERS, float("nan"))
    row |= {"doc": doc, "place": project.book.documents[doc].place, "kind": None}
    row |= {"indicator": indicator, "unit": project.book.indicators[indicator].unit}
    row |= {"line": LINES[indicator], "source": "reported", "reason": "stated_never"}
    return pd.DataFrame([row])


def plot_squeeze(project: Project, squeeze: pd.DataFrame) -> Figure:
    """Slopes of beds and of older people, baseline = 100, a panel for each plan.

    A dashed line is a scenario: the plan sets no number of beds, and those stated stay.
    Plans that state neither number twice have no panel; the reasons stand below.

    Examples
    --------
    >>> import compare
    >>> project = compare.load().project
    >>> figure = plot_squeeze(project, squeeze(project))
    >>> [axes.get_title(loc="left").split()[1] for axes in figure.axes[:2]]
    ['Xianning', 'Jiamusi']
    """
    words, drawn = Words(project.book), squeeze[squeeze["index"].notna()]
    has = squeeze["doc"].isin(drawn["doc"])
    shown, absent = (charts.by_plan(project, squeeze[own]) for own in (has, ~has))
    with markers.canvas(project, drawn, 3.45 + 0.26 * len(absent)) as figure:
        grid = figure.add_gridspec(2, len(shown), height_ratios=[10, 0.5 + len(absent)])
        years, index = drawn["time_period"].map(last_year), drawn["index"]
        first, last, room = years.min(), years.max(), index.max() - index.min()
        ends = {"xlim": (first - 0.6, last + 0.6), "xticks": range(first, last + 1)}
        ends["ylim"] = index.min() - room, index.max() + 0.9 * room
        titles = [_title(words, *plan) for plan in shown]
        most = max(map(len, titles))
        for column, (place, rows) in enumerate(shown):
            axes = figure.add_subplot(grid[0, column])
            axes.set(**ends)
            _slopes(axes, words, place, rows[rows["index"].notna()])
            title = titles[column] + ["\u3000"] * (most - len(titles[column]))
            axes.set_title("\n".join(title), loc="left", fontsize=8, linespacing=1.2)
            missing = "\n".join(_reasons(words, rows))
            look = dict(ha="right", va="bottom", fontsize=7.5, color=markers.GREY)
            markers.write_inside(axes, missing, (0.97, 0.03), **look)
            if column == 0:
                axes.set_ylabel(words.both("figure", "index", "  "))
        told = [words.both("figure", "no_panel")] if absent else []
        for place, rows in absent:
            english, chinese = _reasons(words, rows)
            told.append(f"{place.both}  {english}\n        {chinese}")
        below = figure.add_subplot(grid[1, :])
        below.set_axis_off()
        look = dict(ha="left", va="top", fontsize=7, color=markers.GREY)
        markers.write_inside(below, "\n".join(told), (0, 1), **look)
    return figure


def _slopes(axes: Axes, words: Words, place: Place, ends: pd.DataFrame) -> None:
    """Draw each line of a plan from its baseline to its end, named at the end."""
    top, starts = float(ends["index"].max()), []
    for line, rows in words.stated(ends).groupby("line", sort=False):
        first, last = rows.to_dict("records")
        x = [_moment(row["time_period"]) for row in (first, last)]
        y, scenario = [first["index"], last["index"]], last["kind"] == SCENARIO
        colour, width = (place.colour, 2) if line == "beds" else (markers.INK, 1.2)
        dash = "--" if scenario else "-"
        axes.plot(x, y, color=colour, linewidth=width, linestyle=dash, zorder=3)
        markers.mark(axes, x[0], y[0], place, first["kind"])
        unit = words.book.units[last["unit"]]
        since = f"{unit.label_en} {unit.label_zh} {words.time(first['time_period'])}"
        starts.append(f"{first['stated']} {since}")
        told = [tongue.indicator(last["indicator"]) for tongue in words.tongues]
        told.append(f"{y[1]:.1f} ({last['stated']}, {words.time(last['time_period'])})")
        if scenario:
            told.append(words.both("figure", SCENARIO, "\n"))
        else:
            markers.mark(axes, x[1], y[1], place, last["kind"])
        spot = (x[1], y[1])
        markers.beside(axes, "\n".join(told), spot, above=y[1] == top, side="right")
    begin = "\n".join(["100 =", *starts])
    markers.beside(axes, begin, (x[0], y[0]), above=False, side="left")


def _moment(period: str) -> float:
    """Place on an axis of years, where a year stands for its end."""
    end = period_end(period)
    assert end is not None  # lines are drawn of dated values only
    return float(end) - 1


def _title(words: Words, place: Place, rows: pd.DataFrame) -> list[str]:
    """Name a plan; beds per 1,000 as stated, derived, or frozen, with their years."""
    told = [place.both, words.both("figure", "beds_per_1000")]
    for row in words.stated(rows[rows["line"] == "ratio"]).to_dict("records"):
        if row["kind"] == SCENARIO:
            told.append(f"{row['stated']} {words.both('figure', SCENARIO, '  ')}")
        else:
            source = words.both("figure", row["source"])
            told.append(f"{row['stated']} {source} {words.time(row['time_period'])}")
    return told


def _reasons(words: Words, rows: pd.DataFrame) -> list[str]:
    """Why lines are missing, in both languages."""
    missing = rows.loc[rows["reason"] != "", ["reason", "indicator", "time_period"]]
    return [
        tongue.say("several").join(
            tongue.say(reason, tongue.indicator(indicator), period)
            for reason, indicator, period in missing.to_numpy()
        )
        for tongue in words.tongues
    ]
