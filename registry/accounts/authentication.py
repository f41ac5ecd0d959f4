"""API tokens: `Authorization: Bearer <token>`."""

from typing import Any

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from registry.accounts.models import ApiToken, digest


class TokenAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not secret:
            return None
        token = ApiToken.objects.select_related("user").filter(digest=digest(secret.strip())).first()
        if token is None or token.is_expired() or not token.user.is_active:
            raise AuthenticationFailed("This token is unknown or has expired. Make a new one on your account page.")
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=timezone.now())
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
