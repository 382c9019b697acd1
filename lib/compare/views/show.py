"""What a notebook calls to show a table, a figure or a sentence.

In: a frame or a matplotlib figure, ready for readers. Out: one display with a
plain-text form that ``nbval`` compares, the form that JupyterLab shows, and what the
exporters need. The plain-text form ends with a digest of everything behind it, so
that no change passes unseen. Nothing here formats, rounds or sorts; the views do.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd
from IPython.display import display

from compare.views import digest

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LONG = 60
FIGURE = "application/vnd.compare.figure+json"
EVIDENCE = "../reports/evidence.html"
CITED = re.compile(r"\[([^\[\]]+)\]\(([a-z]+:[\w:.-]+)\)")
BELOW = {"en": ("Note: ", "Source: "), "zh": ("注：", "资料来源：")}
NUMBER = re.compile(r"[≥≤<>~≈+−-]?\s?\d[\d,]*(\.\d+)?\s?[%‰+]?")


def show_table(
    frame: pd.DataFrame,
    *,
    caption: str,
    source: str,
    note: str = "",
    language: str = "en",
) -> None:
    """Show every row and every column of a frame, values as they are given.

    Parameters
    ----------
    frame
        Columns are what readers see; the index is not shown. Missing values stay empty.
        A value written as ``[32](jiamusi:814)`` links to its sentence.
    caption
        What the table says, above it.
    source
        Document and paragraph, below it.
    note
        What a reader must know to read it rightly.
    language
        ``en`` or ``zh``: of the words below the table, and of the linked page.

    Raises
    ------
    ValueError
        There is no caption or no source.

    Examples
    --------
    >>> show_table(pd.DataFrame({"Beds": [469200.0]}), caption="Beds", source="")
    Traceback (most recent call last):
    ...
    ValueError: show_table, source: it is empty.
      Expected text that a reader sees with the table.
      Do: give source="…".
    """
    words = dict(caption=caption, source=source, note=note, language=language)
    header, rows, numeric = _cells(frame)
    _show(
        {
            "text/plain": table_text(frame, **words),
            "text/html": _html_table(header, rows, numeric, **words),
        }
    )


def table_text(
    frame: pd.DataFrame,
    *,
    caption: str,
    source: str,
    note: str = "",
    language: str = "en",
) -> str:
    """Give the plain-text form that ``show_table`` shows.

    Examples
    --------
    >>> frame = pd.DataFrame({"Place": ["here"], "Beds": [36.4]})
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
    words = dict(caption=caption, source=source, note=note)
    below.append(f"Digest: {digest.of_table(frame, words)}")
    return "\n".join([caption, *_text_table(*_cells(frame)), *below])


def show_figure(
    figure: Figure,
    *,
    data: pd.DataFrame,
    name: str,
    caption: str,
    alt: str,
    source: str,
    note: str = "",
    language: str = "en",
) -> None:
    """Show a figure as vector drawing, with the words that must stand beside it.

    Parameters
    ----------
    figure
        Built as ``matplotlib.figure.Figure``; it is closed.
    data
        The values that it draws; saved beside the drawing.
    name
        Anchor of the figure on the page, unique in its notebook.
    caption
        What the figure says.
    alt
        What a reader who cannot see the figure must know; not the caption.
    source
        Document and paragraph.
    note
        What a reader must know to read it rightly.
    language
        ``en`` or ``zh``: of the words below the figure.

    Raises
    ------
    ValueError
        One of the words is missing.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> words = dict(name="gap", caption="The gap", alt="", source="x")
    >>> show_figure(Figure(), data=pd.DataFrame(), **words)
    Traceback (most recent call last):
    ...
    ValueError: show_figure, alt: it is empty.
      Expected text that a reader sees with the figure.
      Do: give alt="…".
    """
    words = dict(name=name, caption=caption, alt=alt, source=source, note=note)
    plain = figure_text(figure, **words)
    _show(
        {
            "text/plain": plain,
            "image/svg+xml": _svg(figure, "path"),
            FIGURE: words
            | {
                "language": language,
                "svg": _svg(figure, "none"),
                "data": data.to_csv(index=False, lineterminator="\n"),
            },
        }
    )
    import matplotlib.pyplot as plt

    plt.close(figure)


def figure_text(
    figure: Figure, *, name: str, caption: str, alt: str, source: str, note: str = ""
) -> str:
    """Give the plain-text form that ``show_figure`` shows, without drawing.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> figure = Figure()
    >>> _ = figure.text(0, 0, "36.4")
    >>> print(figure_text(figure, name="gap", caption="The gap", alt="One", source="x"))
    Figure gap: The gap
    One
    Drawn: 1 Text
    Digest: 229d3bdf7ffef881
    """
    _require(
        "show_figure", "figure", name=name, caption=caption, alt=alt, source=source
    )
    words = dict(name=name, caption=caption, alt=alt, source=source, note=note)
    told, drawn = digest.of_figure(figure, words)
    return f"Figure {name}: {caption}\n{alt}\nDrawn: {drawn}\nDigest: {told}"


def show_text(markdown: str) -> None:
    """Show sentences whose numbers were computed.

    Parameters
    ----------
    markdown
        The sentences, as they would stand in a Markdown cell.

    Examples
    --------
    >>> show_text("**2** of 5 plans")
    {'text/plain': '**2** of 5 plans', 'text/markdown': '**2** of 5 plans'}
    """
    _show({"text/plain": markdown, "text/markdown": markdown})


def _show(forms: Mapping[str, object]) -> None:
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


def _cells(frame: pd.DataFrame) -> tuple[list[str], list[list[str]], list[bool]]:
    """Header, rows, and which columns hold numbers, as texts."""
    header = [str(column) for column in frame.columns]
    rows = [[_shown(value) for value in row] for row in frame.itertuples(index=False)]
    numeric = [_reads_as_numbers([row[i] for row in rows]) for i in range(len(header))]
    return header, rows, numeric


def _shown(value: Any) -> str:
    """Text of one cell: missing is empty, floats have no spare digits or exponent."""
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return ""
    if isinstance(value, float):
        return f"{Decimal(repr(float(value))):f}".removesuffix(".0")
    return str(value)


def _reads_as_numbers(cells: Sequence[str]) -> bool:
    """Tell whether a column holds numbers, as far as a reader sees."""
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(NUMBER.fullmatch(_visible(cell)) for cell in filled)


def _visible(cell: str) -> str:
    """Text of a cell without the ids that its values link to."""
    return CITED.sub(r"\1", cell)


def evidence_link(identifier: str, language: str) -> str:
    """Address of the sentence behind a value, as seen from a notebook.

    >>> evidence_link("jiamusi:814", "zh")
    '../reports/evidence.html#jiamusi:814&lang=zh'
    """
    return f"{EVIDENCE}#{identifier}&lang={language}"


def _width(text: str) -> int:
    """Columns that a text takes on a terminal: two for a Chinese character."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(bool(unicodedata.combining(char)) for char in text)


def _text_table(
    header: list[str], rows: list[list[str]], numeric: list[bool]
) -> list[str]:
    """Aligned lines, never cut."""
    lines = [[" ".join(cell.split()) for cell in row] for row in [header, *rows]]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, ["-" * width for width in widths])
    return ["  ".join(_padded(line, widths, numeric)).rstrip() for line in lines]


def _padded(cells: list[str], widths: list[int], numeric: list[bool]) -> list[str]:
    padded = []
    for cell, width, right in zip(cells, widths, numeric, strict=True):
        space = " " * (width - _width(cell))
        padded.append(space + cell if right else cell + space)
    return padded


def _html_table(
    header: list[str],
    rows: list[list[str]],
    numeric: list[bool],
    *,
    caption: str,
    note: str,
    source: str,
    language: str,
) -> str:
    """One figure with caption, header cells with scope, note and source."""
    columns = zip(*rows, strict=True) if rows else [()] * len(header)
    classes = [
        ' class="num"' if right else ' class="long"' if _is_long(column) else ""
        for right, column in zip(numeric, columns, strict=True)
    ]
    head = "".join(
        f'<th scope="col"{kind}>{escape(cell)}</th>'
        for cell, kind in zip(header, classes, strict=True)
    )
    body = "\n".join(f"<tr>{_html_row(row, classes, language)}</tr>" for row in rows)
    noted, from_ = BELOW[language]
    below = f'<span class="note">{noted}{escape(note)}</span> ' if note else ""
    return (
        f'<figure class="table"><table><caption>{escape(caption)}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>\n"
        f"<figcaption>{below}"
        f'<span class="source">{from_}{escape(source)}</span></figcaption></figure>'
    )


def _is_long(column: Sequence[str]) -> bool:
    """Whether a column holds sentences, which need room on a phone too."""
    return any(len(_visible(cell)) > LONG for cell in column)


def _html_row(row: list[str], classes: list[str], language: str) -> str:
    first = f'<th scope="row"{classes[0]}>{escape(row[0])}</th>'
    rest = zip(row[1:], classes[1:], strict=True)
    return first + "".join(
        f"<td{kind}>{_linked(escape(cell), language)}</td>" for cell, kind in rest
    )


def _linked(cell: str, language: str) -> str:
    """Link the values of a cell to their sentences; the cell is escaped already."""
    return CITED.sub(
        lambda cited: (
            f'<a href="{escape(evidence_link(cited[2], language))}">{cited[1]}</a>'
        ),
        cell,
    )


def _svg(figure: Figure, fonttype: str) -> str:
    """Draw the figure as SVG, the same bytes on every run."""
    import matplotlib as mpl

    file = io.StringIO()
    with mpl.rc_context({"svg.fonttype": fonttype, "svg.hashsalt": "compare"}):
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return file.getvalue()
