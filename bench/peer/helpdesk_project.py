"""A project around django-helpdesk as its documentation describes it, for production: settings, addresses, server."""

# mypy: disable-error-code="import-not-found, import-untyped"

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

DATA = Path(os.environ["DATA_DIR"])
DEBUG = False
SECRET_KEY = "kept by nobody, for the time of a measurement"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "bench.peer.helpdesk_urls"
INSTALLED_APPS = [
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.sites",
    "django.contrib.messages", "django.contrib.staticfiles", "django.contrib.admin", "django.contrib.humanize",
    "helpdesk", "rest_framework", "rest_framework.authtoken",
]  # fmt: skip
SITE_ID = 1
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,  # cached by Django where DEBUG is off
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES: dict[str, Any] = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ["PEER_DATABASE"],
        "USER": os.environ["PEER_USER"],
        "HOST": os.environ["PEER_HOST"],
        "CONN_MAX_AGE": None,
    }
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = True
STATIC_URL, STATIC_ROOT = "/static/", DATA / "static"
MEDIA_URL, MEDIA_ROOT = "/media/", DATA / "media"
EMAIL_HOST, EMAIL_PORT = "127.0.0.1", int(os.environ.get("PEER_SMTP_PORT", "25"))
LOGGING_CONFIG = None
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ]
}
HELPDESK_ENABLE_PER_QUEUE_STAFF_PERMISSION = True
HELPDESK_TEAMS_MODE_ENABLED = False
