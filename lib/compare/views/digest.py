"""Digests: one short line that stands for everything behind a table or a figure.

In: a frame, or a matplotlib figure that was not drawn yet. Out: sixteen hexadecimal
digits that change whenever a value, a mark, a colour or a word changes, and that are
the same on every system: numbers are rounded, and nothing that depends on fonts or on
layout goes in.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from numbers import Number
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

BEHIND = "behind"
DIGITS, DRAWN_DIGITS = 12, 9
SMALLEST = 1e-9
SHORT = 16
Item = list[Any]


def of_table(frame: pd.DataFrame, words: Mapping[str, str]) -> str:
    """Digest a frame: names, index, and every value at twelve significant digits.

    Parameters
    ----------
    frame
        All its columns count. What a view computed and does not hand on counts too if
        the view put a digest of it into ``frame.attrs["behind"]``.
    words
        What stands beside the table.

    Examples
    --------
    >>> beds = pd.DataFrame({"beds": [36.4, 39.592924]})
    >>> of_table(beds, {}) == of_table(beds + 1e-14, {})
    True
    >>> of_table(beds, {}) == of_table(beds + 1e-7, {})
    False
    """
    rows = [list(map(_value, row)) for row in frame.itertuples()]
    columns = list(map(str, frame.columns))
    return _hash([dict(words), columns, rows, str(frame.attrs.get(BEHIND, ""))])


def of_figure(figure: Figure, words: Mapping[str, str]) -> tuple[str, str]:
    """Digest what a figure draws, and say how much that is.

    Positions in data coordinates, ticks, limits, labels, colours, hatches, lines,
    texts, legends; not the layout, which depends on fonts.

    Parameters
    ----------
    figure
        Best not drawn yet: drawing may change where ticks stand that nobody set.
    words
        What stands beside the figure.

    Returns
    -------
    str, str
        The digest, and a count of what is drawn, such as ``1 Axes, 2 Line2D``.

    Raises
    ------
    ValueError
        The figure has an artist that this function cannot see through.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> figure = Figure()
    >>> _ = figure.subplots().bar(["a"], [36.4])
    >>> of_figure(figure, {})[1]
    '1 Axes, 1 Rectangle, 4 Spine, 1 XAxis, 1 YAxis'
    """
    drawn = list(_figure(figure))
    counts = Counter(str(item[0]) for item in drawn[1:])
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
    return _hash([dict(words), drawn]), told


def _hash(content: object) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=_rounded)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:SHORT]


def _value(value: Any) -> str:
    """One value as text: numbers by their size, whatever type holds them."""
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, (Number, Decimal)) and not isinstance(value, complex):
        return f"={float(value):.{DIGITS}g}"  # type: ignore[arg-type]
    return f"«{value}»"


def _rounded(number: float) -> str:
    """Round a coordinate so that the last bits of a machine do not count."""
    number = float(number)
    return "0" if abs(number) < SMALLEST else f"{number:.{DRAWN_DIGITS}g}"


def _numbers(values: Any) -> Any:
    """Round numbers in lists of any depth; dates become numbers, names stay."""
    import numpy as np

    array = np.asarray(values)
    if array.ndim == 0:
        return str(values) if array.dtype.kind in "USO" else _rounded(array.item())
    return [_numbers(item) for item in array]


def _colours(values: Any) -> list[str]:
    from matplotlib.colors import to_hex, to_rgba_array

    return [to_hex(colour, keep_alpha=True) for colour in to_rgba_array(values)]


def _figure(figure: Figure) -> Iterator[Item]:
    yield ["Figure", _numbers(figure.get_size_inches()), figure.get_facecolor()]
    for child in figure.get_children():
        if child is not figure.patch:
            yield from _artist(child)


def _artist(artist: Artist) -> Iterator[Item]:
    """Yield an item for an artist and for each of its parts."""
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.legend import Legend
    from matplotlib.text import Text

    if isinstance(artist, Text) and not artist.get_text():
        return
    own = _own(artist)
    yield [type(artist).__name__, *_common(artist), *(own or [])]
    parts: Iterable[Artist] = [] if own is not None else artist.get_children()
    if isinstance(artist, Axes):
        parts = [part for part in artist.get_children() if part is not artist.patch]
    elif isinstance(artist, Legend):
        parts = [*artist.legend_handles, *artist.get_texts(), artist.get_title()]  # type: ignore[list-item]
    elif own is None and not parts and not isinstance(artist, Axis):
        raise ValueError(
            f"show_figure, figure: it holds a {type(artist).__name__}.\n"
            "  Expected lines, patches, texts, collections, images and legends, whose "
            "drawing can be compared.\n"
            "  Do: draw it with one of these, or teach compare.views.digest to see it."
        )
    for part in parts:
        yield from _artist(part)


def _common(artist: Artist) -> Item:
    return [artist.get_visible(), artist.get_zorder(), artist.get_alpha()]


def _own(artist: Artist) -> Item | None:
    """Give what one artist draws by itself; None for one that only holds others."""
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.collections import Collection
    from matplotlib.image import AxesImage
    from matplotlib.legend import Legend
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.text import Text

    readers: list[tuple[type, Any]] = [
        (Axes, _axes),
        (Axis, _axis),
        (Line2D, _line),
        (Patch, _patch),
        (Text, _text),
        (Collection, _collection),
        (AxesImage, _image),
        (Legend, _legend),
    ]
    for kind, reader in readers:
        if isinstance(artist, kind):
            content: Item = reader(artist)
            return content
    return None


def _axes(axes: Axes) -> Item:
    place = axes.get_subplotspec()
    return [
        place.get_geometry() if place else _numbers(axes.get_position().bounds),
        [axes.get_title(loc) for loc in ("left", "center", "right")],
        _numbers(axes.get_xlim()),
        _numbers(axes.get_ylim()),
        axes.get_xscale(),
        axes.get_yscale(),
        str(axes.get_aspect()),
        axes.axison,
        _colours([axes.get_facecolor()]),
    ]


def _axis(axis: Axis) -> Item:
    low, high = sorted(axis.get_view_interval())
    spots = [spot for spot in axis.get_ticklocs() if low <= spot <= high]
    return [
        axis.get_label_text(),
        axis.get_ticks_position(),  # type: ignore[attr-defined]
        _numbers(spots),
        list(axis.get_major_formatter().format_ticks(spots)),
        [line.get_visible() for line in axis.get_gridlines()[:1]],
    ]


def _line(line: Any) -> Item:
    marker = line.get_marker()
    return [
        _numbers(line.get_xydata()),
        str(marker) if isinstance(marker, (str, int)) else type(marker).__name__,
        _numbers([line.get_markersize(), line.get_markeredgewidth()]),
        _colours([line.get_color()]),
        _colours([line.get_markerfacecolor()]),
        _colours([line.get_markeredgecolor()]),
        str(line.get_linestyle()),
        _numbers(line.get_linewidth()),
        line.get_drawstyle(),
    ]


def _patch(patch: Any) -> Item:
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.spines import Spine

    if isinstance(patch, FancyArrowPatch):
        outline: Any = str(patch.get_arrowstyle())
    elif isinstance(patch, Spine):
        outline = patch.spine_type
    else:
        path = patch.get_path().transformed(patch.get_patch_transform())
        codes = None if path.codes is None else path.codes.tolist()
        outline = [_numbers(path.vertices), codes]
    return [
        outline,
        _colours([patch.get_facecolor()]),
        _colours([patch.get_edgecolor()]),
        patch.get_hatch() or "",
        str(patch.get_linestyle()),
        _numbers(patch.get_linewidth()),
        patch.get_fill(),
    ]


def _text(text: Any) -> Item:
    box = text.get_bbox_patch()
    return [
        text.get_text(),
        _numbers(text.get_position()),
        _numbers(getattr(text, "xy", ())),
        [
            where if isinstance(where, str) else type(where).__name__
            for where in (getattr(text, "xycoords", ""), getattr(text, "anncoords", ""))
        ],
        _colours([text.get_color()]),
        _numbers(text.get_fontsize()),
        str(text.get_fontweight()),
        text.get_horizontalalignment(),
        text.get_verticalalignment(),
        _numbers(text.get_rotation()),
        _colours([box.get_facecolor(), box.get_edgecolor()]) if box else [],
        str(getattr(text, "arrowprops", None) or ""),
    ]


def _collection(collection: Any) -> Item:
    return [
        [_numbers(path.vertices) for path in collection.get_paths()],
        _numbers(collection.get_offsets()),
        _colours(collection.get_facecolor()),
        _colours(collection.get_edgecolor()),
        collection.get_hatch() or "",
        _numbers(collection.get_linewidth()),
        _numbers(getattr(collection, "get_sizes", list)()),
        *_mapped(collection),
    ]


def _image(image: Any) -> Item:
    return [_numbers(image.get_extent()), image.get_interpolation(), *_mapped(image)]


def _mapped(artist: Any) -> Item:
    """Values behind colours."""
    if artist.get_array() is None:
        return []
    values = artist.get_array().filled(float("nan"))
    return [_numbers(values), artist.get_cmap().name, _numbers(artist.get_clim())]


def _legend(legend: Any) -> Item:
    return [legend.get_frame_on()]
