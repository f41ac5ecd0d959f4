from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("mlmodels", "0003_take_over_labels")]
    operations = [migrations.RemoveField(model_name="registeredmodel", name="labels")]
