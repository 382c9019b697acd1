"""Childcare: slots per 1,000 residents, whether plans add up to them, and where.

In: an open project. Out: frames of ratios, of what planned slots give, and of slots by
area and year; and their figures.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.codebook.models import Place
from compare.project import Project
from compare.views import charts, markers, tables
from compare.views.markers import BASELINE, DERIVED, GREY, INK, TARGET
from compare.views.words import SEVERAL, Words, cited, filled

SLOTS, BEDS = "childcare_slots", "eldercare_beds"
RATIO = "childcare_slots_per_1000_residents"
ROLES = {
    "planned_slots": "slots",
    "planned_slot_ratio": "outcome",
    "residents_at_target": "people_at_target",
}
ACROSS = 4


def ratios(project: Project) -> pd.DataFrame:
    """List slots per 1,000 residents: reported, and derived where only counts are.

    As ``tables.with_derived``, with ``group`` and ``reason``.
    """
    return tables.grouped(project, tables.with_derived(project, [RATIO]))


def feasibility(project: Project) -> pd.DataFrame:
    """Whether the slots that a plan adds up to give the ratio that it sets.

    Returns
    -------
    pandas.DataFrame
        For each plan whose slots are stated plus to be added, one row for each number:
        columns of ``tables.STATEMENT``, with ``role`` (``slots``: all that the words
        allow; ``part``: each number of slots that it is the sum of, as printed;
        ``target``: planned slots per 1,000; ``people``: stated residents;
        ``people_at_target``: residents at which the slots just give the target;
        ``outcome``: slots per 1,000 of the expected residents).

    Examples
    --------
    >>> import compare
    >>> frame = feasibility(compare.load().project)
    >>> frame[["role", "time_period", "lower", "upper"]].values.tolist()[:2]
    [['slots', '2025', 45000.0, 55000.0], ['part', '2025', 30000.0, 30000.0]]
    """
    computed = tables.derived(project)
    computed = computed.assign(role=computed["rule"].map(ROLES)).dropna(subset="role")
    known = project.observations.reset_index()
    known = known.assign(source="reported", refused="", ids=known["id"])
    known = known.set_index("id", drop=False)
    parts = [known.iloc[:0].assign(role="")]
    for doc, own in computed.groupby("doc", observed=True):
        if own["role"].nunique() < len(ROLES):
            continue
        slots, outcome, meets = (own[own["role"] == role] for role in ROLES.values())
        summed, target = (one["ids"].iloc[0].split(SEVERAL) for one in (slots, meets))
        target = [id for id in target if id not in summed]
        people = tables.statements(project, meets["indicator"])
        people = people[people["doc"] == doc].assign(role="people")
        summands, planned = known.loc[summed], known.loc[target]
        stated = [summands.assign(role="part"), planned.assign(role="target"), people]
        parts += [slots, *stated, outcome, meets]
    columns = [*tables.STATEMENT, "role"]
    return tables.stacked(project, [part[columns] for part in parts])


def plot_feasibility(project: Project, feasibility: pd.DataFrame) -> Figure:
    """Slots per 1,000 that planned slots give, over the population that shares them.

    The band is all that hedged words allow, the dashed line the numbers as printed; a
    box holds what they give on the expected population. Rows below: the population as
    stated, as expected, and that at which the slots just give the planned ratio.
    """
    words = Words(project.book)
    plans = charts.by_plan(project, words.stated(feasibility))
    heights = [3, 1.6] * len(plans)
    stated = feasibility[feasibility["role"] == "people"]
    with markers.canvas(project, stated, 0.5 + 3.3 * len(plans), "range") as figure:
        panels = figure.subplots(len(heights), 1, squeeze=False, height_ratios=heights)
        pairs = panels.reshape(-1, 2)
        for (curves, people), (place, rows) in zip(pairs, plans, strict=True):
            _people_rows(people, words, place, rows)
            _slot_curves(curves, words, place, rows, people.get_xlim())
    return figure


def _people_rows(axes: Axes, words: Words, place: Place, rows: pd.DataFrame) -> None:
    """Draw the populations of a plan: a row for each, bars for what is a range."""
    ratio = rows.loc[rows["role"] == "target", "stated"].iloc[0]
    people = rows[rows["role"].isin(["people", "people_at_target"])]
    names, look = [], dict(va="top", linespacing=None, color=None)
    for y, row in enumerate(people.to_dict("records")):
        derived = row["source"] == DERIVED
        if derived or row["comparator"] != "=":
            markers.span(axes, row, y - 0.2, place, height=0.3)
        if not derived:
            markers.mark(axes, row["value"], y - 0.2, place, row["kind"])
        spot = (markers.middle(row), y)
        markers.write(axes, row["stated"], spot, (0, -3), None, **look)
        meets = words.both("figure", "just_gives", "\n", ratio)
        names.append(meets if derived else charts.told_kind(words, row))
    axes.set_yticks(range(len(names)), names, fontsize=8, linespacing=1.1)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    charts.count_people(axes, words, people, 0.12)


def _slot_curves(
    axes: Axes, words: Words, place: Place, rows: pd.DataFrame, ends: markers.Spot
) -> None:
    """Draw slots per 1,000 over the population, for both ends and as printed."""
    role = {name: part.to_dict("records") for name, part in rows.groupby("role")}
    (slots,), (target,), (outcome,) = role["slots"], role["target"], role["outcome"]
    x = np.linspace(*ends, 101)
    most = f"{words.number(slots['upper'])} {words.both('figure', 'slots')}"
    printed = " + ".join(part["stated"] for part in reversed(role["part"]))
    curves = [
        (slots["upper"], most, "-"),
        (sum(part["value"] for part in role["part"]), printed, "--"),
        (slots["lower"], words.number(slots["lower"]), "-"),
    ]
    lower, upper = (1000 * slots[end] / x for end in ("lower", "upper"))
    axes.fill_between(x, lower, upper, color=place.colour, alpha=0.15, linewidth=0)
    for total, told, line in curves:
        axes.plot(x, 1000 * total / x, color=place.colour, linewidth=1.3, ls=line)
        spot = (x[0], 1000 * total / x[0])
        markers.write(axes, told, spot, (2, 2), None, ha="left", va="bottom")
    axes.axhline(target["value"], color=INK, linewidth=1.2)
    axes.axhspan(target["lower"], target["upper"], color=GREY, alpha=0.25, linewidth=0)
    told = words.both("figure", "planned", " ", target["time_period"])
    spot = (x[1], target["lower"])
    markers.beside(axes, f"{target['stated']} {told}", spot, above=False, side="left")
    for row in role["people"]:
        axes.axvline(row["value"], color=GREY, linewidth=0.8, linestyle=":", zorder=1)
        if row["time_period"] == outcome["time_period"]:
            y, height = markers.middle(outcome), outcome["upper"] - outcome["lower"]
            markers.span(axes, row, y, place, height=height, facecolor="none")
            told = words.both("figure", "at_population", "\n")
            spot = (row["upper"], outcome["upper"])
            told = f"{outcome['stated']} {told}"
            markers.beside(axes, told, spot, above=True, side="right")
    axes.set(xlim=ends, ylim=(0.92 * lower.min(), 1.06 * upper.max()))
    axes.tick_params(labelbottom=False)
    ratio = words.book.axes[RATIO]
    axes.set_ylabel(f"{ratio.label_en}\n{ratio.label_zh}")
    told = words.both("figure", "slots_planned", "\n", slots["time_period"])
    axes.set_title(f"{place.both}: {slots['stated']} {told}", loc="left")


def area_growth(project: Project) -> pd.DataFrame:
    """List growth and share of each area, for plans that set values by area.

    Returns
    -------
    pandas.DataFrame
        One row for each area, as ``tables.derived`` lists the growth of slots, with
        ``first_year`` and ``last_year``; and, each with its id (``beds_growth_id``),
        ``slots_first`` and ``slots_last``, and in percent, NaN where a plan has none,
        ``slots_growth``, ``slots_share_first``, ``slots_share_last`` (of the whole
        place) and ``beds_growth``.

    Examples
    --------
    >>> import compare
    >>> columns = ["ref_area", "slots_first", "slots_last", "slots_growth"]
    >>> area_growth(compare.load().project)[columns].round(1).values.tolist()[0]
    ['230803', 240, 1265, 427.1]
    """
    computed = tables.derived(project, "growth", "area_share")

    def values(indicator: str, measure: str, name: str, year: str) -> pd.DataFrame:
        of = (computed["indicator"] == indicator) & (computed["measure"] == measure)
        heads = {"value": name, "id": f"{name}_id", "time_period": year}
        return computed[of].rename(columns=heads)

    frame = values(SLOTS, "growth", "slots_growth", "last_year")
    for position, end in enumerate(("last", "first")):
        ids = frame["ids"].str.split(SEVERAL).str[position]
        stated = project.observations.loc[ids.tolist()]
        frame[f"{end}_year"] = stated["time_period"].array
        frame[f"slots_{end}"] = stated["value"].astype(int).array
        frame[f"slots_{end}_id"] = ids
    for indicator, measure, name, year in (
        (SLOTS, "area_share", "slots_share_first", "first_year"),
        (SLOTS, "area_share", "slots_share_last", "last_year"),
        (BEDS, "growth", "beds_growth", "last_year"),
    ):
        on = ["doc", "ref_area", year]
        other = values(indicator, measure, name, year)[[*on, name, f"{name}_id"]]
        frame = frame.merge(other, "left", on=on, validate="one_to_one")
    return frame


def areas(project: Project, words: Words) -> pd.DataFrame:
    """Show slots by area, in the first and the last year, and the growth of beds.

    Growth and shares are in percent; each number links to what it rests on.
    """
    frame = area_growth(project)
    shown, heads = pd.DataFrame({"area": _names(words, frame)}), {}
    for end in ("first", "last"):
        slots = map(words.number, frame[f"slots_{end}"])
        shown[end] = _linked(slots, frame[f"slots_{end}_id"])
        heads[end] = words.say("slots_in", SEVERAL.join(frame[f"{end}_year"].unique()))
    for name in ("slots_growth", "slots_share_last", "beds_growth"):
        told = [f"{value:.1f}" if value == value else "" for value in frame[name]]
        shown[name] = _linked(told, frame[f"{name}_id"])
    return words.table(shown).rename(columns=heads)


def _linked(texts: Iterable[str], ids: Iterable[str]) -> list[str]:
    rows = zip(texts, ids, strict=True)
    return [cited({"stated": text, "id": id}) for text, id in rows]


def _names(words: Words, frame: pd.DataFrame) -> list[str]:
    areas = [words.book.areas[code] for code in frame["ref_area"]]
    return [str(words.pick(area, "name")) for area in areas]


def series(project: Project) -> pd.DataFrame:
    """Childcare slots by area and year, as ``tables.area_series``."""
    return tables.area_series(project, SLOTS)


def series_table(project: Project, words: Words) -> pd.DataFrame:
    """Show ``series``, areas named in Chinese, or in both languages."""
    frame = series(project)
    tongues = [words] if words.language == "zh" else words.tongues
    names = {tongue.head("area"): _names(tongue, frame) for tongue in tongues}
    return pd.DataFrame(names).join(frame.drop(columns=["doc", "ref_area"]))


def plot_areas(project: Project, series: pd.DataFrame) -> Figure:
    """Small multiples: each area of a plan, first year = 100, the whole in grey.

    Examples
    --------
    >>> import compare
    >>> project = compare.load().project
    >>> figure = plot_areas(project, series(project))
    >>> figure.axes[0].get_title(loc="left")
    '向阳区 Xiangyang'
    """
    plans = charts.by_plan(project, series)
    down = [-(-len(rows) // ACROSS) for _, rows in plans]
    drawn, shape = series.assign(kind=TARGET), (sum(down), ACROSS)
    with markers.canvas(project, drawn, 0.6 + 1.2 * sum(down)) as figure:
        panels = figure.subplots(*shape, squeeze=False, sharex="row", sharey="row")
        for (place, rows), height in zip(plans, down, strict=True):
            own, panels = panels[:height].ravel().tolist(), panels[height:]
            _areas_of(own, Words(project.book), place, rows)
    return figure


def _areas_of(
    panels: Sequence[Axes], words: Words, place: Place, part: pd.DataFrame
) -> None:
    """Draw the areas of a plan, and say in the first spare panel what is drawn."""
    values = part.drop(columns=["doc", "ref_area"]).dropna(axis="columns", how="all")
    years, values = [str(year) for year in values], values.astype(float)
    index = values.mul(100).div(values[years[0]], axis=0)
    whole, *rows = index.to_numpy().tolist()
    x, last = range(len(years)), len(years) - 1
    areas = [words.book.areas[code] for code in part["ref_area"]]
    names = [f"{area.name_zh} {area.name_en}" for area in areas]
    for axes, name, row in zip(panels, names[1:], rows, strict=False):
        axes.plot(x, whole, color="#b0b0b0", linewidth=3.5)
        axes.plot(x, row, color=place.colour, linewidth=1.3)
        markers.mark(axes, 0, row[0], place, BASELINE)
        markers.mark(axes, last, row[-1], place, TARGET)
        spot = (last, row[-1])
        markers.beside(axes, f"{row[-1]:.0f}", spot, above=True, side="right")
        axes.set_title(name, loc="left", fontsize=8)
    for axes in panels:
        axes.set(xlim=(-0.4, last + 0.4), ylim=(0, 1.4 * float(index.to_numpy().max())))
        axes.set_xticks([0, last], [years[0], years[-1]])
        axes.set_yticks([0, 100, round(whole[-1])])
        axes.tick_params(labelbottom=True)
    for axes in panels[len(rows) :]:
        axes.set_axis_off()
    told = [f"{years[0]} = 100\n", words.both("figure", "grey"), names[0]]
    told.append(filled(words.label("figure", "in_year"), f"{whole[-1]:.0f}", years[-1]))
    look = dict(ha="left", va="top", color=None)
    markers.write_inside(panels[len(rows)], "\n".join(told), (0, 0.95), **look)
