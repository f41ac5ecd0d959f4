"""What the studio finds in a file before anything is imported, and the sentence it has for what it cannot read."""

import gzip
import io
import zipfile

import pytest

from registry.data import inspect
from registry.errors import Invalid


@pytest.fixture
def look(tmp_path):
    def look(content, filename="table.csv", **options):
        source = tmp_path / "source"
        source.write_bytes(content.encode() if isinstance(content, str) else content)
        return inspect.run({"source": str(source), "filename": filename, "options": options}, None)

    return look


def kinds(found):
    return {column["name"]: column["kind"] for column in found["columns"]}


def refusal(look, *args, **options):
    with pytest.raises(Invalid) as refused:
        look(*args, **options)
    return refused.value


def packed(**members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def workbook(**sheets):
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


PEOPLE = "name,age,height,member,born,city\n" + "".join(
    f"Person {i},{20 + i},1.{50 + i},{'true' if i % 2 else 'false'},19{60 + i}-03-0{1 + i % 9},{'Bonn' if i % 3 else 'Ulm'}\n"
    for i in range(30)
)


def test_kinds_are_inferred_from_the_values(look):
    assert kinds(look(PEOPLE)) == {
        "name": "text",
        "age": "integer",
        "height": "number",
        "member": "boolean",
        "born": "date",
        "city": "category",
    }


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(look, separator):
    found = look(PEOPLE.replace(",", separator))

    assert found["options"]["separator"] == separator
    assert len(found["columns"]) == 6


def test_a_comma_inside_quotes_is_no_separator(look):
    found = look('name;note\n"a";"x, y, z"\n"b";"1, 2"\n')

    assert [c["name"] for c in found["columns"]] == ["name", "note"]
    assert found["preview"]["rows"] == [["a", "x, y, z"], ["b", "1, 2"]]


def test_words_that_mean_missing_are_found(look):
    found = look("make,price,doors\naudi,?,two\nbmw,12,?\nvw,NA,four\nvw,15,four\n")

    assert "?" in found["options"]["missing"]
    assert kinds(found)["price"] == "integer"
    assert [c["missing"] for c in found["columns"]] == [0, 2, 1]
    assert found["preview"]["rows"][0] == ["audi", None, "two"]


def test_a_dash_is_missing_only_among_numbers(look):
    assert "-" in look("a,b\n1,x\n-,y\n3,z\n")["options"]["missing"]
    assert "-" not in look("a,b\nx,1\n-,2\ny,3\n")["options"]["missing"]


def test_a_file_without_header_is_seen_to_have_none(look):
    found = look("1,2.5,red\n2,3.5,blue\n3,4.5,red\n")

    assert found["options"]["header"] is False
    assert [c["name"] for c in found["columns"]] == ["column_1", "column_2", "column_3"]
    assert found["rows_looked_at"] == 3


def test_a_title_above_the_table_is_left_out(look):
    found = look("Report of 2024\n\nname,age,city\nAnn,3,Ulm\nBob,4,Bonn\n")

    assert [c["name"] for c in found["columns"]] == ["name", "age", "city"]
    assert any("left out as a title" in note for note in found["notes"])


def test_codes_with_leading_zeros_and_very_long_numbers_stay_text(look):
    found = look("zip,id\n01234,12345678901234567890\n53111,12345678901234567891\n00001,12345678901234567892\n")

    assert kinds(found) == {"zip": "text", "id": "text"}


@pytest.mark.parametrize(
    ("numbers", "decimal", "thousands"),
    [
        (["1,5", "2,75", "3,0"], ",", ""),
        (["1.234,5", "2.345.678,75", "3,0"], ",", "."),
        (["1,234.5", "2,345,678.75", "3.0"], ".", ","),
        (["1 234.5", "22 345.75", "3.0"], ".", " "),
    ],
)
def test_the_marks_in_numbers_are_found(look, numbers, decimal, thousands):
    found = look("n;name\n" + "".join(f"{n};{i}x\n" for i, n in enumerate(numbers)))

    assert kinds(found)["n"] == "number"
    assert (found["options"]["decimal"], found["options"]["thousands"]) == (decimal, thousands)


@pytest.mark.parametrize(
    "days",
    [
        ["31.12.2024", "01.02.2023"],
        ["12/31/2024", "02/28/2023"],
        ["31/12/2024 18:30", "28/02/2023 07:15"],
        ["2024-12-31T10:00:00Z", "2023-01-01T00:00:00Z"],
        ["1949-01", "1949-02"],
        ["31 Dec 2024", "1 Feb 2023"],
        ["Dec 31, 2024", "Feb 1, 2023"],
    ],
)
def test_days_are_recognised_as_people_write_them(look, days):
    found = look("d;n\n" + "".join(f"{day};{i}\n" for i, day in enumerate(days)))

    assert kinds(found)["d"] == "date"


def test_days_that_could_be_either_way_round_are_pointed_out(look):
    found = look("d,n\n01/02/2024,1\n03/04/2024,2\n")

    assert any("day first or month first" in note for note in found["notes"])
    assert look("d,n\n01/02/2024,1\n03/04/2024,2\n", day_first=True)["options"]["columns"][0]["form"][0] == "%d/%m/%Y"


def test_a_chosen_kind_that_does_not_fit_is_a_problem_with_its_value(look):
    found = look("a,b\n1,x\n2,y\nabc,z\n", kinds={"a": "integer"})

    assert found["problems"][0]["code"] == "value-does-not-fit"
    assert "“abc”" in found["problems"][0]["message"]
    assert found["columns"][0]["problem"]


def test_western_letters_are_decoded_and_the_guess_is_said(look):
    found = look("name,n\ncafé,1\nMüller,2\n".encode("cp1252"))

    assert found["options"]["encoding"] == "cp1252"
    assert found["preview"]["rows"][0][0] == "café"
    assert any("not UTF-8" in note for note in found["notes"])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_marked_and_wide_encodings_are_read(look, encoding):
    found = look("name,n\ncafé,1\nMüller,2\nx,3\n".encode(encoding))

    assert [c["name"] for c in found["columns"]] == ["name", "n"]
    assert found["preview"]["rows"][0] == ["café", "1"]


def test_a_wrong_encoding_names_the_line_and_the_way_out(look):
    error = refusal(look, "name,n\nx,1\ncafé,2\n".encode("cp1252"), encoding="utf-8")

    assert error.code == "wrong-encoding"
    assert "line 3" in error.message and "Choose another encoding" in error.message


def test_a_nul_byte_is_named_with_its_line(look):
    error = refusal(look, b"a,b\n1,x\n2,y\x00z\n")

    assert error.code == "nul-byte"
    assert "line 3" in error.message


def test_an_empty_file_is_refused(look):
    assert refusal(look, b"").code == "empty-file"
    assert refusal(look, gzip.compress(b""), "empty.csv.gz").code == "empty-file"
    assert refusal(look, packed(), "empty.zip").code == "empty-file"


def test_a_header_without_rows_cannot_be_imported(look):
    found = look("a,b,c\n")

    assert found["problems"][0]["code"] == "no-rows"
    assert "has a header but no rows" in found["problems"][0]["message"]


def test_ragged_rows_are_a_problem_with_line_and_numbers(look):
    found = look("a,b,c\n1,2,3\n4,5\n6,7,8\n")

    problem = found["problems"][0]
    assert problem["code"] == "ragged-rows"
    assert "Line 3" in problem["message"] and "2 values where the table has 3 columns" in problem["message"]
    assert not look("a,b,c\n1,2,3\n4,5\n6,7,8\n", bad_rows="pad")["problems"]
    assert not look("a,b,c\n1,2,3\n4,5\n6,7,8\n", bad_rows="skip")["problems"]


def test_names_are_made_unique_and_it_is_said(look):
    found = look("a,,a,A,\n1,2,3,4,5\n6,7,8,9,0\n")

    names = [c["name"] for c in found["columns"]]
    assert names == ["a", "column_2", "a_2", "A_3", "column_5"]
    assert len({name.lower() for name in names}) == 5
    assert any("without a name" in note for note in found["notes"])
    assert any("a → a_2" in note for note in found["notes"])


def test_five_thousand_columns_are_read_and_eleven_thousand_refused(look):
    def wide(columns):
        return ",".join(f"c{i}" for i in range(columns)) + "\n" + (",".join("1" * columns) + "\n") * 3

    found = look(wide(5000))
    assert len(found["columns"]) == 5000
    assert set(kinds(found).values()) == {"integer"}
    assert refusal(look, wide(11_000)).code == "too-many-columns"


def test_json_lines_keep_every_field_of_every_row(look):
    found = look('{"a": 1, "b": "x"}\n{"a": 2, "c": {"d": [1]}}\n{"b": null, "a": 3}\n', "t.jsonl")

    assert [c["name"] for c in found["columns"]] == ["a", "b", "c"]
    assert kinds(found)["a"] == "integer"
    assert found["preview"]["rows"][1] == ["2", None, '{"d":[1]}']


def test_a_json_list_of_objects_is_read_too(look):
    assert kinds(look('[{"a": 1.5}, {"a": 2.5}]', "t.json")) == {"a": "number"}


def test_a_broken_json_line_is_refused(look):
    assert refusal(look, '{"a": 1}\n{"a": 2\n{"a": 3}\n', "t.jsonl").code == "broken-json"


def test_the_sheet_of_a_workbook_can_be_chosen(look):
    book = workbook(First=[["a", "b"], [1, "x"], [2, "y"]], Second=[["day", "n"], ["2024-01-01", 1.5], ["2024-01-02", None]])

    assert look(book, "b.xlsx")["sheets"] == ["First", "Second"]
    found = look(book, "b.xlsx", sheet="Second")
    assert kinds(found) == {"day": "date", "n": "number"}
    assert refusal(look, book, "b.xlsx", sheet="Third").code == "unknown-sheet"


@pytest.mark.parametrize("pack", [gzip.compress, lambda content: packed(**{"people.csv": content})])
def test_packed_files_are_read(look, pack):
    found = look(pack(PEOPLE.encode()), "people.csv.packed")

    assert kinds(found)["age"] == "integer"


def test_a_zip_of_several_files_offers_them(look):
    archive = packed(**{"one.csv": "a\n1\n2\n", "two.csv": "b\nx\ny\n", "__MACOSX/._one.csv": "junk"})

    assert look(archive, "two.zip")["members"] == ["one.csv", "two.csv"]
    assert list(kinds(look(archive, "two.zip", member="two.csv"))) == ["b"]


def test_a_packed_workbook_is_read(look):
    book = workbook(S=[["a"], [1], [2]])

    assert kinds(look(gzip.compress(book), "b.xlsx.gz")) == {"a": "integer"}
    assert kinds(look(packed(**{"b.xlsx": book}), "b.zip")) == {"a": "integer"}


@pytest.mark.parametrize(
    ("content", "filename", "code"),
    [
        (gzip.compress(PEOPLE.encode())[:-20], "p.csv.gz", "broken-archive"),
        (packed(**{"p.csv": PEOPLE})[:-30], "p.zip", "broken-archive"),
        (workbook(S=[["a"], [1]])[:-200], "b.xlsx", "broken-archive"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, "old.xls", "unknown-format"),
        (b"%PDF-1.7 ...", "paper.pdf", "unknown-format"),
        (b"PAR1 and then nothing", "t.parquet", "broken-parquet"),
        (b"no parquet at all", "t.parquet", "broken-parquet"),
        (gzip.compress(gzip.compress(b"a,b\n1,2\n")), "twice.csv.gz.gz", "nested-archive"),
    ],
)
def test_damaged_and_foreign_files_end_in_a_sentence(look, content, filename, code):
    error = refusal(look, content, filename)

    assert error.code == code
    assert error.message.endswith(".") and filename.split(".")[0] in error.message


def test_an_archive_whose_names_leave_the_folder_writes_nothing_outside(look, tmp_path):
    found = look(packed(**{"../../evil.csv": "a,b\n1,2\n3,4\n"}), "evil.zip")

    assert found["members"] == ["../../evil.csv"]
    assert kinds(found) == {"a": "integer", "b": "integer"}
    assert not list(tmp_path.parent.rglob("evil.csv"))
