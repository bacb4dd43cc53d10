"""The one command of the product. Imports are late on purpose: `okienko deadline` needs no Django."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from okienko.site.told import TellError, complain, tell

Handler = Callable[[argparse.Namespace], int]


def data_folder() -> Path:
    return Path(os.environ.get("OKIENKO_DATA", "var")).resolve()


@contextlib.contextmanager
def database() -> Iterator[None]:
    """The database named by the environment, or the embedded one while the command runs."""
    if os.environ.get("OKIENKO_DATABASE_URL"):
        yield
        return
    from okienko.site.postgres import EmbeddedPostgres

    server = EmbeddedPostgres(data_folder())
    # The server is left in order when a service manager ends the command.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    os.environ["OKIENKO_DATABASE_URL"] = server.start()
    try:
        yield
    finally:
        server.stop()


def name_settings() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "okienko.site.settings")


def django() -> None:
    name_settings()
    import django

    django.setup()


def demand_safe_settings() -> None:
    """In production only; elsewhere the small processes are spared Django."""
    if os.environ.get("OKIENKO_MODE") == "production":
        name_settings()
        from okienko.site import safety

        safety.demand_safe_settings()


# --- Running ------------------------------------------------------------------------------------------------


def run(_: argparse.Namespace) -> int:
    from okienko.site.processes import Supervisor

    demand_safe_settings()
    return Supervisor.from_environment(data_folder()).run()


def web(options: argparse.Namespace) -> int:
    from okienko.site import serving

    demand_safe_settings()
    with database():
        serving.web(data_folder(), host=options.host, port=options.port, processes=options.processes)
    return 0


def live(options: argparse.Namespace) -> int:
    from okienko.site import serving

    demand_safe_settings()
    with database():
        serving.live(host=options.host, port=options.port)
    return 0


def worker(options: argparse.Namespace) -> int:
    demand_safe_settings()
    with database():
        django()
        from okienko.site import safety, serving

        safety.demand_safe_data()
        serving.worker(concurrency=options.concurrency)
    return 0


# --- The database -------------------------------------------------------------------------------------------


def migrate(options: argparse.Namespace) -> int:
    if options.check:
        # Comparing migrations with models needs settings, not a server.
        os.environ.setdefault("OKIENKO_DATABASE_URL", "postgresql:///okienko")
        django()
        from okienko.site.prepare import missing_migrations

        missing = missing_migrations()
        if missing:
            complain(f"Models have changed without a migration: {', '.join(missing)}.")
        return 1 if missing else 0
    with database():
        django()
        from okienko.site.prepare import apply_migrations

        apply_migrations()
    return 0


def demo(options: argparse.Namespace) -> int:
    with database():
        django()
        from okienko.site import demo

        demo.load(options.scale, reports=60)
    return 0


def backup(options: argparse.Namespace) -> int:
    with database():
        django()
        from okienko.site.backup import back_up

        summary = back_up(options.file)
    tell(summary)
    return 0


def restore(options: argparse.Namespace) -> int:
    with database():
        django()
        from okienko.site.backup import restore

        summary = restore(options.file, replace=options.replace)
    tell(summary)
    return 0


def manage(arguments: Sequence[str]) -> int:
    """Django's own commands, for developers."""
    with database():
        name_settings()
        from django.core.management import execute_from_command_line

        execute_from_command_line(["okienko manage", *arguments])
    return 0


# --- Small things -------------------------------------------------------------------------------------------


def token(options: argparse.Namespace) -> int:
    with database():
        django()
        from okienko.base.decisions import Refused
        from okienko.base.time import now
        from okienko.kernel.history.actors import Actor
        from okienko.kernel.people.actions import create_token
        from okienko.kernel.people.models import Person

        person = Person.objects.filter(email__iexact=options.person).first()
        if person is None:
            raise TellError(f"Nobody signs in as {options.person}.")
        by = Actor.system("command line")
        try:
            _, secret = create_token(person, name=options.name, scopes=options.scope, by=by, at=now())
        except Refused as refused:
            raise TellError(str(refused)) from refused
    tell(secret)
    return 0


def administrator(options: argparse.Namespace) -> int:
    with database():
        django()
        from django.conf import settings

        from okienko.base.decisions import Refused
        from okienko.base.time import now
        from okienko.kernel.history.actors import Actor
        from okienko.kernel.people.actions import appoint_administrator
        from okienko.kernel.people.queries import password_path
        from okienko.site.prepare import apply_migrations

        apply_migrations()
        by = Actor.system("command line")
        first, _, last = options.name.strip().partition(" ")
        try:
            person = appoint_administrator(
                by=by, at=now(), email=options.email, first_name=first, last_name=last
            )
        except Refused as refused:
            raise TellError(str(refused)) from refused
        tell(f"{settings.PUBLIC_ADDRESS}{password_path(person)}")
    return 0


def deadline(_: argparse.Namespace) -> int:
    from okienko.kernel.calendars.wire import converse

    # A reader that has seen enough ends us quietly, as it would any filter.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    converse(sys.stdin.buffer, sys.stdout)
    return 0


def check(_: argparse.Namespace) -> int:
    with database():
        name_settings()
        from okienko.site.safety import report

        problems = 0
        for problem in report():
            complain(problem)
            problems += 1
    if not problems:
        tell("Nothing to complain about.")
    return 1 if problems else 0


# --- Reading the command line -------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="okienko",
        description="The counter of a public office.",
        epilog="Settings come from the environment; docs/operations.md lists them. "
        "`okienko manage …` passes on to Django's commands.",
    )
    commands = parser.add_subparsers(required=True, metavar="command")

    def add(name: str, handler: Handler, help_text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=help_text, description=help_text)
        command.set_defaults(handler=handler)
        return command

    host = os.environ.get("OKIENKO_HOST", "127.0.0.1")
    add("run", run, "run everything: database, pages, live updates, jobs")

    pages = add("web", web, "serve pages")
    pages.add_argument("--host", default=host)
    pages.add_argument("--port", type=int, default=os.environ.get("OKIENKO_PORT", "8000"))
    pages.add_argument("--processes", type=int, default=os.environ.get("OKIENKO_WEB_PROCESSES", "1"))

    updates = add("live", live, "serve live updates (server-sent events)")
    updates.add_argument("--host", default=host)
    updates.add_argument("--port", type=int, default=os.environ.get("OKIENKO_LIVE_PORT", "8001"))

    jobs = add("worker", worker, "do the jobs that pages leave behind: messages, incoming mail, retention")
    jobs.add_argument("--concurrency", type=int, default=os.environ.get("OKIENKO_WORKER_CONCURRENCY", "4"))

    migration = add("migrate", migrate, "bring the database in step with the code")
    migration.add_argument("--check", action="store_true", help="only: has every model its migration?")

    demonstration = add("demo", demo, "fill the database with an invented city")
    demonstration.add_argument("--scale", type=int, default=0, metavar="N", help="N cases and bookings more")

    tokens = add("token", token, "make a token for the API").add_subparsers(required=True, metavar="action")
    new_token = tokens.add_parser("create", help="make one and print it, once")
    new_token.add_argument("--person", required=True, metavar="EMAIL")
    new_token.add_argument("--scope", required=True, nargs="+", action="extend", metavar="SCOPE")
    new_token.add_argument("--name", default="command line", help="what it is for")
    new_token.set_defaults(handler=token)

    first = add(
        "administrator", administrator, "let somebody in as administrator: prints a link to set a password"
    )
    first.add_argument("email")
    first.add_argument("--name", default="", help="first and last name of somebody who has no account yet")

    add("deadline", deadline, "answer questions about deadlines: JSON lines in, JSON lines out")

    keep = add("backup", backup, "write the database and the documents into one file")
    keep.add_argument("file", type=Path)
    back = add("restore", restore, "bring back what `backup` wrote; all or nothing")
    back.add_argument("file", type=Path)
    back.add_argument("--replace", action="store_true", help="over what is there already")

    add("check", check, "check settings, database and history")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    given = list(sys.argv[1:] if arguments is None else arguments)
    # A folder named relative to here stays the same folder for every child.
    os.environ["OKIENKO_DATA"] = str(data_folder())
    try:
        if given[:1] == ["manage"]:
            return manage(given[1:])
        options = _parser().parse_args(given)
        return int(options.handler(options))
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except TellError as problem:
        complain(str(problem))
        return 1


if __name__ == "__main__":
    sys.exit(main())
