"""Measure strict nbval on all notebooks against bare kernels and other tools.

The yardstick starts as many kernels with the same imports and the same number of
workers, and runs nothing else in them.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from compare.codebook.book import find_root

WORKERS = 2
ROUNDS = 3
AIM = 1.5
BARE = """
import sys
from concurrent.futures import ThreadPoolExecutor
from jupyter_client.manager import start_new_kernel

def start(cell):
    manager, client = start_new_kernel(kernel_name="python3")
    reply = client.execute_interactive(cell, store_history=False)
    assert reply["content"]["status"] == "ok", reply
    client.stop_channels()
    manager.shutdown_kernel(now=True)

with ThreadPoolExecutor(int(sys.argv[1])) as pool:
    list(pool.map(start, sys.argv[2:]))
"""


def main() -> None:
    """Print one line for each way to run all notebooks."""
    root = find_root()
    paths = sorted((root / "notebooks").glob("*.ipynb"))
    names = [str(path) for path in paths]
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / "pytest.ini").write_text("[pytest]\n", "utf-8")
        plain = ["-m", "pytest", "-q", "-c", f"{scratch}/pytest.ini"]
        convert = ["-m", "nbconvert", "--to", "notebook", "--log-level=ERROR"]
        strict = ["-m", "pytest", "-q", "--nbval", str(root / "notebooks")]
        ways = {
            f"{len(paths)} bare kernels with the same imports, {WORKERS} workers": [
                *("-c", BARE, str(WORKERS)),
                *map(_imports, paths),
            ],
            f"strict nbval, {WORKERS} workers": [
                *strict,
                *("-n", str(WORKERS), "--dist", "loadfile"),
            ],
            "strict nbval, serial": strict,
            "pytest --nbval, serial": [*plain, "--nbval", *names],
            "jupyter nbconvert --execute": [
                *(*convert, "--execute", "--output-dir", scratch),
                *names,
            ],
        }
        if importlib.util.find_spec("nbmake"):
            ways["pytest --nbmake, serial"] = [*plain, "--nbmake", *names]
        else:
            print("pytest --nbmake: left out, nbmake is not installed")
        times = _times({name: _python(way, root) for name, way in ways.items()})
    yardstick = next(iter(times.values()))
    for name, seconds in times.items():
        aimed = name == f"strict nbval, {WORKERS} workers"
        aim = f" (aim: at most {AIM})" if aimed else ""
        print(f"{name}: {seconds:.1f} s, {seconds / yardstick:.2f} times{aim}")


def _imports(path: Path) -> str:
    """Imports of a notebook, which are all in its first code cell."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    first = next(one["source"] for one in cells if one["cell_type"] == "code")
    body = ast.parse("".join(first)).body
    return "\n".join(
        ast.unparse(one)
        for one in body
        if isinstance(one, (ast.Import, ast.ImportFrom))
    )


def _python(arguments: list[str], root: Path) -> Callable[[], object]:
    command = [sys.executable, *arguments]
    return lambda: subprocess.run(command, cwd=root, check=True, capture_output=True)


def _times(ways: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Best of several rounds in which all ways take turns."""
    times = dict.fromkeys(ways, float("inf"))
    for _ in range(ROUNDS):
        for name, run in ways.items():
            start = time.perf_counter()
            run()
            times[name] = min(times[name], time.perf_counter() - start)
    return times


if __name__ == "__main__":
    main()
