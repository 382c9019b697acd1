"""pytest plugin: nbval made strict; loaded by ``-p nbstrict.plugin``.

In: notebooks with their committed outputs. Out: one test for each cell, as nbval makes
them, with the holes closed that ``docs/verification.md`` lists; one test for what is
stored (``policy``); and one (``bytes``) that holds the same execution, byte by byte,
against the notebook, its reports and the data it ran on.
"""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import nbformat
import nbval.kernel
import nbval.plugin
import pytest
from nbformat.v4 import output_from_msg

from compare.base.problems import Problems, raise_any
from compare.codebook.book import FOLDER
from nbstrict.kernels import OPTIONS, ForkedKernel, Nursery, can_fork
from nbstrict.policy import difference, policy

NBVAL = "0.11.0"
CELL_SECONDS = 120.0
LOOK_SECONDS, LISTEN_SECONDS = 0.5, 0.1
REMEDY = "Do: look at the difference; if it is right, run 'compare report' and commit."
COMPARED = {"display_data", "execute_result", "stream", "error"}
REFUSED_OPTIONS = {
    "nbval_lax": "--nbval-lax compares marked cells only",
    "nbval_sanitize_with": "--nbval-sanitize-with hides what its patterns match",
    "sanitize_with": "--sanitize-with hides what its patterns match",
    "nbval_kernel_name": "--nbval-kernel-name runs another environment",
    "nbdime": "--nbdime fails with this pytest",
}


NURSERY = pytest.StashKey[Nursery]()


class DeadKernel(RuntimeError):
    """The kernel process has ended."""


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Refuse everything that would make the verification see less."""
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
    runs_itself = hasattr(config, "workerinput") or not spread
    if can_fork() and runs_itself and any(map(_project, _named(config))):
        config.stash[NURSERY] = Nursery(_unseen_environment())


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the process that kernels are forked from."""
    if nursery := config.stash.get(NURSERY, None):
        nursery.close()


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
    counts = Counter(item.path for item in items)
    complete = {
        item.path
        for item in items
        if isinstance(item, Bytes) and counts[item.path] == len(item.cells) + 2
    }
    for path in _named(config):
        if path not in complete:
            items.append(
                NotRun.from_parent(session, name=f"{path.name}::all", path=path)
            )


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


class NotRun(pytest.Item):
    """Stands for a notebook that would otherwise be passed over in silence."""

    def runtest(self) -> None:
        """Fail."""
        raise Uncompared(
            f"{self.path.name} is not run as a whole.\n"
            "Do: name the folder or the notebook, without -k, --deselect, ::Cell, "
            "and take the folder out of norecursedirs."
        )

    def repr_failure(self, excinfo: Any, style: Any = None) -> str:
        """Say it without a traceback."""
        return str(excinfo.value)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Name the notebook."""
        return self.path, 0, self.name


class Uncompared(Exception):
    """Something differs, or could not be compared."""


class StrictKernel(nbval.kernel.RunningKernel):  # type: ignore[misc]
    """A kernel of this environment, which sees nothing of pytest and is seen to die."""

    def __init__(
        self, folder: Path, root: Path, seconds: float, nursery: Nursery | None
    ) -> None:
        env = {
            "COMPARE_ROOT": str(root),
            "IPYTHONDIR": str(root / ".ipython"),
        }
        self.last = ""
        if nursery:
            self.km = ForkedKernel(nursery, folder, root, env)
            self.kc = self.km.client()
        else:
            self.km, self.kc = nbval.kernel.start_new_kernel(
                startup_timeout=seconds,
                kernel_name=nbval.kernel.CURRENT_ENV_KERNEL_NAME,
                stderr=open(os.devnull, "w"),
                cwd=str(folder),
                env=_unseen_environment() | env,
                extra_arguments=OPTIONS,
            )
        self._listen(seconds)

    def _listen(self, seconds: float) -> None:
        """Ask until both channels answer; what comes before listening is lost."""
        end = time.monotonic() + seconds
        while True:
            asked = self.kc.kernel_info()
            self.await_reply(asked, timeout=max(end - time.monotonic(), 0))
            try:
                self.await_idle(asked, LISTEN_SECONDS)
            except Empty:
                continue
            return

    def execute_cell_input(self, cell_input: str, allow_stdin: bool = False) -> str:
        """Run with history: it counts the cells and makes IPython honour «;»."""
        self.last = self.kc.execute(
            cell_input, store_history=True, allow_stdin=allow_stdin, stop_on_error=False
        )
        return self.last

    def get_message(self, stream: str, timeout: float | None = None) -> Any:
        """Wait for a message, but not for one of a process that has ended."""
        end = time.monotonic() + (CELL_SECONDS if timeout is None else timeout)
        while True:
            left = end - time.monotonic()
            try:
                return super().get_message(stream, max(min(LOOK_SECONDS, left), 0))
            except Empty:
                if not self.km.is_alive():
                    raise DeadKernel("the kernel died") from None
                if left <= LOOK_SECONDS:
                    raise


class StrictNotebook(nbval.plugin.IPyNbFile):  # type: ignore[misc]
    """A notebook, run in a copy of the project or of its own folder."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the policy, every code cell in order, and the bytes."""
        self.messages: list[Any] = []
        self.copy: Path | None = None
        yield Policy.from_parent(self, name="policy")
        cells = []
        for cell in super().collect():
            cells.append(
                StrictCell.from_parent(
                    self,
                    name=cell.name,
                    cell_num=cell.cell_num,
                    cell=cell.cell,
                    options=cell.options,
                )
            )
        yield from cells
        yield Bytes.from_parent(self, name="bytes", cells=cells)

    def setup(self) -> None:
        """Start the kernel in a copy, so that nothing real can be written."""
        self.copy = Path(tempfile.mkdtemp(prefix="compare-")).resolve()
        self.root = _project(self.path) or self.path.parent
        self.parts = [Path("data"), self.path.parent.relative_to(self.root)]
        for part in self.parts:
            if (self.root / part).is_dir():
                shutil.copytree(self.root / part, self.copy / part, dirs_exist_ok=True)
        self.kernel = StrictKernel(
            self.copy / self.parts[1],
            self.copy,
            self.config.option.nbval_kernel_startup_timeout,
            self.config.stash.get(NURSERY, None) if _project(self.path) else None,
        )

    def teardown(self) -> None:
        """Stop the kernel and forget the copy."""
        super().teardown()
        if self.copy:
            shutil.rmtree(self.copy, ignore_errors=True)

    def get_kernel_message(
        self, timeout: float | None = None, stream: str = "iopub"
    ) -> Any:
        """Keep what the kernel says, before nbval merges and shortens it."""
        message = super().get_kernel_message(timeout, stream)
        if message["parent_header"].get("msg_id") == self.kernel.last:
            self.messages.append(message)
        return message


class StrictCell(nbval.plugin.IPyNbCell):  # type: ignore[misc]
    """A code cell whose outputs must be the stored ones, in order and in full."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = [nbformat.from_dict(output) for output in self.cell.outputs]
        self.made: list[Any] | None = None
        self.count: int | None = None

    def setup(self) -> None:
        """Expect no failure, not even after a time-out."""

    def runtest(self) -> None:
        """Run the cell; a dead kernel, a marker or a count out of order fails."""
        if self.options["skip"] or self.options["check_exception"]:
            self.raise_cell_error("A marker lets this cell fail or not run.")
        if not self.options["check"]:
            self.raise_cell_error("A marker switches the comparison off.")
        if self.cell.execution_count is None:
            self.raise_cell_error("The cell was never run. Do: run 'compare report'.")
        self.parent.messages.clear()
        try:
            super().runtest()
        except DeadKernel:
            self.raise_cell_error("The kernel died in this cell.")
        if self.count != self.cell.execution_count:
            self.raise_cell_error(
                f"The cell is number {self.count} in order, but was stored as number "
                f"{self.cell.execution_count}. Do: run 'compare report'."
            )

    def compare_outputs(self, test: Any, ref: Any, skip_compare: Any = None) -> bool:
        """Compare what the kernel sent with what is stored, in order, in every form."""
        self.comparison_traceback: list[str] = []
        self.made = []
        for message in self.parent.messages:
            kind = message["msg_type"]
            if kind == "execute_input":
                self.count = message["content"]["execution_count"]
            elif kind in COMPARED:
                self.made.append(output_from_msg(message))
            if message["content"].get("transient", {}).get("display_id") or (
                kind in {"clear_output", "update_display_data"}
            ):
                self.comparison_traceback.append(
                    f"{kind}: an output that can be replaced cannot be compared."
                )
                return False
        found = difference(self.made, self.stored)
        if found:
            self.format_output_compare(found[0], found[1], found[2])
            self.comparison_traceback.append(REMEDY)
        return not found


class Policy(pytest.Item):
    """What may be stored, whatever a run would say."""

    def runtest(self) -> None:
        """Raise all problems of the notebook."""
        raise_any(policy(self.path))

    def repr_failure(self, excinfo: Any, style: Any = None) -> str:
        """Print problems without a traceback."""
        if isinstance(excinfo.value, Problems):
            return "\n\n".join(map(str, excinfo.value.problems))
        if isinstance(excinfo.value, Uncompared):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo, style))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Name the notebook and the check."""
        return self.path, 0, f"{self.path.name}::{self.name}"


class Bytes(Policy):
    """The bytes that this execution gives, against those that are committed."""

    def __init__(self, *, cells: list[StrictCell], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.cells = cells

    def runtest(self) -> None:
        """Compare notebook, reports and the data that the notebook ran on."""
        if any(cell.made is None for cell in self.cells):
            raise Uncompared("Not compared: a cell above was not run to its end.")
        notebook = self.parent
        assert isinstance(notebook, StrictNotebook) and notebook.copy
        made = self._executed()
        changed = list(_changed(notebook.copy, notebook.root, notebook.parts))
        stored = self.path.read_bytes()
        if made != stored:
            changed.append(f"{self.path.name}, {_first_line(made, stored)}")
        if (notebook.root / "reports").is_dir() and _project(self.path):
            executed = notebook.copy / self.path.name
            executed.write_bytes(made)
            changed += _stale_reports(executed, notebook.copy, notebook.root)
        if changed:
            raise Uncompared("\n".join(["Not the same bytes:", *changed, REMEDY]))

    def _executed(self) -> bytes:
        """Build the notebook again from what the kernel sent."""
        from compare.reports.run import stored_form

        notebook = nbformat.read(self.path, as_version=4)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        for cell, run in zip(code, self.cells, strict=True):
            cell.outputs, cell.execution_count = run.made, run.count
        return stored_form(notebook).encode("utf-8")


def _stale_reports(executed: Path, copy: Path, root: Path) -> Iterator[str]:
    """Name the committed reports that this execution would not give."""
    from compare.codebook.book import load_codebook
    from compare.reports.make import last_judgement, report_files

    date = last_judgement(load_codebook(copy))
    for path, content in report_files(root, executed, date).items():
        if not path.is_file() or path.read_bytes() != content:
            yield path.relative_to(root).as_posix()


def _unseen_environment() -> dict[str, str]:
    """Environment of a kernel that is not to notice that pytest runs it."""
    hidden = {"PYTEST_CURRENT_TEST", "PYTEST_XDIST_WORKER"}
    env = {key: text for key, text in os.environ.items() if key not in hidden}
    return env | {"PYTHONHASHSEED": "0"}


def _project(path: Path) -> Path | None:
    """Nearest folder above that holds a codebook."""
    return next((one for one in path.parents if (one / FOLDER).is_dir()), None)


def _changed(copy: Path, root: Path, parts: Iterable[Path]) -> Iterator[str]:
    """Name the files that a notebook wrote, changed or removed where it ran."""
    for part in parts:
        names = {
            path.relative_to(folder)
            for folder in (copy, root)
            for path in (folder / part).rglob("*")
            if path.is_file() and ".ipynb_checkpoints" not in path.parts
        }
        for name in sorted(names):
            pair = [folder / name for folder in (copy, root)]
            if not all(path.is_file() for path in pair) or (
                pair[0].read_bytes() != pair[1].read_bytes()
            ):
                yield f"{name.as_posix()} was written by the notebook"


def _first_line(made: bytes, stored: bytes) -> str:
    """Say where two texts part."""
    pairs = zip(made.splitlines(), stored.splitlines(), strict=False)
    for number, (mine, theirs) in enumerate(pairs, start=1):
        if mine != theirs:
            return f"line {number}: now {mine[:80]!r}, stored {theirs[:80]!r}"
    return "the end"
