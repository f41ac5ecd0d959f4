"""Every failure reads the same: {code, message, fields} for programs, a page with a sentence for people."""

import pytest
from django.test import Client
from django.urls import path
from rest_framework.views import APIView

from studio import urls as real


class Broken(APIView):
    def get(self, request):
        raise RuntimeError("a secret detail")


def broken_page(request):
    raise RuntimeError("a secret detail")


urlpatterns = [path("api/v1/broken", Broken.as_view()), path("broken/", broken_page), *real.urlpatterns]
handler400, handler403, handler404, handler500 = real.handler400, real.handler403, real.handler404, real.handler500


def said(response) -> tuple[int, str]:
    body = response.json()
    assert set(body) == {"code", "message", "fields"}
    assert body["message"].endswith((".", "?", ">")), body
    return response.status_code, body["code"]


def test_the_api_says_what_is_wrong_in_one_form(api_for, alice):
    api = api_for(alice)

    assert said(api_for(None).get("/api/v1/me")) == (401, "sign-in-required")
    assert said(api.get("/api/v1/w/nothing/members")) == (404, "not-found")
    assert said(api.get("/api/nothing")) == (404, "not-found")
    assert said(api.delete("/api/v1/me")) == (405, "method-not-allowed")
    assert said(api.post("/api/v1/workspaces", "{", content_type="application/json")) == (400, "malformed")
    assert said(api.post("/api/v1/workspaces", "a", content_type="text/csv")) == (415, "unsupported-media-type")
    assert said(api.post("/api/v1/workspaces", {}, format="json")) == (422, "invalid")
    assert said(api.get("/api/v1/me", headers={"Accept": "text/csv"})) == (406, "not-acceptable")


def test_a_wrong_field_is_named(api_for, alice):
    body = api_for(alice).post("/api/v1/w/lab/members", {"username": "nora", "role": "king"}, format="json").json()

    assert body["message"] == 'role: "king" is not a valid choice.'
    assert list(body["fields"]) == ["role"]


def test_a_session_needs_the_token_of_its_page_a_program_does_not(alice):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)

    assert said(browser.post("/api/v1/workspaces", {"name": "x"}, content_type="application/json")) == (403, "csrf")


@pytest.mark.urls(__name__)
def test_what_is_ours_to_fix_tells_no_details_and_is_logged(client_for, alice, caplog):
    client = client_for(alice)
    client.raise_request_exception = False

    page, answer = client.get("/broken/"), client.get("/api/v1/broken")

    assert said(answer) == (500, "server-error")
    assert page.status_code == 500
    assert "Something went wrong" in page.content.decode()
    assert "secret detail" not in page.content.decode() + answer.content.decode()
    assert "a secret detail" in caplog.text


def test_without_a_front_end_the_page_says_so(client_for, settings, tmp_path):
    settings.DIST_DIR = tmp_path

    page = client_for(None).get("/sign-in/")

    assert page.status_code == 503
    assert "manage.py up" in page.content.decode()


def test_a_page_that_is_not_there_keeps_the_navigation(client_for, alice):
    page = client_for(alice).get("/w/lab/nothing/").content.decode()

    assert "There is nothing at this address" in page
    assert 'href="/w/lab/designer/"' in page


@pytest.mark.django_db
def test_the_api_is_described(client_for, alice):
    schema = client_for(alice).get("/api/v1/schema", headers={"Accept": "application/json"}).json()

    assert "/api/v1/w/{workspace}/members" in schema["paths"]
    assert schema["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    docs = client_for(alice).get("/api/docs").content.decode()
    assert "swagger-ui" in docs and "<script>" not in docs


def test_a_large_file_is_sent_in_pieces(tmp_path):
    import asyncio

    from django.core.handlers.asgi import ASGIRequest
    from django.http import FileResponse

    from studio.http import PIECE, StreamInPieces

    (tmp_path / "large").write_bytes(b"x" * (PIECE * 2 + 5))
    request = ASGIRequest({"type": "http", "method": "GET", "path": "/", "headers": []}, None)
    response = StreamInPieces(lambda r: FileResponse((tmp_path / "large").open("rb")))(request)

    async def pieces():
        return [len(piece) async for piece in response]

    assert asyncio.run(pieces()) == [PIECE, PIECE, 5]
