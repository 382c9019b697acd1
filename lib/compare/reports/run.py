"""Run notebooks in order from a fresh kernel and store them without traces of the run.

In: notebooks as their authors left them. Out: the same notebooks with outputs, the same
bytes on every run and every machine.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from compare.base.problems import Problem, Problems, raise_any

CELL_SECONDS = 600
LAST_LINES = 6
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def execute(source: Path, destination: Path, *, root: Path) -> None:
    """Run a notebook and write it with its outputs, or write nothing.

    The kernel belongs to the running environment, works in the notebook's folder and
    finds the data by ``COMPARE_ROOT``. The destination may be the source.

    Raises
    ------
    Problems
        A cell failed, wrote to stderr or did not end.
    """
    notebook = nbformat.read(source, as_version=4)
    where = _place(source, root)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    failure = _run(notebook, source.parent, root)
    raise_any(_complaints(notebook, where))
    if failure:
        remedy = "run the notebook in JupyterLab and shorten or repair the cell."
        raise Problems([Problem(where, failure, remedy=remedy)])
    destination.write_text(stored_form(notebook), encoding="utf-8", newline="\n")


@contextmanager
def execute_all(
    sources: Iterable[Path], folder: Path, *, root: Path
) -> Iterator[Iterator[Path]]:
    """Run several notebooks side by side, the largest first, while the caller goes on.

    The executed notebooks go to the folder, under their own names.

    Yields
    ------
    iterator of Path
        Each executed notebook, as soon as it has ended. At its end it raises all
        problems of all notebooks; those without a problem are written.
    """
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = {
            pool.submit(execute, source, folder / source.name, root=root): source.name
            for source in sorted(sources, key=lambda one: -one.stat().st_size)
        }
        try:
            yield _ended(runs, folder)
        finally:
            pool.shutdown(cancel_futures=True)


def stored_form(notebook: NotebookNode) -> str:
    """Text of an executed notebook as it is stored: no versions, timings, random ids.

    The notebook is changed: metadata are fixed, and cells without an id get one.
    """
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = nbformat.from_dict(METADATA)
    for number, cell in enumerate(notebook.cells, start=1):
        cell.setdefault("id", f"cell-{number:02}")
        cell.metadata.pop("execution", None)
    text: str = nbformat.writes(notebook, indent=1)
    return text.rstrip("\n") + "\n"


def _ended(runs: Mapping[Future[None], str], folder: Path) -> Iterator[Path]:
    problems: list[Problem] = []
    for run in as_completed(runs):
        try:
            run.result()
            yield folder / runs[run]
        except Problems as failure:
            problems += failure.problems
    raise_any(problems)


def _run(notebook: NotebookNode, folder: Path, root: Path) -> str:
    """Run all cells in this environment's kernel; return why it stopped early."""
    specs = KernelSpecManager(kernel_dirs=[])
    client = NotebookClient(
        notebook,
        km=AsyncKernelManager(kernel_name="python3", kernel_spec_manager=specs),
        timeout=CELL_SECONDS,
        record_timing=False,
        shutdown_kernel="immediate",
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(folder.resolve())}},
    )
    settings = {"COMPARE_ROOT": str(root.resolve()), "PYTHONHASHSEED": "0"}
    try:
        asyncio.run(client.async_execute(cleanup_kc=True, env=os.environ | settings))
    except CellExecutionError as error:
        return f"{error.ename}: {error.evalue}"
    except (CellTimeoutError, DeadKernelError) as error:
        return _last_lines(str(error))
    return ""


def _complaints(notebook: NotebookNode, where: str) -> Iterable[Problem]:
    """Yield a problem for each error and each word on stderr."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(cells, start=1):
        for output in cell.outputs:
            place = f"{where} code cell {number}"
            if output.output_type == "error":
                lines = _last_lines("\n".join(output.traceback))
                remedy = "repair the cell, or what it calls."
                yield Problem(place, f"it failed.\n  {lines}", remedy=remedy)
            elif output.get("name") == "stderr":
                what = f"it wrote to stderr.\n  {_last_lines(output.text)}"
                yield Problem(place, what, remedy="remove the cause of the message.")


def _last_lines(text: str) -> str:
    lines = [line for line in COLOUR.sub("", text).splitlines() if line.strip()]
    return "\n  ".join(lines[-LAST_LINES:])


def _place(source: Path, root: Path) -> str:
    """Name the notebook as seen from the root, never by an absolute path."""
    if source.resolve().is_relative_to(root.resolve()):
        return source.resolve().relative_to(root.resolve()).as_posix()
    return source.name
