"""Notebooks run in order from a fresh kernel and keep no trace of the run."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from compare.base.problems import Problems
from compare.reports.run import execute, execute_all

pytestmark = pytest.mark.slow

DEMO = Path(__file__).parents[1] / "reports" / "demo.ipynb"


def write(path: Any, *sources: Any) -> Any:
    cells = [new_markdown_cell("# Title", id="title")]
    cells += [
        new_code_cell(source, id=f"c{number}", metadata={"execution": {"a": "b"}})
        for number, source in enumerate(sources)
    ]
    metadata = {"language_info": {"name": "python", "version": "0"}, "widgets": {}}
    nbformat.write(new_notebook(cells=cells, metadata=metadata), path)
    return path


def text_outputs(path: Any) -> Any:
    return [
        [(output.output_type, output.data["text/plain"]) for output in cell.outputs]
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "code"
    ]


def test_two_runs_give_the_same_bytes(tmp_path: Any) -> None:
    execute(DEMO, tmp_path / "a.ipynb", root=tmp_path)
    execute(tmp_path / "a.ipynb", tmp_path / "b.ipynb", root=tmp_path)
    first = (tmp_path / "a.ipynb").read_bytes()
    assert first == (tmp_path / "b.ipynb").read_bytes()
    assert first.endswith(b"}\n") and b"\r" not in first
    assert text_outputs(tmp_path / "a.ipynb") == text_outputs(DEMO)


def test_nothing_of_the_run_is_kept(tmp_path: Any) -> None:
    path = write(tmp_path / "n.ipynb", "1 + 1", "2 + 2")
    execute(path, path, root=tmp_path)
    stored = json.loads(path.read_text(encoding="utf-8"))
    assert stored["metadata"] == {
        "kernelspec": {
            "display_name": "Python 3",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }
    assert (stored["nbformat"], stored["nbformat_minor"]) == (4, 5)
    assert [cell["metadata"] for cell in stored["cells"]] == [{}, {}, {}]
    assert [cell["id"] for cell in stored["cells"]] == ["title", "c0", "c1"]
    assert [cell.get("execution_count") for cell in stored["cells"]] == [None, 1, 2]


def test_the_kernel_is_this_environments_and_knows_the_root(tmp_path: Any) -> None:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    code = "import os, sys; from pathlib import Path; from compare.views.show import *"
    show = (
        "show_text('|'.join([sys.executable, os.environ['COMPARE_ROOT'],"
        " os.environ['PYTHONHASHSEED'], str(Path.cwd())]))"
    )
    path = write(folder / "n.ipynb", code, show)
    execute(path, path, root=tmp_path)
    said = f"{sys.executable}|{tmp_path.resolve()}|0|{folder.resolve()}"
    assert text_outputs(path)[1] == [("display_data", said)]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("import sys; print('odd', file=sys.stderr)", "wrote to stderr.\n  odd"),
        ("import warnings; warnings.warn('late')", "UserWarning: late"),
        ("import os; os._exit(1)", "Kernel died"),
    ],
)
def test_a_failing_cell_is_a_problem_and_nothing_is_written(
    tmp_path: Any, code: Any, said: Any
) -> None:
    (tmp_path / "notebooks").mkdir()
    path = write(tmp_path / "notebooks" / "n.ipynb", "x = 1", code, "y = 2")
    with pytest.raises(Problems) as caught:
        execute(path, tmp_path / "out.ipynb", root=tmp_path)
    text = str(caught.value)
    assert text.startswith("notebooks/n.ipynb") and said in text
    assert "code cell 2" in text or "died" in text
    assert "\x1b" not in text and str(tmp_path) not in text
    assert not (tmp_path / "out.ipynb").exists()


def test_several_run_side_by_side_and_all_problems_are_raised_once(
    tmp_path: Any,
) -> None:
    names = ["a.ipynb", "b.ipynb", "c.ipynb"]
    paths = [
        write(tmp_path / name, code)
        for name, code in zip(names, ["1", "1 / 0", "1 / 0"], strict=True)
    ]
    (tmp_path / "out").mkdir()
    ended: list[Path] = []
    with (
        pytest.raises(Problems) as caught,
        execute_all(paths, tmp_path / "out", root=tmp_path) as runs,
    ):
        ended.extend(runs)
    assert [problem.where[:7] for problem in caught.value.problems] == names[1:]
    assert [path.name for path in (tmp_path / "out").iterdir()] == names[:1]


def test_each_is_given_as_soon_as_it_has_ended(tmp_path: Any) -> None:
    paths = [
        write(tmp_path / "long.ipynb", "import time; time.sleep(4)"),
        write(tmp_path / "short.ipynb", "1"),
    ]
    (tmp_path / "out").mkdir()
    with execute_all(paths, tmp_path / "out", root=tmp_path) as runs:
        assert next(runs) == tmp_path / "out" / "short.ipynb"
        assert not (tmp_path / "out" / "long.ipynb").exists()
        assert next(runs) == tmp_path / "out" / "long.ipynb"
        assert list(runs) == []


def test_no_more_are_started_when_the_caller_fails(tmp_path: Any) -> None:
    count = 3 * (os.cpu_count() or 1)
    paths = [write(tmp_path / f"{number}.ipynb", "1") for number in range(count)]
    (tmp_path / "out").mkdir()
    with (
        pytest.raises(RuntimeError),
        execute_all(paths, tmp_path / "out", root=tmp_path) as runs,
    ):
        next(runs)
        raise RuntimeError
    assert len(list((tmp_path / "out").iterdir())) < count


def test_none_to_run_is_no_problem(tmp_path: Any) -> None:
    with execute_all([], tmp_path, root=tmp_path) as runs:
        assert list(runs) == []
