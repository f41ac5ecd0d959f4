"""Settings. Every value from the environment, loud on nonsense; read only in services and wiring."""

import contextlib
import hashlib
import importlib.util
import os
import secrets
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
# In a checkout pages and the built front end lie beside the packages; a wheel carries them inside this one.
BUNDLE_DIR = Path(__file__).resolve().parent / "bundle"
IS_INSTALLED = BUNDLE_DIR.is_dir()


def env_int(name: str, default: int, *, least: int = 0) -> int:
    text = os.environ.get(name, "")
    if not text:
        return default
    try:
        value = int(text)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {text!r}.") from None
    if value < least:
        raise ImproperlyConfigured(f"{name} must be at least {least}, not {value}.")
    return value


def env_bool(name: str, default: bool) -> bool:
    text = os.environ.get(name, "").lower()
    if text in ("", None):
        return default
    if text in ("1", "true", "yes", "on"):
        return True
    if text in ("0", "false", "no", "off"):
        return False
    raise ImproperlyConfigured(f"{name} must be true or false, not {text!r}.")


# Everything the studio writes is below this folder.
DATA_DIR = Path(
    os.environ.get("ATELIER_DATA_DIR") or (Path.cwd() if IS_INSTALLED else BASE_DIR) / ".atelier"
).resolve()
STORE_DIR = DATA_DIR / "store"  # artifacts: data versions, outputs, models
WORK_DIR = DATA_DIR / "work"  # segments being executed: specs, events, sockets
UPLOAD_DIR = DATA_DIR / "uploads"
LOG_DIR = DATA_DIR / "logs"

TEMPLATE_DIR = (BUNDLE_DIR if IS_INSTALLED else BASE_DIR) / "templates"
# What Vite built. Another folder while several people build at once.
DIST_DIR = Path(
    os.environ.get("ATELIER_DIST_DIR") or (BUNDLE_DIR if IS_INSTALLED else BASE_DIR) / "static" / "dist"
).resolve()

DEBUG = env_bool("ATELIER_DEBUG", False)
CPU_SLOTS = env_int("ATELIER_CPU_SLOTS", os.cpu_count() or 1, least=1)


def secret_key() -> str:
    """From the environment, else made once and kept beside the data, readable by its owner alone."""
    if given := os.environ.get("ATELIER_SECRET_KEY"):
        return given
    path = DATA_DIR / "secret-key"
    try:
        return path.read_text().strip()
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as error:
        raise ImproperlyConfigured(f"The secret key {path} cannot be read: {error.strerror}.") from None
    key = secrets.token_urlsafe(48)
    try:
        # Ours alone: open sessions stand in the database.
        DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        # `up` says in one sentence that the folder cannot be used; a command that only reads may go on.
        return key
    # Whole or not at all: whoever else starts at this moment, or after we were killed, finds no empty key.
    staged = path.with_name(f".secret-key.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(key)
        os.link(staged, path)
    except FileExistsError:
        return path.read_text().strip()
    except OSError:
        if staged.exists() and not path.exists():
            staged.replace(path)  # a file system without links
    finally:
        with contextlib.suppress(OSError):
            staged.unlink(missing_ok=True)
    return key


SECRET_KEY = secret_key()
# The studio is reached by whatever name its machine has; signed cookies and CSRF do not depend on the host name.
ALLOWED_HOSTS = os.environ.get("ATELIER_ALLOWED_HOSTS", "*").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("ATELIER_TRUSTED_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "channels",
    "django_q",
    "registry.accounts",
    "registry.workspaces",
    "registry.data",
    "registry.runs",
    "registry.mlmodels",
    "registry.boards",
    "registry.traces",
    "registry.reports",
    "registry.mlflow_api",
    "designer.pipelines",
    "studio.live",
    "studio.engine",
    "studio.pages",
    "studio.operations",
]

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
MIDDLEWARE = [
    "studio.http.StreamInPieces",
    "studio.http.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "studio.http.FrontEndFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Every page wants a signed-in person unless its view says otherwise, so that a new page cannot forget.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "studio.http.Errors",
]

ROOT_URLCONF = "studio.urls"
ASGI_APPLICATION = "studio.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [TEMPLATE_DIR],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "studio.pages.shell.shell",
            ],
        },
    }
]

def database() -> dict[str, object]:
    """SQLite below the data folder, or what `DATABASE_URL` names (`postgresql://user:password@host:port/name`)."""
    address = os.environ.get("DATABASE_URL", "")
    if not address:
        # IMMEDIATE: a transaction that reads and then writes would fail at once in the default mode, without waiting.
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "atelier.sqlite3",
            "OPTIONS": {
                "timeout": 30,
                "transaction_mode": "IMMEDIATE",
                "init_command": (
                    "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA mmap_size=134217728;"
                    "PRAGMA journal_size_limit=27103364;PRAGMA cache_size=2000;"
                ),
            },
        }
    if not address.startswith(("postgresql://", "postgres://")):
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://; without it the studio uses SQLite.")
    try:
        parts = dict(dj_database_url.parse(address, conn_health_checks=True))
    except ValueError as error:
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read: {error}") from None
    if importlib.util.find_spec("psycopg") is None:
        raise ImproperlyConfigured("PostgreSQL needs its driver: pip install 'atelier-studio[postgres]'.")
    return parts


DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"
# Cookies do not know ports: two studios on one machine would sign each other's people out.
_STUDIO_ID = hashlib.sha256(str(DATA_DIR).encode()).hexdigest()[:8]
SESSION_COOKIE_NAME = f"atelier-session-{_STUDIO_ID}"
CSRF_COOKIE_NAME = f"atelier-csrf-{_STUDIO_ID}"
SESSION_COOKIE_AGE = 30 * 24 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
# Behind a proxy that speaks HTTPS.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env_bool("ATELIER_HTTPS", False)
# The token is in every page; nobody needs to read the cookie.
CSRF_COOKIE_HTTPONLY = True
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "registry.accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["studio.http.Json"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "studio.http.api_error",
    "DEFAULT_PAGINATION_CLASS": "studio.http.Cursor",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Atelier",
    "DESCRIPTION": (
        "Everything that the pages do. Send `Authorization: Bearer <token>`; the account page makes tokens. A failure "
        "is always {code, message, fields}. A list comes in pages: {next, previous, results}."
    ),
    # Groups by what stands after the workspace: data, pipelines, runs, …
    "SCHEMA_PATH_PREFIX": r"/api/v1/(w/\{workspace\}/?)?",
    "VERSION": "1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "RunStatusEnum": "registry.runs.api.shapes.STATES",
        "UploadStatusEnum": "registry.data.models.Upload.Status",
        "DataVersionStatusEnum": "registry.data.models.VersionStatus",
    },
    # Told to nobody who could mend it: it would come with every request for the document.
    "DISABLE_ERRORS_AND_WARNINGS": True,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
}

# A worker is a slot: it claims a run and supervises it, and never computes. Time limits, cancel, retries and recovery
# are the engine's, so the queue's own are out of the way; a crashed claim is found by the engine's sweep.
Q_CLUSTER = {
    "name": "cpu",
    "orm": "default",
    "workers": CPU_SLOTS,
    "poll": 0.02,
    "queue_limit": 1,
    "bulk": 1,
    "timeout": 7 * 86400,
    "retry": 8 * 86400,
    "ack_failures": True,
    "max_attempts": 1,
    "save_limit": 200,
    "catch_up": False,
    "guard_cycle": 0.5,
    "label": "Queue",
    "ALT_CLUSTERS": {},
}

CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [DIST_DIR]
SILENCED_SYSTEM_CHECKS = ["staticfiles.W004"]  # an unbuilt front end is said on the page, and `up` builds it
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False
# Vite puts a hash of the contents into these names.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/assets/"

# Chunks of an upload are streamed to disk by their view; forms are small.
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
CSRF_FAILURE_VIEW = "studio.http.csrf_failed"
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_REFERRER_POLICY = "same-origin"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("ATELIER_LOG_LEVEL", "WARNING")},
}
