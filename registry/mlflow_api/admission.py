"""Who is asking, about which workspace, in which role; remembered for a moment, as a training loop asks a hundred times a
second. In this process a change of any of it forgets everything at once; one made by another (a command) is seen after
that moment."""

import hashlib
import secrets
import time
from collections.abc import Mapping
from typing import Any

from django.db.models.signals import post_delete, post_save

from registry.accounts.models import ApiToken, User
from registry.mlflow_api import scope, signing_in
from registry.workspaces.models import Membership, Role, TokenWorkspace, Workspace

REMEMBERED = 2.0  # seconds
MOST = 1000

Admitted = tuple[User, Workspace, Role]
_known: dict[tuple[bytes, str | None, str | None], tuple[float, Admitted]] = {}
_salt = secrets.token_bytes(16)  # so that no secret of anybody lies in memory for longer than its request


def of(headers: Mapping[str, str], address: str, prefix: str | None) -> Admitted:
    """Raises UNAUTHENTICATED, or RESOURCE_DOES_NOT_EXIST for an outsider."""
    named = headers.get("x-mlflow-workspace")
    told = headers.get("authorization", "").encode("utf-8", "replace")
    key = (hashlib.blake2b(told, key=_salt, digest_size=16).digest(), prefix, named)
    until, admitted = _known.get(key, (0.0, None))
    if admitted is not None and until > time.monotonic():
        return admitted
    # From before the questions: what is changed while they are asked must not be remembered as it was.
    until = time.monotonic() + REMEMBERED
    generation = _generation[0]
    user, token = signing_in.person(headers, address)
    workspace, role = scope.of(user, token, prefix, named)
    if len(_known) >= MOST:
        _known.clear()
    if generation == _generation[0]:
        _known[key] = until, (user, workspace, role)
    return user, workspace, role


_generation = [0]


def forget(**_: Any) -> None:
    _generation[0] += 1
    _known.clear()


# By kind: a receiver for all kinds would be called for every record that anybody writes.
for _kind in (ApiToken, Membership, TokenWorkspace, User, Workspace):
    for _signal in (post_save, post_delete):
        _signal.connect(forget, sender=_kind, dispatch_uid=f"forget-admitted-{_kind.__name__}")
