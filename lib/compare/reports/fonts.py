"""Fonts: the Chinese characters of a page, carried inside the page.

In: the text of a page. Out: CSS that embeds those characters of the two font families
of the reports, so that Chinese is shown on machines that have no Chinese font.
"""

from __future__ import annotations

import base64
from pathlib import Path

import pylopdf_fonts_zh_cn as fonts
from uharfbuzz import Blob, Face, SubsetFlags, SubsetInput, subset

FIRST = "\u2010"
RANGE = "U+2010-2027, U+2030-206F, U+2190-2BFF, U+2E80-9FFF, U+F900-FAFF, U+FF00-FFEF"
FLAGS = SubsetFlags.NO_HINTING | SubsetFlags.NO_BIDI_CLOSURE


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
    codes = {ord(character) for character in set(text) if character >= FIRST}
    if not codes:
        return ""
    families = {"Report Song": fonts.serif_path(), "Report Hei": fonts.sans_path()}
    return "".join(
        f'@font-face {{ font-family: "{family}"; unicode-range: {RANGE}; src: '
        f'url("data:font/otf;base64,{_subset(Path(path), codes)}"); }}\n'
        for family, path in families.items()
    )


def _subset(path: Path, codes: set[int]) -> str:
    wanted = SubsetInput()
    wanted.unicode_set.update(codes)
    wanted.layout_feature_tag_set.clear()
    wanted.flags = FLAGS
    face = Face(Blob.from_file_path(str(path)))
    return base64.b64encode(subset(face, wanted).blob.data).decode("ascii")
