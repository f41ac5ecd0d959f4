"""The modules that enter routes: importing this one fills the table."""

from registry.mlflow_api import server

MODULES = (server,)
