"""Marks: what all figures are drawn with.

In: axes, places and numbers. Out: marks, ranges, labels, reference lines and a key in
one style. Filled is a baseline, a ring is a target, half a ring a projection, a cross
is derived by us; a county among cities is hollow; a hatched row is compared with care.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pandas as pd
from matplotlib import font_manager, rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import (
    Affine2D,
    ScaledTranslation,
    Transform,
    blended_transform_factory,
)

from compare.codebook.book import Place
from compare.views.words import number, when

INK, GREY, FAINT = "#222222", "#666666", "#d9d9d9"
LONGEST_LINE_NAME = 24
BASELINE, TARGET, DERIVED = "baseline", "target", "derived"
PROJECTION = "projection"
UNDATED = "undated"
APART: dict[str, Any] = {"facecolor": "#f2f2f2", "edgecolor": "#bbbbbb", "hatch": "xx"}
CAUTION = "\\\\"


def caution(axes: Axes, y: float) -> None:
    """Hatch a row faintly: its values are compared with care."""
    axes.axhspan(
        y - 0.46,
        y + 0.46,
        facecolor="none",
        edgecolor=FAINT,
        hatch=CAUTION,
        linewidth=0,
        zorder=0,
    )


def mark(
    axes: Axes,
    value: float,
    y: float,
    place: Place,
    *,
    kind: str,
    derived: bool = False,
) -> None:
    """Draw a filled baseline, a ring target, a cross for derived; hollow: county.

    A projection is half filled: the document expects it, nobody promises it.
    """
    target = kind == TARGET
    ring = target or place.fill == "hollow"
    half = kind == PROJECTION
    axes.plot(
        value,
        y,
        marker="x" if derived else place.marker,
        markersize=9 if target or half else 7.5,
        fillstyle="bottom" if half else "full",
        markerfacecolor="white" if ring and not half else place.colour,
        markerfacecoloralt="white",
        markeredgecolor=place.colour,
        markeredgewidth=2 if target or derived else 1.3,
        linestyle="none",
        zorder=4,
    )


def span(
    axes: Axes,
    lower: float,
    upper: float,
    y: float,
    place: Place,
    *,
    height: float = 0.22,
    face: str = "white",
) -> None:
    """Draw a range as a hatched bar, never as a point."""
    axes.barh(
        y,
        upper - lower,
        left=lower,
        height=height,
        facecolor=face,
        edgecolor=place.colour,
        hatch="////",
        zorder=2,
    )


def below(axes: Axes, x: float, y: float, words: str, side: str) -> None:
    """Write a label under a mark; beside marks lean away from each other."""
    axes.annotate(
        words,
        (x, y),
        xytext=({"center": 0, "right": 1, "left": -1}[side], -8),
        textcoords="offset points",
        ha=side,
        va="top",
        fontsize=8,
        linespacing=1.1,
        color=INK,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        zorder=5,
    )


def reference(axes: Axes, lines: pd.DataFrame) -> None:
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
        english = f"{symbol}{number(value)} {row.label_en}"
        if len(english) > LONGEST_LINE_NAME:
            english = english.replace(", ", ",\n", 1)
        axes.annotate(
            f"{english}\n{row.label_zh}",
            (value, 1),
            xycoords=axes.get_xaxis_transform(),
            xytext=(0, 3 + 26 * (rank % 2)),
            textcoords="offset points",
            ha="right" if right else "left",
            va="bottom",
            fontsize=7,
            linespacing=1.0,
            color=GREY,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
            zorder=6,
        )
        axes.plot(
            [value, value],
            [0, 3 + 26 * (rank % 2)],
            color=GREY,
            linewidth=0.6,
            transform=above(axes),
            clip_on=False,
            zorder=5,
        )


def above(axes: Axes) -> Transform:
    """Across as the data, up in points from the top of the axes."""
    box: Any = axes.transAxes
    points = Affine2D().scale(1 / 72) + axes.figure.dpi_scale_trans
    up = points + ScaledTranslation(0, 1, box)
    return blended_transform_factory(axes.transData, up)


def key(
    figure: Figure,
    *,
    county: bool = True,
    bar: bool = False,
    apart: bool = False,
    grades: Iterable[str] = (),
    kinds: Iterable[str] = (BASELINE, TARGET, DERIVED),
) -> None:
    """Say what the marks mean, below the figure; nothing that it does not hold."""
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

    kinds = set(kinds)
    half = mark("projection 预测", "o", GREY, 1.3)
    half.set(fillstyle="bottom", markerfacecoloralt="white", markersize=9)
    hatches: dict[str, dict[str, Any]] = {
        "range that the words allow 区间": {"edgecolor": GREY, "hatch": "////"},
        "grade B: see letters 谨慎比较": {"edgecolor": "#bbbbbb", "hatch": CAUTION},
        "other base: not compared 口径不同，不比较": APART,
    }
    bars = [
        Patch(**{"facecolor": "white", **look}, label=label)
        for label, look in hatches.items()
    ]
    shown = [
        (True, mark("baseline 基期", "o", GREY, 1.3)),
        (TARGET in kinds, mark("target 目标", "o", "white", 2)),
        (PROJECTION in kinds, half),
        (county, mark("county 县 (hollow)", "D", "white", 1.3)),
        (bar and DERIVED in kinds, mark("derived 推算", "x", GREY, 2)),
        *zip((bar, "B" in set(grades), apart), bars, strict=True),
    ]
    handles = [handle for wanted, handle in shown if wanted]
    figure.legend(
        handles=handles,
        loc="outside lower center",
        ncols=3 if len(handles) > 4 else 4,
        fontsize=8,
        frameon=False,
    )


def beside(
    axes: Axes,
    words: str,
    spot: tuple[float, float],
    *,
    above: bool,
    side: str = "center",
) -> None:
    """Write words above or below a spot."""
    axes.annotate(
        words,
        spot,
        xytext=(0, 10 if above else -9),
        textcoords="offset points",
        ha=side,
        va="bottom" if above else "top",
        fontsize=8,
        linespacing=1.15,
        color=INK,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        zorder=5,
    )


def named(place: Place) -> str:
    """Name of a place in both languages."""
    return f"{place.short_zh} {place.short_en}"


def year(period: str) -> int:
    """Last year of a period."""
    return int(period.split("/")[-1][:4])


def dated(period: str) -> str:
    """Write a period as print does, and the lack of one in a word."""
    return when(period) or UNDATED


def undated_last(words: str) -> bool:
    """Sort labels without a date behind those with one."""
    return words.endswith(UNDATED)


@contextmanager
def style() -> Iterator[None]:
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
