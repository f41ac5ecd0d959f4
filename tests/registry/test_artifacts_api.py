"""Files among a run's artifacts: lists, previews, rows, lines, and how they are sent to a browser."""

import io
import json
import zipfile
from urllib.parse import quote

import pytest

from registry.runs.browsing import finds, kinds, places
from registry.runs.models import Tag
from tests.registry import make

pytestmark = pytest.mark.django_db
EVIL = "<script>fetch('/api/v1/me').then(r => r.text()).then(t => parent.postMessage(t, '*'))</script>"
ODD = ["a b/ü 漢字 ☕.txt", "100%.txt", "x" * 246 + ".txt", "-flag.txt", "deep/er/and/er.txt", 'quote".txt', "semi;colon,.txt"]


@pytest.fixture
def run(workspace, alice):
    return make.tracked(workspace, alice)


@pytest.fixture
def address(run):
    return f"/api/v1/w/lab/runs/{run.run_id}/artifacts"


@pytest.fixture
def api(rita, api_for):
    return api_for(rita)


def body(answer):
    return b"".join(answer.streaming_content)


def test_a_folder_lists_folders_first_and_step_2_before_step_10(run, address, api):
    for name in ("step10.txt", "step2.txt", "z/inner.txt"):
        make.artifact(run, name, "x")

    found = api.get(address).json()

    assert [(e["name"], e["is_dir"], e["size"]) for e in found["entries"]] == [
        ("z", True, None), ("step2.txt", False, 1), ("step10.txt", False, 1)
    ]  # fmt: skip
    assert api.get(f"{address}?path=z").json()["entries"][0]["path"] == "z/inner.txt"
    assert api.get(f"{address}?path=nothing").json()["entries"] == []


def test_a_folder_of_ten_thousand_files_comes_by_the_page(run, address, api):
    folder = make.artifact(run, "many/0.txt", "x").parent
    for n in range(1, 10_000):
        (folder / f"{n}.txt").touch()

    page = api.get(f"{address}?path=many&offset=9000&limit=5000").json()

    assert page["total"] == 10_000 and len(page["entries"]) == 1000
    assert page["entries"][-1]["name"] == "9999.txt"


@pytest.mark.parametrize("name", ODD)
def test_odd_names_are_listed_previewed_and_sent(run, address, api, name):
    make.artifact(run, name, "Grüße")
    folder, _, last = name.rpartition("/")

    assert last in [e["name"] for e in api.get(f"{address}?path={quote(folder)}").json()["entries"]]
    assert api.get(f"{address}/preview?path={quote(name)}").json()["text"] == "Grüße"
    assert body(api.get(f"{address}/raw/{quote(name)}")).decode() == "Grüße"


@pytest.mark.parametrize("path", ["../../secret-key", "a/../../x", "..", "%2e%2e/x", "/etc/passwd", "a\\..\\b", "a\0b", "file:///etc/passwd"])
def test_no_path_leads_out_of_the_run(run, address, api, path):
    make.artifact(run, "a/b.txt", "x")

    for asked in (f"?path={quote(path)}", f"/preview?path={quote(path)}", f"/zip?path={quote(path)}", f"/raw/{quote(path)}",
                  f"/lines?path={quote(path)}", f"/rows?path={quote(path)}"):  # fmt: skip
        answer = api.get(address + asked)
        assert answer.status_code in (404, 422) or answer.json()["entries"] == [], asked


def test_another_workspaces_artifacts_are_not_there(run, address, oscar, api_for):
    make.artifact(run, "a.txt", "x")

    assert api_for(oscar).get(f"{address}/raw/a.txt").status_code == 404


# How files are sent.


@pytest.mark.parametrize("name", ["page.html", "page.HTM", "drawing.svg", "page.xhtml"])
def test_what_can_hold_scripts_gets_an_origin_of_its_own(run, address, api, name):
    make.artifact(run, name, EVIL)

    answer = api.get(f"{address}/raw/{name}")

    policy = answer["Content-Security-Policy"]
    assert policy.startswith("sandbox") and "allow-same-origin" not in policy and "allow-top-navigation" not in policy
    assert "connect-src 'none'" in policy or "default-src 'none'" in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert body(answer).decode() == EVIL


@pytest.mark.parametrize("name", ["model.pkl", "no-ending", "page.shtml", "x.swf", "book.pdf", "style.xsl"])
def test_what_is_not_known_is_saved_not_shown(run, address, api, name):
    make.artifact(run, name, EVIL)

    answer = api.get(f"{address}/raw/{name}")

    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    assert "sandbox" in answer["Content-Security-Policy"]


@pytest.mark.parametrize(("name", "type"), [("a.js", "text/plain"), ("a.py", "text/plain"), ("a.json", "text/plain"), ("a.css", "text/plain")])
def test_a_text_is_never_a_script_or_a_style(run, address, api, name, type):
    make.artifact(run, name, "alert(1)")

    assert api.get(f"{address}/raw/{name}")["Content-Type"].startswith(type)


def test_a_download_is_a_download(run, address, api):
    make.artifact(run, "plots/a ü.png", b"\x89PNG")

    answer = api.get(f"{address}/raw/{quote('plots/a ü.png')}?download=1")

    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''a%20%C3%BC.png"
    assert answer["Content-Length"] == "4"


def test_a_folder_is_packed_while_it_is_sent(run, address, api):
    make.artifact(run, "model/MLmodel", "flavors: {}")
    make.artifact(run, "model/data/weights.bin", b"\0" * 3_000_000)

    answer = api.get(f"{address}/zip?path=model")

    archive = zipfile.ZipFile(io.BytesIO(body(answer)))
    assert sorted(archive.namelist()) == ["model/MLmodel", "model/data/weights.bin"]
    assert archive.testzip() is None
    assert api.get(f"{address}/zip?path=model/MLmodel").json()["code"] == "not-a-folder"


# Previews.


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.py", "print(1)", "text"), ("notes.md", "# x", "markdown"), ("a.ipynb", "{}", "notebook"),
        ("LICENSE", "MIT", "text"), ("unknown.xyz", "plain words", "text"), ("unknown.bin", "\0\1\2", "binary"),
        ("wrong.txt", "\0\0", "binary"), ("a.png", "x", "image"), ("a.svg", "<svg/>", "svg"), ("a.html", "x", "html"),
        ("a.csv", "a,b", "table"), ("a.pdf", "%PDF", "pdf"),
    ],
)  # fmt: skip
def test_a_preview_says_what_it_is(run, address, api, name, content, kind):
    make.artifact(run, name, content)

    assert api.get(f"{address}/preview?path={name}").json()["kind"] == kind


def test_a_long_text_is_cut_and_says_so(run, address, api):
    make.artifact(run, "long.txt", "ü" * 600_000)

    shown = api.get(f"{address}/preview?path=long.txt").json()

    assert shown["truncated"] and set(shown["text"]) == {"ü"} and shown["size"] == 1_200_000


# Logs.


def test_a_log_is_read_from_its_end_backwards_and_onwards(run, address, api):
    make.artifact(run, "logs/rank_0.log", "".join(f"line {n}\n" for n in range(2000)))

    def page(query):
        found = api.get(f"{address}/lines?path=logs/rank_0.log&{query}").json()
        return [line["text"] for line in found["lines"]], found

    texts, end = page("tail=true&limit=100")
    assert texts == [f"line {n}" for n in range(1900, 2000)]
    texts, _ = page(f"before={end['previous']}&limit=100")
    assert texts == [f"line {n}" for n in range(1800, 1900)]
    texts, start = page("limit=10")
    assert texts[0] == "line 0" and len(texts) == 10
    texts, _ = page(f"after={start['next']}&limit=3")
    assert texts == ["line 10", "line 11", "line 12"]
    texts, found = page(f"after={end['lines'][-1]['number']}")
    assert texts == [] and found["next"] is None
    texts, _ = page("q=LINE 199&tail=true")
    assert texts == ["line 199"] + [f"line {n}" for n in range(1990, 2000)]
    texts, found = page("q=line&tail=true&limit=2")
    assert texts == ["line 1998", "line 1999"] and found["previous"]
    texts, found = page("q=line 19&limit=2")
    assert texts == ["line 19", "line 190"] and found["next"]


def test_a_log_without_a_last_line_end_and_with_a_progress_bar(run, address, api):
    make.artifact(run, "logs/out.log", b"10%\r50%\r100%\nb\xe4d\nlast")

    found = api.get(f"{address}/lines?path=logs/out.log&tail=true").json()

    assert [line["text"] for line in found["lines"]] == ["100%", "b\ufffdd", "last"]
    assert found["previous"] is None


# Tables.


def test_a_csv_is_paged_sorted_and_filtered(run, address, api):
    make.artifact(run, "t.csv", "a,b\n" + "".join(f"{n},w{n}\n" for n in range(500)))

    page = api.get(f"{address}/rows?path=t.csv&limit=2&sort=-a").json()

    assert page["rows"] == [[499, "w499"], [498, "w498"]] and page["total"] == 500


def test_a_csv_with_rows_of_different_lengths_is_shown_as_text(run, address, api):
    make.artifact(run, "t.csv", "a,b\n1,2\n" * 3 + "1\n2,3\n")

    assert api.get(f"{address}/rows?path=t.csv").json()["total"] >= 4


def test_a_logged_table_with_pictures_nests_and_mixed_types(run, address, api):
    table = {"columns": ["q", "score", "q"], "data": [["a", 1, {"type": "image"}], ["b", "high", None], ["c"]]}
    make.artifact(run, "tables/eval.json", json.dumps(table))

    page = api.get(f"{address}/rows?path=tables/eval.json").json()

    assert [c["name"] for c in page["columns"]] == ["q", "score", "q (2)"]
    assert page["rows"] == [["a", "1", '{"type": "image"}'], ["b", "high", None], ["c", None, None]]


def test_a_table_that_is_replaced_is_read_anew(run, address, api):
    make.artifact(run, "t.json", json.dumps([{"a": 1}]))
    assert api.get(f"{address}/rows?path=t.json").json()["rows"] == [[1]]

    make.artifact(run, "t.json", json.dumps([{"a": 2}, {"a": 3}]))

    assert api.get(f"{address}/rows?path=t.json").json()["rows"] == [[2], [3]]


@pytest.mark.parametrize(("name", "content"), [("a.json", "{}"), ("a.json", "[1, 2]"), ("a.json", "{"), ("a.parquet", "no"), ("a.txt", "x")])
def test_what_is_no_table_says_so(run, address, api, name, content):
    make.artifact(run, name, content)

    answer = api.get(f"{address}/rows?path={name}")

    assert answer.status_code == 422 and name in answer.json()["message"]


# What there is to see.


@pytest.mark.parametrize("mark", ["+", "%"])
def test_pictures_of_a_series_come_with_key_and_step_and_their_small_copy(run, address, api, mark):
    for step in (10, 2):
        stem = mark.join(["images/val~dogs", "step", str(step), "timestamp", "1700000000000", "0b1f-22"])
        make.artifact(run, f"{stem}.png", "x")
        make.artifact(run, f"{stem}{mark}compressed.webp", "x")
    make.artifact(run, "confusion.png", "x")

    found = api.get(f"{address}/find?kind=image").json()["files"]

    assert [(f.get("key"), f.get("step")) for f in found] == [("val/dogs", 2), ("val/dogs", 10), (None, None)]
    assert found[0]["path"].endswith(".png") and found[0]["small"].endswith(".webp")


def test_a_picture_of_a_series_opens_whatever_stands_between_its_parts(run, address, api):
    path = "images/dogs%step%1%timestamp%1700000000000%0b1f.png"
    make.artifact(run, path, b"\x89PNG")

    answer = api.get(f"{address}/raw/{quote(path)}")
    assert body(answer) == b"\x89PNG" and "immutable" in answer["Cache-Control"]


def test_the_summary_counts_what_tabs_need(run, address, api):
    for path in ("a.png", "t.csv", "tables/x.json", "other.json", "logs/rank_0.log", "code/train.py"):
        make.artifact(run, path, "x")
    Tag.objects.create(run=run, key=finds.TABLES_TAG, value=json.dumps([{"path": "tables/x.json", "type": "table"}]))

    assert api.get(f"{address}/summary").json() == {"any": 6, "image": 1, "table": 2, "log": 1, "code": 1}


def test_a_look_ends_and_says_that_it_did(run, monkeypatch):
    monkeypatch.setattr(finds, "MOST_SEEN", 3)
    for n in range(5):
        make.artifact(run, f"{n}.png", "x")

    found = finds.find(places.of_run(run), "image", {})

    assert len(found["files"]) == 3 and found["complete"] is False


@pytest.mark.parametrize("head", ["é".encode()[:1], b"plain " + "漢".encode()[:2], b""])
def test_a_character_cut_in_two_is_still_text(head):
    assert kinds.is_text(b"text " + head)


def test_bytes_are_no_text():
    assert not kinds.is_text(b"\x80\x04\x95") and not kinds.is_text(b"a\0b")
