from django.db import migrations


class Migration(migrations.Migration):
    """The tables of metrics are made anew in 0003, which copies what is in these."""

    dependencies = [("runs", "0001_initial")]

    operations = [
        migrations.RemoveConstraint("metricsummary", "one_summary_per_metric"),
        migrations.RemoveIndex("metricpoint", "points_of_a_metric"),
        migrations.RenameModel("MetricSummary", "OldMetricSummary"),
        migrations.RenameModel("MetricPoint", "OldMetricPoint"),
    ]
