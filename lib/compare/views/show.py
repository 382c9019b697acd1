"""What a notebook calls to show a table, a figure or a sentence.

In: a frame or a matplotlib figure, ready for readers. Out: one display with a text
that ``nbval`` compares, the form that JupyterLab shows, and what the exporters need.
The text of a table or figure ends with a digest, the same on every system, that changes
whenever a value or a word behind it does. Nothing here formats, rounds or sorts.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from html import escape
from numbers import Number
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from pandas import DataFrame, isna
from pandas.api.types import is_scalar
from wcwidth import wcswidth

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BEHIND = "behind"
DIGITS, SHORT = 12, 16
LONG = 60
NUMERIC, SENTENCES = "num", "long"
FIGURE = "application/vnd.compare.figure+json"
EVIDENCE = "../reports/evidence.html"
CITED = re.compile(r"\[([^\[\]]+)\]\(([a-z]+:[\w:.-]+)\)")
BELOW = json.loads(Path(__file__).with_name("show.json").read_text("utf-8"))
NUMBER = re.compile(r"[≥≤<>~≈+−-]?\s?\d[\d,]*(\.\d+)?\s?[%‰+]?")
Column: TypeAlias = tuple[str, list[str], str]


def show_table(
    frame: DataFrame, *, caption: str, source: str, note: str = "", language: str = "en"
) -> None:
    """Show every row and every column of a frame, values as they are given.

    Columns are what readers see; the index is not shown. Missing values stay empty. A
    value written as ``[32](jiamusi:814)`` links to its sentence.

    Parameters
    ----------
    caption, source, note
        What the table says; document and paragraph; what a reader must know.
    language
        ``en`` or ``zh``: of the words below the table, and of the linked page.

    Raises
    ------
    ValueError
        There is no caption or no source.

    Examples
    --------
    >>> show_table(DataFrame({"Beds": [469200.0]}), caption="Beds", source="")
    Traceback (most recent call last):
    ...
    ValueError: show_table, source: it is empty.
      Expected text that a reader sees with the table.
      Do: give source="…".
    """
    words = dict(caption=caption, source=source, note=note, language=language)
    text = table_text(frame, **words)
    _show({"text/plain": text, "text/html": _html_table(_columns(frame), **words)})


def table_text(
    frame: DataFrame, *, caption: str, source: str, note: str = "", language: str = "en"
) -> str:
    """Give the plain-text form that ``show_table`` shows.

    Examples
    --------
    >>> frame = DataFrame({"Place": ["here"], "Beds": [36.4]})
    >>> print(table_text(frame, caption="Beds", source="plan, 3"))
    Beds
    Place  Beds
    -----  ----
    here   36.4
    Source: plan, 3
    Digest: d259b08d630aa685
    """
    _require("show_table", "table", caption=caption, source=source)
    noted, from_ = BELOW[language]
    below = [noted + note] * bool(note) + [from_ + source]
    told = digest(frame, dict(caption=caption, source=source, note=note))
    lines = [caption, *_text_table(_columns(frame)), *below, f"Digest: {told}"]
    return "\n".join(lines)


def show_figure(
    figure: Figure,
    *,
    data: DataFrame,
    name: str,
    caption: str,
    alt: str,
    source: str,
    note: str = "",
    language: str = "en",
) -> None:
    """Show a figure as vector drawing, with the words that must stand beside it.

    The figure is closed. Words that are not named here are as in ``show_table``.

    Parameters
    ----------
    data
        The values that it draws; saved beside the drawing.
    name
        Anchor of the figure on the page, unique in its notebook.
    alt
        What a reader who cannot see the figure must know; not the caption.

    Raises
    ------
    ValueError
        One of the words is missing.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> words = dict(name="gap", caption="The gap", alt="", source="x")
    >>> show_figure(Figure(), data=DataFrame(), **words)
    Traceback (most recent call last):
    ...
    ValueError: show_figure, alt: it is empty.
      Expected text that a reader sees with the figure.
      Do: give alt="…".
    """
    import matplotlib.pyplot as plt

    words = dict(name=name, caption=caption, alt=alt, source=source, note=note)
    text = figure_text(data, **words)
    values = data.to_csv(index=False, lineterminator="\n")
    drawing, svg = _svg(figure, "path"), _svg(figure, "none")
    page = words | {"language": language, "svg": svg, "data": values}
    _show({"text/plain": text, "image/svg+xml": drawing, FIGURE: page})
    plt.close(figure)


def figure_text(
    data: DataFrame, *, name: str, caption: str, alt: str, source: str, note: str = ""
) -> str:
    """Give the plain-text form that ``show_figure`` shows, without drawing.

    Examples
    --------
    >>> words = dict(caption="The gap", alt="One bar", source="plan, 3")
    >>> print(figure_text(DataFrame({"Beds": [36.4]}), name="gap", **words))
    Figure gap: The gap
    One bar
    Digest: eaaaa4287570700b
    """
    words = dict(name=name, caption=caption, alt=alt, source=source)
    _require("show_figure", "figure", **words)
    told = digest(data, words | {"note": note})
    return f"Figure {name}: {caption}\n{alt}\nDigest: {told}"


def digest(frame: DataFrame, words: Mapping[str, str]) -> str:
    """Digest a frame: names, index, and every value at twelve significant digits.

    The words beside it count too, and what a view computed and does not hand on, if the
    view put a digest of that into ``frame.attrs["behind"]``.

    Examples
    --------
    >>> beds = DataFrame({"beds": [36.4, 39.592924]})
    >>> digest(beds, {}) == digest(beds + 1e-14, {})
    True
    >>> digest(beds, {}) == digest(beds + 1e-7, {})
    False
    """
    rows = [list(map(_valued, row)) for row in frame.itertuples()]
    behind = [dict(words), [*map(str, frame)], rows, str(frame.attrs.get(BEHIND, ""))]
    text = json.dumps(behind, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:SHORT]


def _valued(value: Any) -> str:
    """One value as text: numbers by their size, whatever type holds them."""
    if is_scalar(value) and isna(value):
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, (Number, Decimal)) and not isinstance(value, complex):
        return f"={float(value):.{DIGITS}g}"  # type: ignore[arg-type]
    return f"«{value}»"


def show_text(markdown: str) -> None:
    """Show sentences whose numbers were computed, in Markdown.

    Examples
    --------
    >>> show_text("**2** of 5 plans")
    {'text/plain': '**2** of 5 plans', 'text/markdown': '**2** of 5 plans'}
    """
    _show({"text/plain": markdown, "text/markdown": markdown})


def _show(forms: Mapping[str, object]) -> None:
    from IPython.display import display

    display(forms, raw=True)  # type: ignore[no-untyped-call]


def _require(function: str, thing: str, **words: str) -> None:
    """Refuse words that are empty, in the form of every other problem."""
    for name, text in words.items():
        if not text.strip():
            raise ValueError(
                f"{function}, {name}: it is empty.\n"
                f"  Expected text that a reader sees with the {thing}.\n"
                f'  Do: give {name}="…".'
            )


def _columns(frame: DataFrame) -> list[Column]:
    """Head and cells of each column as texts, and what a reader sees in it."""
    columns = []
    for name, values in frame.items():
        cells = [_shown(value) for value in values]
        seen = [CITED.sub(r"\1", cell) for cell in cells if cell]
        kind = SENTENCES if any(len(text) > LONG for text in seen) else ""
        numeric = bool(seen) and all(map(NUMBER.fullmatch, seen))
        columns.append((str(name), cells, NUMERIC if numeric else kind))
    return columns


def _shown(value: Any) -> str:
    """Text of one cell: missing is empty, floats have no spare digits or exponent."""
    if is_scalar(value) and isna(value):
        return ""
    if isinstance(value, float):
        return f"{Decimal(repr(float(value))):f}".removesuffix(".0")
    return str(value)


def evidence_link(identifier: str, language: str) -> str:
    """Address of the sentence behind a value, as seen from a notebook.

    >>> evidence_link("jiamusi:814", "zh")
    '../reports/evidence.html#jiamusi:814&lang=zh'
    """
    return f"{EVIDENCE}#{identifier}&lang={language}"


def _text_table(columns: Iterable[Column]) -> list[str]:
    """Aligned lines, never cut."""
    padded = []
    for head, cells, kind in columns:
        lines = [" ".join(cell.split()) for cell in (head, *cells)]
        width = max(map(wcswidth, lines))
        lines.insert(1, "-" * width)
        spaces = [" " * (width - wcswidth(line)) for line in lines]
        sides = (spaces, lines) if kind == NUMERIC else (lines, spaces)
        padded.append(map("".join, zip(*sides, strict=True)))
    return ["  ".join(line).rstrip() for line in zip(*padded, strict=True)]


def _html_table(
    columns: Iterable[Column], *, caption: str, note: str, source: str, language: str
) -> str:
    """One figure with caption, header cells with scope, note and source."""
    address = escape(evidence_link(r"\2", language))
    link, heads, body = rf'<a href="{address}">\1</a>', "", []
    for position, (head, cells, kind) in enumerate(columns):
        marked = f' class="{kind}"' if kind else ""
        heads += f'<th scope="col"{marked}>{escape(head)}</th>'
        if position:
            linked = [CITED.sub(link, escape(cell)) for cell in cells]
            told = [f"<td{marked}>{cell}</td>" for cell in linked]
        else:
            told = [f'<th scope="row"{marked}>{escape(cell)}</th>' for cell in cells]
        body.append(told)
    rows = "\n".join(f"<tr>{''.join(row)}</tr>" for row in zip(*body, strict=True))
    noted, from_ = BELOW[language]
    below = f'<span class="note">{noted}{escape(note)}</span> ' if note else ""
    return (
        f'<figure class="table"><table><caption>{escape(caption)}</caption>\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>\n"
        f"<figcaption>{below}"
        f'<span class="source">{from_}{escape(source)}</span></figcaption></figure>'
    )


def _svg(figure: Figure, fonttype: str) -> str:
    """Draw the figure as SVG, the same bytes on every run."""
    import matplotlib as mpl

    file = io.StringIO()
    with mpl.rc_context({"svg.fonttype": fonttype, "svg.hashsalt": "compare"}):
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return file.getvalue()
