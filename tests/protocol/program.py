"""A program that speaks the protocol by hand: JSON in, JSON out."""

import base64
import json
from typing import Any

from django.test import Client


class Program:
    """Calls routes below `/api/2.0/mlflow/`, or at whole addresses, as whoever the token belongs to."""

    def __init__(self, authorization: str = "", prefix: str = "") -> None:
        self.authorization, self.prefix = authorization, prefix
        self.client = Client()

    def get(self, path: str, /, **query: Any) -> Any:
        return self.ask("GET", path, query=query)

    def post(self, path: str, /, **body: Any) -> Any:
        return self.ask("POST", path, json.dumps(body).encode())

    def patch(self, path: str, /, **body: Any) -> Any:
        return self.ask("PATCH", path, json.dumps(body).encode())

    def put(self, path: str, data: bytes) -> Any:
        return self.ask("PUT", path, data, content_type="application/octet-stream")

    def delete(self, path: str, /, **body: Any) -> Any:
        return self.ask("DELETE", path, json.dumps(body).encode())

    def ask(
        self,
        method: str,
        path: str,
        data: bytes = b"",
        *,
        query: dict[str, Any] | None = None,
        content_type: str = "application/json",
        **headers: str,
    ) -> Any:
        whole = path if path.startswith("/") else f"/api/2.0/mlflow/{path}"
        if self.authorization:
            headers["Authorization"] = self.authorization
        return self.client.generic(
            method, self.prefix + whole, data, content_type=content_type, headers=headers, query_params=query
        )


def bearer(user: Any, workspace: Any = None) -> str:
    from registry.accounts import services
    from registry.workspaces.models import TokenWorkspace

    token, secret = services.make_token(user=user, name="program")
    if workspace is not None:
        TokenWorkspace.objects.create(token=token, workspace=workspace)
    return f"Bearer {secret}"


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def told(response: Any, status: int, code: str) -> str:
    """The sentence of a failure, which is the one expected."""
    body = response.json()
    assert (response.status_code, body["error_code"]) == (status, code), body
    return str(body["message"])


def invalid(response: Any) -> str:
    return told(response, 400, "INVALID_PARAMETER_VALUE")


def missing(response: Any) -> str:
    return told(response, 404, "RESOURCE_DOES_NOT_EXIST")
