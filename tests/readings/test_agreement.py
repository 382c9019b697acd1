"""Agreement: what two readers differ in is settled, and measured."""

import dataclasses
from collections.abc import Mapping

import pytest

from compare.curated.build import Checked
from compare.readings.agreement import Adjudication, agreement, verify_adjudicated
from compare.readings.plan import Plan
from compare.readings.readings import Reading


@pytest.fixture
def plans(toy_checked: Checked) -> Mapping[str, Plan]:
    return {one.plan.doc: one.plan for one in toy_checked.plans}


def told(plan: Plan, checked: Checked, rows: list[Reading] | None = None) -> list[str]:
    book = checked.book.only(plan.doc)
    final = plan.readings if rows is None else rows
    return list(map(str, verify_adjudicated(plan.doc, final, book, plan.two)))


def without(plan: Plan, **fields: object) -> Plan:
    return dataclasses.replace(plan, two=dataclasses.replace(plan.two, **fields))  # type: ignore[arg-type]


def test_the_final_rows_are_what_was_read_or_decided(
    plans: Mapping[str, Plan], toy_checked: Checked
) -> None:
    for plan in plans.values():
        assert told(plan, toy_checked) == []


def test_a_difference_that_nobody_settled_is_named(
    plans: Mapping[str, Plan], toy_checked: Checked
) -> None:
    (text,) = told(without(plans["jiachuan"], adjudications={}), toy_checked)
    assert "data/readings/jiachuan.csv jiachuan:133, time_period" in text
    assert "'2021', but the readers say '' and '2021'." in text
    assert "data/readings/adjudications/jiachuan.csv" in text


def test_a_statement_that_was_read_is_kept_or_refused(
    plans: Mapping[str, Plan], toy_checked: Checked
) -> None:
    (text,) = told(without(plans["yiqiao"], adjudications={}), toy_checked)
    assert "«一縣一中心» with «一» was read, but stands neither" in text
    rows = [row for row in plans["yiqiao"].readings if row.id != "yiqiao:147"]
    (text,) = told(plans["yiqiao"], toy_checked, rows)
    assert "data/readings/yiqiao.csv yiqiao:147" in text


def test_a_decision_about_nothing_is_named(
    plans: Mapping[str, Plan], toy_checked: Checked
) -> None:
    row = Adjudication(id="yiqiao:7", field="kind", decision="target", reason="why")
    two = plans["yiqiao"].two
    more = {**two.adjudications, ("yiqiao:7", "kind"): row}
    (text,) = told(without(plans["yiqiao"], adjudications=more), toy_checked)
    assert "a decision on «kind», but there is no such reading." in text


def test_a_match_that_the_coders_differ_in_needs_a_decision(
    plans: Mapping[str, Plan], toy_checked: Checked
) -> None:
    (text,) = told(without(plans["yiqiao"], coding_adjudications={}), toy_checked)
    assert "'closeMatch', but the coders say 'closeMatch' and 'exactMatch'." in text
    assert "settle it in data/readings/adjudications/crosswalk.csv." in text


def test_agreement_is_measured_for_each_document(
    plans: Mapping[str, Plan],
) -> None:
    found = {
        (row.doc, row.measure): (row.compared, row.agreeing)
        for doc, plan in plans.items()
        for row in agreement(doc, plan.two)
    }
    assert found["jiachuan", "found"] == ("43", "43")
    assert found["jiachuan", "time_period"] == ("43", "42")
    assert found["yiqiao", "found"] == ("19", "18")
    assert found["yiqiao", "predicate_id"] == ("16", "15")
    assert found["yiqiao", "value"] == ("18", "18")
