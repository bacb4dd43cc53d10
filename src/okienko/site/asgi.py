"""Live updates: one process that keeps many quiet connections open."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

from okienko.site.safety import demand_safe_data, demand_safe_settings
from okienko.site.serving import end_with_master

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "okienko.site.settings")

end_with_master()
demand_safe_settings()
pages = get_asgi_application()
demand_safe_data()

from okienko.site.live.stream import with_live  # noqa: E402  (models are there only now)

application = with_live(pages)
