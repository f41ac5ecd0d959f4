"""What people write on a run, where it is listed, and what hangs below it."""

import pytest

from registry.runs import about
from registry.runs.models import Comment, Dataset, DatasetUse, RunEvent, Tag
from tests.registry import make

pytestmark = pytest.mark.django_db
BASE = "/api/v1/w/lab/runs"


@pytest.fixture
def run(workspace, alice):
    return make.tracked(workspace, alice)


@pytest.fixture
def address(run):
    return f"{BASE}/{run.run_id}"


def test_a_run_is_renamed_and_everybody_hears_of_it(run, address, carl, api_for):
    answer = api_for(carl).patch(address, {"name": "  The good one  "}, format="json")

    assert answer.json()["name"] == "The good one"
    told = RunEvent.objects.filter(run=run).order_by("id").values_list("type", flat=True)
    assert list(told)[-2:] == ["run", "note"]  # the list of runs, and the pages of this one


@pytest.mark.parametrize("name", ["", "   ", "x" * 251])
def test_a_name_is_neither_empty_nor_endless(run, address, carl, api_for, name):
    answer = api_for(carl).patch(address, {"name": name}, format="json")

    assert answer.status_code == 422 and "name" in answer.json()["fields"]


def test_a_description_is_the_tag_that_clients_read(run, address, carl, api_for):
    api = api_for(carl)

    api.patch(address, {"description": "# Why\n\n**because**  "}, format="json")

    assert Tag.objects.get(run=run, key="mlflow.note.content").value == "# Why\n\n**because**  "
    assert api.get(f"{address}/about").json()["description"].startswith("# Why")
    api.patch(address, {"description": " "}, format="json")
    assert not Tag.objects.filter(run=run).exists()


def test_tags_with_odd_names_come_and_go(run, address, carl, api_for):
    api = api_for(carl)
    key = "team/ä #1?&%20 " + "x" * 235

    assert api.put(f"{address}/tags", {"key": key, "value": ""}, format="json").status_code == 204
    assert api.put(f"{address}/tags", {"key": key, "value": "blue\nand green"}, format="json").status_code == 204
    assert api.get(f"{address}/about").json()["tags"] == [{"key": key, "value": "blue\nand green"}]
    assert api.delete(f"{address}/tags?{_query(key=key)}").status_code == 204
    assert api.get(f"{address}/about").json()["tags"] == []
    assert api.delete(f"{address}/tags?{_query(key=key)}").status_code == 404


@pytest.mark.parametrize(
    ("tag", "status"),
    [({"key": ""}, 422), ({"key": "x" * 251}, 422), ({"key": "a", "value": "x" * 8001}, 422), ({"key": "mlflow.user"}, 409)],
)
def test_tags_that_make_no_sense_are_refused_in_words(run, address, carl, api_for, tag, status):
    answer = api_for(carl).put(f"{address}/tags", {"value": "", **tag}, format="json")

    assert answer.status_code == status and answer.json()["message"].endswith(".")


def test_what_clients_tag_for_themselves_is_told_apart(run, address, rita, api_for):
    Tag.objects.create(run=run, key="mlflow.source.git.commit", value="abc123")
    Tag.objects.create(run=run, key="team", value="blue")

    told = api_for(rita).get(f"{address}/about").json()

    assert told["told"] == {"mlflow.source.git.commit": "abc123"}
    assert told["tags"] == [{"key": "team", "value": "blue"}]


def test_a_star_is_a_persons_own(run, address, rita, carl, api_for):
    api_for(rita).put(f"{address}/star")
    api_for(rita).put(f"{address}/star")

    assert api_for(rita).get(f"{address}/about").json()["starred"]
    others = api_for(carl).get(f"{address}/about").json()
    assert (others["starred"], others["stars"]) == (False, 1)
    api_for(rita).delete(f"{address}/star")
    assert api_for(carl).get(f"{address}/about").json()["stars"] == 0


def test_comments_are_changed_by_who_wrote_them_alone(run, address, alice, carl, rita, api_for):
    made = api_for(carl).post(f"{address}/comments", {"text": "Try *more* trees."}, format="json").json()
    one = f"{address}/comments/{made['id']}"

    assert api_for(alice).patch(one, {"text": "No."}, format="json").status_code == 403
    changed = api_for(carl).patch(one, {"text": "Try fewer."}, format="json").json()
    assert changed["text"] == "Try fewer." and changed["edited_at"]
    shown = api_for(rita).get(f"{address}/comments").json()["results"]
    assert [(c["author"], c["mine"]) for c in shown] == [("carl", False)]
    # An owner tidies up.
    assert api_for(alice).delete(one).status_code == 204
    assert not Comment.objects.exists()


@pytest.mark.parametrize("text", ["", " \n", "x" * 20_001])
def test_a_comment_says_something_and_ends(run, address, carl, api_for, text):
    assert api_for(carl).post(f"{address}/comments", {"text": text}, format="json").status_code == 422


def test_a_comment_of_another_run_is_none_of_this_one(run, address, workspace, carl, api_for):
    other = Comment.objects.create(run=make.tracked(workspace, carl), author=carl, text="x")

    assert api_for(carl).delete(f"{address}/comments/{other.pk}").status_code == 404


def test_a_run_goes_into_the_bin_and_the_archive_and_comes_back(run, address, carl, api_for):
    api = api_for(carl)

    api.delete(address)
    assert api.get(f"{address}/about").json()["deleted_at"]  # its address goes on working
    api.post(f"{address}/restore")
    api.post(f"{address}/archive")
    told = api.get(f"{address}/about").json()
    assert told["deleted_at"] is None and told["archived_at"]
    api.post(f"{address}/unarchive")
    assert api.get(f"{address}/about").json()["archived_at"] is None


def test_what_the_studio_computes_is_cancelled_before_it_is_thrown_away(workspace, alice, carl, api_for):
    ours = make.run(workspace, alice, status="running", spec=True)
    theirs = make.tracked(workspace, alice, status="running")

    assert api_for(carl).delete(f"{BASE}/{ours.run_id}").json()["code"] == "run-is-active"
    assert api_for(carl).delete(f"{BASE}/{theirs.run_id}").status_code == 204  # whose client has died, perhaps


def test_a_reader_changes_nothing(run, address, rita, api_for):
    api = api_for(rita)

    assert api.patch(address, {"name": "x"}, format="json").status_code == 403
    assert api.patch(address, {}, format="json").status_code == 403
    assert api.put(f"{address}/tags", {"key": "a", "value": ""}, format="json").status_code == 403
    assert api.post(f"{address}/comments", {"text": "x"}, format="json").status_code == 403


def test_nested_runs_come_by_the_page_with_the_metrics_they_share(workspace, run, address, alice, rita, api_for):
    for n in range(5):
        child = make.tracked(workspace, alice, name=f"Trial {n}", nested_in=run)
        make.metric(child, "loss", 1.0 / (n + 1), 0.5 / (n + 1))
        make.metric(child, "system/cpu_utilization_percentage", 50)
    make.tracked(workspace, alice, name="Inner", nested_in=child)

    page = api_for(rita).get(f"{address}/nested?offset=3&limit=10").json()

    assert [r["name"] for r in page["results"]] == ["Trial 3", "Trial 4"]
    assert [r["nested"] for r in page["results"]] == [0, 1]
    assert page["metrics"] == ["loss"] and page["total"] == 5
    assert page["results"][1]["values"] == {"loss": 0.1}
    chosen = api_for(rita).get(f"{address}/nested?metric=system/cpu_utilization_percentage&limit=1").json()
    assert chosen["results"][0]["values"] == {"system/cpu_utilization_percentage": 50}


def test_nested_runs_cost_the_same_however_many(workspace, run, alice, django_assert_num_queries):
    for _ in range(3):
        make.metric(make.tracked(workspace, alice, nested_in=run), "loss", 1)
    with django_assert_num_queries(4):
        about.children(run)
    for _ in range(30):
        make.tracked(workspace, alice, nested_in=run)
    with django_assert_num_queries(4):
        about.children(run)


def test_a_child_names_those_above_it_even_if_they_go_in_a_circle(workspace, alice, rita, api_for):
    outer = make.tracked(workspace, alice, name="Outer")
    inner = make.tracked(workspace, alice, name="Inner", nested_in=outer)
    child = make.tracked(workspace, alice, name="Child", nested_in=inner)

    def names():
        return [one["name"] for one in api_for(rita).get(f"{BASE}/{child.run_id}/about").json()["above"]]

    assert names() == ["Outer", "Inner"]
    outer.nested_in = child
    outer.save()
    assert names() == ["Outer", "Inner"]


def test_data_sets_are_told_with_what_they_were_for(run, address, rita, api_for):
    dataset = Dataset.objects.create(
        experiment=run.experiment, name="wine", digest="1a2b", source_type="http", source='{"url": "https://x/y.csv"}',
        schema='{"mlflow_colspec": []}', profile='{"num_rows": 10}',
    )  # fmt: skip
    DatasetUse.objects.create(run=run, dataset=dataset, tags={"mlflow.data.context": "training"})

    (told,) = api_for(rita).get(f"{address}/about").json()["datasets"]

    assert (told["name"], told["context"], told["digest"]) == ("wine", "training", "1a2b")


def test_notes_on_a_step_are_notes_on_its_run(workspace, alice, carl, api_for):
    root = make.run(workspace, alice)
    step = make.step(root)

    api_for(carl).put(f"{BASE}/{step.run_id}/tags", {"key": "a", "value": "b"}, format="json")

    assert Tag.objects.get().run == root


def _query(**values):
    from urllib.parse import urlencode

    return urlencode(values)
