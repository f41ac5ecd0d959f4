"""`experiments/…`"""

import pytest

from registry.runs.models import Experiment, Run
from tests.protocol.program import invalid, missing, told


@pytest.fixture
def fraud(program) -> str:
    return str(program.post("experiments/create", name="fraud", tags=[{"key": "team", "value": "risk"}]).json()["experiment_id"])


def names(answer) -> list[str]:
    return [one["name"] for one in answer.json()["experiments"]]


def test_an_experiment_as_clients_read_it(program, fraud):
    got = program.get("experiments/get", experiment_id=fraud).json()["experiment"]

    assert got == program.get("experiments/get-by-name", experiment_name="fraud").json()["experiment"]
    assert got.pop("creation_time") == got.pop("last_update_time")
    assert got == {
        "experiment_id": fraud,
        "name": "fraud",
        "artifact_location": f"mlflow-artifacts:/{fraud}",
        "lifecycle_stage": "active",
        "tags": [{"key": "team", "value": "risk"}],
    }


def test_the_default_experiment_is_0(program, workspace):
    got = program.get("experiments/get", experiment_id="0").json()["experiment"]

    assert (got["name"], got["artifact_location"]) == ("Default", "mlflow-artifacts:/0")


def test_one_that_is_not_there(program):
    assert missing(program.get("experiments/get", experiment_id="999999")) == "No Experiment with id=999999 exists"
    message = missing(program.get("experiments/get-by-name", experiment_name="none"))
    assert message == "Could not find experiment with name 'none'"
    assert invalid(program.get("experiments/get", experiment_id="x1")) == (
        "Invalid experiment ID 'x1'. Experiment ID must be a valid integer."
    )
    missing(program.get("experiments/get", experiment_id="9" * 40))


def test_a_name_is_taken_once(program, fraud):
    answer = program.post("experiments/create", name="fraud")

    assert told(answer, 400, "RESOURCE_ALREADY_EXISTS").startswith("Experiment(name=fraud) already exists")


def test_what_a_name_may_be(program):
    docs = " See the API docs for more information about request parameters."
    assert invalid(program.post("experiments/create")) == f"Missing value for required parameter 'name'.{docs}"
    assert invalid(program.post("experiments/create", name="")) == f"Missing value for required parameter 'name'.{docs}"
    assert invalid(program.post("experiments/create", name=123)) == (
        f"Invalid value 123 for parameter 'name' supplied:  Hint: Value was of type 'int'.{docs}"
    )
    assert invalid(program.post("experiments/create", name="n" * 501)) == "'name' exceeds the maximum length of 500 characters"
    assert program.post("experiments/create", name="Größe / 测试 🎯 <b>").status_code == 200


def test_renaming(program, fraud):
    program.post("experiments/create", name="other")

    program.post("experiments/update", experiment_id=fraud, new_name="fraud 2")

    assert program.get("experiments/get", experiment_id=fraud).json()["experiment"]["name"] == "fraud 2"
    answer = program.post("experiments/update", experiment_id=fraud, new_name="other")
    told(answer, 400, "RESOURCE_ALREADY_EXISTS")


def test_an_experiment_goes_to_the_bin_with_its_runs_and_comes_back(program, fraud):
    kept = program.post("runs/create", experiment_id=fraud).json()["run"]["info"]["run_id"]
    gone = program.post("runs/create", experiment_id=fraud).json()["run"]["info"]["run_id"]
    program.post("runs/delete", run_id=gone)

    program.post("experiments/delete", experiment_id=fraud)

    assert program.get("experiments/get", experiment_id=fraud).json()["experiment"]["lifecycle_stage"] == "deleted"
    assert not Run.objects.filter(run_id=kept, deleted_at=None).exists()
    missing(program.post("experiments/delete", experiment_id=fraud))
    told(program.post("experiments/update", experiment_id=fraud, new_name="x"), 500, "INVALID_STATE")
    assert "must be in the 'active' state" in invalid(program.post("runs/create", experiment_id=fraud))
    assert "in the bin" in told(program.post("experiments/create", name="fraud"), 400, "RESOURCE_ALREADY_EXISTS")

    program.post("experiments/restore", experiment_id=fraud)

    # Who had been deleted by itself stays there.
    assert list(Run.objects.filter(deleted_at=None).values_list("run_id", flat=True)) == [kept]
    missing(program.post("experiments/restore", experiment_id=fraud))


def test_tags(program, fraud):
    def tag(**body):
        return program.post("experiments/set-experiment-tag", experiment_id=fraud, **body)

    tag(key="team", value="growth")
    tag(key="empty", value="")

    told_tags = program.get("experiments/get", experiment_id=fraud).json()["experiment"]["tags"]
    assert {t["key"]: t["value"] for t in told_tags} == {"team": "growth", "empty": ""}
    assert "Names may only contain alphanumerics" in invalid(tag(key="a?b", value="x"))
    assert "'value' exceeds the maximum length of 20000" in invalid(tag(key="long", value="x" * 20_001))
    assert program.post("experiments/delete-experiment-tag", experiment_id=fraud, key="team").json() == {}
    message = missing(program.post("experiments/delete-experiment-tag", experiment_id=fraud, key="team"))
    assert message == f"No tag with name: team in experiment with id {fraud}"


@pytest.mark.parametrize(
    ("location", "fault"),
    [
        ("s3://bucket/a#b", "'artifact_location' URL can't include fragments or params."),
        ("s3://bucket/a?x=../b", "Invalid query string"),
        ("s3://bucket/../a", "Invalid artifact_location: s3://bucket/../a"),
        ("s3://bucket/%2e%2e/a", "Invalid artifact_location: s3://bucket/%2e%2e/a"),
        ("s3://bucket/" + "a" * 500, "'artifact_location' exceeds the maximum length of 500 characters"),
    ],
)
def test_a_location_that_leads_astray(program, location, fault):
    assert invalid(program.post("experiments/create", name="x", artifact_location=location)) == fault


def test_a_location_of_the_clients_own(program):
    key = program.post("experiments/create", name="x", artifact_location="s3://b/a?region=eu").json()["experiment_id"]
    info = program.post("runs/create", experiment_id=key).json()["run"]["info"]

    assert info["artifact_uri"] == f"s3://b/a/{info['run_id']}/artifacts?region=eu"


class TestSearch:
    @pytest.fixture(autouse=True)
    def three(self, program):
        self.ids = {}
        for name, team in (("Alpha", "risk"), ("beta", "growth"), ("Beta2", "risk")):
            made = program.post("experiments/create", name=name, tags=[{"key": "team", "value": team}])
            self.ids[name] = made.json()["experiment_id"]

    def test_newest_first(self, program):
        assert names(program.post("experiments/search", max_results=10)) == ["Beta2", "beta", "Alpha", "Default"]

    @pytest.mark.parametrize(
        ("filter", "found"),
        [
            ("name = 'beta'", {"beta"}),
            ("name != 'beta'", {"Alpha", "Beta2", "Default"}),
            ("name LIKE 'Beta%'", {"Beta2"}),
            ("name ILIKE 'beta%'", {"beta", "Beta2"}),
            ("attribute.name = 'Alpha'", {"Alpha"}),
            ("tags.team = 'risk'", {"Alpha", "Beta2"}),
            ("tag.`team` = 'risk' AND name = 'Alpha'", {"Alpha"}),
            ("creation_time > 0", {"Alpha", "beta", "Beta2", "Default"}),
            ("last_update_time < 1", set()),
        ],
    )
    def test_filters(self, program, filter, found):
        assert set(names(program.post("experiments/search", max_results=10, filter=filter))) == found

    def test_by_id(self, program):
        answer = program.post("experiments/search", max_results=10, filter=f"experiment_id IN ('0', '{self.ids['beta']}')")
        assert set(names(answer)) == {"Default", "beta"}

    def test_orders(self, program):
        assert names(program.post("experiments/search", max_results=10, order_by=["name DESC"])) == [
            "beta", "Default", "Beta2", "Alpha",
        ]  # fmt: skip

    def test_pages(self, program):
        seen, token = [], None
        while True:
            page = program.post("experiments/search", max_results=3, order_by=["name"], **({"page_token": token} if token else {}))
            seen += names(page)
            if not (token := page.json().get("next_page_token")):
                break
        assert seen == ["Alpha", "Beta2", "Default", "beta"]

    def test_what_is_in_the_bin(self, program):
        program.post("experiments/delete", experiment_id=self.ids["beta"])

        assert "beta" not in names(program.post("experiments/search", max_results=10))
        assert names(program.post("experiments/search", max_results=10, view_type="DELETED_ONLY")) == ["beta"]
        assert "beta" in names(program.post("experiments/search", max_results=10, view_type="ALL"))

    def test_by_query_too(self, program):
        assert names(program.get("experiments/search", max_results=10, filter="name = 'beta'")) == ["beta"]

    @pytest.mark.parametrize(
        ("body", "fault"),
        [
            ({"max_results": 0}, "It must be a positive integer"),
            ({"max_results": 50_001}, "It must be at most 50000"),
            ({"max_results": 5, "filter": "name ="}, ""),
            ({"max_results": 5, "filter": "nme = 'x'"}, "Invalid attribute key 'nme' specified."),
            ({"max_results": 5, "order_by": ["colour"]}, "Invalid attribute key 'colour' specified."),
            ({"max_results": 5, "page_token": "zzz"}, "Invalid page token"),
            ({"max_results": 5, "view_type": "SOME"}, "Invalid view type 'SOME'."),
        ],
    )
    def test_what_makes_no_sense(self, program, body, fault):
        assert fault in invalid(program.post("experiments/search", **body))


def test_one_experiment_per_name_however_many_ask(program):
    for _ in range(3):
        program.post("experiments/create", name="same")

    assert Experiment.objects.filter(name="same").count() == 1
