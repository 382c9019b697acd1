"""Problems: all of them, in the order a reader would look them up, in few lines."""

import csv
from pathlib import Path

import pytest

from compare.base.problems import SHOWN, Problem, Problems, raise_any


def many(count: int, file: str = "a.csv") -> list[Problem]:
    return [Problem(f"{file} row {row}", "wrong.") for row in range(count, 0, -1)]


def test_no_problem_raises_nothing() -> None:
    raise_any([])


def test_all_problems_are_raised_at_once() -> None:
    with pytest.raises(Problems) as raised:
        raise_any(many(3))
    assert len(raised.value.problems) == 3


def test_rows_are_in_numeric_order_inside_a_file() -> None:
    problems = Problems([*many(10, "b.csv"), *many(2, "a.csv")]).problems
    assert [problem.where for problem in problems] == [
        "a.csv row 1",
        "a.csv row 2",
        *(f"b.csv row {row}" for row in range(1, 11)),
    ]


def test_places_with_and_without_numbers_can_be_sorted() -> None:
    places = ["a.csv", "a.csv row 2", "a.csv row, x", "a.txt characters 3 to 9", ""]
    problems = Problems(Problem(place, "wrong.") for place in places).problems
    assert {problem.where for problem in problems} == set(places)


def test_the_same_problem_is_listed_once() -> None:
    assert str(Problems(many(1) * 2)) == "a.csv row 1: wrong.\n\n1 problem in 1 file."


def test_a_problem_takes_at_most_four_lines() -> None:
    text = str(Problem("a.csv row 1, unit", "'x' is wrong.", "one of: y.", "write y."))
    assert text.splitlines() == [
        "a.csv row 1, unit: 'x' is wrong.",
        "  Expected one of: y.",
        "  Do: write y.",
    ]


@pytest.mark.parametrize(("extra", "told"), [(0, False), (1, True), (13, True)])
def test_what_is_not_shown_is_counted(extra: int, told: bool) -> None:
    text = str(Problems(many(SHOWN + extra)))
    assert text.count("wrong.") == SHOWN
    assert (f"and {extra} more in build/problems.csv." in text) == told
    assert text.endswith(f"{SHOWN + extra} problems in 1 file.")


def test_files_are_counted_by_name() -> None:
    text = str(Problems([*many(2, "a.csv"), *many(1, "data/b.csv")]))
    assert text.endswith("3 problems in 2 files.")


def test_the_table_of_problems_holds_all_of_them(tmp_path: Path) -> None:
    path = tmp_path / "build" / "problems.csv"
    Problems([*many(SHOWN + 5), Problem("b.csv", "x,\n«y»", "z", "w")]).write(path)
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf") and b"\r" not in raw
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["where", "what", "expected", "remedy"]
    assert len(rows) == SHOWN + 6 and rows[-1] == ["b.csv", "x,\n«y»", "z", "w"]
