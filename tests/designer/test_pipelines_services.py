"""Drafts, revisions, history: what is saved is kept, and two people cannot overwrite each other unseen."""

from datetime import timedelta

import pytest
from django.utils import timezone

from designer.graph import document
from designer.pipelines import history, services
from designer.pipelines.models import Pipeline, PipelineVersion
from registry.errors import Conflict, Invalid, NotFound, Refused
from tests.designer.tiny import chain

pytestmark = pytest.mark.django_db


def drawn(length):
    return document.write(chain(length))


@pytest.fixture
def pipeline(workspace, alice):
    return services.create(workspace=workspace, by=alice, name="Income", graph=drawn(1))


def save(pipeline, by, revision, length, **options):
    fresh = Pipeline.objects.get(pk=pipeline.pk)
    return services.save_graph(pipeline=fresh, by=by, revision=revision, graph=drawn(length), **options)


def story(pipeline):
    """The history, oldest first: revision, why, who, how many nodes."""
    rows = pipeline.versions.order_by("revision").select_related("created_by")
    return [(row.revision, row.reason, row.created_by.username, row.node_count) for row in rows]


def wait(pipeline, **delta):
    """As if so much time had passed since the last version."""
    latest = pipeline.versions.order_by("-revision").first()
    past = timezone.now() - timedelta(**delta)
    PipelineVersion.objects.filter(pk=latest.pk).update(started_at=past, created_at=past)


def test_a_new_pipeline_is_empty_and_has_a_history_of_one(workspace, alice):
    pipeline = services.create(workspace=workspace, by=alice, name="  My   pipeline ")

    assert (pipeline.name, pipeline.revision, pipeline.graph) == ("My pipeline", 1, document.empty())
    assert story(pipeline) == [(1, "created", "alice", 0)]


@pytest.mark.parametrize("name", ["", "   ", "x" * 121])
def test_a_pipeline_needs_a_name_of_reasonable_length(workspace, alice, name):
    with pytest.raises(Invalid):
        services.create(workspace=workspace, by=alice, name=name)


def test_a_malformed_graph_is_never_stored(pipeline, alice):
    with pytest.raises(Invalid):
        services.save_graph(pipeline=pipeline, by=alice, revision=1, graph={"format": 1, "nodes": [{}], "edges": []})

    pipeline.refresh_from_db()
    assert (pipeline.revision, pipeline.graph) == (1, drawn(1))


def test_what_is_stored_is_the_written_form_of_the_document(pipeline, alice):
    services.save_graph(
        pipeline=pipeline, by=alice, revision=1,
        graph={"format": 1, "nodes": [{"id": "a", "component": "x", "version": 1}], "edges": []},
    )  # fmt: skip

    assert Pipeline.objects.get().graph["nodes"] == [
        {"id": "a", "component": "x", "version": 1, "title": "x", "x": 0.0, "y": 0.0, "params": {}, "comment": ""}
    ]


def test_a_stale_save_is_refused_with_who_and_when(pipeline, alice, carl):
    save(pipeline, carl, 1, 2)

    with pytest.raises(Conflict) as refused:
        save(pipeline, alice, 1, 3)

    stored = Pipeline.objects.get()
    assert refused.value.code == "revision-conflict"
    assert refused.value.fields == {
        "revision": 2, "updated_by": "carl", "updated_at": stored.updated_at.isoformat(),
    }  # fmt: skip
    assert stored.graph == drawn(2)


def test_a_save_whose_answer_got_lost_may_be_repeated(pipeline, alice):
    save(pipeline, alice, 1, 2)

    again = save(pipeline, alice, 1, 2)

    assert again.revision == 2
    assert story(pipeline) == [(1, "created", "alice", 1), (2, "edit", "alice", 2)]


def test_saving_over_another_keeps_what_was_there(pipeline, alice, carl):
    save(pipeline, carl, 1, 2)

    forced = save(pipeline, alice, 1, 3, force=True)

    assert forced.revision == 3
    assert story(pipeline) == [
        (1, "created", "alice", 1), (2, "overwritten", "carl", 2), (3, "force", "alice", 3),
    ]  # fmt: skip


def test_saving_over_ones_own_other_tab_keeps_that_too(pipeline, alice):
    save(pipeline, alice, 1, 2)  # one tab
    save(pipeline, alice, 1, 3, force=True)  # another tab
    save(pipeline, alice, 3, 4)

    assert story(pipeline) == [
        (1, "created", "alice", 1), (2, "overwritten", "alice", 2), (3, "force", "alice", 3), (4, "edit", "alice", 4),
    ]  # fmt: skip


def test_edits_that_follow_closely_are_one_version(pipeline, alice):
    for length in range(2, 7):
        save(pipeline, alice, length - 1, length)

    assert story(pipeline) == [(1, "created", "alice", 1), (6, "edit", "alice", 6)]


def test_another_person_or_another_time_is_another_version(pipeline, alice, carl):
    save(pipeline, alice, 1, 2)
    save(pipeline, carl, 2, 3)
    wait(pipeline, minutes=3)
    save(pipeline, carl, 3, 4)

    assert story(pipeline) == [
        (1, "created", "alice", 1), (2, "edit", "alice", 2), (3, "edit", "carl", 3), (4, "edit", "carl", 4),
    ]  # fmt: skip


def test_who_goes_on_editing_for_an_hour_leaves_a_version_every_two_minutes(pipeline, alice):
    save(pipeline, alice, 1, 2)
    PipelineVersion.objects.filter(revision=2).update(started_at=timezone.now() - timedelta(seconds=121))

    save(pipeline, alice, 2, 3)

    assert [row[0] for row in story(pipeline)] == [1, 2, 3]


def test_nodes_that_vanish_can_always_be_had_back(pipeline, alice):
    save(pipeline, alice, 1, 5)
    save(pipeline, alice, 2, 1)
    save(pipeline, alice, 3, 2)

    assert story(pipeline) == [(1, "created", "alice", 1), (2, "edit", "alice", 5), (4, "edit", "alice", 2)]


def test_restoring_is_a_new_revision_with_the_old_graph(pipeline, alice, carl):
    save(pipeline, alice, 1, 3)

    fresh = Pipeline.objects.get()
    services.restore(pipeline=fresh, by=carl, revision=2, version=1)

    assert (fresh.revision, fresh.graph) == (3, drawn(1))
    assert story(pipeline)[-1] == (3, "restore", "carl", 1)


def test_restoring_over_unseen_changes_is_refused(pipeline, alice):
    save(pipeline, alice, 1, 3)

    with pytest.raises(Conflict):
        services.restore(pipeline=Pipeline.objects.get(), by=alice, revision=1, version=1)
    with pytest.raises(NotFound):
        services.restore(pipeline=Pipeline.objects.get(), by=alice, revision=2, version=9)


def test_old_edits_are_forgotten_but_never_the_last_two_hundred_nor_what_marks_more(pipeline, alice, monkeypatch):
    monkeypatch.setattr(history, "KEPT", 5)
    for revision in range(1, 9):
        save(pipeline, alice, revision, 1 + revision % 2)

    assert [row[0] for row in story(pipeline)][0] == 1
    assert [row[1] for row in story(pipeline)].count("edit") <= 5
    assert len(story(pipeline)) >= 5


def test_the_newest_version_is_always_the_draft(pipeline, alice, carl):
    for by, revision, length in ((alice, 1, 2), (carl, 2, 1), (carl, 3, 4), (alice, 4, 4), (alice, 5, 2)):
        saved = save(pipeline, by, revision, length)
        newest = pipeline.versions.order_by("-revision").first()
        assert (newest.revision, newest.graph) == (saved.revision, saved.graph)


def test_renaming_leaves_the_graph_and_its_revision_alone(pipeline, alice):
    services.rename(pipeline=pipeline, by=alice, name="Wages", description="of adults")

    stored = Pipeline.objects.get()
    assert (stored.name, stored.description, stored.revision) == ("Wages", "of adults", 1)


def test_a_copy_has_the_graph_and_a_history_of_its_own(pipeline, alice, carl):
    save(pipeline, alice, 1, 3)
    copy = services.duplicate(pipeline=Pipeline.objects.get(), by=carl)

    assert (copy.name, copy.graph, copy.revision) == ("Income (copy)", drawn(3), 1)
    assert story(copy) == [(1, "created", "carl", 3)]
    long = services.create(workspace=pipeline.workspace, by=alice, name="x" * 120)
    assert services.duplicate(pipeline=long, by=alice).name == "x" * 113 + " (copy)"


def test_an_archived_pipeline_takes_no_saves_until_it_is_back(pipeline, alice):
    services.archive(pipeline=pipeline, by=alice)
    with pytest.raises(Conflict, match="was deleted meanwhile"):
        save(pipeline, alice, 1, 2)

    services.unarchive(pipeline=Pipeline.objects.get(), by=alice)
    assert save(pipeline, alice, 1, 2).revision == 2


def test_a_reader_changes_nothing_and_an_outsider_learns_nothing(pipeline, rita, oscar):
    verbs = (
        lambda by: services.create(workspace=pipeline.workspace, by=by, name="x"),
        lambda by: services.rename(pipeline=pipeline, by=by, name="x"),
        lambda by: services.save_graph(pipeline=pipeline, by=by, revision=1, graph=drawn(2)),
        lambda by: services.save_graph(pipeline=pipeline, by=by, revision=1, graph=drawn(2), force=True),
        lambda by: services.restore(pipeline=pipeline, by=by, revision=1, version=1),
        lambda by: services.duplicate(pipeline=pipeline, by=by),
        lambda by: services.archive(pipeline=pipeline, by=by),
        lambda by: services.unarchive(pipeline=pipeline, by=by),
        lambda by: services.submit(pipeline=pipeline, by=by, revision=1),
    )
    for verb in verbs:
        with pytest.raises(Refused):
            verb(rita)
        with pytest.raises(NotFound):
            verb(oscar)
    assert Pipeline.objects.get().revision == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_save_at_once_exactly_one_is_first(workspace, alice, carl):
    from concurrent.futures import ThreadPoolExecutor
    from threading import Barrier

    from django.db import connection

    made = services.create(workspace=workspace, by=alice, name="Income", graph=drawn(1))
    ready = Barrier(6)

    def attempt(number):
        try:
            ready.wait()
            save(made, (alice, carl)[number % 2], 1, number + 2)
            return "saved"
        except Conflict:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(attempt, range(6)))

    assert sorted(answers) == ["refused"] * 5 + ["saved"]
    assert Pipeline.objects.get().revision == 2
    assert [row[:2] for row in story(made)] == [(1, "created"), (2, "edit")]
