"""The modules that enter routes: importing this one fills the table."""

from registry.mlflow_api import (
    absent,
    assessments,
    evaluation_datasets,
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
    absent, assessments, evaluation_datasets, experiments, history, inputs, log, logged_models, model_versions,
    multipart, old_traces, proxy, registered_models, run_files, runs, server, traces,
)  # fmt: skip
