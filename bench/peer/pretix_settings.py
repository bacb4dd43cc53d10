"""pretix as its makers run it, with a cache in the process where they would have one on the network."""

# mypy: disable-error-code="import-not-found"

import os

os.environ |= {
    "PRETIX_DATABASE_BACKEND": "postgresql",
    "PRETIX_DATABASE_NAME": os.environ["PEER_DATABASE"],
    "PRETIX_DATABASE_USER": os.environ["PEER_USER"],
    "PRETIX_DATABASE_HOST": os.environ["PEER_HOST"],
    "PRETIX_DJANGO_DEBUG": "false",
}

from pretix.settings import *  # noqa: F403

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
REAL_CACHE_USED = True
