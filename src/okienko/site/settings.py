"""Settings: what the environment says, and safe defaults for what it does not say. docs/operations.md lists all."""

from __future__ import annotations

import os
from importlib import metadata
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import conninfo_to_dict

from okienko.site import logs

VERSION = metadata.version("okienko")
DATA = Path(os.environ.get("OKIENKO_DATA", "var")).resolve()
MODE = os.environ.get("OKIENKO_MODE", "local")
PRODUCTION = MODE == "production"
DEBUG = os.environ.get("OKIENKO_DEBUG") == "1"
HOST = os.environ.get("OKIENKO_HOST", "127.0.0.1")
PORT = int(os.environ.get("OKIENKO_PORT", "8000"))


def _list(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in os.environ.get(name, default).split(",") if item.strip()]


def _secret() -> str:
    """Given by the environment in production; elsewhere made once and kept with the data."""
    given = os.environ.get("OKIENKO_SECRET_KEY")
    if given or PRODUCTION:
        return given or ""
    kept = DATA / "secret"
    if not kept.exists():
        from django.core.management.utils import get_random_secret_key

        DATA.mkdir(parents=True, exist_ok=True)
        draft = DATA / f"secret.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(get_random_secret_key())
        try:
            os.link(draft, kept)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return kept.read_text()


SECRET_KEY = _secret()
ALLOWED_HOSTS = _list("OKIENKO_ALLOWED_HOSTS", "" if PRODUCTION else "127.0.0.1,localhost,[::1],testserver")
PUBLIC_ADDRESS = os.environ.get("OKIENKO_PUBLIC_ADDRESS", f"http://127.0.0.1:{PORT}").rstrip("/")
CSRF_TRUSTED_ORIGINS = [PUBLIC_ADDRESS]
LIVE_URL = os.environ.get("OKIENKO_LIVE_URL", "")
VISITS_WORK_BITS = int(os.environ.get("OKIENKO_VISITS_WORK_BITS", "15"))
VISITS_NETWORKS_LET_OFF = [ip_network(one) for one in _list("OKIENKO_VISITS_NETWORKS_LET_OFF")]
API_PER_MINUTE = int(os.environ.get("OKIENKO_API_PER_MINUTE", "600"))

INSTALLED_APPS = [
    "okienko.ui",
    "okienko.kernel.history",
    "okienko.kernel.units",
    "okienko.kernel.people",
    "okienko.kernel.calendars",
    "okienko.kernel.documents",
    "okienko.kernel.office",
    "okienko.kernel.messages",
    "okienko.kernel.webhooks",
    "okienko.kernel.consents",
    "okienko.kernel.cases",
    "okienko.kernel.slots",
    "okienko.kernel.knowledge",
    "okienko.features.faults",
    "okienko.features.faults.outage",
    "okienko.features.faults.letters",
    "okienko.features.faults.joining",
    "okienko.features.visits",
    "okienko.features.visits.desk",
    "okienko.features.visits.rush",
    "okienko.features.visits.embed",
    "okienko.site.api",
    "okienko.site.live",
    "okienko.site",
    # Ours stand before these, because the first template of a name is the one that is used.
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "procrastinate.contrib.django",
    "django_htmx",
]

MIDDLEWARE = [
    "okienko.site.health.probes",
    "okienko.site.logs.record_requests",
    "django.middleware.security.SecurityMiddleware",
    "okienko.site.middleware.content_security_policy",
    "okienko.site.middleware.for_one_reader",
    "okienko.features.visits.embed.middleware.framed",
    "okienko.site.middleware.language",
    "okienko.site.middleware.within_limits",
    "okienko.site.middleware.nothing_unseen",
    "okienko.site.middleware.quick_pages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "okienko.site.api.problems.one_shape",
    "okienko.site.open311.counted",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "okienko.site.middleware.actor",
    "okienko.kernel.people.middleware.second_factor",
    "okienko.kernel.consents.middleware.required_consents",
    "okienko.site.middleware.decisions",
]

ROOT_URLCONF = "okienko.site.urls"
WSGI_APPLICATION = "okienko.site.wsgi.application"
ASGI_APPLICATION = "okienko.site.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "okienko.site.context.page",
            ],
        },
    }
]


def _database() -> dict[str, Any]:
    parts = conninfo_to_dict(os.environ.get("OKIENKO_DATABASE_URL", "postgresql:///okienko"))
    named = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    database: dict[str, Any] = {key: str(parts.pop(part, "") or "") for key, part in named.items()}
    return database | {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        # Of those statements that ask for it (kernel.history.statements); the ORM's never do.
        "OPTIONS": dict(parts) | {"prepare_threshold": 0},
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["okienko.kernel.people.backend.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "okienko.site.sign_in.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
_FORMS = "okienko.kernel.people.forms.sign_in"
ACCOUNT_FORMS = {
    "login": f"{_FORMS}.SignInForm",
    "signup": "okienko.kernel.consents.forms.SignUpWithConsentsForm",
    "reset_password": f"{_FORMS}.ForgottenPasswordForm",
    "reset_password_from_key": f"{_FORMS}.PasswordByLinkForm",
    "change_password": f"{_FORMS}.ChangePasswordForm",
    "set_password": f"{_FORMS}.SetPasswordForm",
    "confirm_email_verification_code": f"{_FORMS}.EmailCodeForm",
    "reauthenticate": f"{_FORMS}.PasswordAgainForm",
}
MFA_ADAPTER = "okienko.site.sign_in.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": f"{_FORMS}.SecondFactorForm",
    "reauthenticate": f"{_FORMS}.SecondFactorAgainForm",
    "activate_totp": f"{_FORMS}.ActivateAppForm",
    "add_webauthn": f"{_FORMS}.AddPasskeyForm",
    "edit_webauthn": f"{_FORMS}.RenamePasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Okienko"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
USERSESSIONS_TRACK_ACTIVITY = False

CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "okienko_cache"}}
# Tests of pages count statements, and the office is asked for only now and then.
OFFICE = "" if MODE == "test" else "okienko.kernel.office.queries.current"
SESSION_ENGINE = "okienko.kernel.people.sessions"
SESSION_COOKIE_NAME = "okienko_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_NAME = "okienko_csrf"
CSRF_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31536000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if os.environ.get("OKIENKO_BEHIND_PROXY") == "1" else None
)
TRUSTED_PROXIES = _list("OKIENKO_TRUSTED_PROXIES", "127.0.0.1,::1")

LANGUAGE_CODE = "pl"
LANGUAGES = [("pl", _("Polish")), ("en", _("English")), ("uk", _("Ukrainian"))]
LANGUAGE_COOKIE_NAME = "okienko_language"
TIME_ZONE = "Europe/Warsaw"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["okienko.site.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA / "documents"},
    },
    "staticfiles": {"BACKEND": "okienko.site.static.HashedStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600

MAIL_FROM = os.environ.get("OKIENKO_MAIL_FROM", "okienko@okienko.example")
SMTP_URL = os.environ.get("OKIENKO_SMTP_URL", "")
CA_FILE = os.environ.get("OKIENKO_CA_FILE", "")

# Codes and links that sign-in sends by itself, while somebody waits on the page: by the same server as all other mail.
if SMTP_URL:
    _smtp = urlsplit(SMTP_URL)
    EMAIL_BACKEND = "okienko.kernel.messages.gateways.tls.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = (
        _smtp.hostname or "localhost",
        _smtp.port or (465 if _smtp.scheme == "smtps" else 25),
    )
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_smtp.username or ""), unquote(_smtp.password or "")
    EMAIL_USE_SSL = _smtp.scheme == "smtps"
    EMAIL_USE_TLS = not EMAIL_USE_SSL and "tls=starttls" in _smtp.query
    EMAIL_TIMEOUT = 20
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA / "mail"
DEFAULT_FROM_EMAIL = MAIL_FROM

IMAP_URL = os.environ.get("OKIENKO_IMAP_URL", "")
SMS_URL = os.environ.get("OKIENKO_SMS_URL", "")
CLAMD_ADDRESS = os.environ.get("OKIENKO_CLAMD", "")
PARCELS_URL = os.environ.get("OKIENKO_PARCELS_URL", "")
ADDRESSES_URL = os.environ.get("OKIENKO_ADDRESSES_URL", "")
OPEN311_JURISDICTION = os.environ.get("OKIENKO_OPEN311_JURISDICTION", "")
TILES_URL = os.environ.get("OKIENKO_TILES_URL", "")
TILES_CREDIT = os.environ.get("OKIENKO_TILES_CREDIT", "")

LOGGING = logs.configuration()
SENTRY_DSN = os.environ.get("OKIENKO_SENTRY_DSN", "")
METRICS_TOKEN = os.environ.get("OKIENKO_METRICS_TOKEN", "")

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
# Who may show a page in a frame is said by the security policy, which knows the sites that the office lists.
SILENCED_SYSTEM_CHECKS = ["security.W002"]

if SENTRY_DSN:
    logs.report_errors(SENTRY_DSN, environment=MODE, release=VERSION)
