"""What the tests share: the real project, the toy, and copies of the toy to spoil."""

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from compare.base.tables import tidy
from compare.codebook.book import Codebook
from compare.curated.build import Checked, Curated, check
from compare.curated.observations import Observation
from compare.project import Project
from compare.readings.edited import edited_tables

settings.register_profile("compare", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("compare")

ROOT = Path(__file__).parents[1]
TOY = ROOT / "tests" / "toy"
Cells = dict[str, str]


@pytest.fixture(scope="session")
def project() -> Project:
    return Project.open(ROOT)


@pytest.fixture(scope="session")
def toy_project() -> Project:
    return Project.open(TOY)


@pytest.fixture(scope="session")
def checked() -> Checked:
    """Everything that the real project builds, in memory."""
    return check(ROOT)


@pytest.fixture(scope="session")
def toy_checked() -> Checked:
    """Everything that the toy builds, in memory."""
    return check(TOY)


@pytest.fixture(scope="session")
def book(project: Project) -> Codebook:
    return project.book


@pytest.fixture(scope="session")
def toy_book(toy_project: Project) -> Codebook:
    return toy_project.book


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the project's data, with a report, for a test to spoil."""
    return copied(ROOT, tmp_path)


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """A copy of the toy's data, with a report, for a test to spoil."""
    return copied(TOY, tmp_path)


def copied(root: Path, folder: Path) -> Path:
    """Copy the data of a project, with a report, to a folder."""
    shutil.copytree(root / "data", folder / "data")
    (folder / "reports").mkdir()
    (folder / "reports" / "01.html").write_text("a report", "utf-8")
    return folder


def observed(one: Curated) -> list[Observation]:
    """Give the observations of one plan."""
    return [row for row in one.tables["observations"] if isinstance(row, Observation)]


def table(path: Path) -> list[Cells]:
    """Rows of a CSV file, every cell as text."""
    text = path.read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def header(path: Path) -> list[str]:
    """Columns of a CSV file, which may have no rows."""
    return path.read_text("utf-8-sig").partition("\n")[0].split(",")


def edit(root: Path, name: str, change: Callable[[list[Cells]], object]) -> None:
    """Change the rows of an edited table and put it back in the canonical form."""
    path = root / name
    rows = table(path)
    columns = header(path)
    change(rows)
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    content = buffer.getvalue().encode("utf-8-sig")
    model = edited_tables(root).get(path)
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
