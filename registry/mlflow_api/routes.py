"""The modules that enter routes: importing this one fills the table."""

from registry.mlflow_api import (
    assessments,
    experiments,
    history,
    inputs,
    log,
    logged_models,
    model_versions,
    multipart,
    old_traces,
    proxy,
    registered_models,
    run_files,
    runs,
    server,
    traces,
)

MODULES = (
    assessments, experiments, history, inputs, log, logged_models, model_versions, multipart, old_traces, proxy,
    registered_models, run_files, runs, server, traces,
)  # fmt: skip
