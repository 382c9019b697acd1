"""LibreOffice opens the workbook, keeps every cell, and shows the hedges.

Run by ``make test-office`` only: a clean machine has no LibreOffice.
"""

import io
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from compare.codebook.book import find_root
from compare.project import Project
from compare.reports.workbook import workbook

MISSING = (
    "LibreOffice is not installed; on Debian: apt-get install libreoffice-calc "
    "(nothing else of the project needs it)"
)

pytestmark = pytest.mark.skipif(shutil.which("soffice") is None, reason=MISSING)


@pytest.fixture(scope="module")
def content() -> bytes:
    return workbook(Project.open(find_root()))


def convert(source: Path, form: str) -> None:
    profile = (source.parent / "profile").as_uri()
    subprocess.run(
        [
            "soffice",
            "--headless",
            f"-env:UserInstallation={profile}",
            "--convert-to",
            form,
            "--outdir",
            str(source.parent / "out"),
            str(source),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )


def test_every_value_every_link_and_every_fill_is_kept(
    content: bytes, tmp_path: Path
) -> None:
    source = tmp_path / "compare.xlsx"
    source.write_bytes(content)
    convert(source, "xlsx")
    before = openpyxl.load_workbook(io.BytesIO(content))
    after = openpyxl.load_workbook(tmp_path / "out" / "compare.xlsx")
    assert after.sheetnames == before.sheetnames
    values = links = 0
    for sheet in before:
        for row in sheet.iter_rows():
            for cell in row:
                kept = after[sheet.title][cell.coordinate]
                assert kept.value == cell.value, (sheet.title, cell.coordinate)
                values += cell.value is not None
                if cell.hyperlink and cell.hyperlink.target:
                    place = f"{cell.hyperlink.target}#{cell.hyperlink.location}"
                    found = f"{kept.hyperlink.target}#{kept.hyperlink.location or ''}"
                    assert found.rstrip("#").endswith(place)
                    links += 1
    assert values > 15_000 and links > 1_000
    print(f"\n{values:,} cells and {links:,} links kept by LibreOffice")


def test_hedges_are_shown_around_numbers(content: bytes, tmp_path: Path) -> None:
    source = tmp_path / "compare.xlsx"
    source.write_bytes(content)
    convert(source, "html")
    shown = (tmp_path / "out" / "compare.html").read_text("utf-8")
    for text in ("≥60%", "30,000余", "36.4"):
        assert f">{text}<" in shown
    assert "Err:" not in shown and "#NAME?" not in shown
