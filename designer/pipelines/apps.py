from django.apps import AppConfig


class PipelinesConfig(AppConfig):
    name = "designer.pipelines"
    label = "pipelines"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from designer.pipelines import receivers  # noqa: F401 — connects itself
