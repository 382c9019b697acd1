"""A page carries exactly the characters that it shows, and they can be drawn."""

import base64
import io
import re
from types import SimpleNamespace
from typing import Any

import pylopdf_fonts_zh_cn as fonts
import pytest
import uharfbuzz
from PIL import ImageFont

from compare.reports.fonts import font_faces

TEXT = "养老養老 36.4张“一老一小”≥（①）　、。…—→ plain letters"
WANTED = sorted({character for character in TEXT if ord(character) >= 0x2010})
FAMILIES = {"Report Song": fonts.serif_path(), "Report Hei": fonts.sans_path()}


def embedded(text: str) -> dict[str, bytes]:
    """Font file of each family in the CSS for a text."""
    faces = re.findall(r'font-family: "([^"]+)".*?base64,([^"]+)"', font_faces(text))
    return {family: base64.b64decode(file) for family, file in faces}


def outline(face: Any, character: str) -> list[Any]:
    """Strokes by which a font draws a character."""
    font, strokes = uharfbuzz.Font(face), []
    strokes.append(font.get_glyph_h_advance(font.get_nominal_glyph(ord(character))))
    pen = SimpleNamespace(
        **{
            name: lambda *points, name=name: strokes.append((name, *points))
            for name in ("moveTo", "lineTo", "curveTo", "qCurveTo", "closePath")
        }
    )
    font.draw_glyph_with_pen(font.get_nominal_glyph(ord(character)), pen)
    return strokes


@pytest.mark.parametrize("family", FAMILIES)
def test_every_character_of_a_text_is_drawn_as_in_the_whole_font(family: str) -> None:
    carried = uharfbuzz.Face(embedded(TEXT)[family])
    whole = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(FAMILIES[family])))
    for character in WANTED:
        assert outline(carried, character) == outline(whole, character)
    assert len(outline(carried, "养")) > 30


@pytest.mark.parametrize("family", FAMILIES)
def test_another_program_loads_the_file_and_draws(family: str) -> None:
    font = ImageFont.truetype(io.BytesIO(embedded(TEXT)[family]), 40)
    assert str(font.getname()[0]).startswith("Noto S")
    assert bytes(font.getmask("养")) != bytes(font.getmask("老"))


@pytest.mark.parametrize("family", FAMILIES)
def test_no_other_character_is_carried(family: str) -> None:
    file = embedded(TEXT)[family]
    assert sorted(uharfbuzz.Face(file).unicodes) == [ord(one) for one in WANTED]
    assert len(file) < 20_000


def test_the_same_characters_give_the_same_bytes() -> None:
    assert font_faces(TEXT) == font_faces(TEXT[::-1] + TEXT)


def test_a_text_without_chinese_carries_nothing() -> None:
    assert font_faces("plain letters, 36.4 é") == ""
