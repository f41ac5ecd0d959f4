"""Files through the studio: what their names may be, who owns which address, parts of large ones."""

from pathlib import Path

import pytest

from tests.protocol.program import Program, bearer, invalid, missing, told

FILES = "/api/2.0/mlflow-artifacts/artifacts"


def body(answer) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.fixture
def files(run) -> str:
    return f"{FILES}/0/{run}/artifacts"


@pytest.fixture
def listed(program, run):
    def entries(path=""):
        answer = program.get("artifacts/list", run_id=run, **({"path": path} if path else {}))
        return {f["path"]: (f["is_dir"], f.get("file_size")) for f in answer.json().get("files", [])}

    return entries


def test_a_file_is_kept_listed_and_given_back(program, run, files, listed):
    assert program.put(f"{files}/model/weights.bin", b"\x00\x01\x02").json() == {}
    program.put(f"{files}/note.txt", b"hello")

    assert listed() == {"model": (True, None), "note.txt": (False, 5)}
    assert listed("model") == {"model/weights.bin": (False, 3)}
    assert program.get("artifacts/list", run_id=run).json()["root_uri"] == f"mlflow-artifacts:/0/{run}/artifacts"
    # The proxy's own list names what lies there without the folder.
    assert program.get(FILES, path=f"0/{run}/artifacts/model").json()["files"] == [
        {"path": "weights.bin", "is_dir": False, "file_size": 3}
    ]
    answer = program.get(f"{files}/model/weights.bin")
    assert body(answer) == b"\x00\x01\x02"
    assert answer.headers["Content-Disposition"] == "attachment; filename=weights.bin"
    assert answer.headers["Content-Type"] == "application/octet-stream"


def test_a_file_may_be_replaced(program, files):
    program.put(f"{files}/a.txt", b"old")
    program.put(f"{files}/a.txt", b"new")

    assert body(program.get(f"{files}/a.txt")) == b"new"


def test_an_empty_file(program, files, listed):
    program.put(f"{files}/empty", b"")

    assert listed() == {"empty": (False, 0)}
    assert body(program.get(f"{files}/empty")) == b""


@pytest.mark.parametrize("name", ["with space.txt", "Größe.txt", "测试/数据.csv", "🎯.png", "n" * 250, "a+b&c=d.txt", "'q\".txt"])
def test_names(program, files, listed, name):
    from urllib.parse import quote

    program.put(f"{files}/{quote(name)}", b"x")

    assert body(program.get(f"{files}/{quote(name)}")) == b"x"
    assert list(listed()) == [name.partition("/")[0]]


def test_empty_parts_of_a_path_are_nothing(program, files, listed):
    program.put(f"{files}/a//b/./c.txt", b"x")

    assert listed("a/b") == {"a/b/c.txt": (False, 1)}
    assert body(program.get(f"{files}/a//b/c.txt")) == b"x"


@pytest.mark.parametrize(
    "path",
    ["../x", "..", "a/../../x", "%2e%2e/x", "%252e%252e/x", "..%2fx", "a/..%252fx", "..\\x", "%5c..%5cx", "a%23b", "%00/../x"],
)
def test_paths_that_lead_out(program, run, files, path, settings):
    before = sorted(p for p in Path(settings.STORE_DIR).rglob("*") if p.is_file())
    assert invalid(program.put(f"{files}/{path}", b"x")) == "Invalid path"
    assert invalid(program.get(f"{files}/{path}")) == "Invalid path"
    assert invalid(program.delete(f"{files}/{path}")) == "Invalid path"
    assert invalid(program.get("artifacts/list", run_id=run, path=path)) == "Invalid path"
    assert invalid(program.get("/get-artifact", run_uuid=run, path=path)) == "Invalid path"
    assert sorted(p for p in Path(settings.STORE_DIR).rglob("*") if p.is_file()) == before


def test_a_name_longer_than_any_file_may_have(program, files):
    assert "longer than the 255 bytes" in invalid(program.put(f"{files}/{'ü' * 200}", b"x"))


def test_a_file_where_a_folder_is(program, files):
    program.put(f"{files}/a/b.txt", b"x")

    assert "is taken by a file or folder" in invalid(program.put(f"{files}/a", b"x"))
    assert "is taken by a file or folder" in invalid(program.put(f"{files}/a/b.txt/c", b"x"))


def test_what_is_not_there(program, run, files, listed):
    program.put(f"{files}/a/b.txt", b"x")

    assert missing(program.get(f"{files}/none")) == f"No such artifact: '0/{run}/artifacts/none'"
    assert "refers to a directory" in invalid(program.get(f"{files}/a"))
    assert listed("none") == {}
    assert listed("a/b.txt") == {}
    missing(program.get(f"{FILES}/0/{'a' * 32}/artifacts/x"))
    missing(program.put(f"{FILES}/0/{'a' * 32}/artifacts/x", b"x"))


def test_deleting(program, files, listed):
    for name in ("a/b.txt", "a/c.txt", "d.txt"):
        program.put(f"{files}/{name}", b"x")

    program.delete(f"{files}/a/b.txt")
    assert listed("a") == {"a/c.txt": (False, 1)}
    program.delete(f"{files}/a")
    assert list(listed()) == ["d.txt"]


def test_files_of_another_workspace(program, run, files, alice):
    from registry.workspaces import services

    program.put(f"{files}/secret.txt", b"x")
    services.create(name="Other", by=alice)
    stranger = Program(bearer(alice), "/w/other")

    missing(stranger.get(f"{files}/secret.txt"))
    missing(stranger.put(f"{files}/secret.txt", b"y"))
    assert stranger.get(FILES, path="").json() == {"files": []}


def test_a_reader_reads(readers_program, program, files):
    program.put(f"{files}/a.txt", b"x")

    assert body(readers_program.get(f"{files}/a.txt")) == b"x"
    told(readers_program.put(f"{files}/a.txt", b"y"), 403, "PERMISSION_DENIED")
    told(readers_program.delete(f"{files}/a.txt"), 403, "PERMISSION_DENIED")


def test_what_belongs_to_no_run_belongs_to_the_workspace(program):
    program.put(f"{FILES}/somewhere/a.txt", b"x")

    assert program.get(FILES, path="somewhere").json()["files"] == [{"path": "a.txt", "is_dir": False, "file_size": 1}]
    assert invalid(program.delete(f"{FILES}/")) == "Invalid path"


def test_an_experiment_with_an_address_of_its_own(program):
    key = program.post("experiments/create", name="x", artifact_location="mlflow-artifacts:/team/fraud").json()["experiment_id"]
    info = program.post("runs/create", experiment_id=key).json()["run"]["info"]
    program.put(info["artifact_uri"].replace("mlflow-artifacts:", FILES) + "/a.txt", b"x")

    assert program.get("artifacts/list", run_id=info["run_id"]).json()["files"] == [{"path": "a.txt", "is_dir": False, "file_size": 1}]


def test_files_of_a_logged_model(program):
    model = program.post("logged-models", experiment_id="0", name="m").json()["model"]["info"]
    place = model["artifact_uri"].replace("mlflow-artifacts:", FILES)
    program.put(f"{place}/MLmodel", b"flavors: {}")

    assert body(program.get(f"{place}/MLmodel")) == b"flavors: {}"
    assert program.get(f"{place}/MLmodel").headers["Content-Type"] == "text/plain"


@pytest.mark.parametrize(
    ("asked", "status", "part", "told_range"),
    [
        ("bytes=2-4", 206, b"234", "bytes 2-4/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=-2", 206, b"89", "bytes 8-9/10"),
        ("bytes=0-999", 206, b"0123456789", "bytes 0-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bytes=1-2,4-5", 200, b"0123456789", None),
        ("lines=1-2", 200, b"0123456789", None),
        ("bytes=-", 200, b"0123456789", None),
    ],
)
def test_parts_of_a_file(program, files, asked, status, part, told_range):
    program.put(f"{files}/digits", b"0123456789")

    answer = program.ask("GET", f"{files}/digits", Range=asked)

    assert (answer.status_code, body(answer), answer.headers.get("Content-Range")) == (status, part, told_range)
    assert answer.headers["Content-Length"] == str(len(part))


@pytest.mark.parametrize("name", ["page.html", "drawing.svg"])
def test_nothing_runs_in_our_origin(program, files, name):
    program.put(f"{files}/{name}", b"<svg onload=alert(1)>")

    answer = program.get(f"{files}/{name}")

    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert (answer.headers["X-Content-Type-Options"], answer.headers["Content-Security-Policy"]) == ("nosniff", "sandbox")


def test_the_older_ways(program, run):
    answer = program.ask(
        "POST", "/ajax-api/2.0/mlflow/upload-artifact", b"small", query={"run_uuid": run, "path": "a/b.txt"},
        content_type="application/octet-stream",
    )  # fmt: skip
    assert answer.status_code == 200

    assert body(program.get("/get-artifact", run_uuid=run, path="a/b.txt")) == b"small"
    assert body(program.get("/get-artifact", run_id=run, path="a/b.txt")) == b"small"
    asks = "Missing value for required parameter 'path'."
    assert invalid(program.get("/get-artifact", run_id=run)).startswith(asks)


def test_files_of_a_version(program, workspace, settings):
    from registry.mlmodels.models import ModelVersion, RegisteredModel
    from tests.registry import make

    model = RegisteredModel.objects.create(workspace=workspace, name="income")
    make.model_folder(settings.STORE_DIR / "models" / "1" / "1")
    ModelVersion.objects.create(model=model, number=1, path="models/1/1")

    answer = program.get("/model-versions/get-artifact", name="income", version=1, path="MLmodel")

    assert b"flavors" in body(answer)
    missing(program.get("/model-versions/get-artifact", name="income", version=2, path="MLmodel"))
    assert invalid(program.get("/model-versions/get-artifact", name="income", version=1, path="../1/MLmodel")) == "Invalid path"


def test_an_upload_that_is_not_finished_is_nowhere(program, files, listed, settings):
    """Whatever lies in the staging folder is swept; nothing of it can be reached."""
    from registry.mlflow_api import uploads

    staged = uploads.Staged()
    with staged:
        staged.write(b"half of")
        assert listed() == {}
    assert not list(uploads.folder().iterdir())


class TestMultipart:
    BASE = "/api/2.0/mlflow-artifacts/mpu"

    @pytest.fixture
    def folder(self, run):
        return f"0/{run}/artifacts/models"

    def begin(self, program, folder, parts=3):
        return program.post(f"{self.BASE}/create/{folder}", path="/home/me/big.bin", num_parts=parts).json()

    def send(self, begun, number, data):
        """As a client does: to the address alone, with no token."""
        address = begun["credentials"][number - 1]["url"].removeprefix("http://testserver")
        answer = Program().put(address, data)
        assert answer.status_code == 200, answer.content
        return {"part_number": number, "etag": answer.headers["ETag"], "url": address}

    def complete(self, program, folder, begun, parts):
        return program.post(
            f"{self.BASE}/complete/{folder}", path="/home/me/big.bin", upload_id=begun["upload_id"], parts=parts
        )

    def test_parts_in_any_order_become_one_file(self, program, folder, files, listed):
        begun = self.begin(program, folder)
        parts = [self.send(begun, number, str(number).encode() * 1000) for number in (2, 3, 1)]

        assert listed("models") == {}
        assert self.complete(program, folder, begun, parts).json() == {}

        assert body(program.get(f"{files}/models/big.bin")) == b"1" * 1000 + b"2" * 1000 + b"3" * 1000

    def test_a_part_sent_again_counts_as_told(self, program, folder, files):
        begun = self.begin(program, folder, 1)
        self.send(begun, 1, b"torn")
        again = self.send(begun, 1, b"whole")

        self.complete(program, folder, begun, [again])

        assert body(program.get(f"{files}/models/big.bin")) == b"whole"

    def test_what_was_not_sent_cannot_be_completed(self, program, folder, listed):
        begun = self.begin(program, folder)
        part = self.send(begun, 1, b"x")

        assert "Part 2 has not been uploaded" in invalid(
            self.complete(program, folder, begun, [part, {"part_number": 2, "etag": "a" * 16}])
        )
        for etag in ("../../x", "", "a" * 15):
            invalid(self.complete(program, folder, begun, [{"part_number": 1, "etag": etag}]))
        assert "without parts" in invalid(self.complete(program, folder, begun, []))
        assert listed("models") == {}

    def test_an_aborted_upload_leaves_nothing(self, program, folder):
        from registry.mlflow_api import uploads

        begun = self.begin(program, folder)
        part = self.send(begun, 1, b"x")
        program.post(f"{self.BASE}/abort/{folder}", path="big.bin", upload_id=begun["upload_id"])

        assert not list(uploads.folder().iterdir())
        missing(self.complete(program, folder, begun, [part]))
        address = begun["credentials"][0]["url"].removeprefix("http://testserver")
        missing(Program().put(address, b"late"))

    def test_an_address_that_is_not_signed(self, program, folder):
        told(Program().put(f"{self.BASE}/part/WyJhIiwxXQ:1x:zzz", b"x"), 403, "PERMISSION_DENIED")
        begun = self.begin(program, folder)
        # What is signed for one use is not good for another.
        told(Program().get(f"/api/2.0/mlflow-artifacts/signed/{begun['upload_id']}"), 403, "PERMISSION_DENIED")

    def test_an_upload_is_for_one_file(self, program, folder):
        begun = self.begin(program, folder, 1)
        part = self.send(begun, 1, b"x")

        missing(self.complete(program, folder + "/elsewhere", begun, [part]))

    @pytest.mark.parametrize(("parts", "fault"), [(0, "between 1 and 10000"), (10_001, "between 1 and 10000"), ("x", "Hint")])
    def test_how_many_parts(self, program, folder, parts, fault):
        assert fault in invalid(program.post(f"{self.BASE}/create/{folder}", path="a", num_parts=parts))

    @pytest.mark.parametrize("name", ["..", "/", "a/..", "b%2f..%2f..%2fx", "a#b"])
    def test_names_that_lead_out(self, program, folder, name):
        assert invalid(program.post(f"{self.BASE}/create/{folder}", path=name, num_parts=1)) in (
            "Invalid path", "Missing value for required parameter 'path'.",
        )  # fmt: skip

    def test_who_may_only_read(self, readers_program, folder):
        told(readers_program.post(f"{self.BASE}/create/{folder}", path="a", num_parts=1), 403, "PERMISSION_DENIED")

    def test_a_download_by_a_signed_address(self, program, files, folder, run):
        program.put(f"{files}/a.txt", b"0123456789")

        told_address = program.get(f"/api/2.0/mlflow-artifacts/presigned/0/{run}/artifacts/a.txt").json()

        assert told_address["file_size"] == 10
        address = told_address["url"].removeprefix("http://testserver")
        assert body(Program().ask("GET", address, Range="bytes=0-3")) == b"0123"
        told(Program().get(address[:-1] + "x"), 403, "PERMISSION_DENIED")
