"""What a client asks before it asks for anything."""

from typing import Any

from registry.mlflow_api.routing import Call, Text, route

# The protocol's version that we speak, whose clients and tests we were held against.
SPEAKS = "3.17.2"


@route("GET", "/version", action=None)
def version(call: Call) -> Text:
    return Text(SPEAKS.encode())


@route("GET", "/health", action=None)
def health(call: Call) -> Text:
    return Text(b"OK")


@route("GET", "server-info", action=None, versions=("3.0",))
def server_info(call: Call) -> dict[str, Any]:
    return {
        # Clients ask for this only to tell MLflow's own file store, which can do less.
        "store_type": "SqlStore",
        "workspaces_enabled": False,
        "trace_archival_enabled": False,
        "multipart_uploads_enabled": True,
        "multipart_downloads_enabled": False,  # one stream from one machine is as fast
        "presigned_upload_run_id_supported": False,
        "presigned_upload_model_id_supported": False,
        "features_enabled": {"gateway": False},
    }
