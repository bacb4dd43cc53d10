"""A sender to be killed: `python sender.py` hands over what is due until nothing is left."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "okienko.site.settings")
django.setup()

from okienko.base.time import now  # noqa: E402
from okienko.kernel.messages.delivery import deliver_due  # noqa: E402

if __name__ == "__main__":
    while deliver_due("email", clock=now).tried:
        continue
