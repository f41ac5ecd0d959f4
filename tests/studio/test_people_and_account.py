"""People, roles, workspaces, the account page and the home page."""

import re

import pytest

from registry.accounts.models import ApiToken, User
from registry.workspaces import services
from registry.workspaces.models import Membership, Workspace

LONG = "x" * 80


@pytest.fixture
def owner(client_for, alice):
    return client_for(alice)


def role(username: str) -> str:
    return Membership.objects.get(user__username=username, workspace__slug="lab").role


def test_a_new_person_gets_a_link_that_is_shown_once(owner, client_for):
    page = owner.post("/w/lab/people/invite/", {"username": "nora", "role": "contributor", "full_name": "Nora Noor"})

    link = re.search(r"/sign-in/[\w-]+/", page.content.decode())
    assert link and page.headers["Cache-Control"] == "no-store"
    assert link.group() not in owner.get("/w/lab/people/").content.decode()
    assert role("nora") == "contributor"
    nora = client_for(None)
    nora.post(link.group())
    assert nora.get("/w/lab/").status_code == 200


def test_somebody_known_is_added_without_a_link(owner, oscar):
    page = owner.post("/w/lab/people/invite/", {"username": "OSCAR", "role": "reader"}, follow=True)

    assert "/sign-in/" not in page.content.decode()
    assert role("oscar") == "reader"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"username": "carl", "role": "reader"}, "already a member"),
        ({"username": "no spaces", "role": "reader"}, "Username: Enter a valid username"),
        ({"username": "nora", "role": "king"}, "is not a role"),
        ({"username": "", "role": "reader"}, "Username: This field cannot be blank"),
        ({"username": "nora", "role": "reader", "email": "nope"}, "Email: Enter a valid email"),
    ],
)
def test_what_is_wrong_with_an_invitation_stands_on_the_form_and_nothing_is_kept(owner, carl, form, said):
    before = User.objects.count()

    page = owner.post("/w/lab/people/invite/", form)

    assert page.status_code in (409, 422)
    assert said in page.content.decode()
    assert User.objects.count() == before


def test_the_last_owner_can_neither_step_down_nor_leave(owner, alice, carl):
    people = f"/w/lab/people/{alice.pk}"

    refused = [owner.post(f"{people}/role/", {"role": "reader"}), owner.post(f"{people}/remove/")]

    assert [r.status_code for r in refused] == [409, 409]
    assert "last owner" in refused[0].content.decode()
    owner.post(f"/w/lab/people/{carl.pk}/role/", {"role": "owner"})
    assert owner.post(f"{people}/remove/").status_code == 302
    assert not Membership.objects.filter(user=alice).exists()


def test_a_refusal_on_a_form_brings_the_person_back_to_their_page(owner, alice):
    came_from = "http://testserver/w/lab/people/"

    page = owner.post(f"/w/lab/people/{alice.pk}/remove/", headers={"Referer": came_from}, follow=True)

    assert page.redirect_chain == [("/w/lab/people/", 302)]
    assert "last owner" in page.content.decode()


def test_a_refusal_right_after_an_invitation_brings_back_to_the_people(owner, alice):
    """The page with the link is the answer to a form: its address cannot be opened again."""
    invited = owner.post("/w/lab/people/invite/", {"username": "nora", "role": "reader"})
    came_from = f"http://testserver{invited.request['PATH_INFO']}"

    page = owner.post(f"/w/lab/people/{alice.pk}/role/", {"role": "reader"}, headers={"Referer": came_from}, follow=True)

    assert page.redirect_chain[-1] == ("/w/lab/people/", 302)
    assert page.status_code == 200
    assert "last owner" in page.content.decode()


def test_a_reload_of_an_address_that_only_takes_a_form_leads_to_its_page(owner, alice):
    assert owner.get(f"/w/lab/people/{alice.pk}/invitation/").url == "/w/lab/people/"
    assert owner.get("/account/tokens/").url == "/account/"
    assert owner.post("/w/lab/people/").status_code == 405


def test_anybody_may_leave_but_a_reader_removes_nobody(client_for, alice, carl, rita):
    reader = client_for(rita)

    assert reader.post(f"/w/lab/people/{carl.pk}/remove/").status_code == 403
    assert reader.post(f"/w/lab/people/{rita.pk}/remove/").status_code == 302
    assert not Membership.objects.filter(user=rita).exists()


def test_an_invitation_is_renewed_only_for_who_never_came_and_is_nobody_elses(owner, alice, carl, oscar, workspace):
    member, _ = services.invite(workspace=workspace, by=alice, username="nora", role="reader")
    assert "/sign-in/" in owner.post(f"/w/lab/people/{member.user_id}/invitation/").content.decode()

    assert owner.post(f"/w/lab/people/{carl.pk}/invitation/").status_code == 403
    other = services.create(name="Other", by=oscar)
    services.add_member(workspace=other, by=oscar, user=member.user, role="owner")
    assert owner.post(f"/w/lab/people/{member.user_id}/invitation/").status_code == 403


def test_a_workspace_is_made_renamed_and_keeps_its_address(owner):
    assert owner.post("/new-workspace/", {"name": "Churn 2026"}).headers["Location"] == "/w/churn-2026/"
    again = owner.post("/new-workspace/", {"name": "Churn 2026"}).headers["Location"]
    assert again.startswith("/w/churn-2026-")

    owner.post("/w/churn-2026/settings/", {"name": LONG, "description": "All about it"})

    assert Workspace.objects.get(slug="churn-2026").name == LONG
    assert owner.post("/new-workspace/", {"name": "  "}).status_code == 422
    assert owner.post("/new-workspace/", {"name": "数据"}).headers["Location"] == "/w/workspace/"


def test_the_start_page_leads_to_the_last_workspace(owner):
    owner.post("/new-workspace/", {"name": "A"})
    owner.get("/w/lab/")

    assert owner.get("/").headers["Location"] == "/w/lab/"


def test_who_is_in_no_workspace_is_told_what_to_do(client_for, oscar):
    assert "You are not in any workspace yet" in client_for(oscar).get("/").content.decode()


def test_a_token_is_shown_once_works_and_can_be_removed(owner, client_for, alice):
    page = owner.post("/account/tokens/", {"name": "nightly", "days": "30"}).content.decode()
    secret = re.search(r"atl_[\w-]{20,}", page).group()
    program = client_for(None)

    assert program.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).json()["username"] == "alice"
    assert secret not in owner.get("/account/").content.decode()
    owner.post(f"/account/tokens/{ApiToken.objects.get().pk}/remove/")
    refused = program.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert (refused.status_code, refused.json()["code"]) == (401, "token-refused")


def test_changing_the_password_asks_for_the_present_one_and_keeps_this_session(owner, alice):
    wrong = owner.post("/account/password/", {"old": "x", "new": "correct horse 9", "again": "correct horse 9"})
    assert "present password is not right" in wrong.content.decode()
    weak = owner.post("/account/password/", {"old": "alice-s3cret!", "new": "password", "again": "password"})
    assert "too common" in weak.content.decode()

    owner.post("/account/password/", {"old": "alice-s3cret!", "new": "correct horse 9", "again": "correct horse 9"})

    alice.refresh_from_db()
    assert alice.check_password("correct horse 9")
    assert owner.get("/account/").status_code == 200


def test_the_theme_is_kept_with_the_person(owner):
    assert owner.post("/account/theme/", {"theme": "dark"}).status_code == 204
    assert 'data-theme="dark"' in owner.get("/account/").content.decode()
    assert owner.post("/account/theme/", {"theme": "pink"}).status_code == 422


def test_what_people_write_cannot_become_markup(owner, alice):
    evil = "<script>alert(1)</script>"
    owner.post("/w/lab/settings/", {"name": evil, "description": evil})
    owner.post("/account/profile/", {"full_name": evil})

    for page in ("/w/lab/", "/w/lab/people/", "/account/"):
        assert "<script>alert" not in owner.get(page).content.decode()


def test_the_home_page_shows_what_runs_with_a_constant_number_of_queries(
    owner, alice, workspace, django_assert_max_num_queries
):
    from tests.registry import make

    for number in range(12):
        make.step(make.run(workspace, alice, name=f"Run {number} {LONG}", status="running"), status="completed")
        make.run(workspace, alice, name=f"Old {number}", status="failed", error={"code": "x", "message": "It broke."})

    with django_assert_max_num_queries(16):
        page = owner.get("/w/lab/").content.decode()

    assert "1 of 1 nodes" in page
    assert "It broke." in page
    assert "Show all that are waiting or running" in page
    assert "Nothing is running" not in page
