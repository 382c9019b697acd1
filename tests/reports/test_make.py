"""Reports are made once, then only where something changed; what was made is said."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT, bytes_of
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from typer.testing import CliRunner, Result

from compare.__main__ import app
from compare.base.problems import Problems
from compare.base.tables import replace_files
from compare.reports.make import MANIFEST, _named, openers, strays, write_reports

pytestmark = pytest.mark.slow

Made = tuple[list[Path], list[Path]]
SHOW = "from compare.views.show import show_text\nshow_text('**2** of 5 plans')"
DRAW = """from IPython.display import display
from compare.views.show import FIGURE
words = dict(name="gap", caption="C", alt="A", source="S", note="", language="en")
svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9"><path d="M0 {}"/></svg>'
figure = words | dict(svg=svg, data="a")
display({{FIGURE: figure, "image/svg+xml": svg}}, raw=True)"""
SMALL = [
    "notebooks/01_small.ipynb",
    *(f"reports/01_small.{x}" for x in ("html", "pdf", "png")),
]
OTHER = [
    "notebooks/02_other.ipynb",
    *(f"reports/02_other.{x}" for x in ("html", "pdf", "png")),
]
OTHER += [f"reports/figures/gap.{x}" for x in ("svg", "pdf", "png", "csv")]
WHOLE = ["reports/compare.xlsx", "reports/evidence.html"]


def write(root: Path, name: str, code: str, title: str = "Title") -> None:
    cells = [new_markdown_cell(f"# {title}", id="a"), new_code_cell(code, id="b")]
    nbformat.write(new_notebook(cells=cells), root / "notebooks" / f"{name}.ipynb")


def make(root: Path, *, force: bool = False, only: tuple[str, ...] = ()) -> Made:
    return write_reports(root, lambda *told: None, force=force, only=only)


def names(root: Path, paths: list[Path]) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in paths)


def report(root: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["report", "--root", str(root), *words])


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Made]:
    """A small project whose reports were made, and what the first run said."""
    root = tmp_path_factory.mktemp("small")
    shutil.copytree(ROOT / "data", root / "data")
    (root / "notebooks").mkdir()
    write(root, "01_small", SHOW)
    write(root, "02_other", DRAW.format("0"))
    return root, make(root)


@pytest.fixture
def small(first: tuple[Path, Made], tmp_path: Path) -> Path:
    """A copy of that project for a test to spoil."""
    return shutil.copytree(first[0], tmp_path / "project")


def test_the_first_run_makes_everything_from_documents_to_papers(
    first: tuple[Path, Made],
) -> None:
    root, (made, changed) = first
    assert names(root, made) == sorted(SMALL + OTHER + WHOLE)
    assert {*made, root / MANIFEST} == set(changed)
    manifest = json.loads((root / MANIFEST).read_bytes())
    assert list(manifest["outputs"]) == sorted(SMALL + OTHER + WHOLE)
    assert {"data/raw/xianning.txt", "compare/reports/make.py"} <= manifest[
        "inputs"
    ].keys()
    assert strays(root) == [] and not list(root.rglob("*.draft"))


def test_nothing_is_made_twice(small: Path) -> None:
    before = bytes_of(small)
    result = report(small)
    assert result.exit_code == 0 and bytes_of(small) == before
    assert result.stdout.splitlines() == [
        "Nothing to do: the reports were made here, from what is there.",
        "The reports are in reports/. Open first: reports/01_small.html.",
    ]


def test_a_fresh_clone_makes_everything_once_and_compares(small: Path) -> None:
    shutil.rmtree(small / "build")
    before = bytes_of(small / "reports", small / "notebooks")
    result = report(small)
    assert bytes_of(small / "reports", small / "notebooks") == before
    count = len(SMALL + OTHER + WHOLE)
    assert result.stdout.splitlines()[0] == (
        f"Made {count} files, from documents to papers; none of them with other bytes "
        "than what is committed."
    )
    assert make(small)[0] == []


def test_a_fresh_clone_lists_what_differs_from_what_is_committed(small: Path) -> None:
    shutil.rmtree(small / "build")
    true = (small / "reports" / "01_small.html").read_bytes()
    (small / "reports" / "01_small.html").write_bytes(b"older")
    lines = report(small).stdout.splitlines()
    assert "; 1 of them with other bytes than what is committed" in lines[0]
    assert lines[1] == "wrote reports/01_small.html"
    assert (small / "reports" / "01_small.html").read_bytes() == true


def test_a_changed_notebook_is_made_again_and_no_other(small: Path) -> None:
    write(small, "01_small", SHOW, "Another title")
    made, changed = make(small)
    assert names(small, made) == SMALL
    assert {"reports/01_small.html", "reports/manifest.json"} <= {
        *names(small, changed)
    }
    assert make(small) == ([], [])


@pytest.mark.parametrize(
    ("name", "paper"), [("01_small.pdf", SMALL), ("figures/gap.csv", OTHER)]
)
def test_a_report_that_is_gone_or_edited_is_made_again(
    small: Path, name: str, paper: list[str]
) -> None:
    path = small / "reports" / name
    true = path.read_bytes()
    path.unlink()
    assert names(small, make(small)[0]) == sorted(paper)
    path.write_bytes(b"by hand")
    assert names(small, make(small)[0]) == sorted(paper)
    assert path.read_bytes() == true


def test_everything_is_made_again_from_other_inputs(small: Path) -> None:
    (small / "requirements.lock").write_text("pandas==0\n", "utf-8")
    made, changed = make(small)
    assert names(small, made) == sorted(SMALL + OTHER + WHOLE)
    assert names(small, changed) == [MANIFEST]


def test_force_makes_again_what_is_current(small: Path) -> None:
    made, changed = make(small, force=True, only=("02_other.ipynb",))
    assert names(small, made) == sorted(OTHER) and changed == []
    made, changed = make(small, force=True)
    assert names(small, made) == sorted(SMALL + OTHER + WHOLE) and changed == []


def test_only_the_named_notebook_is_made(small: Path) -> None:
    shutil.rmtree(small / "build")
    assert names(small, make(small, only=("01_small",))[0]) == SMALL
    made, changed = make(small)
    assert names(small, made) == sorted(OTHER + WHOLE) and changed == []


@pytest.mark.parametrize("name", ["01_small", "01_small.ipynb", SMALL[0]])
def test_a_notebook_is_named_with_or_without_folder_and_ending(
    small: Path, name: str
) -> None:
    shutil.rmtree(small / "notebooks")
    (small / "notebooks").mkdir()
    with pytest.raises(Problems, match="--only 01_small: no such notebook"):
        make(small, only=(name,))
    write(small, "01_small", SHOW)
    assert _named(small, [name, name]) == [SMALL[0]]


def test_only_may_be_repeated(small: Path) -> None:
    shutil.rmtree(small / "build")
    result = report(small, "--only", "02_other", "--only", "01_small")
    count = len(SMALL + OTHER)
    assert result.exit_code == 0 and f"Made {count} files" in result.stdout
    assert "nothing makes" not in result.stdout, "the others are not known yet"


def test_an_unknown_notebook_is_a_problem_that_names_the_nearest(small: Path) -> None:
    before = bytes_of(small)
    result = report(small, "--only", "1_smal.ipynb")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "--only 1_smal: no such notebook." in result.stderr
    assert "one of: 01_small, 02_other." in result.stderr
    assert "Do: write '01_small'." in result.stderr
    (small / "build" / "problems.csv").unlink()
    assert bytes_of(small) == before


def test_a_failing_notebook_leaves_all_reports_as_they_were(small: Path) -> None:
    write(small, "01_small", SHOW, "Another title")
    write(small, "02_other", "1 / 0")
    before = bytes_of(small)
    with pytest.raises(Problems, match="02_other.ipynb code cell 1"):
        make(small)
    assert bytes_of(small) == before
    write(small, "02_other", DRAW.format("0"))
    assert names(small, make(small)[0]) == sorted(SMALL + OTHER)


def test_two_drawings_under_one_name_are_a_problem(small: Path) -> None:
    write(small, "03_third", DRAW.format("0"))
    assert "notebooks/03_third.ipynb" in names(small, make(small)[0])
    write(small, "03_third", DRAW.format("1"))
    write(small, "02_other", DRAW.format("2"))
    with pytest.raises(Problems, match="figures/gap.svg: two notebooks draw"):
        make(small)


def test_a_leftover_of_an_interrupted_run_is_cleaned_up(small: Path) -> None:
    shutil.rmtree(small / "build")
    left = [small / f"{name}.draft" for name in [*SMALL, "data/curated/derived.csv"]]
    for path in left:
        path.write_bytes(b"half")
    make(small)
    assert not list(small.rglob("*.draft"))


def test_a_leftover_is_removed_where_nothing_changes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"1")
    (tmp_path / "a.csv.draft").write_bytes(b"half")
    assert replace_files({tmp_path / "a.csv": b"1"}) == []
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_a_file_that_nothing_makes_is_named(small: Path) -> None:
    (small / "reports" / "old.html").write_text("old", "utf-8")
    (small / "notebooks" / "01_small.ipynb").unlink()
    said = report(small).stdout
    for name in ["old.html", "01_small.html", "01_small.pdf", "01_small.png"]:
        assert f"reports/{name}: nothing makes this file. Do: delete it." in said


def test_a_briefing_is_opened_first_in_chinese(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    for name in ["01_small", "briefing.en", "briefing.zh"]:
        write(tmp_path, name, SHOW)
    assert openers(tmp_path) == ["reports/briefing.zh.html", "reports/briefing.en.html"]


@pytest.mark.parametrize(
    ("words", "forced"),
    [
        ([], False),
        (["--always-make"], True),
        (["-B"], True),
        (["-k", "PYTHON=B"], False),
    ],
)
def test_make_hands_always_make_on(words: list[str], forced: bool) -> None:
    clean = {key: text for key, text in os.environ.items() if "MAKE" not in key}
    done = subprocess.run(
        ["make", "--dry-run", "report", *words],
        cwd=ROOT,
        env=clean,
        capture_output=True,
        text=True,
    )
    last = done.stdout.splitlines()[-1].split()
    assert done.returncode == 0 and last[:2] == [".venv/bin/compare", "report"]
    assert last[2:] == ["--force"] * forced
