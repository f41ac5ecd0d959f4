from django.apps import AppConfig


class EngineConfig(AppConfig):
    name = "studio.engine"
    label = "engine"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from studio.engine import receivers  # noqa: F401 - connects them
