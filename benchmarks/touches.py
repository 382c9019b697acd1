"""Count the calls that touch one value on its way: ``python benchmarks/touches.py``.

From ``build`` to its row in ``curated/observations.csv``, every call of a function of
``compare`` is looked at by ``sys.setprofile``: does an argument hold the value? A row
or an id counts as handed on alone; a list, a mapping or a frame counts as holding it.
The script runs on any state of the project whose ``build`` takes a folder.
"""

from __future__ import annotations

import importlib
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any

HOMES = ("compare.curated.build", "compare.build")


def main(value: str = "xianning:487") -> None:
    """Count and print, the functions that touch it most first."""
    module = next(filter(None, map(_imported, HOMES)))
    package = Path(importlib.import_module("compare").__file__ or "").parent
    alone: Counter[str] = Counter()
    held: Counter[str] = Counter()

    def look(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event != "call" or not code.co_filename.startswith(str(package)):
            return
        count = code.co_argcount + code.co_kwonlyargcount
        given = [frame.f_locals.get(name) for name in code.co_varnames[:count]]
        name = f"{Path(code.co_filename).stem}.{code.co_name}"
        if any(_is(one, value) for one in given):
            alone[name] += 1
        elif any(_holds(one, value) for one in given):
            held[name] += 1

    sys.setprofile(look)
    module.build(Path.cwd())
    sys.setprofile(None)
    print(f"{value}: {alone.total()} calls with it alone, {held.total()} that hold it")
    for title, counts in (("alone", alone), ("held", held)):
        told = ", ".join(f"{name} {times}" for name, times in counts.most_common())
        print(f"{title}: {told}")


def _imported(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        return None


def _is(one: object, value: str) -> bool:
    if isinstance(one, str):
        return one == value
    own = vars(one).get("id") if hasattr(one, "__dict__") else None
    return isinstance(own, str) and own == value


def _holds(one: object, value: str) -> bool:
    if isinstance(one, Mapping):
        return value in one or any(_is(item, value) for item in one.values())
    if isinstance(one, list | tuple | set):
        return any(_is(item, value) for item in one)
    columns = getattr(one, "columns", ())
    return hasattr(one, "iloc") and "id" in columns and value in set(one["id"])  # type: ignore[index]


if __name__ == "__main__":
    main(*sys.argv[1:])
