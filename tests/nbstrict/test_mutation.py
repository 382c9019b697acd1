"""Change what the notebooks show, one cell of a curated table at a time, and look.

Which values are shown is found without the digests: every number is replaced by
one of its own at once, and those that turn up in an output are shown. Each of them is
then changed alone, by one unit of its last digit, and some output must change. The
result is printed (``pytest -s``).
"""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

import pytest
from conftest import ROOT, Cells, table
from rehearsal import Call, Rehearsal

from compare.curated.build import Checked
from compare.curated.package import FOLDER, curated_files

pytestmark = pytest.mark.slow

NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
TABLES = {path.stem: table(path) for path in sorted((ROOT / FOLDER).glob("*.csv"))}
NUMBER = re.compile(r"-?\d+(\.\d+)?")
CODE = re.compile(r"[A-Za-z_=<>~+.]+")
TEXTS = {
    *("note", "scope_stated", "formula"),
    *("stated", "computed", "arithmetic", "explanation_en"),
}
ALWAYS_SHOWN = {
    "accounts.doc",
    "derived.measure",
    "findings.verdict",
    "observations.obs_status",
    "reliability.doc",
    "reliability.measure",
}
FEW, SAMPLE, EVERY = 20, 4, 4
OWN = 700_003
STEP = 17
MOST = Decimal("0.05")
Spot = tuple[str, int, str]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """The notebooks on a copy of the data."""
    root = tmp_path_factory.mktemp("stage")
    shutil.copytree(ROOT / "data" / "codebook", root / "data" / "codebook")
    shutil.copytree(ROOT / FOLDER, root / FOLDER)
    with pytest.MonkeyPatch.context() as patch:
        yield Rehearsal(NOTEBOOKS, root, patch)


def write(stage: Rehearsal, name: str, rows: list[Cells]) -> None:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path = stage.root / FOLDER / f"{name}.csv"
    path.write_bytes(buffer.getvalue().encode("utf-8-sig"))


def restore(stage: Rehearsal, name: str) -> None:
    shutil.copy(ROOT / FOLDER / f"{name}.csv", stage.root / FOLDER)


def changed(name: str, row: int, column: str, text: str) -> list[Cells]:
    rows = list(TABLES[name])
    rows[row] = {**rows[row], column: text}
    return rows


def numeric(name: str) -> list[str]:
    """Columns that hold numbers and nothing else."""
    return [
        column
        for column in TABLES[name][0]
        if any(row[column] for row in TABLES[name])
        and all(NUMBER.fullmatch(row[column] or "0") for row in TABLES[name])
    ]


def codes(name: str) -> list[str]:
    """Columns that hold codes of a few kinds."""
    rows = TABLES[name]
    found = {column: {row[column] for row in rows} for column in rows[0]}
    return [
        column
        for column, texts in found.items()
        if 1 < len(texts - {""}) <= FEW
        and all(CODE.fullmatch(text or "a") for text in texts)
        and column not in numeric(name)
    ]


def spoil(stage: Rehearsal) -> dict[str, Spot]:
    """Give every number and every free text a mark of its own."""
    own: dict[str, Spot] = {}
    for name, rows in TABLES.items():
        spoiled = [dict(row) for row in rows]
        numbers, free = numeric(name), TEXTS & set(rows[0])
        for row, cells in enumerate(spoiled):
            for column, text in cells.items():
                mark = str(OWN + STEP * len(own))
                if text and column in numbers:
                    cells[column] = mark
                elif text and column in free:
                    cells[column] = f"{text} {mark}"
                else:
                    continue
                own[mark] = (name, row, column)
        write(stage, name, spoiled)
    return own


@pytest.fixture(scope="module")
def shown(stage: Rehearsal) -> dict[Spot, list[Call]]:
    """Find which numbers and texts turn up in which call, one of those that agree."""
    own = spoil(stage)
    found: dict[Spot, list[Call]] = {}
    for call in {tuple(call.shown): call for call in stage.calls}.values():
        text = "\n".join(stage.show(call)).replace(",", "")
        assert "Error: " not in text, f"{call}: {text}"
        text += "\n".join(data.to_csv(sep=" ") for data in stage.drawn)
        for digits in set(re.findall(r"(?<!\d)7\d{5}(?=00\.|\D|$)", text)) & own.keys():
            found.setdefault(own[digits], []).append(call)
    for name in TABLES:
        restore(stage, name)
    return dict(sorted(found.items()))


def steps(text: str) -> Iterator[str]:
    """Change a number by one unit of its last digit, then of each digit before."""
    value = Decimal(text)
    step = Decimal(1).scaleb(min(int(value.as_tuple().exponent), 0))
    yield str(value + step)
    while (step := step * 10) <= max(abs(value), Decimal(1)) * MOST:
        yield str(value + step)


def test_the_rehearsal_shows_what_the_notebooks_show(stage: Rehearsal) -> None:
    different = [str(call) for call in stage.calls if call.shown != call.stored]
    assert not different, "run 'compare report'"
    assert len(stage.calls) > 4 * len(NOTEBOOKS)


def test_every_changed_value_that_a_notebook_shows_is_caught(
    stage: Rehearsal, shown: dict[Spot, list[Call]]
) -> None:
    tried, missed, rounded = Counter[str](), [], Counter[str]()
    for (name, row, column), calls in shown.items():
        if column in TEXTS:
            continue
        old = TABLES[name][row][column]
        tried[name] += 1
        for roundings, new in enumerate(steps(old)):
            write(stage, name, changed(name, row, column, new))
            if any(map(stage.notices, calls)):
                break
            rounded[f"{name}.{column}"] += roundings == 0
        else:
            missed.append((name, row, column, old))
        restore(stage, name)
    total = sum(tried.values())
    print(f"caught {total - len(missed)} of {total} changed values: {dict(tried)}")
    print(f"of these only beyond the rounding of their view: {dict(rounded)}")
    assert not missed
    assert total >= 200


def test_changed_words_that_a_notebook_shows_are_caught(
    stage: Rehearsal, shown: dict[Spot, list[Call]]
) -> None:
    words = [spot for spot in shown if spot[2] in TEXTS]
    missed = []
    for name, row, column in words[::EVERY]:
        new = TABLES[name][row][column] + "."
        write(stage, name, changed(name, row, column, new))
        if not any(map(stage.notices, shown[name, row, column])):
            missed.append((name, row, column))
        restore(stage, name)
    print(f"caught {len(words[::EVERY]) - len(missed)} of {len(words[::EVERY])} words")
    assert words and not missed


def rows_shown(
    stage: Rehearsal, shown: dict[Spot, list[Call]], name: str
) -> dict[int, list[Call]]:
    """Rows that some call shows; else rows of an indicator that a call names."""
    found: dict[int, list[Call]] = {}
    for (table_name, row, _), calls in shown.items():
        if table_name == name:
            found.setdefault(row, []).extend(calls)
    if found:
        return found
    return {
        row: [
            call
            for call in stage.calls
            if name in call.reads and f'"{cells["indicator"]}"' in call.source
        ]
        for row, cells in enumerate(TABLES[name])
        if cells.get("indicator") and cells.get("kind") == "target"
    }


@pytest.fixture(scope="module")
def rebuilt(checked: Checked) -> dict[str, bytes]:
    """Bytes of each curated table, built again."""
    rows = {name: checked.rows(name) for name in TABLES}
    files = curated_files(rows, checked.book)
    return {name: files[FOLDER / f"{name}.csv"] for name in TABLES}


def test_changed_codes_of_shown_rows_are_caught(
    stage: Rehearsal, shown: dict[Spot, list[Call]], rebuilt: dict[str, bytes]
) -> None:
    tried, silent = Counter[str](), Counter[str]()
    missed = []
    for name in TABLES:
        near = {row: at for row, at in rows_shown(stage, shown, name).items() if at}
        readers = [call for call in stage.calls if name in call.reads]
        for column in codes(name):
            kinds = sorted({row[column] for row in TABLES[name]} - {""})
            for row in list(near)[:: max(1, len(near) // SAMPLE)]:
                old = TABLES[name][row][column]
                new = kinds[(kinds.index(old) + 1) % len(kinds)] if old else kinds[0]
                write(stage, name, changed(name, row, column, new))
                full = f"{name}.{column}"
                rest = readers if full in ALWAYS_SHOWN else []
                calls = dict.fromkeys([*near[row], *rest])
                tried[full] += 1
                if not any(map(stage.notices, calls)):
                    silent[full] += 1
                    path = stage.root / FOLDER / f"{name}.csv"
                    if path.read_bytes() == rebuilt[name]:
                        missed.append((name, row, column))
            restore(stage, name)
    for full, count in tried.items():
        print(f"{full}: an output catches {count - silent[full]} of {count} codes")
    print(f"the tables built again catch the other {silent.total()}")
    assert not missed
    assert tried.keys() >= ALWAYS_SHOWN and not silent.keys() & ALWAYS_SHOWN


def test_the_stage_is_put_back_and_nothing_is_noticed_any_more(
    stage: Rehearsal, rebuilt: dict[str, bytes]
) -> None:
    assert not [call for call in stage.calls if stage.notices(call)]
    for name, content in rebuilt.items():
        assert (stage.root / FOLDER / f"{name}.csv").read_bytes() == content
