"""What tests read off a figure: marks, names, hatches, words and pixels."""

import re

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from compare.views.markers import RANGE


def marks(axes: Axes) -> list[Line2D]:
    """Marks of an axes: lines that are only a marker."""
    return [line for line in axes.lines if line.get_marker() not in ("None", "")]


def lines(axes: Axes) -> list[Line2D]:
    return [line for line in axes.lines if line not in marks(axes)]


def at(mark: Line2D) -> tuple[float, float]:
    """Where a mark stands, to six decimals."""
    x, y = (
        np.asarray(data, dtype=float).item()
        for data in (mark.get_xdata(), mark.get_ydata())
    )
    return round(x, 6), y


def rows_named(axes: Axes) -> list[str]:
    return [label.get_text() for label in axes.get_yticklabels()]


def places_named(axes: Axes) -> list[str]:
    """Names at the rows, without the letters that may stand beside them."""
    return [re.split(r"\n| \(", label)[0] for label in rows_named(axes)]


def hatched(axes: Axes, hatch: str = RANGE) -> list[Rectangle]:
    """Rectangles of an axes with a hatch: ranges, or rows to take with care."""
    found = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    return [patch for patch in found if patch.get_hatch() == hatch]


def span(bar: Rectangle) -> tuple[float, float]:
    """Ends of a bar along the axis."""
    return bar.get_x(), bar.get_x() + bar.get_width()


def texts(figure: Figure) -> list[Text]:
    """Texts of a figure that hold words."""
    found = [item for item in figure.findobj(Text) if isinstance(item, Text)]
    return [item for item in found if item.get_text().strip() and item.get_visible()]


def words(figure: Figure) -> str:
    return "\n".join(item.get_text() for item in texts(figure))


def pixels(figure: Figure) -> bytes:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    return bytes(canvas.buffer_rgba())  # type: ignore[no-untyped-call]


def unseen(figure: Figure) -> list[Text]:
    """Labels of ticks that are not drawn: beyond the ends of an axis, or of none."""
    return [
        tick.label1
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for tick in axis.get_major_ticks()
        if not axes.axison
        or not tick.label1.get_visible()
        or not min(axis.get_view_interval())
        <= tick.get_loc()
        <= max(axis.get_view_interval())
    ]


def beyond(figure: Figure) -> list[str]:
    """Words of a drawn figure that do not stand on its paper as a whole."""
    paper, hidden = figure.bbox, unseen(figure)
    seen = [item for item in texts(figure) if item not in hidden]
    return [
        item.get_text()
        for item, box in [(item, item.get_window_extent()) for item in seen]
        if box.x0 < paper.x0 - 2
        or box.x1 > paper.x1 + 2
        or box.y0 < paper.y0 - 2
        or box.y1 > paper.y1 + 2
    ]
