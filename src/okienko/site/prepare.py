"""What must be done before the first page: tables, static files, and a demonstration where there is nothing.

Run as a process of its own (`python -m okienko.site.prepare`), so that the supervisor stays small.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.utils import translation
from psycopg.errors import LockNotAvailable

from okienko.site import prepared
from okienko.site.told import TellError, complain

# Ten minutes in all for somebody's long reading to end; nobody's page waits longer than half a second for it.
GIVE_WAY_MS, PAUSE_SECONDS, TRIES = 500, 1.0, 400
MIGRATION_LOCK = 0x6F6B69656E6B6F  # "okienko": one number for all machines that share the database


def missing_migrations() -> list[str]:
    """Labels of our own apps whose models differ from their migrations."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("okienko.")}
    with translation.override(None):  # migrations hold the words as they stand in the source
        detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
        return sorted(ours & set(detector.changes(graph=loader.graph)))


def waiting_migrations() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Machines that start together on one database take turns."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])


def apply_migrations() -> None:
    with _one_at_a_time():
        if waiting_migrations():
            _without_stopping_reads(lambda: call_command("migrate", interactive=False, verbosity=0))
        call_command("createcachetable", verbosity=0)


def _without_stopping_reads(migrate: Callable[[], object]) -> None:
    """A change of a table waits for those who read it, and whoever comes to read waits behind the change.

    So it gives way after a moment, lets them pass and tries again: what was done stays done, one migration is
    one transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{GIVE_WAY_MS}ms"])
        try:
            for _ in range(TRIES - 1):
                try:
                    migrate()
                    return
                except OperationalError as problem:
                    if not isinstance(problem.__cause__, LockNotAvailable):
                        raise
                    time.sleep(PAUSE_SECONDS)
            migrate()
        finally:
            cursor.execute("SET lock_timeout = 0")


def collect_static() -> None:
    """Collected anew only when a file has changed. Older files stay: an open page may still ask for them."""
    seen = hashlib.sha256()
    for finder in finders.get_finders():
        for path, storage in finder.list([]):
            found = os.stat(storage.path(path))
            seen.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    mark = settings.STATIC_ROOT / ".collected"
    if mark.exists() and mark.read_text() == seen.hexdigest():
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    mark.write_text(seen.hexdigest())


def load_demonstration() -> None:
    from django.contrib.auth import get_user_model

    if settings.PRODUCTION or get_user_model().objects.exists():
        return
    from okienko.site import demo

    with transaction.atomic():  # half a demonstration would pass for data and never be completed
        demo.load(reports=60)


def demonstration_sign_ins() -> list[list[str]]:
    """Role, e-mail and password of the demonstration's people, as long as they are there."""
    from django.contrib.auth import get_user_model

    from okienko.site import demo

    people = get_user_model().objects.filter(email__in=[email for _, email, _ in demo.SIGN_INS])
    there = set(people.values_list("email", flat=True))
    return [list(sign_in) for sign_in in demo.SIGN_INS if sign_in[1] in there]


def main() -> int:
    from okienko.site import command, safety

    command.django()
    apply_migrations()
    try:
        safety.demand_safe_data()
    except TellError as problem:
        complain(str(problem))
        return 1
    collect_static()
    load_demonstration()
    sign_ins = [] if settings.PRODUCTION else demonstration_sign_ins()
    with suppress(ValueError):  # an office with nobody in it yet: there is something to prepare next time too
        prepared.note(settings.DATA, os.environ["OKIENKO_DATABASE_URL"], sign_ins)
    json.dump(sign_ins, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
