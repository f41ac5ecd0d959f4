"""Registering models: numbers, repetition, failure, deletion."""

import threading

import pytest
from django.db import connection

from registry import storage
from registry.errors import Invalid, NotFound, Refused
from registry.mlmodels import marking, services
from registry.mlmodels.models import ModelVersion, RegisteredModel
from tests.registry import make


@pytest.fixture
def folder(tmp_path):
    return make.model_folder(tmp_path / "model")


def register(workspace, folder, name="Income", run=None, **more):
    return services.register(workspace=workspace, name=name, folder=folder, details={"task": "binary"}, run=run, **more)


def test_the_first_version_makes_the_model(workspace, alice, folder, settings):
    run = make.step(make.run(workspace, alice))

    version = register(workspace, folder, name="  Income   model ", run=run, by=alice, description=" First. ")

    assert (version.model.name, version.number, version.description, version.created_by) == ("Income model", 1, "First.", alice)
    assert version.details == {"task": "binary"}
    assert version.bytes > 1000
    assert (settings.STORE_DIR / version.path / "MLmodel").is_file()
    assert version.path == f"models/{version.model.pk}/1"


def test_another_run_makes_the_next_version(workspace, alice, folder):
    first = register(workspace, folder, run=make.run(workspace, alice))
    second = register(workspace, folder, run=make.run(workspace, alice))

    assert (first.number, second.number) == (1, 2)
    assert first.path != second.path


def test_the_same_run_registers_once(workspace, alice, folder):
    run = make.run(workspace, alice)

    first = register(workspace, folder, run=run)
    again = register(workspace, folder, run=run)

    assert again == first
    assert ModelVersion.objects.count() == 1
    assert register(workspace, folder, run=make.run(workspace, alice)).number == 2


def test_the_engine_registers_in_the_name_of_who_submitted(workspace, carl, folder):
    assert register(workspace, folder, run=make.run(workspace, carl)).created_by == carl


def test_nothing_is_half_registered_when_the_copy_fails(workspace, folder, settings, monkeypatch):
    monkeypatch.setattr(storage.Store, "put_folder", lambda *a: (_ for _ in ()).throw(OSError("disk full")))

    with pytest.raises(OSError, match="disk full"):
        register(workspace, folder)

    assert not RegisteredModel.objects.exists()
    assert not list((settings.STORE_DIR).rglob("MLmodel"))


def test_a_failed_copy_leaves_an_older_model_as_it_was(workspace, folder, monkeypatch):
    register(workspace, folder)
    with monkeypatch.context() as patch:
        patch.setattr(storage.Store, "put_folder", lambda *a: (_ for _ in ()).throw(OSError("disk full")))
        with pytest.raises(OSError):
            register(workspace, folder)

    assert register(workspace, folder).number == 2


def test_a_folder_that_is_no_model_is_refused(workspace, tmp_path):
    with pytest.raises(Invalid, match="MLmodel"):
        register(workspace, tmp_path)

    assert not RegisteredModel.objects.exists()


@pytest.mark.parametrize("name", ["", "   ", "a/b", "..", "a\\b", "a\nb", "a\0b", "x" * 257, None])
def test_a_name_that_cannot_stand_in_an_address_is_refused(workspace, folder, name):
    with pytest.raises(Invalid) as refused:
        register(workspace, folder, name=name)

    assert "name" in refused.value.fields


def test_a_name_of_eighty_characters_in_any_script_is_fine(workspace, folder):
    assert register(workspace, folder, name="模型 ü" * 16).number == 1


def test_a_reader_cannot_register(workspace, rita, oscar, folder):
    with pytest.raises(Refused):
        register(workspace, folder, by=rita)
    with pytest.raises(NotFound):
        register(workspace, folder, by=oscar)

    assert not RegisteredModel.objects.exists()


def test_a_deleted_version_takes_its_folder_along_and_its_number_never_comes_back(
    workspace, alice, folder, settings, django_capture_on_commit_callbacks
):
    register(workspace, folder)
    last = register(workspace, folder)
    kept = settings.STORE_DIR / last.path

    with django_capture_on_commit_callbacks(execute=True):
        services.delete_version(version=last, by=alice)

    assert not kept.exists()
    assert register(workspace, folder).number == 3


def test_a_deleted_model_takes_all_its_versions_along(
    workspace, carl, folder, settings, django_capture_on_commit_callbacks
):
    model = register(workspace, folder).model
    register(workspace, folder)

    with django_capture_on_commit_callbacks(execute=True):
        services.delete_model(model=model, by=carl)

    assert not ModelVersion.objects.exists()
    assert not list(settings.STORE_DIR.rglob("MLmodel"))


def test_the_run_keeps_its_model_when_the_version_is_deleted(workspace, alice, settings):
    """The folder is copied: a version owns its own."""
    run = make.step(make.run(workspace, alice))
    output = make.model_output(run)
    version = register(workspace, settings.STORE_DIR / output.path, run=run)
    services._remove([version.path])

    assert (settings.STORE_DIR / output.path / "MLmodel").is_file()


def test_tags_are_trimmed_and_each_stands_once(workspace, alice, folder):
    model = register(workspace, folder).model

    services.describe_model(model=model, by=alice, tags=[" blue ", "red", "blue", ""], description=" Text ")

    model.refresh_from_db()
    assert ([str(tag) for tag in model.tags.all()], model.description) == (["blue", "red"], "Text")


def test_a_tag_with_a_value_is_written_with_an_equals_sign(workspace, alice, folder):
    model = register(workspace, folder).model

    services.describe_model(model=model, by=alice, tags=["team = risk", "blue", "formula=a=b"])

    assert list(model.tags.order_by("pk").values_list("key", "value")) == [("team", "risk"), ("blue", ""), ("formula", "a=b")]


def test_rewriting_tags_keeps_what_clients_keep_for_themselves(workspace, alice, folder):
    model = register(workspace, folder).model
    marking.set_model_tags(model=model, by=alice, tags={"mlflow.note": "x", "old": "1"})

    services.describe_model(model=model, by=alice, tags=["new"])

    assert {str(tag) for tag in model.tags.all()} == {"mlflow.note=x", "new"}


@pytest.mark.parametrize("tags", [[f"tag {n}" for n in range(101)], ["x" * 251], ["=value"]])
def test_too_many_or_too_long_tags_are_refused(workspace, alice, folder, tags):
    with pytest.raises(Invalid):
        services.describe_model(model=register(workspace, folder).model, by=alice, tags=tags)


@pytest.mark.django_db(transaction=True)
def test_many_who_register_at_once_get_different_numbers(workspace, alice, folder):
    runs = [make.run(workspace, alice) for _ in range(6)]
    same = runs[0]
    numbers: list[int] = []
    errors: list[BaseException] = []

    def work(run):
        try:
            numbers.append(register(workspace, folder, run=run).number)
        except BaseException as error:  # noqa: BLE001 - told by the assertion below
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(run,)) for run in [*runs, same, same]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not errors
    versions = ModelVersion.objects.all()
    assert len(versions) == 6
    assert len({v.number for v in versions}) == len({v.path for v in versions}) == 6
    assert len(set(numbers)) == 6
