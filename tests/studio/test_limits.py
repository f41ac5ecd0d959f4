"""What the studio does not take: bodies without end, documents without bottom, ways back to other hosts."""

import json

import pytest
from asgiref.testing import ApplicationCommunicator
from django.test import RequestFactory

from registry.accounts.models import ApiToken
from registry.accounts.services import make_token
from registry.data import services as data
from registry.errors import Invalid
from studio import asgi
from studio.http import answer

DEEP = "[" * 100_000


async def sent(*pieces: bytes, **headers: str) -> tuple[int, list[str]]:
    """The status of the answer to a body in pieces, and what the application behind had read when it was cut off."""
    read: list[str] = []

    async def reader(scope, receive, send):
        while True:
            message = await receive()
            read.append(message["type"])
            if message["type"] == "http.disconnect":
                return
            if not message.get("more_body"):
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    lines = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    asked = ApplicationCommunicator(asgi.Bounded(reader), {"type": "http", "headers": lines})
    for number, piece in enumerate(pieces, 1):
        await asked.send_input({"type": "http.request", "body": piece, "more_body": number < len(pieces)})
    start = await asked.receive_output(5)
    await asked.receive_output(5)
    await asked.wait()
    return start["status"], read


async def test_a_body_that_is_too_large_is_refused_before_anybody_reads_it():
    assert await sent(b"", content_length=str(asgi.LARGEST_BODY + 1)) == (413, [])
    assert await sent(b"", content_length="9" * 5000) == (413, [])


async def test_a_body_that_does_not_say_its_size_is_cut_off(monkeypatch):
    monkeypatch.setattr(asgi, "LARGEST_BODY", 10)

    assert await sent(b"123456", b"123456", b"1") == (413, ["http.request", "http.disconnect"])
    assert await sent(b"12345", b"12345") == (200, ["http.request", "http.request"])


@pytest.mark.parametrize("address", ["/api/v1/workspaces", "/api/v1/w/lab/pipelines", "/api/v1/w/lab/data/uploads"])
def test_a_document_without_bottom_is_its_senders_mistake(api_for, alice, workspace, address):
    answered = api_for(alice).post(address, DEEP, content_type="application/json")

    assert (answered.status_code, answered.json()["code"]) == (400, "malformed")


def test_a_refused_form_never_leads_to_another_host():
    form = RequestFactory().post("/w/lab/people/invite/", headers={"referer": "http://testserver//evil.example/"})

    assert "Location" not in answer_to(form)


def answer_to(request):
    request.session = {}
    request.resolver_match = None
    from django.contrib.auth.models import AnonymousUser

    request.user = AnonymousUser()
    return answer(request, Invalid("No."))


def test_a_token_is_noted_once_a_minute_and_not_at_every_question(api_for, alice, django_assert_num_queries):
    token, secret = make_token(user=alice, name="often")
    api = api_for(None)
    headers = {"Authorization": f"Bearer {secret}"}

    api.get("/api/v1/me", headers=headers)
    noted = ApiToken.objects.get(pk=token.pk).last_used_at
    with django_assert_num_queries(1):
        api.get("/api/v1/me", headers=headers)

    assert noted is not None
    assert ApiToken.objects.get(pk=token.pk).last_used_at == noted


def test_a_disk_that_fills_while_files_come_in_is_not_filled_to_the_brim(api_for, alice, workspace, monkeypatch):
    api = api_for(alice)
    upload = api.post("/api/v1/w/lab/data/uploads", {"filename": "a.csv", "size": 4}, format="json").json()
    monkeypatch.setattr(data.incoming, "free_bytes", lambda root: data.SPARE_DISK - 1)

    answered = api.patch(
        f"/api/v1/w/lab/data/uploads/{upload['id']}", b"a\n1\n", content_type="application/octet-stream",
        headers={"Upload-Offset": "0"},
    )  # fmt: skip

    assert (answered.status_code, answered.json()["code"]) == (422, "disk-full")


def test_a_lifetime_that_is_no_number_is_no_servers_error(client_for, alice):
    answered = client_for(alice).post("/account/tokens/", {"name": "x", "days": "²"})

    assert answered.status_code == 200
    assert json.dumps(answered.context["secret"])


def test_of_many_who_start_at_once_all_have_the_same_key_which_is_its_owners_alone(tmp_path, monkeypatch):
    from concurrent.futures import ThreadPoolExecutor

    from studio import settings

    monkeypatch.delenv("ATELIER_SECRET_KEY", raising=False)
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path / "data")
    with ThreadPoolExecutor(8) as starting:
        keys = {starting.submit(settings.secret_key) for _ in range(8)}
        keys = {key.result() for key in keys}

    assert len(keys) == 1 and len(keys.pop()) > 50
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret-key"]
    assert (tmp_path / "data" / "secret-key").stat().st_mode & 0o077 == 0
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0
