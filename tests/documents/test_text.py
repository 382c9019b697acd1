"""Documents: frozen bytes, positions that never move, folding for matching only."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compare.documents.text import Document, fold, load_documents, mend, squeeze
from compare.project import Project

TEXT = "一、目标\n床位 |\n32 |\n末尾"


@pytest.fixture
def document() -> Document:
    return Document("a", TEXT, "")


def test_positions_count_characters_of_the_file_with_its_line_ends(
    tmp_path: Path,
) -> None:
    raw = "垫\r\n江\n床位32张".encode()
    folder = tmp_path / "data" / "raw"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_bytes(raw)
    digest = hashlib.sha256(raw).hexdigest()
    (folder / "SHA256SUMS").write_text(f"{digest}  a.txt\n", "ascii")
    documents, problems = load_documents(tmp_path, ["a"])
    assert problems == []
    assert documents["a"].text.encode() == raw
    assert documents["a"].text[7:9] == "32"
    assert documents["a"].sha256 == digest


def test_a_quote_shows_line_ends_and_keeps_its_length(document: Document) -> None:
    quote = document.quote(5, 12)
    assert quote == "床位 |⏎32"
    assert len(quote) == 12 - 5


def test_the_context_is_the_lines_of_the_span(document: Document) -> None:
    assert document.context(10, 12) == ("", "32", " |")
    assert document.context(5, 12) == ("", "床位 |\n32", " |")
    assert document.context(len(TEXT) - 1, len(TEXT)) == ("末", "尾", "")


def test_the_context_of_a_long_line_is_cut_on_both_sides() -> None:
    before, span, after = Document("a", "x" * 300, "").context(150, 151, around=20)
    assert (len(before), span, len(after)) == (20, "x", 20)


@pytest.mark.parametrize("at", [0, 100, -1])
def test_one_changed_byte_is_a_problem(toy: Path, at: int) -> None:
    path = toy / "data" / "raw" / "yiqiao.txt"
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(raw)
    documents, problems = load_documents(toy, ["jiachuan", "yiqiao"])
    assert list(documents) == ["jiachuan"]
    assert [problem.where for problem in problems] == ["data/raw/yiqiao.txt"]
    assert "git checkout -- data/raw/yiqiao.txt" in problems[0].remedy


def test_a_text_without_checksum_or_file_is_a_problem(toy: Path) -> None:
    sums = toy / "data" / "raw" / "SHA256SUMS"
    lines = sums.read_text("ascii").splitlines(keepends=True)
    sums.write_text("".join(line for line in lines if "yiqiao" not in line), "ascii")
    documents, problems = load_documents(toy, ["jiachuan", "nowhere", "yiqiao"])
    assert list(documents) == ["jiachuan"]
    assert [(problem.where, problem.what[:8]) for problem in problems] == [
        ("data/raw/nowhere.txt", "no such "),
        ("data/raw/yiqiao.txt", "its SHA-"),
    ]


@pytest.mark.parametrize(
    ("text", "squeezed"),
    [
        ("全 市", "全市"),
        ("街道居家养老⏎服务站(个)", "街道居家养老服务站(个)"),
        ("托位数 |\r\n\t32\u3000", "托位数|32"),
        ("3、4", "3、4"),
    ],
)
def test_squeezing_drops_spaces_and_breaks(text: str, squeezed: str) -> None:
    assert squeeze(text) == squeezed


PAGE_MARK = (r"\n\d+、", "")


@pytest.mark.parametrize(
    ("text", "repairs", "mended", "positions"),
    [
        ("月探\n15、访率", [PAGE_MARK], "月探访率", [0, 1, 6, 7]),
        ("于20\n5、20年", [PAGE_MARK], "于2020年", [0, 1, 2, 6, 7, 8]),
        ("15、访率", [PAGE_MARK], "15、访率", [0, 1, 2, 3, 4]),
        ("二三五年", [("二三五", "二〇三五")], "二〇三五年", [0, 0, 0, 0, 3]),
        ("a", [], "a", [0]),
        ("", [PAGE_MARK], "", []),
        ("ab", [("b", ""), ("a", "xy")], "xy", [0, 0]),
    ],
)
def test_mending_remembers_where_each_character_stood(
    text: str, repairs: list[tuple[str, str]], mended: str, positions: list[int]
) -> None:
    assert mend(text, repairs) == (mended, positions)


def test_mending_leaves_every_kept_character_at_its_position(
    toy_project: Project,
) -> None:
    text = toy_project.documents["yiqiao"].text
    mended, positions = mend(text, toy_project.book.repairs("yiqiao", "page_mark"))
    assert len(mended) == len(positions) < len(text)
    assert all(text[at] == mended[new] for new, at in enumerate(positions))
    assert positions == sorted(positions)
    assert "養老床位1800張" in mended


@pytest.mark.parametrize(
    ("doc", "printed", "read_as"),
    [
        ("jiachuan", "甲政发〔20227号", "甲政发〔2022〕7号"),
        ("yiqiao", "搭建養老服務信息平合", "搭建養老服務信息平臺"),
        ("yiqiao", "養老床位\n- 2 -\n1800張", "養老床位1800張"),
    ],
)
def test_a_damaged_place_is_read_as_declared(
    toy_project: Project, doc: str, printed: str, read_as: str
) -> None:
    text = toy_project.documents[doc].text
    assert text.count(printed) == 1
    mended, positions = mend(text, toy_project.book.repairs(doc))
    assert positions[mended.index(read_as)] == text.index(printed)


def test_furniture_and_lost_tables_are_left_out(toy_project: Project) -> None:
    text = toy_project.documents["jiachuan"].text
    mended, _ = mend(text, toy_project.book.repairs("jiachuan"))
    assert text.startswith("甲川市人民政府网") and "图片.png" in text
    assert mended.startswith("\n甲川市“一老一小”") and "图片.png" not in mended
    head, _ = mend(text, toy_project.book.repairs("jiachuan", "furniture"))
    assert "图片.png" in head


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("養老托育服務機構", "养老托育服务机构"),
        ("ＡＢ１２％（）", "ab12%()"),
        ("每千名老人床位數達36.4張", "每千名老人床位数达36.4张"),
        ("㎡①…", "㎡1…"),
    ],
)
def test_folding_ignores_script_width_and_case(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(text=st.text(max_size=30))
def test_folding_moves_no_position_and_is_final(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


def test_a_search_in_simplified_finds_a_traditional_text(
    toy_project: Project,
) -> None:
    document = toy_project.documents["yiqiao"]
    assert "每千名老年人拥有养老床位" not in document.text
    start = document.folded.index("每千名老年人拥有养老床位")
    assert document.text[start : start + 12] == "每千名老年人擁有養老床位"
    assert len(document.folded) == len(document.text)
