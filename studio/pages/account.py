"""Signing in and out, and a person's own account: password, tokens, theme."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from registry.accounts import services, throttle
from registry.accounts.models import ApiToken, User
from registry.errors import StudioError
from registry.workspaces import selectors
from registry.workspaces import services as workspaces

BACKEND = "django.contrib.auth.backends.ModelBackend"


@login_not_required
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    goal = _safe_goal(request)
    if request.user.is_authenticated:
        return redirect(goal)
    username, problem = request.POST.get("username", "").strip(), ""
    address = request.META.get("REMOTE_ADDR", "")
    if request.method == "POST":
        problem = throttle.wait_for(address, username)
        if not problem:
            user = authenticate(request, username=username, password=request.POST.get("password", ""))
            if user is not None:
                throttle.forget(address, username)
                login(request, user)
                return redirect(goal)
            throttle.count(address, username)
            problem = "This name and password do not belong together."
    context = {"username": username, "problem": problem, "next": goal}
    return render(request, "account/sign_in.html", context, status=403 if problem else 200)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Looking at the page changes nothing; the button on it uses the link up."""
    if request.method == "GET":
        return render(request, "account/link.html", {"person": services.find_link(secret).user})
    user = services.use_link(secret)
    if request.user.is_authenticated:
        logout(request)  # somebody else's session must not live on in this browser
    login(request, user, backend=BACKEND)
    return redirect("/" if user.has_usable_password() else "first-password")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect(settings.LOGIN_URL)


@sensitive_post_parameters("new")
@require_http_methods(["GET", "POST"])
def first_password(request: HttpRequest) -> HttpResponse:
    """Where a link leads who has no password yet. It may be put off: the link's session lasts."""
    if request.user.has_usable_password():
        return redirect("account")
    problem = _change_password(request, "") if request.method == "POST" else ""
    if request.method == "POST" and not problem:
        messages.success(request, "Your password is set.")
        return redirect("/")
    return render(request, "account/first_password.html", {"problem": problem}, status=422 if problem else 200)


@require_GET
def account(request: HttpRequest) -> HttpResponse:
    return render(request, "account/account.html", _shown(request))


@require_POST
def profile(request: HttpRequest) -> HttpResponse:
    services.rename(
        user=request.user, full_name=request.POST.get("full_name", ""), email=request.POST.get("email", "")
    )
    messages.success(request, "Saved.")
    return redirect("account")


@sensitive_post_parameters("old", "new")
@require_POST
def password(request: HttpRequest) -> HttpResponse:
    problem = _change_password(request, request.POST.get("old", ""))
    if problem:
        return render(request, "account/account.html", _shown(request) | {"password_problem": problem}, status=422)
    messages.success(request, "Your password is changed. Other browsers are signed out.")
    return redirect("account")


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    services.set_theme(user=request.user, theme=request.POST.get("theme", ""))
    return HttpResponse(status=204)


@require_POST
def add_token(request: HttpRequest) -> HttpResponse:
    """Answers with the page itself, not a redirect: the secret is shown this once and kept nowhere."""
    days = request.POST.get("days", "")
    is_number = days.isascii() and days.isdecimal() and len(days) < 9
    token, secret = workspaces.make_token(
        user=request.user,
        name=request.POST.get("name", ""),
        days=int(days) if is_number else None,
        workspace=request.POST.get("workspace", ""),
    )
    response = render(request, "account/account.html", _shown(request) | {"new_token": token, "secret": secret})
    response.headers["Cache-Control"] = "no-store"
    return response


@require_POST
def remove_token(request: HttpRequest, token_id: int) -> HttpResponse:
    services.remove_token(user=request.user, token_id=token_id)
    messages.success(request, "The token is removed. Nobody gets in with it any more.")
    return redirect("account")


def _shown(request: HttpRequest) -> dict[str, object]:
    return {
        "tokens": list(
            ApiToken.objects.filter(user=request.user).select_related("leads_to__workspace").order_by("-id")
        ),
        "workspaces": [member.workspace for member in selectors.memberships_of(request.user)],
        "address": request.build_absolute_uri("/").rstrip("/"),
        "lifetimes": [(30, "30 days"), (90, "90 days"), (365, "1 year"), ("", "No end")],
    }


def _change_password(request: HttpRequest, old: str) -> str:
    """What is wrong with it, or nothing."""
    if request.POST.get("new", "") != request.POST.get("again", ""):
        return "The two new passwords are not the same."
    user: User = request.user
    try:
        services.set_password(user=user, old=old, new=request.POST.get("new", ""))
    except StudioError as error:
        return error.message
    update_session_auth_hash(request, user)
    return ""


def _safe_goal(request: HttpRequest) -> str:
    goal = request.POST.get("next") or request.GET.get("next") or ""
    hosts = {request.get_host()}
    return goal if url_has_allowed_host_and_scheme(goal, hosts, require_https=request.is_secure()) else "/"


urlpatterns = [
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-in/<str:secret>/", sign_in_link, name="sign-in-link"),
    path("sign-out/", sign_out, name="sign-out"),
    path("account/", account, name="account"),
    path("account/first-password/", first_password, name="first-password"),
    path("account/profile/", profile, name="profile"),
    path("account/password/", password, name="password"),
    path("account/theme/", theme, name="theme"),
    path("account/tokens/", add_token, name="add-token"),
    path("account/tokens/<int:token_id>/remove/", remove_token, name="remove-token"),
]
