"""What the frame around every page needs: whose workspace this is, which others there are, and the person's role."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from registry.workspaces import selectors

LAST_WORKSPACE = "last_workspace"  # in the session
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
        # A person's own pages belong to no workspace; their frame is that of the last one.
        wanted = slug or request.session.get(LAST_WORKSPACE)
        found = next((m for m in mine if m.workspace.slug == wanted), None)
        return found or (mine[0] if mine and not slug else None)

    membership = SimpleLazyObject(current)
    return {
        "memberships": mine,
        "membership": membership,
        "themes": THEMES,
        "workspace": SimpleLazyObject(lambda: membership.workspace if membership else None),
    }
