"""From a file to a table on disk: every value as it was judged, nothing left behind where that fails."""

import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest

from registry.data import convert, inspect, preview, table_format, unpacking
from registry.errors import Invalid


@pytest.fixture
def bring(tmp_path):
    """Inspect and convert; returns the conversion's result."""

    def bring(content, filename="table.csv", change=None, **options):
        source = tmp_path / "source"
        source.write_bytes(content.encode() if isinstance(content, str) else content)
        args = {"source": str(source), "filename": filename, "options": options}
        found = inspect.run(args, None)
        if change:
            change(found["options"])
        return convert.run({**args, "options": found["options"], "target_folder": str(tmp_path / "table")}, None)

    return bring


def rows(result):
    return preview.page(Path(result["folder"]) / "table.parquet", limit=1000)["rows"]


def kinds(result):
    return {column["name"]: column["kind"] for column in result["columns"]}


class Reporter:
    def __init__(self):
        self.told = []

    def progress(self, done, total, message=""):
        self.told.append((done, total, message))

    def ready(self, result):
        self.result = result
        self.files = sorted(path.name for path in Path(result["folder"]).iterdir())


def test_values_arrive_as_what_they_are(bring):
    result = bring("n,x,ok,day,name\n1,1.5,true,2024-01-31,a\n?,2,false,2024-02-29 18:30:00,NA\n3,,true,,c\n")

    assert rows(result) == [
        [1, 1.5, True, "2024-01-31", "a"],
        [None, 2.0, False, "2024-02-29 18:30:00", None],
        [3, None, True, None, "c"],
    ]
    assert result["rows"] == 3
    assert [column["missing"] for column in result["columns"]] == [True, True, False, True, True]


def test_the_file_says_what_its_columns_mean(bring):
    result = bring("c,n\n" + "red,1\nblue,2\n" * 20)
    path = Path(result["folder"]) / "table.parquet"

    assert table_format.read_meta(path)["kinds"] == {"c": "category", "n": "integer"}
    profile = json.loads((path.parent / "profile.json").read_text())
    assert profile["columns"][0]["top"][0]["count"] == 20
    assert (profile["rows"], profile["columns"][1]["distinct"]) == (40, 2)


def test_the_same_file_has_the_same_hash_and_another_has_another(bring):
    first, again = bring("a,b\n1,2\n3,4\n")["content_hash"], bring("a,b\n1,2\n3,4\n")["content_hash"]

    assert first == again
    assert bring("a,b\n1,2\n3,5\n")["content_hash"] != first
    assert bring("a,b\n1,2\n3,4\n", kinds={"a": "text"})["content_hash"] != first


LATE = "a,b\n" + "".join(f"{i},{i}\n" for i in range(12_000))


def test_a_guess_that_does_not_hold_further_down_is_widened_and_said(bring):
    half = bring(LATE + "1.5,7\n")
    assert kinds(half) == {"a": "number", "b": "integer"}
    assert rows_at(half, 12_000) == [1.5, 7]
    assert "a was taken for an integer and became number: 1 value did not fit, for example “1.5”." in half["notes"]

    word = bring(LATE + "none of it,7\n")
    assert kinds(word) == {"a": "text", "b": "integer"}
    assert rows_at(word, 12_000) == ["none of it", 7]


def rows_at(result, offset):
    return preview.page(Path(result["folder"]) / "table.parquet", offset=offset, limit=1)["rows"][0]


def test_a_kind_that_a_person_chose_is_never_widened(bring, tmp_path):
    with pytest.raises(Invalid) as refused:
        bring(LATE + "none of it,7\n", kinds={"a": "number"}, change=lambda o: o["columns"][0].update(chosen=True))

    assert refused.value.code == "value-does-not-fit"
    assert "“none of it”" in refused.value.message and "“a”" in refused.value.message
    assert not (tmp_path / "table").exists()


def test_integers_are_not_rounded_on_the_way_in(bring):
    result = bring(LATE + "2.5,9007199254740993\n")

    assert rows_at(result, 12_000)[0] == 2.5
    assert rows_at(result, 12_000)[1] in ("9007199254740993", 9007199254740993)


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        ("Yes\nno\nY\n0\n", "boolean", [True, False, True, False]),
        ("1\n2\n3\n4\n", "text", ["1", "2", "3", "4"]),
        ("1.0\n2\n3\n4\n", "integer", [1, 2, 3, 4]),
        ("31.12.2024\n01.02.2023\n1.1.2020\n02.02.2022\n", "date", ["2024-12-31", "2023-02-01", "2020-01-01", "2022-02-02"]),
    ],
)
def test_a_person_may_choose_the_kind(bring, text, kind, values):
    result = bring("v;w\n" + "".join(f"{line};x\n" for line in text.split()), kinds={"v": kind})

    assert kinds(result)["v"] == kind
    assert [row[0] for row in rows(result)] == values


def test_marks_in_numbers_are_read(bring):
    assert [r[0] for r in rows(bring("n;x\n1.234,5;a\n-2.000.000;b\n0,25;c\n"))] == [1234.5, -2_000_000.0, 0.25]


def test_columns_can_be_left_out(bring):
    assert [c["name"] for c in bring("a,b,c\n1,2,3\n4,5,6\n", keep=["c", "a"])["columns"]] == ["a", "c"]


def test_ragged_rows_further_down_stop_the_import_with_the_line(bring, tmp_path):
    ragged = "a,b\n" + "1,2\n" * 1_200_000 + "1,2,3\n"
    with pytest.raises(Invalid) as refused:
        bring(ragged)

    assert refused.value.code == "ragged-rows"
    assert "1,200,002" in refused.value.message
    assert not (tmp_path / "table").exists()
    kept = bring(ragged, bad_rows="skip")
    assert kept["rows"] == 1_200_000
    assert any("left out" in note and "1,200,002" in note for note in kept["notes"])


def test_short_rows_can_be_filled(bring):
    assert rows(bring("a,b,c\n1,2,3\n4,5\n6,7,8\n", bad_rows="pad"))[1] == [4, 5, None]


def test_a_wrong_byte_further_down_is_named(bring):
    with pytest.raises(Invalid) as refused:
        bring(b"a,b\n" + b"1,x\n" * 1_200_000 + b"1,caf\xe9\n")

    assert refused.value.code == "wrong-encoding"


def test_a_nul_byte_further_down_is_named(bring):
    with pytest.raises(Invalid) as refused:
        bring(b"a,b\n" + b"1,x\n" * 1_200_000 + b"1,y\x00\n")

    assert refused.value.code == "nul-byte"
    assert "1,200,002" in refused.value.message


def test_other_encodings_arrive_as_they_were_meant(bring):
    text = "name;n\nŁódź;1\nKraków;2\n"
    assert [r[0] for r in rows(bring(text.encode("cp1250"), encoding="cp1250"))] == ["Łódź", "Kraków"]
    assert [r[0] for r in rows(bring(text.encode("utf-16")))] == ["Łódź", "Kraków"]


def test_line_breaks_and_quotes_inside_cells_survive(bring):
    assert rows(bring('a,b\n"two\nlines",1\n"say ""hi""",2\n'))[0][0] == "two\nlines"


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_line_ends_of_other_systems_are_read(bring, ends):
    assert rows(bring("a,b\n1,x\n2,y\n".replace("\n", ends))) == [[1, "x"], [2, "y"]]


def test_packed_files_become_the_same_table(bring):
    text = "a,b\n1,x\n2,y\n"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("in/t.csv", text)

    plain = bring(text)["content_hash"]
    assert bring(gzip.compress(text.encode()), "t.csv.gz")["content_hash"] == plain
    assert bring(archive.getvalue(), "t.zip")["content_hash"] == plain


def test_a_zip_bomb_is_stopped_by_what_comes_out(bring, monkeypatch, tmp_path):
    monkeypatch.setattr(unpacking, "RATIO_FROM", 1_000_000)
    bomb = gzip.compress(b"a,b\n" + b"1,2\n" * 5_000_000)
    with pytest.raises(Invalid) as refused:
        bring(bomb, "bomb.csv.gz")

    assert refused.value.code == "zip-bomb"
    assert not (tmp_path / "table").exists()
    assert not list(tmp_path.glob("convert-*"))


def test_json_lines_and_fields_that_come_late(bring):
    lines = "".join(json.dumps({"n": i, "s": f"x{i}"}) + "\n" for i in range(300_000)) + '{"n": 1, "late": "here"}\n'
    result = bring(lines, "t.jsonl")

    assert kinds(result) == {"n": "integer", "s": "text", "late": "text"}
    assert rows_at(result, 300_000) == [1, None, "here"]
    assert any("late" in note for note in result["notes"])


def test_a_sheet_becomes_a_table(bring):
    import datetime

    import openpyxl

    book = openpyxl.Workbook()
    for row in [["day", "n", "ok", None], [datetime.datetime(2024, 1, 2), 1.0, True], [datetime.date(2024, 1, 3), 2.5, False, "x"]]:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    result = bring(file.getvalue(), "b.xlsx")

    assert kinds(result) == {"day": "date", "n": "number", "ok": "boolean", "column_4": "category"}
    assert rows(result)[1] == ["2024-01-03", 2.5, False, "x"]


def test_parquet_keeps_its_types_and_our_kinds(bring, tmp_path):
    import pandas as pd

    frame = pd.DataFrame(
        {
            "n": [1, 2, 3],
            "x": [1.5, None, 2.5],
            "day": pd.to_datetime(["2024-01-01", "2024-01-02", "2024-01-03"]),
            "c": ["a", "b", "a"],
            "list": [[1], [2, 3], None],
        }
    )
    frame.to_parquet(tmp_path / "in.parquet")
    result = bring((tmp_path / "in.parquet").read_bytes(), "in.parquet")

    assert kinds(result) | {"c": "?", "list": "?"} == {"n": "integer", "x": "number", "day": "date", "c": "?", "list": "?"}
    assert rows(result)[1] == [2, None, "2024-01-02", "b", "[2,3]"]
    again = bring((Path(result["folder"]) / "table.parquet").read_bytes(), "again.parquet")
    assert kinds(again) == kinds(result)


def test_a_parquet_file_cut_in_half_leaves_nothing(bring, tmp_path):
    import pandas as pd

    pd.DataFrame({"n": range(100_000)}).to_parquet(tmp_path / "in.parquet")
    whole = (tmp_path / "in.parquet").read_bytes()
    with pytest.raises(Invalid) as refused:
        bring(whole[: len(whole) // 2], "half.parquet")

    assert refused.value.code == "broken-parquet"
    # The end is whole and the middle is not: the inspection sees nothing, the conversion does.
    with pytest.raises(Invalid) as refused:
        bring(whole[:1000] + b"\0" * 50_000 + whole[51_000:], "hole.parquet")
    assert refused.value.code == "broken-parquet"
    assert not (tmp_path / "table").exists()


def test_five_thousand_columns_become_a_table(bring):
    header = ",".join(f"c{i}" for i in range(5000))
    result = bring(header + "\n" + (",".join(["7"] * 5000) + "\n") * 20)

    assert len(result["columns"]) == 5000
    assert preview.page(Path(result["folder"]) / "table.parquet", columns=["c4999"])["rows"][0] == [7]


def test_progress_goes_from_nothing_to_all(tmp_path):
    source = tmp_path / "source"
    source.write_text("a,b\n1,2\n3,4\n")
    args = {"source": str(source), "filename": "t.csv", "options": {}}
    reporter = Reporter()
    convert.run({**args, "options": inspect.run(args, None)["options"], "target_folder": str(tmp_path / "t")}, reporter)

    done = [step[0] for step in reporter.told]
    assert done == sorted(done) and done[0] == 0 and done[-1] == 100
    # The table is told of before its profile is there.
    assert (reporter.result["rows"], reporter.files) == (2, ["table.parquet"])
