"""Tables: one canonical form, read strictly, written all or nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from compare.base.tables import (
    DATE,
    NUMBER,
    PERIOD,
    Codelist,
    Long,
    Row,
    column,
    data_dictionary,
    natural,
    read,
    render,
    replace_files,
    tagged,
    tidy,
)

BOM = b"\xef\xbb\xbf"


class Sample(Row):
    """Samples. Only for these tests."""

    key = ("code",)
    code: str = column("its code")
    value: str = column("a number", pattern=NUMBER, empty=True)
    date: str = column("a date", pattern=DATE, empty=True)
    time: str = column("a period", pattern=PERIOD, empty=True)
    kind: Annotated[str, Codelist("kind")] = column("a code", empty=True)
    note: Annotated[str, Long()] = column("a remark", empty=True)


def load(folder: Path, raw: bytes | str) -> tuple[list[Sample], list[str]]:
    """Rows of a file with this content, and what is wrong with it."""
    path = folder / "samples.csv"
    path.write_bytes(raw if isinstance(raw, bytes) else BOM + raw.encode())
    rows, problems = read(path, Sample, folder)
    return rows, [f"{item.where}: {item.what} {item.remedy}" for item in problems]


HEADER = "code,value,date,time,kind,note\n"
texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r\0\ufeff"),
    max_size=12,
)
rows_of_text = st.lists(
    st.builds(
        Sample.of,
        st.fixed_dictionaries(
            {
                "code": texts.filter(bool),
                **dict.fromkeys(["value", "date", "time", "kind", "note"], texts),
            }
        ),
    ),
    unique_by=lambda row: row.code,
    max_size=5,
)


@given(rows=rows_of_text)
def test_tidying_canonical_bytes_changes_nothing(rows: list[Sample]) -> None:
    raw = tidy(render(rows, Sample), Sample)
    assert tidy(raw, Sample) == raw


@given(rows=rows_of_text)
def test_the_order_of_the_rows_does_not_change_the_bytes(rows: list[Sample]) -> None:
    assert render(rows, Sample) == render(rows[::-1], Sample)


def test_what_is_rendered_is_read_back(tmp_path: Path) -> None:
    rows = [
        Sample(code="b:100", value="-1.5", date="2022-12-22", note='a "b", c ⏎ d'),
        Sample(code="b:20", time="2016/2020", kind="+"),
        Sample(code="零"),
    ]
    found, problems = load(tmp_path, render(rows, Sample))
    assert not problems
    assert [row.code for row in found] == ["b:20", "b:100", "零"]
    assert set(found) == set(rows)


def test_canonical_bytes_begin_with_a_byte_order_mark_and_end_lines_with_lf() -> None:
    raw = render([Sample(code="a"), Sample(code="b")], Sample)
    assert raw == BOM + (HEADER + "a,,,,,\nb,,,,,\n").encode()


def test_numbers_inside_keys_are_sorted_by_size() -> None:
    codes = ["b:1", "a:100", "a:9.blank", "a:9", "a:9.2", "a"]
    assert sorted(codes, key=natural) == ["a", "a:9", "a:9.2", "a:9.blank", "a:100"] + [
        "b:1"
    ]


@given(left=texts, right=texts)
def test_any_two_keys_can_be_sorted(left: str, right: str) -> None:
    assert (natural(left) < natural(right)) or (natural(right) <= natural(left))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: raw.removeprefix(BOM),
        lambda raw: raw.replace(b"\n", b"\r\n"),
        lambda raw: raw.replace(b"\n", b"\r"),
        lambda raw: raw + b"\n",
        lambda raw: raw + b",,,,,\n",
        lambda raw: raw.replace(b"\n", b",,\n"),
        lambda raw: raw.replace(b"2022-12-02", b"2022/12/2"),
        lambda raw: raw.rstrip(b"\n"),
        lambda raw: raw.replace(b"a:9", b'"a:9"'),
        lambda raw: raw.replace(b"code", b" code "),
        lambda raw: BOM + HEADER.encode() + b"\n".join(raw.splitlines()[:0:-1]),
    ],
    ids=[
        "no byte order mark",
        "CRLF",
        "CR",
        "empty line",
        "empty row",
        "empty columns",
        "date with slashes",
        "no last line end",
        "needless quotes",
        "spaces in the header",
        "rows turned round",
    ],
)
def test_what_a_spreadsheet_does_is_refused_and_put_back(
    spoil: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    raw = render([Sample(code="a:9", date="2022-12-02"), Sample(code="a:10")], Sample)
    spoilt = spoil(raw)
    assert spoilt != raw
    _, problems = load(tmp_path, spoilt)
    assert problems
    assert tidy(spoilt, Sample) == raw


def test_a_file_that_is_not_canonical_says_which_command_repairs_it(
    tmp_path: Path,
) -> None:
    _, problems = load(tmp_path, (HEADER + "b,,,,,\na,,,,,\n"))
    assert len(problems) == 1
    assert "canonical" in problems[0] and "run 'compare format'" in problems[0]


@pytest.mark.parametrize(
    ("content", "where", "what"),
    [
        (HEADER + "a,1 000,,,,\n", "row 2, value", "'1 000' is not allowed"),
        (HEADER + "a,1e3,,,,\n", "row 2, value", "'1e3'"),
        (HEADER + "a,,22.12.2022,,,\n", "row 2, date", "'22.12.2022'"),
        (HEADER + "a,,,2021-2025,,\n", "row 2, time", "'2021-2025'"),
        (HEADER + ",,,,,x\n", "row 2, code", "empty."),
        (HEADER + "a,,\n", "row 2", "3 cells."),
        (HEADER + "a,,,,,\nb,,,,,\na,1,,,,\n", "row 4, code", "«a» stands already"),
        (HEADER + "a,,,,=1+1,\n", "", ""),
        (HEADER + "=1+1,,,,,\n", "row 2, code", "formula"),
        (HEADER + "a,,,,,-see note\n", "row 2, note", "formula"),
        (HEADER + "a,-5,,,,\n", "", ""),
        (HEADER + 'a,,,,,"x\ny"\n', "row 2, note", "a line break."),
        (HEADER + "a,,,,," + "x" * 201 + "\n", "", ""),
        (HEADER + "x" * 201 + ",,,,,\n", "row 2, code", "201 characters."),
        (HEADER.replace(",kind", ""), "row 1", "columns missing: kind"),
        (HEADER.replace("kind", "sort"), "row 1", "columns unknown: 'sort'"),
        (HEADER.replace("code,value", "value,code"), "row 1", "another order"),
        ("", "row 1", "columns missing: code"),
    ],
)
def test_a_cell_or_header_that_does_not_fit_is_named(
    content: str, where: str, what: str, tmp_path: Path
) -> None:
    _, problems = load(tmp_path, content)
    if not what:
        assert problems == []
    else:
        assert len(problems) == 1
        assert problems[0].startswith(f"samples.csv {where}: ")
        assert what in problems[0]


def test_a_file_in_another_encoding_is_named_and_not_guessed(tmp_path: Path) -> None:
    rows, problems = load(tmp_path, (HEADER + "咸宁,,,,,\n").encode("gbk"))
    assert rows == [] and len(problems) == 1
    assert "is not UTF-8" in problems[0] and "«CSV UTF-8»" in problems[0]
    with pytest.raises(UnicodeDecodeError):
        tidy((HEADER + "咸宁,,,,,\n").encode("gbk"), Sample)


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    rows, problems = read(tmp_path / "none.csv", Sample, tmp_path)
    assert rows == [] and problems[0].what == "no such file."


@pytest.mark.parametrize(
    "content",
    [
        HEADER.replace("kind", "sort"),
        HEADER + "a,,,,,,spare\n",
        HEADER.replace("code,value", "value,code"),
        "",
    ],
)
def test_tidying_refuses_what_it_would_have_to_guess(content: str) -> None:
    with pytest.raises(ValueError, match="header|to the right"):
        tidy(BOM + content.encode(), Sample)


def test_tidying_judges_no_cell() -> None:
    raw = BOM + (HEADER + "a,1 000,soon,,=x,-\n").encode()
    assert tidy(raw, Sample) == raw


def test_a_row_cannot_be_changed_or_extended() -> None:
    row = Sample(code="a")
    with pytest.raises(ValidationError):
        row.code = "b"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        Sample.model_validate({"code": "a", "colour": "red"})


def test_files_are_replaced_and_only_those_that_change(tmp_path: Path) -> None:
    same, old, new = tmp_path / "same", tmp_path / "old", tmp_path / "deep" / "new"
    same.write_bytes(b"1")
    old.write_bytes(b"1")
    stamp = same.stat().st_mtime_ns
    changed = replace_files({same: b"1", old: b"2", new: b"3"})
    assert changed == [old, new]
    assert (old.read_bytes(), new.read_bytes()) == (b"2", b"3")
    assert same.stat().st_mtime_ns == stamp
    assert replace_files({same: b"1", old: b"2", new: b"3"}) == []


def test_a_draft_that_cannot_be_written_leaves_every_file_as_it_was(
    tmp_path: Path,
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_bytes(b"1")
    (tmp_path / "second.draft").mkdir()
    with pytest.raises(OSError):
        replace_files({first: b"2", second: b"2"})
    assert first.read_bytes() == b"1" and not second.exists()
    assert not (tmp_path / "first.draft").exists()


def test_the_data_dictionary_says_what_the_model_says() -> None:
    (resource,) = data_dictionary({"curated/samples.csv": Sample})
    assert resource["name"] == "samples" and resource["description"].startswith("Sampl")
    schema = resource["schema"]
    assert schema["primaryKey"] == ["code"]
    fields = {field["name"]: field for field in schema["fields"]}
    assert list(fields) == Sample.columns()
    assert fields["code"]["constraints"] == {"required": True}
    assert fields["value"]["constraints"] == {"pattern": r"^(-?\d+(\.\d+)?)?$"}
    assert fields["note"]["description"] == "a remark"


def test_tags_name_the_columns_that_carry_them() -> None:
    assert tagged(Sample, Codelist) == {"kind": Codelist("kind")}
    assert list(tagged(Sample, Long)) == ["note"]
