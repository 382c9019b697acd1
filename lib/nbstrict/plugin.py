"""pytest plugin: nbval made strict; loaded by ``-p nbstrict.plugin``.

In: notebooks with their stored outputs. Out: one test for each cell, as nbval makes
them, without its holes; one (``policy``) for what is stored; and one (``bytes``) that
holds the same run against the stored notebook and against the files that it ran on.

The settings of pytest say what differs between projects. All are optional:

* ``nbstrict_root``: a path, such as ``setup.cfg``; the nearest folder above a notebook
  that has it is the root of its project; without it, the notebook's own folder is;
* ``nbstrict_copy``: folders of the root that are copied beside the notebook's own; the
  kernel works in the copy;
* ``nbstrict_env``: name of the variable that tells the kernel where the copy is;
* ``nbstrict_remedy``: the command that makes a notebook again;
* ``nbstrict_forms``: forms of output besides text, HTML, Markdown and SVG;
* ``nbstrict_show``: how the names of the functions that show something begin;
* ``nbstrict_said``: their arguments that readers see, and whose numbers are checked.
"""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import fields
from functools import partial
from pathlib import Path
from queue import Empty
from typing import Any

import nbformat
import nbval.kernel
import nbval.plugin
import pytest
from nbformat.v4 import output_from_msg

from nbstrict.outputs import difference
from nbstrict.policy import Problem, Settings, policy

NBVAL = "0.11.0"
CELL_SECONDS, LOOK_SECONDS = 120.0, 0.5
KERNEL_OPTIONS = ["--HistoryManager.enabled=False", "--log-level=ERROR"]
NEAR = 60
LOOK = "look at the difference; if what is there now is right,"
HIDDEN = {"PYTEST_CURRENT_TEST", "PYTEST_XDIST_WORKER"}
COMPARED = {"display_data", "execute_result", "stream", "error"}
REPLACING = {"clear_output", "update_display_data"}
NO_MARKERS = {"check": True, "check_exception": False, "skip": False}
REFUSED_OPTIONS = {
    "nbval_lax": "--nbval-lax compares marked cells only",
    "nbval_sanitize_with": "--nbval-sanitize-with hides what its patterns match",
    "sanitize_with": "--sanitize-with hides what its patterns match",
    "nbval_kernel_name": "--nbval-kernel-name runs another environment",
    "nbdime": "--nbdime fails with this pytest",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the settings."""
    for one in fields(Settings):
        kind: Any = "string" if isinstance(one.default, str) else "args"
        parser.addini(f"nbstrict_{one.name}", "see nbstrict.plugin", kind, one.default)


def settings_of(config: pytest.Config) -> Settings:
    """Give what a project sets."""
    names = [one.name for one in fields(Settings)]
    return Settings(**{name: config.getini(f"nbstrict_{name}") for name in names})


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Refuse everything that would make nbval see less."""
    option = config.option
    if not (option.nbval or option.nbval_lax):
        if named := list(_named(config)):
            raise pytest.UsageError(f"{named[0]} is not run without --nbval.")
        return
    reasons = [why for name, why in REFUSED_OPTIONS.items() if getattr(option, name)]
    version = importlib.metadata.version("nbval")
    if version != NBVAL:
        reasons.append(f"nbval {version} is installed, this plugin knows {NBVAL}")
    spread = bool(getattr(option, "numprocesses", None))
    if spread and option.dist != "loadfile" and not hasattr(config, "workerinput"):
        reasons.append("-n without --dist loadfile tears a notebook apart")
    if reasons:
        raise pytest.UsageError("; ".join(reasons) + ".")
    option.nbval_current_env = True
    option.nbval_cell_timeout = min(option.nbval_cell_timeout, CELL_SECONDS)


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[Any], list[Any]]:
    """Put the strict collector in the place of nbval's."""
    found = yield
    return [
        StrictNotebook.from_parent(parent, path=file_path)
        if isinstance(one, nbval.plugin.IPyNbFile)
        else one
        for one in found
    ]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Fail for each notebook of a named folder that is not run as a whole."""
    if not config.option.nbval:
        return
    names = {(item.path, item.name) for item in items}
    remedy = "name the folder or the notebook, and leave nothing out."
    for path in _named(config):
        if not {(path, "policy"), (path, "bytes")} <= names:
            partly = [Problem(path.name, "it is not run as a whole.", remedy=remedy)]
            called = {"name": f"{path.name}::all", "find": partial(list, partly)}
            items.append(Check.from_parent(session, path=path, **called))


def _named(config: pytest.Config) -> Iterator[Path]:
    """Notebooks that the command line names, or that stand in a folder it names."""
    for argument in config.args:
        path = Path(argument.partition("::")[0]).absolute()
        if path.suffix == ".ipynb":
            yield path
        elif path.is_dir():
            below = path.rglob if config.option.nbval else path.glob
            for found in sorted(below("*.ipynb")):
                if not any(part[0] == "." for part in found.relative_to(path).parts):
                    yield found


class Check(pytest.Item):
    """A test of a whole notebook; it fails with the problems that it finds."""

    def __init__(self, *, find: Callable[[], Iterable[Problem]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.find = find

    def runtest(self) -> None:
        """Fail with all problems at once."""
        if found := list(self.find()):
            pytest.fail("\n\n".join(map(str, found)), pytrace=False)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Name the notebook and the check."""
        return self.path, 0, f"{self.path.name}::{self.name}"


class StrictKernel(nbval.kernel.RunningKernel):  # type: ignore[misc]
    """A kernel of this environment, which sees nothing of pytest and is seen to die."""

    def __init__(self, folder: Path, env: dict[str, str], seconds: float) -> None:
        self.cell = ""
        self.messages: list[Any] = []
        unseen = {key: text for key, text in os.environ.items() if key not in HIDDEN}
        self.km, self.kc = nbval.kernel.start_new_kernel(
            startup_timeout=seconds,
            kernel_name=nbval.kernel.CURRENT_ENV_KERNEL_NAME,
            stderr=subprocess.DEVNULL,
            cwd=str(folder),
            env=unseen | env,
            extra_arguments=KERNEL_OPTIONS,
        )
        self._ensure_iopub_up()

    def execute_cell_input(self, cell_input: str, allow_stdin: bool = False) -> str:
        """Run with history: it counts the cells and makes IPython honour «;»."""
        self.messages.clear()
        self.cell = self.kc.execute(
            cell_input, store_history=True, allow_stdin=allow_stdin, stop_on_error=False
        )
        return self.cell

    def get_message(self, stream: str, timeout: float | None = None) -> Any:
        """Wait for a message, unless the process has ended, and keep it as it is."""
        end = time.monotonic() + (CELL_SECONDS if timeout is None else timeout)
        while True:
            left = max(end - time.monotonic(), 0)
            try:
                message = super().get_message(stream, min(LOOK_SECONDS, left))
                break
            except Empty:
                if not self.km.is_alive():
                    raise RuntimeError("the kernel died in this cell") from None
                if not left:
                    raise
        if stream == "iopub" and message["parent_header"].get("msg_id") == self.cell:
            self.messages.append(message)
        return message


class StrictNotebook(nbval.plugin.IPyNbFile):  # type: ignore[misc]
    """A notebook, run in a copy of what it needs of its project."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the policy, every code cell in order, and the bytes."""
        self.settings = settings_of(self.config)
        self.remedy = f"{LOOK} {self.settings.remedy}."
        self.nb = nbformat.read(self.path, as_version=4)
        code = [cell for cell in self.nb.cells if cell.cell_type == "code"]
        self.cells = [
            StrictCell.from_parent(self, name=f"Cell {number}", number=number, cell=one)
            for number, one in enumerate(code)
        ]
        check = partial(policy, self.path, self.settings)
        yield Check.from_parent(self, name="policy", find=check)
        yield from self.cells
        yield Check.from_parent(self, name="bytes", find=self.changes)

    def setup(self) -> None:
        """Start the kernel in a copy, so that nothing real can be written."""
        known, folder = self.settings, self.path.parent
        self.scratch = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.copy = Path(self.scratch.name).resolve() / "copy"
        marked = [one for one in self.path.parents if (one / known.root).exists()]
        root = marked[0] if known.root and marked else folder
        for part in {*map(Path, known.copy), folder.relative_to(root)}:
            if (root / part).is_dir():
                shutil.copytree(root / part, self.copy / part, dirs_exist_ok=True)
        self.before = _contents(self.copy)
        env = {"PYTHONHASHSEED": "0", "IPYTHONDIR": str(self.copy.parent)}
        self.kernel = StrictKernel(
            self.copy / folder.relative_to(root),
            env | ({known.env: str(self.copy)} if known.env else {}),
            self.config.option.nbval_kernel_startup_timeout,
        )

    def teardown(self) -> None:
        """Stop the kernel and forget the copy."""
        super().teardown()
        self.scratch.cleanup()

    def changes(self) -> Iterator[Problem]:
        """Find what this run would store otherwise, and files that it wrote."""
        if any(cell.made is None for cell in self.cells):
            what = "not compared: a cell above was not run to its end."
            yield Problem(self.path.name, what, remedy="repair that cell.")
            return
        for number, cell in enumerate(self.cells, start=1):
            cell.cell.update(outputs=cell.made, execution_count=number)
        made = f"{nbformat.writes(self.nb, indent=1)}\n".encode()
        stored = self.path.read_bytes()
        if made != stored:
            same = len(os.path.commonprefix([made, stored]))
            now, then = (text[same:][:NEAR] for text in (made, stored))
            line = stored[:same].count(b"\n") + 1
            what = f"not the same bytes: now {now!r}, stored {then!r}."
            yield Problem(f"{self.path.name} line {line}", what, remedy=self.remedy)
        after = _contents(self.copy)
        for file in sorted({file for file, _ in self.before.items() ^ after.items()}):
            remedy = "show results; a notebook writes no files."
            yield Problem(file, "it was written by the notebook.", remedy=remedy)


class StrictCell(nbval.plugin.IPyNbCell):  # type: ignore[misc]
    """A code cell whose outputs must be the stored ones, in order and in full."""

    def __init__(self, *, number: int, cell: Any, **kwargs: Any) -> None:
        super().__init__(cell_num=number, cell=cell, options=NO_MARKERS, **kwargs)
        self.stored = [nbformat.from_dict(output) for output in self.cell.outputs]
        self.made: list[Any] | None = None

    def setup(self) -> None:
        """Expect no failure, not even after a time-out."""

    def compare_outputs(self, test: Any, ref: Any, skip_compare: Any = None) -> bool:
        """Compare what the kernel sent with what is stored, in order, in every form."""
        self.comparison_traceback: list[str] = []
        self.made = []
        for message in self.parent.kernel.messages:
            kind, content = message["msg_type"], message["content"]
            if kind in COMPARED:
                self.made.append(output_from_msg(message))
            if kind in REPLACING or content.get("transient", {}).get("display_id"):
                said = f"{kind}: an output that can be replaced cannot be compared."
                self.comparison_traceback.append(said)
                return False
        if found := difference(self.made, self.stored):
            self.format_output_compare(*found)
            self.comparison_traceback.append(f"Do: {self.parent.remedy}")
        return not found


def _contents(folder: Path) -> dict[str, bytes]:
    """All files of a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in files}
