"""Settled rows: what a check refuses that both readers had seen, or nobody decided.

Each in a scratch copy, of the toy where it has the case, else of the real plans.
"""

from pathlib import Path

import pytest
from conftest import Cells, edit, put
from typer.testing import CliRunner

from compare.__main__ import app
from compare.base.problems import Problem, Problems
from compare.curated.build import check
from compare.readings.third import adjusted_rand, third_reading

TOY = "data/readings/jiachuan.csv"
DECIDED = "data/readings/adjudications/{}.csv"
CODES = "data/codebook/codes.csv"


def refusals(root: Path) -> list[Problem]:
    with pytest.raises(Problems) as raised:
        check(root)
    assert CliRunner().invoke(app, ["check", "--root", str(root)]).exit_code == 1
    return list(raised.value.problems)


def about(root: Path, *words: str) -> Problem:
    """The one problem that says some words in where or what."""
    (found,) = [
        problem
        for problem in refusals(root)
        if all(word in f"{problem.where} {problem.what}" for word in words)
    ]
    return found


def test_a_row_that_drops_a_date_word_is_refused(copy: Path) -> None:
    row = {"id": "dianjiang:793"}
    put(copy, "data/readings/dianjiang.csv", row, date_stated="")
    problem = about(copy, "dianjiang", "date_stated", "«2022年初» dates dianjiang:793")
    assert problem.expected == "«2022年初», and the time_period 2021."


def test_a_date_word_with_another_time_is_refused(copy: Path) -> None:
    put(
        copy, "data/readings/dianjiang.csv", {"id": "dianjiang:793"}, time_period="2022"
    )
    about(copy, "time_period", "'2022', but «2022年初» is 2021.")


@pytest.mark.parametrize("period", ["2026", "2016/2020"])
def test_a_time_that_the_document_does_not_name_is_refused(
    period: str, toy: Path
) -> None:
    put(toy, TOY, {"id": "jiachuan:567"}, time_period=period)
    about(toy, "time_period", f"{period!r} is a time that the document does not name")


def test_a_decision_may_say_why_a_date_is_not_the_row_s(toy: Path) -> None:
    row = {"id": "jiachuan:70"}
    put(toy, TOY, row, date_stated="")
    about(toy, "date_stated", "jiachuan:70")
    decide(toy, "jiachuan", row["id"], "date_stated", "", "", "")
    check(toy)


def decide(
    root: Path, doc: str, id: str, field: str, r1: str, r2: str, decision: str
) -> None:
    cells = dict(id=id, field=field, r1=r1, r2=r2, decision=decision, reason="seen")
    edit(root, DECIDED.format(doc), lambda rows: rows.append(cells))


def test_a_doubt_that_both_readers_wrote_is_kept_or_decided(toy: Path) -> None:
    row = {"id": "jiachuan:70"}
    put(toy, "data/readings/r1/jiachuan.csv", row, note="perhaps a slip")
    check(toy)
    put(toy, "data/readings/r2/jiachuan.csv", row, note="a slip?")
    problem = about(toy, "jiachuan:70, note", "«perhaps a slip» and «a slip?»")
    assert "a decision on note" in problem.expected
    decide(toy, "jiachuan", row["id"], "note", "perhaps a slip", "a slip?", "")
    check(toy)


def test_a_decision_on_a_note_is_what_stands(toy: Path) -> None:
    decide(toy, "jiachuan", "jiachuan:70", "note", "", "", "a doubt")
    about(toy, "jiachuan:70, note", "'a doubt'")
    put(toy, TOY, {"id": "jiachuan:70"}, note="a doubt")
    check(toy)


def test_a_word_is_decided_one_way_or_by_a_ruling(copy: Path) -> None:
    decided = DECIDED.format("xianning")
    row = {"id": "xianning:9012", "field": "scope_stated"}
    put(copy, decided, row, reason="a fund")
    problem = about(copy, "scope_stated", "«全市» is dropped at", "xianning:9012")
    assert "one ruling" in problem.expected


def test_less_than_all_is_no_hundred_per_cent(copy: Path) -> None:
    row = {"id": "xianning:3893"}
    put(copy, "data/readings/xianning.csv", row, value_stated="普遍")
    about(copy, "value_stated", "«普遍» does not say all of them.")


def test_the_others_are_all_only_beside_a_universal(copy: Path) -> None:
    check(copy)
    words = "data/codebook/number_words.csv"
    edit(copy, words, lambda rows: _without(rows, "universal", "全部", "所有"))
    about(copy, "value_stated", "«其他» does not say all of them.")


def _without(rows: list[Cells], role: str, *words: str) -> None:
    rows[:] = [row for row in rows if row["role"] != role or row["word"] not in words]


def test_an_excluded_measure_needs_a_ruling(copy: Path) -> None:
    name = "data/readings/exclusions/dianjiang.csv"
    put(copy, name, {"pattern": "15分钟养老服务圈"}, ruling="")
    problem = about(copy, "exclusions/dianjiang.csv", "«15分钟» is a measure.")
    assert "ruling" in problem.expected


def test_a_unit_that_only_a_repair_gives_is_doubted(copy: Path) -> None:
    edit(
        copy,
        "data/codebook/corrections.csv",
        lambda rows: rows.remove(
            next(row for row in rows if row["id"] == "jingdezhen:10769")
        ),
    )
    problem = about(copy, "jingdezhen:10769, unit_stated", "lost characters")
    assert "status U" in problem.expected


def test_a_baseline_of_zero_says_its_doubt_in_its_own_row(toy: Path) -> None:
    put(toy, TOY, {"id": "jiachuan:567"}, note="")
    about(toy, "jiachuan:567, note", "none, or not counted")


@pytest.mark.parametrize("subject", ["childcare_slots", "childcare"])
def test_a_coverage_cell_against_an_observation_is_refused(
    subject: str, toy: Path
) -> None:
    cells = dict(doc="jiachuan", subject=subject, status="out_of_scope", reason="x")
    edit(toy, "data/codebook/coverage.csv", lambda rows: rows.append(cells))
    about(toy, f"coverage.csv jiachuan, {subject}", "'out_of_scope', but jiachuan:")


def test_a_wording_wider_than_its_indicator_is_not_compared(copy: Path) -> None:
    row = {"subject_label": "城乡社区居家养老服务中心", "status": "accepted"}
    put(copy, "data/codebook/crosswalk.csv", row, predicate_id="closeMatch", ruling="")
    about(copy, "crosswalk.csv", "'closeMatch', but «城乡» stands in the wording only.")


def test_a_difference_of_the_third_reading_is_settled(copy: Path) -> None:
    name = "data/readings/adjudications/groups.csv"
    row = {"subject_label": "特困人员集中供养中心"}
    edit(copy, name, lambda rows: rows.remove(_row(rows, row)))
    about(copy, "r3/crosswalk.csv dianjiang, group", "特困人员集中供养中心")


def test_a_reason_for_no_difference_is_refused(copy: Path) -> None:
    row = {"subject_label": "特困人员集中供养中心"}
    others = {"subject_label": "县(市)公办特困人员供养服务设施(个)"}
    name = "data/readings/r3/crosswalk.csv"
    home = copy / name
    group = next(one for one in _rows(home) if others.items() <= one.items())["group"]
    put(copy, name, row, group=group)
    about(copy, "groups.csv row", "no difference any more")


def _rows(path: Path) -> list[Cells]:
    from conftest import table

    return table(path)


def _row(rows: list[Cells], cells: Cells) -> Cells:
    return next(row for row in rows if cells.items() <= row.items())


def test_the_published_agreement_is_what_is_computed(copy: Path) -> None:
    third = check(copy).third
    assert third and not third_reading(copy, check(copy).book)[1]
    method = (Path(__file__).parents[2] / "docs" / "method.md").read_text("utf-8")
    assert str(third) in method


def test_a_project_without_a_third_reading_is_checked(toy: Path) -> None:
    assert check(toy).third is None


def test_the_index_is_one_for_the_same_groups_by_other_names() -> None:
    groups = ["a", "a", "b", "c", "c", "c"]
    assert adjusted_rand([(name, name.upper()) for name in groups]) == 1
    crossed = adjusted_rand([("a", 1), ("a", 2), ("b", 1), ("b", 2)])
    assert crossed == pytest.approx(-0.5)
