"""Plans: what a researcher asks, in any of the names, with messages that help."""

import pandas as pd
import pytest

import compare
from compare.base.problems import Problems
from compare.plans import Plans


@pytest.fixture(scope="module")
def plans() -> Plans:
    return compare.load()


def test_an_open_project_says_how_much_it_holds(plans: Plans) -> None:
    book = plans.project.book
    assert repr(plans) == (
        f"{len(book.documents)} plans · {len(book.indicators)} indicators · "
        f"{len(plans.observations)} observations · {len(plans.findings)} findings"
    )


def test_ids_are_the_index_and_what_has_an_order_is_ordered(plans: Plans) -> None:
    frame = plans.observations
    assert frame.index.name == "id" and frame.index.is_unique
    for name in ("indicator", "kind", "doc", "place"):
        assert frame[name].cat.ordered
    places = [row.place for row in plans.project.book.in_order]
    assert list(frame["place"].cat.categories) == places


def test_a_frame_that_is_handed_out_is_a_copy(plans: Plans) -> None:
    frame = plans.observations
    frame["value"] = 0.0
    assert plans.observations["value"].max() > 0


@pytest.mark.parametrize(
    "name",
    [
        "nursing_bed_share",
        "护理型床位占比",
        "养老机构护理型床位占比",
        "養老機構護理型床位占比",
    ],
)
def test_an_indicator_is_known_by_code_name_and_wording(
    plans: Plans, name: str
) -> None:
    assert plans.indicator(name).row.indicator == "nursing_bed_share"


def test_an_english_name_is_known_too(plans: Plans) -> None:
    row = plans.project.book.indicators["nursing_bed_share"]
    assert plans.indicator(row.label_en.upper()).row == row


@pytest.mark.parametrize("name", ["jiamusi", "佳木斯", "佳木斯市", "Jiamusi"])
def test_a_place_is_known_by_every_name(plans: Plans, name: str) -> None:
    assert set(plans.select(places=name).observations["doc"]) == {"jiamusi"}


def test_several_names_and_one_select_alike(plans: Plans) -> None:
    one = plans.select(indicators="nursing_bed_share", kind="target")
    several = plans.select(indicators=["护理型床位占比"], kind=["目标值"])
    pd.testing.assert_frame_equal(one.observations, several.observations)
    assert set(one.observations["kind"]) == {"target"}


def test_a_selection_keeps_the_findings_that_rest_on_it(plans: Plans) -> None:
    chosen = plans.select(places="咸宁", indicators="eldercare_beds_per_1000_elderly")
    assert "xianning:bed_ratio_against_beds:487" in chosen.findings.index
    ids = set(chosen.observations.index)
    assert all(ids & set(row.split()) for row in chosen.findings["inputs"])


@pytest.mark.parametrize(
    ("call", "nearest"),
    [
        (lambda plans: plans.select(places="Jiamus"), "jiamusi"),
        (lambda plans: plans.select(kind="targets"), "target"),
        (lambda plans: plans.indicator("nursing_beds_share"), "nursing_bed_share"),
        (lambda plans: plans.across("nursing_bed_share", kind="aim"), "baseline"),
        (lambda plans: plans.pairs("nursing"), "nursing"),
        (lambda plans: plans.words("fr"), "zh"),
    ],
)
def test_an_unknown_name_is_a_problem_that_names_the_nearest(
    plans: Plans, call: object, nearest: str
) -> None:
    assert callable(call)
    with pytest.raises(Problems) as raised:
        call(plans)
    assert nearest in str(raised.value)


def test_a_grade_says_every_facet_in_both_languages(plans: Plans) -> None:
    found = plans.grade("jiamusi:814", "xianning:487")
    assert found and found.grade == "B"
    assert [one.row.facet for one in found.differences] == [
        "numerator",
        "denominator",
        "doubt",
    ]
    assert "close match" in repr(found) and "近似匹配" in repr(found)


def test_pairs_are_those_that_grades_say(plans: Plans) -> None:
    pairs = plans.pairs("nursing_bed_share")
    for row in pairs.itertuples():
        found = plans.grade(str(row.left), str(row.right))
        facets = [one.row.facet for one in found.differences] if found else []
        assert found and (found.grade, "; ".join(facets)) == (row.grade, row.facets)
    assert (pairs["left"].str[:4] != pairs["right"].str[:4]).all()


def test_a_card_shows_itself_in_jupyter(plans: Plans) -> None:
    card = plans.indicator("residents_60_plus")
    page = card._repr_html_()
    assert page.startswith("<table>") and page.count("<tr>") == len(card._lines())
    assert "60岁及以上常住人口" in page and "<script" not in page


def test_a_wider_about_moves_vague_values_only(plans: Plans) -> None:
    near = plans.across("childcare_slots")
    wide = plans.across("childcare_slots", approximate=0.5)
    moved = near["upper"].fillna(0) != wide["upper"].fillna(0)
    assert moved.any()
    assert near.loc[moved, "stated"].str.startswith("about").all()


def test_tables_about_the_codebook_are_indexed_by_their_codes(plans: Plans) -> None:
    assert plans.indicators.loc["nursing_bed_share", "unit"] == "percent"
    assert plans.documents.loc["jiamusi", "place"] == "jiamusi"
    assert plans.reference_lines["value"].dtype == float
    assert plans.codes.nursing_bed_share == "nursing_bed_share"


def test_the_face_is_small() -> None:
    assert compare.__all__ == ["Plans", "__version__", "load", "style"]
    with pytest.raises(AttributeError):
        compare.across  # noqa: B018
