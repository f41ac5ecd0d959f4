"""Who gets in, with what, and for how long."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from registry.accounts.models import ApiToken
from registry.mlflow_api import admission, signing_in
from registry.workspaces.models import Membership
from tests.protocol.program import Program, basic, bearer, missing, told


@pytest.fixture(autouse=True)
def nobody_has_tried_yet():
    cache.clear()


def experiments(authorization: str, **headers: str):
    return Program(authorization).ask("GET", "experiments/get", query={"experiment_id": "0"}, **headers)


def refused(authorization: str) -> str:
    answer = experiments(authorization)
    # "Basic" there would make browsers keep a password and send it along with any page's requests.
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    return told(answer, 401, "UNAUTHENTICATED")


def test_nobody_is_asked_to_sign_in(workspace):
    assert "MLFLOW_TRACKING_TOKEN" in refused("")
    refused("Bearer")
    refused("Bearer atl_nonsense")
    refused("Basic !!!")
    refused("Digest abc")


def test_a_token(carl):
    assert experiments(bearer(carl)).status_code == 200


def test_a_token_in_the_place_of_a_password(carl):
    secret = bearer(carl).removeprefix("Bearer ")

    assert experiments(basic("carl", secret)).status_code == 200
    assert experiments(basic("token", secret)).status_code == 200


def test_somebody_elses_name_beside_a_token(carl, rita):
    secret = bearer(carl).removeprefix("Bearer ")

    assert "somebody else" in refused(basic("rita", secret))


def test_a_name_and_password(carl):
    assert experiments(basic("carl", "carl-s3cret!")).status_code == 200
    assert "do not belong together" in refused(basic("carl", "wrong"))


def test_a_password_is_hashed_once_a_minute(carl, monkeypatch):
    hashed = []
    check = signing_in.check_password
    monkeypatch.setattr(signing_in, "check_password", lambda *told: hashed.append(told) or check(*told))

    for _ in range(3):
        admission.forget()  # what is remembered for a moment is another matter
        assert experiments(basic("carl", "carl-s3cret!")).status_code == 200

    assert len(hashed) == 1


def test_a_changed_password_is_seen_at_once(carl):
    assert experiments(basic("carl", "carl-s3cret!")).status_code == 200
    carl.set_password("an0ther-s3cret!")
    carl.save()

    refused(basic("carl", "carl-s3cret!"))
    assert experiments(basic("carl", "an0ther-s3cret!")).status_code == 200


def test_a_removed_token_is_seen_at_once(carl):
    authorization = bearer(carl)
    assert experiments(authorization).status_code == 200
    ApiToken.objects.get(user=carl).delete()

    refused(authorization)


def test_a_person_who_left_is_seen_at_once(carl, workspace):
    authorization = bearer(carl)
    assert experiments(authorization).status_code == 200
    Membership.objects.get(user=carl).delete()

    missing(experiments(authorization))


def test_an_expired_token(carl):
    authorization = bearer(carl)
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert "expired" in refused(authorization)


def test_an_account_that_is_off(carl):
    authorization = bearer(carl)
    carl.is_active = False
    carl.save()

    refused(authorization)
    refused(basic("carl", "carl-s3cret!"))


def test_guessing_is_slowed_down(carl):
    for _ in range(5):
        refused(basic("carl", "guess"))

    assert "Too many attempts" in told(experiments(basic("carl", "guess")), 429, "REQUEST_LIMIT_EXCEEDED")


def test_a_browsers_session_is_no_sign_in(carl):
    program = Program()
    program.client.force_login(carl)

    told(program.get("experiments/get", experiment_id="0"), 401, "UNAUTHENTICATED")
    told(program.post("experiments/create", name="planted"), 401, "UNAUTHENTICATED")


def test_that_a_token_is_used_is_noted(carl):
    experiments(bearer(carl))

    assert ApiToken.objects.get(user=carl).last_used_at is not None
