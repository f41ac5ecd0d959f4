from django.apps import AppConfig


class MlflowApiConfig(AppConfig):
    name = "registry.mlflow_api"
    label = "mlflow_api"
