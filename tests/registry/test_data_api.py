"""Uploads, versions and rows over REST, and what is left when something goes wrong."""

import threading
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from registry.data import convert, inspect, selectors, services, signals
from registry.data.models import DataAsset, DataVersion, Upload
from registry.errors import Invalid, StudioError

CSV = b"n,word\n1,a\n2,b\n3,a\n4,b\n"
DATA = "/api/v1/w/lab/data"


def engine(upload_id):
    """What the engine does with an upload that waits."""
    args = services.inspection_args(upload_id)
    try:
        services.inspection_done(upload_id, inspect.run(args, None))
    except StudioError as error:
        services.inspection_failed(upload_id, error)


def run_import(version):
    try:
        services.import_done(version.pk, convert.run(services.import_args(version.pk), None))
    except StudioError as error:
        services.import_failed(version.pk, error)


def send(api, content=CSV, filename="words.csv", chunk=10):
    began = api.post(f"{DATA}/uploads", {"filename": filename, "size": len(content)}, format="json")
    assert began.status_code == 201, began.json()
    address = f"{DATA}/uploads/{began.json()['id']}"
    for offset in range(0, len(content), chunk):
        answer = patch(api, address, offset, content[offset : offset + chunk])
        assert answer.status_code == 200, answer.json()
    return address, began.json()["id"]


def patch(api, address, offset, body):
    return api.generic("PATCH", address, body, content_type="application/octet-stream", HTTP_UPLOAD_OFFSET=str(offset))


def bring(api, content=CSV, name="words", **more):
    address, upload_id = send(api, content, **more)
    engine(upload_id)
    answer = api.post(f"{address}/import", {"name": name}, format="json")
    assert answer.status_code == 201, answer.json()
    version = DataVersion.objects.get(asset__name=answer.json()["name"], number=answer.json()["number"])
    run_import(version)
    return answer.json()


def test_a_version_is_ready_before_its_profile_and_says_so(api_for, alice):
    api = api_for(alice)
    address, upload_id = send(api, b"n,x\n1,2.5\n,nan\n3,0.5\n")
    engine(upload_id)
    api.post(f"{address}/import", {"name": "words"}, format="json")
    version = DataVersion.objects.get()
    seen = {}

    class Reporter:
        def progress(self, *_):
            pass

        def ready(self, result):
            services.import_ready(version.pk, result)
            services.import_ready(version.pk, result)
            seen["version"] = api.get(f"{DATA}/words/versions/1").json()
            seen["rows"] = api.get(f"{DATA}/words/versions/1/rows").json()["total"]
            seen["profile"] = api.get(f"{DATA}/words/versions/1/profile")

    result = convert.run(services.import_args(version.pk), Reporter())

    assert (seen["version"]["status"], seen["rows"]) == ("ready", 3)
    assert [column["missing"] for column in seen["version"]["columns"]] == [True, True]
    assert (seen["profile"].status_code, seen["profile"].json()["code"]) == (409, "profile-not-ready")

    for _ in range(2):
        services.import_done(version.pk, result)
    profile = api.get(f"{DATA}/words/versions/1/profile").json()
    assert [column["missing"] for column in profile["columns"]] == [1, 1]
    assert DataVersion.objects.get().progress == {} and not (settings.UPLOAD_DIR / upload_id).exists()


def test_a_ready_version_stays_when_its_profile_fails(api_for, alice):
    api = api_for(alice)
    address, upload_id = send(api)
    engine(upload_id)
    api.post(f"{address}/import", {"name": "words"}, format="json")
    version = DataVersion.objects.get()
    result = convert.run(services.import_args(version.pk), None)
    services.import_ready(version.pk, result)
    services.import_failed(version.pk, {"code": "killed", "message": "The process was killed."})

    assert api.get(f"{DATA}/words/versions/1/rows").json()["total"] == 4
    assert api.get(f"{DATA}/words/versions/1/profile").json()["rows"] == 4
    assert not (settings.UPLOAD_DIR / upload_id).exists()


def test_a_file_goes_from_chunks_to_rows(api_for, alice):
    api = api_for(alice)
    assert bring(api) == {"name": "words", "number": 1}

    version = api.get(f"{DATA}/words/versions/1").json()
    assert (version["status"], version["rows"], version["source_name"]) == ("ready", 4, "words.csv")
    assert version["columns"] == [
        {"name": "n", "kind": "integer", "missing": False},
        {"name": "word", "kind": "category", "missing": False},
    ]
    page = api.get(f"{DATA}/words/versions/1/rows", {"sort": "-n", "limit": 2}).json()
    assert (page["rows"], page["matched"], page["total"]) == ([[4, "b"], [3, "a"]], 4, 4)
    assert api.get(f"{DATA}/words/versions/1/profile").json()["columns"][1]["distinct"] == 2
    download = api.get(f"{DATA}/words/versions/1/download")
    assert b"".join(download.streaming_content).startswith(b"PAR1")
    assert not list(settings.UPLOAD_DIR.iterdir())


def test_every_upload_to_a_name_is_a_version_and_the_old_ones_stay(api_for, alice):
    api = api_for(alice)
    bring(api)
    bring(api, b"n\n7\n8\n")

    assert [v["number"] for v in api.get(f"{DATA}/words/versions").json()["results"]] == [2, 1]
    assert api.get(f"{DATA}/words/versions/1/rows").json()["total"] == 4
    listed = api.get(DATA).json()["results"][0]
    assert (listed["name"], listed["latest"]["number"], listed["latest"]["rows"]) == ("words", 2, 2)


def test_a_broken_upload_goes_on_where_it_stopped_and_a_chunk_may_come_twice(api_for, alice):
    api = api_for(alice)
    began = api.post(f"{DATA}/uploads", {"filename": "w.csv", "size": len(CSV)}, format="json").json()
    address = f"{DATA}/uploads/{began['id']}"
    patch(api, address, 0, CSV[:8])

    again = patch(api, address, 0, CSV[:8])
    assert (again.status_code, again.json()["received"]) == (200, 8)
    gap = patch(api, address, 12, CSV[12:])
    assert (gap.status_code, gap.json()["code"], gap.json()["fields"]["received"]) == (409, "wrong-offset", 8)
    assert api.get(address).json()["received"] == 8
    done = patch(api, address, 8, CSV[8:])
    assert (done.json()["received"], done.json()["status"]) == (len(CSV), "inspecting")
    assert (settings.UPLOAD_DIR / began["id"] / "source").read_bytes() == CSV


def test_more_bytes_than_announced_are_refused(api_for, alice):
    api = api_for(alice)
    began = api.post(f"{DATA}/uploads", {"filename": "w.csv", "size": 4}, format="json").json()

    answer = patch(api, f"{DATA}/uploads/{began['id']}", 0, b"12345")
    assert (answer.status_code, answer.json()["code"]) == (422, "too-much")
    assert patch(api, f"{DATA}/uploads/{began['id']}", "x", b"1").json()["code"] == "bad-offset"


def test_an_empty_file_is_refused_before_a_byte_is_sent(api_for, alice):
    answer = api_for(alice).post(f"{DATA}/uploads", {"filename": "w.csv", "size": 0}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (422, "empty-file")


@pytest.mark.parametrize("name", ["../../etc/passwd", "..\\..\\evil.csv", "a\x00b.csv", "/abs.csv", "x" * 3000 + ".csv", "..", ""])
def test_a_hostile_name_is_only_ever_shown(api_for, alice, name):
    answer = api_for(alice).post(f"{DATA}/uploads", {"filename": name or " ", "size": 3}, format="json")
    if answer.status_code == 201:
        shown = answer.json()["filename"]
        assert "/" not in shown and "\\" not in shown and "\0" not in shown and len(shown) <= 255
        send_one = patch(api_for(alice), f"{DATA}/uploads/{answer.json()['id']}", 0, b"a\n1")
        assert send_one.status_code == 200
        assert {p.name for p in settings.UPLOAD_DIR.iterdir()} == {answer.json()["id"]}
    else:
        assert answer.status_code == 422


@pytest.mark.parametrize("name", ["a/b", "..", "uploads", "", "x" * 81, "a\nb\x00"])
def test_a_name_that_cannot_be_an_address_is_refused(api_for, alice, name):
    address, upload_id = send(api_for(alice))
    engine(upload_id)

    answer = api_for(alice).post(f"{address}/import", {"name": name}, format="json")
    assert answer.status_code == 422, answer.json()
    assert not DataAsset.objects.exists()


def test_options_are_corrected_and_the_file_looked_at_again(api_for, alice):
    api = api_for(alice)
    address, upload_id = send(api, b"n;word\n1;a\n-;b\n")
    engine(upload_id)
    assert api.get(address).json()["inspection"]["options"]["separator"] == ";"

    answer = api.patch(f"{address}/options", {"kinds": {"n": "text"}, "missing": []}, format="json")
    assert answer.json()["status"] == "inspecting"
    engine(upload_id)
    found = api.get(address).json()
    assert [c["kind"] for c in found["inspection"]["columns"]] == ["text", "category"]
    assert found["inspection"]["preview"]["rows"][1][0] == "-"
    assert api.patch(f"{address}/options", {"separator": "ab"}, format="json").status_code == 422


def test_what_was_found_for_older_options_is_dropped(api_for, alice):
    api = api_for(alice)
    address, upload_id = send(api)
    late = inspect.run(services.inspection_args(upload_id), None)
    api.patch(f"{address}/options", {"header": False}, format="json")

    services.inspection_done(upload_id, late)
    assert api.get(address).json()["status"] == "inspecting"


def test_a_file_that_cannot_be_read_says_why_and_registers_nothing(api_for, alice):
    api = api_for(alice)
    address, upload_id = send(api, b"%PDF-1.7 something")
    engine(upload_id)

    seen = api.get(address).json()
    assert (seen["status"], seen["error"]["code"]) == ("refused", "unknown-format")
    assert api.post(f"{address}/import", {"name": "x"}, format="json").status_code == 409
    assert api.delete(address).status_code == 204
    assert not DataAsset.objects.exists() and not list(settings.UPLOAD_DIR.iterdir())


def test_a_failed_import_leaves_the_upload_and_nothing_else(api_for, alice):
    api = api_for(alice)
    content = b"n\n" + b"1\n" * 12_000 + b"1,2,3\n"
    address, upload_id = send(api, content, chunk=10_000)
    Upload.objects.filter(pk=upload_id).update(status="inspected")
    found = inspect.run({**(services.inspection_args(upload_id) or args_of(upload_id))}, None)
    found["problems"] = []
    Upload.objects.filter(pk=upload_id).update(inspection=found)
    assert api.post(f"{address}/import", {"name": "words"}, format="json").status_code == 201
    run_import(DataVersion.objects.get())

    seen = api.get(address).json()
    assert (seen["status"], seen["error"]["code"]) == ("inspected", "ragged-rows")
    assert not DataAsset.objects.exists() and not DataVersion.objects.exists()
    assert not (settings.STORE_DIR / "data").exists() or not list((settings.STORE_DIR / "data").rglob("*.parquet"))
    assert sorted(p.name for p in (settings.UPLOAD_DIR / upload_id).iterdir()) == [".lock", "source"]


def args_of(upload_id):
    return {"source": str(settings.UPLOAD_DIR / upload_id / "source"), "filename": "words.csv", "options": {}}


@pytest.mark.django_db(transaction=True)
def test_two_imports_to_one_new_name_at_once_are_versions_one_and_two(api_for, alice, workspace):
    from django.db import connection

    uploads = []
    for _ in range(2):
        _, upload_id = send(api_for(alice))
        engine(upload_id)
        uploads.append(Upload.objects.get(pk=upload_id))
    made, start = [], threading.Barrier(2)

    def go(upload):
        start.wait()
        made.append(services.start_import(upload=upload, by=alice, name="words").number)
        connection.close()

    threads = [threading.Thread(target=go, args=(upload,)) for upload in uploads]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(made) == [1, 2]


def test_an_import_is_asked_for_once(api_for, alice):
    address, upload_id = send(api_for(alice))
    engine(upload_id)

    assert api_for(alice).post(f"{address}/import", {"name": "words"}, format="json").status_code == 201
    assert api_for(alice).post(f"{address}/import", {"name": "words"}, format="json").json()["code"] == "import-began"
    assert api_for(alice).delete(address).status_code == 409


def test_signals_are_sent_when_the_transaction_is_over(api_for, alice, django_capture_on_commit_callbacks):
    heard = []
    receiver = lambda upload_id, **_: heard.append(str(upload_id))  # noqa: E731
    signals.upload_received.connect(receiver)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            _, upload_id = send(api_for(alice), chunk=1000)
        assert heard == [upload_id]
    finally:
        signals.upload_received.disconnect(receiver)


def test_what_nobody_touches_for_a_day_is_cleaned_away(api_for, alice):
    _, old = send(api_for(alice))
    _, young = send(api_for(alice))
    Upload.objects.filter(pk=old).update(touched_at=timezone.now() - timedelta(days=1, minutes=1))

    assert services.clean_abandoned() == 1
    assert [str(pk) for pk in Upload.objects.values_list("pk", flat=True)] == [young]
    assert [p.name for p in settings.UPLOAD_DIR.iterdir()] == [young]


def test_readers_see_and_do_not_upload_and_outsiders_see_nothing(api_for, alice, carl, rita, oscar):
    bring(api_for(alice))
    address, _ = send(api_for(alice))
    start = {"filename": "x.csv", "size": 3}

    assert api_for(rita).get(f"{DATA}/words/versions/1/rows").status_code == 200
    assert api_for(rita).post(f"{DATA}/uploads", start, format="json").status_code == 403
    assert api_for(rita).delete(f"{DATA}/words").status_code == 403
    assert api_for(carl).get(address).status_code == 404  # another's upload
    for path in (DATA, f"{DATA}/words", f"{DATA}/words/versions/1/rows", address):
        assert api_for(oscar).get(path).status_code == 404
    assert api_for(None).get(DATA).status_code in (401, 403)


def test_an_asset_is_described_renamed_and_deleted(api_for, alice):
    api = api_for(alice)
    bring(api)
    bring(api, name="taken")

    answer = api.patch(f"{DATA}/words", {"name": "Wörter", "description": "All.", "tags": ["a", "a", " b "]}, format="json")
    assert (answer.json()["name"], answer.json()["tags"]) == ("Wörter", ["a", "b"])
    assert api.patch(f"{DATA}/Wörter", {"name": "taken"}, format="json").json()["code"] == "name-taken"
    assert api.delete(f"{DATA}/Wörter").status_code == 204
    assert api.get(f"{DATA}/Wörter").status_code == 404
    assert bring(api, name="Wörter") == {"name": "Wörter", "number": 2}


def test_a_list_of_assets_costs_the_same_queries_however_long(api_for, alice, workspace, django_assert_num_queries):
    def make(count, start=0):
        for i in range(start, start + count):
            asset = DataAsset.objects.create(workspace=workspace, name=f"a{i}", created_by=alice)
            DataVersion.objects.create(asset=asset, number=1, status="ready", rows=1)

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make(2)
    with CaptureQueriesContext(connection, ) as few:
        api_for(alice).get(DATA)
    make(30, 2)
    with CaptureQueriesContext(connection) as many:
        api_for(alice).get(DATA)
    assert len(many) == len(few)
    assert not any("options" in q["sql"] for q in many)


def test_a_file_of_this_machine_is_imported_in_one_step(workspace, alice, tmp_path):
    (tmp_path / "t.csv").write_bytes(CSV)
    version = services.import_file(workspace=workspace, by=alice, name="Sample", source=tmp_path / "t.csv", description="Of a sample.")

    assert (version.status, version.rows, version.asset.description) == ("ready", 4, "Of a sample.")
    assert selectors.table_path(version).is_file()
    (tmp_path / "bad.csv").write_bytes(b"a,b\n")
    with pytest.raises(Invalid):
        services.import_file(workspace=workspace, by=alice, name="Bad", source=tmp_path / "bad.csv")
    assert not DataAsset.objects.filter(name="Bad").exists() and not list(settings.UPLOAD_DIR.iterdir())
