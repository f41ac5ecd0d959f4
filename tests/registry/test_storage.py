"""The artifact store, over a local folder and over a remote file system."""

import uuid
from pathlib import Path

import pytest

from registry.errors import Invalid, NotFound
from registry.storage import Store, open_store


@pytest.fixture(params=["local", "remote"])
def store(request, tmp_path):
    if request.param == "local":
        return open_store(tmp_path / "store")
    return Store(f"memory://{uuid.uuid4().hex}/store", cache=tmp_path / "cache")


def folder(tmp_path: Path, **files: str) -> Path:
    made = tmp_path / uuid.uuid4().hex
    (made / "inner").mkdir(parents=True)
    for name, text in files.items():
        (made / "inner" / name).write_text(text)
    return made


def test_a_file_comes_back_as_it_was_put(store, tmp_path):
    (tmp_path / "a.txt").write_text("seven")

    store.put_file(tmp_path / "a.txt", "data/1/1/a.txt")

    assert store.exists("data/1/1/a.txt")
    assert store.local_path("data/1/1/a.txt").read_text() == "seven"
    assert store.size("data/1/1/a.txt") == 5


def test_a_folder_comes_back_with_what_is_below_it(store, tmp_path):
    store.put_folder(folder(tmp_path, a="one", b="three"), "models/1/1")

    path = store.local_path("models/1/1")

    assert sorted(p.relative_to(path).as_posix() for p in path.rglob("*")) == ["inner", "inner/a", "inner/b"]
    assert store.size("models/1/1") == 8
    assert store.exists("models/1/1")


def test_putting_a_folder_again_replaces_all_of_it(tmp_path):
    store = open_store(tmp_path / "store")
    store.put_folder(folder(tmp_path, a="one", b="two"), "models/1/1")

    store.put_folder(folder(tmp_path, c="new"), "models/1/1")

    assert [p.name for p in (store.local_path("models/1/1") / "inner").iterdir()] == ["c"]
    assert list((tmp_path / "store" / ".staging").iterdir()) == []


def test_a_removed_thing_is_gone_and_removing_it_twice_does_no_harm(store, tmp_path):
    store.put_folder(folder(tmp_path, a="one"), "runs/x/n1/out")

    store.remove("runs/x/n1/out")
    store.remove("runs/x/n1/out")

    assert not store.exists("runs/x/n1/out")
    with pytest.raises(NotFound):
        store.local_path("runs/x/n1/out")
    with pytest.raises(NotFound):
        store.size("runs/x/n1/out")


def test_what_a_killed_process_left_half_kept_is_cleaned_away_when_it_is_old(tmp_path):
    store = open_store(tmp_path / "store")
    staging = tmp_path / "store" / ".staging"
    (staging / "folder").mkdir(parents=True)
    (staging / "file").write_text("half")

    store.clean_staging(older_than=60)
    assert len(list(staging.iterdir())) == 2

    store.clean_staging(older_than=-1)
    assert list(staging.iterdir()) == []


@pytest.mark.parametrize("key", ["", "/etc/passwd", "../outside", "data/../../outside", "a\\b", ".staging/x", "a\0b"])
def test_a_key_cannot_leave_the_store(store, tmp_path, key):
    (tmp_path / "a.txt").write_text("seven")

    with pytest.raises(Invalid):
        store.put_file(tmp_path / "a.txt", key)
    with pytest.raises(Invalid):
        store.exists(key)


def test_the_source_of_a_put_stays_where_it_is(store, tmp_path):
    source = folder(tmp_path, a="one")

    store.put_folder(source, "runs/x")

    assert (source / "inner" / "a").read_text() == "one"
