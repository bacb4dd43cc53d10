from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from okienko.site.navigation import account_pages, entries_for, own_pages


def page(request: HttpRequest) -> dict[str, Any]:
    """What every page shows around its content."""
    return {
        "navigation": entries_for(request),
        "languages": settings.LANGUAGES,
        "live_url": settings.LIVE_URL,
        "own_pages": own_pages(request),
        # Asked for by few pages.
        "account_pages": partial(account_pages, request),
        "search_url": reverse("knowledge:search"),
    }
