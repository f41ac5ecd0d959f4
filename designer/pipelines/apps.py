from django.apps import AppConfig


class PipelinesConfig(AppConfig):
    name = "designer.pipelines"
    label = "pipelines"
    default_auto_field = "django.db.models.BigAutoField"
