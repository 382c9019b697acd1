"""From baselines to targets: what a plan needs every year, and what binds it.

In: an open project. Out: frames of the pace that plans need, of what stated numbers
imply, of targets that bind here and indicate there, and of targets that are met
already; and the figure of the pace. What documents do not state is not filled in.
"""

from collections.abc import Iterable, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.base.intervals import period_end
from compare.curated.findings import HOLDS
from compare.project import Project
from compare.topics.findings import ABOUT_TARGETS, KEEPS, findings
from compare.views.markers import INK, WIDTH, Look, style, write
from compare.views.tables import known, statements
from compare.views.words import SEVERAL, Words, filled


def progress(project: Project) -> pd.DataFrame:
    """Points to go and the pace that a plan needs, where it states both ends.

    Returns
    -------
    pandas.DataFrame
        One row for each indicator and plan with a baseline and a target for the whole
        place: ``indicator``, ``doc``, ``place``; ids of ``baseline`` and ``target``,
        and their years (``from``, ``to``); ids of the ``change`` and of the change
        ``per_year``, and the ``lower`` and ``upper`` end of the latter; and the
        ``obligation`` of the target.

    Examples
    --------
    >>> import compare
    >>> first = progress(compare.load().project).iloc[0]
    >>> first[["baseline", "from", "target", "to"]].tolist()
    ['jiamusi:2693', '2021', 'jiamusi:2725', '2025']
    """
    frame = project.derived[project.derived["refused"] == ""].reset_index()
    measure = frame["measure"]
    gaps = frame[measure == "gap"].rename(columns={"id": "change"})
    gaps = gaps[["indicator", "doc", "place", "inputs", "change"]]
    paces = frame[measure == "change_per_year"].rename(columns={"id": "per_year"})
    paces = paces[["inputs", "per_year", "lower", "upper"]]
    found = gaps.merge(paces, on="inputs", validate="one_to_one")
    inputs, stated = found.pop("inputs").str.split(), project.observations
    found["target"], found["baseline"] = inputs.str[0], inputs.str[1]
    ends = found[["target", "baseline"]].isin(stated.index)
    found = found[ends.all(axis="columns")]
    start, end = (stated.loc[found[name]] for name in ("baseline", "target"))
    found["from"], found["to"] = start["time_period"].array, end["time_period"].array
    found["obligation"] = end["obligation"].array
    return found.sort_values(["indicator", "doc"], kind="stable", ignore_index=True)


def paces(project: Project, progress: pd.DataFrame, words: Words) -> pd.DataFrame:
    """Show ``progress``: what plans need every year."""
    columns = ["indicator", "place", "baseline", "from", "target", "to", "change"]
    frame = _worded(project, progress, words)
    return words.table(frame, [*columns, "per_year", "obligation"])


def national_pace(project: Project, indicators: Iterable[str]) -> pd.DataFrame:
    """Change per year that the country planned: from its first actual to its target.

    Returns
    -------
    pandas.DataFrame
        ``indicator``, ``per_year``, ``from`` and ``to``; one row for each indicator
        with a national actual before a national target.

    Examples
    --------
    >>> import compare
    >>> pace = national_pace(compare.load().project, "nursing_bed_share").iloc[0]
    >>> print(f"{pace['per_year']:.1f} a year from {pace['from']} to {pace['to']}")
    1.4 a year from 2020 to 2025
    """
    lines, wanted = project.reference_lines, known(project, indicators)
    national = lines[(lines["ref_area"] == "CN") & lines["indicator"].isin(wanted)]
    first = national.sort_values("time_period").drop_duplicates(["indicator", "kind"])
    actual, target = (first[first["kind"] == kind] for kind in ("actual", "target"))
    ends = actual.merge(target, on="indicator", suffixes=("_from", "_to"))
    ends = ends.rename(columns={"time_period_from": "from", "time_period_to": "to"})
    years = ends["to"].map(period_end) - ends["from"].map(period_end)
    years = years.astype(float)
    ends["per_year"] = (ends["value_to"] - ends["value_from"]) / years
    return ends.loc[years > 0, ["indicator", "per_year", "from", "to"]]


def plot_pace(
    project: Project, progress: pd.DataFrame, indicators: Sequence[str]
) -> Figure:
    """Bars for the pace of ``progress`` that plans need, a panel for each indicator."""
    shown = _worded(project, progress, Words(project.book))
    with style():
        figure = Figure(figsize=(WIDTH, 2.9), layout="constrained")
        panels = figure.subplots(1, len(indicators), squeeze=False)[0]
        for axes, code in zip(panels, indicators, strict=True):
            _pace_panel(axes, code, shown[shown["indicator"] == code], project)
    return figure


def _pace_panel(axes: Axes, code: str, rows: pd.DataFrame, project: Project) -> None:
    """Draw what plans need every year, and what the country planned."""
    words = Words(project.book)
    places = [project.book.places[place] for place in rows["place"]]
    bars = zip(rows.to_dict("records"), places, strict=True)
    for y, (row, place) in enumerate(bars):
        fill = "white" if place.fill == "hollow" else place.colour
        look: Look = dict(facecolor=fill, edgecolor=place.colour, linewidth=1.5)
        axes.barh(y, row["lower"], height=0.5, **look)
        said = f"{row['per_year']}\n{row['baseline']} → {row['target']}"
        write(axes, said, (row["lower"], y), (4, 0), ha="left", zorder=3)
    title = [tongue.indicator(code) for tongue in words.tongues]
    national = national_pace(project, code)
    for plan in national.to_dict("records"):
        pace, years = plan["per_year"], f"{plan['from']}–{plan['to']}"
        axes.axvline(pace, color="white", linewidth=3.0)
        axes.axvline(pace, color=INK, linewidth=1.2)
        values = (words.number(round(pace, 2)), years)
        for tongue, value in zip(words.tongues, values, strict=True):
            title.append(filled(tongue.label("figure", "national_pace"), value))
    axes.set_title("\n".join(title), loc="left", fontsize=8, linespacing=1.2)
    axes.set_yticks(range(len(rows)), [place.both for place in places])
    longest = max([*rows["lower"], *national["per_year"]])
    axes.set(xlim=(0, longest * 1.5), ylim=(len(rows) - 0.4, -0.6))
    axes.set_xlabel(words.both("measure_derived", "change_per_year", "  "))


def scenarios(
    project: Project, indicators: Iterable[str], words: Words
) -> pd.DataFrame:
    """List what stated numbers imply, and what-if values, with their arithmetic."""
    frame = project.derived.reset_index().sort_values(["doc", "id"])
    frame = frame[frame["indicator"].isin(known(project, indicators))]
    frame = frame[frame["measure"].isin(["implied", "scenario"])]
    frame = frame.assign(
        result=[words.derived(row) for row in frame.to_dict("records")],
        inputs=frame["inputs"].str.replace(" ", SEVERAL),
        says=frame["note_zh" if words.language == "zh" else "note"],
    )
    columns = ["place", "indicator", "result", "formula", "inputs", "says"]
    return words.table(frame, columns)


def obligations(project: Project, words: Words) -> pd.DataFrame:
    """Lay out which targets bind where, for indicators that two plans or more mark."""
    book, frame = project.book, statements(project, project.book.indicators)
    marked = frame[(frame["obligation"] != "") & (frame["kind"] == "target")]
    keys = ["indicator", "doc"]
    marked = marked.drop_duplicates(keys).astype(dict.fromkeys(keys, "str"))
    wide = marked.pivot(index="indicator", columns="doc", values="obligation")
    wide = wide[[doc for doc in book.order if doc in wide]].dropna(thresh=2)
    differs = wide.nunique(axis=1) > 1
    names = {code: words.label("obligation", code) for code in book.codes["obligation"]}
    shown = wide.replace(names).fillna("")
    shown.insert(0, "indicator_both", [words.named(code) for code in shown.index])
    shown["same"] = differs.map({True: words.say("differs"), False: words.say("same")})
    shown = shown.assign(order=~differs).sort_values(["order", "indicator_both"])
    return words.table(shown.drop(columns="order"))


def flat_targets(project: Project, words: Words) -> pd.DataFrame:
    """Show targets that do not lie beyond their baselines, and baselines of zero."""
    frame = findings(project)
    flat = (frame["verdict"] != HOLDS) | (frame["outcome"] == KEEPS)
    frame = frame[flat & frame["test"].isin(ABOUT_TARGETS)]
    frame = frame.assign(said=frame["arithmetic"])
    return words.table(frame, ["place", "outcome", "indicator", "said", "ids"])


def _worded(project: Project, progress: pd.DataFrame, words: Words) -> pd.DataFrame:
    """Put what a plan needs into words."""

    def told(id: str) -> str:
        row = project.rows[id]
        return words.derived(row) if "formula" in row else words.value(row)

    names = ("baseline", "target", "change", "per_year")
    return progress.assign(**{name: progress[name].map(told) for name in names})
