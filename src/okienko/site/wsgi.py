"""Pages."""

from __future__ import annotations

import gc
import os

gc.disable()  # nothing that is read at the start is garbage

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import get_resolver  # noqa: E402

from okienko.site.safety import demand_safe_data, demand_safe_settings  # noqa: E402
from okienko.site.serving import end_with_master  # noqa: E402

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "okienko.site.settings")

end_with_master()
demand_safe_settings()
application = get_wsgi_application()
# Read now, so that the first visitor does not wait for every module's pages to be read.
_ = get_resolver().url_patterns
demand_safe_data()
# What was read at the start stays. Walking over it in search of garbage took a tenth of a second of somebody's page.
gc.collect()
gc.freeze()
gc.enable()
