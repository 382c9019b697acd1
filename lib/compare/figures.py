"""Figures: one function for each figure, one style.

In: frames made by ``views``. Out: matplotlib figures, usable alone in anybody's
notebook. Filled is a baseline, a ring is a target, a cross is derived by us; a county
among cities is drawn hollow; every mark has its year beside it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib import font_manager, rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.codebook import Codebook, Place, find_root, load_codebook
from compare.problems import Problem, raise_any
from compare.views import graded, number

INK, GREY, FAINT = "#222222", "#666666", "#d9d9d9"
WIDTH = 7.2
LONGEST_LABEL = 52
BASELINE, TARGET, DERIVED = "baseline", "target", "derived"
UNDATED = "undated"
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
    with _style():
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
        "reported": "Reported, scope as stated  文件所列\n"
        "(cross: derived from its counts  推算)",
        "institution": "Institution beds, derived  机构床位推算\n"
        "(bar: all that the words allow)",
    }
    with _style():
        figure = Figure(figsize=(WIDTH, 3.6), layout="constrained")
        panels = figure.subplots(1, 2, sharex=True)
        for axes, (panel, title) in zip(panels, titles.items(), strict=True):
            part = ratios[ratios["panel"] == panel]
            axes.set_xlim(0, 50)
            _dots(axes, part, book)
            _reference(axes, lines[lines["indicator"].isin(part["indicator"])])
            axes.set_title(title, loc="left", fontsize=8.5, pad=40)
            axes.set_xlabel("beds per 1,000 people aged 60+  张/千名老年人")
        _key(figure, county=False, bar=True)
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
    with _style():
        figure = Figure(figsize=(WIDTH, 4.2), layout="constrained")
        axes = figure.add_subplot()
        axes.set_xlim(*limits)
        _dots(axes, shares, book, every_place=True)
        _reference(axes, lines)
        axes.set_xlabel(label)
        _key(figure, bar=bool(shares["value"].isna().any()))
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
    with _style():
        figure = Figure(figsize=(WIDTH, 0.9 + 0.42 * len(shares)), layout="constrained")
        axes = figure.add_subplot()
        names = []
        values = shares["value"].astype(float).tolist()
        for y, (value, row) in enumerate(zip(values, shares.itertuples(), strict=True)):
            place = places[str(row.doc)]
            _mark(axes, value, y, place, kind=str(row.kind))
            axes.annotate(
                f"{row.stated}  {_when(str(row.time_period))}",
                (value, y),
                xytext=(12, 0),
                textcoords="offset points",
                va="center",
                fontsize=8,
                color=INK,
            )
            grade = "  B" if row.grade == "B" else ""
            names.append(f"{_name(place)}{grade}\n{row.fund_en}  {row.fund_zh}")
        apart = int((~shares["apart"]).sum())
        axes.axhline(apart - 0.5, color=GREY, linewidth=0.8)
        axes.axhspan(
            apart - 0.5,
            len(shares) - 0.5,
            facecolor="none",
            edgecolor=FAINT,
            hatch="///",
        )
        axes.set_ylim(len(shares) - 0.5, -0.5)
        axes.set_yticks(range(len(shares)), names, fontsize=7.5)
        axes.set_xlim(40, 100)
        axes.set_xlabel("share of the fund named at the left, %  占左列资金的比例")
        _reference(axes, lines)
        _key(figure)
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
    with _style():
        figure = Figure(figsize=(WIDTH, 1.2 + 0.34 * len(counts)), layout="constrained")
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
        names = [textwrap.fill(str(rule), 62) for rule in counts["Rule"]]
        axes.set_yticks(range(len(counts)), names, fontsize=6.5, linespacing=1.0)
        axes.invert_yaxis()
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
        As made by ``views.progress``.
    indicators
        Codes, one panel each.
    national
        As made by ``views.national_pace``.
    """
    book = load_codebook(root or find_root())
    places = {place.doc: place for place in book.places}
    with _style():
        figure = Figure(figsize=(WIDTH, 2.4), layout="constrained")
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
                    fontsize=7,
                    linespacing=1.1,
                    color=INK,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
                )
            plan = national[national["indicator"] == code]
            pace = float(plan["per_year"].iloc[0])
            axes.axvline(pace, color=INK, linewidth=1.0)
            years = f"{plan['from'].iloc[0]}–{plan['to'].iloc[0]}"
            axes.set_title(
                f"{book.indicators[code].label_en}\n{book.indicators[code].label_zh}\n"
                f"line: the country planned {number(round(pace, 2))} a year, {years}",
                loc="left",
                fontsize=7.5,
            )
            shown = [_name(places[doc]) for doc in rows["doc"]]
            axes.set_yticks(range(len(rows)), shown)
            axes.set_ylim(len(rows) - 0.4, -0.6)
            axes.set_xlim(0, max([*lows, pace]) * 1.5)
            axes.set_xlabel("change per year  年均变化")
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


def _marked(place: Place, frame: pd.DataFrame) -> str:
    """Name of a place, with the facet that makes its values comparable with a mark."""
    own = frame[(frame["doc"] == place.doc) & (frame["grade"] == "B")]
    facets = "; ".join(dict.fromkeys(own["facet"].str.replace("_", " ")))
    return _name(place) + (f"\nB: {facets}" if facets else "")


def _dots(
    axes: Axes, frame: pd.DataFrame, book: Codebook, *, every_place: bool = False
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
                _absent(place, frame, book),
                transform=axes.get_yaxis_transform(),
                ha="center",
                va="center",
                color=GREY,
                fontsize=8,
            )
            axes.axhspan(y - 0.4, y + 0.4, color="#f2f2f2", zorder=0)
            continue
        _dumbbell(axes, rows, y, place)
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.set_yticks(range(len(shown)), [_marked(place, frame) for place in shown])
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
        _mark(axes, value, y, place, kind=first["kind"], derived=bool(first["derived"]))
        gap = " " if len(part) > 1 else "\n"
        words = [
            f"{row.stated}{gap}{_when(str(row.time_period))}"
            for row in part.itertuples()
        ]
        _below(axes, value, y, "\n".join(sorted(words, key=_undated_last)), side)


def _derived(rows: pd.DataFrame) -> pd.Series[bool]:
    if "source" in rows:
        return rows["source"] == DERIVED
    return pd.Series(False, index=rows.index)


def _mark(
    axes: Axes,
    value: float,
    y: float,
    place: Place,
    *,
    kind: str,
    derived: bool = False,
) -> None:
    """Draw a filled baseline, a ring target, a cross for derived; hollow: county."""
    target = kind == TARGET
    ring = target or place.fill == "hollow"
    axes.plot(
        value,
        y,
        marker="x" if derived else place.marker,
        markersize=9 if target else 7.5,
        markerfacecolor="white" if ring else place.colour,
        markeredgecolor=place.colour,
        markeredgewidth=2 if target or derived else 1.3,
        linestyle="none",
        zorder=4,
    )


def _bar(axes: Axes, row: Any, y: int, place: Place) -> None:
    """Everything that hedged words allow, from end to end."""
    lower, upper = float(row.lower), float(row.upper)
    axes.barh(
        y,
        upper - lower,
        left=lower,
        height=0.22,
        facecolor="white",
        edgecolor=place.colour,
        hatch="////",
        zorder=2,
    )
    words = f"{row.stated}\n{_when(str(row.time_period))}"
    _below(axes, (lower + upper) / 2, y, words, "center")


def _below(axes: Axes, x: float, y: float, words: str, side: str) -> None:
    """Write a label under a mark; beside marks lean away from each other."""
    axes.annotate(
        words,
        (x, y),
        xytext=({"center": 0, "right": 1, "left": -1}[side], -8),
        textcoords="offset points",
        ha=side,
        va="top",
        fontsize=7,
        linespacing=1.1,
        color=INK,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.5},
        zorder=5,
    )


def _reference(axes: Axes, lines: pd.DataFrame) -> None:
    """Draw reference lines, named above the axes on two levels."""
    low, high = axes.get_xlim()
    drawn = lines[lines["line"] != "none"].sort_values("value")
    values = drawn["value"].astype(float).tolist()
    for rank, (value, row) in enumerate(zip(values, drawn.itertuples(), strict=True)):
        axes.axvline(
            value,
            color=INK,
            linewidth=1.0,
            linestyle="-" if row.line == "solid" else ":",
            zorder=1,
        )
        symbol = {">": ">", ">=": "≥"}.get(str(row.comparator), "")
        right = value > low + 0.55 * (high - low)
        axes.annotate(
            f"{symbol}{number(value)} {row.label_en}\n{row.label_zh}",
            (value, 1),
            xycoords=axes.get_xaxis_transform(),
            xytext=(-2 if right else 2, 2 + 17 * (rank % 2)),
            textcoords="offset points",
            ha="right" if right else "left",
            va="bottom",
            fontsize=6.3,
            linespacing=1.0,
            color=GREY,
        )


def _key(figure: Figure, *, county: bool = True, bar: bool = False) -> None:
    """Say what the marks mean, below the figure."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    def mark(label: str, shape: str, fill: str, edge: float) -> Line2D:
        return Line2D(
            [],
            [],
            marker=shape,
            markerfacecolor=fill,
            markeredgecolor=GREY,
            markeredgewidth=edge,
            linestyle="none",
            label=label,
        )

    handles: list[Any] = [
        mark("baseline 基期", "o", GREY, 1.3),
        mark("target 目标", "o", "white", 2),
    ]
    if county:
        handles.append(mark("county 县 (hollow)", "D", "white", 1.3))
    if bar:
        handles.append(mark("derived 推算", "x", GREY, 2))
        handles.append(
            Patch(
                facecolor=FAINT,
                edgecolor=GREY,
                hatch="////",
                label="range of a hedged number 约数区间",
            )
        )
    figure.legend(
        handles=handles, loc="outside lower center", ncols=5, fontsize=7, frameon=False
    )


def _absent(place: Place, frame: pd.DataFrame, book: Codebook) -> str:
    """Why a place has no row, in both languages."""
    family = book.indicators[str(frame["indicator"].iloc[0])].family
    subjects = {family, str(frame["indicator"].iloc[0])}
    for row in book.coverage:
        if row.doc == place.doc and row.subject in subjects:
            names = book.codes["state"][row.status]
            return f"{names.label_en}  {names.label_zh}"
    names = book.codes["state"]["not_stated"]
    return f"{names.label_en}  {names.label_zh}"


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


def _name(place: Place) -> str:
    return f"{place.short_zh} {place.short_en}"


def _when(period: str) -> str:
    return period.replace("/", "–") if period else UNDATED


def _undated_last(words: str) -> bool:
    return words.endswith(UNDATED)


@contextmanager
def _style() -> Iterator[None]:
    """One look for all figures, whatever the reader's own settings are."""
    import pylopdf_fonts_zh_cn as fonts
    import seaborn

    path = str(fonts.sans_path())
    if path not in {font.fname for font in font_manager.fontManager.ttflist}:
        font_manager.fontManager.addfont(path)
    family = font_manager.FontProperties(fname=path).get_name()
    settings = {
        **seaborn.axes_style("whitegrid"),
        **seaborn.plotting_context("paper"),
        "font.family": [family],
        "font.size": 8.5,
        "axes.titlesize": 9,
        "axes.labelsize": 8.5,
        "xtick.labelsize": 8,
        "ytick.labelsize": 8.5,
        "axes.edgecolor": FAINT,
        "grid.color": "#eeeeee",
        "axes.grid.axis": "x",
        "axes.unicode_minus": False,
        "hatch.linewidth": 0.5,
        "svg.hashsalt": "compare",
        "figure.dpi": 150,
    }
    with rc_context(settings):
        yield
