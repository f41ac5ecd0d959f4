"""Sign-in, one-time links, and how fast one may guess."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from registry.accounts import services
from registry.accounts.models import SignInLink

PASSWORD = "alice-s3cret!"


@pytest.fixture(autouse=True)
def nobody_has_tried_yet():
    cache.clear()


def sign_in(client, username="alice", password=PASSWORD, **more):
    return client.post("/sign-in/", {"username": username, "password": password, **more})


def test_whoever_is_not_signed_in_is_led_to_the_sign_in_page_and_back(client_for, alice):
    client = client_for(None)

    assert client.get("/w/lab/people/").headers["Location"] == "/sign-in/?next=/w/lab/people/"
    assert sign_in(client, next="/w/lab/people/").headers["Location"] == "/w/lab/people/"
    assert client.get("/w/lab/people/").status_code == 200


@pytest.mark.parametrize("goal", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", "http:///x"])
def test_signing_in_never_leads_to_another_site(client_for, alice, goal):
    assert sign_in(client_for(None), next=goal).headers["Location"] == "/"


def test_a_wrong_password_says_nothing_about_whether_the_name_exists(client_for, alice):
    known, unknown = sign_in(client_for(None), password="x"), sign_in(client_for(None), "nobody", "x")

    sentence = "This name and password do not belong together."
    assert (known.status_code, unknown.status_code) == (403, 403)
    assert sentence in known.content.decode() and sentence in unknown.content.decode()


def test_guessing_is_slowed_down_for_that_name_only(client_for, alice, carl):
    for _ in range(5):
        sign_in(client_for(None), password="guess")

    refused = sign_in(client_for(None))

    assert refused.status_code == 403
    assert "Too many attempts" in refused.content.decode()
    assert sign_in(client_for(None), "carl", "carl-s3cret!").status_code == 302


def test_the_session_changes_at_sign_in(client_for, alice, settings):
    client = client_for(None)
    session = client.session
    session["before"] = 1
    session.save()
    before = session.session_key
    client.cookies[settings.SESSION_COOKIE_NAME] = before

    sign_in(client)

    assert client.session.session_key != before


def test_a_link_survives_being_looked_at_and_works_once(client_for, alice):
    address = f"/sign-in/{services.make_link(user=alice)}/"

    assert client_for(None).get(address).status_code == 200  # a mail program looks first
    assert client_for(None).get(address).status_code == 200
    client = client_for(None)
    assert client.post(address).status_code == 302
    assert client.get("/api/v1/me").json()["username"] == "alice"
    again = client_for(None)
    assert again.post(address).status_code == 404
    assert again.get("/api/v1/me").status_code == 401


def test_an_old_link_is_refused_with_the_way_out(client_for, alice):
    address = f"/sign-in/{services.make_link(user=alice)}/"
    SignInLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    page = client_for(None).get(address)

    assert page.status_code == 404
    assert "ask for a new link" in page.content.decode()


def test_a_link_of_a_person_whose_account_is_off_opens_nothing(client_for, alice):
    address = f"/sign-in/{services.make_link(user=alice)}/"
    alice.is_active = False
    alice.save()

    assert client_for(None).post(address).status_code == 404


def test_who_comes_by_a_link_without_a_password_is_asked_for_one(client_for, db):
    user = services.create_user(username="nora")
    client = client_for(None)

    assert client.post(f"/sign-in/{services.make_link(user=user)}/").headers["Location"] == "/account/first-password/"
    client.post("/account/first-password/", {"new": "correct horse 9", "again": "correct horse 9"})

    assert sign_in(client_for(None), "nora", "correct horse 9").status_code == 302


def test_a_form_without_its_token_is_refused(alice):
    from django.test import Client

    page = Client(enforce_csrf_checks=True).post("/sign-in/", {"username": "alice", "password": PASSWORD})

    assert page.status_code == 403
    assert "Reload it" in page.content.decode()


def test_pages_allow_no_script_but_ours_and_no_frame_around_them(client_for):
    headers = client_for(None).get("/sign-in/").headers

    assert "script-src 'self';" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
