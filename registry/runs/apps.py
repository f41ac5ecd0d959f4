from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "registry.runs"
    label = "runs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from registry.runs import receivers  # noqa: F401
