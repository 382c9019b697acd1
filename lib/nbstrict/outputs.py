"""Outputs: when what a cell gives now says the same as what is stored.

In: two lists of outputs in the notebook format. Out: the first thing that differs. The
order counts, and so does every form; only the layout of a drawing may move a little,
as it depends on the version of the font machinery.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

POINTS = 0.5
SAID = ("text", "metadata", "ename", "evalue")
SVG_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
SVG_ID = re.compile(r'(?<=[#"])[A-Za-z]+[0-9a-f]{10}(?=["\)])')
SVG_START = ("<?xml", "<svg")
Output = Mapping[str, Any]


def difference(
    made: Iterable[Output], stored: Iterable[Output]
) -> tuple[str, object, object] | None:
    """Find the first thing in which two lists of outputs differ.

    Drawings are compared number by number, everything else exactly.

    Parameters
    ----------
    made, stored
        Outputs of one cell in the notebook format.

    Returns
    -------
    tuple or None
        What differs, as stored, and as made now; None when nothing does.

    Examples
    --------
    >>> said = {"output_type": "stream", "name": "stdout", "text": "36.4"}
    >>> difference([said], [said | {"text": "39.6"}])
    ('text', '39.6', '36.4')
    """
    new, old = _merged(made), _merged(stored)
    now, was = (list(map(_kind, outputs)) for outputs in (new, old))
    if now != was:
        return "outputs and their order", was, now
    for mine, theirs in zip(new, old, strict=True):
        for key in SAID:
            if not _same(mine.get(key), theirs.get(key)):
                return key, theirs.get(key), mine.get(key)
        for form, value in theirs.get("data", {}).items():
            if not _same(mine["data"][form], value):
                return form, value, mine["data"][form]
    return None


def _merged(outputs: Iterable[Output]) -> list[dict[str, Any]]:
    """Put streams together that follow each other; how a kernel cuts them is chance."""
    merged: list[dict[str, Any]] = []
    for output in map(dict, outputs):
        last = merged[-1] if merged else {}
        if "name" in output and last.get("name") == output["name"]:
            last["text"] += output["text"]
        else:
            merged.append(output)
    return merged


def _kind(output: Output) -> str:
    """Name of a stream; else the type of an output and its forms."""
    forms = sorted(output.get("data", {}))
    return str(output.get("name") or ", ".join([output["output_type"], *forms]))


def _same(mine: Any, theirs: Any) -> bool:
    """Compare two forms of an output; a form of JSON part by part."""
    if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
        return mine.keys() == theirs.keys() and all(
            _same(mine[key], value) for key, value in theirs.items()
        )
    drawn = all(str(one).startswith(SVG_START) for one in (mine, theirs))
    return bool(mine == theirs) or drawn and same_drawing(mine, theirs)


def same_drawing(mine: str, theirs: str) -> bool:
    """Tell whether two SVGs draw the same, up to half a point of layout.

    Examples
    --------
    >>> same_drawing('<path d="M 1.0 2"/>', '<path d="M 1.1 2"/>')
    True
    >>> same_drawing('<path d="M 1.0 2"/>', '<path d="M 9.0 2"/>')
    False
    """
    first, second = map(_numbered_ids, (mine, theirs))
    if SVG_NUMBER.sub("", first) != SVG_NUMBER.sub("", second):
        return False
    numbers = zip(SVG_NUMBER.findall(first), SVG_NUMBER.findall(second), strict=True)
    return all(abs(float(one) - float(two)) <= POINTS for one, two in numbers)


def _numbered_ids(drawing: str) -> str:
    """Name ids by their order: matplotlib names them by what they hold."""
    order: dict[str, str] = {}
    return SVG_ID.sub(
        lambda found: order.setdefault(found.group(), f"id{len(order)}"), drawing
    )
