"""Which workspace a call is about."""

import pytest
from django.core.management import call_command

from registry.workspaces import services as workspaces
from tests.protocol.program import Program, bearer, missing


@pytest.fixture
def other(workspace, alice):
    return workspaces.create(name="Other", by=alice)


def made_in(program: Program, **headers: str) -> str:
    """The workspace in which an experiment is made."""
    from registry.runs.models import Experiment

    answer = program.ask("POST", "experiments/create", b'{"name": "somewhere"}', **headers)
    return Experiment.objects.get(pk=answer.json()["experiment_id"]).workspace.slug


def test_the_first_that_the_person_belongs_to(alice, other):
    assert made_in(Program(bearer(alice))) == "lab"


def test_the_one_its_token_leads_to(alice, other):
    assert made_in(Program(bearer(alice, other))) == "other"


def test_the_one_that_the_header_names(alice, other):
    assert made_in(Program(bearer(alice)), **{"X-MLFLOW-WORKSPACE": "other"}) == "other"


def test_the_token_goes_before_the_header(alice, other, workspace):
    assert made_in(Program(bearer(alice, workspace)), **{"X-MLFLOW-WORKSPACE": "other"}) == "lab"


def test_the_address_goes_before_all(alice, other, workspace):
    assert made_in(Program(bearer(alice, other), "/w/lab"), **{"X-MLFLOW-WORKSPACE": "other"}) == "lab"


def test_an_outsider_is_told_there_is_none(alice, carl, other):
    for program in (Program(bearer(carl), "/w/other"), Program(bearer(carl), "/w/nowhere"), Program(bearer(carl, other))):
        assert missing(program.get("experiments/get", experiment_id="0")).startswith("There is no such workspace")


def test_who_belongs_to_none_is_told_the_way_out(oscar):
    assert "Ask an owner" in missing(Program(bearer(oscar)).get("experiments/get", experiment_id="0"))


def test_every_workspace_has_a_default_experiment_called_0(alice, other):
    here, there = (Program(bearer(alice), f"/w/{slug}") for slug in ("lab", "other"))
    run = there.post("runs/create", experiment_id="0").json()["run"]["info"]["run_id"]

    assert there.get("runs/get", run_id=run).json()["run"]["info"]["experiment_id"] == "0"
    missing(here.get("runs/get", run_id=run))


def test_the_key_of_another_workspaces_experiment_opens_nothing(alice, other):
    here, there = (Program(bearer(alice), f"/w/{slug}") for slug in ("lab", "other"))
    key = there.post("experiments/create", name="theirs").json()["experiment_id"]

    assert missing(here.get("experiments/get", experiment_id=key)) == f"No Experiment with id={key} exists"
    assert here.post("runs/search", experiment_ids=[key]).json() == {"runs": []}
    # Nor is the default one to be had by its key.
    from registry.runs import experiments

    missing(there.get("experiments/get", experiment_id=str(experiments.default(other).pk)))


def test_a_token_of_the_command_line(alice, other, capsys):
    call_command("create_token", "alice", "--workspace", "other")
    secret = capsys.readouterr().out.strip().splitlines()[-1]

    assert made_in(Program(f"Bearer {secret}")) == "other"


def test_a_token_of_the_account_page(alice, other, client_for):
    page = client_for(alice).post("/account/tokens/", {"name": "training", "days": "30", "workspace": "other"})
    secret = page.context["secret"]

    assert made_in(Program(f"Bearer {secret}")) == "other"
    assert f"export MLFLOW_TRACKING_TOKEN={secret}" in page.content.decode()
    assert "<td class=\"text-secondary studio-name\">Other</td>" in page.content.decode()


def test_a_token_does_not_lead_where_its_owner_may_not_go(carl, other, client_for):
    page = client_for(carl).post("/account/tokens/", {"name": "training", "days": "30", "workspace": "other"})

    assert page.status_code in (302, 404)
    assert not carl.tokens.exists()
