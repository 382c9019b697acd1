"""Properties of any project: rows stand where they say, and nothing is lost."""

import csv
import hashlib
import io
import itertools
import math
import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

import pytest
from conftest import ROOT, bytes_of, table

from compare.base.intervals import period_end
from compare.base.tables import Codelist, Row, natural, render, tagged
from compare.codebook.book import TABLES, Codebook
from compare.codebook.models import NO_TERM
from compare.curated.comparability import groups_of
from compare.curated.derived import Derived
from compare.curated.observations import Observation
from compare.curated.package import FOLDER, curated_files
from compare.curated.package import TABLES as CURATED
from compare.documents.text import NEWLINE, fold
from compare.readings.edited import edited_tables
from compare.readings.numerals import find_numerals
from compare.readings.readings import Reading, Stated
from compare.views.coverage import coverage

from .conftest import World

REBUILD = "data/curated is not what the data give. Do: run 'compare build'."
SIGNATURE = r"(r\d+|adjudicator)( (r\d+|adjudicator))*"
TINY = Fraction(1, 10**6)
# Codes that every project may use and the present plans happen not to need.
SPARE = {
    ("exclusion", "phrase"),
    ("grade", "A"),
    ("obs_status", "L"),
    ("obs_status", "M"),
    ("quality", "green"),
    ("status", "unsure"),
}


def files_of(world: World) -> dict[str, bytes]:
    """Bytes that the curated files must have, by their path."""
    rows = {name: world.checked.rows(name) for name in CURATED}
    made = curated_files(rows, world.book)
    return {path.as_posix(): content for path, content in made.items()}


def test_raw_texts_are_the_frozen_ones(world: World) -> None:
    folder = world.root / "data" / "raw"
    lines = (folder / "SHA256SUMS").read_text("ascii").splitlines()
    frozen = {name: digest for digest, name in (line.split("  ") for line in lines)}
    texts = {path.name: path.read_bytes() for path in folder.glob("*.txt")}
    assert {name: hashlib.sha256(raw).hexdigest() for name, raw in texts.items()} == (
        frozen
    )
    assert set(frozen) == {f"{doc}.txt" for doc in world.book.documents}


def test_every_table_is_utf_8_with_a_mark_and_lf(world: World) -> None:
    paths = sorted((world.root / "data").rglob("*.csv"))
    assert len(paths) > 30
    for path in paths:
        raw = path.read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf") and raw.count(b"\xef\xbb\xbf") == 1
        assert b"\r" not in raw and raw.endswith(b"\n"), path
        header, *rows = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
        assert all(header) and len(set(header)) == len(header), path
        assert {len(row) for row in rows} <= {len(header)}, path
        assert not any("\n" in cell for row in rows for cell in row), path


def test_every_table_is_known_and_sorted_by_its_key(world: World) -> None:
    models: dict[str, type[Row]] = {
        path.relative_to(world.root).as_posix(): model
        for path, model in edited_tables(world.root).items()
    }
    models |= {f"{FOLDER}/{name}.csv": model for name, model in CURATED.items()}
    found = (world.root / "data").rglob("*.csv")
    assert {path.relative_to(world.root).as_posix() for path in found} == set(models)
    for name, model in models.items():
        rows = table(world.root / name)
        keys = [tuple(natural(row[part]) for part in model.key) for row in rows]
        assert keys == sorted(keys) and len(keys) == len(set(keys)), name


def test_the_curated_tables_are_what_the_data_give(world: World) -> None:
    made = files_of(world)
    for name, content in made.items():
        assert (world.root / name).read_bytes() == content, f"{name}: {REBUILD}"
    kept = {path.relative_to(world.root) for path in bytes_of(world.root / FOLDER)}
    assert {path.as_posix() for path in kept} == set(made)


def test_observations_render_to_the_same_bytes_in_any_order(world: World) -> None:
    path = world.root / FOLDER / "observations.csv"
    assert render(reversed(world.observations), Observation) == path.read_bytes()


def test_every_quote_stands_at_its_offset(world: World) -> None:
    rows: list[Stated] = [*world.readings, *world.observations]
    for row in rows:
        start, end = int(row.quote_start), int(row.quote_end)
        assert len(row.quote) == end - start, row.id
        assert world.text(row.id)[start:end].replace("\n", NEWLINE) == row.quote


def test_every_id_is_the_position_of_the_value_inside_the_quote(world: World) -> None:
    for row in world.readings:
        start, end = row.span
        assert start <= row.offset < end, row.id
        if row.id.endswith(".blank"):
            assert row.offset == start and row.absence == "blank", row.id
            assert not row.value_stated, row.id
        else:
            printed = row.value_stated.replace(NEWLINE, "\n")
            assert printed and world.text(row.id).startswith(printed, row.offset)
            assert row.offset + len(printed) <= end, row.id


def test_several_statements_of_one_number_are_numbered(world: World) -> None:
    ids = {row.id for row in world.readings}
    for id in ids:
        base, dot, number = id.rpartition(".")
        if dot and number.isdecimal():
            assert int(number) >= 2
            assert (base if number == "2" else f"{base}.{int(number) - 1}") in ids


def test_ids_are_unique_and_derived_values_are_not_observed(world: World) -> None:
    ids = [row.id for row in world.observations]
    ids += [row.id for row in world.derived]
    ids += [str(row.model_dump()["id"]) for row in world.checked.rows("findings")]
    assert [id for id, times in Counter(ids).items() if times > 1] == []
    assert {row.id for row in world.observations} <= {row.id for row in world.readings}


def test_every_reading_is_observed_declared_or_undecided(world: World) -> None:
    judged = {
        row.wording: row for row in world.book.crosswalk if row.status != "rejected"
    }
    kept = {row.id: row for row in world.observations}
    for one in world.checked.plans:
        account = one.conservation
        assert account.holds() and account.readings == len(one.plan.readings)
        assert account.observations == len(one.tables["observations"])
        for row in one.plan.readings:
            match = judged[row.wording]
            observed = match.status == "accepted" and match.object_id != NO_TERM
            assert observed == (row.id in kept), row.id


def test_an_observation_says_what_its_reading_says(world: World) -> None:
    readings = {row.id: row for row in world.readings}
    shared = set(Observation.columns()) & set(Reading.columns())
    shared -= {"value", "lower", "upper", "obligation", "note"}
    for row in world.observations:
        for name in shared:
            assert getattr(row, name) == getattr(readings[row.id], name), row.id


def test_every_numeral_is_in_a_reading_or_an_exclusion(world: World) -> None:
    for one in world.checked.plans:
        tally = one.tally
        assert tally.in_readings + sum(tally.excluded.values()) == tally.numerals
        found = find_numerals(one.plan.document.text, world.book.words)
        assert tally.numerals == len(found) > 0


def test_every_indicator_family_and_area_is_used(world: World) -> None:
    book = world.book
    observed = {row.indicator for row in world.observations}
    computed = {row.indicator for row in world.derived if not row.refused}
    refused = {row.object_id for row in book.crosswalk if row.status == "rejected"}
    assert observed | computed <= set(book.indicators)
    assert set(book.indicators) <= observed | computed | refused
    families = {row.family for row in book.indicators.values()}
    assert set(book.families) == families
    areas = {row.ref_area for row in world.observations}
    above = {row.part_of for row in book.areas.values()}
    lines = {row.ref_area for row in book.reference_lines}
    assert set(book.areas) <= areas | above | lines


def test_every_document_has_observations_and_every_place_a_document(
    world: World,
) -> None:
    book = world.book
    assert {row.doc for row in world.observations} == set(book.documents)
    assert {row.place for row in book.documents.values()} == set(book.places)
    positions = [row.position for row in book.places.values()]
    assert len(set(positions)) == len(positions)


def test_every_document_says_how_good_its_text_is_and_why(world: World) -> None:
    for source in world.book.documents.values():
        assert source.quality in world.book.codes["quality"]
        assert len(source.quality_note) > 40 and source.quality_note_zh
        assert source.ref_area in {row.ref_area for row in world.observations}


def test_every_area_lies_in_an_area_up_to_one_country(world: World) -> None:
    areas = world.book.areas
    (country,) = [row.ref_area for row in areas.values() if not row.part_of]
    for row in areas.values():
        assert re.fullmatch(r"\d{6}|[A-Z]{2}|CN-[A-Z]{2}|X-[A-Z]{3}", row.ref_area)
        assert not row.iso3166_2 or row.iso3166_2 in areas
        path = [row.ref_area]
        while areas[path[-1]].part_of:
            path.append(areas[path[-1]].part_of)
            assert len(path) < 9, path
        assert path[-1] == country


def test_every_judgement_is_signed_dated_and_explained(world: World) -> None:
    for row in world.book.crosswalk:
        assert re.fullmatch(SIGNATURE, row.author_label), row
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", row.mapping_date), row
        if row.predicate_id != "exactMatch" or row.status != "accepted":
            assert row.comment, row
    for reading in world.readings:
        assert re.fullmatch(SIGNATURE, reading.reader), reading.id


def test_both_readers_coded_every_accepted_match(world: World) -> None:
    for one in world.checked.plans:
        own = world.book.only(one.plan.doc).crosswalk
        accepted = {row.wording for row in own if row.status == "accepted"}
        stated = {row.wording for row in one.plan.readings}
        for coded in one.plan.two.codings:
            read = {row.wording for row in own if row.wording in coded}
            assert coded.keys() == read >= accepted & coded.keys()
            later = accepted - coded.keys()
            assert later <= stated and all(
                row.ruling for row in own if row.wording in later
            )
        settled = {key[:4] for key in one.plan.two.coding_adjudications}
        assert settled <= read


def test_every_cell_that_holds_a_code_holds_one_of_its_list(world: World) -> None:
    models = {f"codebook/{name}.csv": model for name, model in TABLES.items()}
    models |= {f"curated/{name}.csv": model for name, model in CURATED.items()}
    for name, model in models.items():
        rows = table(world.root / "data" / name)
        for column, mark in tagged(model, Codelist).items():
            codes = {"", *world.book.codes[mark.name]}
            assert {row[column] for row in rows} <= codes, (name, column)


def test_every_kind_is_stated(world: World) -> None:
    assert {row.kind for row in world.readings} == set(world.book.codes["kind"])


def test_every_code_is_used(book: Codebook) -> None:
    used: dict[str, set[str]] = {}
    models: dict[str, type[Row]] = {
        path.relative_to(ROOT).as_posix(): model
        for path, model in edited_tables(ROOT).items()
    }
    models |= {f"{FOLDER}/{name}.csv": model for name, model in CURATED.items()}
    for name, model in models.items():
        for column, mark in tagged(model, Codelist).items():
            cells = {row[column] for row in table(ROOT / name)}
            used.setdefault(mark.name, set()).update(cells)
    unused = {
        (name, code)
        for name, cells in used.items()
        for code in book.codes[name].keys() - cells
    }
    assert unused <= SPARE


def test_coverage_never_contradicts_an_observation(world: World) -> None:
    book = world.book
    for row in world.observations:
        family = book.indicators[row.indicator].family
        for declared in book.coverage:
            if declared.doc == row.doc:
                assert declared.subject != row.indicator, row.id
                outside = declared.status == "out_of_scope"
                assert not (outside and declared.subject == family), row.id


def test_no_cell_of_the_coverage_says_not_stated_beside_an_observation(
    world: World,
) -> None:
    stated = {(row.doc, row.indicator) for row in world.observations}
    cells = coverage(world.project, least=0).to_dict("records")
    states = {(row["doc"], row["indicator"]): row["state"] for row in cells}
    assert stated <= states.keys()
    silent = {"not_stated", "out_of_scope", "lost_in_picture", "lost_part"}
    assert not silent & {states[cell] for cell in stated}


def test_values_of_a_group_are_what_it_says(world: World) -> None:
    project = world.project
    for rows in groups_of(project.facets.values()).values():
        ids = [row["id"] for row in rows]
        group = {id: project.standings[id].group for id in ids}
        for id in ids:
            beside = {
                other: found.grade
                for other in ids
                if (found := project.grade(id, other))
            }
            equal = {beside[other] for other in beside if group[other] == "equal"}
            assert group[id] != "equal" or equal == {"A"}, id
            assert (group[id] == "alone") == (not beside), id
            assert group[id] != "apart" or "C" in beside.values(), id


def test_corrections_give_their_status_and_their_reason(world: World) -> None:
    observations = {row.id: row for row in world.observations}
    assert world.book.corrections
    for row in world.book.corrections:
        if row.id not in observations:
            continue  # a statement without counterpart
        assert observations[row.id].obs_status == row.obs_status
        assert row.reason in observations[row.id].note


def test_every_number_is_inside_its_bounds(world: World) -> None:
    rows: list[Observation | Derived] = [*world.observations, *world.derived]
    for row in rows:
        lower, upper = float(row.lower or "-inf"), float(row.upper or "inf")
        assert lower <= upper, row.id
        assert not row.value or lower <= float(row.value) <= upper, row.id


def test_a_share_lies_between_0_and_100(world: World) -> None:
    shares = [row for row in world.observations if row.unit == "percent"]
    assert shares
    for row in shares:
        assert 0 <= float(row.lower or 0) and float(row.upper or 0) <= 100, row.id


def test_a_value_that_reads_like_a_year_is_named_by_a_finding(world: World) -> None:
    rules = {row.rule for row in world.book.finding_rules if row.test == "not_year"}
    named = {
        str(cells["inputs"])
        for cells in map(Row.model_dump, world.checked.rows("findings"))
        if cells["rule"] in rules
    }
    for row in world.observations:
        if len(row.value) == 4 and f"{row.value}年" in world.text(row.id):
            assert row.id in named, row.id


def test_page_marks_count_up_and_every_text_keeps_its_positions(world: World) -> None:
    for doc, document in world.project.documents.items():
        assert len(document.folded) == len(document.text)
        assert document.folded == fold(document.text)
        for pattern, _ in world.book.repairs(doc, "page_mark"):
            found = re.findall(pattern, document.text)
            pages = [int(re.sub(r"\D", "", mark)) for mark in found]
            assert pages == list(range(pages[0], pages[0] + len(pages)))


def ends(row: Observation, book: Codebook) -> list[Fraction | float]:
    """Both ends of what a statement stands for, by another route than ``derive``.

    A measured or expected ratio or share is half a unit of its last digit wide.
    """
    low = Fraction(row.lower) if row.lower else -math.inf
    high = Fraction(row.upper) if row.upper else math.inf
    measured = row.kind in ("baseline", "projection") and not row.in_words
    if row.comparator == "=" and measured and book.units[row.unit].ratio:
        _, _, decimals = row.value.partition(".")
        half = Fraction(1, 2 * 10 ** len(decimals))
        low, high = max(low - half, Fraction(0)), high + half
        high = min(high, Fraction(100)) if book.is_share(row.indicator) else high
    return [low, high]


def corners(
    formula: str, rows: list[Observation], book: Codebook
) -> Iterator[Fraction | float]:
    """Every value that a formula takes at the ends of its inputs."""
    moments = [period_end(row.time_period) for row in rows[:2]]
    first, last = moments[0], moments[-1]
    apart = first - last if first is not None and last is not None else 0
    for choice in itertools.product(*(ends(row, book) for row in rows)):
        names = dict(zip("abcd", choice, strict=False)) | {"years": Fraction(apart)}
        try:
            found = eval(formula, {"__builtins__": {}}, names)  # noqa: S307
        except ZeroDivisionError:
            found = math.inf
        if not math.isnan(found):
            yield found


def test_every_derived_value_is_recomputed_at_the_corners_of_its_inputs(
    world: World,
) -> None:
    by_id = {row.id: row for row in world.observations}
    for row in world.derived:
        if row.refused:
            continue
        inputs = [by_id[id] for id in row.inputs.split()]
        found = list(corners(row.formula, inputs, world.book))
        low, high = min(found), max(found)
        for end, exact in ((row.lower, low), (row.upper, high)):
            assert bool(end) != math.isinf(exact), row.id
        assert not row.lower or 0 <= low - Fraction(row.lower) < TINY, row.id
        assert not row.upper or 0 <= Fraction(row.upper) - high < TINY, row.id


def test_only_exact_inputs_give_a_point_but_at_face_value(world: World) -> None:
    by_id = {row.id: row for row in world.observations}
    for row in world.derived:
        exact = all(by_id[id].comparator == "=" for id in row.inputs.split())
        whole = exact or row.measure == "face_value" or row.formula == "100"
        assert bool(row.value) <= (whole and not row.refused), row.id
        assert exact <= bool(row.value or row.refused), row.id


def test_a_refusal_has_no_number_and_a_reason_in_both_languages(world: World) -> None:
    for row in world.derived:
        assert bool(row.refused) == (not (row.lower or row.upper)), row.id
        assert bool(row.refused) == row.note.startswith("refused: "), row.id
        assert bool(row.refused) == row.note_zh.startswith("不计算:"), row.id
        assert row.note and row.note_zh


@pytest.mark.parametrize("name", ["corrections", "crosswalk"])
def test_every_ruling_that_is_cited_stands_in_the_register(name: str) -> None:
    register = (ROOT / "DECISIONS.md").read_text("utf-8")
    cited = {row["ruling"] for row in table(ROOT / f"data/codebook/{name}.csv")} - {""}
    assert cited and cited <= set(re.findall(r"^\| ([DR]\d+) \|", register, re.M))


def test_every_row_that_a_ruling_names_was_read() -> None:
    register = (ROOT / "DECISIONS.md").read_text("utf-8")
    known: set[str] = set()
    for folder in (".", "adjudications"):
        for path in (ROOT / "data" / "readings" / folder).glob("*.csv"):
            known |= {row.get("id", "") for row in table(path)}
    named = re.findall(r"\b([a-z]+):((?:\d+(?:, | to )?)+)", register)
    ids = {f"{doc}:{at}" for doc, every in named for at in re.findall(r"\d+", every)}
    assert ids and ids <= known


def test_every_number_word_has_a_case(book: Codebook) -> None:
    phrases = table(ROOT / "tests" / "cases" / "quantities.csv")
    names = ("before", "text", "after")
    printed = "".join(row[name] for row in phrases for name in names)
    words = {*book.words.before, *book.words.inside, *book.words.after}
    signs = {*book.words.multipliers, *book.words.tens, *book.words.dashes}
    assert {word for word in words | signs if word not in printed} == set()
