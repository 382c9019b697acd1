"""Other tools read what is exported, and read the same as stands in the tables."""

import csv
import io
import json
import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import docx
import frictionless
import lxml.html
import nbformat
import pandas as pd
import pytest
import yaml
from conftest import ROOT, table
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from pandas.io.stata import StataReader

from compare.formats.export import export_all
from compare.formats.package import data_package
from compare.formats.stata import has_parquet
from compare.project import OF_VALUES, Project
from compare.reports import page
from compare.reports.width import layout
from compare.reports.word import word
from compare.views.show import FIGURE

pytestmark = pytest.mark.slow

DEMO = Path(__file__).parents[1] / "reports" / "demo.ipynb"
HOSTILE = ["<script>", "<w:p/>", "=1+1", "]]>", '"', "&amp;", "{ DDE }"]
RANGE = re.compile(r"(\d{4}(-\d\d){0,2}|\d{4}-\d\d-\d\d/P\d+[YD])?")


@pytest.fixture(scope="module")
def folder(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = tmp_path_factory.mktemp("export")
    export_all(project, made)
    return made


@pytest.fixture(scope="module")
def observations() -> list[dict[str, str]]:
    return table(ROOT / "data" / "curated" / "observations.csv")


def test_the_same_bytes_on_every_run(project: Project, folder: Path) -> None:
    assert export_all(project, folder) == []
    assert len(list(folder.iterdir())) == (
        4
        + len(OF_VALUES) * (1 + has_parquet())
        + len(list((ROOT / "notebooks").glob("*.ipynb")))
    )


@pytest.mark.parametrize("name", OF_VALUES)
def test_stata_reads_every_value_and_its_chinese_name(
    project: Project, folder: Path, name: str
) -> None:
    path = folder / f"{name}.dta"
    assert b"<release>118</release>" in path.read_bytes()[:60]
    expected = table(ROOT / "data" / "curated" / f"{name}.csv")
    reader: Any
    with StataReader(path, convert_categoricals=False) as reader:
        frame, codes = reader.read(), reader.value_labels()
        labels = reader.variable_labels()
    named = project.book.codes["column"]
    assert labels == {column: named[column].label_zh for column in expected[0]}
    assert len(frame) == len(expected)
    for column in frame:
        found = frame[column].tolist()
        wanted = [row[str(column)] for row in expected]
        if column in codes:
            known = {
                number: name.split(" ")[-1] for number, name in codes[column].items()
            }
            assert [known.get(number, "") for number in found] == wanted
        elif pd.api.types.is_numeric_dtype(frame[column]):
            assert [n for n in found if n == n] == [float(n) for n in wanted if n]
        else:
            assert found == wanted
    assert codes and all(
        re.match(r"[\u4e00-\u9fff>]|[A-C] ", label)
        for names in codes.values()
        for label in names.values()
    )


def test_frictionless_accepts_the_package_of_all_tables(folder: Path) -> None:
    report = frictionless.validate(str(folder / "datapackage.zip"))
    assert report.valid, report.flatten(["name", "rowNumber", "message"])[:5]
    every = [path.relative_to(ROOT / "data") for path in (ROOT / "data").rglob("*.csv")]
    assert {task.place for task in report.tasks} == {path.as_posix() for path in every}


def test_frictionless_accepts_the_package_of_another_project(
    toy_project: Project, tmp_path: Path
) -> None:
    (tmp_path / "toy.zip").write_bytes(data_package(toy_project))
    report = frictionless.validate(str(tmp_path / "toy.zip"))
    assert report.valid, report.flatten(["name", "rowNumber", "message"])[:5]


def test_frictionless_refuses_an_indicator_that_is_not_defined(
    folder: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(folder / "datapackage.zip") as package:
        package.extractall(tmp_path)
    spoilt = tmp_path / "curated" / "observations.csv"
    text = spoilt.read_text("utf-8-sig")
    spoilt.write_text(text.replace(",nursing_bed_share,", ",nursing_share,"), "utf-8")
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    wrong = {task.name for task in report.tasks if not task.valid}
    assert wrong == {"curated-observations"}


def test_the_crosswalk_follows_the_rules_of_sssom(folder: Path) -> None:
    lines = (folder / "crosswalk.sssom.tsv").read_text("utf-8").split("\n")
    head = [line[1:] for line in lines if line.startswith("#")]
    about = yaml.safe_load("\n".join(head))
    assert about["mapping_set_id"] and about["license"] and about["sssom_version"]
    rows = list(csv.DictReader(lines[len(head) : -1], delimiter="\t"))
    declared = {item["slot_name"] for item in about["extension_definitions"]}
    assert declared <= rows[0].keys()
    for row in rows:
        assert row["subject_type"] == "rdfs literal" and row["subject_label"]
        assert row["mapping_justification"] == "semapv:ManualMappingCuration"
        assert row["predicate_modifier"] in ("", "Not")
        for slot in ("predicate_id", "object_id", "subject_source"):
            prefix, _, local = row[slot].partition(":")
            assert prefix in about["curie_map"] and local
    expected = Counter(
        (
            row["subject_label"],
            row["object_id"],
            "Not" if row["status"] == "rejected" else "",
        )
        for row in table(ROOT / "data" / "codebook" / "crosswalk.csv")
        if row["status"] != "unsure"
    )
    found = Counter(
        (
            row["subject_label"],
            row["object_id"].partition(":")[2],
            row["predicate_modifier"],
        )
        for row in rows
    )
    assert found == expected and found.total() > 300
    assert any(row["predicate_modifier"] for row in rows)


def test_sdmx_csv_has_the_observation_as_first_dimension(
    folder: Path, observations: list[dict[str, str]]
) -> None:
    text = (folder / "observations.sdmx.csv").read_text("utf-8")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert list(rows[0])[:4] == ["STRUCTURE", "STRUCTURE_ID", "ACTION", "OBSERVATION"]
    assert {row["STRUCTURE"] for row in rows} == {"dataflow"}
    assert all(
        re.fullmatch(r"\w+:\w+\(\d+\.\d+\.\d+\)", row["STRUCTURE_ID"]) for row in rows
    )
    assert [row["OBSERVATION"] for row in rows] == [row["id"] for row in observations]
    assert [row["OBS_VALUE"] for row in rows] == [row["value"] for row in observations]
    assert [row["QUOTE"] for row in rows] == [row["quote"] for row in observations]
    assert {row["OBS_STATUS"] for row in rows} <= set("ADEFLMOU")
    assert all(RANGE.fullmatch(row["TIME_PERIOD"]) for row in rows)
    assert any("/P" in row["TIME_PERIOD"] for row in rows)


def test_every_annotation_finds_its_sentence_again(
    project: Project, folder: Path, observations: list[dict[str, str]]
) -> None:
    made = json.loads((folder / "annotations.jsonld").read_text("utf-8"))
    assert made["@context"] == "http://www.w3.org/ns/anno.jsonld"
    items = made["first"]["items"]
    assert made["total"] == len(items) == len(observations)
    for item, row in zip(items, observations, strict=True):
        assert item["type"] == "Annotation" and item["id"].endswith(row["id"])
        assert item["target"]["source"]["id"].endswith(row["doc"])
        by_quote, by_place = item["target"]["selector"]
        text = project.documents[row["doc"]].text
        around = by_quote["prefix"] + by_quote["exact"] + by_quote["suffix"]
        assert text.count(around) == 1
        start = text.index(around) + len(by_quote["prefix"])
        assert start == by_place["start"] == int(row["quote_start"])
        assert text[start : by_place["end"]] == by_quote["exact"]
        assert by_quote["exact"].replace("\n", "⏎") == row["quote"]


@pytest.fixture(scope="module")
def letter(tmp_path_factory: Any) -> Any:
    chinese = tmp_path_factory.mktemp("zh") / "demo.zh.ipynb"
    chinese.write_bytes(DEMO.read_bytes())
    return docx.Document(io.BytesIO(word(chinese, date="2026-01-31")))


def test_word_has_the_same_bytes_on_every_run_and_its_own_date() -> None:
    made = word(DEMO, date="2026-01-31")
    assert word(DEMO, date="2026-01-31") == made
    about = docx.Document(io.BytesIO(made)).core_properties
    assert str(about.created) == str(about.modified) == "2026-01-31 00:00:00+00:00"


def test_word_has_real_headings_tables_and_captions(letter: Any) -> None:
    cells = nbformat.read(DEMO, as_version=4).cells
    shown = [output.data for cell in cells for output in cell.get("outputs", [])]
    figures = sum(FIGURE in data for data in shown)
    tables = sum("<table" in data.get("text/html", "") for data in shown)
    styles = [paragraph.style.name for paragraph in letter.paragraphs]
    assert styles[0] == "Title" and "Heading 1" in styles
    assert letter.core_properties.title == letter.paragraphs[0].text
    captions = [item for item in letter.paragraphs if item.style.name == "Caption"]
    assert len(letter.inline_shapes) == figures > 0
    assert len(letter.tables) >= tables > 0
    assert len(captions) == tables + figures
    assert all(item._p.findall(qn("w:fldSimple")) for item in captions)
    assert {item.text.split(" ")[0] for item in captions} == {"表", "图"}


def test_word_repeats_heads_of_tables_and_breaks_no_row(letter: Any) -> None:
    for made in letter.tables:
        first, *others = (row._tr.trPr for row in made.rows)
        assert first.find(qn("w:tblHeader")) is not None
        assert all(row.find(qn("w:tblHeader")) is None for row in others)
        assert all(row.find(qn("w:cantSplit")) is not None for row in (first, *others))


def test_word_shares_a_page_among_columns_as_print_does(letter: Any) -> None:
    shown: Any = lxml.html.document_fromstring(page.render(DEMO).html)
    for made, source in zip(letter.tables, shown.iter("table"), strict=True):
        chosen = layout(source)
        widths = [column.width.pt for column in made.columns]
        shares = [width / sum(chosen.widths) for width in chosen.widths]
        assert [one / sum(widths) for one in widths] == pytest.approx(shares, abs=0.01)
    turned = {one.orientation for one in letter.sections}
    assert turned == {WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE}


def test_word_pictures_are_png_with_an_alternative_text(letter: Any) -> None:
    for shape in letter.inline_shapes:
        assert len(shape._inline.docPr.get("descr")) > 20
        embedded = shape._inline.graphic.graphicData.pic.blipFill.blip.embed
        assert letter.part.related_parts[embedded].blob[1:4] == b"PNG"


def test_word_links_only_to_what_has_an_address_of_its_own() -> None:
    briefing = ROOT / "notebooks" / "briefing.zh.ipynb"
    made = docx.Document(io.BytesIO(word(briefing, date="2026-01-31")))
    targets = [one.target_ref for one in made.part.rels.values() if one.is_external]
    assert not [target for target in targets if "evidence" in target]


def test_word_names_a_chinese_font_for_every_style_it_uses(letter: Any) -> None:
    used = {paragraph.style.name for paragraph in letter.paragraphs}
    for name in used - {"List Bullet", "List Number"}:
        fonts = letter.styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) in ("SimSun", "SimHei"), name
        assert not any(key.endswith("Theme") for key in fonts.attrib)


def test_words_of_documents_stay_words(tmp_path: Path) -> None:
    markup = pd.DataFrame({"Words": HOSTILE}).to_html(index=False)
    data = {"text/html": f"<figure class='table'>{markup}</figure>"}
    cell = new_code_cell("", outputs=[new_output("display_data", data)])
    path = tmp_path / "hostile.ipynb"
    nbformat.write(new_notebook(cells=[new_markdown_cell("# T"), cell]), path)
    made = docx.Document(io.BytesIO(word(path)))
    found = [row.cells[0].text for row in made.tables[0].rows[1:]]
    assert found == HOSTILE
