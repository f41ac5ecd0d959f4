"""Reading a child's folder: whose words are whose, nothing twice, nothing lost, whatever portion it comes in."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.compute import folders
from studio.engine import tail
from studio.engine.tail import Cursor


@pytest.fixture
def folder(tmp_path):
    return tmp_path


def journal(folder, *events):
    with (folder / folders.EVENTS).open("a") as file:
        for event in events:
            file.write(json.dumps({"t": 1.0, **event}) + "\n")


def said(portion):
    return [(e["node"], e["stream"], e["text"]) for e in portion.events if e["e"] == "log"]


def test_words_written_past_python_belong_to_the_node_that_was_running(folder):
    (folder / folders.OUT).write_text("of a\nof b\n")
    journal(
        folder,
        {"e": "node-started", "node": "a", "raw": [0, 0]},
        {"e": "node-started", "node": "b", "raw": [5, 0]},
        {"e": "node-finished", "node": "a", "raw": [5, 0]},
    )

    portion = tail.read(folder, Cursor())

    assert said(portion) == [("a", "stdout", "of a"), ("b", "stdout", "of b")]
    assert [e["e"] for e in portion.events] == ["node-started", "log", "node-started", "node-finished", "log"]


def test_a_line_that_is_not_finished_is_read_when_it_is_or_when_nobody_writes_any_more(folder):
    journal(folder, {"e": "node-started", "node": "a", "raw": [0, 0]})
    (folder / folders.ERR).write_text("half")
    first = tail.read(folder, Cursor())
    assert said(first) == []

    assert said(tail.read(folder, first.cursor, last=True)) == [("a", "stderr", "half")]
    (folder / folders.ERR).write_text("half a line\n")
    assert said(tail.read(folder, first.cursor)) == [("a", "stderr", "half a line")]


def test_an_event_longer_than_a_portion_is_read_whole(folder, monkeypatch):
    monkeypatch.setattr(tail, "PORTION", 16)
    journal(folder, {"e": "node-finished", "node": "a", "outputs": ["x" * 100]})

    assert len(tail.read(folder, Cursor()).events) == 1


def test_half_an_event_is_left_for_later(folder):
    journal(folder, {"e": "node-started", "node": "a", "raw": [0, 0]})
    with (folder / folders.EVENTS).open("a") as file:
        file.write('{"e": "log"')

    portion = tail.read(folder, Cursor())

    assert [e["e"] for e in portion.events] == ["node-started"]
    assert tail.read(folder, portion.cursor).events == []


def test_a_progress_bar_is_one_line(folder):
    journal(folder, {"e": "node-started", "node": "a", "raw": [0, 0]})
    (folder / folders.ERR).write_bytes(b"\r 10%\r 50%\r100%\n")

    assert said(tail.read(folder, Cursor())) == [("a", "stderr", "100%")]


def test_nothing_there_yet_is_nothing_said(folder):
    assert tail.read(folder, Cursor()) == tail.Portion([], Cursor(), more=False)


@given(st.lists(st.sampled_from(["event", "out", "err", "node"]), max_size=30), st.integers(130, 300))
def test_whatever_the_portions_every_line_comes_once_under_its_node(tmp_path_factory, kinds, size):
    folder = tmp_path_factory.mktemp("tail")
    sizes, node, expected = {"out": 0, "err": 0}, "", []
    journal(folder)
    for number, kind in enumerate(kinds):
        if kind == "node":
            node = f"n{number}"
            journal(folder, {"e": "node-started", "node": node, "raw": [sizes["out"], sizes["err"]]})
        elif kind == "event":
            journal(folder, {"e": "log", "node": node, "stream": "stdout", "text": f"line {number}"})
            expected.append((node, f"line {number}"))
        else:
            text = f"raw {number} {'x' * (number * 3)}"
            with (folder / (folders.OUT if kind == "out" else folders.ERR)).open("a") as file:
                file.write(text + "\n")
            sizes[kind] += len(text) + 1
            expected.append((node, text))
    before, tail.PORTION = tail.PORTION, size
    try:
        cursor, found = Cursor(), []
        for _ in range(500):
            portion = tail.read(folder, cursor)
            found += [(e["node"], e["text"]) for e in portion.events if e["e"] == "log"]
            if portion.cursor == cursor:
                break
            cursor = portion.cursor
    finally:
        tail.PORTION = before
    assert sorted(found) == sorted(expected)
