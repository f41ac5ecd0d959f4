"""Reports: writing, history, bin, links, and what a block shows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registry.errors import Conflict, Invalid, NotFound, Refused
from registry.reports import selectors, services
from registry.reports.models import Report, ReportVersion
from registry.runs import experiments, tracking
from tests.registry import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(workspace, alice):
    return services.create(workspace=workspace, by=alice, title="  What   we found ", body="one")


def test_a_title_is_trimmed_and_needed(workspace, alice, report):
    assert report.title == "What we found"
    for title in ("", "  \0 ", "x" * 201):
        with pytest.raises(Invalid):
            services.create(workspace=workspace, by=alice, title=title)


def test_readers_read_and_do_not_write(workspace, rita, oscar, report):
    with pytest.raises(Refused):
        services.save(report=report, by=rita, revision=1, body="x")
    with pytest.raises(NotFound):
        services.save(report=report, by=oscar, revision=1, body="x")


def test_two_windows_cannot_overwrite_each_other(report, alice, carl):
    services.save(report=report, by=carl, revision=1, body="Carl's")

    with pytest.raises(Conflict) as error:
        services.save(report=report, by=alice, revision=1, body="Alice's")

    assert "carl" in error.value.message and error.value.fields["revision"] == 2
    report.refresh_from_db()
    assert report.body == "Carl's"


def test_edits_of_a_person_within_minutes_are_one_version_and_others_words_stay(report, alice, carl):
    for revision, (who, body) in enumerate([(alice, "a"), (alice, "b"), (carl, "c"), (alice, "d")], 1):
        report = services.save(report=report, by=who, revision=revision, body=body)

    assert list(report.versions.order_by("revision").values_list("body", flat=True)) == ["one", "b", "c", "d"]

    ReportVersion.objects.filter(report=report, body="d").update(saved_at=timezone.now() - timedelta(hours=1))
    services.save(report=report, by=alice, revision=5, body="e")
    assert list(report.versions.order_by("revision").values_list("body", flat=True)) == ["one", "b", "c", "d", "e"]


def test_an_earlier_version_comes_back_as_a_new_one(report, alice):
    services.save(report=report, by=alice, revision=1, title="Other", body="two")

    back = services.restore_version(report=report, by=alice, revision=2, version=1)

    assert (back.title, back.body, back.revision) == ("What we found", "one", 3)


def test_the_bin_keeps_a_report_and_kills_its_link(workspace, report, alice):
    secret = services.share(report=report, by=alice)
    services.delete(report=report, by=alice)

    with pytest.raises(NotFound):
        selectors.report(workspace, report.pk)
    with pytest.raises(NotFound):
        selectors.shared(secret)
    assert [r.title for r in selectors.reports_of(workspace, deleted=True)] == ["What we found"]

    services.undelete(report=selectors.report(workspace, report.pk, deleted=True), by=alice)
    assert selectors.report(workspace, report.pk).body == "one"
    with pytest.raises(NotFound):
        selectors.shared(secret)


def test_a_new_link_ends_the_old_one_and_withdrawing_ends_all(report, alice):
    first, second = services.share(report=report, by=alice), services.share(report=report, by=alice)

    assert selectors.shared(second) == report
    with pytest.raises(NotFound):
        selectors.shared(first)
    assert second not in Report.objects.get().link_digest, "only a hash is kept"

    services.unshare(report=report, by=alice)
    with pytest.raises(NotFound):
        selectors.shared(second)


# What blocks show.


@pytest.fixture
def runs(workspace, alice):
    found = experiments.named(workspace, "Income", alice)
    made = []
    for number in range(7):
        run = make.run(workspace, alice, experiment=found, name=f"try {number}", kind="tracked")
        points = [("loss", 1 / (step + 1 + number), step, 1000 * step) for step in range(20)]
        tracking.write(tracking.Batch(run=run.pk, metrics=[*points, ("auc", number / 10, 0, 0)], params=[("depth", str(number))]))
        made.append(run)
    return made


def draw(client, text):
    return client.post("/api/v1/w/lab/reports/draw", {"text": text}, format="json")


def test_the_five_best_of_an_experiment(api_for, alice, runs):
    text = "show: table\nexperiment: Income\norder: metrics.auc DESC\nlimit: 5\ncolumns: [params.depth, 'metrics.auc']"

    drawn = draw(api_for(alice), text).json()

    assert [row["name"] for row in drawn["rows"]] == ["try 6", "try 5", "try 4", "try 3", "try 2"]
    assert drawn["rows"][0]["values"] == {"params.depth": "6", "metrics.auc": 0.6}
    assert drawn["total"] == 7


def test_lines_of_the_runs_that_fit(api_for, alice, runs):
    drawn = draw(api_for(alice), "show: lines\nmetrics: [loss]\nexperiment: Income\nfilter: metrics.auc > 0.45\norder: metrics.auc ASC").json()

    assert [curve["run_id"] for curve in drawn["curves"]] == [runs[5].run_id, runs[6].run_id]
    assert drawn["curves"][0]["x"] == list(range(20))
    assert drawn["curves"][0]["y"] == pytest.approx([1 / (step + 6) for step in range(20)])


def test_chosen_runs_stay_in_the_order_given(api_for, alice, runs):
    chosen = [runs[3].run_id, runs[1].run_id]

    drawn = draw(api_for(alice), f"show: bars\nmetrics: [auc]\nruns: {chosen}").json()

    assert [row["run_id"] for row in drawn["rows"]] == chosen


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("show: table\nexperiment: Incom", "Did you mean Income?"),
        ("show: table\nfilter: metrics.auc >> 3", "filter"),
        ("show: nothing", "There are"),
    ],
)
def test_a_block_that_cannot_be_drawn_says_why(api_for, alice, runs, text, says):
    answer = draw(api_for(alice), text)

    assert answer.status_code in (400, 422)
    assert says in answer.json()["message"] or says in str(answer.json()["fields"])


def test_runs_of_other_workspaces_are_not_seen(api_for, alice, runs, oscar):
    from registry.workspaces.models import Membership, Workspace

    other = Workspace.objects.create(name="Other", slug="other")
    Membership.objects.create(workspace=other, user=oscar, role="owner")

    answer = api_for(oscar).post(
        "/api/v1/w/other/reports/draw", {"text": f"show: table\nruns: [{runs[0].run_id}]"}, format="json"
    )

    assert answer.json()["rows"] == []


def test_a_link_shows_the_report_and_nothing_else(client, workspace, alice, runs):
    body = "Hello\n\n```atelier\nshow: table\nexperiment: Income\nlimit: 3\n```\n"
    report = services.create(workspace=workspace, by=alice, title="For all", body=body)
    secret = services.share(report=report, by=alice)

    page = client.get(f"/shared/{secret}/")
    assert page.status_code == 200 and "For all" in page.content.decode()
    assert page["Referrer-Policy"] == "no-referrer"
    assert len(client.get(f"/shared/{secret}/blocks/0").json()["rows"]) == 3

    assert client.get(f"/shared/{secret}/blocks/1").status_code == 404
    assert client.get("/shared/nonsense/").status_code == 404
    assert client.get(f"/w/lab/reports/{report.pk}/").status_code == 302
    assert client.post("/api/v1/w/lab/reports/draw", {"text": "show: table"}).status_code == 401


def test_the_pages_and_their_api(client_for, api_for, alice, rita):
    made = api_for(alice).post("/api/v1/w/lab/reports", {"title": "T", "body": "text"}, format="json").json()

    assert "T" in client_for(rita).get("/w/lab/reports/").content.decode()
    page = client_for(rita).get(f"/w/lab/reports/{made['id']}/").content.decode()
    assert "data-edit>" not in page and '"text"' in page
    assert "data-edit>" in client_for(alice).get(f"/w/lab/reports/{made['id']}/").content.decode()

    saved = api_for(alice).patch(f"/api/v1/w/lab/reports/{made['id']}", {"revision": 1, "body": "more"}, format="json")
    assert saved.json()["revision"] == 2
    stale = api_for(alice).patch(f"/api/v1/w/lab/reports/{made['id']}", {"revision": 1, "body": "x"}, format="json")
    assert (stale.status_code, stale.json()["code"]) == (409, "stale-revision")
    assert [v["body"] for v in api_for(rita).get(f"/api/v1/w/lab/reports/{made['id']}/versions").json()["results"]] == ["more", "text"]
