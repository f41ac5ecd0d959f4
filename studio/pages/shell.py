"""What the frame around every page needs: whose workspace this is, which others there are, and the person's role."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from registry.workspaces import selectors

THEMES = [("light", "Light", "sun"), ("dark", "Dark", "moon"), ("auto", "As the system", "device-desktop")]


def shell(request: HttpRequest) -> dict[str, Any]:
    """A context processor. Lazy: a fragment that HTMX asks for pays for none of it."""
    # A page that is not there has no match, but its frame still belongs to a workspace.
    matched = request.resolver_match.kwargs.get("workspace") if request.resolver_match else None
    slug = matched or (request.path.split("/")[2] if request.path.startswith("/w/") else None)

    def memberships() -> list[Any]:
        user = getattr(request, "user", None)
        return selectors.memberships_of(user) if user and user.is_authenticated else []

    mine = SimpleLazyObject(memberships)

    def current() -> Any:
        return next((m for m in mine if m.workspace.slug == slug), None)

    membership = SimpleLazyObject(current)
    return {
        "memberships": mine,
        "membership": membership,
        "themes": THEMES,
        "workspace": SimpleLazyObject(lambda: membership.workspace if membership else None),
    }
