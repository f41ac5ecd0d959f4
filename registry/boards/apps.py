from django.apps import AppConfig


class BoardsConfig(AppConfig):
    name = "registry.boards"
    label = "boards"
    default_auto_field = "django.db.models.BigAutoField"
