"""People, tokens and one-time links: every change to them."""

from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from registry.accounts.models import ApiToken, SignInLink, User, digest, new_secret
from registry.errors import Invalid, NotFound

START_LINK_LASTS = timedelta(hours=1)
INVITATION_LASTS = timedelta(days=7)
MOST_TOKENS = 100


@transaction.atomic
def create_user(*, username: str, full_name: str = "", email: str = "", is_superuser: bool = False) -> User:
    """A person who cannot sign in yet: give them a link, behind which they choose a password."""
    first, _, last = full_name.strip().partition(" ")
    user = User(
        username=username.strip(), first_name=first, last_name=last.strip(), email=email.strip(),
        is_superuser=is_superuser, is_staff=is_superuser,
    )
    user.set_unusable_password()
    if User.objects.filter(username__iexact=user.username).exists():
        raise Invalid(f"There is already a person called {user.username}.", fields={"username": ["Already taken."]})
    _check(user)
    user.save()
    return user


def rename(*, user: User, full_name: str, email: str) -> None:
    first, _, last = full_name.strip().partition(" ")
    user.first_name, user.last_name, user.email = first, last.strip(), email.strip()
    _check(user)
    user.save(update_fields=["first_name", "last_name", "email"])


def set_theme(*, user: User, theme: str) -> None:
    if theme not in User.Theme.values:
        raise Invalid(f"{theme!r} is not a theme. There are: {', '.join(User.Theme.values)}.", fields={"theme": []})
    User.objects.filter(pk=user.pk).update(theme=theme)


def set_password(*, user: User, new: str, old: str = "") -> None:
    """Change the password. Who has one must know it; who came by a link has none to know."""
    if user.has_usable_password() and not user.check_password(old):
        raise Invalid("The present password is not right.", fields={"old": ["The present password is not right."]})
    try:
        validate_password(new, user)
    except ValidationError as error:
        raise Invalid(error.messages[0], fields={"new": error.messages}) from None
    user.set_password(new)
    user.save(update_fields=["password"])


def make_token(*, user: User, name: str, days: int | None = None) -> tuple[ApiToken, str]:
    """A new token and its secret, which nobody can read again."""
    name = name.strip()
    if not name or len(name) > 80:
        raise Invalid("Give the token a name of up to 80 characters.", fields={"name": ["1 to 80 characters."]})
    if days is not None and not 1 <= days <= 3650:
        raise Invalid("A token lasts between 1 day and 10 years.", fields={"days": ["1 to 3650."]})
    if ApiToken.objects.filter(user=user).count() >= MOST_TOKENS:
        raise Invalid(f"You have {MOST_TOKENS} tokens. Remove one that is no longer used.")
    secret = new_secret("atl_")
    token = ApiToken.objects.create(
        user=user, name=name, digest=digest(secret), prefix=secret[:8],
        expires_at=timezone.now() + timedelta(days=days) if days else None,
    )
    return token, secret


def remove_token(*, user: User, token_id: int) -> None:
    """From now on nobody gets in with it."""
    deleted, _ = ApiToken.objects.filter(user=user, pk=token_id).delete()
    if not deleted:
        raise NotFound("You have no such token.")


def make_link(*, user: User, lasts: timedelta = START_LINK_LASTS) -> str:
    """The secret of a link that signs this person in once."""
    SignInLink.objects.filter(expires_at__lt=timezone.now() - timedelta(days=30)).delete()
    secret = new_secret("")
    SignInLink.objects.create(user=user, digest=digest(secret), expires_at=timezone.now() + lasts)
    return secret


def find_link(secret: str) -> SignInLink:
    """The link, if it still opens. Looking does not use it up: mail programs and chats look at links too."""
    link = SignInLink.objects.select_related("user").filter(digest=digest(secret)).first()
    if link is None or link.used_at or link.expires_at <= timezone.now() or not link.user.is_active:
        raise NotFound(
            "This sign-in link has been used or has expired. Sign in with your password, or ask for a new link: "
            "the studio prints one at each start, and an owner can make one on the People page."
        )
    return link


def use_link(secret: str) -> User:
    """Sign-in by link, once: of two that come at the same moment, one is refused."""
    link = find_link(secret)
    if not SignInLink.objects.filter(pk=link.pk, used_at=None).update(used_at=timezone.now()):
        raise NotFound("This sign-in link has just been used.")
    return link.user


def _check(user: User) -> None:
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Invalid(f"{field.replace('_', ' ').capitalize()}: {messages[0]}", fields=error.message_dict) from None
