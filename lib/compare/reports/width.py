"""Width: how much room texts take, and how the columns of a table share a page.

In: a table of a page. Out: the widths of its columns, the same in print and in Word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
import wcwidth
from lxml.html import HtmlElement

SPACE = re.compile(r"[ \t\r\n\f]+")
WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60"
ENDLESS = re.compile(rf"[^\s{WIDE}]{{65,}}")
WORD = re.compile(r"[^\s\u200b\u2e80-\u9fff\uf900-\uffef]+.?")
SHORTEST, SHORT_NAME = "\u3000\u3000", 3
PORTRAIT, LANDSCAPE, LARGE = 487.0, 734.0, 1082.0
PAPER = {LANDSCAPE: "a4", LARGE: "a3"}
LAYOUTS = [
    (PORTRAIT, 8.5, 15.0),
    (PORTRAIT, 8.0, 12.0),
    (PORTRAIT, 7.5, 9.0),
    (LANDSCAPE, 8.5, 15.0),
    (LANDSCAPE, 7.5, 12.0),
]
CELL_INSET, STEP, EMPTIER = 8.0, 0.5, 0.001


@dataclass(frozen=True)
class Layout:
    """Columns of a printed table in points, its type, paper, and lines of text, about.

    ``paper`` is empty on the usual page.
    """

    widths: list[float]
    size: float
    paper: str
    lines: int


def half_ems(text: str) -> int:
    """Width of a text: Chinese characters and their punctuation take two.

    Examples
    --------
    >>> half_ems("36.4张")
    6
    """
    return wcwidth.width(text, ambiguous_width=2)


def spaced(text: str) -> str:
    r"""White space as in HTML, endless words breakable.

    Examples
    --------
    >>> spaced("beds\n  and slots")
    'beds and slots'
    """
    return ENDLESS.sub(
        lambda word: "\u200b".join(re.findall(".{1,16}", word[0])), SPACE.sub(" ", text)
    )


def lines_of(table: HtmlElement) -> list[list[HtmlElement]]:
    """Cells of each line of a table, heads and values alike."""
    return [list(row.iterchildren("th", "td")) for row in table.iter("tr")]


def layout(table: HtmlElement) -> Layout:
    """Choose column widths, type size and paper of a printed table.

    The first layout is taken in which no word is broken and long texts have a
    comfortable width; else the one in which no word is broken, on large paper and in
    smaller type if need be. A table without cells has no columns.

    Examples
    --------
    >>> from lxml.html import fromstring
    >>> layout(fromstring("<table><tr><td>Place<td>Beds<tr><td>佳木斯<td>1,000"))
    Layout(widths=[34.52, 33.5], size=8.5, paper='', lines=2)
    """
    columns = [
        ["" if cell is None else spaced(cell.text_content()).strip() for cell in column]
        for column in zip_longest(*lines_of(table))
    ]
    if not columns:
        return Layout([], 0.0, "", 0)
    texts = np.array([[_em(text) for text in column] for column in columns])
    longest = texts.max(axis=1)
    least = np.array([max(map(_em, _unbroken(column))) for column in columns])
    for width, size, comfort in LAYOUTS:
        room = width - len(columns) * CELL_INSET
        enough = np.sqrt(comfort * longest / 4).clip(max=np.minimum(comfort, longest))
        if np.maximum(least, enough).sum() * size <= room:
            break
    else:
        if least.sum() * size > room:
            width, room = LARGE, room + LARGE - LANDSCAPE
        size = min(size, room / least.sum())
    ems = _widths(texts, least, room / size)
    lines = np.ceil(texts / ems[:, None]).max(axis=0).sum()
    widths = [round(float(em) * size + CELL_INSET, 2) for em in ems]
    return Layout(widths, float(size), PAPER.get(width, ""), int(lines))


def _widths(texts: np.ndarray, least: np.ndarray, room: float) -> np.ndarray:
    """Share the room so that the rows together are as low as can be.

    A row is as high as its highest cell, and a cell as its text over its width; from
    the least widths on, each step goes to the column that lowers the table most, and
    of equals to the emptier.

    >>> _widths(np.array([[2.0, 2.0], [30.0, 10.0]]), np.array([2.0, 2.0]), 12.0)
    array([ 2., 10.])
    """
    widths = least.copy()
    lines = np.maximum(texts / widths[:, None], 1.0)
    while widths.sum() + STEP <= room and lines.max() > 1.0:
        wider = np.maximum(texts / (widths[:, None] + STEP), 1.0)
        tried = np.where(np.eye(len(widths), dtype=bool)[:, :, None], wider, lines)
        heights = tried.max(axis=1).sum(axis=1) + EMPTIER * tried.sum(axis=(1, 2))
        best = heights.argmin()
        widths[best] += STEP
        lines[best] = wider[best]
    return widths


def _unbroken(texts: Sequence[str]) -> list[str]:
    """Return parts that stay on one line; punctuation clings to its neighbour.

    Words, and Chinese names of up to three characters.
    """
    words = [word for text in texts for word in WORD.findall(text)]
    return [SHORTEST, *words, *(text for text in texts if len(text) <= SHORT_NAME)]


def _em(text: str) -> float:
    """Width of a text in the tables' font, at least."""
    return sum(_char_em(char) for char in text)


def _char_em(char: str) -> float:
    if half_ems(char) > 1 or char in "mwMW@%":
        return 1.0
    return 0.72 if char.isupper() else 0.6
