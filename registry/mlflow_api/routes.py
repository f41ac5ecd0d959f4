"""The modules that enter routes: importing this one fills the table."""

from registry.mlflow_api import (
    experiments,
    history,
    inputs,
    log,
    logged_models,
    model_versions,
    multipart,
    proxy,
    registered_models,
    run_files,
    runs,
    server,
)

MODULES = (
    experiments, history, inputs, log, logged_models, model_versions, multipart, proxy, registered_models, run_files, runs, server,
)  # fmt: skip
