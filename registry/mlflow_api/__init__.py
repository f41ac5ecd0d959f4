"""The MLflow REST protocol: what `mlflow` and `mlflow-skinny` clients call. No tables of its own.

A request goes: `asgi` (or `views`, for Django's own handler) reads it · `serving` finds its route, `signing_in` the
person, `scope` the workspace · a function decorated with `routing.route` answers with a dict or a `File`. To add a
route: decorate a function, and name its module in `routes`.
"""
