"""Measure and print ratios: ``python -m benchmarks``.

Every figure is the best of several alternating runs of both sides in this process's
environment, so that the ratio, not the machine, is what is read.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

import pandas as pd

from benchmarks import notebooks
from compare.codebook.book import Codebook, find_root, load_codebook
from compare.curated.observations import KEY, harmonize
from compare.readings.plan import load_plans
from compare.readings.readings import Reading, type_numbers

ROUNDS = 7
ROWS = 200_000
DISTINCT = 20_000


def main() -> None:
    """Run all measurements and print one line for each."""
    pandas_only = _process("-c", "import pandas")
    _report("compare build", _process("-m", "compare", "build"), pandas_only, aim=3)
    _report("import compare", _process("-c", "import compare"), pandas_only, aim=1.3)
    using = _process("-c", "import compare; compare.load")
    _report("import compare, first use", using, pandas_only, aim=None)
    book = load_codebook(find_root())
    text = synthetic(book)
    frame = type_numbers(text, book.words)
    judged = [row.wording for row in book.crosswalk if row.status == "accepted"]
    wordings = pd.DataFrame(judged, columns=list(KEY))
    wordings = wordings.assign(indicator=range(len(judged)))

    def bare() -> object:
        return frame.merge(wordings, on=list(KEY), how="left")

    def typed() -> object:
        return harmonize(frame, book)

    def from_text() -> object:
        return harmonize(type_numbers(text, book.words), book)

    name = f"harmonize {ROWS:,} readings"
    _report(f"{name}, typed, to a bare merge", typed, bare, aim=3)
    _report(f"{name}, from text, to a bare merge", from_text, bare, aim=10)
    notebooks.main()


def synthetic(book: Codebook) -> pd.DataFrame:
    """Repeat the real readings as text, with other numbers where one is exact."""
    plans, _ = load_plans(find_root(), book)
    rows = [row.model_dump() for plan in plans for row in plan.readings]
    real = pd.DataFrame(rows, columns=Reading.columns(), dtype="str")
    frame = pd.concat([real] * (ROWS // len(real) + 1), ignore_index=True)[:ROWS]
    order = pd.Series(range(ROWS))
    frame["id"] = frame["id"].str.partition(":")[0] + ":" + order.astype("str")
    exact = (frame["comparator"] == "=") & frame["value"].ne("100")
    numbers = (order % DISTINCT).astype("str")
    for name in ("value", "value_stated"):
        frame[name] = frame[name].where(~exact, numbers)
    return frame


def _process(*arguments: str) -> Callable[[], object]:
    command = [sys.executable, *arguments]
    return lambda: subprocess.run(command, check=True, capture_output=True)


def _report(
    name: str,
    measured: Callable[[], object],
    yardstick: Callable[[], object],
    *,
    aim: float | None,
) -> None:
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for run, taken in zip((measured, yardstick), times, strict=True):
            start = time.perf_counter()
            run()
            taken.append(time.perf_counter() - start)
    mine, other = (min(taken) for taken in times)
    wanted = "" if aim is None else f" (aim: at most {aim})"
    print(f"{name}: {mine / other:.2f} times{wanted}; {mine:.3f} s to {other:.3f} s")


if __name__ == "__main__":
    main()
