from django.apps import AppConfig


class TracesConfig(AppConfig):
    name = "registry.traces"
    label = "traces"
    default_auto_field = "django.db.models.BigAutoField"
