from django.db import migrations


class Migration(migrations.Migration):
    # Apart from 0004: PostgreSQL changes no table in the transaction that has written to what hangs on it.
    dependencies = [("runs", "0004_take_over_old_metrics")]

    operations = [migrations.DeleteModel("OldMetricPoint"), migrations.DeleteModel("OldMetricSummary")]
