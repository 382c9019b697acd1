"""What the tests share: the project as it is, and copies of it to spoil."""

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from compare.base.tables import tidy
from compare.codebook.book import Codebook
from compare.curated.build import Checked, check, known_tables

settings.register_profile("compare", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("compare")

ROOT = Path(__file__).parents[1]
Cells = dict[str, str]


@pytest.fixture(scope="session")
def checked() -> Checked:
    """Everything that the real project builds, in memory."""
    return check(ROOT)


@pytest.fixture(scope="session")
def book(checked: Checked) -> Codebook:
    return checked.book


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project's data, with a report, for a test to spoil."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "01.html").write_text("a report", "utf-8")
    return tmp_path


def table(path: Path) -> list[Cells]:
    """Rows of a CSV file, every cell as text."""
    text = path.read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def edit(root: Path, name: str, change: Callable[[list[Cells]], object]) -> None:
    """Change the rows of an edited table and put it back in the canonical form."""
    path = root / name
    rows = table(path)
    columns = list(rows[0])
    change(rows)
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    content = buffer.getvalue().encode("utf-8-sig")
    model = known_tables(root).get(path)
    path.write_bytes(tidy(content, model) if model else content)


def put(root: Path, name: str, where: Cells, **cells: str) -> None:
    """Change cells of the one row that ``where`` describes."""

    def change(rows: list[Cells]) -> None:
        (row,) = [row for row in rows if where.items() <= row.items()]
        assert cells.keys() <= row.keys()
        row.update(cells)

    edit(root, name, change)


def bytes_of(*folders: Path) -> dict[Path, bytes]:
    """Bytes of every file in some folders."""
    return {
        path: path.read_bytes()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
