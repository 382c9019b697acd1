"""Views: sorted, named, worded, and like beside like only."""

import inspect
import math
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from conftest import ROOT, Cells, edit, put, table

from compare.codebook.book import Codebook
from compare.curated.build import Checked, build
from compare.curated.derived import Derived
from compare.curated.observations import Observation
from compare.topics import progress as implications
from compare.views import tables as views
from compare.views.words import worded

STATEMENTS = [
    "indicator",
    "position",
    "doc",
    "place",
    "place_zh",
    "place_en",
    "source",
    "kind",
    "time_period",
    "value",
    "lower",
    "upper",
    "upper_open",
    "comparator",
    "scope",
    "scope_stated",
    "obligation",
    "match_type",
    "obs_status",
    "stated",
    "note",
    "ids",
]
PLACES = ["xianning", "dianjiang", "jingdezhen", "changsha", "jiamusi"]
VIEWS: dict[str, Callable[[], pd.DataFrame]] = {
    "statements": lambda: views.statements(["nursing_bed_share", "childcare_slots"]),
    "bed_ratios": views.bed_ratios,
    "childcare_slot_ratios": views.childcare_slot_ratios,
    "lottery_fund_shares": views.lottery_fund_shares,
}
WITHOUT_ARGUMENTS = {
    name: function
    for name, function in inspect.getmembers(views, inspect.isfunction)
    if function.__module__ == views.__name__
    and not name.startswith("_")
    and inspect.signature(function).return_annotation == "pd.DataFrame"
    and all(
        parameter.default is not parameter.empty
        for parameter in inspect.signature(function).parameters.values()
    )
}


@pytest.fixture(scope="module")
def beds() -> pd.DataFrame:
    return views.bed_ratios()


@pytest.fixture(scope="module")
def covered() -> pd.DataFrame:
    return views.coverage(views.families())


def state(covered: pd.DataFrame, indicator: str, doc: str) -> str:
    rows = covered[(covered["indicator"] == indicator) & (covered["doc"] == doc)]
    (found,) = rows["state"].tolist()
    return str(found)


def test_observations_are_loaded_as_built(checked: Checked) -> None:
    frame = views.load()
    assert list(frame.columns) == Observation.columns()
    assert frame["id"].tolist() == [row.id for row in checked.observations]
    for name in views.NUMBERS:
        wanted = [getattr(row, name) for row in checked.observations]
        for number, text in zip(frame[name], wanted, strict=True):
            assert math.isnan(number) if text == "" else number == float(text)
    texts = frame.drop(columns=list(views.NUMBERS))
    assert not texts.isna().any(axis=None)


def test_derived_values_are_loaded_apart(checked: Checked) -> None:
    frame = views.load_derived()
    assert list(frame.columns) == Derived.columns()
    assert not set(frame["id"]) & set(views.load()["id"])
    assert frame["value"].isna().sum() == sum(not row.value for row in checked.derived)


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_has_the_columns_of_statements_in_the_order_of_places(
    name: str,
) -> None:
    frame = VIEWS[name]()
    assert STATEMENTS == [column for column in frame.columns if column in STATEMENTS]
    assert frame.index.tolist() == list(range(len(frame)))
    assert len(frame) > 0
    groups = [
        part
        for column in ("panel", "apart", "indicator")
        if column in frame and (name == "statements") == (column == "indicator")
        for _, part in frame.groupby(column, sort=False)
    ] or [frame]
    for part in groups:
        docs = part["doc"].drop_duplicates().tolist()
        assert docs == sorted(docs, key=PLACES.index)


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_is_the_same_twice(name: str) -> None:
    pd.testing.assert_frame_equal(VIEWS[name](), VIEWS[name]())


@pytest.mark.parametrize("name", VIEWS)
def test_every_row_of_a_view_names_observations_of_its_place(name: str) -> None:
    known = set(views.load()["id"])
    for row in VIEWS[name]().itertuples():
        ids = str(row.ids).split(views.SEVERAL)
        assert ids and set(ids) <= known
        assert all(id.startswith(f"{row.doc}:") for id in ids)


@pytest.mark.parametrize("name", sorted(WITHOUT_ARGUMENTS))
def test_a_view_of_everything_is_a_table_ready_to_be_shown(name: str) -> None:
    frame = WITHOUT_ARGUMENTS[name]()
    assert len(frame) > 0
    assert frame.index.tolist() == list(range(len(frame)))
    assert frame.columns.is_unique
    assert all(isinstance(column, str) and column for column in frame.columns)
    assert not frame.isna().all(axis=1).any()
    pd.testing.assert_frame_equal(frame, WITHOUT_ARGUMENTS[name]())


def test_indicators_stand_in_the_order_they_were_asked_for() -> None:
    wanted = ["nursing_bed_share", "childcare_slots"]
    for order in (wanted, wanted[::-1]):
        frame = views.statements(order)
        assert frame["indicator"].drop_duplicates().tolist() == order


def test_repetitions_are_one_row_with_all_ids() -> None:
    frame = views.statements(["childcare_slots_per_1000_residents"])
    row = frame[(frame["doc"] == "changsha") & (frame["comparator"] == "=")]
    assert row["ids"].tolist() == ["changsha:2291; changsha:2895"]
    floor = frame[(frame["doc"] == "changsha") & (frame["comparator"] == ">=")]
    assert floor["ids"].tolist() == ["changsha:8792"]


def test_a_repetition_keeps_the_obligation_of_the_one_that_prints_it() -> None:
    frame = views.statements(["nursing_bed_share"])
    row = frame[frame["ids"] == "dianjiang:1517; dianjiang:8875"]
    assert row["obligation"].tolist() == ["binding"]


def test_every_statement_of_a_whole_place_is_in_exactly_one_row() -> None:
    frame = views.load()
    codes = frame["indicator"].unique().tolist()
    shown = [
        id
        for ids in views.statements(codes)["ids"]
        for id in str(ids).split(views.SEVERAL)
    ]
    assert len(shown) == len(set(shown))
    places = {"421200", "500231", "360200", "430100", "230800"}
    whole = frame[
        frame["ref_area"].isin(places)
        & frame["match_type"].isin(["exactMatch", "closeMatch"])
        & ~frame["scope"].isin(["rural", "urban", "part_of_place"])
    ]
    assert set(shown) == set(whole["id"])


def test_parts_of_a_place_and_far_matches_are_not_beside_whole_places() -> None:
    frame = views.load()
    codes = frame["indicator"].unique().tolist()
    shown = " ".join(views.statements(codes)["ids"])
    for id in ("jiamusi:3142", "changsha:8763", "changsha:9779", "xianning:5036"):
        assert id in set(frame["id"])
        assert id not in shown.replace(";", "").split()


def test_reported_beds_stand_apart_from_institution_beds(beds: pd.DataFrame) -> None:
    rows = beds[["panel", "doc", "source", "stated"]].values.tolist()
    assert rows == [
        ["reported", "xianning", "reported", "36.4"],
        ["reported", "xianning", "derived", "39.59"],
        ["reported", "jiamusi", "reported", "32"],
        ["reported", "jiamusi", "reported", "35"],
        ["institution", "jingdezhen", "derived", "15.08"],
        ["institution", "changsha", "derived", "19.48 to 25.98"],
    ]
    indicators = beds.groupby("panel")["indicator"].agg(set).to_dict()
    assert indicators == {
        "reported": {"eldercare_beds_per_1000_elderly"},
        "institution": {"institution_beds_per_1000_elderly"},
    }


def test_a_hedged_ratio_is_a_span_without_a_point(beds: pd.DataFrame) -> None:
    (row,) = beds[beds["doc"] == "changsha"].to_dict("records")
    assert math.isnan(row["value"])
    assert row["lower"] < 19.5 < 26 > row["upper"] > 25.9


def test_a_refused_ratio_is_in_no_chart_and_has_its_reason(beds: pd.DataFrame) -> None:
    assert "dianjiang" not in set(beds["doc"])
    table = views.refusals()
    (row,) = table[table["Inputs"] == "dianjiang:596 dianjiang:904"].to_dict("records")
    assert row["Place 地区"] == "垫江 Dianjiang"
    assert "4 years apart" in row["Why it is not computed"]
    refused = views.load_derived().query("refused == 'yes'")
    assert set(table["Inputs"]) <= set(refused["inputs"])


def test_the_county_fund_comes_last_and_apart() -> None:
    frame = views.lottery_fund_shares()
    assert frame["apart"].tolist() == [False] * (len(frame) - 1) + [True]
    assert frame["doc"].iloc[-1] == "dianjiang" and frame["stated"].iloc[-1] == "≥80%"
    assert set(frame["doc"]) == set(PLACES)
    county = frame["scope"] == "county_retained"
    assert county.tolist() == frame["apart"].tolist()
    assert (frame["fund_en"] != "").all() and (frame["fund_zh"] != "").all()


@pytest.mark.parametrize(
    ("indicator", "doc", "expected"),
    [
        ("childcare_slots_per_1000_residents", "jingdezhen", "out_of_scope"),
        ("childcare_slots", "jingdezhen", "out_of_scope"),
        ("eldercare_beds_per_1000_elderly", "changsha", "lost_in_picture"),
        (
            "special_difficulty_elderly_monthly_visit_rate",
            "changsha",
            "lost_in_picture",
        ),
        ("residents_60_plus", "jiamusi", "lost_part"),
        ("eldercare_beds_per_1000_elderly", "dianjiang", "not_stated"),
        ("eldercare_beds_per_1000_elderly", "jiamusi", "both"),
        ("eldercare_beds_per_1000_elderly", "xianning", "baseline"),
        ("childcare_slots_per_1000_residents", "xianning", "target"),
        ("new_residential_facility_compliance", "dianjiang", "target"),
        ("new_estate_facility_area_per_100_households", "jiamusi", "other"),
        ("nursing_bed_share", "changsha", "target"),
    ],
)
def test_coverage_says_why_there_is_nothing(
    covered: pd.DataFrame, indicator: str, doc: str, expected: str
) -> None:
    assert state(covered, indicator, doc) == expected


def test_coverage_has_each_indicator_once_for_each_place(
    covered: pd.DataFrame, book: Codebook
) -> None:
    assert covered.columns.tolist() == [
        "indicator",
        "label_zh",
        "label_en",
        "doc",
        "place",
        "place_en",
        "state",
    ]
    assert not covered.duplicated(["indicator", "doc"]).any()
    assert covered["doc"].tolist() == PLACES * (len(covered) // 5)
    assert set(covered["state"]) <= set(book.codes["state"])


def test_coverage_begins_each_family_with_what_most_places_state(
    covered: pd.DataFrame, book: Codebook
) -> None:
    stated = covered["state"].isin(["both", "target", "baseline", "other"])
    counts = stated.groupby(covered["indicator"], sort=False).sum()
    family = [book.indicators[str(code)].family for code in counts.index]
    for code in dict.fromkeys(family):
        part = [n for n, other in zip(counts, family, strict=True) if other == code]
        assert part == sorted(part, reverse=True)
    assert list(dict.fromkeys(family)) == views.families()


def test_coverage_can_be_cut_to_what_several_places_state() -> None:
    few = views.coverage(["beds"], least=4)
    stated = few["state"].isin(["both", "target", "baseline", "other"])
    assert stated.groupby(few["indicator"]).sum().min() >= 4
    assert len(few) < len(views.coverage(["beds"]))
    assert views.coverage(["beds"], least=6).empty


def test_the_coverage_table_has_a_column_for_each_place() -> None:
    wide = views.coverage_table(["childcare"])
    assert wide.columns.tolist()[1:] == [
        "Xianning",
        "Dianjiang",
        "Jingdezhen",
        "Changsha",
        "Jiamusi",
    ]
    assert set(wide["Jingdezhen"]) == {"out of scope"}
    assert len(wide) == views.coverage(["childcare"])["indicator"].nunique()


def test_progress_is_counted_where_both_ends_are_stated(covered: pd.DataFrame) -> None:
    counts = views.trackable(views.families())
    both = dict(
        zip(counts["Place 地区"], counts["With baseline and target"], strict=True)
    )
    assert list(both) == [
        "咸宁 Xianning",
        "垫江 Dianjiang",
        "景德镇 Jingdezhen",
        "长沙 Changsha",
        "佳木斯 Jiamusi",
    ]
    for place, count in both.items():
        assert (
            count == ((covered["place"] == place) & (covered["state"] == "both")).sum()
        )
    assert both["咸宁 Xianning"] == 0 < both["垫江 Dianjiang"]


def test_every_observation_is_counted_by_its_status(checked: Checked) -> None:
    counts = views.counts_by_status()
    assert counts["Status"].iloc[-1] == "All"
    assert counts["All"].iloc[-1] == len(checked.observations)
    places = counts.columns.tolist()[1:-1]
    assert len(places) == 5
    assert (counts[places].sum(axis=1) == counts["All"]).all()
    assert (counts[places].iloc[:-1].sum() == counts[places].iloc[-1]).all()


def test_documents_are_listed_in_the_order_of_places() -> None:
    frame = views.documents()
    assert frame["Place 地区"].str.split().str[1].tolist() == [
        "Xianning",
        "Dianjiang",
        "Jingdezhen",
        "Changsha",
        "Jiamusi",
    ]
    assert frame["Signed"].tolist() == [
        "2022-03-28",
        "2022-10-18",
        "not printed",
        "2022-12-22",
        "not printed",
    ]


def test_the_colophon_accounts_for_every_reading(checked: Checked) -> None:
    frame = views.colophon()
    total = frame.iloc[-1]
    assert total["Readings"] == len(checked.readings)
    assert total["Observed"] == len(checked.observations)
    parts = frame[["Observed", "No match", "Undecided"]].sum(axis=1)
    assert (parts == frame["Readings"]).all()
    assert (frame["In readings"] + frame["Excluded"] == frame["Numerals"]).all()
    for row, doc in zip(frame.itertuples(index=False), PLACES, strict=False):
        assert checked.documents[doc].sha256.startswith(str(row[1]))


@pytest.mark.parametrize("indicator", ["eldercare_beds", "childcare_slots"])
def test_a_series_has_the_whole_place_first_and_a_column_for_each_year(
    indicator: str,
) -> None:
    frame = views.area_series(indicator)
    years = ["2021", "2022", "2023", "2024", "2025"]
    assert frame.columns.tolist() == ["Area", "地区", *years]
    assert frame["地区"].iloc[0] == "佳木斯市" and len(frame) == 12
    assert "建三江农科区" in frame["地区"].tolist()
    assert (frame[years].iloc[1:].sum() == frame[years].iloc[0]).all()


def test_reference_lines_are_those_of_the_indicator(book: Codebook) -> None:
    frame = views.reference_lines("nursing_bed_share")
    assert set(frame["indicator"]) == {"nursing_bed_share"}
    assert frame["value"].dtype == "float64"
    wanted = sum(row.indicator == "nursing_bed_share" for row in book.reference_lines)
    assert len(frame) == wanted > 1


def test_the_lines_of_a_chart_are_those_of_all_its_indicators(
    beds: pd.DataFrame,
) -> None:
    frame = views.reference_lines_of(beds)
    assert frame["indicator"].unique().tolist() == [
        "eldercare_beds_per_1000_elderly",
        "institution_beds_per_1000_elderly",
    ]
    assert frame.index.tolist() == list(range(len(frame)))


def test_norms_are_no_targets(checked: Checked) -> None:
    frame = views.norms()
    shown = " ".join(frame["Where (id)"]).replace(";", "").split()
    assert "changsha:8874" in shown and "changsha:2291" not in shown
    assert (frame["Unit"] != "").all()


def test_a_table_for_readers_has_words_for_codes() -> None:
    frame = views.statements(["lottery_fund_eldercare_share"])
    columns = ["indicator", "kind", "time_period", "obligation", "obs_status", "stated"]
    before = frame.copy()
    shown = views.as_table(frame, columns)
    assert shown.columns.tolist() == [
        "Indicator",
        "Kind",
        "Time",
        "Obligation",
        "Status",
        "Stated",
    ]
    assert "undated" in set(shown["Time"])
    assert "" not in set(shown["Time"])
    assert set(shown["Status"]) == {"normal value", "definition differs"}
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    ("comparator", "value", "unit", "words"),
    [
        ("=", 36.4, "per_1000_persons", "36.4"),
        ("=", 469200.0, "persons", "469,200"),
        (">=", 55.0, "percent", "≥55%"),
        ("<=", 18.0, "percent", "≤18%"),
        (">", 95.0, "percent", ">95%"),
        ("<", 100000000.0, "yuan", "nearly 100,000,000"),
        ("~", 20000.0, "slots", "about 20,000"),
        ("+", 30000.0, "beds", "30,000 and more"),
        ("..", math.nan, "square_metres", "20 to 30"),
        ("missing", math.nan, "percent", "blank"),
        ("~", math.nan, "persons", "about ?"),
        ("=", 0.08, "permille", "0.08‰"),
        ("=", 0.0, "percent", "0%"),
    ],
)
def test_a_number_is_worded_as_a_reader_would_write_it(
    book: Codebook, comparator: str, value: float, unit: str, words: str
) -> None:
    row = SimpleNamespace(
        comparator=comparator, value=value, unit=unit, lower=20.0, upper=30.0
    )
    assert worded(row, book) == words


def test_a_named_root_is_read_instead_of_the_checkout(project: Path) -> None:
    put(
        project,
        "data/codebook/places.csv",
        {"doc": "xianning"},
        short_en="Xian Ning",
    )
    assert set(views.bed_ratios(project)["place_en"]) >= {"Xian Ning"}
    assert "Xian Ning" not in set(views.bed_ratios(ROOT)["place_en"])


def test_the_order_of_places_is_a_row_of_the_codebook(project: Path) -> None:
    def turn(rows: list[Cells]) -> None:
        for row in rows:
            row["position"] = str(6 - int(row["position"]))

    edit(project, "data/codebook/places.csv", turn)
    frame = views.statements(["nursing_bed_share"], project)
    assert frame["doc"].drop_duplicates().tolist() == PLACES[::-1]


def test_a_changed_reading_reaches_the_view_through_the_build(project: Path) -> None:
    unit = {"unit": "per_10000_persons"}
    put(project, "data/codebook/units.csv", unit, factor="0.2")
    code = ["social_workers_per_1000_elderly"]
    before = views.statements(code, project)
    build(project)
    after = views.statements(code, project)
    assert before["ids"].tolist() != after["ids"].tolist()
    (row,) = after[after["ids"] == "jingdezhen:11382"].to_dict("records")
    assert row["stated"] == "2"


def test_views_read_what_was_curated_and_do_not_compute_it_again(
    project: Path,
) -> None:
    path = "data/curated/observations.csv"
    put(project, path, {"id": "jiamusi:814"}, value="33")
    frame = views.statements(["eldercare_beds_per_1000_elderly"], project)
    assert "33" in frame["stated"].tolist()
    assert table(ROOT / path) != table(project / path)


def test_only_a_place_that_states_a_number_has_one_implied_beside_it() -> None:
    frame = implications.denominators()
    sources = frame.groupby("doc")["source"].agg(set)
    assert all(found == {"reported", "derived"} for found in sources)
    assert frame.loc[frame["source"] == "derived", "value"].isna().all()
    assert (
        not frame.loc[frame["source"] == "derived", ["lower", "upper"]]
        .isna()
        .any(axis=None)
    )
    pd.testing.assert_frame_equal(implications.denominators(doc=frame["doc"][0]), frame)


def test_a_line_of_the_squeeze_has_two_ends_or_a_reason() -> None:
    frame = implications.squeeze()
    for _, rows in frame[frame["line"] != "ratio"].groupby(["doc", "line"]):
        if len(rows) == 2:
            assert rows["index"].iloc[0] == 100
            assert rows["index"].iloc[1] == pytest.approx(
                100 * rows["value"].iloc[1] / rows["value"].iloc[0]
            )
            assert not rows["reason_en"].any()
        else:
            assert rows["index"].isna().all()
            assert rows["reason_en"].all() and rows["reason_zh"].all()
    scenario = frame[frame["kind"] == "scenario"]
    assert (scenario["source"] == "derived").all()


def test_numbers_of_the_squeeze_and_the_feasibility_are_stated_or_derived() -> None:
    known = pd.concat([views.load(), views.load_derived()]).set_index("id")
    for frame in (
        implications.squeeze(),
        implications.feasibility(),
        implications.denominators(),
    ):
        rows = frame[frame["lower"].notna()]
        for column in ("lower", "upper"):
            assert rows[column].tolist() == known.loc[rows["id"], column].tolist()


def test_growth_of_areas_is_that_of_the_series() -> None:
    growth = implications.area_growth()
    series = views.area_series("childcare_slots").iloc[1:].reset_index(drop=True)
    beds = views.area_series("eldercare_beds").iloc[1:].reset_index(drop=True)
    assert growth["area_en"].tolist() == series["Area"].tolist()
    first, last = growth["first_year"].iloc[0], growth["last_year"].iloc[0]
    assert growth["slots_first"].tolist() == series[first].tolist()
    assert growth["slots_last"].tolist() == series[last].tolist()
    for column, wide in (("slots_growth", series), ("beds_growth", beds)):
        computed = 100 * (wide[last] - wide[first]) / wide[first]
        assert growth[column].tolist() == pytest.approx(computed.tolist(), abs=1e-5)
    for column in ("slots_share_first", "slots_share_last"):
        assert growth[column].sum() == pytest.approx(100, abs=1e-4)


def test_footnotes_give_the_reasons_of_the_codebook(book: Codebook) -> None:
    frame = views.childcare_slot_ratios()
    reasons = {row.reason_en for row in book.facets.values() if row.grade == "B"}
    told = views.footnotes(frame)
    letters = views.footnote_letters(frame)
    assert len(letters) == len(frame.loc[frame["grade"] == "B", "facet"].unique()) > 1
    assert [f"({letter})" in told for letter in letters.values()] == [True, True]
    for reason in reasons:
        told = told.replace(reason, "")
    assert told.replace(" ", "") == "B:(a)(b)"
    assert views.footnotes(frame.assign(grade="A")) == ""
