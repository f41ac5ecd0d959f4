from django.apps import AppConfig


class PipelinesConfig(AppConfig):
    name = "designer.pipelines"
    label = "pipelines"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from designer.pipelines import receivers, selectors  # noqa: F401 — receivers connect themselves
        from registry.runs import listing

        listing.offer_filter("pipeline", selectors.only_of_pipeline)
