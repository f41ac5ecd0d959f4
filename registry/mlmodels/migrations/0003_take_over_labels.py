"""Labels become tags without a value; versions learn which run they came from as text, which outlives the run."""

from django.db import migrations
from django.db.models import F

AT_ONCE = 500


def take_over(apps, schema_editor):
    RegisteredModel = apps.get_model("mlmodels", "RegisteredModel")
    RegisteredModelTag = apps.get_model("mlmodels", "RegisteredModelTag")
    ModelVersion = apps.get_model("mlmodels", "ModelVersion")
    RegisteredModelTag.objects.bulk_create(
        (
            RegisteredModelTag(model_id=pk, key=key, value=value)
            for pk, labels in RegisteredModel.objects.values_list("pk", "labels").iterator()
            for key, value in _pairs(labels)
        ),
        batch_size=AT_ONCE,
    )
    ModelVersion.objects.update(updated_at=F("created_at"))
    versions = ModelVersion.objects.filter(run__isnull=False).select_related("run").only("run__run_id")
    for start in range(0, versions.count(), AT_ONCE):
        page = list(versions.order_by("pk")[start : start + AT_ONCE])
        for version in page:
            version.source_run_id = version.run.run_id
        ModelVersion.objects.bulk_update(page, ["source_run_id"])


def _pairs(labels):
    pairs = {}
    for label in labels:
        key, _, value = str(label).partition("=")
        if key.strip():
            pairs.setdefault(key.strip(), value.strip())
        else:
            pairs.setdefault(str(label), "")
    return pairs.items()


def give_back(apps, schema_editor):
    RegisteredModel = apps.get_model("mlmodels", "RegisteredModel")
    RegisteredModelTag = apps.get_model("mlmodels", "RegisteredModelTag")
    for model in RegisteredModel.objects.iterator():
        tags = RegisteredModelTag.objects.filter(model_id=model.pk).order_by("pk").values_list("key", "value")
        model.labels = [f"{key}={value}" if value else key for key, value in tags]
        model.save(update_fields=["labels"])


class Migration(migrations.Migration):
    dependencies = [("mlmodels", "0002_protocol")]
    operations = [migrations.RunPython(take_over, give_back)]
