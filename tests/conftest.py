"""The cast and the stage: a workspace with people of every role, and a live studio for those who need one."""

import json
import shutil
from collections.abc import Callable
from typing import Any

import pytest

from tests.studio.live import StudioServer, browser_for_stories


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory):
    """The test database is a file, as in life: one in memory knows no write-ahead log, and its threads lock each
    other out at once instead of waiting."""
    from django.db import connections

    if connections["default"].vendor != "sqlite":
        return
    connections["default"].settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(autouse=True)
def folders(settings, tmp_path_factory):
    """Nothing a test writes lands beside the code."""
    root = tmp_path_factory.mktemp("atelier")
    settings.DATA_DIR = root
    settings.STORE_DIR = root / "store"
    settings.WORK_DIR = root / "work"
    settings.UPLOAD_DIR = root / "uploads"
    settings.LOG_DIR = root / "logs"
    for folder in (settings.STORE_DIR, settings.WORK_DIR, settings.UPLOAD_DIR, settings.LOG_DIR):
        folder.mkdir()
    # A front end of two lines: pages are drawn in tests whether or not somebody has run the build.
    settings.DIST_DIR = root / "dist"
    settings.DIST_DIR.mkdir()
    (settings.DIST_DIR / "manifest.json").write_text(MANIFEST)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    yield
    shutil.rmtree(root, ignore_errors=True)


MANIFEST = json.dumps(
    {
        f"src/{area}/main.ts": {"file": f"assets/{area}.js", "name": area, "isEntry": True, "css": []}
        for area in ("app", "data", "designer", "runs", "runstable", "compare", "models", "reports")
    }
)


@pytest.fixture
def workspace(db):
    from registry.workspaces.models import Workspace

    return Workspace.objects.create(name="Lab", slug="lab")


def person(username: str, workspace: Any = None, role: str = "") -> Any:
    from registry.accounts.models import User
    from registry.workspaces.models import Membership

    user = User.objects.create_user(username=username, password=f"{username}-s3cret!")
    if workspace is not None:
        Membership.objects.create(workspace=workspace, user=user, role=role)
    return user


@pytest.fixture
def alice(workspace):
    """Owns the workspace."""
    return person("alice", workspace, "owner")


@pytest.fixture
def carl(workspace):
    """Contributes to it."""
    return person("carl", workspace, "contributor")


@pytest.fixture
def rita(workspace):
    """Reads it."""
    return person("rita", workspace, "reader")


@pytest.fixture
def oscar(db):
    """Has nothing to do with it."""
    return person("oscar")


@pytest.fixture
def client_for() -> Callable[[Any], Any]:
    """A browser in which this person is signed in; None for nobody."""
    from django.test import Client

    def make(user: Any) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user)
        return client

    return make


@pytest.fixture
def api_for() -> Callable[[Any], Any]:
    """A program that acts as this person; None for nobody."""
    from rest_framework.test import APIClient

    def make(user: Any) -> APIClient:
        client = APIClient()
        if user is not None:
            client.force_authenticate(user)
        return client

    return make


@pytest.fixture(scope="session")
def studio_server(tmp_path_factory):
    """A whole studio, started by `manage.py up` on a free port with a data folder of its own."""
    with StudioServer(tmp_path_factory.mktemp("studio")) as server:
        yield server


@pytest.fixture(scope="session")
def story_browser():
    """The system's Chromium. Without one the stories are skipped, saying so; with CI=true that is a failure."""
    with browser_for_stories() as browser:
        yield browser


@pytest.fixture
def browser_page(studio_server, story_browser):
    """A signed-in browser window on the live studio. Errors in its console fail the story."""
    context = story_browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(studio_server.sign_in_link())
    page.get_by_role("button", name="Continue as").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    yield page
    context.close()
    assert not errors, f"The page threw: {errors}"


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """What starts real processes comes last, the browser stories at the very end: a slip in a function is known in
    seconds."""
    items.sort(key=lambda item: 2 if item.get_closest_marker("e2e") else 1 if item.get_closest_marker("live") else 0)
    # Real processes and a real browser on a busy machine: what fails is tried once more, and the report says so.
    for item in items:
        if item.get_closest_marker("e2e") or item.get_closest_marker("live"):
            item.add_marker(pytest.mark.flaky(reruns=1))
