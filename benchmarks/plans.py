"""Measure how the build grows with the number of plans: ``python -m benchmarks.plans``.

Synthetic projects repeat the five plans under other names, each with its text, its
readings, its judgements and its place. Linear growth from 5 to 200 plans is 40 times.
"""

from __future__ import annotations

import hashlib
import statistics
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from compare.base.tables import Refers, Row, read, render, tagged
from compare.codebook.book import TABLES, find_root
from compare.curated.build import check
from compare.readings.edited import edited_tables

FEW, MANY, ROUNDS, AIM = 5, 200, 5, 46


def main() -> None:
    """Build both projects in turn, and print the median ratio."""
    with tempfile.TemporaryDirectory() as folder:
        few, many = (synthetic(Path(folder) / str(n), n) for n in (FEW, MANY))
        check(few)
        ratios = []
        for _ in range(ROUNDS):
            seconds = [_seconds(root) for root in (few, many)]
            ratios.append(seconds[1] / seconds[0])
            print(f"{FEW} plans {seconds[0]:.2f} s, {MANY} plans {seconds[1]:.2f} s")
    told = f"{MANY} plans cost {statistics.median(ratios):.1f} times {FEW} plans"
    print(f"{told} (median of {ROUNDS}; linear is {MANY // FEW}, aim: at most {AIM})")


def synthetic(root: Path, plans: int) -> Path:
    """Write a project of some plans: those of this one, repeated under other names."""
    real = find_root()
    docs = sorted(path.stem for path in (real / "data/raw").glob("*.txt"))
    copies = [f"{docs[n % len(docs)]}_{n}" for n in range(plans)]
    sums = []
    for copy in copies:
        raw = (real / f"data/raw/{copy.rpartition('_')[0]}.txt").read_bytes()
        _write(root / f"data/raw/{copy}.txt", raw)
        sums.append(f"{hashlib.sha256(raw).hexdigest()}  {copy}.txt\n")
    _write(root / "data/raw/SHA256SUMS", "".join(sums).encode())
    for path, model in edited_tables(real).items():
        rows, _ = read(path, model, real)
        name = path.relative_to(real)
        if path.stem in docs:
            for copy in (one for one in copies if one.rpartition("_")[0] == path.stem):
                content = render(_renamed(rows, path.stem, copy), model)
                _write(root / name.with_stem(copy), content)
        else:
            _write(root / name, render(_repeated(rows, model, copies), model))
    return root


def _repeated(rows: Iterable[Row], model: type[Row], copies: list[str]) -> list[Row]:
    """Rows about documents once for each copy; all others as they are."""
    listed = list(rows)
    if model is TABLES["headlines"]:
        return []
    if not _columns(model):
        return listed
    return [
        row
        for copy in copies
        for row in _renamed(
            [row for row in listed if _doc(row) == copy.rpartition("_")[0]],
            copy.rpartition("_")[0],
            copy,
        )
    ]


def _renamed(rows: Iterable[Row], doc: str, copy: str) -> list[Row]:
    """Rows that say the same of another document."""
    return [
        row.model_copy(
            update={
                name: copy + getattr(row, name).removeprefix(doc)
                for name in _columns(type(row))
            }
        )
        for row in rows
    ]


def _columns(model: type[Row]) -> list[str]:
    """Columns that name a document or begin with its name."""
    named = {"documents": ["doc", "place"], "places": ["place"]}
    for table, columns in named.items():
        if model is TABLES[table]:
            return columns
    known: Mapping[str, Any] = tagged(model, Refers)
    leads = [
        name for name, mark in known.items() if mark.table in ("documents", "readings")
    ]
    return leads or [name for name in ("id",) if name in model.model_fields]


def _doc(row: Row) -> str:
    return str(getattr(row, _columns(type(row))[0])).partition(":")[0]


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _seconds(root: Path) -> float:
    start = time.perf_counter()
    check(root)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
