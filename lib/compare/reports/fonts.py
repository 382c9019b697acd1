"""Fonts: the Chinese characters of a page, carried inside the page.

In: the text of a page. Out: CSS that embeds those characters of the two font families
of the reports, so that Chinese is shown on machines that have no Chinese font.
"""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pylopdf_fonts_zh_cn as fonts
from fontTools import subset
from fontTools.ttLib import TTFont

FIRST = 0x2010
RANGE = "U+2010-2027, U+2030-206F, U+2190-2BFF, U+2E80-9FFF, U+F900-FAFF, U+FF00-FFEF"


def font_faces(text: str) -> str:
    """CSS with the Chinese characters of a text, in Song and in Hei.

    Latin letters are left to the reader's own fonts. Nothing is compressed, so the
    bytes are the same with every version of every compressor.

    Examples
    --------
    >>> font_faces("plain")
    ''
    >>> "Report Hei" in font_faces("每千名老年人")
    True
    """
    characters = sorted({character for character in text if ord(character) >= FIRST})
    if not characters:
        return ""
    families = {"Report Song": fonts.serif_path(), "Report Hei": fonts.sans_path()}
    return "".join(
        f'@font-face {{ font-family: "{family}"; unicode-range: {RANGE}; src: '
        f'url("data:font/otf;base64,{_subset(Path(path), characters)}"); }}\n'
        for family, path in families.items()
    )


def _subset(path: Path, characters: list[str]) -> str:
    options = subset.Options(
        layout_features=[], hinting=False, notdef_outline=True, name_IDs=[1, 2]
    )
    maker = subset.Subsetter(options)
    maker.populate(text="".join(characters))
    file = io.BytesIO()
    with TTFont(path, recalcTimestamp=False, lazy=True) as font:
        maker.subset(font)
        font.save(file)
    return base64.b64encode(file.getvalue()).decode("ascii")
