"""Figures: one function for each figure, one style.

In: frames made by ``views``. Out: matplotlib figures, usable alone in anybody's
notebook. Filled is a baseline, a ring is a target, a cross is derived by us; a county
among cities is drawn hollow; every mark has its year beside it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.base.problems import Problem, raise_any
from compare.codebook.book import Codebook, Place, find_root, load_codebook
from compare.views.markers import (
    APART,
    BASELINE,
    DERIVED,
    GREY,
    INK,
    TARGET,
    below,
    beside,
    caution,
    dated,
    key,
    mark,
    named,
    reference,
    span,
    style,
    undated_last,
    year,
)
from compare.views.tables import footnote_letters, graded
from compare.views.words import absence, number

WIDTH = 7.2
LONGEST_LABEL = 52
SCENARIO = "scenario"
SAID = {
    "reported": "stated 所列",
    DERIVED: "derived 推算",
    SCENARIO: "scenario: beds stay  情景：床位不变",
}
TEN_THOUSAND = 10_000
SHADES = {
    "both": "#1f4e79",
    "target": "#6fa3d0",
    "baseline": "#b7d0e8",
    "other": "#dde8f3",
    "blank": "#ffffff",
    "not_stated": "#ffffff",
    "out_of_scope": "#eeeeee",
    "lost_in_picture": "#ffffff",
    "lost_part": "#ffffff",
}
HATCHED = {"lost_in_picture": "////", "lost_part": "\\\\\\\\", "out_of_scope": "xxx"}


def plot_coverage(coverage: pd.DataFrame, root: Path | None = None) -> Figure:
    """Coverage matrix: indicators down, places across, one shade for each state.

    Parameters
    ----------
    coverage
        As made by ``views.coverage``.
    """
    book = load_codebook(root or find_root())
    indicators = coverage["indicator"].drop_duplicates().tolist()
    labels = coverage.drop_duplicates("indicator")
    with style():
        figure = Figure(
            figsize=(WIDTH, 1.5 + 0.29 * len(indicators)), layout="constrained"
        )
        axes = figure.add_subplot()
        for row in coverage.itertuples():
            x = [place.doc for place in book.places].index(str(row.doc))
            y = indicators.index(str(row.indicator))
            state = str(row.state)
            axes.add_patch(_cell(x, y, state))
            axes.text(
                x,
                y,
                book.codes["state"][state].definition,
                ha="center",
                va="center",
                color="white" if state == "both" else INK,
                fontsize=8,
            )
        axes.set_xlim(-0.5, len(book.places) - 0.5)
        axes.set_ylim(len(indicators) - 0.5, -0.5)
        axes.set_xticks(
            range(len(book.places)),
            [f"{place.short_zh}\n{place.short_en}" for place in book.places],
        )
        axes.xaxis.tick_top()
        axes.set_yticks(
            range(len(indicators)),
            [_both(en, zh) for en, zh in labels[["label_en", "label_zh"]].to_numpy()],
            fontsize=7.5,
            linespacing=1.0,
        )
        axes.tick_params(length=0)
        axes.grid(False)
        for side in axes.spines.values():
            side.set_visible(False)
        used = coverage["state"].unique()
        figure.legend(
            handles=[
                _cell(
                    0, 0, code, label=f"{row.definition} {row.label_en} {row.label_zh}"
                )
                for code, row in sorted(
                    book.codes["state"].items(),
                    key=lambda item: list(SHADES).index(item[0]),
                )
                if code in used
            ],
            loc="outside lower center",
            ncols=3,
            fontsize=7.5,
        )
    return figure


def plot_bed_ratios(
    ratios: pd.DataFrame, lines: pd.DataFrame, root: Path | None = None
) -> Figure:
    """Beds per 1,000 elderly in two panels: as reported, and institution beds derived.

    Parameters
    ----------
    ratios
        As made by ``views.bed_ratios``.
    lines
        Reference lines of both indicators, as made by ``views.reference_lines``.
    """
    book = load_codebook(root or find_root())
    titles = {
        "reported": "Reported, scope not stated  文件所列，未说明口径\n"
        "(cross: derived from its counts  推算)",
        "institution": "Institution beds, derived  机构床位推算\n"
        "(bar: all that the words allow)",
    }
    with style():
        figure = Figure(figsize=(WIDTH, 3.6), layout="constrained")
        panels = figure.subplots(1, 2, sharex=True)
        for axes, (panel, title) in zip(panels, titles.items(), strict=True):
            part = ratios[ratios["panel"] == panel]
            axes.set_xlim(0, 55)
            axes.set_xticks(range(0, 55, 10))
            _dots(axes, part, book, footnote_letters(ratios))
            reference(axes, lines[lines["indicator"].isin(part["indicator"])])
            axes.set_title(title, loc="left", fontsize=8.5, pad=56)
            axes.set_xlabel("beds per 1,000 people aged 60+\n张/千名老年人")
        key(figure, county=False, bar=True, grades=ratios["grade"])
    return figure


def plot_shares(
    shares: pd.DataFrame,
    lines: pd.DataFrame,
    *,
    label: str,
    limits: tuple[float, float],
    root: Path | None = None,
) -> Figure:
    """Dumbbells on one axis: baseline to target, one row for each place.

    Parameters
    ----------
    shares
        Statements of one indicator, as made by ``views.statements``; they are graded
        here if they are not yet. A value that may not stand in the chart is refused.
    lines
        Its reference lines.
    label
        What the axis counts, in both languages.
    limits
        Ends of the axis.
    """
    book = load_codebook(root or find_root())
    shares = shares if "grade" in shares else graded(shares, root)
    with style():
        figure = Figure(figsize=(WIDTH, 4.3), layout="constrained")
        axes = figure.add_subplot()
        axes.set_xlim(*limits)
        _dots(axes, shares, book, footnote_letters(shares), every_place=True)
        reference(axes, lines)
        axes.set_xlabel(label)
        hedged = bool(shares["value"].isna().any())
        key(figure, bar=hedged, grades=shares["grade"])
    return figure


def plot_lottery_fund_shares(
    shares: pd.DataFrame, lines: pd.DataFrame, root: Path | None = None
) -> Figure:
    """Lottery-fund shares, one row for each statement with its fund beside it.

    Funds that only a county keeps stand below a rule: no other row has their base.

    Parameters
    ----------
    shares
        As made by ``views.lottery_fund_shares``.
    lines
        Reference lines of the indicator.
    """
    book = load_codebook(root or find_root())
    places = {place.doc: place for place in book.places}
    _refuse_incomparable(shares)
    with style():
        figure = Figure(figsize=(WIDTH, 1.1 + 0.35 * len(shares)), layout="constrained")
        axes = figure.add_subplot()
        names = []
        values = shares["value"].astype(float).tolist()
        for y, (value, row) in enumerate(zip(values, shares.itertuples(), strict=True)):
            place = places[str(row.doc)]
            mark(axes, value, y, place, kind=str(row.kind))
            axes.annotate(
                f"{row.stated}  {dated(str(row.time_period))}",
                (value, y),
                xytext=(12, 0),
                textcoords="offset points",
                va="center",
                fontsize=8,
                color=INK,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
            )
            own = shares.iloc[[y]]
            if row.grade == "B":
                caution(axes, y)
            name = _marked(place, own, footnote_letters(shares))
            names.append(f"{name}\n{row.fund_en}  {row.fund_zh}")
        apart = int((~shares["apart"]).sum())
        axes.axhline(apart - 0.5, color=GREY, linewidth=0.8)
        axes.axhspan(
            apart - 0.5,
            len(shares) - 0.5,
            **APART,
            linewidth=0,
            zorder=0,
        )
        axes.set_ylim(len(shares) - 0.5, -0.5)
        axes.set_yticks(range(len(shares)), names, fontsize=8)
        axes.set_xlim(40, 100)
        axes.set_xlabel("share of the fund named at the left, %  占左列资金的比例")
        reference(axes, lines)
        key(figure, grades=shares["grade"], apart=apart < len(shares))
    return figure


def plot_findings(counts: pd.DataFrame, root: Path | None = None) -> Figure:
    """Stacked bars: how many findings of each rule hold, fail or depend.

    Parameters
    ----------
    counts
        As made by ``views.findings_by_rule``.
    """
    book = load_codebook(root or find_root())
    fills = {
        "holds": ("#d9d9d9", ""),
        "fails": ("#d55e00", ""),
        "depends": ("white", "////"),
    }
    with style():
        figure = Figure(figsize=(WIDTH, 1.0 + 0.41 * len(counts)), layout="constrained")
        axes = figure.add_subplot()
        left = pd.Series(0, index=counts.index)
        for verdict, (fill, hatch) in fills.items():
            label = f"{verdict} {book.label('verdict', verdict, 'zh')}"
            axes.barh(
                range(len(counts)),
                counts[verdict],
                left=left,
                height=0.62,
                facecolor=fill,
                hatch=hatch,
                edgecolor=GREY,
                label=label,
            )
            left = left + counts[verdict]
        chinese = {row.explanation_en: row.explanation_zh for row in book.finding_rules}
        names = [
            "\n".join(
                [textwrap.fill(rule, 74), *textwrap.wrap(chinese.get(rule, ""), 40)]
            )
            for rule in counts["Rule"]
        ]
        axes.set_yticks(range(len(counts)), names, fontsize=6.5, linespacing=1.0)
        axes.set_ylim(len(counts) - 0.4, -0.6)
        axes.set_xlim(0, 1.04 * float(left.max()))
        axes.set_xlabel("findings  核对结果数")
        figure.legend(loc="outside lower center", ncols=3, fontsize=7, frameon=False)
    return figure


def plot_pace(
    progress: pd.DataFrame,
    indicators: Sequence[str],
    national: pd.DataFrame,
    root: Path | None = None,
) -> Figure:
    """Bars for the change per year that plans need, a panel for each indicator.

    Parameters
    ----------
    progress
        As made by ``implications.progress``.
    indicators
        Codes, one panel each.
    national
        As made by ``implications.national_pace``.
    """
    book = load_codebook(root or find_root())
    places = {place.doc: place for place in book.places}
    with style():
        figure = Figure(figsize=(WIDTH, 2.9), layout="constrained")
        panels = figure.subplots(1, len(indicators), squeeze=False)[0]
        for axes, code in zip(panels, indicators, strict=True):
            rows = progress[progress["indicator"] == code]
            lows = rows["low"].astype(float).tolist()
            for y, (low, row) in enumerate(zip(lows, rows.itertuples(), strict=True)):
                place = places[str(row.doc)]
                hollow = place.fill == "hollow"
                axes.barh(
                    y,
                    low,
                    height=0.5,
                    facecolor="white" if hollow else place.colour,
                    edgecolor=place.colour,
                    linewidth=1.5,
                )
                words = f"{row.per_year}\n{row.baseline} → {row.target}"
                axes.annotate(
                    words,
                    (low, y),
                    xytext=(4, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=8,
                    linespacing=1.1,
                    color=INK,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
                )
            plan = national[national["indicator"] == code]
            pace = float(plan["per_year"].iloc[0])
            axes.axvline(pace, color="white", linewidth=3.0)
            axes.axvline(pace, color=INK, linewidth=1.2)
            years = f"{plan['from'].iloc[0]}–{plan['to'].iloc[0]}"
            axes.set_title(
                f"{book.indicators[code].label_en}\n{book.indicators[code].label_zh}\n"
                f"line: the country planned {number(round(pace, 2))} a year\n"
                f"竖线：全国规划年均变化 {years}",
                loc="left",
                fontsize=8,
                linespacing=1.2,
            )
            shown = [named(places[doc]) for doc in rows["doc"]]
            axes.set_yticks(range(len(rows)), shown)
            axes.set_ylim(len(rows) - 0.4, -0.6)
            axes.set_xlim(0, max([*lows, pace]) * 1.5)
            axes.set_xlabel("change per year  年均变化")
    return figure


def plot_denominators(denominators: pd.DataFrame, root: Path | None = None) -> Figure:
    """Draw people on a number line: as stated, as expected, and as implied.

    Stated numbers hang below the line; what other numbers imply is a bar, from end to
    end, with its words above.

    Parameters
    ----------
    denominators
        As made by ``implications.denominators``, in persons; a line for each place.

    Examples
    --------
    >>> from compare.topics import progress as implications
    >>> len(plot_denominators(implications.denominators()).axes)
    1
    """
    book = load_codebook(root or find_root())
    _refuse_incomparable(denominators)
    shown = _shown(denominators, book)
    with style():
        figure = Figure(figsize=(WIDTH, 0.8 + 1.6 * len(shown)), layout="constrained")
        panels = figure.subplots(len(shown), 1, squeeze=False)[:, 0]
        for axes, place in zip(panels, shown, strict=True):
            rows = denominators[denominators["doc"] == place.doc]
            low, high = float(rows["lower"].min()), float(rows["upper"].max())
            margin = 0.2 * (high - low)
            axes.set_xlim(low - margin, high + margin)
            axes.set_ylim(-1, 1)
            axes.axhline(0, color=GREY, linewidth=0.8, zorder=1)
            for row in rows.to_dict("records"):
                implied = row["source"] == DERIVED
                x = row["lower"] / 2 + row["upper"] / 2 if implied else row["value"]
                if implied:
                    span(axes, row["lower"], row["upper"], 0, place, height=0.26)
                else:
                    mark(axes, x, 0, place, kind=row["kind"])
                words = f"{_people(row)}\n{_kind(row, book)}"
                beside(axes, words, (x, 0), above=implied)
            indicator = book.indicators[rows["indicator"].iloc[0]]
            axes.set_yticks([0], [named(place)])
            axes.tick_params(axis="y", length=0)
            axes.xaxis.set_major_formatter(lambda x, _: number(x / TEN_THOUSAND))
            axes.set_xlabel(
                f"{indicator.label_en}, in 10,000  {indicator.label_zh}（万人）"
            )
        key(figure, county=_county(shown), bar=True, kinds=denominators["kind"])
    return figure


def plot_squeeze(squeeze: pd.DataFrame, root: Path | None = None) -> Figure:
    """Slopes of beds and of older people, baseline = 100, a panel for each place.

    A dashed line is a scenario: the plan sets no number of beds, and those stated stay.
    Places that state neither number twice have no panel; the reasons stand below.

    Parameters
    ----------
    squeeze
        As made by ``implications.squeeze``.

    Examples
    --------
    >>> from compare.topics import progress as implications
    >>> figure = plot_squeeze(implications.squeeze())
    >>> [axes.get_title(loc="left").split()[1] for axes in figure.axes[:2]]
    ['Xianning', 'Jiamusi']
    """
    book = load_codebook(root or find_root())
    _refuse_incomparable(squeeze)
    drawn = squeeze[squeeze["index"].notna()]
    shown = _shown(drawn, book)
    absent = [place for place in _shown(squeeze, book) if place not in shown]
    years = drawn["time_period"].map(year)
    low, high = float(drawn["index"].min()), float(drawn["index"].max())
    with style():
        figure = Figure(
            figsize=(WIDTH, 3.45 + 0.26 * len(absent)), layout="constrained"
        )
        grid = figure.add_gridspec(2, len(shown), height_ratios=[10, 0.5 + len(absent)])
        told = {place.doc: _ratios(squeeze, place) for place in shown}
        most = max(len(lines) for lines in told.values())
        for column, place in enumerate(shown):
            axes = figure.add_subplot(grid[0, column])
            axes.set_xlim(years.min() - 0.6, years.max() + 0.6)
            axes.set_ylim(low - 1.0 * (high - low), high + 0.9 * (high - low))
            own = squeeze[squeeze["doc"] == place.doc]
            _slopes(axes, own[own["index"].notna()], place, book)
            axes.set_title(
                "\n".join([named(place), *told[place.doc]])
                + "\n\u3000" * (most - len(told[place.doc])),
                loc="left",
                fontsize=8,
                linespacing=1.2,
            )
            axes.text(
                0.97,
                0.03,
                "\n".join(own["reason_en"] + "\n" + own["reason_zh"]).strip(),
                transform=axes.transAxes,
                ha="right",
                va="bottom",
                fontsize=7.5,
                color=GREY,
            )
            axes.set_xticks(range(years.min(), years.max() + 1))
            if column == 0:
                axes.set_ylabel("baseline = 100  基期=100")
        below = figure.add_subplot(grid[1, :])
        below.set_axis_off()
        below.text(0, 1, _left_out(squeeze, absent), va="top", fontsize=7, color=GREY)
        key(figure, county=_county(shown), kinds=drawn["kind"])
    return figure


def plot_feasibility(feasibility: pd.DataFrame, root: Path | None = None) -> Figure:
    """Slots per 1,000 that planned slots give, over the population that shares them.

    The band is all that hedged words allow, the dashed line the numbers as printed; a
    box holds what they give on the expected population. Rows below: the population as
    stated, as expected, and that at which the slots just give the planned ratio.

    Parameters
    ----------
    feasibility
        As made by ``implications.feasibility``; two panels for each place.

    Examples
    --------
    >>> from compare.topics import progress as implications
    >>> len(plot_feasibility(implications.feasibility()).axes)
    2
    """
    book = load_codebook(root or find_root())
    _refuse_incomparable(feasibility)
    shown = _shown(feasibility, book)
    with style():
        figure = Figure(figsize=(WIDTH, 0.5 + 3.7 * len(shown)), layout="constrained")
        panels = figure.subplots(
            2 * len(shown), 1, squeeze=False, height_ratios=[3, 1.6] * len(shown)
        )[:, 0]
        for curves, people, place in zip(panels[::2], panels[1::2], shown, strict=True):
            rows = feasibility[feasibility["doc"] == place.doc]
            _people_rows(people, rows, place, book)
            _slot_curves(curves, people, rows, place)
        people = feasibility[feasibility["role"] == "people"]
        key(figure, county=_county(shown), bar=True, kinds=people["kind"])
    return figure


def plot_areas(series: pd.DataFrame, root: Path | None = None) -> Figure:
    """Small multiples: each area of a place, first year = 100, the whole in grey.

    Parameters
    ----------
    series
        As made by ``views.area_series``: the whole place first, a column for each year.

    Examples
    --------
    >>> from compare.views import tables as views
    >>> figure = plot_areas(views.area_series("childcare_slots"))
    >>> figure.axes[0].get_title(loc="left")
    '向阳区 Xiangyang'
    """
    book = load_codebook(root or find_root())
    years = [name for name in series.columns if name not in ("Area", "地区")]
    index = series[years].astype(float).mul(100).div(series[years[0]], axis=0)
    names = (series["地区"] + " " + series["Area"]).tolist()
    whole, place = index.iloc[0].tolist(), _planner(series, book)
    across = 4
    down = -(-len(series) // across)
    with style():
        figure = Figure(figsize=(WIDTH, 0.6 + 1.3 * down), layout="constrained")
        panels = figure.subplots(down, across, sharex=True, sharey=True).ravel()
        for axes, name, row in zip(
            panels, names[1:], index.iloc[1:].itertuples(index=False), strict=False
        ):
            axes.plot(range(len(years)), whole, color="#b0b0b0", linewidth=3.5)
            axes.plot(range(len(years)), row, color=place.colour, linewidth=1.3)
            mark(axes, 0, row[0], place, kind=BASELINE)
            mark(axes, len(years) - 1, row[-1], place, kind=TARGET)
            words = f"{row[-1]:.0f}"
            beside(axes, words, (len(years) - 1, row[-1]), above=True, side="right")
            axes.set_title(name, loc="left", fontsize=8)
        for axes in panels:
            axes.set_xlim(-0.4, len(years) - 0.6)
            axes.set_ylim(0, 1.4 * float(index.to_numpy().max()))
            axes.set_xticks([0, len(years) - 1], [years[0], years[-1]])
            axes.set_yticks([0, 100, round(whole[-1])])
            axes.tick_params(labelbottom=True)
        for axes in panels[len(series) - 1 :]:
            axes.set_axis_off()
        panels[len(series) - 1].text(
            0,
            0.95,
            f"{years[0]} = 100\n\ngrey 灰线：\n{names[0]}\n"
            f"{whole[-1]:.0f} in {years[-1]}",
            transform=panels[len(series) - 1].transAxes,
            va="top",
            fontsize=8,
        )
        key(figure, county=_county([place]))
    return figure


def _refuse_incomparable(frame: pd.DataFrame) -> None:
    """Refuse a chart in which a value may not stand beside another.

    Raises
    ------
    Problems
        At least one value has grade C inside the chart.
    """
    raise_any(
        Problem(
            f"figure, {row['ids']}",
            f"{row['stated']} of {row['place']} has grade C here ({row['facet']}).",
            "values that may stand in one chart.",
            "leave it out, or draw it in a panel of its own.",
        )
        for row in frame[frame["grade"] == "C"].to_dict("records")
    )


def _marked(place: Place, rows: pd.DataFrame, letters: dict[str, str]) -> str:
    """Name of a place, with the letters of the facets that ask for care."""
    own = set(rows.loc[rows["grade"] == "B", "facet"])
    marks = ", ".join(letter for facet, letter in letters.items() if facet in own)
    return named(place) + (f" ({marks})" if marks else "")


def _dots(
    axes: Axes,
    frame: pd.DataFrame,
    book: Codebook,
    letters: dict[str, str],
    *,
    every_place: bool = False,
) -> None:
    """Draw one row for each place: marks, their years, and the way between them."""
    _refuse_incomparable(frame)
    shown = [
        place for place in book.places if every_place or place.doc in set(frame["doc"])
    ]
    for y, place in enumerate(shown):
        rows = frame[frame["doc"] == place.doc]
        if rows.empty:
            axes.text(
                0.5,
                y,
                _absent(place.doc, frame, book),
                transform=axes.get_yaxis_transform(),
                ha="center",
                va="center",
                color=GREY,
                fontsize=8,
            )
            axes.axhspan(y - 0.4, y + 0.4, color="#f2f2f2", zorder=0)
            continue
        if (rows["grade"] == "B").any():
            caution(axes, y)
        _dumbbell(axes, rows, y, place)
    names = [
        _marked(place, frame[frame["doc"] == place.doc], letters) for place in shown
    ]
    axes.set_ylim(len(shown) - 0.35, -0.55)
    axes.set_yticks(range(len(shown)), names)
    axes.tick_params(axis="y", length=0)


def _dumbbell(axes: Axes, rows: pd.DataFrame, y: int, place: Place) -> None:
    """Draw one place; statements at the same spot share a mark and a label."""
    points = rows[rows["value"].notna()].assign(derived=_derived(rows))
    start = points[(points["kind"] == BASELINE) & ~points["derived"]]["value"]
    end = points[points["kind"] == TARGET]["value"]
    if len(start) and len(end):
        axes.plot([start.iloc[0], end.iloc[0]], [y, y], color=place.colour, alpha=0.5)
    for row in rows[rows["value"].isna() & rows["lower"].notna()].itertuples():
        _bar(axes, row, y, place)
    groups = points.groupby(["value", "kind", "derived"], sort=True)
    spots = [(part["value"].astype(float).iloc[0], part) for _, part in groups]
    low, high = axes.get_xlim()
    for rank, (value, part) in enumerate(spots):
        others = [other for at, (other, _) in enumerate(spots) if at != rank]
        near = [other for other in others if abs(other - value) < 0.12 * (high - low)]
        side = "center" if not near else "right" if value < min(near) else "left"
        first = part.iloc[0]
        mark(axes, value, y, place, kind=first["kind"], derived=bool(first["derived"]))
        gap = " " if len(part) > 1 else "\n"
        words = [
            f"{row.stated}{gap}{dated(str(row.time_period))}"
            for row in part.itertuples()
        ]
        below(axes, value, y, "\n".join(sorted(words, key=undated_last)), side)


def _derived(rows: pd.DataFrame) -> pd.Series[bool]:
    if "source" in rows:
        return rows["source"] == DERIVED
    return pd.Series(False, index=rows.index)


def _bar(axes: Axes, row: Any, y: int, place: Place) -> None:
    """Everything that hedged words allow, from end to end."""
    lower, upper = float(row.lower), float(row.upper)
    span(axes, lower, upper, y, place)
    words = f"{row.stated}\n{dated(str(row.time_period))}"
    below(axes, (lower + upper) / 2, y, words, "center")


def _absent(doc: str, frame: pd.DataFrame, book: Codebook) -> str:
    """Why a place has no row, in both languages."""
    indicator = str(frame["indicator"].iloc[0])
    return "  ".join(absence(doc, indicator, book, tongue) for tongue in ("en", "zh"))


def _shown(frame: pd.DataFrame, book: Codebook) -> list[Place]:
    """Places of a frame, in their fixed order.

    Raises
    ------
    Problems
        There is none.
    """
    if frame.empty:
        raise_any(
            [
                Problem(
                    "figure",
                    "there is nothing to draw.",
                    "a frame with at least one row.",
                    "leave the figure out, or ask the view for another place.",
                )
            ]
        )
    return [place for place in book.places if place.doc in set(frame["doc"])]


def _county(places: Sequence[Place]) -> bool:
    return any(place.fill == "hollow" for place in places)


def _kind(row: dict[Any, Any], book: Codebook) -> str:
    """Say what a number is and when, in both languages."""
    codes = "measure_derived" if row["source"] == DERIVED else "kind"
    english, chinese = (book.label(codes, row["kind"], to) for to in ("en", "zh"))
    return f"{dated(row['time_period'])} {english}\n{chinese}"


def _people(row: dict[Any, Any]) -> str:
    """Write a number of people in both scales, with both ends if it is a range."""
    if row["source"] == DERIVED:
        ends = (f"{row[end] / TEN_THOUSAND:.2f}" for end in ("lower", "upper"))
        return f"{row['stated']}\n{'–'.join(ends)}万"
    return f"{row['stated']}\n{number(row['value'] / TEN_THOUSAND)}万"


def _slopes(axes: Axes, ends: pd.DataFrame, place: Place, book: Codebook) -> None:
    """Draw each line of a place from its baseline to its end, named at the end."""
    top = float(ends["index"].max())
    starts = []
    for line, rows in ends.groupby("line", sort=False):
        first, last = rows.to_dict("records")
        x = [year(first["time_period"]), year(last["time_period"])]
        scenario = last["kind"] == SCENARIO
        axes.plot(
            x,
            [first["index"], last["index"]],
            color=place.colour if line == "beds" else INK,
            linewidth=2 if line == "beds" else 1.2,
            linestyle="--" if scenario else "-",
            zorder=3,
        )
        mark(axes, x[0], first["index"], place, kind=first["kind"])
        if not scenario:
            mark(axes, x[1], last["index"], place, kind=last["kind"])
        names = book.indicators[last["indicator"]]
        unit = book.units[names.unit]
        starts.append(
            f"{first['stated']} {unit.label_en} {unit.label_zh} "
            f"{dated(first['time_period'])}"
        )
        words = (
            f"{names.label_en}\n{names.label_zh}\n"
            f"{last['index']:.1f} ({last['stated']}, {dated(last['time_period'])})"
        )
        if scenario:
            words = "\n".join([words, *SAID[SCENARIO].split("  ")])
        beside(
            axes, words, (x[1], last["index"]), above=last["index"] == top, side="right"
        )
    words = "100 =\n" + "\n".join(starts)
    beside(axes, words, (x[0], first["index"]), above=False, side="left")


def _ratios(squeeze: pd.DataFrame, place: Place) -> list[str]:
    """Beds per 1,000 as they are stated, derived, or frozen, with their years."""
    own = squeeze[(squeeze["doc"] == place.doc) & (squeeze["line"] == "ratio")]
    told = [
        f"{row['stated']} {SAID[SCENARIO]}"
        if row["kind"] == SCENARIO
        else f"{row['stated']} {SAID[row['source']]} {dated(row['time_period'])}"
        for row in own.to_dict("records")
    ]
    return ["beds per 1,000 每千名老年人床位：", *told]


def _left_out(squeeze: pd.DataFrame, places: Sequence[Place]) -> str:
    """Say for each place without a panel what it does not state twice."""
    told = ["No panel 未绘："] if places else []
    for place in places:
        own = squeeze[(squeeze["doc"] == place.doc) & (squeeze["reason_en"] != "")]
        told.append(
            f"{named(place)}  {'; '.join(own['reason_en'])}\n"
            f"        {'；'.join(own['reason_zh'])}"
        )
    return "\n".join(told)


def _people_rows(axes: Axes, rows: pd.DataFrame, place: Place, book: Codebook) -> None:
    """Draw the populations of a place: a row for each, bars for what is a range."""
    ratio = rows.loc[rows["role"] == "target", "stated"].iloc[0]
    people = rows[rows["role"].isin(["people", "people_at_target"])]
    low, high = float(people["lower"].min()), float(people["upper"].max())
    axes.set_xlim(low - 0.12 * (high - low), high + 0.12 * (high - low))
    names = []
    for y, row in enumerate(people.to_dict("records")):
        derived = row["source"] == DERIVED
        if derived or row["comparator"] != "=":
            span(axes, row["lower"], row["upper"], y - 0.2, place, height=0.3)
        if not derived:
            mark(axes, row["value"], y - 0.2, place, kind=row["kind"])
        middle = row["lower"] / 2 + row["upper"] / 2
        axes.annotate(
            row["stated"],
            (middle, y),
            xytext=(0, -3),
            textcoords="offset points",
            ha="center",
            va="top",
            fontsize=8,
            zorder=5,
        )
        meets = f"just gives {ratio}\n恰达{ratio}"
        names.append(meets if derived else _kind(row, book))
    axes.set_yticks(range(len(names)), names, fontsize=8, linespacing=1.1)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_formatter(lambda x, _: number(x / TEN_THOUSAND))
    names_of = book.indicators[people["indicator"].iloc[0]]
    axes.set_xlabel(f"{names_of.label_en}, in 10,000  {names_of.label_zh}（万人）")


def _slot_curves(axes: Axes, people: Axes, rows: pd.DataFrame, place: Place) -> None:
    """Draw slots per 1,000 over the population, for both ends and as printed."""
    role = {name: part.to_dict("records") for name, part in rows.groupby("role")}
    (slots,), (target,), (outcome,) = role["slots"], role["target"], role["outcome"]
    printed = sum(part["value"] for part in role["part"])
    left, right = people.get_xlim()
    x = [left + (right - left) * step / 100 for step in range(101)]
    lower, middle, upper = (
        [1000 * total / at for at in x]
        for total in (slots["lower"], printed, slots["upper"])
    )
    axes.fill_between(x, lower, upper, color=place.colour, alpha=0.15, linewidth=0)
    as_printed = " + ".join(part["stated"] for part in reversed(role["part"]))
    for curve, words, line in (
        (upper, f"{number(slots['upper'])} slots 个托位", "-"),
        (middle, as_printed, "--"),
        (lower, number(slots["lower"]), "-"),
    ):
        axes.plot(x, curve, color=place.colour, linewidth=1.3, linestyle=line)
        _on_curve(axes, words, (x[0], curve[0]))
    axes.axhline(target["value"], color=INK, linewidth=1.2)
    axes.axhspan(target["lower"], target["upper"], color=GREY, alpha=0.25, linewidth=0)
    words = f"{target['stated']} planned {target['time_period']} 规划值"
    beside(axes, words, (x[1], target["lower"]), above=False, side="left")
    for row in role["people"]:
        axes.axvline(row["value"], color=GREY, linewidth=0.8, linestyle=":", zorder=1)
        if row["time_period"] == outcome["time_period"]:
            span(
                axes,
                row["lower"],
                row["upper"],
                outcome["lower"] / 2 + outcome["upper"] / 2,
                place,
                height=outcome["upper"] - outcome["lower"],
                face="none",
            )
            words = f"{outcome['stated']} at this population\n按此人口可达"
            spot = (row["upper"], outcome["upper"])
            beside(axes, words, spot, above=True, side="right")
    axes.set_xlim(left, right)
    axes.set_ylim(0.92 * min(lower), 1.06 * max(upper))
    axes.tick_params(labelbottom=False)
    axes.set_ylabel("slots per 1,000 residents\n每千人口托位数")
    axes.set_title(
        f"{named(place)}: {slots['stated']} slots planned for {slots['time_period']}\n"
        f"规划{slots['time_period']}年托位数",
        loc="left",
    )


def _on_curve(axes: Axes, words: str, spot: tuple[float, float]) -> None:
    """Write words just above a spot of a curve."""
    axes.annotate(
        words,
        spot,
        xytext=(2, 2),
        textcoords="offset points",
        va="bottom",
        fontsize=8,
        linespacing=1.1,
        color=INK,
        zorder=5,
    )


def _planner(series: pd.DataFrame, book: Codebook) -> Place:
    """Find the place whose areas these are: its name stands in the first row."""
    areas = {
        book.areas[book.documents[place.doc].ref_area].name_zh: place
        for place in book.places
    }
    return areas[series["地区"].iloc[0]]


def _cell(x: float, y: float, state: str, label: str = "") -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle(
        (x - 0.5, y - 0.5),
        1,
        1,
        facecolor=SHADES[state],
        edgecolor="#bbbbbb",
        linewidth=0.6,
        hatch=HATCHED.get(state),
        label=label,
    )


def _both(english: str, chinese: str) -> str:
    """Label in both languages, on two lines where one would be too long."""
    gap = "  " if len(english) + 2 * len(chinese) < LONGEST_LABEL else "\n"
    return english + gap + chinese
