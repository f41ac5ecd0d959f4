"""Who is asking: a token (`MLFLOW_TRACKING_TOKEN`), a name and password, or a token in the place of a password.

A session's cookie is never looked at: with it any page that a signed-in person opens could write here.
"""

import base64
import binascii
import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock

from django.contrib.auth.hashers import check_password, make_password

from registry.accounts import throttle
from registry.accounts.authentication import note_use
from registry.accounts.models import ApiToken, User, digest
from registry.mlflow_api.errors import ProtocolError

KNOWN_FOR = 60.0
MOST_KNOWN = 1000
HOW = (
    "Set MLFLOW_TRACKING_TOKEN to a token of your account page, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD."
)


def person(headers: Mapping[str, str], address: str) -> tuple[User, int | None]:
    """The person and the id of the token that named them, if one did. Raises UNAUTHENTICATED."""
    scheme, _, told = headers.get("authorization", "").partition(" ")
    told = told.strip()
    if scheme.lower() == "bearer" and told:
        return _by_token(told)
    if scheme.lower() == "basic" and told:
        name, password = _decoded(told)
        if password.startswith("atl_"):
            return _by_token(password, name)
        return _by_password(name, password, address), None
    raise ProtocolError("UNAUTHENTICATED", f"You are not signed in. {HOW}")


def _by_token(secret: str, name: str = "") -> tuple[User, int]:
    token = ApiToken.objects.select_related("user").filter(digest=digest(secret)).first()
    if token is None or token.is_expired() or not token.user.is_active:
        raise ProtocolError("UNAUTHENTICATED", "This token is unknown or has expired. Make a new one on your account page.")
    # A name beside a token is checked only where it is one of ours: "token" and the like are common.
    if name and name.lower() != token.user.username.lower() and User.objects.filter(username__iexact=name).exists():
        raise ProtocolError("UNAUTHENTICATED", "This token belongs to somebody else than the name that was sent with it.")
    note_use(token)
    return token.user, token.pk


def _by_password(name: str, password: str, address: str) -> User:
    user = User.objects.filter(username=name, is_active=True).first()
    key = _remembered.key(name, password)
    if user is not None and _remembered.holds(key, user.password):
        return user
    if problem := throttle.wait_for(address, name):
        raise ProtocolError("REQUEST_LIMIT_EXCEEDED", problem)
    if user is None:
        make_password(password)  # as long as for a name that exists
    elif user.has_usable_password() and check_password(password, user.password):
        throttle.forget(address, name)
        _remembered.keep(key, user.password)
        return user
    throttle.count(address, name)
    raise ProtocolError("UNAUTHENTICATED", f"This name and password do not belong together. {HOW}")


def _decoded(told: str) -> tuple[str, str]:
    try:
        name, _, password = base64.b64decode(told, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise ProtocolError("UNAUTHENTICATED", f"The Authorization header cannot be read. {HOW}") from None
    return name, password


class _Remembered:
    """Passwords checked within the last minute, by digest: to check one takes a fifth of a second on purpose. An entry
    counts only while the account still has the very password (its hash) that was checked."""

    def __init__(self) -> None:
        self._salt = secrets.token_bytes(16)
        self._known: OrderedDict[str, tuple[float, str]] = OrderedDict()
        self._lock = Lock()

    def key(self, name: str, password: str) -> str:
        return hashlib.blake2b(f"{len(name)}:{name}{password}".encode(), key=self._salt).hexdigest()

    def holds(self, key: str, stored: str) -> bool:
        with self._lock:
            until, checked = self._known.get(key, (0.0, ""))
        return until > time.monotonic() and secrets.compare_digest(checked, stored)

    def keep(self, key: str, stored: str) -> None:
        with self._lock:
            self._known[key] = (time.monotonic() + KNOWN_FOR, stored)
            self._known.move_to_end(key)
            while len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)


_remembered = _Remembered()
