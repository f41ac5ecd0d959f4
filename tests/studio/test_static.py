"""The front end's files follow a build made while the studio runs."""

import pytest
from django.template import engines
from django.test import Client


@pytest.fixture
def built(settings):
    from django.contrib.staticfiles import finders

    settings.STATICFILES_DIRS = [settings.DIST_DIR]
    finders.get_finder.cache_clear()
    (settings.DIST_DIR / "assets").mkdir()
    (settings.DIST_DIR / "assets" / "app-1.js").write_text("one")
    yield settings.DIST_DIR / "assets"
    finders.get_finder.cache_clear()


def test_a_front_end_built_anew_is_served_without_a_restart(built):
    client = Client()
    assert b"".join(client.get("/static/assets/app-1.js")) == b"one"

    (built / "app-1.js").unlink()
    (built / "app-2.js").write_text("two")

    new = client.get("/static/assets/app-2.js")
    assert b"".join(new) == b"two"
    assert "immutable" in new.headers["Cache-Control"]
    assert client.get("/static/assets/app-1.js").status_code == 404
    assert client.get("/static/assets/../../settings.py").status_code == 404


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "1.000"), (0.9, "0.9000"), (0.0, "0.000"), (3, "3"), (1234.56, "1,234.6"), (None, "–")],
)
def test_what_was_measured_always_has_its_digits(value, text):
    template = engines["django"].from_string("{% load studio %}{{ value|measure }}")

    assert template.render({"value": value}) == text
