"""Annotations: every observation on the sentence that states it.

In: an open project. Out: W3C Web Annotations, for tools that mark texts.
"""

import json
from collections.abc import Mapping
from typing import Any

from compare.documents.text import Document
from compare.formats import NAMES
from compare.project import Project, as_text

CONTEXT = 32
PLAIN = {"format": "text/plain"}
SAID = ("kind", "time_period", "comparator", "value", "unit")


def web_annotations(project: Project) -> bytes:
    """Write every observation as a W3C Web Annotation on its document.

    Each has a ``TextQuoteSelector`` whose context makes it unique in its document, and
    a ``TextPositionSelector``; positions count characters of the raw text.
    """
    rows = as_text(project.table("observations")).to_dict("records")
    items = [_annotation(row, project.documents[row["doc"]]) for row in rows]
    page = {"id": f"{NAMES}annotations:1", "type": "AnnotationPage", "startIndex": 0}
    collection = {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": f"{NAMES}annotations",
        "type": "AnnotationCollection",
        "label": "Observations of compare, each on the sentence that states it",
        "total": len(rows),
        "first": page | {"items": items},
    }
    text = json.dumps(collection, ensure_ascii=False, indent=1) + "\n"
    return text.encode("utf-8")


def anchor(text: str, start: int, end: int) -> tuple[str, str]:
    """Give the text before and behind a span that makes it unique.

    Examples
    --------
    >>> anchor("beds 30, slots 30", 15, 17)
    ('beds 30, slots ', '')
    """
    size = CONTEXT
    while True:
        before, after = text[max(0, start - size) : start], text[end : end + size]
        found = text.find(before + text[start:end] + after)
        alone = found == start - len(before)
        if alone and text.find(before + text[start:end] + after, found + 1) < 0:
            return before, after
        size *= 2


def _annotation(row: Mapping[Any, str], document: Document) -> dict[str, Any]:
    """One observation: what it says, and where its sentence stands."""
    start, end = int(row["quote_start"]), int(row["quote_end"])
    exact, (before, after) = document.text[start:end], anchor(document.text, start, end)
    indicator = f"{NAMES}indicator:{row['indicator']}"
    said = " ".join(row[name] for name in SAID if row[name])
    told = {"type": "TextualBody", "purpose": "describing", **PLAIN, "value": said}
    named = f"{NAMES}document:{document.doc}"
    quote = {"type": "TextQuoteSelector", "exact": exact}
    span = {"type": "TextPositionSelector", "start": start, "end": end}
    return {
        "id": f"{NAMES}observation:{row['id']}",
        "type": "Annotation",
        "motivation": "classifying",
        "body": [{"id": indicator, "purpose": "classifying"}, told],
        "target": {
            "source": {"id": named, "type": "Text", **PLAIN, "language": "zh"},
            "selector": [quote | {"prefix": before, "suffix": after}, span],
        },
    }
