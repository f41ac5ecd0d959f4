from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "registry.reports"
    label = "reports"
    default_auto_field = "django.db.models.BigAutoField"
