"""Saved views: whose they are, who sees them, which one opens first."""

import pytest

VIEWS = "/api/v1/w/lab/views"


@pytest.fixture
def program(api_for):
    def call(person, method, path="", body=None):
        answer = getattr(api_for(person), method)(f"{VIEWS}{path}", body, format="json")
        return answer.status_code, (answer.json() if answer.content else None)

    return call


def test_a_view_is_kept_as_it_was_sent_and_belongs_to_who_sent_it(program, rita, carl):
    state = {"filter": "metrics.`é` > 1", "columns": ["metrics.auc"], "n": 1.5, "deep": [{"a": None}]}
    status, made = program(rita, "post", "", {"name": " Best ", "kind": "runs", "state": state})
    assert (status, made["name"], made["state"]) == (201, "Best", state)
    assert (made["owner"], made["mine"], made["default"], made["shared"]) == ("rita", True, False, False)
    assert program(carl, "get")[1]["results"] == []
    assert program(carl, "get", f"/{made['id']}")[0] == 404
    assert program(carl, "delete", f"/{made['id']}")[0] == 404


def test_a_shared_view_is_seen_by_all_and_changed_by_its_owner(program, carl, rita, alice):
    _, made = program(carl, "post", "", {"name": "Best", "state": {}, "shared": True})
    address = f"/{made['id']}"
    assert program(rita, "get", address)[1]["mine"] is False
    assert program(alice, "patch", address, {"name": "Mine now"})[0] == 403
    assert program(rita, "delete", address)[0] == 403
    assert program(carl, "patch", address, {"name": "Better", "state": {"a": 1}})[1]["name"] == "Better"
    # An owner of the workspace tidies up.
    assert program(alice, "delete", address)[0] == 204


def test_a_reader_shares_nothing(program, rita):
    assert program(rita, "post", "", {"name": "Best", "state": {}, "shared": True})[0] == 403
    _, made = program(rita, "post", "", {"name": "Best", "state": {}})
    assert program(rita, "patch", f"/{made['id']}", {"shared": True})[0] == 403


def test_each_person_opens_with_a_view_of_their_own_choice(program, carl, rita):
    _, one = program(carl, "post", "", {"name": "One", "state": {}, "shared": True})
    _, two = program(carl, "post", "", {"name": "Two", "state": {}})
    assert program(rita, "patch", f"/{one['id']}", {"default": True})[1]["default"] is True
    assert program(carl, "patch", f"/{two['id']}", {"default": True})[1]["default"] is True
    assert [v["default"] for v in program(carl, "get")[1]["results"]] == [False, True]
    # Of one page one view only.
    program(carl, "patch", f"/{one['id']}", {"default": True})
    assert [v["default"] for v in program(carl, "get")[1]["results"]] == [True, False]
    # What is no longer shared is no longer opened by others, and comes back to nobody by itself.
    program(carl, "patch", f"/{one['id']}", {"shared": False})
    program(carl, "patch", f"/{one['id']}", {"shared": True})
    assert [v["default"] for v in program(rita, "get")[1]["results"]] == [False]
    assert program(carl, "patch", f"/{one['id']}", {"default": False})[1]["default"] is False


@pytest.mark.parametrize(
    "body",
    [
        {"name": "", "state": {}},
        {"name": "x" * 121, "state": {}},
        {"name": "x"},
        {"name": "x", "state": {}, "kind": "nothing"},
        {"name": "x", "state": {"a": "y" * 200_001}},
        {"name": "x", "state": {"a": "\0"}},
        {"name": "x", "state": None},
    ],
)
def test_what_makes_no_view_is_refused(program, rita, body):
    status, told = program(rita, "post", "", body)
    assert status == 422, told
    assert told["message"]
