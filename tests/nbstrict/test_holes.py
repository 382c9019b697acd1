"""Each known hole of nbval, shown open under nbval alone and closed in the suite."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import lxml.etree
import nbformat
import pytest
from catalogue import METADATA, NOTEBOOKS, PRINTS, Hole, code_number, notebook, says
from nbformat.v4 import new_code_cell, new_notebook, new_output

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
STRICT = ["-p", "nbstrict.plugin"]
HOLES = [(name, hole) for name, holes in NOTEBOOKS.items() for hole in holes]
Verdicts = dict[tuple[str, str], str]


def start(
    folder: Path,
    *arguments: str,
    paths: Sequence[Path] = (),
    settings: str = "[pytest]\n",
) -> subprocess.Popen[str]:
    """Start pytest where no settings of this project reach it."""
    (folder / "pytest.ini").write_text(settings, "utf-8")
    hidden = {"PYTEST_CURRENT_TEST", "PYTEST_ADDOPTS", "COMPARE_ROOT"}
    env = {key: text for key, text in os.environ.items() if key not in hidden}
    search = os.pathsep.join([*map(str, paths), env.get("PYTHONPATH", "")])
    env |= {"JUPYTER_PATH": str(folder), "PYTHONHASHSEED": "1", "PYTHONPATH": search}
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def prepare(folder: Path) -> Path:
    """Write the demonstration notebooks, a table, and another kernel."""
    for name in NOTEBOOKS:
        (folder / name).mkdir(parents=True)
        nbformat.write(notebook(name), folder / name / f"{name}.ipynb")
    (folder / "writes" / "beds.csv").write_text("36.4", "utf-8")
    kernel = {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "elsewhere",
        "language": "python",
        "env": {"ELSEWHERE": "39.6"},
    }
    (folder / "kernels" / "elsewhere").mkdir(parents=True)
    path = folder / "kernels" / "elsewhere" / "kernel.json"
    path.write_text(json.dumps(kernel), "utf-8")
    return folder


def verdicts(folder: Path) -> Verdicts:
    """What each test said: nothing when it passed."""
    found: Verdicts = {}
    for case in lxml.etree.parse(folder / "result.xml").iter("testcase"):
        failures = case.iterchildren("failure", "error")
        said = "\n".join(f"{one.get('message')}\n{one.text}" for one in failures)
        name = (case.get("classname") or "").removesuffix(".ipynb").split(".")[-1]
        found[name, case.get("name") or ""] = said
    return found


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Verdicts, Verdicts]:
    """Run all demonstrations under nbval alone and under the suite, side by side."""
    plain = prepare(tmp_path_factory.mktemp("plain"))
    strict = prepare(tmp_path_factory.mktemp("strict"))
    common = ["--nbval", "--nbval-cell-timeout=2", "--junitxml=result.xml", "."]
    running = [start(plain, *common), start(strict, *STRICT, *common)]
    for process in running:
        output, _ = process.communicate(timeout=120)
        assert process.returncode == 1, output
    return verdicts(plain), verdicts(strict)


@pytest.mark.parametrize(
    ("name", "hole"), HOLES, ids=[hole.name.replace(" ", "-") for _, hole in HOLES]
)
def test_the_hole_is_open_in_nbval_and_closed_in_the_suite(
    ran: tuple[Verdicts, Verdicts], name: str, hole: Hole
) -> None:
    plain, strict = ran
    if hole.kind == "code":
        own = f"Cell {code_number(name, hole)}"
        failed = bool(plain[name, own])
        assert failed == (hole.plain == "fails"), plain[name, own]
    else:
        assert hole.plain == "passes"
    if hole.caught in ("policy", "bytes"):
        assert hole.says in strict[name, hole.caught]
    elif hole.caught:
        assert strict[name, own] and hole.says in strict[name, own]
    else:
        assert not strict[name, own]


def lie(folder: Path) -> None:
    """Write a notebook that shows another number than it computes."""
    cell = new_code_cell(PRINTS, outputs=[says("39.6\n")], execution_count=1, id="a")
    nbformat.write(new_notebook(cells=[cell]), folder / "lie.ipynb")


@pytest.mark.parametrize(
    ("arguments", "plain", "why"),
    [
        (["--nbval-lax", "lie.ipynb"], 0, "compares marked cells only"),
        (["--nbval", "--nbval-sanitize-with=all.cfg", "lie.ipynb"], 0, "hides what"),
        (["--nbval", "--nbval-kernel-name=python3", "lie.ipynb"], 1, "another env"),
        (["--nbval", "--nbdime", "lie.ipynb"], 3, "fails with this pytest"),
        (["--nbval", "-n", "2", "lie.ipynb"], 1, "without --dist loadfile"),
        (["."], 0, "not run without --nbval"),
        (["--nbval", "-o", "norecursedirs=deep", "."], 0, "not run as a whole"),
        (["--nbval", "-k", "other", "."], 0, "not run as a whole"),
    ],
    ids=lambda value: "_".join(value) if isinstance(value, list) else "",
)
def test_a_way_around_is_open_in_nbval_and_refused_by_the_suite(
    tmp_path: Path, arguments: list[str], plain: int, why: str
) -> None:
    deep = tmp_path / "deep"
    deep.mkdir()
    lie(
        deep if arguments[-1] == "." and "norecursedirs=deep" in arguments else tmp_path
    )
    (tmp_path / "test_other.py").write_text("def test_other(): pass\n", "utf-8")
    (tmp_path / "all.cfg").write_text("regex: .*\nreplace: same\n", "utf-8")
    running = [start(tmp_path, *STRICT, *arguments), start(tmp_path, *arguments)]
    said = [process.communicate(timeout=60)[0] for process in running]
    assert running[0].returncode not in (0, 5) and why in said[0], said[0]
    assert running[1].returncode == plain, said[1]


def test_another_version_of_nbval_is_refused(tmp_path: Path) -> None:
    lie(tmp_path)
    other = tmp_path / "nbval-0.12.0.dist-info"
    other.mkdir()
    text = "Metadata-Version: 2.1\nName: nbval\nVersion: 0.12.0\n"
    (other / "METADATA").write_text(text, "utf-8")
    process = start(tmp_path, *STRICT, "--nbval", "lie.ipynb", paths=[tmp_path])
    said = process.communicate(timeout=60)[0]
    assert process.returncode == 4 and "nbval 0.12.0 is installed" in said


SHOWS = """
from IPython.display import display

def show_text(text):
    display({"text/plain": text}, raw=True)
"""
READS = """import os
from pathlib import Path
from shows import show_text"""
ELSEWHERE = """[pytest]
nbstrict_root = here.txt
nbstrict_copy = beds
nbstrict_env = BEDS
nbstrict_remedy = run all again
"""


@pytest.mark.parametrize(
    ("stored", "call", "said"),
    [
        ("36.4", "read_text()", []),
        ("39.6", "read_text()", ["look at", "is right, run all again."]),
        ("4", "write_text('39.6').__str__()", ["beds/beds.csv: it was written"]),
    ],
    ids=["honest", "lying", "writing"],
)
def test_a_project_says_what_is_copied_and_how_it_is_found(
    tmp_path: Path, stored: str, call: str, said: list[str]
) -> None:
    """A project of others: folders, variable, command and display are its own."""
    shown = new_output("display_data", data={"text/plain": stored})
    show = f"show_text(Path(os.environ['BEDS'], 'beds', 'beds.csv').{call})"
    cells = [
        new_code_cell(READS, id="a", execution_count=1),
        new_code_cell(show, id="b", execution_count=2, outputs=[shown]),
    ]
    book = tmp_path / "books" / "deep" / "beds.ipynb"
    book.parent.mkdir(parents=True)
    text = nbformat.writes(new_notebook(cells=cells, metadata=METADATA), indent=1)
    book.write_text(f"{text}\n", "utf-8")
    table = tmp_path / "beds" / "beds.csv"
    table.parent.mkdir()
    table.write_text("36.4", "utf-8")
    (tmp_path / "here.txt").touch()
    (tmp_path / "shows.py").write_text(SHOWS, "utf-8")
    asked = [*STRICT, "--nbval", "books"]
    process = start(tmp_path, *asked, paths=[tmp_path], settings=ELSEWHERE)
    output = process.communicate(timeout=60)[0]
    assert process.returncode == bool(said), output
    assert not [part for part in said if part not in output], output
    assert table.read_text("utf-8") == "36.4"


def test_every_hole_is_listed_with_what_closes_it() -> None:
    text = (ROOT / "docs" / "verification.md").read_text("utf-8")
    missing = []
    for _, hole in HOLES:
        row = f"| {hole.name} | {hole.plain} | {hole.caught or 'passes'} |"
        if row not in text:
            missing.append(row)
    assert not missing, "\n".join(["docs/verification.md lacks:", *missing])
