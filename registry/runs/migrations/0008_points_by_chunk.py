import django.db.models.deletion
from django.db import migrations, models


def make_their_own_index(apps, schema_editor):
    """As in 0003: on SQLite the table itself is the index."""
    if schema_editor.connection.vendor != "sqlite":
        return
    with schema_editor.connection.cursor() as cursor:
        for name in ("runs_metricpoint", "runs_metricbucket"):
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = %s", [name])
            made = cursor.fetchone()[0]
            cursor.execute(f"DROP TABLE {name}")
            cursor.execute(f"{made} WITHOUT ROWID")


COPY = """
    INSERT INTO runs_metricpoint (run_id, chunk, series_id, step, timestamp, value, is_nan)
    SELECT s.run_id, p.step >> 4, p.series_id, p.step, p.timestamp, p.value, p.is_nan
    FROM runs_flatmetricpoint p JOIN runs_metricsummary s ON s.id = p.series_id
"""


class Migration(migrations.Migration):
    """Points lie by the steps of their run, so that what is logged together is written to few places."""

    dependencies = [("runs", "0007_find_by_value")]

    operations = [
        migrations.RenameModel("MetricPoint", "FlatMetricPoint"),
        migrations.DeleteModel("MetricBucket"),
        migrations.AddField("metricsummary", "rolled", models.BigIntegerField(default=0)),
        migrations.AddField("metricsummary", "rolled_to", models.BigIntegerField(null=True)),
        migrations.CreateModel(
            name="MetricPoint",
            fields=[
                ("pk", models.CompositePrimaryKey("run_id", "chunk", "series_id", "step", "timestamp", "value", "is_nan", blank=True, editable=False, primary_key=True, serialize=False)),
                ("chunk", models.BigIntegerField()),
                ("step", models.BigIntegerField()),
                ("timestamp", models.BigIntegerField()),
                ("value", models.FloatField()),
                ("is_nan", models.BooleanField(default=False)),
                ("run", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="points", to="runs.run")),
                ("series", models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="runs.metricsummary")),
            ],
        ),
        migrations.CreateModel(
            name="MetricBucket",
            fields=[
                ("pk", models.CompositePrimaryKey("series_id", "shift", "bucket", blank=True, editable=False, primary_key=True, serialize=False)),
                ("shift", models.PositiveSmallIntegerField()),
                ("bucket", models.BigIntegerField()),
                ("count", models.BigIntegerField()),
                ("not_finite", models.BigIntegerField()),
                ("minimum", models.FloatField(null=True)),
                ("minimum_step", models.BigIntegerField(null=True)),
                ("minimum_time", models.BigIntegerField(null=True)),
                ("maximum", models.FloatField(null=True)),
                ("maximum_step", models.BigIntegerField(null=True)),
                ("maximum_time", models.BigIntegerField(null=True)),
                ("earliest", models.BigIntegerField()),
                ("latest", models.BigIntegerField()),
                ("series", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="buckets", to="runs.metricsummary")),
            ],
        ),
        migrations.RunPython(make_their_own_index, migrations.RunPython.noop),
        migrations.RunSQL(COPY, migrations.RunSQL.noop),
        migrations.DeleteModel("FlatMetricPoint"),
    ]
